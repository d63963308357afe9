"""The words of the backtest: what each outcome is called, and what the scores say, good or bad."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.inputs.region import DATA
from sim.inputs.tables import read_table
from sim.show.language import Language
from sim.study.backtest import NAIVE, Backtest

NOMINAL = 0.8  # of the band that is spoken of


def measure_name(measure: str, language: Language) -> str:
    """Return what kind of outcome it is."""
    say = language.say
    return {
        "net": say("dwellings realised, net"),
        "delivered": say("dwellings delivered a year"),
        "rented_in": say("dwellings rented in"),
        "planned": say("dwellings planned"),
        "owned_growth": say("growth of the companies' dwellings a year"),
        "category_1": say("share of municipalities in category 1"),
        "category_2A": say("share of municipalities in category 2a"),
        "category_2B": say("share of municipalities in category 2b"),
        "share": say("share of a municipality's objective"),
    }[measure]


def outcome_name(row: Mapping[Any, Any], language: Language, places: Mapping[int, str]) -> str:
    """Return what an outcome is called, with its year and its municipality."""
    say, year = language.say, int(row["year"])
    if row["measure"] == "share":
        return say("{place}, share of its objective, end of {year}", place=places[int(row["nis"])], year=year)
    if str(row["measure"]).startswith("category"):
        category = str(row["measure"]).removeprefix("category_").lower()
        return say("municipalities in category {category}, test of {year}", category=category, year=year)
    if row["measure"] == "delivered":
        return say("delivered in {year}", year=year)
    names = {
        "owned_growth": say("growth of the companies' dwellings a year, up to {year}", year=year),
        "net": say("realised since 2008, net, end of {year}", year=year),
        "rented_in": say("rented in, end of {year}", year=year),
        "planned": say("planned (MJP to construction), end of {year}", year=year),
    }
    return names[str(row["measure"])]


def places() -> dict[int, str]:
    """Return the names of the municipalities by NIS code."""
    return {nis: row["name"] for nis, row in read_table(DATA / "municipalities.csv", key="nis").items()}


def amount(row: Mapping[Any, Any], value: float, language: Language) -> str:
    """Return a number of an outcome as it is read: a share as a percentage."""
    if str(row["unit"]).startswith("share"):
        return language.percent(value)
    return language.number(value, 10 if value >= 1000 else 1)


def naive_name(name: str, language: Language) -> str:
    """Return what a naive forecaster is called."""
    say = language.say
    return {
        "persistence": say("all stays as it was"),
        "line": say("a straight line"),
        "base": say("what the scheme asked"),
    }[name]


def backtest_answer(found: Backtest, language: Language) -> list[str]:
    """Return what the scores say, in sentences: the bands, the naive forecasters, and where it goes wrong, whatever it is."""
    say, number, percent = language.say, language.number, language.percent
    free = found.scores[~found.scores["fed"]]
    held = int(free[f"covered_{NOMINAL:g}"].sum())
    lines = [
        say(
            "Of {count} figures that fed no assumption, the 80% bands hold {held} ({share}); good bands would hold about {wanted}.",
            count=number(len(free)),
            held=number(held),
            share=percent(held / len(free)),
            wanted=number(round(NOMINAL * len(free))),
        )
    ]
    for name in NAIVE:
        better = int((free[f"skill_{name}"] > 0).sum())
        values = {"better": number(better), "count": number(len(free)), "naive": naive_name(name, language)}
        if better > len(free) / 2:
            lines.append(say("It does better than {naive} for {better} of {count}.", **values))
        else:
            lines.append(say("It does not beat {naive}: better for {better} of {count} only.", **values))
    good, bad = by_measure(free)
    if good:
        names = ", ".join(measure_name(m, language) for m in good)
        lines.append(say("Better than a straight line, on the whole: {names}.", names=names))
    if bad:
        names = ", ".join(measure_name(m, language) for m in bad)
        lines.append(
            say("Worse than a straight line, on the whole: {names}. There the forecast deserves no trust yet.", names=names)
        )
    return lines


def by_measure(free: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the measures for which the forecast's scores add up to less than those of a straight line, and the others."""
    sums = free.groupby("measure", sort=False)[["crps", "crps_line"]].sum()
    better = sums["crps"] < sums["crps_line"]
    return [str(m) for m in sums.index[better]], [str(m) for m in sums.index[~better]]
