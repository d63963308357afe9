"""How much is enough: the minimum of one lever, the cheapest combination of all, and what each might have been with other luck."""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.chance.draws import table
from sim.runs.precision import CONFIDENCE, share_interval
from sim.studies.capacity.trials import LEVERS, Capacity, Flags, Trials, steps

CURVE = (0.0, 1 / 12, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 1.0)  # of the maximum: where the curve is looked at
EXACT = 1e-9  # sums of shares are not
FALL = 2.0  # standard errors of the paired difference, beyond which a chance that falls as capacity grows is said
COARSE = (1.0, 1.15, 1.35, 1.6, 2.0, 3.0, 5.0)  # times the minimum of a lever, the grid of combinations
FINE = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2)  # times the cheapest combination found on the coarse grid
SCALED = (0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 2.0, 3.0)  # times all of the cheapest: what it might have been with other luck
LUCK = 2.0  # standard errors of the chance by which the aim is also set higher, for what it might have been with worse luck
NEAR = 0.02  # where no capacity reaches the target: the cheapest that comes as near as this to what is possible
RESAMPLED = 500


@dataclass(frozen=True)
class Minimum:
    """The minimum of one lever that is enough, the others as they are; None: not within the maximum that is tried.

    `low`, `high`: its 95% interval. `curve`: capacity, chance, low95, high95 of all tried. `non_monotonic`: where more gave less chance.
    """

    value: int | None
    low: int | None
    high: int | None
    curve: pd.DataFrame
    non_monotonic: pd.DataFrame


class Beside(NamedTuple):
    """The chance against one lever, the others as in the cheapest combination. `curve`: capacity, chance. `non_monotonic`: as above."""

    curve: pd.DataFrame
    non_monotonic: pd.DataFrame


@dataclass(frozen=True)
class Cheapest:
    """The cheapest combination, its chance and its cost (euro a year). `aim`: the target, or as near as capacity comes to it.

    `bounds`: what the cheapest costs of which nobody can say that it is too little, and the cheapest of which nobody can say that it is not
    enough (by the 95% intervals of their chances). `resampled`: the same found again in replications drawn anew, see `resampled`.
    """

    aim: float
    capacity: Capacity
    chance: float
    cost: float
    bounds: tuple[float, float]
    resampled: pd.DataFrame

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95% interval of a lever of the combination, or of its cost: resamples choose among what was tried only, so that the
        cost also reaches to its bounds."""
        low, high = interval(self.resampled[name].to_numpy(float))
        return (min(low, self.bounds[0]), max(high, self.bounds[1])) if name == "cost" else (low, high)


def first(reaches: Callable[[int], bool], places: Sequence[int]) -> int | None:
    """Return the first of ascending places that reaches, None when the last does not; every larger one is taken to do so as well."""
    if not places or not reaches(places[-1]):
        return None
    place = bisect_left(places, True, key=reaches)
    return places[place]


def bounds(passed: Flags, trials: Trials) -> tuple[float, float]:
    """Return the 95% interval of a chance: Wilson's, of as many replications as would tell as much if none shared a population."""
    return share_interval(pd.Series(passed.astype(float)), trials.sampled)


def with_interval(passed: Flags, trials: Trials) -> tuple[float, float, float]:
    """Return the chance in replications that pass or not, with its 95% interval."""
    return float(passed.mean()), *bounds(passed, trials)


def minimum(trials: Trials, lever: str, curve: bool = True) -> Minimum:
    """Find the minimum of one lever by bisection, and its interval: the capacities of which nobody can say that they are too few, or
    more than enough.

    The same replications pass or fail at all capacities, so where chance grows with capacity the interval holds the truth in at least 95% of
    cases: its lower end is beyond the truth only when the truth's own interval lies below the target, its upper end only when that of one
    less lies above it.
    """
    target, places = trials.question.probability, steps(trials.most[lever])

    def passed(k: int) -> Flags:
        return trials.passed(Capacity(**{lever: k}))

    tests: list[Callable[[Flags], bool]] = [
        lambda flags: bounds(flags, trials)[1] >= target,
        lambda flags: float(flags.mean()) >= target - EXACT,
        lambda flags: bounds(flags, trials)[0] >= target,
    ]
    low, value, high = (first(lambda k, enough=enough: enough(passed(k)), places) for enough in tests)  # type: ignore[misc]
    for k in curve_of(trials.most[lever]) if curve else ():
        passed(k)
    tried = sorted(k for k in places if (Capacity(**{lever: k}), None) in trials.known)
    rows = [(k, *with_interval(passed(k), trials)) for k in tried]
    points = pd.DataFrame(rows, columns=["capacity", "chance", "low95", "high95"])
    return Minimum(value, low, high, points, non_monotonic(tried, [passed(k) for k in tried]))


def curve_of(most: int) -> list[int]:
    """Return where a lever's curve is looked at: nothing, parts of the maximum that is tried, and that itself."""
    return _snapped(most, most, CURVE)


def beside(trials: Trials, lever: str, capacity: Capacity) -> Beside:
    """Return the chance against a lever when the others are those of a capacity."""
    places = curve_of(trials.most[lever])
    passed = [trials.passed(capacity._replace(**{lever: k})) for k in places]
    curve = pd.DataFrame({"capacity": places, "chance": [float(flags.mean()) for flags in passed]})
    return Beside(curve, non_monotonic(places, passed))


def non_monotonic(capacities: Sequence[int], passed: Sequence[Flags]) -> pd.DataFrame:
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

    def __init__(self, trials: Trials, aim: float, prices: Mapping[str, float], floor: Mapping[str, int]) -> None:
        self.trials, self.aim, self.prices, self.floor = trials, aim, prices, floor
        self.best = self.maximum = trials.maximum()
        self.enough: list[Capacity] = [self.maximum]
        self.too_little: list[Capacity] = []
        self.inner, *self.outer = trials.question.levers

    def find(self, fine: bool) -> None:
        """Look for the cheapest on the coarse grid, and then on finer ones until it stays the same."""
        floors = {name: self.minimum(name) for name in (self.inner, *self.outer)}
        self.look([_snapped(self.trials.most[name], floors[name], COARSE) for name in self.outer], floors[self.inner])
        before = None if fine else self.best
        while self.best != before:
            before = self.best
            grids = [
                [k for k in _snapped(self.trials.most[name], getattr(before, name), FINE) if k >= floors[name]]
                for name in self.outer
            ]
            self.look(grids, floors[self.inner])
            self.scale()

    def reaches(self, capacity: Capacity) -> bool:
        if any(capacity.covers(known) for known in self.enough):
            return True
        if any(known.covers(capacity) for known in self.too_little):
            return False
        enough = self.trials.chance(capacity) >= self.aim - EXACT
        (self.enough if enough else self.too_little).append(capacity)
        return enough

    def minimum(self, lever: str) -> int:
        """Return the minimum of a lever when there is the maximum of all others: no combination has less."""
        places = [k for k in steps(self.trials.most[lever]) if k >= self.floor[lever]]
        enough = first(lambda k: self.reaches(self.maximum._replace(**{lever: k})), places)
        return self.trials.most[lever] if enough is None else enough

    def look(self, grids: Sequence[Iterable[int]], floor: int) -> None:
        """Look for a cheaper combination: on the grid of all levers but the first, the minimum of that one."""
        wide = [sorted(set(grid)) for grid in grids]
        for row in itertools.product(*wide[:-1]):  # the edge of what can reach at all, so that nothing is tried below it
            first(lambda k, row=row: self.reaches(self._cell((*row, k))), wide[-1] if wide else ())  # type: ignore[misc]
        cells = [self._cell(cell)._replace(**{self.inner: floor}) for cell in itertools.product(*wide)]
        for cell in sorted(cells, key=lambda cell: price(cell, self.prices)):
            choices = [cell._replace(**{self.inner: k}) for k in steps(self.trials.most[self.inner]) if k >= floor]
            cheaper = [choice for choice in choices if price(choice, self.prices) < price(self.best, self.prices)]
            if cheaper and self.reaches(cheaper[-1]):
                self.best = cheaper[bisect_left(cheaper, True, key=self.reaches)]

    def scale(self) -> None:
        """Try more and less of everything, which also is what the cheapest would be with other luck."""
        for ratio in SCALED:
            values = {
                name: _snapped(self.trials.most[name], getattr(self.best, name), [ratio])[0] for name in self.trials.question.levers
            }
            other = Capacity(**{name: max(value, self.floor[name]) for name, value in values.items()})
            if self.trials.chance(other) >= self.aim - EXACT and price(other, self.prices) < price(self.best, self.prices):
                self.best = other

    def _cell(self, values: Sequence[int]) -> Capacity:
        return self.maximum._replace(**dict(zip(self.outer, values, strict=True)))


def _snapped(most: int, around: int, ratios: Iterable[float]) -> list[int]:
    """Return capacities that are tried around one, times these ratios; around nothing, a few small ones."""
    places = np.array(steps(most))
    wanted = [around * ratio for ratio in ratios] if around else [0, 1, 2, 5, 10, 20, 50]
    return sorted({int(places[np.abs(places - x).argmin()]) for x in wanted})


def interval(values: "np.ndarray[Any, Any]") -> tuple[float, float]:
    """Return the 95% interval of a value from its resamples: values that were among them."""
    low, high = np.percentile(values, (50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)), method="inverted_cdf")
    return float(low), float(high)


def price(capacity: Capacity, prices: Mapping[str, float]) -> float:
    """Return what a capacity costs in a year (euro): each lever that is set times its price."""
    return sum(prices[name] * (value or 0) for name, value in zip(LEVERS, capacity, strict=True))


def cheapest(trials: Trials, prices: Mapping[str, float], floor: Mapping[str, int] | None = None) -> Cheapest:
    """Find the cheapest combination of the levers asked about (euro a year by lever) that reaches the target, or comes near what is possible.

    `floor`: what no combination has less of, by lever; default nothing. A grid of the others in steps of 15 to 60% above the minimum that
    each can do with, with the minimum of managers in every cell; then, if the target is reached, a finer one, in steps of 5 to 10%, around the
    cheapest, until that stays the same. Chance is taken to grow with every lever.
    """
    lowest = dict.fromkeys(trials.question.levers, 0) if floor is None else floor

    def combinations() -> list[Capacity]:  # tried of all levers asked about together, none below its floor
        tried = [c for c, since in trials.known if since is None]
        held = {c: {name: value for name, value in c._asdict().items() if value is not None} for c in tried}
        return [c for c, of in held.items() if of.keys() == lowest.keys() and all(of[name] >= lowest[name] for name in of)]

    def possible() -> float:  # the chance with the maximum of everything is not always the highest
        return max(trials.chance(c) for c in [trials.maximum(), *combinations()])

    aim, before = aim_of(trials.question.probability, possible()), -1.0
    while aim > before:  # what is found may show that more is possible
        _Search(trials, aim, prices, lowest).find(fine=aim == trials.question.probability)
        before, aim = aim, aim_of(trials.question.probability, possible())
    if aim == trials.question.probability:  # of what only comes near it, nobody is told how far luck moves it
        error = (aim * (1 - aim) / trials.replications) ** 0.5
        _Search(trials, max(aim - LUCK * error, 0.0), prices, lowest).find(
            fine=False
        )  # only tried, for the bounds and the resamples
        _Search(trials, min(aim + LUCK * error, possible()), prices, lowest).find(fine=False)
    tried = combinations()
    best = min((c for c in tried if trials.chance(c) >= aim - EXACT), key=lambda c: price(c, prices))
    costs = [(price(c, prices), *bounds(trials.passed(c), trials)) for c in tried]
    low = min(cost for cost, _, above in costs if above >= aim - EXACT)
    high = min((cost for cost, below, _ in costs if below >= aim - EXACT), default=max(cost for cost, *_ in costs))
    return Cheapest(aim, best, trials.chance(best), price(best, prices), (low, high), resampled(trials, tried, prices))


def resampled(trials: Trials, tried: Sequence[Capacity], prices: Mapping[str, float]) -> pd.DataFrame:
    """Find the cheapest of the combinations tried again and again, each time in as many replications drawn from those there are.

    A row per resample: the levers asked about, `cost`, and `reached`: whether anything tried reaches the target; where nothing does, the
    cheapest that comes near what is possible, as in `cheapest`. The draws do not depend on the company: rows of several companies belong
    together.
    """
    count, target = trials.replications, trials.question.probability
    draws = table(trials.task.scenario.seed, 0, "capacity.resampled", RESAMPLED, count).astype(np.uint64)
    weights = np.zeros((RESAMPLED, count))
    np.add.at(weights, (np.arange(RESAMPLED)[:, None], (draws * np.uint64(count) >> np.uint64(32)).astype(np.int64)), 1 / count)
    chances = weights @ np.array([trials.passed(capacity) for capacity in tried], float).T
    possible = chances.max(axis=1)
    aims = np.array([aim_of(target, float(x)) for x in possible])
    cost = np.array([price(capacity, prices) for capacity in tried])
    chosen = np.where(chances >= aims[:, None] - EXACT, -cost, -np.inf).argmax(axis=1)
    rows: dict[str, Any] = {name: [getattr(tried[i], name) for i in chosen] for name in trials.question.levers}
    return pd.DataFrame({**rows, "cost": cost[chosen], "reached": possible >= target - EXACT})


def aim_of(target: float, possible: float) -> float:
    """Return the chance to aim for: the target where anything reaches it, else nearly what is possible, which is more than nothing."""
    return target if possible >= target - EXACT else max(possible / 2, possible - NEAR)
