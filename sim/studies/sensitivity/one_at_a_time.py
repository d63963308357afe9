"""Each uncertain parameter at its low and at its high end, all else as it is: what a tornado shows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.inputs.scenario.ranges import Unknown
from sim.runs.points import Design, Values
from sim.runs.precision import half_width


def ends_design(known: Mapping[str, Unknown], replications: int) -> Design:
    """Return the scenario as it is, then each parameter at its low and at its high end, the others as they are: [1 + 2 parameters]."""
    values = np.full((1 + 2 * len(known), len(known)), np.nan)
    for j, unknown in enumerate(known.values()):
        values[1 + 2 * j, j], values[2 + 2 * j, j] = unknown.low, unknown.high
    return Design("ends", tuple(known), values, replications)


def ends_table(known: Mapping[str, Unknown], values: Values, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return a row per outcome and parameter: low, high (of the range); base, at_low, at_high (mean outcome); the differences from the base.

    `values`: [points of `ends_design`, replications, outcomes]. `swing`: at_high - at_low, with its paired 95% interval; so are the others.
    """

    def known_as(name: str, differences: Values) -> dict[str, float]:
        mean = float(differences.mean())
        half = half_width(pd.Series(differences), {"sampling": "plain"}) if np.ptp(differences) else 0.0
        return {name: mean, f"{name}_low95": mean - half, f"{name}_high95": mean + half}

    rows = []
    for i, outcome in enumerate(outcomes):
        base = values[0, :, i]
        for j, (name, unknown) in enumerate(known.items()):
            low, high = values[1 + 2 * j, :, i], values[2 + 2 * j, :, i]
            means = {"base": float(base.mean()), "at_low": float(low.mean()), "at_high": float(high.mean())}
            differences = {**known_as("to_low", low - base), **known_as("to_high", high - base), **known_as("swing", high - low)}
            rows.append({"outcome": outcome, "parameter": name, "low": unknown.low, "high": unknown.high, **means, **differences})
    return pd.DataFrame(rows)
