"""The objective per municipality, in exact integers.

Source: draft decision of 12 September 2025, article 2.5/1, as explained on the Wonen in Vlaanderen page on the BSO (2025):
share to keep + SIB + legal target group - overshoot - 9% ceiling. The documents leave the size of the target group's part open:
it is solved here, so that the objectives add up to exactly the regional one (VVSG position 2025, on the nulmeting; a reading).

Every array has one element per municipality, in the same order. Integers go in and whole dwellings come out; between the two
a dwelling is counted in parts so small that every share is a whole number of them (Python's integers have no largest one), so no
comparison with the ceiling and no rounding hangs on a floating-point number.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Exact = NDArray[np.object_]  # of Python's integers; what asks for these takes one of them as well
common = lru_cache(maxsize=16)(lcm)  # of the households of all municipalities: the same for every population


def at_ceiling(stock: Whole, sib: Whole, households: Whole, ceiling: Fraction) -> NDArray[np.bool_]:
    """Say which municipalities have a social share of at least `ceiling` (0.09 in the draft) of their households.

    `stock` is in social rental dwellings and `households` in households (> 0), both on 31 December 2025; `sib` is in dwellings.
    Source: page on the BSO (2025), "Vrijstelling omwille van 9%-aftopping"; the SIB counts in the share ("aandeel op peil").
    """
    social = stock.astype(object) + sib.astype(object)
    return np.asarray(social * ceiling.denominator >= households.astype(object) * ceiling.numerator, np.bool_)


def positive(amount: Any) -> Any:
    """Return an amount (an integer, or `Exact`) that is at least 0, of anything less 0."""
    return amount * (amount > 0)


def keep_share(stock: Any, sib: Any, households: Any, households_2042: Any, unit: int) -> Any:
    """Return what keeps the social share of 31 December 2025 up to the households at the end of 2042, at least 0 (all `Exact`).

    In parts of a dwelling: `unit` of them make one, and `unit` is a multiple of `households`, so that the result is exact.
    Source: page on the BSO (2025), "Aandeel op peil houden".
    """
    return positive((stock + sib) * (households_2042 - households) * (unit // households))


def ceiling_objective(stock: Any, sib: Any, households_2042: Any, ceiling: Fraction, unit: int) -> Any:
    """Return what a municipality at the ceiling still needs to have that share at the end of 2042, at least 0 (all `Exact`).

    In parts of a dwelling, `unit` to one; `unit` is a multiple of the ceiling's denominator.
    """
    return positive(households_2042 * ceiling.numerator * (unit // ceiling.denominator) - (stock + sib) * unit)


def solve_rate(fixed: Sequence[int] | Exact, weights: Sequence[int] | Exact, need: int) -> Fraction:
    """Return the rate with which `max(0, fixed + rate * weight)` adds up to exactly `need`: the pot is rate * sum(weights).

    `fixed` is the share to keep minus the overshoot (may be negative) and `need` their sum, in the same parts of a dwelling;
    `weights` is the target group (households, >= 0). The sum rises in straight pieces, ever steeper, so a line through any of them comes
    to `need` no sooner than the sum does: who has nothing at its rate has nothing at the one that is sought, and the next line goes
    without. Error: ValueError if no rate >= 0 gives `need`.
    """
    first, slopes = np.array(fixed, object), np.array(weights, object)
    start = positive(first).sum()
    if start == need:
        return Fraction(0)
    if start > need or not slopes.any():
        raise ValueError("no pot gives the total: the shares to keep pass it, or nobody under the ceiling has a target group")
    while True:
        rate = Fraction(need - first.sum(), slopes.sum())
        some = first * rate.denominator + slopes * rate.numerator > 0
        if some.all():
            return rate
        first, slopes = first[some], slopes[some]


def round_to_total(values: Sequence[int] | Exact, unit: int, total: int) -> Whole:
    """Round values (>= 0, in parts of which `unit` make one dwelling) that add up to `total` dwellings, by largest remainder.

    Ties go to the earlier municipality. Source: the documents do not say how they round (a reading).
    """
    exact = np.array(values, object)
    whole = exact // unit
    whole[np.argsort(whole * unit - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole.astype(np.int64)


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
    capped = at_ceiling(stock, sib, households, ceiling)
    unit = common(ceiling.denominator, *households.tolist())
    columns = (stock, sib, overshoot, target_group, households, households_2042)
    if any(len(column) != len(stock) for column in columns):
        raise ValueError("one column is shorter than another")
    owned, short, above, group, now, later = (column.astype(object) for column in columns)
    top, below = np.flatnonzero(capped), np.flatnonzero(~capped)
    off = above[top] * unit if subtract_overshoot_at_ceiling else 0
    values = np.zeros(len(stock), object)
    values[top] = positive(ceiling_objective(owned[top], short[top], later[top], ceiling, unit) - off)
    fixed = keep_share(owned[below], short[below], now[below], later[below], unit) - above[below] * unit
    regular = total - int(sib.sum())
    rate = solve_rate(fixed, group[below], regular * unit - values.sum())
    values *= rate.denominator  # from here on in still smaller parts, so that the rate is whole too
    values[below] = positive(fixed * rate.denominator + group[below] * rate.numerator)
    return round_to_total(values, unit * rate.denominator, regular)
