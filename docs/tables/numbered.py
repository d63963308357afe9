"""A number of the README's section on the baseline with what gives it, the section around them, and small numbers as words."""

import re
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.report.language import ENGLISH

SECTION, KEPT = Path(__file__).with_name("baseline.md"), Path(__file__).parents[1] / "numbers.md"
MILLION = 1e-6  # from euro
WORDS = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
)
PARTS = {0.25: "a quarter", 1 / 3: "a third", 0.5: "half", 2 / 3: "two thirds", 0.75: "three quarters", 1.0: "all"}


class Number(NamedTuple):
    """A number of the section: the name of its gap there, as it is written, what it is, what gives it."""

    name: str
    written: str
    what: str
    source: str


def gaps(section: str) -> list[str]:
    """Return the names of a section's gaps, in the order in which they first stand there."""
    return list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(section) if name is not None))


def kept() -> dict[str, str]:
    """Return the numbers that docs/numbers.md holds, as they are written, by the names of their gaps."""
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", KEPT.read_text(encoding="utf-8"), re.MULTILINE))


def baseline() -> str:
    """Return what the README says of the baseline: the section with the numbers that are kept. Raises InputError for a gap without one."""
    section, numbers = SECTION.read_text(encoding="utf-8"), kept()
    if missing := [name for name in gaps(section) if name not in numbers]:
        raise InputError(SECTION, missing[0], f"no such number in {KEPT.name}; make docs writes it there")
    return section.strip().format_map(numbers)


def in_words(count: int) -> str:
    """Return a small count as a word."""
    return WORDS[count] if count < len(WORDS) else ENGLISH.number(count)


def part(share: float) -> str:
    """Return a share as the nearest simple part of a whole."""
    return PARTS[min(PARTS, key=lambda simple: abs(simple - share))]


def plus(value: float, step: float) -> str:
    """Return a number with its sign, a plain 0 where it rounds to nothing."""
    text = ENGLISH.number(abs(value), step)
    return text if not round(value / step) else f"{'+' if value > 0 else '-'}{text}"
