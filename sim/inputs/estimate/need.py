"""The legal target group: households that rent privately and whose income is within the limit. Estimated."""

from functools import cache

import numpy as np

from sim.chance.leadtimes import kept

from .facts import Facts, Reals, Whole, normals, split

TARGET_GROUP = 270_000  # households; about a fifth of all rent privately and nearly half of those are within the limit; assumed
RENT_HOUSES = 0.10  # share of households renting privately where there are no apartments; assumed
RENT_APARTMENTS = 0.35  # added where all dwellings are apartments; assumed
INCOME = -1.5  # power of relative income in the share within the limit; assumed
SPREAD = 0.15  # standard deviation of the log, over populations; assumed


def target_group(facts: Facts, population: int) -> Whole:
    """Return the target group in households. Only its shares matter for the objective: the pot is solved."""
    shares = expected(facts)
    return split(TARGET_GROUP, shares * np.exp(SPREAD * normals(population, "target group", len(shares))))


@cache
def expected(facts: Facts) -> Reals:
    """Return the target group to expect, up to a factor: more where there are apartments and where incomes are low (both of Statbel)."""
    renting = RENT_HOUSES + RENT_APARTMENTS * facts.column("apartments_2025") / facts.column("dwellings_2025")
    income = facts.column("income_per_inhabitant_2023")
    within = (income / np.median(income)) ** INCOME
    return kept(facts.year(2026) * renting * within)
