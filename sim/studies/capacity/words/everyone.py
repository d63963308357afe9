"""What all companies would need, in words and numbers."""

from functools import partial

from sim.studies.capacity.words.shared import MILLION, Entry, Words

LEAST = 0.05  # of the mean objective of all companies, below which next to nothing is asked


class AllWords(Words):
    """The sentences on what all companies would need."""

    ANSWER = "all_facts"
    MEANS, LEVER = "all_totals", "mean"

    def answer(self) -> str:
        """Say what Flanders' companies need in all on top of what they have, for which tests, and for how many no capacity is enough."""
        say, tests = self.say, self.question.tests
        when = say("at the test of {year}", year=tests[0]) if len(tests) == 1 else say("at every test")
        values = {"category": self.question.category, "when": when, "more": self.more()}
        answer = say("To stay out of category {category} {when}, all companies together need {more}", **values)
        if not self.fact("short").value:
            return answer + say("; for every company there are means within reach that are enough")
        short, companies = self.fact("short"), self.fact("companies")
        return answer + say("; for {short} of {all} companies it is beyond reach", short=short, all=companies)

    def more(self) -> str:
        """Say how much more the companies need."""
        step = 10 if self.mean("cost", "need").value > 100 * MILLION else 1
        columns = {"more": "more_need", "low": "more_low95", "high": "more_high95", "today": "today"}
        cells = {name: self.mean("cost", column, step, 1 / MILLION) for name, column in columns.items()}
        return self.say("{more} million euro ({low} to {high}) of means a year on top of the {today} of today", **cells)

    def asked(self) -> str:
        """Say what is asked of every company."""
        tests, wish = self.question.tests, self.language.percent(self.question.probability)
        which = "at one" if len(tests) == 1 else "at any"
        return self.language.name("asked", which, wish=wish, category=self.question.category, year=tests[0])

    def totals(self) -> tuple[list[str], list[list[Entry]]]:
        """Return Flanders' totals as a table: its heads, and by mean what there is and what is needed with its interval."""
        rows: list[list[Entry]] = []
        for mean in self.result.tables["all_totals"]["mean"]:
            cell = partial(self.mean, mean, scale=1 / MILLION if mean == "cost" else 1.0)
            rows.append([self.lever(mean), cell("today"), self.banded(cell, "need")])
        return [self.say("Flanders"), self.say("as things go"), self.say("needed")], rows

    def how_to_read(self) -> tuple[str, str]:
        """Say what a star and times today are in the ranking."""
        star = self.say("*: the wish is beyond reach; what is needed to come as near to it as it can.")
        return star, self.say("Times today: euro of what is needed over euro of what there is, at the same prices.")

    def outliers(self) -> list[str]:
        """Say of which companies the numbers say little: those of which the central estimate asks next to nothing."""
        table = self.result.tables["all"]
        small = table[table["objective"] < LEAST * table["objective"].sum() / len(table)]["company"]
        if small.empty:
            return []
        return [
            self.say(
                "Of {names} the central estimate asks next to nothing: what they need hangs on estimates that may be otherwise.",
                names=", ".join(sorted(small)),
            )
        ]
