"""The sentences on what a company would need, said once for the picture, the screen and the report."""

from collections.abc import Mapping
from typing import Any

from sim.show.answers import source_of
from sim.show.capacity_numbers import Numbers
from sim.show.language import Language
from sim.study.capacity_answer import Found


def lever_name(lever: str, language: Language) -> str:
    """Return what a lever is called, with its unit."""
    return {
        "managers": language.say("project managers"),
        "finance": language.say("new dwellings financed a year"),
        "land": language.say("places of land bought a year"),
    }[lever]


def span(found: Found, lever: str, language: Language) -> str:
    """Return the least on a lever, the others as they are, with its 95% interval."""
    answer, cell = found.least[lever], Numbers(found, language).mean
    over = language.say("over {most}", most=cell(lever, "most"))
    if answer.least is None and answer.low is None:
        return language.say("{most} is not enough", most=cell(lever, "most"))
    least = over if answer.least is None else cell(lever, "least")
    high = over if answer.high is None else cell(lever, "least_high95")
    band = language.say("{low} to {high}", low=cell(lever, "least_low95"), high=high)
    return language.say("{number} ({band})", number=least, band=band)


def passing(found: Found, language: Language) -> str:
    """Say what is asked: that none of the municipalities is in a category at a test, or at any."""
    question, count = found.question, Numbers(found, language).fact("municipalities")
    values: dict[str, str | int] = {"count": count, "category": question.category}
    if count.value == 1:
        if len(question.tests) == 1:
            return language.say(
                "its municipality is not in category {category} at the test of {year}", year=question.tests[0], **values
            )
        return language.say("its municipality is in category {category} at no test", **values)
    if len(question.tests) == 1:
        return language.say(
            "none of its {count} municipalities is in category {category} at the test of {year}", year=question.tests[0], **values
        )
    return language.say("none of its {count} municipalities is in category {category} at any test", **values)


def needed(found: Found, language: Language) -> str:
    """Return the cheapest combination in words; what is zero in it is not named."""
    capacity, cell = found.cheapest.capacity._asdict(), Numbers(found, language).mean
    some = [name for name in found.question.levers if capacity[name]] or found.question.levers[:1]
    first, *others = (amount(name, cell(name, "cheapest"), language) for name in some)
    for part in others[:-1]:
        first = first + ", " + part  # not joined: what is HTML stays so
    return language.say("{first} and {last}", first=first, last=others[-1]) if others else first


def amount(lever: str, number: str, language: Language) -> str:
    """Return so much of a lever, short."""
    if lever == "managers":
        return language.say("{number} project managers", number=number)
    if lever == "finance":
        return language.say("{number} new dwellings a year", number=number)
    return language.say("{number} places of land a year", number=number)


def capacity_title(found: Found, language: Language) -> str:
    """Say the cheapest combination that is enough, or that none is; short enough for a picture."""
    company, share = found.question.company, Numbers(found, language).share
    if not found.reached:
        return language.say(
            "{company}: no capacity is enough, a chance of {possible} at the most instead of {wish}",
            company=company,
            possible=share("chance_at_most"),
            wish=share("wish"),
        )
    return language.say(
        "{company}: a chance of {wish} with {means} (now {chance})",
        company=company,
        means=needed(found, language),
        wish=share("wish"),
        chance=share("chance_as_is"),
    )


def capacity_answer(found: Found, language: Language) -> str:
    """Say the same in full: what is asked, the cheapest combination that is enough, or what the most of everything gives."""
    say, share = language.say, Numbers(found, language).share
    asked = say(
        "The chance that {passing} is {chance} as things are", passing=passing(found, language), chance=share("chance_as_is")
    )
    if not found.reached:
        return asked + say(
            "; no capacity makes it {wish}: {possible} at the most", wish=share("wish"), possible=share("chance_at_most")
        )
    if found.as_is[0] >= found.question.probability:
        return asked + say(
            "; {wish} is wanted, so that is enough. The cheapest that is still enough: {means}",
            wish=share("wish"),
            means=needed(found, language),
        )
    return asked + say("; {means} make it {wish}", means=needed(found, language), wish=share("wish"))


def capacity_notes(found: Found, language: Language) -> list[str]:
    """Return how the numbers are to be read, and on what they rest."""
    brackets = language.say("Between brackets: the 95% interval of the answer, by the luck of the draw.")
    return [brackets, *cost_notes(found, language)]


def cost_notes(found: Found, language: Language) -> list[str]:
    """Return what the means cost and, where it goes without saying for nobody, for what the cheapest combination is."""
    say, cells = language.say, Numbers(found, language)
    notes = [
        costs_are_assumed(found.facts, language, {name: cells.mean(name, "price") for name in found.question.levers}),
    ]
    if not found.reached:
        notes.append(
            say(
                "The cheapest combination is for a chance of {aim}: as near as capacity comes to what is possible.",
                aim=cells.share("aim"),
            )
        )
    if "finance" in found.question.levers and not found.cheapest.capacity.finance:
        notes.append(say("No money in the combination: what these tests count (MJP, KTP) does not have to be paid for by then."))
    return notes


def policy_names(language: Language) -> dict[str, str]:
    """Return what each allocation policy is called."""
    say = language.say
    return {
        "largest_shortfall": say("largest shortfall first"),
        "proportional": say("in proportion to the objective"),
        "first_come": say("first come, first served"),
        "protect": say("smallest shortfall first"),
    }


def costs_are_assumed(facts: Mapping[str, Any], language: Language, cells: Mapping[str, str] | None = None) -> str:
    """Say what the means cost, and that nobody published it. `cells`: the costs that know their place, of levers that were asked about."""
    return language.say(
        "Costs are assumed: {managers} euro per project manager and year, {finance} per dwelling, {land} per place.",
        **{name: language.number(value) for name, value in facts["costs"].items()} | dict(cells or {}),
    )


def source(found: Found, language: Language) -> str:
    """Say what the numbers are and on what they rest."""
    company = found.question.company
    own = "" if found.replaced.empty else " " + language.say("Of {company} some of these are its own data.", company=company)
    return source_of(found.facts, language) + own
