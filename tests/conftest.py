"""What all tests share: the baseline, and hypothesis without chance."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from sim import cli
from sim.inputs.scenario.model import Scenario, load_scenario
from tests.support.browser import CHROMIUM
from tests.support.project import BASELINE, FORECAST, Run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ["BSO_LANG"] = "en"  # messages are asserted as the source has them; tests/cli/test_reader.py asks for Dutch
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


def pytest_sessionstart(session: pytest.Session) -> None:
    """The engine is compiled once, before there are workers that would all compile it at the same time."""
    if session.config.getoption("numprocesses", None) and not session.config.option.collectonly:
        from sim.engine import build_model, replicate
        from sim.inputs.region.load import load_region

        scenario = load_scenario(BASELINE)
        replicate(build_model(scenario, load_region(scenario)), 0)


UNRUN = pytest.StashKey[dict[str, int]]()  # the long campaigns that are left out: how many cases of each test


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count them; a process that runs a part of the tests tells the one that started it."""
    config = items[0].config
    found = Counter(item.nodeid.partition("[")[0] for item in items if item.get_closest_marker("full"))
    config.stash[UNRUN] = dict(found)
    if hasattr(config, "workeroutput"):
        config.workeroutput["unrun"] = dict(found)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Each has left out the same."""
    node.config.stash[UNRUN] = getattr(node, "workeroutput", {}).get("unrun", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List them, that nobody takes what has run for all."""
    if unrun := config.stash.get(UNRUN, {}):
        terminalreporter.section(f"not run here, but by make test-full: {sum(unrun.values())}")
        for name, cases in sorted(unrun.items()):
            terminalreporter.write_line(f"{cases:4} {name}")


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The baseline scenario, at its own values."""
    return load_scenario(BASELINE)


@pytest.fixture(scope="session")
def forecast() -> Scenario:
    """The baseline scenario, drawn."""
    return load_scenario(FORECAST)


@pytest.fixture
def bso(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command in an empty folder and return exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bso", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        code = left.value.code
        out, err = capsys.readouterr()
        return code if isinstance(code, int) else int(code is not None), out, err

    return call


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A browser without a window; not for longer than a file, as its event loop would be in the way of other tests."""
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
