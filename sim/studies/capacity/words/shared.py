"""Words and numbers that an answer on one company and one on all of them share."""

from collections.abc import Callable

from sim.inputs.workbook.words import LAND, OF_COMPANY, OF_MUNICIPALITIES, STAGES, named
from sim.report.cells import Cell, Sheet
from sim.report.estimates import FEW, figures_of, simulations, source_of
from sim.report.language import Language
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.spending import Spending
from sim.studies.capacity.study import Needs

MILLION, LITTLE = 1e6, 5e5  # euro
SMALL = 0.05  # of a mean, below which no decimal is written
FIGURES = {**OF_MUNICIPALITIES, **OF_COMPANY, **STAGES, "land": LAND}  # of a company's own data
Entry = str | tuple[str, str]  # a number, or a number with its band


def counted(what: str, count: str, language: Language) -> str:
    """Return so much of a lever, or so many of something else, with its noun."""
    say_count = language.say_count
    return {
        "managers": say_count("{count} project manager", "{count} project managers", count),
        "finance": say_count("{count} new dwelling a year", "{count} new dwellings a year", count),
        "land": say_count("{count} place of land a year", "{count} places of land a year", count),
        "dwellings": say_count("{count} dwelling", "{count} dwellings", count),
        "projects": say_count("{count} project", "{count} projects", count),
    }[what]


def figure_name(figure: str, language: Language) -> str:
    """Return what a figure of a company's own data is called; a stage is that of the projects under way."""
    name = named(FIGURES[figure], language.code)
    return language.say("under way: {stage}", stage=name) if figure in STAGES else name


class Words:
    """What the words on one company and on all share: numbers that know their place in a CSV, and what the means are and cost."""

    ANSWER = "answer"  # the table of the answer's own numbers, by fact
    MEANS, LEVER = "means", "lever"  # the table of the means, and the column that names them

    def __init__(self, needs: Needs | NeedsOfAll | Spending, language: Language) -> None:
        self.result, self.facts, self.question = needs, needs.facts, needs.question
        self.language, self.say = language, language.say
        self._sheets: dict[str, Sheet] = {}

    def sheet(self, name: str) -> Sheet:
        """Return a table, read cell by cell; made when it is asked for, as some are long. Raises KeyError for one that there is not."""
        if name not in self._sheets:
            self._sheets[name] = Sheet(self.result.file_of(name), self.result.tables[name], self.language)
        return self._sheets[name]

    def fact(self, name: str, column: str = "value", step: float = 1, scale: float = 1) -> Cell:
        """Return a number of the answer itself."""
        sheet = self.sheet(self.ANSWER)
        return sheet.cell(sheet.row(fact=name), column, step, scale)

    def mean(self, lever: str, column: str, step: float = 1, scale: float = 1) -> Cell:
        """Return a number of one of the means."""
        sheet = self.sheet(self.MEANS)
        return sheet.cell(sheet.row(**{self.LEVER: lever}), column, step, scale)

    def range(self, low: str, high: str) -> str:
        """Say from where to where."""
        return self.say("{low} to {high}", low=low, high=high)

    def banded(self, cell: Callable[[str], str], value: str = "value", low: str = "low95", high: str = "high95") -> tuple[str, str]:
        """Return a number and its band, each from its column."""
        return cell(value), self.range(cell(low), cell(high))

    def inline(self, entry: Entry) -> str:
        """Say a number with its band, if it has one, in a line."""
        return entry if isinstance(entry, str) else self.say("{number} ({band})", number=entry[0], band=entry[1])

    def passing(self) -> str:
        """Say what is asked of a company: that none of its municipalities is in a category at a test, or at any."""
        tests, count = self.question.tests, len(self.facts["municipalities"])
        which = f"{'only' if count == 1 else 'all'} at {'one' if len(tests) == 1 else 'any'}"
        return self.language.name("passing", which, category=self.question.category, count=str(count), year=tests[0])

    def lever(self, lever: str) -> str:
        """Return what a lever is called, with its unit."""
        return self.language.name("lever", lever)

    def as_it_goes(self) -> str:
        """Say what is called today's."""
        year = self.facts["start_year"]
        return self.say("Today: the central estimate for {year} or your own figure, as in the tables to fill in.", year=year)

    def within_reach(self) -> str:
        """Say what is taken to be beyond reach, and that it is assumed."""
        return self.language.name("capacity_note", "reach", times=self.language.number(self.facts["reach"]))

    def chance(self, name: str, row: int, column: str = "chance") -> Cell:
        """Return a chance in a table, which is a share of the simulations, no finer than they tell."""
        return self.sheet(name).share_of(row, column, int(self.facts["replications"]))

    def chance_banded(self, name: str, row: int, column: str = "chance") -> tuple[str, str]:
        """Return such a chance with its 95% interval, which is in percentages of any number of simulations."""
        sheet = self.sheet(name)
        return self.chance(name, row, column), self.range(sheet.percent(row, "low95"), sheet.percent(row, "high95"))

    def of_simulations(self, name: str, row: int, column: str) -> str:
        """Say a share of the simulations with its noun, no finer than they tell."""
        return simulations(self.chance(name, row, column), int(self.facts["replications"]), self.language)

    def costs(self, **known: str) -> str:
        """Say what the means cost, and that nobody published it. `known`: the costs that know their place."""
        costs = {name: self.language.number(value) for name, value in self.facts["costs"].items()}
        return self.language.name("capacity_note", "costs", **costs | known)

    def few(self) -> list[str]:
        """Say that there are few replications, if there are."""
        if int(self.facts["replications"]) >= FEW:
            return []
        return [self.say("With fewer than 100 simulations bands and intervals are only indicative.")]

    def source(self) -> str:
        """Say what the numbers are and on what they rest."""
        return f"{source_of(self.facts, self.language)} {self.language.name('origin', 'stands')}"

    def estimated(self) -> str:
        """Say which of the figures of municipalities are estimates."""
        return figures_of(self.facts, self.language)
