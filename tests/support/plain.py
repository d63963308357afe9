"""Small worlds of the plain model, without luck where a test wants none: what becomes of them can be reckoned by hand."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.inputs.region.load import ESTIMATED
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.model import Given, World, begin
from tests.support.world_laws import use_in_all_ways
from tests.support.worlds import UNLIMITED, baseline

START, END = 0, 204
NOTHING_HAPPENS = dict.fromkeys(
    (
        *("appeal", "cancelled", "effort_speed", "shock_flanders", "shock_company", "search_success", "sales", "purchases"),
        *("household_error", "target_group_error", "after_prediction", "after_2A", "after_2B", "after_agreement", "envelope_wish"),
        *("private_share", "private_share_of_permits", "construction_exponent", "effort_gain", "basis_permits", "rent_in_effort"),
    ),
    0.0,
)
CONSTANT = {
    "size": 10.0,
    "preparation": 1.0,
    "permit": 1.0,
    "award": 0.25,
    "start": 0.25,
    "construction": 1.0,
    "wake": 2.0,
    "managers": 600.0,
    "budget": 300.0,
    "cost": 280.0,
    "cost_index": 0.0,
    "response": 1.0,
    "rent_in_growth": 0.0,
}
WITHOUT_LOSS = {"realism_company": 1.0, "expected_survival": 1.0, "smallest_project": 1}
Changes = Mapping[str, Any]


def region_of(columns: Mapping[str, Sequence[int]], permits: Sequence[float]) -> Region:
    """Return municipalities, each with a company of its own; estimates that are not given are 0."""
    count = len(permits)
    estimates = dict.fromkeys(ESTIMATED, (0,) * count) | {"stock": (1000,) * count} | dict(columns)
    return Region(
        nis=np.arange(11001, 11001 + count),
        names=tuple(f"municipality {i}" for i in range(count)),
        company=np.arange(count),
        company_names=tuple(f"company {i}" for i in range(count)),
        provinces=("Limburg",) * count,
        households=np.full(count, 40_000),
        households_2042=np.full(count, 40_000),
        neighbours=np.zeros((0, 2), np.int64),
        permits=np.array(permits, float),
        higher_premium=np.zeros(count, np.int64),
        estimates={name: np.array([values], np.int64) for name, values in estimates.items()},
        files={},
    )


def scenario_of(how: Changes, levers: Changes, readings: Changes, dates: Changes) -> Scenario:
    """Return the baseline without luck, with other values; a distribution takes its value as a constant."""
    tables = baseline().model_dump(by_alias=True)
    for name, value in (NOTHING_HAPPENS | UNLIMITED | CONSTANT | WITHOUT_LOSS | dict(how)).items():
        row = tables["uncertainties"][name]
        row["constant" if "distribution" in row else "value"] = value
    for name, value in ({"committee_interval": 1, "slot_growth": 0.0, "budget_growth": 0.0} | dict(levers)).items():
        tables["levers"][name]["value"] = value
    for name, value in ({"yearly_measurement": "next"} | dict(readings)).items():
        tables["law"]["readings"][name]["value"] = value
    for name, days in ({"recalibration": []} | dict(dates)).items():
        tables["law"]["calendar"][name]["dates"] = days
    use_in_all_ways(tables["law"])
    return Scenario.model_validate(tables)


def world_of(
    how: Changes,
    levers: Changes | None = None,
    readings: Changes | None = None,
    dates: Mapping[str, list[datetime.date]] | None = None,
    permits: Sequence[float] = (0.0,),
    until: int = END,
    **columns: int | Sequence[int],
) -> World:
    """Return a world as it is at the end of a month. `columns`: estimates, the same for all municipalities or of each."""
    each = {name: (value,) * len(permits) if isinstance(value, int) else value for name, value in columns.items()}
    region = region_of(each, permits)
    world = begin(Given(scenario_of(how, levers or {}, readings or {}, dates or {}), region), 0)
    move_to(world, until)
    return world


def move_to(world: World, month: int) -> None:
    """Let a world live to the end of a month."""
    world.calendar.run(until=month + 1)
