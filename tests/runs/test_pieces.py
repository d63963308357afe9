"""Work in pieces: each is kept in its file, nothing is computed twice, and what stops early goes on from there."""

import os
import signal
from pathlib import Path

import pytest

from sim.inputs.errors import InputError
from sim.runs.experiment import Interrupted
from sim.runs.pieces import answers, blocks


def squared(log: Path, number: int) -> dict[str, int]:
    """Return a square, and leave a line of every call."""
    with log.open("a") as stream:
        stream.write(f"{number}\n")
    return {"square": number**2}


def killed_at_three(log: Path, number: int) -> dict[str, int]:
    """Do the same, but a worker that gets a three is killed."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(log, number)


def files(folder: Path, count: int) -> dict[Path, int]:
    """Return numbers by their files."""
    return {folder / f"{number}.json": number for number in range(count)}


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_answered_once_and_in_order(workers: int, tmp_path: Path) -> None:
    """By this process or by two: the answers in the order of the items; asked for more, only those that are lacking are computed."""
    log, told = tmp_path / "log", list[tuple[int, int]]()
    assert [row["square"] for row in answers(squared, log, files(tmp_path, 3), tmp_path, "squares", workers)] == [0, 1, 4]
    found = answers(squared, log, files(tmp_path, 5), tmp_path, "squares", workers, lambda done, total: told.append((done, total)))
    assert [row["square"] for row in found] == [0, 1, 4, 9, 16]
    assert sorted(log.read_text().split()) == ["0", "1", "2", "3", "4"]
    assert told == [(4, 5), (5, 5)]


def test_progress_counts_an_item_as_large_as_it_is(tmp_path: Path) -> None:
    """What is there already counts from the start."""
    log, told = tmp_path / "log", list[tuple[int, int]]()
    answers(squared, log, files(tmp_path, 2), tmp_path, "squares", 1, size=lambda number: 10 + number)
    answers(squared, log, files(tmp_path, 4), tmp_path, "squares", 1, lambda *done: told.append(done), lambda number: 10 + number)
    assert told == [(33, 46), (46, 46)]


def test_blocks_hold_every_number_once(tmp_path: Path) -> None:
    """The last one is as small as it has to be."""
    assert blocks(tmp_path, 5, 2) == {
        tmp_path / "000000-000001.json": range(2),
        tmp_path / "000002-000003.json": range(2, 4),
        tmp_path / "000004-000004.json": range(4, 5),
    }


def test_what_is_stopped_is_kept_and_goes_on(tmp_path: Path) -> None:
    """Ctrl-C after the first of three: it says where all is kept, and the next run computes the other two."""

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    log = tmp_path / "log"
    with pytest.raises(Interrupted, match="stopped; what is finished is kept in"):
        answers(squared, log, files(tmp_path, 3), tmp_path, "squares", 1, stop)
    assert log.read_text() == "0\n"
    assert len(answers(squared, log, files(tmp_path, 3), tmp_path, "squares", 1)) == 3
    assert log.read_text() == "0\n1\n2\n"


def test_a_worker_that_is_killed_loses_no_finished_piece(tmp_path: Path) -> None:
    """Interrupted, with the reason; what others finished is read, not computed, by the run that follows."""
    log = tmp_path / "log"
    with pytest.raises(Interrupted, match="a worker was killed"):
        answers(killed_at_three, log, files(tmp_path, 4), tmp_path, "squares", 2)
    before = log.read_text().split() if log.exists() else []
    kept = [path for path in files(tmp_path, 4) if path.exists()]
    answers(squared, log, files(tmp_path, 4), tmp_path, "squares", 1)
    assert len(log.read_text().split()) == len(before) + 4 - len(kept)


def test_a_file_that_is_damaged_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A changed digit is found by the seal; a folder that is not there is a reason to stop."""
    log, items = tmp_path / "log", files(tmp_path, 1)
    answers(squared, log, items, tmp_path, "squares", 1)
    (path,) = items
    path.write_text(path.read_text().replace('"square": 0', '"square": 1'))
    with pytest.raises(InputError, match="damaged"):
        answers(squared, log, items, tmp_path, "squares", 1)
    with pytest.raises(Interrupted, match="cannot be written"):
        answers(squared, log, {tmp_path / "none" / "0.json": 0}, tmp_path, "squares", 1)
