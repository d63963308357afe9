"""What is known of a municipality's will to build: where plans lie, and the score that the will of a replication leans on.

Nobody publishes it. In 2009-2025 plans went to those that had already done enough, not to those that lagged (docs/backtest.md), so what one
municipality does and plans goes together, and stays so for years.
"""

import numpy as np
from scipy.special import ndtri

from .facts import Facts, Reals, Whole, uniforms
from .old_scheme import able, permitted, standard

LEANS = 0.6  # correlation of a municipality's will with its `score` in old_scheme.py, as normal scores; assumed
SPREAD = 0.8  # standard deviation of the log of its part of the plans beside its size; assumed
# Weights of what is known, as normal scores: realised and planned per dwelling it could do, stock per household, permits and land. Assumed.
REALISED, PLANS, STOCK, PERMITS, LAND = 0.5, 0.5, 0.2, 0.3, 0.1
COMPANY = 0.3  # weight of the mean of the company's municipalities beside the municipality's own sum; assumed
ONE = 4096  # of a normal score's standard deviation: the unit of the column `known`


def will(scores: Reals, population: int) -> Reals:
    """Return a municipality's will as a normal score, the same in all years of a population but for what `scores` then knows.

    Drawn in the central population too: that it is unequal is what is known of it.
    """
    luck = ndtri(uniforms(population, "will", len(scores)))
    return standard(LEANS * standard(scores) + np.sqrt(1.0 - LEANS**2) * luck)


def parts(facts: Facts, asked: Whole, households: Reals, wills: Reals) -> Reals:
    """Return a municipality's part of all plans, up to a factor: by what it could do and households (the root of both), and will."""
    return np.asarray(np.round(np.sqrt(able(facts, asked) * households) * np.exp(SPREAD * wills), 6))


def known(facts: Facts, asked: Whole, by: int, realised: Whole | None, plans: Whole, stock: Whole, land: Whole) -> Whole:
    """Return the normal score (1/4096) of what is known of a municipality's will at the end of year `by`; `realised` None: nothing yet."""
    could, households = np.maximum(able(facts, asked), 1.0), np.maximum(facts.year(max(2010, by + 1)), 1)
    own = PLANS * standard(plans / could) + STOCK * standard(stock / households)
    own += PERMITS * permitted(facts, by) + LAND * standard(land / households)
    if realised is not None:
        own += REALISED * standard(realised / could)
    return np.rint(ONE * standard(own + COMPANY * facts.mean_of("company", own))).astype(np.int64)
