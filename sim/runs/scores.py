"""How good a forecast was: proper scores of a sample against what happened, and whether a band held it."""

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


def crps_of_point(forecast: float, fact: float) -> float:
    """Return the same score of a forecaster who says one number: the absolute error."""
    return abs(forecast - fact)


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
