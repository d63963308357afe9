"""What a scenario gives to every replication of it: tables of quantiles, measurements, means, and the objectives of the start."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import accumulate

from sim.inputs.months import month_number
from sim.inputs.region.model import Region
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.data import CompanyMeans, OwnProject
from sim.model import law, objective
from sim.model.numbers import (
    DWELLINGS,
    MIDDLE,
    ONE,
    SHARES,
    THOUSANDS,
    YEARS,
    Table,
    exponential,
    fixed,
    gamma,
    largest_remainder,
    months,
    normal_scores,
    quantile,
    quantiles,
    residuals,
)

LEAD_TIMES = (
    *("search", "preparation", "permit", "appeal_delay", "council_duration", "new_permit", "award", "start"),
    *("construction", "wake"),
)
SCALES = {
    **dict.fromkeys(("managers", "response", "rent_in_growth", "effort_start"), SHARES),
    **dict.fromkeys(("size", "rent_in_inflow", "rent_in_step"), DWELLINGS),
    "budget": THOUSANDS,
}
OWN_DATES = ("exemption", "agreement", "recalibration", "envelope_growth")  # on which the law itself acts
UNDER_WAY = ("preparation", "permit", "award", "construction")  # of these also the time to go at the start


@dataclass(frozen=True)
class Start:
    """The objectives of one population. `estimated` and `solved`: what the formula gives under the estimates' own law, and under this one.

    `total`: what the formula splits. `sib`: what is left of SIB; `paths`: the growth path of each municipality.
    """

    facts: list[objective.Facts]
    sib: list[int]
    total: int
    estimated: list[int]
    solved: list[int]
    paths: list[list[int]]


class Given:
    """A scenario over a region, as every replication reads it; made once."""

    def __init__(self, scenario: Scenario, region: Region) -> None:
        """Make all tables."""
        self.scenario, self.region = scenario, region
        self.law, self.levers, self.how = scenario.law, scenario.levers, scenario.uncertainties
        self.last, self.count = scenario.months, len(region.nis)
        self.stream_columns = [int(n) for n in region.stream_columns]
        self.first_stream_column = [0, *accumulate(self.stream_columns)]  # and behind the last, how many there are
        self.moments = law.moments(scenario)
        readings = self.law.readings
        again, growth = readings.overshoot_at_ceiling.value == "again", readings.at_ceiling.value == "growth"
        self.formula = objective.Formula(self.law.values.ceiling.value, again, growth)
        self.later = region.households_of(
            readings.projection.value
        ).tolist()  # households at the end of 2042, as projected at the start
        self.tables: dict[str, Table] = {name: quantiles(getattr(self.how, name), scale) for name, scale in SCALES.items()}
        self.lead_times = {name: self._where(name, partial(quantiles, scale=YEARS)) for name in LEAD_TIMES}  # by municipality
        self.to_go = {name: self._where(name, residuals) for name in UNDER_WAY}
        self.tables |= {"will": gamma(self.how.will_shape.value), "interval": exponential()}
        self.median = {name: months(quantiles(getattr(self.how, name), YEARS)[MIDDLE]) for name in ("preparation", "permit")}
        self.mean_effort = fixed(self.how.effort_start.mean())
        self.mean_size = self._mean_size()
        self.permits10 = [math.floor(10 * permits + 0.5) for permits in region.permits.tolist()]
        self.neighbours = {(min(a, b), max(a, b)) for a, b in region.neighbours.tolist()}
        known = scenario.means
        self.means = [known.get(name, CompanyMeans()) for name in region.company_names]
        self.start = cache(self._start)  # by population
        self.premium = cache(partial(law.premium, scenario))  # by area and year

    def _where(self, name: str, table: Callable[[Distribution], Table]) -> list[Table]:
        """Return the table of a lead time for each municipality: its company's own, else its province's, else that of all."""
        region, lead_time = self.region, getattr(self.how, name)
        companies = [region.company_names[c] for c in region.company.tolist()]
        own = [lead_time.of(*place) for place in zip(companies, region.provinces, strict=True)]
        tables = {key: table(each) for key, each in {id(each): each for each in own}.items()}  # each made once
        return [tables[id(each)] for each in own]

    def _mean_size(self) -> int:
        """Return the mean size of a project, in 65,536ths of a dwelling."""
        sizes = [max(quantile(self.tables["size"], normal), self.how.smallest_project.value) for normal in normal_scores()]
        return sum(sizes) * ONE // len(sizes)

    def months_of(self, event: str) -> list[tuple[int, int]]:
        """Return number and month of the dates of OWN_DATES within the period."""
        dates = getattr(self.law.calendar, event).dates
        numbered = [(number, month_number(day, self.scenario.start)) for number, day in enumerate(dates)]
        return [(number, month) for number, month in numbered if 1 <= month <= self.last]

    @cached_property
    def dates(self) -> int:
        """One more than the largest number of any date within the period: the rows of the tables with a row per date."""
        numbers = [number for event in OWN_DATES for number, _ in self.months_of(event)]
        return 1 + max(numbers, default=0)

    @cached_property
    def own_projects(self) -> dict[int, list[OwnProject]]:
        """The projects that companies list themselves, by the municipality's NIS code, in the order of their tables."""
        projects: dict[int, list[OwnProject]] = {}
        for workbook in self.scenario.workbooks.values():
            for project in workbook.projects or ():
                projects.setdefault(project.nis, []).append(project)
        return projects

    def solution(self, start_facts: list[objective.Facts], later: list[int], groups: list[int], total: int) -> list[int]:
        """Return the solution of the objective's formula under this law, with the households and target groups of now."""
        return objective.solution(self.formula, start_facts, later, groups, total)

    def _start(self, population: int) -> Start:
        """Return the objectives of a population: what the law gives beyond the estimates' own reading and law changes them."""
        estimates = {name: values[population].tolist() for name, values in self.region.estimates.items()}
        columns = (estimates["stock"], estimates["sib"], estimates["overshoot"], self.region.households.tolist())
        facts = [objective.Facts(stock + sib, overshoot, now) for stock, sib, overshoot, now in zip(*columns, strict=True)]
        sib, groups = estimates["sib"], estimates["target_group"]
        of_all, ceiling = self.region.estimated_under
        then = self.region.households_2042.tolist()
        estimated = objective.solution(objective.Formula(ceiling), facts, then, groups, max(0, of_all - sum(sib)))
        if self.law.readings.sib_at_ceiling.value == "dropped":
            sib = [0 if f.at_ceiling(self.formula.ceiling) else own for f, own in zip(facts, sib, strict=True)]
        total = max(0, int(self.law.values.objective.value) - sum(sib))
        solved = self.solution(facts, self.later, groups, total)
        regular = [max(0, r + new - old) for r, new, old in zip(estimates["objective_regular"], solved, estimated, strict=True)]
        return Start(facts, sib, total, estimated, solved, [self._path(m, regular[m]) for m in range(self.count)])

    def _path(self, municipality: int, regular: int) -> list[int]:
        """Return what a regular objective asks in each legislature: as the law splits it, or as an official table that adds up to it does."""
        official = None if self.region.growth is None else self.region.growth[municipality].tolist()
        if official is not None and official[0] >= 0 and sum(official) == regular:
            return list(official)
        return largest_remainder(regular, [legislature.share for legislature in self.law.growth_path])
