"""Choosing without knowing: which options may be the best, which uncertain parameter turns a difference around, and what it is worth to know one
before choosing. An interval here holds together with those of everything else that is looked at for the same outcome (Bonferroni)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.scenario.model import DRAWN
from sim.inputs.scenario.ranges import Known
from sim.runs.outcomes import LESS, MORE, OUTCOMES, of_all
from sim.runs.precision import CONFIDENCE, reach, standard_error, student
from sim.runs.results import Results

DECISIVE = ("realised_at_end", "contribution_total")  # outcomes by which one chooses
ENOUGH = 24  # different values of a parameter, below which nothing is said of it
FOLDS = 8  # parts of the values, each judged by a choice that is learned from the others
DEGREE = 2  # of the polynomial by which an outcome goes with a parameter
EVERYTHING = "everything"  # in the place of a parameter: all of them, and luck
TURNING = ("parameter", "at_low", "at_low_half", "at_high", "at_high_half", "turns", "value", "low95", "high95")


def regret(results: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per option and outcome: how far the option is from the best one in the same replication, mean with its standard error, 90th
    percentile and most.

    `best`: share of the replications in which none is better; `may_be_best`: see there. Only outcomes of which more or less is better.
    """
    rows = []
    for name, outcome in OUTCOMES.items():
        if outcome.better not in (MORE, LESS):
            continue
        good, manifest = _by_option(results, name), next(iter(results.values())).manifest
        possible = may_be_best(good, manifest)
        lost = good.sub(good.max(axis=1), axis=0).abs()
        for option in results:
            row = {
                "mean": lost[option].mean(),
                "error": standard_error(lost[option], manifest)[0],
                "p90": lost[option].quantile(0.9),
                "most": lost[option].max(),
            }
            best = {"best": (lost[option] == 0).mean(), "may_be_best": possible[option]}
            rows.append({"option": option, "outcome": name, "unit": outcome.unit, **row, **best})
    return pd.DataFrame(rows)


def turning_points(base: Results, variants: Mapping[str, Results], known: Known) -> pd.DataFrame:
    """Return `turning` of every option's difference from the base, in the outcomes that are decisive. `known`: the uncertain parameters."""
    parameters, frames = _parameters(base), list[pd.DataFrame]()
    if not variants:
        return _with_units(pd.DataFrame(columns=[*TURNING, "option", "outcome"]), known)
    looks = max(1, len(parameters.columns)) * len(variants)
    for option, results in variants.items():
        for name in DECISIVE:
            lead = (of_all(results)[name] - of_all(base)[name]).dropna()
            frames.append(turning(lead, parameters, looks).assign(option=option, outcome=name))
    return _with_units(pd.concat(frames, ignore_index=True), known)


def worth_knowing(results: Mapping[str, Results], known: Known) -> pd.DataFrame:
    """Return `information` for the choice among options (the first is the base), in the outcomes that are decisive."""
    base = next(iter(results.values()))
    parameters = _parameters(base)
    frames = [information(_by_option(results, name), parameters, base.manifest).assign(outcome=name) for name in DECISIVE]
    return _with_units(pd.concat(frames, ignore_index=True), known)


def may_be_best(good: pd.DataFrame, manifest: Mapping[str, Any]) -> "pd.Series[bool]":
    """Return for each option (a column; a row per replication; more is better) whether it may be the best on average: that set holds the best
    one with 95% confidence, however many are ranked (comparisons with the best, Hsu 1981).

    Out is an option that is surely worse than the one of the best mean: one-sided, at 5% shared out over all but one of them.
    """
    best = _best(good)
    level = 1 - 2 * (1 - CONFIDENCE) / max(1, len(good.columns) - 1)

    def may(option: str) -> bool:
        behind = good[best] - good[option]
        error, freedom = standard_error(behind, manifest)
        return not behind.mean() > reach(error, freedom, level)

    return pd.Series([may(str(option)) for option in good], good.columns, dtype=bool)


def turning(lead: "pd.Series[float]", parameters: pd.DataFrame, looks: int) -> pd.DataFrame:
    """Return a row per uncertain parameter: whether a difference between two options goes the other way where it is high than where it is low.

    `lead`: the difference by replication; `parameters`: a row per replication; `looks`: at how many parameters and options one looks in all.
    `at_low`, `at_high`: mean difference in the quarter of the values that is lowest, and highest, with half of its interval; `turns`: both
    surely differ from zero, with opposite signs. Then `value` is where it changes sign best (isotonic regression), in the parameter's unit;
    `low95`, `high95`: where it does if it goes one way, from the beginning of the last of the quarters, moved upwards, that surely have the
    sign of the lowest to the end of the first from which on all surely have that of the highest.
    """
    level, rows = 1 - (1 - CONFIDENCE) / looks, []
    for name, means in _by_value(lead.to_frame(), parameters):
        values, differences, width = means.index.to_numpy(np.float64), means.iloc[:, 0].to_numpy(np.float64), len(means) // 4
        quarters = np.lib.stride_tricks.sliding_window_view(differences, width)
        mean, half = quarters.mean(axis=1), quarters.std(axis=1, ddof=1) / math.sqrt(width) * student(level, width - 1)
        upwards = np.sign(mean[-1])
        before, after = (np.logical_and.accumulate(sure) for sure in (-upwards * mean > half, (upwards * mean > half)[::-1]))
        ends = {"at_low": mean[0], "at_low_half": half[0], "at_high": mean[-1], "at_high_half": half[-1]}
        row = {"parameter": name, **ends, "turns": bool(before[0] and after[0])}
        if row["turns"]:
            low, high = values[before.sum() - 1], values[-after.sum()]
            last = int(np.argmin(np.cumsum(upwards * differences)[:-1]))  # before the sign changes
            row |= {"value": np.clip(values[last : last + 2].mean(), low, high), "low95": low, "high95": high}
        rows.append({"value": math.nan, "low95": math.nan, "high95": math.nan, **row})
    return pd.DataFrame(rows, columns=[*TURNING])


def information(good: pd.DataFrame, parameters: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row per uncertain parameter: what it is worth to know it before choosing among options, the most first; in front
    EVERYTHING, the worth of knowing all, luck too. That is the expected value of (partial) perfect information, by regression (Strong, Oakley
    and Brennan 2014).

    `good`: a row per replication, a column per option, more is better. `worth`: in the outcome's unit, how much better the option chosen by the
    parameter is on average than the best one on average, in values that the choice was not learned from: so chance does not make it larger,
    and it errs on the low side. `low95`, `high95`: its interval, for all parameters at once; `tells`: it surely is not zero.
    """
    gains = {name: _gain(means) for name, means in _by_value(good, parameters)}
    rows = []
    for name, gain in gains.items():
        mean, half = _mean(gain, 1 - (1 - CONFIDENCE) / len(gains))
        worth = {"worth": max(0.0, mean), "low95": max(0.0, mean - half), "high95": max(0.0, mean + half)}
        rows.append({"parameter": name, **worth, "tells": mean - half > 0})
    lost = good.max(axis=1) - good[_best(good)]
    error, freedom = standard_error(lost, manifest)
    half = reach(error, freedom)
    ends = {"low95": max(0.0, lost.mean() - half), "high95": lost.mean() + half}
    everything = pd.DataFrame([{"parameter": EVERYTHING, "worth": lost.mean(), **ends, "tells": lost.mean() > half}])
    return pd.concat([everything, pd.DataFrame(rows).sort_values("worth", ascending=False, kind="stable") if rows else None])


def _by_option(results: Mapping[str, Results], outcome: str) -> pd.DataFrame:
    """Return an outcome in the replications that all options have: a row each, a column per option, more is better."""
    return pd.DataFrame({option: of_all(r)[outcome] * OUTCOMES[outcome].better for option, r in results.items()}).dropna()


def _best(good: pd.DataFrame) -> str:
    """Return the option of the best mean."""
    return str(good.mean().fillna(-math.inf).idxmax())


def _parameters(results: Results) -> pd.DataFrame:
    """Return the uncertain parameters by replication; none where all replications have the same."""
    if results.manifest["sampling"] != DRAWN:
        return pd.DataFrame(index=results.replications)
    return results.table("parameters").set_index("replication")


def _with_units(frame: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Return rows with the units of their outcome and of their parameter."""
    units = {name: uncertain.unit for name, uncertain in known.items()}
    return frame.assign(unit=[OUTCOMES[name].unit for name in frame["outcome"]], parameter_unit=frame["parameter"].map(units))


def _by_value(values: pd.DataFrame, parameters: pd.DataFrame) -> "list[tuple[str, pd.DataFrame]]":
    """Return by parameter the means of columns at each of its values, in order: replications that share a fitted set are one."""
    both = values.index.intersection(parameters.index)
    means = ((str(name), values.loc[both].groupby(parameters[str(name)].loc[both]).mean()) for name in parameters)
    return [(name, of_value) for name, of_value in means if len(of_value) >= ENOUGH]


def _mean(values: "pd.Series[float]", level: float) -> tuple[float, float]:
    """Return the mean of independent values and half of its interval of this level."""
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()), reach(error, len(values) - 1, level)


def _gain(means: pd.DataFrame) -> "pd.Series[float]":
    """Return by value of a parameter how much better the option is that is chosen by it than the best one on average; how to choose is learned
    from the other parts of the values. `means`: a row per value, a column per option, more is better."""
    x = means.index.to_numpy(np.float64)
    y: Any = means.to_numpy(np.float64)
    powers: NDArray[np.float64] = np.vander((x - x.mean()) / x.std(), DEGREE + 1)
    part, chosen = np.arange(len(x)) % FOLDS, np.zeros(len(x), np.int64)
    for held in (part == k for k in range(FOLDS)):
        chosen[held] = (powers[held] @ np.linalg.lstsq(powers[~held], y[~held])[0]).argmax(axis=1)
    return pd.Series(y[np.arange(len(x)), chosen] - y[:, y.mean(axis=0).argmax()], means.index)
