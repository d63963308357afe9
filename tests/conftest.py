"""What all tests share: the project's folder, the baseline, and hypothesis without chance."""

import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

from sim.inputs.scenario import Scenario, load_scenario

ROOT = Path(__file__).parent.parent
BASELINE = ROOT / "scenarios" / "baseline.toml"

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


def started(command: list[str]) -> subprocess.Popen[str]:
    """Start a command in a session of its own, that hears Ctrl-C even where the tests themselves were started deaf to it (`make test &`)."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The baseline scenario."""
    return load_scenario(BASELINE)
