"""Who computes the chunks: this process, worker processes that are replaced when they die, or a cluster. The only place that starts workers."""

import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sim.engine import replicate
from sim.inputs.errors import CannotGoOn, InputError
from sim.runs import chunk
from sim.runs.chunk import COMPILED, Chunk, Facts, Task
from sim.runs.job import Job
from sim.runs.reading import chunk_facts
from sim.runs.source import replaced
from sim.runs.store import CHUNK, Range, chunk_name, not_written, write_chunk

ALONE = 600  # replications that this process computes before others would have started and done them
DRAWN_ALONE = 100  # the same where each has tables of its own
TRIES = 3  # how often a chunk is tried again, alone, after the worker that had it died
AHEAD = 2  # chunks handed out per worker, so that none waits for the next
TASKS = 3  # of what is given to workers by a file, how much one keeps in memory: of many jobs, those under way
CONNECT = 30  # seconds to find a scheduler and a worker
QUIET = 60  # seconds without a chunk after which a cluster is asked who does not answer
PING = 10  # seconds for a scheduler to answer
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAUSE = 0.2  # seconds between two looks for a worker
Given = TypeVar("Given")
Item = TypeVar("Item")
Result = TypeVar("Result")


class ClusterLost(CannotGoOn):
    """The scheduler of a cluster went away. What was finished is kept."""


class WorkerKilled(CannotGoOn):
    """A worker process was killed. What was finished is kept."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A chunk to hand out. `given`: where a worker finds the job's task."""

    job: Job
    given: Any
    first: int
    last: int


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
        source = _on_cluster(lacking, cluster, count)
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


def _useful(workers: int | None, items: Sequence[Item]) -> int:
    return 1 if replaced() else max(1, min(workers or os.cpu_count() or 1, len(items)))


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
    if replaced():
        return 1
    if workers is None:
        few = sum(last - first + 1 for first, last in ranges) <= alone
        workers = 1 if few else os.cpu_count() or 1
    return min(workers, max(len(ranges), 1))


def written(done: Chunk, folder: Path) -> Facts:
    """Write a chunk and return its facts. Raises StorageError."""
    write_chunk(folder, chunk_name(done.facts["first"], done.facts["last"]), done.files, done.facts)
    return done.facts


def _here(jobs: Sequence[Job]) -> Generator[tuple[Job, Facts]]:
    for job in jobs:
        for first, last in job.begun():
            yield job, written(chunk.compute(job.task, first, last), job.folder)


def _pieces(jobs: Sequence[Job], give: Callable[[Job], Any]) -> Iterator[Piece]:
    """Yield the chunks of all jobs. A job is given away when its first chunk is asked for: workers compute while the next is prepared."""
    for job in jobs:
        lacking, given = job.begun(), give(job)
        for first, last in lacking:
            yield Piece(job, given, first, last)


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

        with closing(_replaced(_pieces(jobs, give), count)) as done:
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
                yield from _handed_out(pool, _compute, todo, out, lambda: AHEAD * count)
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


def _handed_out(
    executor: Executor,
    function: Callable[..., Result],
    todo: Iterator[Piece],
    out: dict[Piece, Future[Result]],
    most: Callable[[], int],
    quiet: Callable[[], None] = lambda: None,
) -> Generator[tuple[Piece, Result]]:
    """Hand out the chunks to an executor, at most so many at a time, and yield each as it is done. `out`: those handed out.

    `most` is asked again and again, as a cluster's workers come and go; `quiet` is called after every QUIET seconds in which no chunk was
    done. Raises ClusterLost when there has been no worker for CONNECT seconds.
    """
    seen = heard = time.monotonic()  # a worker; a chunk
    while True:
        room = most() - len(out)
        for piece in islice(todo, max(room, 0)):
            out[piece] = Future()  # an executor that breaks just now has had it
            with signal_shielded():  # what Ctrl-C means is for this process to decide, from a worker's first moment on
                out[piece] = executor.submit(function, piece.given, piece.first, piece.last)
        if not out and room > 0:
            return
        done = wait(out.values(), min(CONNECT, QUIET), FIRST_COMPLETED).done if out else set()
        if done:
            heard = time.monotonic()
        elif time.monotonic() - heard >= QUIET:
            quiet()
            heard = time.monotonic()
        if done or most():
            seen = time.monotonic()
        elif time.monotonic() - seen >= CONNECT:
            raise ClusterLost(f"no worker is left after {CONNECT} seconds")
        elif not out:
            time.sleep(PAUSE)  # until one comes
        for piece in [piece for piece, future in out.items() if future in done]:
            result = out[piece].result()
            del out[piece]
            yield piece, result


@contextmanager
def _pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes; whatever goes wrong, none of them is left behind."""
    others = {*active_children()}
    pool = ProcessPoolExecutor(count, mp_context=_context(), initializer=_prepare)
    try:
        yield pool
    except BaseException:
        for worker in {*active_children()} - others:
            worker.kill()  # a chunk is whole or not there, so nothing is lost
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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


def _same(task: Task) -> Task:
    return task


def _on_cluster(jobs: Sequence[Job], address: str, count: int) -> Generator[tuple[Job, Facts]]:
    """Compute on the workers of a Dask scheduler; "local" starts one here with `count` processes. Its own rule for lost workers holds."""
    with _client_of(address, count) as (client, killed):
        executor = client.get_executor(pure=False)
        # not scattered: a task is made again when the worker that has it is lost
        todo = _pieces(jobs, lambda job: client.submit(_same, job.task))
        out: dict[Piece, Future[Chunk]] = {}

        threads = 0

        def most() -> int:
            nonlocal threads
            with suppress(TimeoutError):  # a scheduler that does not answer: as many as it had
                threads = sum(client.sync(client.scheduler.ncores, callback_timeout=PING).values())
            return AHEAD * threads

        def quiet() -> None:
            if silent := _silent(client):
                go_on = "Ctrl-C stops, and the same command goes on from there"
                print(f"no chunk has come from the cluster at {address} for {QUIET} seconds: {silent}; {go_on}", file=sys.stderr)

        while True:
            try:
                for piece, done in _handed_out(executor, chunk.compute, todo, out, most, quiet):
                    yield piece.job, written(done, piece.job.folder)  # here, so that the cluster needs no disk of ours
                return
            except killed:
                for piece in [piece for piece, future in out.items() if future.done() and isinstance(future.exception(), killed)]:
                    del out[piece]
                    yield piece.job, chunk.lost(piece.first, piece.last, "the workers that had it were killed (out of memory?)")
            except (CancelledError, OSError) as error:
                raise ClusterLost(f"the cluster at {address} was lost ({type(error).__name__})") from None
            except chunk.OtherVersion as error:
                raise InputError("--cluster", address, str(error)) from None


def _silent(client: Any) -> str:
    """Return in words who of a cluster does not answer; nothing when all do."""
    try:
        workers = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=PING)["workers"]
    except TimeoutError:
        return f"its scheduler does not answer within {PING} seconds"
    late = sorted(name for name, worker in workers.items() if time.time() - worker["last_seen"] >= QUIET / 2)
    return f"nothing is heard of {', '.join(late)}" if late else ""


def _warn_of_tcp(address: str) -> None:
    """Say what a scheduler without TLS means where others can reach it."""
    host = address.removeprefix("tcp://").rpartition(":")[0]
    if address != "local" and not address.startswith("tls://") and host not in LOOPBACK:
        print(
            f"{address} has neither password nor encryption: whoever reaches it runs code on its workers (SECURITY.md)",
            file=sys.stderr,
        )


@contextmanager
def _client_of(address: str, count: int) -> Iterator[tuple[Any, type[Exception]]]:
    """Open a client of a Dask scheduler that has a worker; with it comes the error of a chunk whose workers were killed.

    `address`: tls://HOST:PORT, tcp://HOST:PORT, or "local" for one here with `count` processes. Dask is imported only here, when somebody asks
    for it. Raises InputError when nobody answers, there is no worker after CONNECT seconds, or Dask is not installed.
    """
    try:
        dask: Any = import_module("distributed")
    except ImportError:
        problem = 'needs the extra "cluster": pip install --constraint constraints.txt -e ".[cluster]"'
        raise InputError("--cluster", "", problem) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said once, by us
    _warn_of_tcp(address)
    with ExitStack() as opened:
        scheduler: Any = address
        if address == "local":
            with signal_shielded():
                options = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.CRITICAL}
                scheduler = dask.LocalCluster(n_workers=count, **options)
            opened.callback(scheduler.close)
        try:
            client = opened.enter_context(dask.Client(scheduler, timeout=CONNECT))
        except Exception as error:  # whatever a library of many transports raises for an address
            problem = f"no Dask scheduler answers there ({error or type(error).__name__}); tls://HOST:PORT, tcp://HOST:PORT or local is allowed"
            raise InputError("--cluster", address, problem) from None
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except OSError:
            raise InputError("--cluster", address, f"the scheduler has no worker after {CONNECT:g} seconds") from None
        yield client, dask.KilledWorker


@contextmanager
def signal_shielded() -> Iterator[None]:
    """Start workers: without Ctrl-C, and without the user's script, which they would run once more if it has no guard against that.

    They inherit the mask, so that Ctrl-C does not reach them. The handlers are for a signal that another thread of this process takes, and for
    others that would end it: Python would still interrupt this one, in the middle of starting a worker that nobody would then know of; they
    wait until the end of the block.
    """
    main, came = sys.modules["__main__"], list[int]()
    hidden: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__}
    with ExitStack() as afterwards:
        afterwards.callback(main.__dict__.update, hidden)
        main.__spec__ = None
        # neither on Windows nor in a thread of a notebook
        if hasattr(signal, "pthread_sigmask") and threading.current_thread() is threading.main_thread():
            for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(handler := signal.getsignal(ending)):
                    signal.signal(ending, lambda number, _: came.append(number))
                    afterwards.callback(signal.signal, ending, handler)
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            afterwards.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)
        yield
    if came:
        signal.raise_signal(came[0])
