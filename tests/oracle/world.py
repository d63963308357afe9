"""All that one replication knows: scenario, calendar, draws, shocks and parties; what is needed and where there is room."""

import math
from collections import Counter
from fractions import Fraction

from sim.inputs.region import Region
from sim.inputs.scenario import Scenario

from . import numbers
from .law import Moment, moments, requirements
from .numbers import DWELLINGS, ONE, SHARES, fixed, quantile, quantiles, score
from .parties import COMPANY, FOUND, PRIVATE, PUBLIC, Calendar, Company, Fund, Municipality, Stage


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

    def search(self, purpose: str, number: int, index: int) -> int:
        """Return a draw of a municipality's search."""
        return self.streams.place("search", purpose, number, index, len(self.region.nis))

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
        """Return the dwellings that a municipality still needs; none without an objective."""
        if municipality.objective == 0:
            return 0
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
