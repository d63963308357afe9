"""The page, served: to a client in this process, or to a browser."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from sim.runs.workers.cluster import Clustered
from sim.web import desk
from sim.web.app import application
from tests.support.project import ROOT

FIRST, FULL = 4, 8  # replications of an answer in a test


def small(patch: pytest.MonkeyPatch) -> None:
    """Have answers rest on few replications."""
    for name, value in (("FIRST", FIRST), ("FULL", FULL), ("PIECE", 2)):
        patch.setattr(desk, name, value)


@contextmanager
def client(folder: Path, workers: int = 1, cluster: Clustered | None = None) -> Iterator[TestClient]:
    """Yield a client of the page that keeps its answers in a folder."""
    app = application(("localhost",), workers, folder, cluster)
    with TestClient(app, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Yield the address of the page on a port of this machine, and the process that serves it, with small answers."""
    with subprocess.Popen([sys.executable, "-m", __name__, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.terminate()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of the page, served by a process of its own."""
    with serving(folder) as (address, _):
        yield address


class Told(uvicorn.Server):
    """A server that prints where it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say where."""
        await super().startup(sockets)
        print(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True)


if __name__ == "__main__":
    small(pytest.MonkeyPatch())
    Told(uvicorn.Config(application(("127.0.0.1",), 1, Path(sys.argv[1])), port=0, log_level="error", access_log=False)).run()


def patiently(page: TestClient, address: str) -> str:
    """Return the answer to a what-if when all of it is computed."""
    for _ in range(600):
        response = page.get(address)
        assert response.status_code == 200
        if "data-poll" not in response.text:
            return response.text
        time.sleep(0.1)
    raise AssertionError("never answered")
