"""A call shows a bar by itself in a notebook, and nowhere else."""

import sys
from typing import Any

import pytest

import sim

CELL = """
import sim
asked = {"replications": 2, "at": "central", "outcomes": ["realised_at_end"]}
own = []
shown = sim.evaluate({}, **asked)
"""
WITH_ITS_OWN = 'again = sim.evaluate({}, **asked, progress=lambda *far: own.append(far))\nown, again.attrs["digests"] == shown.attrs["digests"]'


@pytest.mark.full
def test_every_call_that_takes_progress_shows_it() -> None:
    """In the output of its cell, until it is done; not where it is given one, and the result is the same."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (CELL, WITH_ITS_OWN)])
    nbclient.NotebookClient(notebook, timeout=600).execute()
    (bar,), (answer,) = ([output["data"] for output in cell.outputs] for cell in notebook.cells)
    assert bar["text/plain"].startswith("2 of 2 replications, ")
    assert '<progress value="2" max="2">' in bar["text/html"]
    assert answer["text/plain"] == "([(2, 2)], True)"


def test_elsewhere_nothing_is_shown() -> None:
    """A call is the function itself, and what takes no time stays as it is."""
    run: Any = sim.run
    assert run is sys.modules["sim.studies.forecast.study"].run
    assert isinstance(sim.Scenario, type)
