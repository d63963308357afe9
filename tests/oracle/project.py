"""A project: one SimPy process from the month it comes into being to the month it ends."""

import math
from collections.abc import Generator

import simpy

from sim.inputs.months import month_number
from sim.inputs.workbook.data import OwnProject

from .numbers import MIDDLE, ONE, YEARS, Table, committee, fixed, happens, months, quantile, quantiles, residuals, score
from .parties import CBO, COMPANY, FOUND, INITIAL, OWN, PRIVATE, PUBLIC, Municipality, Phase, Stage
from .world import World

Life = Generator[simpy.Event, None, None]
STAGES = (Stage.CONSTRUCTION, Stage.KTP, Stage.MJP, Stage.PREPARATION, Stage.DORMANT)
NEVER = -1


class Project:
    """Dwellings that go through the stages together. `slot` and `money` are events: the company grants them."""

    def __init__(
        self,
        world: World,
        municipality: Municipality,
        land: int,
        dwellings: int,
        stage: Stage,
        *,
        stream: int = OWN,
        voluntary: bool = False,
        own: OwnProject | None = None,
    ) -> None:
        """Come into being in a stage, this month; at the start the project is under way in it."""
        self.world, self.municipality, self.land, self.dwellings = world, municipality, land, dwellings
        self.stream, self.voluntary, self.own = stream, voluntary, own
        self.k = len(municipality.projects)
        municipality.projects.append(self)
        self.key = (municipality.index, self.k)
        self.stage = stage
        self.entered = dict.fromkeys(Stage, NEVER)
        self.asked = self.ready = self.ended = NEVER
        self.slot, self.money = world.calendar.event(), world.calendar.event()
        municipality.stages[stage] += dwellings
        if stage is not Stage.DORMANT:
            self.entered[stage] = world.now
        if stage in (Stage.PREPARATION, Stage.MJP):
            municipality.company.held += 1
        world.calendar.process(self.life(under_way=land == INITIAL))

    def life(self, under_way: bool) -> Life:
        """Wait for the end of each stage, from the one it is in on."""
        world, company = self.world, self.municipality.company
        woken = False
        if self.stage is Stage.DORMANT:
            wake = self.as_expected("on_mjp", quantile(quantiles(world.how.wake, YEARS), score(self.draw("wake"))))
            yield self.until(world.now + months(wake))
            self.asked = world.now
            company.waiting.append(self)
            yield self.slot
            self.enter(Stage.MJP)
            woken, under_way = True, False
        if self.stage is Stage.PREPARATION:
            yield self.until(self.committee(self.preparation(under_way)))
            self.enter(Stage.MJP)
            under_way = False
        if self.stage is Stage.MJP:
            yield self.until(self.committee(self.permit(under_way, woken)))
            company.held -= 1
            if happens(self.draw("cancelled"), world.how.cancelled.value):
                self.enter(Stage.CANCELLED)
                self.give_back()
                world.reserved -= self.dwellings if self.voluntary else 0
                return
            self.enter(Stage.KTP)
            under_way = False
        if self.stage is Stage.KTP:
            yield self.until(world.now + months(self.as_expected("start", self.duration("award", under_way))))
            self.enter(Stage.AWARD)
            yield self.until(world.now + months(self.as_expected("start", self.duration("start", False))))
            self.ready = world.now
            company.fund.waiting.append(self)
            yield self.money
            self.enter(Stage.CONSTRUCTION)
            under_way = False
        built = self.as_expected("delivered", self.duration("construction", under_way) * self.size_factor() >> 16)
        yield self.until(world.now + months(built))
        self.enter(Stage.REALISED)

    def enter(self, stage: Stage) -> None:
        """Move all dwellings to a stage."""
        self.municipality.stages[self.stage] -= self.dwellings
        self.municipality.stages[stage] += self.dwellings
        self.stage = stage
        self.entered[stage] = self.world.now
        if stage in (Stage.REALISED, Stage.CANCELLED):
            self.ended = self.world.now

    def until(self, month: int) -> simpy.Event:
        """Return the completion phase of a month."""
        return self.world.calendar.at(month, Phase.COMPLETION)

    def committee(self, duration: int) -> int:
        """Return the first committee after a duration from now."""
        return committee(self.world.now + months(duration), self.world.levers.committee_interval.value)

    def draw(self, purpose: str) -> int:
        """Return the project's draw of a purpose."""
        lanes = self.world.lanes
        mine = lanes[self.municipality.index]
        column = sum(lanes[: self.municipality.index]) + self.k % mine
        return self.world.streams.place("project", purpose, self.k // mine, column, sum(lanes))

    def duration(self, purpose: str, under_way: bool) -> int:
        """Return the duration, in 64ths of a month, of a stage entered now; what is left of it if it is under way at the start."""
        how = self.world.how
        common, company = how.shock_flanders.value, how.shock_company.value
        normal = (
            fixed(math.sqrt(common)) * self.world.shocks[self.world.year]
            + fixed(math.sqrt(company)) * self.world.company_shocks[self.municipality.company.index]
            + fixed(math.sqrt(max(0.0, 1 - common - company))) * score(self.draw(purpose))
        ) >> 16
        distribution = getattr(how, purpose)
        values: Table = residuals(distribution) if under_way else quantiles(distribution, YEARS)
        return quantile(values, normal)

    def other(self, purpose: str) -> int:
        """Return a duration that no shock touches."""
        return quantile(quantiles(getattr(self.world.how, purpose), YEARS), score(self.draw(purpose)))

    def faster(self, duration: int) -> int:
        """Return a duration shortened by the municipality's effort of now."""
        return duration * (ONE - (fixed(self.world.how.effort_speed.value) * self.municipality.effort >> 16)) >> 16

    def preparation(self, under_way: bool) -> int:
        """Return how long the project is prepared: a new one takes its stream and the style of consultation into account."""
        how, levers = self.world.how, self.world.levers
        duration = self.duration("preparation", under_way)
        if not under_way:
            if self.stream == CBO:
                duration = duration * fixed(how.cbo_speed.value) >> 16
            duration = duration * fixed(levers.consultation.value) >> 16
        return self.as_expected("on_mjp", self.faster(duration))

    def permit(self, under_way: bool, woken: bool) -> int:
        """Return how long the project stays on MJP: the permit, and the appeals against it."""
        how = self.world.how
        permit = self.faster(self.duration("permit", under_way))
        if woken:
            permit = permit * fixed(how.awake_share.value) >> 16
        permit = self.as_expected("on_ktp", permit)
        larger = (self.dwellings / how.appeal_reference.value) ** how.appeal_exponent.value
        if not happens(self.draw("appeal"), min(how.appeal_ceiling.value, how.appeal.value * larger)):
            return permit
        happened = self.world.happened
        happened["appeal"] += 1
        total = permit + self.other("appeal_delay")
        if happens(self.draw("council"), how.council.value):
            happened["council"] += 1
            total += self.other("council_duration")
            if happens(self.draw("annulled"), how.annulled.value):
                happened["annulled"] += 1
                total += self.other("new_permit")
        return total

    def as_expected(self, step: str, duration: int) -> int:
        """Return a stage's duration, multiplied so that the model's own middle becomes what the company expects until a step."""
        if self.own is None or getattr(self.own, step) is None:
            return duration
        steps = ("on_mjp", "on_ktp", "start", "delivered")
        behind = {"dormant": 0, "preparation": 0, "MJP": 1, "KTP": 2, "construction": 3}[self.own.stage]
        begin = self.world.scenario.start
        day = getattr(self.own, step)
        expected = max(0, month_number(day, begin))
        if steps.index(step) > behind:  # not what it is in now, which began at the start as far as the model goes
            before = getattr(self.own, steps[steps.index(step) - 1])
            if before is None:
                return duration
            expected -= max(0, month_number(before, begin))
        self.world.happened[f"expected by the company: {step}"] += 1
        return duration * (64 * expected * ONE // max(1, self.middle(step))) >> 16

    def middle(self, step: str) -> int:
        """Return the model's own duration until a step at the middle of the distributions and at mean effort, in 64ths of a month."""
        assert self.own is not None
        how, stage = self.world.how, self.own.stage
        effort = ONE - (fixed(how.effort_speed.value) * max(1, fixed(how.effort_start.mean())) >> 16)

        def half(purpose: str, left: bool = False) -> int:
            distribution = getattr(how, purpose)
            return (residuals(distribution) if left else quantiles(distribution, YEARS))[MIDDLE]

        if step == "on_mjp":
            return half("wake") if stage == "dormant" else half("preparation", left=True) * effort >> 16
        if step == "on_ktp":
            permit = half("permit", left=stage == "MJP") * effort >> 16
            return permit * fixed(how.awake_share.value) >> 16 if stage == "dormant" else permit
        if step == "start":
            return half("award", left=stage == "KTP") + half("start")
        return half("construction", left=stage == "construction") * self.size_factor() >> 16

    def size_factor(self) -> int:
        """Return how much longer a project of this size is built, in 65,536ths."""
        how = self.world.how
        return fixed((self.dwellings / how.construction_reference.value) ** how.construction_exponent.value)

    def give_back(self) -> None:
        """Give the land back to where it came from; that of the start is company land."""
        municipality = self.municipality
        if self.land in (INITIAL, COMPANY):
            municipality.company_used -= self.dwellings
        elif self.land == PUBLIC:
            municipality.public_used -= self.dwellings
        elif self.land == FOUND:
            municipality.found += self.dwellings
        elif self.land == PRIVATE:
            municipality.private += self.dwellings


def start_pipeline(world: World) -> None:
    """Make the projects that are under way at the start; what would be too small a rest joins the last one."""
    smallest = world.how.smallest_project.value
    for municipality in world.municipalities:
        for stage in STAGES:
            left = int(world.region.estimates[f"pipeline_{stage.name.lower()}"][world.population][municipality.index])
            while left > 0:
                dwellings = quantile(world.size, score(next_draw(world, municipality, "size")))
                if left - dwellings < smallest and left <= max(max(world.size), smallest):
                    dwellings = left
                Project(world, municipality, INITIAL, dwellings, stage)
                left -= dwellings
            for own in own_projects(world, municipality):
                if own.stage == stage.name.lower() or own.stage == stage.name:
                    Project(world, municipality, INITIAL, own.dwellings, stage, own=own)


def own_projects(world: World, municipality: Municipality) -> list[OwnProject]:
    """Return the projects of a municipality that its company lists itself, in the order of its table."""
    listed = [project for workbook in world.scenario.workbooks.values() for project in workbook.projects or ()]
    return [project for project in listed if project.nis == int(world.region.nis[municipality.index])]


def next_draw(world: World, municipality: Municipality, purpose: str) -> int:
    """Return the draw of a purpose of the municipality's next project."""
    k, lanes = len(municipality.projects), world.lanes
    mine = lanes[municipality.index]
    return world.streams.place("project", purpose, k // mine, sum(lanes[: municipality.index]) + k % mine, sum(lanes))
