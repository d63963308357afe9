"""Evaluations in memory give what a run gives, to the bit, whoever computes them and however many at once."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import replicator
from sim.runs.experiment import prepared_here, run_experiment
from sim.runs.memory import InMemory
from sim.runs.outcomes import OUTCOMES, of_all
from tests.support.project import BASELINE

CHANGES: list[dict[str, Any]] = [
    {},
    {"levers.managers_scale": 1.5},
    {"levers.land_purchase": np.float64(700.0), "law_changes.readings.rounding": "down"},
]


@pytest.fixture(scope="module")
def base() -> Scenario:
    """Two replications at the central values."""
    return scenario_of(BASELINE, replications=2)


def test_an_evaluation_is_what_a_run_gives(base: Scenario, tmp_path: Path) -> None:
    """Digest and every outcome, of each case: also of drawn values."""
    for at in ("central", "drawn"):
        scenario = scenario_of("baseline", replications=2, sampling="plain" if at == "central" else "drawn")
        frame = sim.evaluate(CHANGES, scenario, replications=2)
        for case, changes in enumerate(CHANGES):
            results = run_experiment(scenario.with_(changes).without_histories(), out=tmp_path / f"{at}{case}", workers=1)
            rows = frame[frame["case"] == case]
            assert frame.attrs["digests"][case] == results.manifest["digest"]
            for name, outcome in OUTCOMES.items():
                np.testing.assert_array_equal(rows[name], outcome.of(results), err_msg=name)


def test_whoever_computes(base: Scenario) -> None:
    """Threads, processes and the order of cases change no bit."""
    alone = sim.evaluate(CHANGES, base, replications=2, outcomes=["net_at_end"])
    with ThreadPoolExecutor(3) as threads:
        apart = [threads.submit(sim.evaluate, changes, base, 2, outcomes=["net_at_end"]) for changes in CHANGES]
        assert [one.result().attrs["digests"][0] for one in apart] == alone.attrs["digests"]
    many = sim.evaluate(CHANGES[::-1] * 3, base, replications=2, outcomes=["net_at_end"], workers=2)
    assert many.attrs["digests"] == alone.attrs["digests"][::-1] * 3
    assert list(alone.columns) == [
        "case",
        "levers.managers_scale",
        "levers.land_purchase",
        "law_changes.readings.rounding",
        "replication",
        "net_at_end",
    ]
    assert {**alone.attrs, "digests": 0} == {**many.attrs, "digests": 0}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([{}, {"levers.managers_scal": 2}], "case 1, levers.managers_scal: unknown key; did you mean 'managers_scale'?"),
        ({"levers.managers_scale": "much"}, "case 0, levers.managers_scale.value: found 'much'"),
        ({"levers.managers_scale": 1.0, "levers.managers_scale.value": 2.0}, "stands twice"),
        ([], "found none"),
        ([{}, {"seed": 3}], "case 1, seed: is the same in all cases"),
        ({3: 1}, "3: unknown key"),
        (pd.DataFrame({"levers.managers_scale": [1.0]}), "case 0: found a str; a dictionary is needed, as frame.to_dict"),
        (None, "case 0: found a NoneType"),
        ({"name": "x"}, "is given beside the changes"),
    ],
)
def test_what_cannot_be_is_named_with_its_case(changes: Any, said: str, base: Scenario) -> None:
    """Before anything is computed."""
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        sim.evaluate(changes, base)


def test_an_outcome_that_is_not_there_is_named(base: Scenario) -> None:
    """With the nearest one."""
    with pytest.raises(InputError, match="did you mean 'net_at_end'"):
        sim.evaluate({}, base, outcomes=["net_at_ed"])


def test_a_table_or_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the nearest one; nothing empty in its place."""
    results = sim.run("baseline", 1, out=tmp_path / "one")
    with pytest.raises(InputError, match="unknown table 'municipalties'; did you mean 'municipalities'"):
        results.table("municipalties")
    with pytest.raises(InputError, match="unknown column 'delivred'; did you mean 'delivered'"):
        results.yearly("delivred")


def test_results_that_nobody_holds_any_more_are_gone(base: Scenario) -> None:
    """Whoever answers one question after another keeps none of the replications: what is known of them does not hold them."""
    task = prepared_here(base)
    results = InMemory([*map(replicator(task), range(2))], base, task.region)
    assert of_all(results) is of_all(results)
    held = weakref.ref(results)
    del results
    gc.collect()
    assert held() is None
