"""How good a forecast was: proper scores of a sample against what happened, and whether a band held it."""

import math

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.5, 0.8, 0.95)
Values = NDArray[np.float64]


def crps(values: Values, fact: float) -> float:
    """Return the continuous ranked probability score of a sample (n values, the fact's unit; 0 is perfect), unbiased by its size.

    E|X - y| - E|X - X'| / 2 with X, X' two different members of the sample (Gneiting and Raftery 2007).
    """
    ordered, n = np.sort(values), len(values)
    spread = float((ordered * (2 * np.arange(1, n + 1) - n - 1)).sum()) / (n * (n - 1)) if n > 1 else 0.0
    return float(np.abs(values - fact).mean()) - spread


def crps_of_normal(mean: float, deviation: float, fact: float) -> float:
    """Return the same score of a normal distribution (Gneiting and Raftery 2007); without a deviation of one number, the absolute error."""
    if deviation == 0:
        return abs(mean - fact)
    z = (fact - mean) / deviation
    below, density = math.erf(z / math.sqrt(2)), math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)  # 2 F(z) - 1, f(z)
    return deviation * (z * below + 2 * density - 1 / math.sqrt(math.pi))


def pit(values: Values, fact: float) -> float:
    """Return where in a sample what happened lies, from 0 (below all of it) to 1: the probability integral transform, ties by half."""
    return float((values < fact).mean() + (values <= fact).mean()) / 2


def bands(values: Values, fact: float) -> dict[str, float | bool]:
    """Return the ends of the central band of each of LEVELS (low_0.8, high_0.8), and whether it holds the fact (covered_0.8)."""
    ends: dict[str, float | bool] = {}
    for level in LEVELS:
        low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2))
        ends |= {f"low_{level:g}": low, f"high_{level:g}": high, f"covered_{level:g}": coverage(values, fact, level)}
    return ends


def coverage(values: Values, fact: float, level: float) -> bool:
    """Return whether the central band of a sample holds the fact. `level`: share of the sample in the band."""
    low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2))
    return bool(low <= fact <= high)
