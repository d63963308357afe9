"""All estimates of all populations in one long table: stock, old scheme, need, objective, land, pipeline."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from sim.chance.leadtimes import kept
from sim.rules.objective import regular_objectives

from . import past
from .facts import POPULATIONS, TODAY, Facts, Published, Reals, Whole, normals, read_facts
from .land import land
from .need import target_group
from .old_scheme import done, old_objective, score
from .past import STARTS
from .pipeline import pipeline, under_way
from .stock import SPREAD_KNOWN, YEARS, known_2008, rented_beside, rented_in, shares, stock_2008, stock_2025
from .will import known, parts, will

CEILING = Fraction(9, 100)  # share of households; draft decision, article 2.5/1; found
PAIRS = (  # (higher, lower, the regional fact that gives the difference, SIB included?); VVSG position 2025; found
    (41048, 41018, "objective of Ninove above that of Geraardsbergen", True),
    (11053, 11022, "objective of Wuustwezel above that of Kalmthout, without SIB", False),
)
KEPT = 512  # populations of a process, 40 kB each: scenarios of one seed ask for the same ones, one scenario after the other
ROUNDS = 12  # of closing in on the two published differences; a stop, not a tolerance; assumed


def build() -> pd.DataFrame:
    """Return the estimates: one row per population and municipality, whole numbers only."""
    facts = read_facts()
    return pd.concat([pd.DataFrame(populate(facts, number)) for number in range(POPULATIONS)], ignore_index=True)


def population(number: int, start: int = TODAY) -> pd.DataFrame:
    """Return population `number` (0 or more; the first POPULATIONS are those of the tables) on 31 December `start`: TODAY or one of STARTS.

    Columns as in estimates.csv or `past`; the same on every machine, whichever were made before. ValueError for any other number or start.
    """
    return pd.DataFrame(dict(columns(number, start)))


@lru_cache(maxsize=KEPT)
def columns(number: int, start: int = TODAY) -> Mapping[str, Whole]:
    """Return the columns of a `population`, int64[M] each, in the order of the NIS codes: sooner than the table, and kept; nobody can write
    in them. Raises what that does."""
    if number < 0 or start not in (*STARTS, TODAY):
        raise ValueError(f"no population {number} of {start}: a number from 0, and one of {(*STARTS, TODAY)}")
    made = populate(read_facts(), number) if start == TODAY else past.populate(read_facts(), start, number)
    return {name: kept(values) for name, values in made.items()}


def populate(facts: Facts, population: int) -> dict[str, Whole]:
    """Return the estimates of one population by column."""
    start = stock_2008(facts, population)
    asked = old_objective(facts, start)
    group = target_group(facts, population)
    scores = score(facts, start, population)
    fixed: dict[int, int] = {}
    for _ in range(ROUNDS):
        sib, overshoot = done(facts, asked, scores, population, fixed)
        realised = asked - sib + overshoot
        stock = stock_2025(facts, start, realised, known_2025(facts, start, realised, population))
        regular = objective(facts, stock, sib, overshoot, group)
        if not closer(facts, regular, sib, overshoot, fixed):
            break
    company, public = land(facts, stock, population)
    columns: dict[str, Whole] = {
        "population": np.full(len(stock), population, np.int64),
        "nis": facts.municipalities.index.to_numpy(np.int64, copy=True),
        "stock": stock,
        "rented_in": rented_in(facts, stock),
        "old_objective": asked,
        "sib": sib,
        "overshoot": overshoot,
        "target_group": group,
        "objective_regular": regular,
        "land_company": company,
        "land_public": public,
    }
    total = under_way(population)
    weights = parts(facts, asked, facts.year(2026).astype(np.float64), will(scores, population))
    named = [i for i, _, _ in facts.anchors_of("bso_2042_within_reach")]  # what they have planned is about their new objective
    weights[named] = weights.sum() / total.planned * (regular + sib)[named]
    plans = pipeline(population, weights, total)
    columns["known"] = known(facts, asked, TODAY, realised, np.sum(list(plans.values()), axis=0), stock, company + public)
    return columns | plans


def known_2025(facts: Facts, start: Whole, realised: Whole, population: int) -> Reals:
    """Return the stock of 2025 where a figure is published: of 2008 plus what was realised, or of a later year plus the rest.

    The shares of 2014 count the companies' dwellings (5.5% in all of Flanders), so what is rented in comes on top of them.
    """
    known, _, _ = known_2008(facts)
    stock = np.where(np.isnan(known), np.nan, np.maximum(start + realised, 0))
    noise = np.exp(SPREAD_KNOWN * normals(population, "stock", len(start)))
    rows, then, years = owned_shares(facts)
    owned = then * noise[rows]
    stock[rows] = owned + rented_beside(facts, rows, owned) + realised[rows] * (2025.0 - years) / YEARS
    rows, then, years = stocks(facts)
    stock[rows] = then * noise[rows] + realised[rows] * np.maximum(0.0, 2026.0 - years) / YEARS
    return stock


@cache
def owned_shares(facts: Facts) -> tuple[Whole, Reals, Reals]:
    """Return rows, dwellings and years of the published shares, but those of municipalities whose nulmeting is published."""
    counted = {i for i, _, _ in facts.anchors_of("nulmeting_social_rental")}
    return by_column([share for share in shares(facts) if share[0] not in counted])


@cache
def stocks(facts: Facts) -> tuple[Whole, Reals, Reals]:
    """Return rows, dwellings and years of the stocks published of a year from 2010 on."""
    return by_column([stock for stock in facts.anchors_of("social_rental_stock") if stock[2] >= 2010])


def by_column(found: list[Published]) -> tuple[Whole, Reals, Reals]:
    """Return what is published as arrays that stay as they are: rows, values, years."""
    rows, values, years = np.array(found, np.float64).T
    return kept(rows.astype(np.int64)), kept(values), kept(years)


def objective(facts: Facts, stock: Whole, sib: Whole, overshoot: Whole, group: Whole) -> Whole:
    """Return the regular objective by the formula of the draft decision; 1 January 2043 is the end of 2042."""
    total = int(facts.regional_value("regional objective, mandatory"))
    return regular_objectives(stock, sib, overshoot, group, facts.year(2026), facts.year(2043), total, CEILING)


def closer(facts: Facts, regular: Whole, sib: Whole, overshoot: Whole, fixed: dict[int, int]) -> bool:
    """Move the second municipality of each published pair towards the published difference; say whether anything moved.

    What a neighbour did in the old scheme is the one unknown that shifts its objective home for home.
    """
    moved = False
    for high, low, fact, with_sib in PAIRS:
        i, j = facts.place(high), facts.place(low)
        gap = regular[i] - regular[j] + (sib[i] - sib[j] if with_sib else 0)
        step = round(facts.regional_value(fact)) - int(gap)
        if step:
            net = int(overshoot[j] - sib[j])
            fixed[j] = (net if with_sib else max(0, net)) + step
            fixed.setdefault(i, int(overshoot[i] - sib[i]))
            moved = True
    return moved
