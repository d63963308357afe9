"""Work in pieces that are kept: what many items give, each in a file of its own as soon as it is there, and never computed twice."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from sim.inputs.errors import InputError
from sim.runs.disk.store import read_json, write_json
from sim.runs.experiment import Progress, kept_in
from sim.runs.workers.pool import pieces

Given = TypeVar("Given")
Item = TypeVar("Item")


def answers(
    function: Callable[[Given, Item], Mapping[str, Any]],
    given: Given,
    items: Mapping[Path, Item],
    folder: Path,
    of: str,
    workers: int | None = None,
    progress: Progress | None = None,
    size: Callable[[Item], int] = lambda item: 1,
) -> list[dict[str, Any]]:
    """Return what a function of a module gives for what all items share and each of them, in their order, from the file of each (JSON).

    `items`: by their files, below `folder`, which is held. `of`: what all of it is, by its digest; every file says so, and which it is.
    `workers`: processes, which write what they find. `progress`: items done, of how many; `size`: as how many one counts there. Raises
    Interrupted when stopped, when a worker is killed or a file cannot be written: what is finished is kept. Raises InputError for a file that is
    damaged or of something else, and what the function raises.
    """
    lacking = [(path, item) for path, item in items.items() if not path.exists()]
    total = sum(map(size, items.values()))
    done = total - sum(size(item) for _, item in lacking)
    with kept_in(folder), closing(pieces(_kept, (function, given, of), lacking, workers)) as finished:
        for (_, item), _ in finished:
            done += size(item)
            if progress is not None:
                progress(done, total)
    return [_read(path, of) for path in items]


def blocks(folder: Path, count: int, size: int) -> dict[Path, range]:
    """Return the numbers below `count` in blocks of at most `size`, by the file that keeps what a block gives."""
    ranges = (range(first, min(first + size, count)) for first in range(0, count, size))
    return {folder / f"{block[0]:06d}-{block[-1]:06d}.json": block for block in ranges}


def _kept(work: tuple[Callable[[Given, Item], Mapping[str, Any]], Given, str], piece: tuple[Path, Item]) -> None:
    function, given, of = work
    path, item = piece
    write_json(path, {"of": of, "piece": path.name, **function(given, item)})


def _read(path: Path, of: str) -> dict[str, Any]:
    """Return the answer that a file keeps. Raises InputError for one that is damaged, or of something else."""
    content = read_json(path)
    if (content.pop("of", None), content.pop("piece", None)) != (of, path.name):
        raise InputError(path, "", "is not of this study, or an earlier version wrote it; remove it and run again")
    return content
