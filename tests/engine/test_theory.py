"""The engine and its tables against theory that is known exactly: queues, renewal, shocks.

Tolerances are stated in standard errors of the mean, plus what the model's own grid costs: a draw has 4,096 scores, a table 2,049 quantiles.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
import scipy.stats

from sim.chance.draws import table
from sim.chance.leadtimes import fixed, normal_scores, quantile_at, quantiles, residuals, score
from sim.engine import build_model, pipeline, replicate, start
from sim.engine.quantiles import Table
from sim.engine.state import Draw, Model, Stage
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario
from tests.support.by_hand import region_of, scenario_with
from tests.support.walk import projects, walk
from tests.support.worlds import UNLIMITED, baseline

GRID = 0.01  # relative error that the grid of scores and quantiles may cause in a mean


# ---------------------------------------------------------------- the queue for preparation slots

SOURCE, SLOTS = 60, 4
WAKE, SERVICE = 40.0, 8.0  # months, means of the exponentials under the geometric times
REPLICATIONS = 1_000


def whole_months(mean: float) -> tuple[str, dict[str, float], None, None]:
    """Return a duration that `months` turns into 1 + floor(exponential): geometric, at least one month."""
    return "expon", {"loc": 0.5 / 12, "scale": mean / 12}, None, None


def leaving(mean: float) -> float:
    """Return the geometric time's probability of ending in a month: 1 + floor(E) ends with 1 - exp(-1 / mean)."""
    return 1 - float(np.exp(-1 / mean))


@cache
def queue() -> Model:
    """Return one company with SLOTS slots and SOURCE dormant projects of one dwelling that wake, wait, and hold a slot while on MJP."""
    levers = {"committee_interval": 1, "projects_per_manager": SLOTS, "slot_growth": 0.0}
    one = ("uniform", {"loc": 1.0, "scale": 0.0001}, 1.0, 1.0)
    off = dict.fromkeys(("appeal", "cancelled", "effort_speed", "shock_flanders", "shock_company"), 0.0)
    how = {
        "wake": whole_months(WAKE),
        "permit": whole_months(SERVICE),
        "awake_share": 1.0,
        "size": one,
        "smallest_project": 1,
        **UNLIMITED,
        **off,
    }
    return build_model(scenario_with(levers, how), region_of(1, pipeline_dormant=SOURCE))


@cache
def exact_queue(months: int) -> np.ndarray:
    """Return P[t, d, n]: in month t, d projects still dormant and n in the system (waiting or served), from the transition probabilities.

    In a month services end (binomial of those served), then dormant projects wake (binomial), then free slots are given.
    """
    wake = [scipy.stats.binom.pmf(np.arange(d + 1), d, leaving(WAKE)) for d in range(SOURCE + 1)]
    end = [scipy.stats.binom.pmf(np.arange(s + 1), s, leaving(SERVICE)) for s in range(SLOTS + 1)]
    p = np.zeros((months + 1, SOURCE + 1, SOURCE + 1))
    p[0, SOURCE, 0] = 1
    for t in range(1, months + 1):
        served = np.zeros_like(p[0])  # after services end, before anybody wakes
        for n in range(SOURCE + 1):
            for ended, likely in enumerate(end[min(n, SLOTS)]):
                served[:, n - ended] += p[t - 1, :, n] * likely
        for d in range(SOURCE + 1):
            for woken, likely in enumerate(wake[d]):
                p[t, d - woken, woken:] += served[d, : SOURCE + 1 - woken] * likely
    return p


@pytest.fixture(scope="module")
def observed() -> tuple[np.ndarray, np.ndarray]:
    """Return the projects waiting and those holding a slot: int[replications, months + 1]."""
    model = queue()
    months = np.arange(12 * len(model.slot_growth) + 1)
    counts = []
    for number in range(REPLICATIONS):
        rows = replicate(model, number).projects
        asked, given, left = (
            np.where(rows[name] < 0, len(months), rows[name])[:, None] <= months for name in ("asked", "mjp", "ktp")
        )
        counts.append(((asked & ~given).sum(axis=0), (given & ~left).sum(axis=0)))
    waiting, served = np.array(counts).transpose(1, 0, 2)
    return waiting, served


def test_slots_are_the_geo_geo_c_queue_with_a_finite_source(observed: tuple[np.ndarray, np.ndarray]) -> None:
    """Mean numbers waiting and served are the exact transient of Geo/Geo/c, by month: within 4 standard errors and 0.5% of the peak."""
    p = exact_queue(observed[0].shape[1] - 1)
    n = np.arange(SOURCE + 1)
    for found, each in zip(observed, (np.maximum(n - SLOTS, 0), np.minimum(n, SLOTS)), strict=True):
        expected = p.sum(axis=1) @ each
        error = found.std(axis=0, ddof=1) / np.sqrt(REPLICATIONS)
        assert (abs(found.mean(axis=0) - expected) <= 4 * error + 0.005 * expected.max()).all()
        assert expected.max() > 2  # there is a queue to speak of


def test_length_of_the_queue_has_the_exact_distribution(observed: tuple[np.ndarray, np.ndarray]) -> None:
    """In the months 24, 48 and 96 the number waiting has the exact distribution function: within 4 standard errors and 0.005."""
    p = exact_queue(observed[0].shape[1] - 1)
    for month in (24, 48, 96):
        system = p[month].sum(axis=0)
        exact = np.concatenate([[system[: SLOTS + 1].sum()], system[SLOTS + 1 :]]).cumsum().clip(0, 1)
        found = np.bincount(observed[0][:, month], minlength=len(exact)).cumsum() / REPLICATIONS
        assert (abs(found - exact) <= 4 * np.sqrt(exact * (1 - exact) / REPLICATIONS) + 0.005).all()


def test_nobody_waits_while_a_slot_is_free(observed: tuple[np.ndarray, np.ndarray]) -> None:
    """Work conservation: a project waits only when all slots are held."""
    waiting, served = observed
    assert (served[waiting > 0] == SLOTS).all()
    assert served.max() == SLOTS


def test_littles_law_on_preparation_slots() -> None:
    """In a run of 50 years the mean number of slots held, read off the companies every month, is arrivals per month times months held."""
    tables = baseline().model_dump(by_alias=True)
    tables["end"] = tables["end"].replace(year=tables["start"].year + 50)
    region = region_of(
        3, objective_regular=2_000, land_company=4_000, stock=500, pipeline_preparation=60, pipeline_mjp=60, pipeline_dormant=80
    )
    model = build_model(Scenario.model_validate(tables), region)
    held, rows = [], None
    for _, phase, state in walk(model, 0):
        if phase in ("start", "launch"):
            held.append(state.companies["held"].sum())
            rows = projects(state)
    assert rows is not None
    last = len(held)
    preparation, asleep, mjp = rows["preparation"], rows["asleep"], rows["mjp"]
    left = np.where(rows["ktp"] >= 0, rows["ktp"], np.where(rows["stage"] == Stage.CANCELLED, rows["ended"], last))
    awake = np.where(asleep >= 0, asleep, left) - preparation
    again = left - mjp  # who slept holds a slot twice
    stays = np.concatenate([awake[preparation >= 0], again[(mjp >= 0) & ((preparation < 0) | (asleep >= 0))]])
    rate, months_held = len(stays) / last, stays.mean()
    assert len(stays) > 200
    assert ((asleep >= 0) & (mjp >= 0)).sum() > 20
    assert np.mean(held) == pytest.approx(rate * months_held, rel=1e-12)


# ---------------------------------------------------------------- quantile tables


def on_grid(values: np.ndarray) -> float:
    """Return the mean of a table over the 4,096 scores that a draw can give, as the engine reads it."""
    return float(np.mean([quantile_at(values, z) for z in normal_scores()]))


def distributions() -> list[str]:
    """Return the names of the baseline's distributions."""
    u = baseline().uncertainties
    return [name for name in type(u).model_fields if isinstance(getattr(u, name), Distribution)]


@pytest.mark.parametrize("name", distributions())
def test_tables_reproduce_mean_and_spread(name: str) -> None:
    """Read with uniform draws, a table has the mean of its scipy distribution (cut-offs included) within 1%, the deviation within 3%."""
    distribution = getattr(baseline().uncertainties, name)
    fine = distribution.quantile((np.arange(400_000) + 0.5) / 400_000)
    values = quantiles(distribution.quantile, 65536)
    read = np.array([quantile_at(values, z) for z in normal_scores()]) / 65536
    assert read.mean() == pytest.approx(fine.mean(), rel=GRID, abs=GRID * fine.std())
    assert read.std() == pytest.approx(fine.std(), rel=3 * GRID)


@pytest.mark.parametrize(
    "distribution", [scipy.stats.gamma(2, scale=1.2), scipy.stats.lognorm(0.5, scale=1.9), scipy.stats.uniform(0.25, 0.35)]
)
def test_residual_time_is_that_of_renewal_theory(distribution: Any) -> None:
    """The mean time to go of a stage under way in equilibrium is E[D^2] / (2 E[D]); its distribution has density S(x) / E[D]."""
    mean, second = distribution.mean(), distribution.var() + distribution.mean() ** 2
    values = residuals(distribution.ppf)
    assert on_grid(values) / 768 == pytest.approx(second / (2 * mean), rel=2 * GRID)
    for z in (-1.5, -0.5, 0.5, 1.5):
        x = values[1024 + int(256 * z)] / 768
        grid = np.linspace(0, x, 4_001)
        assert np.trapezoid(distribution.sf(grid), grid) / mean == pytest.approx(scipy.stats.norm.cdf(z), abs=0.003)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("preparation", Table.PREPARATION_LEFT),
        ("permit", Table.PERMIT_LEFT),
        ("award", Table.AWARD_LEFT),
        ("construction", Table.CONSTRUCTION_LEFT),
    ],
)
def test_the_models_residual_tables_have_their_mean(name: str, row: int) -> None:
    """The baseline's stages under way at the start have the equilibrium's time to go, cut-offs included."""
    fine = getattr(baseline().uncertainties, name).quantile((np.arange(400_000) + 0.5) / 400_000)
    expected = (fine**2).mean() / (2 * fine.mean())
    assert on_grid(build_model(baseline(), region_of(1)).tables[row]) / 768 == pytest.approx(expected, rel=2 * GRID)


def test_exponential_has_no_memory() -> None:
    """What is left of an exponential duration is that duration, up to the tail that 4,096 quantiles cut off."""
    duration = scipy.stats.expon(scale=3.0)
    fresh, left = quantiles(duration.ppf, 768), residuals(duration.ppf)
    inside = slice(1024 - 2 * 256, 1024 + 2 * 256)
    assert left[inside] == pytest.approx(fresh[inside], rel=0.03, abs=2)
    assert on_grid(left) == pytest.approx(on_grid(fresh), rel=0.02)


# ---------------------------------------------------------------- shocks

WORLDS = 3_000
RHO = 0.6


@cache
def shocks() -> tuple[Model, np.ndarray, np.ndarray]:
    """Return a model of two companies, and in many replications Flanders' shocks by year and the logs of permit durations.

    Logs: float[replications, 5]: two projects of one company and one of the other in year 0, and one of each in the last year.
    """
    how = {"shock_persistence": RHO, "permit": ("lognorm", {"s": 0.5, "scale": 1.9}, None, None)}
    model = build_model(scenario_with({}, how), region_of(2))
    last = 12 * len(model.slot_growth)
    yearly, logs = [], []
    for number in range(WORLDS):
        state = start.new_state(model, 7, number, 2)
        start.set_world(model, state)
        yearly.append(state.shock.copy())
        asked = ((0, 0, 1), (0, 1, 1), (1, 2, 1), (0, 3, last), (1, 4, last))  # company, row of the draws, month
        logs.append([pipeline.shocked(model, state, c, slot, Draw.PERMIT, Table.PERMIT, t) for c, slot, t in asked])
    return model, np.array(yearly) / 4096, np.log(np.array(logs) / 768)


def test_flanders_shock_is_the_ar1_that_the_scenario_states() -> None:
    """Every year the shock has mean 0 and variance 1, and years k apart correlate as rho ** k: within 4.5 standard errors."""
    _, yearly, _ = shocks()
    error = 1 / np.sqrt(WORLDS)
    assert abs(yearly.mean(axis=0)).max() < 4.5 * error
    assert abs(yearly.var(axis=0) - 1).max() < 4.5 * np.sqrt(2) * error + GRID
    correlation = np.corrcoef(yearly.T)
    for apart in range(1, 6):
        assert abs(np.diagonal(correlation, apart) - RHO**apart).max() < 4.5 * error


def test_log_durations_share_their_variance_20_20_60() -> None:
    """Two permits share 40% of the variance within a company and year, 20% across companies, 20% (the company's) across distant years."""
    _, _, logs = shocks()
    shared = baseline().uncertainties
    flanders, company = shared.shock_flanders.value, shared.shock_company.value
    assert (flanders, company) == (0.2, 0.2)
    error = 1 / np.sqrt(WORLDS)
    assert abs(logs.var(axis=0) / 0.5**2 - 1).max() < 4.5 * np.sqrt(2) * error + GRID
    assert abs(logs.mean(axis=0) - np.log(1.9)).max() < 4.5 * 0.5 * error + GRID
    found = np.corrcoef(logs.T)
    for a, b, expected in (
        (0, 1, flanders + company),
        (0, 2, flanders),
        (0, 3, company),
        (0, 4, 0.0),
        (3, 4, flanders),
        (2, 4, company),
    ):
        assert abs(found[a, b] - expected) < 4.5 * error, (a, b)


def test_draws_are_uniform_and_independent_across_purposes() -> None:
    """The streams behind it all: uniform over the 4,096 scores, and uncorrelated between two purposes and two replications."""
    normal = normal_scores()
    tables = [table(3, number, purpose, 500, 40).ravel() for number, purpose in ((0, "a"), (0, "b"), (1, "a"))]
    scores = np.array([[score(normal, int(d)) for d in values] for values in tables]) / 4096
    n = scores.shape[1]
    assert abs(scores.mean(axis=1)).max() < 4.5 / np.sqrt(n)
    assert abs(np.corrcoef(scores)[np.triu_indices(3, 1)]).max() < 4.5 / np.sqrt(n)
    for values in tables:
        assert scipy.stats.chisquare(np.bincount(values >> 24, minlength=256)).pvalue > 1e-4


def test_persistence_and_weights_of_the_model_are_those_of_the_scenario() -> None:
    """The integer weights are the roots of the shares, and their squares add up to one."""
    row = shocks()[0].settings[0]
    weights = np.array([row["weight_flanders"], row["weight_company"], row["weight_project"]]) / fixed(1.0)
    assert weights**2 == pytest.approx([0.2, 0.2, 0.6], abs=1e-4)
    assert (row["persistence"] / fixed(1.0), row["innovation"] / fixed(1.0)) == pytest.approx((RHO, np.sqrt(1 - RHO**2)), abs=1e-4)
