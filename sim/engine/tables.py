"""From a scenario and a region to the integer tables that every replication of it shares."""

from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from sim.agents.companies import POLICIES
from sim.agents.neighbours import appeal_probability
from sim.chance.leadtimes import ONE, YEAR, fixed, normal_scores, quantiles, residuals, threshold
from sim.engine.state import COMPANY_ROW, MUNICIPALITY, NONE, Model, Rows
from sim.inputs.law import Law
from sim.inputs.months import month_number
from sim.inputs.region import Region
from sim.inputs.scenario import Scenario
from sim.rules.contribution import annual_premium
from sim.rules.growth_path import growth_path
from sim.rules.progress import KTP, MJP, REALISED

LEVELS = {"MJP": MJP, "KTP": KTP, "realised": REALISED}
FINANCE_LATER = 2034  # the year from which `finance_2034` holds

# Quantile tables: durations in 1/64 month, the residual ones of stages under way at the start; then sizes, managers, money and effort.
DURATIONS = (
    "search",
    "preparation",
    "permit",
    "appeal_delay",
    "council_duration",
    "new_permit",
    "award",
    "start",
    "construction",
    "wake",
)
UNDER_WAY = ("preparation", "permit", "award", "construction")
SCALES = {
    "size": 1,
    "finance_2026": 1,
    "finance_2034": 1,
    "managers": ONE,
    "response": ONE,
    "rent_in_growth": ONE,
    "effort_start": ONE,
}
(T_SEARCH, T_PREPARATION, T_PERMIT, T_APPEAL_DELAY, T_COUNCIL_DURATION, T_NEW_PERMIT, T_AWARD, T_START, T_CONSTRUCTION, T_WAKE) = (
    range(10)
)
(R_PREPARATION, R_PERMIT, R_AWARD, R_CONSTRUCTION) = range(10, 14)
(T_SIZE, T_FINANCE_FIRST, T_FINANCE_LATER, T_MANAGERS, T_RESPONSE, T_RENT_IN, T_EFFORT) = range(14, 21)

RHYTHM = np.dtype(
    [
        (name, np.int64)
        for name in (
            *("month", "verdict", "test", "sib_level", "sib_numerator", "sib_denominator"),
            *("rate_numerator", "rate_denominator", "asks_rent_in", "test_year"),
        )
    ]
)


def build_model(scenario: Scenario, region: Region) -> Model:
    """Return the tables of a scenario over a region. Pure: the same inputs give the same integers."""
    tables = quantile_tables(scenario)
    levels, numerators, denominators = _requirements(scenario.law)
    years = scenario.months // 12
    largest = int(tables[T_SIZE].max())
    u = scenario.uncertainties
    size = np.maximum(np.arange(max(largest, u.smallest_project.value) + 1), 1)
    appeal = [
        appeal_probability(n, u.appeal.value, u.appeal_reference.value, u.appeal_exponent.value, u.appeal_ceiling.value)
        for n in size
    ]
    start, path = _municipalities(scenario, region)
    charged = int(scenario.law.values.charged_years.value)
    growth = Fraction(str(u.premium_growth.value))
    premium = [
        [annual_premium(value.value, growth, scenario.start.year + 1 + y) for y in range(years + charged)]
        for value in (scenario.law.values.premium, scenario.law.values.premium_higher)
    ]
    return Model(
        settings=_settings(scenario, region, tables),
        tables=tables,
        normal=normal_scores(),
        appeal_threshold=np.array([threshold(p) for p in appeal], np.int64),
        size_factor=np.array(
            [fixed((n / u.construction_reference.value) ** u.construction_exponent.value) for n in size], np.int64
        ),
        start=start,
        company_start=_companies(scenario, region, start),
        members=np.argsort(region.company, kind="stable").astype(np.int64),
        path=path,
        rhythm=_rhythm(scenario),
        levels=levels,
        numerators=numerators,
        denominators=denominators,
        premium=np.array(premium, np.int64),
        slot_growth=np.array([fixed((1 + scenario.levers.slot_growth.value) ** y) for y in range(years)], np.int64),
    )


def quantile_tables(scenario: Scenario) -> NDArray[np.int64]:
    """Return int64[21, 2049]: the quantile tables in the order of DURATIONS, UNDER_WAY, SCALES."""
    u = scenario.uncertainties
    rows = [quantiles(getattr(u, name).quantile, YEAR) for name in DURATIONS]
    rows += [residuals(getattr(u, name).quantile) for name in UNDER_WAY]
    rows += [quantiles(getattr(u, name).quantile, scale) for name, scale in SCALES.items()]
    return np.array(rows, np.int64)


def _settings(scenario: Scenario, region: Region, tables: NDArray[np.int64]) -> Rows:
    levers, u, law = scenario.levers, scenario.uncertainties, scenario.law.values
    shared = u.shock_flanders.value, u.shock_company.value
    values = {
        "seed": scenario.seed,
        "policy": POLICIES.index(levers.allocation.value),
        "by_criteria": int(levers.plan_judgement.value == "criteria"),
        "committee_interval": levers.committee_interval.value,
        "projects_per_manager": levers.projects_per_manager.value,
        "managers_scale": fixed(levers.managers_scale.value),
        "finance_scale": fixed(levers.finance_scale.value),
        "finance_by_objective": fixed(levers.finance_by_objective.value),
        "finance_years": max(1, FINANCE_LATER - scenario.start.year - 1),
        "smallest_project": u.smallest_project.value,
        "searches_at_once": u.searches_at_once.value,
        "after_prediction": fixed(u.after_prediction.value),
        "after_2A": fixed(u.after_2A.value),
        "after_2B": fixed(u.after_2B.value),
        "weight_flanders": fixed(np.sqrt(shared[0])),
        "weight_company": fixed(np.sqrt(shared[1])),
        "weight_project": fixed(np.sqrt(max(0.0, 1 - sum(shared)))),
        "persistence": fixed(u.shock_persistence.value),
        "innovation": fixed(np.sqrt(1 - u.shock_persistence.value**2)),
        "effort_mean": max(1, fixed(u.effort_start.mean())),
        "median_preparation": max(1, (int(tables[T_PREPARATION][1024]) + 32) >> 6),
        "median_permit": max(1, (int(tables[T_PERMIT][1024]) + 32) >> 6),
        "verdict_month": int(law.verdict_month.value),
        "charged_years": int(law.charged_years.value),
        "mandatory_instruments": int(law.mandatory_instruments.value),
        "voluntary_instruments": int(law.voluntary_instruments.value),
        "voluntary_needed": int(law.voluntary_needed.value),
        "rent_in_minimum": int(law.rent_in_minimum.value),
        "rent_in_growth_numerator": law.rent_in_growth.value.numerator,
        "rent_in_growth_denominator": law.rent_in_growth.value.denominator,
    }
    for name in (
        "release_base",
        "release_effort",
        "expected_survival",
        "awake_share",
        "effort_speed",
        "mandatory_limit",
        "voluntary_limit",
    ):
        values[name] = fixed(getattr(u, name).value)
    for name in ("cancelled", "council", "annulled", "search_success", "private_share", "plan_filed", "plan_accepted"):
        values[name] = threshold(getattr(u, name).value)
    row = np.zeros(1, np.dtype([(name, np.int64) for name in values]))
    for name, value in values.items():
        row[name] = value
    return row


def _municipalities(scenario: Scenario, region: Region) -> tuple[Rows, NDArray[np.int64]]:
    u = scenario.uncertainties
    populations, count = region.estimates["stock"].shape
    rows = np.zeros((populations, count), MUNICIPALITY)
    for name, values in region.estimates.items():
        if name in MUNICIPALITY.names:  # type: ignore[operator]
            rows[name] = values
    rows["regular"] = region.estimates["objective_regular"]
    rows["objective"] = rows["regular"] + rows["sib"]
    rows["company"] = region.company
    rows["premium_area"] = region.higher_premium
    rows["lanes"] = region.lanes
    rows["first_column"] = np.cumsum(region.lanes) - region.lanes
    rows["room_company"] = region.estimates["land_company"] * fixed(u.realism_company.value) >> 16
    rows["room_public"] = region.estimates["land_public"] * fixed(u.realism_public.value) >> 16
    rows["rate_private"] = np.floor(region.permits * u.private_share_of_permits.value * ONE + 0.5)
    stock = np.maximum(rows["stock"].sum(axis=1, keepdims=True), 1)
    objective = np.maximum(rows["objective"].sum(axis=1, keepdims=True), 1)
    rows["rate_sales"] = np.floor(u.sales.value * ONE * rows["stock"] / stock)
    rows["base_purchases"] = np.floor(u.purchases.value * ONE * rows["objective"] / objective)
    rows["waiting_since"] = NONE
    legislatures = scenario.law.growth_path
    common = lcm(*(g.share.denominator for g in legislatures))
    shares = np.array([int(g.share * common) for g in legislatures], np.int64)
    path = np.zeros((populations, count, len(legislatures)), np.int64)
    for p in range(populations):
        for m in range(count):
            growth_path(int(rows["regular"][p, m]), shares, path[p, m])
    return rows, path


def _companies(scenario: Scenario, region: Region, municipalities: Rows) -> Rows:
    populations, count = len(municipalities), len(region.company_names)
    rows = np.zeros((populations, count), COMPANY_ROW)
    members = np.bincount(region.company, minlength=count)
    rows["members"] = members
    rows["first_member"] = np.cumsum(members) - members
    rows["fund"] = 0 if scenario.levers.finance_pooled.value else np.arange(count)
    for p in range(populations):
        rows["objective"][p] = np.bincount(region.company, municipalities["objective"][p], minlength=count)
        rows["rented_in_start"][p] = np.bincount(region.company, municipalities["rented_in"][p], minlength=count)
    rows["rented_in"] = rows["rented_in_start"]
    for name in ("slot_first", "slot_last", "money_first", "money_last"):
        rows[name] = NONE
    return rows


def _requirements(law: Law) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    most = max(1, *(len(m.regular) for m in law.rhythm))
    levels = np.zeros((len(law.rhythm), most), np.int64)
    numerators = np.zeros((len(law.rhythm), most, len(law.growth_path)), np.int64)
    denominators = np.ones((len(law.rhythm), most), np.int64)  # an unused requirement asks nothing
    for i, measurement in enumerate(law.rhythm):
        for j, requirement in enumerate(measurement.regular):
            common = lcm(*(share.denominator for share in requirement.shares))
            levels[i, j] = LEVELS[requirement.stage]
            numerators[i, j] = [int(share * common) for share in requirement.shares]
            denominators[i, j] = common
    return levels, numerators, denominators


def _rhythm(scenario: Scenario) -> Rows:
    law = scenario.law
    month = int(law.values.verdict_month.value)
    rows = np.zeros(len(law.rhythm), RHYTHM)
    tests = 0
    for row, m in zip(rows, law.rhythm, strict=True):
        row["month"] = month_number(m.date, scenario.start)
        row["verdict"] = row["test"] = NONE
        if m.test is not None:
            row["verdict"] = (m.test - scenario.start.year - 1) * 12 + month
            row["test"], row["test_year"] = tests, m.test
            tests += 1
        row["sib_level"] = LEVELS[m.sib.stage]
        row["sib_numerator"], row["sib_denominator"] = m.sib.share.numerator, m.sib.share.denominator
        row["rate_numerator"], row["rate_denominator"] = m.rate.numerator, m.rate.denominator
        row["asks_rent_in"] = m.date >= law.values.rent_in_minimum.since
    return rows
