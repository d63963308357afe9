"""Outcomes: one number per replication, each with its unit and whether more of it is better. What is compared, ranked and stopped at."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError, nearest
from sim.rules.plan import Category
from sim.runs.precision import half_width
from sim.runs.results import Results

MORE, LESS, NEITHER = 1, -1, 0
FIRST = 160  # the first count at which --until looks; then always twice as many. With 20 populations every batch then holds all of them alike
MOST = FIRST * 64


class Outcome(NamedTuple):
    """What an outcome is: its unit, whether more or less of it is better, and how it is read from results (a value per replication)."""

    unit: str
    better: int
    of: Callable[[Results], "pd.Series[float]"]


def matrix(results: Results, table: str, column: str) -> NDArray[np.int64]:
    """Return a column of a table: int64[replications, rows of one replication], replications in order. Reads no more than that column."""
    values = [part[column].to_numpy(np.int64) for part in results.parts(table, (column,))]
    count = len(results.replications)
    return np.concatenate(values).reshape(count, -1) if values else np.zeros((count, 0), np.int64)


def categories(results: Results, municipalities: int) -> NDArray[np.int8]:
    """Return the category of every municipality at every test: int8[replications, tests, municipalities] (0 no objective, 1, 2: 2A, 3: 2B)."""
    return matrix(results, "tests", "category").astype(np.int8).reshape(len(results.replications), -1, municipalities)


def by_company(results: Results, column: str, companies: int) -> NDArray[np.int64]:
    """Return a column of the companies' table: int64[replications, years, companies]."""
    return matrix(results, "companies", column).reshape(len(results.replications), -1, companies)


def series(results: Results, values: NDArray[np.float64]) -> "pd.Series[float]":
    """Return values by replication, in their order, as a series."""
    return pd.Series(values, results.replications, dtype=float)


def municipalities_of(results: Results) -> list[int]:
    """Return the NIS codes of the results, in order."""
    first = next(results.parts("municipalities", ("nis",)))
    return [int(code) for code in first["nis"].unique()]


def ever_2B(results: Results) -> "pd.Series[float]":
    """Return how many municipalities were in category 2B at one test at least, by replication."""
    in_2B = categories(results, len(municipalities_of(results))) == Category.CATEGORY_2B
    return series(results, in_2B.any(axis=1).sum(axis=1).astype(float))


def waiting(column: str) -> Callable[[Results], "pd.Series[float]"]:
    """Return the outcome "dwellings that wait in a queue on 31 December, mean over the years"."""
    return lambda results: results.yearly(column).mean(axis=1).astype(float)


def slots_used(results: Results) -> "pd.Series[float]":
    """Return the share of the companies' preparation slots that are in use on 31 December, all years and companies together."""
    held, slots = (matrix(results, "companies", name).sum(axis=1) for name in ("held", "slots"))
    return series(results, held / np.maximum(slots, 1))


def unspent(results: Results) -> "pd.Series[float]":
    """Return the money for new build that lapses, mean over the years (million euro)."""
    return series(results, matrix(results, "flanders", "unspent").mean(axis=1) / 1000)


def over_tests(column: str, unit: float) -> Callable[[Results], "pd.Series[float]"]:
    """Return the outcome "a column of the tests' totals over all tests"."""
    return lambda results: results.of_tests(column).astype(float) / unit


def per_test(results: Results) -> "pd.Series[float]":
    """Return the municipalities in category 2B, mean over the tests; zero in a rhythm without tests. Comparable between rhythms."""
    return results.of_tests("category_2B") / max(1, results.test_totals["test"].nunique() if len(results.test_totals) else 1)


EURO = 100  # cents
OUTCOMES: Mapping[str, Outcome] = {
    "realised_at_end": Outcome("dwellings", MORE, lambda results: results.last_year("bso").astype(float)),
    "net_at_end": Outcome("dwellings", MORE, lambda results: results.last_year("net").astype(float)),
    "probability_objective": Outcome("share", MORE, lambda results: results.reached().astype(float)),
    "municipalities_ever_2B": Outcome("municipalities", LESS, ever_2B),
    "municipalities_2B": Outcome("municipalities per test", LESS, per_test),
    "verdicts_1": Outcome("verdicts", MORE, over_tests("category_1", 1)),
    "verdicts_2A": Outcome("verdicts", NEITHER, over_tests("category_2A", 1)),
    "verdicts_2B": Outcome("verdicts", LESS, over_tests("category_2B", 1)),
    "contribution_total": Outcome("euro", LESS, over_tests("contribution_cents", EURO)),
    "contribution_companies": Outcome("euro", LESS, over_tests("company_cents", EURO)),
    "waiting_land": Outcome("dwellings", LESS, waiting("no_land")),
    "waiting_opportunity": Outcome("dwellings", LESS, waiting("no_opportunity")),
    "waiting_slot": Outcome("dwellings", LESS, waiting("no_slot")),
    "waiting_money": Outcome("dwellings", LESS, waiting("waiting_money")),
    "slots_used": Outcome("share", NEITHER, slots_used),
    "money_unspent": Outcome("million euro a year", LESS, unspent),
}


_known: WeakKeyDictionary[Results, pd.DataFrame] = WeakKeyDictionary()  # holds no results: those in memory are large


def of_all(results: Results) -> pd.DataFrame:
    """Return every outcome: a row per replication, a column per outcome."""
    if results not in _known:
        _known[results] = pd.DataFrame({name: outcome.of(results) for name, outcome in OUTCOMES.items()}, dtype=float)
    return _known[results]


@dataclass(frozen=True)
class Until:
    """Stop when half of the 95% interval of an outcome's mean is this wide."""

    outcome: str
    half_width: float

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        return f"{self.outcome}={self.half_width:g}"

    def counts(self, most: int) -> Iterator[int]:
        """Return the counts at which to look, fixed beforehand so that the result does not depend on who was ready first."""
        count = FIRST
        while count < most:
            yield count
            count *= 2
        yield most

    def reached(self, results: Results) -> bool:
        """Return whether the outcome is known as precisely as asked."""
        if not results.manifest["replications"]:
            return False  # all failed
        return half_width(OUTCOMES[self.outcome].of(results), results.manifest) <= self.half_width


def parse_until(text: str) -> Until:
    """Return what --until asks for. Raises InputError for what is not OUTCOME=HALFWIDTH."""
    name, _, width = text.partition("=")
    if name not in OUTCOMES:
        raise InputError("--until", text, f"unknown outcome {name!r}; {nearest(name, OUTCOMES)}")
    try:
        wanted = float(width)
    except ValueError:
        wanted = math.nan
    if not 0 < wanted < math.inf:
        raise InputError("--until", text, f"found {width!r}; a half-width above 0 is allowed, as in {name}=100")
    return Until(name, wanted)
