"""The start of a replication: its draws, its world, and the pipeline of 31 December as projects under way."""

import numpy as np

from sim.chance.draws import table
from sim.chance.leadtimes import ONE, quantile_at, score, times
from sim.chance.shared import shared
from sim.engine.opportunities import set_wills
from sim.engine.pipeline import (
    enter_construction,
    enter_ktp,
    enter_mjp,
    enter_preparation,
    fall_asleep,
    new_project,
    plain,
    planned,
    size_of_next,
    where,
)
from sim.engine.quantiles import Table
from sim.engine.state import (
    COMPANY_YEAR,
    FLANDERS,
    LOSS_WIDTH,
    NONE,
    PROJECT,
    PROJECT_WIDTH,
    SEARCH_WIDTH,
    TEST,
    TEST_TOTAL,
    TOTAL,
    WORLD,
    YEAR,
    Chance,
    Draw,
    Land,
    Model,
    Own,
    Rounding,
    Rows,
    Stage,
    State,
    Work,
)

ONCE = (
    "world.managers",
    "world.budget",
    "world.response",
    "world.rent_in_inflow",
)  # drawn once in a replication
OPPORTUNITIES = 8  # rows of their draws for each row of projects


def new_state(model: Model, seed: int, replication: int, rows: int) -> State:
    """Return the empty state of a replication. `rows`: length of the draw tables; a longer one keeps what a shorter one held."""
    population = replication % len(model.start)
    municipalities = copied(model.start[population])
    count, companies = len(municipalities), len(model.company_start[population])
    years, tests = len(model.slot_growth), int(model.rhythm["test"].max()) + 1
    s, asked = model.settings[0], model.levels.shape[1] + model.sib_levels.shape[1]
    stream_columns = int(municipalities["stream_columns"].sum())

    def draws(purpose: str, rows: int = 1, columns: int = 1) -> np.ndarray:
        return table(seed, replication, purpose, rows, columns) if rows else np.zeros((0, columns), np.uint32)

    searches = 3 * rows // 2
    dates = 1 + int(model.events[:, 2].max(initial=0))
    limited, demolishes, on_paper = (
        int(s["limited"]),
        int(s["demolishes"]),
        int(s["paper"] > 0),
    )  # what a scenario does without is not drawn
    councils = 1 + len(range(int(s["legislature_offset"]), years, int(s["legislature_years"])))
    sizes = dict.fromkeys(ONCE[:3], 1) | {"world.shock": years, "world.rent_in": years, "world.household": dates, ONCE[3]: 1}
    common = shared(seed, replication, sizes, int(s["sampling"]), len(model.start))
    return State(
        projects=np.empty(rows * stream_columns, PROJECT),
        due=np.full(years * 12 + 1, NONE, np.int32),
        municipalities=municipalities,
        companies=copied(model.company_start[population]),
        path=model.path[population].copy(),
        search_due=np.full(years * 12 + 1, NONE, np.int32),
        search_next=np.empty(searches * count, np.int32),
        world=np.zeros(1, WORLD),
        shock=common["world.shock"].astype(np.int64),
        company_shock=draws("company.shock", 1, companies)[0].astype(np.int64),
        staffing=draws("company.managers", 1, companies)[0],
        rent_index=common["world.rent_in"].astype(np.int64),
        project_draws=draws("project", rows, stream_columns * PROJECT_WIDTH).reshape(rows * stream_columns, PROJECT_WIDTH),
        search_draws=draws("search", searches, count * SEARCH_WIDTH).reshape(searches, count, SEARCH_WIDTH),
        instruments=draws("municipality.instruments", len(model.uses), count),
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
        money=np.zeros((years, companies), np.int64),
        drawn=np.concatenate([common[name] for name in ONCE]),
        rounding=(draws("municipality.rounding", len(Rounding), count) >> 16).astype(np.int64),
        efforts=draws("municipality.effort", 1, count),
        agreements=draws("agreement", dates, count),
        exemptions=draws("exemption", 1, count),
        wishes=draws("envelope", 1, count),
        household_errors=draws("household", dates, count),
        target_errors=draws("target_group", dates, count),
        shared_errors=common["world.household"],
        opportunities=draws("opportunity", limited * OPPORTUNITIES * rows, stream_columns).reshape(-1),
        wills=draws("municipality.will", limited * councils, count),
        listers=draws("paper", on_paper, count),
        losses=draws("demolition", demolishes * years, count * LOSS_WIDTH).reshape(-1, count, LOSS_WIDTH),
        chances=np.zeros((len(Chance), count), np.int64),
        asked=np.zeros((count, asked), np.int64),
        status=np.zeros(count, np.int64),
        changed=np.zeros(count, np.int64),
        to_look_at=np.zeros(count, np.int64),
        work=np.zeros((len(Work), max(count, companies, 8, asked)), np.int64),
    )


def copied(rows: Rows) -> Rows:
    """Return a copy of structured rows as one block of bytes: numpy by itself copies them field by field, ten times slower."""
    return rows.view(np.uint8).copy().view(rows.dtype)


def set_world(model: Model, state: State) -> None:
    """Turn the draws of the whole replication into its managers, money, response, effort, shocks and rent-in."""
    s = model.settings[0]
    managers = quantile_at(model.tables[Table.MANAGERS], score(model.normal, state.drawn[0]))
    state.world[0]["managers"] = times(managers, s["managers_scale"])
    state.world[0]["budget"] = quantile_at(model.tables[Table.BUDGET], score(model.normal, state.drawn[1]))
    state.world[0]["envelope"], state.world[0]["vacant"] = s["envelope"], s["vacant"]
    sib = 0
    for i in range(len(state.municipalities)):
        effort = quantile_at(model.tables[Table.EFFORT], score(model.normal, state.efforts[0, i]))
        state.municipalities[i]["effort"] = max(effort, s["effort_least"])
        sib += state.municipalities[i]["sib"]
    state.world[0]["regular"] = max(0, s["objective"] - sib)
    state.world[0]["response"] = quantile_at(model.tables[Table.RESPONSE], score(model.normal, state.drawn[2]))
    if s["limited"] == 1:
        set_wills(model, state)
    index = ONE
    inflow = quantile_at(model.tables[Table.RENT_IN_INFLOW], score(model.normal, state.drawn[3]))
    for y in range(len(state.shock)):
        z = score(model.normal, state.shock[y])
        state.shock[y] = z if y == 0 else (s["persistence"] * state.shock[y - 1] + s["innovation"] * z) >> 16
        luck = score(model.normal, state.rent_index[y])
        if s["rent_in_additive"] == 1:
            if y > 0:
                inflow = max(0, inflow + quantile_at(model.tables[Table.RENT_IN_STEP], luck))
            state.rent_index[y] = inflow
        else:
            index = times(index, ONE + quantile_at(model.tables[Table.RENT_IN], luck))
            state.rent_index[y] = index
    for c in range(len(state.company_shock)):
        state.company_shock[c] = score(model.normal, state.company_shock[c])
        state.companies[c]["staffing"] = quantile_at(model.tables[Table.STAFFING], score(model.normal, state.staffing[c]))


def set_pipeline(model: Model, state: State) -> None:
    """Make projects of the dwellings under way at the start: most advanced first, time to go from the equilibrium distribution.

    Then those of companies' own data, of municipalities for which nothing is estimated.
    """
    for i in range(len(state.municipalities)):
        m = state.municipalities[i]
        fill(model, state, i, m["pipeline_construction"], Stage.CONSTRUCTION)
        fill(model, state, i, m["pipeline_ktp"], Stage.KTP)
        fill(model, state, i, m["pipeline_mjp"], Stage.MJP)
        fill(model, state, i, m["pipeline_preparation"], Stage.PREPARATION)
        fill(model, state, i, m["pipeline_dormant"], Stage.DORMANT)
    for own in range(len(model.own)):
        p = new_project(model, state, model.own[own, Own.MUNICIPALITY], Land.INITIAL, model.own[own, Own.DWELLINGS])
        if p == NONE:
            return
        state.projects[p]["own"] = own
        begin_in(model, state, p, model.own[own, Own.STAGE])


def fill(model: Model, state: State, i: int, dwellings: int, stage: int) -> None:
    """Make projects of municipality i's dwellings in one stage of the initial pipeline."""
    left = dwellings
    while left > 0:
        m = state.municipalities[i]
        size = size_of_next(model, state, m)
        rest = left - size
        if rest < model.settings[0]["smallest_project"] and left <= model.settings[0]["largest_project"]:
            size = left  # no remainder too small for a project of its own
        p = new_project(model, state, i, Land.INITIAL, min(left, size))
        if p == NONE:
            return
        left -= state.projects[p]["dwellings"]
        begin_in(model, state, p, stage)


def begin_in(model: Model, state: State, p: int, stage: int) -> None:
    """Let a project be under way in a stage at the start."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    if stage == Stage.CONSTRUCTION:
        enter_construction(model, state, p, Table.CONSTRUCTION_LEFT, 0)
    elif stage == Stage.KTP:
        enter_ktp(model, state, p, Table.AWARD_LEFT, 0)
    elif stage == Stage.MJP:
        state.companies[m["company"]]["held"] += 1
        enter_mjp(model, state, p, Table.PERMIT_LEFT, ONE, 0)
    elif stage == Stage.PREPARATION:
        enter_preparation(model, state, p, Table.PREPARATION_LEFT, 0)
    else:
        wake = plain(model, state, row["slot"], Draw.WAKE, where(model, row["municipality"], Table.WAKE))
        fall_asleep(state, p, planned(model, row, 0, wake), 0)
