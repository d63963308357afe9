"""The least capacity on one lever that reaches a wish, with the interval of that answer, and the curve of the chance."""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.runs.precision import CONFIDENCE, half_width
from sim.studies.capacity.trials import MOST, Capacity, Flags, Trials

CURVE = (1, 2, 5)  # and these times ten, a hundred: where the curve is looked at
EXACT = 1e-9  # sums of shares are not
FALL = 2.0  # standard errors of the paired difference, beyond which a chance that falls as capacity grows is said


@dataclass(frozen=True)
class Least:
    """The least capacity on one lever, the others as they are; None: not within the most that is tried (`most`).

    `low`, `high`: its 95% interval. `points`: capacity, chance, low, high of all that was tried. `falls`: where more capacity gave less chance.
    """

    lever: str
    least: int | None
    low: int | None
    high: int | None
    most: int
    points: pd.DataFrame
    falls: pd.DataFrame


def steps(most: int) -> list[int]:
    """Return the whole capacities that are tried: all to a hundred, then those of two digits that count (110, 120 ... 1,100)."""
    found = [*range(min(most, 100) + 1)]
    while found[-1] < most:
        found.append(found[-1] + 10 ** (len(str(found[-1])) - 2))
    return found


def first(reaches: Callable[[int], bool], places: Sequence[int]) -> int | None:
    """Return the first of ascending places that reaches, None when none does; every larger one is taken to do so as well."""
    place = bisect_left(places, True, key=reaches)
    return places[place] if place < len(places) else None


def bounds(passed: Flags, trials: Trials) -> tuple[float, float]:
    """Return the 95% interval of a chance: Wilson's, or from batches where replications depend on each other."""
    from scipy.stats import binomtest

    model, sampling = trials.task.model, trials.task.scenario.sampling
    if sampling != "plain":
        values = pd.Series(passed.astype(float))
        half = half_width(values, {"sampling": sampling, "populations": len(model.start)})
        return max(0.0, float(values.mean()) - half), min(1.0, float(values.mean()) + half)
    interval = binomtest(int(passed.sum()), len(passed)).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def on_lever(trials: Trials, lever: str, curve: bool = True) -> Least:
    """Find the least capacity on one lever by bisection, and its interval: the capacities of which nobody can say that they are too few, or
    more than enough.

    The same replications pass or fail at all capacities, so where chance grows with capacity the interval holds the truth in at least 95% of
    cases: its lower end is beyond the truth only when the truth's own interval lies below the wish, its upper end only when that of one less
    lies above it.
    """
    wish, places = trials.question.probability, steps(MOST[lever])

    def passed(k: int) -> Flags:
        return trials.passed(Capacity(**{lever: k}))

    ends = [
        first(lambda k: bounds(passed(k), trials)[1] >= wish, places),
        first(lambda k: float(passed(k).mean()) >= wish - EXACT, places),
        first(lambda k: bounds(passed(k), trials)[0] >= wish, places),
    ]
    if curve:
        for k in curve_of(lever):
            passed(k)
    tried = sorted(k for k in places if Capacity(**{lever: k}) in trials.worst)
    rows = [(k, float(passed(k).mean()), *bounds(passed(k), trials)) for k in tried]
    points = pd.DataFrame(rows, columns=["capacity", "chance", "low95", "high95"])
    return Least(lever, ends[1], ends[0], ends[2], MOST[lever], points, falls(tried, [passed(k) for k in tried]))


def beside(trials: Trials, lever: str, capacity: Capacity) -> pd.DataFrame:
    """Return the chance against a lever when the others are those of a capacity: capacity, chance."""
    places = curve_of(lever)
    return pd.DataFrame({"capacity": places, "chance": [trials.chance(capacity._replace(**{lever: k})) for k in places]})


def all_falls(trials: Trials, alone: Mapping[str, Least], capacity: Capacity) -> pd.DataFrame:
    """Return where more of a lever gave less chance: lever, others ("as they are", or "cheapest combination"), from, to, by, error."""
    frames = [answer.falls.assign(lever=name, others="as they are") for name, answer in alone.items()]
    for name in alone:
        places = curve_of(name)
        found = falls(places, [trials.passed(capacity._replace(**{name: k})) for k in places])
        frames.append(found.assign(lever=name, others="cheapest combination"))
    return pd.concat(frames, ignore_index=True)[["lever", "others", "from", "to", "by", "error"]]


def curve_of(lever: str) -> list[int]:
    """Return where a lever's curve is looked at: 0, 1, 2, 5, 10, 20, 50 ... to the most that is tried."""
    return [0, *(k for power in range(len(str(MOST[lever]))) for k in (digit * 10**power for digit in CURVE) if k <= MOST[lever])]


def falls(capacities: Sequence[int], passed: Sequence[Flags]) -> pd.DataFrame:
    """Return where the chance falls, from one capacity tried to the next, by more than its paired error allows: from, to, by, error."""
    rows = []
    for (less, one), (more, two) in itertools.pairwise(zip(capacities, passed, strict=True)):
        change = two.astype(float) - one.astype(float)
        error = float(change.std(ddof=1)) / len(change) ** 0.5 if len(change) > 1 else 0.0
        if -float(change.mean()) > FALL * error:
            rows.append((less, more, -float(change.mean()), error))
    return pd.DataFrame(rows, columns=["from", "to", "by", "error"])
