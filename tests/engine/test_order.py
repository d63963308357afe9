"""Who comes first, in every world: stages only go forward, queues keep their order, nobody starts without need or is passed over."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.agents.municipalities import READY, company_places, has_places, live, need, public_places, status
from sim.agents.policies import POLICIES
from sim.chance.leadtimes import bernoulli
from sim.engine import build_model, calendar
from sim.engine.compiled import config
from sim.engine.state import NONE, Land, Model, Rows, Stage, State, Stream
from sim.inputs.months import month_number
from tests.support.campaign import campaign
from tests.support.walk import changed, model_of, projects, walk, worlds
from tests.support.worlds import baseline, random_world

STAGE_MONTHS = ("preparation", "asleep", "asked", "mjp", "ktp", "award", "ready", "construction", "ended")
USED = {
    Land.COMPANY: ("used_company", 1),
    Land.PUBLIC: ("used_public", 1),
    Land.FOUND: ("found", -1),
    Land.PRIVATE: ("private", -1),
}
TOUCHED = (
    "dormant",
    "preparation",
    "mjp",
    "ktp",
    "construction",
    "delivered",
    "voluntary_open",
    "opportunities",
    "objective",
    "effort",
)


@worlds
def test_stages_only_go_forward(number: int) -> None:
    """A project's stage never goes back, but to sleep from preparation; months of stages never decrease and stay as once written."""
    before: Any = None
    for t, _, state in walk(model_of(number), number):
        rows = projects(state)
        if before is not None:
            old = rows[: len(before)]
            slept = (before["stage"] == Stage.PREPARATION) & (old["stage"] == Stage.DORMANT)
            assert ((old["stage"] >= before["stage"]) | slept).all()
            assert (old["asleep"][slept] == t).all()
            for name in STAGE_MONTHS:
                assert ((old[name] == before[name]) | (before[name] == NONE) & (old[name] == t)).all(), name
        before = rows.copy()
    months = np.array([before[name] for name in STAGE_MONTHS]).T
    for row in months:
        passed = row[row != NONE]
        assert (np.diff(passed) >= 0).all()


@worlds
def test_woken_projects_get_slots_in_order(number: int) -> None:
    """Of the dormant projects of a company that woke, none gets its slot while one waits that comes first in (month ready, key)."""
    for t, phase, state in walk(model_of(number), number):
        if phase != "launch":
            continue
        rows = projects(state)
        company = state.municipalities["company"][rows["municipality"]]
        for c in range(len(state.companies)):
            woken = rows[(company == c) & (rows["asked"] >= 0)]
            given = [tuple(p) for p in woken[woken["mjp"] == t][["asked", "municipality", "k"]].tolist()]
            waiting = [tuple(p) for p in woken[woken["stage"] == Stage.DORMANT][["asked", "municipality", "k"]].tolist()]
            assert not given or not waiting or max(given) < min(waiting)


@worlds
def test_nobody_starts_without_need_or_wish(number: int) -> None:
    """Every launch replayed, project by project: need, land and a slot before each; voluntary ones last, to who wants them and is on course.

    What the replay leaves is what the engine left, and nobody is left who could have had a voluntary project.
    """
    model = model_of(number)
    m: Rows = model.start[0]
    held, stages, left = np.zeros(0), np.zeros(0), 0
    for t, phase, state in walk(model, number):
        rows = projects(state)
        if phase == "admission":  # the last phase before the launches
            m, held = state.municipalities.copy(), state.companies["held"].copy()
            stages, left = rows["stage"].copy(), int(state.world[0]["envelope"] - state.world[0]["reserved"])
        elif phase == "launch":
            for p in rows[: len(stages)][rows["stage"][: len(stages)] != stages]:
                assert (p["stage"], p["mjp"]) == (Stage.MJP, t)
                m["dormant"][p["municipality"]] -= p["dwellings"]
                m["mjp"][p["municipality"]] += p["dwellings"]
                m["voluntary_open"][p["municipality"]] += p["voluntary"]
                held[m["company"][p["municipality"]]] += 1
            new = rows[len(stages) :]
            assert (np.diff(new["voluntary"]) >= 0).all()
            for p in new:
                assert p["preparation"] == t
                check_start(model, state, m, held, p, left)
                left -= int(p["dwellings"] * p["voluntary"])
                apply(model, m, held, p)
            assert all((m[name] == state.municipalities[name]).all() for name in (*TOUCHED, *(name for name, _ in USED.values())))
            assert (held == state.companies["held"]).all()
            assert left == state.world[0]["envelope"] - state.world[0]["reserved"]
            free = (held < state.companies["slots"])[m["company"]]
            opened = t >= model.settings[0]["envelope_from"]
            assert opened or not new["voluntary"].any()
            assert not opened or not any(free[i] and may_draw(model, state, m[i], i, left) for i in range(len(m)))


def may_draw(model: Model, state: State, row: Any, i: int, left: int) -> bool:
    """Return whether a municipality wants a voluntary project and may have one, but for the slot."""
    s = model.settings[0]
    wants = bernoulli(int(state.wishes[0, i]), int(s["envelope_wish"])) and row["voluntary_open"] == 0 and row["opportunities"] > 0
    planned = live(row, s) - row["preparation"] * s["willing_from_mjp"]
    return wants and planned >= row["objective"] and has_places(row, s) and left >= s["smallest_project"]


def check_start(model: Model, state: State, m: Rows, held: np.ndarray, p: Any, left: int) -> None:
    """Assert what holds of a project just before it starts. `held`: slots held by company; `left`: of the envelope."""
    s, i = model.settings[0], int(p["municipality"])
    row, least = m[i], s["smallest_project"]
    free = held[row["company"]] < state.companies["slots"][row["company"]]
    places = {
        Land.COMPANY: company_places(row),
        Land.PUBLIC: public_places(row, s),
        Land.FOUND: row["found"],
        Land.PRIVATE: row["private"],
    }
    assert least <= p["dwellings"] <= places[int(p["land"])]
    if p["stream"] == Stream.OWN:
        assert all(places[kind] < least for kind in (Land.COMPANY, Land.PUBLIC, Land.FOUND) if kind < p["land"])
    else:
        assert p["land"] == Land.PRIVATE
    if p["voluntary"]:
        assert free
        assert may_draw(model, state, row, i, left)
        assert p["dwellings"] <= left
    else:
        assert free or s["shared_services"] > 0
        assert row["objective"] > 0
        assert status(row, s, False) & READY
        assert p["dwellings"] <= max(need(row, s), least)


def apply(model: Model, m: Rows, held: np.ndarray, p: Any) -> None:
    """Start a project in the copied rows."""
    i, (name, sign) = p["municipality"], USED[int(p["land"])]
    m["preparation"][i] += p["dwellings"]
    m[name][i] += sign * p["dwellings"]
    m["voluntary_open"][i] += p["voluntary"]
    m["opportunities"][i] -= model.settings["limited"][0]
    held[m["company"][i]] += 1


@pytest.mark.parametrize("number", campaign(range(1100, 1130), 3))
def test_first_come_passes_nobody_over(number: int) -> None:
    """Under first come, no municipality is served while another of its company, that is and stays ready, waits longer."""
    scenario, region = random_world(number)
    model = build_model(changed(scenario, allocation="first_come", shared_services_to="all"), region)
    s = model.settings[0]
    assert POLICIES[s["policy"]] == "first_come"
    since: dict[int, int] = {}
    for t, phase, state in walk(model, number):
        m = state.municipalities
        ready = [i for i in range(len(m)) if status(m[i], s, False) & READY] if phase in ("admission", "launch") else []
        if phase == "admission":  # the last phase before the launches
            since = {i: since.get(i, t) for i in ready}
        elif phase == "launch":
            rows = projects(state)
            served = rows["municipality"][(rows["preparation"] == t) & (rows["voluntary"] == 0)].tolist()
            for i in set(served):
                if POLICIES[state.companies[m[i]["company"]]["policy"]] != "first_come":
                    continue  # a company with a policy of its own
                rivals = [j for j in ready if m[j]["company"] == m[i]["company"] and j not in served]
                assert all((since[i], i) < (since[j], j) for j in rivals)
                assert served.count(i) == 1 or not rivals
            since |= dict.fromkeys(served, t + 1)


@pytest.mark.parametrize("interval", [12, 36, 72])
def test_phases_come_in_the_same_order_for_any_rhythm(interval: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the law's rhythm, the phases of every month come in the order of PHASES, each in its own months."""
    first, years = baseline().start.year + interval // 12, 17

    def every(law: dict[str, Any]) -> None:
        row = law["rhythm"][0]
        law["rhythm"] = [
            {**row, "date": row["date"].replace(year=year), "test": year + 1}
            for year in range(first, first + years - interval // 12 + 1, interval // 12)
        ]

    scenario = changed(baseline(), every)
    model = build_model(scenario, random_world(1000)[1])
    calls: list[tuple[int, str]] = []

    def noted(name: str) -> Callable[..., None]:
        return lambda model, state, t: calls.append((t, name))

    monkeypatch.setattr(config, "DISABLE_JIT", 1)
    phases = tuple(phase._replace(function=noted(phase.name)) for phase in calendar.PHASES)
    monkeypatch.setattr(calendar, "PHASES", phases)
    calendar.run(model, 0, 20)
    order = [phase.name for phase in calendar.PHASES]
    assert calls == sorted(calls, key=lambda call: (call[0], order.index(call[1])))
    months = {name: [t for t, called in calls if called == name] for name in order}
    end = scenario.months
    tests = [t for t in range(interval + 6, end + 1, interval)]
    decembers = list(range(12, end + 1, 12))
    dates = scenario.law.calendar
    agreements = [month_number(day, scenario.start) for day in dates.agreement.dates]
    acts = {month_number(day, scenario.start) for day in (*dates.exemption.dates, *dates.recalibration.dates)}
    acts |= {*agreements, *(t + 12 for t in agreements)}  # who is late concludes a year later
    assert len(acts) > 6
    assert months["policy"] == sorted({*range(1, end + 1, 12), *(t for t in acts if t <= end)})
    assert all(months[name] == list(range(1, end + 1)) for name in ("land", "completion", "admission", "launch"))
    assert months["measurement"] == months["record"] == decembers
    assert months["test"] == tests
    assert months["response"] == sorted({*decembers, *tests})
