"""The sentences on what a company would need, said once for the picture, the screen and the report."""

from collections.abc import Mapping
from typing import Any

from sim.report.estimates import source_of
from sim.report.language import Language
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found
from sim.studies.capacity.trials import FIRST_YEARS


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


def needed(found: Found, language: Language, beside: bool = True) -> str:
    """Return in words what is to be planned: the means of which the cheapest combination holds more than there is, with what there is beside."""
    numbers, parts = Numbers(found, language), []
    for name in found.more:
        part = counted(name, numbers.mean(name, "plan"), language)
        parts.append(language.say("{means} (now {today})", means=part, today=numbers.today(name)) if beside else part)
    if not parts:
        return language.say("nothing extra")
    first, *others = parts
    for part in others[:-1]:
        first = first + ", " + part  # not joined: what is HTML stays so
    return language.say("{first} and {last}", first=first, last=others[-1]) if others else first


def counted(what: str, count: str, language: Language) -> str:
    """Return so much of a lever, or so many of something else, with its noun."""
    say_count = language.say_count
    return {
        "managers": say_count("{count} project manager", "{count} project managers", count),
        "finance": say_count("{count} new dwelling a year", "{count} new dwellings a year", count),
        "land": say_count("{count} place of land a year", "{count} places of land a year", count),
        "dwellings": say_count("{count} dwelling", "{count} dwellings", count),
        "projects": say_count("{count} project", "{count} projects", count),
    }[what]


def capacity_title(found: Found, language: Language) -> str:
    """Say the cheapest combination that is enough, or that none is; short enough for a picture."""
    say, company, share = language.say, found.question.company, Numbers(found, language).share
    if not found.reached:
        return say(
            "{company}: no capacity is enough, a chance of {possible} at the most instead of {wish}",
            company=company,
            possible=share("chance_possible"),
            wish=share("wish"),
        )
    if not found.more:
        return say(
            "{company}: the means of today are enough for a chance of {wish} (now {chance})",
            company=company,
            wish=share("wish"),
            chance=share("chance_as_is"),
        )
    return say(
        "{company}: a chance of {wish} with {means} (now {chance})",
        company=company,
        means=needed(found, language, beside=False),
        wish=share("wish"),
        chance=share("chance_as_is"),
    )


def capacity_answer(found: Found, language: Language) -> str:
    """Say the same in full: what is asked, what must be added to today for it, or what is possible at the most."""
    say, share = language.say, Numbers(found, language).share
    asked = say(
        "The chance that {passing} is {chance} as things are", passing=passing(found, language), chance=share("chance_as_is")
    )
    if not found.reached:
        return asked + say(
            "; no capacity makes it {wish}: {possible} at the most", wish=share("wish"), possible=share("chance_possible")
        )
    if not found.more and found.as_is[0] < found.question.probability:
        return asked + say(
            "; {wish} is wanted: the means of today, rounded up and the same each year, are just enough", wish=share("wish")
        )
    if not found.more:
        return asked + say("; {wish} is wanted, so the means of today are enough", wish=share("wish"))
    return asked + say("; with {means} it becomes {wish}", means=needed(found, language), wish=share("wish"))


def capacity_cost(found: Found, language: Language) -> str:
    """Say what the plan costs on top of today, and that the rest stays as it is; where nothing is enough first what comes near."""
    say, numbers = language.say, Numbers(found, language)
    today = numbers.euro("cost_today")
    if found.more:
        band = numbers.range(*(numbers.euro("cost_extra", end) for end in ("low95", "high95")))
        words = say(
            "That is {extra} million euro a year more than today ({band}); today the means cost {today}.",
            extra=numbers.euro("cost_extra"),
            band=band,
            today=today,
        )
        if len(found.more) < len(found.question.levers):
            words = words + " " + say("The rest stays as it is.")
    else:
        words = say("The means of today cost {today} million euro a year.", today=today)
    if found.reached:
        return words
    near = say(
        "What comes near that at the least cost, with a chance of {chance}: {means}.",
        chance=numbers.share("chance_cheapest"),
        means=needed(found, language),
    )
    return near + " " + words


def capacity_fresh(found: Found, language: Language) -> str:
    """Say the chance of the plan in replications that no search has looked at."""
    numbers = Numbers(found, language)
    return language.say(
        "Checked in {replications} new simulations: a chance of {chance} ({band}).",
        replications=numbers.fact("replications"),
        chance=numbers.share("chance_fresh"),
        band=numbers.range(*(numbers.share("chance_fresh", end) for end in ("low95", "high95"))),
    )


def reckoned_from(facts: Mapping[str, Any], language: Language) -> str:
    """Say from when is reckoned, as a date in the answer may lie in the past by now."""
    return language.say(
        "Reckoned from 31 December {year}: what can still be mended here may be too late by now.", year=facts["start_year"] - 1
    )


def as_it_goes(facts: Mapping[str, Any], language: Language) -> str:
    """Say what is called today's."""
    first = facts["start_year"]
    return language.say(
        "As things go, and today: the mean of {first}-{last} when nothing is added.", first=first, last=first + FIRST_YEARS - 1
    )


def capacity_notes(found: Found, language: Language) -> list[str]:
    """Return how the numbers are to be read, and on what they rest."""
    brackets = language.say("Between brackets: the 95% interval of the answer, by the luck of the draw.")
    return [brackets, as_it_goes(found.facts, language), *cost_notes(found, language)]


def cost_notes(found: Found, language: Language) -> list[str]:
    """Return what the means cost and, where it goes without saying for nobody, for what the cheapest combination is."""
    say, cells = language.say, Numbers(found, language)
    plan = say(
        "Plan: the cheapest combination that is enough, of no mean less than there is; its chance is that in the new simulations."
    )
    notes = [plan, costs_are_assumed(found.facts, language, {name: cells.mean(name, "price") for name in found.question.levers})]
    if not found.reached:
        notes.append(
            say(
                "The plan is for a chance of {aim}: as near as capacity comes to what is possible.",
                aim=cells.share("aim"),
            )
        )
    if "finance" in found.question.levers and "finance" not in found.more:
        notes.append(say("No extra money in the plan: what these tests count (MJP, KTP) does not have to be paid for by then."))
    return notes


def few_replications(language: Language) -> str:
    """Say that there are few."""
    return language.say("With fewer than 100 simulations bands and intervals are only indicative.")


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
