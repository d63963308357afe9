"""The page, served: to a client in this process, or to a browser."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from sim.web import desk
from sim.web.app import application

FIRST, FULL = 4, 8  # replications of an answer in a test


def small(patch: pytest.MonkeyPatch) -> None:
    """Have answers rest on few replications."""
    for name, value in (("FIRST", FIRST), ("FULL", FULL), ("PIECE", 2), ("ROUGH", 4)):
        patch.setattr(desk, name, value)


@contextmanager
def client(folder: Path, workers: int = 1) -> Iterator[TestClient]:
    """Yield a client of the page that keeps its answers in a folder."""
    app = application(("localhost",), workers, folder)
    with TestClient(app, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of the page on a port of this machine."""
    config = uvicorn.Config(application(("localhost", "127.0.0.1"), 1, folder), port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until = time.monotonic() + 180
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
