"""Parameter sets: a row of values of uncertain parameters each, read, completed with what they lack, and a scenario at each of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.chance.draws import sobol, uniform
from sim.inputs.errors import InputError, nearest
from sim.inputs.scenario.changes import changed
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.parameters import Distribution, Parameter
from sim.inputs.scenario.ranges import RANGES, Known, UncertainParameter, at, uncertain_parameters
from sim.inputs.scenario.toml import LIBRARY

THEN = RANGES.with_name("ranges_2009.toml")
SAID = {"unit", "status", "source", "range"}  # of a parameter: all but its value


def of_then() -> Known:
    """Return what is uncertain of 2009-2025: today's unknowns, those of then (THEN) in the place of today's that set the same."""
    then = uncertain_parameters(THEN)
    keys = set[str]().union(*(uncertain.keys() for uncertain in then.values()))
    return {name: u for name, u in uncertain_parameters().items() if not keys & set(u.keys())} | dict(then)


def read_sets(path: Path, known: Known | None = None) -> pd.DataFrame:
    """Return parameter sets of a CSV as `bso calibrate` writes it. Raises InputError for what is no table of numbers within their ranges."""
    known = uncertain_parameters() if known is None else known
    try:
        sets = pd.read_csv(path).drop(columns="set", errors="ignore")
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be read as a table of parameter sets ({error})") from None
    bad = [str(name) for name in sets if not pd.api.types.is_numeric_dtype(sets[name]) or sets[name].isna().any()]
    if bad or len(sets) < 2:
        raise InputError(path, bad[0] if bad else "", "numbers in every row, and at least two sets, are needed")
    _refuse_unknown(sets, known, path)
    for name in sets:
        low, high = known[str(name)].low, known[str(name)].high
        outside = sets[name][~sets[name].between(low, high)]
        if len(outside):
            problem = f"found {outside.iloc[0]:g}; {low:g} to {high:g} is allowed"
            raise InputError(path, f"{name}, set {outside.index[0]}", problem)
    return sets


def completed(scenario: Scenario, sets: pd.DataFrame, known: Known | None = None) -> pd.DataFrame:
    """Return the sets with a value of every unknown that they lack, spread evenly (Sobol), the n-th row the same however many there are.

    What a replication draws once (an unknown that sets a `constant`): over the scenario's own distribution, unless it holds it constant. What
    the scenario states otherwise than the baseline: over the range that it gives; without one it stays as it is said. All others, and those
    of then: over their own range. Raises InputError for a column that is no unknown.
    """
    known = uncertain_parameters() if known is None else known
    _refuse_unknown(sets, known, "sets")
    baseline = load_scenario(LIBRARY / "baseline.toml")
    lacking = {name: uncertain for name, uncertain in known.items() if name not in sets}
    power = 1 << (len(sets) - 1).bit_length()  # a sequence is balanced at powers of two
    even = uniform(sobol(f"{scenario.seed}/bands", max(1, len(lacking)), 0, power))[: len(sets)]
    drawn = {}
    for k, (name, uncertain) in enumerate(lacking.items()):
        own = uncertain.parameter(scenario)
        if draws_once(uncertain) and isinstance(own, Distribution):
            if own.constant is None:
                drawn[name] = own.quantile(even[:, k])
        elif (ends := _range(own, uncertain, baseline)) is not None:
            drawn[name] = ends[0] + even[:, k] * (ends[1] - ends[0])
    return sets.assign(**drawn)


def draws_once(uncertain: UncertainParameter) -> bool:
    """Return whether a replication draws it once, as one value that nobody knows: it sets the `constant` of a distribution."""
    return any(key.endswith(".constant") for key in list(uncertain.keys()))


def _range(own: Parameter, uncertain: UncertainParameter, baseline: Scenario) -> tuple[float, float] | None:
    """Return the ends between which an unknown is tried in a scenario that has `own` of it; None where it stays as the scenario says."""
    theirs = uncertain.parameter(baseline)
    if uncertain not in uncertain_parameters().values() or own.model_dump(exclude=SAID) == theirs.model_dump(exclude=SAID):
        return uncertain.low, uncertain.high
    return own.range if own.range != theirs.range else None


def at_sets(scenario: Scenario, sets: pd.DataFrame, name: str, known: Known | None = None) -> dict[str, Scenario]:
    """Return the scenario at every parameter set, by its folder; `name`: what each is called, from its number."""
    return {f"set_{k:03d}": at(scenario, values_of(sets, k), name.format(k), known) for k in range(len(sets))}


def values_of(sets: pd.DataFrame, k: int) -> dict[str, float]:
    """Return the values of a parameter set by name."""
    return {str(name): float(value) for name, value in sets.iloc[k].items()}


def otherwise(scenario: Scenario, values: Mapping[str, float], changes: Mapping[str, Any], name: str, known: Known) -> Scenario:
    """Return the scenario at a parameter set, with tables laid over it: of what these state they say the value, and not the set."""
    stated = {f"{group}.{parameter}" for group in changes for parameter in changes[group]}
    free = {n: v for n, v in values.items() if not stated & {".".join(key.split(".")[:2]) for key in list(known[n].keys())}}
    return changed(at(scenario, free, name, known), changes, name, name)


def _refuse_unknown(sets: pd.DataFrame, known: Known, where: str | Path) -> None:
    """Raise InputError for a column that is no unknown."""
    for name in sets:
        if name not in known:
            raise InputError(where, str(name), f"unknown parameter; {nearest(str(name), known)}")
