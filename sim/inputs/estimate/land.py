"""Room for social dwellings on land of the woonmaatschappijen and of public bodies. Only the totals are published."""

from functools import cache

import numpy as np
from scipy.special import gammaincinv

from sim.chance.leadtimes import kept

from .facts import Facts, Reals, Whole, split, uniforms

SHAPE = 0.7  # of the gamma that spreads land around a municipality's share of the room: very unequal; assumed
LUCKIEST = 3.0  # the most that gamma may give (its mean is 0.7), so that no one place holds a tenth of Flanders; assumed
HALF_FULL = 800.0  # dwellings per km2 at which half of the ground counts as built up; assumed


@cache
def room(facts: Facts) -> Reals:
    """Return a municipality's share of the undeveloped room, up to a factor: what is permitted there, where ground is left.

    The permits say that building is possible and wanted, the density that a city lacks ground for more.
    """
    density = facts.column("dwellings_2025") / facts.column("area_km2")
    return kept(facts.column("permits_mean_2015_2024") / (1.0 + density / HALF_FULL))


def land(facts: Facts, stock: Whole, population: int) -> tuple[Whole, Whole]:
    """Return the dwellings that fit on company land and on public land (theoretical, before any realism factor).

    Drawn in the central population too: inequality is what is known of it ("unequal over municipalities", VVSG position 2025).
    Company land lies where the companies have dwellings, so its room is weighted by the root of the social share.
    """
    company_total = int(facts.regional_value("room on land of the woonmaatschappijen"))
    public_total = int(facts.regional_value("room on land of local authorities and intercommunales"))
    share = np.sqrt((stock + 1.0) / facts.year(2026))
    parts = []
    for purpose, total, weight in (("land company", company_total, share), ("land public", public_total, np.ones(len(share)))):
        luck = np.minimum(np.round(gammaincinv(SHAPE, uniforms(population, purpose, len(share))), 6), LUCKIEST)
        parts.append(split(total, room(facts) * weight * luck))
    return parts[0], parts[1]
