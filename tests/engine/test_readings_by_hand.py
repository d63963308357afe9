"""What the law asks and does, in small worlds whose answer can be reckoned by hand: who takes and when, what is judged, used and paid."""

import dataclasses
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.engine import History, build_model, replicate
from sim.inputs.law.exact import exact
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from tests.support.by_hand import NO_LUCK, fixed_at, region_of, scenario_with
from tests.support.walk import changed
from tests.support.world_laws import use_in_all_ways
from tests.support.worlds import baseline

HOW: dict[str, Any] = {
    **NO_LUCK,
    "rent_in_growth": fixed_at(0),
    "agreement_on_time": 1.0,
    "realism_company": 1.0,
    "plan_filed": 0.0,
}
NEVER: dict[str, Any] = {"recalibration": [], "envelope_growth": [], "exemption": []}


def world(
    levers: dict[str, Any], readings: dict[str, str] | None = None, how: dict[str, Any] | None = None, **law: Any
) -> Scenario:
    """Return the baseline without luck, under other readings, values and dates of the law; nothing happens on dates that are not given."""

    def under(tables: dict[str, Any]) -> None:
        for name, value in (readings or {}).items():
            tables["readings"][name]["value"] = value
        for name, value in {**NEVER, **law}.items():
            if isinstance(value, list):
                tables["calendar"][name]["dates"] = value
            else:
                tables["values"][name]["value"] = exact(value)
        use_in_all_ways(tables)

    return changed(scenario_with(levers, HOW | (how or {})), under)


def municipalities(companies: list[int], **columns: list[int]) -> Region:
    """Return municipalities of these companies, neighbours in a row; they have 40,000 households each, of which 3,600 are the ceiling."""
    region = region_of(len(companies), stock=100)
    estimates = {name: np.array([columns.get(name, values[0].tolist())], np.int64) for name, values in region.estimates.items()}
    row = np.array([(i, i + 1) for i in range(len(companies) - 1)], np.int64).reshape(-1, 2)
    names = tuple(f"company {c}" for c in sorted(set(companies)))
    return dataclasses.replace(region, company=np.array(companies), company_names=names, estimates=estimates, neighbours=row)


def run(scenario: Scenario, region: Region) -> History:
    """Return a replication."""
    return replicate(build_model(scenario, region), 0)


@pytest.mark.parametrize(
    ("reading", "stock", "becomes"),
    [
        ("not_exempt", 100, [200, 300, 0]),  # half of what lacks room, to the second: the third has no objective
        ("anyone", 100, [200, 100, 200]),  # the third has the most room to spare
        ("not_exempt", 3_600, [400, 100, 0]),  # the second is at the ceiling: nobody may take
        ("anyone", 3_600, [200, 100, 200]),
    ],
)
def test_who_takes(reading: str, stock: int, becomes: list[int]) -> None:
    """The first lacks room for all of its 400 dwellings; half of that goes to who has the most to spare among those that may take."""
    region = municipalities([0, 0, 0], objective_regular=[400, 100, 0], stock=[100, stock, 100], land_company=[0, 1000, 1000])
    levers = {"redistribution": "working_area", "redistribution_agreed": 0.5}
    found = run(world(levers, {"may_take": reading}, agreement=[date(2026, 11, 1)]), region)
    assert found.years["objective"][0].tolist() == becomes


def test_a_table_on_two_dates() -> None:
    """Of 100 a quarter is kept: 50 go in 2026, and of 40 more in 2031 only 25, as what went before counts in what it kept of its own."""
    region = municipalities([0, 0], objective_regular=[100, 100])
    region = dataclasses.replace(region, swaps=np.array([[0, 1, 50, 0], [0, 1, 40, 1]]))
    years = run(world({}, agreement=[date(2026, 11, 1), date(2031, 11, 1)]), region).years["objective"]
    assert [years[y].tolist() for y in (0, 4, 5, 16)] == [[50, 150], [50, 150], [25, 175], [25, 175]]


def test_a_verdict_in_december_is_of_the_measurement() -> None:
    """Dwellings that move in November 2028, between measurement and verdict, change the test of 2031 and not that of 2028."""
    region = municipalities([0, 0], objective_regular=[340, 340])
    moved = dataclasses.replace(region, swaps=np.array([[0, 1, 85, 0]]))
    scenario = world({}, agreement=[date(2028, 11, 1)], verdict_month=12)
    before, after = run(scenario, region), run(scenario, moved)
    assert after.years["objective"][2].tolist() == [255, 425]
    assert before.tests["lacking_regular"][0].tolist() == after.tests["lacking_regular"][0].tolist() == [50, 50]
    assert (before.paths[0] == after.paths[0]).all()
    assert after.tests["lacking_regular"][1].tolist() != before.tests["lacking_regular"][1].tolist()


@pytest.mark.parametrize(
    ("released", "rare", "not_used"),
    [(0.25, 1.0, []), (0.24, 1.0, ["public_land"]), (0.25, 0.0, ["beheersrecht"]), (0.0, 0.0, None)],
)
def test_instruments_in_use(released: float, rare: float, not_used: list[str] | None) -> None:
    """By effort: whoever makes some. Public land: from a quarter of 100 places released on. The rare one: by its own probability."""
    names = list(baseline().law.instruments)
    how: dict[str, Any] = {"release_base": released, "release_effort": 0.0, "realism_public": 1.0, "rare_instrument": rare}
    how |= {"mandatory_limit": 0.0, "voluntary_limit": 0.0, "effort_start": fixed_at(0.5)}
    test = run(world({}, how=how), municipalities([0], objective_regular=[340], land_public=[100])).tests[0, 0]
    expected = ["public_land", "beheersrecht"] if not_used is None else not_used
    assert [name for bit, name in enumerate(names) if not test["instruments_used"] >> bit & 1] == expected
    assert (test["mandatory"], test["voluntary"]) == (3 - ("public_land" in expected), 8 - ("beheersrecht" in expected))
    assert test["instruments"] == ("public_land" not in expected)


def test_modest_rental_is_capped_by_company() -> None:
    """An eighth of 400 is wanted. In 2027 both companies have half of the objective, but one had a quarter: 20% of its 100 is less than 25."""
    region = municipalities([0, 1], objective_regular=[300, 100])
    region = dataclasses.replace(region, swaps=np.array([[0, 1, 100, 0]]))
    how = {"budget": fixed_at(0.4)}  # million euro
    levers = {"modest_share": 0.125, "redistribution": "neighbours", "renovation_share": 0, "budget_growth": 0}
    found = run(world(levers, how=how, agreement=[date(2026, 11, 1)]), region)
    assert found.flanders["money"][:2].tolist() == [400 - 37 - 12, 400 - 25 - 20]


@pytest.mark.parametrize(("size", "grown"), [(10, [10, 2_010, 4_010]), (0, [0, 0, 0])])
def test_the_envelope_grows_on_dates_of_its_own(size: int, grown: list[int]) -> None:
    """Without any recalibration, when nothing need be reserved; what is not there does not grow."""
    dates = [date(2029, 10, 1), date(2034, 10, 1)]
    found = run(world({}, envelope=size, envelope_used=0, envelope_growth=dates), municipalities([0], objective_regular=[100]))
    assert found.flanders["envelope"][[2, 3, 8]].tolist() == grown


@pytest.mark.parametrize(("reading", "paid"), [("test_year", [2028, 2029, 2030]), ("year_after", [2029, 2030, 2031])])
def test_years_charged(reading: str, paid: list[int]) -> None:
    """The test of 2028 charges three years; no other test does here, as all the others come after 2040."""
    scenario = world({}, {"charged_from": reading})
    rhythm = [m if m.test == 2028 else m.model_copy(update={"rate": exact(0)}) for m in scenario.law.rhythm]
    scenario = scenario.model_copy(update={"law": scenario.law.model_copy(update={"rhythm": rhythm})})
    years = run(scenario, municipalities([0], objective_regular=[340])).years["paid_cents"][:, 0]
    assert [2026 + y for y in np.flatnonzero(years)] == paid


def test_sib_of_who_is_at_the_ceiling() -> None:
    """Under the reading that drops it the others get what it leaves, as all objectives still add up."""
    region = municipalities([0, 0], objective_regular=[50, 400], sib=[100, 100], stock=[3_500, 100], target_group=[0, 1_000])
    region = dataclasses.replace(region, estimated_under=(650, exact("9/100")))
    kept, dropped = (
        build_model(world({}, {"sib_at_ceiling": reading}, objective=650), region).start[0] for reading in ("stays", "dropped")
    )
    assert (kept["sib"].tolist(), kept["regular"].tolist()) == ([100, 100], [50, 400])
    assert (dropped["sib"].tolist(), dropped["regular"].tolist()) == ([0, 100], [50, 500])


def test_households_of_a_year_earlier() -> None:
    """1 January 2042 in the place of 1 January 2043: other objectives, as many in all."""
    region = load_region(baseline())
    starts = [build_model(world({}, {"projection": year}), region).start for year in ("2043", "2042")]
    assert (starts[0]["households_2042"] == region.households_2042).all()
    assert (starts[1]["households_2042"] == region.a_year_earlier).all()
    assert (starts[0]["objective"] != starts[1]["objective"]).any()
    assert abs(int(starts[1]["objective"][0].sum()) - 45_000) < 100
