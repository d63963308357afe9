"""What became known of the scheme of 2009-2025, and what naive forecasters say of it, whom a forecast has to beat (how surely: `spread`)."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from sim.inputs.estimate.past import PLANNED, REALISED, RENTED_IN, THROUGHPUT
from sim.inputs.region.load import DATA

NAIVE = ("persistence", "line", "base")
NULMETING = 2007  # 31 December; from here the scheme counts
UNTIL = 2016  # the fit of `bso calibrate` sees what was known by the end of it; all else is left for the score
OBJECTIVE, YEARS = 35_000, 17  # dwellings, years: the base rate
RHYTHM = 0.0568  # of the objective for every year; progress test of 2022
RENT_IN_BEFORE = {2008: 393, 2015: 638, 2019: 741}  # dwellings a year that rent-in grew in the years known at the start; derived
BUDGET_BEFORE = 700.0  # million euro a year before 2017, mean; found (press of 25 April 2017)
# Vlaamse Rand: NIS codes of its 19 municipalities, and those of them of which it was expected in 2019 that they would have enough in ENOUGH_BY
# (Hoeilaart, Vilvoorde, Wezembeek-Oppem, Tervuren; randkrant.be, December 2019): an expectation, no count.
RAND_ENOUGH = (23033, 23088, 23103, 24104)
RAND = (
    *(23002, 23003, 23016, 23025, 23047, 23050, 23052, 23062, 23077, 23094, 23098, 23099, 23100, 23101, 23102),
    *RAND_ENOUGH,
)
ENOUGH_BY = 2025
STAY = 5  # years from MJP to delivery, about: what the baseline's stages take on average; planned over delivered a year (Little's law); derived
EVEN = {
    "category_1": 0.5,
    "category_2A": 0.25,
    "category_2B": 0.25,
    "missed": 0.5,
}  # shares of municipalities of which nothing is known
TESTS = (2014, 2016)  # years of the tests whose shares are known from 2015 on; that of 2014 counted homes for sale as well


def known_outcomes() -> pd.DataFrame:
    """Return what the backtests are scored on, and what is shown beside it: the rows of outcomes.csv of which a run says something.

    `fitted`: the fit of `bso calibrate` sees it: it is scored, of a year up to UNTIL, and was known by then.
    """
    return _outcomes().copy()


@cache
def _outcomes() -> pd.DataFrame:
    table = published()
    table["fitted"] = (table["use"] == "scored") & (table[["year", "published"]].max(axis=1) <= UNTIL)
    return table[table["use"].isin(["scored", "shown"])].reset_index(drop=True)


def published() -> pd.DataFrame:
    """Return all rows of outcomes.csv, also the bounds."""
    return pd.read_csv(DATA / "outcomes.csv", dtype={"fed": "string", "nis": "Int64"}).fillna({"fed": ""})


def naive(outcome: Mapping[Any, Any], start: int) -> dict[str, float]:
    """Return what naive forecasters say at the start, in the outcome's unit; who knows nothing, or would say the same as another, is left out.

    `persistence`: the last value known stays (of a test the shares of the one before); `line`: a straight line at the mean pace up to the start,
    of the shares of a test through the two tests before; `base`: the rate that the scheme asks, of a share of municipalities an even chance
    (of category 1, and of 2a and 2b). From 2015 the verdicts of July 2016 are known, in the naive forecaster's favour.
    """
    measure, year = str(outcome["measure"]), int(outcome["year"])
    ahead, asked = year - start, OBJECTIVE / YEARS
    if measure == "net":
        done = float(REALISED[start])
        return {"line": done + ahead * done / (start - NULMETING), "base": OBJECTIVE * RHYTHM * (year - NULMETING)}
    if measure == "owned_growth":
        return {"persistence": known_value("owned_growth_2017"), "base": asked}
    if measure in ("delivered", "tendered"):
        last = known_value("delivered_2019") if start == 2019 else float(THROUGHPUT[start])
        return {"persistence": last, "base": asked}
    if measure == "rented_in":
        return {"persistence": RENTED_IN[start], "line": RENTED_IN[start] + RENT_IN_BEFORE[start] * ahead}
    if measure == "rented_in_growth":
        return {"persistence": RENT_IN_BEFORE[start]}
    if measure == "planned":
        return {"persistence": PLANNED[start][1] if start in PLANNED else THROUGHPUT[start] * STAY, "base": asked * STAY}
    if measure == "share":
        return {"base": RHYTHM * (year - NULMETING)}
    if measure == "budget_used":
        known = {2015: BUDGET_BEFORE, 2019: known_value("budget_used_2016")}  # from 2008 nothing is known
        return {"persistence": known[start]} if start in known else {}
    if measure in ("replaced", "still_to_build"):
        return {}  # nothing was asked, or known, of them
    if measure == "missed" or start < 2015 or year <= TESTS[1]:
        return {"base": EVEN[measure]}
    before, last = (known_value(f"{measure.lower()}_{test}") for test in TESTS)
    line = last + (last - before) * (year - TESTS[1]) / (TESTS[1] - TESTS[0])
    return {"persistence": last, "line": min(1.0, max(0.0, line)), "base": EVEN[measure]}


def known_value(outcome: str) -> float:
    """Return what happened, in the outcome's unit."""
    return _values()[outcome]


@cache
def _values() -> dict[str, float]:
    """Return all that is published, by outcome."""
    return dict(published()[["outcome", "value"]].itertuples(index=False, name=None))
