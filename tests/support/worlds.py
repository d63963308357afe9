"""Small random worlds, valid, in which every mechanism happens somewhere: for the comparison of the engines.

Every world starts from the baseline scenario, so that it stays valid when the baseline changes; its number is its seed.
"""

import dataclasses
import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sim.agents.policies import POLICIES
from sim.inputs.region.load import ESTIMATED
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import lay_workbooks
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.workbook.data import REACHED, STEPS, OwnMunicipality, OwnProject, Workbook
from tests.support.project import BASELINE
from tests.support.world_laws import change_law, change_law_later, pick, tell_tests_apart

TABLES = {"none": 1.0, "working_area": 0.5, "neighbours": 0.2}  # how many worlds of each policy have a table of swaps in its place
DURATIONS: dict[str, list[tuple[str, dict[str, float], float | None]]] = {
    "search": [("uniform", {"loc": 0.5, "scale": 2.0}, None)],
    "preparation": [("uniform", {"loc": 0.1, "scale": 1.5}, None), ("gamma", {"a": 2.0, "scale": 0.5}, 0.25)],
    "permit": [("uniform", {"loc": 0.5, "scale": 1.5}, None), ("lognorm", {"s": 0.9, "scale": 1.2}, 0.1)],
    "construction": [("lognorm", {"s": 0.3, "scale": 1.0}, 0.5), ("weibull_min", {"c": 1.5, "scale": 1.5}, 0.2)],
    "award": [("expon", {"loc": 0.0, "scale": 0.5}, None)],
    "start": [("uniform", {"loc": 0.0, "scale": 0.1}, None)],
    "wake": [("expon", {"loc": 0.0, "scale": 3.0}, None), ("uniform", {"loc": 0.0, "scale": 6.0}, None)],
}

CONSTANTS = {
    "response": (0.0, 1.0),
    "effort_start": (0.4,),
    "rent_in_growth": (-0.03, 0.0),
    "size": (15.5,),
    "permit": (1.5,),
    "search": (0.8,),
}
SHARES = {
    "agreement_on_time": (0.0, 0.5),
    "after_agreement": (0.4,),
    "household_error": (0.0, 0.1, 0.8),
    "household_shared": (0.0, 1.0),
    "target_group_error": (0.0, 0.2, 0.8),
    "envelope_wish": (0.7, 1.0),
    "cbo_share": (0.0, 1.0),
    "conventioned_part": (0.8, 1.0),
    "renovation_today": (0.0, 0.4),
    "renovation_managers": (0.0, 1.0),
    "vacancy_response": (0.0, 1.0),
}

LIMITED: dict[str, tuple[Any, ...]] = {
    "opportunities": ("unlimited", "limited", "limited"),
    "opportunity_rate": (2.0, 2.0, 0.5, 8.0),
    "open_at_most": (1, 3, 3),
    "basis_permits": (0.0, 0.5, 1.0),
    "effort_gain": (0.0, 1.0, 2.0, 6.0),
    "will_shape": (0.4, 1.0, 2.0, 100.0),
    "will_known": (0.0, 0.4, 1.0),
    "will_renewed": (0.0, 0.6, 1.0),
    "asleep": (0.0, 0.3, 0.6, 1.0),
    "dropped_asleep": (0.0, 0.3, 0.3, 1.0),
    "paper": (0.0, 0.0, 0.5, 1.0),
    "rent_in": ("exponential", "additive"),
    "rent_in_exits": (0.0, 0.05, 0.3),
    "rent_in_effort": (0.0, 0.5, 3.0),
    "after_criterion": (0.0, 0.25, 1.0),
    "demolition": (0.0, 0.0, 3.5, 20.0, 150.0),
    "rebuilt": (0.0, 0.5, 1.0),
}
# Nothing of this: projects start wherever one is needed, none falls asleep, nothing is demolished or listed on paper, rent-in has one rate.
UNLIMITED: dict[str, Any] = {
    **{"opportunities": "unlimited", "rent_in": "exponential"},
    **dict.fromkeys(("asleep", "dropped_asleep", "paper", "demolition"), 0.0),
}
LIMITED_LEVERS = {"rent_in_support": (1.0, 1.0, 0.0, 2.5)}


@cache
def baseline() -> Scenario:
    """Return the baseline scenario."""
    return load_scenario(BASELINE)


def random_world(number: int) -> tuple[Scenario, Region]:
    """Return the scenario and the region of a world."""
    rng = np.random.default_rng([2026, number])
    region = random_region(rng)
    tables = baseline().model_dump(by_alias=True)
    tables["name"] = tables["title"] = tables["title_nl"] = f"world {number}"
    tables["seed"] = int(rng.integers(2**40))
    tables["end"] = tables["start"].replace(year=tables["start"].year + int(rng.integers(6, 18)))
    objective = float(region.estimates["objective_regular"].sum() + region.estimates["sib"].sum()) / region.populations
    change_levers(rng, tables["levers"], objective)
    change_uncertainties(rng, tables["uncertainties"])
    tables["uncertainties"]["managers_spread"]["value"] = pick(np.random.default_rng([2032, number]), 0.0, 0.4, 1.5)
    change_law(rng, tables, objective)
    change_policy(np.random.default_rng([2028, number]), tables, region)
    change_money(np.random.default_rng([2038, number]), tables)
    region = with_own_data(np.random.default_rng([2030, number]), tables, region)
    region = limit(np.random.default_rng([2036, number]), tables, region)
    region = vary_later(np.random.default_rng([2038, number]), tables, region)
    region = do_all_at_once(np.random.default_rng([2040, number]), tables, region, objective)
    vary_lead_times(np.random.default_rng([2042, number]), tables["uncertainties"], region)
    other = np.random.default_rng([2034, number])
    tables["sampling"] = pick(other, "plain", "plain", "antithetic", "sobol")
    tell_tests_apart(tables["law"])
    region = with_official_paths(other, region, len(tables["law"]["growth_path"]))
    scenario = Scenario.model_validate(tables)
    total, ceiling = int(scenario.law.values.objective.value), scenario.law.values.ceiling.value
    under = pick(rng, (total, ceiling), (total, ceiling), (total * 9 // 10 + 20, ceiling), (total, ceiling / 4))
    region = dataclasses.replace(region, estimated_under=under)
    if rng.random() < TABLES[scenario.levers.redistribution.value]:
        tables["levers"]["redistribution"]["value"] = pick(rng, "none", "working_area", "neighbours", "neighbours")
        scenario = Scenario.model_validate(tables)
        under = pick(
            rng, under, (total * 3 // 2 + 20, ceiling)
        )  # a law of smaller objectives: fewer dwellings may go than the table says
        region = dataclasses.replace(region, estimated_under=under, swaps=random_swaps(rng, scenario, region))
    return scenario, region


def random_region(rng: np.random.Generator) -> Region:
    """Return 1-9 municipalities of 1-4 companies, in 1-3 populations, each company with one municipality at least."""
    count = int(rng.integers(2, 10)) if rng.random() < 0.9 else 1
    companies = int(rng.integers(1, min(4, count) + 1))
    company = rng.permutation(np.concatenate([np.arange(companies), rng.integers(companies, size=count - companies)]))
    populations = int(rng.integers(1, 4))
    shape = (populations, count)

    def dwellings(high: int, none: float) -> np.ndarray:
        return np.where(rng.random(shape) < none, 0, rng.integers(1, high + 1, shape)).astype(np.int64)

    land = pick(rng, 3, 40, 400, 400)
    pipeline = pick(rng, 20, 80)
    estimates = {
        "stock": dwellings(pick(rng, 20, 600), 0.0),
        "rented_in": dwellings(pick(rng, 30, 150), 0.2),
        "objective_regular": dwellings(pick(rng, 80, 300), pick(rng, 0.2, 0.5)),
        "sib": dwellings(pick(rng, 60, 200), pick(rng, 0.1, 0.5, 1.0)),
        "overshoot": dwellings(pick(rng, 20, 200), pick(rng, 0.2, 0.2, 1.0)),
        "target_group": dwellings(pick(rng, 50, 2_000), 0.2),
        "land_company": dwellings(land, 0.3),
        "land_public": dwellings(2 * land, 0.3),
    }
    estimates["objective_regular"][:, 0] += 1  # somebody has an objective
    estimates |= {column: dwellings(pipeline, 0.4) for column in ESTIMATED if column.startswith("pipeline_")}
    households = rng.choice([3_000, 9_999, 10_000, 25_000, 61_000], count).astype(np.int64)
    growth = rng.choice([0.9, 1.0, 1.1, 2.5, 4.0], count)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    close = pick(rng, 0.0, 0.4, 1.0)
    return Region(
        nis=np.sort(rng.choice(np.arange(11001, 73200), count, replace=False)).astype(np.int64),
        names=tuple(f"municipality {i}" for i in range(count)),
        company=company.astype(np.int64),
        company_names=tuple(f"company {i}" for i in range(companies)),
        provinces=tuple(f"province {i % 2}" for i in range(count)),
        households=households,
        households_2042=(households * growth).astype(np.int64),
        neighbours=np.array([pair for pair in pairs if rng.random() < close], np.int64).reshape(-1, 2),
        permits=rng.choice([0.0, 4.4, 37.3, 180.0], count),
        higher_premium=rng.integers(0, 2, count).astype(np.int64),
        estimates=estimates,
        files={},
    )


def vary_lead_times(rng: np.random.Generator, uncertainties: dict[str, Any], region: Region) -> None:
    """Let lead times of one world in four be tables of quantiles or mixtures, some of a company or a province only."""
    some = rng.random() < 0.25
    for name, families in DURATIONS.items():
        if not some or rng.random() < 0.5:
            continue
        row = uncertainties[name]
        own = pick(rng, quantiles_of, mixture_of)(rng, families[0], {key: row[key] for key in ("unit", "status", "source")})
        places = pick(rng, "", "companies", "provinces", "provinces")
        if places:
            row[places][pick(rng, *(region.company_names if places == "companies" else region.provinces))] = own
        elif row["constant"] is None:
            row |= own | {"minimum": pick(rng, None, 0.4), "range": None}


def quantiles_of(rng: np.random.Generator, family: Any, said: dict[str, str]) -> dict[str, Any]:
    """Return a table of quantiles, of which some lie at one value."""
    rows = sorted((float(p), round(float(x), 1)) for p, x in zip(rng.random(5), np.sort(rng.random(5) * 3), strict=True))
    values = sorted(x for _, x in rows)
    points = [(0.0, values[0]), *((p, x) for (p, _), x in zip(rows, values, strict=True)), (1.0, values[-1] + 0.2)]
    return {**said, "distribution": "quantiles", "parameters": {}, "points": points}


def mixture_of(rng: np.random.Generator, family: Any, said: dict[str, str]) -> dict[str, Any]:
    """Return a family mixed with a few that take much longer, or with another that leaves a gap between them."""
    first = {"weight": pick(rng, 1, 7), "distribution": family[0], "parameters": family[1]}
    later = {"weight": pick(rng, 1, 3), "distribution": "uniform", "parameters": {"loc": pick(rng, 1.0, 6.0), "scale": 1.0}}
    return {**said, "distribution": "mixture", "parameters": {}, "parts": [first, later]}


def with_official_paths(rng: np.random.Generator, region: Region, legislatures: int) -> Region:
    """Return the region, often with official growth paths of some municipalities, which add up to their objective in one population."""
    if rng.random() < 0.6:
        return region
    regular = region.estimates["objective_regular"][rng.integers(region.populations)]
    growth = np.array([rng.multinomial(whole, np.full(legislatures, 1 / legislatures)) for whole in regular], np.int64)
    growth[rng.random(len(growth)) < 0.3] = -1
    return dataclasses.replace(region, growth=growth)


def limit(rng: np.random.Generator, tables: dict[str, Any], region: Region) -> Region:
    """Let opportunities be few, projects fall asleep, plans be on paper, dwellings be rented in and demolished, the envelope open later.

    What is known of the will of municipalities is a column of the region that is returned.
    """
    for table, values in (("levers", LIMITED_LEVERS), ("uncertainties", LIMITED)):
        for name, options in values.items():
            tables[table][name]["value"] = pick(rng, *options)
    how, law, start = tables["uncertainties"], tables["law"], tables["start"]
    replace(how["rent_in_inflow"], ("triang", {"c": 0.5, "loc": 0, "scale": pick(rng, 10, 60, 300)}, None))
    replace(how["rent_in_step"], ("norm", {"loc": pick(rng, 0, 0, -8), "scale": pick(rng, 2, 30)}, None))
    how["rent_in_inflow"]["constant"], how["rent_in_step"]["constant"] = pick(rng, None, None, 20), pick(rng, None, None, 0)
    law["values"]["legislature_start"]["value"] = Fraction(start.year + int(rng.integers(-8, 9)))
    law["values"]["legislature_years"]["value"] = Fraction(pick(rng, 6, 6, 1, 4))
    opens = start.replace(year=start.year + int(rng.integers(-1, 5)), month=pick(rng, 1, 6, 12), day=1)
    law["calendar"]["envelope"]["dates"] = pick(rng, [], [], [opens])
    if rng.random() < 0.5:
        return region
    known = rng.integers(-16_384, 16_385, region.estimates["stock"].shape)
    return dataclasses.replace(region, estimates={**region.estimates, "known": known})


def vary_later(rng: np.random.Generator, tables: dict[str, Any], region: Region) -> Region:
    """Vary what the law got later; return the region with households of the end of 2042 that another projection gives."""
    change_law_later(rng, tables["law"], tables["start"])
    tables["uncertainties"]["rare_instrument"]["value"] = pick(rng, 0.01, 0.0, 0.5, 1.0)
    if rng.random() < 0.42:  # many are relieved of SIB, and then take nothing
        law, june = tables["law"], tables["start"].replace(year=tables["start"].year + 1, month=6, day=1)
        law["readings"]["may_take"]["value"], law["calendar"]["exemption"]["dates"] = "none_exempted", [june]
        law["readings"]["spatial_reasons"]["value"] = "room_below_sib"
        law["values"]["exemption_threshold"]["value"] = Fraction(pick(rng, Fraction(1, 30), Fraction(2)))
        tables["levers"]["exemption_asked"]["value"], tables["levers"]["exemption_granted"]["value"] = 1.0, pick(rng, 0.5, 1.0)
    return dataclasses.replace(region, a_year_earlier=pick(rng, None, region.households_2042 * 19 // 20, region.households))


def do_all_at_once(rng: np.random.Generator, tables: dict[str, Any], region: Region, objective: float) -> Region:
    """Let all that limits, loses and moves dwellings and money be at work in every fourth world; every second municipality has no land."""
    if rng.random() < 0.75:
        return region
    how = {
        "opportunities": "limited",
        "opportunity_rate": 8.0,
        "asleep": 0.6,
        "rent_in": "additive",
        "demolition": 20.0,
        "rebuilt": 0.5,
    }
    how |= {"cost": 280.0, "realism_company": 1.0, "realism_public": 1.0}
    levers = {"redistribution": pick(rng, *TABLES), "redistribution_agreed": 1.0, "modest_share": 0.15}
    levers |= {"renovation_share": pick(rng, 0.3, 0.52), "managers_scale": 0.05, "finance_scale": objective * 1.3e-4}
    for table, values in (("uncertainties", how), ("levers", levers)):
        for name, value in values.items():
            tables[table][name]["value"] = value
    law, start, count = tables["law"], tables["start"], len(region.nis)
    law["readings"]["may_take"]["value"], law["values"]["kept_share"]["value"] = "anyone", Fraction(1, 4)
    law["calendar"]["agreement"]["dates"] = [start.replace(year=start.year + 2, month=11, day=1)]
    land = {name: region.estimates[name] * (np.arange(count) % 2) for name in ("land_company", "land_public")}
    pairs = np.array([(a, b) for a in range(count) for b in range(a + 1, count)], np.int64).reshape(-1, 2)
    return dataclasses.replace(region, neighbours=pairs, estimates={**region.estimates, **land})


def random_swaps(rng: np.random.Generator, scenario: Scenario, region: Region) -> np.ndarray:
    """Return swaps of objectives such as a table may hold; none where the law has no date for them."""
    close = {(a, b) for pair in region.neighbours.tolist() for a, b in (pair, pair[::-1])}
    close = close if scenario.levers.redistribution.value == "neighbours" else set()
    left, takes = movable(scenario, region), may_take_at_start(scenario, region)
    swaps: list[tuple[int, int, int, int]] = []
    for number in scenario.redistributions:
        gives = rng.random(len(region.nis)) < 0.5
        for giver in np.flatnonzero(gives).tolist():
            takers = rng.permutation(np.flatnonzero(~gives & takes)).tolist()
            for taker in sorted(takers, key=lambda taker: region.company[taker] == region.company[giver]):
                if left[giver] > 0 and (region.company[giver] == region.company[taker] or (giver, taker) in close):
                    some = int(rng.integers(1, left[giver] + 1))
                    swaps.append((giver, taker, pick(rng, left[giver], some, some), number))
                    left[giver] -= swaps[-1][2]
    return np.array(sorted(swaps, key=lambda swap: (swap[0], swap[1], swap[3])), np.int64).reshape(-1, 4)


def movable(scenario: Scenario, region: Region) -> list[int]:
    """Return the dwellings that may go of each municipality as things are at the start, in every population."""
    kept, regular, sib = scenario.law.values.kept_share.value, region.estimates["objective_regular"], region.estimates["sib"]
    objectives = zip(regular.T.tolist(), sib.T.tolist(), strict=True)
    return [
        min(r - max(0, math.ceil(kept * (r + s)) - s) for r, s in zip(of_one, its_sib, strict=True))
        for of_one, its_sib in objectives
    ]


def may_take_at_start(scenario: Scenario, region: Region) -> np.ndarray:
    """Return of each municipality whether it may take as things are at the start, in every population."""
    ceiling, estimates = scenario.law.values.ceiling.value, region.estimates
    full = (estimates["stock"] + estimates["sib"]) * ceiling.denominator >= region.households * ceiling.numerator
    exempt = full | (estimates["objective_regular"] + estimates["sib"] == 0)
    return ~exempt.any(axis=0) | (scenario.law.readings.may_take.value == "anyone")


def change_levers(rng: np.random.Generator, levers: dict[str, Any], objective: float) -> None:
    """Give companies managers and money for a world of this size, plenty or too little; pull every other lever now and then."""
    levers["allocation"]["value"] = pick(rng, *POLICIES)
    levers["plan_judgement"]["value"] = pick(rng, "criteria", "criteria", "probability")
    levers["committee_interval"]["value"] = pick(rng, 1, 2, 3, 4, 6)
    levers["projects_per_manager"]["value"] = pick(rng, 1, 2, 4)
    levers["managers_scale"]["value"] = pick(rng, 0.0, 0.02, 0.05)
    levers["slot_growth"]["value"] = pick(rng, -0.1, 0.0, 0.03, 0.1)
    levers["finance_scale"]["value"] = objective * pick(rng, 1.3e-5, 3.3e-5, 1.3e-4)
    levers["finance_by_objective"]["value"] = pick(rng, 0.0, 0.5, 0.8, 1.0)
    levers["finance_pooled"]["value"] = bool(rng.random() < 0.5)
    levers["redistribution"]["value"] = pick(rng, "none", "working_area", "neighbours")
    levers["envelope_budget"]["value"] = bool(rng.random() < 0.8)
    levers["consultation"]["value"] = pick(rng, 1.0, 1.0, 0.6, 1.7)
    levers["land_purchase"]["value"] = pick(rng, 0.0, 2.5, 40.0)
    levers["renovation_share"]["value"] = pick(rng, 0.52, 0.52, 0.0, 0.3, 0.8, 1.0)
    for name, ordinary in (
        ("exemption_asked", 0.6),
        ("exemption_granted", 0.5),
        ("redistribution_agreed", 0.5),
        ("modest_share", 0.15),
        ("shared_services", 0.4),
        ("contribution_by_company", 0.3),
    ):
        levers[name]["value"] = pick(rng, levers[name]["value"], ordinary, ordinary, 1.0)


def own_means(value: Any) -> dict[str, Any]:
    """Return what a company has of its own."""
    return {
        "value": float(value) if not isinstance(value, str) else value,
        "unit": "its own",
        "status": "assumed",
        "source": "a random world",
    }


def change_policy(rng: np.random.Generator, tables: dict[str, Any], region: Region) -> None:
    """Judge lead times, lend slots to 2B only, ask a least effort, let a test say how many years it charges."""
    levers = tables["levers"]
    levers["judged_on"]["value"] = pick(rng, "stage", "stage", "lead_time")
    levers["shared_services_to"]["value"] = pick(rng, "all", "all", "2B")
    levers["effort_least"]["value"] = pick(rng, 0.0, 0.0, 0.5, 1.0)
    companies: dict[str, Any] = {}
    for c in range(len(region.company_names)):
        amounts = {"managers": (1, 2.5, 6), "finance": (0, 4, 30), "land": (0.0, 2.5, 30.0)}
        means = {name: own_means(pick(rng, *values)) for name, values in amounts.items() if rng.random() < 0.2}
        if rng.random() < 0.2:
            means["allocation"] = own_means(pick(rng, *POLICIES))
        companies |= {f"company {c}": means} if means else {}
    tables["companies"] = companies
    for row in tables["law"]["rhythm"]:
        row["charged"] = pick(rng, None, None, 0, 1, 5)
        row["any_of"] = pick(rng, False, False, False, True)


def change_money(rng: np.random.Generator, tables: dict[str, Any]) -> None:
    """Let the budget and the cost of a dwelling grow or shrink, and money be counted in dwellings."""
    tables["levers"]["budget_growth"]["value"] = pick(rng, 0.02, 0.02, 0.0, -0.1, 0.2)
    tables["uncertainties"]["cost_index"]["value"] = pick(rng, 0.02, 0.02, 0.0, -0.1, 0.1)
    if rng.random() < 0.2:
        tables["uncertainties"]["cost"]["value"] = 1.0
        tables["uncertainties"]["budget"]["constant"] = pick(rng, 0.0, 4.0)


def with_own_data(rng: np.random.Generator, tables: dict[str, Any], region: Region) -> Region:
    """Let some companies say what they have: figures of municipalities, free land, projects under way, means."""
    workbooks = {}
    for c, name in enumerate(region.company_names):
        if rng.random() < 0.25:
            members = [int(code) for code in region.nis[region.company == c]]
            workbooks[name] = Workbook(
                managers=pick(rng, None, None, 3.0),
                finance=pick(rng, None, 12.0),
                municipalities=tuple(own_municipality(rng, code) for code in members if rng.random() < 0.7),
                projects=pick(rng, None, 1, 1, 1) and tuple(own_project(rng, members, n) for n in range(int(rng.integers(12)))),
            )
    if rng.random() < 0.2:  # a start within a scheme that began earlier
        estimates_then = np.where(
            rng.random(region.estimates["stock"].shape) < 0.3, 0, rng.integers(1, 60, region.estimates["stock"].shape)
        )
        region = dataclasses.replace(region, estimates={**region.estimates, "delivered": estimates_then, "let": estimates_then})
    tables["workbooks"] = {name: workbook.model_dump() for name, workbook in workbooks.items()}
    owners = [region.company_names[c] for c in region.company]
    estimates = {column: values.copy() for column, values in region.estimates.items()}
    return dataclasses.replace(region, estimates=estimates, own_land=lay_workbooks(estimates, {}, workbooks, region.nis, owners))


def own_municipality(rng: np.random.Generator, code: int) -> OwnMunicipality:
    """Return figures that a company may give of a municipality."""
    stock = pick(rng, None, int(rng.integers(200, 700)))
    return OwnMunicipality(
        nis=code,
        objective_regular=pick(rng, None, int(rng.integers(0, 200))),
        sib=pick(rng, None, None, int(rng.integers(0, 100))),
        stock=stock,
        rented_in=None if stock is None else pick(rng, None, int(rng.integers(0, 100))),
        land=pick(rng, None, 0, int(rng.integers(0, 400))),
    )


def own_project(rng: np.random.Generator, members: list[int], number: int) -> OwnProject:
    """Return a project as a company may list it: steps behind it before the start, some of the next ones after it, in order."""
    stage = pick(rng, "dormant", "preparation", "MJP", "KTP", "construction")
    begin = baseline().start
    behind, month, days = REACHED[stage], 0, {}
    for i, step in enumerate(STEPS):
        month = month + int(rng.integers(0, 30)) if i >= behind else -int(rng.integers(1, 40))
        if i < behind or rng.random() < 0.7:
            days[step] = begin.replace(year=begin.year + (11 + month) // 12, month=1 + (11 + month) % 12, day=1)
    dwellings = int(pick(rng, rng.integers(1, 60), 300))
    return OwnProject(name=f"project {number}", nis=int(rng.choice(members)), dwellings=dwellings, stage=stage, **days)


def change_uncertainties(rng: np.random.Generator, how: dict[str, Any]) -> None:
    """Draw probabilities at 0, at ordinary values and near 1, durations, effort, response and shocks."""
    for name in ("cancelled", "appeal", "council", "annulled", "private_share", "search_success", "plan_filed", "plan_accepted"):
        how[name]["value"] = pick(rng, how[name]["value"], 0.0, 0.5, 0.95)
    how["appeal_ceiling"]["value"] = pick(rng, 0.8, 1.0)
    for name in ("realism_company", "realism_public", "release_base", "release_effort", "effort_speed", "awake_share"):
        how[name]["value"] = pick(rng, how[name]["value"], how[name]["value"], 0.0, 1.0)
    how["expected_survival"]["value"] = pick(rng, 0.88, 0.5, 1.0)
    how["private_share_of_permits"]["value"] = pick(rng, 0.0, 0.015, 0.1)
    how["searches_at_once"]["value"] = pick(rng, 1, 2, 3)
    how["smallest_project"]["value"] = pick(rng, 1, 8, 15)
    how["sales"]["value"] = pick(rng, 0.0, 3.5, 20.0)
    how["purchases"]["value"] = pick(rng, 0.0, 2.25, 15.0)
    how["premium_growth"]["value"] = pick(rng, 0.02, 0.0, 0.037)
    how["shock_flanders"]["value"] = pick(rng, 0.0, 0.2, 0.5)
    how["shock_company"]["value"] = pick(rng, 0.0, 0.2, 0.5)
    how["shock_persistence"]["value"] = pick(rng, 0.0, 0.6, 1.0)
    for name in ("after_prediction", "after_2A", "after_2B", "mandatory_limit", "voluntary_limit"):
        how[name]["value"] = pick(rng, how[name]["value"], how[name]["value"], 0.0, 0.7)
    replace(
        how["response"],
        pick(rng, None, ("uniform", {"loc": 0.9, "scale": 0.1}, None), ("uniform", {"loc": 0.0, "scale": 0.01}, None)),
    )
    replace(
        how["rent_in_growth"],
        pick(rng, None, ("norm", {"loc": -0.03, "scale": 0.05}, None), ("norm", {"loc": 0.05, "scale": 0.03}, None)),
    )
    replace(how["effort_start"], pick(rng, None, ("uniform", {"loc": 0.6, "scale": 0.4}, None)))
    replace(how["size"], pick(rng, None, ("lognorm", {"s": 0.5, "scale": 8.0}, 1.0)))
    for name, options in DURATIONS.items():
        replace(how[name], pick(rng, None, *options))
    for name, values in CONSTANTS.items():
        how[name]["constant"] = pick(rng, *[None] * 8, *values)
    how["cbo_speed"]["value"] = pick(rng, 0.8, 0.3, 1.5)
    how["vacant"]["value"] = pick(rng, 18_793, 1, 250)
    for name, values in SHARES.items():
        how[name]["value"] = pick(rng, how[name]["value"], *values)


def replace(parameter: dict[str, Any], distribution: tuple[str, dict[str, float], float | None] | None) -> None:
    """Give a parameter another distribution, or leave it."""
    if distribution is not None:
        parameter["distribution"], parameter["parameters"], parameter["minimum"] = distribution
