"""The server as a process: who listens, for how long a client may be silent, and how it ends."""

import errno
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn

from sim.inputs.errors import InputError
from sim.report.outside import say
from sim.runs.workers.cluster import Clustered
from sim.web.app import application, cores
from sim.web.desk import begin

MOST_CLIENTS = 256  # at once
SILENT = 10.0  # seconds in which a request has to have come whole


class Impatient(uvicorn.Server):
    """A server that closes connections on which no request comes."""

    _since: dict[Any, float]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            host, port = self.config.host, self.config.port
            say(f"http://{f'[{host}]' if ':' in host else host}:{port}/ answers; Ctrl-C stops it")

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections, ten times a second, and return whether to stop."""
        now, since = time.monotonic(), getattr(self, "_since", {})
        here = [c for c in self.server_state.connections if (cycle := getattr(c, "cycle", None)) is None or cycle.response_complete]
        self._since = {connection: since.get(connection, now) for connection in here}
        for connection, begun in self._since.items():
            if now - begun > SILENT and (transport := getattr(connection, "transport", None)) is not None:
                transport.close()
        return await super().on_tick(counter)


def serve(host: str, port: int, names: Sequence[str], workers: int | None, folder: Path, cluster: str | None = None) -> None:
    """Serve the page until it is stopped. `cluster`: the address of a Dask scheduler whose workers answer what-ifs.

    Raises InputError for an address that cannot be listened on, and a cluster that does not answer.
    """
    if not host:
        raise InputError("--host", "", "found nothing; an address of this machine is needed")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, TypeError) as error:  # TypeError: a name that no address can have
        if isinstance(error, TypeError | socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise InputError("--host", host, "is no address of this machine; 127.0.0.1 is that for this machine only") from None
        raise InputError(
            "--port", str(port), f"cannot listen on {host} ({error.strerror or error}); another one is needed"
        ) from None
    count = workers or cores()
    far = Clustered(cluster, count, begin) if cluster is not None else None
    config = uvicorn.Config(
        application(tuple(names), count, folder, far),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CLIENTS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=32_768,
        ws="none",
    )
    Impatient(config).run(sockets=[listening])
