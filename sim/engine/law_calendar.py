"""What the law itself does on its dates: exemptions from SIB, agreements, redistribution, recalibration, the voluntary envelope."""

from typing import Any

from sim.agents.municipalities import raised
from sim.chance.leadtimes import bernoulli, score, signed, times
from sim.engine.queues import all_changed
from sim.engine.state import NONE, Act, Model, State, Work
from sim.rules.agreements import envelope_after, may_ask_exemption, may_take, movable
from sim.rules.growth_path import spread
from sim.rules.progress import requirements
from sim.rules.recalibration import base, solve

Row = Any
NOBODY, WORKING_AREA, NEIGHBOURS = range(3)


def happen(model: Model, state: State, t: int) -> bool:
    """Let this month's events happen, in the order of their kinds; return whether there were any."""
    acted = False
    for e in range(len(model.events)):
        if model.events[e, 0] == t:
            kind, number = model.events[e, 1], model.events[e, 2]
            if kind == Act.LATE_AGREEMENT:
                late_agreements(model, state, t)
            elif kind == Act.EXEMPTION:
                exempt(model, state, t)
            elif kind == Act.AGREEMENT:
                agree(model, state, number, t)
            elif kind == Act.REDISTRIBUTION:
                redistribute(model, state, number, t)
            elif kind == Act.RECALIBRATION:
                recalibrate(model, state, number, t)
            elif kind == Act.ENVELOPE:
                grow_envelope(model, state)
            acted = True
    if acted:
        all_changed(state)
    return acted


def ask(model: Model, r: int, path: Any, sib: int, asked: Any) -> None:
    """Write into `asked` (int64) what measurement r asks of a growth path (int64[L]) and of SIB: as many numbers as it has requirements."""
    row = model.rhythm[r]
    requirements(
        path,
        sib,
        model.numerators[r, : row["regular"]],
        model.denominators[r, : row["regular"]],
        model.sib_numerators[r, : row["sib"]],
        model.sib_denominators[r, : row["sib"]],
        model.settings[0]["round_up"],
        asked,
    )


def count_open_years(model: Model, state: State, t: int) -> None:
    """Count the years of each legislature that are not yet measured, for `change_regular`."""
    measured = 0
    for r in range(len(model.rhythm)):
        if model.rhythm[r]["month"] <= t:
            measured = model.rhythm[r]["month"]
    for legislature in range(len(model.legislatures)):
        first = max(model.legislatures[legislature, 0], measured + 12)
        state.work[Work.OPEN_YEARS, legislature] = max(0, (model.legislatures[legislature, 1] - first) // 12 + 1)


def change_regular(model: Model, state: State, i: int, regular: int) -> None:
    """Give municipality i another regular objective, spread over the years that `count_open_years` found."""
    m = state.municipalities[i]
    years, parts = state.work[Work.OPEN_YEARS, : len(model.legislatures)], state.work[Work.PARTS, : len(model.legislatures)]
    spread(state.path[i], regular, years, parts)
    m["regular"] = 0
    for legislature in range(len(model.legislatures)):
        m["regular"] += state.path[i, legislature]
    m["objective"] = m["regular"] + m["sib"]


def exempt(model: Model, state: State, t: int) -> None:
    """June of the first year: who is entitled may ask, and is relieved of a part of SIB."""
    s = model.settings[0]
    dropped = 0
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        room = m["room_company"] + m["room_public"]
        entitled = may_ask_exemption(
            m["objective"],
            m["sib"],
            s["exemption_years"],
            m["permits_tenths"],
            s["exemption_threshold_numerator"],
            s["exemption_threshold_denominator"],
            room,
            s["spatial"],
        )
        if entitled and bernoulli(state.exemptions[0, i], s["exemption_asked"]):
            part = times(m["sib"], s["exemption_granted"])
            m["sib"] -= part
            m["objective"] -= part
            m["relieved"] += part
            dropped += part
    if s["exempted_returns"] == 1 and dropped > 0:
        state.world[0]["returned"] = dropped
        solve_again(model, state, t)


def in_force(m: Row, t: int) -> bool:
    """Return whether the municipality's strategy agreement is in force."""
    return m["agreement"] != NONE and m["agreement"] <= t


def agree(model: Model, state: State, number: int, t: int) -> None:
    """Every municipality with an objective concludes its strategy agreement, on time or a year later; one in force raises effort."""
    s = model.settings[0]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        m["agreement"] = NONE
        if m["objective"] > 0:
            on_time = bernoulli(state.agreements[number, i], s["agreement_on_time"])
            m["agreement"] = t if on_time else t + 12
            if on_time:
                m["effort"] = raised(m["effort"], state.world[0]["response"], s["after_agreement"])


def late_agreements(model: Model, state: State, t: int) -> None:
    """The agreements that were late come into force."""
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if m["agreement"] == t:
            m["effort"] = raised(m["effort"], state.world[0]["response"], model.settings[0]["after_agreement"])


def redistribute(model: Model, state: State, number: int, t: int) -> None:
    """Objectives move between municipalities: as the user's table says, or else as the policy has it. Their sum stays, and so does SIB."""
    count = len(state.municipalities)
    change = state.work[Work.CHANGE, :count]
    for i in range(count):
        change[i] = 0
    count_open_years(model, state, t)
    if len(model.swaps) > 0:
        swap_as_listed(model, state, number, change)
    elif model.settings[0]["redistribution"] != NOBODY:
        swap_by_room(model, state, change)
    for i in range(count):
        if change[i] != 0:
            state.municipalities[i]["given"] += max(0, -change[i])
            change_regular(model, state, i, state.municipalities[i]["regular"] + change[i])


def to_give(model: Model, state: State, i: int) -> int:
    """Return the regular dwellings that municipality i can hand over: what the law lets go, of the years that `count_open_years` found."""
    s, m = model.settings[0], state.municipalities[i]
    still_open = 0
    for legislature in range(len(model.legislatures)):
        if state.work[Work.OPEN_YEARS, legislature] > 0:
            still_open += state.path[i, legislature]
    return min(still_open, movable(m["regular"], m["sib"], m["given"], s["kept_share_numerator"], s["kept_share_denominator"]))


def takes(model: Model, m: Row) -> bool:
    """Return whether a municipality may take dwellings now."""
    s = model.settings[0]
    at_ceiling = m["social"] * s["ceiling_denominator"] >= m["households"] * s["ceiling_numerator"]
    return may_take(s["may_take"], m["objective"], at_ceiling, m["relieved"])


def swap_as_listed(model: Model, state: State, number: int, change: Row) -> None:
    """Every swap of the user's table on this date, as far as its giver still can: served in the order of the taker's NIS code."""
    for row in range(len(model.swaps)):
        giver, taker = model.swaps[row, 0], model.swaps[row, 1]
        if model.swaps[row, 3] == number and takes(model, state.municipalities[taker]):
            given = min(model.swaps[row, 2], to_give(model, state, giver) + change[giver])  # who gives takes nothing
            change[giver] -= given
            change[taker] += given


def swap_by_room(model: Model, state: State, change: Row) -> None:
    """Municipalities that lack room hand a part of their objective to those of their company, or to neighbours, that have room to spare."""
    s = model.settings[0]
    count = len(state.municipalities)
    spare = state.work[Work.SPARE, :count]
    for i in range(count):
        m = state.municipalities[i]
        spare[i] = max(0, m["room_company"] + m["room_public"] - m["objective"]) if takes(model, m) else 0
    for i in range(count):
        m = state.municipalities[i]
        lack = max(0, m["objective"] - m["room_company"] - m["room_public"])
        give = min(to_give(model, state, i), times(lack, s["redistribution_agreed"]))
        while give > 0:
            taker = NONE
            for j in range(count):
                partner = state.municipalities[j]["company"] == m["company"]
                if s["redistribution"] == NEIGHBOURS:
                    partner = partner or model.adjacent[i, j] == 1
                if partner and spare[j] > 0 and (taker == NONE or spare[j] > spare[taker]):
                    taker = j
            if taker == NONE:
                break
            moved = min(give, spare[taker])
            give -= moved
            spare[taker] -= moved
            change[taker] += moved
            change[i] -= moved


def recalibrate(model: Model, state: State, number: int, t: int) -> None:
    """The objectives follow the newest household projection and target group; SIB and the stock of the start stay."""
    s = model.settings[0]
    shared = s["household_weight_shared"] * score(model.normal, signed(state.shared_errors[number]))
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        own = s["household_weight_own"] * score(model.normal, signed(state.household_errors[number, i]))
        households = m["households_2042"]
        m["households_2042"] = max(0, households + times(households, s["household_error"] * ((shared + own) >> 16) >> 12))
        target = m["target_group"]
        error = s["target_group_error"] * score(model.normal, signed(state.target_errors[number, i])) >> 12
        m["target_group"] = max(0, target + times(target, error))
    solve_again(model, state, t)


def solve_again(model: Model, state: State, t: int) -> None:
    """Solve the regular objectives and add to each what its solution changed."""
    s = model.settings[0]
    count = len(state.municipalities)
    at_ceiling, first = state.work[Work.AT_CEILING, :count], state.work[Work.FIRST, :count]
    target_group = state.work[Work.TARGET_GROUP, :count]
    values, solution = state.work[Work.VALUES, :count], state.work[Work.SOLUTION, :count]
    for i in range(count):
        m = state.municipalities[i]
        at_ceiling[i], first[i] = base(
            m["social"],
            m["overshoot"],
            m["households"],
            m["households_2042"],
            s["ceiling_numerator"],
            s["ceiling_denominator"],
            s["overshoot_again"],
            s["by_growth"],
        )
        target_group[i] = m["target_group"]
    solve(state.world[0]["regular"] + state.world[0]["returned"], at_ceiling, first, target_group, values, solution)
    count_open_years(model, state, t)
    for i in range(count):
        m = state.municipalities[i]
        regular = max(0, m["regular"] + solution[i] - m["solution"])
        m["solution"] = solution[i]
        change_regular(model, state, i, regular)


def grow_envelope(model: Model, state: State) -> None:
    """At a Flemish legislature the voluntary envelope grows, if enough of it is reserved and the budget allows it."""
    s = model.settings[0]
    state.world[0]["envelope"] = envelope_after(
        state.world[0]["envelope"],
        state.world[0]["reserved"],
        s["envelope_used_numerator"],
        s["envelope_used_denominator"],
        s["envelope_step"],
        s["envelope_maximum"],
        s["envelope_budget"],
    )
