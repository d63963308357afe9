"""One replication: calendar, draws, shocks and parties; what municipalities need and where there is room."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from sim.inputs.workbook.data import CompanyMeans
from sim.model import law, objective
from sim.model.calendar import Calendar
from sim.model.chance import Streams
from sim.model.given import Given
from sim.model.numbers import ONE, bernoulli, committee, fixed, quantile, score
from sim.model.parties import COMPANY, DORMANT, FOUND, MJP, PREPARATION, PRIVATE, PUBLIC, Company, Fund, Municipality, Rounding
from sim.model.record import History

if TYPE_CHECKING:
    from sim.model.project import Project


class World:
    """All that one replication knows: what is given, calendar, draws, and the parties at the start."""

    def __init__(self, given: Given, replication: int) -> None:
        """Set up the parties; the pipeline at the start is made by `start_pipeline`."""
        self.given, self.scenario, self.region = given, given.scenario, given.region
        self.law, self.levers, self.how = given.law, given.levers, given.how
        self.replication, self.population = replication, replication % given.region.populations
        self.calendar = Calendar(given.last)
        self.streams = Streams(given, replication)
        self.history = History(replication, self.population)
        self.happened = self.history.happened
        self.smallest = self.how.smallest_project.value
        self.survival = fixed(self.how.expected_survival.value)
        self.release_base, self.release_effort = fixed(self.how.release_base.value), fixed(self.how.release_effort.value)
        self.managers = self.drawn_once("managers") * fixed(self.levers.managers_scale.value) >> 16
        self.budget = self.drawn_once("budget")
        self.response = self.drawn_once("response")
        self.history.drawn = {"managers": self.managers, "budget": self.budget, "response": self.response}
        self.start = given.start(self.population)
        self.companies = [Company(i) for i in range(len(self.region.company_names))]
        self.municipalities = self._municipalities()
        self.pooled = self.levers.finance_pooled.value
        shared = Fund()  # by all that have no finance of their own
        for company in self.companies:
            company.fund = shared if self.pooled and self.own(company).finance is None else Fund()
            company.fund.companies.append(company)
        self.funds = list(dict.fromkeys(company.fund for company in self.companies))
        self.objective_at_start = self.objective
        self.later = list(given.later)
        self.groups = self.region.estimates["target_group"][self.population].tolist()
        self.total, self.solved = self.start.total, self.start.solved
        self.envelope = int(self.law.values.envelope.value)
        self.reserved = self.money = self.cost = self.spent = self.unspent = 0
        self.vacant = self.how.vacant.value
        self.limited = self.how.opportunities.value == "limited"
        self.shocks, self.company_shocks = self._shocks()
        self.own_luck = fixed(math.sqrt(max(0.0, 1 - self.how.shock_flanders.value - self.how.shock_company.value)))

    def drawn_once(self, name: str) -> int:
        """Return what a distribution gives for the whole replication."""
        return quantile(self.given.tables[name], score(self.streams.world(name)))

    def _municipalities(self) -> list[Municipality]:
        estimates = {name: values[self.population].tolist() for name, values in self.region.estimates.items()}
        efforts, wishes = self.streams.municipal("municipality.effort"), self.streams.municipal("envelope")
        papers = self.streams.municipal("paper")
        rounding = [[draw >> 16 for draw in self.streams.municipal("municipality.rounding", row)] for row in Rounding]
        least = fixed(self.levers.effort_least.value)
        municipalities = []
        for i, company in enumerate(self.region.company.tolist()):
            drawn = quantile(self.given.tables["effort_start"], score(efforts[i]))
            self.happened["effort at its least"] += least > drawn
            self.happened["own land"] += i in self.region.own_land
            estimated = estimates["land_company"][i] * fixed(self.how.realism_company.value) >> 16
            municipality = Municipality(
                index=i,
                company=self.companies[company],
                reading=self.law.readings.realised.value,
                path=self.start.paths[i],
                sib=self.start.sib[i],
                stock=estimates["stock"][i],
                rented_start=estimates["rented_in"][i],
                effort=max(drawn, least),
                rounding=[row[i] for row in rounding],
                company_room=self.region.own_land.get(i, estimated),  # of what a company lists itself, all is usable
                public_room=estimates["land_public"][i] * fixed(self.how.realism_public.value) >> 16,
                will_score=estimates["known"][i] if "known" in estimates else 0,
                delivered_before=estimates["delivered"][i] if "delivered" in estimates else 0,
                wants_more=bernoulli(wishes[i], self.how.envelope_wish.value),
                lists_on_paper=bernoulli(papers[i], self.how.paper.value),
            )
            self.happened["delivered before the start"] += municipality.delivered_before
            self.happened["SIB dropped at the ceiling"] += self.start.sib[i] < estimates["sib"][i]
            self.happened["objective changed at the start"] += self.start.solved[i] != self.start.estimated[i]
            municipality.company.municipalities.append(municipality)
            municipalities.append(municipality)
        return municipalities

    def _shocks(self) -> tuple[list[int], list[int]]:
        """Return the shared part of a duration's normal score: of Flanders by year, and of a company; each times its weight."""
        rho, how = self.how.shock_persistence.value, self.how
        stay, move = fixed(rho), fixed(math.sqrt(1 - rho**2))
        shocks = [score(self.streams.world("shock"))]
        for year in range(1, self.given.last // 12):
            shocks.append((stay * shocks[-1] + move * score(self.streams.world("shock", year))) >> 16)
        of_flanders, of_company = fixed(math.sqrt(how.shock_flanders.value)), fixed(math.sqrt(how.shock_company.value))
        companies = [of_company * score(draw) for draw in self.streams.company("shock")]
        return [of_flanders * shock for shock in shocks], companies

    def solve_again(self) -> None:
        """Change every regular objective by what the formula's solution changed."""
        before, self.solved = self.solved, self.given.solution(self.start.facts, self.later, self.groups, self.total)
        self.change_objectives([max(0, m.regular + self.solved[m.index] - before[m.index]) for m in self.municipalities])

    def change_objectives(self, regular: list[int]) -> None:
        """Give every municipality another regular objective; what changes is spread over the years not yet measured."""
        weights = objective.not_yet_measured(self.scenario, self.now)
        for m, wanted in zip(self.municipalities, regular, strict=True):
            before, change = m.objective, wanted - m.regular
            m.take_objective(objective.spread(m.path, change, weights), m.sib)
            self.happened["objective raised"] += m.objective > before
            self.happened["objective lowered"] += m.objective < before
            self.happened["objective gained"] += before == 0 < m.objective
            self.happened["objective lost"] += before > 0 == m.objective
            self.happened["no open legislature"] += change != 0 and not any(weights)
            self.happened["change not all borne"] += any(weights) and m.objective != before + change

    def raise_effort(self, m: Municipality, share: float) -> None:
        """Raise a municipality's effort by a share of what is missing, as strongly as municipalities respond."""
        m.effort += (fixed(share) * self.response >> 16) * (ONE - m.effort) >> 16

    def asked_by_now(self, m: Municipality, moment: law.Moment) -> law.Asked:
        """Return what this December's dwellings are held against: all that the next measurement asks, or the straight line to it."""
        whole = self.asked(m, moment)
        if self.law.readings.yearly_measurement.value == "next" or moment.month == self.now:
            return whole
        since, before = 0, law.NOTHING
        if moment.row > 0:
            previous = self.given.moments[moment.row - 1]
            since, before = previous.month, self.asked(m, previous)
        on_line = law.on_the_line(self.law, before, whole, (self.now - since, moment.month - since), m.sib)
        self.happened["measured on the line"] += on_line != whole
        return on_line

    def asked(self, m: Municipality, moment: law.Moment) -> law.Asked:
        """Return what a measurement asks of a municipality, on its growth path and SIB of now."""
        if moment.row not in m.asked:
            m.asked[moment.row] = law.asked(self.law, moment, m.path, m.sib)
        return m.asked[moment.row]

    def at_least(self, m: Municipality) -> list[int]:
        """Return the dwellings that a measurement finds at least at each level, none below zero."""
        on_mjp, on_ktp = m.on_ktp + m.dwellings[MJP], m.on_ktp
        if self.law.readings.dormant.value == "counts":
            self.happened["dormant counts"] += m.dwellings[DORMANT] > 0
            on_mjp += m.dwellings[DORMANT]
        if self.levers.judged_on.value == "lead_time":
            for project in m.projects:
                if self.late(project, self.now):
                    self.happened[f"late in {project.stage.name}"] += 1
                    on_mjp += project.dwellings if project.stage is PREPARATION else 0
                    on_ktp += project.dwellings if project.stage is MJP else 0
        return [max(0, on_mjp + m.paper), max(0, on_ktp), max(0, m.realised)]

    def late(self, project: "Project", month: int) -> bool:
        """Return whether the stage that a project is in, preparation or MJP, would be over by a month at the median lead time."""
        if project.stage not in (PREPARATION, MJP):
            return False
        median = self.given.median["preparation" if project.stage is PREPARATION else "permit"]
        return committee(project.entered[project.stage] + median, self.levers.committee_interval.value) <= month

    @property
    def objective(self) -> int:
        """The objective of Flanders."""
        return sum(m.objective for m in self.municipalities)

    @property
    def now(self) -> int:
        """The month."""
        return int(self.calendar.now)

    def next_measurement(self) -> law.Moment | None:
        """Return the next measurement, this month's included; none after the last."""
        return next((moment for moment in self.given.moments if moment.month >= self.now), None)

    def size(self, draw: int) -> int:
        """Return the dwellings of a size draw."""
        return quantile(self.given.tables["size"], score(draw))

    def need(self, m: Municipality) -> int:
        """Return the dwellings that a municipality still needs; none without an objective."""
        if m.objective == 0:
            return 0
        return m.objective - m.on_ktp - (self.survival * m.early >> 16)

    def needs_project(self, m: Municipality) -> bool:
        """Return whether a municipality has need of a whole project, or of any while none is under way."""
        need = self.need(m)
        return need >= self.smallest or (need > 0 and m.early == 0)

    def places(self, m: Municipality) -> list[int]:
        """Return the places left of each kind of land, in the order in which a project takes them.

        Public land is released as effort grows: `m.land[PUBLIC]` is what is used of it, below zero.
        """
        public = max(0, self.released(m) + m.land[PUBLIC])
        return [0, m.land[COMPANY], public, m.land[FOUND], m.land[PRIVATE]]

    def released(self, m: Municipality) -> int:
        """Return the places on public land that are released, used ones included."""
        return m.public_room * (self.release_base + (self.release_effort * m.effort >> 16)) >> 16

    def has_opportunity(self, m: Municipality) -> bool:
        """Return whether a project may start, as far as opportunities go."""
        return not self.limited or m.open > 0

    def has_places(self, m: Municipality) -> bool:
        """Return whether there are places of one kind for a project."""
        return max(self.places(m)) >= self.smallest

    def own(self, company: Company) -> CompanyMeans:
        """Return the means that a company has of its own."""
        return self.given.means[company.index]

    def share_of(self, amount: float, part: int, whole: int) -> int:
        """Return a part of a yearly amount in 65,536ths of a dwelling, rounded down."""
        return math.floor(Fraction(amount) * ONE * part / whole) if whole else 0
