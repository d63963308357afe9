"""Phase 7, test: plans of approach. Places on the land list, instruments in use, and what the company rents in."""

from dataclasses import dataclass

from sim.inputs.months import month_number
from sim.model.law import Lacking, Moment, rents_in_enough
from sim.model.numbers import committee, fixed
from sim.model.parties import COMPANY, FOUND, MJP, PREPARATION, PRIVATE, PUBLIC, Municipality
from sim.model.world import World


@dataclass
class LandList:
    """Places that will be on MJP and on KTP by the next measurement; none without a next measurement."""

    following: Moment | None
    on_mjp: int = 0
    on_ktp: int = 0

    def suffice(self, found: Lacking) -> bool:
        """Return whether the places cover what is lacking."""
        return self.following is not None and self.on_mjp >= found.at_mjp and self.on_ktp >= found.later


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


def in_use(world: World, m: Municipality) -> tuple[int, int]:
    """Return how many mandatory and voluntary instruments are in use."""
    values = world.law.values
    mandatory, voluntary = int(values.mandatory_instruments.value), int(values.voluntary_instruments.value)
    limits = [world.how.mandatory_limit.value] * mandatory + [world.how.voluntary_limit.value] * voluntary
    used = []
    for row, limit in enumerate(limits):
        draw = world.streams.municipal("municipality.instruments", row)[m.index]
        used.append(m.effort > (draw >> 16) * fixed(limit) >> 16)
    return sum(used[:mandatory]), sum(used[mandatory:])


def rent_in_suffices(world: World, moment: Moment, m: Municipality) -> bool:
    """Return whether the company rents in enough, where that counts."""
    return not asks_rent_in(world, moment) or rents_in_enough(world.law, m.company.rented_in, m.company.rented_start)


def asks_rent_in(world: World, moment: Moment) -> bool:
    """Return whether what companies rent in counts at a measurement."""
    reading, since = world.law.readings.rent_in_condition.value, world.law.values.rent_in_minimum.since
    return reading == "always" or (reading == "from_2030" and moment.month >= month_number(since, world.scenario.start))
