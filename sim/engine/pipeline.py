"""Projects moving from stage to stage: their draws, their lead times, and the queues they wait in."""

from typing import Any

from sim.agents.municipalities import shortened
from sim.agents.neighbours import happens
from sim.agents.regulator import committee
from sim.chance.leadtimes import ONE, months, quantile_at, score, signed
from sim.engine.queues import enqueue
from sim.engine.standing import changed
from sim.engine.state import (
    AWARD,
    CANCELLED,
    CBO,
    CONSTRUCTION,
    D_ANNULLED,
    D_APPEAL,
    D_APPEAL_DELAY,
    D_AWARD,
    D_CANCELLED,
    D_CONSTRUCTION,
    D_COUNCIL,
    D_COUNCIL_DURATION,
    D_NEW_PERMIT,
    D_PERMIT,
    D_PREPARATION,
    D_SIZE,
    D_START,
    DORMANT,
    FOUND,
    INITIAL,
    KTP,
    MJP,
    NONE,
    O_FIRST,
    PREPARATION,
    PRIVATE,
    PUBLIC,
    REALISED,
    W_PROJECTS,
    W_RESERVED,
    W_SHORT,
    Model,
    State,
)
from sim.engine.tables import (
    T_APPEAL_DELAY,
    T_AWARD,
    T_CONSTRUCTION,
    T_COUNCIL_DURATION,
    T_NEW_PERMIT,
    T_PERMIT,
    T_SIZE,
    T_START,
)

Row = Any


def draw(state: State, slot: int, purpose: int) -> int:
    """Return a project's draw of one purpose. `slot`: its row in the draw table."""
    return signed(state.project_draws[slot, purpose])


def plain(model: Model, state: State, slot: int, purpose: int, table: int) -> int:
    """Return a quantile that no shock shifts: sizes, appeals."""
    return quantile_at(model.tables[table], score(model.normal, draw(state, slot, purpose)))


def shocked(model: Model, state: State, company: int, slot: int, purpose: int, table: int, t: int) -> int:
    """Return a stage's duration (1/64 month): the project's own luck, its company's, and Flanders' in the year of entry."""
    s = model.settings[0]
    common = s["weight_flanders"] * state.shock[max(0, (t - 1) // 12)] + s["weight_company"] * state.company_shock[company]
    return quantile_at(model.tables[table], (common + s["weight_project"] * score(model.normal, draw(state, slot, purpose))) >> 16)


def planned(model: Model, row: Row, stage: int, duration: int) -> int:
    """Return a stage's duration as its company expects it, with the same luck; unchanged for a project of which it said nothing.

    `stage`: 0 asleep or in preparation, 1 on MJP, 2 on KTP and awarded, 3 under construction.
    """
    return duration if row["own"] == NONE else duration * model.own[row["own"], O_FIRST + stage] >> 16


def new_project(model: Model, state: State, index: int, land: int, dwellings: int) -> int:
    """Add the municipality's next project and return its row; NONE, and the replication marked too short, when a table is full."""
    m = state.municipalities[index]
    p = state.world[W_PROJECTS]
    if m["slot"] >= len(state.project_draws):
        state.world[W_SHORT] = 1
        return NONE
    row = state.projects[p]
    row["municipality"], row["k"], row["slot"], row["land"], row["dwellings"] = index, m["projects"], m["slot"], land, dwellings
    row["asked"] = row["preparation"] = row["mjp"] = row["ktp"] = row["award"] = row["ready"] = row["construction"] = row[
        "ended"
    ] = NONE
    row["next"] = row["own"] = NONE
    row["stream"] = row["voluntary"] = 0
    m["projects"] += 1
    m["slot"] += 1
    m["lane"] += 1
    if m["lane"] == m["lanes"]:
        m["lane"] = 0
        m["slot"] += m["to_next_row"]
    state.world[W_PROJECTS] = p + 1
    return p


def size_of_next(model: Model, state: State, m: Row) -> int:
    """Return the size drawn for the municipality's next project; the smallest one when its draws are used up (the run is then repeated)."""
    if m["slot"] >= len(state.project_draws):
        state.world[W_SHORT] = 1
        return 1
    return plain(model, state, m["slot"], D_SIZE, T_SIZE)


def schedule(state: State, p: int, month: int) -> None:
    """Put a project on the list of the month in which its stage ends; beyond the horizon it stays where it is."""
    if month < len(state.due):
        state.projects[p]["next"] = state.due[month]
        state.due[month] = p


def appeals(model: Model, state: State, row: Row) -> int:
    """Return the delay (1/64 month) by appeals: administrative, then the council, then, if annulled, a new permit (not appealed again)."""
    slot = row["slot"]
    if not happens(draw(state, slot, D_APPEAL), model.appeal_threshold[row["dwellings"]]):
        return 0
    delay = plain(model, state, slot, D_APPEAL_DELAY, T_APPEAL_DELAY)
    if happens(draw(state, slot, D_COUNCIL), model.settings[0]["council"]):
        delay += plain(model, state, slot, D_COUNCIL_DURATION, T_COUNCIL_DURATION)
        if happens(draw(state, slot, D_ANNULLED), model.settings[0]["annulled"]):
            delay += plain(model, state, slot, D_NEW_PERMIT, T_NEW_PERMIT)
    return delay


def enter_preparation(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Land in hand, slot held: until the committee that puts it on MJP."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["preparation"] = PREPARATION, t
    m["preparation"] += row["dwellings"]
    state.companies[m["company"]]["held"] += 1
    s = model.settings[0]
    duration = shocked(model, state, m["company"], row["slot"], D_PREPARATION, table, t)
    if row["stream"] == CBO:
        duration = duration * s["cbo_speed"] >> 16
    if row["land"] != INITIAL:
        duration = duration * s["consultation"] >> 16
    duration = planned(model, row, 0, shortened(duration, m["effort"], s))
    schedule(state, p, committee(t + months(duration), s["committee_interval"]))


def enter_mjp(model: Model, state: State, p: int, table: int, share: int, t: int) -> None:
    """On MJP, slot held: permit, appeals and land, until the committee that puts it on KTP. `share`: part of the permit to go (fixed point)."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["mjp"] = MJP, t
    m["mjp"] += row["dwellings"]
    permit = (
        shortened(shocked(model, state, m["company"], row["slot"], D_PERMIT, table, t), m["effort"], model.settings[0]) * share
        >> 16
    )
    duration = planned(model, row, 1, permit) + appeals(model, state, row)
    schedule(state, p, committee(t + months(duration), model.settings[0]["committee_interval"]))


def enter_ktp(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Permit and land in order: until the award."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["ktp"] = KTP, t
    m["ktp"] += row["dwellings"]
    duration = planned(model, row, 2, shocked(model, state, m["company"], row["slot"], D_AWARD, table, t))
    schedule(state, p, t + months(duration))


def enter_construction(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Under construction; larger projects take longer."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["construction"] = CONSTRUCTION, t
    m["construction"] += row["dwellings"]
    duration = (
        shocked(model, state, m["company"], row["slot"], D_CONSTRUCTION, table, t) * model.size_factor[row["dwellings"]] >> 16
    )
    schedule(state, p, t + months(planned(model, row, 3, duration)))


def move_on(model: Model, state: State, p: int, t: int) -> None:
    """Move a project whose month it is to what comes next."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    size = row["dwellings"]
    if row["stage"] == PREPARATION:
        m["preparation"] -= size
        enter_mjp(model, state, p, T_PERMIT, ONE, t)
    elif row["stage"] == MJP:
        m["mjp"] -= size
        company["held"] -= 1
        m["voluntary_open"] -= row["voluntary"]
        changed(state, row["municipality"])
        if happens(draw(state, row["slot"], D_CANCELLED), model.settings[0]["cancelled"]):
            row["stage"], row["ended"] = CANCELLED, t
            give_back(m, row["land"], size)
            state.world[W_RESERVED] -= size * row["voluntary"]
        else:
            enter_ktp(model, state, p, T_AWARD, t)
    elif row["stage"] == KTP:
        row["stage"], row["award"] = AWARD, t
        duration = planned(model, row, 2, shocked(model, state, m["company"], row["slot"], D_START, T_START, t))
        schedule(state, p, t + months(duration))
    elif row["stage"] == AWARD:
        row["ready"] = row["queued"] = t
        company["waiting_money"] += size
        m["waiting_money"] += size
        fund = state.companies[company["fund"]]
        fund["money_first"], fund["money_last"] = enqueue(state.projects, fund["money_first"], fund["money_last"], p)
    elif row["stage"] == CONSTRUCTION:
        row["stage"], row["ended"] = REALISED, t
        m["construction"] -= size
        m["delivered"] += size
        m["voluntary"] += size * row["voluntary"]
    elif row["stage"] == DORMANT:
        row["asked"] = row["queued"] = t
        company["waiting_slot"] += 1
        company["slot_first"], company["slot_last"] = enqueue(state.projects, company["slot_first"], company["slot_last"], p)


def give_back(m: Row, land: int, dwellings: int) -> None:
    """Return the land of a cancelled project to where it came from; that of the initial pipeline to the company."""
    if land == PRIVATE:
        m["private"] += dwellings
    elif land == PUBLIC:
        m["used_public"] -= dwellings
    elif land == FOUND:
        m["found"] += dwellings
    else:
        m["used_company"] -= dwellings


def start_construction(model: Model, state: State, p: int, t: int) -> None:
    """Take the money of the project's fund, what was carried over first, and start."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    fund = state.companies[company["fund"]]
    from_old = min(fund["credit_old"], row["dwellings"])
    fund["credit_old"] -= from_old
    fund["credit_new"] -= row["dwellings"] - from_old
    company["waiting_money"] -= row["dwellings"]
    m["waiting_money"] -= row["dwellings"]
    company["started"] += row["dwellings"]
    m["ktp"] -= row["dwellings"]
    enter_construction(model, state, p, T_CONSTRUCTION, t)
