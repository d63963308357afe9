"""Regions of a few companies that are all alike, without luck where a test wants none: cases whose answer is known by hand or by theory."""

from typing import Any

from sim.inputs.region.load import ESTIMATED
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import Task, task_of
from sim.studies.capacity.trials import LEVERS, Question, Trials
from tests.support import plain
from tests.support.worlds import UNLIMITED, baseline

COMPANY = "company 0"
# No luck at all: nothing is lost, appealed, found, sold or rented in, objectives stay, every duration and size is fixed.
NO_LUCK: dict[str, Any] = UNLIMITED | dict.fromkeys(
    (
        *("appeal", "cancelled", "effort_speed", "shock_flanders", "shock_company", "search_success", "sales", "purchases"),
        *("household_error", "target_group_error", "after_prediction", "after_2A", "after_2B", "after_agreement", "envelope_wish"),
    ),
    0.0,
)
ONE_AT_A_TIME = {"committee_interval": 1, "projects_per_manager": 1, "slot_growth": 0.0}


def region_of(companies: int, **estimates: int) -> Region:
    """Return companies with one municipality each, all alike; estimates that are not given are 0."""
    alike = dict.fromkeys(ESTIMATED, 0) | estimates
    return plain.region_of({name: (value,) * companies for name, value in alike.items()}, (0.0,) * companies)


def scenario_with(levers: dict[str, Any], uncertainties: dict[str, Any]) -> Scenario:
    """Return the baseline with other values, the same in all replications; a distribution is (name, parameters, minimum, maximum)."""
    tables = baseline().central.model_dump(by_alias=True)
    for group, values in (("levers", levers), ("uncertainties", uncertainties)):
        for name, value in values.items():
            row = tables[group][name]
            if isinstance(value, tuple):
                row["distribution"], row["parameters"], row["minimum"], row["maximum"] = value
            else:
                row["value"] = value
    return Scenario.model_validate(tables)


def fixed_at(value: float) -> tuple[str, dict[str, float], float, float]:
    """Return a distribution that always gives one value."""
    return "uniform", {"loc": value, "scale": 1e-6}, value, value


def by_hand(years: dict[str, float], size: int = 10, **estimates: int) -> Task:
    """Return one company with one municipality without luck; durations in years, projects of `size` dwellings."""
    durations = {name: fixed_at(value) for name, value in ({"award": 0.1, "start": 0.1, "construction": 1.0} | years).items()}
    how: dict[str, Any] = {
        **NO_LUCK,
        **durations,
        "size": fixed_at(size),
        "rent_in_growth": fixed_at(0),
        "expected_survival": 1.0,
        "smallest_project": 1,
        "construction_exponent": 0.0,
        "cost_index": 0.0,
    }
    scenario = scenario_with(ONE_AT_A_TIME, how)
    return task_of(scenario, region_of(1, **({"stock": 100} | estimates)))


def three() -> tuple[Task, Question]:
    """Return three companies of one municipality each, and a question."""
    how: dict[str, Any] = {**NO_LUCK, "cancelled": 0.12, "rent_in_growth": fixed_at(0)}
    scenario = scenario_with(ONE_AT_A_TIME, how).model_copy(update={"replications": 20})
    return task_of(scenario, region_of(3, stock=100, objective_regular=300, land_company=500)), Question("", (2031,), "2", 0.7)


def trials_of(task: Task, replications: int, *tests: int, wish: float = 0.8, levers: tuple[str, ...] = LEVERS) -> Trials:
    """Return trials of the only company, on category 2."""
    return Trials(task, Question(COMPANY, tests, "2", wish, levers), replications)
