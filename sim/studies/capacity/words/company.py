"""What one company would need, in words and numbers."""

import datetime
import math
from collections.abc import Iterator
from functools import partial

from babel.dates import format_date

from sim.report.cells import Cell
from sim.report.language import Language
from sim.studies.capacity.limits import ALL
from sim.studies.capacity.study import ALONE, Needs
from sim.studies.capacity.warning import BRINGS
from sim.studies.capacity.words.shared import LITTLE, MILLION, SMALL, Entry, Words, counted


class CompanyWords(Words):
    """The sentences on what one company would need."""

    def __init__(self, needs: Needs, language: Language) -> None:
        super().__init__(needs, language)
        self.needs = needs
        self.known = {  # what many sentences fill in
            **{"company": self.question.company, "category": self.question.category, "wish": self.wish()},
            **{"chance": self.share("chance_as_is"), "possible": self.share("chance_possible"), "today": self.euro("cost_today")},
        }

    def wish(self) -> Cell:
        """Return the certainty that is asked for."""
        sheet = self.sheet("answer")
        return sheet.percent(sheet.row(fact="wish"), "value")

    def share(self, name: str) -> Cell:
        """Return a chance of the answer itself."""
        return self.chance("answer", self.sheet("answer").row(fact=name), "value")

    def share_banded(self, name: str) -> tuple[str, str]:
        """Return a chance of the answer itself with its 95% interval."""
        return self.chance_banded("answer", self.sheet("answer").row(fact=name), "value")

    def euro(self, name: str, column: str = "value") -> Cell:
        """Return a cost of the answer itself in million euro; in more digits where it is little."""
        return self.fact(name, column, 0.1 if self.fact(name).value >= LITTLE else 0.01, 1 / MILLION)

    def today(self, lever: str) -> Cell:
        """Return what there is of one of the means; without a decimal where it is whole."""
        whole = self.mean(lever, "today")
        return whole if abs(whole.value - round(whole.value)) < SMALL else self.mean(lever, "today", 0.1)

    def alone(self, lever: str) -> Entry:
        """Return the minimum of a lever, the others as they are, with its 95% interval."""
        minimum, cell = self.needs.minimum[lever], partial(self.mean, lever)
        over = self.say("over {most}", most=cell("most"))
        if minimum.value is None and minimum.low is None:
            return self.say("{most} is not enough", most=cell("most"))
        band = self.range(cell("least_low95"), over if minimum.high is None else cell("least_high95"))
        return self.inline((over, band)) if minimum.value is None else (cell("least"), band)

    def means(self) -> tuple[list[str], list[list[Entry]]]:
        """Return the means as a table: its heads but the first; by lever what there is, the minimum alone, and the plan; with cost, chance."""
        say, stays = self.say, self.say("stays")
        plans: dict[str, Entry] = dict.fromkeys(self.question.levers, stays)
        for name in self.needs.more:
            plans[name] = self.banded(partial(self.mean, name), "plan", "cheapest_low95", "cheapest_high95")
        cost = self.banded(partial(self.euro, "cost_plan")) if self.needs.more else stays
        rows: list[list[Entry]] = [[self.lever(name), self.today(name), self.alone(name), plan] for name, plan in plans.items()]
        rows.append([self.lever("cost"), self.euro("cost_today"), "", cost])
        before, after = (self.share_banded(name) for name in ("chance_as_is", "chance_fresh"))
        return [say("as things go"), say("least, the others as they are"), say("plan")], [*rows, [say("chance"), before, "", after]]

    def needed(self, beside: bool = True) -> str:
        """Say what is to be planned: the means of which the cheapest combination holds more than there is, with what there is beside."""
        parts = []
        for name in self.needs.more:
            part = counted(name, self.mean(name, "plan"), self.language)
            parts.append(self.say("{means} (now {today})", means=part, today=self.today(name)) if beside else part)
        if not parts:
            return self.say("nothing extra")
        first, *others = parts
        for part in others[:-1]:
            first = first + ", " + part  # not joined: what is HTML stays so
        return self.say("{first} and {last}", first=first, last=others[-1]) if others else first

    def title(self) -> str:
        """Say the cheapest combination that is enough, or that none is; short enough for a picture."""
        kind = "none" if not self.needs.reached else "plan" if self.needs.more else "today"
        return self.language.name("capacity_title", kind, means=self.needed(beside=False), **self.known)

    def answer(self) -> str:
        """Say the same in full: what is asked, what must be added to today for it, or what is possible at the most."""
        say, known = self.say, self.known
        asked = say("The chance that {passing} is {chance} as things are", passing=self.passing(), **known)
        if not self.needs.reached:
            return asked + say("; {wish} is beyond reach: no combination of means within reach gave more than {possible}", **known)
        if self.needs.more:
            return asked + say("; with {means} it becomes {wish}", means=self.needed(), **known)
        if self.needs.as_is[0] >= self.question.probability:
            return asked + say("; {wish} is wanted, so the means of today are enough", **known)
        return asked + say("; {wish} is wanted: the means of today, rounded up and the same each year, are just enough", **known)

    def cost(self) -> str:
        """Say what the plan costs on top of today, and that the rest stays as it is; where nothing is enough first what comes near."""
        say, known = self.say, self.known
        words = say("The means of today cost {today} million euro a year.", **known)
        if self.needs.more:
            extra, band = self.banded(partial(self.euro, "cost_extra"))
            cost = {**known, "extra": extra, "band": band}
            if self.needs.reached:
                words = say("That is {extra} million euro a year more than today ({band}); today the means cost {today}.", **cost)
            else:  # where hardly anything is gained nothing is known of its price
                words = say("That is {extra} million euro a year more than today; today the means cost {today}.", **cost)
            if len(self.needs.more) < len(self.question.levers):
                words = words + " " + say("The rest stays as it is.")
        if self.needs.reached:
            return words
        chance, needed = self.share("chance_fresh"), self.needed()
        near = say("What comes near that at the least cost ({chance} in new simulations): {means}.", chance=chance, means=needed)
        return near + " " + words

    def out_of_sample(self) -> str:
        """Say the chance of the plan in replications that no search has looked at."""
        chance, band = self.share_banded("chance_fresh")
        values = {"replications": self.fact("replications"), "chance": chance, "band": band}
        return self.say("Checked in {replications} new simulations, which chose nothing: a chance of {chance} ({band}).", **values)

    def reckoned_from(self) -> str:
        """Say from when is reckoned, as a date in the answer may lie in the past by now."""
        asked = datetime.date.fromisoformat(f"{self.facts['asked_in']}-01")
        last, month = self.facts["start_year"] - 1, str(format_date(asked, "MMMM yyyy", locale=self.language.locale))
        return self.say(
            "Reckoned from 31 December {year}; what had to be done by {month} is no advice any more.", year=last, month=month
        )

    def notes(self) -> list[str]:
        """Return how the numbers are to be read, and on what they rest."""
        brackets = self.say("Between brackets: the 95% interval of the answer, by the luck of the draw.")
        return [brackets, self.as_it_goes(), *self.cost_notes()]

    def cost_notes(self) -> list[str]:
        """Return what the means cost and, where it goes without saying for nobody, for what the cheapest combination is."""
        say, levers = self.say, self.question.levers
        notes = [
            self.language.name("capacity_note", "plan"),
            self.within_reach(),
            self.costs(**{name: self.mean(name, "price") for name in levers}),
        ]
        if "finance" in levers and "finance" not in self.needs.more:
            notes.append(say("No extra money in the plan: what these tests count (MJP, KTP) does not have to be paid for by then."))
        return notes

    def source(self) -> str:
        """Say what the numbers are and on what they rest."""
        if self.needs.tables["replaced"].empty:
            return super().source()
        return super().source() + " " + self.say("Of {company} some of these are its own data.", **self.known)

    def estimated(self) -> str:
        """Say which of the figures of municipalities are estimates."""
        if self.needs.tables["replaced"].empty:
            return super().estimated()
        return self.say("The figures per municipality are estimated, but for those that the company gave itself.")

    # ---------------------------------------------------------------- what capacity cannot give

    def bottlenecks(self) -> Iterator[str]:
        """Yield which test is the hardest and which bottlenecks remain with the maximum of everything; nothing where capacity is enough."""
        if self.needs.reached:
            return
        say, tests, remains = self.say, self.sheet("tests"), self.sheet("remains")
        weakest = int(tests.frame["chance_at_most"].argmin())
        hardest = {"year": tests.value(weakest, "test"), "chance": self.of_simulations("tests", weakest, "chance_at_most")}
        yield say("With the most of everything, the test of {year} is the hardest: all pass it in {chance}.", **hardest)
        for row in range(len(remains)):
            relief = remains.value(row, "relief")
            low, high = (remains.cell(row, column, 1, 100) for column in ("low95", "high95"))
            values = {kind: self.language.name(kind, relief) for kind in ("relieved", "bottleneck")}
            values |= {"chance": self.chance("remains", row), "band": self.range(low, high)}
            none = not remains.value(row, "low95") and not remains.value(row, "high95")
            gain = "none" if none else "uncertain" if low.value <= 0 else "together" if relief == ALL else "alone"
            yield self.language.name("gain", gain, **values)
        together, target = remains.row(relief=ALL), self.question.probability
        if remains.value(together, "chance_high95") < target:
            yield say("So time is the bottleneck: even with all of that the wish is not reached.")
        elif remains.value(together, "chance") < target:
            yield say("So time is probably the bottleneck: with all of that the wish is not reached in these simulations.")

    def non_monotonic(self) -> Iterator[str]:
        """Yield where more capacity gave less chance, also beside the cheapest combination."""
        say, sheet = self.say, self.sheet("falls")
        for row in range(len(sheet)):
            alone = sheet.value(row, "others") == ALONE
            values = {"others": say("the others as they are") if alone else say("the others as in the cheapest combination")}
            values |= {"more": sheet.cell(row, "to"), "less": sheet.cell(row, "from")}
            values["lever"] = self.lever(sheet.value(row, "lever"))
            values |= {"by": sheet.cell(row, "by", 0.1, 100), "error": sheet.cell(row, "error", 0.1, 200)}
            yield self.language.name("capacity_note", "backward", **values)

    def deadlines(self) -> Iterator[str]:
        """Yield by when a project must be on MJP with the means of the plan; of the tests, the first for which there is still time."""
        sheet, name, share = self.sheet("deadlines"), self.language.name, self.wish()
        for stage in ("realised", "KTP", "MJP"):
            rows = sheet.frame.index[(sheet.frame["stage"] == stage) & (sheet.frame["means"] == "plan")]
            row = next((row for row in rows if self.in_time(sheet.value(row, "on_mjp"))), None)
            if row is not None:
                values = {"month": sheet.month(row, "on_mjp"), "months": sheet.cell(row, "months"), "by": sheet.value(row, "by")}
                yield name("in_time", stage, share=share, test=f"{sheet.value(row, 'test'):.0f}", **values)
            elif stage != "MJP" and any(math.isfinite(sheet.value(row, "on_mjp")) for row in rows):
                yield name("late", stage, share=share)

    def in_time(self, on_mjp: float) -> bool:
        """Return whether a month, given as a year with its months as a fraction, is known and still to come when it is asked."""
        year, month = map(int, self.facts["asked_in"].split("-"))
        return math.isfinite(on_mjp) and round(12 * on_mjp) > 12 * year + month

    def mendable(self, row: int) -> bool:
        """Return whether the month by which what a row of the warnings tells can be mended is still to come when it is asked."""
        sheet = self.sheet("warnings")
        return bool(sheet.value(row, "mendable")) and str(sheet.value(row, "latest")) > self.facts["asked_in"]

    def hiring(self) -> Iterator[str]:
        """Yield until when the plan's managers are in time, and how many it takes from each later year on."""
        sheet, say = self.sheet("hiring"), self.say
        if not len(sheet):
            return
        enough = [row for row in range(len(sheet)) if sheet.value(row, "managers") == self.needs.more["managers"]]
        if enough:
            managers = counted("managers", self.mean("managers", "plan"), self.language)
            yield say(
                "Hiring: {managers} are enough if they are at work by January {year} at the latest; until then it stays as it is.",
                managers=managers,
                year=int(sheet.value(enough[-1], "since")),
            )
        for row in range(enough[-1] + 1 if enough else 0, len(sheet)):
            year = int(sheet.value(row, "since"))
            if math.isfinite(sheet.value(row, "managers")):
                managers = counted("managers", sheet.cell(row, "managers"), self.language)
                yield say("From January {year} on it takes {managers}.", year=year, managers=managers)
            else:
                yield say("From January {year} on no number within reach is enough.", year=year)
        yield say("The months that it takes to find and train people come on top: the model knows none.")

    def together(self) -> Iterator[str]:
        """Yield what it does to the chance that companies go on as one; nothing for a company alone."""
        sheet = self.sheet("together")
        if not len(sheet):
            return
        apart, together = len(sheet) - 2, len(sheet) - 1
        alone = ", ".join(f"{sheet.value(row, 'who')} {self.chance('together', row)}" for row in range(apart))
        values = {"together": self.chance("together", together), "alone": alone}
        values["apart"] = self.of_simulations("together", apart, "chance")
        values |= {name: sheet.cell(together, f"gain_{name}95", 1, 100) for name in ("low", "high")}
        yield self.language.name("capacity_note", "together", **values)

    # ---------------------------------------------------------------- early warning and workload

    def deadline(self, row: int) -> str:
        """Say until when what a row of the warnings tells can be mended."""
        say, sheet, name = self.say, self.sheet("warnings"), self.language.name
        stage, step = name("stage", sheet.value(row, "needed")), sheet.value(row, "step")
        if not sheet.value(row, "latest"):
            return say("by when it can be mended, nobody can tell")
        if not self.mendable(row):
            return say("too late to be {stage} in time with {wish} certainty", stage=stage, wish=self.wish())
        asleep = sheet.value(row, "stage_today") == "dormant"
        words = name("by", "dormant" if asleep else step, month=sheet.month(row, "latest"))
        last = step == BRINGS[sheet.value(row, "needed")]
        return words if last else say("{step} to be {stage} in time", step=words, stage=stage)

    def warning(self, row: int) -> str:
        """Say which project, in which queue, makes the difference, how often, and until when it can be mended."""
        sheet, name = self.sheet("warnings"), self.language.name
        kind, project, stage, queue = (str(sheet.value(row, column)) for column in ("kind", "project", "stage_today", "queue"))
        words = {"project": project, "stage": name("stage", stage) if stage else "", "queue": name("still", queue)}
        words |= {"dwellings": counted("dwellings", sheet.cell(row, "dwellings"), self.language)}
        words |= {"share": self.of_simulations("warnings", row, "share"), "deadline": self.deadline(row)}
        return name("warning", "named" if project else kind, **words)

    def failing(self, row: int) -> str:
        """Say of the municipality and test of a row of the warnings how often it fails, and how much it lacks then."""
        sheet = self.sheet("warnings")
        return self.language.say_count(
            "{municipality}, test {test}: fails in {fails}; {count} dwelling is lacking then, on average.",
            "{municipality}, test {test}: fails in {fails}; {count} dwellings are lacking then, on average.",
            sheet.cell(row, "lacks"),
            fails=self.of_simulations("warnings", row, "fails"),
            municipality=sheet.value(row, "municipality"),
            test=sheet.value(row, "test"),
        )

    def warnings(self, most: int = 3, lines: int = 3) -> list[tuple[str, list[str]]]:
        """Return of the municipalities and tests that fail most often how often they do, with what makes the difference, most often first.

        No test and no municipality comes twice as long as there is another.
        """
        table, groups = self.needs.tables["warnings"], dict[tuple[int, str], list[int]]()
        for row, (test, place) in enumerate(zip(table["test"], table["municipality"], strict=True)):
            groups.setdefault((int(test), str(place)), []).append(row)
        rest = sorted(groups, key=lambda group: -table["fails"].iloc[groups[group][0]])
        chosen: list[tuple[int, str]] = []
        while rest and len(chosen) < most:
            taken = [sum((test == t) + (place == p) for t, p in chosen) for test, place in rest]
            chosen.append(rest.pop(taken.index(min(taken))))
        return [(self.failing(groups[key][0]), [self.warning(row) for row in groups[key][:lines]]) for key in chosen]

    def peak(self, measure: str, scale: float = 1) -> tuple[Cell, int]:
        """Return the highest median of a measure of the whole company with the means of the plan, and its year."""
        sheet = self.sheet("workload")
        rows = sheet.frame.query("means == 'plan' and municipality == '' and measure == @measure")
        row = int(str(rows["p50"].idxmax()))
        return sheet.cell(row, "p50", scale=scale), int(rows["year"][row])

    def workload(self) -> str:
        """Say when there is most to do: projects and managers, works that start and what they cost."""
        say, (projects, busiest), (starts, most) = self.say, self.peak("projects"), self.peak("starts")
        means = say("what the plan adds to the means of today") if self.needs.more else say("the means of today")
        if not starts.value:
            return say("With {means} no works start in most of the simulations.", means=means)
        values: dict[str, str | int] = {"means": means, "busiest": busiest, "projects": projects, "most": most}
        values["managers"] = counted("managers", self.peak("managers")[0], self.language)
        values |= {"starts": counted("dwellings", starts, self.language), "euro": self.peak("euro", 1 / MILLION)[0]}
        return self.language.name("capacity_note", "peak", **values)
