"""The way to a cluster: a Dask scheduler, which is imported only when somebody asks for one."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from sim.inputs.errors import InputError
from sim.runs.processes import undisturbed


@contextmanager
def client_of(address: str, count: int, patience: float) -> Iterator[tuple[Any, type[Exception]]]:
    """Open a client of a Dask scheduler that has a worker; with it comes the error of a chunk whose workers were killed.

    `address`: tcp://HOST:PORT, or "local" for one here with `count` processes. `patience`: seconds to find it and its first worker. Raises
    InputError when nobody answers, there is no worker, or Dask is not installed.
    """
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
            with undisturbed():
                scheduler = dask.LocalCluster(
                    n_workers=count, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                )
            opened.callback(scheduler.close)
        try:
            client = opened.enter_context(dask.Client(scheduler, timeout=patience))
        except Exception as error:  # whatever a library of many transports raises for an address
            problem = f"no Dask scheduler answers there ({error or type(error).__name__}); tcp://HOST:PORT or local is allowed"
            raise InputError("--cluster", address, problem) from None
        try:
            client.wait_for_workers(1, timeout=patience)
        except OSError:
            raise InputError("--cluster", address, f"the scheduler has no worker after {patience:g} seconds") from None
        yield client, dask.KilledWorker
