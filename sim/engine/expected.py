"""Where projects would be at median lead times: what a land list can name, and what a test counts that judges lead times."""

from typing import Any

from sim.agents.municipalities import company_places, public_places
from sim.agents.regulator import committee
from sim.engine.state import Land, Model, Stage, State, Work

Row = Any


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
