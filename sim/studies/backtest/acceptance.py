"""What the backtest has to show before its forecast is to be trusted: criteria set before it was fitted, each met or not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.inputs.estimate.past import THROUGHPUT
from sim.runs.scores import bands
from sim.studies.backtest.forecast import STAY_FROM, STAY_TO
from sim.studies.backtest.naive import known_outcomes, known_value

INSIDE = ("planned_2013", "planned_2023", "net_2013", "net_2023", "owned_growth_2019", "owned_growth_2021")  # in the 80% band
PATHS = ("category_1_2016", "category_1_2018")
NEAR = 0.08  # of the fact, the mean share on their path
REACHED = (0.20, 0.30)  # share of the municipalities that reached their objective by the end of 2018
PLANS = (8.0, 13.0)  # years: planned over deliveries of a year
STAY = (7.0, 10.0)  # years on the list, mean
# Of the published counts: mean of 18,497 and 14,017 planned, and the deliveries in between, of 12% or 30% of what is planned given up. Derived.
STAY_FACT = 8.45
MOST_WAITING = 500  # dwellings waiting for money at the end of a year
RENT_IN = "rented_in"
RENT_IN_HELD = 4  # of the figures of rent-in that fed nothing, from all starts
EVERY = 0  # in the place of a start: all of them together
Criterion = dict[str, Any]
Facts = dict[str, tuple[float, bool]]  # by outcome, what happened and whether the fit saw it


def acceptance(said: dict[int, pd.DataFrame], scores: pd.DataFrame) -> pd.DataFrame:
    """Return a row per criterion and start that it lies after (EVERY: of all together).

    `said`: by start, what replications say (columns as `drawn.simulated` names them). `criterion`, `what` (a figure, or what is asked), `asked`
    (low and high; NaN: the 80% band holds the fact), `fact` (NaN: none), `mean`, `low_0.8`, `high_0.8`, `fitted` (the fit saw it), `met`.
    """
    facts = {row["outcome"]: (float(row["value"]), bool(row["fitted"])) for row in known_outcomes().to_dict("records")}
    rows: list[Criterion] = []
    for start, of_start in said.items():
        rows += [{"start": start, **row} for row in _of_start(of_start, facts)]
    rent_in = scores[(scores["measure"] == RENT_IN) & scores["free"]]
    held, of = int(rent_in["covered_0.8"].sum()), len(rent_in)
    asked = {
        "asked_low": RENT_IN_HELD,
        "asked_high": of,
        "fact": np.nan,
        "mean": held,
        "fitted": False,
        "met": held >= RENT_IN_HELD,
    }
    return pd.DataFrame([*rows, {"start": EVERY, "criterion": "rent_in", "what": RENT_IN, "unit": "figures", **asked}])


def _of_start(said: pd.DataFrame, facts: Facts) -> Iterator[Criterion]:
    """Yield the criteria that lie after a start."""

    def of(
        criterion: str, what: str, values: Any, unit: str, asked: tuple[float, float] | None, fact: float, fitted: bool = False
    ) -> Criterion:
        band = bands(values.to_numpy(np.float64), fact)
        mean, (low, high) = float(values.mean()), asked or (np.nan, np.nan)
        row = {"criterion": criterion, "what": what, "unit": unit, "asked_low": low, "asked_high": high, "fact": fact, "mean": mean}
        met = low <= mean <= high if asked else bool(band["covered_0.8"])
        return row | {end: band[end] for end in ("low_0.8", "high_0.8")} | {"fitted": fitted, "met": met}

    for name in PATHS:
        if name in said:
            fact, fitted = facts[name]
            yield of("inside", name, said[name], "share", None, fact, fitted)
            yield of("near", name, said[name], "share", (fact - NEAR, fact + NEAR), fact, fitted)
    if set(PATHS) <= set(said):
        first, last = PATHS
        change = facts[last][0] - facts[first][0]
        yield of("not_rising", last, said[last] - said[first], "share", (-1.0, 0.0), change)
    if "missed_2018" in said:
        yield of("reached", "missed_2018", 1 - said["missed_2018"], "share", REACHED, 1 - known_value("missed_2018"))
    for name in INSIDE:
        if name in said:
            yield of("inside", name, said[name], "number", None, *facts[name])
    for year, deliveries in ((STAY_FROM, float(THROUGHPUT[2008])), (STAY_TO, known_value("delivered_2023"))):
        name = f"plans_per_delivery_{year}"
        if name in said:
            yield of("plans", name, said[name], "years", PLANS, known_value(f"planned_{year}") / deliveries)
    yield of("stay", "stay", said["stay"], "years", STAY, STAY_FACT)
    waiting = said[[name for name in said if str(name).startswith("waiting_money_")]]
    worst = str(waiting.mean().idxmax())
    yield of("waiting_money", worst, waiting[worst], "number", (0.0, MOST_WAITING), np.nan)
