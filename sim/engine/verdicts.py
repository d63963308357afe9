"""Measurement, test, response and record: what the regulator sees, decides and levies, and what is kept of it."""

from typing import Any

from sim.agents.municipalities import in_use, raised, realised, under_way
from sim.agents.neighbours import happens
from sim.agents.regulator import committee, next_measurement
from sim.chance.leadtimes import signed
from sim.engine.state import MJP, PREPARATION, PRIVATE, W_PROJECTS, W_RESPONSE, Model, State
from sim.rules.contribution import yearly_contribution
from sim.rules.plan import CATEGORY_1, CATEGORY_2A, CATEGORY_2B, category, instruments_suffice, land_list_covers, rents_in_enough
from sim.rules.progress import bso_realised, lacking

Row = Any


def measurement(model: Model, state: State, t: int) -> None:
    """December: what each municipality lacks of what the next measurement asks; in that measurement's own year this is the measurement."""
    r = next_measurement(model.rhythm, t)
    counts, result = state.work[0, :3], state.work[1, :4]
    result[:] = 0
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if r >= 0:
            row = model.rhythm[r]
            counts[2] = max(0, realised(m))
            counts[1] = max(0, realised(m) + under_way(m))
            counts[0] = max(0, realised(m) + under_way(m) + m["mjp"])
            lacking(
                counts,
                state.path[i],
                m["sib"],
                model.levels[r],
                model.numerators[r],
                model.denominators[r],
                row["sib_level"],
                row["sib_numerator"],
                row["sib_denominator"],
                result,
            )
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


def test(model: Model, state: State, t: int) -> None:
    """The test's verdict: category, plan of approach, contributions of 2B over the years that the test charges."""
    for r in range(len(model.rhythm)):
        if model.rhythm[r]["verdict"] == t:
            measured = model.rhythm[r]
            following = -1 if r + 1 == len(model.rhythm) else model.rhythm[r + 1]["month"]  # none left: no list can suffice
    s = model.settings[0]
    number = measured["test"]
    total = state.test_totals[number]
    places_mjp, places_ktp = expected_places(model, state, t, following)
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        kept = state.tests[number, i]
        lack = m["measured_regular"] + m["measured_sib"]
        has_objective = m["objective"] > 0
        sufficient = False
        if has_objective and lack > 0:
            kept["filed"] = happens(signed(state.filed[number, i]), s["plan_filed"])
            kept["land_list"] = land_list_covers(m["measured_mjp"], m["measured_ktp"], places_mjp[i], places_ktp[i])
            kept["instruments"] = instruments(model, state, i, measured["asks_rent_in"])
            if s["by_criteria"] == 1:
                sufficient = kept["filed"] == 1 and (kept["land_list"] == 1 or kept["instruments"] == 1)
            else:
                sufficient = happens(signed(state.accepted[number, i]), s["plan_accepted"])
        m["category"] = category(has_objective, lack, sufficient)
        kept["category"], kept["lacking_regular"], kept["lacking_sib"] = m["category"], m["measured_regular"], m["measured_sib"]
        if m["category"] == CATEGORY_2B:
            first = (t - 1) // 12
            for y in range(first, first + s["charged_years"]):
                premium = model.premium[m["premium_area"], y]
                cents = yearly_contribution(lack, premium, measured["rate_numerator"], measured["rate_denominator"])
                kept["contribution_cents"] += cents
                if y < len(state.years):
                    state.years[y, i]["paid_cents"] += cents
        total["category_1"] += m["category"] == CATEGORY_1
        total["category_2A"] += m["category"] == CATEGORY_2A
        total["category_2B"] += m["category"] == CATEGORY_2B
        total["shortfall"] += lack
        total["contribution_cents"] += kept["contribution_cents"]


def expected_places(model: Model, state: State, t: int, following: int) -> tuple[Any, Any]:
    """Return the dwellings (int64[M] each) that a land list can name as coming on MJP, and on KTP, by the month `following`.

    Projects in preparation, for KTP also those on MJP, on land of companies or public bodies; found places as if launched now. Expected
    entries use median durations: nobody knows the projects' own luck.
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
        if entry <= following:
            on_mjp[i] += state.municipalities[i]["found"]
        if committee(entry + s["median_permit"], interval) <= following:
            on_ktp[i] += state.municipalities[i]["found"]
    return on_mjp, on_ktp


def instruments(model: Model, state: State, i: int, asks_rent_in: int) -> bool:
    """Return whether municipality i's instruments suffice, with its company's rent-in where the law asks it."""
    s = model.settings[0]
    m = state.municipalities[i]
    company = state.companies[m["company"]]
    mandatory = 0
    voluntary = 0
    for n in range(s["mandatory_instruments"]):
        mandatory += in_use(m["effort"], signed(state.instruments[n, i]), s["mandatory_limit"])
    for n in range(s["mandatory_instruments"], s["mandatory_instruments"] + s["voluntary_instruments"]):
        voluntary += in_use(m["effort"], signed(state.instruments[n, i]), s["voluntary_limit"])
    rent_in = asks_rent_in == 0 or rents_in_enough(
        company["rented_in"],
        company["rented_in_start"],
        s["rent_in_minimum"],
        s["rent_in_growth_numerator"],
        s["rent_in_growth_denominator"],
    )
    return instruments_suffice(mandatory, s["mandatory_instruments"], voluntary, s["voluntary_needed"], rent_in)


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
        if december and m["lacking_regular"] + m["lacking_sib"] > 0:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_prediction"])
        if tested and m["category"] == CATEGORY_2A:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_2A"])
        if tested and m["category"] == CATEGORY_2B:
            m["effort"] = raised(m["effort"], state.world[W_RESPONSE], s["after_2B"])


def record(model: Model, state: State, t: int) -> None:
    """December: keep the year's row of every municipality and company, and the sums over municipalities."""
    year = t // 12 - 1
    total = state.totals[year]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        kept = state.years[year, i]
        kept["realised"] = realised(m)
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
        total["bso"] += bso_realised(realised(m), m["objective"])
        total["net"] += realised(m)
        total["delivered"] += m["delivered"]
        total["rent_in"] += m["rent_in"]
        total["purchased"] += m["purchased"]
        total["sold"] += m["sold"]
        total["preparation"] += m["preparation"]
        total["mjp"] += m["mjp"]
        total["ktp"] += m["ktp"]
        total["construction"] += m["construction"]
        total["dormant"] += m["dormant"]
        total["paid_cents"] += kept["paid_cents"]
    for c in range(len(state.companies)):
        company = state.companies[c]
        row = state.company_years[year, c]
        row["slots"], row["held"], row["started"] = company["slots"], company["held"], company["started"]
        row["waiting_money"], row["waiting_slot"] = company["waiting_money"], company["waiting_slot"]
        row["credit_old"], row["credit_new"], row["rented_in"] = company["credit_old"], company["credit_new"], company["rented_in"]
