"""Measurement, test and response: what the regulator sees, decides and levies.

At the end where projects would be at median lead times: what a land list can name, and what a test counts that judges lead times.
"""

from typing import Any

from sim.agents.companies import meets_rent_in
from sim.agents.municipalities import company_places, in_use, public_places, raised, realised, under_way
from sim.agents.regulator import committee, next_measurement
from sim.chance.leadtimes import bernoulli, times
from sim.engine.law_calendar import ask, in_force
from sim.engine.queues import changed
from sim.engine.state import Land, Model, Stage, State, Work
from sim.rules.contribution import charged_dwellings, yearly_contribution
from sim.rules.plan import Category, category, instruments_suffice, land_list_covers, plan_suffices, to_cover
from sim.rules.progress import Lack, Level, asked_on_the_way, lacking

Row = Any


def measurement(model: Model, state: State, t: int) -> None:
    """December: what each municipality lacks of what the next measurement asks; in that measurement's own year this is the measurement."""
    s = model.settings[0]
    r = next_measurement(model.rhythm, t)
    on_path = r >= 0 and s["on_path"] == 1 and model.rhythm[r]["month"] > t
    counts, result, ahead_mjp, ahead_ktp = (
        state.work[Work.COUNTS, :3],
        state.work[Work.RESULT, :6],
        state.work[Work.AHEAD_MJP],
        state.work[Work.AHEAD_KTP],
    )
    ahead_mjp[:] = 0
    ahead_ktp[:] = 0
    if s["by_lead_time"] == 1:
        count_ahead(model, state, t, ahead_mjp, ahead_ktp)
    result[:] = 0
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if r >= 0:
            row = model.rhythm[r]
            net = realised(m, s)
            counts[Level.REALISED] = max(0, net)
            counts[Level.KTP] = max(0, net + under_way(m, s) + ahead_ktp[i])
            planned = net + under_way(m, s) + m["mjp"] + m["dormant"] * s["dormant_counts"] + ahead_mjp[i]
            regular, of_sib = row["regular"], row["sib"]
            asked = state.asked[i, : regular + of_sib]
            if on_path:
                asked = state.work[Work.ASKED, : regular + of_sib]
                ask_by_now(model, state, i, r, t, asked)
            lists = s["paper"] > 0 and m["objective"] > 0 and bernoulli(state.listers[0, i], s["paper"])
            for _ in range(2):
                counts[Level.MJP] = max(0, planned + m["paper"])
                lacking(
                    counts,
                    asked[:regular],
                    model.levels[r, :regular],
                    asked[regular:],
                    model.sib_levels[r, :of_sib],
                    m["sib"],
                    s["sib_first"],
                    row["any_of"],
                    s["added"],
                    result,
                )
                at_mjp = result[Lack.REGULAR_MJP] + result[Lack.SIB_MJP]
                if not lists or at_mjp == 0:
                    break
                m["paper"] += at_mjp
                lists = False
        m["lacking_regular"], m["lacking_sib"] = result[Lack.REGULAR], result[Lack.SIB]
        if r >= 0 and model.rhythm[r]["month"] == t:
            m["measured_regular"], m["measured_sib"] = result[Lack.REGULAR], result[Lack.SIB]
            m["measured_mjp"], m["measured_ktp"] = result[Lack.REGULAR_MJP], result[Lack.REGULAR_KTP]
            m["measured_sib_mjp"], m["measured_sib_ktp"] = result[Lack.SIB_MJP], result[Lack.SIB_KTP]
            m["at_mjp"], m["at_ktp"], m["at_realised"], m["sib_then"] = (
                counts[Level.MJP],
                counts[Level.KTP],
                counts[Level.REALISED],
                m["sib"],
            )
            for legislature in range(state.path.shape[1]):
                state.measured_path[i, legislature] = state.path[i, legislature]


def ask_by_now(model: Model, state: State, i: int, r: int, t: int, asked: Any) -> None:
    """Write into `asked` what is asked of municipality i in December: on the line to measurement r from the one before, or the start."""
    before = state.work[Work.BEFORE, : state.asked.shape[1]]
    up, now, b, since = model.settings[0]["round_up"], model.rhythm[r], max(0, r - 1), 0
    before[:] = 0
    if r > 0:
        since = model.rhythm[b]["month"]
        ask(model, b, state.path[i], state.municipalities[i]["sib"], before)
    passed, span = t - since, now["month"] - since
    regular, of_sib, regular_before, of_sib_before = now["regular"], now["sib"], model.rhythm[b]["regular"], model.rhythm[b]["sib"]
    asked_on_the_way(
        state.asked[i, :regular],
        model.levels[r, :regular],
        before[:regular_before],
        model.levels[b, :regular_before],
        passed,
        span,
        up,
        asked[:regular],
    )
    asked_on_the_way(
        state.asked[i, regular : regular + of_sib],
        model.sib_levels[r, :of_sib],
        before[regular_before : regular_before + of_sib_before],
        model.sib_levels[b, :of_sib_before],
        passed,
        span,
        up,
        asked[regular:],
    )


def test(model: Model, state: State, t: int) -> None:
    """The test's verdict: category, plan of approach, contributions of 2B over the years that the test charges."""
    for r in range(len(model.rhythm)):
        if model.rhythm[r]["verdict"] == t:
            measured = model.rhythm[r]
            following = -1 if r + 1 == len(model.rhythm) else model.rhythm[r + 1]["month"]  # none left: no list can suffice
    number = measured["test"]
    total = state.test_totals[number]
    places_mjp, places_ktp = expected_places(model, state, t, following, measured["month"])
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        verdict = state.tests[number, i]
        m["category"] = Category.NO_OBJECTIVE
        if m["objective"] > 0:
            keep_measured(m, verdict, measured["sib_only"])
            lack = verdict["lacking_regular"] + verdict["lacking_sib"]
            sufficient = False
            verdict["agreement"] = lack > 0 and in_force(m, t)
            if lack > 0 and measured["sib_only"] == 0:
                verdict["places_mjp"], verdict["places_ktp"] = places_mjp[i], places_ktp[i]
                sufficient = judge_plan(model, state, i, number, measured["asks_rent_in"])
            m["category"] = category(True, lack, sufficient)
            for legislature in range(state.path.shape[1]):
                state.paths[number, i, legislature] = state.measured_path[i, legislature]
            total["shortfall"] += lack
        verdict["category"] = m["category"]
        if m["category"] == Category.CATEGORY_2B:
            charge(model, state, i, number, measured)
        total["category_1"] += m["category"] == Category.CATEGORY_1
        total["category_2A"] += m["category"] == Category.CATEGORY_2A
        total["category_2B"] += m["category"] == Category.CATEGORY_2B
        total["contribution_cents"] += verdict["contribution_cents"]
        total["company_cents"] += verdict["company_cents"]


def keep_measured(m: Row, verdict: Row, sib_only: int) -> None:
    """Keep what the test's measurement found, so that the verdict can be replayed from its row.

    What SIB lacks is to be covered at its own stage, beside the regular path's.
    """
    verdict["at_mjp"], verdict["at_ktp"], verdict["at_realised"], verdict["sib"] = (
        m["at_mjp"],
        m["at_ktp"],
        m["at_realised"],
        m["sib_then"],
    )
    verdict["lacking_sib"] = m["measured_sib"]
    verdict["lacking_mjp"], verdict["lacking_ktp"] = m["measured_sib_mjp"], m["measured_sib_ktp"]
    if sib_only == 0:
        verdict["lacking_regular"] = m["measured_regular"]
        verdict["lacking_mjp"] += m["measured_mjp"]
        verdict["lacking_ktp"] += m["measured_ktp"]


def judge_plan(model: Model, state: State, i: int, number: int, asks_rent_in: int) -> bool:
    """Return whether municipality i's plan of approach makes it 2A, and keep what it was judged on."""
    s = model.settings[0]
    verdict = state.tests[number, i]
    verdict["filed"] = bernoulli(state.filed[number, i], s["plan_filed"])
    objective = verdict["sib"]  # on the day of the measurement
    for legislature in range(state.path.shape[1]):
        objective += state.measured_path[i, legislature]
    lack_mjp = to_cover(verdict["lacking_mjp"], objective, verdict["at_mjp"], s["whole_objective"])
    covers = land_list_covers(lack_mjp, verdict["lacking_ktp"], verdict["places_mjp"], verdict["places_ktp"])
    verdict["land_list"] = (verdict["agreement"] == 1 or s["always_agreed"] == 1) and covers
    verdict["instruments"] = instruments(model, state, i, verdict, asks_rent_in)
    if s["by_criteria"] == 1:
        return plan_suffices(verdict["filed"] == 1, verdict["land_list"] == 1 or verdict["instruments"] == 1, s["both"])
    return bernoulli(state.accepted[number, i], s["plan_accepted"])


def charge(model: Model, state: State, i: int, number: int, measured: Row) -> None:
    """Levy the contribution of municipality i on a test: each year what lacks times the premium of the year times the rate."""
    s = model.settings[0]
    m = state.municipalities[i]
    verdict = state.tests[number, i]
    lack = verdict["lacking_regular"] + verdict["lacking_sib"]
    charged = charged_dwellings(lack, m["charged"], s["charged_once"])
    m["charged"] = max(m["charged"], lack)
    for y in range(measured["first_charged"], measured["first_charged"] + measured["charged_years"]):
        premium = model.premium[m["premium_area"], y]
        cents = yearly_contribution(charged, premium, measured["rate_numerator"], measured["rate_denominator"])
        verdict["contribution_cents"] += cents
        verdict["company_cents"] += times(cents, s["contribution_by_company"])
        if y < len(state.years):
            state.years[y, i]["paid_cents"] += cents


def instruments(model: Model, state: State, i: int, verdict: Row, asks_rent_in: int) -> bool:
    """Return whether municipality i's instruments suffice, with its company's rent-in where the law asks it, and keep which are in use."""
    s = model.settings[0]
    m = state.municipalities[i]
    for n in range(len(model.uses)):
        mandatory = n < s["mandatory_instruments"]
        if in_use(model.uses[n], m, state.instruments[n, i], s["mandatory_limit"] if mandatory else s["voluntary_limit"], s):
            verdict["instruments_used"] |= 1 << n
            verdict["mandatory"] += mandatory
            verdict["voluntary"] += not mandatory
    rent_in = asks_rent_in == 0 or meets_rent_in(state.companies[m["company"]], s)
    return instruments_suffice(
        verdict["mandatory"], s["mandatory_instruments"], verdict["voluntary"], s["voluntary_needed"], rent_in
    )


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
            m["effort"] = raised(m["effort"], state.world[0]["response"], s["after_prediction"])
        if tested and m["category"] == Category.CATEGORY_2A:
            m["effort"] = raised(m["effort"], state.world[0]["response"], s["after_2A"])
        if tested and m["category"] == Category.CATEGORY_2B:
            m["effort"] = raised(m["effort"], state.world[0]["response"], s["after_2B"])
        if m["effort"] > before:
            changed(state, i)


def ripe(model: Model, row: Row, t: int) -> bool:
    """Return whether the median lead time of a project's stage, preparation or MJP, is over at a committee date by month t."""
    s = model.settings[0]
    if row["stage"] == Stage.PREPARATION:
        return committee(row["preparation"] + s["median_preparation"], s["committee_interval"]) <= t
    return row["stage"] == Stage.MJP and committee(row["mjp"] + s["median_permit"], s["committee_interval"]) <= t


def count_ahead(model: Model, state: State, t: int, on_mjp: Any, on_ktp: Any) -> None:
    """Add the dwellings (int64[M] each) of projects that would be a stage further, on MJP or on KTP, at median lead times."""
    for p in range(state.world[0]["projects"]):
        row = state.projects[p]
        if ripe(model, row, t):
            if row["stage"] == Stage.PREPARATION:
                on_mjp[row["municipality"]] += row["dwellings"]
            else:
                on_ktp[row["municipality"]] += row["dwellings"]


def expected_places(model: Model, state: State, t: int, following: int, measured: int) -> tuple[Any, Any]:
    """Return the dwellings (int64[M] each) that a land list can name as coming on MJP, and on KTP, by the month `following`.

    Projects in preparation, for KTP also those on MJP, on land of companies or public bodies; found places as if launched now, and under
    the other reading all room. Expected entries use median durations: nobody knows the projects' own luck. What was counted as there by
    its lead time in the month `measured` is not counted again.
    """
    s = model.settings[0]
    interval = s["committee_interval"]
    on_mjp, on_ktp = state.work[Work.PLACES_MJP], state.work[Work.PLACES_KTP]
    on_mjp[:] = 0
    on_ktp[:] = 0
    for p in range(state.world[0]["projects"]):
        row = state.projects[p]
        if row["land"] == Land.PRIVATE:
            continue
        counted = s["by_lead_time"] == 1 and ripe(model, row, measured)
        if row["stage"] == Stage.PREPARATION:
            entry = committee(max(t, row["preparation"] + s["median_preparation"]), interval)
            if entry <= following and not counted:
                on_mjp[row["municipality"]] += row["dwellings"]
            if committee(max(t, entry + s["median_permit"]), interval) <= following:
                on_ktp[row["municipality"]] += row["dwellings"]
        elif (
            row["stage"] == Stage.MJP and not counted and committee(max(t, row["mjp"] + s["median_permit"]), interval) <= following
        ):
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
