"""Chunks computed on the workers of a Dask cluster: here, by one's own scheduler, or over TLS (SECURITY.md says what that trusts)."""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from typing import Any

from sim.inputs.errors import NAMED, InputError, shortened
from sim.inputs.notices import notice
from sim.runs import chunk
from sim.runs.chunk import Chunk, Facts, Task
from sim.runs.job import Job
from sim.runs.source import installed
from sim.runs.workers import handing
from sim.runs.workers.handing import AHEAD, ClusterLost, Piece, handed_out, pieces_of, signal_shielded, written

PING = 10  # seconds for a scheduler to answer
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def on_cluster(jobs: Sequence[Job], address: str, count: int) -> Generator[tuple[Job, Facts]]:
    """Compute on the workers of a Dask scheduler; "local" starts one here with `count` processes. Its own rule for lost workers holds."""
    with _client_of(address, count) as (client, killed):
        executor = client.get_executor(pure=False)
        # not scattered: a task is made again when the worker that has it is lost
        todo = pieces_of(jobs, lambda job: client.submit(_same, job.task))
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
                notice(f"no chunk has come from the cluster at {address} for {handing.QUIET} seconds; {silent}; {go_on}")

        while True:
            try:
                for piece, done in handed_out(executor, chunk.compute, todo, out, most, quiet):
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


class Clustered:
    """Workers of a Dask cluster that answer short calls, as those of `Warm` do. `begin`: called once in every worker that is there at the start.

    Raises InputError as `on_cluster` does.
    """

    def __init__(self, address: str, count: int, begin: Callable[[], None]) -> None:
        self._opened = ExitStack()
        client, _ = self._opened.enter_context(_client_of(address, count))
        self._executor = client.get_executor(pure=False)
        threads = client.ncores()
        self.count = max(1, sum(threads.values()))
        self._begun = [client.submit(begin, workers=[worker], pure=False) for worker in threads]  # kept: else Dask takes them back

    def call(self, function: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Ask a worker for a function of a module, and return what becomes of it: OtherVersion where a worker has another version."""
        answer: Future[Any] = self._executor.submit(_of_version, installed(), function, *given)
        return answer

    def close(self) -> None:
        """Leave the cluster."""
        self._opened.close()


def _of_version(version: str, function: Callable[..., Any], *given: Any) -> Any:
    if version != installed():
        raise chunk.OtherVersion("a worker has another version of bso-sim than the page; install the same one on both")
    return function(*given)


def _same(task: Task) -> Task:
    return task


def _silent(client: Any) -> str | None:
    """Return in words who of a cluster does not answer; None when all do."""
    try:
        workers = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=PING)["workers"]
    except TimeoutError:
        return f"its scheduler does not answer within {PING} seconds"
    late = sorted(name for name, worker in workers.items() if time.time() - worker["last_seen"] >= handing.QUIET / 2)
    return f"nothing is heard of {', '.join(late)}" if late else None


def _warn_of_tcp(address: str) -> None:
    """Say what a scheduler without TLS means where others can reach it."""
    host = address.removeprefix("tcp://").rpartition(":")[0]
    if address != "local" and not address.startswith("tls://") and host not in LOOPBACK:
        where = shortened(address, NAMED)
        notice(f"{where!r} has neither password nor encryption: whoever reaches it runs code on its workers (SECURITY.md)")


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
            client = dask.Client(scheduler, timeout=handing.CONNECT)
            opened.callback(client.close)  # as a context it would have to end in the task that it began in
        except Exception as error:  # whatever a library of many transports raises for an address
            problem = f"no Dask scheduler answers there ({error or type(error).__name__}); tls://HOST:PORT, tcp://HOST:PORT or local is allowed"
            raise InputError("--cluster", address, problem) from None
        try:
            client.wait_for_workers(1, timeout=handing.CONNECT)
        except OSError:
            raise InputError("--cluster", address, f"the scheduler has no worker after {handing.CONNECT:g} seconds") from None
        yield client, dask.KilledWorker
