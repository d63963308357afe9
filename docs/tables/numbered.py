"""A number of a page with its sentence and what gives it, and small numbers as words."""

from typing import NamedTuple

from sim.report.language import ENGLISH

GAP = "…"  # where the number stands in its sentence
MILLION = 1e-6  # from euro
WORDS = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
)
PARTS = {0.25: "a quarter", 1 / 3: "a third", 0.5: "half", 2 / 3: "two thirds", 0.75: "three quarters", 1.0: "all"}


class Number(NamedTuple):
    """A number of the README: the point of the section, as it is written, its sentence around GAP, what it is, what gives it."""

    point: int
    written: str
    sentence: str
    what: str
    source: str


def in_words(count: int) -> str:
    """Return a small count as a word."""
    return WORDS[count] if count < len(WORDS) else ENGLISH.number(count)


def part(share: float) -> str:
    """Return a share as the nearest simple part of a whole."""
    return PARTS[min(PARTS, key=lambda simple: abs(simple - share))]
