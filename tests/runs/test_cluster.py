"""A cluster: a real Dask scheduler and real worker processes, one of which is killed, give the bits of the process pool."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.runs.disk.reading import problems
from sim.runs.experiment import Interrupted, run_experiment, run_experiments
from sim.runs.job import Job
from sim.runs.workers.handing import ClusterLost, Piece, handed_out
from tests.support.project import BASELINE, ROOT, Run

REPLICATIONS = 400


def free_port() -> int:
    """Return a port of the loopback that nobody uses."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own: its address, and the three."""
    address, processes = f"tcp://127.0.0.1:{free_port()}", []

    def start(*command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        processes.append(process)
        return process

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard")
        for i in range(2):
            start(
                "dask_worker",
                address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--local-directory",
                str(tmp_path / str(i)),
            )
        yield address, processes
    finally:
        for process in processes:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()


@pytest.mark.full
def test_a_cluster_gives_the_bits_of_the_process_pool_though_workers_and_scheduler_are_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Many experiments; then with a frozen scheduler and a frozen worker, which is said; then one in which a worker is killed: nothing fails,
    and all is whole; then one that loses the scheduler.

    One cluster for all, as it takes long to start.
    """
    address, (scheduler, *workers) = cluster
    check_many(address, tmp_path / "many")
    with monkeypatch.context() as soon:
        soon.setattr("sim.runs.workers.handing.QUIET", 3)
        soon.setattr("sim.runs.workers.cluster.PING", 2)
        check_frozen(address, scheduler, "its scheduler does not answer within 2 seconds", tmp_path / "scheduler", capsys)
        check_frozen(address, workers[0], "nothing is heard of tcp://127.0.0.1:", tmp_path / "worker", capsys)
    check_without_a_worker(address, workers, tmp_path / "killed")
    check_without_a_scheduler(address, scheduler, tmp_path / "lost")


def check_many(address: str, folder: Path) -> None:
    """Many experiments have the bits that they have in this process."""
    scenarios = {str(seed): load_scenario(BASELINE, seed, 30) for seed in (1, 2, 3)}
    found = run_experiments(scenarios, folder / "cluster", cluster=address)
    expected = run_experiments(scenarios, folder / "here", workers=1)
    assert {name: r.summary() for name, r in found.items()} == {name: r.summary() for name, r in expected.items()}


def check_frozen(
    address: str, process: subprocess.Popen[bytes], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who stops answering in the middle is named; when it answers again, all is as if nothing had been."""
    thaw = threading.Timer(9, process.send_signal, [signal.SIGCONT])

    def freeze(done: int, of: int) -> None:
        if not thaw.is_alive() and not thaw.finished.is_set():
            process.send_signal(signal.SIGSTOP)
            thaw.start()

    try:
        found = run_experiment(BASELINE, REPLICATIONS, out=folder / "frozen", cluster=address, progress=freeze)
    finally:
        process.send_signal(signal.SIGCONT)
    assert said in capsys.readouterr().err
    assert found.manifest["digest"] == run_experiment(BASELINE, REPLICATIONS, workers=2, out=folder / "here").manifest["digest"]


def check_without_a_worker(address: str, workers: list[subprocess.Popen[bytes]], folder: Path) -> None:
    """Killed in the middle of the experiment; nothing fails, and everything written is whole."""
    done_by_then: list[int] = []

    def kill_one(done: int, of: int) -> None:
        if not done_by_then and done >= 60:
            workers[0].kill()
            workers[0].wait()
            done_by_then.append(done)

    begin = time.monotonic()
    found = run_experiment(BASELINE, REPLICATIONS, out=folder / "cluster", cluster=address, progress=kill_one)
    assert time.monotonic() - begin < 300
    assert done_by_then
    assert done_by_then[0] < REPLICATIONS
    assert workers[1].poll() is None
    expected = run_experiment(BASELINE, REPLICATIONS, workers=2, out=folder / "pool")
    assert found.summary() == expected.summary()
    assert found.manifest["chunks"] == expected.manifest["chunks"]
    assert problems(folder / "cluster") == []


def check_without_a_scheduler(address: str, scheduler: subprocess.Popen[bytes], folder: Path) -> None:
    """The scheduler is killed in the middle: one line, and nothing that was finished is lost."""

    def kill(done: int, of: int) -> None:
        if done >= 40:
            scheduler.kill()

    with pytest.raises(Interrupted, match="was lost"):
        run_experiment(BASELINE, 2_000, out=folder / "run", cluster=address, progress=kill)
    assert list((folder / "run").glob("chunk-*[0-9]"))


def test_an_address_where_nobody_listens_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that names the address; nothing is computed."""
    monkeypatch.setattr("sim.runs.workers.handing.CONNECT", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(InputError, match=f"--cluster: {address}: no Dask scheduler"):
        run_experiment(BASELINE, 20, out=tmp_path / "run", cluster=address)
    with pytest.raises(InputError, match="tls://HOST:PORT, tcp://HOST:PORT or local is allowed"):
        run_experiment(BASELINE, 20, out=tmp_path / "run", cluster="nonsense")
    assert not list((tmp_path / "run").glob("chunk-*"))


@pytest.mark.parametrize(
    ("lang", "said"), [("nl", "heeft geen wachtwoord en geen versleuteling"), ("en", "has neither password nor encryption")]
)
def test_the_command_warns_of_a_cluster_that_others_reach(bso: Run, monkeypatch: pytest.MonkeyPatch, lang: str, said: str) -> None:
    """In the reader's language, as its other messages; not of one that only this machine reaches."""
    monkeypatch.setattr("sim.runs.workers.handing.CONNECT", 0.2)
    for host, warned in (("127.0.0.2", 1), ("127.0.0.1", 0)):
        code, _, err = bso("run", BASELINE, "--replications", 20, "--cluster", f"tcp://{host}:{free_port()}", "--lang", lang)
        assert (code, err.count(said)) == (2, warned)
        assert all(line.startswith("bso: ") for line in err.splitlines())


def test_a_cluster_without_workers_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing handed out: a worker that comes in time gets the chunks; one that does not come is an error, after that time."""
    monkeypatch.setattr("sim.runs.workers.handing.CONNECT", 1)

    def pieces() -> Iterator[Piece]:
        job = Job(tmp_path, 1, lambda: pytest.fail("not asked for"))
        return iter([Piece(job, "given", number, number) for number in range(3)])

    def results(workers_after: float) -> list[tuple[str, int, int]]:
        out: dict[Piece, Future[tuple[str, int, int]]] = {}
        begin = time.monotonic()
        with ThreadPoolExecutor(1) as executor:
            done = handed_out(executor, lambda *asked: asked, pieces(), out, lambda: 2 * (time.monotonic() - begin > workers_after))
            return [result for _, result in done]

    assert results(0.5) == [("given", number, number) for number in range(3)]
    begin = time.monotonic()
    with pytest.raises(ClusterLost, match="no worker is left after 1 seconds"):
        results(100)
    assert 1 <= time.monotonic() - begin < 3
