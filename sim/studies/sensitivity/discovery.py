"""In which futures does something fail? A rule of two or three conditions, found by a shallow tree on half of the futures, counted on the rest.

The tree is scikit-learn's: of the packages that know the patient rule induction method `prim` is GPL and stands still since 2024, and EMA
Workbench brings a workbench of its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.runs.points import Values
from sim.studies.sensitivity.indices import CONFIDENCE, Bounds, library

DEPTH = 3  # conditions at most
SMALLEST = 0.05  # share of the futures that a rule must speak of
OPEN = (-math.inf, math.inf)
WANTED = 0.9  # share of its futures that fail; where no rule has so much, the one with most is taken


class Condition(NamedTuple):
    """A parameter lies above one value and not above another (in its own unit); infinite where it has no such bound."""

    parameter: str
    above: float = -math.inf
    below: float = math.inf


@dataclass(frozen=True)
class Rule:
    """Conditions, and what they are worth on futures that the rule was not found on.

    `density`: the share of the rule's futures that fail, with its 95% interval; `coverage`: the share of all that fail which the rule holds;
    `futures`: how many lie within the rule, of `total`; `rate`: the share of all that fails.
    """

    conditions: tuple[Condition, ...]
    density: float
    low95: float
    high95: float
    coverage: float
    futures: int
    total: int
    rate: float

    def summary(self) -> dict[str, Any]:
        """Return the rule as one object; a bound that is open is None."""
        conditions = [{key: None if value in OPEN else value for key, value in c._asdict().items()} for c in self.conditions]
        return {**asdict(self), "conditions": conditions}

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> "Rule":
        """Return the rule that a summary is of."""
        conditions = [Condition(**{key: v for key, v in c.items() if v is not None}) for c in summary["conditions"]]
        return cls(**{**summary, "conditions": tuple(conditions)})


def discover(bounds: Bounds, found_on: tuple[Values, Values], counted_on: tuple[Values, Values]) -> Rule | None:
    """Return the rule that holds most of the failing futures while nine in ten of its own fail; None when nearly all or none fail.

    `bounds`: of each parameter's range. Both samples: points [futures, parameters] and the share that fails at each (0-1). A branch of
    the tree at any depth is a rule; its bounds are rounded to what a reader can remember, before they are counted.
    """
    parameters, (points, failing) = tuple(bounds), found_on
    if not SMALLEST / 2 < float(failing.mean()) < 1 - SMALLEST / 2:
        return None
    tree = library("tree", "sklearn").DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=SMALLEST, random_state=0)
    tree.fit(points, failing)
    rules = [[_rounded(c, bounds) for c in branch] for branch in _branches(tree.tree_, parameters)]
    worth = [(*_worth(rule, parameters, points, failing), -len(rule)) for rule in rules]
    dense = [i for i, (density, *_) in enumerate(worth) if density >= WANTED]
    best = max(dense, key=lambda i: worth[i][1:]) if dense else max(range(len(rules)), key=lambda i: worth[i])
    return _counted(rules[best], parameters, *counted_on)


def inside(rule: Sequence[Condition], parameters: Sequence[str], points: Values) -> Any:
    """Return which points lie within all conditions: bool[points]."""
    held = np.ones(len(points), bool)
    for name, above, below in rule:
        column = points[:, list(parameters).index(name)]
        held &= (column > above) & (column <= below)
    return held


def _branches(tree: Any, parameters: Sequence[str]) -> list[list[Condition]]:
    """Return the conditions that lead to every node but the root, those on one parameter joined."""
    found: list[list[Condition]] = []

    def walk(node: int, held: dict[str, tuple[float, float]]) -> None:
        if held:
            found.append([Condition(name, *ends) for name, ends in held.items()])
        if tree.children_left[node] < 0:
            return
        name, cut = parameters[tree.feature[node]], float(tree.threshold[node])
        low, high = held.get(name, OPEN)
        walk(int(tree.children_left[node]), {**held, name: (low, min(high, cut))})
        walk(int(tree.children_right[node]), {**held, name: (max(low, cut), high)})

    walk(0, {})
    return found


def _rounded(condition: Condition, bounds: Bounds) -> Condition:
    """Return a condition with its bounds rounded to about a fortieth of the parameter's range: to 1, 2 or 5 in its last digit."""
    low, high = bounds[condition.parameter]
    rough = (high - low) / 40
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * min((1, 2, 5, 10), key=lambda k: abs(math.log(k * power / rough)))

    def near(bound: float) -> float:
        return round(round(bound / step) * step, 10) if math.isfinite(bound) else bound

    return Condition(condition.parameter, near(condition.above), near(condition.below))


def _worth(rule: Sequence[Condition], parameters: Sequence[str], points: Values, failing: Values) -> tuple[float, float]:
    """Return density and coverage."""
    held = inside(rule, parameters, points)
    return (float(failing[held].mean()) if held.any() else 0.0), float(failing[held].sum() / failing.sum())


def _counted(rule: Sequence[Condition], parameters: Sequence[str], points: Values, failing: Values) -> Rule | None:
    from scipy.stats import binomtest

    held = inside(rule, parameters, points)
    count = int(held.sum())
    if count < 2 or failing.sum() == 0:
        return None
    density, coverage = _worth(rule, parameters, points, failing)
    # as if every future failed or did not; luck within a future makes it less uncertain than that
    bounds = binomtest(round(density * count), count).proportion_ci(CONFIDENCE, method="wilson")
    return Rule(tuple(rule), density, float(bounds.low), float(bounds.high), coverage, count, len(points), float(failing.mean()))
