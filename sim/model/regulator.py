"""Phases 6 to 8, what the regulator does: it measures, tests and charges; and how the municipalities respond."""

from fractions import Fraction

from sim.model.calendar import DECEMBER, Phase, Process
from sim.model.law import Lacking, Moment, asked, half_up, lacking
from sim.model.numbers import bernoulli, fixed
from sim.model.parties import Category, Measured, Municipality
from sim.model.plans import covers, in_use, land_list, rent_in_suffices
from sim.model.record import Row, empty_test
from sim.model.world import World


def measurement(world: World) -> Process:
    """Every December: what is lacking against the requirements of the next measurement, or on the line to them."""
    for december in world.calendar.every(DECEMBER):
        yield world.calendar.at(december, Phase.MEASUREMENT)
        moment = world.next_measurement()
        for m in world.municipalities:
            if moment is None:
                m.lacking = Lacking()
                continue
            against, at_least = world.asked_by_now(m, moment), world.at_least(m)
            m.lacking = lacking(against, at_least)
            if m.lists_on_paper and m.objective > 0 and m.lacking.at_mjp > 0:
                m.paper += m.lacking.at_mjp
                world.happened["listed on paper"] += 1
                at_least = world.at_least(m)
                m.lacking = lacking(against, at_least)
            world.happened["SIB asked at several levels"] += len(against.sib) > 1
            world.happened["what several requirements lack, added"] += against.added and m.lacking.regular > m.lacking.later > 0
            world.happened["one of several requirements suffices"] += against.any_of and len(set(against.regular)) > 1
            if moment.month == december:
                m.measured[moment.row] = Measured(m.lacking, at_least, m.sib, tuple(m.path))


def test(world: World, moment: Moment) -> Process:
    """In the verdict month: the category of every municipality, and the contributions of 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.TEST)
    for m in world.municipalities:
        world.history.tests.append({"municipality": m.index} | judge(world, moment, m))
        world.history.paths.append(m.measured[moment.row].path if m.objective else (0,) * len(m.path))


def judge(world: World, moment: Moment, m: Municipality) -> Row:
    """Return the verdict on one municipality, and note what it owes."""
    row = empty_test()
    m.verdict = Category.NO_OBJECTIVE
    measured = m.measured[moment.row]
    if m.objective == 0:
        world.happened["objective lost before the verdict"] += measured.sib + sum(measured.path) > 0
        return row
    lack = measured.lacking
    if moment.final:
        lack = lacking(asked(world.law, moment, measured.path, measured.sib)._replace(regular=()), measured.at_least)
    row["at_mjp"], row["at_ktp"], row["at_realised"] = measured.at_least
    row |= {"sib": measured.sib, "lacking_regular": lack.regular, "lacking_sib": lack.sib}
    row |= {"lacking_mjp": lack.at_mjp, "lacking_ktp": lack.later}
    m.verdict = Category.CATEGORY_1
    if lack.together:
        m.verdict = Category.CATEGORY_2B if moment.final else plan(world, moment, m, row)
        row["agreement"] = int(m.agreement)
    row["category"] = int(m.verdict)
    if m.verdict is Category.CATEGORY_2B:
        contribution(world, moment, m, lack, row)
    return row


def plan(world: World, moment: Moment, m: Municipality, row: Row) -> Category:
    """Return the category of a municipality that lacks something, by its plan of approach; keep what was looked at."""
    filed = bernoulli(world.streams.municipal("plan.filed", moment.test)[m.index], world.how.plan_filed.value)
    places, values = land_list(world, m, moment.month), world.law.values
    covered = covers(world, places, m.measured[moment.row])
    listed = covered and (m.agreement or world.law.readings.schedule_agreed.value == "always")
    world.happened["land list without an agreement"] += covered and not m.agreement
    world.happened["land list that counts without an agreement"] += listed and not m.agreement
    used, first = in_use(world, m), sum(instrument.kind == "mandatory" for instrument in world.law.instruments.values())
    mandatory, voluntary = sum(used[:first]), sum(used[first:])
    instruments = mandatory == first and voluntary >= values.voluntary_needed.value
    instruments = instruments and rent_in_suffices(world, moment, m)
    row |= {"filed": int(filed), "land_list": int(listed), "instruments": int(instruments)}
    row |= {"places_mjp": places.on_mjp, "places_ktp": places.on_ktp, "mandatory": mandatory, "voluntary": voluntary}
    row["instruments_used"] = sum(1 << number for number, use in enumerate(used) if use)
    accepted = filed and (listed or instruments)
    if world.law.readings.category_2B.value == "both":
        world.happened["2A by one of both"] += not accepted and (filed or listed or instruments)
        accepted = filed or listed or instruments
    if world.levers.plan_judgement.value == "probability":
        accepted = bernoulli(world.streams.municipal("plan.accepted", moment.test)[m.index], world.how.plan_accepted.value)
    return Category.CATEGORY_2A if accepted else Category.CATEGORY_2B


def contribution(world: World, moment: Moment, m: Municipality, lack: Lacking, row: Row) -> None:
    """Charge what is lacking, of a dwelling charged before or not, and split it between municipality and company."""
    charged = lack.together
    if world.law.readings.charged.value == "once":
        world.happened["charged once"] += m.most_charged > 0
        charged = max(0, lack.together - m.most_charged)
    m.most_charged = max(m.most_charged, lack.together)
    higher = bool(world.region.higher_premium[m.index])
    measured = world.law.rhythm[moment.row]
    rate = Fraction(1) if moment.final else measured.rate
    years = int(world.law.values.charged_years.value) if measured.charged is None else measured.charged
    world.happened["years of its own"] += measured.charged is not None
    share = fixed(world.levers.contribution_by_company.value)
    for year in range(moment.charged_from, moment.charged_from + years):  # those after the horizon too
        cents = half_up(charged * world.given.premium(higher, year) * rate)
        m.owed[year] = m.owed.get(year, 0) + cents
        row["contribution_cents"] += cents
        row["company_cents"] += cents * share >> 16


def response_to_prediction(world: World) -> Process:
    """Every December: more effort where a failure is predicted or measured."""
    for december in world.calendar.every(DECEMBER):
        yield world.calendar.at(december, Phase.RESPONSE_TO_PREDICTION)
        for m in world.municipalities:
            if m.lacking.together:
                world.raise_effort(m, world.how.after_prediction.value)


def response_to_test(world: World, moment: Moment) -> Process:
    """In the month of a test: more effort after 2A and 2B."""
    assert moment.verdict is not None
    yield world.calendar.at(moment.verdict, Phase.RESPONSE_TO_TEST)
    for m in world.municipalities:
        if m.verdict is Category.CATEGORY_2A:
            world.raise_effort(m, world.how.after_2A.value)
        if m.verdict is Category.CATEGORY_2B:
            world.raise_effort(m, world.how.after_2B.value)
