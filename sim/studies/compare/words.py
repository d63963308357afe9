"""What a comparison says, in words: options by letter and short title, differences as more, fewer or no difference, and what they cost."""

import math
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from sim.inputs.scenario.changes import reliefs
from sim.report.cells import SIGNED, SIZE, Cell, Sheet, step_of
from sim.report.language import Language
from sim.studies.compare.study import AS_IS, Comparison

DWELLINGS, IN_2B, EURO = "realised_2042", "municipalities_2B", "contribution_total"
SHOWN = (DWELLINGS, IN_2B, EURO)
SCALE = {DWELLINGS: 1.0, IN_2B: 1.0, EURO: 1e-6}  # contributions are written in million euro
FINEST = {DWELLINGS: 1.0, IN_2B: 0.1, EURO: 0.1}
NO_RESPONSE, FULL_RESPONSE = "0", "1"
ENDS = (NO_RESPONSE, FULL_RESPONSE)

Direction = Literal["more", "fewer", "same", "unclear"]


class Name(NamedTuple):
    """How an option is called: a letter, the beginning of its title, the whole title."""

    letter: str
    short: str
    title: str

    def __str__(self) -> str:
        return f"{self.letter}. {self.short}"


class Change(NamedTuple):
    """How an option differs from the first one in an outcome: which way, the difference with and without sign, its 95% interval."""

    direction: Direction
    difference: Cell
    size: Cell
    low: Cell
    high: Cell
    half: float
    step: float


class Told:
    """A comparison as a reader is told of it, in one language; what pictures, screen and report share."""

    def __init__(self, comparison: Comparison, language: Language) -> None:
        self.comparison, self.language = comparison, language
        self.sheets = {name: Sheet(name, frame, language) for name, frame in comparison.tables.items()}
        self.names = names(comparison, language)
        self.base, *self.others = self.names
        replications = int(comparison.facts["replications"])
        self.out_of = min(100, replications)  # "in 12 of the 100 simulations"; fewer are called by their own number

    def change(self, option: str, outcome: str, response: str = AS_IS) -> Change:
        """Return how an option differs from the first one in an outcome, at an end of the response."""
        sheet, scale = self.sheets["differences"], SCALE[outcome]
        row = sheet.row(option=option, response=response, outcome=outcome)
        mean, error, low, high = (float(sheet.value(row, column)) for column in ("difference", "error", "low95", "high95"))
        direction: Direction = "unclear"
        if mean == 0 and error == 0:
            direction = "same"
        elif low > 0 or high < 0:
            direction = "more" if low > 0 else "fewer"
        step = step_of(error * scale, FINEST[outcome])
        signed, size = (sheet.cell(row, "difference", step, scale, sign) for sign in (SIGNED, SIZE))
        finer = step  # an end that is not zero is not written as zero: it would hide on which side of zero it lies
        while finer > FINEST[outcome] and any(x and abs(x * scale) < finer / 2 for x in (low, high)):
            finer /= 10
        lower, upper = (sheet.cell(row, column, finer, scale, SIGNED) for column in ("low95", "high95"))
        return Change(direction, signed, size, lower, upper, scale * (high - low) / 2, step)

    def change_words(self, option: str, outcome: str, response: str = AS_IS) -> str:
        """Say a difference: so many more, so many fewer, none, or none that is clear."""
        say, change = self.language.say, self.change(option, outcome, response)
        words = {
            DWELLINGS: {
                "more": say("{size} more dwellings", size=change.size),
                "fewer": say("{size} fewer dwellings", size=change.size),
                "same": say("the same number of dwellings"),
                "unclear": say("no clear difference in dwellings"),
            },
            IN_2B: {
                "more": say("{size} more municipalities in 2B per test", size=change.size),
                "fewer": say("{size} fewer municipalities in 2B per test", size=change.size),
                "same": say("as many municipalities in 2B"),
                "unclear": say("no clear difference in municipalities in 2B"),
            },
            EURO: {
                "more": say("{size} million euro more contributions", size=change.size),
                "fewer": say("{size} million euro less contributions", size=change.size),
                "same": say("the same contributions"),
                "unclear": say("no clear difference in contributions"),
            },
        }
        return words[outcome][change.direction]

    def identical(self, option: str) -> bool:
        """Return whether an option does not differ from the first one in any outcome there is, at either end of the response."""
        rows = self.comparison.tables["differences"]
        rows = rows[rows["option"] == option]
        return bool((rows["difference"] == 0).all() and (rows["error"] == 0).all())

    def shared_words(self, option: str) -> str:
        """Say what the companies pay of the contributions, where that differs from the first option; nothing where it does not."""
        sheet = self.sheets["differences"]
        row = sheet.row(option=option, response=AS_IS, outcome="contribution_companies")
        if not float(sheet.value(row, "difference")):
            return ""
        paid = sheet.cell(row, "value", step_of(float(sheet.value(row, "error")) * 1e-6, 0.1), 1e-6)
        return self.language.say("of the contributions the companies pay {size} million euro", size=paid)

    def cost_words(self, option: str, response: str = AS_IS) -> str:
        """Say what an extra dwelling takes in contributions; that it is not known where the dwellings do not differ for certain."""
        say, sheet = self.language.say, self.sheets["cost"]
        row = sheet.row(option=option, response=response)
        ratio, low, high, dwellings = (float(sheet.value(row, c)) for c in ("euro_per_dwelling", "low95", "high95", "dwellings"))
        if self.change(option, DWELLINGS, response).direction == "same":
            return say("no extra dwellings")
        if math.isnan(ratio):
            return say("not known")
        if dwellings > 0 and high < 0:
            return say("more dwellings, less contributions")
        if dwellings < 0 and high < 0:
            return say("fewer dwellings, more contributions")
        if low < 0 < high:
            return say("no clear difference in contributions")
        step = step_of((high - low) / 4, 1000.0)
        each, *band = (sheet.cell(row, c, step) for c in ("euro_per_dwelling", "low95", "high95"))
        if dwellings > 0:
            return say("{each} euro each ({low} to {high})", each=each, low=band[0], high=band[1])
        return say("fewer dwellings, less contributions")

    def shift_words(self) -> str:
        """Say how much the options differ from the first one in dwellings, all of them together."""
        say, base = self.language.say, self.names[self.base].letter
        if all(self.identical(option) for option in self.others):
            return say("No difference: the other options give exactly what {base} gives, in every simulation", base=base)
        changes = {option: self.change(option, DWELLINGS) for option in self.others}
        best = max(changes, key=lambda option: changes[option].difference.value)
        least = min(changes, key=lambda option: changes[option].difference.value)
        if changes[best].direction == "more":
            more, second = (
                changes[best],
                max((o for o in changes if o != best), key=lambda o: changes[o].difference.value, default=best),
            )
            what = {"option": self.called(best), "size": more.size, "base": base, "low": more.low, "high": more.high}
            told = say("{option} gives most dwellings: {size} more than {base} ({low} to {high})", **what)
            if second != best and changes[second].high.value >= more.low.value:
                told += say("; {option} may give as many", option=self.called(second))
            turned = self.change(best, DWELLINGS, NO_RESPONSE)
            if turned.direction == "fewer":
                told += say("; but {size} fewer if municipalities do not respond to tests", size=turned.size)
            return told
        if changes[least].direction == "fewer":
            what = {"option": self.called(least), "size": changes[least].size, "base": base}
            return say("No option gives clearly more dwellings than {base}; {option} gives {size} fewer", **what)
        return say("No option differs clearly from {base} in dwellings", base=base)

    def called(self, option: str) -> str:
        """Return an option as a sentence calls it."""
        name = self.names[option]
        return f"{name.letter} ({name.short})"

    def source(self) -> str:
        """Say what the numbers are, on what they rest, and how to get them again."""
        facts, language = self.comparison.facts, self.language
        return language.say(
            "Estimate: Monte Carlo simulation bso-sim {version}, replications: {replications}, seed: {seed}, the same draws for every option. "
            "The figures per municipality (objective, SIB, stock, land, planning) are estimated, not official.",
            version=facts["version"],
            replications=language.number(facts["replications"]),
            seed=facts["seed"],
        )

    def turns(self) -> Iterator[tuple[str, str, str, Change]]:
        """Yield option, outcome, end of the response and difference there, wherever the conclusion is another one than as it is."""
        for option in self.others:
            for outcome in SHOWN:
                for end in ends_of(self):
                    there = self.change(option, outcome, end)
                    if there.direction != self.change(option, outcome).direction:
                        yield option, outcome, end, there


def ends_of(told: Told) -> tuple[str, ...]:
    """Return the ends of the response that the comparison was made at."""
    there = set(told.comparison.tables["differences"]["response"])
    return tuple(end for end in ENDS if end in there)


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


def response_words(language: Language) -> dict[str, str]:
    """Return what each end of the response means."""
    say = language.say
    return {
        AS_IS: say("not known: all strengths together"),
        NO_RESPONSE: say("0: no municipality does more"),
        FULL_RESPONSE: say("1: all respond fully"),
    }


def side_words(language: Language) -> dict[str, str]:
    """Return in whose control lies what would have prevented a verdict."""
    say = language.say
    return {
        "outside": say("only outside the municipality's control"),
        "both": say("either effort or something outside"),
        "inside": say("only more effort of the municipality"),
        "none": say("none of these"),
    }


def constraint_words(language: Language) -> dict[str, str]:
    """Return where the dwellings stand that are missing at the end."""
    say = language.say
    return {
        "time": say("under construction or about to start"),
        "finance": say("waiting for finance"),
        "permits": say("waiting for a permit (on MJP)"),
        "preparation": say("in preparation, or nobody free for it"),
        "land": say("without land"),
        "other": say("other"),
    }


def relief_words(language: Language) -> dict[str, str]:
    """Return what each relief is called."""
    return {name: relief.title_nl if language.code == "nl" else relief.title for name, relief in reliefs().items()}
