"""The same bits: nothing depends on the length of a table, the order of the input, what ran before, the compiler, or another's luck."""

import csv
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chance.draws import table
from sim.engine import build_model, calendar, replicate, start
from sim.engine.state import HISTORY, Draw, Model, State
from sim.inputs.region.load import DATA, load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from tests.benchmark.__main__ import equal_histories
from tests.support.walk import changed, digest, digests, model_of, projects, walk
from tests.support.worlds import baseline, random_world

STEADY = settings(derandomize=True, deadline=None, max_examples=60)


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
    while (reference := calendar.run(model, number, rows)).world[0]["short"]:
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
    assert any(calendar.run(model_of(number), number, 1).world[0]["short"] for number in range(1000, 1012))
    for history, number in zip(expected, range(1000, 1012), strict=True):
        assert digest(replicate(model_of(number), number)) == digest(history)


def alone(scenario: Scenario) -> Scenario:
    """Return a world in which companies share nothing: a fund each, no shared services, and of money and envelope enough for everybody."""

    def endless(law: dict[str, Any]) -> None:
        law["values"]["envelope"]["value"] = law["values"]["envelope_maximum"]["value"] = 1_000_000

    renovated = scenario.uncertainties.renovation_today.value
    return changed(
        scenario,
        endless,
        finance_pooled=False,
        finance_scale=50.0,
        renovation_share=renovated,
        modest_share=0.0,
        shared_services=0.0,
    )


def separate_worlds() -> Iterator[tuple[int, Scenario, Region]]:
    """Yield worlds of two companies and more that share nothing, so that nothing is handed on."""
    for number in range(1200, 1240):
        scenario, region = random_world(number)
        if len(region.company_names) > 1:
            yield number, alone(scenario), region


def test_one_projects_draw_leaves_unrelated_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing the luck of one project changes no project, year or test of any other company."""
    original, moved, count = start.new_state, 0, 0
    for number, scenario, region in separate_worlds():
        model = build_model(scenario, region)
        before = replicate(model, number)
        asking = before.projects[before.projects["mjp"] > 0]
        if not len(asking):
            continue
        chosen = asking[len(asking) // 3]  # it asks for its permit within the replication, and something may follow
        m = model.start[before.population][chosen["municipality"]]
        row, stream_column = divmod(int(chosen["k"]), int(m["stream_columns"]))
        slot = int(model.start[before.population]["stream_columns"].sum() * row + m["slot"] + stream_column)

        def other(*given: Any, slot: int = slot) -> State:
            state = original(*given)
            if slot < len(state.project_draws):  # else the tables are too short, and the replication is run again
                state.project_draws[slot, Draw.PERMIT] ^= 0xC0000000
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
    for number, scenario, region in separate_worlds():
        dormant = region.estimates["pipeline_dormant"].copy()
        municipality = int(dormant[number % len(dormant)].argmax())
        dormant[:, municipality] = 0
        fewer = Region(**{**vars(region), "estimates": {**region.estimates, "pipeline_dormant": dormant}})
        before, after = (replicate(build_model(scenario, r), number).projects for r in (region, fewer))
        others = region.company != region.company[municipality]
        assert before[others[before["municipality"]]].tobytes() == after[others[after["municipality"]]].tobytes(), number
        moved += len(before) != len(after)
        count += 1
    assert moved >= count // 2 > 5


@settings(STEADY, max_examples=30)
@given(st.integers(2_000, 2**31))
def test_same_world_same_bits(number: int) -> None:
    """The same scenario, region and number give the same bits, whatever was run in between."""
    model = build_model(*random_world(number))
    first = replicate(model, 1)
    replicate(model, 2)
    assert digest(replicate(build_model(*random_world(number)), 1)) == digest(first)


def test_same_bits_without_numba() -> None:
    """Plain Python, step by step, gives the same bits as the compiled engine."""
    numbers = list(range(1000, 1008))
    code = f"import numba; assert numba.config.DISABLE_JIT; from tests.support.walk import digests; print(*digests({numbers}))"
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


def test_nobody_writes_in_what_models_share() -> None:
    """What is kept for the next model is copied: writing in one model's tables leaves those of the next."""
    region = load_region()
    first, again = build_model(baseline(), region.only(3)), build_model(baseline(), region.only(3))
    for array in again:
        if array.dtype.names is None:
            array[...] = 1
    for name, a, b in zip(Model._fields, first, build_model(baseline(), region.only(3)), strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), name


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


def test_benchmark_compares_what_does_the_same() -> None:
    """The bare loop and the SimPy processes of the benchmark give the same events and histories, and there are queues in them."""
    assert "2 worlds alike" in equal_histories(2)
