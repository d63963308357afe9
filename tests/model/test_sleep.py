"""Sleep in the plain model: a project that falls asleep frees its slot, and wakes or is dropped; plans on paper are never built."""

from typing import Any

import pytest

from sim.model.parties import Land, Stage
from tests.support.plain import END, world_of

ALONE = {"managers": 1.0}
ONE_SLOT = {"projects_per_manager": 1}


def test_a_project_asleep_frees_its_slot_and_asks_for_one_when_it_wakes() -> None:
    """A year of preparation, two of sleep: the next one starts in the month in which the first falls asleep."""
    world = world_of(ALONE | {"asleep": 1.0}, ONE_SLOT, objective_regular=300, land_company=1000)
    projects = world.municipalities[0].projects
    assert [project.entered[Stage.PREPARATION] for project in projects[:3]] == [1, 13, 25]
    assert [project.asked for project in projects[:3]] == [37, 49, 61]
    assert projects[0].entered[Stage.MJP] == 37
    assert projects[0].entered[Stage.KTP] == 37 + 6  # half of the year that the permit takes
    assert all(project.entered[Stage.MJP] >= project.asked for project in projects if project.entered[Stage.MJP] >= 0)
    assert world.happened["asleep"] == sum(project.entered[Stage.DORMANT] >= 0 for project in projects)


def test_who_is_dropped_gives_the_land_back_and_holds_no_slot() -> None:
    world = world_of(ALONE | {"asleep": 1.0, "dropped_asleep": 1.0}, ONE_SLOT, objective_regular=300, land_company=1000)
    m = world.municipalities[0]
    ended = [project for project in m.projects if project.stage is Stage.CANCELLED]
    assert [project.ended for project in ended[:3]] == [37, 49, 61]
    assert not any(project.asked >= 0 or project.entered[Stage.MJP] >= 0 for project in m.projects)
    assert m.land[Land.COMPANY] == 1000 - sum(p.dwellings for p in m.projects if p.stage is not Stage.CANCELLED)
    assert m.company.held == 1
    assert m.realised == 0


@pytest.mark.parametrize(("dropped", "stage"), [(1.0, Stage.CANCELLED), (0.0, Stage.REALISED)])
def test_those_asleep_at_the_start_are_dropped_by_their_own_chance(dropped: float, stage: Stage) -> None:
    """Whether others fall asleep does not matter to them."""
    world = world_of({"asleep": 0.0, "dropped_asleep": dropped}, pipeline_dormant=40)
    m = world.municipalities[0]
    assert {(project.stage, project.asked) for project in m.projects} == {(stage, -1 if dropped else 24)}
    assert m.land[Land.COMPANY] == (40 if dropped else 0)
    assert world.happened["dropped, asleep at the start"] == (4 if dropped else 0)


def test_both_chances_read_one_draw() -> None:
    """Of those that fall asleep, the ones with the lowest draws are dropped."""
    how = {"asleep": 0.6, "dropped_asleep": 0.5, "wake": 0.5}
    world = world_of(how, objective_regular=2000, land_company=9000, stock=0, until=150)
    slept = dropped = 0
    for project in world.municipalities[0].projects:
        if project.stage is Stage.PREPARATION:
            continue
        share = project.draws["asleep"] / 2**32
        assert (project.entered[Stage.DORMANT] >= 0) == (share < 0.6)
        if project.stage is not Stage.DORMANT:
            assert (project.stage is Stage.CANCELLED) == (share < 0.3)
        slept += share < 0.6
        dropped += share < 0.3
    assert 20 < dropped < slept


def test_a_voluntary_project_asleep_lets_another_start_and_keeps_its_part_of_the_envelope() -> None:
    """The part goes back when it is dropped: three at a time, as each is asleep twice as long as it is prepared."""
    how = {"asleep": 1.0, "dropped_asleep": 1.0, "envelope_wish": 1.0}
    columns: dict[str, Any] = {"objective_regular": (0, 300), "land_company": (1000, 0), "permits": (0.0, 0.0)}
    world = world_of(how, until=20 * 6, **columns)
    projects = world.municipalities[0].projects
    assert [project.entered[Stage.PREPARATION] for project in projects[:3]] == [1, 13, 25]
    assert world.reserved == 30


def test_what_is_listed_on_paper_counts_on_mjp_and_is_never_built() -> None:
    """Nobody can build here: without lists the test of 2028 finds half of the first part of the path and a quarter of SIB lacking."""
    columns: dict[str, Any] = {"objective_regular": 340, "sib": 40}
    honest, paper = (world_of({"paper": share}, **columns) for share in (0.0, 1.0))
    assert (honest.history.tests[0]["lacking_regular"], honest.history.tests[0]["lacking_sib"]) == (50, 10)
    first = paper.history.tests[0]
    assert (first["category"], first["at_mjp"], first["at_ktp"], first["lacking_regular"]) == (1, 60, 0, 0)
    assert paper.history.tests[1]["lacking_ktp"] == honest.history.tests[1]["lacking_ktp"] == 50 + 10
    by_year = [row["paper"] for row in paper.history.years]
    assert by_year[:6] == [60, 60, 100, 100, 100, 160]
    assert not paper.municipalities[0].projects
    assert paper.municipalities[0].realised == 0
    assert not any(row["paper"] for row in honest.history.years)
    assert len(paper.history.years) == END // 12


def test_nobody_lists_on_paper_without_an_objective() -> None:
    world = world_of({"paper": 1.0}, permits=(0.0, 0.0), objective_regular=(0, 340))
    assert world.municipalities[0].paper == 0 < world.municipalities[1].paper
