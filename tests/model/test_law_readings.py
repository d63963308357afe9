"""What the law's text leaves open, in the plain model: who may take, SIB at several levels, instruments by name, and more, by hand."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest

from sim.model import Given, World, begin, policy
from sim.model.law import Asked, Level, lacking, moments, on_the_line
from sim.model.objective import Facts, Formula, solution
from sim.model.parties import Company, Stage
from tests.support.plain import Changes, move_to, region_of, scenario_of, world_of

Columns = Mapping[str, Sequence[int]]
MJP, KTP, REALISED = Level
AT_CEILING = 4000  # dwellings, of 40,000 households
FIRST, SECOND = 11, 71  # months of the first two agreement dates
ALL_ASK = {"exemption_asked": 1.0, "exemption_granted": 0.5}


# ------------------------------------------------------------------------------------------------ what lacks


@pytest.mark.parametrize(("added", "regular"), [(False, 20), (True, 23)])
def test_sib_at_several_levels(added: bool, regular: int) -> None:
    """SIB takes ten of those at least on KTP, of which four realised: the regular path has 30 of 50 on KTP and none of 3 realised."""
    of_sib = ((KTP, 10), (REALISED, 6))
    asked = Asked(((KTP, 50), (MJP, 100), (REALISED, 3)), of_sib, of_sib, any_of=False, added=added)
    found = lacking(asked, [110, 40, 4])
    assert (found.regular, found.sib) == (regular, 2)
    assert (found.at_mjp, found.later) == (0, 20 + 2)
    assert lacking(asked, [109, 40, 4]).at_mjp == 1


def test_sib_at_a_lower_level_takes_the_least_advanced() -> None:
    """Of 30 on MJP, 20 on KTP, 10 realised: what SIB may have on MJP leaves more for the rest than what it has on KTP."""
    of_sib = ((MJP, 25), (KTP, 5))
    asked = Asked(((KTP, 20), (REALISED, 10)), of_sib, of_sib, any_of=False, added=True)
    found = lacking(asked, [30, 20, 10])
    assert found.regular == 15 + 5
    assert lacking(asked._replace(sib_takes=((MJP, 25),)), [30, 20, 10]) == found


def test_without_sib_nothing_is_taken() -> None:
    asked = Asked(((KTP, 20),), (), (), any_of=False, added=False)
    assert lacking(asked, [20, 20, 0]) == (0, 0, 0, 0)
    assert asked.together == 20


def test_every_level_of_sib_has_its_line() -> None:
    """From 10 on KTP, half way: to 12 on MJP from 10, to 8 realised from nothing."""
    law = scenario_of({}, {}, {}, {}).law
    before = Asked((), ((KTP, 10),), ((KTP, 10),), any_of=False, added=False)
    following = before._replace(sib=((MJP, 12), (REALISED, 8)))
    assert on_the_line(law, before, following, (1, 2), 20).sib == ((MJP, 11), (REALISED, 4))


# ------------------------------------------------------------------------------------------------ redistribution


def two_of_a_company(
    reading: str = "not_exempt", columns: Columns | None = None, swaps: Sequence[tuple[int, int, int, int]] = ()
) -> World:
    """Return two municipalities, the first without room; what it lacks goes to the second one, as far as it may."""
    of_two = {"objective_regular": (100, 40), "land_company": (0, 1000)} | dict(columns or {})
    one = dataclasses.replace(region_of(of_two, (0.0, 0.0)), company=np.zeros(2, np.int64), company_names=("company",))
    region = dataclasses.replace(one, swaps=np.array(swaps, np.int64).reshape(-1, 4))
    levers = {"redistribution": "working_area", "redistribution_agreed": 1.0} | ALL_ASK
    return begin(Given(scenario_of({}, levers, {"may_take": reading}, {}), region), 0)


def objectives(world: World, month: int) -> list[int]:
    """Return the objectives at the end of a month."""
    move_to(world, month)
    return [m.objective for m in world.municipalities]


def test_a_quarter_of_what_it_was_is_kept_through_all_dates() -> None:
    """Of 100 it gives 75, and nothing more at the second date: a quarter of the 25 left is not what it keeps."""
    world = two_of_a_company()
    assert objectives(world, FIRST - 1) == [100, 40]
    assert objectives(world, FIRST) == [25, 115]
    assert objectives(world, SECOND) == [25, 115]


@pytest.mark.parametrize(
    ("reading", "columns", "given"),
    [
        ("not_exempt", {"stock": (1000, AT_CEILING)}, 0),
        ("anyone", {"stock": (1000, AT_CEILING)}, 75),
        ("not_exempt", {"objective_regular": (100, 0)}, 0),
        ("anyone", {"objective_regular": (100, 0)}, 75),
        ("not_exempt", {"sib": (0, 40)}, 75),
        ("none_exempted", {"sib": (0, 40)}, 0),
        ("none_exempted", {}, 75),
    ],
)
def test_who_may_take(reading: str, columns: Columns, given: int) -> None:
    """The second is at the ceiling, without an objective, or relieved of half of SIB in June."""
    world = two_of_a_company(reading, columns)
    before = objectives(world, FIRST - 1)
    assert objectives(world, FIRST) == [before[0] - given, before[1] + given]


def test_swaps_of_a_table_on_their_dates() -> None:
    """30 first; of 60 on the second date 45, as a quarter of 100 stays."""
    world = two_of_a_company(swaps=[(0, 1, 30, 0), (0, 1, 60, 1)])
    assert objectives(world, FIRST) == [70, 70]
    assert objectives(world, SECOND) == [25, 115]
    assert world.happened["swaps of a table, cut"] == 1


def test_a_table_takes_the_place_of_the_policy_on_every_date() -> None:
    world = two_of_a_company(swaps=[(0, 1, 30, 1)])
    assert objectives(world, FIRST) == [100, 40]
    assert objectives(world, SECOND) == [70, 70]


def test_who_may_not_take_takes_nothing_of_a_table() -> None:
    world = two_of_a_company("none_exempted", {"sib": (0, 40)}, swaps=[(0, 1, 30, 0)])
    assert objectives(world, FIRST) == [100, 60]
    assert world.happened["swaps of a table, not to be taken"] == 1


# ------------------------------------------------------------------------------------------------ the formula


@pytest.mark.parametrize(
    ("again", "growth", "first"), [(False, False, 500), (True, False, 450), (False, True, 900), (True, True, 850)]
)
def test_the_formula_at_the_ceiling(again: bool, growth: bool, first: int) -> None:
    """9% of 50,000 households less 4,000 dwellings, or of 10,000 more households; an overshoot of 50 is taken off or not."""
    facts = [Facts(AT_CEILING, 50, 40_000), Facts(100, 0, 40_000)]
    formula = Formula(Fraction(9, 100), again, growth)
    assert solution(formula, facts, [50_000, 40_000], [0, 1000], 1000) == [first, 1000 - first]


def start_of(**readings: str) -> tuple[list[int], list[int]]:
    """Return SIB and regular objectives at the start of two municipalities, the first at the ceiling."""
    columns = {"stock": (AT_CEILING, 1000), "sib": (20, 30), "objective_regular": (480, 100), "target_group": (0, 30_000)}
    region = dataclasses.replace(
        region_of(columns, (0.0, 0.0)), households_2042=np.array([50_000, 40_000]), a_year_earlier=np.array([49_000, 40_000])
    )
    start = Given(scenario_of({}, {}, readings, {}), region).start(0)
    return start.sib, [sum(path) for path in start.paths]


def test_readings_of_the_formula_move_objectives_at_the_start() -> None:
    """The second takes what the first does not have: dropped SIB, 9% of the households of the last year, or more than the growth."""
    assert start_of() == ([20, 30], [480, 100])
    assert start_of(sib_at_ceiling="dropped") == ([0, 30], [480, 120])
    assert start_of(projection="2042") == ([20, 30], [480 - 90, 100 + 90])
    assert start_of(at_ceiling="growth") == ([20, 30], [480 + 900 - 480, 0])


# ------------------------------------------------------------------------------------------------ money and envelope


@pytest.mark.parametrize(("part", "left"), [(0.1, 900), (0.3, 800)])
def test_modest_rental_takes_of_every_company(part: float, left: int) -> None:
    """Of 750 and 250 thousand euro: a tenth of each, or no more than a fifth."""
    levers = {"renovation_share": 0.5, "modest_share": part}
    world = world_of({"budget": 2.0}, levers, permits=(0.0, 0.0), until=1, objective_regular=(300, 100))
    assert [company.financed for company in world.companies] == [[750], [250]]
    assert world.money == left


def test_a_company_is_capped_by_its_own_years() -> None:
    """A fifth of the mean of five years before, not of this one; of years before the first as of the first."""
    world = world_of({}, {"modest_share": 1.0}, until=0, objective_regular=100)
    grown = Company(0, list(world.municipalities), financed=[100, 100, 200, 300, 400])
    assert policy.modest_rental(world, grown, 900, 5) == 1100 // 25
    new = Company(0, list(world.municipalities), financed=[100])
    assert policy.modest_rental(world, new, 600, 1) == 500 // 25
    assert new.financed == [100, 600]


def test_without_an_objective_modest_rental_takes_nothing() -> None:
    world = world_of({}, {"modest_share": 1.0}, until=1, land_company=100)
    assert world.companies[0].financed == [0]


@pytest.mark.parametrize(("envelope", "reserved", "after"), [(5000, 4000, 7000), (5000, 3999, 5000), (0, 0, 0)])
def test_the_envelope_grows_on_its_own_date_and_never_from_nothing(envelope: int, reserved: int, after: int) -> None:
    """In October 2029, not at the recalibration of a year before."""
    dates = {"recalibration": [datetime.date(2028, 10, 1)], "envelope_growth": [datetime.date(2029, 10, 1)]}
    world = world_of({}, dates=dates, until=0, objective_regular=100)
    world.envelope, world.reserved = envelope, reserved
    move_to(world, 45)
    assert world.envelope == envelope
    move_to(world, 46)
    assert world.envelope == after


@pytest.mark.parametrize(("reading", "started"), [("preparation", 1), ("mjp", 0)])
def test_what_is_planned_for_the_objective(reading: str, started: int) -> None:
    """30 in preparation for an objective of 20: enough, or only once they are on MJP, within the year."""
    how = {"envelope_wish": 1.0}
    world = world_of(
        how,
        readings={"in_planning": reading},
        until=1,
        objective_regular=20,
        pipeline_preparation=30,
        land_company=50,
    )
    m = world.municipalities[0]
    assert sum(p.voluntary for p in m.projects) == started
    assert m.dwellings[Stage.PREPARATION] - 10 * started > 10
    move_to(world, 12)
    assert any(p.voluntary for p in m.projects)


# ------------------------------------------------------------------------------------------------ exemption and tests


@pytest.mark.parametrize(("reading", "sib"), [("room_below_sib", 25), ("never", 50)])
def test_spatial_reasons(reading: str, sib: int) -> None:
    """Without room for SIB, and with so many permits that the objective is little for them."""
    readings = {"spatial_reasons": reading}
    world = world_of({}, ALL_ASK, readings, permits=(1000.0,), until=6, objective_regular=100, sib=50)
    assert world.municipalities[0].sib == sib


@pytest.mark.parametrize(
    ("effort", "rare", "land", "used"),
    [
        (1.0, 0.0, 100, {*range(11)} - {9}),  # released: 0.2 + 0.4
        (1.0, 1.0, 100, {*range(11)}),
        (0.0001, 1.0, 100, {9}),  # released: 0.2, of 0.25
        (0.0001, 0.0, 0, {2}),  # no public land: all of it
    ],
)
def test_instruments_by_name(effort: float, rare: float, land: int, used: set[int]) -> None:
    """The third is to activate public land, the tenth is rare, the others come with effort: all of it, or next to none."""
    how: Changes = {"effort_start": effort, "mandatory_limit": 1.0, "voluntary_limit": 1.0, "rare_instrument": rare}
    more = {"realism_public": 1.0, "preparation": 9.0}
    row = world_of({**how, **more}, until=30, objective_regular=100, land_public=land).history.tests[0]
    assert row["instruments_used"] == sum(2**number for number in used)
    assert (row["mandatory"], row["voluntary"]) == (len(used & {0, 1, 2}), len(used - {0, 1, 2}))


@pytest.mark.parametrize(
    ("readings", "agreed", "counts"),
    [
        ({}, True, 1),
        ({}, False, 0),
        ({"schedule_agreed": "always"}, False, 1),
        ({"list_covers": "objective"}, True, 0),
    ],
)
def test_a_land_list(readings: Changes, agreed: bool, counts: int) -> None:
    """200 dwellings in preparation will be on MJP in time, where 50 lack: enough, but not for all of the objective of 340."""
    dates = {} if agreed else {"agreement": list[datetime.date]()}
    how = {"preparation": 2.5, "agreement_on_time": 1.0}
    row = world_of(how, readings=readings, dates=dates, until=30, objective_regular=340, land_company=200).history.tests[0]
    assert (row["lacking_mjp"], row["at_mjp"], row["places_mjp"], row["agreement"]) == (50, 0, 200, agreed)
    assert row["land_list"] == counts


@pytest.mark.parametrize(("reading", "first"), [("test_year", 2028), ("year_after", 2029)])
def test_the_first_year_charged(reading: str, first: int) -> None:
    """The final test of SIB charges from the year after it in any case."""
    found = moments(scenario_of({}, {}, {"charged_from": reading, "final_sib": "sanctioned"}, {}))
    assert [found[0].charged_from, found[-1].charged_from] == [first, 2043]
    world = world_of({"plan_filed": 0.0}, readings={"charged_from": reading}, until=36, objective_regular=100)
    assert min(world.municipalities[0].owed) == first
