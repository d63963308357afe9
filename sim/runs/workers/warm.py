"""Workers that stay: they have read and compiled everything, and answer short calls at once. For who waits before a page."""

from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sim.runs.workers.handing import signal_shielded
from sim.runs.workers.pool import WorkerKilled, open_pool

TRIES = 3  # how often a call is made again when the worker that had it was killed


class Warm:
    """So many worker processes, begun at once. A worker that is killed is replaced, and what it had is asked again.

    `begin`: called in every worker as it starts. To be used from one thread, but for what the futures themselves call.
    """

    def __init__(self, count: int, begin: Callable[[], None]) -> None:
        self.count, self._begin = count, begin
        self._pool: ProcessPoolExecutor | None = None
        self._renewed()
        for _ in range(count):
            self.call(begin)

    def call(self, function: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Ask a worker for a function of a module, and return what becomes of it. It ends with WorkerKilled where every try was killed."""
        answer: Future[Any] = Future()
        self._ask(answer, TRIES, function, given)
        return answer

    def close(self) -> None:
        """End the workers."""
        pool, self._pool = self._pool, None
        if pool is not None:
            workers = [*(pool._processes or {}).values()]
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.kill()

    def _renewed(self) -> None:
        with signal_shielded():
            self._pool = open_pool(self.count)

    def _ask(self, answer: "Future[Any]", tries: int, function: Callable[..., Any], given: tuple[Any, ...]) -> None:
        pool = self._pool
        if pool is None:
            answer.set_exception(WorkerKilled("the workers were ended"))
            return
        try:
            with signal_shielded():
                inner = pool.submit(function, *given)
        except BrokenProcessPool:
            if pool is self._pool:
                self._renewed()
            self._ask(answer, tries, function, given)
            return

        def ended(future: "Future[Any]") -> None:
            if future.cancelled():
                answer.set_exception(WorkerKilled("the workers were ended"))
            elif isinstance(error := future.exception(), BrokenProcessPool):
                if tries <= 1 or self._pool is None:
                    answer.set_exception(WorkerKilled("a worker was killed again and again (out of memory?)"))
                    return
                if pool is self._pool:
                    self._renewed()
                self._ask(answer, tries - 1, function, given)
            elif error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(future.result())

        inner.add_done_callback(ended)
