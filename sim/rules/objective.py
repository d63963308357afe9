"""The objective per municipality, in exact integers.

Source: draft decision of 12 September 2025, article 2.5/1, as explained on the Wonen in Vlaanderen page on the BSO (2025):
share to keep + SIB + legal target group - overshoot - 9% ceiling. The documents leave the size of the target group's part open:
it is solved here, so that the objectives add up to exactly the regional one (VVSG position 2025, on the nulmeting; a reading).

Every array has one element per municipality, in the same order. Integers go in and whole dwellings come out; between the two
a dwelling is counted in parts so small that every share is a whole number of them (Python's integers have no largest one), so no
comparison with the ceiling and no rounding hangs on a floating-point number. These are asked first, as they are twenty times as fast, and
believed where nothing can hang on the digits they lack.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

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


def keep_share(stock: int, sib: int, households: int, households_2042: int, unit: int) -> int:
    """Return what keeps the social share of 31 December 2025 up to the households at the end of 2042, at least 0.

    In parts of a dwelling: `unit` of them make one, and `unit` is a multiple of `households`, so that the result is exact.
    Source: page on the BSO (2025), "Aandeel op peil houden".
    """
    return max(0, (stock + sib) * (households_2042 - households) * (unit // households))


def ceiling_objective(stock: int, sib: int, households_2042: int, ceiling: Fraction, unit: int) -> int:
    """Return what a municipality at the ceiling still needs to have that share at the end of 2042, at least 0.

    In parts of a dwelling, `unit` to one; `unit` is a multiple of the ceiling's denominator.
    """
    return max(0, households_2042 * ceiling.numerator * (unit // ceiling.denominator) - (stock + sib) * unit)


def solve_rate(fixed: list[int], weights: list[int], need: int) -> Fraction:
    """Return the rate with which `max(0, fixed + rate * weight)` adds up to exactly `need`: the pot is rate * sum(weights).

    `fixed` is the share to keep minus the overshoot (may be negative) and `need` their sum, in the same parts of a dwelling;
    `weights` is the target group (households, >= 0). The sum rises in straight pieces, with a bend where a municipality gets its
    first dwelling, so the answer is found by walking along the bends. Error: ValueError if no rate >= 0 gives `need`.
    """
    start = sum(f for f in fixed if f > 0)
    if start == need:
        return Fraction(0)
    if start > need or not any(weights):
        raise ValueError("no pot gives the total: the shares to keep pass it, or nobody under the ceiling has a target group")
    slope = sum(w for f, w in zip(fixed, weights, strict=True) if f >= 0)
    below = ((Fraction(-f, w), f, w) for f, w in zip(fixed, weights, strict=True) if f < 0 and w > 0)
    for bend, f, weight in sorted(below):
        if start + bend * slope >= need:
            break
        start, slope = start + f, slope + weight
    return Fraction(need - start, slope)


def round_to_total(values: list[int], unit: int, total: int) -> Whole:
    """Round values (>= 0, in parts of which `unit` make one dwelling) that add up to `total` dwellings, by largest remainder.

    Ties go to the earlier municipality. Source: the documents do not say how they round (a reading).
    """
    whole = [v // unit for v in values]
    order = sorted(range(len(values)), key=lambda i: -(values[i] % unit))
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
    Source: draft decision, article 2.5/1; page on the BSO (2025). Errors: ValueError if SIB, ceiling and shares to keep pass
    `total`, or nobody under the ceiling has a target group; ZeroDivisionError without households.
    """
    given = stock, sib, overshoot, target_group, households, households_2042
    law = total - int(sib.sum()), ceiling, subtract_overshoot_at_ceiling
    found = without_doubt(given, *law)
    return exactly(given, *law) if found is None else found


def without_doubt(given: Sequence[Whole], regular: int, ceiling: Fraction, again: bool) -> Whole | None:
    """Return what `exactly` does if floating-point numbers tell it for sure; None where a digit they lack might change a dwelling.

    The sum of what is above zero rises in straight pieces, ever steeper, so a line through any of them comes to `regular` no sooner than the
    sum does: who has nothing at that rate of the target group has nothing at the one that is sought, and the next line goes without.
    """
    stock, sib, overshoot, target_group, households, households_2042 = given
    if any(len(column) != len(stock) for column in given) or not households.all():
        return None  # that is refused with its reason
    capped = at_ceiling(stock, sib, households, ceiling)
    owned, above, now, later = (column.astype(np.float64) for column in (stock + sib, overshoot, households, households_2042))
    at_top = (later * ceiling.numerator - (owned + above * again) * ceiling.denominator) / ceiling.denominator
    fixed = np.where(capped, at_top, np.maximum(0.0, owned * (later - now) / now) - above)
    weights = np.where(capped, 0.0, target_group)
    size = (
        np.abs(fixed).sum() + (owned + above + later).sum() + regular
    )  # of all that is added: a step errs by less than 3e-16 of it
    doubt = 16 * len(stock) * np.finfo(np.float64).eps * size
    if doubt > 1e-4 or np.maximum(0.0, fixed).sum() > regular - doubt:
        return None
    some = (fixed > 0) | (weights > 0)
    while (weight := weights[some].sum()) > 0:
        values = fixed + (regular - fixed[some].sum()) / weight * weights
        if (values[some] > 0).all():
            break
        some &= values > 0
    else:
        return None
    whole = np.floor(np.maximum(0.0, values))
    left = np.maximum(0.0, values) - whole
    order = np.argsort(-left, kind="stable")
    more = regular - int(whole.sum())
    near = (
        (values > -doubt) & (np.abs(values - np.rint(values)) < doubt) & ~capped
    )  # at the ceiling a value is a quotient of whole numbers
    if near.any() or not 0 < more < len(order) or left[order[more - 1]] - left[order[more]] < doubt:
        return None
    whole[order[:more]] += 1
    return whole.astype(np.int64)


def exactly(given: Sequence[Whole], regular: int, ceiling: Fraction, again: bool) -> Whole:
    """Return the regular objectives that add up to `regular`; `given` and `again` are the columns and the reading of `regular_objectives`."""
    stock, sib, _, _, households, _ = given
    capped = at_ceiling(stock, sib, households, ceiling)
    unit = lcm(ceiling.denominator, *households.tolist())
    values, fixed, weights = [0] * len(stock), [], []
    for i, (owned, short, above, group, now, later) in enumerate(zip(*(c.tolist() for c in given), strict=True)):
        if capped[i]:
            off = above * unit if again else 0
            values[i] = max(0, ceiling_objective(owned, short, later, ceiling, unit) - off)
        else:
            fixed.append(keep_share(owned, short, now, later, unit) - above * unit)
            weights.append(group)
    rate = solve_rate(fixed, weights, regular * unit - sum(values))
    values = [v * rate.denominator for v in values]  # from here on in still smaller parts, so that the rate is whole too
    for i, f, w in zip(np.flatnonzero(~capped).tolist(), fixed, weights, strict=True):
        values[i] = max(0, f * rate.denominator + w * rate.numerator)
    return round_to_total(values, unit * rate.denominator, regular)
