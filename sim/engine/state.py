"""The rows the engine works on: projects, municipalities, companies, and what is kept of every year and test. All integers.

Dwellings unless said otherwise; months are month numbers, -1 where something never happened; effort, shares and managers in fixed point
(1/65536). Field names are the documentation of the engine's vocabulary, and the columns of the result tables.
"""

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NONE = -1
LAST = 1 << 20  # months


class Stage(IntEnum):
    """Where a project is. A measurement counts by levels (`sim.rules.progress.Level`)."""

    DORMANT, PREPARATION, MJP, KTP, AWARD, CONSTRUCTION, REALISED, CANCELLED = range(8)


class Land(IntEnum):
    """Whose land a project is on; INITIAL: it was under way at the start."""

    INITIAL, COMPANY, PUBLIC, FOUND, PRIVATE = range(5)


class Stream(IntEnum):
    """Of what stream a project is."""

    OWN, CBO, CONVENTIONED, REPLACEMENT = range(4)


STAGES = ("dormant", "preparation", "MJP", "KTP", "award", "construction", "realised", "cancelled")
LANDS = ("initial", "company", "public", "found", "private")


class Draw(IntEnum):
    """Places of a project's draws, side by side in its slot. New ones go at the end, so that the others keep theirs."""

    SIZE, STREAM, PREPARATION, PERMIT, APPEAL, APPEAL_DELAY, COUNCIL, COUNCIL_DURATION, ANNULLED, NEW_PERMIT = range(10)
    CANCELLED, AWARD, START, CONSTRUCTION, WAKE, ASLEEP = range(10, 16)


class SearchDraw(IntEnum):
    """Places of a search's draws."""

    DURATION, SUCCESS, FOUND = range(3)


class LossDraw(IntEnum):
    """Places of the draws of a municipality's demolition in a year."""

    HAPPENS, SIZE, REBUILT = range(3)


PROJECT_WIDTH, SEARCH_WIDTH, LOSS_WIDTH = 16, 4, 3  # room for draws


class Chance(IntEnum):
    """Rows of `State.chances`, what a municipality's opportunities come by.

    WILL: the normal score of its will (1/4096). RATE: opportunities a month (fixed point). CLOCK: their sum so far; the next one comes when
    it reaches MARK. CAME: how many came.
    """

    WILL, RATE, CLOCK, MARK, CAME = range(5)


class Rounding(IntEnum):
    """Rows of `State.rounding`: what each yearly stream of a municipality is rounded by."""

    RENT_IN, SALES, PURCHASES, PRIVATE, BOUGHT = range(5)


class Act(IntEnum):
    """What the law itself does on its dates, in this order when dates coincide."""

    LATE_AGREEMENT, EXEMPTION, AGREEMENT, REDISTRIBUTION, RECALIBRATION, ENVELOPE = range(6)


class Own(IntEnum):
    """Columns of `Model.own`; from FIRST on a factor for each stage."""

    MUNICIPALITY, STAGE, DWELLINGS, FIRST = range(4)


class Work(IntEnum):
    """Rows of `State.work`: what a phase writes down for itself."""

    COUNTS, RESULT, AHEAD_MJP, AHEAD_KTP, PLACES_MJP, PLACES_KTP = range(6)
    OBJECTIVES, WAITING, BY_OBJECTIVE, BY_WAITING = range(6, 10)
    OPEN_YEARS, PARTS, CHANGE, SPARE, AT_CEILING, FIRST, TARGET_GROUP, VALUES, SOLUTION = range(10, 19)
    ASKED, BEFORE, INFLOW = range(19, 22)


def fields(kind: type, *names: str) -> list[tuple[str, type]]:
    """Return the fields of rows, all of one kind of number. `names`: some names a string."""
    return [(name, kind) for some in names for name in some.split()]


HISTORY = (
    *("municipality", "k", "land", "stream", "voluntary", "dwellings", "stage"),
    *("asked", "preparation", "mjp", "ktp", "award", "ready", "construction", "ended", "asleep"),
    *("appeal", "delay"),  # how far an appeal came (1 administration, 2 council, 3 annulled), and what all of it took (1/64 month)
)
# `slot`: row of its draws; `queued`: month of queueing, LAST more behind all others; `next`: the project behind this one in a queue or
# month; `own`: row of Model.own.
PROJECT = np.dtype(fields(np.int32, *HISTORY, "slot queued next own"))
MUNICIPALITY = np.dtype(
    fields(
        np.int64,
        # need and land, looked at in every month: side by side
        "objective delivered purchased sold demolished rent_in preparation mjp ktp construction",
        "room_company used_company room_public used_public found private effort required",
        "company searching voluntary_open dormant opportunities",
        # the rest of the state
        "private_arrived bought purchase_account waiting_since category projects slot stream_column searches",
        "let voluntary agreement charged waiting_money paper rent_account regular sib solution households_2042 target_group",
        "given relieved",  # handed over in redistributions; SIB of which it was relieved
        "lacking_regular lacking_sib",  # this December's
        # what the measurement found, kept for the test: lacks, lacks by stage, dwellings at least at a stage, SIB
        "measured_regular measured_sib measured_mjp measured_ktp measured_sib_mjp measured_sib_ktp at_mjp at_ktp at_realised sib_then",
        # fixed at the start
        "premium_area stock rented_in stream_columns to_next_row social overshoot households permits_tenths",
        "rate_private rate_sales base_purchases rate_bought rate_demolition demolition_chance",
        "known first_column rate_opportunities",  # of its will; of its draws; opportunities a month (fixed point)
        "pipeline_construction pipeline_ktp pipeline_mjp pipeline_preparation pipeline_dormant",
    )
)
COMPANY_ROW = np.dtype(
    fields(
        np.int64,
        "first_member members objective rented_in_start fund",
        "slots held ready credit_old credit_new started waiting_money waiting_slot rented_in",
        "slot_first slot_last money_first money_last",
        # its own means, where they are given: project managers (fixed point), dwellings financed a year; its policy. Else NONE.
        # `staffing`: what it has of project managers over its part of them by objectives (fixed point)
        "own_managers own_finance policy staffing",
    )
)
YEAR = np.dtype(
    [
        *fields(np.int32, "realised delivered rent_in purchased sold preparation mjp ktp construction dormant"),
        *fields(np.int32, "lacking_regular lacking_sib effort voluntary objective waiting_money no_slot no_land"),
        *fields(np.int32, "demolished paper no_opportunity"),
        *fields(np.int64, "paid_cents"),
    ]
)
TEST = np.dtype(
    [
        *fields(np.int32, "category lacking_regular lacking_sib sib at_mjp at_ktp at_realised lacking_mjp lacking_ktp"),
        *fields(np.int32, "filed agreement places_mjp places_ktp land_list mandatory voluntary instruments instruments_used"),
        *fields(np.int64, "contribution_cents company_cents"),
    ]
)
# Sums over municipalities: `bso` of realised within 0 and the objective, `net` of realised as it is.
TOTAL = np.dtype(
    fields(
        np.int64,
        "objective bso net delivered rent_in purchased sold",
        "preparation mjp ktp construction dormant voluntary waiting_money no_slot no_land paid_cents",
        "demolished paper no_opportunity",
    )
)
TEST_TOTAL = np.dtype(fields(np.int64, "category_1 category_2A category_2B shortfall contribution_cents company_cents"))
# Flanders as a whole: the voluntary envelope and what is reserved of it, long vacancy; money for new build of the year, cost of the works
# started in it and what lapsed (thousand euro).
FLANDERS = np.dtype(fields(np.int64, "envelope reserved vacant money spent unspent"))
COMPANY_YEAR = np.dtype(
    [
        *fields(np.int32, "slots held started waiting_money waiting_slot"),
        *fields(np.int64, "credit_old credit_new"),
        *fields(np.int32, "rented_in"),
    ]
)
# The whole of a replication: what it drew once, number of projects, what the law handed back or asks, municipalities that changed.
# `short`: a table of draws or projects was too short, so that it is run again, longer.
WORLD = np.dtype(
    fields(
        np.int64,
        "managers budget response projects short",
        "envelope reserved vacant money spent unspent returned regular changed",
    )
)

Rows = Any  # structured arrays: numpy does not type their fields, and a checker would try all overloads for every sum of them
Whole = NDArray[np.int64]


class Model(NamedTuple):
    """What is the same in every replication of a scenario.

    settings: one row, every scalar. tables: int64[n, 2049] quantiles; lead_times: int64[M, 14], which of them holds each lead time where a
    municipality lies, int64[0, 14] where they are the same everywhere. normal: int64[4096] scores. appeal_threshold, size_factor: by dwellings.
    start: MUNICIPALITY[P, M]; company_start: COMPANY_ROW[P, C]; members: municipalities by company. path: int64[P, M, L].
    rhythm: one row per measurement; the first `regular` of its requirements in levels (int64[R, Q]), numerators ([R, Q, L]), denominators
    ([R, Q]), and the first `sib` of those of SIB in sib_levels, sib_numerators, sib_denominators ([R, S]), are its own.
    premium: int64[2, years and beyond] cents a year, by area. slot_growth, budget_growth: int64[years] fixed point.
    cost: int64[years] of a dwelling (thousand euro).
    events: int64[n, 3], month, kind and number of what the law itself does. legislatures: int64[L, 2], first and last December.
    own: int64[n, 8], projects under way of companies' own data: municipality, stage, dwellings, and by what (fixed point) the model's
    duration of each stage, asleep or in preparation, MJP, KTP, construction, MJP after sleep, becomes the one that the company expects.
    adjacent: uint8[M, M], 1 for neighbours. swaps: int64[n, 4], those of the user's table (`Region.swaps`). uses: int64[n], the `Use` of every
    instrument, the mandatory ones first.
    """

    settings: Rows
    tables: Whole
    lead_times: Whole
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
    sib_levels: Whole
    sib_numerators: Whole
    sib_denominators: Whole
    premium: Whole
    slot_growth: Whole
    budget_growth: Whole
    cost: Whole
    events: Whole
    legislatures: Whole
    own: Whole
    adjacent: NDArray[np.uint8]
    swaps: Whole
    uses: Whole


class State(NamedTuple):
    """One replication under way.

    projects: PROJECT[n]; due: int32[months + 1], the first project whose month it is; search_due, search_next: the same of
    searches, the s-th of municipality m being number s M + m.
    world: WORLD[1]. shock: int64[years] Flanders' scores; company_shock: int64[C]; staffing: uint32[C].
    rent_index: int64[years], of rented-in dwellings (fixed point), or those rented in anew in each year (rent_in = additive).
    project_draws: uint32[rows * columns, 16]; search_draws: uint32[rows, M, 4]; instruments: uint32[n, M]; filed, accepted: uint32[tests, M].
    years, tests, company_years, totals, test_totals, flanders, paths: what is kept. measured_path: the growth paths at the last measurement.
    money: int64[years, C], for new build before modest rental (thousand euro), by company. shared_errors: uint32[rows].
    efforts, agreements, exemptions, wishes, household_errors, target_errors: uint32[rows, M]. rounding: int64[5, M] fixed point.
    drawn: uint32[4]: managers, budget, response, what is rented in anew in the first year.
    opportunities: uint32[rows * columns]; wills: uint32[1 + legislatures, M]; listers: uint32[1, M], who lists on paper; losses:
    uint32[years, M, 3]. These four are empty where the scenario does without. chances: int64[Chance, M].
    asked: int64[M, Q + S], what the next measurement asks. status, changed, to_look_at: int64[M], see `sim.engine.queues`.
    work: int64[Work, ...], scratch of a phase, so that compiled code allocates nothing.
    """

    projects: Rows
    due: NDArray[np.int32]
    municipalities: Rows
    companies: Rows
    path: Whole
    search_due: NDArray[np.int32]
    search_next: NDArray[np.int32]
    world: Rows
    shock: Whole
    company_shock: Whole
    staffing: NDArray[np.uint32]
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
    flanders: Rows
    paths: Whole
    measured_path: Whole
    money: Whole
    drawn: NDArray[np.uint32]
    rounding: Whole
    efforts: NDArray[np.uint32]
    agreements: NDArray[np.uint32]
    exemptions: NDArray[np.uint32]
    wishes: NDArray[np.uint32]
    household_errors: NDArray[np.uint32]
    target_errors: NDArray[np.uint32]
    shared_errors: NDArray[np.uint32]
    opportunities: NDArray[np.uint32]
    wills: NDArray[np.uint32]
    listers: NDArray[np.uint32]
    losses: NDArray[np.uint32]
    chances: Whole
    asked: Whole
    status: Whole
    changed: Whole
    to_look_at: Whole
    work: Whole
