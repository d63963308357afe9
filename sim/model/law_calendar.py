"""Phase 1, policy, on the law's own dates: exemptions from SIB, agreements, redistribution, recalibration and the voluntary envelope."""

import math

from sim.model import objective
from sim.model.calendar import Phase, Process
from sim.model.numbers import bernoulli, fixed, score
from sim.model.parties import Municipality
from sim.model.world import World

AFTER_A_YEAR = 12


def exemption(world: World) -> Process:
    """On its date: who is entitled and asks is relieved of a part of SIB, which lapses or is carried by all."""
    for _, month in world.given.months_of("exemption"):
        yield world.calendar.at(month, Phase.EXEMPTION)
        draws = world.streams.municipal("exemption")
        dropped = 0
        for m in world.municipalities:
            asks = bernoulli(draws[m.index], world.levers.exemption_asked.value)
            if entitled(world, m) and asks:
                relieved = m.sib * fixed(world.levers.exemption_granted.value) >> 16
                world.happened["exempted"] += relieved > 0
                m.take_objective(m.path, m.sib - relieved)
                m.relieved = m.relieved or relieved > 0
                dropped += relieved
        if dropped and world.law.readings.exempted_sib.value == "returns_to_pot":
            world.happened["exempted SIB returns"] += 1
            world.total += dropped
            world.solve_again()


def entitled(world: World, m: Municipality) -> bool:
    """Return whether a municipality may ask: its objective is much for its permits, or SIB has no room."""
    if m.sib == 0:
        return False
    threshold = world.law.values.exemption_threshold.value
    years = 1 if world.law.readings.exemption_ratio.value == "literal" else world.given.last // 12
    much = m.objective * 10 > years * threshold * world.given.permits10[m.index]
    crowded = m.room < m.sib and world.law.readings.spatial_reasons.value == "room_below_sib"
    world.happened["no room, which entitles nobody"] += m.room < m.sib and not crowded
    world.happened["entitled by permits"] += much and not crowded
    world.happened["entitled by room"] += crowded and not much
    world.happened["not entitled"] += not (much or crowded)
    return much or crowded


def agreement(world: World) -> Process:
    """On each date: an agreement with every municipality that has an objective, on time or a year later."""
    for number, month in world.given.months_of("agreement"):
        yield world.calendar.at(month, Phase.AGREEMENT)
        draws = world.streams.municipal("agreement", number)
        for m in world.municipalities:
            m.agreement, m.last_agreement = False, number
            if m.objective == 0:
                world.happened["no agreement without an objective"] += 1
            elif bernoulli(draws[m.index], world.how.agreement_on_time.value):
                world.happened["agreement on time"] += 1
                comes_into_force(world, m)
            else:
                world.calendar.process(late_agreement(world, m, number))


def late_agreement(world: World, m: Municipality, number: int) -> Process:
    """A year later the agreement comes into force, unless a newer one has taken its place."""
    yield world.calendar.at(world.now + AFTER_A_YEAR, Phase.LATE_AGREEMENT)
    if m.last_agreement == number:
        world.happened["agreement late"] += 1
        comes_into_force(world, m)


def comes_into_force(world: World, m: Municipality) -> None:
    """The agreement is in force, and effort rises."""
    m.agreement = True
    world.raise_effort(m, world.how.after_agreement.value)


def redistribution(world: World) -> Process:
    """On every date of an agreement: the swaps of the user's table, or those of the policy; SIB stays, and so does the sum."""
    for number, month in world.given.months_of("agreement"):
        if number not in world.scenario.redistributions:
            continue
        yield world.calendar.at(month, Phase.REDISTRIBUTION)
        if len(world.region.swaps):
            wanted = after_listed_swaps(world, number)
        elif world.levers.redistribution.value != "none":
            wanted = after_swaps_by_policy(world)
        else:
            continue
        before = sum(m.objective for m in world.municipalities)
        world.happened["redistribution on a later date"] += number > 0 and wanted != [m.regular for m in world.municipalities]
        world.change_objectives(wanted)
        world.happened["redistribution changed the sum"] += world.objective != before


def after_listed_swaps(world: World, number: int) -> list[int]:
    """Return the regular objectives after the swaps of the table on a date, each as far as its giver still may and can."""
    wanted = [m.regular for m in world.municipalities]
    left = {m.index: can_go(world, m) for m in world.municipalities}
    of_date = [(*pair, dwellings) for *pair, dwellings, agreement in world.region.swaps.tolist() if agreement == number]
    for giver, taker, dwellings in sorted(of_date):
        one, other = world.municipalities[giver], world.municipalities[taker]
        takes = may_take(world, other)
        part = min(dwellings, left[giver]) if takes else 0
        left[giver] -= part
        hand_over(one, other, part, wanted)
        world.happened["swaps of a table"] += part > 0
        world.happened["swaps of a table, later"] += part > 0 < number
        world.happened["swaps of a table, to another company"] += part > 0 and one.company is not other.company
        world.happened["swaps of a table, cut"] += takes and part < dwellings
        world.happened["swaps of a table, not to be taken"] += not takes
    return wanted


def after_swaps_by_policy(world: World) -> list[int]:
    """Return the regular objectives after who lacks room handed objective to partners that have room to spare."""
    policy = world.levers.redistribution.value
    spare = [max(0, m.room - m.objective) for m in world.municipalities]
    wanted, takers = [m.regular for m in world.municipalities], [m for m in world.municipalities if may_take(world, m)]
    for m in world.municipalities:
        left = wants_to_hand_over(world, m)
        partners = [other for other in takers if other is not m and are_partners(world, m, other)] if left else []
        while left > 0 and any(spare[other.index] for other in partners):
            best = max(partners, key=lambda other: (spare[other.index], -other.index))
            part = min(left, spare[best.index])
            left -= part
            spare[best.index] -= part
            hand_over(m, best, part, wanted)
            world.happened[f"redistributed, {policy}"] += 1
            world.happened["redistributed to another company"] += best.company is not m.company
        world.happened["redistribution without a partner"] += left > 0
    return wanted


def hand_over(giver: Municipality, taker: Municipality, dwellings: int, regular: list[int]) -> None:
    """Move dwellings of the regular objectives from one municipality to another."""
    giver.given_away += dwellings
    regular[giver.index] -= dwellings
    regular[taker.index] += dwellings


def may_take(world: World, m: Municipality) -> bool:
    """Return whether a municipality may take dwellings of another one's objective."""
    reading, facts = world.law.readings.may_take.value, world.start.facts[m.index]
    if reading == "anyone":
        return True
    if m.objective == 0 or facts.at_ceiling(world.given.formula.ceiling):
        world.happened["may not take, without an objective" if m.objective == 0 else "may not take, at the ceiling"] += 1
        return False
    world.happened["may not take, relieved"] += m.relieved and reading == "none_exempted"
    return not m.relieved or reading == "not_exempt"


def can_go(world: World, m: Municipality) -> int:
    """Return the dwellings that may leave a municipality: of what it had a share is kept, SIB counting, and no year already measured touched."""
    kept = math.ceil(world.law.values.kept_share.value * (m.objective + m.given_away))
    weights = objective.not_yet_measured(world.scenario, world.now)
    ahead = sum(part for part, weight in zip(m.path, weights, strict=True) if weight > 0)
    movable = max(0, m.regular - max(0, kept - m.sib))
    world.happened["redistribution limited by what is measured"] += ahead < movable
    return min(movable, ahead)


def wants_to_hand_over(world: World, m: Municipality) -> int:
    """Return the dwellings that a municipality wants to hand over: a part of what it has no room for, as far as it may go."""
    lack = max(0, m.objective - m.room)
    agreed = lack * fixed(world.levers.redistribution_agreed.value) >> 16
    may_go = can_go(world, m)
    world.happened["redistribution limited by what is kept"] += may_go < agreed
    return min(may_go, agreed)


def are_partners(world: World, m: Municipality, other: Municipality) -> bool:
    """Return whether two municipalities may swap: of the same company, or also neighbours."""
    if m.company is other.company or world.levers.redistribution.value == "working_area":
        return m.company is other.company
    return (min(m.index, other.index), max(m.index, other.index)) in world.given.neighbours


def recalibration(world: World) -> Process:
    """On each date: new household and target group figures, and the objectives that follow from them."""
    for number, month in world.given.months_of("recalibration"):
        yield world.calendar.at(month, Phase.RECALIBRATION)
        draw_anew(world, number)
        world.solve_again()


def draw_anew(world: World, number: int) -> None:
    """Draw the errors of the household projections and the target groups."""
    how, of_all = world.how, score(world.streams.world("household", number))
    shared, own = fixed(math.sqrt(how.household_shared.value)), fixed(math.sqrt(1 - how.household_shared.value))
    households, groups = world.streams.municipal("household", number), world.streams.municipal("target_group", number)
    for i in range(world.given.count):
        mixed = (shared * of_all + own * score(households[i])) >> 16
        later = world.later[i] + (world.later[i] * (fixed(how.household_error.value) * mixed >> 12) >> 16)
        world.happened["no households left"] += later < 0
        world.later[i] = max(0, later)
        error = fixed(how.target_group_error.value) * score(groups[i]) >> 12
        world.groups[i] = max(0, world.groups[i] + (world.groups[i] * error >> 16))


def envelope_growth(world: World) -> Process:
    """On each date: the voluntary envelope, if there is one, grows by a step when enough of it is reserved and the budget allows."""
    values = world.law.values
    for _, month in world.given.months_of("envelope_growth"):
        yield world.calendar.at(month, Phase.ENVELOPE)
        enough = world.reserved >= values.envelope_used.value * world.envelope
        if world.envelope > 0 and enough and world.levers.envelope_budget.value:
            before = world.envelope
            world.envelope = min(before + int(values.envelope_step.value), int(values.envelope_maximum.value))
            world.happened["envelope grows"] += world.envelope > before
        else:
            world.happened["envelope does not grow" if world.envelope else "no envelope to grow"] += 1
