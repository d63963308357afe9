"""From a scenario and a region to the integer tables that every replication of it shares."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

import numpy as np
from numpy.typing import NDArray

from sim.agents.municipalities import Use
from sim.agents.policies import POLICIES
from sim.chance.leadtimes import ONE, fixed, kept, normal_scores, threshold, times
from sim.engine.compiled import compiled
from sim.engine.quantiles import MIDDLE, Table, local, mean_of_sizes, quantile_tables
from sim.engine.settings import settings_row
from sim.engine.state import COMPANY_ROW, MUNICIPALITY, NONE, STAGES, Act, Model, Rows, Stage, fields
from sim.inputs.months import month_number
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.data import OwnProject
from sim.rules.contribution import annual_premium
from sim.rules.growth_path import growth_path
from sim.rules.objective import at_ceiling
from sim.rules.progress import Level
from sim.rules.recalibration import base, solve

LEVELS = {"MJP": Level.MJP, "KTP": Level.KTP, "realised": Level.REALISED}
RHYTHM = np.dtype(
    fields(
        np.int64,
        "month verdict test regular sib",  # the last two: how many requirements it has of the regular path and of SIB
        "rate_numerator rate_denominator asks_rent_in first_charged charged_years sib_only any_of",
    )
)
PARTS = 64  # of a month, in which durations are counted
OWN_STAGES = {name: Stage(number) for number, name in enumerate(STAGES)}
ORDER = ("construction", "KTP", "MJP", "preparation", "dormant")  # in which the projects of a municipality come into being


def appeal_probability(dwellings: float, probability: float, reference: float, exponent: float, ceiling: float) -> float:
    """Return the probability of an administrative appeal: that of a project of `reference` dwellings, more for larger ones, up to `ceiling`."""
    return min(ceiling, probability * (dwellings / reference) ** exponent)


def build_model(scenario: Scenario, region: Region) -> Model:
    """Return the tables of a scenario over a region. Pure: the same inputs give the same integers."""
    tables, lead_times = local(scenario, region, quantile_tables(scenario))
    regular = [[(r.stage, r.shares) for r in m.requirements(scenario.law.readings)] for m in scenario.law.rhythm]
    levels, numerators, denominators = _requirements(regular, len(scenario.law.growth_path))
    sib_levels, of_sib, sib_denominators = _requirements([[(r.stage, [r.share]) for r in m.sib] for m in scenario.law.rhythm], 1)
    years = scenario.months // 12
    u = scenario.uncertainties
    largest = max(int(tables[Table.SIZE].max()), u.smallest_project.value)
    mean_size = mean_of_sizes(tables[Table.SIZE], u.smallest_project.value)
    own = [project.dwellings for workbook in scenario.workbooks.values() for project in workbook.projects or ()]
    start, path = _municipalities(scenario, region, mean_size)
    lumps = largest * max(mean_size, int(start["rate_demolition"].max())) // mean_size  # of demolition, rebuilt as they were
    sizes = [1, *range(1, max(lumps, *own, 1) + 1)]
    appeal = [
        appeal_probability(n, u.appeal.value, u.appeal_reference.value, u.appeal_exponent.value, u.appeal_ceiling.value)
        for n in sizes
    ]
    size_factor = np.array([fixed((n / u.construction_reference.value) ** u.construction_exponent.value) for n in sizes], np.int64)
    growth = Fraction(str(u.premium_growth.value))
    rhythm = _rhythm(scenario)
    charged = int(rhythm["charged_years"].max())
    premium = [
        [annual_premium(value.value, growth, scenario.start.year + 1 + y) for y in range(years + charged + 1)]
        for value in (scenario.law.values.premium, scenario.law.values.premium_higher)
    ]
    return Model(
        settings=settings_row(
            scenario, int(tables[Table.PREPARATION, MIDDLE]), int(tables[Table.PERMIT, MIDDLE]), largest, mean_size
        ),
        tables=tables,
        lead_times=lead_times,
        normal=normal_scores().copy(),
        appeal_threshold=np.array([threshold(p) for p in appeal], np.int64),
        size_factor=size_factor,
        start=start,
        company_start=_companies(scenario, region, start),
        members=np.argsort(region.company, kind="stable").astype(np.int64),
        path=path,
        rhythm=rhythm,
        levels=levels,
        numerators=numerators,
        denominators=denominators,
        sib_levels=sib_levels,
        sib_numerators=np.ascontiguousarray(of_sib[:, :, 0]),
        sib_denominators=sib_denominators,
        premium=np.array(premium, np.int64),
        events=_events(scenario),
        legislatures=_legislatures(scenario),
        own=own_projects(scenario, region, tables, lead_times, size_factor),
        adjacent=_adjacent(region),
        swaps=region.swaps,
        uses=np.array([Use[instrument.use.upper()] for instrument in scenario.law.instruments.values()], np.int64),
        slot_growth=_growth(scenario.levers.slot_growth.value, years),
        budget_growth=_growth(scenario.levers.budget_growth.value, years),
        cost=np.array([max(1, int(u.cost.value * (1 + u.cost_index.value) ** y + 0.5)) for y in range(years)], np.int64),
    )


def _growth(rate: float, years: int) -> NDArray[np.int64]:
    """Return int64[years]: by how much something is multiplied that grows at this rate (fixed point)."""
    return np.array([fixed((1 + rate) ** y) for y in range(years)], np.int64)


def funds(own_finance: NDArray[np.int64], pooled: bool) -> NDArray[np.int64]:
    """Return int64[C]: whose row holds each company's fund: its own; if pooled, that of the first of those without a finance of their own."""
    own = own_finance != NONE
    return np.where(own | (not pooled), np.arange(len(own)), np.argmin(own))


def _municipalities(scenario: Scenario, region: Region, mean_size: int) -> tuple[Rows, NDArray[np.int64]]:
    u = scenario.uncertainties
    populations, count = region.estimates["stock"].shape
    rows: Rows = np.zeros((populations, count), MUNICIPALITY)
    for name, values in region.estimates.items():
        if name in MUNICIPALITY.names:  # type: ignore[operator]
            rows[name] = values
    rows["regular"] = region.estimates["objective_regular"]  # or the official figures laid over it
    rows["social"] = rows["stock"] + rows["sib"]
    rows["households"] = region.households
    readings, law = scenario.law.readings, scenario.law.values
    again, growth = readings.overshoot_at_ceiling.value == "again", readings.at_ceiling.value == "growth"
    now, then = (int(law.objective.value), law.ceiling.value, again, growth), (*region.estimated_under, False, False)
    alike = now == then and (readings.projection.value, readings.sib_at_ceiling.value) == ("2043", "stays")
    for p in range(populations):
        rows[p]["households_2042"] = region.households_2042
        estimated = _solution(rows[p], *then)
        rows[p]["households_2042"] = region.households_of(readings.projection.value)
        if readings.sib_at_ceiling.value == "dropped":
            rows[p]["sib"][at_ceiling(rows[p]["stock"], rows[p]["sib"], region.households, law.ceiling.value)] = 0
        rows[p]["solution"] = estimated if alike else _solution(rows[p], *now)
        rows[p]["regular"] = np.maximum(0, rows[p]["regular"] + rows[p]["solution"] - estimated)
    rows["objective"] = rows["regular"] + rows["sib"]
    rows["company"] = region.company
    rows["premium_area"] = region.higher_premium
    rows["stream_columns"] = region.stream_columns
    rows["slot"] = rows["first_column"] = np.cumsum(region.stream_columns) - region.stream_columns
    rows["to_next_row"] = region.stream_columns.sum() - region.stream_columns
    rows["room_company"] = times(region.estimates["land_company"], fixed(u.realism_company.value))
    for i, places in region.own_land.items():
        rows["room_company"][:, i] = places  # the company knows what is usable
    rows["room_public"] = times(region.estimates["land_public"], fixed(u.realism_public.value))
    rows["rate_private"] = np.floor(region.permits * u.private_share_of_permits.value * ONE + 0.5)
    stock = np.maximum(rows["stock"].sum(axis=1, keepdims=True), 1)
    objective = np.maximum(rows["objective"].sum(axis=1, keepdims=True), 1)
    rows["rate_sales"] = np.floor(u.sales.value * ONE * rows["stock"] / stock)
    rows["base_purchases"] = np.floor(u.purchases.value * ONE * rows["objective"] / objective)
    rows["rate_bought"] = np.floor(scenario.levers.land_purchase.value * ONE * rows["objective"] / objective)
    for name, means in scenario.means.items():
        members = region.company == region.company_names.index(name)
        if means.land is not None:
            own = np.maximum(rows["objective"][:, members].sum(axis=1, keepdims=True), 1)
            rows["rate_bought"][:, members] += np.floor(means.land.value * ONE * rows["objective"][:, members] / own).astype(
                np.int64
            )
    rows["waiting_since"] = rows["agreement"] = NONE
    rows["permits_tenths"] = np.floor(10 * region.permits + 0.5)
    rows["rent_account"] = rows["rented_in"] * ONE
    rows["rate_demolition"] = np.floor(u.demolition.value * ONE * rows["stock"] / stock)
    rows["demolition_chance"] = np.minimum(1 << 32, (rows["rate_demolition"].astype(object) << 32) // mean_size)
    limited = u.opportunities.value == "limited"
    rows["opportunities"] = not limited  # where they are not counted there is always one
    if limited:
        rows["rate_opportunities"] = _opportunities(scenario, rows, mean_size)
    legislatures = scenario.law.growth_path
    common = lcm(*(g.share.denominator for g in legislatures))
    shares = tuple(int(g.share * common) for g in legislatures)
    values, where = np.unique(rows["regular"], return_inverse=True)  # many have the same
    path = np.array([_path(int(regular), shares) for regular in values], np.int64)[where.reshape(populations, count)]
    if region.growth is not None:
        official = (region.growth[:, 0] >= 0) & (region.growth.sum(axis=1) == rows["regular"])
        path[official] = np.broadcast_to(region.growth, path.shape)[official]
    return rows, path


@lru_cache(maxsize=8192)
def _path(regular: int, shares: tuple[int, ...]) -> tuple[int, ...]:
    """Return the dwellings of each legislature, of an objective that many municipalities and populations have."""
    path = np.zeros(len(shares), np.int64)
    growth_path(regular, np.array(shares, np.int64), path)
    return tuple(path.tolist())


def _opportunities(scenario: Scenario, rows: Rows, mean_size: int) -> NDArray[np.int64]:
    """Return int64[P, M]: the opportunities a month (fixed point) of a municipality of mean will and effort, by its objective and its permits.

    In Python's integers, as the products do not fit in 64 bits.
    """
    u = scenario.uncertainties
    rate, basis = fixed(u.opportunity_rate.value), fixed(u.basis_permits.value)
    objective, permits = rows["objective"].astype(object), rows["permits_tenths"].astype(object)
    everywhere = objective.sum(axis=1, keepdims=True)
    permitted = (permits * (objective > 0)).sum(axis=1, keepdims=True)  # so that those with an objective get the rate that is named
    by_permits = rate * basis * everywhere * permits * (permitted > 0) // np.maximum(permitted, 1)
    found: NDArray[np.int64] = (rate * (ONE - basis) * objective + by_permits) // (mean_size * scenario.months)
    return found.astype(np.int64)


def _solution(rows: Rows, objective: int, ceiling: Fraction, again: bool, growth: bool) -> NDArray[np.int64]:
    """Return the regular objectives that the formula gives for a population under these law values (dwellings)."""
    facts = tuple(rows[name].tobytes() for name in ("social", "overshoot", "households", "households_2042", "target_group"))
    law = ceiling.numerator, ceiling.denominator, again, growth
    return _solved(facts, max(0, objective - int(rows["sib"].sum())), law)


@lru_cache(maxsize=256)
def _solved(facts: tuple[bytes, ...], total: int, law: tuple[int, int, bool, bool]) -> NDArray[np.int64]:
    """Return the solution of `_solution`, made once for all scenarios over the same population (columns as bytes of int64[M])."""
    *columns, groups = (np.frombuffer(column, np.int64) for column in facts)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    ends = [base(social, overshoot, now, then, *law) for social, overshoot, now, then in rows]
    capped, first = (np.array(column, np.int64) for column in zip(*ends, strict=True))
    values, solution = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
    compiled(solve)(total, capped, first, groups.copy(), values, solution)
    return kept(solution)


def _events(scenario: Scenario) -> NDArray[np.int64]:
    """Return int64[n, 3]: month, kind and number of everything the law does on a date within the period, in order."""
    calendar = scenario.law.calendar
    events = [(day, Act.EXEMPTION, j, 0) for j, day in enumerate(calendar.exemption.dates)]
    for j, day in enumerate(calendar.agreement.dates):
        events += [(day, Act.AGREEMENT, j, 0), (day, Act.LATE_AGREEMENT, j, 12)]
    events += [(day, Act.REDISTRIBUTION, j, 0) for j, day in scenario.redistributions.items()]
    events += [(day, Act.RECALIBRATION, j, 0) for j, day in enumerate(calendar.recalibration.dates)]
    events += [(day, Act.ENVELOPE, j, 0) for j, day in enumerate(calendar.envelope_growth.dates)]
    rows = sorted((month_number(day, scenario.start) + later, kind, j) for day, kind, j, later in events)
    return np.array([row for row in rows if 1 <= row[0] <= scenario.months], np.int64).reshape(-1, 3)


def _legislatures(scenario: Scenario) -> NDArray[np.int64]:
    """Return int64[L, 2]: month of the first and of the last December of each legislature of the growth path."""
    years = [[int(year) for year in g.years.split("-")] for g in scenario.law.growth_path]
    return np.array([[(year - scenario.start.year) * 12 for year in ends] for ends in years], np.int64)


def _adjacent(region: Region) -> NDArray[np.uint8]:
    """Return uint8[M, M]: 1 for neighbours."""
    matrix = np.zeros((len(region.nis), len(region.nis)), np.uint8)
    a, b = region.neighbours.T
    matrix[a, b] = matrix[b, a] = 1
    return matrix


def _companies(scenario: Scenario, region: Region, municipalities: Rows) -> Rows:
    populations, count = len(municipalities), len(region.company_names)
    rows = np.zeros((populations, count), COMPANY_ROW)
    members = np.bincount(region.company, minlength=count)
    rows["members"] = members
    rows["first_member"] = np.cumsum(members) - members
    for p in range(populations):
        rows["objective"][p] = np.bincount(region.company, municipalities["objective"][p], minlength=count)
        rows["rented_in_start"][p] = np.bincount(region.company, municipalities["rented_in"][p], minlength=count)
    rows["rented_in"] = rows["rented_in_start"]
    for name in ("slot_first", "slot_last", "money_first", "money_last", "own_managers", "own_finance"):
        rows[name] = NONE
    rows["policy"] = POLICIES.index(scenario.levers.allocation.value)
    for name, means in scenario.means.items():
        c = region.company_names.index(name)
        if means.managers is not None:
            rows["own_managers"][:, c] = fixed(means.managers.value)
        if means.finance is not None:
            rows["own_finance"][:, c] = int(means.finance.value + 0.5)
        if means.allocation is not None:
            rows["policy"][:, c] = POLICIES.index(means.allocation.value)
    rows["fund"] = funds(rows["own_finance"][0], scenario.levers.finance_pooled.value)
    return rows


def _requirements(
    asked: Sequence[Sequence[tuple[str, Sequence[Fraction]]]], parts: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return levels (int64[R, Q]), numerators ([R, Q, parts]) and denominators ([R, Q]) of what each measurement asks: shares by stage."""
    most = max(len(requirements) for requirements in asked)
    levels = np.zeros((len(asked), most), np.int64)
    numerators, denominators = np.zeros((len(asked), most, parts), np.int64), np.ones((len(asked), most), np.int64)
    for i, requirements in enumerate(asked):
        for j, (stage, shares) in enumerate(requirements):
            levels[i, j], denominators[i, j] = LEVELS[stage], lcm(*(share.denominator for share in shares))
            numerators[i, j] = [int(share * int(denominators[i, j])) for share in shares]
    return levels, numerators, denominators


def _rhythm(scenario: Scenario) -> Rows:
    law = scenario.law
    month = int(law.values.verdict_month.value)
    rows = np.zeros(len(law.rhythm), RHYTHM)
    tests, later = 0, law.readings.charged_from.value == "year_after"
    for row, m in zip(rows, law.rhythm, strict=True):
        row["month"] = month_number(m.date, scenario.start)
        row["charged_years"] = m.charged if m.charged is not None else int(law.values.charged_years.value)
        row["verdict"] = row["test"] = NONE
        if m.test is not None:
            row["verdict"] = (m.test - scenario.start.year - 1) * 12 + month
            row["test"], row["first_charged"] = tests, m.test - scenario.start.year - 1 + later
            tests += 1
        row["regular"], row["sib"], row["any_of"] = len(m.requirements(law.readings)), len(m.sib), m.any_of
        row["rate_numerator"], row["rate_denominator"] = m.rate.numerator, m.rate.denominator
        when = law.readings.rent_in_condition.value
        row["asks_rent_in"] = when == "always" or (when == "from_2030" and m.date >= law.values.rent_in_minimum.since)
    last = rows[-1]
    if law.readings.final_sib.value == "sanctioned" and last["test"] == NONE:
        last["verdict"], last["test"], last["sib_only"] = last["month"], tests, 1
        last["rate_numerator"], last["rate_denominator"] = 1, 1
        last["first_charged"] = last["month"] // 12
    return rows


def listed(scenario: Scenario, region: Region) -> list[OwnProject]:
    """Return the projects under way of companies' own data, in the order of municipality, stage and row: that of `Model.own`."""
    index = {int(code): i for i, code in enumerate(region.nis)}
    projects = [project for workbook in scenario.workbooks.values() for project in workbook.projects or ()]
    return sorted(projects, key=lambda project: (index[project.nis], ORDER.index(project.stage)))


def own_projects(
    scenario: Scenario, region: Region, tables: NDArray[np.int64], lead_times: NDArray[np.int64], size_factor: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return `Model.own`, a row for each of the projects `listed`. `tables`, `lead_times`: as in `Model`."""
    index = {int(code): i for i, code in enumerate(region.nis)}
    rows = []
    for project in listed(scenario, region):
        here = lead_times[index[project.nis]] if len(lead_times) else np.arange(Table.SIZE)
        medians = _medians(scenario, project, tables[here, MIDDLE].tolist(), int(size_factor[project.dwellings]))
        months = project.months_of_stages(scenario.start)
        expected = (*months, months[1])
        factors = [ONE if m is None else m * PARTS * ONE // max(1, median) for m, median in zip(expected, medians, strict=True)]
        rows.append([index[project.nis], OWN_STAGES[project.stage], project.dwellings, *factors])
    return np.array(rows, np.int64).reshape(-1, 8)


def _medians(scenario: Scenario, project: OwnProject, middle: Sequence[int], size_factor: int) -> tuple[int, int, int, int, int]:
    """Return the model's own duration of every stage of a project, at the middle of each distribution and at mean effort (1/64 month).

    Last that on MJP after it slept. `middle`: of the lead times where it lies, those under way at the start included (1/64 month).
    """
    u, stage = scenario.uncertainties, project.stage
    effort = ONE - times(max(1, fixed(u.effort_start.mean())), fixed(u.effort_speed.value))
    first = middle[Table.WAKE] if stage == "dormant" else times(middle[Table.PREPARATION_LEFT], effort)
    permit = times(middle[Table.PERMIT_LEFT if stage == "MJP" else Table.PERMIT], effort)
    awake = times(permit, fixed(u.awake_share.value))
    award = middle[Table.AWARD_LEFT if stage == "KTP" else Table.AWARD]
    construction = middle[Table.CONSTRUCTION_LEFT if stage == "construction" else Table.CONSTRUCTION]
    return first, permit, award + middle[Table.START], times(construction, size_factor), awake


def test_years(scenario: Scenario) -> list[int]:
    """Return the calendar year of every test, that of the last measurement included where a reading sanctions SIB then."""
    years = [m.test for m in scenario.law.rhythm if m.test is not None]
    last = scenario.law.rhythm[-1]
    if scenario.law.readings.final_sib.value == "sanctioned" and last.test is None:
        years.append(last.date.year)
    return years
