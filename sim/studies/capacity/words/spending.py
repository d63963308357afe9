"""What a yearly budget gives one company, in words and numbers."""

from sim.report.cells import Cell
from sim.report.estimates import share_of
from sim.report.language import Language
from sim.studies.capacity.spending import AS_IS, BEST, Spending
from sim.studies.capacity.words.shared import MILLION, Entry, Words, counted


class SpendingWords(Words):
    """The sentences on the most chance for the money."""

    def __init__(self, spending: Spending, language: Language) -> None:
        super().__init__(spending, language)
        self.spending, self.rows = spending, self.sheet("spending")
        before, after = self.chance_of(AS_IS), self.chance_of(BEST)
        self.helps = str(before) != str(after)  # whether the best split raises the chance by as much as is written
        self.certain = self.rows.value(self.row(BEST), "gain_low95") > 0  # whether chance alone cannot explain that

    def row(self, who: str) -> int:
        """Return the row of things as they are, of all on a lever, or of the best split."""
        return self.rows.row(who=who)

    def chance_of(self, who: str) -> Cell:
        """Return the chance in a row."""
        return self.chance("spending", self.row(who))

    def budget(self) -> str:
        """Return the budget, million euro a year."""
        return self.language.number(self.spending.budget / MILLION, 0.01 if self.spending.budget < MILLION else 0.1)

    def bought(self) -> str:
        """Say on what the best split spends, each with what there is then."""
        parts = []
        for name in self.spending.best:
            step = 1 if name != "managers" else 0.1
            today = getattr(self.spending.today, name)
            there = self.language.number(today, 0.1 if today % 1 else 1)
            held = counted(name, self.rows.cell(self.row(BEST), name, step), self.language)
            parts.append(self.say("{means} (now {today})", means=held, today=there))
        return type(parts[0])(", ").join(parts) if parts else self.say("nothing extra")  # of HTML, HTML

    def title(self) -> str:
        """Say what the money gives; short enough for a picture."""
        values = {
            "company": self.question.company,
            "budget": self.budget(),
            "before": self.chance_of(AS_IS),
            "after": self.chance_of(BEST),
        }
        if not self.helps:
            return self.say("{company}: {budget} million euro a year more leaves the chance at {before}", **values)
        if not self.certain:
            return self.say("{company}: whether {budget} million euro a year more helps is not certain", **values)
        return self.say("{company}: {budget} million euro a year more brings the chance from {before} to {after}", **values)

    def answer(self) -> str:
        """Say how the budget is best split, and the chance with it."""
        values = {"budget": self.budget(), "means": self.bought(), "before": self.chance_of(AS_IS), "after": self.chance_of(BEST)}
        values |= {"euro": self.rows.cell(self.row(BEST), "euro", 0.01, 1 / MILLION), "passing": self.passing()}
        if not self.helps:
            return self.say(
                "Nothing that {budget} million euro a year buys raises the chance that {passing}: it stays {before}.", **values
            )
        if not self.certain:
            return self.say(
                "Whether {budget} million euro a year raises the chance that {passing} is not certain: most came of {means} ({before} to "
                "{after}, for {euro} million), and chance can explain that.",
                **values,
            )
        return self.say(
            "For at most {budget} million euro a year the chance that {passing} rises most with {means}: from {before} to {after}, "
            "for {euro} million.",
            **values,
        )

    def fresh(self) -> str:
        """Say the chance of the best split in replications that no search has looked at."""
        chance = share_of(self.spending.fresh[0], int(self.facts["replications"]), self.language)
        band = map(self.language.percent, self.spending.fresh[1:])
        values = {"replications": self.language.number(self.facts["replications"]), "chance": chance, "band": self.range(*band)}
        return self.say("Checked in {replications} new simulations, which chose nothing: a chance of {chance} ({band}).", **values)

    def left(self) -> list[str]:
        """Say what is not bought: on what the split spends nothing, what all of it on one lever would give, and what is not spent."""
        say, lines = self.say, []
        for name in self.question.levers:
            values = {"lever": self.lever(name), "chance": self.chance_of(name)}
            values |= {column: self.rows.cell(self.row(name), column, 1, 100) for column in ("gain_low95", "gain_high95")}
            if not self.helps or name not in self.spending.best:
                lines.append(
                    say(
                        "Not bought: {lever}; all of it on that would give {chance} (gain {gain_low95} to {gain_high95} points).",
                        **values,
                    )
                )
            else:
                lines.append(say("All of it on {lever} would give {chance} (gain {gain_low95} to {gain_high95} points).", **values))
        if not self.helps:
            return lines
        over = self.spending.budget - self.rows.value(self.row(BEST), "euro")
        if over > 0:
            euro = self.language.number(over / MILLION, 0.01)
            lines.append(
                say(
                    "Not spent: {euro} million euro; no way that was tried to spend it raises the chance, or it is beyond reach.",
                    euro=euro,
                )
            )
        return lines

    def table(self, lever: str = "lever") -> tuple[list[str], list[list[Entry]]]:
        """Return the heads and rows of the table. `lever`: by which of the labels levers are called, `lever` or `lever_short`."""
        say, rows = self.say, list[list[Entry]]()
        for row in self.shown():
            euro = self.rows.cell(row, "euro", 0.01, 1 / MILLION)
            held = [self.rows.cell(row, name, 0.1 if name == "managers" else 1) for name in self.question.levers]
            rows.append([self.who(str(self.rows.value(row, "who")), lever), euro, *held, self.chance_banded("spending", row)])
        heads = [
            "",
            say("million euro a year more"),
            *(self.language.name(lever, name) for name in self.question.levers),
            say("chance"),
        ]
        return heads, rows

    def shown(self) -> list[int]:
        """Return the rows that are told: the best split is none where nothing helps."""
        return [row for row in range(len(self.rows)) if self.helps or row != self.row(BEST)]

    def who(self, who: str, lever: str = "lever") -> str:
        """Return what a row of the table is called; `lever`: see `table`."""
        if who in (AS_IS, BEST):
            return self.say("as things are") if who == AS_IS else self.say("best split")
        return self.say("all on: {lever}", lever=self.language.name(lever, who))

    def notes(self) -> list[str]:
        """Return how the numbers are to be read."""
        tried = self.say(
            "Splits tried: {count}, in eighths of the budget and then sixteenths.",
            count=self.language.number(len(self.spending.tables["splits"])),
        )
        return [self.as_it_goes(), self.within_reach(), tried, self.costs(), *self.few(), self.source()]
