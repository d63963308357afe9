"""Parameter sets completed with what they lack: what is drawn once, what a scenario states otherwise, and all else; scenarios at them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.chance.shared import SCRAMBLES
from sim.inputs.errors import InputError
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.sets import completed, draws_once, otherwise, parameter_sets, read_sets
from tests.support.project import FORECAST as BASELINE_FILE
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


def drawn(scenario: Scenario, folder: Path | None = None, count: int = 256) -> pd.DataFrame:
    """Return the parameter sets of the first replications of a scenario."""
    sets = parameter_sets(scenario, folder)
    return pd.DataFrame([sets.values(k) for k in range(count)])


def nothing_fitted(folder: Path) -> Path:
    """Return a folder of fitted sets that say no more than how many fall asleep, in two sets."""
    (folder / "sets.csv").write_text("set,asleep\n0,0.3\n1,0.4\n")
    return folder


def test_a_start_of_then_has_its_own_ranges_and_what_it_states_stays(tmp_path: Path) -> None:
    full = drawn(THEN, nothing_fitted(tmp_path))
    assert "slot_growth" not in full  # 0, with no range
    assert "managers_spread" not in full  # that of then takes its place
    assert full["cost"].between(120, 200).all()
    assert full["cost"].max() > 195
    assert full["budget"].between(700, 1_200).all()
    assert full["rent_in_then"].between(310, 910).all()  # the start's own distribution, not the range of the fit
    assert full["managers_then"].min() < 1 < 2 < full["managers_then"].max()
    for k in range(3):
        assert parameter_sets(THEN).of(k, THEN).levers.slot_growth.value == 0


def test_every_fitted_set_has_its_turn_and_its_values_stay_together() -> None:
    """Of 64 fitted sets each scramble gives every one once in its first 64 replications; a replication has a whole row of the table."""
    fitted = read_sets(SCENARIOS / "calibrated" / "sets.csv")
    full = drawn(BASELINE, count=64 * SCRAMBLES)
    assert set(full) == set(uncertain_parameters())
    row = {tuple(values): k for k, values in enumerate(fitted.itertuples(index=False, name=None))}
    which = np.array([row[values] for values in full[list(fitted)].itertuples(index=False, name=None)])
    for scramble in range(SCRAMBLES):
        assert sorted(which[scramble::SCRAMBLES]) == list(range(64))
    below = (full["budget"] < BASELINE.uncertainties.budget.quantile(0.5)).to_numpy()
    assert [below[scramble::SCRAMBLES].sum() for scramble in range(SCRAMBLES)] == [32] * SCRAMBLES


def test_a_replication_has_the_same_set_in_every_scenario_but_for_what_it_states() -> None:
    base = drawn(BASELINE, count=40)
    for name, stated in (("means_of_today", {"slot_growth"}), ("response_full", {"response"}), ("rhythms/six_yearly", set())):
        scenario = load_scenario(SCENARIOS / f"{name}.toml")
        other = drawn(scenario, count=40)
        assert set(base) - set(other) >= stated
        pd.testing.assert_frame_equal(base[list(other)], other)
        assert parameter_sets(scenario).of(7, scenario).levers.slot_growth.value == (
            0.0 if name == "means_of_today" else base["slot_growth"][7]
        )


def test_what_a_scenario_states_otherwise_than_what_was_fitted_stays(tmp_path: Path) -> None:
    """A fitted parameter with another value keeps it; with a range of its own it goes over that, in its own dimension."""
    file = tmp_path / "mine.toml"
    said = 'status = "assumed"\nsource = "mine"\n'
    file.write_text(
        f'extends = "{BASELINE_FILE}"\ntitle = "x"\ntitle_nl = "x"\n'
        f"[uncertainties.asleep]\nvalue = 0.9\n{said}[uncertainties.sales]\nvalue = 1000\nrange = [900, 1100]\n{said}"
    )
    scenario = load_scenario(file)
    mine, base = drawn(scenario, count=64), drawn(BASELINE, count=64)
    assert "asleep" not in mine
    assert parameter_sets(scenario).of(3, scenario).uncertainties.asleep.value == 0.9
    assert mine["sales"].between(900, 1_100).all()
    assert mine["sales"].nunique() == 64
    rest = [name for name in mine if name != "sales"]
    pd.testing.assert_frame_equal(mine[rest], base[rest])


def test_a_range_from_a_value_to_itself_holds_it_there(tmp_path: Path) -> None:
    """Also at the value that the baseline has, fitted or not."""
    file = tmp_path / "held.toml"
    held = {name: getattr(BASELINE.uncertainties, name).value for name in ("paper", "asleep")}
    tables = [f"[uncertainties.{name}]\nrange = [{value}, {value}]\n" for name, value in held.items()]
    file.write_text(f'extends = "{BASELINE_FILE}"\ntitle = "x"\ntitle_nl = "x"\n' + "".join(tables))
    mine, base = drawn(load_scenario(file), count=20), drawn(BASELINE, count=20)
    for name, value in held.items():
        assert (mine[name] == value).all()
        assert base[name].nunique() > 5
    rest = [name for name in base if name not in held]
    pd.testing.assert_frame_equal(mine[rest], base[rest])


def test_another_seed_has_other_sets() -> None:
    assert not drawn(BASELINE, count=5).equals(drawn(BASELINE.model_copy(update={"seed": 1}), count=5))


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
