"""The answers in words and numbers, said once for the pictures' titles and for the screen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from sim.inputs.scenario.model import DRAWN
from sim.report.language import Language
from sim.runs.precision import reach, standard_error
from sim.runs.results import VERDICTS, Results

# Net growth of the social rental stock in past periods, dwellings a year: the straight lines any forecast has to be seen beside. Derived.
# 1,282: 178,743 - 177,461, the stock at the end of 2025 (annual report 2025) and of 2024 (budget paper Wonen 2026). 2,085 and 2,224: the
# 33,355 realised by the end of 2023 (VVSG position 2025) over 16 years (2008-2023) and over 15 (2009-2023). 1,657: of this project's
# design, period and document not recorded.
PAST_GROWTH = (1282, 1657, 2085, 2224)
MILLION_EURO = 1e8  # in cents
# Below this many replications the ends of a band are no more than an indication, and a share is told by how many they are.
FEW = 100
BANDED = 10  # below this many no tenth of them lies outside a band


def share_of(share: float, count: int, language: Language) -> str:
    """Return a share of so many simulations: a whole percentage, of fewer than FEW how many of them, as nobody knows it finer.

    >>> share_of(0.625, 8, Language("en")), share_of(0.625, 200, Language("en"))
    ('5 of 8', '62%')
    """
    if count >= FEW:
        return language.percent(share)
    return f"{language.number(share * count)} {language.name('page', 'of')} {language.number(count)}"


def simulations(share: str, count: int, language: Language) -> str:
    """Return such a share, of so many, with its noun."""
    if count >= FEW:
        return language.say("{share} of the simulations", share=share)
    return language.say("{share} simulations", share=share)


@dataclass(frozen=True)
class Estimate:
    """Mean and 80% band of a quantity over the replications, the standard error of the mean, half of its 95% interval, and the step to which
    it is worth writing.

    `banded`: whether there are replications enough for a band; without, `low` and `high` are for pictures only.
    """

    mean: float
    low: float
    high: float
    error: float
    half: float
    step: float
    banded: bool = True

    def below(self, amount: float) -> "Estimate":
        """Return the estimate of what an amount has over the quantity."""
        return Estimate(amount - self.mean, amount - self.high, amount - self.low, self.error, self.half, self.step, self.banded)

    def in_words(self, language: Language) -> tuple[str, str]:
        """Return the mean and the band as text, rounded to the step."""
        mean = language.number(self.mean, self.step)
        return mean, language.band(self.low, self.high, self.step) if self.banded else language.say("too few replications")

    def known(self, language: Language) -> str:
        """Return the mean with half of its 95% interval, rounded to the step; alone when nobody knows the error."""
        mean = language.number(self.mean, self.step)
        return f"{mean} ± {language.number(max(self.half, self.step), self.step)}" if self.error else mean

    def dashed(self, language: Language) -> str:
        """Return the band as short as a table wants it."""
        if not self.banded:
            return "–"
        return f"{language.number(self.low, self.step)}–{language.number(self.high, self.step)}"


def estimate(values: "pd.Series[float]", results: Results, finest: float = 1, coarsest: float = math.inf) -> Estimate:
    """Return the estimate of a quantity from its values by replication, in the order of the replications.

    The step is the error's leading digit, between `finest` and `coarsest`: digits that another seed would change are not written. Of one
    replication nobody knows the error: two digits.
    """
    low, high = np.percentile(values, (10, 90))
    mean = float(np.mean(values))
    error, freedom = standard_error(pd.Series(np.asarray(values, float), results.replications), results.manifest)
    error = error if freedom else 0.0
    doubt = error if freedom else abs(mean) / 10
    step = 10.0 ** math.floor(math.log10(doubt)) if doubt > 0 else finest
    return Estimate(
        mean, float(low), float(high), error, reach(error, freedom), min(max(step, finest), coarsest), len(values) >= BANDED
    )


def in_last_year(results: Results, column: str) -> Estimate:
    """Return the estimate of a column of the totals at the end of the forecast."""
    return estimate(results.last_year(column).astype(float), results)


_at_tests: WeakKeyDictionary[Results, Mapping[int, Mapping[str, Estimate]]] = WeakKeyDictionary()  # holds no results


def at_tests(results: Results) -> Mapping[int, Mapping[str, Estimate]]:
    """Return per test year: municipalities per category (whole ones, so that they add up), shortfall, and contribution in million euro."""
    if results not in _at_tests:
        _at_tests[results] = _each_test(results)
    return _at_tests[results]


def _each_test(results: Results) -> dict[int, dict[str, Estimate]]:
    return {
        int(str(year)): {
            **{name: estimate(rows[name], results, coarsest=1) for name in VERDICTS},
            "shortfall": estimate(rows["shortfall"], results),
            "contribution": estimate(rows["contribution_cents"] / MILLION_EURO, results, finest=0.1),
        }
        for year, rows in (results.test_totals.groupby("test") if len(results.test_totals) else ())
    }


def for_the_path(results: Results) -> dict[int, Estimate]:
    """Return by year of a measurement that is tested what is there of what it asks, each municipality up to its own (dwellings)."""
    path, tests = results.path, at_tests(results)
    tested = [row for row in path.to_dict("records") if row["test"] in tests]
    return {row["year"]: tests[row["test"]]["shortfall"].below(row["required"]) for row in tested}


def municipalities(tests: Mapping[int, Mapping[str, Estimate]]) -> float:
    """Return how many municipalities are judged at a test, the most there are."""
    return max((sum(test[name].mean for name in VERDICTS) for test in tests.values()), default=0.0)


def contributions(results: Results) -> pd.DataFrame:
    """Return the contributions paid so far in million euro: a row per replication, a column per year."""
    paid = results.yearly("paid_cents")
    return paid.cumsum(axis=1) / MILLION_EURO


def null_shares(results: Results) -> dict[int, float]:
    """Return for every past growth rate the share of the objective it gives by the end of the forecast."""
    years = results.manifest["end_year"] - results.manifest["start_year"] + 1
    return {rate: rate * years / results.manifest["objective"] for rate in PAST_GROWTH}


def source(results: Results, language: Language) -> str:
    """Say what the numbers of a picture are, on what they rest, how to get them again, and what the backtest found."""
    return f"{source_of(results.manifest, language)} {language.name('origin', 'stands')}"


def source_of(facts: Mapping[str, Any], language: Language) -> str:
    """Say what numbers are and on what they rest, from what is known of the runs: version, replications, seed and titles."""
    title, replications = facts["title_nl" if language.code == "nl" else "title"], language.number(facts["replications"])
    said = language.name("origin", "forecast", version=facts["version"], replications=replications, seed=facts["seed"], title=title)
    said += f" {figures_of(facts, language)} {language.name('origin', DRAWN if facts['sampling'] == DRAWN else 'central')}"
    instead = facts.get("standing", {}).get("replaced", ())
    return f"{said} {language.name('origin', 'replaced', names=', '.join(instead))}" if instead else said


def figures_of(facts: Mapping[str, Any], language: Language) -> str:
    """Say which figures of municipalities are official and which are estimated, from what is known of the runs."""
    official = facts.get("standing", {}).get("official")
    if not official:
        return language.name("origin", "figures")
    said = (language.name("official", name, count=str(count), all=str(of)) for name, (count, of) in official.items())
    return language.name("origin", "official", official=", ".join(said))


def warning(language: Language) -> str:
    """Say what the backtest found of numbers of verdicts, wherever they are shown (docs/validation.md; a test holds it against the backtest)."""
    return language.name("origin", "backtest")
