"""By the clock on the wall: what a second worker brings, how long the command takes to start; and what compiling takes of the processor."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sim.runs.experiment import CHUNK_SIZE, run_experiment
from tests.support.project import BASELINE

WORKERS = ("one worker", "two workers")
STARTS = {
    "help": ("-m", "sim.cli", "--help"),  # what the script `bso` does
    "run": ("-c", "import sim.cli, sim.runs.experiment"),  # what `bso run` imports before it reads its scenario
}


def experiment(workers: int, chunks: int) -> float:
    """Return the milliseconds per replication of an experiment under way: files are written, starting up is left out.

    The clock runs from the end of the first third of the chunks; their number is a multiple of six, so that two workers share them evenly.
    """
    done: list[tuple[int, float]] = []
    with TemporaryDirectory() as folder:
        run_experiment(
            BASELINE,
            chunks * CHUNK_SIZE,
            workers=workers,
            out=Path(folder) / "results",
            chunk=CHUNK_SIZE,
            progress=lambda number, _: done.append((number, perf_counter())),
        )
    (first, begin), (last, end) = done[chunks // 3 - 1], done[-1]
    return 1000 * (end - begin) / (last - first)


def measure_workers(chunks: int, repeats: int) -> dict[str, float]:
    """Return the median milliseconds per replication with one worker and with two, measured in turn."""
    times: dict[str, list[float]] = {name: [] for name in WORKERS}
    for _ in range(repeats):
        for count, name in enumerate(WORKERS, 1):
            times[name].append(experiment(count, chunks))
    return {name: median(values) for name, values in times.items()}


def measure_start(repeats: int) -> dict[str, float]:
    """Return the median milliseconds of `bso --help` and of what `bso run` imports, each in a process of its own, measured in turn."""
    times: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(repeats):
        for name, arguments in STARTS.items():
            begin = perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            times[name].append(1000 * (perf_counter() - begin))
    return {name: median(values) for name, values in times.items()}


def measure_cold() -> float:
    """Return the milliseconds of processor time of a first replication with nothing compiled yet, less those of a second process."""
    code = "from tests.benchmark.full import FullModel; FullModel().run(0)"
    spent = []
    with TemporaryDirectory() as folder:
        for _ in ("cold", "warm"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            places = {"XDG_CACHE_HOME": folder, "NUMBA_CACHE_DIR": "", "PYTHONPATH": os.pathsep.join(sys.path)}
            subprocess.run([sys.executable, "-c", code], env={**os.environ, **places}, check=True, stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return 1000 * (spent[0] - spent[1])
