"""Measurement, test, response and record: what the regulator sees, decides and levies, and what is kept of it."""

from typing import Any

from sim.agents.municipalities import company_places, in_use, public_places, raised, realised, under_way
from sim.agents.neighbours import happens
from sim.agents.regulator import committee, next_measurement
from sim.chance.leadtimes import signed
from sim.engine.law_calendar import in_force
from sim.engine.standing import changed
from sim.engine.state import (
    MJP,
    PREPARATION,
    PRIVATE,
    W_ENVELOPE,
    W_MONEY,
    W_PROJECTS,
    W_RESERVED,
    W_RESPONSE,
    W_VACANT,
    Model,
    State,
)
from sim.rules.contribution import charged_dwellings, yearly_contribution
from sim.rules.plan import (
    CATEGORY_1,
    CATEGORY_2A,
    CATEGORY_2B,
    NO_OBJECTIVE,
    category,
    instruments_suffice,
    land_list_covers,
    plan_suffices,
    rents_in_enough,
)
from sim.rules.progress import bso_realised, lacking

Row = Any


def measurement(model: Model, state: State, t: int) -> None:
    """December: what each municipality lacks of what the next measurement asks; in that measurement's own year this is the measurement."""
    s = model.settings[0]
    r = next_measurement(model.rhythm, t)
    counts, result = state.work[0, :3], state.work[1, :4]
    result[:] = 0
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if r >= 0:
            row = model.rhythm[r]
            net = realised(m, s)
            counts[2] = max(0, net)
            counts[1] = max(0, net + under_way(m, s))
            counts[0] = max(0, net + under_way(m, s) + m["mjp"] + m["dormant"] * s["dormant_counts"])
            lacking(counts, state.asked[i], model.levels[r], m["sib"], row["sib_level"], s["sib_first"], result)
            # what SIB lacks is to be covered at its own stage, beside the regular path's
            result[2 if row["sib_level"] == 0 else 3] += result[1]
        m["lacking_regular"], m["lacking_sib"] = result[0], result[1]
        if r >= 0 and model.rhythm[r]["month"] == t:
            m["measured_regular"], m["measured_sib"], m["measured_mjp"], m["measured_ktp"] = (
                result[0],
                result[1],
                result[2],
                result[3],
            )
            m["at_mjp"], m["at_ktp"], m["at_realised"], m["sib_then"] = counts[0], counts[1], counts[2], m["sib"]
            for legislature in range(state.path.shape[1]):
                state.measured_path[i, legislature] = state.path[i, legislature]


def test(model: Model, state: State, t: int) -> None:
    """The test's verdict: category, plan of approach, contributions of 2B over the years that the test charges."""
    for r in range(len(model.rhythm)):
        if model.rhythm[r]["verdict"] == t:
            measured = model.rhythm[r]
            following = -1 if r + 1 == len(model.rhythm) else model.rhythm[r + 1]["month"]  # none left: no list can suffice
    number = measured["test"]
    total = state.test_totals[number]
    places_mjp, places_ktp = expected_places(model, state, t, following)
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        kept = state.tests[number, i]
        m["category"] = NO_OBJECTIVE
        if m["objective"] > 0:
            keep_measured(m, kept, measured["sib_only"], measured["sib_level"])
            lack = kept["lacking_regular"] + kept["lacking_sib"]
            sufficient = False
            kept["agreement"] = lack > 0 and in_force(m, t)
            if lack > 0 and measured["sib_only"] == 0:
                kept["places_mjp"], kept["places_ktp"] = places_mjp[i], places_ktp[i]
                sufficient = judge_plan(model, state, i, number, measured["asks_rent_in"])
            m["category"] = category(True, lack, sufficient)
            for legislature in range(state.path.shape[1]):
                state.paths[number, i, legislature] = state.measured_path[i, legislature]
            total["shortfall"] += lack
        kept["category"] = m["category"]
        if m["category"] == CATEGORY_2B:
            charge(model, state, i, number, measured)
        total["category_1"] += m["category"] == CATEGORY_1
        total["category_2A"] += m["category"] == CATEGORY_2A
        total["category_2B"] += m["category"] == CATEGORY_2B
        total["contribution_cents"] += kept["contribution_cents"]
        total["company_cents"] += kept["company_cents"]


def keep_measured(m: Row, kept: Row, sib_only: int, sib_level: int) -> None:
    """Keep what the test's measurement found, so that the verdict can be replayed from its row."""
    kept["at_mjp"], kept["at_ktp"], kept["at_realised"], kept["sib"] = m["at_mjp"], m["at_ktp"], m["at_realised"], m["sib_then"]
    kept["lacking_sib"] = m["measured_sib"]
    if sib_only == 0:
        kept["lacking_regular"] = m["measured_regular"]
        kept["lacking_mjp"], kept["lacking_ktp"] = m["measured_mjp"], m["measured_ktp"]
    elif sib_level == 0:
        kept["lacking_mjp"] = m["measured_sib"]
    else:
        kept["lacking_ktp"] = m["measured_sib"]


def judge_plan(model: Model, state: State, i: int, number: int, asks_rent_in: int) -> bool:
    """Return whether municipality i's plan of approach makes it 2A, and keep what it was judged on."""
    s = model.settings[0]
    state.municipalities[i]
    kept = state.tests[number, i]
    kept["filed"] = happens(signed(state.filed[number, i]), s["plan_filed"])
    covers = land_list_covers(kept["lacking_mjp"], kept["lacking_ktp"], kept["places_mjp"], kept["places_ktp"])
    kept["land_list"] = kept["agreement"] == 1 and covers
    kept["instruments"] = instruments(model, state, i, kept, asks_rent_in)
    if s["by_criteria"] == 1:
        return plan_suffices(kept["filed"] == 1, kept["land_list"] == 1 or kept["instruments"] == 1, s["both"])
    return happens(signed(state.accepted[number, i]), s["plan_accepted"])


def charge(model: Model, state: State, i: int, number: int, measured: Row) -> None:
    """Levy the contribution of municipality i on a test: each year what lacks times the premium of the year times the rate."""
    s = model.settings[0]
    m = state.municipalities[i]
    kept = state.tests[number, i]
    lack = kept["lacking_regular"] + kept["lacking_sib"]
    charged = charged_dwellings(lack, m["charged"], s["charged_once"])
    m["charged"] = max(m["charged"], lack)
    for y in range(measured["first_charged"], measured["first_charged"] + s["charged_years"]):
        premium = model.premium[m["premium_area"], y]
        cents = yearly_contribution(charged, premium, measured["rate_numerator"], measured["rate_denominator"])
        kept["contribution_cents"] += cents
        kept["company_cents"] += cents * s["contribution_by_company"] >> 16
        if y < len(state.years):
            state.years[y, i]["paid_cents"] += cents


def expected_places(model: Model, state: State, t: int, following: int) -> tuple[Any, Any]:
    """Return the dwellings (int64[M] each) that a land list can name as coming on MJP, and on KTP, by the month `following`.

    Projects in preparation, for KTP also those on MJP, on land of companies or public bodies; found places as if launched now, and under
    the other reading all room. Expected entries use median durations: nobody knows the projects' own luck.
    """
    s = model.settings[0]
    interval = s["committee_interval"]
    on_mjp, on_ktp = state.work[0], state.work[1]
    on_mjp[:] = 0
    on_ktp[:] = 0
    for p in range(state.world[W_PROJECTS]):
        row = state.projects[p]
        if row["land"] == PRIVATE:
            continue
        if row["stage"] == PREPARATION:
            entry = committee(max(t, row["preparation"] + s["median_preparation"]), interval)
            if entry <= following:
                on_mjp[row["municipality"]] += row["dwellings"]
            if committee(max(t, entry + s["median_permit"]), interval) <= following:
                on_ktp[row["municipality"]] += row["dwellings"]
        elif row["stage"] == MJP and committee(max(t, row["mjp"] + s["median_permit"]), interval) <= following:
            on_ktp[row["municipality"]] += row["dwellings"]
    entry = committee(t + s["median_preparation"], interval)
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        places = m["found"]
        if s["theoretical_land"] == 1:
            places += company_places(m) + public_places(m, s)
        if entry <= following:
            on_mjp[i] += places
        if committee(entry + s["median_permit"], interval) <= following:
            on_ktp[i] += places
    return on_mjp, on_ktp


def instruments(model: Model, state: State, i: int, kept: Row, asks_rent_in: int) -> bool:
    """Return whether municipality i's instruments suffice, with its company's rent-in where the law asks it, and keep how many are in use."""
    s = model.settings[0]
    m = state.municipalities[i]
    company = state.companies[m["company"]]
    for n in range(s["mandatory_instruments"]):
        kept["mandatory"] += in_use(m["effort"], signed(state.instruments[n, i]), s["mandatory_limit"])
    for n in range(s["mandatory_instruments"], s["mandatory_instruments"] + s["voluntary_instruments"]):
        kept["voluntary"] += in_use(m["effort"], signed(state.instruments[n, i]), s["voluntary_limit"])
    rent_in = asks_rent_in == 0 or rents_in_enough(
        company["rented_in"],
        company["rented_in_start"],
        s["rent_in_minimum"],
        s["rent_in_growth_numerator"],
        s["rent_in_growth_denominator"],
    )
    return instruments_suffice(kept["mandatory"], s["mandatory_instruments"], kept["voluntary"], s["voluntary_needed"], rent_in)


def response(model: Model, state: State, t: int) -> None:
    """Effort rises: in December after a predicted or measured failure, in the month of a test after category 2A or 2B."""
    s = model.settings[0]
    december = t % 12 == 0
    tested = False
    for r in range(len(model.rhythm)):
        if model.rhythm[r]["verdict"] == t:
            tested = True
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        before = m["effort"]
        if december and m["lacking_regular"] + m["lacking_sib"] > 0:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_prediction"])
        if tested and m["category"] == CATEGORY_2A:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_2A"])
        if tested and m["category"] == CATEGORY_2B:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_2B"])
        if m["effort"] > before:
            changed(state, i)


def record(model: Model, state: State, t: int) -> None:
    """December: keep the year's row of every municipality and company, and the sums over municipalities."""
    s = model.settings[0]
    year = t // 12 - 1
    total = state.totals[year]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        kept = state.years[year, i]
        kept["realised"] = realised(m, s)
        kept["delivered"], kept["rent_in"], kept["purchased"], kept["sold"] = (
            m["delivered"],
            m["rent_in"],
            m["purchased"],
            m["sold"],
        )
        kept["preparation"], kept["mjp"], kept["ktp"] = m["preparation"], m["mjp"], m["ktp"]
        kept["construction"], kept["dormant"] = m["construction"], m["dormant"]
        kept["lacking_regular"], kept["lacking_sib"], kept["effort"] = m["lacking_regular"], m["lacking_sib"], m["effort"]
        total["objective"] += m["objective"]
        total["bso"] += bso_realised(realised(m, s), m["objective"])
        total["net"] += realised(m, s)
        total["delivered"] += m["delivered"]
        total["rent_in"] += m["rent_in"]
        total["purchased"] += m["purchased"]
        total["sold"] += m["sold"]
        total["preparation"] += m["preparation"]
        total["mjp"] += m["mjp"]
        total["ktp"] += m["ktp"]
        total["construction"] += m["construction"]
        total["dormant"] += m["dormant"]
        kept["voluntary"], kept["objective"] = m["voluntary"], m["objective"]
        total["voluntary"] += m["voluntary"]
        total["paid_cents"] += kept["paid_cents"]
    for c in range(len(state.companies)):
        company = state.companies[c]
        row = state.company_years[year, c]
        row["slots"], row["held"], row["started"] = company["slots"], company["held"], company["started"]
        row["waiting_money"], row["waiting_slot"] = company["waiting_money"], company["waiting_slot"]
        row["credit_old"], row["credit_new"], row["rented_in"] = company["credit_old"], company["credit_new"], company["rented_in"]
    flanders = state.flanders[year]
    flanders["envelope"], flanders["reserved"] = state.world[W_ENVELOPE], state.world[W_RESERVED]
    flanders["vacant"], flanders["money"] = state.world[W_VACANT], state.world[W_MONEY]
