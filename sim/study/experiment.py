"""An experiment: many replications of one scenario, on several processes, in chunks that are kept; the only place that starts workers."""

import hashlib
import json
import os
import platform
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import build_model, replicate, source_digest, test_years
from sim.engine.state import Model
from sim.inputs.region import DATA, Region, load_region
from sim.inputs.scenario import Scenario, load_scenario
from sim.rules.progress import most_required, requirements
from sim.study import reduce
from sim.study.results import Results, combined_digest
from sim.study.store import CHUNK, IDENTITY, MANIFEST, chunk_name, open_folder, read_json, replications_in, write_chunk, write_json

CHUNK_SIZE = 25
Report = Callable[[int, int], None]  # replications done, of how many


class Interrupted(Exception):
    """The user stopped, or a worker died; what is finished is kept in `folder`, and the same command goes on."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(f"{why}; finished chunks are kept in {folder}, and the same command goes on from there")


def run_experiment(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    chunk: int = CHUNK_SIZE,
    report: Report | None = None,
    data: Path = DATA,
) -> Results:
    """Run a scenario and return its results; goes on where an earlier run of the same experiment stopped.

    `workers`: processes (default: the machine's). `out`: folder (default: see `default_folder`). The results depend on scenario, data and
    seed only, never on workers or chunk. Raises InputError for bad input before anything is computed, Interrupted on Ctrl-C.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, seed, replications)
    elif seed is not None or replications is not None:
        raise ValueError("a Scenario owns its seed and replications: load_scenario(path, seed, replications)")
    region = load_region(scenario, data)
    model = build_model(scenario, region)
    this = identity(scenario, region, model)
    folder = Path(out) if out is not None else default_folder(scenario, this)
    open_folder(folder, this, scenario.replications)
    work = [(first, min(first + chunk, scenario.replications) - 1) for first in range(0, scenario.replications, chunk)]
    done = {
        name: read_json(folder / name / CHUNK)
        for first, last in work
        if (folder / (name := chunk_name(first, last)) / CHUNK).exists()
    }
    todo = [(first, last) for first, last in work if chunk_name(first, last) not in done]
    for first, last, content in _computed(model, scenario, region, folder, todo, workers):
        done[chunk_name(first, last)] = content
        if report is not None:
            report(sum(c["last"] - c["first"] + 1 for c in done.values()), scenario.replications)
    _write_manifest(folder, scenario, region, model, [done[chunk_name(first, last)] for first, last in work])
    return Results(folder)


def identity(scenario: Scenario, region: Region, model: Model) -> dict[str, Any]:
    """Return what makes an experiment itself: scenario, seed, data, tables and the model's own source.

    Another number of replications is the same experiment.
    """
    content = scenario.model_dump(mode="json", exclude={"replications", "folder"})
    source = {"version": version("bso-sim"), "source": source_digest(), "tables": digest_of(model)}
    return {"scenario": content, "data": dict(region.files), **source}


def default_folder(scenario: Scenario, this: dict[str, Any]) -> Path:
    """Return results/<scenario>, or with eight digits of the experiment behind it when that folder holds another or a larger one."""
    folder = Path("results") / scenario.name
    held = read_json(folder / IDENTITY) if (folder / IDENTITY).exists() else None
    if held in (None, this) and replications_in(folder) <= scenario.replications:
        return folder
    name = hashlib.sha256(json.dumps([this, scenario.replications], sort_keys=True).encode()).hexdigest()[:8]
    return folder.with_name(f"{scenario.name}-{name}")


def _computed(
    model: Model, scenario: Scenario, region: Region, folder: Path, todo: list[tuple[int, int]], workers: int | None
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Compute the chunks, here or in workers, and yield each as it is done."""
    count = min(workers or os.cpu_count() or 1, len(todo))
    if count <= 1:
        for first, last in todo:
            try:
                yield first, last, compute_chunk(model, scenario, region, folder, first, last)
            except KeyboardInterrupt:
                raise Interrupted(folder, "stopped") from None
        return
    others = {*active_children()}
    replicate(model, todo[0][0])  # compiles once, so that the workers find it in the cache
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_prepare, initargs=(model, scenario, region, folder)
    ) as pool:
        waiting: dict[Future[dict[str, Any]], tuple[int, int]] = {}
        chunks = iter(todo)
        try:
            with _interrupts_held_back():  # what Ctrl-C means is for this process to decide, from the workers' first moment on
                for first, last in islice(chunks, 2 * count):
                    waiting[pool.submit(_compute, first, last)] = first, last
            while waiting:
                for first, last, content in _finished(waiting):
                    yield first, last, content
                    for next_first, next_last in islice(chunks, 1):
                        waiting[pool.submit(_compute, next_first, next_last)] = next_first, next_last
        except KeyboardInterrupt:
            for worker in {*active_children()} - others:
                worker.kill()  # a chunk is whole or not there, so nothing is lost
            raise Interrupted(folder, "stopped") from None
        except BrokenProcessPool:
            raise Interrupted(folder, "a worker died (out of memory?)") from None


def _finished(waiting: dict[Future[dict[str, Any]], tuple[int, int]]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for future in list(wait(waiting, return_when=FIRST_COMPLETED).done):
        first, last = waiting.pop(future)
        yield first, last, future.result()


_own: dict[str, Any] = {}  # what a worker was given when it started


def _prepare(*given: Any) -> None:
    _own["given"] = given


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let processes started meanwhile inherit that Ctrl-C does not reach them; one that comes here waits until the end of the block.

    The mask is what they inherit; the handler is for a signal that another thread of this process takes: Python would still interrupt this
    one, in the middle of starting a worker that nobody would then know of.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():  # Windows, a notebook
        yield
        return
    came = []
    handler = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt


def _compute(first: int, last: int) -> dict[str, Any]:
    model, scenario, region, folder = _own["given"]
    return compute_chunk(model, scenario, region, folder, first, last)


def compute_chunk(model: Model, scenario: Scenario, region: Region, folder: Path, first: int, last: int) -> dict[str, Any]:
    """Run the replications first..last, write their tables and return the chunk's facts.

    A replication that fails is counted, with its error.
    """
    histories, failed = [], {}
    for number in range(first, last + 1):
        try:
            histories.append(replicate(model, number))
        except Exception:
            failed[str(number)] = traceback.format_exc(limit=-3)
    tests = test_years(scenario)
    frames = reduce.tables(histories, region, scenario.start.year + 1, tests, scenario.outcomes.histories) if histories else {}
    digests = {str(h.replication): reduce.digest(h) for h in histories}
    return write_chunk(
        folder, chunk_name(first, last), frames, {"first": first, "last": last, "digests": digests, "failed": failed}
    )


def _write_manifest(folder: Path, scenario: Scenario, region: Region, model: Model, chunks: list[dict[str, Any]]) -> None:
    digests = {int(k): v for chunk in chunks for k, v in chunk["digests"].items()}
    failed = {int(k): v for chunk in chunks for k, v in chunk["failed"].items()}
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
        "experiment": identity(scenario, region, model),
        "chunks": {chunk_name(c["first"], c["last"]): c["files"] for c in chunks},
        "version": version("bso-sim"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scipy", "numba", "simpy", "pandas", "pyarrow")},
        "command": " ".join(sys.argv),
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    write_json(folder / MANIFEST, content)


def digest_of(model: Model) -> str:
    """Return the SHA-256 of the model's integer tables: quantiles, scores, thresholds, law."""
    total = hashlib.sha256()
    for array in model:
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
