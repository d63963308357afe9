"""The regulator (Wonen in Vlaanderen): committee dates, which measurement comes next, and the money of a year."""

from typing import Any

Row = Any


def committee(month: int, interval: int) -> int:
    """Return the first committee month at or after `month`: multiples of the interval (4: April, August, December)."""
    return (month + interval - 1) // interval * interval


def next_measurement(rhythm: Row, month: int) -> int:
    """Return the index of the first measurement at or after `month`, or -1 when none is left."""
    for r in range(len(rhythm)):
        if rhythm[r]["month"] >= month:
            return r
    return -1
