"""The calendar: months as SimPy's time, and the order of things within a month as the priority of its events."""

from collections.abc import Generator
from enum import IntEnum

import simpy

JANUARY, JUNE, DECEMBER = 1, 6, 12
Process = Generator[simpy.Event, None, None]  # waits for one event after the other


class Phase(IntEnum):
    """The order of things within a month: priorities of SimPy's events, above its own 0 and 1."""

    LATE_AGREEMENT = 10
    EXEMPTION = 11
    AGREEMENT = 12
    REDISTRIBUTION = 13
    RECALIBRATION = 14
    ENVELOPE = 15
    JANUARY = 16
    WILL = 17
    PRIVATE_LAND = 20
    OPPORTUNITIES = 21
    SEARCH_ENDS = 22
    SEARCH_STARTS = 23
    COMPLETION = 30
    RENT_IN = 31
    MARKET = 32
    LOSSES = 33
    LET = 34
    ADMISSION = 40
    LAUNCH = 50
    LENT_SLOTS = 51
    VOLUNTARY = 52
    MEASUREMENT = 60
    TEST = 70
    RESPONSE_TO_PREDICTION = 80
    RESPONSE_TO_TEST = 81
    RECORD = 90


class Calendar(simpy.Environment):
    """Months as SimPy's time; month 0 is the start. `last`: the last month."""

    def __init__(self, last: int) -> None:
        """Begin at month 0."""
        super().__init__()
        self.last = last

    def at(self, month: int, phase: Phase) -> simpy.Event:
        """Return an event that happens in a phase of a month."""
        event = simpy.Event(self)
        event._ok, event._value = True, None  # what `simpy.Timeout` does, which takes no priority
        self.schedule(event, priority=phase, delay=month - self.now)  # type: ignore[arg-type]
        return event

    def monthly(self) -> range:
        """Return all months."""
        return range(1, self.last + 1)

    def every(self, month: int) -> range:
        """Return the months that are such a month of the year: JANUARY, JUNE or DECEMBER."""
        return range(month, self.last + 1, 12)

    def year(self) -> int:
        """Return the index of the year, from 0; the start belongs to the first."""
        return max(0, int(self.now) - 1) // 12
