"""Choosing without knowing, held against worlds of which the answer is known: what turns, what knowing is worth, which may be the best."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.scenario.model import changed, load_scenario
from sim.inputs.scenario.sets import parameter_sets
from sim.runs.choosing import (
    DECISIVE,
    ENOUGH,
    EVERYTHING,
    information,
    may_be_best,
    regret,
    turning,
    turning_points,
    worth_knowing,
)
from sim.runs.differences import difference
from sim.runs.experiment import run_experiment
from sim.runs.outcomes import of_all
from tests.support.project import FORECAST

PLAIN = {"sampling": "plain", "populations": 1}
SEEDS = range(60)


def world(seed: int, count: int, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a parameter, even over 0 to 1, and two options: the second leads the first by what the kind says, with luck of 1."""
    random = np.random.default_rng(seed)
    x = random.random(count)
    leads = {
        "line": 2 * (x - 0.5),
        "late": 3 * (x - 0.7),
        "step": np.where(x > 0.7, 1.0, -0.5),
        "hinge": -2 * np.maximum(x - 0.5, 0),
    }
    lead = {**leads, "nothing": 0 * x, "far": 3 + x}[kind] + random.normal(0, 1, count)
    return pd.DataFrame({"x": x}), pd.DataFrame({"first": np.zeros(count), "second": lead})


@pytest.mark.parametrize(("kind", "where"), [("line", 0.5), ("late", 0.7), ("step", 0.7)])
def test_a_parameter_that_turns_is_found_with_its_value(kind: str, where: float) -> None:
    """In 400 futures, as one of fifty: nearly always, and between the ends that are given; the value itself is near on average."""
    found = []
    for seed in SEEDS:
        parameters, options = world(seed, 400, kind)
        (row,) = turning(options["second"], parameters, 50).to_dict("records")
        if row["turns"]:
            assert row["low95"] <= row["value"] <= row["high95"]
            assert row["at_low"] < -row["at_low_half"] < 0 < row["at_high_half"] < row["at_high"]
            found.append((row["value"], row["low95"] <= where <= row["high95"]))
    assert len(found) > 0.8 * len(SEEDS)
    assert np.mean([held for _, held in found]) >= 0.95
    assert np.mean([value for value, _ in found]) == pytest.approx(where, abs=0.05)


@pytest.mark.full
@pytest.mark.parametrize("kind", ["hinge", "far", "nothing"])
def test_what_does_not_change_sign_does_not_turn(kind: str) -> None:
    """Zero below and fewer above; more everywhere; no difference but luck: in none of sixty worlds, and no value is given."""
    rows = [turning(options["second"], x, 50) for x, options in (world(seed, 400, kind) for seed in SEEDS)]
    table = pd.concat(rows)
    assert not table["turns"].any()
    assert table[["value", "low95", "high95"]].isna().all(axis=None)


def test_of_fifty_parameters_that_matter_not_none_is_named() -> None:
    """Skewed luck, six options of which none is better: no parameter turns one, and none is worth knowing, in 95% of the worlds or more."""
    wrong, worlds = {"turns": 0, "tells": 0}, 20
    for seed in range(worlds):
        random = np.random.default_rng(seed)
        parameters = pd.DataFrame(random.random((150, 50)), columns=[f"x{k}" for k in range(50)])
        options = pd.DataFrame(random.exponential(1, (150, 6)), columns=list("abcdef"))
        wrong["turns"] += int(turning(options["b"] - options["a"], parameters, 50)["turns"].any())
        worth = information(options, parameters, PLAIN)
        wrong["tells"] += int(worth.loc[worth["parameter"] != EVERYTHING, "tells"].any())
    assert max(wrong.values()) <= 0.05 * worlds


@pytest.mark.parametrize(("kind", "worth"), [("line", 2 / 8), ("late", 3 * 0.3**2 / 2), ("nothing", 0.0), ("far", 0.0)])
def test_what_knowing_is_worth_is_the_value_by_the_book(kind: str, worth: float) -> None:
    """The mean of the better one at every value, less the better mean: found to within its interval, rather too low than too high."""
    rows = []
    for seed in SEEDS:
        parameters, options = world(seed, 400, kind)
        rows.append(information(options, parameters, PLAIN).set_index("parameter").loc["x"])
    table = pd.DataFrame(rows)
    assert table["worth"].mean() == pytest.approx(worth, abs=0.035)
    assert (table["low95"] <= worth + 1e-9).mean() >= 0.95
    assert (table["high95"] >= worth - 1e-9).mean() >= 0.85  # it errs on the low side
    assert table["tells"].mean() == pytest.approx(float(worth > 0), abs=0.1)


def test_knowing_everything_is_worth_the_regret_of_the_best() -> None:
    """Half of the mean distance of two options that are alike but for luck; nothing where one always is the best."""
    _, options = world(1, 400, "nothing")
    row = information(options, pd.DataFrame(index=options.index), PLAIN).iloc[0]
    best = options.mean().idxmax()
    assert row["parameter"] == EVERYTHING
    assert row["worth"] == pytest.approx((options.max(axis=1) - options[best]).mean())
    assert row["low95"] <= np.sqrt(2 / np.pi) / 2 <= row["high95"]
    _, options = world(1, 400, "far")
    sure = information(options.assign(second=options["second"].abs()), pd.DataFrame(index=options.index), PLAIN).iloc[0]
    assert (sure["worth"], sure["tells"]) == (0.0, False)


def test_replications_that_share_a_set_are_one() -> None:
    """Forty sets, twenty replications each with what their set does and nothing else: as many know no more than one of each."""
    parameters, options = world(3, 40, "line")
    many = [pd.concat([frame] * 20, ignore_index=True) for frame in (parameters, options)]
    pd.testing.assert_frame_equal(turning(many[1]["second"], many[0], 5), turning(options["second"], parameters, 5))
    once, often = (information(values, x, PLAIN).iloc[1:] for x, values in ((parameters, options), many))
    pd.testing.assert_frame_equal(once, often)


def test_of_few_futures_nothing_is_said() -> None:
    """Neither what turns nor what is worth knowing, but the tables are there."""
    parameters, options = world(1, ENOUGH - 1, "line")
    assert len(turning(options["second"], parameters, 1)) == 0
    assert list(information(options, parameters, PLAIN)["parameter"]) == [EVERYTHING]


def test_the_best_of_sixteen_is_among_those_that_may_be() -> None:
    """Fifteen as good as the best and one clearly worse: each may be the best in 95% of the worlds, the worse one in none."""
    held = []
    for seed in range(200):
        options = pd.DataFrame(np.random.default_rng(seed).normal(0, 1, (100, 16)), columns=list("abcdefghijklmnop"))
        options["p"] -= 1.5
        possible = may_be_best(options, PLAIN)
        held.append(possible["a"])
        assert possible[str(options.mean().idxmax())]
        assert not possible["p"]
    assert np.mean(held) >= 0.95


def test_intervals_of_sixteen_hold_at_once() -> None:
    """Of sixteen options that differ in nothing but luck, all intervals hold zero in 90% of the worlds or more; each alone they do not."""
    held = {1: 0, 16: 0}
    for seed in range(100):
        base, *others = (pd.Series(values) for values in np.random.default_rng(seed).normal(0, 1, (17, 100)))
        for many in held:
            rows = (difference(base, other, PLAIN, many) for other in others)
            held[many] += all(row["low95"] <= 0 <= row["high95"] for row in rows)
    assert held[16] >= 90
    assert held[1] < 80


@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=2, max_size=12), st.integers(-9, 9))
def test_who_may_be_the_best_hangs_on_differences_alone(rows: list[list[int]], shift: int) -> None:
    """A future that is better for all, and the order in which options are given, change nothing; the best mean always may be."""
    options = pd.DataFrame(rows, columns=list("abc"), dtype=float)
    possible = may_be_best(options, PLAIN)
    luck = np.arange(len(options)) * shift
    assert may_be_best(options.add(luck, axis=0), PLAIN).equals(possible)
    assert possible[str(options.mean().idxmax())]
    assert possible.any()


@pytest.mark.full
def test_a_forecast_finds_the_value_at_which_a_plan_stops_paying(tmp_path: Path) -> None:
    """Who fixes at 200 the existing homes that are bought a year, which nobody knows, builds more where they would be fewer and fewer where they
    would be more: that parameter and no other turns the difference, near 200, and is worth most to know."""
    scenario = load_scenario(FORECAST, replications=48)
    fixed = changed(scenario, {"uncertainties": {"purchases": {"value": 200.0}}}, "fixed", "here")
    both = {name: run_experiment(s, workers=1, out=tmp_path / name) for name, s in (("draft", scenario), ("fixed", fixed))}
    known = parameter_sets(scenario).known
    turns = turning_points(both["draft"], {"fixed": both["fixed"]}, known).query("turns").set_index("outcome")
    assert set(turns["parameter"]) == {"purchases"}
    row = turns.loc["realised_at_end"]
    assert row["at_high"] < 0 < row["at_low"]
    assert row["low95"] <= 200 <= row["high95"]
    assert row["value"] == pytest.approx(200, abs=20)
    assert row["parameter_unit"] == known["purchases"].unit
    worth, lost = worth_knowing(both, known), regret(both).set_index(["outcome", "option"])["mean"]
    for outcome in DECISIVE:
        rows = worth[worth["outcome"] == outcome].reset_index(drop=True)
        assert list(rows["parameter"][:2]) == [EVERYTHING, "purchases"]
        assert rows["worth"][0] == pytest.approx(lost[outcome].min())
        assert 0 < rows["worth"][1] <= rows["worth"][0]
        assert len(rows) == 1 + len(both["draft"].table("parameters").columns) - 1
    assert of_all(both["draft"]).index.equals(of_all(both["fixed"]).index)
