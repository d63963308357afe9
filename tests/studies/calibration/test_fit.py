"""Scores and fits on problems whose answer is known, and recovery of known parameters from simulated data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.sets import THEN as LEFT
from sim.runs.scores import coverage, crps
from sim.studies.backtest.naive import known_outcomes
from sim.studies.calibration.abc import fit
from sim.studies.calibration.bands import apart
from sim.studies.calibration.study import CARRIED, calibrate, free_parameters
from sim.studies.crosschecks.study import arrived, mean_stay
from tests.support.project import SCENARIOS

THEN = SCENARIOS / "backtest" / "2008.toml"
TOLD = ("rent_in_then", "plan_accepted_then")  # of what seven figures can tell much; the others keep about their range


def test_crps_of_a_normal_sample_is_the_closed_form() -> None:
    """Of N(0, 1) and a fact y it is y (2 Phi(y) - 1) + 2 phi(y) - 1 / sqrt(pi) (Gneiting and Raftery 2007)."""
    values = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    for y in (-1.3, 0.0, 0.4, 2.5):
        exact = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert crps(values, y) == pytest.approx(exact, abs=1e-3)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_crps_of_one_value_is_its_error(value: float, fact: float) -> None:
    assert crps(np.array([value]), fact) == pytest.approx(abs(value - fact))
    assert crps(np.full(7, value), fact) == pytest.approx(abs(value - fact), abs=1e-6)


def test_coverage_of_hand_made_cases() -> None:
    values = np.arange(101.0)
    assert coverage(values, 50.0, 0.5)
    assert coverage(values, 10.0, 0.8)
    assert not coverage(values, 9.0, 0.8)


def problem(seed: int, truth: np.ndarray, points: int = 2_000) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Return points, statistics and facts of a linear model with noise: three statistics of two parameters."""
    rng = np.random.default_rng(seed)
    slopes = np.array([[1.0, 0.0, 1.0], [0.0, 2.0, -1.0]])
    grid = rng.random((points, 2))
    values = grid @ slopes + 0.1 * rng.standard_normal((points, 3))
    facts = truth @ slopes + 0.1 * rng.standard_normal(3)
    names = ["a", "b", "c"]
    return (
        pd.DataFrame(grid, columns=["x", "y"]),
        pd.DataFrame(values, columns=names),
        dict(zip(names, facts.tolist(), strict=True)),
    )


def test_known_parameters_are_found_again_and_bands_hold_them_as_often_as_they_say() -> None:
    """Over 100 data sets the 80% bands of the fit hold the truth in about 80, and its medians come near."""
    bounds, held, errors = {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 0, []
    truths = np.random.default_rng(7).uniform(0.2, 0.8, (100, 2))
    for seed, truth in enumerate(truths):
        found = fit(*problem(seed, truth), bounds, 200)
        for name, value in zip(bounds, truth, strict=True):
            low, middle, high = found.quantiles(name, (0.1, 0.5, 0.9))
            held += low <= value <= high
            errors.append(abs(middle - value))
    assert 0.72 <= held / 200 <= 0.9
    assert np.mean(errors) < 0.07  # a guess is 0.25 away on average


def test_sets_are_a_sample_of_the_fit_within_the_bounds() -> None:
    found = fit(*problem(3, np.array([0.02, 0.97])), {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 200)
    sets = found.sets(50, 11)
    assert ((sets > 0) & (sets < 1)).all(axis=None)
    assert sets["x"].mean() == pytest.approx(float(found.weights @ found.adjusted["x"]), abs=0.03)
    assert found.sets(50, 11).equals(sets)


def test_a_statistic_that_never_varies_says_nothing() -> None:
    points, values, facts = problem(5, np.array([0.5, 0.5]))
    same = fit(points, values.assign(d=4.0), {**facts, "d": 9.0}, {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 100)
    assert same.adjusted.equals(fit(points, values, facts, {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 100).adjusted)


def test_durations_under_way_count_as_long_as_they_were_seen() -> None:
    """The mean of all is the plain one; with a third under way, that of an exponential distribution is still found."""
    rng = np.random.default_rng(3)
    stays = rng.exponential(5.0, 40_000)
    assert mean_stay(stays, np.ones(len(stays), bool)) == pytest.approx(stays.mean(), rel=1e-9)
    seen_for = rng.uniform(0.0, 60.0, len(stays))
    seen, there = np.minimum(stays, seen_for), stays <= seen_for
    assert mean_stay(seen, there) == pytest.approx(5.0, rel=0.03)
    assert arrived(seen, there, 5.0) == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert stays[there].mean() < 4.8  # what one would find without them


@pytest.mark.full
def test_luck_and_not_knowing_are_told_apart() -> None:
    """Of values with variance 4 between sets and 1 within, four fifths is not knowing, whatever the number of replications."""
    rng = np.random.default_rng(1)
    for replications in (4, 50):
        values = 10 + 2 * rng.standard_normal((4_000, 1)) + rng.standard_normal((4_000, replications))
        found = apart(values)
        assert found["not_knowing"] == pytest.approx(0.8, abs=0.03)
        assert found["p90"] - found["p10"] == pytest.approx(2 * 1.2816 * np.sqrt(5), rel=0.05)
    assert found["luck_p90"] - found["luck_p10"] == pytest.approx(2 * 1.2816, rel=0.05)
    assert apart(rng.standard_normal((500, 40)))["not_knowing"] < 0.01


def test_a_fit_goes_on_where_it_stopped_and_gives_the_same(tmp_path: Path) -> None:
    scenario = load_scenario(THEN)
    whole = calibrate(128, 40, 8, scenario, workers=1, out=tmp_path / "a", check=False)
    assert sorted(p.name for p in (tmp_path / "a" / "points").iterdir()) == ["000000-000063.json", "000064-000127.json"]
    (tmp_path / "a" / "points" / "000064-000127.json").unlink()
    again = calibrate(128, 40, 8, scenario, workers=2, out=tmp_path / "a", check=False)
    assert again.tables["sets"].equals(whole.tables["sets"])
    assert list(whole.tables["sets"].columns) == ["set", *CARRIED]
    assert list(whole.tables["then"].columns) == ["set", *uncertain_parameters(LEFT)]
    assert set(whole.tables["facts"]["outcome"]) == {
        *("net_2013", "planned_2013", "rented_in_2011", "rented_in_2013"),
        *("category_1_2016", "category_2a_2016", "category_2b_2016"),
    }
    assert set(known_outcomes().query("fitted")["outcome"]) == set(whole.tables["facts"]["outcome"])
    with pytest.raises(InputError, match="holds another fit"):
        calibrate(64, 20, 8, scenario, workers=1, out=tmp_path / "a", check=False)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match=r"holds mine\.txt and no fit"):
        calibrate(64, 20, 8, scenario, workers=1, out=tmp_path / "b", check=False)
    with pytest.raises(InputError, match="sets <= kept < points"):
        calibrate(64, 64, 8, scenario, workers=1, out=tmp_path / "c", check=False)


def found_again(points: int, truths: int, folder: Path) -> pd.DataFrame:
    """Return how well parameters are found again from what the engine makes of them: a row per parameter, in shares of its range.

    Of the points each of the `truths` nearest to the facts, where the fit is used, is in its turn what happened, and the others are fitted to
    it: `held`, how often the 80% band holds the truth; `error` of its median and `guess`, that of the middle of the range, on average; `width`
    of the band over that of the range.
    """
    found = calibrate(points, points // 5, 8, load_scenario(THEN), workers=1, out=folder, check=False).fitted
    low, high = (pd.Series({name: ends[k] for name, ends in found.bounds.items()}) for k in (0, 1))
    rows = []
    for k in np.argsort(found.distance, kind="stable")[:truths]:
        grid, values = (table.drop(index=k).reset_index(drop=True) for table in (found.points, found.values))
        again = fit(
            grid, values, {str(name): float(value) for name, value in found.values.iloc[k].items()}, found.bounds, points // 5
        )
        p10, p50, p90 = pd.DataFrame({name: again.quantiles(name, (0.1, 0.5, 0.9)) for name in found.bounds}).to_numpy()
        truth, range_of = found.points.iloc[k], high - low
        row = {
            "held": (p10 <= truth) & (truth <= p90),
            "error": abs(p50 - truth) / range_of,
            "guess": abs((low + high) / 2 - truth) / range_of,
        }
        rows.append(pd.DataFrame({**row, "width": (p90 - p10) / (0.8 * range_of)}).astype(float))
    return sum(rows[1:], start=rows[0]) / truths


@pytest.mark.parametrize(
    ("points", "truths", "lowest"),  # lowest: 0.8 less four standard errors
    [
        pytest.param(512, 100, 0.65, id="short", marks=pytest.mark.full),
        pytest.param(4_096, 400, 0.72, id="long", marks=pytest.mark.full),
    ],
)
def test_every_fitted_parameter_is_found_again_or_left_as_it_was(points: int, truths: int, lowest: float, tmp_path: Path) -> None:
    """Simulation-based: the 80% band of each parameter holds the truth in about 80 of 100, whether the facts tell of it or not.

    What they tell of is found nearer than by the middle of its range, in a band that is much narrower. All others keep about their range,
    and their median is no worse than its middle: the fit does not say that it knows what it cannot know.
    """
    found = found_again(points, truths, tmp_path)
    assert set(found.index) == {*CARRIED, *uncertain_parameters(LEFT)}
    assert 0.74 <= found["held"].mean() <= 0.87, found
    assert found["held"].min() >= lowest, found
    told, untold = found.loc[list(TOLD)], found.drop(index=list(TOLD))
    assert (told["error"] < 0.7 * told["guess"]).all(), told
    assert (told["width"] < 0.6).all(), told
    assert untold["width"].between(0.8, 1.05).all(), untold
    assert (untold["error"] < 1.15 * untold["guess"]).all(), untold


def test_the_table_of_parameters_says_how_much_narrower_each_became(tmp_path: Path) -> None:
    found = calibrate(64, 20, 8, load_scenario(THEN), workers=1, out=tmp_path / "a", check=False)
    table = found.tables["parameters"].set_index("parameter")
    assert list(table.index) == list(free_parameters())
    assert ((table["p10"] <= table["p50"]) & (table["p50"] <= table["p90"])).all()
    assert ((table["low"] <= table["p10"]) & (table["p90"] <= table["high"])).all()
    assert table["moved"].between(0, 1).all()
    assert (table["moved"] > 0).any()
