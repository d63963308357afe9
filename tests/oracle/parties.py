"""Who there is and when things happen: stages, phases of a month, the calendar, municipalities, companies and funds."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import simpy

from .law import Lacking, Requirements

if TYPE_CHECKING:
    from .project import Project

INITIAL, COMPANY, PUBLIC, FOUND, PRIVATE = range(5)
OWN, CBO, CONVENTIONED = range(3)


class Stage(IntEnum):
    """Where a project is."""

    DORMANT = 0
    PREPARATION = 1
    MJP = 2
    KTP = 3
    AWARD = 4
    CONSTRUCTION = 5
    REALISED = 6
    CANCELLED = 7


class Phase(IntEnum):
    """The order of things within a month: priorities of SimPy events, above its own 0 and 1."""

    LATE_AGREEMENT = 10
    EXEMPTION = 11
    AGREEMENT = 12
    REDISTRIBUTION = 13
    RECALIBRATION = 14
    JANUARY = 15
    PRIVATE_LAND = 20
    SEARCH_ENDS = 21
    SEARCH_STARTS = 22
    COMPLETION = 30
    MARKET = 31
    LET = 32
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
    """Months as SimPy's time."""

    def at(self, month: int, phase: Phase) -> simpy.Event:
        """Return an event that happens in a phase of a month."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        self.schedule(event, priority=phase, delay=month - self.now)  # type: ignore[arg-type]
        return event


@dataclass(frozen=True)
class Measured:
    """What a measurement found: what is lacking, the dwellings at least at each stage, and the objective it was held against."""

    lacking: Lacking
    at_least: dict[str, int]
    sib: int
    path: tuple[int, ...]


@dataclass(eq=False)
class Municipality:
    """One municipality, in dwellings; effort and the account of purchases in 65,536ths. `reading`: what counts as realised."""

    index: int
    company: "Company"
    reading: str
    path: list[int]
    sib: int
    stock: int
    rented_start: int
    rented_in: int
    effort: int
    company_places: int
    public_room: int
    found: int = 0
    private: int = 0
    private_so_far: int = 0
    bought: int = 0
    company_used: int = 0
    public_used: int = 0
    searches: int = 0
    searching: int = 0
    stages: dict[Stage, int] = field(default_factory=lambda: dict.fromkeys(Stage, 0))
    projects: list["Project"] = field(default_factory=list)
    purchase_account: int = 0
    purchased: int = 0
    sold: int = 0
    let: int = 0
    waiting_since: int | None = None
    agreement: bool = False
    last_agreement: int = -1
    lacking: Lacking = field(default_factory=Lacking)
    measured: dict[int, Measured] = field(default_factory=dict)
    asked: dict[tuple[int, int, tuple[int, ...]], Requirements] = field(default_factory=dict)
    verdict: int = 0
    most_charged: int = 0
    owed: dict[int, int] = field(default_factory=dict)

    @property
    def regular(self) -> int:
        """The regular objective."""
        return sum(self.path)

    @property
    def objective(self) -> int:
        """The whole objective: regular and SIB."""
        return self.regular + self.sib

    @property
    def room(self) -> int:
        """The realistic room on land of the company and on public land."""
        return self.company_places + self.bought + self.public_room

    @property
    def realised(self) -> int:
        """Dwellings realised, in the law's reading of it."""
        delivered = self.let if self.reading == "let" else self.stages[Stage.REALISED]
        if self.reading == "gross":
            return delivered + self.purchased
        sold = 0 if self.reading == "kept" else self.sold
        return delivered + self.purchased - sold + self.rented_in - self.rented_start

    def at_least(self) -> dict[str, int]:
        """Return the dwellings at least at each stage of the law."""
        not_let = self.stages[Stage.REALISED] - self.let if self.reading == "let" else 0
        ktp = self.realised + not_let + self.stages[Stage.KTP] + self.stages[Stage.AWARD] + self.stages[Stage.CONSTRUCTION]
        return {"MJP": ktp + self.stages[Stage.MJP], "KTP": ktp, "realised": self.realised}

    @property
    def live(self) -> int:
        """All dwellings from preparation on, realised ones included."""
        return self.at_least()["MJP"] + self.stages[Stage.PREPARATION]


@dataclass(eq=False)
class Company:
    """One housing company: its slots and the dormant projects that wait for one."""

    index: int
    municipalities: list[Municipality] = field(default_factory=list)
    slots: int = 0
    held: int = 0
    started: int = 0
    waiting: list["Project"] = field(default_factory=list)
    fund: "Fund" = field(default_factory=lambda: Fund(0))

    @property
    def objective(self) -> int:
        """The objective of its municipalities."""
        return sum(m.objective for m in self.municipalities)

    @property
    def free(self) -> int:
        """Slots that nobody holds; below zero those held above its own."""
        return self.slots - self.held

    @property
    def rented_in(self) -> int:
        """Dwellings it rents in."""
        return sum(m.rented_in for m in self.municipalities)


@dataclass(eq=False)
class Fund:
    """Money, in dwellings: carried over, of this year, and the projects that wait for it."""

    index: int
    companies: list[Company] = field(default_factory=list)
    old: int = 0
    new: int = 0
    waiting: list["Project"] = field(default_factory=list)
