"""Workers that start from nothing, as on Windows: the same bits, from a script with a guard against being run again and without."""

import subprocess
import sys
from pathlib import Path

import pytest

import sim

SETUP = """
import sys
from multiprocessing import get_context

import sim
from sim.runs.workers import pool

pool._context = lambda: get_context("spawn")  # as where there is no fork
ASKED = {"replications": 1, "at": "central", "outcomes": ["realised_at_end"]}
CASES = [{"levers.managers_scale": 1 + k / 10} for k in range(9)]  # more than one process is handed at once
"""
WORK = """
print("begun")
frame = sim.evaluate(CASES, workers=2, **ASKED)
run = sim.run("baseline", 12, workers=2, at="central", out="run")
print(frame.attrs["digests"], run.manifest["digest"])
"""
OWN_POOL = """
def one(case):
    return sim.evaluate(case, **ASKED).attrs["digests"][0]


if __name__ == "__main__":
    with get_context("spawn").Pool(2) as processes:
        print(processes.map(one, CASES))
"""


def said(script: str, folder: Path) -> list[str]:
    """Return what a script prints, line by line, from a folder of its own."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def digests() -> list[str]:
    """What one process gives."""
    cases = [{"levers.managers_scale": 1 + k / 10} for k in range(9)]
    found: list[str] = sim.evaluate(cases, replications=1, at="central", outcomes=["realised_at_end"]).attrs["digests"]
    return found


@pytest.mark.full
@pytest.mark.parametrize("guard", [True, False])
def test_workers_that_start_from_nothing_give_the_same_bits(guard: bool, digests: list[str], tmp_path: Path) -> None:
    """And run the user's script no second time."""
    work = "if __name__ == '__main__':" + WORK.replace("\n", "\n    ") if guard else WORK
    run = sim.run("baseline", 12, workers=1, at="central", out=tmp_path / "alone")
    assert said(SETUP + work, tmp_path) == ["begun", f"{digests} {run.manifest['digest']}"]


@pytest.mark.full
def test_processes_of_ones_own_that_start_from_nothing(digests: list[str], tmp_path: Path) -> None:
    """As a search of another package spreads its evaluations."""
    assert said(SETUP + OWN_POOL, tmp_path) == [f"{digests}"]
