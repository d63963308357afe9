"""The objective per municipality, in exact fractions.

Source: draft decision of 12 September 2025, article 2.5/1, as explained on the Wonen in Vlaanderen page on the BSO (2025):
share to keep + SIB + legal target group - overshoot - 9% ceiling. The documents leave the size of the target group's part open:
it is solved here, so that the objectives add up to exactly the regional one (VVSG position 2025, on the nulmeting; a reading).

Every array has one element per municipality, in the same order. Integers go in and whole dwellings come out; between the two
only fractions are used, so no comparison with the ceiling and no rounding hangs on a floating-point number.
"""

from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def at_ceiling(stock: Whole, sib: Whole, households: Whole, ceiling: Fraction) -> NDArray[np.bool_]:
    """Say which municipalities have a social share of at least `ceiling` (0.09 in the draft) of their households.

    `stock` is in social rental dwellings and `households` in households (> 0), both on 31 December 2025; `sib` is in dwellings.
    Source: page on the BSO (2025), "Vrijstelling omwille van 9%-aftopping"; the SIB counts in the share ("aandeel op peil").
    """
    social = stock.astype(object) + sib.astype(object)
    return np.asarray(social * ceiling.denominator >= households.astype(object) * ceiling.numerator, np.bool_)


def keep_share(stock: int, sib: int, households: int, households_2042: int) -> Fraction:
    """Return the dwellings that keep the social share of 31 December 2025 up to the households at the end of 2042, at least 0.

    Source: page on the BSO (2025), "Aandeel op peil houden". Error: ZeroDivisionError without households.
    """
    return max(Fraction(0), Fraction((stock + sib) * (households_2042 - households), households))


def ceiling_objective(stock: int, sib: int, households_2042: int, ceiling: Fraction) -> Fraction:
    """Return the dwellings a municipality at the ceiling still needs to have that share at the end of 2042, at least 0."""
    return max(Fraction(0), ceiling * households_2042 - (stock + sib))


def solve_pot(fixed: list[Fraction], weights: list[int], need: Fraction) -> Fraction:
    """Return the pot with which `max(0, fixed + pot * weight / sum(weights))` adds up to exactly `need` dwellings.

    `fixed` is the share to keep minus the overshoot (dwellings, may be negative), `weights` the target group (households, >= 0).
    The sum rises with the pot in straight pieces, with a bend where a municipality gets its first dwelling, so the pot is found
    by walking along the bends. Error: ValueError if no pot >= 0 gives `need`.
    """
    whole = sum(weights)
    total = sum((max(Fraction(0), f) for f in fixed), Fraction(0))
    if total == need:
        return Fraction(0)
    if total > need or whole == 0:
        raise ValueError(f"no pot gives {float(need):.1f} dwellings: without one there are {float(total):.1f}")
    slope = sum(w for f, w in zip(fixed, weights, strict=True) if f >= 0)
    bends = sorted((-f * whole / w, w) for f, w in zip(fixed, weights, strict=True) if f < 0 and w > 0)
    pot = Fraction(0)
    for bend, weight in bends:
        if total + (bend - pot) * slope / whole >= need:
            break
        total += (bend - pot) * slope / whole
        pot, slope = bend, slope + weight
    return pot + (need - total) * whole / slope


def round_to_total(values: list[Fraction], total: int) -> Whole:
    """Round exact values (>= 0) that add up to `total` to whole dwellings that do so too, by largest remainder.

    Ties go to the earlier municipality. Source: the documents do not say how they round (a reading).
    """
    whole = [floor(v) for v in values]
    order = sorted(range(len(values)), key=lambda i: whole[i] - values[i])
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return np.array(whole, np.int64)


def regular_objectives(
    stock: Whole,
    sib: Whole,
    overshoot: Whole,
    target_group: Whole,
    households: Whole,
    households_2042: Whole,
    total: int,
    ceiling: Fraction,
    subtract_overshoot_at_ceiling: bool = False,
) -> Whole:
    """Return the regular objective per municipality (dwellings, >= 0); with the SIB they add up to exactly `total`.

    `stock`, `sib`, `overshoot`: dwellings on 31 December 2025 (social rental ones, those of the BSO 2009-2025 not realised, those
    realised above it). `target_group`: households renting privately within the income limit. `households`: 1 January 2026;
    `households_2042`: 1 January 2043. `total`: the regional objective, 45,000 in the draft. `ceiling`: 9/100 in the draft.
    A municipality at the ceiling has no target-group part and, unless `subtract_overshoot_at_ceiling`, no overshoot taken off.
    Source: draft decision, article 2.5/1; page on the BSO (2025). Errors: ValueError if SIB and ceiling alone pass `total`,
    or nobody under the ceiling has a target group.
    """
    capped = at_ceiling(stock, sib, households, ceiling)
    values = [Fraction(0)] * len(stock)
    fixed, weights, open_ = [], [], []
    for i in range(len(stock)):
        owned, short, above = int(stock[i]), int(sib[i]), int(overshoot[i])
        if capped[i]:
            needed = ceiling_objective(owned, short, int(households_2042[i]), ceiling)
            values[i] = max(Fraction(0), needed - above) if subtract_overshoot_at_ceiling else needed
        else:
            fixed.append(keep_share(owned, short, int(households[i]), int(households_2042[i])) - above)
            weights.append(int(target_group[i]))
            open_.append(i)
    regular = total - int(sib.sum())
    pot = solve_pot(fixed, weights, regular - sum(values, Fraction(0)))
    for i, f, w in zip(open_, fixed, weights, strict=True):
        values[i] = max(Fraction(0), f + pot * Fraction(w, max(1, sum(weights))))
    return round_to_total(values, regular)
