"""Chunks handed out to whoever computes them, a few at a time, and taken back as each is done."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sim.inputs.errors import CannotGoOn
from sim.runs.chunk import Chunk, Facts
from sim.runs.disk.store import chunk_name, write_chunk
from sim.runs.job import Job

AHEAD = 2  # chunks handed out per worker, so that none waits for the next
CONNECT = 30  # seconds to find a scheduler and a worker
QUIET = 60  # seconds without a chunk after which a cluster is asked who does not answer
PAUSE = 0.2  # seconds between two looks for a worker
Result = TypeVar("Result")


class ClusterLost(CannotGoOn):
    """The scheduler of a cluster went away. What was finished is kept."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A chunk to hand out. `given`: where a worker finds the job's task."""

    job: Job
    given: Any
    first: int
    last: int


def pieces_of(jobs: Sequence[Job], give: Callable[[Job], Any]) -> Iterator[Piece]:
    """Yield the chunks of all jobs. A job is given away when its first chunk is asked for: workers compute while the next is prepared."""
    for job in jobs:
        lacking, given = job.begun(), give(job)
        for first, last in lacking:
            yield Piece(job, given, first, last)


def written(done: Chunk, folder: Path) -> Facts:
    """Write a chunk and return its facts. Raises StorageError."""
    write_chunk(folder, chunk_name(done.facts["first"], done.facts["last"]), done.files, done.facts)
    return done.facts


def handed_out(
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
