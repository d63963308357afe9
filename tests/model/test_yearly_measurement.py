"""The yearly measurement against the straight line to the next one, in the plain model: by hand, on the draft's rhythm."""

import pytest

from sim.model.law import NOTHING, Level, asked, moments, on_the_line
from tests.support.plain import scenario_of, world_of

PATH, SIB = (100, 120, 120), 40
IN_2028 = (12, 36)  # a year after the measurement of 2027, of the three to that of 2030


@pytest.mark.parametrize(("rounding", "ktp", "mjp", "sib"), [("up", 17, 67, 4), ("down", 16, 66, 3)])
def test_a_third_of_the_way(rounding: str, ktp: int, mjp: int, sib: int) -> None:
    """On KTP from nothing to 50, on MJP from 50 to 100, of SIB, which was asked on MJP before, from nothing to 10 on KTP."""
    scenario = scenario_of({}, {}, {"rounding": rounding}, {})
    before, following = (asked(scenario.law, moment, PATH, SIB) for moment in moments(scenario)[:2])
    found = on_the_line(scenario.law, before, following, IN_2028, SIB)
    assert found.regular == ((Level.KTP, ktp), (Level.MJP, mjp))
    assert found.sib == found.sib_takes == ((Level.KTP, sib),)
    assert following.regular == ((Level.KTP, 50), (Level.MJP, 100))


def test_sib_first_takes_as_before() -> None:
    scenario = scenario_of({}, {}, {"sib_beside_regular": "sib_first"}, {})
    before, following = (asked(scenario.law, moment, PATH, SIB) for moment in moments(scenario)[:2])
    found = on_the_line(scenario.law, before, following, IN_2028, SIB)
    assert (found.sib, found.sib_takes) == (((Level.KTP, 4),), ((Level.KTP, 40),))


def test_the_line_begins_at_nothing_and_at_what_is_asked_beyond() -> None:
    """Before the first measurement at nothing; what was asked as realised is asked on KTP too."""
    scenario = scenario_of({}, {}, {}, {})
    all_asked = [asked(scenario.law, moment, PATH, SIB) for moment in moments(scenario)]
    first = on_the_line(scenario.law, NOTHING, all_asked[0], (12, 24), SIB)
    assert (first.regular, first.sib) == (((Level.MJP, 25),), ((Level.MJP, 5),))
    to_2039 = on_the_line(scenario.law, all_asked[3], all_asked[4], (12, 36), SIB)
    assert (all_asked[3].sib, all_asked[4].sib) == (((Level.REALISED, 20),), ((Level.KTP, 30),))
    assert to_2039.sib == ((Level.KTP, 24),)
    assert to_2039.regular == ((Level.KTP, 160 + 60),)


def test_a_line_may_fall() -> None:
    """From 50 to 30: rounded up as requirements are."""
    scenario = scenario_of({}, {}, {}, {})
    before, following = (asked(scenario.law, moment, PATH, SIB) for moment in moments(scenario)[:2])
    following = following._replace(regular=((Level.MJP, 30),))
    assert on_the_line(scenario.law, before, following, IN_2028, SIB).regular == ((Level.MJP, 44),)


def test_the_line_meets_what_is_asked_when_it_is_measured() -> None:
    """In between less lacks; in the measurement's own December, and in its test, all does. Effort responds to what lacks."""
    whole, line = (
        world_of({}, readings={"yearly_measurement": value}, objective_regular=340, sib=40) for value in ("next", "path")
    )
    lacks = [[(row["lacking_regular"], row["lacking_sib"]) for row in world.history.years] for world in (whole, line)]
    assert lacks[0][:5] == [(50, 10), (50, 10), (100, 10), (100, 10), (100, 10)]
    assert lacks[1][:5] == [(25, 5), (50, 10), (67, 4), (84, 7), (100, 10)]
    measured = [year for year in range(17) if lacks[0][year] == lacks[1][year]]
    assert measured == [1, 4, 7, 10, 13, 16]
    assert whole.history.tests == line.history.tests
    assert line.happened["measured on the line"] == 17 - 6
    assert whole.happened["measured on the line"] == 0


def test_what_companies_serve_by_stays_the_next_measurement() -> None:
    world = world_of({}, readings={"yearly_measurement": "path"}, objective_regular=340, sib=40, until=12)
    moment = world.next_measurement()
    assert moment is not None
    assert world.asked(world.municipalities[0], moment).together == 60
