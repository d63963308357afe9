"""The page of a comparison, the tables that only it needs, and its first sections: the answer, the options beside each other."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report import canvas, estimates
from sim.report.cells import SIGNED, Cell, HtmlLanguage, Sheet, step_of
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Page, Part, Picture, Section, Table, Text
from sim.report.snippets import joined, strong, two
from sim.runs.outcomes import OUTCOMES, of_all
from sim.runs.precision import half_width, standard_error
from sim.studies.compare.pictures import draw_options
from sim.studies.compare.study import AS_IS, CONDITIONS, NO_RESPONSE, Comparison
from sim.studies.compare.words import DWELLINGS, EURO, FINEST, IN_2B, SCALE, SHOWN, Words


class ComparisonPage(Page):
    """What the sections on a comparison share. `plain`: its words in plain text, for pictures; `html`: where numbers become <data>."""

    def __init__(self, comparison: Comparison, lang: str) -> None:
        self.comparison, self.facts = comparison, comparison.facts
        added = {"options": options_table(comparison), "fan": fan_table(comparison), "facts": facts_table(comparison)}
        self.plain, self.html = Words(comparison, Language(lang)), Words(comparison, HtmlLanguage(lang))
        for words in (self.plain, self.html):
            words.sheets |= {name: Sheet(name, frame, words.language) for name, frame in added.items()}
        super().__init__(comparison.folder, lang, {name: name for name in self.plain.sheets}, added, comparison.tables)
        self.say = self.language.say
        self.results = comparison.runs[comparison.base][AS_IS]

    @property
    def banded(self) -> bool:
        """Whether there are replications enough for a band."""
        return bool(self.facts["replications"] >= estimates.BANDED)

    def fact(self, name: str, step: float = 1, scale: float = 1) -> Cell:
        """Return a fact of the runs as a number."""
        return self.html.cell("facts", {"fact": name}, "value", step, scale)

    def mean(self, option: str, outcome: str) -> tuple[Cell, Cell, Cell]:
        """Return an option's mean of an outcome and its 80% band."""
        scale, keys = SCALE.get(outcome, 1.0), {"option": option, "outcome": outcome}
        (error,) = self.html.values("options", keys, "error")
        step = step_of(error * scale, FINEST[EURO] if outcome == EURO else 1.0)
        first, low, high = (self.html.cell("options", keys, column, step, scale) for column in ("mean", "p10", "p90"))
        return first, low, high

    def text(self, kind: str, key: str, **values: str | int) -> str:
        """Return a text of labels.toml, with what many of them ask filled in."""
        return self.html.text(kind, key, **{"replications": self.fact("replications"), **values})

    def section(self, name: str, *parts: Part) -> Section:
        """Return a section under its title."""
        return Section(name, self.text("section", name), parts)

    def called(self) -> Mapping[str, str]:
        """Return what the options are called, and the conditions."""
        conditions = {kind: self.plain.text("condition", kind) for kind in CONDITIONS}
        return {**conditions, **{option: str(name) for option, name in self.plain.names.items()}}

    def drawn(self, name: str, draw: Callable[[], Figure], csv: Iterable[str], read_as: str = "", **rows: Hashable) -> Picture:
        """Return what a function draws as a picture of the page, with how it is to be read, under its name or `read_as`; `rows`: as of
        `Page.picture`."""
        with canvas.style():
            return self.picture(name, draw(), self.text("how_to_read", read_as or name), csv, (), **rows)

    def heads(self, texts: Sequence[str], *numbers: str) -> list[Head]:
        """Return the heads of a table: columns of text, then of numbers."""
        return [*(Head(self.text("column", name), False) for name in texts), *(Head(self.text("column", name)) for name in numbers)]

    def listed(
        self, name: str, heads: Sequence[Head], rows: Sequence[Sequence[str]], csv: Iterable[str], find: str = "", **values: str
    ) -> Table:
        """Return a table with its title and its note, in which `values` are filled in; a long one has a box that finds rows."""
        title, note = self.text("table", name), self.text("note", name, **values)
        return self.table(f"{name}-table", title, heads, rows, note, csv, long=bool(find), find=find)


def options_table(comparison: Comparison) -> pd.DataFrame:
    """Return a row per option and outcome: mean, its standard error, 80% band; and the number of tests."""
    rows: list[dict[str, object]] = []
    for option, kinds in comparison.runs.items():
        results = kinds[AS_IS]
        values = of_all(results)
        for name, outcome in OUTCOMES.items():
            error, freedom = standard_error(values[name], results.manifest)
            low, high = np.percentile(values[name], (10, 90))
            numbers = {"mean": values[name].mean(), "error": error if freedom else np.nan, "p10": low, "p90": high}
            rows.append({"option": option, "outcome": name, "unit": outcome.unit, **numbers})
        tests = results.test_totals["test"].nunique() if len(results.test_totals) else 0
        numbers = {"mean": float(tests), "error": 0.0, "p10": tests, "p90": tests}
        rows.append({"option": option, "outcome": "tests", "unit": "tests", **numbers})
    return pd.DataFrame(rows)


def fan_table(comparison: Comparison) -> pd.DataFrame:
    """Return a row per year of the first option: mean and percentiles of the dwellings realised, and what the growth path asks (if it does)."""
    results = comparison.runs[comparison.base][AS_IS]
    values = results.yearly("bso")
    p10, p25, p75, p90 = np.percentile(values, (10, 25, 75, 90), axis=0)
    path = results.path.set_index("year")["required"] if len(results.path) else pd.Series(dtype=float)
    bands = {"p10": p10, "p25": p25, "p75": p75, "p90": p90, "growth_path": path.reindex(values.columns).to_numpy(float)}
    return pd.DataFrame({"year": values.columns, "mean": values.mean().to_numpy(), **bands})


def facts_table(comparison: Comparison) -> pd.DataFrame:
    """Return the facts of the runs that are numbers, a row each."""
    results, facts = comparison.runs[comparison.base][AS_IS], comparison.facts
    past_growth = estimates.null_shares(results).values()
    values = {
        **{name: facts[name] for name in ("objective", "replications", "runs", "failed", "seed")},
        "reached": results.reached().sum(),
        "half_interval_realised": half_width(results.last_year("bso").astype(float), results.manifest),
        "past_growth_least": min(past_growth),
        "past_growth_most": max(past_growth),
        "times_in_100": 100 * 1.96 * np.sqrt(0.25 / max(facts["replications"], 1)),
    }
    return pd.DataFrame({"fact": list(values), "value": [float(value) for value in values.values()]})


def answer(page: ComparisonPage) -> Section:
    """Return the answer: what is expected, and what each option does to it."""
    say, words = page.say, page.html
    base = words.names[words.base]
    mean, low, high = page.mean(words.base, DWELLINGS)
    expected = page.text("answer", "expected", option=base.called, mean=mean, objective=page.fact("objective"))
    if page.banded:
        expected += " " + say("In 8 of 10 simulations it is {low} to {high}.", low=low, high=high)
    return page.section(
        "answer",
        Text(expected, "answer"),
        Text(say("{sentence}.", sentence=words.shift_words()), "answer"),
        Text(say("Compared with {option}:", option=str(base)), "lead"),
        Bullets([named(page, option, _consequences(page, option)) for option in words.others]),
        Text(page.text("note", "answer") + " " + words.figures(), "note"),
    )


def _consequences(page: ComparisonPage, option: str) -> str:
    """Say what an option changes, and when municipalities do not respond to tests."""
    say, words = page.say, page.html
    clauses = [*(words.change_words(option, outcome) for outcome in SHOWN), words.verdict_words(option), words.shared_words(option)]
    text = joined(filter(None, clauses), ", ")
    if words.identical(option):
        text = Markup(say("no difference, in any simulation"))
    directions = {words.change(option, DWELLINGS, condition).direction for condition in (AS_IS, NO_RESPONSE)}
    if directions == {"more", "fewer"}:
        change = words.change_words(option, DWELLINGS, NO_RESPONSE)
        text = joined((text, say("if municipalities do not respond to tests: {change}", change=change)))
    return text


def named(page: ComparisonPage, option: str, what: str) -> str:
    """Say something of an option."""
    return page.say("{option}: {what}.", option=strong(str(page.html.names[option])), what=what)


def options(page: ComparisonPage) -> Section:
    """Return the options beside each other: a table, a picture, and the same under every condition."""
    table, picture = _table(page), page.drawn("options", lambda: draw_options(page.plain), ["differences"], outcome=SHOWN)
    return page.section("options", table, *_laid(page), picture, _conditions(page))


def _laid(page: ComparisonPage) -> Iterator[Part]:
    """Yield what official figures take the place of, and the municipalities that they change most; nothing where there are none."""
    tables, words = page.comparison.tables, page.html
    for option in tables["laid"]["option"].unique() if "laid" in tables else ():
        letter, sheet = words.names[option].letter, words.sheets["most_changed"]
        yield Text(words.laid_words(option))
        rows: list[list[str]] = []
        for number in sheet.frame.index[sheet.frame["option"] == option]:
            columns = (("objective_before", 1, ""), ("objective", 1, ""), ("realised_difference", 1, SIGNED))
            cells = [sheet.cell(number, column, 1, scale, sign) for column, scale, sign in columns]
            chances = (("ever_2B", ""), ("ever_2B_difference", SIGNED))
            cells += [sheet.cell(number, column, 1, words.out_of, sign) for column, sign in chances]
            name = str(sheet.value(number, "municipality"))
            rows.append([f"{name} *" if sheet.value(number, "own") else name, *cells])
        heads = [Head(page.text("column", "objective_of", option=of)) for of in (words.letter, letter)]
        heads += [Head(page.text("column", "realised_more")), Head(page.text("column", "ever_2B_of", option=letter))]
        heads = [*page.heads(["municipality"]), *heads, *page.heads([], "difference")]
        yield page.table(
            f"laid-{letter}",
            page.text("table", "most_changed", option=letter),
            heads,
            rows,
            page.text("note", "most_changed"),
            ["most_changed"],
        )


def _table(page: ComparisonPage) -> Part:
    """Return the table of options."""
    say, words = page.say, page.html
    rows = []
    for option, name in words.names.items():
        cells: dict[str, list[str]] = {}
        for outcome in SHOWN:
            mean, low, high = page.mean(option, outcome)
            known = two(mean, say("{low} to {high}", low=low, high=high)) if page.banded else mean
            cells[outcome] = [known, _difference(page, option, outcome)]
        title = Markup("<strong>{}</strong> {}").format(f"{name.letter}.", name.title)
        in_all = (page.mean(option, outcome)[0] for outcome in ("municipalities_ever_2B", "verdicts_2B"))
        rows.append([title, page.mean(option, "tests")[0], *cells[DWELLINGS], *cells[IN_2B], *in_all, *cells[EURO]])
    numbers = ("tests", "realised", "difference", "in_2B", "difference", "ever_2B", "verdicts_2B", "euro", "difference")
    return page.listed("options", page.heads(["option"], *numbers), rows, ["options", "differences"])


def _difference(page: ComparisonPage, option: str, outcome: str, condition: str = AS_IS) -> str:
    """Return a difference with its interval, for a table."""
    if option == page.html.base:
        return "–"
    change = page.html.change(option, outcome, condition)
    if change.direction == "same":
        return two(change.difference, page.say("no difference"))
    return two(change.difference, page.say("{low} to {high}", low=change.low, high=change.high))


def _conditions(page: ComparisonPage) -> Part:
    """Return the differences under every condition."""
    words = page.html
    rows = []
    for option in words.others:
        for kind in CONDITIONS:
            cells = (_difference(page, option, outcome, kind) for outcome in SHOWN)
            rows.append([str(words.names[option]), page.text("condition", kind), *cells, words.cost_words(option, kind)])
    heads = [*page.heads(["option", "condition"], "dwellings", "in_2B", "euro"), *page.heads(["cost"])]
    return page.listed("conditions", heads, rows, ["differences", "cost"])
