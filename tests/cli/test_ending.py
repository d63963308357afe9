"""What ends a command early: any signal, at any time, any fault, any surroundings: a line, an exit code, nothing left behind."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli.ending import ending
from sim.engine import kept
from sim.inputs.errors import InputError
from sim.runs.cost import OverBudget
from sim.runs.disk.store import StorageError
from sim.runs.experiment import Interrupted, kept_in
from sim.runs.workers.handing import ClusterLost
from sim.runs.workers.pool import WorkerKilled
from tests.support.hostile import OBEYED, TEXTS
from tests.support.project import BASELINE, ROOT

BSO = [sys.executable, "-m", "sim.cli"]
RUN = [*BSO, "run", str(BASELINE), "--json", "--workers", "2", "--replications", "4000", "--out"]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

FAULTS: dict[str, tuple[Callable[[str], BaseException], int]] = {
    "bad input": (lambda text: InputError(text, text, text), 2),
    "over budget": (OverBudget, 2),
    "no room": (StorageError, 3),
    "a worker killed": (WorkerKilled, 3),
    "a cluster lost": (ClusterLost, 3),
    "stopped": (lambda _: Interrupted(Path("nowhere"), "stopped"), 130),
    "interrupted": (lambda text: Interrupted(Path("nowhere"), f"{text} "), 3),
    "the system": (lambda text: OSError(errno.EIO, "Input/output error", text), 3),
    "memory": (MemoryError, 3),
    "Ctrl-C": (KeyboardInterrupt, 130),
    "nobody reads": (lambda _: BrokenPipeError(errno.EPIPE, "Broken pipe", "pipe"), 141),
    **{
        kind.__name__: (kind, 1) for kind in (ValueError, KeyError, RuntimeError, AssertionError, RecursionError, ZeroDivisionError)
    },
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=[*FAULTS])
def test_every_fault_is_a_line_and_a_code(
    fault: Callable[[str], BaseException],
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whatever its text; a fault of ours says where its traceback lies."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("os.dup2", lambda *_: None)
    for text in ("$x_{", *(text for text in TEXTS[7::9] if "\n" not in text), "a" * 40_000):
        raised = fault(text)
        with pytest.raises(SystemExit) as left, ending():
            raise raised
        said = capsys.readouterr().err
        assert left.value.code == code
        assert said.count("\n") == (code != 141)
        assert len(said) < 2_000
        assert not OBEYED.search(said)
        assert "Traceback" not in said
    faults = [*tmp_path.glob("bso-fault-*.txt")]
    assert bool(faults) == (code == 1)
    assert all("Traceback" in path.read_text(encoding="utf-8") for path in faults)


def test_what_is_kept_is_said_where_something_is(tmp_path: Path) -> None:
    """Not of a folder that is not there, nor of one that only says what it is of."""
    with pytest.raises(Interrupted, match=r"^stopped$"), kept_in(tmp_path / "none"):
        raise KeyboardInterrupt
    (tmp_path / "experiment.json").touch()
    (tmp_path / "fit.json").touch()
    with pytest.raises(Interrupted, match=r"^stopped$"), kept_in(tmp_path):
        raise KeyboardInterrupt
    (tmp_path / "000000-000031.json").touch()
    with pytest.raises(Interrupted, match="no room; what is finished is kept in"), kept_in(tmp_path):
        raise StorageError("no room")


def stopped(
    command: list[str], by: signal.Signals, ready: Callable[[], bool], tmp_path: Path, **environment: str
) -> tuple[int, str]:
    """Start a command, send it a signal twice when it is ready, and return its exit code and what it said; nothing is left in its folder."""
    (tmp_path / "tmp").mkdir()
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in SIGNALS] and None,
    )
    until = time.monotonic() + 120
    while not ready() and started.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    started.send_signal(by)
    if by != signal.SIGINT:  # a second Ctrl-C is somebody who does not want to wait
        started.send_signal(by)
    _, said = started.communicate(timeout=120)
    assert [path.name for path in (tmp_path / "tmp").iterdir()] == []
    assert "Traceback" not in said
    return started.returncode, said


@pytest.mark.parametrize("by", [SIGNALS[0], *(pytest.param(by, marks=pytest.mark.full) for by in SIGNALS[1:])], ids=str)
def test_any_signal_stops_a_run_and_leaves_nothing_behind(by: signal.Signals, tmp_path: Path) -> None:
    """With workers under way: the folder of what they were given is gone, the code is the signal's, and it says where all is kept."""
    out = tmp_path / "run"
    code, said = stopped([*RUN, str(out)], by, lambda: any(out.glob("chunk-*[0-9]/chunk.json")), tmp_path)
    assert code == 128 + by
    assert said.splitlines()[-1].startswith(f"bso: stopped; what is finished is kept in {out}")


@pytest.mark.full
@pytest.mark.parametrize("by", SIGNALS, ids=lambda number: number.name)
def test_any_signal_stops_the_first_compilation(by: signal.Signals, tmp_path: Path) -> None:
    """With nothing compiled yet: at once, and in a line."""
    cache = tmp_path / "cache"
    code, said = stopped([*RUN, str(tmp_path / "run")], by, lambda: any(cache.rglob("*-*")), tmp_path, NUMBA_CACHE_DIR=str(cache))
    assert (code, said.splitlines()[-1]) == (128 + by, "bso: stopped")


@pytest.mark.parametrize(
    "closed", ["<&- >&- 2>&-", *(pytest.param(text, marks=pytest.mark.full) for text in (">&-", "2>&1 | true"))]
)
def test_a_closed_stream_is_no_reason_to_stop(closed: str, tmp_path: Path) -> None:
    """All files are whole, as what is closed has given no file its number; nothing is said of it."""
    words = f"{sys.executable} -m sim.cli template company 'Thuispunt Gent' --out {tmp_path}/out"
    done = subprocess.run(["bash", "-c", f"{words} {closed}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len([*(tmp_path / "out").iterdir()]) == 5
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in (tmp_path / "out").iterdir())


def test_what_cannot_take_the_answer_is_said() -> None:
    """A full disk behind standard output."""
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m sim.cli explain phases > /dev/full"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (3, "bso: standard output: No space left on device\n")


@given(st.lists(st.sampled_from(["NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR"]), unique=True), st.booleans())
def test_code_is_kept_somewhere_or_nowhere_whatever_the_surroundings(lacking: list[str], unset: bool) -> None:
    """Any of the folders not there, not a folder, or not named at all: never an error; nowhere only where none can be written."""
    names = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR")
    with tempfile.TemporaryDirectory() as room, pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, "/proc/nowhere" if name in lacking else room)
            if name in lacking and unset:
                patch.delenv(name)
        if unset and "HOME" in lacking:
            patch.setattr(Path, "home", no_home)
        patch.setattr(kept, "notice", lambda text: None)
        patch.setattr(tempfile, "tempdir", "/proc/nowhere" if "TMPDIR" in lacking else room)
        found = kept.folder.__wrapped__()
        assert (found is None) == ("TMPDIR" in lacking and not (home_of_code(lacking, unset)))
        assert found is None or (found.is_dir() and found.is_relative_to(room))


def no_home() -> Path:
    """Do as Path.home does for a user without one."""
    raise RuntimeError("Could not determine home directory.")


def home_of_code(lacking: list[str], unset: bool) -> bool:
    """Return whether the first of the folders that are named can be written."""
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        if name not in lacking:
            return True
        if not unset:
            return False
    return False
