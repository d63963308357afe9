"""A project: one SimPy process from the month it comes into being to the month it ends (phase 3, completion, moves it on)."""

import simpy

from sim.inputs.months import month_number
from sim.inputs.workbook.data import OwnProject
from sim.model.calendar import Phase, Process
from sim.model.chance import Draws
from sim.model.numbers import MIDDLE, ONE, bernoulli, committee, fixed, months, quantile, score
from sim.model.parties import Land, Municipality, Stage, Stream
from sim.model.world import World

PIPELINE = (Stage.CONSTRUCTION, Stage.KTP, Stage.MJP, Stage.PREPARATION, Stage.DORMANT)  # in this order the start makes projects
NEVER = -1


class Project:
    """Dwellings that go through the stages together. `slot` and `money` are events: the company grants them."""

    def __init__(
        self,
        world: World,
        municipality: Municipality,
        land: Land,
        dwellings: int,
        stage: Stage,
        draws: Draws,
        *,
        stream: Stream = Stream.OWN,
        voluntary: bool = False,
        own: OwnProject | None = None,
    ) -> None:
        """Come into being in a stage, this month; at the start the project is under way in it."""
        self.world, self.municipality, self.land, self.dwellings = world, municipality, land, dwellings
        self.stream, self.voluntary, self.own, self.draws = stream, voluntary, own, draws
        self.k = len(municipality.projects)
        municipality.projects.append(self)
        self.key = (municipality.index, self.k)
        self.stage = stage
        self.entered = [NEVER] * len(Stage)
        self.asked = self.ready = self.ended = NEVER
        self.appeal = self.delay = 0
        self.woken = False
        self.slot, self.money = world.calendar.event(), world.calendar.event()
        municipality.dwellings[stage] += dwellings
        if stream is not Stream.REPLACEMENT:
            self.entered[stage] = world.now
        if stage in (Stage.PREPARATION, Stage.MJP):
            municipality.company.held += 1
        world.calendar.process(self.life(under_way=land is Land.INITIAL))

    def life(self, under_way: bool) -> Process:
        """Wait for the end of each stage, from the one it is in on."""
        world, company, how = self.world, self.municipality.company, self.world.how
        if self.stage is Stage.PREPARATION:
            yield self.until(self.committee(self.preparation(under_way)))
            under_way = False
            if bernoulli(self.draws["asleep"], how.asleep.value):
                world.happened["asleep"] += 1
                company.held -= 1
                self.enter(Stage.DORMANT)
            else:
                self.enter(Stage.MJP)
        if self.stage is Stage.DORMANT:
            if self.stream is not Stream.REPLACEMENT:
                yield self.until(world.now + months(self.sleep(under_way)))
                fell_asleep = 1 if under_way else how.asleep.value  # the draw is the same, and was below this
                if bernoulli(self.draws["asleep"], fell_asleep * how.dropped_asleep.value):
                    world.happened["dropped, asleep at the start" if under_way else "dropped"] += 1
                    self.cancel()
                    return
                self.woken, under_way = True, False
            self.asked = world.now
            company.waiting.append(self)
            yield self.slot
            self.enter(Stage.MJP)
        if self.stage is Stage.MJP:
            yield self.until(self.committee(self.permit(under_way)))
            company.held -= 1
            if bernoulli(self.draws["cancelled"], how.cancelled.value):
                self.cancel()
                return
            self.enter(Stage.KTP)
            under_way = False
        if self.stage is Stage.KTP:
            yield from self.tender(under_way)
            under_way = False
        built = self.as_expected("delivered", self.duration("construction", under_way) * self.size_factor() >> 16)
        yield self.until(world.now + months(built))
        self.enter(Stage.REALISED)

    def tender(self, under_way: bool) -> Process:
        """From KTP on: be awarded, and wait for money to start construction."""
        yield self.until(self.world.now + months(self.as_expected("start", self.duration("award", under_way))))
        self.enter(Stage.AWARD)
        yield self.until(self.world.now + months(self.as_expected("start", self.duration("start"))))
        self.ready = self.world.now
        self.municipality.company.fund.waiting.append(self)
        yield self.money
        self.enter(Stage.CONSTRUCTION)

    def enter(self, stage: Stage) -> None:
        """Move all dwellings to a stage."""
        self.municipality.dwellings[self.stage] -= self.dwellings
        self.municipality.dwellings[stage] += self.dwellings
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

    def duration(self, purpose: str, under_way: bool = False) -> int:
        """Return the duration, in 64ths of a month, of a stage entered now; what is left of it if it is under way at the start."""
        world = self.world
        shared = world.shocks[world.calendar.year()] + world.company_shocks[self.municipality.company.index]
        normal = (shared + world.own_luck * score(self.draws[purpose])) >> 16
        lead_times = world.given.to_go if under_way else world.given.lead_times
        return quantile(lead_times[purpose][self.municipality.index], normal)

    def draw_of(self, purpose: str) -> int:
        """Return a draw (32 bits) of this project for a purpose of one's own, in a stage of one's own, say: the same in every scenario."""
        return self.world.streams.own(purpose, self.municipality.index, self.k)

    def unshaken(self, purpose: str) -> int:
        """Return a duration that no shock touches."""
        return quantile(self.world.given.lead_times[purpose][self.municipality.index], score(self.draws[purpose]))

    def faster(self, duration: int) -> int:
        """Return a duration shortened by the municipality's effort of now."""
        return duration * (ONE - (fixed(self.world.how.effort_speed.value) * self.municipality.effort >> 16)) >> 16

    def preparation(self, under_way: bool) -> int:
        """Return how long the project is prepared: a new one takes its stream and the style of consultation into account."""
        how, levers = self.world.how, self.world.levers
        duration = self.duration("preparation", under_way)
        if not under_way:
            if self.stream is Stream.CBO:
                duration = duration * fixed(how.cbo_speed.value) >> 16
            duration = duration * fixed(levers.consultation.value) >> 16
        return self.as_expected("on_mjp", self.faster(duration))

    def sleep(self, under_way: bool) -> int:
        """Return how long the project sleeps; only of one asleep at the start a company may expect something."""
        wake = self.unshaken("wake")
        return self.as_expected("on_mjp", wake) if under_way else wake

    def permit(self, under_way: bool) -> int:
        """Return how long the project stays on MJP: the permit, and the appeals against it."""
        how = self.world.how
        permit = self.faster(self.duration("permit", under_way))
        if self.woken:
            permit = permit * fixed(how.awake_share.value) >> 16
        return self.as_expected("on_ktp", permit) + self.appeals()

    def appeals(self) -> int:
        """Return how long appeals against the project take: first the administration's, then the council's, then a new permit."""
        how, happened = self.world.how, self.world.happened
        larger = (self.dwellings / how.appeal_reference.value) ** how.appeal_exponent.value
        if bernoulli(self.draws["appeal"], min(how.appeal_ceiling.value, how.appeal.value * larger)):
            happened["appeal"] += 1
            self.appeal = 1
            self.delay += self.unshaken("appeal_delay")
            if bernoulli(self.draws["council"], how.council.value):
                happened["council"] += 1
                self.appeal = 2
                self.delay += self.unshaken("council_duration")
                if bernoulli(self.draws["annulled"], how.annulled.value):
                    happened["annulled"] += 1
                    self.appeal = 3
                    self.delay += self.unshaken("new_permit")
        return self.delay

    def as_expected(self, step: str, duration: int) -> int:
        """Return a stage's duration, multiplied so that the model's own middle becomes what the company expects until a step."""
        if self.own is None or getattr(self.own, step) is None:
            return duration
        steps = ("on_mjp", "on_ktp", "start", "delivered")
        behind = {"dormant": 0, "preparation": 0, "MJP": 1, "KTP": 2, "construction": 3}[self.own.stage]
        begin = self.world.scenario.start
        expected = max(0, month_number(getattr(self.own, step), begin))
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
        given, how, stage = self.world.given, self.world.how, self.own.stage
        effort = ONE - (fixed(how.effort_speed.value) * max(1, given.mean_effort) >> 16)

        def half(purpose: str, left: bool = False) -> int:
            return (given.to_go if left else given.lead_times)[purpose][self.municipality.index][MIDDLE]

        if step == "on_mjp":
            return half("wake") if stage == "dormant" else half("preparation", left=True) * effort >> 16
        if step == "on_ktp":
            permit = half("permit", left=stage == "MJP") * effort >> 16
            return permit * fixed(how.awake_share.value) >> 16 if self.woken else permit
        if step == "start":
            return half("award", left=stage == "KTP") + half("start")
        return half("construction", left=stage == "construction") * self.size_factor() >> 16

    def size_factor(self) -> int:
        """Return how much longer a project of this size is built, in 65,536ths."""
        how = self.world.how
        return fixed((self.dwellings / how.construction_reference.value) ** how.construction_exponent.value)

    def cancel(self) -> None:
        """End, and give the land back to where it came from, that of the start to the company; a voluntary project its part of the envelope."""
        self.enter(Stage.CANCELLED)
        self.municipality.land[Land.COMPANY if self.land is Land.INITIAL else self.land] += self.dwellings
        if self.voluntary:
            self.world.reserved -= self.dwellings


def start_pipeline(world: World) -> None:
    """Make the projects that are under way at the start; what would be too small a rest joins the last one."""
    smallest, largest = world.smallest, max(*world.given.tables["size"], world.smallest)
    for m in world.municipalities:
        own_projects = world.given.own_projects.get(int(world.region.nis[m.index]), [])
        for stage in PIPELINE:
            left = int(world.region.estimates[f"pipeline_{stage.name.lower()}"][world.population][m.index])
            while left > 0:
                draws = world.streams.project(m.index, len(m.projects))
                dwellings = world.size(draws["size"])
                if left - dwellings < smallest and left <= largest:
                    dwellings = left
                Project(world, m, Land.INITIAL, dwellings, stage, draws)
                left -= dwellings
            for own in own_projects:
                if own.stage in (stage.name, stage.name.lower()):
                    draws = world.streams.project(m.index, len(m.projects))
                    Project(world, m, Land.INITIAL, own.dwellings, stage, draws, own=own)
