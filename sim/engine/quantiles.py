"""The quantile tables of a scenario's distributions, by which draws become durations, sizes and money; those of a company or province too."""

from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.chance.leadtimes import ONE, YEAR, kept, normal_scores, quantiles, residuals
from sim.inputs.region.model import Region
from sim.inputs.scenario.curves import Curve
from sim.inputs.scenario.model import Scenario


class Table(IntEnum):
    """Quantile tables: durations in 1/64 month, what is left of stages under way at the start; then sizes, rent-in, money, managers, effort.

    The budget in thousand euro. Last what the scenario has no distribution of: a company's staffing, a municipality's will, the time between
    opportunities.
    """

    SEARCH, PREPARATION, PERMIT, APPEAL_DELAY, COUNCIL_DURATION, NEW_PERMIT, AWARD, START, CONSTRUCTION, WAKE = range(10)
    PREPARATION_LEFT, PERMIT_LEFT, AWARD_LEFT, CONSTRUCTION_LEFT = range(10, 14)
    SIZE, RENT_IN_INFLOW, RENT_IN_STEP, BUDGET, MANAGERS, RESPONSE, RENT_IN, EFFORT = range(14, 22)
    STAFFING, WILL, INTERVAL = range(22, 25)


DURATIONS = tuple(table.name.lower() for table in Table if table < Table.PREPARATION_LEFT)
UNDER_WAY = ("preparation", "permit", "award", "construction")
SCALES = {
    **dict.fromkeys(("size", "rent_in_inflow", "rent_in_step"), 1),
    "budget": 1000,  # from million to thousand euro
    **dict.fromkeys(("managers", "response", "rent_in_growth", "effort_start"), ONE),
}
MIDDLE = 1024  # place of the median in a table


def quantile_tables(scenario: Scenario) -> NDArray[np.int64]:
    """Return int64[25, 2049]: the quantile tables in the order of `Table`."""
    u, shape = scenario.uncertainties, scenario.uncertainties.will_shape.value
    rows = [_quantiles(getattr(u, name).curve, YEAR) for name in DURATIONS]
    rows += [_residuals(getattr(u, name).curve) for name in UNDER_WAY]
    rows += [_quantiles(getattr(u, name).curve, scale) for name, scale in SCALES.items()]
    staffing = np.exp(u.managers_spread.value * (np.arange(2 * MIDDLE + 1) - MIDDLE) / 256)
    will, interval = Curve("gamma", (("a", shape), ("scale", 1 / shape))), Curve("expon", ())
    rows += [np.floor(ONE * staffing + 0.5).astype(np.int64), _quantiles(will, ONE), _quantiles(interval, ONE)]
    return np.array(rows)


def local(scenario: Scenario, region: Region, tables: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the quantile tables with those behind them that companies and provinces have of their own, and `Model.lead_times`."""
    lead_times = [getattr(scenario.uncertainties, name) for name in (*DURATIONS, *UNDER_WAY)]
    if not any(lead_time.companies or lead_time.provinces for lead_time in lead_times):
        return tables, np.zeros((0, Table.SIZE), np.int64)
    rows = [*tables]
    places = [(region.company_names[c], province) for c, province in zip(region.company.tolist(), region.provinces, strict=True)]
    which = {place: np.arange(int(Table.SIZE)) for place in places}
    for place, of_place in which.items():
        for table, lead_time in enumerate(lead_times):
            if (own := lead_time.of(*place)) is not lead_time:
                of_place[table] = len(rows)
                rows.append(_quantiles(own.curve, YEAR) if table < Table.PREPARATION_LEFT else _residuals(own.curve))
    return np.array(rows), np.array([which[place] for place in places])


@lru_cache(maxsize=128)
def _quantiles(curve: Curve, scale: int) -> NDArray[np.int64]:
    """Return a quantile table (int64[2049]), made once for all scenarios that have the curve."""
    return kept(quantiles(curve.quantile, scale))


@lru_cache(maxsize=32)
def _residuals(curve: Curve) -> NDArray[np.int64]:
    """Return the table of what is left of a duration (int64[2049]) in the same way."""
    return kept(residuals(curve.quantile))


def mean_of_sizes(sizes: NDArray[np.int64], smallest: int) -> int:
    """Return the mean size of a project (fixed point), of the quantile table of sizes: no project is smaller than the smallest."""
    places = np.clip((normal_scores() + 8 >> 4) + MIDDLE, 0, len(sizes) - 1)
    return int(np.maximum(sizes[places], smallest).sum()) * ONE // len(places)
