"""All that one replication knows: scenario, calendar, draws, shocks and parties; what is needed and where there is room."""

import math
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from sim.inputs.months import month_number
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.data import CompanyMeans

from . import numbers, objective
from .law import Moment, Requirements, moments, requirements
from .numbers import DWELLINGS, ONE, SHARES, fixed, quantile, quantiles, score
from .parties import COMPANY, FOUND, PRIVATE, PUBLIC, Calendar, Company, Fund, Municipality, Stage
from .record import OracleHistory

if TYPE_CHECKING:
    from .project import Project


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
        self.history = OracleHistory()
        self.happened = self.history.happened
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
        self.neighbours = {(min(a, b), max(a, b)) for a, b in region.neighbours.tolist()}
        self._objectives_at_the_start()
        self.envelope = int(self.law.values.envelope.value)
        self.reserved = self.money = 0
        self.vacant = self.how.vacant.value
        self.shocks = self._shocks()
        self.company_shocks = [
            score(self.streams.draw("company.shock", 0, c, len(self.companies))) for c in range(len(self.companies))
        ]

    def _municipality(self, index: int) -> Municipality:
        facts = {column: int(values[self.population][index]) for column, values in self.region.estimates.items()}
        company = self.companies[int(self.region.company[index])]
        drawn = quantile(quantiles(self.how.effort_start, SHARES), score(self.municipal("municipality.effort", 0, index)))
        effort = max(drawn, fixed(self.levers.effort_least.value))
        self.happened["effort at its least"] += effort > drawn
        municipality = Municipality(
            index=index,
            company=company,
            reading=self.law.readings.realised.value,
            path=objective.fresh_path(self.law, facts["objective_regular"]),
            sib=facts["sib"],
            stock=facts["stock"],
            rented_start=facts["rented_in"],
            rented_in=facts["rented_in"],
            effort=effort,
            company_places=self._company_places(index, facts["land_company"]),
            public_room=facts["land_public"] * fixed(self.how.realism_public.value) >> 16,
        )
        company.municipalities.append(municipality)
        municipality.stages[Stage.REALISED] = municipality.let = facts.get("delivered", 0)
        self.happened["delivered before the start"] += municipality.let
        return municipality

    def _company_places(self, index: int, estimated: int) -> int:
        """Return a municipality's usable places of company land: all that the company itself lists, or a part of the estimate."""
        for workbook in self.scenario.workbooks.values():
            for row in workbook.municipalities:
                if row.nis == int(self.region.nis[index]) and row.land is not None:
                    self.happened["own land"] += 1
                    return row.land
        return estimated * fixed(self.how.realism_company.value) >> 16

    def _objectives_at_the_start(self) -> None:
        """Solve the formula with the data of the start; what it gives beyond the estimates' own reading and law changes the objectives."""
        self.facts = objective.facts_of(self.region, self.population)
        self.later = [int(h) for h in self.region.households_2042]
        self.groups = [int(g) for g in self.region.estimates["target_group"][self.population]]
        all_sib = sum(m.sib for m in self.municipalities)
        self.total = max(0, int(self.law.values.objective.value) - all_sib)
        self.solved = self.solution()
        once = objective.solution(self.law.values.ceiling.value, self.facts, self.later, self.groups, self.total, again=False)
        self.happened["overshoot at the ceiling"] += sum(new != old for new, old in zip(self.solved, once, strict=True))
        total, ceiling = self.region.estimated_under
        estimated = objective.solution(ceiling, self.facts, self.later, self.groups, max(0, total - all_sib), again=False)
        for m, new, old in zip(self.municipalities, self.solved, estimated, strict=True):
            self.happened["objective changed at the start"] += new != old
            m.path = objective.fresh_path(self.law, max(0, m.regular + new - old))
        self.objective_at_start = sum(m.objective for m in self.municipalities)
        self.objectives_at_start = [m.objective for m in self.municipalities]

    def solution(self) -> list[int]:
        """Return the solution of the objective's formula with the data of now."""
        again = self.law.readings.overshoot_at_ceiling.value == "again"
        return objective.solution(self.law.values.ceiling.value, self.facts, self.later, self.groups, self.total, again)

    def solve_again(self) -> None:
        """Change every regular objective by what the solution changed."""
        before, self.solved = self.solved, self.solution()
        for m, new, old in zip(self.municipalities, self.solved, before, strict=True):
            self.change_objective(m, max(0, m.regular + new - old))

    def change_objective(self, m: Municipality, regular: int) -> None:
        """Change a municipality's regular objective, over the years not yet measured."""
        weights = objective.not_yet_measured(self.scenario, self.now)
        before, change = m.objective, regular - m.regular
        m.path = objective.spread(m.path, change, weights)
        self.happened["objective raised"] += m.objective > before
        self.happened["objective lowered"] += m.objective < before
        self.happened["objective gained"] += before == 0 < m.objective
        self.happened["objective lost"] += before > 0 == m.objective
        self.happened["no open legislature"] += change != 0 and not any(weights)
        self.happened["change not all borne"] += any(weights) and m.objective != before + change

    def raise_effort(self, m: Municipality, share: float) -> None:
        """Raise a municipality's effort by a share of what is missing, as strongly as municipalities respond."""
        m.effort += (fixed(share) * self.response >> 16) * (ONE - m.effort) >> 16

    def asked(self, m: Municipality, row: int) -> Requirements:
        """Return what a row of the rhythm asks of a municipality, on its growth path and SIB of now."""
        key = (row, m.sib, tuple(m.path))
        if key not in m.asked:
            m.asked[key] = requirements(self.law, row, m.path, m.sib)
        return m.asked[key]

    def at_least(self, m: Municipality) -> dict[str, int]:
        """Return the dwellings that a measurement finds at least at each stage, none below zero."""
        found = m.at_least()
        if self.law.readings.dormant.value == "counts":
            self.happened["dormant counts"] += m.stages[Stage.DORMANT] > 0
            found["MJP"] += m.stages[Stage.DORMANT]
        if self.levers.judged_on.value == "lead_time":
            for project in m.projects:
                if self.late(project, self.now):
                    self.happened[f"late in {project.stage.name}"] += 1
                    found["MJP" if project.stage is Stage.PREPARATION else "KTP"] += project.dwellings
        return {stage: max(0, dwellings) for stage, dwellings in found.items()}

    def late(self, project: "Project", month: int) -> bool:
        """Return whether the stage that a project is in, preparation or MJP, would be over by a month at the median lead time."""
        if project.stage not in (Stage.PREPARATION, Stage.MJP):
            return False
        purpose = "preparation" if project.stage is Stage.PREPARATION else "permit"
        median = numbers.months(quantiles(getattr(self.how, purpose), numbers.YEARS)[numbers.MIDDLE])
        return numbers.committee(project.entered[project.stage] + median, self.levers.committee_interval.value) <= month

    def municipal(self, purpose: str, row: int, index: int) -> int:
        """Return a draw of a municipality."""
        return self.streams.draw(purpose, row, index, len(self.region.nis))

    def search(self, purpose: str, number: int, index: int) -> int:
        """Return a draw of a municipality's search."""
        return self.streams.place("search", purpose, number, index, len(self.region.nis))

    def rounding(self, municipality: Municipality, row: int) -> int:
        """Return a municipality's own rounding (0: rent-in, 1: sales, 2: purchases, 3: private land, 4: land bought)."""
        return self.municipal("municipality.rounding", row, municipality.index) >> 16

    def _shocks(self) -> list[int]:
        rho = self.how.shock_persistence.value
        stay, move = fixed(rho), fixed(math.sqrt(1 - rho**2))
        shocks = [score(self.streams.world("shock"))]
        for year in range(1, self.last // 12):
            shocks.append((stay * shocks[-1] + move * score(self.streams.world("shock", year))) >> 16)
        return shocks

    @property
    def objective(self) -> int:
        """The objective of Flanders."""
        return sum(m.objective for m in self.municipalities)

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

    def months_of(self, dates: list[date]) -> list[tuple[int, int]]:
        """Return number and month of those dates that lie within the period."""
        numbered = [(number, month_number(day, self.scenario.start)) for number, day in enumerate(dates)]
        return [(number, month) for number, month in numbered if 1 <= month <= self.last]

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
        certain = municipality.at_least()["KTP"]
        early = stages[Stage.PREPARATION] + stages[Stage.MJP]
        return municipality.objective - certain - (fixed(self.how.expected_survival.value) * early >> 16)

    def places(self, municipality: Municipality) -> dict[int, int]:
        """Return the places of each kind, in the order in which a project takes them."""
        released = fixed(self.how.release_base.value) + (fixed(self.how.release_effort.value) * municipality.effort >> 16)
        public = municipality.public_room * released >> 16
        return {
            COMPANY: municipality.company_places + municipality.bought - municipality.company_used,
            PUBLIC: max(0, public - municipality.public_used),
            FOUND: municipality.found,
            PRIVATE: municipality.private,
        }

    def own(self, company: Company) -> CompanyMeans:
        """Return the means that a company has of its own."""
        return self.scenario.means.get(self.region.company_names[company.index], CompanyMeans())

    def has_places(self, municipality: Municipality) -> bool:
        """Return whether there are places of one kind for a project."""
        return any(places >= self.how.smallest_project.value for places in self.places(municipality).values())

    def share_of(self, amount: float, part: int, whole: int) -> int:
        """Return a part of a yearly amount in 65,536ths of a dwelling, rounded down."""
        return math.floor(Fraction(amount) * ONE * part / whole) if whole else 0
