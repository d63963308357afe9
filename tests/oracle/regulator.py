"""What the regulator does: it measures, tests and charges; and how the municipalities respond."""

from collections.abc import Generator
from fractions import Fraction

import simpy

from .law import Lacking, Moment, charges, lacking, of_sib_only
from .numbers import fixed, happens
from .parties import Measured, Municipality, Phase
from .plans import in_use, land_list, rent_in_suffices
from .record import Row, empty_test
from .world import World

Acting = Generator[simpy.Event, None, None]
NO_OBJECTIVE, CATEGORY_1, CATEGORY_2A, CATEGORY_2B = range(4)


def measurement(world: World) -> Acting:
    """Every December: what is lacking against the requirements of the next measurement."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.MEASUREMENT)
        moment = world.next_measurement()
        for m in world.municipalities:
            at_least = world.at_least(m)
            m.lacking = lacking(world.asked(m, moment.row), at_least) if moment else Lacking()
            if moment and world.asked(m, moment.row).any_of:
                world.happened["one of several requirements suffices"] += len(set(world.asked(m, moment.row).regular)) > 1
            if moment and moment.month == december:
                m.measured[moment.row] = Measured(m.lacking, at_least, m.sib, tuple(m.path))


def test(world: World, moment: Moment) -> Acting:
    """In the verdict month: the category of every municipality, and the contributions of 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.TEST)
    for m in world.municipalities:
        world.history.tests.append({"municipality": m.index} | judge(world, moment, m))
        world.history.paths.append(m.measured[moment.row].path)


def judge(world: World, moment: Moment, m: Municipality) -> Row:
    """Return the verdict on one municipality, and note what it owes."""
    row = empty_test()
    m.verdict = NO_OBJECTIVE
    measured = m.measured[moment.row]
    if m.objective == 0:
        world.happened["objective lost before the verdict"] += measured.sib + sum(measured.path) > 0
        return row
    found = measured.lacking
    if moment.final:
        found = of_sib_only(world.law.rhythm[moment.row].sib.stage, found.sib)
    row |= {f"at_{stage.lower()}": dwellings for stage, dwellings in measured.at_least.items()}
    row |= {"sib": measured.sib, "lacking_regular": found.regular, "lacking_sib": found.sib}
    row |= {"lacking_mjp": found.at_mjp, "lacking_ktp": found.later}
    m.verdict = CATEGORY_1
    if found.together:
        m.verdict = CATEGORY_2B if moment.final else plan(world, moment, m, found, row)
        row["agreement"] = int(m.agreement)
    row["category"] = m.verdict
    if m.verdict == CATEGORY_2B:
        contribution(world, moment, m, found, row)
    return row


def plan(world: World, moment: Moment, m: Municipality, found: Lacking, row: Row) -> int:
    """Return the category of a municipality that lacks something, by its plan of approach; keep what was looked at."""
    filed = happens(world.municipal("plan.filed", moment.test, m.index), world.how.plan_filed.value)
    places = land_list(world, m, moment.month)
    listed = m.agreement and places.suffice(found)
    mandatory, voluntary = in_use(world, m)
    values = world.law.values
    instruments = mandatory == values.mandatory_instruments.value and voluntary >= values.voluntary_needed.value
    instruments = instruments and rent_in_suffices(world, moment, m)
    row |= {"filed": int(filed), "land_list": int(listed), "instruments": int(instruments)}
    row |= {"places_mjp": places.on_mjp, "places_ktp": places.on_ktp, "mandatory": mandatory, "voluntary": voluntary}
    world.happened["land list without an agreement"] += places.suffice(found) and not m.agreement
    accepted = filed and (listed or instruments)
    if world.law.readings.category_2B.value == "both":
        world.happened["2A by one of both"] += not accepted and (filed or listed or instruments)
        accepted = filed or listed or instruments
    if world.levers.plan_judgement.value == "probability":
        accepted = happens(world.municipal("plan.accepted", moment.test, m.index), world.how.plan_accepted.value)
    return CATEGORY_2A if accepted else CATEGORY_2B


def contribution(world: World, moment: Moment, m: Municipality, found: Lacking, row: Row) -> None:
    """Charge what is lacking, of a dwelling charged before or not, and split it between municipality and company."""
    charged = found.together
    if world.law.readings.charged.value == "once":
        world.happened["charged once"] += m.most_charged > 0
        charged = max(0, found.together - m.most_charged)
    m.most_charged = max(m.most_charged, found.together)
    higher = bool(world.region.higher_premium[m.index])
    rate = Fraction(1) if moment.final else world.law.rhythm[moment.row].rate
    years = world.law.rhythm[moment.row].charged
    world.happened["years of its own"] += years is not None
    owed = charges(world.scenario, higher, moment.charged_from, charged, rate, years)
    for year, cents in owed.items():
        m.owed[year] = m.owed.get(year, 0) + cents
    row["contribution_cents"] = sum(owed.values())
    share = fixed(world.levers.contribution_by_company.value)
    row["company_cents"] = sum(cents * share >> 16 for cents in owed.values())


def response_to_prediction(world: World) -> Acting:
    """Every December: more effort where a failure is predicted or measured."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.RESPONSE_TO_PREDICTION)
        for m in world.municipalities:
            if m.lacking.together:
                world.raise_effort(m, world.how.after_prediction.value)


def response_to_test(world: World, moment: Moment) -> Acting:
    """In the month of a test: more effort after 2A and 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.RESPONSE_TO_TEST)
    for m in world.municipalities:
        if m.verdict == CATEGORY_2A:
            world.raise_effort(m, world.how.after_2A.value)
        if m.verdict == CATEGORY_2B:
            world.raise_effort(m, world.how.after_2B.value)


def record(world: World) -> Acting:
    """Every December: keep the year of every municipality and company."""
    for december in world.decembers():
        yield world.calendar.at(december, Phase.RECORD)
        world.history.add_year(world, world.scenario.start.year + december // 12)
