"""Experiments: the same bits for any workers, chunks, interruption, numba and row order; nothing lost, nothing overwritten."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.inputs.errors import InputError
from sim.inputs.region.load import DATA
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs import experiment, futures
from sim.runs.chunk import Chunk, Facts
from sim.runs.columns import described
from sim.runs.disk.reading import problems
from sim.runs.experiment import Interrupted, run_experiment, run_experiments
from sim.runs.results import Results
from sim.runs.workers import handing
from sim.runs.workers.pool import ALONE, each, processes
from tests.golden import GOLDEN, totals
from tests.support.project import BASELINE, ROOT, started

REPLICATIONS = 12


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The baseline, one worker, one chunk."""
    return run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path_factory.mktemp("reference") / "run")


def test_golden_totals() -> None:
    """The baseline's numbers are those last blessed: `make golden` after a change that is meant to move them."""
    assert totals() == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("workers", "size"), [(2, 25), (1, 1), (3, 1), pytest.param(7, 1, marks=pytest.mark.full), (2, 5)])
def test_the_digest_does_not_depend_on_workers_or_chunks(workers: int, size: int, reference: Results, tmp_path: Path) -> None:
    """One, two, three and seven processes, chunks of 1, 5 and 25: the same digest and the same tables."""
    found = run_experiment(BASELINE, REPLICATIONS, workers=workers, out=tmp_path / "run", chunk=size)
    assert found.summary() == reference.summary()
    for name in ("totals", "test_totals", "municipalities", "tests", "companies", "projects"):
        pd.testing.assert_frame_equal(found.table(name), reference.table(name))


@pytest.mark.full
@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("size", [1, 16, 100])
def test_one_digest_for_all_workers_and_chunks(workers: int, size: int, hundred_and_ten: Results, tmp_path: Path) -> None:
    """Workers 1, 2, 3, 7 and chunks of 1, 16, 100, resumed from what another size of chunk left: the digest of one worker in one go."""
    run_experiment(BASELINE, 30, workers=workers, out=tmp_path / "run", chunk=7)
    found = run_experiment(BASELINE, 110, workers=workers, out=tmp_path / "run", chunk=size)
    assert found.summary() == hundred_and_ten.summary()


@pytest.fixture(scope="module")
def hundred_and_ten(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The baseline with 110 replications, one worker, one chunk."""
    return run_experiment(BASELINE, 110, workers=1, out=tmp_path_factory.mktemp("reference") / "run", chunk=110)


def digest_of_process(tmp_path: Path, **environment: str) -> str:
    """Return the digest of two replications run by the command in a process of its own."""
    command = [sys.executable, "-m", "sim.cli", "run", str(BASELINE), "--replications", "2", "--workers", "1", "--json", "--out"]
    done = subprocess.run(
        [*command, str(tmp_path / "run")], env={**os.environ, **environment}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return str(json.loads(done.stdout)["digest"])


@pytest.mark.full
def test_the_digest_does_not_depend_on_numba_or_threads_or_vector_instructions(tmp_path: Path) -> None:
    """Compiled, as plain Python, with another number of threads and without the processor's vector instructions: the same digest."""
    expected = run_experiment(BASELINE, 2, workers=1, out=tmp_path / "here").manifest["digest"]
    assert digest_of_process(tmp_path / "plain", NUMBA_DISABLE_JIT="1") == expected
    narrow = {"NPY_DISABLE_CPU_FEATURES": "AVX512F AVX2 FMA3", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    assert digest_of_process(tmp_path / "narrow", **narrow) == expected


def test_the_digest_does_not_depend_on_the_order_of_the_input_rows(reference: Results, tmp_path: Path) -> None:
    """Every table of the package with its rows shuffled: the same digest."""
    order = random.Random(4)
    for path in DATA.glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        order.shuffle(rows)
        (tmp_path / path.name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run", data=tmp_path)
    assert found.manifest["digest"] == reference.manifest["digest"]


def test_another_seed_gives_another_digest(reference: Results, tmp_path: Path) -> None:
    """The comparison can fail: the seed matters."""
    found = run_experiment(BASELINE, REPLICATIONS, seed=1, workers=1, out=tmp_path / "run")
    assert found.manifest["digest"] != reference.manifest["digest"]


def test_a_finished_chunk_is_not_computed_again(reference: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one of four chunks gone and one half written, two are computed, and the digest is the same."""
    run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run", chunk=3)
    chunks = sorted((tmp_path / "run").glob("chunk-*"))
    assert len(chunks) == 4
    shutil.rmtree(chunks[0])
    chunks[2].rename(chunks[2].with_name(chunks[2].name + ".part"))
    computed: list[int] = []
    original = handing.written

    def counting(done: Chunk, folder: Path) -> Facts:
        computed.append(done.facts["first"])
        return original(done, folder)

    monkeypatch.setattr("sim.runs.workers.pool.written", counting)
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run", chunk=3)
    assert computed == [0, 6]
    assert found.manifest["digest"] == reference.manifest["digest"]


@pytest.mark.full  # `test_resume.py` kills one in every test run
def test_an_interrupted_run_goes_on(reference: Results, tmp_path: Path) -> None:
    """Ctrl-C leaves finished chunks and says how to go on; the same command finishes with the same digest."""
    out = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "sim.cli",
        "run",
        str(BASELINE),
        "--replications",
        "4000",
        "--workers",
        "2",
        "--json",
        "--out",
        str(out),
    ]
    process = started(command)
    while not list(out.glob("chunk-*[0-9]/chunk.json")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, error = process.communicate(timeout=120)
    assert (process.returncode, output) == (130, "")
    assert str(out) in error
    assert "goes on" in error
    assert not (out / "manifest.json").exists()
    kept = len(list(out.glob("chunk-*[0-9]")))
    assert 1 <= kept < 160
    done = run_experiment(BASELINE, 25, workers=1, out=out)
    assert done.manifest["replications"] == 25
    assert done.table("totals")["replication"].nunique() == 25


def test_a_folder_of_another_experiment_is_never_overwritten(tmp_path: Path) -> None:
    """Another seed in the same folder is refused, and says what differs."""
    run_experiment(BASELINE, 1, workers=1, out=tmp_path / "run")
    with pytest.raises(InputError, match="another experiment"):
        run_experiment(BASELINE, 1, seed=7, workers=1, out=tmp_path / "run")


def test_more_replications_go_on_with_those_that_are_there(reference: Results, tmp_path: Path) -> None:
    """3 replications, then 12 in the same folder: as if they had been 12 at once."""
    run_experiment(BASELINE, 3, workers=1, out=tmp_path / "run")
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run")
    assert found.summary() == reference.summary()


def test_a_failed_replication_is_counted(reference: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replication that fails is named in the manifest and counted; the others are kept."""
    used: Any = futures
    original = used.replicate

    def fragile(model: object, number: int) -> object:
        if number == 5:
            raise MemoryError("no room")
        return original(model, number)

    monkeypatch.setattr(futures, "replicate", fragile)
    found = run_experiment(BASELINE, REPLICATIONS, workers=1, out=tmp_path / "run")
    assert found.summary()["failed"] == 1
    assert found.summary()["replications"] == REPLICATIONS - 1
    assert "MemoryError" in found.manifest["failures"]["5"]


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """Parquet with page checksums: a damaged table is refused, not read as other numbers."""
    found = run_experiment(BASELINE, 1, workers=1, out=tmp_path / "run")
    path = next((tmp_path / "run").glob("chunk-*/totals.parquet"))
    assert pq.ParquetFile(path).metadata.num_rows == 17
    raw = bytearray(path.read_bytes())
    raw[60] ^= 4
    path.write_bytes(raw)
    with pytest.raises(InputError, match="damaged"):
        _ = Results(found.folder).totals


@pytest.mark.parametrize("workers", [0, -3])
def test_no_workers_is_no_one(workers: int, tmp_path: Path) -> None:
    """Whoever asks for none is told, and not given one in silence."""
    with pytest.raises(InputError, match=rf"workers: found {workers}; a number above 0"):
        run_experiment(BASELINE, 2, workers=workers, out=tmp_path / "run")
    with pytest.raises(InputError, match=rf"workers: found {workers}; a number above 0"):
        list(each(abs, [1, 2], workers))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_in_the_place_of_a_table_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """When it is read, and by who asks whether the results are whole."""
    results = run_experiment(BASELINE, 2, out=tmp_path / "run")
    (path,) = tmp_path.glob("run/chunk-*/tests.parquet")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="no regular file"):
        Results(results.folder).table("tests")
    assert any("tests.parquet" in line for line in problems(results.folder))


def test_categories_add_up_and_the_bso_is_at_most_the_objective(reference: Results) -> None:
    """Per test the categories are the municipalities with an objective; the BSO realised is never above it, nor above what is realised."""
    tests = reference.table("tests")
    with_objective = tests[tests["category"] > 0].groupby(["replication", "test"]).size()
    sums = reference.test_totals.set_index(["replication", "test"])[["category_1", "category_2A", "category_2B"]].sum(axis=1)
    assert (sums == with_objective.reindex(sums.index)).all()
    assert (reference.totals["bso"] <= reference.totals["objective"]).all()
    municipalities = reference.table("municipalities")
    positive = (
        municipalities.assign(realised=municipalities["realised"].clip(lower=0)).groupby(["replication", "year"])["realised"].sum()
    )
    assert (reference.totals.set_index(["replication", "year"])["bso"] <= positive).all()


def test_the_tables_on_disk_have_the_columns_that_are_documented(reference: Results) -> None:
    """Every column of every table is described, and the page of results says so."""
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for name in ("replications", "totals", "test_totals", "municipalities", "tests", "companies", "projects"):
        assert f"| `{name}` |" in text
        missing = [c for c in reference.table(name).columns if f"`{c}`" not in text or c not in described()[name].columns]
        assert not missing, f"{name}: {missing}"


def variants(replications: int) -> dict[str, Scenario]:
    """Return the baseline with fewer and with more project managers, and with another seed and number of replications."""
    scenario = load_scenario(BASELINE, None, replications)

    def managers(factor: float) -> Scenario:
        scale = scenario.levers.managers_scale.model_copy(update={"value": factor})
        return scenario.model_copy(update={"levers": scenario.levers.model_copy(update={"managers_scale": scale})})

    other = scenario.model_copy(update={"seed": 7, "replications": replications + 3})
    return {"few": managers(0.8), "today": scenario, "many": managers(1.5), "other": other}


@pytest.fixture(scope="module")
def separate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """Each variant in a run of its own, with one worker."""
    folder = tmp_path_factory.mktemp("separate")
    return {name: run_experiment(scenario, workers=1, out=folder / name) for name, scenario in variants(12).items()}


@pytest.mark.full  # those that were interrupted have them in every test run
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_many_experiments_have_the_bits_of_separate_runs(workers: int, separate: dict[str, Results], tmp_path: Path) -> None:
    """One pool for all, of one, two and three processes: the digests and answers of separate runs, in the order asked."""
    seen: list[tuple[int, int]] = []
    found = run_experiments(variants(12), tmp_path, workers, chunk=5, progress=lambda done, total: seen.append((done, total)))
    assert list(found) == list(separate)
    for name, results in found.items():
        assert results.summary() == separate[name].summary(), name
        assert results.manifest["experiment"] == separate[name].manifest["experiment"], name
    assert len({results.manifest["digest"] for results in found.values()}) == 4
    assert seen == sorted(seen)
    assert (len(seen), seen[-1]) == (12, (51, 51))


@pytest.mark.parametrize("workers", [2, pytest.param(1, marks=pytest.mark.full)])
def test_many_experiments_that_are_interrupted_go_on(workers: int, separate: dict[str, Results], tmp_path: Path) -> None:
    """What was whole has its manifest; the same call computes only the chunks that are missing."""

    def stop(done: int, total: int) -> None:
        if (tmp_path / "few" / "manifest.json").exists() and done > 15:
            raise KeyboardInterrupt

    def written() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in tmp_path.glob("*/chunk-*[0-9]/*")}

    with pytest.raises(Interrupted, match="goes on from there") as stopped:
        run_experiments(variants(12), tmp_path, workers, chunk=3, progress=stop)
    assert stopped.value.folder == tmp_path
    assert Results(tmp_path / "few").summary() == separate["few"].summary()
    assert not (tmp_path / "other" / "manifest.json").exists()
    before = written()
    computed: list[int] = []
    found = run_experiments(variants(12), tmp_path, workers, chunk=3, progress=lambda done, _: computed.append(done))
    assert {path: time for path, time in written().items() if path in before} == before
    assert len(computed) == 17 - len([path for path in before if path.endswith("chunk.json")])
    assert {name: results.summary() for name, results in found.items()} == {name: r.summary() for name, r in separate.items()}


def test_a_model_is_built_when_its_turn_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only then; the tables of the region are read once for all that lay nothing over them."""
    told: list[str] = []
    used: Any = experiment
    load, build = used.load_region, used.task_of
    monkeypatch.setattr(experiment, "load_region", lambda *given: told.append("region") or load(*given))
    monkeypatch.setattr(experiment, "task_of", lambda *given: told.append("model") or build(*given))
    run_experiments(variants(2), tmp_path, 1, progress=lambda done, _: told.append(str(done)))
    assert told == ["region", "model", "2", "model", "4", "model", "6", "model", "11"]


def test_names_that_share_a_folder_are_refused(tmp_path: Path) -> None:
    """Also when only case or a dot tells them apart; nothing is computed."""
    scenario = load_scenario(BASELINE, None, 1)
    for other in ("Same", "same/", "x/../same"):
        with pytest.raises(InputError, match="would have the folder of 'same'"):
            run_experiments({"same": scenario, other: scenario}, tmp_path, 1)
    assert not list(tmp_path.iterdir())


def test_few_replications_are_left_to_one_process() -> None:
    """Unless somebody says how many; and no process has less than a chunk."""
    few = [(first, first + 19) for first in range(0, ALONE, 20)]
    assert processes(None, few) == 1
    assert processes(None, [*few, (ALONE, ALONE)]) == min(os.cpu_count() or 1, len(few) + 1)
    assert (processes(2, few), processes(2, few[:1]), processes(2, [])) == (2, 1, 1)
