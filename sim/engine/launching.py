"""The launch phase: companies give their free preparation slots to projects."""

from typing import Any

from sim.agents.municipalities import READY, WILLING, company_places, live, need, public_places
from sim.agents.policies import Policy, priority
from sim.chance.leadtimes import ONE, bernoulli, times
from sim.engine.pipeline import draw, enter_mjp, enter_preparation, new_project, size_of_next
from sim.engine.quantiles import Table
from sim.engine.queues import changed, following, look_again
from sim.engine.state import NONE, Draw, Land, Model, State, Stream
from sim.rules.plan import Category

Row = Any


def launch(model: Model, state: State, t: int) -> None:
    """Companies give their free slots: first to dormant projects that woke, then to new projects where their policy says."""
    look_again(model, state)
    for c in range(len(state.companies)):
        own, common = state.companies[c]["policy"], model.settings[0]["policy"]
        if own == Policy.FIRST_COME or common == Policy.FIRST_COME:  # by the common one slots are lent
            mark_waiting(model, state, c, t)
    for c in range(len(state.companies)):
        company = state.companies[c]
        while company["held"] < company["slots"]:
            if company["slot_first"] != NONE:
                p = company["slot_first"]
                company["slot_first"] = state.projects[p]["next"]
                wake(model, state, p, t)
                continue
            look_again(model, state)
            best = choose(model, state, company) if company["ready"] > 0 else NONE
            if best == NONE or not start_project(model, state, best, 0, t):
                break
    if model.settings[0]["shared_services"] > 0:
        lend_slots(model, state, t)
    if t >= model.settings[0]["envelope_from"]:
        launch_voluntary(model, state, t)


def lend_slots(model: Model, state: State, t: int) -> None:
    """Shared services: companies without a free slot start projects in slots that others leave free, the highest priority first.

    Where the lever says so, only for municipalities that the last test found in category 2B.
    """
    free = 0
    lent = 0
    for c in range(len(state.companies)):
        free += max(0, state.companies[c]["slots"] - state.companies[c]["held"])
        lent += max(0, state.companies[c]["held"] - state.companies[c]["slots"])
    for _ in range(times(free, model.settings[0]["shared_services"]) - lent):
        look_again(model, state)
        best, highest = NONE, 0
        for i in range(len(state.municipalities)):
            company = state.companies[state.municipalities[i]["company"]]
            helped = model.settings[0]["lent_to_2B"] == 0 or state.municipalities[i]["category"] == Category.CATEGORY_2B
            if helped and company["held"] >= company["slots"]:
                best, highest = served_first(model, state, best, highest, i, model.settings[0]["policy"])
        if best == NONE or not start_project(model, state, best, 0, t):
            break


def launch_voluntary(model: Model, state: State, t: int) -> None:
    """Municipalities that have reached their objective, or will with what is live, may draw from the envelope.

    First come, first served: by month, then by NIS code.
    """
    look_again(model, state)
    left = state.world[0]["envelope"] - state.world[0]["reserved"]
    i = following(state, WILLING, 0)
    while i != NONE and left >= model.settings[0]["smallest_project"]:
        company = state.companies[state.municipalities[i]["company"]]
        if company["held"] < company["slots"]:
            start_project(model, state, i, left, t)
            left = state.world[0]["envelope"] - state.world[0]["reserved"]
        i = following(state, WILLING, i + 1)


def mark_waiting(model: Model, state: State, c: int, t: int) -> None:
    """Keep since when each municipality of company c has been ready for a project; when it is not, the wait is forgotten."""
    company = state.companies[c]
    for j in range(company["first_member"], company["first_member"] + company["members"]):
        i = model.members[j]
        m = state.municipalities[i]
        if not state.status[i] & READY:
            m["waiting_since"] = NONE
        elif m["waiting_since"] == NONE:
            m["waiting_since"] = t


def choose(model: Model, state: State, company: Row) -> int:
    """Return the municipality that the company serves next, or NONE: the highest priority among those ready for a project."""
    best, highest = NONE, 0
    for j in range(company["first_member"], company["first_member"] + company["members"]):
        best, highest = served_first(model, state, best, highest, model.members[j], company["policy"])
    return best


def served_first(model: Model, state: State, best: int, highest: int, i: int, chosen_policy: int) -> tuple[int, int]:
    """Return which of `best` (a municipality, or NONE) and municipality i is served first, and its priority; i only if it is ready."""
    if not state.status[i] & READY:
        return best, highest
    m = state.municipalities[i]
    score = priority(chosen_policy, m, live(m, model.settings[0]))
    if best == NONE or score > highest:  # ties to the one found first
        return i, score
    return best, highest


def wake(model: Model, state: State, p: int, t: int) -> None:
    """Give a slot to a dormant project that woke, or a replacement: it counts as MJP from now on."""
    row = state.projects[p]
    m = state.municipalities[row["municipality"]]
    company = state.companies[m["company"]]
    m["dormant"] -= row["dwellings"]
    changed(state, row["municipality"])
    company["waiting_slot"] -= 1
    company["held"] += 1
    m["voluntary_open"] += row["voluntary"]
    share = ONE if row["stream"] == Stream.REPLACEMENT else model.settings[0]["awake_share"]
    enter_mjp(model, state, p, Table.PERMIT, share, t)


def start_project(model: Model, state: State, i: int, envelope: int, t: int) -> bool:
    """Start municipality i's next project on private land if the draw says so, else on company, public or found land, else on private.

    `envelope`: what is left of it when the project is voluntary, 0 when it is not. Returns False when the municipality's draws are used up.
    """
    m = state.municipalities[i]
    s = model.settings[0]
    least = s["smallest_project"]
    drawn = size_of_next(model, state, m)
    if state.world[0]["short"] == 1:
        return False
    kind, stream = Land.PRIVATE, Stream.OWN
    places = m["private"]
    luck = draw(state, m["slot"], Draw.STREAM)
    if places >= least and bernoulli(luck, s["private_share"]):
        stream = Stream.CBO if bernoulli(luck, s["cbo_share"]) else Stream.CONVENTIONED
    elif company_places(m) >= least:
        kind, places = Land.COMPANY, company_places(m)
    elif public_places(m, s) >= least:
        kind, places = Land.PUBLIC, public_places(m, s)
    elif m["found"] >= least:
        kind, places = Land.FOUND, m["found"]
    if stream == Stream.CONVENTIONED:
        drawn = times(drawn, s["conventioned_part"])
    wanted = envelope if envelope > 0 else max(need(m, s), least)
    dwellings = min(max(drawn, least), wanted, places)
    p = new_project(model, state, i, kind, dwellings)
    if p == NONE:
        return False
    if kind == Land.COMPANY:
        m["used_company"] += dwellings
    elif kind == Land.PUBLIC:
        m["used_public"] += dwellings
    elif kind == Land.FOUND:
        m["found"] -= dwellings
    else:
        m["private"] -= dwellings
    m["opportunities"] -= s["limited"]
    state.projects[p]["stream"] = stream
    if envelope > 0:
        state.projects[p]["voluntary"] = 1
        m["voluntary_open"] += 1
        state.world[0]["reserved"] += dwellings
    else:
        m["waiting_since"] = t + 1
    enter_preparation(model, state, p, Table.PREPARATION, t)
    changed(state, i)
    return True
