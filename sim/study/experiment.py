"""An experiment: many replications of one scenario, in chunks that are kept, until enough are there; and the manifest of it all."""

import hashlib
import json
import platform
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.state import Model
from sim.inputs.errors import InputError
from sim.inputs.region import DATA, load_region
from sim.inputs.scenario import Scenario, load_scenario
from sim.rules.progress import most_required, requirements
from sim.study.chunk import Task, compute, task_of
from sim.study.cost import LONG, TRIAL, Budget
from sim.study.precision import Until
from sim.study.results import Results, combined_digest
from sim.study.store import (
    CHUNK,
    IDENTITY,
    MANIFEST,
    Range,
    StorageError,
    chunk_name,
    manifest_of,
    open_folder,
    plan,
    read_json,
    write_json,
)
from sim.study.workers import ClusterLost, computed, processes, written

CHUNK_SIZE, LARGE_CHUNK, FEW = 20, 80, 1_000  # replications in a chunk: large ones when more than a few are asked for
Report = Callable[[int, int], None]  # replications done, of how many


class Interrupted(Exception):
    """The user stopped, a file could not be written, or the cluster was lost; what is finished is kept, and the same command goes on."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(f"{why}; finished chunks are kept in {folder}, and the same command goes on from there")


def run_experiment(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    chunk: int | None = None,
    report: Report | None = None,
    data: Path = DATA,
    until: Until | None = None,
    cluster: str | None = None,
    budget: Budget | None = None,
) -> Results:
    """Run a scenario and return its results; goes on where an earlier run of the same experiment stopped.

    `workers`: processes (default: the machine's). `out`: folder (default: see `default_folder`). `chunk`: replications in a chunk. `until`: stop
    at the first of the fixed counts where an outcome is known as precisely as this; `replications` is then the most. `cluster`: address of a
    Dask scheduler, or "local". `budget`: time and disk that may be used. The results depend on scenario, data and seed only, and with `until`
    on that; never on workers, cluster or chunk. Raises InputError for bad input before anything is computed, OverBudget when it would take
    more than the budget, Interrupted on Ctrl-C, when the disk is full and when the cluster is lost.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, seed, replications)
    elif seed is not None or replications is not None:
        raise ValueError("a Scenario owns its seed and replications: load_scenario(path, seed, replications)")
    task = task_of(scenario, load_region(scenario, data))
    this = identity(task)
    folder = Path(out) if out is not None else default_folder(scenario, this, until)
    size = chunk or (CHUNK_SIZE if scenario.replications <= FEW else LARGE_CHUNK)
    try:
        open_folder(folder, this, scenario.replications, until.text if until else None)
        results = None
        for count in until.counts(scenario.replications) if until else [scenario.replications]:
            failed = _extend(task, folder, count, size, workers, cluster, report, budget)
            _write_manifest(folder, task, this, count, until, failed)
            results = Results(folder)
            if until is not None and until.reached(results):
                break
        assert results is not None
        return results
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    except (StorageError, ClusterLost) as error:
        raise Interrupted(folder, str(error)) from None


def _extend(
    task: Task,
    folder: Path,
    count: int,
    size: int,
    workers: int | None,
    cluster: str | None,
    report: Report | None,
    budget: Budget | None,
) -> dict[int, str]:
    """Compute and write what is missing of the first `count` replications; return those that failed, and why."""
    there, todo = plan(folder, count, size)
    done = sum(last - first + 1 for first, last in there)
    if budget is not None and count - done >= LONG:
        done += _tried(task, folder, todo, None if cluster not in (None, "local") else processes(workers, len(todo)), budget)
    failed: dict[int, str] = {}
    with closing(computed(task, todo, folder, workers, cluster)) as chunks:
        for facts in chunks:
            failed |= {int(number): why for number, why in facts["failed"].items()}
            done += facts["last"] - facts["first"] + 1
            if report is not None:
                report(done, count)
    return failed


def _tried(task: Task, folder: Path, todo: list[Range], cores: int | None, budget: Budget) -> int:
    """Take a few replications off `todo`, compute them to learn what one costs, and return how many. Raises OverBudget for all the others."""
    first, rest = todo.pop(0)
    last = min(first + TRIAL - 1, rest)  # a small chunk, as it is this process that computes it
    todo[:0] = [(last + 1, rest)] if last < rest else []
    compute(task, first, first)  # compiled, imported
    begin = time.perf_counter()
    tried = compute(task, first, last)
    spent = time.perf_counter() - begin
    written(tried, folder)
    size = sum(len(data) for file, data in tried.files.items() if file != "projects.parquet")
    number = last - first + 1
    budget.check(sum(last - first + 1 for first, last in todo), spent / number, size / number, cores, folder)
    return number


def identity(task: Task) -> dict[str, Any]:
    """Return what makes an experiment itself: scenario, seed, data, tables and the model's own source.

    Another number of replications is the same experiment.
    """
    content = task.scenario.model_dump(mode="json", exclude={"replications", "folder"})
    source = {"version": version("bso-sim"), "source": task.source, "tables": digest_of(task.model)}
    return {"scenario": content, "data": dict(task.region.files), **source}


def default_folder(scenario: Scenario, this: dict[str, Any], until: Until | None = None) -> Path:
    """Return results/<scenario>, or with eight digits of the experiment behind it when that folder holds another or a larger one."""
    folder = Path("results") / scenario.name
    try:
        held = read_json(folder / IDENTITY) if (folder / IDENTITY).exists() else None
        finished = manifest_of(folder)
        if until is None and held in (None, this) and (finished is None or finished["asked"] <= scenario.replications):
            return folder
    except InputError:
        pass  # damaged: left as it is
    text = json.dumps([this, until.text if until else scenario.replications], sort_keys=True)
    return folder.with_name(f"{scenario.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}")


def _write_manifest(
    folder: Path, task: Task, this: dict[str, Any], count: int, until: Until | None, failed: dict[int, str]
) -> None:
    """Write the manifest of the first `count` replications, and remove what was only half written."""
    scenario, model = task.scenario, task.model
    there, _ = plan(folder, count, count)
    chunks = {chunk_name(first, last): read_json(folder / chunk_name(first, last) / CHUNK) for first, last in there}
    digests = {int(k): v for chunk in chunks.values() for k, v in chunk["digests"].items()}
    failed = failed | {int(k): v for chunk in chunks.values() for k, v in chunk["failed"].items()}
    central = model.start[0]
    path = model.path[0]
    required, asked = [], np.zeros(model.levels.shape[1] + 1, np.int64)
    for r, row in enumerate(model.rhythm):
        law = (
            model.numerators[r],
            model.denominators[r],
            row["sib_numerator"],
            row["sib_denominator"],
            model.settings[0]["round_up"],
        )
        most = 0
        for m in range(len(central)):
            requirements(path[m], central["sib"][m], *law, asked)
            most += int(most_required(asked))
        required.append(most)
    content = {
        "scenario": scenario.name,
        "title": scenario.title,
        "title_nl": scenario.title_nl,
        "seed": scenario.seed,
        "asked": count,
        "replications": len(digests),
        "failed": len(failed),
        "failures": {str(k): v for k, v in sorted(failed.items())},
        "digest": combined_digest([digests[k] for k in sorted(digests)]),
        "objective": int(central["objective"].sum()),
        "start_year": scenario.start.year + 1,
        "end_year": scenario.end.year,
        "law": scenario.law.title,
        "required": {"year": [m.date.year for m in scenario.law.rhythm], "required": required},
        "estimated": "objective, SIB, stock, land and pipeline per municipality are estimates",
        "until": until.text if until else None,
        "sampling": scenario.sampling,
        "populations": len(model.start),
        "experiment": this,
        "chunks": {name: chunk["files"] for name, chunk in chunks.items()},
        "version": version("bso-sim"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scipy", "numba", "simpy", "pandas", "pyarrow")},
        "command": " ".join(sys.argv),
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    write_json(folder / MANIFEST, content)
    for half in folder.glob("*.part"):
        shutil.rmtree(half, ignore_errors=True)


def digest_of(model: Model) -> str:
    """Return the SHA-256 of the model's integer tables: quantiles, scores, thresholds, law."""
    total = hashlib.sha256()
    for array in model:
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
