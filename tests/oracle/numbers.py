"""Whole numbers and chance, as section 'Time, numbers, chance' of docs/model.md defines them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import scipy.stats

from sim.chance.draws import table
from sim.inputs.scenario.parameters import Distribution

ONE = 65536
YEARS = 768  # scale of a duration given in years: 64ths of a month
SHARES = 65536  # scale of shares and of managers
DWELLINGS = 1  # scale of dwellings
MIDDLE = 1024  # place of the median in a table of quantiles

Table = tuple[int, ...]


def fixed(share: float) -> int:
    """Return a share in 65,536ths."""
    return math.floor(share * ONE + 0.5)


def months(duration: int) -> int:
    """Return a duration in 64ths of a month as whole months, at least one."""
    return max(1, (duration + 32) >> 6)


def committee(month: int, interval: int) -> int:
    """Return the first committee month at or after a month."""
    while month % interval:
        month += 1
    return month


def happens(draw: int, probability: float) -> bool:
    """Return whether the event of this probability happens with this draw."""
    return draw < math.floor(probability * 2**32 + 0.5)


def largest_remainder(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split a total in proportion to weights; what rounding down leaves goes to the largest remainders, ties to the first.

    Without any weight nobody gets anything.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    exact = [Fraction(total) * weight / whole for weight in weights]
    parts = [math.floor(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


@cache
def normal_scores() -> Table:
    """Return NORMAL: the normal score, in 4,096ths of a standard deviation, of the first 12 bits of a draw."""
    return tuple(math.floor(4096 * z + 0.5) for z in scipy.stats.norm.ppf((np.arange(4096) + 0.5) / 4096).tolist())


def score(draw: int) -> int:
    """Return the normal score of a draw."""
    return normal_scores()[draw >> 20]


def quantile(values: Table, normal: int) -> int:
    """Return the value of a table at a normal score."""
    return values[min(max((normal + 8 >> 4) + MIDDLE, 0), 2 * MIDDLE)]


@dataclass(frozen=True)
class Shape:
    """A distribution of a scenario, by its values: what a table of quantiles depends on."""

    name: str
    parameters: tuple[tuple[str, float], ...]
    low: float | None
    high: float | None
    constant: float | None


def shape_of(distribution: Distribution) -> Shape:
    """Return the shape of a scenario's distribution."""
    parameters = tuple(sorted(distribution.parameters.items()))
    return Shape(distribution.distribution, parameters, distribution.minimum, distribution.maximum, distribution.constant)


def quantiles(distribution: Distribution, scale: int) -> Table:
    """Return the table of 2,049 quantiles of a distribution."""
    return _quantiles(shape_of(distribution), scale)


def residuals(distribution: Distribution) -> Table:
    """Return the table of 2,049 quantiles of the time still to go of a stage under way, in equilibrium."""
    return _residuals(shape_of(distribution))


def _within(shape: Shape, at: np.ndarray) -> list[float]:
    if shape.constant is not None:
        return [shape.constant] * len(at)
    values: list[float] = getattr(scipy.stats, shape.name)(**dict(shape.parameters)).ppf(at).tolist()
    if shape.low is not None:
        values = [max(shape.low, value) for value in values]
    if shape.high is not None:
        values = [min(shape.high, value) for value in values]
    return values


def _steps() -> np.ndarray:
    return scipy.stats.norm.cdf((np.arange(2049) - MIDDLE) / 256)


@cache
def _quantiles(shape: Shape, scale: int) -> Table:
    return tuple(math.floor(scale * value + 0.5) for value in _within(shape, _steps()))


@cache
def _residuals(shape: Shape) -> Table:
    lengths = sorted(YEARS * value for value in _within(shape, (np.arange(4096) + 0.5) / 4096))
    total = math.fsum(lengths)
    passed, ages, shares = 0.0, [0.0], [0.0]
    for i, length in enumerate(lengths):
        passed += length
        ages.append(length)
        shares.append((passed + (len(lengths) - 1 - i) * length) / total)
    return tuple(math.floor(age + 0.5) for age in np.interp(_steps(), shares, ages).tolist())


PROJECT = (
    "size stream preparation permit appeal appeal_delay council council_duration annulled new_permit "
    "cancelled award start construction wake"
)
SLOTS = {
    "project": (PROJECT.split(), 16),
    "search": (["duration", "success", "size"], 4),
}


class Streams:
    """The draws of one replication: rows of every purpose's table, read as far as they are needed."""

    def __init__(self, seed: int, replication: int) -> None:
        """Draw nothing yet."""
        self.seed, self.replication = seed, replication
        self.tables: dict[str, list[list[int]]] = {}

    def draw(self, purpose: str, row: int, column: int, columns: int) -> int:
        """Return the draw in a row and column of the table of a purpose."""
        rows = self.tables.get(purpose, [])
        if row >= len(rows):
            rows = table(self.seed, self.replication, purpose, 2 * row + 16, columns).tolist()
            self.tables[purpose] = rows
        return rows[row][column]

    def place(self, actor: str, purpose: str, row: int, column: int, columns: int) -> int:
        """Return one of the draws that lie side by side in the slot of a project or a search."""
        purposes, width = SLOTS[actor]
        return self.draw(actor, row, width * column + purposes.index(purpose), width * columns)

    def world(self, purpose: str, year: int = 0) -> int:
        """Return a draw that all Flanders shares."""
        return self.draw(f"world.{purpose}", year, 0, 1)
