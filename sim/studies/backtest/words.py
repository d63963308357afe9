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
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import ALL, AS_IS, Backtest

NOMINAL = 0.8  # of the band that is spoken of


def measure_name(measure: str, language: Language) -> str:
    """Return what kind of outcome it is."""
    say = language.say
    return {
        "net": say("dwellings realised, net"),
        "delivered": say("dwellings delivered a year"),
        "rented_in": say("dwellings rented in"),
        "rented_in_growth": say("growth of the rented-in dwellings a year"),
        "planned": say("dwellings planned"),
        "owned_growth": say("growth of the companies' dwellings a year"),
        "category_1": say("share of municipalities in category 1"),
        "category_2A": say("share of municipalities in category 2a"),
        "category_2B": say("share of municipalities in category 2b"),
        "share": say("share of a municipality's objective"),
        "missed": say("share of municipalities short of their objective"),
    }[measure]


def outcome_name(row: Mapping[Any, Any], language: Language) -> str:
    """Return what an outcome is called, with its year and its municipality."""
    say, year = language.say, int(row["year"])
    if row["measure"] == "share":
        return say("{place}, share of its objective, end of {year}", place=_places()[int(row["nis"])], year=year)
    if str(row["measure"]).startswith("category"):
        category = str(row["measure"]).removeprefix("category_").lower()
        return say("municipalities in category {category}, test of {year}", category=category, year=year)
    if row["measure"] == "delivered":
        return say("delivered in {year}", year=year)
    if row["measure"] == "owned_growth" and "in the year" in row["unit"]:
        return say("growth of the companies' dwellings in {year}", year=year)
    names = {
        "owned_growth": say("growth of the companies' dwellings a year, up to {year}", year=year),
        "rented_in_growth": say("growth of the rented-in dwellings a year, up to {year}", year=year),
        "net": say("realised since 2008, net, end of {year}", year=year),
        "rented_in": say("rented in, end of {year}", year=year),
        "planned": say("planned (MJP to construction), end of {year}", year=year),
        "missed": say("municipalities short of their objective, end of {year}", year=year),
    }
    return names[str(row["measure"])]


@cache
def _places() -> dict[int, str]:
    """Return the names of the municipalities by NIS code."""
    return {nis: row["name"] for nis, row in read_table(DATA / "municipalities.csv", key="nis").items()}


def title(row: Mapping[Any, Any], language: Language) -> str:
    """Return what a scored outcome is called, with the mark of one that is no test: it fed an assumption or is no count (*); or the fit has
    seen it (+), which this has not."""
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


def naive_name(name: str, language: Language) -> str:
    """Return what a naive forecaster is called."""
    say = language.say
    return {"persistence": say("all stays as it was"), "line": say("a straight line"), "base": say("what the scheme asked")}[name]


def backtest_answer(found: Backtest, language: Language) -> list[str]:
    """Return what the scores say, in sentences: the bands, the naive forecasters, and where it goes wrong, whatever it is."""
    say, number, skill = language.say, language.number, found.tables["skill"]
    of_all = skill.iloc[-1]
    count = int(of_all["outcomes"])
    lines = [
        say(
            "Of {count} figures that fed no assumption, the 80% bands hold {held} ({share}); good bands would hold about {wanted}.",
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
        better, said = int(of_all[f"better_{name}"]), int(of_all[f"said_{name}"])
        values = {"better": number(better), "count": number(said), "naive": naive_name(name, language)}
        if better > said / 2:
            lines.append(say("It does better than {naive} for {better} of {count}.", **values))
        else:
            lines.append(say("It does not beat {naive}: better for {better} of {count} only.", **values))
    measures = skill[skill["measure"] != ALL]
    better_than_all = (measures[[f"skill_{name}" for name in NAIVE]].fillna(1.0) > 0).all(axis=1)
    good, bad = (
        ", ".join(f"{measure_name(row['measure'], language)} ({number(row['outcomes'])})" for row in rows.to_dict("records"))
        for rows in (measures[better_than_all], measures[~better_than_all])
    )
    if good:
        lines.append(say("Better than every naive forecaster, of few figures: {names}.", names=good))
    if bad:
        lines.append(say("Not better than all of them: {names}. There the forecast deserves no trust yet.", names=bad))
    return lines


def marks(language: Language) -> str:
    """Say what the marks mean."""
    return language.say(
        "*: no test, as the figure fed an assumption of this start or is an expectation, no count. +: bso calibrate fits to it, this forecast "
        "does not. Without a mark: used for nothing."
    )


def check_title(name: str, language: Language) -> str:
    """Return what is changed by a doubt."""
    if name == AS_IS:
        return language.say("as assumed")
    check = assumption_checks()[name]
    return check.title_nl if language.code == "nl" else check.title


def checks_answer(found: Backtest, language: Language) -> list[str]:
    """Say whether any one assumption explains what the backtest misses most, the municipalities that follow their path; where it was asked."""
    if "doubts" not in found.tables:
        return []
    table = found.tables["doubts"]
    rows = table[(table["outcome"] == "category_1_2018") & (table["start"] == table["start"].min())]
    said, fact = dict(zip(rows["doubt"], rows["mean"], strict=True)), float(rows["fact"].iloc[0])
    nearest = min(said, key=lambda name: abs(said[name] - fact))
    sentence = language.say(
        "Of the municipalities {fact} followed their path in 2018, the forecast of 2008 says {said}. Nearest comes, of what might have been "
        "otherwise: {doubt} ({nearest}).",
        fact=language.percent(fact),
        said=language.percent(said[AS_IS]),
        doubt=check_title(nearest, language),
        nearest=language.percent(said[nearest]),
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
        rows.append([say("all") if last else measure_name(str(row["measure"]), language), *cells])
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
