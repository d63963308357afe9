"""Which parameter moves an outcome most: each by itself at its bounds; Morris' elementary effects and Sobol's indices by SALib, an extra."""

import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.chance.draws import Named
from sim.inputs.errors import InputError
from sim.runs.points import Design, Values
from sim.runs.precision import half_width

INSTALL = 'needs the extra "sensitivity": pip install --constraint constraints.txt -e ".[sensitivity]"'
LEVELS = 4  # of Morris' grid; SALib's default
RESAMPLES = 1_000  # of the intervals
CONFIDENCE = 0.95
Bounds = Mapping[str, tuple[float, float]]  # low and high of each parameter, in its unit


def library(name: str, package: str = "SALib") -> Any:
    """Return a module of the extra. Raises InputError that says how to install it."""
    try:
        return import_module(f"{package}.{name}")
    except ImportError:
        raise InputError("bso sensitivity", "", INSTALL) from None


def seed_of(seed: int, purpose: str) -> int:
    """Return the whole number from which a library draws for a purpose: that of the named stream (`sim/chance/draws.py`)."""
    return int.from_bytes(Named(f"{seed}/sensitivity/{purpose}").digest[:4], "little") or 1  # 0 would mean none to SALib


def bounds_design(bounds: Bounds, replications: int) -> Design:
    """Return the scenario as it is, then each parameter at its low and at its high bound, the others as they are: [1 + 2 parameters]."""
    values = np.full((1 + 2 * len(bounds), len(bounds)), np.nan)
    for j, (low, high) in enumerate(bounds.values()):
        values[1 + 2 * j : 3 + 2 * j, j] = low, high
    return Design("ends", tuple(bounds), values, replications)


def bounds_table(bounds: Bounds, values: Values, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return a row per outcome and parameter: low, high (of the range); base, at_low, at_high (mean outcome); the differences from the base.

    `values`: [points of `bounds_design`, replications, outcomes]. `swing`: at_high - at_low, with its paired 95% interval; so are the others.
    """
    rows = []
    for i, outcome in enumerate(outcomes):
        base = values[0, :, i]
        for j, (name, (low, high)) in enumerate(bounds.items()):
            at_low, at_high = values[1 + 2 * j : 3 + 2 * j, :, i]
            row = {"outcome": outcome, "parameter": name, "low": low, "high": high}
            row |= {"base": float(base.mean()), "at_low": float(at_low.mean()), "at_high": float(at_high.mean())}
            for column, difference in (("to_low", at_low - base), ("to_high", at_high - base), ("swing", at_high - at_low)):
                half = half_width(pd.Series(difference), {"sampling": "plain"}) if np.ptp(difference) else 0.0
                mean = float(difference.mean())
                row |= {column: mean, f"{column}_low95": mean - half, f"{column}_high95": mean + half}
            rows.append(row)
    return pd.DataFrame(rows)


def morris_design(bounds: Bounds, trajectories: int, replications: int, seed: int) -> Design:
    """Return Morris' trajectories: `trajectories` x (parameters + 1) points, from each to the next one parameter changes."""
    values = library("sample.morris").sample(_problem(bounds), trajectories, LEVELS, seed=seed_of(seed, "morris"))
    return Design("morris", tuple(bounds), np.asarray(values, np.float64), replications)


def morris_indices(design: Design, bounds: Bounds, means: Values, outcomes: Sequence[str], seed: int) -> pd.DataFrame:
    """Return a row per outcome and parameter: mu, mu_star with its 95% interval, sigma; in the outcome's unit, over the whole range.

    `means`: [points, outcomes]. mu: the mean effect of going from low to high; mu_star: the mean of its size; sigma: how much the effect
    hangs on the other parameters (and on noise). `share`: mu_star squared over the sum of all: what the parameter would have of the variance
    if effects only added up.
    """
    analyze, frames = library("analyze.morris").analyze, []
    for outcome, values in zip(outcomes, means.T, strict=True):
        drawn = {"num_resamples": RESAMPLES, "conf_level": CONFIDENCE, "seed": seed_of(seed, f"morris/{outcome}")}
        analysed = analyze(_problem(bounds), design.values, values, num_levels=LEVELS, **drawn)
        size, half = (np.asarray(analysed[name], float) for name in ("mu_star", "mu_star_conf"))
        columns = {"mu": analysed["mu"], "mu_star": size, "low95": size - half, "high95": size + half, "sigma": analysed["sigma"]}
        share = size**2 / max(float((size**2).sum()), 1e-300)
        frames.append(pd.DataFrame({"outcome": outcome, "parameter": list(bounds), **columns, "share": share}))
    return pd.concat(frames, ignore_index=True)


def sobol_design(bounds: Bounds, base: int, replications: int, seed: int) -> Design:
    """Return Saltelli's points, `base` (a power of two) x (parameters + 2): of each base point A, A with one column of B for each, B."""
    values = library("sample.sobol").sample(_problem(bounds), base, calc_second_order=False, seed=seed_of(seed, "sobol"))
    return Design("sobol", tuple(bounds), np.asarray(values, np.float64), replications)


def sobol_indices(bounds: Bounds, means: Values, outcomes: Sequence[str], seed: int) -> pd.DataFrame:
    """Return a row per outcome and parameter: S1 (its share of the variance by itself) and ST (with all interactions), with 95% intervals.

    `means`: [points, outcomes]. Where an outcome never varies, all are zero.
    """
    analyze, frames = library("analyze.sobol").analyze, []
    for outcome, values in zip(outcomes, means.T, strict=True):
        analysed: Any = dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), np.zeros(len(bounds)))
        if float(np.ptp(values)) > 0:
            drawn = {"num_resamples": RESAMPLES, "conf_level": CONFIDENCE, "seed": seed_of(seed, f"sobol/{outcome}")}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of few points, that intervals are wide: they say so themselves
                analysed = analyze(_problem(bounds), values, calc_second_order=False, **drawn)
        columns: dict[str, Any] = {}
        for index in ("S1", "ST"):
            value, half = np.asarray(analysed[index], float), np.asarray(analysed[f"{index}_conf"], float)
            columns |= {index: value, f"{index}_low95": value - half, f"{index}_high95": value + half}
        frames.append(pd.DataFrame({"outcome": outcome, "parameter": list(bounds), **columns}))
    return pd.concat(frames, ignore_index=True)


def base_points(design: Design) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which rows of Saltelli's points are A and which are B: two samples that do not depend on each other."""
    step = len(design.parameters) + 2
    return np.arange(0, len(design.values), step), np.arange(step - 1, len(design.values), step)


def _problem(bounds: Bounds) -> dict[str, Any]:
    return {"num_vars": len(bounds), "names": list(bounds), "bounds": [list(ends) for ends in bounds.values()]}
