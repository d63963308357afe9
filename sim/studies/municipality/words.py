"""What is said of one municipality, on its page and on the screen."""

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Any

from babel.dates import format_date

from sim.report.cells import Cell, Sheet, step_of
from sim.report.estimates import simulations
from sim.report.language import Language
from sim.studies.municipality.study import Municipalities
from sim.studies.why.words import more_words, requirement, step_of_dwellings
from sim.tracing.trace import STAGES

HALF = 98  # percentage points: half of the 95% interval of a chance of 1 in 2, of one simulation (normal approximation)


class Words:
    """The words on one municipality, in a language; numbers know their place in the tables."""

    def __init__(self, found: Municipalities, nis: int, language: Language) -> None:
        self.found, self.nis, self.language, self.say = found, nis, language, language.say
        self.sheets = {name: Sheet(found.file_of(name), frame, language) for name, frame in found.tables.items()}
        self.end = self.sheets["ends"].row(nis=nis)
        self.name, self.company = (str(self.sheets["ends"].value(self.end, key)) for key in ("municipality", "company"))
        # an estimate of a municipality is worth no more digits than the simulations give
        self.replications = int(found.facts["replications"])

    @property
    def has_objective(self) -> bool:
        """Whether it has an objective in any simulation."""
        return not math.isnan(float(self.sheets["ends"].value(self.end, "share")))

    def rows(self, table: str) -> list[int]:
        """Return the numbers of the rows of this municipality in a table, in order."""
        frame = self.sheets[table].frame
        return [int(row) for row in frame.index[frame["nis"] == self.nis]] if len(frame) else []

    def value(self, table: str, row: int, column: str) -> Any:
        """Return a value of a table."""
        return self.sheets[table].value(row, column)

    def percent(self, table: str, row: int, column: str) -> Cell:
        """Return a share as a percentage."""
        return self.sheets[table].percent(row, column)

    def share_of(self, table: str, row: int, column: str) -> Cell:
        """Return a share of the simulations that a row is of, as fine as they tell."""
        return self.sheets[table].share_of(row, column, self.count(table, row))

    def count(self, table: str, row: int) -> int:
        """Return of how many simulations a row of shares is."""
        if table == "plans":
            return int(self.value(table, row, "verdicts"))
        if table == "ends":
            return self.replications
        judged = int(self.value("tests", self.sheets["tests"].row(nis=self.nis, test=self.value(table, row, "test")), "judged"))
        return judged if table == "tests" else min(judged, int(self.found.facts["explained"]))

    def dwellings(self, table: str, row: int, column: str) -> Cell:
        """Return dwellings, a large number to tens."""
        return self.sheets[table].cell(row, column, step_of_dwellings(self.value(table, row, column)))

    def euro(self, row: int, column: str, years: int = 1) -> Cell | str:
        """Return the contribution of a test where it falls into 2B, or with its years that of each; a dash where it never does, or too seldom
        for a band."""
        sheet = self.sheets["tests"]
        mean, low, high = (float(sheet.value(row, name)) for name in ("euro", "euro_p10", "euro_p90"))
        if math.isnan(mean) or math.isnan(float(sheet.value(row, column))):
            return "–"
        spread = mean if math.isnan(low) else high - low
        step = max(100.0, step_of(max(spread / 10, mean / 100) / years))
        return sheet.cell(row, column, step, 1 / years)

    def answer(self) -> Iterator[str]:
        """Yield what the tests can bring, a sentence each."""
        say, tests = self.say, self.rows("tests")
        if not self.has_objective:
            yield say("{municipality} has no objective, so no test judges it.", municipality=self.name)
            return
        if tests:
            worst = max(tests, key=lambda row: _known(self.value("tests", row, "2B")))
            for row in dict.fromkeys((tests[0], worst)):
                in_2b, a, one = (self.share_of("tests", row, name) for name in ("2B", "2A", "1"))
                yield say(
                    "At the test of {year} {municipality} falls into category 2B in {b}, into 2A in {a}, into 1 in {one}.",
                    year=self.value("tests", row, "test"),
                    municipality=self.name,
                    b=simulations(in_2b, self.count("tests", row), self.language),
                    a=a,
                    one=one,
                )
                yield from self.paid(row)
            ever = simulations(self.share_of("ends", self.end, "ever_2B"), self.replications, self.language)
            yield say("It falls into 2B at least once in {ever}.", ever=ever)
            if self.value("tests", tests[0], "judged") < self.replications - int(self.found.facts["failed"]):
                yield say(
                    "At the test of {year} it has an objective in {judged} of the {all} simulations: the chances at a test are of those "
                    "with one, that of at least once is of all.",
                    year=self.value("tests", tests[0], "test"),
                    judged=self.sheets["tests"].cell(tests[0], "judged"),
                    all=self.language.number(self.replications),
                )
        yield say(
            "By the end of {year} {realised} of the {objective} dwellings of its objective, SIB included, "
            "are expected to be realised ({share}).",
            year=self.found.facts["end_year"],
            realised=self.dwellings("ends", self.end, "realised"),
            objective=self.dwellings("ends", self.end, "objective"),
            share=self.percent("ends", self.end, "share"),
        )

    def paid(self, row: int) -> Iterator[str]:
        """Yield what it pays if it falls into 2B at a test; nothing where it never does."""
        if self.euro(row, "euro") == "–":
            return
        years, banded = int(self.value("tests", row, "charged_years")), self.euro(row, "euro_p10") != "–"
        yield self.say(
            "If it falls into 2B then, it pays {euro} euro on average ({band}): {each} a year in {years}.",
            euro=self.euro(row, "euro"),
            band=self.say("in 8 of 10 such cases {low} to {high}", low=self.euro(row, "euro_p10"), high=self.euro(row, "euro_p90"))
            if banded
            else self.say("too few such simulations for a band"),
            each=self.euro(row, "euro", years),
            years=self.value("tests", row, "years"),
        )

    def asked(self, row: int) -> str:
        """Return what a test asks, as the law says it."""
        path, shares = self.value("asked", row, "path"), str(self.value("asked", row, "shares")).split()
        trace = {"path": path, "stage": self.value("asked", row, "stage")}
        return requirement(self.language, {}, trace | ({"share": shares[0]} if path == "sib" else {"shares": shares}))

    def why(self, test: int) -> str:
        """Say on what its verdicts of 2B at a test hang: the two parts of a plan that fall short most often; nothing without such a verdict."""
        rows = [
            row for row in self.rows("plans") if self.value("plans", row, "test") == test and self.value("plans", row, "short") > 0
        ]
        if not rows:
            return ""
        most = sorted(rows, key=lambda row: -self.value("plans", row, "short"))[:2]
        clauses = [
            self.say(
                "{what} ({share})",
                what=self.criterion(self.value("plans", row, "criterion")),
                share=self.share_of("plans", row, "short"),
            )
            for row in most
        ]
        return self.say("{year}: {clauses}.", year=test, clauses=", ".join(clauses))

    def criterion(self, name: str) -> str:
        """Return what a part of a plan of approach is called."""
        return self.language.name("plan_part", name)

    def change(self, row: int) -> str:
        """Say the least change that would have given category 1, in how many of the simulations in which it is behind."""
        more: Mapping[str, int] = {stage: int(self.value("changes", row, stage)) for stage in STAGES}
        day = datetime.date.fromisoformat(str(self.value("changes", row, "by")))
        if not any(more.values()):
            return ""
        return self.say(
            "Test of {year}: {change}",
            year=self.value("changes", row, "test"),
            change=more_words(self.language, {"more": more}, str(format_date(day, "long", locale=self.language.locale))),
        )

    def notes(self) -> Iterator[str]:
        """Yield what a reader has to know of the numbers."""
        say, number = self.say, self.language.number
        yield say("The figures of one municipality are mostly estimated, and mean little until official ones are laid over them.")
        explained = int(self.found.facts["explained"])
        counts = {"all": number(self.replications), "some": number(explained)}
        if explained < self.replications:
            yield say(
                "Chances and euro are of {all} simulations; why, and the least change, of the first {some} of them.", **counts
            )
        else:
            yield say("Chances, euro, why and the least change are of {all} simulations.", **counts)
        yield say(
            "A chance of so many simulations is known to about {points} percentage points more or less.",
            points=number(min(50, math.ceil(HALF / math.sqrt(self.replications)))),
        )


def _known(value: float) -> float:
    return -1.0 if math.isnan(value) else value
