"""Which parameter moves an outcome most: Morris' elementary effects and Sobol's indices, by SALib; an extra, imported when asked for."""

import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.chance.draws import Named
from sim.inputs.errors import InputError
from sim.runs.points import Design, Values

INSTALL = 'needs the extra "sensitivity": pip install --constraint constraints.txt -e ".[sensitivity]"'
LEVELS = 4  # of Morris' grid; SALib's default
RESAMPLES = 1_000  # of the intervals
CONFIDENCE = 0.95
Bounds = Sequence[tuple[float, float]]


def library(name: str, package: str = "SALib") -> Any:
    """Return a module of the extra. Raises InputError that says how to install it."""
    try:
        return import_module(f"{package}.{name}")
    except ImportError:
        raise InputError("bso sensitivity", "", INSTALL) from None


def seed_of(seed: int, purpose: str) -> int:
    """Return the whole number from which a library draws for a purpose: that of the named stream (`sim/chance/draws.py`)."""
    return int.from_bytes(Named(f"{seed}/sensitivity/{purpose}").digest[:4], "little") or 1  # 0 would mean none to SALib


def morris_design(parameters: Sequence[str], bounds: Bounds, trajectories: int, replications: int, seed: int) -> Design:
    """Return Morris' trajectories: `trajectories` x (parameters + 1) points, from each to the next one parameter changes."""
    sample = library("sample.morris").sample
    values = sample(_problem(parameters, bounds), trajectories, LEVELS, seed=seed_of(seed, "morris"))
    return Design("morris", tuple(parameters), np.asarray(values, np.float64), replications)


def morris_indices(design: Design, bounds: Bounds, means: Values, outcomes: Sequence[str], seed: int) -> pd.DataFrame:
    """Return a row per outcome and parameter: mu, mu_star with its 95% interval, sigma; in the outcome's unit, over the whole range.

    `means`: [points, outcomes]. mu: the mean effect of going from low to high; mu_star: the mean of its size; sigma: how much the effect
    hangs on the other parameters (and on noise). `share`: mu_star squared over the sum of all: what the parameter would have of the variance
    if effects only added up.
    """
    analyze = library("analyze.morris").analyze
    rows = []
    for i, outcome in enumerate(outcomes):
        found = analyze(
            _problem(design.parameters, bounds),
            design.values,
            means[:, i],
            num_resamples=RESAMPLES,
            conf_level=CONFIDENCE,
            num_levels=LEVELS,
            seed=seed_of(seed, f"morris/{outcome}"),
        )
        sizes = np.asarray(found["mu_star"], float)
        for j, parameter in enumerate(design.parameters):
            size, half = float(sizes[j]), float(found["mu_star_conf"][j])
            rows.append(
                {
                    "outcome": outcome,
                    "parameter": parameter,
                    "mu": float(found["mu"][j]),
                    "mu_star": size,
                    "low95": size - half,
                    "high95": size + half,
                    "sigma": float(found["sigma"][j]),
                    "share": size**2 / max(float((sizes**2).sum()), 1e-300),
                }
            )
    return pd.DataFrame(rows)


def sobol_design(parameters: Sequence[str], bounds: Bounds, base: int, replications: int, seed: int) -> Design:
    """Return Saltelli's points, `base` (a power of two) x (parameters + 2): of each base point A, A with one column of B for each, B."""
    sample = library("sample.sobol").sample
    values = sample(_problem(parameters, bounds), base, calc_second_order=False, seed=seed_of(seed, "sobol"))
    return Design("sobol", tuple(parameters), np.asarray(values, np.float64), replications)


def sobol_indices(design: Design, bounds: Bounds, means: Values, outcomes: Sequence[str], seed: int) -> pd.DataFrame:
    """Return a row per outcome and parameter: S1 (its share of the variance by itself) and ST (with all interactions), with 95% intervals.

    `means`: [points, outcomes]. Where an outcome never varies, all are zero.
    """
    analyze = library("analyze.sobol").analyze
    rows = []
    for i, outcome in enumerate(outcomes):
        varies = float(np.ptp(means[:, i])) > 0
        found: Any = {key: np.zeros(len(design.parameters)) for key in ("S1", "S1_conf", "ST", "ST_conf")}
        if varies:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of few points, that intervals are wide: they say so themselves
                found = analyze(
                    _problem(design.parameters, bounds),
                    means[:, i],
                    calc_second_order=False,
                    num_resamples=RESAMPLES,
                    conf_level=CONFIDENCE,
                    seed=seed_of(seed, f"sobol/{outcome}"),
                )
        for j, parameter in enumerate(design.parameters):
            row: dict[str, object] = {"outcome": outcome, "parameter": parameter}
            for index in ("S1", "ST"):
                value, half = float(found[index][j]), float(found[f"{index}_conf"][j])
                row |= {index: value, f"{index}_low95": value - half, f"{index}_high95": value + half}
            rows.append(row)
    return pd.DataFrame(rows)


def base_points(design: Design) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which rows of Saltelli's points are A and which are B: two samples that do not depend on each other."""
    step = len(design.parameters) + 2
    return np.arange(0, len(design.values), step), np.arange(step - 1, len(design.values), step)


def _problem(parameters: Sequence[str], bounds: Bounds) -> dict[str, Any]:
    return {"num_vars": len(parameters), "names": list(parameters), "bounds": [list(ends) for ends in bounds]}
