"""Projects moving from stage to stage: their draws, their lead times, and the queues they wait in."""

from typing import Any

from sim.agents.municipalities import shortened
from sim.agents.regulator import committee
from sim.chance.leadtimes import ONE, bernoulli, months, quantile_at, score, signed, times
from sim.engine.quantiles import Table
from sim.engine.queues import changed, enqueue
from sim.engine.state import LAST, NONE, Draw, Land, Model, Own, Stage, State, Stream

Row = Any


def draw(state: State, slot: int, purpose: int) -> int:
    """Return a project's draw of one purpose. `slot`: its row in the draw table."""
    return signed(state.project_draws[slot, purpose])


def where(model: Model, i: int, table: int) -> int:
    """Return which of the tables holds a lead time where municipality i lies: its company's or province's, if these have one of their own."""
    return table if len(model.lead_times) == 0 else model.lead_times[i, table]


def plain(model: Model, state: State, slot: int, purpose: int, table: int) -> int:
    """Return a quantile that no shock shifts: sizes, appeals."""
    return quantile_at(model.tables[table], score(model.normal, draw(state, slot, purpose)))


def shocked(model: Model, state: State, i: int, slot: int, purpose: int, table: int, t: int) -> int:
    """Return a stage's duration (1/64 month) in municipality i: the project's own luck, its company's, and Flanders' in the year of entry."""
    s, company = model.settings[0], state.municipalities[i]["company"]
    common = s["weight_flanders"] * state.shock[max(0, (t - 1) // 12)] + s["weight_company"] * state.company_shock[company]
    z = (common + s["weight_project"] * score(model.normal, draw(state, slot, purpose))) >> 16
    return quantile_at(model.tables[where(model, i, table)], z)


def planned(model: Model, row: Row, stage: int, duration: int) -> int:
    """Return a stage's duration as its company expects it, with the same luck; unchanged for a project of which it said nothing.

    `stage`: 0 asleep or in preparation, 1 on MJP, 2 on KTP and awarded, 3 under construction, 4 on MJP after it slept.
    """
    return duration if row["own"] == NONE else times(duration, model.own[row["own"], Own.FIRST + stage])


def new_project(model: Model, state: State, index: int, land: int, dwellings: int) -> int:
    """Add the municipality's next project and return its row; NONE, and the replication marked too short, when a table is full."""
    m = state.municipalities[index]
    p = state.world[0]["projects"]
    if m["slot"] >= len(state.project_draws):
        state.world[0]["short"] = 1
        return NONE
    row = state.projects[p]
    row["municipality"], row["k"], row["slot"], row["land"], row["dwellings"] = index, m["projects"], m["slot"], land, dwellings
    row["asked"] = row["preparation"] = row["mjp"] = row["ktp"] = row["award"] = row["ready"] = row["construction"] = row[
        "ended"
    ] = row["asleep"] = NONE
    row["next"] = row["own"] = NONE
    row["stream"] = row["voluntary"] = row["appeal"] = row["delay"] = 0
    m["projects"] += 1
    m["slot"] += 1
    m["stream_column"] += 1
    if m["stream_column"] == m["stream_columns"]:
        m["stream_column"] = 0
        m["slot"] += m["to_next_row"]
    state.world[0]["projects"] = p + 1
    return p


def size_of_next(model: Model, state: State, m: Row) -> int:
    """Return the size drawn for the municipality's next project; the smallest one when its draws are used up (the run is then repeated)."""
    if m["slot"] >= len(state.project_draws):
        state.world[0]["short"] = 1
        return 1
    return plain(model, state, m["slot"], Draw.SIZE, Table.SIZE)


def schedule(state: State, p: int, month: int) -> None:
    """Put a project on the list of the month in which its stage ends; beyond the horizon it stays where it is."""
    if month < len(state.due):
        state.projects[p]["next"] = state.due[month]
        state.due[month] = p


def appeals(model: Model, state: State, row: Row) -> int:
    """Return the delay (1/64 month) by appeals: administrative, then the council, then, if annulled, a new permit (not appealed again).

    The project keeps how far they came, and the delay.
    """
    slot, i = row["slot"], row["municipality"]
    if not bernoulli(draw(state, slot, Draw.APPEAL), model.appeal_threshold[row["dwellings"]]):
        return 0
    row["appeal"], delay = 1, plain(model, state, slot, Draw.APPEAL_DELAY, where(model, i, Table.APPEAL_DELAY))
    if bernoulli(draw(state, slot, Draw.COUNCIL), model.settings[0]["council"]):
        row["appeal"] = 2
        delay += plain(model, state, slot, Draw.COUNCIL_DURATION, where(model, i, Table.COUNCIL_DURATION))
        if bernoulli(draw(state, slot, Draw.ANNULLED), model.settings[0]["annulled"]):
            row["appeal"] = 3
            delay += plain(model, state, slot, Draw.NEW_PERMIT, where(model, i, Table.NEW_PERMIT))
    row["delay"] = delay
    return delay


def enter_preparation(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Land in hand, slot held: until the committee that puts it on MJP."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["preparation"] = Stage.PREPARATION, t
    m["preparation"] += row["dwellings"]
    state.companies[m["company"]]["held"] += 1
    s = model.settings[0]
    duration = shocked(model, state, row["municipality"], row["slot"], Draw.PREPARATION, table, t)
    if row["stream"] == Stream.CBO:
        duration = times(duration, s["cbo_speed"])
    if row["land"] != Land.INITIAL:
        duration = times(duration, s["consultation"])
    duration = planned(model, row, 0, shortened(duration, m["effort"], s))
    schedule(state, p, committee(t + months(duration), s["committee_interval"]))


def enter_mjp(model: Model, state: State, p: int, table: int, share: int, t: int) -> None:
    """On MJP, slot held: permit, appeals and land, until the committee that puts it on KTP. `share`: part of the permit to go (fixed point)."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["mjp"] = Stage.MJP, t
    m["mjp"] += row["dwellings"]
    permit = shocked(model, state, row["municipality"], row["slot"], Draw.PERMIT, table, t)
    permit = shortened(permit, m["effort"], model.settings[0])
    duration = planned(model, row, 1 if row["asked"] == NONE else 4, times(permit, share)) + appeals(model, state, row)
    schedule(state, p, committee(t + months(duration), model.settings[0]["committee_interval"]))


def enter_ktp(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Permit and land in order: until the award."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["ktp"] = Stage.KTP, t
    m["ktp"] += row["dwellings"]
    duration = planned(model, row, 2, shocked(model, state, row["municipality"], row["slot"], Draw.AWARD, table, t))
    schedule(state, p, t + months(duration))


def enter_construction(model: Model, state: State, p: int, table: int, t: int) -> None:
    """Under construction; larger projects take longer."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    row["stage"], row["construction"] = Stage.CONSTRUCTION, t
    m["construction"] += row["dwellings"]
    duration = shocked(model, state, row["municipality"], row["slot"], Draw.CONSTRUCTION, table, t)
    schedule(state, p, t + months(planned(model, row, 3, times(duration, model.size_factor[row["dwellings"]]))))


def move_on(model: Model, state: State, p: int, t: int) -> None:
    """Move a project whose month it is to what comes next."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    size = row["dwellings"]
    if row["stage"] == Stage.PREPARATION:
        m["preparation"] -= size
        if bernoulli(draw(state, row["slot"], Draw.ASLEEP), model.settings[0]["asleep"]):
            company["held"] -= 1
            m["voluntary_open"] -= row["voluntary"]
            wake = where(model, row["municipality"], Table.WAKE)
            fall_asleep(state, p, plain(model, state, row["slot"], Draw.WAKE, wake), t)
        else:
            enter_mjp(model, state, p, Table.PERMIT, ONE, t)
            changed(state, row["municipality"])
    elif row["stage"] == Stage.MJP:
        m["mjp"] -= size
        company["held"] -= 1
        m["voluntary_open"] -= row["voluntary"]
        changed(state, row["municipality"])
        if bernoulli(draw(state, row["slot"], Draw.CANCELLED), model.settings[0]["cancelled"]):
            cancel(state, p, t)
        else:
            enter_ktp(model, state, p, Table.AWARD, t)
    elif row["stage"] == Stage.KTP:
        row["stage"], row["award"] = Stage.AWARD, t
        duration = planned(model, row, 2, shocked(model, state, row["municipality"], row["slot"], Draw.START, Table.START, t))
        schedule(state, p, t + months(duration))
    elif row["stage"] == Stage.AWARD:
        row["ready"], row["queued"] = t, t + LAST * row["voluntary"]
        company["waiting_money"] += size
        m["waiting_money"] += size
        fund = state.companies[company["fund"]]
        fund["money_first"], fund["money_last"] = enqueue(state.projects, fund["money_first"], fund["money_last"], p)
    elif row["stage"] == Stage.CONSTRUCTION:
        row["stage"], row["ended"] = Stage.REALISED, t
        m["construction"] -= size
        m["delivered"] += size
        m["voluntary"] += size * row["voluntary"]
    elif row["stage"] == Stage.DORMANT:
        # of those that fell asleep on the way the draw is below `asleep` already
        s = model.settings[0]
        dropped = s["dropped_asleep"] if row["asleep"] == 0 else s["dropped_later"]
        if bernoulli(draw(state, row["slot"], Draw.ASLEEP), dropped):
            m["dormant"] -= size
            cancel(state, p, t)
        else:
            ask_for_slot(state, p, t)


def fall_asleep(state: State, p: int, duration: int, t: int) -> None:
    """On MJP on paper, without a slot, until it wakes."""
    row = state.projects[p]
    row["stage"], row["asleep"] = Stage.DORMANT, t
    state.municipalities[row["municipality"]]["dormant"] += row["dwellings"]
    changed(state, row["municipality"])
    schedule(state, p, t + months(duration))


def ask_for_slot(state: State, p: int, t: int) -> None:
    """A dormant project waits for a slot of its company."""
    row = state.projects[p]
    company = state.companies[state.municipalities[row["municipality"]]["company"]]
    row["asked"] = row["queued"] = t
    company["waiting_slot"] += 1
    company["slot_first"], company["slot_last"] = enqueue(state.projects, company["slot_first"], company["slot_last"], p)


def replace(model: Model, state: State, i: int, dwellings: int, t: int) -> None:
    """Let municipality i's company rebuild what it demolished, on the same land: a project that waits for a slot, dormant in name."""
    p = new_project(model, state, i, Land.COMPANY, dwellings)
    if p != NONE:
        state.projects[p]["stream"], state.projects[p]["stage"] = Stream.REPLACEMENT, Stage.DORMANT
        state.municipalities[i]["dormant"] += dwellings
        ask_for_slot(state, p, t)


def cancel(state: State, p: int, t: int) -> None:
    """A project comes to nothing: its land, and what it had of the envelope, are given back."""
    row = state.projects[p]
    row["stage"], row["ended"] = Stage.CANCELLED, t
    give_back(state.municipalities[row["municipality"]], row["land"], row["dwellings"])
    state.world[0]["reserved"] -= row["dwellings"] * row["voluntary"]
    changed(state, row["municipality"])


def give_back(m: Row, land: int, dwellings: int) -> None:
    """Return the land of a cancelled project to where it came from; that of the initial pipeline and of replacements to the company."""
    if land == Land.PRIVATE:
        m["private"] += dwellings
    elif land == Land.PUBLIC:
        m["used_public"] -= dwellings
    elif land == Land.FOUND:
        m["found"] += dwellings
    else:
        m["used_company"] -= dwellings


def start_construction(model: Model, state: State, p: int, t: int) -> None:
    """Take the money of the project's fund, what was carried over first, and start."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    fund = state.companies[company["fund"]]
    cost = row["dwellings"] * model.cost[(t - 1) // 12]
    from_old = min(fund["credit_old"], cost)
    fund["credit_old"] -= from_old
    fund["credit_new"] -= cost - from_old
    state.world[0]["spent"] += cost
    company["waiting_money"] -= row["dwellings"]
    m["waiting_money"] -= row["dwellings"]
    company["started"] += row["dwellings"]
    m["ktp"] -= row["dwellings"]
    enter_construction(model, state, p, Table.CONSTRUCTION, t)
