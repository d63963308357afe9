"""Flanders on an earlier 31 December, under the scheme of 2009-2025: what a backtest starts from. Little of it is published.

The objective is that of the old scheme, all of it; what was realised by then counts towards it. Much of it leans on later figures (the base of
2015 and 2019, how many had done more, plans, land): a hindcast, see docs/backtest.md. Who had done more leans on what was known by then.
"""

from functools import cache

import numpy as np
import pandas as pd

from .facts import POPULATIONS, Facts, Reals, Whole, around, read_facts, split, split_within
from .land import land
from .need import target_group
from .old_scheme import done, old_objective, score
from .pipeline import STAY, UnderWay, moving, pipeline, with_lists
from .stock import rented_in, stock_2008
from .will import known, parts, will

STARTS = (2008, 2015, 2019)
# Net dwellings realised since 31 December 2007. 2008: companies grew by 1,500 a year (Statistiek Vlaanderen 2018), rented-in dwellings by 10% a
# year from 3,930. 2019: 33,355 at the end of 2023 less deliveries of 2020-2023 (5,485), rent-in (1,694), purchases, plus sales. 2015: less four
# years of 1,500 and the growth of rent-in. All derived.
REALISED = {2008: 1_893, 2015: 17_730, 2019: 26_656}
# Rented in (dwellings): 5,750 at the end of 2011 taken back by 10% a year; between 7,025 (2013) and 9,143 (2016); published (2019). Derived.
RENTED_IN = {2008: 4_320, 2015: 8_437, 2019: 11_366}
# Dwellings delivered a year: growth of 1,500 and some 550 sold or demolished, less 140 bought, as in the baseline. Derived.
THROUGHPUT = {2008: 1_900, 2015: 1_900, 2019: 1_900}
# Dwellings planned, moving and asleep: low, central, high. On the straight line between the counts of 18,497 at the end of 2013 and 14,017 at
# the end of 2023. Derived.
PLANNED = {2015: (16_000.0, 17_600.0, 18_500.0), 2019: (14_500.0, 15_800.0, 17_500.0)}
# Dwellings asleep in 2008, of which there is no list: low, central, high. Leans on the count of 2013, of which at 1,900 deliveries a year
# 9,500 move. Assumed.
ASLEEP_2008 = (3_000.0, 7_000.0, 11_000.0)


@cache
def past(start: int) -> pd.DataFrame:
    """Return the estimates of 31 December `start` (one of STARTS): the columns of estimates.csv, of what was realised since the nulmeting,
    households on the next day and at the end of 2025, and tenths of dwellings permitted a year. Deterministic."""
    facts = read_facts()
    return pd.concat([pd.DataFrame(populate(facts, start, number)) for number in range(POPULATIONS)], ignore_index=True)


def populate(facts: Facts, start: int, population: int) -> dict[str, Whole]:
    """Return the estimates of one population on 31 December `start`, by column."""
    before = stock_2008(facts, population)
    asked = old_objective(facts, before)
    scores = score(facts, before, population, start)
    realised = _realised(facts, start, population, asked, scores)
    stock = np.maximum(before + realised, 0)
    company, public = land(facts, stock, population)
    rented = rented_in(facts, stock).astype(np.float64)
    then = None if start == STARTS[0] else realised  # in 2008 who does more than others is not known yet
    zero, households = np.zeros(len(stock), np.int64), _households(facts, start)
    plans = pipeline(population, parts(facts, asked, households, will(scores, population)), _under_way(start, population))
    columns: dict[str, Whole] = {
        "population": np.full(len(stock), population, np.int64),
        "nis": facts.municipalities.index.to_numpy(np.int64, copy=True),
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
        "households": np.rint(households).astype(np.int64),
        "households_end": facts.year(2026),
        "permits_tenths": np.rint(10 * facts.permits_to(start)).astype(np.int64),
        "known": known(facts, asked, start, then, np.sum(list(plans.values()), axis=0), stock, company + public),
    }
    return columns | plans


def _realised(facts: Facts, start: int, population: int, asked: Whole, scores: Reals) -> Whole:
    """Return what each municipality realised by the start: by its objective at first; later as what was known then has it, at the mean pace."""
    if start == STARTS[0]:
        return split(REALISED[start], asked.astype(np.float64))
    sib, overshoot = done(facts, asked, scores, population, {})
    return split(REALISED[start], np.asarray(asked - sib + overshoot, np.float64))


def _households(facts: Facts, start: int) -> Reals:
    """Return the households on 1 January after the start; of 2009 between 2008 and 2010 (derived)."""
    if start + 1 >= 2010:
        return facts.year(start + 1).astype(np.float64)
    return np.sqrt(facts.households_2008 * facts.year(2010))


def _under_way(start: int, population: int) -> UnderWay:
    """Return the dwellings under way in Flanders, at the deliveries of then."""
    moves = moving(dict.fromkeys(STAY, THROUGHPUT[start]), population)
    if start in PLANNED:
        return with_lists(moves, PLANNED[start], population)
    return UnderWay(moves, round(around(population, "asleep", *ASLEEP_2008)))
