"""Opportunities for projects: a site, a partner, a council that wants it. They come at random, by a municipality's will and effort."""

from sim.agents.municipalities import by_effort
from sim.chance.leadtimes import quantile_at, score, times
from sim.engine.quantiles import Table
from sim.engine.queues import changed
from sim.engine.state import Chance, Model, State


def set_wills(model: Model, state: State) -> None:
    """Draw the will of every municipality, and the mark of its first opportunity."""
    s = model.settings[0]
    for i in range(len(state.municipalities)):
        luck = s["will_unknown"] * score(model.normal, state.wills[0, i])
        state.chances[Chance.WILL, i] = (s["will_known"] * state.municipalities[i]["known"] + luck) >> 16
        set_mark(model, state, i)


def set_rates(model: Model, state: State, year: int) -> None:
    """Give every municipality its opportunities a month for the year, by will and effort; with a new council its will is drawn again."""
    s = model.settings[0]
    since = year - s["legislature_offset"]
    renewed = since >= 0 and since % s["legislature_years"] == 0
    will, rate = state.chances[Chance.WILL], state.chances[Chance.RATE]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if renewed:
            anew = s["will_anew"] * score(model.normal, state.wills[1 + since // s["legislature_years"], i])
            will[i] = (s["will_renewed"] * will[i] + anew) >> 16
        willing = times(m["rate_opportunities"], quantile_at(model.tables[Table.WILL], will[i]))
        rate[i] = by_effort(willing, m["effort"], s["effort_gain"], s)


def come_up(model: Model, state: State) -> None:
    """Let the month's opportunities come up, where not too many are open."""
    clock, mark, rate = state.chances[Chance.CLOCK], state.chances[Chance.MARK], state.chances[Chance.RATE]
    for i in range(len(clock)):
        clock[i] += rate[i]
        while clock[i] >= mark[i]:
            m = state.municipalities[i]
            if m["opportunities"] < model.settings[0]["open_at_most"]:
                m["opportunities"] += 1
                changed(state, i)
            if not set_mark(model, state, i):
                return


def set_mark(model: Model, state: State, i: int) -> bool:
    """Set the mark at which municipality i's next opportunity comes; return False when its draws are used up."""
    m = state.municipalities[i]
    row, column = divmod(state.chances[Chance.CAME, i], m["stream_columns"])
    slot = row * (m["to_next_row"] + m["stream_columns"]) + m["first_column"] + column
    if slot >= len(state.opportunities):
        state.world[0]["short"] = 1
        return False
    state.chances[Chance.CAME, i] += 1
    interval = quantile_at(model.tables[Table.INTERVAL], score(model.normal, state.opportunities[slot]))
    state.chances[Chance.MARK, i] += max(1, interval)
    return True
