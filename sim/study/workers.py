"""Who computes the chunks: this process, worker processes that are replaced when they die, or a cluster. The only place that starts workers."""

import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sim.engine import replicate
from sim.inputs.errors import InputError
from sim.study import chunk
from sim.study.chunk import Chunk, Facts, Task
from sim.study.store import CHUNK, Range, chunk_name, not_written, read_json, write_chunk

TRIES = 3  # how often a chunk is tried again, alone, after the worker that had it died
AHEAD = 2  # chunks handed out per worker, so that none waits for the next
CONNECT = 30  # seconds to find a scheduler and a worker
PAUSE = 0.2  # seconds between two looks for a worker
Result = TypeVar("Result")


class ClusterLost(Exception):
    """The scheduler of a cluster went away. What was finished is kept."""


def computed(task: Task, ranges: Iterable[Range], folder: Path, workers: int | None, cluster: str | None) -> Generator[Facts]:
    """Compute the chunks, write them in `folder`, and yield the facts of each as it is done. Closing the iterator stops the workers.

    `workers`: processes here (default: the machine's). `cluster`: the address of a Dask scheduler, or "local" for one on this machine.
    Raises StorageError when a chunk cannot be written, InputError when the cluster cannot be reached or has another version of the model,
    ClusterLost when it went away.
    """
    todo = deque(ranges)
    if not todo:
        return
    count = processes(workers, len(todo))
    if cluster is not None:
        yield from _on_cluster(task, todo, folder, cluster, count)
    elif count == 1:
        for first, last in todo:
            yield written(chunk.compute(task, first, last), folder)
    else:
        with suppress(Exception):  # whoever computes it will say so
            replicate(task.model, todo[0][0])  # compiles once, so that the workers find it in the cache
        yield from _in_processes(task, todo, folder, count)


def processes(workers: int | None, chunks: int) -> int:
    """Return how many processes compute so many chunks here. `workers`: how many may (default: the machine's)."""
    return min(workers or os.cpu_count() or 1, max(chunks, 1))


def written(done: Chunk, folder: Path) -> Facts:
    """Write a chunk and return its facts. Raises StorageError."""
    write_chunk(folder, chunk_name(done.facts["first"], done.facts["last"]), done.files, done.facts)
    return done.facts


def _in_processes(task: Task, todo: deque[Range], folder: Path, count: int) -> Generator[Facts]:
    """Compute in worker processes. When one is killed, all chunks that were out are tried again alone, so that the one to blame is known.

    What goes to and from a worker is small, as a process that is killed in the middle of a message leaves the other waiting for ever: the task
    comes from a file, the chunk goes to its own.
    """
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        given, content = Path(temporary) / "task", pickle.dumps((task, folder))
        try:
            given.write_bytes(content)
        except OSError as error:
            raise not_written(given, len(content), error) from None
        while todo:
            out: dict[Future[Facts], Range] = {}
            try:
                with _pool(given, count) as pool:
                    yield from _handed_out(pool, _compute, (), todo, out, lambda: AHEAD * count)
            except BrokenProcessPool:
                for future, (first, last) in sorted(out.items(), key=lambda item: item[1]):
                    whole = future.done() and future.exception() is None
                    yield future.result() if whole else _alone(given, folder, first, last)


def there(folder: Path, first: int, last: int) -> bool:
    """Return whether a chunk has been written."""
    return (folder / chunk_name(first, last) / CHUNK).exists()


def _alone(given: Path, folder: Path, first: int, last: int) -> Facts:
    """Compute a chunk in a process of its own, again when that is killed; after TRIES times its replications have failed."""
    for _ in range(TRIES):
        if there(folder, first, last):  # its worker was killed when it had just written it
            break
        try:
            with _pool(given, 1) as pool:
                with _undisturbed():
                    future = pool.submit(_compute, first, last)
                return future.result()
        except BrokenProcessPool:
            pass
    if there(folder, first, last):
        return read_json(folder / chunk_name(first, last) / CHUNK)
    return chunk.lost(first, last, f"the worker was killed {TRIES + 1} times (out of memory?)")


def _handed_out(
    executor: Executor,
    function: Callable[..., Result],
    given: tuple[Any, ...],
    todo: deque[Range],
    out: dict[Future[Result], Range],
    most: Callable[[], int],
) -> Generator[Result]:
    """Hand out the chunks to an executor, at most so many at a time, and yield each as it is done. `out`: those handed out.

    `most` is asked again and again, as a cluster's workers come and go. Raises ClusterLost when there has been none for CONNECT seconds.
    """
    seen = time.monotonic()  # a worker
    while todo or out:
        with _undisturbed():  # what Ctrl-C means is for this process to decide, from a worker's first moment on
            while todo and len(out) < most():
                first, last = todo[0]
                out[executor.submit(function, *given, first, last)] = first, last
                todo.popleft()
        done = wait(out, CONNECT, FIRST_COMPLETED).done if out else set()
        if done or most():
            seen = time.monotonic()
        elif time.monotonic() - seen >= CONNECT:
            raise ClusterLost(f"no worker is left after {CONNECT} seconds")
        elif not out:
            time.sleep(PAUSE)  # until one comes
        for future in done:
            result = future.result()
            out.pop(future)
            yield result


@contextmanager
def _pool(given: Path, count: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes that hold the task; whatever goes wrong, none of them is left behind."""
    others = {*active_children()}
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_prepare, initargs=(given,))
    try:
        yield pool
    except BaseException:
        for worker in {*active_children()} - others:
            worker.kill()  # a chunk is whole or not there, so nothing is lost
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_own: dict[str, Any] = {}  # what a worker was given when it started


def _prepare(given: Path) -> None:
    _own["task"], _own["folder"] = pickle.loads(given.read_bytes())
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """End this worker when the run that started it is killed: nobody else would."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _compute(first: int, last: int) -> Facts:
    return written(chunk.compute(_own["task"], first, last), _own["folder"])


def _same(task: Task) -> Task:
    return task


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start workers: without Ctrl-C, and without the user's script, which they would run once more if it has no guard against that."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__}
    main.__spec__ = None
    try:
        with _interrupts_held_back():
            yield
    finally:
        main.__dict__.update(hidden)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let processes started meanwhile inherit that Ctrl-C does not reach them; one that comes here waits until the end of the block.

    The mask is what they inherit; the handler is for a signal that another thread of this process takes: Python would still interrupt this
    one, in the middle of starting a worker that nobody would then know of.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():  # Windows, a notebook
        yield
        return
    came: list[bool] = []
    handler = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt


def _on_cluster(task: Task, todo: deque[Range], folder: Path, address: str, count: int) -> Generator[Facts]:
    """Compute on the workers of a Dask scheduler; "local" starts one here with `count` processes. Its own rule for lost workers holds."""
    with _client(address, count) as (client, killed):
        executor = client.get_executor(pure=False)
        held = client.submit(_same, task)  # not scattered: it is made again when the worker that has it is lost
        out: dict[Future[Chunk], Range] = {}
        while todo or out:
            try:
                for done in _handed_out(
                    executor, chunk.compute, (held,), todo, out, lambda: AHEAD * sum(client.nthreads().values())
                ):
                    yield written(done, folder)  # here, so that the cluster needs no disk of ours
            except killed:
                for future in [f for f in out if f.done() and isinstance(f.exception(), killed)]:
                    first, last = out.pop(future)
                    yield chunk.lost(first, last, "the workers that had it were killed (out of memory?)")
            except (CancelledError, OSError) as error:
                raise ClusterLost(f"the cluster at {address} was lost ({type(error).__name__})") from None
            except chunk.OtherVersion as error:
                raise InputError("--cluster", address, str(error)) from None


@contextmanager
def _client(address: str, count: int) -> Iterator[tuple[Any, type[Exception]]]:
    """Open a client of a Dask scheduler that has a worker; with it, the error of a chunk whose workers were killed. Raises InputError."""
    try:
        dask: Any = import_module("distributed")
    except ImportError:
        raise InputError(
            "--cluster", "", 'needs the extra "cluster": pip install --constraint constraints.txt -e ".[cluster]"'
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said once, by us
    with ExitStack() as opened:
        scheduler: Any = address
        if address == "local":
            with _undisturbed():
                scheduler = dask.LocalCluster(
                    n_workers=count, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                )
            opened.callback(scheduler.close)
        try:
            client = opened.enter_context(dask.Client(scheduler, timeout=CONNECT))
        except Exception as error:  # whatever a library of many transports raises for an address
            problem = f"no Dask scheduler answers there ({error or type(error).__name__}); tcp://HOST:PORT or local is allowed"
            raise InputError("--cluster", address, problem) from None
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except OSError:
            raise InputError("--cluster", address, f"the scheduler has no worker after {CONNECT} seconds") from None
        yield client, dask.KilledWorker
