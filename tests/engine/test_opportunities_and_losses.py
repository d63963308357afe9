"""Opportunities, sleep, demolition, rent-in and plans on paper: small cases by hand, and means against theory."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.engine import build_model, calendar, replicate
from sim.engine.quantiles import mean_of_sizes
from sim.engine.state import NONE, Chance, Model, Stage, State, Stream
from tests.support.by_hand import NO_LUCK, ONE_AT_A_TIME, fixed_at, region_of, scenario_with
from tests.support.walk import changed, projects, walk

ONE = 65536
STANDARD_ERRORS, GRID = 4, 0.01  # what chance, and the grid of scores and quantiles, may add to a mean
TENS: dict[str, Any] = {
    **NO_LUCK,
    "size": fixed_at(10),
    "smallest_project": 1,
    "expected_survival": 1.0,
    "rent_in_growth": fixed_at(0),
}


def world(municipalities: int, how: dict[str, Any], levers: dict[str, Any] | None = None, **estimates: int) -> Model:
    """Return municipalities alike, each of a company of its own, with projects of ten dwellings and no luck but what `how` brings."""
    scenario = scenario_with({**ONE_AT_A_TIME, **(levers or {})}, {**TENS, **how})
    return build_model(scenario, region_of(municipalities, **({"stock": 1_000} | estimates)))


def ends(model: Model, replications: int) -> list[State]:
    """Return where each replication ends."""
    states = []
    for replication in range(replications):
        rows = calendar.ROWS
        while (state := calendar.run(model, replication, rows)).world[0]["short"]:
            rows *= 2
        states.append(state)
    return states


# ---------------------------------------------------------------- opportunities


def test_opportunities_come_as_often_as_their_rate_says() -> None:
    """They are a Poisson process of the clock, whose mean is the rate times the projects that the objectives need."""
    how = {"opportunities": "limited", "opportunity_rate": 2.0, "effort_gain": 0.0, "basis_permits": 0.0, "will_shape": 1.0}
    states = ends(world(40, how, objective_regular=200), 50)
    came = np.array([state.chances[Chance.CAME] - 1 for state in states])  # the mark of the next one is drawn already
    clock = np.array([state.chances[Chance.CLOCK] for state in states]) / ONE
    error = np.sqrt(clock.sum())
    assert abs((came - clock).sum()) < STANDARD_ERRORS * error + GRID * clock.sum()
    assert ((came - clock) ** 2).sum() == pytest.approx(clock.sum(), rel=0.1)  # its variance is its mean
    expected = 2.0 * 200 / 10
    assert (
        abs(clock.mean() - expected) < STANDARD_ERRORS * clock.std() / np.sqrt(clock.size / 3) + GRID * expected
    )  # three councils


def test_will_is_as_unequal_and_as_known_as_the_scenario_says() -> None:
    """Scores have the correlations asked with what is known and from council to council; their wills the mean 1 and the variance asked."""
    how = {"opportunities": "limited", "effort_gain": 0.0, "will_shape": 0.5, "will_known": 0.6, "will_renewed": 0.8}
    model = world(200, how, objective_regular=200)
    known = np.random.default_rng(1).normal(0, 4096, 200).astype(np.int64)
    model.start["known"] = known
    first: list[np.ndarray] = []
    later: list[np.ndarray] = []
    rates: list[np.ndarray] = []
    for replication in range(20):
        for t, phase, state in walk(model, replication):
            if (t, phase) in ((0, "start"), (12, "record"), (72, "record")):
                (first if t == 0 else later if t == 72 else rates).append(
                    state.chances[Chance.WILL if t != 12 else Chance.RATE].copy()
                )
            if t == 72 and phase == "record":
                break
    wills = np.array(rates) / model.start["rate_opportunities"][0]
    count = wills.size
    assert np.corrcoef(np.tile(known, 20), np.ravel(first))[0, 1] == pytest.approx(0.6, abs=STANDARD_ERRORS / np.sqrt(count))
    assert np.corrcoef(np.ravel(first), np.ravel(later))[0, 1] == pytest.approx(0.8, abs=STANDARD_ERRORS / np.sqrt(count))
    assert np.ravel(wills).mean() == pytest.approx(1, abs=0.2)
    assert np.ravel(wills).var() == pytest.approx(2, abs=0.8)


def test_a_launch_uses_an_opportunity_up() -> None:
    """Nobody starts without one; of those that come no more are open than may be."""
    how = {"opportunities": "limited", "opportunity_rate": 1.0, "open_at_most": 2, "preparation": fixed_at(0.5)}
    model = world(5, how, objective_regular=300, land_company=1_000)
    for replication in range(5):
        started = np.zeros(5, np.int64)
        for _, _, state in walk(model, replication):
            opened = state.municipalities["opportunities"]
            started = np.bincount(projects(state)["municipality"], minlength=5)
            assert ((opened >= 0) & (opened <= 2)).all()
            assert (started + opened <= state.chances[Chance.CAME] - 1).all()
        assert started.sum() > 20


def test_effort_reaches_what_is_built() -> None:
    """At twice the mean effort and full gain opportunities come by that much more; without gain effort does nothing."""
    how: dict[str, Any] = {
        "opportunities": "limited",
        "will_shape": 100.0,
        "effort_start": ("uniform", {"loc": 0.25, "scale": 0.25}, 0.5, 0.5),
    }
    mean = 0.375  # of the distribution, without its cut-offs
    clocks = []
    for gain in (0.0, 2.0):
        state = ends(world(20, {**how, "effort_gain": gain}, objective_regular=300), 1)[0]
        clocks.append(state.chances[Chance.CLOCK].sum())
    assert clocks[1] / clocks[0] == pytest.approx(1 + 2 * (0.5 - mean), rel=0.002)


def test_without_need_of_an_opportunity_need_waits_for_one() -> None:
    """Where none ever comes, need stands under `no_opportunity`, and nothing starts."""
    model = world(2, {"opportunities": "limited", "opportunity_rate": 0.0}, objective_regular=100, land_company=500)
    history = replicate(model, 0)
    assert (history.years["no_opportunity"] == 100).all()
    assert not history.years["no_slot"].any()
    assert not history.years["no_land"].any()
    assert len(history.projects) == 0
    assert (history.totals["no_opportunity"] == 200).all()


# ---------------------------------------------------------------- sleep


def test_projects_sleep_wake_and_are_dropped_as_often_as_the_scenario_says() -> None:
    """Of those that leave preparation a share sleeps, of these a share is dropped; those asleep at the start likewise."""
    how = {"asleep": 0.4, "dropped_asleep": 0.3, "preparation": fixed_at(0.5), "wake": fixed_at(1.0)}
    model = world(30, how, {"projects_per_manager": 4}, objective_regular=400, land_company=1_000, pipeline_dormant=100)
    slept = left = dropped = woken = 0
    for replication in range(20):
        rows = replicate(model, replication).projects
        left += (rows["preparation"] > 0).sum() - (rows["stage"] == Stage.PREPARATION).sum()
        asleep = rows[rows["asleep"] > 0]
        slept += len(asleep)
        for group in (asleep, rows[rows["asleep"] == 0]):
            done = group[group["asleep"] + 12 < 204]
            dropped += ((done["stage"] == Stage.CANCELLED) & (done["asked"] == NONE)).sum()
            woken += (done["asked"] != NONE).sum()
            assert (done["asked"][done["asked"] != NONE] == done["asleep"][done["asked"] != NONE] + 12).all()
    assert abs(slept - 0.4 * left) < STANDARD_ERRORS * np.sqrt(0.24 * left)
    assert abs(dropped - 0.3 * (dropped + woken)) < STANDARD_ERRORS * np.sqrt(0.21 * (dropped + woken))
    assert slept > 1_000


# ---------------------------------------------------------------- losses


def test_demolition_by_hand() -> None:
    """Twice a project a year: in one lump every year, until nothing is left of the stock; each is rebuilt, which adds nothing."""
    how = {"demolition": 20.0, "rebuilt": 1.0, "permit": fixed_at(1.0), "award": fixed_at(0.1), "start": fixed_at(0.1)}
    history = replicate(world(1, how, {"projects_per_manager": 20}, stock=90), 0)
    assert history.years["demolished"][:6, 0].tolist() == [20, 40, 60, 80, 90, 90]
    rows = history.projects
    assert rows["dwellings"].tolist() == [20, 20, 20, 20, 10]
    assert (rows["stream"] == Stream.REPLACEMENT).all()
    assert rows["asked"].tolist() == [12, 24, 36, 48, 60] == rows["mjp"].tolist()  # a slot is free
    assert (rows["ktp"] - rows["mjp"] == 12).all()  # all of the permit
    assert (rows["stage"] == Stage.REALISED).all()
    assert history.years["realised"][-1, 0] == 0
    assert history.years["delivered"][-1, 0] == 90


def test_what_is_demolished_is_the_mean_asked() -> None:
    """Lumps as large as projects, as seldom as makes the yearly mean; a part of them rebuilt."""
    how = {"demolition": 60.0, "rebuilt": 0.25, "size": ("lognorm", {"s": 0.8, "scale": 12.0}, 1.0, 400.0)}
    model = world(60, how, stock=1_000)
    rows = [replicate(model, replication) for replication in range(20)]
    lumps = np.array([np.diff(history.years["demolished"], axis=0, prepend=0) for history in rows])
    yearly = lumps.sum(axis=2)
    assert abs(yearly.mean() - 60) < STANDARD_ERRORS * yearly.std() / np.sqrt(yearly.size) + GRID * 60
    count, rebuilt = (lumps > 0).sum(), sum((history.projects["stream"] == Stream.REPLACEMENT).sum() for history in rows)
    assert abs(rebuilt - count / 4) < STANDARD_ERRORS * np.sqrt(count * 3 / 16)


def test_mean_of_sizes_is_that_of_the_draws() -> None:
    """Every one of the 4,096 scores once, none below the smallest."""
    assert mean_of_sizes(np.full(2049, 10), 1) == 10 * ONE
    assert mean_of_sizes(np.full(2049, 3), 8) == 8 * ONE
    steps = np.where(np.arange(2049) < 1024, 10, 30)
    assert mean_of_sizes(steps, 1) == pytest.approx(20 * ONE, rel=0.001)


# ---------------------------------------------------------------- rent-in


def additive(**how: Any) -> dict[str, Any]:
    """Return rent-in by what comes anew, a hundred dwellings a year without chance, and what leaves."""
    given = {
        "rent_in": "additive",
        "rent_in_inflow": fixed_at(100),
        "rent_in_step": ("uniform", {"loc": 0, "scale": 1e-6}, 0.0, 0.0),
    }
    return {**given, "rent_in_exits": 0.0, "rent_in_effort": 0.0, "after_criterion": 0.0, **how}


def test_rent_in_by_hand() -> None:
    """Half of what comes anew in each of two municipalities alike; what leaves is a share of what is there, so that it levels off."""
    grown = replicate(world(2, additive(), rented_in=40), 0).years["rent_in"]
    assert (np.abs(grown[:, 0] - 50 * np.arange(1, 18)) <= 1).all()
    level = replicate(world(2, additive(rent_in_exits=0.5), rented_in=40), 0).years["rent_in"] + 40
    assert (np.abs(level[-1] - 100) <= 1).all()
    doubled = replicate(world(2, additive(), {"rent_in_support": 2.0}, rented_in=40), 0).years["rent_in"]
    assert (np.abs(doubled[:, 0] - 100 * np.arange(1, 18)) <= 1).all()
    assert not replicate(world(2, additive()), 0).years["rent_in"].any()  # nobody rents in


def test_the_criterion_of_rent_in_brings_more_until_it_is_met() -> None:
    """A company below 150 that has not grown by a quarter rents in half as much again, at full response, while the next measurement asks it."""
    how = additive(rent_in_inflow=fixed_at(4), after_criterion=0.5, response=fixed_at(1.0))
    scenario = scenario_with(ONE_AT_A_TIME, {**TENS, **how})

    def always(law: dict[str, Any]) -> None:
        law["readings"]["rent_in_condition"]["value"] = "always"

    grown = replicate(build_model(changed(scenario, always), region_of(1, stock=1_000, rented_in=100)), 0).years["rent_in"][:, 0]
    assert np.diff(grown, prepend=0)[1:4].tolist() == [6, 6, 6]
    assert np.diff(grown)[grown[:-1] >= 26].tolist()[:3] == [4, 4, 4]


# ---------------------------------------------------------------- plans on paper, and the measurement on the line


def listed(paper: float, reading: str, **estimates: int) -> list[Any]:
    """Return its row after each December's measurement, of a municipality that has an objective and builds nothing."""

    def read(law: dict[str, Any]) -> None:
        law["readings"]["yearly_measurement"]["value"] = reading

    scenario = changed(scenario_with(ONE_AT_A_TIME, {**TENS, "paper": paper, "purchases": 0.0}), read)
    model = build_model(scenario, region_of(1, stock=1_000, **estimates))
    return [state.municipalities[0].copy() for _, phase, state in walk(model, 0) if phase == "measurement"]


def test_what_lacks_on_mjp_is_listed_on_paper() -> None:
    """All of it, so that nothing lacks there; what lacks beyond MJP stays, and nothing is built. Who does not list has none."""
    none, all_of_them = listed(0.0, "next", objective_regular=300), listed(1.0, "next", objective_regular=300)
    assert all(m["paper"] == 0 for m in none)
    assert none[0]["lacking_regular"] == all_of_them[0]["paper"] > 0
    assert all_of_them[0]["lacking_regular"] == 0
    assert all(a["paper"] <= b["paper"] for a, b in pairwise(all_of_them))
    assert all_of_them[-1]["lacking_regular"] == none[-1]["lacking_regular"] == 300  # realised is asked at the end
    assert all(m["delivered"] == 0 for m in all_of_them)


def test_on_the_line_december_asks_less_than_the_next_measurement_until_it_is_there() -> None:
    """Before the first measurement the line starts at nothing; in its own December it asks all of it."""
    whole, line = listed(0.0, "next", objective_regular=300), listed(0.0, "path", objective_regular=300)
    first = next(year for year, m in enumerate(whole) if m["measured_regular"])
    lacks = [m["lacking_regular"] for m in line[: first + 1]]
    asked = whole[0]["lacking_regular"]
    assert lacks == [-(-asked * (year + 1) // (first + 1)) for year in range(first + 1)]
    assert [m["measured_regular"] for m in whole] == [m["measured_regular"] for m in line]  # tests find the same
    assert all(a["lacking_regular"] <= b["lacking_regular"] for a, b in zip(line, whole, strict=True))
