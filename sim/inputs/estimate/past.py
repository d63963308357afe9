"""Flanders on an earlier 31 December, under the scheme of 2009-2025: what a backtest starts from. Little of it is published.

The objective is that of the old scheme, all of it; what was realised by then counts towards it. Much of it leans on later figures (the base of
2015 and 2019, who had done more, plans, land, the size of the pipeline): a hindcast, see docs/backtest.md.
"""

from functools import cache

import numpy as np
import pandas as pd

from .facts import POPULATIONS, Facts, Reals, Whole, around, normals, read_facts, split, split_within
from .land import land
from .need import target_group
from .old_scheme import ceiling, done, old_objective, score, step_1_rates
from .pipeline import LIVE, SPREAD, by_stage
from .stock import rented_in, stock_2008

STARTS = (2008, 2015, 2019)
# Net dwellings realised since 31 December 2007. 2008: companies grew by 1,500 a year (Statistiek Vlaanderen 2018), rented-in dwellings by 10% a
# year from 3,930. 2019: 33,355 at the end of 2023 less deliveries of 2020-2023 (5,485), rent-in (1,694), purchases, plus sales. 2015: less four
# years of 1,500 and the growth of rent-in. All derived.
REALISED = {2008: 1_893, 2015: 17_730, 2019: 26_656}
# Rented in (dwellings): 5,750 at the end of 2011 taken back by 10% a year; between 7,025 (2013) and 9,143 (2016); published (2019). Derived.
RENTED_IN = {2008: 4_320, 2015: 8_437, 2019: 11_366}
# Dwellings delivered a year: growth of 1,500 and 300 sold or demolished. Derived.
THROUGHPUT = {2008: 1_800, 2015: 1_800, 2019: 1_800}
TODAY = 1_350  # dwellings a year to which the live pipeline of 2025 belongs: mode of the baseline's `finance_2026`; derived
IN_PREPARATION = 2_000  # dwellings in preparation at that throughput: as in pipeline.py; assumed
# Dwellings planned, live and dormant: as at the end of 2023; no lists before 2013. Assumed.
PLANNED = {2008: 0, 2015: 14_000, 2019: 14_000}
YEARS_OF_PERMITS = 10


@cache
def past(start: int) -> pd.DataFrame:
    """Return the estimates of 31 December `start` (one of STARTS): the columns of estimates.csv, of what was realised since the nulmeting,
    households on the next day and at the end of 2025, and tenths of dwellings permitted a year. Deterministic; a few seconds."""
    facts = read_facts()
    return pd.concat([_populate(facts, start, population) for population in range(POPULATIONS)], ignore_index=True)


def _populate(facts: Facts, start: int, population: int) -> pd.DataFrame:
    before = stock_2008(facts, step_1_rates(facts), ceiling(facts), population)
    asked = old_objective(facts, before)
    realised = _realised(facts, start, population, before, asked)
    stock = np.maximum(before + realised, 0)
    company, public = land(facts, stock, population)
    rented = rented_in(facts, stock).astype(np.float64)
    zero = np.zeros(len(stock), np.int64)
    columns: dict[str, Whole] = {
        "population": np.full(len(stock), population, np.int64),
        "nis": facts.municipalities.index.to_numpy(np.int64),
        "stock": stock,
        "rented_in": split_within(RENTED_IN[start], rented, stock),
        "sib": zero,
        "overshoot": zero,
        "target_group": target_group(facts, population),
        "objective_regular": asked,
        "delivered": realised,
        "let": realised,
        "land_company": company,
        "land_public": public,
        "households": np.rint(_households(facts, start)).astype(np.int64),
        "households_end": facts.year(2026),
        "permits_tenths": _permits(facts, start),
    }
    return pd.DataFrame(columns | _pipeline(facts, start, asked, population))


def _realised(facts: Facts, start: int, population: int, before: Whole, asked: Whole) -> Whole:
    """Return what each municipality realised by the start: by its objective at first; later as the estimate of 2025 has it, at the mean pace."""
    if start == STARTS[0]:
        return split(REALISED[start], asked.astype(np.float64))
    sib, overshoot = done(facts, asked, score(facts, before, population), population, {})
    return split(REALISED[start], np.asarray(asked - sib + overshoot, np.float64))


def _households(facts: Facts, start: int) -> Reals:
    """Return the households on 1 January after the start; of 2009 between 2008 and 2010 (derived)."""
    if start + 1 >= 2010:
        return facts.year(start + 1).astype(np.float64)
    return np.sqrt(facts.households_2008 * facts.year(2010))


def _permits(facts: Facts, start: int) -> Whole:
    """Return tenths of the dwellings permitted a year, mean of the ten years up to the start."""
    years = [str(year) for year in range(start - YEARS_OF_PERMITS + 1, start + 1)]
    table = facts.permits.reindex(facts.municipalities.index)[years]
    return np.rint(10 * table.mean(axis=1).to_numpy(np.float64)).astype(np.int64)


def _pipeline(facts: Facts, start: int, asked: Whole, population: int) -> dict[str, Whole]:
    """Return the dwellings under way by stage, at the throughput of then: over municipalities by the root of objective times households."""
    pace = THROUGHPUT[start] / TODAY
    live = round(around(population, "live pipeline", *(pace * part for part in LIVE)))
    size = np.sqrt(asked * _households(facts, start))
    shares = np.asarray(np.round(size / size.sum() * np.exp(SPREAD * normals(population, "pipeline", len(asked))), 12))
    return by_stage(population, shares, live, round(pace * IN_PREPARATION), PLANNED[start])
