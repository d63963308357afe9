"""The phases of a month, in their fixed order. Each takes the model, the state and the month number, and changes the state."""

from typing import Any

from sim.agents.companies import FIRST_COME, financed, managers, priority, slots
from sim.agents.municipalities import company_places, has_places, need, public_places
from sim.agents.neighbours import happens
from sim.agents.regulator import next_measurement
from sim.chance.leadtimes import months, quantile_at, score, signed
from sim.engine.pipeline import (
    draw,
    enter_mjp,
    enter_preparation,
    move_on,
    new_project,
    size_of_next,
    start_construction,
)
from sim.engine.state import (
    COMPANY,
    D_DURATION,
    D_FOUND,
    D_STREAM,
    D_SUCCESS,
    FOUND,
    NONE,
    PRIVATE,
    PUBLIC,
    W_FINANCE_FIRST,
    W_FINANCE_LATER,
    W_MANAGERS,
    W_POT,
    W_SHORT,
    Model,
    State,
)
from sim.engine.tables import T_PERMIT, T_PREPARATION, T_SEARCH, T_SIZE
from sim.rules.apportion import largest_remainder
from sim.rules.progress import most_required

Row = Any


def policy(model: Model, state: State, t: int) -> None:
    """January: the year's money and preparation slots, and what the next measurement asks of each municipality."""
    year = (t - 1) // 12
    grant_money(model, state, year)
    objective = 0
    for c in range(len(state.companies)):
        objective += state.companies[c]["objective"]
    for c in range(len(state.companies)):
        company = state.companies[c]
        staff = managers(state.world[W_MANAGERS], company["objective"], objective)
        company["slots"] = slots(staff, model.settings[0]["projects_per_manager"], model.slot_growth[year])
        company["started"] = 0
    set_required(model, state, t)


def set_required(model: Model, state: State, t: int) -> None:
    """Keep with each municipality what the next measurement asks at any stage; when none is left, its objective."""
    r = next_measurement(model.rhythm, t)
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        m["required"] = m["objective"]
        if r >= 0:
            row = model.rhythm[r]
            m["required"] = most_required(
                state.path[i], m["sib"], model.numerators[r], model.denominators[r], row["sib_numerator"], row["sib_denominator"]
            )


def grant_money(model: Model, state: State, year: int) -> None:
    """Give every fund its part of the year's money; what was carried over and not spent goes where projects wait."""
    s = model.settings[0]
    count = len(state.companies)
    objectives, waiting, by_objective, by_waiting = (
        state.work[0, :count],
        state.work[1, :count],
        state.work[2, :count],
        state.work[3, :count],
    )
    objectives[:] = 0
    waiting[:] = 0
    waiting_all = 0
    for c in range(count):
        company = state.companies[c]
        objectives[company["fund"]] += company["objective"]
        waiting[company["fund"]] += company["waiting_money"]
        waiting_all += company["waiting_money"]
        state.world[W_POT] += company["credit_old"]
        company["credit_old"] = max(company["credit_new"], 0)
        company["credit_new"] = min(company["credit_new"], 0)
    money = financed(state.world[W_FINANCE_FIRST], state.world[W_FINANCE_LATER], s["finance_years"], year)
    money = money * s["finance_scale"] >> 16
    first = money * s["finance_by_objective"] >> 16
    largest_remainder(first, objectives, by_objective)
    largest_remainder(money - first + state.world[W_POT], waiting if waiting_all > 0 else objectives, by_waiting)
    for c in range(count):
        state.companies[c]["credit_new"] += by_objective[c] + by_waiting[c]
    state.world[W_POT] = 0


def land(model: Model, state: State, t: int) -> None:
    """Private places arrive in January, searches end, and a municipality that needs places and has none starts to search."""
    s = model.settings[0]
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if t % 12 == 1:
            arrived = (((t - 1) // 12 + 1) * m["rate_private"] + m["round_private"]) >> 16
            m["private"] += arrived - m["private_arrived"]
            m["private_arrived"] = arrived
        free = NONE
        for j in range(state.searches.shape[1]):
            if state.searches[i, j] >> SEARCH_BITS == t:
                state.searches[i, j] = end_search(model, state, i, state.searches[i, j] & ((1 << SEARCH_BITS) - 1))
            if state.searches[i, j] == NONE:
                free = j
        if free != NONE and need(m, s) > 0 and not has_places(m, s):
            start_search(model, state, i, free, t)


SEARCH_BITS = (
    10  # a search under way is kept as its month and, in the lowest bits, its number, by which it reads its draws when it ends
)


def start_search(model: Model, state: State, i: int, j: int, t: int) -> None:
    """Start municipality i's next search in place j."""
    m = state.municipalities[i]
    number = m["searches"]
    if number >= state.search_draws.shape[0]:
        state.world[W_SHORT] = 1
        return
    duration = quantile_at(model.tables[T_SEARCH], score(model.normal, state.search_draws[number, i, D_DURATION]))
    state.searches[i, j] = ((t + months(duration)) << SEARCH_BITS) + number
    m["searches"] = number + 1


def end_search(model: Model, state: State, i: int, number: int) -> int:
    """End a search: places if it succeeds. Returns NONE, the state of a place where nobody searches."""
    if happens(signed(state.search_draws[number, i, D_SUCCESS]), model.settings[0]["search_success"]):
        size = quantile_at(model.tables[T_SIZE], score(model.normal, state.search_draws[number, i, D_FOUND]))
        state.municipalities[i]["found"] += max(size, model.settings[0]["smallest_project"])
    return NONE


def completion(model: Model, state: State, t: int) -> None:
    """Projects whose month it is move on; in December the streams without stages follow: rent-in, sales, purchases."""
    p = state.due[t]
    while p != NONE:
        following = state.projects[p]["next"]
        move_on(model, state, p, t)
        p = following
    if t % 12 == 0:
        year = t // 12 - 1
        for c in range(len(state.companies)):
            state.companies[c]["rented_in"] = state.companies[c]["rented_in_start"]
        for i in range(len(state.municipalities)):
            m = state.municipalities[i]
            m["rent_in"] = ((m["rented_in"] * state.rent_index[year] + m["round_rent_in"]) >> 16) - m["rented_in"]
            m["sold"] = min(m["stock"], ((year + 1) * m["rate_sales"] + m["round_sales"]) >> 16)
            if need(m, model.settings[0]) > 0:
                m["purchase_account"] += m["base_purchases"] * m["effort"] // model.settings[0]["effort_mean"]
            m["purchased"] = (m["purchase_account"] + m["round_purchases"]) >> 16
            state.companies[m["company"]]["rented_in"] += m["rent_in"]


def admission(model: Model, state: State, t: int) -> None:
    """Awarded projects start construction, the oldest first, while their fund has credit; one project may overdraw it."""
    for c in range(len(state.companies)):
        fund = state.companies[c]
        while fund["money_first"] != NONE and fund["credit_old"] + fund["credit_new"] > 0:
            p = fund["money_first"]
            fund["money_first"] = state.projects[p]["next"]
            start_construction(model, state, p, t)


def launch(model: Model, state: State, t: int) -> None:
    """Companies give their free slots: first to dormant projects that woke, then to new projects where their policy says."""
    chosen_policy = model.settings[0]["policy"]
    if chosen_policy == FIRST_COME:
        mark_waiting(model, state, t)
    for c in range(len(state.companies)):
        company = state.companies[c]
        while company["held"] < company["slots"]:
            if company["slot_first"] != NONE:
                p = company["slot_first"]
                company["slot_first"] = state.projects[p]["next"]
                wake(model, state, p, t)
                continue
            best = choose(model, state, company, chosen_policy)
            if best == NONE or not start_project(model, state, best, t):
                break


def mark_waiting(model: Model, state: State, t: int) -> None:
    """Keep since when each municipality has had need and places; without either the wait is forgotten."""
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        if need(m, model.settings[0]) <= 0 or not has_places(m, model.settings[0]):
            m["waiting_since"] = NONE
        elif m["waiting_since"] == NONE:
            m["waiting_since"] = t


def choose(model: Model, state: State, company: Row, chosen_policy: int) -> int:
    """Return the municipality that the company serves next, or NONE: the highest priority among those with need and places."""
    best = NONE
    highest = 0
    for j in range(company["first_member"], company["first_member"] + company["members"]):
        i = model.members[j]
        m = state.municipalities[i]
        if need(m, model.settings[0]) > 0 and has_places(m, model.settings[0]):
            score_now = priority(chosen_policy, m)
            if best == NONE or score_now > highest:
                best, highest = i, score_now
    return best


def wake(model: Model, state: State, p: int, t: int) -> None:
    """Give a slot to a dormant project that woke: it counts as MJP from now on."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    m["dormant"] -= row["dwellings"]
    company["waiting_slot"] -= 1
    company["held"] += 1
    enter_mjp(model, state, p, T_PERMIT, model.settings[0]["awake_share"], t)


def start_project(model: Model, state: State, i: int, t: int) -> bool:
    """Start municipality i's next project on private land if the draw says so, else on company, public or found land, else on private.

    Returns False when its draws are used up.
    """
    m = state.municipalities[i]
    s = model.settings[0]
    least = s["smallest_project"]
    size = max(size_of_next(model, state, m), least)
    if state.world[W_SHORT] == 1:
        return False
    kind = PRIVATE
    places = m["private"]
    if places < least or not happens(draw(state, m, m["projects"], D_STREAM), s["private_share"]):
        if company_places(m) >= least:
            kind, places = COMPANY, company_places(m)
        elif public_places(m, s) >= least:
            kind, places = PUBLIC, public_places(m, s)
        elif m["found"] >= least:
            kind, places = FOUND, m["found"]
    dwellings = min(size, max(need(m, s), least), places)
    p = new_project(model, state, i, kind, dwellings)
    if p == NONE:
        return False
    if kind == COMPANY:
        m["used_company"] += dwellings
    elif kind == PUBLIC:
        m["used_public"] += dwellings
    elif kind == FOUND:
        m["found"] -= dwellings
    else:
        m["private"] -= dwellings
    m["waiting_since"] = t + 1
    enter_preparation(model, state, p, T_PREPARATION, t)
    return True
