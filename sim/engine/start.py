"""The start of a replication: its draws, its world, and the pipeline of 31 December as projects under way."""

import numpy as np

from sim.chance.draws import table
from sim.chance.leadtimes import ONE, months, quantile_at, score
from sim.chance.shared import shared
from sim.engine.pipeline import (
    enter_construction,
    enter_ktp,
    enter_mjp,
    enter_preparation,
    new_project,
    plain,
    planned,
    schedule,
    size_of_next,
)
from sim.engine.state import (
    COMPANY_YEAR,
    CONSTRUCTION,
    D_WAKE,
    DORMANT,
    FLANDERS,
    INITIAL,
    KTP,
    MJP,
    NONE,
    O_DWELLINGS,
    O_MUNICIPALITY,
    O_STAGE,
    PREPARATION,
    PROJECT,
    PROJECT_WIDTH,
    SEARCH_WIDTH,
    TEST,
    TEST_TOTAL,
    TOTAL,
    W_ENVELOPE,
    W_FINANCE_FIRST,
    W_FINANCE_LATER,
    W_MANAGERS,
    W_REGULAR,
    W_RESPONSE,
    W_VACANT,
    WORLD_SIZE,
    YEAR,
    Model,
    Rows,
    State,
)
from sim.engine.tables import (
    R_AWARD,
    R_CONSTRUCTION,
    R_PERMIT,
    R_PREPARATION,
    T_EFFORT,
    T_FINANCE_FIRST,
    T_FINANCE_LATER,
    T_MANAGERS,
    T_RENT_IN,
    T_RESPONSE,
    T_STAFFING,
    T_WAKE,
)

ONCE = ("world.managers", "world.finance_2026", "world.finance_2034", "world.response")  # drawn once in a replication


def new_state(model: Model, seed: int, replication: int, rows: int) -> State:
    """Return the empty state of a replication. `rows`: length of the draw tables; a longer one keeps what a shorter one held."""
    population = replication % len(model.start)
    municipalities = copied(model.start[population])
    count, companies = len(municipalities), len(model.company_start[population])
    years, tests = len(model.slot_growth), int(model.rhythm["test"].max()) + 1
    s = model.settings[0]
    lanes = int(municipalities["lanes"].sum())

    def draws(purpose: str, rows: int = 1, columns: int = 1) -> np.ndarray:
        return table(seed, replication, purpose, rows, columns)

    searches = 3 * rows // 2
    dates = 1 + int(model.events[:, 2].max(initial=0))
    instruments = int(s["mandatory_instruments"] + s["voluntary_instruments"])
    sizes = dict.fromkeys(ONCE, 1) | {"world.shock": years, "world.rent_in": years, "world.household": dates}
    common = shared(seed, replication, sizes, int(s["sampling"]), len(model.start))
    return State(
        projects=np.empty(rows * lanes, PROJECT),
        due=np.full(years * 12 + 1, NONE, np.int32),
        municipalities=municipalities,
        companies=copied(model.company_start[population]),
        path=model.path[population].copy(),
        search_due=np.full(years * 12 + 1, NONE, np.int32),
        search_next=np.empty(searches * count, np.int32),
        world=np.zeros(WORLD_SIZE, np.int64),
        shock=common["world.shock"].astype(np.int64),
        company_shock=draws("company.shock", 1, companies)[0].astype(np.int64),
        staffing=draws("company.managers", 1, companies)[0],
        rent_index=common["world.rent_in"].astype(np.int64),
        project_draws=draws("project", rows, lanes * PROJECT_WIDTH).reshape(rows * lanes, PROJECT_WIDTH),
        search_draws=draws("search", searches, count * SEARCH_WIDTH).reshape(searches, count, SEARCH_WIDTH),
        instruments=draws("municipality.instruments", instruments, count),
        filed=draws("plan.filed", max(1, tests), count),
        accepted=draws("plan.accepted", max(1, tests), count),
        years=np.zeros((years, count), YEAR),
        tests=np.zeros((tests, count), TEST),
        company_years=np.zeros((years, companies), COMPANY_YEAR),
        totals=np.zeros(years, TOTAL),
        test_totals=np.zeros(tests, TEST_TOTAL),
        flanders=np.zeros(years, FLANDERS),
        paths=np.zeros((tests, *model.path[population].shape), np.int64),
        measured_path=np.zeros(model.path[population].shape, np.int64),
        money=np.zeros(years, np.int64),
        drawn=np.concatenate([common[name] for name in ONCE]),
        rounding=(draws("municipality.rounding", 5, count) >> 16).astype(np.int64),
        efforts=draws("municipality.effort", 1, count),
        agreements=draws("agreement", dates, count),
        exemptions=draws("exemption", 1, count),
        wishes=draws("envelope", 1, count),
        household_errors=draws("household", dates, count),
        target_errors=draws("target_group", dates, count),
        shared_errors=common["world.household"],
        asked=np.zeros((count, model.levels.shape[1] + 1), np.int64),
        standing=np.zeros(count, np.int64),
        changed=np.zeros(count, np.int64),
        to_look_at=np.zeros(count, np.int64),
        work=np.zeros((7, max(count, companies, 8)), np.int64),
    )


def copied(rows: Rows) -> Rows:
    """Return a copy of structured rows as one block of bytes: numpy by itself copies them field by field, ten times slower."""
    return rows.view(np.uint8).copy().view(rows.dtype)


def set_world(model: Model, state: State) -> None:
    """Turn the draws of the whole replication into its managers, money, response, effort, shocks and rent-in."""
    s = model.settings[0]
    managers = quantile_at(model.tables[T_MANAGERS], score(model.normal, state.drawn[0]))
    state.world[W_MANAGERS] = managers * s["managers_scale"] >> 16
    state.world[W_FINANCE_FIRST] = quantile_at(model.tables[T_FINANCE_FIRST], score(model.normal, state.drawn[1]))
    state.world[W_FINANCE_LATER] = quantile_at(model.tables[T_FINANCE_LATER], score(model.normal, state.drawn[2]))
    state.world[W_ENVELOPE], state.world[W_VACANT] = s["envelope"], s["vacant"]
    sib = 0
    for i in range(len(state.municipalities)):
        effort = quantile_at(model.tables[T_EFFORT], score(model.normal, state.efforts[0, i]))
        state.municipalities[i]["effort"] = max(effort, s["effort_least"])
        sib += state.municipalities[i]["sib"]
    state.world[W_REGULAR] = max(0, s["objective"] - sib)
    state.world[W_RESPONSE] = quantile_at(model.tables[T_RESPONSE], score(model.normal, state.drawn[3]))
    index = ONE
    for y in range(len(state.shock)):
        z = score(model.normal, state.shock[y])
        state.shock[y] = z if y == 0 else (s["persistence"] * state.shock[y - 1] + s["innovation"] * z) >> 16
        index = index * (ONE + quantile_at(model.tables[T_RENT_IN], score(model.normal, state.rent_index[y]))) >> 16
        state.rent_index[y] = index
    for c in range(len(state.company_shock)):
        state.company_shock[c] = score(model.normal, state.company_shock[c])
        state.companies[c]["staffing"] = quantile_at(model.tables[T_STAFFING], score(model.normal, state.staffing[c]))


def set_pipeline(model: Model, state: State) -> None:
    """Make projects of the dwellings under way at the start: most advanced first, time to go from the equilibrium distribution.

    Then those of companies' own data, of municipalities for which nothing is estimated.
    """
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        fill(model, state, i, m["pipeline_construction"], CONSTRUCTION)
        fill(model, state, i, m["pipeline_ktp"], KTP)
        fill(model, state, i, m["pipeline_mjp"], MJP)
        fill(model, state, i, m["pipeline_preparation"], PREPARATION)
        fill(model, state, i, m["pipeline_dormant"], DORMANT)
    for own in range(len(model.own)):
        p = new_project(model, state, model.own[own, O_MUNICIPALITY], INITIAL, model.own[own, O_DWELLINGS])
        if p == NONE:
            return
        state.projects[p]["own"] = own
        begin_in(model, state, p, model.own[own, O_STAGE])


def fill(model: Model, state: State, i: int, dwellings: int, stage: int) -> None:
    """Make projects of municipality i's dwellings in one stage of the initial pipeline."""
    left = dwellings
    while left > 0:
        m = state.municipalities[i]
        size = size_of_next(model, state, m)
        rest = left - size
        if rest < model.settings[0]["smallest_project"] and left <= model.settings[0]["largest_project"]:
            size = left  # no remainder too small for a project of its own
        p = new_project(model, state, i, INITIAL, min(left, size))
        if p == NONE:
            return
        left -= state.projects[p]["dwellings"]
        begin_in(model, state, p, stage)


def begin_in(model: Model, state: State, p: int, stage: int) -> None:
    """Let a project be under way in a stage at the start."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    if stage == CONSTRUCTION:
        enter_construction(model, state, p, R_CONSTRUCTION, 0)
    elif stage == KTP:
        enter_ktp(model, state, p, R_AWARD, 0)
    elif stage == MJP:
        state.companies[m["company"]]["held"] += 1
        enter_mjp(model, state, p, R_PERMIT, ONE, 0)
    elif stage == PREPARATION:
        enter_preparation(model, state, p, R_PREPARATION, 0)
    else:
        row["stage"] = DORMANT
        m["dormant"] += row["dwellings"]
        schedule(state, p, months(planned(model, row, 0, plain(model, state, row["slot"], D_WAKE, T_WAKE))))
