"""Parameter sets: a row of values of uncertain parameters each, a replication's own or read from a table, and a scenario at each of them."""

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sim.chance.draws import Draws, sobol, uniform
from sim.chance.shared import SCRAMBLES
from sim.inputs.errors import InputError, nearest
from sim.inputs.files import read_bytes, text_of
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.library import library_folder
from sim.inputs.scenario.model import TODAY, Scenario, changed, load_scenario
from sim.inputs.scenario.ranges import RANGES, Known, UncertainParameter, at, uncertain_parameters
from sim.inputs.scenario.toml import LIBRARY

THEN = RANGES.with_name("ranges_2009.toml")
FIRST_START = 2008  # the first year of the old scheme, of which some of what was fitted speaks
BLOCK = 64  # points made at once
Ends = tuple[float, float]
SAID = {"unit", "status", "source", "companies", "provinces"}  # of a parameter: all but its own value and range


def of_then() -> Known:
    """Return what is uncertain of 2009-2025: today's unknowns, those of then (THEN) in the place of today's that set the same."""
    then = uncertain_parameters(THEN)
    keys = set[str]().union(*(uncertain.keys() for uncertain in then.values()))
    return {name: u for name, u in uncertain_parameters().items() if not keys & set(u.keys())} | dict(then)


def read_sets(path: Path, known: Known | None = None) -> pd.DataFrame:
    """Return parameter sets of a CSV as `bso calibrate` writes it. Raises InputError for what is no table of numbers within their ranges."""
    return _sets_in(read_bytes(path), path, uncertain_parameters() if known is None else known)


@lru_cache(maxsize=4)
def _of_today(content: bytes, path: Path) -> pd.DataFrame:
    """Return the sets of today's unknowns in a file, made once: every experiment reads the library's."""
    return _sets_in(content, path, uncertain_parameters())


def _sets_in(content: bytes, path: Path, known: Known) -> pd.DataFrame:
    try:
        sets = pd.read_csv(io.BytesIO(content)).drop(columns="set", errors="ignore")
    except ValueError as error:
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


@dataclass(frozen=True)
class ParameterSets:
    """The parameter sets of a scenario's replications, a replication's own by its number (see `values`).

    `fitted`: rows of values that belong together, as the calibration kept them. `free`: what is spread over its own range instead, as its ends
    or its distribution, by the unknown's dimension (its place in the file of ranges), which is the same in every scenario. `known`: the
    unknowns. `name`: of the points. `digest`: SHA-256 of the fitted sets.
    """

    fitted: pd.DataFrame
    free: Mapping[int, tuple[str, Ends | Distribution]]
    known: Known
    name: str
    digest: str

    def values(self, number: int) -> dict[str, float]:
        """Return the values of the unknowns in a replication: one point of a scrambled Sobol sequence says which fitted set, and all else.

        The sequences of SCRAMBLES scrambles take turns, so that the means of replications of one scramble tell the error. The same number is
        the same point in every scenario of this seed, whatever a scenario states itself.
        """
        place, scramble = divmod(number, SCRAMBLES)
        point = uniform(_points(self.name, scramble, 1 + len(self.known), place // BLOCK)[place % BLOCK])
        values = values_of(self.fitted, int(point[0] * len(self.fitted))) if len(self.fitted.columns) else {}
        return values | {name: _within(open_, point[1 + d]) for d, (name, open_) in self.free.items()}

    def of(self, number: int, scenario: Scenario) -> Scenario:
        """Return the scenario of these sets as a replication has it."""
        return at(scenario.central, self.values(number), f"{scenario.name}, replication {number}", self.known)


def parameter_sets(scenario: Scenario, folder: Path | None = None) -> ParameterSets:
    """Return the parameter sets of a scenario's replications: fitted sets, with what they lack, or the scenario states otherwise, spread.

    What a scenario states otherwise than the library's of its start stays as it is said, or goes over the range that it gives: with a range
    from a value to itself it stays there. What a replication draws once (an unknown that sets a `constant`): over the scenario's own
    distribution, unless it holds it constant. `folder`: of the fitted sets (default: `calibrated` in the library). Raises InputError for a
    file that holds no parameter sets.
    """
    known = of_then() if scenario.start.year < TODAY else uncertain_parameters()
    files = _files(folder, scenario)
    fitted, reference = _fitted(files, known, scenario), _reference(scenario)
    as_fitted = [str(name) for name in fitted if _stated_alike(known[str(name)], scenario, reference)]
    digest = hashlib.sha256(b"".join(map(text_of, files))).hexdigest()
    return ParameterSets(fitted[as_fitted], _free(scenario, known, as_fitted, reference), known, _named(scenario), digest)


def _named(scenario: Scenario) -> str:
    """Return the name of the points of a scenario's sets."""
    return f"{scenario.seed}/parameters"


def _free(
    scenario: Scenario, known: Known, given: Collection[str], reference: Scenario
) -> dict[int, tuple[str, "Ends | Distribution"]]:
    """Return what is spread of the unknowns that no set gives, see `ParameterSets.free`. `reference`: of the scenario's start."""
    baseline = reference if scenario.start.year >= TODAY else _read(LIBRARY / "baseline.toml")
    free: dict[int, tuple[str, Ends | Distribution]] = {}
    for dimension, (name, uncertain) in enumerate(known.items()):
        of_today = uncertain_parameters().get(name) is uncertain
        over = None if name in given else _open(uncertain, scenario, baseline if of_today else reference)
        if over is not None:
            free[dimension] = name, over
    return free


def _files(folder: Path | None, scenario: Scenario) -> list[Path]:
    """Return the files of the fitted sets: of a start of then also those of the values of then, where there are any."""
    here = library_folder() / "calibrated"
    folder = folder or (here if here.is_dir() else LIBRARY / "calibrated")
    then = folder / "then.csv"
    return [folder / "sets.csv", *([then] if scenario.start.year < TODAY and then.exists() else [])]


def _fitted(files: Sequence[Path], known: Known, scenario: Scenario) -> pd.DataFrame:
    """Return the fitted sets of the library.

    Values of then belong to the sets of a start of then; what is of the first year only, as the dwellings rented in anew, to the first start.
    """
    fitted = _of_today(read_bytes(files[0]), files[0])
    for path in files[1:]:
        then = read_sets(path, known)
        if scenario.start.year != FIRST_START:
            then = then.drop(columns=[name for name in then if draws_once(known[str(name)])])
        fitted = pd.concat([fitted.drop(columns=[name for name in then if name in fitted]), then], axis=1)
    return fitted[[name for name in fitted if name in known]]


def _reference(scenario: Scenario) -> Scenario:
    """Return the library's scenario of a start, which was fitted: what another one states otherwise, it means."""
    of_then = LIBRARY / "backtest" / f"{scenario.start.year}.toml"
    return _read(of_then if scenario.start.year < TODAY and of_then.exists() else LIBRARY / "baseline.toml")


@cache
def _read(path: Path) -> Scenario:
    """Return a scenario of the library, read once: every experiment asks for the one that it is held against."""
    return load_scenario(path)


def _stated_alike(uncertain: UncertainParameter, scenario: Scenario, reference: Scenario) -> bool:
    """Return whether a scenario has of an unknown what the reference has."""
    return all(
        own.model_dump(exclude=SAID) == theirs.model_dump(exclude=SAID)
        for own, theirs in zip(uncertain.parameters(scenario), uncertain.parameters(reference), strict=True)
    )


def _open(uncertain: UncertainParameter, scenario: Scenario, reference: Scenario) -> "Ends | Distribution | None":
    """Return the ends between which an unknown lies in a scenario, or its distribution; None where it stays as the scenario says."""
    own, theirs = uncertain.parameters(scenario)[0], uncertain.parameters(reference)[0]
    if draws_once(uncertain) and isinstance(own, Distribution):
        return own if own.constant is None else None
    if _stated_alike(uncertain, scenario, reference):
        return uncertain.low, uncertain.high
    return own.range if own.range != theirs.range else None


def _within(over: "Ends | Distribution", u: float) -> float:
    """Return the value at a share `u` of what an unknown is spread over."""
    return float(over.quantile(u)) if isinstance(over, Distribution) else over[0] + float(u) * (over[1] - over[0])


@lru_cache(maxsize=4 * SCRAMBLES)
def _points(name: str, scramble: int, dimensions: int, block: int) -> Draws:
    """Return uint32[BLOCK, dimensions]: some points of one scrambled sequence."""
    return sobol(f"{name}/{scramble}", dimensions, block * BLOCK, BLOCK)


def completed(scenario: Scenario, sets: pd.DataFrame) -> pd.DataFrame:
    """Return sets of a study's own with a value of every unknown that they lack, the n-th row the same however many there are, and the same
    as the n-th replication of a forecast has. Raises InputError for a column that is no unknown."""
    known = uncertain_parameters()
    _refuse_unknown(sets, known, "sets")
    free = _free(scenario, known, [str(name) for name in sets], _reference(scenario))
    spread = ParameterSets(pd.DataFrame(), free, known, _named(scenario), digest="")
    return sets.join(pd.DataFrame([spread.values(k) for k in range(len(sets))], index=sets.index))


def draws_once(uncertain: UncertainParameter) -> bool:
    """Return whether a replication draws it once, as one value that nobody knows: it sets the `constant` of a distribution."""
    return any(key.endswith(".constant") for key in list(uncertain.keys()))


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
