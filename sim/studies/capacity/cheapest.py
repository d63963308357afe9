"""The cheapest combination of means that reaches a wish, and what it might have been with other luck."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.chance.draws import table
from sim.runs.precision import CONFIDENCE
from sim.studies.capacity.search import EXACT, bounds, first, steps
from sim.studies.capacity.trials import LEVERS, MOST, Capacity, Trials

COARSE = (1.0, 1.15, 1.35, 1.6, 2.0, 3.0, 5.0)  # times the least of a lever, the grid of combinations
FINE = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2)  # times the cheapest combination found on the coarse grid
SCALED = (0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 2.0, 3.0)  # times all of the cheapest: what it might have been with other luck
LUCK = 2.0  # standard errors of the chance by which the aim is also set higher, for what it might have been with worse luck
NEAR = 0.02  # where no capacity reaches the wish: the least that comes as near as this to what is possible
RESAMPLED = 500


@dataclass(frozen=True)
class Cheapest:
    """The cheapest combination, its chance and its cost (euro a year). `aim`: the wish, or as near as capacity comes to it.

    `ends`: what the cheapest costs of which nobody can say that it is too little, and the cheapest of which nobody can say that it is not enough
    (by the 95% intervals of their chances). `resampled`: the same found again in replications drawn anew, see `resampled`.
    """

    aim: float
    capacity: Capacity
    chance: float
    cost: float
    ends: tuple[float, float]
    resampled: pd.DataFrame

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95% interval of a lever of the combination, or of its cost: resamples choose among what was tried only, so that the
        cost also reaches to its ends."""
        low, high = interval(self.resampled[name].to_numpy(float))
        return (min(low, self.ends[0]), max(high, self.ends[1])) if name == "cost" else (low, high)


class _Search:
    """Which combinations reach an aim: what is known of a smaller or larger one is not computed again."""

    def __init__(self, trials: Trials, aim: float, prices: Mapping[str, float], floor: Mapping[str, int]) -> None:
        self.trials, self.aim, self.prices, self.least = trials, aim, prices, floor
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
        places = [k for k in steps(MOST[lever]) if k >= self.least[lever]]
        found = first(lambda k: self.reaches(self.most._replace(**{lever: k})), places)
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

    def scale(self) -> None:
        """Try more and less of everything, which also is what the cheapest would be with other luck."""
        levers = self.trials.question.levers
        for ratio in SCALED:
            values = {name: _snapped(name, getattr(self.best, name), [ratio])[0] for name in levers}
            other = Capacity(**{name: max(value, self.least[name]) for name, value in values.items()})
            if self.trials.chance(other) >= self.aim - EXACT and self.price(other) < self.price(self.best):
                self.best = other

    def _cell(self, values: Sequence[int]) -> Capacity:
        return self.most._replace(**dict(zip(self.outer, values, strict=True)))


def interval(values: "np.ndarray[Any, Any]") -> tuple[float, float]:
    """Return the 95% interval of a value from its resamples: values that were among them."""
    low, high = np.percentile(values, (50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)), method="inverted_cdf")
    return float(low), float(high)


def price(capacity: Capacity, prices: Mapping[str, float]) -> float:
    """Return what a capacity costs in a year (euro): each lever that is set times its price."""
    return sum(prices[name] * (value or 0) for name, value in zip(LEVERS, capacity, strict=True))


def cheapest(trials: Trials, prices: Mapping[str, float], floor: Mapping[str, int] | None = None) -> Cheapest:
    """Find the cheapest combination of the levers asked about (euro a year by lever) that reaches the wish, or comes near the most possible.

    `floor`: what no combination has less of, by lever; default nothing. A grid of the others in steps of 15 to 60% above the least that
    each can do with, with the least managers in every cell; then a finer one, in steps of 5 to 10%, around the cheapest, until that stays
    the same. Chance is taken to grow with every lever.
    """
    least = {name: 0 for name in trials.question.levers} if floor is None else floor
    aim, before = aim_of(trials.question.probability, _possible(trials, least)), -1.0
    while aim > before:  # what is found may show that more is possible than the most of everything gives
        _found(trials, aim, prices, least, fine=True)
        before, aim = aim, aim_of(trials.question.probability, _possible(trials, least))
    error = (aim * (1 - aim) / trials.replications) ** 0.5
    _found(
        trials, max(aim - LUCK * error, 0.0), prices, least, fine=False
    )  # only tried, for the ends and the resamples; so is the next
    _found(trials, min(aim + LUCK * error, _possible(trials, least)), prices, least, fine=False)
    tried = _combinations(trials, least)
    enough = [c for c in tried if trials.chance(c) >= aim - EXACT]
    found = min(enough, key=lambda c: price(c, prices))
    costs = [(price(c, prices), *bounds(trials.passed(c), trials)) for c in tried]
    low = min(cost for cost, _, above in costs if above >= aim - EXACT)
    high = min((cost for cost, below, _ in costs if below >= aim - EXACT), default=max(cost for cost, *_ in costs))
    return Cheapest(aim, found, trials.chance(found), price(found, prices), (low, high), resampled(trials, tried, prices))


def _possible(trials: Trials, least: Mapping[str, int]) -> float:
    """Return the highest chance of the combinations tried: that of the most of everything is not always the highest."""
    return max(trials.chance(c) for c in [trials.most(), *_combinations(trials, least)])


def _combinations(trials: Trials, least: Mapping[str, int]) -> list[Capacity]:
    """Return what was tried of all levers asked about together, none below what it may be."""
    return [c for c in [*trials.worst] if all(_within(value, least.get(name)) for name, value in zip(LEVERS, c, strict=True))]


def _within(value: int | None, least: int | None) -> bool:
    """Return whether a lever of a combination is set where it is asked about, and not below what it may be."""
    return value is None if least is None else value is not None and value >= least


def _found(trials: Trials, aim: float, prices: Mapping[str, float], least: Mapping[str, int], fine: bool) -> Capacity:
    """Return the cheapest combination that reaches an aim: on the coarse grid, or then on finer ones until it stays the same."""
    search = _Search(trials, aim, prices, least)
    floors = {name: search.floor(name) for name in trials.question.levers}
    search.look([_snapped(name, floors[name], COARSE) for name in search.outer], floors[search.inner])
    before = None if fine else search.best
    while search.best != before:
        before = search.best
        grids = [[k for k in _snapped(name, getattr(before, name), FINE) if k >= floors[name]] for name in search.outer]
        search.look(grids, floors[search.inner])
        search.scale()
    return search.best


def _snapped(lever: str, around: int, ratios: Iterable[float]) -> list[int]:
    """Return capacities that are tried around one, times these ratios; around nothing, a few small ones."""
    places = np.array(steps(MOST[lever]))
    wanted = [around * ratio for ratio in ratios] if around else [0, 1, 2, 5, 10, 20, 50]
    return sorted({int(places[np.abs(places - x).argmin()]) for x in wanted})


def resampled(trials: Trials, tried: Sequence[Capacity], prices: Mapping[str, float]) -> pd.DataFrame:
    """Find the cheapest of the combinations tried again and again, each time in as many replications drawn from those there are.

    A row per resample: the levers asked about, `cost`, and `reached`: whether anything tried reaches the wish; where nothing does, the
    cheapest that comes near what is possible, as in `cheapest`. The draws do not depend on the company: rows of several companies belong
    together.
    """
    count = trials.replications
    draws = table(trials.task.scenario.seed, 0, "capacity.resampled", RESAMPLED, count).astype(np.uint64)
    weights = np.zeros((RESAMPLED, count))
    np.add.at(weights, (np.arange(RESAMPLED)[:, None], (draws * np.uint64(count) >> np.uint64(32)).astype(np.int64)), 1 / count)
    chances = weights @ np.array([trials.passed(capacity) for capacity in tried], float).T
    possible = chances.max(axis=1)
    aims = np.array([aim_of(trials.question.probability, float(x)) for x in possible])
    cost = np.array([price(capacity, prices) for capacity in tried])
    chosen = np.where(chances >= aims[:, None] - EXACT, -cost, -np.inf).argmax(axis=1)
    rows: dict[str, Any] = {name: [getattr(tried[i], name) for i in chosen] for name in trials.question.levers}
    return pd.DataFrame({**rows, "cost": cost[chosen], "reached": possible >= trials.question.probability - EXACT})


def aim_of(wish: float, possible: float) -> float:
    """Return the chance to aim for: the wish where anything reaches it, else nearly what is possible, which is more than nothing."""
    return wish if possible >= wish - EXACT else max(possible / 2, possible - NEAR)
