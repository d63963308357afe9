"""Server and workers are killed at random moments: nothing half-written is served, and what was computed is found again."""

import os
import random
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from sim.runs.tally import counted, from_bytes
from sim.web.desk import ENDING
from sim.web.levers import Question, question
from tests.support.serving import FULL, serving

pytestmark = [pytest.mark.full, pytest.mark.skipif(sys.platform != "linux", reason="looks for workers below /proc")]
KILLS, OF_SERVER = 50, 25
PATIENCE = 300.0  # seconds


def asked(number: int) -> Question:
    return question([("managers", str(60 + 10 * (number % 20))), ("land", str(100 * (1 + number // 20)))])[0]


def answer(address: str, query: str) -> str:
    """Return what a script would be answered; raises OSError where the server is gone."""
    with urlopen(f"{address}/wat-als/antwoord?{query}", timeout=PATIENCE) as response:
        return str(response.read().decode())


def whole(address: str, query: str) -> str:
    """Return the last answer to a question."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if "data-poll" not in (html := answer(address, query)):
            return html
        time.sleep(0.1)
    raise AssertionError(query)


def digest(html: str) -> str:
    found = re.search(r"<code>([0-9a-f]{64})</code>", html)
    assert found is not None, html[:2000]
    return found[1]


def below(pid: int) -> Iterator[int]:
    """Yield the processes below one that have none below them."""
    with suppress(OSError):
        children = [int(p) for path in Path(f"/proc/{pid}/task").glob("*/children") for p in path.read_text().split()]
        for child in children:
            further = [*below(child)]
            yield from further or [child]


def workers(pid: int) -> list[int]:
    """Return the workers of a server: what its forkserver started."""
    return [p for p in below(pid) if b"forkserver" in Path(f"/proc/{p}/cmdline").read_bytes()]


def check_files(folder: Path) -> None:
    """Every file that answers are kept in is whole."""
    for path in folder.glob(f"*{ENDING}"):
        from_bytes(path.read_bytes(), path)


def test_nothing_half_written_is_served_whenever_it_is_killed(tmp_path: Path) -> None:
    """Every answer has the digest of an evaluation of its own; an answer that was whole before a kill is there at once after it."""
    dice, done = random.Random(20261201), dict[str, str]()
    expected = {asked(n).address: counted(asked(n).scenario, FULL).manifest["digest"] for n in range(KILLS)}
    for kill in range(OF_SERVER):
        with serving(tmp_path) as (address, process):
            for query, known in [*done.items()][-3:]:
                html = answer(address, query)
                assert "data-poll" not in html, "computed again"
                assert digest(html) == known
            query = asked(kill).address
            with suppress(OSError, URLError):
                answer(address, query)
                time.sleep(dice.random() * 2)
                if dice.random() < 0.5:
                    done[query] = digest(whole(address, query))
                    assert done[query] == expected[query]
            process.send_signal(signal.SIGKILL)
            process.wait()
        check_files(tmp_path)
    with serving(tmp_path) as (address, process):
        for kill in range(OF_SERVER, KILLS):
            query = asked(kill).address
            answer(address, query)
            time.sleep(dice.random() * 0.5)
            if found := workers(process.pid):
                os.kill(dice.choice(found), signal.SIGKILL)
            assert digest(whole(address, query)) == expected[query]
        for query, known in expected.items():
            assert digest(whole(address, query)) == known
    check_files(tmp_path)
