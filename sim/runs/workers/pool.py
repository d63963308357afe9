"""Who computes the chunks: this process, worker processes that are replaced when they die, or a cluster. The only place that starts workers."""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from functools import lru_cache, partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sim.engine import replicate
from sim.inputs.errors import CannotGoOn, InputError
from sim.runs import chunk
from sim.runs.chunk import COMPILED, Facts, Task
from sim.runs.disk.reading import chunk_facts
from sim.runs.disk.store import CHUNK, Range, chunk_name, not_written
from sim.runs.job import Job
from sim.runs.source import replaced
from sim.runs.workers.cluster import on_cluster
from sim.runs.workers.handing import AHEAD, Piece, handed_out, pieces_of, signal_shielded, written

ALONE = 600  # replications that this process computes before others would have started and done them
DRAWN_ALONE = 100  # the same where each has tables of its own
TRIES = 3  # how often a chunk is tried again, alone, after the worker that had it died
TASKS = 3  # of what is given to workers by a file, how much one keeps in memory: of many jobs, those under way
Given = TypeVar("Given")
Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerKilled(CannotGoOn):
    """A worker process was killed. What was finished is kept."""


def computed(jobs: Sequence[Job], workers: int | None, cluster: str | None) -> Generator[tuple[Job, Facts]]:
    """Compute the chunks that the jobs lack, and write them; yield the facts of each as it is done. Closing the iterator stops the workers.

    A job's task is asked for when its first chunk is handed out. `workers`: see `processes`. `cluster`: the address of a Dask scheduler, or
    "local" for one on this machine. Raises StorageError when a chunk cannot be written, InputError when the cluster cannot be reached or has
    another version of the model, ClusterLost when it went away, and what a job raises that cannot give its task.
    """
    lacking = [job for job in jobs if job.ranges]
    if not lacking:
        return
    count = processes(workers, [of_job for job in lacking for of_job in job.ranges], alone(lacking[0].task))
    if cluster is not None:
        if names := ", ".join(replaced()):
            raise InputError("--cluster", cluster, f"{names} was replaced in this process, and a cluster's workers read the source")
        source = on_cluster(lacking, cluster, count)
    else:
        source = _here(lacking) if count == 1 else _in_processes(lacking, count)
    with closing(source) as chunks:
        for job, facts in chunks:
            job.done(facts)
            yield job, facts


def each(function: Callable[[Item], Result], items: Sequence[Item], workers: int | None) -> Generator[tuple[Item, Result]]:
    """Apply a function of a module to every item in worker processes, in this one when one is enough; yield each with its result when done.

    What goes to and from a worker is to be small. Closing the iterator stops the workers. Raises WorkerKilled, and what the function raises.
    """
    count = _useful(workers, items)
    if count == 1:
        yield from ((item, function(item)) for item in items)
        return
    try:
        with _pool(count) as pool:
            with signal_shielded():
                out = {pool.submit(function, item): item for item in items}
            for future in as_completed(out):
                yield out[future], future.result()
    except BrokenProcessPool:
        raise WorkerKilled("a worker was killed (out of memory?)") from None


def pieces(
    function: Callable[[Given, Item], Result], given: Given, items: Sequence[Item], workers: int | None
) -> Generator[tuple[Item, Result]]:
    """Apply a function of a module to what all share and each item, as `each` does. It is to keep what it finds on disk, so that the same work,
    stopped and begun again, asks for the items that are lacking only (see `experiment.kept_in`).

    Raises StorageError when there is no room for what is given, and what `each` raises.
    """
    if _useful(workers, items) == 1:
        yield from each(partial(function, given), items, 1)
        return
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        path = Path(temporary) / "given"
        put_down(path, given)
        with closing(each(partial(_with_given, function, path), items, workers)) as finished:
            yield from finished


def _refuse_none(workers: int | None) -> None:
    if workers is not None and workers < 1:
        raise InputError("workers", "", f"found {workers}; a number above 0 is allowed")


def _useful(workers: int | None, items: Sequence[Item]) -> int:
    _refuse_none(workers)
    count = max(1, min(workers or os.cpu_count() or 1, len(items)))
    return 1 if replaced() or count == 1 else count


def _with_given(function: Callable[[Given, Item], Result], given: Path, item: Item) -> Result:
    return function(taken(given), item)


def put_down(path: Path, given: object) -> None:
    """Write what workers are to take up, as they are told no more than where it lies. Raises StorageError."""
    content = pickle.dumps(given)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise not_written(path, len(content), error) from None


@lru_cache(TASKS)
def taken(path: Path) -> Any:
    """Return what was put down, read once by every process."""
    return pickle.loads(path.read_bytes())


def alone(task: Task) -> int:
    """Return how many replications of a task one process computes before others would only just have started."""
    if task.engine != COMPILED:
        return 0
    return ALONE if task.futures.sets is None else DRAWN_ALONE


def processes(workers: int | None, ranges: Collection[Range], alone: int = ALONE) -> int:
    """Return how many processes compute these chunks here: `workers`, or those of the machine; but none has less than a chunk to do.

    When nobody says how many, up to `alone` replications are left to one process; so is all where something of the source was replaced, as
    other processes read the source.
    """
    _refuse_none(workers)
    if replaced():
        return 1
    if workers is None:
        few = sum(last - first + 1 for first, last in ranges) <= alone
        workers = 1 if few else os.cpu_count() or 1
    return min(workers, max(len(ranges), 1))


def _here(jobs: Sequence[Job]) -> Generator[tuple[Job, Facts]]:
    for job in jobs:
        for first, last in job.begun():
            yield job, written(chunk.compute(job.task, first, last), job.folder)


def _in_processes(jobs: Sequence[Job], count: int) -> Generator[tuple[Job, Facts]]:
    """Compute in worker processes.

    What goes to and from a worker is small, as a process that is killed in the middle of a message leaves the other waiting for ever: the task
    comes from a file, the chunk goes to its own.
    """
    task = jobs[0].task
    if task.engine == COMPILED:
        with suppress(Exception):  # whoever computes it will say so
            replicate(task.model, jobs[0].ranges[0][0])  # compiles once, so that the workers find it in the cache
    with TemporaryDirectory(prefix="bso-sim-") as temporary:

        def give(job: Job) -> Path:
            given = Path(temporary) / f"task-{jobs.index(job)}"
            put_down(given, (job.task, job.folder))
            return given

        with closing(_replaced(pieces_of(jobs, give), count)) as done:
            for piece, facts in done:
                yield piece.job, facts
                if not piece.job.ranges:
                    piece.given.unlink()  # of many tasks, only those under way take room


def _replaced(todo: Iterator[Piece], count: int) -> Generator[tuple[Piece, Facts]]:
    """Compute in a pool. When a worker is killed, all chunks that were out are tried again alone, so that the one to blame is known."""
    while True:
        out: dict[Piece, Future[Facts]] = {}
        try:
            with _pool(count) as pool:
                yield from handed_out(pool, _compute, todo, out, lambda: AHEAD * count)
            return
        except BrokenProcessPool:
            for piece, future in out.items():
                whole = future.done() and future.exception() is None
                yield piece, future.result() if whole else _alone(piece)


def _alone(piece: Piece) -> Facts:
    """Compute a chunk in a process of its own, again when that is killed; after TRIES times its replications have failed."""
    name, folder = chunk_name(piece.first, piece.last), piece.job.folder
    for _ in range(TRIES):
        if (folder / name / CHUNK).exists():  # its worker was killed when it had just written it
            break
        try:
            with _pool(1) as pool:
                with signal_shielded():
                    future = pool.submit(_compute, piece.given, piece.first, piece.last)
                return future.result()
        except BrokenProcessPool:
            pass
    if (folder / name / CHUNK).exists():
        return chunk_facts(folder, name, piece.job.task.experiment)
    return chunk.lost(piece.first, piece.last, f"the worker was killed {TRIES + 1} times (out of memory?)")


@contextmanager
def _pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes; whatever goes wrong, none of them is left behind."""
    others = {*active_children()}
    pool = open_pool(count)
    try:
        yield pool
    except BaseException:
        for worker in {*active_children()} - others:
            worker.kill()  # a chunk is whole or not there, so nothing is lost
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def open_pool(count: int) -> ProcessPoolExecutor:
    """Return a pool of processes, which end with this one. Whoever opens it shuts it down."""
    return ProcessPoolExecutor(count, mp_context=_context(), initializer=_prepare)


def _context() -> BaseContext:
    """Return how workers start: on Linux as copies of one process that has imported everything once, elsewhere each from nothing."""
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _prepare() -> None:
    """Have this worker end when the run that started it is killed: nobody else would end it."""
    parent = parent_process()
    assert parent is not None

    def leave() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()


def _compute(given: Path, first: int, last: int) -> Facts:
    task, folder = taken(given)
    return written(chunk.compute(task, first, last), folder)
