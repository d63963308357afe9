"""What a comparison says, in words: options by letter and short title, differences as more, fewer or no difference, and what they cost."""

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Literal, NamedTuple

from sim.report import estimates
from sim.report.cells import SIGNED, SIZE, Cell, Sheet, step_of, written
from sim.report.estimates import FEW, figures_of, share_of
from sim.report.language import Language
from sim.runs.outcomes import OUTCOMES
from sim.studies.compare.study import AS_IS, CONDITIONS, NO_RESPONSE, PAPER, Comparison
from sim.studies.compare.sweep import OUTSIDE, Swept

DWELLINGS, IN_2B, EURO = "realised_at_end", "municipalities_2B", "contribution_total"
SHOWN = (DWELLINGS, IN_2B, EURO)
SCALE = {DWELLINGS: 1.0, IN_2B: 1.0, EURO: 1e-6}  # contributions are written in million euro
FINEST = {DWELLINGS: 1.0, IN_2B: 0.1, EURO: 0.1}
OTHERWISE = tuple(kind for kind in CONDITIONS if kind != AS_IS)  # the conditions under which every comparison is made once more

Direction = Literal["more", "fewer", "same", "unclear"]
Keys = Mapping[str, Hashable]  # of a row of a table: its values by column


class Name(NamedTuple):
    """How an option is called: a letter, the beginning of its title, the whole title."""

    letter: str
    short: str
    title: str

    def __str__(self) -> str:
        return f"{self.letter}. {self.short}"

    @property
    def called(self) -> str:
        """The option as a sentence calls it."""
        return f"{self.letter} ({self.short})"


class Change(NamedTuple):
    """How an option differs from the first one in an outcome: which way, the difference with and without sign, its 95% interval."""

    direction: Direction
    difference: Cell
    size: Cell
    low: Cell
    high: Cell
    half: float
    step: float


class Words:
    """A comparison in the words of one language; what pictures, screen and report share."""

    def __init__(self, comparison: Comparison, language: Language) -> None:
        self.comparison, self.facts = comparison, comparison.facts
        self.language, self.say = language, language.say
        self.sheets = {name: Sheet(name, frame, language) for name, frame in comparison.tables.items()}
        self.names = names(comparison, language)
        self.base, *self.others = self.names
        self.letter = self.names[self.base].letter
        self.out_of = min(100, int(self.facts["replications"]))  # "in 12 of the 100 simulations"; of fewer all are called
        self.known = comparison.known
        self.paper = language.percent(CONDITIONS[PAPER]["uncertainties"]["paper"]["value"])

    def cell(self, table: str, keys: Keys, column: str, step: float = 1, scale: float = 1, sign: str = "") -> Cell:
        """Return a number of a table, in the only row with these keys."""
        sheet = self.sheets[table]
        return sheet.cell(sheet.row(**keys), column, step, scale, sign)

    def percent(self, table: str, keys: Keys, column: str) -> Cell:
        """Return a share of verdicts in a table as a percentage, of few simulations in tens, in the only row with these keys."""
        sheet, step = self.sheets[table], 1 if self.facts["replications"] >= FEW else 10
        row = sheet.row(**keys)
        text = self.language.percent(round(100 * float(sheet.value(row, column)) / step) * step / 100)
        return sheet.known(text, row, column, step, 100, "")

    def changed_chance(self, chance: float, more: float) -> str:
        """Say the chance of a municipality and how it differs, as fine as the simulations tell."""
        count = int(self.facts["replications"])
        if count < FEW:
            return self.say(
                "{chance}, was {before}",
                chance=share_of(chance, count, self.language),
                before=share_of(chance - more, count, self.language),
            )
        points = written(self.language, 100 * more, 1, 1, SIGNED)
        return self.say("{percent} ({points} points)", percent=self.language.percent(chance), points=points)

    def values(self, table: str, keys: Keys, *columns: str) -> Iterator[float]:
        """Return values of a table, from the only row with these keys."""
        sheet = self.sheets[table]
        row = sheet.row(**keys)
        return (float(sheet.value(row, column)) for column in columns)

    def text(self, kind: str, key: str, **values: str | int) -> str:
        """Return a text of labels.toml, with what many of them ask filled in."""
        often = {
            "base": self.letter,
            "year": self.facts["end_year"],
            "all": self.out_of,
            "paper": self.paper,
            "options": len(self.names),
        }
        return self.language.name(kind, key, **{**often, **values})

    def heads(self) -> dict[str, str]:
        """Return the name of each outcome, in two lines."""
        return {outcome: self.text("outcome", outcome) for outcome in SHOWN}

    def change(self, option: str, outcome: str, condition: str = AS_IS) -> Change:
        """Return how an option differs from the first one in an outcome, under a condition."""
        scale, keys = SCALE[outcome], {"option": option, "condition": condition, "outcome": outcome}
        mean, error, low, high = self.values("differences", keys, "difference", "error", "low95", "high95")
        direction: Direction = "unclear"
        if mean == 0 and error == 0:
            direction = "same"
        elif low > 0 or high < 0:
            direction = "more" if low > 0 else "fewer"
        step = step_of(error * scale, FINEST[outcome])
        finer = step  # a bound that is not zero is not written as zero: it would hide on which side of zero it lies
        while finer > FINEST[outcome] and any(x and abs(x * scale) < finer / 2 for x in (low, high)):
            finer /= 10
        signed, size = (self.cell("differences", keys, "difference", step, scale, sign) for sign in (SIGNED, SIZE))
        lower, upper = (self.cell("differences", keys, column, finer, scale, SIGNED) for column in ("low95", "high95"))
        return Change(direction, signed, size, lower, upper, scale * (high - low) / 2, step)

    def change_words(self, option: str, outcome: str, condition: str = AS_IS) -> str:
        """Say a difference: so many more, so many fewer, none, or none that is clear."""
        change = self.change(option, outcome, condition)
        return self.language.name("change", f"{outcome} {change.direction}", size=change.size)

    def identical(self, option: str) -> bool:
        """Return whether an option does not differ from the first one in any outcome there is, under any condition."""
        rows = self.comparison.tables["differences"].query("option == @option")
        return bool((rows[["difference", "error"]] == 0).all(axis=None))

    def may_be_best(self, outcome: str) -> list[str]:
        """Return the options that cannot be told from the best one on average, the best first."""
        rows = self.comparison.tables["regret"].query("condition == @AS_IS and outcome == @outcome and may_be_best")
        return [str(option) for option in rows.sort_values("mean", kind="stable")["option"]]

    def shared_words(self, option: str) -> str:
        """Say what the companies pay of the contributions, where that differs from the first option; nothing where it does not."""
        keys = {"option": option, "condition": AS_IS, "outcome": "contribution_companies"}
        difference, error = self.values("differences", keys, "difference", "error")
        if not difference:
            return ""
        paid = self.cell("differences", keys, "value", step_of(error * 1e-6, 0.1), 1e-6)
        return self.say("of the contributions the companies pay {size} million euro", size=paid)

    def tests(self, option: str) -> list[int]:
        """Return the years of an option's tests, in order."""
        frame = self.comparison.tables["tests"]
        return sorted({int(year) for year in frame.loc[frame["option"] == option, "test"]}) if "test" in frame else []

    def verdict_words(self, option: str) -> str:
        """Say of an option with more or fewer tests than the first one how many municipalities are in 2B at least once, and all verdicts of it:
        what a number per test does not tell. Nothing where the tests are as many."""
        tests, of_base = len(self.tests(option)), len(self.tests(self.base))
        if tests == of_base:
            return ""
        numbers: dict[str, str] = {}
        for outcome in ("municipalities_ever_2B", "verdicts_2B"):
            keys = {"option": option, "condition": AS_IS, "outcome": outcome}
            (error,) = self.values("differences", keys, "error")
            numbers |= {
                f"{outcome}_{column}": self.cell("differences", keys, column, step_of(error)) for column in ("value", "base")
            }
        return self.language.name("change", "verdicts", tests=tests, tests_base=of_base, base=self.letter, **numbers)

    def cost_words(self, option: str, condition: str = AS_IS) -> str:
        """Say what an extra dwelling takes in contributions; that it is not known where the dwellings do not differ for certain."""
        say, columns, keys = self.say, ("euro_per_dwelling", "low95", "high95"), {"option": option, "condition": condition}
        ratio, low, high, dwellings = self.values("cost", keys, *columns, "dwellings")
        if self.change(option, DWELLINGS, condition).direction == "same":
            return say("no extra dwellings")
        if math.isnan(ratio):
            return say("not known")
        if dwellings > 0 and high < 0:
            return say("more dwellings, less contributions")
        if dwellings < 0 and high < 0:
            return say("fewer dwellings, more contributions")
        if low < 0 < high:
            return say("no clear difference in contributions")
        if dwellings <= 0:
            return say("fewer dwellings, less contributions")
        step = step_of((high - low) / 4, 1000.0)
        each, lower, upper = (self.cell("cost", keys, column, step) for column in columns)
        return say("{each} euro each ({low} to {high})", each=each, low=lower, high=upper)

    def shift_words(self) -> str:
        """Say how much the options differ from the first one in dwellings, all of them together."""
        say, base = self.say, self.letter
        if all(self.identical(option) for option in self.others):
            return say("No difference: the other options give exactly what {base} gives, in every simulation", base=base)
        changes = {option: self.change(option, DWELLINGS) for option in self.others}
        best = max(changes, key=lambda option: changes[option].difference.value)
        least = min(changes, key=lambda option: changes[option].difference.value)
        more, fewer = changes[best], changes[least]
        if more.direction == "more":
            what = {"option": self.names[best].called, "size": more.size, "base": base, "low": more.low, "high": more.high}
            text = say("{option} gives most dwellings: {size} more than {base} ({low} to {high})", **what)
            if equals := [self.names[option] for option in self.may_be_best(DWELLINGS) if option != best]:
                if len(equals) == 1:
                    text += say("; {option} may give as many", option=equals[0].called)
                else:
                    text += say("; {options} may give as many too", options=", ".join(name.letter for name in equals))
            without = self.change(best, DWELLINGS, NO_RESPONSE)
            if without.direction == "fewer":
                text += say("; but {size} fewer if municipalities do not respond to tests", size=without.size)
            return text
        if fewer.direction == "fewer":
            what = {"option": self.names[least].called, "size": fewer.size, "base": base}
            return say("No option gives clearly more dwellings than {base}; {option} gives {size} fewer", **what)
        return say("No option differs clearly from {base} in dwellings", base=base)

    def laid_words(self, option: str) -> str:
        """Say what official figures an option lays over the estimates, what the objectives add up to, and that the luck is the same."""
        say, letter = self.say, self.names[option].letter
        figures, municipalities, after, law = (
            self.cell("together", {"option": option}, column) for column in ("figures", "municipalities", "objective", "law")
        )
        before = self.cell("together", {"option": self.base}, "objective")
        what = say(
            "{option} has {figures} figures of {municipalities} municipalities that {base} estimates or has otherwise.",
            option=letter,
            figures=figures,
            municipalities=municipalities,
            base=self.letter,
        )
        together = say(
            "The objectives of all municipalities add up to {after} in {option} and {before} in {base}; the law's is {law}.",
            after=after,
            option=letter,
            before=before,
            base=self.letter,
            law=law,
        )
        luck = say("All else is the same in both, the luck of every municipality too, so that a difference is what the figures do.")
        return what + " " + together + " " + luck

    def source(self) -> str:
        """Say what the numbers are, on what they rest, and how to get them again."""
        replications = self.language.number(self.facts["replications"])
        facts = {name: self.facts[name] for name in ("version", "seed")}
        said = self.text("origin", "comparison", replications=replications, figures=self.figures(), **facts)
        return f"{said} {self.text('origin', 'stands')}"

    def figures(self) -> str:
        """Say which figures of municipalities the first option estimates, and which options have official ones in their place."""
        said, tables = figures_of(self.facts, self.language), self.comparison.tables
        for option in tables["laid"]["option"].unique() if "laid" in tables else ():
            place = self.say(
                "In {option} official figures of {count} municipalities take their place.",
                option=self.names[option].letter,
                count=self.cell("together", {"option": option}, "municipalities"),
            )
            said = said + " " + place  # of HTML, HTML
        return said

    def turning(self) -> Iterator[tuple[str, str, str]]:
        """Yield option, outcome and condition wherever the conclusion is another one than as it is."""
        for option in self.others:
            for outcome in SHOWN:
                as_is = self.change(option, outcome).direction
                yield from ((option, outcome, c) for c in OTHERWISE if self.change(option, outcome, c).direction != as_is)

    def order_words(self) -> str:
        """Say under which conditions which options clearly change places by dwellings."""
        letter = {option: name.letter for option, name in self.names.items()}
        clauses = []
        for condition in OTHERWISE:
            pairs = [self.say("{one} and {two}", one=letter[a], two=letter[b]) for a, b in self.facts["turned"][condition]]
            clauses += [self.say("{when} {pairs}", when=self.text("when", condition), pairs=", ".join(pairs))] if pairs else []
        if not clauses:
            if self.facts["replications"] < FEW:
                return self.say("With so few futures it cannot be told whether the order by dwellings holds")
            return self.say("The order by dwellings holds under every condition: no two options clearly change places")
        return self.say("By dwellings these clearly change places: {clauses}", clauses="; ".join(clauses))


def names(comparison: Comparison, language: Language) -> dict[str, Name]:
    """Return how every option is called. Short titles end at the first comma, colon or bracket, unless two would be the same."""
    key = "title_nl" if language.code == "nl" else "title"
    titles = {name: str(facts[key]) for name, facts in comparison.facts["options"].items()}
    shorts = {name: re.split(r"[,:(]", title)[0].strip() for name, title in titles.items()}
    double = {short for short in shorts.values() if list(shorts.values()).count(short) > 1}
    letters = (chr(ord("A") + n) if n < 26 else str(n + 1) for n in range(len(titles)))
    return {
        name: Name(letter, title if shorts[name] in double else shorts[name], title)
        for letter, (name, title) in zip(letters, titles.items(), strict=True)
    }


def tradeoff_answer(swept: Swept, language: Language) -> str:
    """Say which option of a sweep gives most dwellings, and how many levers give with one hand and take with the other."""
    ranked, traded, base = swept.tables["ranking"], swept.tables["trade_offs"], swept.facts["base"]
    called = names(swept.compared, language)
    dwellings = ranked.set_index("option")["realised_at_end"].sort_values(ascending=False, kind="stable")
    best, more = str(dwellings.index[0]), float(dwellings.iloc[0] - dwellings[base])
    answer = language.say("No option gives more dwellings than {base}", base=called[base].short)
    if more > 0:
        rows = swept.compared.tables["differences"].query("condition == @AS_IS and outcome == @DWELLINGS").set_index("option")
        size = language.number(more, step_of(float(rows["error"][best]), 10))
        answer = language.say(
            "Most dwellings: {option}, {more} more than {base}", option=called[best].short, more=size, base=called[base].short
        )
        table = swept.compared.tables["regret"].query("condition == @AS_IS and outcome == @DWELLINGS")
        if others := int(table["may_be_best"].sum()) - 1:
            answer += language.say("; of the others {count} may give as many", count=others)
    if not len(traded):
        return answer
    count = int(traded["trade_off"].sum())
    return answer + language.say(
        "; {count} of {all} single levers give something and take something else", count=count, all=len(traded)
    )


def steps_of(swept: Swept) -> dict[str, float]:
    """Return to what the means in the ranking of a sweep are rounded, by column: no digit that other draws would change."""
    base = swept.compared.runs[swept.compared.base][AS_IS]
    finest = {DWELLINGS: 10, EURO: 0.1, IN_2B: 0.1}
    steps = {name: estimates.estimate(OUTCOMES[name].of(base) * SCALE[name], base, step).step for name, step in finest.items()}
    return {**steps, OUTSIDE: steps[IN_2B]}
