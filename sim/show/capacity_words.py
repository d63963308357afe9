"""The sentences on what a company would need, said once for the picture and for the screen."""

import math
from collections.abc import Mapping
from typing import Any

from sim.show.answers import source_of
from sim.show.language import Language
from sim.study.capacity_answer import Found
from sim.study.capacity_limits import ALL
from sim.study.capacity_search import Least

MILLION = 1e6


def lever_name(lever: str, language: Language) -> str:
    """Return what a lever is called, with its unit."""
    return {
        "managers": language.say("project managers"),
        "finance": language.say("new dwellings financed a year"),
        "land": language.say("places of land bought a year"),
    }[lever]


def span(answer: Least, language: Language) -> str:
    """Return the least on a lever with its 95% interval."""
    if answer.least is None and answer.low is None:
        return language.say("{most} is not enough", most=language.number(answer.most))
    least = (
        language.number(answer.least)
        if answer.least is not None
        else language.say("over {most}", most=language.number(answer.most))
    )
    low = language.number(answer.low or 0)
    high = (
        language.number(answer.high) if answer.high is not None else language.say("over {most}", most=language.number(answer.most))
    )
    return language.say("{number} ({band})", number=least, band=language.say("{low} to {high}", low=low, high=high))


def passing(found: Found, language: Language) -> str:
    """Say what is asked: that none of the municipalities is in a category at a test, or at any."""
    question, count = found.question, len(found.facts["municipalities"])
    values: dict[str, str | int] = {"count": count, "category": question.category}
    if count == 1:
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
    capacity = found.cheapest.capacity._asdict()
    some = {name: capacity[name] for name in found.question.levers if capacity[name]} or {found.question.levers[0]: 0}
    parts = [_amount(name, language.number(value), language) for name, value in some.items()]
    return parts[0] if len(parts) == 1 else language.say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def _amount(lever: str, number: str, language: Language) -> str:
    """Return so much of a lever, short."""
    if lever == "managers":
        return language.say("{number} project managers", number=number)
    if lever == "finance":
        return language.say("{number} new dwellings a year", number=number)
    return language.say("{number} places of land a year", number=number)


def capacity_title(found: Found, language: Language) -> str:
    """Say the cheapest combination that is enough, or that none is; short enough for a picture."""
    wish = language.percent(found.question.probability)
    if not found.reached:
        return language.say(
            "{company}: no capacity is enough, a chance of {possible} at the most instead of {wish}",
            company=found.question.company,
            possible=language.percent(found.most[0]),
            wish=wish,
        )
    return language.say(
        "{company}: a chance of {wish} with {means} (now {chance})",
        company=found.question.company,
        means=needed(found, language),
        wish=wish,
        chance=language.percent(found.as_is[0]),
    )


def capacity_answer(found: Found, language: Language) -> str:
    """Say the same in full: what is asked, the cheapest combination that is enough, or what the most of everything gives."""
    say, percent = language.say, language.percent
    asked = say(
        "The chance that {passing} is {chance} as things are", passing=passing(found, language), chance=percent(found.as_is[0])
    )
    if not found.reached:
        return asked + say(
            "; no capacity makes it {wish}: {possible} at the most",
            wish=percent(found.question.probability),
            possible=percent(found.most[0]),
        )
    return asked + say("; {means} make it {wish}", means=needed(found, language), wish=percent(found.question.probability))


def limits(found: Found, language: Language) -> list[str]:
    """Return what capacity cannot give, by when projects must be on MJP, and where more capacity gave less chance."""
    say, percent = language.say, language.percent
    lines = []
    if not found.reached:
        weakest = min(found.by_test["most"].items(), key=lambda item: item[1])
        lines.append(
            say(
                "With the most of everything, the test of {year} is the hardest: {chance} pass it.",
                year=weakest[0],
                chance=percent(weakest[1]),
            )
        )
        lines += _remains(found, language)
    lines += _deadlines(found, language)
    for name, answer in found.least.items():
        for row in answer.falls.to_dict("records"):
            lines.append(
                say(
                    "Not monotone: with {more} instead of {less} {lever} the chance is {by} points lower (twice the standard error: {error}).",
                    more=language.number(row["to"]),
                    less=language.number(row["from"]),
                    lever=lever_name(name, language),
                    by=language.number(100 * row["by"], 0.1),
                    error=language.number(200 * row["error"], 0.1),
                )
            )
    return lines


def _remains(found: Found, language: Language) -> list[str]:
    """Return which bottlenecks remain when there is the most of everything."""
    say = language.say
    names = {
        "land": say("land for everybody, without limit"),
        "appeals": say("permits without appeals"),
        "effort": say("municipalities at full effort"),
        "capacity": say("project managers without limit"),
        "finance": say("money without limit"),
        ALL: say("all of these together"),
    }
    lines = []
    for row in found.remains.to_dict("records"):
        values = {
            "relief": names[row["relief"]],
            "chance": language.percent(row["chance"]),
            "band": language.band(100 * row["low95"], 100 * row["high95"]),
        }
        if row["low95"] > 0:
            lines.append(say("Bottleneck that remains: {relief} would make it {chance} (gain {band} points).", **values))
        else:
            lines.append(say("No certain gain from {relief}: {chance} (gain {band} points).", **values))
    everything = found.remains.set_index("relief")["chance"].get(ALL, math.nan)
    if everything < found.question.probability:
        lines.append(say("Then time is the bottleneck: even all of these together do not reach the wish."))
    return lines


def _deadlines(found: Found, language: Language) -> list[str]:
    """Return by when a project must be on MJP; of the tests, the first for which there is still time."""
    say, lines = language.say, []
    rows = [row for row in found.deadlines.to_dict("records") if math.isfinite(row["on_mjp"])]
    start = found.facts["start_year"]
    for stage in ("realised", "KTP"):
        row = next((row for row in rows if row["stage"] == stage and row["on_mjp"] >= start + 1), None)
        if row is None:
            continue
        values: dict[str, str | int] = {
            "year": int(row["on_mjp"]) - 1,  # the last December that is early enough
            "by": int(row["by"]),
            "share": language.percent(found.question.probability),
            "months": language.number(row["months"]),
        }
        if stage == "realised":
            lines.append(
                say(
                    "A project must be on MJP by the end of {year} to be delivered by the end of {by} with {share} certainty, if it is not "
                    "cancelled ({months} months).",
                    **values,
                )
            )
        else:
            lines.append(
                say(
                    "A project must be on MJP by the end of {year} to be at least on KTP when the test of {test} measures, at the end of {by}, "
                    "with {share} certainty ({months} months).",
                    test=int(row["test"]),
                    **values,
                )
            )
    return lines


def capacity_notes(found: Found, language: Language) -> list[str]:
    """Return how the numbers are to be read."""
    say = language.say
    notes = [
        say("Between brackets: the 95% interval of the answer, by the luck of the draw."),
        costs_are_assumed(found.facts, language),
    ]
    if not found.reached:
        notes.append(
            say(
                "The cheapest combination is for a chance of {aim}: as near as capacity comes to what is possible.",
                aim=language.percent(found.cheapest.aim),
            )
        )
    if "finance" in found.question.levers and not found.cheapest.capacity.finance:
        notes.append(say("No money in the combination: what these tests count (MJP, KTP) does not have to be paid for by then."))
    return notes


def costs_are_assumed(facts: Mapping[str, Any], language: Language) -> str:
    """Say what the means cost, and that nobody published it."""
    return language.say(
        "Costs are assumed: {managers} euro per project manager and year, {finance} per dwelling, {land} per place.",
        **{name: language.number(value) for name, value in facts["costs"].items()},
    )


def source(found: Found, language: Language) -> str:
    """Say what the numbers are and on what they rest."""
    return source_of(found.facts, language)
