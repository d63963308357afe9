"""What holds in every world, whatever is drawn: nothing is lost, nobody is passed over, nothing depends on what it should not."""

import csv
import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.agents.companies import POLICIES, financed
from sim.agents.municipalities import company_places, has_places, need, public_places
from sim.chance.draws import table
from sim.engine import History, build_model, calendar, replicate, start
from sim.engine.state import (
    AWARD,
    CANCELLED,
    COMPANY,
    CONSTRUCTION,
    D_PERMIT,
    DORMANT,
    HISTORY,
    INITIAL,
    KTP,
    MJP,
    NONE,
    PREPARATION,
    PRIVATE,
    PUBLIC,
    REALISED,
    W_FINANCE_FIRST,
    W_FINANCE_LATER,
    W_SHORT,
    Model,
    State,
)
from sim.inputs.region import DATA, Region, load_region
from sim.inputs.scenario import Scenario
from sim.rules.apportion import largest_remainder
from sim.rules.contribution import yearly_contribution
from sim.rules.growth_path import growth_path, required
from sim.rules.plan import CATEGORY_1, CATEGORY_2A, CATEGORY_2B, NO_OBJECTIVE
from sim.rules.progress import lacking
from tests.benchmark.__main__ import equal_histories
from tests.walk import dwellings_at, projects, walk
from tests.worlds import baseline, random_world

WORLDS = range(1000, 1040)  # others than the oracle's
STAGE_MONTHS = ("asked", "preparation", "mjp", "ktp", "award", "ready", "construction", "ended")
STEADY = settings(derandomize=True, deadline=None, max_examples=60)


@cache
def model_of(number: int) -> Model:
    """Return the model of a random world."""
    return build_model(*random_world(number))


def same_bits(a: History, b: History) -> bool:
    """Return whether two histories are equal to the last bit."""
    return digest(a) == digest(b)


def digest(history: History) -> str:
    """Return the SHA-256 of all rows of a history."""
    total = hashlib.sha256()
    for rows in (
        history.projects,
        history.years,
        history.tests,
        history.companies,
        history.totals,
        history.test_totals,
        history.world,
    ):
        total.update(rows.tobytes())
    return total.hexdigest()


# ---------------------------------------------------------------- month by month

worlds = pytest.mark.parametrize("number", WORLDS)


@worlds
def test_dwellings_and_places_are_conserved(number: int) -> None:
    """After every phase the municipalities' counts are those of their projects, and land is where it came from, in use or left."""
    model = model_of(number)
    pipeline = sum(
        model.start[number % len(model.start)][f"pipeline_{stage}"]
        for stage in ("construction", "ktp", "mjp", "preparation", "dormant")
    )
    made: dict[tuple[int, int], tuple[int, int, int]] = {}
    for _, _, state in walk(model, number):
        m = state.municipalities
        assert (m["dormant"] == dwellings_at(state, DORMANT)).all()
        assert (m["preparation"] == dwellings_at(state, PREPARATION)).all()
        assert (m["mjp"] == dwellings_at(state, MJP)).all()
        assert (m["ktp"] == dwellings_at(state, KTP, AWARD)).all()
        assert (m["construction"] == dwellings_at(state, CONSTRUCTION)).all()
        assert (m["delivered"] == dwellings_at(state, REALISED)).all()
        under_way = m["dormant"] + m["preparation"] + m["mjp"] + m["ktp"] + m["construction"]
        assert (under_way + m["delivered"] + dwellings_at(state, CANCELLED) == dwellings_at(state, *range(8))).all()
        check_land(model, state, pipeline)
        rows = projects(state)
        for p in rows[len(made) :]:
            made[int(p["municipality"]), int(p["k"])] = int(p["municipality"]), int(p["dwellings"]), int(p["land"])
        assert list(made.values()) == list(
            zip(*(rows[name].tolist() for name in ("municipality", "dwellings", "land")), strict=True)
        )
    assert sum(size for _, size, _ in made.values()) >= pipeline.sum()


def check_land(model: Model, state: State, pipeline: np.ndarray) -> None:
    """Assert that the places of each kind are not below zero, and add up with those in use."""
    m, s = state.municipalities, model.settings[0]
    rows = projects(state)

    def taken(land: int, *stages: int) -> np.ndarray:
        own = rows[(rows["land"] == land) & np.isin(rows["stage"], stages or [x for x in range(8) if x != CANCELLED])]
        return np.bincount(own["municipality"], own["dwellings"], len(m)).astype(np.int64)

    assert (taken(INITIAL) + taken(INITIAL, CANCELLED) == pipeline).all()
    assert (m["used_company"] == taken(COMPANY) - taken(INITIAL, CANCELLED)).all()
    assert (m["used_public"] == taken(PUBLIC)).all()
    assert (m["private"] + taken(PRIVATE) == m["private_arrived"]).all()
    assert (m["found"] >= 0).all()
    assert (m["private"] >= 0).all()
    assert (m["used_company"] <= m["room_company"]).all()
    released = s["release_base"] + (s["release_effort"] * m["effort"] >> 16)
    assert (m["used_public"] <= m["room_public"] * released >> 16).all()
    assert all(company_places(row) >= 0 and public_places(row, s) >= 0 for row in m)


@worlds
def test_slots_and_launches(number: int) -> None:
    """Slots held are the projects in preparation and on MJP; no launch goes beyond the slots; nobody woken waits beside a free slot."""
    model, before = model_of(number), np.zeros(0)
    for _, phase, state in walk(model, number):
        rows, c = projects(state), state.companies
        company = state.municipalities["company"][rows["municipality"]]
        held = np.bincount(company[np.isin(rows["stage"], (PREPARATION, MJP))], minlength=len(c))
        assert (c["held"] == held).all()
        if phase == "launch":
            assert (held <= np.maximum(before, c["slots"])).all()
            assert ((c["held"] >= c["slots"]) | (c["waiting_slot"] == 0)).all()
        before = held


@worlds
def test_money(number: int) -> None:
    """A project starts only with credit above zero, the oldest first; then nobody waits beside credit; January's money is all given out."""
    model = model_of(number)
    before = np.zeros(0, np.int64)
    for t, phase, state in walk(model, number):
        credit, rows = state.companies["credit_old"] + state.companies["credit_new"], projects(state)
        if phase == "policy":
            world, s = state.world, model.settings[0]
            money = (
                financed(world[W_FINANCE_FIRST], world[W_FINANCE_LATER], s["finance_years"], (t - 1) // 12) * s["finance_scale"]
                >> 16
            )
            assert credit.sum() - before.sum() == money
        elif phase == "admission":
            fund = state.companies["fund"][state.municipalities["company"][rows["municipality"]]]
            for f in np.unique(state.companies["fund"]):
                started = rows[(fund == f) & (rows["construction"] == t) & (rows["ready"] >= 0)]
                waiting = rows[(fund == f) & (rows["stage"] == AWARD) & (rows["ready"] >= 0)]
                check_admission(started, waiting, int(before[f]), int(credit[f]))
        elif phase != "start":
            assert (credit == before).all()
        assert (state.companies["credit_old"] >= 0).all()
        before = credit.copy()


def check_admission(started: Any, waiting: Any, before: int, after: int) -> None:
    """Assert what one fund did in one month: `started` and `waiting` are its projects, `before` and `after` its credit."""
    order = sorted((int(p["ready"]), int(p["municipality"]), int(p["k"]), int(p["dwellings"])) for p in started)
    left = before
    for *_, dwellings in order:
        assert left > 0
        left -= dwellings
    assert left == after
    if len(waiting):
        assert after <= 0
        first = min((int(p["ready"]), int(p["municipality"]), int(p["k"])) for p in waiting)
        assert not order or order[-1][:3] < first


@worlds
def test_stages_only_go_forward(number: int) -> None:
    """A project's stage never goes back, the months of its stages never decrease and stay as they were once written."""
    before: Any = None
    for t, _, state in walk(model_of(number), number):
        rows = projects(state)
        if before is not None:
            old = rows[: len(before)]
            assert (old["stage"] >= before["stage"]).all()
            for name in STAGE_MONTHS:
                assert ((old[name] == before[name]) | (before[name] == NONE) & (old[name] == t)).all(), name
        before = rows.copy()
    months = np.array([before[name] for name in STAGE_MONTHS]).T
    for row in months:
        passed = row[row != NONE]
        assert (np.diff(passed) >= 0).all()


@worlds
def test_woken_projects_get_slots_in_order(number: int) -> None:
    """Of the dormant projects of a company that woke, none gets its slot while one waits that comes first in (month ready, key)."""
    for t, phase, state in walk(model_of(number), number):
        if phase != "launch":
            continue
        rows = projects(state)
        company = state.municipalities["company"][rows["municipality"]]
        for c in range(len(state.companies)):
            woken = rows[(company == c) & (rows["asked"] >= 0)]
            given = [tuple(p) for p in woken[woken["mjp"] == t][["asked", "municipality", "k"]].tolist()]
            waiting = [tuple(p) for p in woken[woken["stage"] == DORMANT][["asked", "municipality", "k"]].tolist()]
            assert not given or not waiting or max(given) < min(waiting)


@pytest.mark.parametrize("number", range(1100, 1130))
def test_first_come_passes_nobody_over(number: int) -> None:
    """Under first come, no municipality is served while another of its company, with need and places, waits longer."""
    scenario, region = random_world(number)
    model = build_model(changed(scenario, allocation="first_come"), region)
    s = model.settings[0]
    assert POLICIES[s["policy"]] == "first_come"
    since: dict[int, int] = {}
    for t, phase, state in walk(model, number):
        m = state.municipalities
        able = [i for i in range(len(m)) if need(m[i], s) > 0 and has_places(m[i], s)]
        if phase == "admission":  # the last phase before the launches
            since = {i: since.get(i, t) for i in able}
        elif phase == "launch":
            rows = projects(state)
            served = rows["municipality"][rows["preparation"] == t].tolist()
            for i in set(served):
                rivals = [j for j in able if m[j]["company"] == m[i]["company"] and j not in served]
                assert all((since[i], i) < (since[j], j) for j in rivals)
                assert served.count(i) == 1 or not rivals
                since[i] = t + 1


def changed(scenario: Scenario, law: Callable[[dict[str, Any]], None] | None = None, **levers: Any) -> Scenario:
    """Return a scenario with other levers, and its law changed by a function."""
    tables = scenario.model_dump(by_alias=True)
    for name, value in levers.items():
        tables["levers"][name]["value"] = value
    if law is not None:
        law(tables["law"])
    return Scenario.model_validate(tables)


@worlds
def test_categories_and_contributions(number: int) -> None:
    """Every municipality with an objective has one category; only 2B pays; what is charged within the horizon is what is paid."""
    scenario, _ = random_world(number)
    model = model_of(number)
    history = replicate(model, number)
    objective = model.start[history.population]["objective"]
    rates = [row.rate for row in scenario.law.rhythm if row.test is not None]
    verdicts = [int(t) for t in model.rhythm["verdict"] if t > 0]
    for rows, rate, t in zip(history.tests, rates, verdicts, strict=True):
        if t > scenario.months:
            assert not rows.view(np.uint8).any()
            continue
        assert ((rows["category"] == NO_OBJECTIVE) == (objective == 0)).all()
        fined = rows["category"] == CATEGORY_2B
        assert (rows["contribution_cents"][~fined] == 0).all()
        assert ((rows["contribution_cents"][fined] > 0) == (rate > 0)).all()
        assert ((rows["lacking_regular"] + rows["lacking_sib"] > 0) == (rows["category"] > 1)).all()
        assert (rows["lacking_regular"] >= 0).all()
        assert (rows["lacking_sib"] >= 0).all()
    paid = np.zeros_like(history.years["paid_cents"])
    area, charged = model.start[history.population]["premium_area"], int(scenario.law.values.charged_years.value)
    for rows, rate, t in zip(history.tests, rates, verdicts, strict=True):
        for m in np.flatnonzero(rows["category"] == CATEGORY_2B):
            lack = int(rows["lacking_regular"][m]) + int(rows["lacking_sib"][m])
            first = (t - 1) // 12
            cents = [
                yearly_contribution(lack, int(model.premium[area[m], y]), *rate.as_integer_ratio())
                for y in range(first, first + charged)
            ]
            assert rows["contribution_cents"][m] == sum(cents)
            paid[first : first + charged, m] += cents[: len(paid) - first]
    assert (history.years["paid_cents"] == paid).all()


@worlds
def test_totals_are_the_sums_over_municipalities(number: int) -> None:
    """What is summed up as the replication runs is what its rows add up to."""
    model = model_of(number)
    history = replicate(model, number)
    objective, years, tests = model.start[history.population]["objective"], history.years, history.tests
    for name in set(history.totals.dtype.names) & set(years.dtype.names):
        assert (history.totals[name] == years[name].sum(axis=1, dtype=np.int64)).all(), name
    assert (history.totals["objective"] == objective.sum()).all()
    assert (history.totals["net"] == years["realised"].sum(axis=1)).all()
    assert (history.totals["bso"] == np.clip(years["realised"], 0, objective).sum(axis=1)).all()
    for name, code in (("1", CATEGORY_1), ("2A", CATEGORY_2A), ("2B", CATEGORY_2B)):
        assert (history.test_totals[f"category_{name}"] == (tests["category"] == code).sum(axis=1)).all()
    assert (history.test_totals["shortfall"] == (tests["lacking_regular"] + tests["lacking_sib"]).sum(axis=1)).all()
    assert (history.test_totals["contribution_cents"] == tests["contribution_cents"].sum(axis=1)).all()


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_takes_all_of_flanders(policy: str) -> None:
    """The real region, municipalities without an objective included, under every allocation policy."""
    model = build_model(changed(baseline(), allocation=policy), load_region())
    objective = model.start["objective"]
    for replication in (0, 1):
        history = replicate(model, replication)
        assert (objective[history.population] == 0).any()
        started = history.projects[history.projects["preparation"] > 0]
        assert len(started) > 500
        assert len(np.unique(started["municipality"])) > 150


@pytest.mark.parametrize("number", range(1000, 1010))
def test_walk_is_the_replication(number: int) -> None:
    """What the tests above walked through is what the calendar does."""
    model = model_of(number)
    for _, _, last in walk(model, number):
        state = last
    history = replicate(model, number)
    assert state.years.tobytes() == history.years.tobytes()
    assert state.tests.tobytes() == history.tests.tobytes()
    assert state.companies["held"].tolist() == history.companies["held"][-1].tolist()


# ---------------------------------------------------------------- the order of things


@pytest.mark.parametrize("interval", [12, 36, 72])
def test_phases_come_in_the_same_order_for_any_rhythm(interval: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the law's rhythm, the phases of every month come in the order of PHASES, each in its own months."""
    first, years = baseline().start.year + interval // 12, 17

    def every(law: dict[str, Any]) -> None:
        row = law["rhythm"][0]
        law["rhythm"] = [
            {**row, "date": row["date"].replace(year=year), "test": year + 1}
            for year in range(first, first + years - interval // 12 + 1, interval // 12)
        ]

    scenario = changed(baseline(), every)
    model = build_model(scenario, random_world(1000)[1])
    calls: list[tuple[int, str]] = []

    def noted(name: str) -> Callable[..., None]:
        return lambda model, state, t: calls.append((t, name))

    monkeypatch.setattr(calendar, "compiled", lambda function: function)
    for phase in calendar.PHASES:
        assert getattr(calendar, phase.name) is phase.function
        monkeypatch.setattr(calendar, phase.name, noted(phase.name))
    calendar.run(model, 0, 20)
    order = [phase.name for phase in calendar.PHASES]
    assert calls == sorted(calls, key=lambda call: (call[0], order.index(call[1])))
    months = {name: [t for t, called in calls if called == name] for name in order}
    end = scenario.months
    tests = [t for t in range(interval + 6, end + 1, interval)]
    decembers = list(range(12, end + 1, 12))
    assert months["policy"] == list(range(1, end + 1, 12))
    assert all(months[name] == list(range(1, end + 1)) for name in ("land", "completion", "admission", "launch"))
    assert months["measurement"] == months["record"] == decembers
    assert months["test"] == tests
    assert months["response"] == sorted({*decembers, *tests})


# ---------------------------------------------------------------- draws


@STEADY
@given(st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 60), st.integers(1, 30))
def test_more_rows_keep_the_first(seed: int, replication: int, rows: int, more: int, columns: int) -> None:
    """A draw table that grows keeps what it held; another purpose, replication or seed holds something else."""
    short, long = (table(seed, replication, "project.size", n, columns) for n in (rows, rows + more))
    assert (long[:rows] == short).all()
    if rows * columns > 4:
        assert (table(seed, replication, "project.stream", rows, columns) != short).any()
        assert (table(seed, replication + 1, "project.size", rows, columns) != short).any()
        assert (table(seed + 1, replication, "project.size", rows, columns) != short).any()


@pytest.mark.parametrize("number", range(1000, 1012))
def test_longer_tables_change_no_history(number: int) -> None:
    """A replication with two, four or eight times as many rows gives the same projects, years and tests."""
    model, rows = model_of(number), calendar.ROWS
    while (reference := calendar.run(model, number, rows)).world[W_SHORT]:
        rows *= 2
    for factor in (2, 4, 8):
        state = calendar.run(model, number, rows * factor)
        assert all((projects(state)[name] == projects(reference)[name]).all() for name in HISTORY)
        assert state.years.tobytes() == reference.years.tobytes()
        assert state.tests.tobytes() == reference.tests.tobytes()


def test_tables_that_are_too_short_are_found_and_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """With tables of one row every world is run again until they are long enough, and ends the same."""
    expected = [replicate(model_of(number), number) for number in range(1000, 1012)]
    monkeypatch.setattr(calendar, "ROWS", 1)
    assert any(calendar.run(model_of(number), number, 1).world[W_SHORT] for number in range(1000, 1012))
    for history, number in zip(expected, range(1000, 1012), strict=True):
        assert same_bits(replicate(model_of(number), number), history)


def separate_worlds() -> Iterator[tuple[int, Model]]:
    """Yield worlds of two companies and more that share nothing: a fund each, and money for everybody, so that nothing is handed on."""
    for number in range(1200, 1240):
        scenario, region = random_world(number)
        if len(region.company_names) > 1:
            yield number, build_model(changed(scenario, finance_pooled=False, finance_scale=50.0), region)


def test_one_projects_draw_leaves_unrelated_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing the luck of one project changes no project, year or test of any other company."""
    original, moved, count = start.new_state, 0, 0
    for number, model in separate_worlds():
        before = replicate(model, number)
        chosen = before.projects[len(before.projects) // 2]
        m = model.start[before.population][chosen["municipality"]]
        row, column = int(chosen["k"] // m["lanes"]), int(m["first_column"] + chosen["k"] % m["lanes"])

        def other(*given: Any, place: tuple[int, int] = (row, column)) -> State:
            state = original(*given)
            if place[0] < len(state.project_draws):  # else the tables are too short, and the replication is run again
                state.project_draws[(*place, D_PERMIT)] ^= 0xC0000000
            return state

        monkeypatch.setattr(start, "new_state", other)
        after = replicate(model, number)
        monkeypatch.setattr(start, "new_state", original)
        company = model.start[before.population]["company"]
        others = company != m["company"]
        elsewhere = [h.projects[others[h.projects["municipality"]]] for h in (before, after)]
        assert elsewhere[0].tobytes() == elsewhere[1].tobytes(), number
        assert before.years[:, others].tobytes() == after.years[:, others].tobytes(), number
        assert before.tests[:, others].tobytes() == after.tests[:, others].tobytes(), number
        moved += before.projects.tobytes() != after.projects.tobytes()
        count += 1
    assert count >= 15
    assert moved >= count // 2


def test_a_dropped_project_leaves_unrelated_histories() -> None:
    """Without one municipality's dormant projects, every project of the other companies has the same history."""
    moved, count = 0, 0
    for number, _ in separate_worlds():
        scenario, region = random_world(number)
        dormant = region.estimates["pipeline_dormant"].copy()
        municipality = int(dormant[number % len(dormant)].argmax())
        dormant[:, municipality] = 0
        fewer = Region(**{**vars(region), "estimates": {**region.estimates, "pipeline_dormant": dormant}})
        abundant = changed(scenario, finance_pooled=False, finance_scale=50.0)
        before, after = (replicate(build_model(abundant, r), number).projects for r in (region, fewer))
        others = region.company != region.company[municipality]
        assert before[others[before["municipality"]]].tobytes() == after[others[after["municipality"]]].tobytes(), number
        moved += len(before) != len(after)
        count += 1
    assert moved >= count // 2 > 5


# ---------------------------------------------------------------- the same bits


@STEADY
@given(st.integers(2_000, 2**31))
def test_same_world_same_bits(number: int) -> None:
    """The same scenario, region and number give the same bits, whatever was run in between."""
    model = build_model(*random_world(number))
    first = replicate(model, 1)
    replicate(model, 2)
    assert same_bits(replicate(build_model(*random_world(number)), 1), first)


def digests(numbers: list[int]) -> list[str]:
    """Return the digests of a few worlds."""
    return [digest(replicate(model_of(number), number)) for number in numbers]


def test_same_bits_without_numba() -> None:
    """Plain Python, step by step, gives the same bits as the compiled engine."""
    numbers = list(range(1000, 1008))
    code = f"import numba; assert numba.config.DISABLE_JIT; from tests.test_properties import digests; print(*digests({numbers}))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    plain = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.split() == digests(numbers)


def test_order_of_the_input_rows_does_not_matter(tmp_path: Path) -> None:
    """With the rows of every input table shuffled, the region, the model and the history have the same bits."""
    shutil.copytree(DATA, tmp_path / "data")
    shuffle = random.Random(2042).shuffle
    for path in (tmp_path / "data").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as stream:
            header, *rows = csv.reader(stream)
        shuffle(rows)
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    assert (tmp_path / "data" / "municipalities.csv").read_bytes() != (DATA / "municipalities.csv").read_bytes()
    models = [build_model(baseline(), load_region(folder=folder)) for folder in (DATA, tmp_path / "data")]
    for name, a, b in zip(Model._fields, *models, strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), name
    for replication in (0, 7):
        assert digest(replicate(models[0], replication)) == digest(replicate(models[1], replication))


# ---------------------------------------------------------------- the rules, for any numbers

small = st.integers(0, 400)
shares = st.fractions(0, 1, max_denominator=12)


@STEADY
@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_largest_remainder_gives_everything_and_nobody_more_than_one_above_its_share(total: int, weights: list[int]) -> None:
    """The parts add up; each is its share rounded down or up; a larger weight never gets less, ties go to the earlier."""
    parts = np.zeros(len(weights), np.int64)
    largest_remainder(total, np.array(weights, np.int64), parts)
    whole = sum(weights)
    assert parts.sum() == (total if whole else 0)
    for i, (weight, part) in enumerate(zip(weights, parts.tolist(), strict=True)):
        share = Fraction(total * weight, whole) if whole else Fraction(0)
        assert share // 1 <= part <= -(-share // 1)
        assert all(part >= parts[j] for j in range(len(weights)) if (weight, -i) > (weights[j], -j))


@STEADY
@given(small, st.lists(st.integers(0, 17), min_size=3, max_size=3).filter(any), st.lists(shares, min_size=3, max_size=3))
def test_growth_path_and_what_it_asks(objective: int, weights: list[int], asked: list[Fraction]) -> None:
    """The path adds up to the objective; a requirement is its exact sum rounded up, never above the objective."""
    path = np.zeros(3, np.int64)
    growth_path(objective, np.array(weights, np.int64), path)
    assert path.sum() == objective
    exact = sum(share * int(g) for share, g in zip(asked, path, strict=True))
    numerators = np.array([int(share * 27720) for share in asked], np.int64)
    assert required(path, numerators, 27720) == -(-exact // 1) <= objective


@STEADY
@given(
    st.lists(small, min_size=3, max_size=3).map(lambda c: sorted(c, reverse=True)),
    st.lists(small, min_size=3, max_size=3),
    small,
    st.integers(0, 2),
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 6), min_size=3, max_size=3)), max_size=3),
    st.integers(0, 2),
)
def test_more_dwellings_never_lack_more(
    counts: list[int], path: list[int], sib: int, sib_level: int, quarters: int, asked: list[tuple[int, list[int]]], level: int
) -> None:
    """What lacks is never negative, never above what is asked, and one dwelling more at any stage never makes it larger."""
    levels = np.array([row[0] for row in asked], np.int64)
    numerators = np.array([row[1] for row in asked], np.int64).reshape(len(asked), 3)
    sixths = np.full(len(asked), 6, np.int64)

    def lack(have: list[int]) -> np.ndarray:
        result = np.full(4, -1, np.int64)
        lacking(np.array(have, np.int64), np.array(path, np.int64), sib, levels, numerators, sixths, sib_level, quarters, 4, result)
        return result

    before, more = lack(counts), lack([c + 1 if i <= level else c for i, c in enumerate(counts)])
    assert (before >= 0).all()
    assert before[1] <= -(-sib * quarters // 4)
    assert before[0] == max(before[2], before[3])
    assert before[0] <= max([0, *(required(np.array(path), row, 6) for row in numerators)])
    assert more[:2].sum() <= before[:2].sum()
    assert (more[1:2] <= before[1:2]).all()


@STEADY
@given(small, st.integers(0, 10**7), shares)
def test_contribution_grows_with_what_lacks(missing: int, premium: int, rate: Fraction) -> None:
    """It is missing x premium x rate to half a cent, nothing for nothing, and never less for one more."""
    cents = yearly_contribution(missing, premium, rate.numerator, rate.denominator)
    assert abs(cents - missing * premium * rate) <= Fraction(1, 2)
    assert yearly_contribution(missing + 1, premium, rate.numerator, rate.denominator) >= cents


# ---------------------------------------------------------------- the benchmark


def test_benchmark_compares_what_does_the_same() -> None:
    """The bare loop and the SimPy processes of the benchmark give the same events and histories, and there are queues in them."""
    assert "2 worlds alike" in equal_histories(2)
