"""Long experiments in an unkind world: killed, out of disk, damaged. Nothing finished is lost, nothing wrong is read."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from sim.inputs.scenario.model import load_scenario
from sim.runs.disk.reading import problems
from sim.runs.disk.store import CHUNK, MANIFEST
from sim.runs.experiment import run_experiment, run_experiments
from sim.runs.results import Results
from tests.support.campaign import campaign
from tests.support.project import BASELINE, ROOT
from tests.support.project import started as start

BSO = [sys.executable, "-m", "sim.cli"]
RUN = [*BSO, "run", str(BASELINE), "--json", "--workers", "2", "--replications"]


def started(replications: int, out: Path, *more: str) -> subprocess.Popen[str]:
    """Start a run in a session of its own."""
    return start([*RUN, str(replications), "--out", str(out), *more])


def workers_of(number: int) -> list[psutil.Process]:
    """Return the processes that compute for a process: its children, or on Linux those of the one child that they are copies of."""
    with contextlib.suppress(psutil.Error):
        below = [(child, " ".join(child.cmdline())) for child in psutil.Process(number).children(recursive=True)]
        return [child for child, line in below if "spawn_main" in line or ("forkserver" in line and child.ppid() != number)]
    return []


def finished(out: Path) -> dict[str, int]:
    """Return the chunks that are there, and when each was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob(f"chunk-*[0-9]/{CHUNK}")}


def killed_again_and_again(tmp_path: Path, kills: int, replications: int, seed: int) -> None:
    """Kill the run or a worker at random moments, start again, and compare with a run that nobody disturbed."""
    chance = random.Random(seed)
    done = 0
    while done < kills:
        out = tmp_path / f"run-{done}"
        while done < kills and not (out / MANIFEST).exists():
            process, before = started(replications, out), finished(out)
            time.sleep(chance.uniform(0.5, 5))
            alive = workers_of(process.pid)
            if alive and chance.random() < 0.5:
                with contextlib.suppress(psutil.Error):
                    chance.choice(alive).kill()
                assert process.wait(timeout=300) == 0  # the worker is replaced
            else:
                process.kill()
                process.wait(timeout=60)
            done += 1
            process.communicate()
            psutil.wait_procs(alive, timeout=30)
            assert not any(worker.is_running() for worker in alive), "a worker was left behind"
            after = finished(out)
            assert {name: after.get(name) for name in before} == before, "a finished chunk was computed again"
        found = run_experiment(BASELINE, replications, workers=2, out=out)
        assert not problems(out)
        assert not list(out.glob("*.part"))
        assert found.manifest["digest"] == signal_shielded(tmp_path, replications)


def signal_shielded(tmp_path: Path, replications: int) -> str:
    """Return the digest of the same experiment in one go."""
    return str(run_experiment(BASELINE, replications, workers=1, out=tmp_path / "undisturbed").manifest["digest"])


def test_killed_and_resumed(tmp_path: Path) -> None:
    """Run and worker killed: the digest of a run that nobody disturbed, no finished chunk computed again, no worker left behind."""
    killed_again_and_again(tmp_path, 2, 240, seed=1)


@pytest.mark.full
def test_killed_at_fifty_random_moments(tmp_path: Path) -> None:
    """Run or worker killed at 50 random moments."""
    killed_again_and_again(tmp_path, 50, 1_200, seed=2)


class Killer(threading.Thread):
    """Kills the workers of a run as soon as they appear: what a machine does that is out of memory."""

    def __init__(self, process: subprocess.Popen[str], most: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.killed = process, most, 0

    def run(self) -> None:
        """Kill until the run is over or enough are dead."""
        while self.process.poll() is None and self.killed < self.most:
            for worker in workers_of(self.process.pid)[: self.most - self.killed]:
                with contextlib.suppress(psutil.Error):
                    worker.kill()
                    self.killed += 1
            time.sleep(0.005)


@pytest.mark.full
def test_a_chunk_whose_worker_always_dies_has_failed(tmp_path: Path) -> None:
    """After three tries more it is counted as failed, with replication and seed, exit code 3; a run without killer makes it good."""
    out = tmp_path / "run"
    process = started(40, out)
    Killer(process, 1_000).start()
    output, error = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "40 replications failed: 0, 1, 2, 3, 4, ... of seed 20251231" in error
    assert "killed 4 times" in error
    assert json.loads(output)["failed"] == 40
    found = run_experiment(BASELINE, 40, workers=2, out=out)
    assert found.manifest["failed"] == 0
    assert found.manifest["digest"] == signal_shielded(tmp_path, 40)


@pytest.mark.full
def test_a_worker_that_dies_now_and_then_is_replaced(tmp_path: Path) -> None:
    """Three kills: every replication is there in the end, with the same digest."""
    process = started(60, tmp_path / "run")
    killer = Killer(process, 3)
    killer.start()
    output, _ = process.communicate(timeout=300)
    assert (process.returncode, killer.killed) == (0, 3)
    assert json.loads(output)["digest"] == signal_shielded(tmp_path, 60)


@pytest.mark.full
def test_a_killed_worker_hurts_none_of_many_experiments(tmp_path: Path) -> None:
    """Killed in the middle of the second of three: nothing fails, and each has the digest of a run that nobody disturbed."""
    scenario = load_scenario(BASELINE, None, 100)
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if len(killed) < 2 and done >= 120 + 60 * len(killed):
            workers_of(os.getpid())[0].kill()
            killed.append(done)

    names = ("one", "two", "three")
    found = run_experiments(dict.fromkeys(names, scenario), tmp_path, 2, chunk=4, progress=kill)
    assert len(killed) == 2
    for name in names:
        assert found[name].manifest["failed"] == 0
        assert found[name].manifest["digest"] == signal_shielded(tmp_path, 100)
        assert problems(tmp_path / name) == []
    assert not workers_of(os.getpid())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Twelve replications in two chunks."""
    return run_experiment(BASELINE, 12, workers=1, out=tmp_path_factory.mktemp("whole") / "run", chunk=6)


def files_of(results: Results) -> list[Path]:
    """Return every file that holds data."""
    return sorted(path for path in results.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("part", campaign(range(4), 4))
def test_verify_finds_every_flipped_bit_and_every_truncation(whole: Results, tmp_path: Path, part: int) -> None:
    """80 of 80 flipped bits and 20 of 20 truncations, in any file; and nothing in results that are whole."""
    chance, found = random.Random(part), []
    folder = tmp_path / "run"
    shutil.copytree(whole.folder, folder)
    assert problems(folder) == []
    paths = files_of(Results(folder))
    assert {path.suffix for path in paths} == {".json", ".parquet"}
    for number in range(100):
        path = chance.choice(paths)
        raw = path.read_bytes()
        if number < 80:
            place = chance.randrange(len(raw))
            damaged = raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]
        else:
            damaged = raw[: chance.randrange(len(raw))]
        path.write_bytes(damaged)
        found.append(bool(problems(folder)))
        path.write_bytes(raw)
    assert (sum(found[:80]), sum(found[80:])) == (80, 20)
    assert problems(folder) == []
    paths[-1].unlink()
    assert len(problems(folder)) == 1


def test_the_command_says_what_is_damaged(whole: Results, tmp_path: Path) -> None:
    """Exit code 0 for whole results, 3 for damaged ones with the file named, 2 where there are none."""
    folder = tmp_path / "run"
    shutil.copytree(whole.folder, folder)
    verify = [*BSO, "verify"]
    assert subprocess.run([*verify, str(folder)], cwd=ROOT, check=False).returncode == 0
    path = next(folder.glob("chunk-*/tests.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    done = subprocess.run([*verify, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert str(path) in done.stderr
    done = subprocess.run([*verify, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "no results" in done.stderr) == (2, True)


@pytest.mark.parametrize(("workers", "named"), [("1", "chunk-0000"), ("2", "task")])
@pytest.mark.full
def test_a_file_size_limit_ends_the_run_with_what_was_finished(workers: str, named: str, tmp_path: Path) -> None:
    """Exit code 3, the path and the bytes needed; the chunks from before are whole, and without the limit the run goes on."""
    out = tmp_path / "run"
    run_experiment(BASELINE, 20, workers=1, out=out)
    before = finished(out)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    command = [*RUN, "60", "--out", str(out), "--workers", workers]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert done.returncode == 3, done.stderr
    assert "File too large" in done.stderr
    assert "bytes are needed" in done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert finished(out) == before
    assert run_experiment(BASELINE, 60, workers=1, out=out).manifest["digest"] == signal_shielded(tmp_path, 60)


def in_small_room(script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a place of its own, where $ROOM can be mounted; skip where the system does not let us."""
    (tmp_path / "room").mkdir()
    environment = {**os.environ, "ROOM": str(tmp_path / "room"), "KEPT": str(tmp_path), "PYTHON": sys.executable}
    own = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"]
    if shutil.which("unshare") is None or subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount of its own on this system")
    return subprocess.run([*own, script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_full_disk_ends_the_run_with_what_was_finished(tmp_path: Path) -> None:
    """On a disk of 3 MB: exit code 3, path, bytes needed and free; what was finished is whole, and goes on elsewhere."""
    done = in_small_room(
        'mount -t tmpfs -o size=3m none "$ROOM" && "$PYTHON" -m sim.cli run tests/support/central/baseline.toml --replications 200 --workers 2 '
        '--json --out "$ROOM/run"; code=$?; cp -r "$ROOM/run" "$KEPT/copy"; exit $code',
        tmp_path,
    )
    assert done.returncode == 3, done.stderr
    assert "No space left" in done.stderr
    assert "bytes are needed" in done.stderr
    assert "Traceback" not in done.stderr
    copy = tmp_path / "copy"
    assert len(finished(copy)) >= 1
    assert all("not finished" in line for line in problems(copy))
    assert run_experiment(BASELINE, 200, workers=2, out=copy).manifest["digest"] == signal_shielded(tmp_path, 200)


@pytest.mark.full
def test_a_disk_that_becomes_read_only_ends_the_run(tmp_path: Path) -> None:
    """Exit code 3 and a message, no traceback."""
    done = in_small_room(
        'mount -t tmpfs -o size=500m none "$ROOM" && "$PYTHON" -m sim.cli run tests/support/central/baseline.toml --replications 4000 '
        '--workers 2 --json --out "$ROOM/run" & run=$!; until ls "$ROOM"/run/chunk-*[0-9]/chunk.json 2>/dev/null; do sleep 0.05; done; '
        'mount -o remount,ro "$ROOM" || mount -o remount,ro,bind "$ROOM"; wait $run',
        tmp_path,
    )
    assert done.returncode == 3, done.stderr
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    """Exit code 130; no worker is left."""
    process = started(4_000, tmp_path / "run")
    while not finished(tmp_path / "run") and process.poll() is None:
        time.sleep(0.01)
    alive = workers_of(process.pid)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, "the same command goes on" in error) == (130, True)
    psutil.wait_procs(alive, timeout=30)
    assert not any(worker.is_running() for worker in alive)


def test_what_a_long_run_costs_is_said_before_and_more_than_the_budget_is_refused(tmp_path: Path) -> None:
    """Two hundred thousand replications: refused with time and disk, exit code 2; what was tried is kept, and a small run asks nothing."""
    command = [*RUN, "200000", "--out", str(tmp_path / "run"), "--budget-gb", "0.5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    for words in ("replications more: about", "on 2 processes", "GB on disk", "--yes"):
        assert words in done.stderr
    assert len(finished(tmp_path / "run")) == 1


def peaks(replications: int, out: Path) -> tuple[int, int]:
    """Run an experiment and return the peaks of the parent's memory and of its largest worker's (bytes)."""
    process, largest = started(replications, out), {0: 0, 1: 0}

    def look(number: int, place: int) -> None:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines()
            kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
            largest[place] = max(largest[place], 1024 * kilobytes)

    while process.poll() is None:
        look(process.pid, 0)
        for worker in workers_of(process.pid):
            look(worker.pid, 1)
        time.sleep(0.05)
    assert process.wait() == 0
    return largest[0], largest[1]


@pytest.mark.full
def test_memory_does_not_grow_with_replications(tmp_path: Path) -> None:
    """Peak of the parent and of the largest worker: with 10,000 replications within 10% of that with 1,001 (the same chunks), below 1 GiB."""
    run_experiment(BASELINE, 1, workers=1, out=tmp_path / "compiled")
    few, many = peaks(1_001, tmp_path / "few"), peaks(10_000, tmp_path / "many")
    for small, large in zip(few, many, strict=True):
        assert 2**26 < large <= 1.1 * small, (few, many)
        assert large < 2**30, (few, many)


@pytest.mark.full
def test_a_script_needs_no_guard_against_its_own_workers(tmp_path: Path) -> None:
    """A user's script that runs an experiment at its top level, with two workers: it runs once, and works."""
    script = tmp_path / "mine.py"
    script.write_text(
        f'import sim\nprint(sim.run({str(BASELINE)!r}, 60, workers=2, out="run").summary()["failed"])\n', encoding="utf-8"
    )
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.full
def test_a_disk_without_room_for_the_first_file_leaves_a_folder_that_goes_on(tmp_path: Path) -> None:
    """A file-size limit of one byte from the start: exit code 3, and without the limit the same command works."""
    out = tmp_path / "run"
    command = [*RUN, "2", "--out", str(out), "--workers", "1"]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert done.returncode == 3, done.stderr
    assert "bytes are needed" in done.stderr
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_a_chunk_that_lost_its_facts_is_computed_again(whole: Results, tmp_path: Path) -> None:
    """Somebody removes chunk.json: the next run makes that chunk anew, with the same digest."""
    folder = tmp_path / "run"
    shutil.copytree(whole.folder, folder)
    (folder / "chunk-0000000-0000005" / CHUNK).unlink()
    assert problems(folder)
    found = run_experiment(BASELINE, 12, workers=1, out=folder, chunk=6)
    assert found.manifest["digest"] == whole.manifest["digest"]
    assert problems(folder) == []
