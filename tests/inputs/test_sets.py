"""Parameter sets completed with what they lack: what is drawn once, what a scenario states otherwise, and all else; scenarios at them."""

import numpy as np
import pandas as pd
import pytest

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.sets import completed, draws_once, of_then, otherwise, values_of
from tests.support.project import SCENARIOS

BASELINE = load_scenario(SCENARIOS / "baseline.toml")
THEN = load_scenario(SCENARIOS / "backtest" / "2008.toml")


def test_what_is_drawn_once_follows_the_scenario_and_all_else_its_range() -> None:
    """Of 64 sets: half of the managers lie below the median of their distribution; of sales half below the middle of the range."""
    full = completed(BASELINE, pd.DataFrame(index=range(64)))
    known = uncertain_parameters()
    assert set(full) == set(known)
    assert {name for name, uncertain in known.items() if draws_once(uncertain)} == {
        "managers",
        "budget",
        "response",
        "rent_in_inflow",
    }
    assert (full["managers"] < BASELINE.uncertainties.managers.quantile(0.5)).sum() == pytest.approx(32, abs=1)
    assert full["managers"].mean() == pytest.approx((70 + 100 + 150) / 3, rel=0.02)
    assert (full["sales"] < (200 + 300) / 2).sum() == pytest.approx(32, abs=1)
    for name, uncertain in known.items():
        assert full[name].between(uncertain.low, uncertain.high).all(), name


def test_a_start_of_then_has_its_own_ranges_and_what_it_states_stays() -> None:
    full, known = completed(THEN, pd.DataFrame(index=range(64)), of_then()), of_then()
    assert "slot_growth" not in full  # 0, with no range
    assert "managers_spread" not in full  # that of then takes its place
    assert full["cost"].between(120, 200).all()
    assert full["cost"].max() > 195
    assert full["budget"].between(700, 1_200).all()
    assert full["rent_in_then"].between(310, 910).all()  # the start's own distribution, not the range of the fit
    assert full["managers_then"].min() < 1 < 2 < full["managers_then"].max()
    for k in range(3):
        assert otherwise(THEN, values_of(full, k), {}, "x", known).levers.slot_growth.value == 0


def test_sets_keep_what_they_say_and_rows_do_not_hang_on_how_many_there_are() -> None:
    given = pd.DataFrame({"asleep": np.linspace(0.3, 0.4, 64)})
    full = completed(BASELINE, given)
    assert full["asleep"].equals(given["asleep"])
    pd.testing.assert_frame_equal(completed(BASELINE, given.iloc[:10]), full.iloc[:10])
    with pytest.raises(InputError, match="unknown parameter; did you mean 'asleep'"):
        completed(BASELINE, given.rename(columns={"asleep": "asleeep"}))


def test_what_is_laid_over_says_the_value_and_not_the_set() -> None:
    values, changes = {"asleep": 0.3, "budget": 900.0, "wake": 9.0}, {"uncertainties": {"asleep": {"value": 0.0}}}
    found = otherwise(BASELINE, values, changes, "x", uncertain_parameters()).uncertainties
    assert (found.asleep.value, found.budget.constant, found.wake.parameters["scale"]) == (0.0, 900.0, 9.0)
