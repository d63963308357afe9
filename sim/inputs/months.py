"""Month numbers and dates: month t is the state at the end of month t, month 0 is the start (a 31 December)."""

from datetime import date


def month_number(day: date, start: date) -> int:
    """Return the month number of the month that `day` lies in, counted from `start` (month 0)."""
    return (day.year - start.year) * 12 + day.month - start.month


def year_of(month: int, start: date) -> int:
    """Return the calendar year of month number `month` (>= 1); month 12 is December of the first year."""
    return start.year + (start.month + month - 1) // 12


def month_name(month: int, start: date) -> str:
    """Return 'YYYY-MM' of month number `month`."""
    number = start.year * 12 + start.month - 1 + month
    return f"{number // 12}-{number % 12 + 1:02d}"
