"""What the regulator does: it measures, tests, judges plans and charges; and how the municipalities respond."""

from collections.abc import Generator

import simpy

from sim.inputs.months import month_number

from .law import Lacking, Moment, charges, lacking, rents_in_enough
from .numbers import MIDDLE, ONE, YEARS, committee, fixed, happens, months, quantiles
from .parties import PRIVATE, Municipality, Phase, Stage
from .record import OracleHistory
from .world import World

Acting = Generator[simpy.Event, None, None]
NO_OBJECTIVE, CATEGORY_1, CATEGORY_2A, CATEGORY_2B = range(4)


def measurement(world: World) -> Acting:
    """Every December: what is lacking against the requirements of the next measurement."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.MEASUREMENT)
        moment = world.next_measurement()
        for m in world.municipalities:
            m.lacking = lacking(m.asked[moment.row], m.at_least()) if moment else Lacking()
            if moment and moment.month == december:
                m.measured[moment.row] = m.lacking


def test(world: World, history: OracleHistory, moment: Moment) -> Acting:
    """In the verdict month: the category of every municipality, and the contributions of 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.TEST)
    for m in world.municipalities:
        history.tests.append(judge(world, moment, m))


def judge(world: World, moment: Moment, m: Municipality) -> dict[str, int]:
    """Return the verdict on one municipality, and note what it owes."""
    assert moment.test is not None
    assert moment.year is not None
    found = m.measured[moment.row] if m.objective > 0 else Lacking()
    row = {"municipality": m.index, "category": NO_OBJECTIVE, "lacking_regular": found.regular, "lacking_sib": found.sib}
    row |= {"filed": 0, "land_list": 0, "instruments": 0, "contribution_cents": 0}
    m.verdict = NO_OBJECTIVE
    if m.objective <= 0:
        return row
    m.verdict = CATEGORY_1
    if found.together:
        filed = happens(world.municipal("plan.filed", moment.test, m.index), world.how.plan_filed.value)
        land = land_list(world, m, found)
        instruments = in_use(world, moment, m)
        accepted = filed and (land or instruments)
        if world.levers.plan_judgement.value == "probability":
            accepted = happens(world.municipal("plan.accepted", moment.test, m.index), world.how.plan_accepted.value)
        row |= {"filed": int(filed), "land_list": int(land), "instruments": int(instruments)}
        m.verdict = CATEGORY_2A if accepted else CATEGORY_2B
    row["category"] = m.verdict
    if m.verdict == CATEGORY_2B:
        higher = bool(world.region.higher_premium[m.index])
        owed = charges(world.scenario, higher, moment.year, found.together, world.law.rhythm[moment.row].rate)
        for year, cents in owed.items():
            m.owed[year] = m.owed.get(year, 0) + cents
        row["contribution_cents"] = sum(owed.values())
    return row


def land_list(world: World, m: Municipality, found: Lacking) -> bool:
    """Return whether identified places will be on MJP and on KTP in time for all that is lacking."""
    following = world.next_measurement()
    if following is None:
        return False
    preparation = months(quantiles(world.how.preparation, YEARS)[MIDDLE])
    permit = months(quantiles(world.how.permit, YEARS)[MIDDLE])
    interval = world.levers.committee_interval.value
    on_mjp, on_ktp = 0, 0

    def expected(entered: int, median: int) -> int:
        return committee(max(world.now, entered + median), interval)

    for project in m.projects:
        if project.land == PRIVATE:
            continue
        if project.stage is Stage.PREPARATION:
            mjp = expected(project.entered[Stage.PREPARATION], preparation)
            on_mjp += project.dwellings if mjp <= following.month else 0
            on_ktp += project.dwellings if expected(mjp, permit) <= following.month else 0
        elif project.stage is Stage.MJP:
            on_ktp += project.dwellings if expected(project.entered[Stage.MJP], permit) <= following.month else 0
    mjp = expected(world.now, preparation)
    on_mjp += m.found if mjp <= following.month else 0
    on_ktp += m.found if expected(mjp, permit) <= following.month else 0
    return on_mjp >= found.at_mjp and on_ktp >= found.later


def in_use(world: World, moment: Moment, m: Municipality) -> bool:
    """Return whether the instruments suffice, and the company's rent-in once it counts."""
    values = world.law.values
    mandatory, voluntary = int(values.mandatory_instruments.value), int(values.voluntary_instruments.value)
    limits = [world.how.mandatory_limit.value] * mandatory + [world.how.voluntary_limit.value] * voluntary
    used = []
    for row, limit in enumerate(limits):
        draw = world.municipal("municipality.instruments", row, m.index)
        used.append(m.effort > (draw >> 16) * fixed(limit) >> 16)
    enough = all(used[:mandatory]) and sum(used[mandatory:]) >= values.voluntary_needed.value
    if moment.month >= month_number(values.rent_in_minimum.since, world.scenario.start):
        at_start = sum(other.rented_start for other in m.company.municipalities)
        enough = enough and rents_in_enough(world.law, m.company.rented_in, at_start)
    return enough


def raise_effort(world: World, m: Municipality, share: float) -> None:
    """Raise a municipality's effort by a share of what is missing, as strongly as municipalities respond."""
    m.effort += (fixed(share) * world.response >> 16) * (ONE - m.effort) >> 16


def response_to_prediction(world: World) -> Acting:
    """Every December: more effort where a failure is predicted or measured."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.RESPONSE_TO_PREDICTION)
        for m in world.municipalities:
            if m.lacking.together:
                raise_effort(world, m, world.how.after_prediction.value)


def response_to_test(world: World, moment: Moment) -> Acting:
    """In the month of a test: more effort after 2A and 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.RESPONSE_TO_TEST)
    for m in world.municipalities:
        if m.verdict == CATEGORY_2A:
            raise_effort(world, m, world.how.after_2A.value)
        if m.verdict == CATEGORY_2B:
            raise_effort(world, m, world.how.after_2B.value)


def record(world: World, history: OracleHistory) -> Acting:
    """Every December: keep the year of every municipality and company."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.RECORD)
        history.add_year(world, world.scenario.start.year + december // 12)
