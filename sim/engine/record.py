"""The record phase: what is kept of every year, by municipality, by company and for Flanders."""

from typing import Any

from sim.agents.municipalities import has_places, need, needs_project, realised
from sim.engine.state import Model, State
from sim.rules.progress import bso_realised

Row = Any


def record(model: Model, state: State, t: int) -> None:
    """December: keep the year's row of every municipality and company, and the sums over municipalities."""
    s = model.settings[0]
    year = t // 12 - 1
    total = state.totals[year]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        of_year = state.years[year, i]
        of_year["realised"] = realised(m, s)
        of_year["delivered"], of_year["rent_in"], of_year["purchased"], of_year["sold"] = (
            m["delivered"],
            m["rent_in"],
            m["purchased"],
            m["sold"],
        )
        of_year["preparation"], of_year["mjp"], of_year["ktp"] = m["preparation"], m["mjp"], m["ktp"]
        of_year["construction"], of_year["dormant"] = m["construction"], m["dormant"]
        of_year["lacking_regular"], of_year["lacking_sib"], of_year["effort"] = m["lacking_regular"], m["lacking_sib"], m["effort"]
        total["objective"] += m["objective"]
        total["bso"] += bso_realised(realised(m, s), m["objective"])
        total["net"] += realised(m, s)
        total["delivered"] += m["delivered"]
        total["rent_in"] += m["rent_in"]
        total["purchased"] += m["purchased"]
        total["sold"] += m["sold"]
        of_year["demolished"], of_year["paper"] = m["demolished"], m["paper"]
        total["demolished"] += m["demolished"]
        total["paper"] += m["paper"]
        total["preparation"] += m["preparation"]
        total["mjp"] += m["mjp"]
        total["ktp"] += m["ktp"]
        total["construction"] += m["construction"]
        total["dormant"] += m["dormant"]
        of_year["voluntary"], of_year["objective"], of_year["waiting_money"] = m["voluntary"], m["objective"], m["waiting_money"]
        wanted = need(m, s)
        if wanted > 0 and not has_places(m, s):
            of_year["no_land"] = wanted
        elif needs_project(m, s):
            if m["opportunities"] == 0:
                of_year["no_opportunity"] = wanted
            else:
                of_year["no_slot"] = wanted
        total["waiting_money"] += of_year["waiting_money"]
        total["no_land"] += of_year["no_land"]
        total["no_slot"] += of_year["no_slot"]
        total["no_opportunity"] += of_year["no_opportunity"]
        total["voluntary"] += m["voluntary"]
        total["paid_cents"] += of_year["paid_cents"]
    for c in range(len(state.companies)):
        company = state.companies[c]
        row = state.company_years[year, c]
        row["slots"], row["held"], row["started"] = company["slots"], company["held"], company["started"]
        row["waiting_money"], row["waiting_slot"] = company["waiting_money"], company["waiting_slot"]
        row["credit_old"], row["credit_new"], row["rented_in"] = company["credit_old"], company["credit_new"], company["rented_in"]
    flanders = state.flanders[year]
    flanders["envelope"], flanders["reserved"] = state.world[0]["envelope"], state.world[0]["reserved"]
    flanders["vacant"], flanders["money"] = state.world[0]["vacant"], state.world[0]["money"]
    flanders["spent"], flanders["unspent"] = state.world[0]["spent"], state.world[0]["unspent"]
