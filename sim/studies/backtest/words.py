"""The words of the backtest: what each outcome is called, and what the scores say, good or bad."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from sim.inputs.region.load import DATA
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.tables import read_table
from sim.report.language import Language
from sim.runs.scores import LEVELS
from sim.studies.backtest.acceptance import EVERY
from sim.studies.backtest.drawn import AS_IS
from sim.studies.backtest.naive import NAIVE, known_outcomes
from sim.studies.backtest.study import ALL, Backtest
from sim.studies.backtest.who import EDITIONS

NOMINAL = 0.8  # of the band that is spoken of


def outcome_name(row: Mapping[Any, Any], language: Language) -> str:
    """Return what an outcome is called, with its year and its municipality."""
    measure, category = str(row["measure"]), ""
    if measure.startswith("category"):
        measure, category = measure.split("_")
    if measure == "owned_growth" and "in the year" in row["unit"]:
        measure = "owned_growth_year"
    place = _places()[int(row["nis"])] if measure == "share" else ""
    return language.name("figure", measure, year=int(row["year"]), place=place, category=category.lower())


@cache
def _places() -> dict[int, str]:
    """Return the names of the municipalities by NIS code."""
    return {nis: row["name"] for nis, row in read_table(DATA / "municipalities.csv", key="nis").items()}


def title(row: Mapping[Any, Any], language: Language) -> str:
    """Return what a scored outcome is called, with the mark of one that is no test: it fed an assumption or is no count (*); or the fit has
    seen it (+)."""
    return outcome_name(row, language) + (" *" if row["fed"] else "") + (" +" if row["fitted"] else "")


def start_words(start: object, language: Language) -> str:
    """Say from when the forecast is."""
    return language.say("from 31 December {year}", year=str(start))


def amount(row: Mapping[Any, Any], value: float, language: Language) -> str:
    """Return a number of an outcome as it is read: a share as a percentage; nothing where there is none."""
    if math.isnan(value):
        return ""
    if str(row["unit"]).startswith("share"):
        return language.percent(value)
    return language.number(value, 10 if value >= 1000 else 1)


def backtest_answer(result: Backtest, language: Language) -> list[str]:
    """Return what the scores say, in sentences: the bands, the naive forecasters, and where it goes wrong, whatever it is."""
    say, number, skill = language.say, language.number, result.tables["skill"]
    of_all = skill.iloc[-1]
    count = int(of_all["outcomes"])
    lines = [
        say(
            "Of {count} figures that fed no assumption and no fit, the 80% bands hold {held} ({share}); good bands would hold about {wanted}.",
            count=number(count),
            held=number(of_all[f"held_{NOMINAL:g}"]),
            share=language.percent(of_all[f"held_{NOMINAL:g}"] / count),
            wanted=number(round(NOMINAL * count)),
        ),
        say(
            "The 50% bands hold {narrow}, where good ones would hold about {half}; the 95% bands {wide}, where they would hold {nearly}.",
            narrow=number(of_all["held_0.5"]),
            half=number(round(0.5 * count)),
            wide=number(of_all["held_0.95"]),
            nearly=number(round(0.95 * count)),
        ),
    ]
    for name in NAIVE:
        better, compared = int(of_all[f"better_{name}"]), int(of_all[f"said_{name}"])
        values = {"better": number(better), "count": number(compared), "naive": language.name("naive", name)}
        if better > compared / 2:
            lines.append(say("It does better than {naive} for {better} of {count}.", **values))
        else:
            lines.append(say("It does not beat {naive}: better for {better} of {count} only.", **values))
    measures = skill[skill["measure"] != ALL]
    better_than_all = (measures[[f"skill_{name}" for name in NAIVE]].fillna(1.0) > 0).all(axis=1)
    good, bad = (
        ", ".join(f"{language.name('measure', row['measure'])} ({number(row['outcomes'])})" for row in rows.to_dict("records"))
        for rows in (measures[better_than_all], measures[~better_than_all])
    )
    if good:
        lines.append(say("Better than every naive forecaster, of few figures: {names}.", names=good))
    if bad:
        lines.append(say("Not better than all of them: {names}. There the forecast deserves no trust yet.", names=bad))
    return lines


def acceptance_answer(result: Backtest, language: Language) -> str:
    """Say how many of the criteria it meets."""
    table = result.tables["acceptance"]
    return language.say(
        "Of {count} criteria set before it was fitted it meets {met}.",
        count=language.number(len(table)),
        met=language.number(int(table["met"].sum())),
    )


def criterion(row: Mapping[Any, Any], language: Language) -> str:
    """Return what is asked, with the mark of a figure that the fit has seen (+)."""
    known = {outcome["outcome"]: outcome for outcome in known_outcomes().to_dict("records")}
    what = str(row["what"])
    figure = outcome_name(known[what], language) if what in known else ""
    count = "" if math.isnan(row["asked_high"]) else language.number(row["asked_high"])
    name = language.name("acceptance", str(row["criterion"]), figure=figure, year=what[-4:], count=count)
    return name + (" +" if row["fitted"] else "")


def criterion_cells(row: Mapping[Any, Any], language: Language) -> list[str]:
    """Return fact, mean and both ends of the 80% band of a criterion, and whether it is met."""
    steps = {"share": 0.001, "years": 0.1}

    def cell(value: float) -> str:
        if math.isnan(value):
            return ""
        if row["unit"] == "share":
            return language.percent(value)
        return language.number(value, steps.get(str(row["unit"]), 10 if abs(value) >= 1000 else 1))

    cells = [cell(row[name]) for name in ("fact", "mean", "low_0.8", "high_0.8")]
    return [*cells, language.say("yes") if row["met"] else language.say("no")]


def criteria_start(start: int, language: Language) -> str:
    """Say from when the criteria are."""
    return language.say("from all starts") if start == EVERY else start_words(start, language)


def who_rows(result: Backtest, language: Language) -> list[list[str]]:
    """Return a row per start and kind of figure: how many municipalities, then mean CRPS and rank correlation of each edition."""
    rows = []
    for (start, what), group in result.tables["who"].groupby(["start", "what"], sort=False):
        if not (count := int(group["municipalities"].iloc[0])):
            continue
        foreseen = language.name("single", str(what))
        cells = [f"{start}: {foreseen}", language.number(count)]
        for row in group.to_dict("records"):
            cells += [language.number(row["crps"], 0.001), "" if math.isnan(row["rank"]) else language.number(row["rank"], 0.01)]
        rows.append(cells)
    return rows


def who_heads(language: Language) -> list[str]:
    """Return the heads of `who_rows`."""
    heads = [language.say("what is foreseen"), language.say("municipalities")]
    for edition in EDITIONS:
        name = language.name("edition", edition)
        heads += [language.say("score, {edition}", edition=name), language.say("rank, {edition}", edition=name)]
    return heads


def who_note(language: Language) -> str:
    """Say what the numbers of single municipalities are."""
    return language.say(
        "Score: mean CRPS, of who would have enough Brier's; lower is better. Rank: Spearman's correlation of forecast and fact, 1 is the right "
        "order. That four of the nineteen would have enough is an expectation of 2019, no count."
    )


def marks(language: Language) -> str:
    """Say what the marks mean."""
    return language.say(
        "*: no test, as the figure fed an assumption of this start or is an expectation, no count. +: no test either, as bso calibrate fits to "
        "it, and this forecast draws from its sets. Without a mark: used for nothing."
    )


def check_title(name: str, language: Language) -> str:
    """Return what is changed by a doubt."""
    return language.say("as assumed") if name == AS_IS else language.title(assumption_checks()[name])


def checks_answer(result: Backtest, language: Language) -> list[str]:
    """Say whether any one assumption explains what the backtest misses most, the municipalities that follow their path; where it was asked."""
    if "doubts" not in result.tables:
        return []
    table = result.tables["doubts"]
    rows = table[(table["outcome"] == "category_1_2018") & (table["start"] == table["start"].min())]
    means, fact = dict(zip(rows["doubt"], rows["mean"], strict=True)), float(rows["fact"].iloc[0])
    nearest = min(means, key=lambda name: abs(means[name] - fact))
    sentence = language.say(
        "Of the municipalities {fact} followed their path in 2018, the forecast of 2008 says {said}. Nearest comes, of what might have been "
        "otherwise: {doubt} ({nearest}).",
        fact=language.percent(fact),
        said=language.percent(means[AS_IS]),
        doubt=check_title(nearest, language),
        nearest=language.percent(means[nearest]),
    )
    return [sentence]


def score_cells(row: Mapping[Any, Any], language: Language) -> tuple[list[str], str]:
    """Return fact, mean, both ends of the 80% band, score and those of naive forecasters; and the narrowest band that holds the fact."""
    columns = ("fact", "mean", "low_0.8", "high_0.8", "crps", *(f"crps_{name}" for name in NAIVE))
    held = [language.percent(level) for level in LEVELS if row[f"covered_{level:g}"]]
    return [amount(row, row[column], language) for column in columns], held[0] if held else language.say("none")


def skill_rows(skills: pd.DataFrame, language: Language) -> list[list[str]]:
    """Return a row per kind of figure: how many, how many each band holds, how much better than each naive forecaster; last all together."""
    say, number, rows = language.say, language.number, []
    for row in skills.to_dict("records"):
        last = row["measure"] == ALL
        cells = [number(row["outcomes"]), *(number(row[f"held_{level:g}"]) for level in LEVELS)]
        for naive in NAIVE:
            skill = row[f"skill_{naive}"]
            if last:
                cells.append(say("better for {better} of {count}", better=row[f"better_{naive}"], count=row[f"said_{naive}"]))
            elif math.isinf(skill):
                cells.append(say("the naive one was exact"))
            else:
                cells.append("" if math.isnan(skill) else language.percent(skill))
        rows.append([say("all") if last else language.name("measure", row["measure"]), *cells])
    return rows


def check_rows(checked_assumptions: pd.DataFrame, language: Language) -> dict[str, list[str]]:
    """Return by doubt what it changes and the means of the figures looked at, as assumed first."""
    return {
        str(name): [check_title(str(name), language), *(amount(row, row["mean"], language) for row in group.to_dict("records"))]
        for name, group in checked_assumptions.groupby("doubt", sort=False)
    }


def check_heads(checked_assumptions: pd.DataFrame, language: Language) -> tuple[list[str], list[str]]:
    """Return the figures looked at, each with its start, and what happened."""
    looked = checked_assumptions.drop_duplicates(["start", "outcome"]).to_dict("records")
    heads = [f"{row['start']}: {outcome_name(row, language)}" for row in looked]
    return heads, [amount(row, row["fact"], language) for row in looked]
