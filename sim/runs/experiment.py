"""Experiments: many replications of a scenario, or of several, in chunks that are kept, until enough are there."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache, partial
from pathlib import Path

from sim.inputs.errors import FAILED, STOPPED, CannotGoOn, InputError
from sim.inputs.region.load import DATA, load_region, refuse_unknown_places
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs.chunk import COMPILED, Task, compute, task_of
from sim.runs.cost import LONG, TRIAL, Budget
from sim.runs.disk.folders import Taken
from sim.runs.disk.store import IDENTITY, StorageError, manifest_of, read_json
from sim.runs.job import Job, identity
from sim.runs.outcomes import Until
from sim.runs.own_rules import in_place
from sim.runs.results import Results
from sim.runs.source import looked_at_once
from sim.runs.workers.handing import ClusterLost, written
from sim.runs.workers.pool import WorkerKilled, alone, computed, processes

CHUNK_SIZE, LARGE_CHUNK, FEW = 20, 80, 1_000  # replications in a chunk: large ones when more than a few are asked for
REGIONS = 8  # that a process keeps: most scenarios lay nothing of their own over the one there is
MOMENT = 0.5  # seconds in which a run that has just taken a folder says there what it is
Progress = Callable[[int, int], None]  # replications done, of how many


class Interrupted(CannotGoOn):
    """The user stopped, a file could not be written, or who computed was lost; what is finished is kept, and the same command goes on."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        self.exit_code = STOPPED if why == "stopped" else FAILED
        found = (path for path in folder.rglob("*.json") if path.name != IDENTITY)
        kept = any(
            path.parent != folder or path.name[0].isdigit() for path in found
        )  # chunks or pieces: at the top stands what it is of
        super().__init__(f"{why}; what is finished is kept in {folder}, and the same command goes on from there" if kept else why)


def run_experiment(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    data: Path = DATA,
    until: Until | None = None,
    cluster: str | None = None,
    budget: Budget | None = None,
    engine: str = COMPILED,
) -> Results:
    """Run a scenario and return its results; goes on where an earlier run of the same experiment stopped.

    `workers`: processes (default: the machine's, one for few replications). `out`: folder (default: see `default_folder`). `chunk`:
    replications in a chunk. `until`: stop at the first of the fixed counts where an outcome is known as precisely as this; `replications` is
    then the most. `cluster`: address of a Dask scheduler, or "local". `budget`: time and disk that may be used. `engine`: "compiled", or
    "plain" for `sim.model`. The results depend on scenario, data and seed only, and with `until` on that; never on workers, cluster, chunk or
    engine. Raises InputError for bad input before anything is computed, OverBudget when it would take more than the budget, Interrupted on
    Ctrl-C, when the disk is full and when the cluster is lost.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, seed, replications)
    elif seed is not None or replications is not None:
        raise ValueError("a Scenario owns its seed and replications: load_scenario(path, seed, replications)")
    with (
        in_place(),
        looked_at_once(),
        closing(_begun(task_of(scenario, load_region(scenario, data), engine), out, until)) as job,
        kept_in(job.folder),
    ):
        for count in until.counts(job.most) if until else [job.most]:
            job.ask(count, chunk or _chunk_size(job.most))
            _complete([job], workers, progress, cluster, budget)
            results = Results(job.folder)
            if until is not None and until.reached(results):
                break
    return results


def _begun(task: Task, out: str | Path | None, until: Until | None) -> Job:
    """Return the job of a task, its folder held: the one asked for; or the default one, of which another run may be quicker to make its own."""
    while True:
        folder = Path(out) if out is not None else default_folder(task, until)
        job = Job(folder, task.scenario.replications, lambda: task, until.text if until else None)
        try:
            job.begun()
            return job
        except Taken:
            if out is not None:
                raise
            time.sleep(MOMENT)
            if default_folder(task, until) == folder:
                raise


def run_experiments(
    variants: Mapping[str, Scenario],
    folder: str | Path,
    workers: int | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    data: Path = DATA,
    cluster: str | None = None,
    budget: Budget | None = None,
) -> dict[str, Results]:
    """Run scenarios, each in a folder of its own name below `folder`, all by the same workers; return their results in the order given.

    Options and errors are those of `run_experiment`; `progress` and `budget` are about all together. Every experiment has its manifest as soon
    as it is whole. Raises InputError for names that share a folder, before anything is computed; what is wrong with a variant's own tables or
    folder is found when it is its turn.
    """
    folder = Path(folder)
    _refuse_shared(folder, variants)
    jobs, regions = [], dict[object, Region]()
    for name, scenario in variants.items():
        job = Job(folder / name, scenario.replications, partial(prepared, scenario, data, regions))
        job.ask(job.most, chunk or _chunk_size(job.most))
        jobs.append(job)
    with in_place(), looked_at_once(), kept_in(folder), ExitStack() as held:
        for job in jobs:
            held.callback(job.close)
        _complete(jobs, workers, progress, cluster, budget)
    return {name: Results(folder / name) for name in variants}


def _chunk_size(replications: int) -> int:
    return CHUNK_SIZE if replications <= FEW else LARGE_CHUNK


def prepared(scenario: Scenario, data: Path, regions: dict[object, Region], engine: str = COMPILED) -> Task:
    """Return the task of a scenario. `regions`: those read so far, see `region_among`."""
    return task_of(scenario, region_among(scenario, data, regions), engine)


def prepared_here(scenario: Scenario, engine: str = COMPILED) -> Task:
    """Return the task of a scenario, for those that come one after the other: the process keeps the regions that it has read."""
    return task_of(scenario, region_here(scenario), engine)


def region_here(scenario: Scenario) -> Region:
    """Return the region of a scenario, from those that the process keeps where it lays nothing of its own over one."""
    if len(_regions()) > REGIONS:
        _regions().clear()
    return region_among(scenario, DATA, _regions())


@cache
def _regions() -> dict[object, Region]:
    """Return the regions that the process keeps."""
    return {}


def region_among(scenario: Scenario, data: Path, regions: dict[object, Region]) -> Region:
    """Return the region of a scenario. `regions`: those read so far, one for all scenarios that lay nothing of their own over it."""
    if scenario.changes_region:
        return load_region(scenario, data)
    key = (scenario.start, scenario.law.values.objective.value, scenario.law.values.ceiling.value)
    if key in regions:
        refuse_unknown_places(scenario, regions[key])
    else:
        regions[key] = load_region(scenario, data)
    return regions[key]


def _refuse_shared(folder: Path, names: Mapping[str, Scenario]) -> None:
    places: dict[str, str] = {}
    for name in names:
        other = places.setdefault(str((folder / name).resolve()).casefold(), name)  # case is the same to some disks
        if other != name:
            raise InputError(folder, name, f"would have the folder of {other!r}; another name is needed")


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Say where everything finished is kept when the block ends early. Raises Interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(folder, "stopped") from None
    except (StorageError, ClusterLost, WorkerKilled) as error:
        raise Interrupted(folder, str(error)) from None


def _complete(
    jobs: Sequence[Job], workers: int | None, progress: Progress | None, cluster: str | None, budget: Budget | None
) -> None:
    """Compute and write what the jobs lack, and finish each as soon as it lacks nothing. Raises OverBudget and what `computed` raises."""
    if budget is not None and sum(job.left for job in jobs) >= LONG:
        _try(jobs, workers, cluster, budget)
    total = sum(job.count for job in jobs)
    done = total - sum(job.left for job in jobs)
    for job in jobs:
        if not job.ranges:
            job.finish()
    with closing(computed(jobs, workers, cluster)) as chunks:
        for job, facts in chunks:
            done += facts["last"] - facts["first"] + 1
            if progress is not None:
                progress(done, total)
            if not job.ranges:
                job.finish()
    for job in jobs:
        if not job.whole:  # somebody else had written what it lacked
            job.finish()


def _try(jobs: Sequence[Job], workers: int | None, cluster: str | None, budget: Budget) -> None:
    """Compute the first few missing replications to learn what one costs. Raises OverBudget for all the others."""
    job = next(job for job in jobs if job.ranges)
    lacking = job.begun()
    if not lacking:
        return
    (first, end), *others = lacking
    last = min(first + TRIAL - 1, end)  # a small chunk, as it is this process that computes it
    job.ranges = [(first, last), *([(last + 1, end)] if last < end else []), *others]
    compute(job.task, first, first)  # compiled, imported
    begin = time.perf_counter()
    tried = compute(job.task, first, last)
    spent = time.perf_counter() - begin
    job.done(written(tried, job.folder))
    number = last - first + 1
    size = sum(len(data) for file, data in tried.files.items() if file != "projects.parquet")
    cores = None if cluster not in (None, "local") else processes(workers, [r for job in jobs for r in job.ranges], alone(job.task))
    budget.check(sum(job.left for job in jobs), spent / number, size / number, cores, job.folder)


def default_folder(task: Task, until: Until | None = None) -> Path:
    """Return results/<scenario>, or with eight digits of the experiment behind it when that folder holds another or a larger one.

    The plain model has folders of its own, named by its source too: who changes it there finds no results from before.
    """
    scenario, this = task.scenario, identity(task)
    folder = Path("results") / (f"{scenario.name}-plain-{task.plain[:8]}" if task.plain else scenario.name)
    try:
        held = read_json(folder / IDENTITY) if (folder / IDENTITY).exists() else None
        finished = manifest_of(folder)
        if until is None and held in (None, this) and (finished is None or finished["asked"] <= scenario.replications):
            return folder
    except InputError:
        pass  # damaged: left as it is
    text = json.dumps([this, until.text if until else scenario.replications], sort_keys=True)
    return folder.with_name(f"{folder.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}")
