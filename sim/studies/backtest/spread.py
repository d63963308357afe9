"""How sure naive forecasters are: what each says is a normal distribution around its number, as wide as its own past errors have it.

Past errors are of what was known at the start. One of a forecast h years ahead counts as e**2 / h, as of a random walk, so that a forecast
h years ahead has the standard deviation sqrt(h * mean(e**2 / h)); what the scheme asks does not age, and errs by a part of what it asks. Who
has no past errors gets the relative ones that the same forecaster would have made on the dwellings permitted in Flanders from 1996 to the
start (Statbel).
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np

from sim.inputs.estimate.facts import read_facts
from sim.inputs.estimate.past import REALISED, RENTED_IN
from sim.studies.backtest.naive import BUDGET_BEFORE, EVEN, NULMETING, RENT_IN_BEFORE, TESTS, known_value, naive, published

CATEGORIES = ("category_1", "category_2a", "category_2b")  # all shares of a test, whose errors count together
OWNED_BEFORE = "owned_growth_2017"  # in the naive forecasters' favour known at every start
WALKS = ("net", "rented_in", "budget_used")  # of which values of single years were known at a start

Known = dict[int, float]  # what was known of a measure, by year
Error = tuple[float, int]  # in the measure's unit, years ahead


class Spread(NamedTuple):
    """Standard deviation of what a naive forecaster says, in the figure's unit; on how many own errors it rests (0: on a rule)."""

    deviation: float
    errors: int


def spread(name: str, value: float, outcome: Mapping[Any, Any], start: int) -> Spread:
    """Return how sure a naive forecaster (`name`, one of NAIVE) is at a start of the value it says of an outcome."""
    measure, year = str(outcome["measure"]), int(outcome["year"])
    if measure in EVEN:
        return _of_municipalities(name, value, year)
    if name == "base":
        return _of_what_is_asked(value, measure, start)
    if measure == "rented_in_growth":  # the error of a line by this pace, over its years
        total = spread("line", RENTED_IN[start] + value * (year - start), {"measure": "rented_in", "year": year}, start)
        return Spread(total.deviation / (year - start), total.errors)
    known = known_at(measure, start)
    errors = [*(_of_lines(measure, known) if name == "line" else _of_staying(known))]
    if errors:
        return Spread(_walk(errors, year - max(known)), len(errors))
    said = value - known[start] if name == "line" else value
    return Spread(said * math.sqrt(year - start) * _on_permits(name, start), 0)


def known_at(measure: str, start: int) -> Known:
    """Return what was known at a start of a measure in WALKS, with the values of the starts; else nothing."""
    of_starts: dict[str, Known] = {
        "net": {NULMETING: 0.0, **REALISED},
        "rented_in": {NULMETING: float(RENTED_IN[2008] - RENT_IN_BEFORE[2008]), **RENTED_IN},
        "budget_used": {2015: BUDGET_BEFORE},
    }
    if measure not in WALKS:
        return {}
    values = of_starts[measure] | dict(_published(measure, start))
    return {year: value for year, value in sorted(values.items()) if year <= start}


def _published(measure: str, start: int) -> Iterator[tuple[int, float]]:
    """Yield year and value of what was published of a measure by a start."""
    rows = published().query("measure == @measure and year <= @start and published <= @start")
    yield from zip(rows["year"], rows["value"], strict=True)


def _of_staying(known: Known) -> Iterator[Error]:
    """Yield the errors of who said in each year known that all stays as it was, of each later one."""
    for (now, value), (then, fact) in combinations(known.items(), 2):
        yield fact - value, then - now


def _of_lines(measure: str, known: Known) -> Iterator[Error]:
    """Yield the errors of who drew a line in each year known, of each later one: of the net from the nulmeting, else from the year before."""
    for (before, last), (now, value) in pairwise(known.items()):
        first = (NULMETING, 0.0) if measure == "net" else (before, last)
        pace = (value - first[1]) / (now - first[0])
        for then, fact in known.items():
            if then > now:
                yield fact - value - pace * (then - now), then - now


def _walk(errors: list[Error], ahead: int) -> float:
    """Return the deviation of a forecast so many years ahead."""
    return math.sqrt(ahead * float(np.mean([error**2 / years for error, years in errors])))


def _of_municipalities(name: str, value: float, year: int) -> Spread:
    """Return how sure a share of municipalities is. An even chance: as if any share up to twice its value were as likely as another. A line has
    no third test to have erred on: sqrt(2) times who says that shares stay, as a random walk has it."""
    if name == "base":
        return Spread(value / math.sqrt(3), 0)
    before, last = TESTS
    steps = [(known_value(f"{share}_{last}") - known_value(f"{share}_{before}"), last - before) for share in CATEGORIES]
    staying = _walk(steps, year - last)
    return Spread(staying, len(steps)) if name == "persistence" else Spread(math.sqrt(2) * staying, 0)


def _of_what_is_asked(value: float, measure: str, start: int) -> Spread:
    """Return how sure it is that what is asked comes: by what came of it before; of single municipalities else by `_one_pace`."""
    known = [*(known_at(measure, start).items() if measure in WALKS else _published(measure, start))]
    if measure == "owned_growth" and not known:
        known = [(2017, known_value(OWNED_BEFORE))]
    parts = [fact / naive({"measure": measure, "year": year}, start)["base"] - 1 for year, fact in known if year > NULMETING]
    if parts:
        return Spread(value * math.sqrt(float(np.mean(np.square(parts)))), len(parts))
    return Spread(value * (_one_pace(start) if measure == "share" else _on_permits("persistence", start)), 0)


@cache
def _on_permits(name: str, start: int) -> float:
    """Return the relative error, a year ahead, that a forecaster would have made on the dwellings permitted in Flanders up to a start: of who
    says that they stay, over what is said; of who draws a line from the first year on, over the growth that is said."""
    permits = read_facts().permits.sum()
    permits.index = permits.index.astype(int)
    first = permits.index[0]
    sums, errors = permits.cumsum(), list[Error]()
    for now, then in combinations(range(first, start + 1), 2):
        if name == "line":
            said = sums[now] / (now - first + 1) * (then - now)
            errors.append(((sums[then] - sums[now]) / said - 1, then - now))
        else:
            errors.append((permits[then] / permits[now] - 1, then - now))
    return _walk(errors, 1)


@cache
def _one_pace(start: int) -> float:
    """Return the relative error of who says that all municipalities build at one pace, on the dwellings permitted per household of 2008 in
    the ten years before a start (each household counts as one)."""
    facts = read_facts()
    permits, households = facts.permits_to(start), facts.households_2008
    errors = permits * households.sum() / (households * permits.sum()) - 1
    return math.sqrt(float(np.average(np.square(errors), weights=households)))
