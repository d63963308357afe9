"""Municipalities: what they still need, the land they have, the effort they make, the instruments they use.

`m` is a row of the engine's municipalities (dwellings; effort in fixed point), `settings` the row of scalars.
"""

from enum import IntEnum
from typing import Any

from sim.chance.leadtimes import ONE, bernoulli, signed, times
from sim.rules.plan import land_activated

Row = Any  # a row of a structured array: numpy in the debugger, a record when compiled


NET, GROSS, KEPT, LET = range(4)
READY, SEEKS, WILLING = 1, 2, 4


class Use(IntEnum):
    """How the model tells that an instrument is in use."""

    EFFORT, RARE, LAND = range(3)


def realised(m: Row, settings: Row) -> int:
    """Return the dwellings realised since the start, by default net: delivered and bought less sold and demolished, and what rent-in grew.

    Other readings: gross, without sales, demolition and rent-in; kept, without sales; let, of the delivered only those of six months ago.
    """
    if settings["realised"] == GROSS:
        return m["delivered"] + m["purchased"]
    if settings["realised"] == KEPT:
        return m["delivered"] + m["purchased"] - m["demolished"] + m["rent_in"]
    return m["delivered"] - not_let(m, settings) + m["purchased"] - m["sold"] - m["demolished"] + m["rent_in"]


def not_let(m: Row, settings: Row) -> int:
    """Return the dwellings delivered that do not count as realised yet: under the reading "let", those of the last six months."""
    return m["delivered"] - m["let"] if settings["realised"] == LET else 0


def under_way(m: Row, settings: Row) -> int:
    """Return the dwellings with papers in order and not yet realised: KTP, award, construction, and what is delivered and not yet let."""
    return m["ktp"] + m["construction"] + not_let(m, settings)


def live(m: Row, settings: Row) -> int:
    """Return all dwellings from preparation on, realised ones included."""
    return m["preparation"] + m["mjp"] + under_way(m, settings) + realised(m, settings)


def need(m: Row, settings: Row) -> int:
    """Return the dwellings for which projects must still be started, rounded up; of those not yet on KTP a part will be cancelled.

    Without an objective there is no need, however many dwellings are sold.
    """
    if m["objective"] == 0:
        return 0
    expected = times(m["preparation"] + m["mjp"], settings["expected_survival"])
    return m["objective"] - realised(m, settings) - under_way(m, settings) - expected


def company_places(m: Row) -> int:
    """Return the places left on the company's own land."""
    return max(0, m["room_company"] - m["used_company"])


def released(m: Row, settings: Row) -> int:
    """Return the places on public land that the municipality has released, more as its effort grows; used or not."""
    return times(m["room_public"], settings["release_base"] + times(m["effort"], settings["release_effort"]))


def public_places(m: Row, settings: Row) -> int:
    """Return the places left on public land that the municipality has released."""
    return max(0, released(m, settings) - m["used_public"])


def has_places(m: Row, settings: Row) -> bool:
    """Return whether there is land of some kind for a project: smaller remainders are not developed."""
    least = settings["smallest_project"]
    return m["found"] >= least or m["private"] >= least or company_places(m) >= least or public_places(m, settings) >= least


def needs_project(m: Row, settings: Row) -> bool:
    """Return whether a project must be started: need for a smallest one, or some need and nothing in preparation or on MJP.

    Otherwise the reserve for cancellations, a twelfth of a need, would start a smallest project of its own at once.
    """
    wanted = need(m, settings)
    return wanted >= settings["smallest_project"] or (wanted > 0 and m["preparation"] + m["mjp"] == 0)


def status(m: Row, settings: Row, wishes: bool) -> int:
    """Return a municipality's status, as bits: READY for a project, SEEKS land, WILLING to build more than its objective.

    Ready: there is land and an opportunity for a project, and need for one. Seeks: need, no land, and a search to spare.
    Willing: it wishes to, has land and an opportunity, no voluntary project in preparation or on MJP, and has reached its objective or will
    with what is live, or (reading) with what of that is on MJP.
    """
    if not has_places(m, settings):
        return SEEKS if need(m, settings) > 0 and m["searching"] < settings["searches_at_once"] else 0
    if m["opportunities"] == 0:
        return 0
    bits = READY if needs_project(m, settings) else 0
    planned = live(m, settings) - m["preparation"] * settings["willing_from_mjp"]
    if wishes and m["voluntary_open"] == 0 and planned >= m["objective"]:
        bits |= WILLING
    return bits


def by_effort(amount: int, effort: int, gain: int, settings: Row) -> int:
    """Return what effort makes of an amount: more above the mean effort at the start, less below it, by `gain` (fixed point) at full effort."""
    return times(amount, max(0, ONE + times(effort - settings["effort_mean"], gain)))


def shortened(duration: int, effort: int, settings: Row) -> int:
    """Return a preparation or permit duration (1/64 month) at this effort: consultation is shorter under strong municipal direction."""
    return times(duration, ONE - times(effort, settings["effort_speed"]))


def raised(effort: int, response: int, strength: int) -> int:
    """Return the effort after a failure: a part of what is missing to full effort, by the strength of the response (all fixed point)."""
    return effort + times(ONE - effort, times(response, strength))


def in_use(use: int, m: Row, draw: int, limit: int, settings: Row) -> bool:
    """Return whether an instrument is in regular use.

    By effort: above the municipality's own threshold, drawn from U(0, limit). Rare: by chance. Land: when enough public land is released.
    """
    if use == Use.LAND:
        over, under = settings["land_activated_numerator"], settings["land_activated_denominator"]
        return land_activated(released(m, settings), m["room_public"], over, under)
    if use == Use.RARE:
        return bernoulli(draw, settings["rare_instrument"])
    return m["effort"] > times(limit, signed(draw) >> 16)
