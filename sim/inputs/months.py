"""Month numbers and dates: month t is the state at the end of month t, month 0 is the start (a 31 December)."""

from datetime import date


def month_number(day: date, start: date) -> int:
    """Return the month number of the month that `day` lies in, counted from `start` (month 0).

    >>> month_number(date(2028, 6, 1), date(2025, 12, 31))
    30
    """
    return (day.year - start.year) * 12 + day.month - start.month
