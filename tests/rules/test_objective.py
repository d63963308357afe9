"""The objective's formula: properties that hold for any municipalities, and small cases worked out by hand."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.objective import at_ceiling, exactly, keep_share, regular_objectives, round_to_total, solve_rate, without_doubt

NINE = Fraction(9, 100)
TOTAL = 45_000
COLUMNS = ("stock", "sib", "overshoot", "target_group", "households", "households_2042")
Row = tuple[int, ...]


def regular(rows: Sequence[Row], total: int = TOTAL, **options: Any) -> np.ndarray:
    """Apply the rule to rows of (stock, sib, overshoot, target group, households, households 2042)."""
    columns: dict[str, Any] = {
        name: np.array(column, np.int64) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    return regular_objectives(**columns, total=total, ceiling=NINE, **options)


@st.composite
def municipalities(draw: st.DrawFn) -> list[Row]:
    """Rows of plausible size, at least one of them under the ceiling with a target group."""
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        households = draw(st.integers(100, 60_000))
        sib, overshoot = draw(st.sampled_from([(0, 0), (40, 0), (0, 300)]))
        rows.append(
            (
                households * draw(st.integers(0, 14)) // 100,
                sib,
                overshoot,
                draw(st.integers(0, households)),
                households,
                households * draw(st.integers(90, 125)) // 100,
            )
        )
    return [*rows, (100, 0, 0, 500, 10_000, 11_000)]


@given(municipalities())
def test_objectives_and_sib_add_up_to_exactly_the_total(rows: list[Row]) -> None:
    found = regular(rows)
    assert found.dtype == np.int64
    assert found.min() >= 0
    assert found.sum() + sum(row[1] for row in rows) == TOTAL


@given(municipalities())
def test_at_the_ceiling_only_the_nine_percent_counts(rows: list[Row]) -> None:
    found = regular(rows)
    for (stock, sib, _, _, households, later), got in zip(rows, found, strict=True):
        if (stock + sib) * 100 >= 9 * households:
            exact = max(Fraction(0), NINE * later - stock - sib)
            assert got in (int(exact), int(exact) + 1)


@given(municipalities(), st.integers(1, 500))
def test_more_overshoot_never_asks_more_of_that_municipality(rows: list[Row], more: int) -> None:
    before = regular(rows)[0]
    stock, sib, overshoot, *rest = rows[0]
    assert regular([(stock, sib, overshoot + more, *rest), *rows[1:]])[0] <= before


@given(municipalities(), st.integers(1, 500))
def test_what_one_is_relieved_of_the_others_carry(rows: list[Row], more: int) -> None:
    before = regular(rows)
    stock, sib, overshoot, *rest = rows[0]
    after = regular([(stock, sib, overshoot + more, *rest), *rows[1:]])
    assert (after[1:] >= before[1:] - 1).all()  # one dwelling may go over by rounding


@given(municipalities(), st.integers(0, 5_000))
def test_a_higher_total_asks_no_one_less(rows: list[Row], more: int) -> None:
    assert (regular(rows, TOTAL + more) >= regular(rows) - 1).all()


@settings(max_examples=30)
@given(municipalities(), st.randoms())
def test_order_of_the_rows_moves_no_more_than_a_tie(rows: list[Row], random: Random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    assert (abs(regular([rows[i] for i in order]) - regular(rows)[order]) <= 1).all()


def test_by_hand() -> None:
    # Keep: 5% of 1,000 more = 50, and 0. The pot is 100 - 50 + 20 = 70, split 3 to 4: 50 + 30, and 40 - 20.
    rows = [(500, 0, 0, 300, 10_000, 11_000), (0, 0, 20, 400, 8_000, 9_000)]
    assert regular(rows, 100).tolist() == [80, 20]


def test_overshoot_beyond_the_share_gives_zero_and_the_rest_goes_to_others() -> None:
    rows = [(0, 0, 500, 100, 1_000, 1_000), (0, 0, 0, 100, 1_000, 1_000)]
    assert regular(rows, 100).tolist() == [0, 100]


def test_ceiling_is_met_at_exactly_nine_percent_sib_included() -> None:
    stock, sib, households = (np.array(v, np.int64) for v in ([90, 89, 80], [0, 0, 10], [1_000, 1_000, 1_000]))
    assert at_ceiling(stock, sib, households, NINE).tolist() == [True, False, True]


def test_overshoot_at_the_ceiling_is_subtracted_only_in_the_other_reading() -> None:
    rows = [(900, 0, 60, 300, 10_000, 11_000), (0, 0, 0, 100, 1_000, 1_000)]
    assert regular(rows, 200).tolist() == [90, 110]
    assert regular(rows, 200, subtract_overshoot_at_ceiling=True).tolist() == [30, 170]


def test_sib_counts_in_the_share_to_keep_and_comes_off_the_pot() -> None:
    rows = [(400, 100, 0, 100, 10_000, 11_000), (0, 0, 0, 100, 10_000, 11_000)]
    assert regular(rows, 250).tolist() == [100, 50]


def test_fewer_households_keep_nothing() -> None:
    assert keep_share(500, 0, 10_000, 9_000, 10_000) == 0
    assert keep_share(400, 100, 10_000, 11_000, 20_000) == 50 * 20_000


def test_rounding_gives_ties_to_the_earlier() -> None:
    assert round_to_total([5, 15, 10], 10, 3).tolist() == [1, 1, 1]


def test_no_pot_when_the_rest_already_asks_too_much() -> None:
    with pytest.raises(ValueError, match="no pot"):
        solve_rate([10], [5], 9)
    with pytest.raises(ValueError, match="no pot"):
        solve_rate([0], [0], 9)


@pytest.mark.parametrize("again", [False, True])
def test_what_is_beyond_doubt_is_what_is_exact(again: bool) -> None:
    """In regions as large as Flanders, a twentieth at the ceiling; floating-point numbers tell nearly all of them."""
    told = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        households = rng.integers(300, 60_000, 285)
        stock = (households * np.where(rng.random(285) < 0.05, 0.1, 0.05)).astype(np.int64)
        columns = (
            stock,
            rng.integers(0, 60, 285),
            rng.integers(0, 90, 285),
            households // 12,
            households,
            households + households // 9,
        )
        found, exact = without_doubt(columns, 38_000, NINE, again), exactly(columns, 38_000, NINE, again)
        assert exact.sum() == 38_000
        assert found is None or (found == exact).all()
        told += found is not None
    assert told > 50


def test_doubt_is_left_to_exact_numbers() -> None:
    """A tie, a whole number that is a sum of fractions, a pot of nothing, numbers too large to be told apart."""
    for rows, regular in (
        ([(1, 0, 0, 0, 7, 150), (0, 0, 0, 100, 7, 7)], 20),  # 12.5 and 7.5
        ([(7, 0, 0, 100, 700, 1_000), (7, 0, 0, 200, 700, 1_000)], 9),  # 3 + 1 and 3 + 2
        ([(70, 0, 0, 100, 1_000, 1_100), (30, 0, 0, 100, 1_000, 1_100)], 10),  # 7 and 3, and nothing beside them
        ([(10**16, 0, 0, 100, 10**18, 10**18 + 700), (0, 0, 0, 101, 10**18, 10**18)], 20),
    ):
        columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
        assert without_doubt(columns, regular, NINE, False) is None
        assert exactly(columns, regular, NINE, False).sum() == regular
