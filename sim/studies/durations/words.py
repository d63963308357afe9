"""Lead times fitted to a list of projects, in words: the answer, and what is to be known before they are used."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.language import Language
from sim.studies.durations.study import LEAST, LONGEST, Durations, on_top


def answer(result: Durations, language: Language) -> str:
    """Say of which stages the list contradicts the median of the baseline, and of which it does not."""
    stands = result.fitted["median_inside"].astype(bool)
    inside, outside = (", ".join(language.name("step", stage) for stage in result.fitted["stage"][of]) for of in (stands, ~stands))
    if not outside:
        return language.say("The list contradicts none of the baseline's medians: {stages}", stages=inside)
    if not inside:
        return language.say("The list contradicts the baseline's median of: {stages}", stages=outside)
    return language.say(
        "The list contradicts the baseline's median of: {stages}; not that of: {others}", stages=outside, others=inside
    )


def counts(row: Mapping[Any, Any], language: Language) -> tuple[str, str]:
    """Return how many projects a row rests on, and how many of them are under way."""
    projects = language.say_count("{count} project", "{count} projects", language.number(row["projects"]))
    return projects, language.say("{count} under way", count=language.number(row["under_way"]))


def step_of(row: Mapping[Any, Any]) -> float:
    """Return to what part of a year a median is written: a hundredth is much of a stage of some months."""
    return 0.01 if row["median"] >= 1 else 0.001


def notes(result: Durations, language: Language) -> Iterator[str]:
    """Yield what is to be known before the fitted lead times are used: what was not fitted and why, and what a list holds more."""
    say, rows, more = language.say, result.fitted, on_top(result.scenario)
    yield say(
        "The list: {file}, seen until the end of {seen}. It should hold every project that came into a stage since some month, those that "
        "left it as well; a list of those under way only has too many long ones. The intervals are those of independent projects, and the list "
        "of one company tells of that company.",
        file=result.records.name,
        seen=f"{result.records.seen:%Y-%m}",
    )
    for row in result.tables["stages"].query("why != ''").to_dict("records"):
        why = {
            "few": say("fewer than {count} finished", count=str(LEAST)),
            "same": say("all agree with one length, so that there is no spread to fit"),
            "open": say("too few finished to say whether half of them takes less than {years} years", years=str(LONGEST)),
        }[row["why"]]
        yield say(
            "Not fitted: {stage} ({projects} projects, {under_way} under way): {why}.",
            stage=language.name("step", row["stage"]),
            projects=language.number(row["projects"]),
            under_way=language.number(row["under_way"]),
            why=why,
        )
    listed = set(rows["stage"])
    other = [language.name("step", str(row["stage"])) for row in rows.to_dict("records") if row["family"] != "lognorm"]
    if other:
        yield say("Of another family than in the baseline, now lognormal: {stages}.", stages=", ".join(other))
    if "permit" in listed:
        yield say(
            "Permit: from MJP to KTP a list holds appeals; in the model they come on top of the permit, on average {appeals} months. So the "
            "fitted one should lie above the baseline's, and a run with it counts appeals twice; durations.toml says how to leave out "
            "the model's.",
            appeals=language.number(more["appeals"], 0.1),
        )
        yield say(
            "Sleep: in the model {asleep} of the projects fall asleep on MJP, {sleep} years on average, on top of the permit; a list that "
            "counts from MJP holds those years, and durations.toml says how to leave out the model's. How many sleep, and how many of them are "
            "dropped, a list of stays cannot tell: a sleep and a long permit look the same in it, and who is dropped never comes to KTP.",
            asleep=language.percent(more["asleep"]),
            sleep=language.number(more["sleep"], 1.0),
        )
    if listed & {"preparation", "permit"}:
        yield say(
            "Preparation and permit: in the model the wait for a committee date comes on top, on average {committee} months, and effort of the "
            "municipality takes {effort} off; a list holds both.",
            committee=language.number(more["committee"], 0.1),
            effort=language.percent(more["effort"]),
        )
    if "start" in listed:
        yield say("Start: in the model the wait for money comes on top; a list up to the start of the works holds it.")
    if "construction" in listed:
        yield say(
            "Construction: the baseline's is of a project of {reference} dwellings, and one half as large takes {share} less; a list holds its "
            "own sizes.",
            reference=str(result.scenario.uncertainties.construction_reference.value),
            share=language.percent(more["size"]),
        )
