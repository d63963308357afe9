"""Where each municipality stands: ready for a project, in search of land, willing to build more than its objective.

Only those are looked at again of which something changed: looking at all of them in every month costs half of a replication's time.
"""

from sim.agents.municipalities import READY, standing
from sim.agents.neighbours import happens
from sim.chance.leadtimes import signed
from sim.engine.state import NONE, W_CHANGED, Model, State


def changed(state: State, i: int) -> None:
    """Note that municipality i's need, land, effort or searches changed."""
    if state.changed[i] == 0:
        state.changed[i] = 1
        state.to_look_at[state.world[W_CHANGED]] = i
        state.world[W_CHANGED] += 1


def all_changed(state: State) -> None:
    """Note that every municipality changed: the law acted, or a year ended."""
    for i in range(len(state.changed)):
        changed(state, i)


def look_again(model: Model, state: State) -> None:
    """Look again at the municipalities that changed, and count with each company those ready for a project."""
    s = model.settings[0]
    for n in range(state.world[W_CHANGED]):
        i = state.to_look_at[n]
        m = state.municipalities[i]
        before = state.standing[i]
        state.standing[i] = standing(m, s, happens(signed(state.wishes[0, i]), s["envelope_wish"]))
        state.companies[m["company"]]["ready"] += (state.standing[i] & READY) - (before & READY)
        state.changed[i] = 0
    state.world[W_CHANGED] = 0


def following(state: State, stands: int, i: int) -> int:
    """Return the first municipality from i on that stands so, or NONE."""
    for j in range(i, len(state.standing)):
        if state.standing[j] & stands:
            return j
    return NONE
