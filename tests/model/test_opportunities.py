"""Opportunities in the plain model: how many come up, where, and that a project takes one; will, and when it changes."""

import datetime
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.chance.draws import table
from sim.model import Given, begin
from tests.support.campaign import campaign
from tests.support.plain import END, move_to, world_of
from tests.support.worlds import random_world

ONE = 65536
LIMITED = {"opportunities": "limited", "will_known": 1.0, "will_renewed": 1.0}  # everybody's will is what is known of it, for ever
MIDDLE = math.floor(ONE * math.log(2) + 0.5)  # of the gamma distribution with shape 1


def intervals(seed: int, number: int) -> list[int]:
    """Return the intervals between a single municipality's opportunities, from the draws, which lie side by side in ten columns."""
    draws = table(seed, 0, "opportunity", -(-number // 10), 10).reshape(-1)[:number]
    scores = np.floor(4096 * norm.ppf(((draws >> 20) + 0.5) / 4096) + 0.5).astype(int)
    steps = np.clip((scores + 8) // 16, -1024, 1024)
    return [max(1, math.floor(-ONE * math.log1p(-p) + 0.5)) for p in norm.cdf(steps / 256)]


@pytest.mark.parametrize("rate", [0.5, 2.0, 8.0])
def test_opportunities_come_up_as_the_draws_say(rate: float) -> None:
    """The clock passes the marks, which lie as far apart as exponential draws: reckoned again, month by month."""
    world = world_of(LIMITED | {"opportunity_rate": rate, "will_shape": 1.0}, objective_regular=300, land_company=1000, until=0)
    base = math.floor(rate * ONE) * ONE * 300 // (10 * ONE * END)
    monthly = base * MIDDLE >> 16
    marks = np.cumsum(intervals(world.scenario.seed, 400))
    m = world.municipalities[0]
    for month in range(1, END + 1):
        move_to(world, month)
        assert m.clock == month * monthly
        assert m.opportunities == (marks <= month * monthly).sum()
    assert m.opportunities > 5 * rate


def test_a_project_takes_an_opportunity_and_none_starts_without() -> None:
    """Launched as many as were used; never more open than can be; without any, what is needed is said to wait for one."""
    how = LIMITED | {"opportunity_rate": 1.0, "open_at_most": 2}
    world = world_of(how, objective_regular=300, land_company=1000, until=0)
    m, most = world.municipalities[0], 0
    for month in range(1, END + 1):
        move_to(world, month)
        most = max(most, m.open)
        assert world.happened["opportunity used"] == len(m.projects)
        assert world.happened["opportunity arrived"] == len(m.projects) + m.open
        assert m.opportunities == world.happened["opportunity arrived"] + world.happened["opportunity passed"]
    assert 5 < len(m.projects) < 30
    assert most <= 2
    row = world.history.years[0]
    assert (row["no_opportunity"], row["no_slot"], row["no_land"]) == (300 - row["preparation"], 0, 0)


def test_without_a_rate_nothing_starts() -> None:
    world = world_of(LIMITED | {"opportunity_rate": 0.0}, objective_regular=300, land_company=1000)
    assert not world.municipalities[0].projects
    assert {row["no_opportunity"] for row in world.history.years} == {300}
    assert world.happened["no opportunity"] == 17


def test_opportunities_come_by_objective_or_by_permits() -> None:
    """All by one, all by the other, half and half; without any permits of those with an objective that part is nobody's."""
    columns: dict[str, Any] = {"objective_regular": (100, 300), "land_company": (500, 500), "until": 1}

    def rates(part: float, *permits: float) -> list[int]:
        world = world_of(LIMITED | {"will_shape": 100.0, "basis_permits": part}, permits=permits, **columns)
        return [m.rate for m in world.municipalities]

    few, many = rates(0.0, 40, 10)
    assert many == pytest.approx(3 * few, abs=3)
    first, second = rates(1.0, 40, 10)
    assert first == pytest.approx(4 * second, abs=5)
    assert first + second == pytest.approx(few + many, abs=3)
    assert rates(0.5, 40, 10) == pytest.approx([(few + first) / 2, (many + second) / 2], abs=3)
    assert rates(1.0, 0, 0) == [0, 0]
    columns["objective_regular"] = (0, 300)
    assert rates(1.0, 40, 0) == [0, 0]  # nor where permits are of those only that have no objective


def test_effort_brings_opportunities() -> None:
    """Who makes more effort than the mean gets more, who makes none may get none."""
    rates = {}
    for gain in (0.0, 1.0, 100.0):
        for effort in (0, ONE):
            world = world_of(LIMITED | {"effort_gain": gain, "effort_start": 0.5}, objective_regular=300, until=0)
            world.municipalities[0].effort = effort
            move_to(world, 1)
            rates[gain, effort] = world.municipalities[0].rate
    assert rates[0.0, 0] == rates[0.0, ONE] > 0
    assert rates[1.0, 0] == rates[0.0, 0] // 2
    assert rates[1.0, ONE] == rates[0.0, 0] * 3 // 2
    assert rates[100.0, 0] == 0


@pytest.mark.parametrize(("renewed", "changes"), [(0.0, True), (1.0, False)])
def test_will_is_known_and_renewed_when_a_legislature_begins(renewed: float, changes: bool) -> None:
    """Councils begin in January 2031 and 2037: months 61 and 133."""
    how = LIMITED | {"will_renewed": renewed}
    world = world_of(how, objective_regular=300, known=5000, until=1)
    m, scores = world.municipalities[0], []
    assert m.will_score == 5000
    for month in (60, 61, 132, 133, END):
        move_to(world, month)
        scores.append(m.will_score)
    assert scores[0] == 5000
    assert scores[1] == scores[2]
    assert scores[3] == scores[4]
    assert [one != other for one, other in ((scores[0], scores[1]), (scores[1], scores[3]))] == [changes, changes]
    assert world.happened["legislature began"] == 2


@pytest.mark.parametrize("opportunities", ["unlimited", "limited"])
def test_voluntary_projects_start_when_the_envelope_opens(opportunities: str) -> None:
    """Not before its month; from the first month on without a date; and they take an opportunity too."""
    how = LIMITED | {"opportunities": opportunities, "opportunity_rate": 50.0, "envelope_wish": 1.0, "basis_permits": 1.0}
    columns: dict[str, Any] = {"objective_regular": (0, 300), "land_company": 1000, "permits": (10.0, 10.0)}
    for dates, first in (([], 1), ([datetime.date(2020, 5, 1)], 1), ([datetime.date(2030, 4, 1)], 52)):
        world = world_of(how, dates={"envelope": dates}, **columns)
        started = [project.entered[1] for project in world.municipalities[0].projects]
        assert first <= started[0] < first + (1 if opportunities == "unlimited" else 12)
        used = world.happened["opportunity used, voluntary"]
        assert used == (sum(p.voluntary for m in world.municipalities for p in m.projects) if opportunities == "limited" else 0)


@pytest.mark.parametrize("part", campaign(range(4), 4))
def test_what_came_up_was_used_or_is_open_in_every_world(part: int) -> None:
    looked_at = 0
    for number in range(10 * part, 10 * part + 10):
        scenario, region = random_world(number)
        if scenario.uncertainties.opportunities.value == "unlimited":
            continue
        world = begin(Given(scenario, region), number % 7)
        move_to(world, scenario.months)
        used = world.happened["opportunity used"] + world.happened["opportunity used, voluntary"]
        assert world.happened["opportunity arrived"] == used + sum(m.open for m in world.municipalities)
        assert all(0 <= m.open <= scenario.uncertainties.open_at_most.value for m in world.municipalities)
        looked_at += used > 0
    assert looked_at > 2
