"""The least capacity that reaches a wish: on one lever, with the interval of that answer; and the cheapest combination of levers."""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.chance.draws import table
from sim.study.capacity import LEVERS, MOST, Capacity, Flags, Trials
from sim.study.error import CONFIDENCE, half_width

CURVE = (1, 2, 5)  # and these times ten, a hundred: where the curve is looked at
COARSE = (1.0, 1.15, 1.35, 1.6, 2.0, 3.0, 5.0)  # times the least of a lever, the grid of combinations
FINE = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2)  # times the cheapest combination found on the coarse grid
SCALED = (0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 2.0)  # times all of the cheapest: what it might have been with other luck
NEAR = 0.02  # where no capacity reaches the wish: the least that comes as near as this to what is possible
RESAMPLED = 500
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


@dataclass(frozen=True)
class Cheapest:
    """The cheapest combination, its chance and its cost (euro a year). `aim`: the wish, or as near as capacity comes to it.

    `resampled`: the same found again in replications drawn anew, see `resampled`.
    """

    aim: float
    capacity: Capacity
    chance: float
    cost: float
    resampled: pd.DataFrame

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95% interval of a lever of the combination, or of its cost."""
        low, high = np.percentile(self.resampled[name], (50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)), method="inverted_cdf")
        return float(low), float(high)


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
        for k in (0, *(digit * 10**power for power in range(len(str(MOST[lever]))) for digit in CURVE)):
            if k <= MOST[lever]:
                passed(k)
    tried = sorted(k for k in places if Capacity(**{lever: k}) in trials.worst)
    rows = [(k, float(passed(k).mean()), *bounds(passed(k), trials)) for k in tried]
    points = pd.DataFrame(rows, columns=["capacity", "chance", "low95", "high95"])
    return Least(lever, ends[1], ends[0], ends[2], MOST[lever], points, falls(tried, [passed(k) for k in tried]))


def falls(capacities: Sequence[int], passed: Sequence[Flags]) -> pd.DataFrame:
    """Return where the chance falls, from one capacity tried to the next, by more than its paired error allows: from, to, by, error."""
    rows = []
    for (less, one), (more, two) in itertools.pairwise(zip(capacities, passed, strict=True)):
        change = two.astype(float) - one.astype(float)
        error = float(change.std(ddof=1)) / len(change) ** 0.5 if len(change) > 1 else 0.0
        if -float(change.mean()) > FALL * error:
            rows.append((less, more, -float(change.mean()), error))
    return pd.DataFrame(rows, columns=["from", "to", "by", "error"])


class _Search:
    """Which combinations reach an aim: what is known of a smaller or larger one is not computed again."""

    def __init__(self, trials: Trials, aim: float, prices: Mapping[str, float]) -> None:
        self.trials, self.aim, self.prices = trials, aim, prices
        self.most = trials.most()
        self.enough: list[Capacity] = [self.most]
        self.too_little: list[Capacity] = []
        self.inner, *self.outer = trials.question.levers
        self.best = self.most

    def reaches(self, capacity: Capacity) -> bool:
        if any(capacity.covers(known) for known in self.enough):
            return True
        if any(known.covers(capacity) for known in self.too_little):
            return False
        enough = self.trials.chance(capacity) >= self.aim - EXACT
        (self.enough if enough else self.too_little).append(capacity)
        return enough

    def price(self, capacity: Capacity) -> float:
        return price(capacity, self.prices)

    def floor(self, lever: str) -> int:
        """Return the least of a lever when there is the most of all others: no combination has less."""
        found = first(lambda k: self.reaches(self.most._replace(**{lever: k})), steps(MOST[lever]))
        return MOST[lever] if found is None else found

    def look(self, grids: Sequence[Iterable[int]], floor: int) -> None:
        """Look for a cheaper combination: on the grid of all levers but the first, the least of that one."""
        wide = [sorted(set(grid)) for grid in grids]
        for row in itertools.product(*wide[:-1]):  # the edge of what can reach at all, so that nothing is tried below it
            first(lambda k, row=row: self.reaches(self._cell((*row, k))), wide[-1] if wide else ())  # type: ignore[misc]
        cells = [self._cell(cell)._replace(**{self.inner: floor}) for cell in itertools.product(*wide)]
        for cell in sorted(cells, key=self.price):
            cheaper = [
                k
                for k in steps(MOST[self.inner])
                if k >= floor and self.price(cell._replace(**{self.inner: k})) < self.price(self.best)
            ]
            if cheaper and self.reaches(cell._replace(**{self.inner: cheaper[-1]})):
                least = first(lambda k, cell=cell: self.reaches(cell._replace(**{self.inner: k})), cheaper)  # type: ignore[misc]
                self.best = cell._replace(**{self.inner: least})

    def _cell(self, values: Sequence[int]) -> Capacity:
        return self.most._replace(**dict(zip(self.outer, values, strict=True)))


def price(capacity: Capacity, prices: Mapping[str, float]) -> float:
    """Return what a capacity costs in a year (euro): each lever that is set times its price."""
    return sum(prices[name] * (value or 0) for name, value in zip(LEVERS, capacity, strict=True))


def cheapest(trials: Trials, prices: Mapping[str, float]) -> Cheapest:
    """Find the cheapest combination of the levers asked about (euro a year by lever) that reaches the wish, or comes near the most possible.

    A grid of the others in steps of 15 to 60% above the least that each can do with, with the least managers in every cell; then a finer one,
    in steps of 5 to 10%, around the cheapest. Chance is taken to grow with every lever.
    """
    aim = aim_of(trials.question.probability, trials.chance(trials.most()))
    search = _Search(trials, aim, prices)
    floors = {name: search.floor(name) for name in trials.question.levers}
    search.look([_snapped(name, floors[name], COARSE) for name in search.outer], floors[search.inner])
    around = {name: getattr(search.best, name) for name in search.outer}
    grids = [[k for k in _snapped(name, around[name], FINE) if k >= floors[name]] for name in search.outer]
    search.look(grids, floors[search.inner])
    for ratio in SCALED:
        trials.tried(Capacity(**{name: _snapped(name, getattr(search.best, name), [ratio])[0] for name in trials.question.levers}))
    tried = [c for c in trials.worst if all((value is None) == (m is None) for value, m in zip(c, search.most, strict=True))]
    found = search.best
    return Cheapest(aim, found, trials.chance(found), search.price(found), resampled(trials, tried, prices))


def _snapped(lever: str, around: int, ratios: Iterable[float]) -> list[int]:
    """Return capacities that are tried around one, times these ratios; around nothing, a few small ones."""
    places = np.array(steps(MOST[lever]))
    wanted = [around * ratio for ratio in ratios] if around else [0, 1, 2, 5, 10, 20, 50]
    return sorted({int(places[np.abs(places - x).argmin()]) for x in wanted})


def resampled(trials: Trials, tried: Sequence[Capacity], prices: Mapping[str, float]) -> pd.DataFrame:
    """Find the cheapest of the combinations tried again and again, each time in as many replications drawn from those there are.

    A row per resample: the levers asked about, `cost`, and `reached`: whether the most of all reaches the wish; where it does not, the
    cheapest that comes near it, as in `cheapest`. The draws do not depend on the company: rows of several companies belong together.
    """
    count = trials.replications
    draws = table(trials.task.scenario.seed, 0, "capacity.resampled", RESAMPLED, count).astype(np.uint64)
    weights = np.zeros((RESAMPLED, count))
    np.add.at(weights, (np.arange(RESAMPLED)[:, None], (draws * np.uint64(count) >> np.uint64(32)).astype(np.int64)), 1 / count)
    chances = weights @ np.array([trials.passed(capacity) for capacity in tried], float).T
    possible = chances[:, tried.index(trials.most())]
    aims = np.array([aim_of(trials.question.probability, float(x)) for x in possible])
    cost = np.array([price(capacity, prices) for capacity in tried])
    chosen = np.where(chances >= aims[:, None] - EXACT, -cost, -np.inf).argmax(axis=1)
    rows: dict[str, Any] = {name: [getattr(tried[i], name) for i in chosen] for name in trials.question.levers}
    return pd.DataFrame({**rows, "cost": cost[chosen], "reached": possible >= trials.question.probability - EXACT})


def aim_of(wish: float, possible: float) -> float:
    """Return the chance to aim for: the wish where the most of all reaches it, else nearly what that gives."""
    return wish if possible >= wish - EXACT else max(0.0, possible - NEAR)
