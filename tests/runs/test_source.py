"""What is computed is that of the source, or is said not to be: any function or constant replaced is found, named, and stays in this process."""

import inspect
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import launching, quantiles, start, tables
from sim.inputs.errors import CannotGoOn, InputError
from sim.inputs.estimate import facts, populations
from sim.inputs.estimate.facts import POPULATIONS
from sim.inputs.scenario import curves, sets
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import load_scenario
from sim.report.estimates import source_of
from sim.report.language import Language
from sim.runs import source
from sim.runs.experiment import run_experiment
from sim.runs.source import as_written, looked_at_once, made_by, modules, own_source, replaced, said
from sim.runs.workers.pool import each
from sim.studies.compare.options import from_folder
from sim.studies.forecast import study
from sim.studies.forecast.evaluate import evaluate
from sim.studies.records.study import register
from tests.support.project import BASELINE, ROOT

MINE = """
import sys
import numba
import sim.engine.launching
from sim.runs.experiment import run_experiment
if sys.argv[2] == "mine":
    sim.engine.launching.priority = numba.njit(lambda *of_whom: 1)
print(run_experiment(sys.argv[1], 2, workers=1, out=sys.argv[1] + "-" + "-".join(sys.argv[2:])).manifest["digest"])
"""


def everything() -> list[tuple[Any, str]]:
    """Return every function, class and constant that is looked at: module and name."""
    return [(module, name) for module in modules() for name in as_written(module)[1]]


def other_than(value: Any) -> Any:
    """Return something else of the same kind."""
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        return value + 1
    if isinstance(value, str | tuple):
        return (*value, 1) if isinstance(value, tuple) else f"{value}1"
    if isinstance(value, np.ufunc | BuiltinFunctionType):
        return np.cbrt if isinstance(value, np.ufunc) else math.comb
    return lambda *given: 0


def test_nothing_is_replaced_here() -> None:
    """And what an experiment says of its source is the digest of it."""
    assert replaced() == {}
    assert made_by() == {"source": own_source()}
    assert len(everything()) > 500


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_is_replaced_is_named(data: st.DataObject) -> None:
    """Any one function, class or constant of any module, and nothing else but those that have it from there."""
    module, name = data.draw(st.sampled_from(everything()))
    before = getattr(module, name)
    try:
        setattr(module, name, other_than(before))
        assert f"{module.__name__}.{name}" in replaced()
        assert made_by()["source"] != own_source()
    finally:
        setattr(module, name, before)
    assert replaced() == {}


def test_another_of_a_kind_is_another() -> None:
    """A fraction, a pattern and a library's functions are told by which they are."""
    for value in (Fraction(9, 100), re.compile("a"), np.exp, math.lcm, 3, "a", (1, Fraction(1, 3))):
        other = re.compile("b") if isinstance(value, re.Pattern) else other_than(value)
        assert said(value, ()) != said(other, ())


REPLACED = [  # what makes populations, quantiles of durations and of parameters, points of sequences, the law's paths
    (populations, "populate", lambda made: made | {"known": made["known"] // 2}),
    (populations, "land", lambda made: (made[0] * 2, made[1])),
    (quantiles, "quantiles", lambda made: made * 2),
    (curves, "standard", lambda made: made * 0.9),
    (sets, "sobol", lambda made: made[::-1].copy()),
    (tables, "base", lambda made: (made[0] // 2, made[1])),
]


@pytest.mark.full
def test_nothing_is_kept_that_others_made() -> None:
    """Computed, then again with a function replaced, then again without: what was kept in between is not taken for what is in place."""
    first = _answer()
    for module, name, otherwise in REPLACED:
        before = getattr(module, name)
        setattr(module, name, lambda *given, before=before, otherwise=otherwise: otherwise(before(*given)))
        try:
            instead = _answer()
        finally:
            setattr(module, name, before)
        assert instead != first, name
        assert _answer() == first, name


def test_what_is_kept_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as something is replaced, and again when it is no more."""
    replaced()
    columns, number = populations.columns, POPULATIONS + 1
    before = columns(number)
    assert replaced() == {}
    assert columns(number) is before
    monkeypatch.setattr(populations, "populate", lambda facts, number: {"known": np.zeros(1, np.int64)})
    assert {*replaced()} == {"sim.inputs.estimate.populations.populate"}
    assert [*columns(number)] == ["known"]
    monkeypatch.undo()
    assert replaced() == {}
    assert [*columns(number)] == [*before]


def _standard() -> bytes:
    kept: bytes = curves.standard("gamma", (("a", 2.5),), np.linspace(0.1, 0.9, 9).tobytes()).tobytes()
    return kept


@pytest.mark.parametrize(
    ("home", "name", "otherwise", "make"),
    [
        (*REPLACED[0], lambda: populations.columns(POPULATIONS + 2)["known"].tobytes()),
        (*REPLACED[1], lambda: populations.columns(POPULATIONS + 2)["land_company"].tobytes()),
        (*REPLACED[4], lambda: sets._points("a test", 0, 3, 0).tobytes()),
        (curves, "of_scipy", lambda made: SimpleNamespace(ppf=lambda p, **given: 2 * made.ppf(p, **given)), _standard),
        (
            curves.Curve,
            "quantile",
            lambda made: 2 * made,
            lambda: repr(curves.ends(curves.Curve("norm", (("loc", 1.0), ("scale", 0.25))))),
        ),
        (facts, "back_to_2008", lambda made: 2 * made, lambda: facts.read_facts().households_2008.tobytes()),
    ],
)
def test_nothing_made_between_two_runs_is_taken_by_the_next(
    home: Any, name: str, otherwise: Callable[[Any], Any], make: Callable[[], bytes | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaced, called by hand and put back, with nobody looking meanwhile: a function, or a method of what is kept itself."""
    with looked_at_once():
        before = make()
    source.forget()
    facts.read_facts()
    with looked_at_once():
        facts.read_facts()  # is kept, and known
    real = getattr(home, name)
    monkeypatch.setattr(home, name, lambda *given: otherwise(real(*given)))
    assert make() != before
    monkeypatch.undo()
    assert make() != before  # it is kept, and nobody knows
    with looked_at_once():
        assert make() == before


def _answer() -> str:
    frame = evaluate({}, replications=POPULATIONS + 2, outcomes=["realised_at_end"], at="drawn")
    return str(frame.attrs["digests"][0])


def test_a_function_changed_within_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code, its defaults, and a method of a class."""
    assert isinstance(start.new_state, FunctionType)
    monkeypatch.setattr(start.new_state, "__code__", (lambda model, seed, replication, rows: None).__code__)
    from sim.runs.futures import Futures

    monkeypatch.setattr(Futures, "population", lambda self, number: 0)
    assert {"sim.engine.start.new_state", "sim.runs.futures.Futures"} <= {*replaced()}


def test_a_copy_that_reads_elsewhere_and_a_method_of_the_inputs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function of the same words beside another helper of the same name, as pasted into a notebook; and what makes quantiles."""
    pasted = dict(vars(launching))
    exec("def need(m, s):\n    return 1\n" + inspect.getsource(launching.start_project), pasted)
    monkeypatch.setattr(launching, "start_project", pasted["start_project"])
    monkeypatch.setattr(Distribution, "quantile", lambda self, p: p)
    assert {*replaced()} == {"sim.engine.launching.start_project", "sim.inputs.scenario.distributions.Distribution.quantile"}


@pytest.fixture
def other_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that is made from another seed: numbers that look like those of the model."""
    before = start.new_state
    monkeypatch.setattr(start, "new_state", lambda model, seed, *more: before(model, seed + 1, *more))


@pytest.mark.usefixtures("other_luck")
def test_what_was_replaced_is_computed_by_any_number_of_workers_and_said(tmp_path: Path) -> None:
    """Workers read the source, so this process computes; every result says that it is not of the published model, and cannot be registered."""
    one = run_experiment(BASELINE, 40, workers=1, out=tmp_path / "one")
    two = run_experiment(BASELINE, 40, workers=2, chunk=4, out=tmp_path / "two")
    assert one.manifest["digest"] == two.manifest["digest"]
    assert [*one.manifest["experiment"]["replaced"]] == one.manifest["standing"]["replaced"] == ["sim.engine.start.new_state"]
    assert "NOT THE PUBLISHED MODEL" in source_of(one.manifest, Language("en"))
    assert [*each(_process, [1, 2, 3], 2)] == [(n, os.getpid()) for n in (1, 2, 3)]
    with pytest.raises(InputError, match=r"--cluster: local: sim.engine.start.new_state was replaced"):
        run_experiment(BASELINE, 60, out=tmp_path / "one", cluster="local")
    with pytest.raises(InputError, match="not the published model"):
        register(tmp_path / "one", out=tmp_path / "records")


def test_results_of_both_are_never_taken_for_each_other(tmp_path: Path, other_luck: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in one folder, not in a comparison."""
    run_experiment(BASELINE, 4, out=tmp_path / "run")
    monkeypatch.undo()
    with pytest.raises(InputError, match="holds another experiment"):
        run_experiment(BASELINE, 8, out=tmp_path / "run")
    with pytest.raises(InputError, match="another version of the model"):
        from_folder(tmp_path / "run")


def test_an_installation_is_held_against_the_published_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives them; with another luck it says what it gives instead."""
    assert study.self_test() == []
    before = start.new_state
    monkeypatch.setattr(start, "new_state", lambda model, seed, *more: before(model, seed + 1, *more))
    wrong = study.self_test()
    assert [line.partition(":")[0] for line in wrong] == ["sim.engine.start.new_state", "drawn", "central"]


@pytest.mark.full
def test_a_function_replaced_before_the_first_compile_poisons_no_cache(tmp_path: Path) -> None:
    """Three processes with one cache, empty at first: mine, the source's, mine again."""
    (scenario := tmp_path / "mine.toml").write_text(f'extends = "{BASELINE}"\ntitle = "t"\n', encoding="utf-8")
    digests = []
    for more in (["mine"], ["clean"], ["mine", "again"]):
        done = subprocess.run(
            [sys.executable, "-c", MINE, str(scenario), *more],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        digests.append(done.stdout.strip())
    assert digests[0] == digests[2] != digests[1]
    assert digests[1] == run_experiment(load_scenario(scenario, replications=2), out=tmp_path / "here").manifest["digest"]


def _process(number: int) -> int:
    return os.getpid()


def test_what_is_replaced_while_it_is_computed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning and the end are looked at; what the run wrote in between is not left as if it were of one model."""
    before = start.new_state

    def replace(done: int, total: int) -> None:
        monkeypatch.setattr(start, "new_state", lambda model, seed, *more: before(model, seed + 1, *more))

    with pytest.raises(CannotGoOn, match=r"sim\.engine\.start\.new_state was replaced while replications were computed"):
        run_experiment(BASELINE, 4, workers=1, chunk=2, out=tmp_path / "run", progress=replace)
