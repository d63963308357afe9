"""What is demolished and replaced, and what is rented in by inflow and exits, in the plain model: reckoned again by hand."""

import math

import numpy as np
import pytest

from sim.chance.draws import table
from sim.model import World
from sim.model.parties import Land, Stage, Stream
from tests.support.plain import END, move_to, world_of

ONE = 65536
YEARS = END // 12


def test_more_than_a_project_a_year_is_demolished_every_year() -> None:
    """30 dwellings a year, three times a project of ten."""
    world = world_of({"demolition": 30.0, "rebuilt": 0.0})
    assert [row["demolished"] for row in world.history.years] == [30 * year for year in range(1, YEARS + 1)]
    assert [row["realised"] for row in world.history.years] == [-30 * year for year in range(1, YEARS + 1)]
    assert not world.municipalities[0].projects


def test_less_than_a_project_a_year_is_demolished_in_some_years() -> None:
    """Five a year: ten in about every second year, as the draws say."""
    world = world_of({"demolition": 5.0, "rebuilt": 0.0})
    happens = table(world.scenario.seed, 0, "demolition", YEARS, 3)[:, 0] < 2**31
    assert [row["demolished"] for row in world.history.years] == (10 * np.cumsum(happens)).tolist()
    assert 0 < happens.sum() < YEARS


def test_no_more_is_demolished_than_there_is() -> None:
    """Nor what is sold: of 100 dwellings 20 are sold in the end."""
    world = world_of({"demolition": 30.0, "rebuilt": 1.0, "sales": 0.0}, stock=100)
    assert [row["demolished"] for row in world.history.years][:6] == [30, 60, 90, 100, 100, 100]
    assert [project.dwellings for project in world.municipalities[0].projects] == [30, 30, 30, 10]
    sold = world_of({"demolition": 30.0, "sales": 10.0}, stock=100).history.years
    assert [row["sold"] + row["demolished"] for row in sold][:3] == [40, 80, 100]


@pytest.mark.parametrize(("reading", "realised"), [("net", -30), ("gross", 0), ("kept", -30), ("let", -30)])
def test_losses_count_in_all_readings_but_gross(reading: str, realised: int) -> None:
    world = world_of({"demolition": 30.0, "rebuilt": 0.0}, readings={"realised": reading}, until=12)
    assert world.municipalities[0].realised == realised


def test_a_replacement_takes_a_slot_and_money_and_adds_nothing() -> None:
    """It waits for a slot, goes through all of the permit, and stands on land that nobody else had."""
    how = {"demolition": 30.0, "rebuilt": 1.0, "asleep": 1.0, "dropped_asleep": 1.0, "managers": 1.0}
    world = world_of(how, {"projects_per_manager": 1}, land_company=500, objective_regular=0)
    m = world.municipalities[0]
    assert {(p.stream, p.land, p.voluntary) for p in m.projects} == {(Stream.REPLACEMENT, Land.COMPANY, False)}
    assert [p.asked for p in m.projects] == [12 * year for year in range(1, YEARS + 1)]
    assert [p.entered[Stage.MJP] for p in m.projects[:3]] == [12, 24, 36]  # a year of permit, in the company's only slot
    assert [p.entered[Stage.KTP] for p in m.projects[:3]] == [24, 36, 48]
    assert (
        m.projects[0].entered[Stage.CONSTRUCTION] == 37
    )  # ready in month 30: without an objective there is money for who waits in January
    assert m.land[Land.COMPANY] == 500
    delivered = sum(p.dwellings for p in m.projects if p.stage is Stage.REALISED)
    assert m.realised == delivered - 30 * YEARS
    assert delivered > 0


def test_only_a_cancelled_replacement_leaves_land() -> None:
    world = world_of({"demolition": 30.0, "rebuilt": 1.0, "cancelled": 1.0}, land_company=500, until=36)
    m = world.municipalities[0]
    assert [p.stage for p in m.projects] == [Stage.CANCELLED, Stage.CANCELLED, Stage.MJP]
    assert m.land[Land.COMPANY] == 500 + 60


def accounts(rented: int, inflow: list[int], exits: float) -> list[int]:
    """Return what is rented in at the end of each year, in 65,536ths."""
    found, account = [], rented * ONE
    for anew in inflow:
        account += anew * ONE - (account * math.floor(exits * ONE + 0.5) >> 16)
        found.append(account)
    return found


def rented_in(world: World) -> list[int]:
    """Return what the first municipality rents in, by year."""
    first = [row for row in world.history.years if row["municipality"] == 0]
    return [row["rent_in"] + world.municipalities[0].rented_start for row in first]


ADDITIVE = {"rent_in": "additive", "rent_in_step": 0.0, "after_criterion": 0.0}


@pytest.mark.parametrize(("support", "anew"), [(1.0, 40), (2.0, 80), (0.0, 0)])
def test_a_share_leaves_and_so_many_come_anew(support: float, anew: int) -> None:
    """Of 100 a year in Flanders, where four in ten are here."""
    how = ADDITIVE | {"rent_in_inflow": 100.0, "rent_in_exits": 0.1}
    world = world_of(how, {"rent_in_support": support}, permits=(0.0, 0.0), rented_in=(400, 600))
    rounding = world.municipalities[0].rounding[0]
    assert rented_in(world) == [account + rounding >> 16 for account in accounts(400, [anew] * YEARS, 0.1)]


def test_the_inflow_walks_and_stops_at_nothing() -> None:
    how = ADDITIVE | {"rent_in_inflow": 30.0, "rent_in_step": -10.0, "rent_in_exits": 0.0}
    world = world_of(how, rented_in=100)
    assert rented_in(world)[:6] == [130, 150, 160, 160, 160, 160]
    assert world.happened["nothing rented in anew"] == YEARS - 3


def test_nobody_rents_in_where_nobody_did() -> None:
    assert set(rented_in(world_of(ADDITIVE | {"rent_in_inflow": 30.0}))) == {0}


def test_effort_brings_more_dwellings_to_rent_in() -> None:
    """With full effort, half above the mean, a quarter more; and none are lost by having none."""
    how = ADDITIVE | {"rent_in_inflow": 100.0, "rent_in_exits": 0.0, "effort_start": 0.5}
    for gain, effort, expected in ((0.5, ONE, [225, 350]), (0.5, 0, [175, 250]), (3.0, 0, [100, 100])):
        world = world_of(how | {"rent_in_effort": gain}, rented_in=100, until=0)
        world.municipalities[0].effort = effort
        move_to(world, 24)
        assert rented_in(world) == expected


@pytest.mark.parametrize(
    ("reading", "start", "inflow", "expected", "pressed"),
    [
        ("always", 120, 20, [160, 180, 200], 1),  # 150 are enough
        ("always", 100, 10, [120, 140, 150], 2),  # so is a quarter more than at the start
        ("never", 100, 10, [110, 120, 130], 0),
        ("from_2030", 100, 10, [110, 120, 140], 1),  # after the measurement of 2027 that of 2030 is the next one
    ],
)
def test_who_misses_the_criterion_rents_in_more(reading: str, start: int, inflow: int, expected: list[int], pressed: int) -> None:
    """Twice as many, in the years before which the company rents in too little."""
    how = ADDITIVE | {"rent_in_inflow": float(inflow), "rent_in_exits": 0.0, "after_criterion": 1.0}
    world = world_of(how, readings={"rent_in_condition": reading}, rented_in=start, until=36)
    assert rented_in(world) == expected
    assert world.happened["pressed by the criterion"] == pressed
