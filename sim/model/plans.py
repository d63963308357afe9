"""Phase 7, test: plans of approach. Places on the land list, instruments in use, and what the company rents in."""

from dataclasses import dataclass

from sim.inputs.law.model import Instrument
from sim.inputs.months import month_number
from sim.model.law import Level, Moment, rents_in_enough
from sim.model.numbers import bernoulli, committee, fixed
from sim.model.parties import COMPANY, FOUND, MJP, PREPARATION, PRIVATE, PUBLIC, Measured, Municipality
from sim.model.world import World


@dataclass
class LandList:
    """Places that will be on MJP and on KTP by the next measurement; none without a next measurement."""

    following: Moment | None
    on_mjp: int = 0
    on_ktp: int = 0

    def suffice(self, on_mjp: int, on_ktp: int) -> bool:
        """Return whether the places cover what is to come on MJP and on KTP."""
        return self.following is not None and self.on_mjp >= on_mjp and self.on_ktp >= on_ktp


def land_list(world: World, m: Municipality, measured: int) -> LandList:
    """Return the identified places of a municipality, or all its room, that will be on MJP and on KTP in time.

    Without what the measurement, in the month `measured`, counted already because of its lead time.
    """
    list_ = LandList(world.next_measurement())
    if list_.following is None:
        return list_
    last, median = list_.following.month, world.given.median

    def expected(entered: int, months: int) -> int:
        return committee(max(world.now, entered + months), world.levers.committee_interval.value)

    def count(dwellings: int, entered: int, counted: bool = False) -> None:
        mjp = expected(entered, median["preparation"])
        list_.on_mjp += dwellings if mjp <= last and not counted else 0
        list_.on_ktp += dwellings if expected(mjp, median["permit"]) <= last else 0

    for project in m.projects:
        if project.land is PRIVATE:
            continue
        counted = world.levers.judged_on.value == "lead_time" and world.late(project, measured)
        world.happened["late, so not on the land list"] += counted
        if project.stage is PREPARATION:
            count(project.dwellings, project.entered[PREPARATION], counted)
        elif project.stage is MJP and not counted:
            list_.on_ktp += project.dwellings if expected(project.entered[MJP], median["permit"]) <= last else 0
    places = world.places(m)
    count(places[FOUND], world.now)
    if world.law.readings.land_list.value == "theoretical":
        count(places[COMPANY] + places[PUBLIC], world.now)
    return list_


def covers(world: World, places: LandList, measured: Measured) -> bool:
    """Return whether a land list covers what a measurement found lacking; on MJP maybe all of the objective that was not there."""
    lack, missing = measured.lacking, 0
    if world.law.readings.list_covers.value == "objective":
        missing = sum(measured.path) + measured.sib - measured.at_least[Level.MJP]
        world.happened["a land list for the whole objective"] += missing > lack.at_mjp
    return places.suffice(max(lack.at_mjp, missing), lack.later)


def in_use(world: World, m: Municipality) -> list[bool]:
    """Return of every instrument of the law whether it is in use."""
    return [uses(world, m, row, instrument) for row, instrument in enumerate(world.law.instruments.values())]


def uses(world: World, m: Municipality, row: int, instrument: Instrument) -> bool:
    """Return whether a municipality uses an instrument: by its effort, by chance, or when enough public land is released."""
    draw = world.streams.municipal("municipality.instruments", row)[m.index]
    if instrument.use == "land":
        return world.released(m) >= world.law.values.land_activated.value * m.public_room
    if instrument.use == "rare":
        return bernoulli(draw, world.how.rare_instrument.value)
    limit = world.how.mandatory_limit.value if instrument.kind == "mandatory" else world.how.voluntary_limit.value
    return m.effort > (draw >> 16) * fixed(limit) >> 16


def rent_in_suffices(world: World, moment: Moment, m: Municipality) -> bool:
    """Return whether the company rents in enough, where that counts."""
    return not asks_rent_in(world, moment) or rents_in_enough(world.law, m.company.rented_in, m.company.rented_start)


def asks_rent_in(world: World, moment: Moment) -> bool:
    """Return whether what companies rent in counts at a measurement."""
    reading, since = world.law.readings.rent_in_condition.value, world.law.values.rent_in_minimum.since
    return reading == "always" or (reading == "from_2030" and moment.month >= month_number(since, world.scenario.start))
