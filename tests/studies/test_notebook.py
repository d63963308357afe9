"""A call shows a bar by itself in a notebook, and nowhere else."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.studies import notebook


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a cell shows, in plain text: a kernel of which only `display` is asked."""
    pictures: list[str] = []

    def display(picture: dict[str, str], **_: Any) -> Any:
        pictures.append(picture["text/plain"])
        return SimpleNamespace(update=display)

    kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1), display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    notebook.shown.cache_clear()
    yield pictures
    notebook.shown.cache_clear()


def test_every_call_that_takes_progress_shows_it(shown: list[str]) -> None:
    """Unless it is given one; its result is the same."""
    frame = sim.evaluate({}, replications=1, at="central", outcomes=["realised_at_end"])
    assert (shown[0], shown[-1].rpartition(",")[0]) == ("compiling, or reading", "1 of 1 replications")
    told: list[tuple[int, int]] = []
    shown.clear()
    own = sim.evaluate({}, replications=1, at="central", outcomes=["realised_at_end"], progress=lambda *far: told.append(far))
    assert (shown, told) == ([], [(1, 1)])
    assert own.attrs["digests"] == frame.attrs["digests"]


def test_elsewhere_nothing_is_shown() -> None:
    """A call is the function itself, and what takes no time stays as it is."""
    notebook.shown.cache_clear()
    assert sim.run is sys.modules["sim.studies.forecast.study"].run
    assert isinstance(sim.Scenario, type)
