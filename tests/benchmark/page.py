"""The page, by the clock: lever to first answer, kept pages alone and with fifty readers, memory over many what-ifs.

`python -m tests.benchmark.page [--levers 20] [--what-ifs 0]`, on a machine that does nothing else. Times are also given as ratios to what the
replications of a first answer take by themselves, in one process that is warm.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np

from sim.runs.tally import counted
from sim.web.desk import FIRST, begin
from sim.web.levers import question
from tests.support.project import ROOT

READERS, VISITS = 50, 6  # at once, and how many pages each opens
PAGES = (
    "/",
    "/gemeente",
    "/gemeente/11001",
    "/gemeente/44021",
    "/woonmaatschappij",
    "/woonmaatschappij/dijledal",
    "/hoe-zeker",
    "/en/",
)
GOALS = {"first answer / its replications": 2.5, "first answer, median": 1.0, "first answer, 95th percentile": 1.5}
GOALS |= {"pages alone, 95th percentile": 0.2, "pages with fifty readers, 95th percentile": 0.3, "memory, GB": 1.5}


def levers(count: int) -> Iterator[str]:
    """Yield so many questions, no two the same, of levers of every kind."""
    for number in range(count):
        turn = 1 + number // 249
        tests, means = (
            f"first={2029 + number % 4}&land={100 * (1 + number // 4 % 30)}",
            f"managers={51 + number % 249}&help={5 * turn}",
        )
        yield tests if number % 2 and number < 120 else means


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """Serve the page as `bso serve` does, and yield its address and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim.cli", "serve", "--port", str(port), "--out", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
            try:
                _until_open(port)
                yield f"http://127.0.0.1:{port}", process.pid
            finally:
                process.terminate()


def _until_open(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise TimeoutError("the page does not answer")


def opened(address: str) -> float:
    """Open a page and return how long that took (seconds)."""
    begun = time.perf_counter()
    with urlopen(address, timeout=60) as response:
        response.read()
    return time.perf_counter() - begun


def answered(address: str, query: str) -> float:
    """Ask as the script does until there is a first answer, and return how long that took (seconds)."""
    begun = time.perf_counter()
    while True:
        with urlopen(f"{address}/wat-als/antwoord?{query}", timeout=60) as response:
            if 'class="answer"' in response.read().decode():
                return time.perf_counter() - begun
        time.sleep(0.05)


def own_time() -> float:
    """Return how long the replications of a first answer take by themselves, in a warm process: median of five (seconds)."""
    begin()
    scenario, times = question([("managers", "120")])[0].scenario, []
    for _ in range(5):
        begun = time.perf_counter()
        counted(scenario, FIRST)
        times.append(time.perf_counter() - begun)
    return median(times)


def memory(pid: int) -> float:
    """Return the memory of a process and all below it, shared pages once (GB); not a number where /proc does not say."""
    total, todo = 0, [pid]
    while todo:
        process = todo.pop()
        with suppress(OSError):
            rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
            todo += [int(p) for path in Path(f"/proc/{process}/task").glob("*/children") for p in path.read_text().split()]
    return total / 1e6 if total else float("nan")


def told(label: str, value: float, unit: str = "s") -> None:
    """Print a figure, with its goal where it has one."""
    goal = f"  at most {GOALS[label]:g}" if label in GOALS else ""
    print(f"{label:<48}{value:>10.3f} {unit}{goal}", flush=True)


def p95(times: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return float(np.percentile(times, 95))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--levers", type=int, default=20, help="how many questions are asked for the time of a first answer")
    parser.add_argument("--what-ifs", type=int, default=0, help="how many are asked for the memory; 1000: as the goal says")
    asked = parser.parse_args()
    alone = own_time()
    told(f"{FIRST} replications by themselves", alone)
    with serving() as (address, pid):
        for query in levers(2):
            answered(address, quote(query, safe="=&"))
        pages = [opened(f"{address}{page}") for _ in range(10) for page in PAGES]
        told("pages alone, 95th percentile", p95(pages))
        with ThreadPoolExecutor(READERS) as readers:
            visits = [f"{address}{PAGES[k % len(PAGES)]}" for k in range(READERS * VISITS)]
            crowded = [*readers.map(opened, visits)]
        told("pages with fifty readers, 95th percentile", p95(crowded))
        told("pages alone / the replications of an answer", p95(pages) / alone, "")
        told("pages with fifty readers / those", p95(crowded) / alone, "")
        first = [answered(address, query) for query in [*levers(asked.levers + 2)][2:]]
        told("first answer, median", median(first))
        told("first answer, 95th percentile", p95(first))
        told("first answer / its replications", median(first) / alone, "")
        told("memory, GB", memory(pid), "GB")
        for number, query in enumerate(levers(asked.what_ifs), 1):
            answered(address, query)
            if number % 100 == 0:
                told(f"memory after {number} what-ifs", memory(pid), "GB")


if __name__ == "__main__":
    main()
