"""Run the benchmark and print the ratios: `python -m tests.benchmark [--fast]`.

In one process and one go, interleaved, processor time, medians; nothing is printed when the loop and the processes disagree on a single month.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from sim.engine import build_model, replicate, start
from sim.engine.state import Model
from sim.engine.tables import test_years
from sim.inputs.region import load_region
from sim.inputs.scenario import load_scenario
from sim.study import reduce
from sim.study.experiment import CHUNK_SIZE
from tests.benchmark.processes import run_processes
from tests.benchmark.skeleton import COLUMNS, ENDED, PROJECTS, READY, bare_loop, draw_world

BASELINE = Path(__file__).resolve().parents[2] / "scenarios" / "baseline.toml"
GOAL_LOOP, GOAL_PROCESSES = 5, 25
Timed = Callable[[int], Any]


def equal_histories(worlds: int) -> str:
    """Assert that loop and processes give the same events and the same history of every project; return what they did, in words."""
    total, ended, waited = 0, 0, 0
    for number in range(worlds):
        world = draw_world(number)
        history = np.empty((PROJECTS, COLUMNS), np.int32)
        events = bare_loop(*world, history)
        other_events, other_history = run_processes(world)
        assert events == other_events, f"world {number}: {events} events in the loop, {other_events} in the processes"
        different = np.flatnonzero((history != other_history).any(axis=1))
        assert not len(different), (
            f"world {number}, project {different[0]}: {history[different[0]]} and {other_history[different[0]]}"
        )
        total, ended = total + events, ended + int((history[:, ENDED] >= 0).sum())
        waited += int((history[:, READY + 1] > history[:, READY]).sum())
    return f"{worlds} worlds alike: {total / worlds:,.0f} events, {ended / worlds:,.0f} projects ended, {waited / worlds:,.0f} waited for a slot"


class FullModel:
    """The baseline over all municipalities; the engine draws, runs and sums up every year and test."""

    def __init__(self) -> None:
        scenario = load_scenario(BASELINE)
        self.region = load_region(scenario)
        self.model = build_model(scenario, self.region)
        self.first_year = scenario.start.year + 1
        self.tests = test_years(scenario)
        self.drawn = tables_asked(self.model)

    def run(self, replication: int) -> None:
        """Run one replication: its draws, its months, the totals of its years and tests."""
        replicate(self.model, replication)

    def chunk(self, first: int) -> None:
        """Run replications as an experiment does before it writes: CHUNK_SIZE of them, their tables, their digests."""
        histories = [replicate(self.model, number) for number in range(first, first + CHUNK_SIZE)]
        reduce.tables(histories, self.region, self.first_year, self.tests, 0)
        for history in histories:
            reduce.digest(history)

    def draws(self, replication: int) -> None:
        """Draw every table that a replication asks for."""
        for seed, purpose, rows, columns in self.drawn:
            start.table(seed, replication, purpose, rows, columns)


def tables_asked(model: Model) -> list[tuple[int, str, int, int]]:
    """Return the tables that a replication asks for: seed, purpose, rows, columns."""
    asked: list[tuple[int, str, int, int]] = []
    table = start.table

    def noted(seed: int, replication: int, purpose: str, rows: int, columns: int) -> Any:
        asked.append((seed, purpose, rows, columns))
        return table(seed, replication, purpose, rows, columns)

    start.table = noted
    try:
        replicate(model, 0)
    finally:
        start.table = table
    return asked


def loop_only() -> Timed:
    """Return the loop over worlds drawn beforehand."""
    worlds = [draw_world(number) for number in range(20)]
    history = np.empty((PROJECTS, COLUMNS), np.int32)
    return lambda number: bare_loop(*worlds[number % len(worlds)], history)


def loop_and_draws(number: int) -> None:
    """Draw a world and loop over it."""
    bare_loop(*draw_world(number), np.empty((PROJECTS, COLUMNS), np.int32))


def measure(rounds: int) -> dict[str, float]:
    """Return the median milliseconds of everything that is compared, measured in turn, `rounds` times."""
    full, loop = FullModel(), loop_only()
    worlds = [draw_world(number) for number in range(20)]
    turns: dict[str, tuple[Timed, int]] = {  # what is timed, and how often in a turn
        "loop": (loop, 20),
        "loop and draws": (loop_and_draws, 20),
        "processes": (lambda number: run_processes(worlds[number % len(worlds)]), 1),
        "full": (full.run, 20),
        "chunk": (full.chunk, 1),
        "draws": (full.draws, 20),
    }
    for function, _ in turns.values():
        function(0)  # compiled, in the cache
    times: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        for name, (function, count) in turns.items():
            begin = process_time()
            for i in range(count):
                function(number * count + i)
            times[name].append(1000 * (process_time() - begin) / count)
    ms = {name: median(values) for name, values in times.items()}
    return ms | {"chunk": ms["chunk"] / CHUNK_SIZE}


def report(ms: dict[str, float]) -> str:
    """Return the table of times and ratios with their goals."""
    labels = {
        "loop": "bare compiled loop",
        "loop and draws": "bare compiled loop and its draws",
        "processes": "one SimPy process per project",
        "full": "full model, draws and yearly reduction included",
        "draws": "  its draws alone",
        "chunk": "  with the tables and digest that are stored, of a chunk",
    }
    lines = [f"{'milliseconds, median':<58}{'ms':>8}", *(f"{label:<58}{ms[name]:>8.2f}" for name, label in labels.items()), ""]
    ratio = ms["full"] / ms["loop"]
    per_process = ms["processes"] / ms["full"]
    lines += [
        f"{'ratio':<58}{'found':>8}  goal",
        f"{'full model / bare loop':<58}{ratio:>8.1f}  at most {GOAL_LOOP}{'' if ratio <= GOAL_LOOP else ': missed'}",
        f"{'full model / bare loop and its draws':<58}{ms['full'] / ms['loop and draws']:>8.1f}",
        f"{'processes / full model':<58}{per_process:>8.1f}  at least {GOAL_PROCESSES}{'' if per_process >= GOAL_PROCESSES else ': missed'}",
        f"{'processes / bare loop':<58}{ms['processes'] / ms['loop']:>8.1f}",
        f"{'draws / full model':<58}{ms['draws'] / ms['full']:>8.0%}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Check, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="fewer repeats")
    fast = parser.parse_args().fast
    print(equal_histories(2 if fast else 10))
    print(report(measure(7 if fast else 60)))


if __name__ == "__main__":
    main()
