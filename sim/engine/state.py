"""The rows the engine works on: projects, municipalities, companies, and what is kept of every year and test. All integers.

Dwellings unless said otherwise; months are month numbers, -1 where something never happened; effort, shares and managers in fixed point
(1/65536). Field names are the documentation of the engine's vocabulary, and the columns of the result tables.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DORMANT, PREPARATION, MJP, KTP, AWARD, CONSTRUCTION, REALISED, CANCELLED = range(8)
STAGES = ("dormant", "preparation", "MJP", "KTP", "award", "construction", "realised", "cancelled")
INITIAL, COMPANY, PUBLIC, FOUND, PRIVATE = range(5)
LANDS = ("initial", "company", "public", "found", "private")
NONE = -1

# A project's draws lie side by side, at these places of its slot. New ones go at the end, so that the others keep theirs.
PROJECT_WIDTH, SEARCH_WIDTH = 16, 4
PROJECT_DRAWS = (
    "size",
    "stream",
    "preparation",
    "permit",
    "appeal",
    "appeal_delay",
    "council",
    "council_duration",
    "annulled",
    "new_permit",
    "cancelled",
    "award",
    "start",
    "construction",
    "wake",
)
(D_SIZE, D_STREAM, D_PREPARATION, D_PERMIT, D_APPEAL, D_APPEAL_DELAY, D_COUNCIL, D_COUNCIL_DURATION, D_ANNULLED, D_NEW_PERMIT) = (
    range(10)
)
(D_CANCELLED, D_AWARD, D_START, D_CONSTRUCTION, D_WAKE) = range(10, 15)
SEARCH_DRAWS = ("duration", "success", "size")
D_DURATION, D_SUCCESS, D_FOUND = range(3)
ROUNDING_RENT_IN, ROUNDING_SALES, ROUNDING_PURCHASES, ROUNDING_PRIVATE = range(4)

HISTORY = (
    "municipality",
    "k",
    "land",
    "dwellings",
    "stage",
    "asked",
    "preparation",
    "mjp",
    "ktp",
    "award",
    "ready",
    "construction",
    "ended",
)
PROJECT = np.dtype(
    [(name, np.int32) for name in (*HISTORY, "queued", "next")]
)  # month of queueing; the project behind in a queue or month

MUNICIPALITY = np.dtype(
    [
        (name, np.int64)
        for name in (
            # need and places, looked at in every month: side by side
            *("objective", "delivered", "purchased", "sold", "rent_in", "preparation", "mjp", "ktp", "construction"),
            *("room_company", "used_company", "room_public", "used_public", "found", "private", "effort", "required"),
            # the rest of the state
            *("dormant", "private_arrived", "purchase_account", "projects", "searches", "waiting_since", "category"),
            *("lacking_regular", "lacking_sib"),  # this December's
            *("measured_regular", "measured_sib", "measured_mjp", "measured_ktp"),  # kept for the test
            # fixed at the start
            *("company", "premium_area", "regular", "sib", "stock", "rented_in", "first_column", "lanes"),
            *("rate_private", "rate_sales", "base_purchases"),
            *("pipeline_construction", "pipeline_ktp", "pipeline_mjp", "pipeline_preparation", "pipeline_dormant"),
            *("round_rent_in", "round_sales", "round_purchases", "round_private"),
        )
    ]
)
COMPANY_ROW = np.dtype(
    [
        (name, np.int64)
        for name in (
            *("first_member", "members", "objective", "rented_in_start", "fund"),
            *("slots", "held", "credit_old", "credit_new", "started", "waiting_money", "waiting_slot", "rented_in"),
            *("slot_first", "slot_last", "money_first", "money_last"),
        )
    ]
)
YEAR = np.dtype(
    [
        (name, np.int32)
        for name in (
            *("realised", "delivered", "rent_in", "purchased", "sold", "preparation", "mjp", "ktp", "construction", "dormant"),
            *("lacking_regular", "lacking_sib", "effort"),
        )
    ]
    + [("paid_cents", np.int64)]
)
TEST = np.dtype(
    [(name, np.int32) for name in ("category", "lacking_regular", "lacking_sib", "filed", "land_list", "instruments")]
    + [("contribution_cents", np.int64)]
)
# Sums over municipalities: `bso` of realised within 0 and the objective, `net` of realised as it is.
TOTAL = np.dtype(
    [
        (name, np.int64)
        for name in (
            *("objective", "bso", "net", "delivered", "rent_in", "purchased", "sold"),
            *("preparation", "mjp", "ktp", "construction", "dormant", "paid_cents"),
        )
    ]
)
TEST_TOTAL = np.dtype(
    [(name, np.int64) for name in ("category_1", "category_2A", "category_2B", "shortfall", "contribution_cents")]
)
COMPANY_YEAR = np.dtype(
    [
        (name, np.int32)
        for name in ("slots", "held", "started", "waiting_money", "waiting_slot", "credit_old", "credit_new", "rented_in")
    ]
)

Rows = NDArray[np.void]
Whole = NDArray[np.int64]


class Model(NamedTuple):
    """What is the same in every replication of a scenario.

    settings: one row, every scalar. tables: int64[n, 2049] quantiles. normal: int64[4096] scores. appeal_threshold, size_factor: by dwellings.
    start: MUNICIPALITY[P, M]; company_start: COMPANY_ROW[P, C]; members: municipalities by company. path: int64[P, M, L].
    rhythm: one row per measurement, with its requirements in levels (int64[R, Q]), numerators ([R, Q, L]), denominators ([R, Q]).
    premium: int64[2, years and beyond] cents a year, by area. slot_growth: int64[years] fixed point.
    """

    settings: Rows
    tables: Whole
    normal: Whole
    appeal_threshold: Whole
    size_factor: Whole
    start: Rows
    company_start: Rows
    members: Whole
    path: Whole
    rhythm: Rows
    levels: Whole
    numerators: Whole
    denominators: Whole
    premium: Whole
    slot_growth: Whole


class State(NamedTuple):
    """One replication under way.

    projects: PROJECT[n]; due: int32[months + 1], the first project whose month it is; searches: int32[M, searches at once], their months.
    world: int64[...], see W_ below. shock: int64[years] Flanders' scores; company_shock: int64[C]; rent_index: int64[years] fixed point.
    project_draws: uint32[rows, lanes, 16]; search_draws: uint32[rows, M, 4]; instruments: uint32[n, M]; filed, accepted: uint32[tests, M].
    years, tests, company_years, totals, test_totals: what is kept.
    work: int64[4, ...], scratch of a phase, so that compiled code allocates nothing.
    """

    projects: Rows
    due: NDArray[np.int32]
    municipalities: Rows
    companies: Rows
    path: Whole
    searches: NDArray[np.int32]
    world: Whole
    shock: Whole
    company_shock: Whole
    rent_index: Whole
    project_draws: NDArray[np.uint32]
    search_draws: NDArray[np.uint32]
    instruments: NDArray[np.uint32]
    filed: NDArray[np.uint32]
    accepted: NDArray[np.uint32]
    years: Rows
    tests: Rows
    company_years: Rows
    totals: Rows
    test_totals: Rows
    work: Whole


# state.world: values of the whole replication. W_SHORT is set when a table of draws or projects was too short: it is run again, longer.
W_MANAGERS, W_FINANCE_FIRST, W_FINANCE_LATER, W_RESPONSE, W_PROJECTS, W_POT, W_SHORT = range(7)
