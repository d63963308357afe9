"""What comes and goes without stages, once a year: dwellings rented in, sold, purchased and demolished."""

from sim.agents.companies import meets_rent_in, rented_in_anew
from sim.agents.municipalities import by_effort, need
from sim.agents.regulator import next_measurement
from sim.chance.leadtimes import ONE, bernoulli, quantile_at, score, times
from sim.engine.pipeline import replace
from sim.engine.quantiles import Table
from sim.engine.state import LossDraw, Model, Rounding, State, Work


def so_far(rate: int, year: int, rounding: int) -> int:
    """Return the whole dwellings of a yearly stream by the end of a year; `rate` and the municipality's own `rounding` in fixed point."""
    return ((year + 1) * rate + rounding) >> 16


def end_year(model: Model, state: State, t: int) -> None:
    """December: dwellings rented in, sold and purchased by now."""
    s = model.settings[0]
    year = t // 12 - 1
    if s["rent_in_additive"] == 1:
        rent_in_anew(model, state, t)
    for c in range(len(state.companies)):
        state.companies[c]["rented_in"] = state.companies[c]["rented_in_start"]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if s["rent_in_additive"] == 0:
            m["rent_account"] = m["rented_in"] * state.rent_index[year]
        m["rent_in"] = ((m["rent_account"] + state.rounding[Rounding.RENT_IN, i]) >> 16) - m["rented_in"]
        m["sold"] = min(m["stock"], so_far(m["rate_sales"], year, state.rounding[Rounding.SALES, i]))
        if need(m, s) > 0:
            m["purchase_account"] += m["base_purchases"] * m["effort"] // s["effort_mean"]
        m["purchased"] = (m["purchase_account"] + state.rounding[Rounding.PURCHASES, i]) >> 16
        state.companies[m["company"]]["rented_in"] += m["rent_in"]


def rent_in_anew(model: Model, state: State, t: int) -> None:
    """Let a part of the dwellings rented in leave, and add the year's new ones: more where effort is high, and where a criterion is not met."""
    s = model.settings[0]
    r = next_measurement(model.rhythm, t)
    everywhere = 0
    more = state.work[Work.INFLOW, : len(state.companies)]
    for c in range(len(state.companies)):
        company = state.companies[c]
        everywhere += company["rented_in_start"]
        more[c] = ONE
        if r >= 0 and model.rhythm[r]["asks_rent_in"] == 1 and not meets_rent_in(company, s):
            more[c] += times(state.world[0]["response"], s["after_criterion"])
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        part = rented_in_anew(state.rent_index[t // 12 - 1], s["rent_in_support"], m["rented_in"], everywhere)
        part = times(by_effort(part, m["effort"], s["rent_in_effort"], s), more[m["company"]])
        m["rent_account"] += part - times(m["rent_account"], s["rent_in_exits"])


def demolish(model: Model, state: State, year: int) -> None:
    """Dwellings are demolished in lumps of the size of a project; some are rebuilt, which takes a slot and money and adds nothing."""
    s = model.settings[0]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if bernoulli(state.losses[year, i, LossDraw.HAPPENS], m["demolition_chance"]):
            size = quantile_at(model.tables[Table.SIZE], score(model.normal, state.losses[year, i, LossDraw.SIZE]))
            dwellings = max(size, s["smallest_project"])
            if m["rate_demolition"] > s["mean_size"]:  # more than one such lump a year
                dwellings = dwellings * m["rate_demolition"] // s["mean_size"]
            dwellings = min(dwellings, max(0, m["stock"] - m["sold"] - m["demolished"]))
            m["demolished"] += dwellings
            if dwellings > 0 and bernoulli(state.losses[year, i, LossDraw.REBUILT], s["rebuilt"]):
                replace(model, state, i, dwellings, 12 * year + 12)
