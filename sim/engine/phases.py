"""The phases of a month, in their fixed order. Each takes the model, the state and the month number, and changes the state."""

from typing import Any

from sim.agents.companies import for_new_build, managers, modest, slots, weight
from sim.agents.municipalities import SEEKS
from sim.agents.regulator import next_measurement
from sim.chance.leadtimes import ONE, bernoulli, months, quantile_at, score, times
from sim.engine.law_calendar import ask, happen
from sim.engine.market import demolish, end_year, so_far
from sim.engine.opportunities import come_up, set_rates
from sim.engine.pipeline import move_on, start_construction, where
from sim.engine.quantiles import Table
from sim.engine.queues import all_changed, changed, following, look_again
from sim.engine.state import NONE, Model, Rounding, SearchDraw, State, Work
from sim.rules.apportion import largest_remainder
from sim.rules.progress import most_required

Row = Any


def policy(model: Model, state: State, t: int) -> None:
    """What the law does on its dates; in January land, money and preparation slots; then what the next measurement asks of each municipality."""
    acted = happen(model, state, t)
    if t % 12 == 1:
        year = (t - 1) // 12
        if model.settings[0]["limited"] == 1:
            set_rates(model, state, year)
        buy_land(state, year)
        set_objectives(state)
        grant_money(model, state, year)
        grant_slots(model, state, year)
    r = next_measurement(model.rhythm, t)
    if acted or t == 1 or r != next_measurement(model.rhythm, t - 12):
        set_required(model, state, r)


def buy_land(state: State, year: int) -> None:
    """Add the places bought to the companies' room."""
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        bought = so_far(m["rate_bought"], year, state.rounding[Rounding.BOUGHT, i])
        if bought > m["bought"]:
            m["room_company"] += bought - m["bought"]
            m["bought"] = bought
            changed(state, i)


def set_objectives(state: State) -> None:
    """Keep with each company the objectives of its municipalities together."""
    for c in range(len(state.companies)):
        state.companies[c]["objective"] = 0
    for i in range(len(state.municipalities)):
        state.companies[state.municipalities[i]["company"]]["objective"] += state.municipalities[i]["objective"]


def grant_slots(model: Model, state: State, year: int) -> None:
    """Give every company its preparation slots of the year."""
    s = model.settings[0]
    weights = 0
    for c in range(len(state.companies)):
        weights += weight(state.companies[c]["objective"], state.companies[c]["staffing"])
    everywhere = for_new_build(state.world[0]["managers"], s["new_build"], s["renovation_managers"])
    for c in range(len(state.companies)):
        company = state.companies[c]
        if company["own_managers"] != NONE:
            company["slots"] = slots(company["own_managers"], s["projects_per_manager"], ONE)
        else:
            staff = managers(everywhere, weight(company["objective"], company["staffing"]), weights)
            company["slots"] = slots(staff, s["projects_per_manager"], model.slot_growth[year])
        company["started"] = 0


def set_required(model: Model, state: State, r: int) -> None:
    """Keep with each municipality what measurement r, the next, asks, and the most of it; when none is left (r < 0), its objective."""
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        m["required"] = m["objective"]
        if r >= 0:
            regular, sib = model.rhythm[r]["regular"], model.rhythm[r]["sib"]
            ask(model, r, state.path[i], m["sib"], state.asked[i])
            m["required"] = most_required(state.asked[i, : regular + sib], regular)


def money_of_year(model: Model, state: State, year: int) -> int:
    """Return the money for new build in a year (thousand euro), after renovation and modest rental."""
    s = model.settings[0]
    budget = times(times(state.world[0]["budget"], s["finance_scale"]), model.budget_growth[year])
    money = times(budget, s["budget_for_new_build"])
    left, everywhere = money, 0
    for c in range(len(state.companies)):
        everywhere += state.companies[c]["objective"]
    for c in range(len(state.companies)):
        state.money[year, c] = money * state.companies[c]["objective"] // everywhere if everywhere > 0 else 0
        five_years = 0
        for back in range(1, 6):
            five_years += state.money[max(0, year - back), c]
        left -= modest(state.money[year, c], s["modest_share"], five_years, s["modest_cap_numerator"], s["modest_cap_denominator"])
    return left


def grant_money(model: Model, state: State, year: int) -> None:
    """Give every fund its part of the year's money; what was carried over and not spent goes where projects wait, or lapses."""
    s = model.settings[0]
    count = len(state.companies)
    objectives, waiting, by_objective, by_waiting = (
        state.work[Work.OBJECTIVES, :count],
        state.work[Work.WAITING, :count],
        state.work[Work.BY_OBJECTIVE, :count],
        state.work[Work.BY_WAITING, :count],
    )
    objectives[:] = 0
    waiting[:] = 0
    waiting_all = pot = unspent = 0
    for c in range(count):
        company = state.companies[c]
        objectives[company["fund"]] += company["objective"]
        shares = company["own_finance"] == NONE  # who has means of its own takes no part in what others share
        if shares:
            waiting[company["fund"]] += company["waiting_money"]
            waiting_all += company["waiting_money"]
        if shares and s["pooled"] == 0:
            pot += company["credit_old"]
        else:
            unspent += company["credit_old"]
        company["credit_old"] = max(company["credit_new"], 0)
        company["credit_new"] = min(company["credit_new"], 0)
    money = money_of_year(model, state, year)
    first = times(money, s["finance_by_objective"])
    largest_remainder(first, objectives, by_objective)
    largest_remainder(money - first + pot, waiting if waiting_all > 0 else objectives, by_waiting)
    unspent += money + pot  # less what is split: without any objective that is not all of it
    for c in range(count):
        company = state.companies[c]
        own = company["own_finance"]
        unspent -= by_objective[c] + by_waiting[c]
        company["credit_new"] += own * model.cost[year] if own != NONE else by_objective[c] + by_waiting[c]
    state.world[0]["money"], state.world[0]["spent"], state.world[0]["unspent"] = money, 0, unspent
    state.world[0]["vacant"] += times(state.world[0]["vacant"], s["vacancy_growth"])


def land(model: Model, state: State, t: int) -> None:
    """Private places arrive in January, searches end, and a municipality that needs places and has none starts to search."""
    if t % 12 == 1:
        arrive(state, (t - 1) // 12)
    if model.settings[0]["limited"] == 1:
        come_up(model, state)
    count = len(state.municipalities)
    search = state.search_due[t]
    while search != NONE:
        end_search(model, state, search % count, search // count)
        search = state.search_next[search]
    look_again(model, state)
    i = following(state, SEEKS, 0)
    while i != NONE:
        start_search(model, state, i, t)
        i = following(state, SEEKS, i + 1)


def arrive(state: State, year: int) -> None:
    """Add the year's private places."""
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        arrived = so_far(m["rate_private"], year, state.rounding[Rounding.PRIVATE, i])
        if arrived > m["private_arrived"]:
            m["private"] += arrived - m["private_arrived"]
            m["private_arrived"] = arrived
            changed(state, i)


def start_search(model: Model, state: State, i: int, t: int) -> None:
    """Start municipality i's next search, and put it on the list of the month in which it ends."""
    m = state.municipalities[i]
    number = m["searches"]
    if number >= state.search_draws.shape[0]:
        state.world[0]["short"] = 1
        return
    z = score(model.normal, state.search_draws[number, i, SearchDraw.DURATION])
    duration = quantile_at(model.tables[where(model, i, Table.SEARCH)], z)
    m["searches"] += 1
    m["searching"] += 1
    changed(state, i)
    month = t + months(duration)
    if month < len(state.search_due):
        search = number * len(state.municipalities) + i
        state.search_next[search] = state.search_due[month]
        state.search_due[month] = search


def end_search(model: Model, state: State, i: int, number: int) -> None:
    """End a search of municipality i: places if it succeeds."""
    state.municipalities[i]["searching"] -= 1
    changed(state, i)
    if bernoulli(state.search_draws[number, i, SearchDraw.SUCCESS], model.settings[0]["search_success"]):
        size = quantile_at(model.tables[Table.SIZE], score(model.normal, state.search_draws[number, i, SearchDraw.FOUND]))
        state.municipalities[i]["found"] += max(size, model.settings[0]["smallest_project"])


def completion(model: Model, state: State, t: int) -> None:
    """Projects whose month it is move on; in December the streams without stages follow: rent-in, sales, purchases, demolition.

    In June what is delivered is noted: under the reading "let" it counts from December on.
    """
    p = state.due[t]
    while p != NONE:
        following = state.projects[p]["next"]
        move_on(model, state, p, t)
        p = following
    if t % 12 == 0:
        end_year(model, state, t)
        if model.settings[0]["demolishes"] == 1:
            demolish(model, state, t // 12 - 1)
        all_changed(state)
    elif t % 12 == 6:
        for i in range(len(state.municipalities)):
            state.municipalities[i]["let"] = state.municipalities[i]["delivered"]


def admission(model: Model, state: State, t: int) -> None:
    """Awarded projects start construction, the oldest first, while their fund has credit; one project may overdraw it."""
    for c in range(len(state.companies)):
        fund = state.companies[c]
        while fund["money_first"] != NONE and fund["credit_old"] + fund["credit_new"] > 0:
            p = fund["money_first"]
            fund["money_first"] = state.projects[p]["next"]
            start_construction(model, state, p, t)
