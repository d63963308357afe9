"""What a cell says: a number, a month. Nothing is guessed: what may be read in two ways is none."""

import re
from datetime import date
from typing import NamedTuple

from sim.inputs.errors import of_thousands

FIRST_YEAR, LAST_YEAR = 1990, 2100
MIDDLE = 7  # the month for which a year alone stands
# A number, with spaces of thousands and at most one separator, which is that of decimals: "1.250" is refused, as it may be 1250 or 1.25.
NUMBER = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:\s[0-9]{3}){1,2})(?:[.,]([0-9]{1,9}))?")
MONTHS = (
    *("jan januari january", "feb februari february", "mrt maa mar maart march", "apr april", "mei may", "jun juni june"),
    *("jul juli july", "aug augustus august", "sep sept september", "okt oct oktober october", "nov november", "dec december"),
)
DAYS = (
    *("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "ma", "di", "wo", "do", "vr", "za", "zo"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
WEEKDAY = re.compile(rf"(?:{'|'.join(DAYS)})[.,]? ")
CLOCK = re.compile(r"[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?z?")  # the hour that programs write behind a day
DATES = (  # 2027-06 and 2027-06-30; 06/2027 and 30/06/2027 and 30/06/27; and what spreadsheets make of these: jun/27, 30 juni 2027
    # (no 2027.1: a program that takes 2027.10 for a number leaves that of it)
    re.compile(r"(?![0-9]{4}\.[0-9]$)(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})(?:[-/.](?P<d>[0-9]{1,2}))?"),
    re.compile(r"(?:(?P<d>[0-9]{1,2})(?P<mark>[-/.]))?(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"),
    re.compile(r"(?P<d>[0-9]{1,2})(?P<mark>[-/.])(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{2})"),
    re.compile(r"(?:(?P<d>[0-9]{1,2})[-/. ]{1,2})?(?P<name>[a-z]{3,9})\.?[-/. ](?P<y>[0-9]{4}|[0-9]{2})"),
    re.compile(r"(?P<y>[0-9]{4})"),
)


class Month(NamedTuple):
    """The first day of a month; `order`: whether the day that it was written with must come before the month (True) or may be taken for it
    (None; False where nothing of that is to be seen); `alone`: whether only the year is said."""

    day: date
    order: bool | None
    alone: bool


def number(text: str) -> float | None:
    """Return a number, not below zero; None for what is none, or may be two.

    >>> [number(text) for text in ("6,5", "1 811", "1.811", "18 11", "-3", "#N/B")]
    [6.5, 1811.0, None, None, None, None]
    """
    match = NUMBER.fullmatch(text)
    if match is None or of_thousands("".join(text.split())):
        return None
    return float(f"{''.join(match[1].split())}.{match[2] or 0}")


def month(text: str) -> Month | None:
    """Return the month that a text says; None for one that says none. A year of two digits is of 1990 to 2089: what is older or later is asked
    for in four. The day comes before the month, as in Flanders.

    >>> month("30 juni 27").day, month("di 1/02/1998 00:00:00"), month("06/30/2027")
    (datetime.date(2027, 6, 1), Month(day=datetime.date(1998, 2, 1), order=None, alone=False), None)
    """
    written = " ".join(text.casefold().split())
    written = WEEKDAY.sub("", written, 1) if WEEKDAY.match(written) else written
    clock = CLOCK.search(written)
    if clock and clock.end() == len(written):
        written = written[: clock.start()]
    parts = next((match.groupdict() for form in DATES if (match := form.fullmatch(written))), None)
    if parts is None:
        return None
    year, day, name = int(parts["y"]), int(parts.get("d") or 1), parts.get("name")
    if len(parts["y"]) == 2:
        year += 1900 if year >= FIRST_YEAR % 100 else 2000
    named = next((i for i, known in enumerate(MONTHS, 1) if name in known.split()), 0) if name else int(parts.get("m") or MIDDLE)
    try:
        date(year, named, day)
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    order: bool | None = False
    if parts.get("mark") in ("/", "-") and day != named:
        order = True if day > 12 else None
    return Month(date(year, named, 1), order, name is None and "m" not in parts)
