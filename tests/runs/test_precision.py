"""Sampling of what all share, its error, and stopping when an outcome is known: unbiased, as precise as said, the same for any workers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.chance.shared import ANTITHETIC, BATCHES, PLAIN, SCRAMBLES, SOBOL, batch, shared
from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import run_experiment
from sim.runs.outcomes import FIRST, OUTCOMES, Until, parse_until
from sim.runs.precision import end_interval, half_width, share_interval
from sim.runs.results import Results
from tests.support.project import BASELINE

SIZES = {"a": 1, "b": 3}
POPULATIONS = 5


def drawn(sampling: int, replication: int, seed: int = 1) -> np.ndarray:
    """Return all shared draws of a replication side by side."""
    return np.concatenate(list(shared(seed, replication, SIZES, sampling, POPULATIONS).values()))


def test_antithetic_pairs_turn_every_draw_around() -> None:
    """A round of all populations with plain draws, then the same round turned around: together they average exactly a half."""
    for number in range(4 * POPULATIONS):
        first = number // (2 * POPULATIONS) * 2 * POPULATIONS + number % POPULATIONS
        assert (drawn(ANTITHETIC, first) == drawn(PLAIN, first)).all()
        assert (drawn(ANTITHETIC, first).astype(np.int64) + drawn(ANTITHETIC, first + POPULATIONS) == 2**32 - 1).all()


def test_sobol_points_fill_every_slice() -> None:
    """Of the first 64 points of a scrambled sequence one lies in every 64th of every dimension; every scramble has points of its own."""
    points = np.array([drawn(SOBOL, number) for number in range(64 * BATCHES * POPULATIONS // 4)])
    numbers = np.arange(len(points))
    scrambles = [points[numbers // POPULATIONS % BATCHES == place][:64] for place in range(BATCHES)]
    for scramble in scrambles:
        assert len(scramble) == 64
        assert (np.sort(scramble >> 26, axis=0) == np.arange(64)[:, None]).all()
    assert len({scramble.tobytes() for scramble in scrambles}) == BATCHES
    assert (drawn(SOBOL, 3) == drawn(SOBOL, 3)).all()
    assert (drawn(SOBOL, 3) != drawn(SOBOL, 3, seed=2)).any()


@pytest.mark.full
def test_batches_hold_whole_pairs_and_whole_sequences() -> None:
    """Every batch has the same number of replications and every population; a pair is never split."""
    numbers = np.arange(FIRST * 4)
    for sampling, rounds in (("sobol", 1), ("antithetic", 2)):
        found = batch(sampling, numbers, 20)
        assert (np.bincount(found) == len(numbers) / BATCHES).all()
        assert all(set(numbers[found == place] % 20) == set(range(20)) for place in range(BATCHES))
        assert (found.reshape(-1, 20 * rounds) == found.reshape(-1, 20 * rounds)[:, :1]).all()


def test_the_error_is_what_it_says() -> None:
    """Of 2,000 samples of a skewed quantity, the 95% intervals hold the true mean about as often; Wilson's for a share does so too."""
    random = np.random.default_rng(5)
    plain = {"sampling": "plain", "populations": 20}
    held = {"mean": 0, "share": 0, "batches": 0}
    for _ in range(2_000):
        skewed, rare = pd.Series(random.gamma(2, 1, 200)), pd.Series((random.random(200) < 0.05).astype(float))
        held["mean"] += abs(skewed.mean() - 2) <= half_width(skewed, plain)
        held["share"] += abs(rare.mean() - 0.05) <= 1.25 * half_width(rare, plain)
        held["batches"] += abs(skewed.mean() - 2) <= half_width(skewed, {"sampling": "sobol", "populations": 5})
    assert 0.93 <= held["mean"] / 2_000 <= 0.97
    assert 0.93 <= held["share"] / 2_000 <= 1
    assert 0.93 <= held["batches"] / 2_000 <= 0.97
    assert half_width(pd.Series([1.5]), plain) == np.inf
    assert 0 < half_width(pd.Series(np.zeros(100)), plain) < 0.03  # none of a hundred: still not certain


def test_counts_are_fixed_beforehand() -> None:
    """160, 320, ... and the most that was asked."""
    assert list(Until("realised_at_end", 1).counts(1_000)) == [160, 320, 640, 1_000]
    assert list(Until("realised_at_end", 1).counts(160)) == [160]
    assert list(Until("realised_at_end", 1).counts(5)) == [5]


@pytest.mark.parametrize(
    "text",
    ["realised=100", "realised_at_end", "realised_at_end=", "realised_at_end=-1", "realised_at_end=nan", "realised_at_end=0"],
)
def test_what_cannot_be_reached_is_refused(text: str) -> None:
    """An unknown outcome or no half-width above 0: an error that names what is allowed."""
    with pytest.raises(InputError, match="--until"):
        parse_until(text)


@pytest.mark.full
def test_a_run_stops_at_the_first_count_that_is_precise_enough(tmp_path: Path) -> None:
    """The same count and digest for one and two workers; one count earlier it was not yet precise enough."""
    wanted = Until("realised_at_end", 330)
    scenario = load_scenario(BASELINE, replications=2_000)
    one = run_experiment(scenario, workers=1, out=tmp_path / "one", until=wanted)
    two = run_experiment(scenario, workers=2, out=tmp_path / "two", until=wanted, chunk=33)
    assert one.summary() == two.summary()
    count = one.manifest["replications"]
    assert count in (320, 640)
    values = OUTCOMES["realised_at_end"].of(one)
    assert half_width(values, one.manifest) <= 330 < half_width(values.iloc[: count // 2], one.manifest)
    assert run_experiment(scenario, workers=1, out=tmp_path / "one", until=wanted).summary() == one.summary()
    with pytest.raises(InputError, match="did not stop by --until"):
        run_experiment(scenario, workers=1, out=tmp_path / "one", until=Until("net_at_end", 100))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """320 replications of the baseline with plain draws."""
    return run_experiment(load_scenario(BASELINE, replications=320, sampling="plain"), out=tmp_path_factory.mktemp("plain") / "run")


@pytest.mark.parametrize("sampling", ["antithetic", "sobol"])
@pytest.mark.full
def test_other_sampling_gives_the_same_answer_more_precisely(sampling: str, plain: Results, tmp_path: Path) -> None:
    """320 replications: the mean lies within both errors of that of plain draws, and the error is smaller."""
    other = run_experiment(load_scenario(BASELINE, replications=320, sampling=sampling), out=tmp_path / "other")
    values = {results: OUTCOMES["realised_at_end"].of(results) for results in (plain, other)}
    errors = {results: half_width(values[results], results.manifest) for results in values}
    assert errors[other] < errors[plain]
    assert abs(values[other].mean() - values[plain].mean()) <= np.hypot(errors[other], errors[plain])


def test_what_replications_share_widens_an_interval() -> None:
    """Of 600 replications of 20 populations that take turns, intervals hold the truth; as if all were independent they do not."""
    random = np.random.default_rng(8)
    held = {"mean": 0, "share": 0, "naive": 0}
    turns, alone = {"sampling": "plain", "populations": 20}, {"sampling": "plain", "populations": 1}
    for _ in range(500):
        shared = random.normal(0, 1, 20)[np.arange(600) % 20]
        values = pd.Series(shared + random.normal(0, 1, 600))
        flags = (values > 0).astype(float)
        held["mean"] += abs(values.mean()) <= half_width(values, turns)
        held["naive"] += abs(values.mean()) <= half_width(values, alone)
        low, high = share_interval(flags, turns)
        held["share"] += low <= 0.5 <= high
    assert 0.92 <= held["mean"] / 500 <= 0.98
    assert 0.92 <= held["share"] / 500 <= 0.99
    assert held["naive"] / 500 < 0.6


def test_points_that_fill_space_evenly_are_counted_by_their_scrambles() -> None:
    """A mean over points of a scrambled sequence is known better than over independent ones, and its interval says so and no more."""
    held, narrower = 0, 0
    manifest = {"sampling": "drawn"}
    for seed in range(300):
        rng = np.random.default_rng(seed)
        numbers = np.arange(320)
        u = np.empty(320)
        for scramble in range(SCRAMBLES):
            own = numbers % SCRAMBLES == scramble
            u[own] = (rng.permutation(20) + rng.random(20)) / 20
        values = pd.Series(u + rng.normal(0, 0.2, 320))
        half = half_width(values, manifest)
        held += abs(values.mean() - 0.5) <= half
        narrower += half < half_width(values, {"sampling": "plain", "populations": 1})
    assert 0.91 <= held / 300 <= 0.98
    assert narrower / 300 > 0.9


def test_the_end_of_a_band_has_an_interval() -> None:
    """It holds the true percentile as often as it says; of few replications it has no end."""
    random, held = np.random.default_rng(3), 0
    for _ in range(1_000):
        low, high = end_interval(pd.Series(random.random(200)), 10, {"sampling": "plain", "populations": 1})
        held += low <= 0.1 <= high
    assert 0.92 <= held / 1_000 <= 0.97
    assert end_interval(pd.Series([1.0, 2.0]), 10, {"sampling": "plain", "populations": 1})[0] == -np.inf
