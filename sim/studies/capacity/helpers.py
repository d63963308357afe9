"""The replications of one company's trials lived in several processes at once: each has its own part of them, and keeps what it began."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sim.runs.source import replaced
from sim.runs.workers.pool import put_down, taken
from sim.runs.workers.warm import Warm
from sim.studies.capacity.trials import Capacity, Flags, Trials

FROM = 100  # replications: a search among fewer is done before a helper has started


@contextmanager
def helped(trials: Trials, workers: int | None = None) -> Iterator[None]:
    """Have other processes live their part of every replication that a search asks about, while this lasts. The same answers.

    `workers`: processes in all, this one included; default: as many as the machine has, this one alone for few replications.
    """
    few = workers is None and trials.replications < FROM
    count = 1 if few or replaced() else min(workers or os.cpu_count() or 1, trials.replications)
    if count == 1:
        yield
        return
    with ExitStack() as until, TemporaryDirectory(prefix="bso-sim-") as folder:
        given = Path(folder) / "given"
        put_down(given, (trials.task, trials.question))
        others = [Warm(1, partial(begin, given)) for _ in range(count - 1)]  # one process each, so that its part is always its own
        for other in others:
            until.callback(other.close)

        def shared(capacity: Capacity, since: int | None, numbers: range) -> Flags:
            parts = [numbers[place::count] for place in range(count)]
            asked = [other.call(passed, given, capacity, since, part) for other, part in zip(others, parts[1:], strict=True)]
            flags = np.empty(len(numbers), bool)
            flags[0::count] = trials.one_by_one(capacity, since, parts[0])
            for place, answer in enumerate(asked, 1):
                flags[place::count] = answer.result()
            trials.count(len(numbers) - len(parts[0]))
            return flags

        trials.live = shared
        try:
            yield
        finally:
            trials.live = trials.one_by_one


def begin(given: Path) -> None:
    """Read all that a helper needs, as it starts."""
    _trials(given)


@lru_cache(1)
def _trials(given: Path) -> Trials:
    """Return the trials of which this process has a part."""
    task, question = taken(given)
    return Trials(task, question, task.scenario.replications)


def passed(given: Path, capacity: Capacity, since: int | None, numbers: Sequence[int]) -> list[bool]:
    """Return whether each of these replications passes."""
    return [_trials(given).passes(number, capacity, since) for number in numbers]
