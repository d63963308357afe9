"""Who is there and what they have: municipalities, companies, funds, and the calendar with the phases of a month."""

import math
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import simpy

from sim.inputs.region import Region
from sim.inputs.scenario import Scenario

from . import numbers
from .law import Lacking, Moment, Requirements, moments, requirements
from .numbers import DWELLINGS, ONE, SHARES, fixed, quantile, quantiles, score

if TYPE_CHECKING:
    from .project import Project

INITIAL, COMPANY, PUBLIC, FOUND, PRIVATE = range(5)


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

    POLICY = 10
    PRIVATE_LAND = 20
    SEARCH_ENDS = 21
    SEARCH_STARTS = 22
    COMPLETION = 30
    MARKET = 31
    ADMISSION = 40
    LAUNCH = 50
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


@dataclass(eq=False)
class Municipality:
    """One municipality, in dwellings; effort and the account of purchases in 65,536ths."""

    index: int
    company: "Company"
    regular: int
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
    company_used: int = 0
    public_used: int = 0
    searches: int = 0
    searching: int = 0
    stages: dict[Stage, int] = field(default_factory=lambda: dict.fromkeys(Stage, 0))
    projects: list["Project"] = field(default_factory=list)
    purchase_account: int = 0
    purchased: int = 0
    sold: int = 0
    waiting_since: int | None = None
    lacking: Lacking = field(default_factory=Lacking)
    measured: dict[int, Lacking] = field(default_factory=dict)
    asked: dict[int, Requirements] = field(default_factory=dict)
    verdict: int = 0
    owed: dict[int, int] = field(default_factory=dict)

    @property
    def objective(self) -> int:
        """The whole objective: regular and SIB."""
        return self.regular + self.sib

    @property
    def realised(self) -> int:
        """Net dwellings realised."""
        return self.stages[Stage.REALISED] + self.purchased - self.sold + self.rented_in - self.rented_start

    def at_least(self) -> dict[str, int]:
        """Return the dwellings at least at each stage of the law."""
        ktp = self.realised + self.stages[Stage.KTP] + self.stages[Stage.AWARD] + self.stages[Stage.CONSTRUCTION]
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


class World:
    """All that one replication knows: scenario, calendar, draws, and the actors at the start."""

    def __init__(self, scenario: Scenario, region: Region, replication: int) -> None:
        """Set up the actors; the pipeline at the start is made by `start_pipeline`."""
        self.scenario, self.law = scenario, scenario.law
        self.levers, self.how = scenario.levers, scenario.uncertainties
        self.region, self.replication = region, replication
        self.population = replication % region.populations
        self.calendar = Calendar()
        self.streams = numbers.Streams(scenario.seed, replication)
        self.moments = moments(scenario)
        self.last = scenario.months
        self.happened: Counter[str] = Counter()
        self.lanes = [int(n) for n in region.lanes]
        self.size = quantiles(self.how.size, DWELLINGS)
        self.response = quantile(quantiles(self.how.response, SHARES), score(self.streams.world("response")))
        self.companies = [Company(i) for i in range(len(region.company_names))]
        self.municipalities = [self._municipality(i) for i in range(len(region.nis))]
        self.pooled = self.levers.finance_pooled.value
        self.funds = [Fund(0)] if self.pooled else [Fund(i) for i in range(len(self.companies))]
        for company in self.companies:
            company.fund = self.funds[0 if self.pooled else company.index]
            company.fund.companies.append(company)
        self.objective = sum(m.objective for m in self.municipalities)
        self.shocks = self._shocks()
        self.company_shocks = [
            score(self.streams.draw("company.shock", 0, c, len(self.companies))) for c in range(len(self.companies))
        ]

    def _municipality(self, index: int) -> Municipality:
        facts = {column: int(values[self.population][index]) for column, values in self.region.estimates.items()}
        company = self.companies[int(self.region.company[index])]
        effort = quantile(quantiles(self.how.effort_start, SHARES), score(self.municipal("municipality.effort", 0, index)))
        municipality = Municipality(
            index=index,
            company=company,
            regular=facts["objective_regular"],
            sib=facts["sib"],
            stock=facts["stock"],
            rented_start=facts["rented_in"],
            rented_in=facts["rented_in"],
            effort=effort,
            company_places=facts["land_company"] * fixed(self.how.realism_company.value) >> 16,
            public_room=facts["land_public"] * fixed(self.how.realism_public.value) >> 16,
        )
        municipality.asked = {
            row: requirements(self.law, row, municipality.regular, municipality.sib) for row in range(len(self.law.rhythm))
        }
        company.municipalities.append(municipality)
        return municipality

    def municipal(self, purpose: str, row: int, index: int) -> int:
        """Return a draw of a municipality."""
        return self.streams.draw(purpose, row, index, len(self.region.nis))

    def rounding(self, municipality: Municipality, row: int) -> int:
        """Return a municipality's own rounding (0: rent-in, 1: sales, 2: purchases, 3: private land)."""
        return self.municipal("municipality.rounding", row, municipality.index) >> 16

    def _shocks(self) -> list[int]:
        rho = self.how.shock_persistence.value
        stay, move = fixed(rho), fixed(math.sqrt(1 - rho**2))
        shocks = [score(self.streams.world("shock"))]
        for year in range(1, self.last // 12):
            shocks.append((stay * shocks[-1] + move * score(self.streams.world("shock", year))) >> 16)
        return shocks

    @property
    def now(self) -> int:
        """The month."""
        return int(self.calendar.now)

    @property
    def year(self) -> int:
        """The index of the year; the start belongs to the first."""
        return max(0, self.now - 1) // 12

    def januaries(self) -> range:
        """Return the months that are a January."""
        return range(1, self.last + 1, 12)

    def decembers(self) -> range:
        """Return the months that are a December."""
        return range(12, self.last + 1, 12)

    def next_measurement(self) -> Moment | None:
        """Return the next measurement, this month's included; none after the last."""
        return next((moment for moment in self.moments if moment.month >= self.now), None)

    def smallest(self, draw: int) -> int:
        """Return the dwellings of a size draw, not fewer than the smallest project."""
        return max(quantile(self.size, score(draw)), self.how.smallest_project.value)

    def need(self, municipality: Municipality) -> int:
        """Return the dwellings that a municipality still needs."""
        stages = municipality.stages
        certain = municipality.realised + stages[Stage.KTP] + stages[Stage.AWARD] + stages[Stage.CONSTRUCTION]
        early = stages[Stage.PREPARATION] + stages[Stage.MJP]
        return municipality.objective - certain - (fixed(self.how.expected_survival.value) * early >> 16)

    def places(self, municipality: Municipality) -> dict[int, int]:
        """Return the places of each kind, in the order in which a project takes them."""
        released = fixed(self.how.release_base.value) + (fixed(self.how.release_effort.value) * municipality.effort >> 16)
        public = municipality.public_room * released >> 16
        return {
            COMPANY: municipality.company_places - municipality.company_used,
            PUBLIC: max(0, public - municipality.public_used),
            FOUND: municipality.found,
            PRIVATE: municipality.private,
        }

    def share_of(self, amount: float, part: int, whole: int) -> int:
        """Return a part of a yearly amount in 65,536ths of a dwelling, rounded down."""
        return math.floor(Fraction(amount) * ONE * part / whole) if whole else 0
