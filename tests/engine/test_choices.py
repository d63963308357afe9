"""What a modeller chose without evidence, and what it does to the answer: the month, the order of phases, the floor of eight dwellings.

docs/odd.md quotes these differences; they are paired, at the central values.
"""

import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import NamedTuple

import pandas as pd
import pytest

import sim
from sim.chance.leadtimes import MONTH
from sim.engine import calendar, phases, pipeline
from sim.inputs.scenario.library import scenario_of
from tests.support.project import ROOT

REPLICATIONS = 100
OUTCOMES = ["realised_at_end", "verdicts_2B"]
pytestmark = pytest.mark.full


class Difference(NamedTuple):
    """A paired difference of means and half of its 95% interval (normal), and the mean without it."""

    mean: float
    half: float
    of: float


def two_months(duration: int) -> int:
    """Whole pairs of months, at least one."""
    return max(2, 2 * ((duration + MONTH) // (2 * MONTH)))


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    """The outcomes as they are."""
    return outcomes({})


def outcomes(changes: dict[str, object]) -> pd.DataFrame:
    """Return the outcomes of the baseline, by replication."""
    frame = sim.evaluate(changes, scenario_of("baseline", replications=REPLICATIONS), REPLICATIONS, at="central", outcomes=OUTCOMES)
    return frame[OUTCOMES]


def differences(other: pd.DataFrame, published: pd.DataFrame) -> dict[str, Difference]:
    """Return the difference of each outcome."""
    apart = other - published
    found = {n: Difference(apart[n].mean(), 1.96 * apart[n].std() / REPLICATIONS**0.5, published[n].mean()) for n in OUTCOMES}
    print({n: f"{d.mean:+.1f} ± {d.half:.1f} of {d.of:.0f}" for n, d in found.items()}, file=sys.stderr)
    return found


@pytest.mark.parametrize("floor", [4, 12])
def test_the_floor_of_eight_dwellings(floor: int, published: pd.DataFrame) -> None:
    """Half as many or half as many again."""
    found = differences(outcomes({"uncertainties.smallest_project": floor}), published)
    assert abs(found["realised_at_end"].mean) < 0.06 * found["realised_at_end"].of


def test_a_step_of_two_months(published: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """All durations in whole pairs of months: what a coarser clock would have done."""
    modules: Sequence[ModuleType] = (phases, pipeline)
    for module in modules:
        monkeypatch.setattr(module, "months", two_months)
    found = differences(outcomes({}), published)
    assert abs(found["realised_at_end"].mean) < 0.02 * found["realised_at_end"].of


def orders() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield other orders of what happens within a month that could be defended."""
    yield "money before what is completed", ("policy", "land", "admission", "completion", "launch")
    yield "launches before completions", ("policy", "land", "launch", "completion", "admission")
    yield "land last", ("policy", "completion", "admission", "launch", "land")


@pytest.mark.parametrize("order", [pytest.param(order, id=name) for name, order in orders()])
def test_the_order_of_phases(order: tuple[str, ...], published: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens first within a month."""
    by_name = {phase.name: phase for phase in calendar.PHASES}
    rest = tuple(phase for phase in calendar.PHASES if phase.name not in order)
    monkeypatch.setattr(calendar, "PHASES", (*(by_name[name] for name in order), *rest))
    calendar.schedule.cache_clear()
    try:
        found = differences(outcomes({}), published)
    finally:
        monkeypatch.undo()
        calendar.schedule.cache_clear()
    assert abs(found["realised_at_end"].mean) < 0.02 * found["realised_at_end"].of


def test_the_page_quotes_these() -> None:
    """Under a heading of its own."""
    assert "What was chosen without evidence" in (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
