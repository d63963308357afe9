"""The project's folder, its library and its baseline; a command started as a user would."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]  # the command: exit code, standard output and standard error
ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
FORECAST = SCENARIOS / "baseline.toml"  # every replication with a parameter set and a population of its own
BASELINE = ROOT / "tests" / "support" / "central" / "baseline.toml"  # the same at its own values


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
