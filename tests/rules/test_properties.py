"""Properties of the rules on agreements, changed objectives and recalibration, for any numbers; each beside a slow reference in fractions."""

import random
from bisect import bisect_right
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.rules.agreements import envelope_after, may_ask_exemption, movable
from sim.rules.apportion import largest_remainder
from sim.rules.contribution import charged_dwellings
from sim.rules.growth_path import on_the_way, rounded, spread
from sim.rules.objective import at_ceiling, ceiling_objective, regular_objectives, round_to_total, solve_rate
from sim.rules.progress import asked_on_the_way
from sim.rules.recalibration import LARGEST_RATE, UNIT, base, solve, value

NINE = Fraction(9, 100)
COLUMNS = ("stock", "sib", "overshoot", "target_group", "households", "households_2042")
Row = tuple[int, int, int, int, int, int]  # stock, SIB, overshoot, target group, households, households at the end of 2042

shares = st.fractions(0, 1, max_denominator=100)
small = st.integers(0, 300)


def whole(values: list[int]) -> np.ndarray:
    """Return whole numbers as the rules take them."""
    return np.array(values, np.int64)


def columns(rows: list[Row]) -> dict[str, Any]:
    """Return rows as the rule of the objective takes them."""
    return {name: whole(list(column)) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}


# ------------------------------------------------------------------------------------------------ largest remainder


def split(total: int, weights: list[int]) -> list[int]:
    """Return the parts that the rule gives; `parts` starts with something else in it, as scratch does."""
    parts = whole([7] * len(weights))
    largest_remainder(total, whole(weights), parts)
    return parts.tolist()


def split_slowly(total: int, weights: list[int]) -> list[int]:
    """Largest remainder in fractions: floors first, then one to each of the largest remainders, ties to the earlier."""
    if not sum(weights):
        return [0] * len(weights)
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    for i in sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))[: total - sum(parts)]:
        parts[i] += 1
    return parts


@given(st.integers(0, 500), st.lists(st.one_of(st.integers(0, 6), small), min_size=1, max_size=9))
@example(1, [1])
@example(2, [1, 1, 1])
@example(0, [0, 3])
@example(3, [0, 0])
@example(5, [1, 1, 2])
def test_largest_remainder_as_in_fractions(total: int, weights: list[int]) -> None:
    assert split(total, weights) == split_slowly(total, weights)


def test_no_weights_divide_nothing_by_zero() -> None:
    with np.errstate(divide="raise"):
        assert split(3, [0, 0]) == [0, 0]


@given(st.integers(0, 500), st.lists(small, min_size=1, max_size=9), st.randoms())
def test_order_moves_a_part_only_in_a_tie(total: int, weights: list[int], random: Random) -> None:
    order = list(range(len(weights)))
    random.shuffle(order)
    before, after = split(total, weights), split(total, [weights[i] for i in order])
    for place, i in enumerate(order):
        if weights.count(weights[i]) == 1:  # remainders can tie between different weights too: then by one
            assert abs(after[place] - before[i]) <= 1
    exact = [Fraction(total * weight, max(1, sum(weights))) for weight in weights]
    if len({share % 1 for share in exact}) == len(exact):
        assert after == [before[i] for i in order]


# ------------------------------------------------------------------------------------------------ rounding, charged once


@given(st.integers(0, 10_000), st.integers(1, 500))
def test_rounded_up_and_down_enclose_the_share(numerator: int, denominator: int) -> None:
    up, down = rounded(numerator, denominator, 1), rounded(numerator, denominator, 0)
    assert down <= Fraction(numerator, denominator) <= up
    assert up - down == (numerator % denominator != 0)


@given(small, small, st.integers(0, 72), st.integers(1, 72), st.integers(0, 1))
def test_what_is_asked_on_the_way_is_on_the_line(before: int, asked: int, passed: int, span: int, up: int) -> None:
    passed = min(passed, span)
    found = on_the_way(before, asked, passed, span, up)
    assert 0 <= (found - (before + Fraction((asked - before) * passed, span))) * (1 if up else -1) < 1
    assert min(before, asked) <= found <= max(before, asked)
    assert (on_the_way(before, asked, 0, span, up), on_the_way(before, asked, span, span, up)) == (before, asked)


requirements_of = st.lists(st.tuples(st.integers(0, 2), small), max_size=3)  # of a measurement: level and dwellings of each


@given(
    requirements_of, requirements_of, st.tuples(st.integers(0, 2), small), st.tuples(st.integers(0, 2), small), st.integers(0, 12)
)
@example([(0, 30)], [(2, 10), (1, 20)], (1, 8), (2, 4), 6)  # the most at its level or beyond
@example([(2, 30)], [(1, 20)], (1, 8), (0, 4), 6)  # nothing was asked as far
def test_on_the_way_counts_what_was_asked_at_a_level_or_beyond(
    now: list[tuple[int, int]], then: list[tuple[int, int]], sib: tuple[int, int], sib_then: tuple[int, int], passed: int
) -> None:
    asked, before = (whole([*(dwellings for _, dwellings in rows), last]) for rows, (_, last) in ((now, sib), (then, sib_then)))
    levels, levels_then = (whole([level for level, _ in rows]) for rows in (now, then))
    found = whole([7] * len(asked))
    asked_on_the_way(asked, levels, sib[0], before, levels_then, sib_then[0], passed, 12, 1, found)
    earlier = [max((d for at, d in then if at >= level), default=0) for level, _ in now]
    earlier.append(sib_then[1] if sib_then[0] >= sib[0] else 0)
    assert found.tolist() == [ceil(b + Fraction((a - b) * passed, 12)) for a, b in zip(asked.tolist(), earlier, strict=True)]


@given(small, st.lists(small, max_size=4))
def test_charged_once_adds_up_to_the_most_that_ever_lacked(first: int, later: list[int]) -> None:
    charged, most = 0, 0
    for missing in [first, *later]:
        charged += charged_dwellings(missing, most, 1)
        most = max(most, missing)
        assert charged_dwellings(missing, most, 0) == missing
    assert charged == most


# ------------------------------------------------------------------------------------------------ a changed objective, spread


def changed(path: list[int], regular: int, years: list[int]) -> list[int]:
    """Return the growth path after a change of the regular objective."""
    found = whole(path)
    spread(found, regular, whole(years), whole([3] * len(path)))
    return found.tolist()


def changed_slowly(path: list[int], regular: int, years: list[int]) -> list[int]:
    """The same dwelling by dwelling, on dictionaries of the open legislatures."""
    if not any(years):
        return path
    sign = 1 if regular > sum(path) else -1
    parts = split_slowly(abs(regular - sum(path)), years)
    found = {i: g + sign * part for i, (g, part) in enumerate(zip(path, parts, strict=True))}
    opened = [i for i in found if years[i] > 0]
    while min(found.values()) < 0:  # one dwelling at a time: what one lacks is taken from the next open one with any left
        poor = next(i for i in opened if found[i] < 0)
        place = opened.index(poor)
        rich = next((i for i in opened[place + 1 :] + opened[:place] if found[i] > 0), None)
        found[poor] += 1
        if rich is not None:
            found[rich] -= 1
    return list(found.values())


paths = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6)), min_size=1, max_size=5)


@given(paths, st.integers(0, 400))
@example([(50, 0), (2, 3), (60, 6)], 94)
@example([(50, 0), (60, 3), (5, 6)], 97)
@example([(9, 1), (0, 0), (9, 5)], 1)
@example([(10, 1), (0, 1), (10, 1)], 8)
@example([(10, 1), (10, 1), (0, 1)], 8)
@example([(20, 1), (2, 1), (30, 1), (1, 1), (0, 1)], 9)
def test_spread_as_dwelling_by_dwelling(rows: list[tuple[int, int]], regular: int) -> None:
    path, years = [g for g, _ in rows], [y for _, y in rows]
    assert changed(path, regular, years) == changed_slowly(path, regular, years)


@given(paths, st.integers(0, 400))
def test_spread_conserves_the_sum_and_never_touches_closed_legislatures(rows: list[tuple[int, int]], regular: int) -> None:
    path, years = [g for g, _ in rows], [y for _, y in rows]
    found = changed(path, regular, years)
    closed = sum(g for g, y in rows if y == 0)
    assert min(found) >= 0
    assert [g for g, y in zip(found, years, strict=True) if y == 0] == [g for g, y in rows if y == 0]
    assert sum(found) == (max(regular, closed) if any(years) else sum(path))


@given(paths, st.integers(0, 400))
def test_spread_moves_every_open_legislature_the_same_way(rows: list[tuple[int, int]], regular: int) -> None:
    path, years = [g for g, _ in rows], [y for _, y in rows]
    for before, after in zip(path, changed(path, regular, years), strict=True):
        assert (after - before) * (regular - sum(path)) >= 0


# ------------------------------------------------------------------------------------------------ exemption, redistribution, envelope


@given(small, small, st.sampled_from([1, 17]), st.integers(0, 2_000), shares, small)
@example(150, 20, 17, 400, Fraction(1, 4), 20)
@example(151, 20, 17, 400, Fraction(1, 4), 20)
@example(0, 1, 17, 0, Fraction(1, 4), 1)
def test_who_may_ask_an_exemption(regular: int, sib: int, years: int, tenths: int, threshold: Fraction, room: int) -> None:
    too_much = Fraction(regular + sib, years) > threshold * Fraction(tenths, 10)
    found = may_ask_exemption(regular + sib, sib, years, tenths, threshold.numerator, threshold.denominator, room)
    assert found == (sib > 0 and (too_much or room < sib))


@given(small, small, shares)
@example(101, 0, Fraction(1, 4))
@example(100, 40, Fraction(1, 4))
@example(100, 20, Fraction(1, 4))
def test_what_is_handed_over_leaves_the_kept_share_and_all_of_sib(regular: int, sib: int, kept: Fraction) -> None:
    given_away = movable(regular, sib, kept.numerator, kept.denominator)
    left = regular - given_away + sib
    assert 0 <= given_away <= regular
    assert left >= ceil(kept * (regular + sib))
    assert given_away == regular or left - 1 < kept * (regular + sib)  # not one more could go


@given(st.integers(0, 12_000), shares, shares, st.integers(1, 4_000), st.integers(5_000, 12_000), st.integers(0, 1))
@example(5_000, Fraction(4, 5), Fraction(4, 5), 2_000, 11_000, 1)
@example(10_000, Fraction(4, 5), Fraction(4, 5), 2_000, 11_000, 1)
@example(11_500, Fraction(1), Fraction(4, 5), 2_000, 11_000, 1)
def test_envelope_never_shrinks_and_stops_at_its_maximum(
    size: int, part: Fraction, used: Fraction, step: int, maximum: int, budget: int
) -> None:
    reserved = int(size * part)
    found = envelope_after(size, reserved, used.numerator, used.denominator, step, maximum, budget)
    grows = budget == 1 and reserved >= used * size
    assert found == (max(size, min(size + step, maximum)) if grows else size)


# ------------------------------------------------------------------------------------------------ recalibration


def solved(total: int, rows: list[Row], again: int = 0) -> list[int]:
    """Return the regular objectives of a recalibration, of which the SIB is already off the total."""
    found = [
        base(stock + sib, over, now, later, NINE.numerator, NINE.denominator, again) for stock, sib, over, _, now, later in rows
    ]
    solution = whole([5] * len(rows))
    groups = whole([row[3] for row in rows])
    solve(total, whole([int(b) for b, _ in found]), whole([f for _, f in found]), groups, whole([9] * len(rows)), solution)
    return solution.tolist()


@st.composite
def municipalities(draw: st.DrawFn) -> list[Row]:
    """Rows of plausible size, one of them a city under the ceiling, so that there is always somebody to carry the pot."""
    rows = []
    for _ in range(draw(st.integers(1, 9))):
        households = draw(st.integers(100, 60_000))
        sib, overshoot = draw(st.sampled_from([(0, 0), (40, 0), (0, 300), (0, 7)]))
        stock = draw(st.sampled_from([0, 3, 8, 9, 11])) * households // 100
        later = households * draw(st.integers(90, 125)) // 100
        rows.append((stock, sib, overshoot, draw(st.integers(0, households // 2)), households, later))
    return [*rows, (1_000, 0, 0, 20_000, 100_000, 110_000)]


@given(municipalities(), st.integers(0, 45_000))
def test_recalibrated_objectives_add_up_to_exactly_the_total(rows: list[Row], total: int) -> None:
    found = solved(total, rows)
    assert min(found) >= 0
    assert sum(found) == total


@pytest.mark.parametrize("seed", range(100))
def test_rate_is_the_largest_that_stays_within_the_total(seed: int) -> None:
    """The search finds the same as a walk through a sorted list; target groups so large that one step of the rate shows."""
    chance = random.Random(seed)
    total = chance.randrange(40_000)
    rows = [(chance.randrange(5) == 0, chance.randrange(-50, 50) * UNIT, chance.randrange(100, 60_000)) for _ in range(5)]

    def at(rate: int) -> list[int]:
        return [value(capped, first, group, rate) for capped, first, group in rows]

    below = bisect_right(range(LARGEST_RATE + 1), total * UNIT, key=lambda rate: sum(at(rate)))
    values = whole([9] * 5)
    capped, first, group = (whole([int(cell) for cell in column]) for column in zip(*rows, strict=True))
    solve(total, capped, first, group, values, whole([5] * 5))
    assert values.tolist() == at(max(0, below - 1))


@given(municipalities())
def test_recalibration_is_the_rule_of_the_objective(rows: list[Row]) -> None:
    for again in (False, True):
        exact = regular_objectives(**columns(rows), total=45_000, ceiling=NINE, subtract_overshoot_at_ceiling=again)
        found = solved(45_000 - sum(row[1] for row in rows), rows, int(again))
        assert max(abs(exact - found)) <= 1  # rounding at 1/65536 dwelling may give the odd one to another


@given(municipalities(), st.randoms())
def test_recalibration_does_not_depend_on_the_order_but_for_ties(rows: list[Row], random: Random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    before, after = solved(20_000, rows), solved(20_000, [rows[i] for i in order])
    assert all(abs(after[place] - before[i]) <= 1 for place, i in enumerate(order))
    assert sum(before) == sum(after)


@given(municipalities(), st.integers(10_000, 40_000), st.integers(1, 2_000))
def test_a_higher_total_asks_no_one_less(rows: list[Row], total: int, more: int) -> None:
    assert all(after >= before - 1 for before, after in zip(solved(total, rows), solved(total + more, rows), strict=True))


@given(municipalities())
def test_same_data_same_solution(rows: list[Row]) -> None:
    assert solved(30_000, rows) == solved(30_000, rows)


@given(
    st.integers(0, 20_000),
    st.integers(0, 500),
    st.integers(1, 100_000),
    st.integers(0, 120_000),
    st.sampled_from([NINE, Fraction(1, 10), Fraction(7, 100)]),
    st.integers(0, 1),
)
@example(900, 60, 10_000, 11_000, NINE, 1)
@example(899, 60, 10_000, 11_000, NINE, 1)
@example(900, 200, 10_000, 11_000, NINE, 1)
@example(10, 0, 3, 4, NINE, 0)
def test_base_as_in_fractions(social: int, overshoot: int, households: int, later: int, ceiling: Fraction, again: int) -> None:
    at_ceiling, first = base(social, overshoot, households, later, ceiling.numerator, ceiling.denominator, again)
    assert at_ceiling == (Fraction(social, households) >= ceiling)
    if at_ceiling:
        exact = max(Fraction(0), ceiling * later - social - overshoot * again)
    else:
        exact = max(Fraction(0), Fraction(social, households) * (later - households)) - overshoot
    assert 0 <= exact * 65_536 - first < 1


@given(st.integers(-(10**9), 10**9), st.integers(0, 60_000), st.integers(0, LARGEST_RATE))
@example(-5, 10, 32_768)
@example(0, 3, 65_536)
def test_value_as_in_fractions(first: int, group: int, rate: int) -> None:
    assert value(False, first, group, rate) == max(0, first + int(Fraction(rate * group, 65_536)))
    assert value(True, first, group, rate) == first


def test_unit_is_that_of_the_model() -> None:
    assert (UNIT, LARGEST_RATE) == (2**16, 2**34)


def test_solution_at_the_largest_rate() -> None:
    """When even the largest rate gives less than the total, the solution is still the total, in proportion."""
    groups, zeros = whole([1, 3]), whole([0, 0])
    solution = whole([0, 0])
    solve(10**9, zeros, zeros, groups, whole([0, 0]), solution)
    assert solution.tolist() == [250_000_000, 750_000_000]


@pytest.mark.parametrize(("total", "expected"), [(10, [4, 6]), (0, [0, 0])])
def test_solution_without_a_rate(total: int, expected: list[int]) -> None:
    """When the shares to keep pass the total already, the rate is 0 and all are cut in proportion."""
    solution = whole([0, 0])
    solve(total, whole([1, 0]), whole([40 * UNIT, 60 * UNIT]), whole([0, 9]), whole([0, 0]), solution)
    assert solution.tolist() == expected


def test_solution_with_a_tie_at_exactly_the_total() -> None:
    """Half a dwelling each, at the rate that gives exactly the total: the earlier gets it."""
    solution = whole([0, 0])
    solve(1, whole([0, 1]), whole([0, UNIT // 2]), whole([UNIT, 0]), whole([0, 0]), solution)
    assert solution.tolist() == [1, 0]


def test_solution_with_a_tie_at_rate_zero() -> None:
    """The shares to keep are equal and pass the total: no target group, however large, moves the tie."""
    solution = whole([0, 0])
    solve(1, whole([0, 0]), whole([40 * UNIT, 40 * UNIT]), whole([0, 200_000]), whole([0, 0]), solution)
    assert solution.tolist() == [1, 0]


# ------------------------------------------------------------------------------------------------ the exact objective


def objectives(rows: list[Row], total: int) -> list[int]:
    """Return the regular objectives of the exact rule."""
    return regular_objectives(**columns(rows), total=total, ceiling=NINE).tolist()


HALF_MORE = (1, 0, 0, 0, 7, 150)  # at the ceiling: 9% of 150 less 1 is 12.5
OTHER = (0, 0, 0, 100, 7, 7)  # under it: the pot
FULL = (50, 0, 0, 0, 7, 7)  # at the ceiling, with more than it needs


def test_tie_between_ceiling_and_pot_is_exact() -> None:
    """12.5 and 7.5: to the last part of a dwelling, whatever stands beside them."""
    assert objectives([HALF_MORE, OTHER], 20) == [13, 7]
    assert objectives([OTHER, HALF_MORE], 20) == [8, 12]
    assert objectives([OTHER, HALF_MORE, FULL], 20) == [8, 12, 0]


def test_ceiling_is_compared_exactly() -> None:
    """One dwelling below 9%, in numbers that a floating-point one cannot tell apart."""
    for stock, sib, households in ((36 * 10**15 - 1, 0, 4 * 10**17), (0, 36 * 10**15 - 1, 4 * 10**17), (9 * 10**15, 0, 10**17 + 1)):
        assert at_ceiling(whole([stock]), whole([sib]), whole([households]), NINE).tolist() == [False]


def test_nothing_needed_at_the_ceiling_is_nothing() -> None:
    assert ceiling_objective(2_000, 0, 11_000, NINE, 100) == 0
    assert ceiling_objective(900, 0, 11_000, NINE, 100) == 90 * 100


def test_largest_remainder_of_the_objective_gets_the_first() -> None:
    assert round_to_total([12, 18], 10, 3).tolist() == [1, 2]


def test_columns_of_unequal_length_are_refused() -> None:
    uneven = columns([OTHER, FULL, FULL])
    uneven["target_group"] = uneven["target_group"][:2]
    with pytest.raises(ValueError, match="shorter"):
        regular_objectives(**uneven, total=20, ceiling=NINE)


def test_pot_that_cannot_be_says_why() -> None:
    with pytest.raises(ValueError, match=r"^no pot gives the total: .* nobody under the ceiling has a target group$"):
        solve_rate([0], [0], 9)


# ------------------------------------------------------------------------------------------------ the exact pot


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 20)), min_size=1, max_size=6), st.fractions(0, 20, max_denominator=12)
)
@example([(-10, 5), (-20, 5), (0, 1)], Fraction(3))
@example([(-10, 5), (-10, 2), (5, 1)], Fraction(2))
@example([(-10, 0), (4, 3)], Fraction(0))
@example([(-10, 1), (5, 1)], Fraction(20))
def test_rate_of_the_pot_gives_what_it_must(rows: list[tuple[int, int]], rate: Fraction) -> None:
    fixed, weights = [f for f, _ in rows], [w for _, w in rows]
    total = sum(max(Fraction(0), f + rate * w) for f, w in rows)
    assume(total.denominator == 1)
    start = sum(f for f in fixed if f > 0)
    assume(total > start or total == start)
    found = solve_rate(fixed, weights, int(total))
    assert sum(max(Fraction(0), f + found * w) for f, w in rows) == total
