"""Run the benchmark and print the ratios: `python -m tests.benchmark [--fast]`.

What runs in one process is measured in one go, interleaved, in processor time; experiments with workers and starts by the clock; medians of all.
Nothing is printed when the loop, the processes and the agents disagree on a single month.
"""

import argparse
import gc
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.runs.experiment import CHUNK_SIZE
from tests.benchmark.full import FullModel
from tests.benchmark.paired import paired
from tests.benchmark.processes import run_processes
from tests.benchmark.sampling import sampling
from tests.benchmark.skeleton import COLUMNS, ENDED, PROJECTS, READY, World, bare_loop, draw_world
from tests.benchmark.wall import measure_cold, measure_start, measure_workers
from tests.support.project import SCENARIOS

COPIES = 10  # of Flanders, in the region that is ten times as large
LABELS = {
    "loop": "bare compiled loop",
    "loop and draws": "bare compiled loop and its draws",
    "processes": "one SimPy process per project",
    "agents": "Mesa agents that step every month",
    "full": "full model, draws and yearly reduction included",
    "first": "  its first edition, by the same engine",
    "draws": "  its draws alone",
    "chunk": "  with the files and digest that are stored, of a chunk",
    "large": "  over ten times the municipalities and projects",
    "one worker": "  in an experiment with one worker, by the clock",
    "two workers": "  in an experiment with two workers, by the clock",
    "help": "`bso --help`, by the clock",
    "run": "what `bso run` imports before it starts, by the clock",
    "cold": "compiling, from an empty cache to the first replication",
}
NEEDED = {"agents": 'needs the extra: pip install -e ".[benchmark]"'}
Timed = Callable[[int], Any]
Form = Callable[[World], tuple[int, NDArray[np.int32]]]


class Ratio(NamedTuple):
    """Of what over what, its format, and where it has a goal: the goal, and how that is written."""

    label: str
    of: str
    over: str
    form: str = ".1f"
    bound: str = ""
    goal: float = 0
    written: str = ""


RATIOS = (
    Ratio("full model / bare loop", "full", "loop", ".2f", "at most", 3, "3"),
    Ratio("full model / bare loop and its draws", "full", "loop and draws", ".2f"),
    Ratio("full model / its first edition", "full", "first", ".2f", "at most", 1.3, "1.3"),
    Ratio("processes / full model", "processes", "full", ".1f", "at least", 40, "40"),
    Ratio("processes / bare loop", "processes", "loop"),
    Ratio("Mesa / full model", "agents", "full", ".1f", "at least", 60, "60"),
    Ratio("speed of two workers / of one worker", "one worker", "two workers", ".2f", "at least", 1.8, "1.8"),
    Ratio("ten times the municipalities and projects / full model", "large", "full", ".1f", "at most", 11, "11"),
    Ratio("draws / full model", "draws", "full", ".0%", "at most", 0.25, "25%"),
    Ratio("cold compile / a thousand replications", "cold", "thousand", ".1f", "at most", 12, "12"),
    Ratio("start of `bso --help` / of `bso run`", "help", "run", ".2f", "at most", 1 / 3, "1/3"),
)


def other_forms() -> dict[str, Form]:
    """Return the other forms of the skeleton that can be run here: SimPy's processes, and Mesa's agents where Mesa is installed."""
    forms: dict[str, Form] = {"processes": run_processes}
    if find_spec("mesa") is not None:
        from tests.benchmark.agents import run_agents

        forms["agents"] = run_agents
    return forms


def equal_histories(worlds: int) -> str:
    """Assert that the loop and its other forms give the same events and the same history of every project; return what they did, in words."""
    total, ended, waited = 0, 0, 0
    forms = other_forms()
    for number in range(worlds):
        world = draw_world(number)
        history = np.empty((PROJECTS, COLUMNS), np.int32)
        events = bare_loop(*world, history)
        for name, form in forms.items():
            other_events, other_history = form(world)
            assert events == other_events, f"world {number}: {events} events in the loop, {other_events} in the {name}"
            different = np.flatnonzero((history != other_history).any(axis=1))
            assert not len(different), (
                f"world {number}, project {different[0]}: {history[different[0]]} in the loop, {other_history[different[0]]} in the {name}"
            )
        total, ended = total + events, ended + int((history[:, ENDED] >= 0).sum())
        waited += int((history[:, READY + 1] > history[:, READY]).sum())
    return (
        f"{worlds} worlds alike in loop, {' and '.join(forms)}: {total / worlds:,.0f} events, "
        f"{ended / worlds:,.0f} projects ended, {waited / worlds:,.0f} waited for a slot"
    )


def loop_only() -> Timed:
    """Return the loop over worlds drawn beforehand."""
    worlds = [draw_world(number) for number in range(20)]
    history = np.empty((PROJECTS, COLUMNS), np.int32)
    return lambda number: bare_loop(*worlds[number % len(worlds)], history)


def loop_and_draws(number: int) -> None:
    """Draw a world and loop over it."""
    bare_loop(*draw_world(number), np.empty((PROJECTS, COLUMNS), np.int32))


def over_worlds(form: Form) -> Timed:
    """Return a form of the skeleton over worlds drawn beforehand."""
    worlds = [draw_world(number) for number in range(20)]
    return lambda number: form(worlds[number % len(worlds)])


def measure(rounds: int) -> dict[str, float]:
    """Return the median milliseconds of everything that is compared in this process, measured in turn, `rounds` times."""
    full, large = FullModel(), FullModel(COPIES)
    times_as_many = large.projects(10) / full.projects(10)
    assert abs(times_as_many / COPIES - 1) < 0.02, f"{times_as_many:.2f} times the projects in {COPIES} times the municipalities"
    turns: dict[str, tuple[Timed, int]] = {  # what is timed, and how often in a turn
        "loop": (loop_only(), 20),
        "loop and draws": (loop_and_draws, 20),
        **{name: (over_worlds(form), 1) for name, form in other_forms().items()},
        "full": (full.run, 20),
        "first": (FullModel(path=SCENARIOS / "first_edition.toml").run, 20),
        "chunk": (full.chunk, 1),
        "draws": (full.draws, 20),
        "large": (large.run, 2),
    }
    for function, _ in turns.values():
        function(0)  # compiled, in the cache
    gc.collect()
    gc.freeze()  # what is imported and made by now is not searched for garbage again, at the cost of whoever's turn it is
    times: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        for name, (function, count) in turns.items():
            begin = process_time()
            for i in range(count):
                function(number * count + i)
            times[name].append(1000 * (process_time() - begin) / count)
    gc.unfreeze()
    ms = {name: median(values) for name, values in times.items()}
    return ms | {"chunk": ms["chunk"] / CHUNK_SIZE}


def report(ms: dict[str, float]) -> str:
    """Return the table of times, and the ratios with their goals; '-' where something could not be measured."""
    lines = [f"{'milliseconds, median; of one replication':<58}{'ms':>8}"]
    for name, label in LABELS.items():
        lines.append(f"{label:<58}{ms[name]:>8.2f}" if name in ms else f"{label:<58}{'-':>8}  {NEEDED[name]}")
    lines += ["", f"{'ratio':<58}{'found':>8}  goal"]
    for ratio in RATIOS:
        shown, missed = "-", False
        if ratio.of in ms:
            found = ms[ratio.of] / ms[ratio.over]
            shown = f"{found:{ratio.form}}"
            missed = (ratio.bound == "at most" and found > ratio.goal) or (ratio.bound == "at least" and found < ratio.goal)
        goal = f"  {ratio.bound} {ratio.written}{': missed' if missed else ''}" if ratio.bound else ""
        lines.append(f"{ratio.label:<58}{shown:>8}{goal}")
    return "\n".join(lines)


def main() -> None:
    """Check, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="fewer repeats")
    fast = parser.parse_args().fast
    print(equal_histories(2 if fast else 10), flush=True)
    ms = measure(7 if fast else 60) | measure_workers(24 if fast else 78, 3 if fast else 5) | measure_start(5 if fast else 15)
    ms |= {"cold": measure_cold(), "thousand": 1000 * ms["full"]}
    print(report(ms))
    print(sampling(8 if fast else 32))
    print(paired(60 if fast else 200))


if __name__ == "__main__":
    main()
