"""The backtest as a page: what the scores say, the picture, every figure with its band, and what was assumed."""

from pathlib import Path

from sim.report import canvas
from sim.report.language import Language
from sim.report.page import write_page
from sim.report.parts import Bullets, Head, Page, Section, Text
from sim.studies.backtest import words
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.pictures import draw_backtest, draw_pit
from sim.studies.backtest.study import Backtest


class BacktestPage(Page):
    """What the sections share: the backtest, and its language without HTML."""

    def __init__(self, result: Backtest, lang: str) -> None:
        self.result, self.plain = result, Language(lang)
        super().__init__(result.folder, lang, {name: name for name in result.tables}, {}, result.tables)


def write(result: Backtest, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the backtest's folder and return its path. The same scores give the same bytes."""
    page = BacktestPage(result, lang)
    say = page.language.say
    title = say("Would this model have foreseen the objective of 2009-2025?")
    status = say("A forecast from 2008, 2015 and 2019 held against what happened; scores, good or bad")
    sections = [
        answer(page),
        accepted(page),
        figures(page),
        moved(page),
        single(page),
        *(causes(page) if "doubts" in result.tables else ()),
        assumed(page),
    ]
    return write_page(page, title, status, sections)


def answer(page: BacktestPage) -> Section:
    """Return what the scores say, and the picture."""
    say, (first, *others) = page.language.say, words.trust(page.result, page.language)
    reading = say(
        "How to read: each row is a figure that is known by now. At 1 the forecast was right; at 2 it said twice as much. The dot is the mean, "
        "the bands hold 50%, 80% and 95% of the simulations, the orange marks are what naive forecasters said. Pale rows fed an assumption "
        "or the fit."
    )
    with canvas.style():
        picture = page.picture("backtest", draw_backtest(page.result, page.plain), reading, ["scores"])
    others += words.backtest_answer(page.result, page.language)
    return Section("answer", say("What the scores say"), [Text(first, "answer"), Bullets(others), picture])


def accepted(page: BacktestPage) -> Section:
    """Return what the forecast has to show, met or not."""
    say, plain, rows = page.language.say, page.plain, []
    for row in page.result.tables["acceptance"].to_dict("records"):
        rows.append(
            [f"{words.criteria_start(row['start'], plain)}: {words.criterion(row, plain)}", *words.criterion_cells(row, plain)]
        )
    heads = [
        Head(say("what it has to show"), numbers=False),
        Head(say("fact")),
        Head(say("forecast, mean")),
        Head(say("80%, from")),
    ]
    heads += [Head(say("to")), Head(say("met"), numbers=False)]
    table = page.table("acceptance", say("What it has to show"), heads, rows, words.marks(plain), ["acceptance"], long=True)
    return Section("acceptance", say("What it has to show"), [Text(words.acceptance_answer(page.result, plain), "lead"), table])


def single(page: BacktestPage) -> Section:
    """Return how well single municipalities are foreseen."""
    plain, say = page.plain, page.language.say
    first, *others = words.who_heads(plain)
    heads = [Head(first, numbers=False), *(Head(name) for name in others)]
    table = page.table(
        "who", say("Who, not only how many"), heads, words.who_rows(page.result, plain), words.who_note(plain), ["who"]
    )
    return Section("who", say("Who, not only how many"), [table])


def figures(page: BacktestPage) -> Section:
    """Return every outcome with its band and scores."""
    say, plain = page.language.say, page.plain
    rows = []
    for row in page.result.tables["scores"].to_dict("records"):
        cells, held = words.score_cells(row, plain)
        rows.append([f"{row['start']}: {words.title(row, plain)}", *cells, held, row["source"]])
    heads = [Head(say("start and figure"), numbers=False), Head(say("fact")), Head(say("forecast, mean")), Head(say("80%, from"))]
    heads += [Head(say("to")), Head(say("score")), *(Head(plain.name("naive", name)) for name in NAIVE)]
    heads += [Head(say("narrowest band that holds it")), Head(say("source"), numbers=False)]
    note = say(
        "Score: the continuous ranked probability score (CRPS), in the figure's own unit. Lower is better. A naive forecaster is as sure "
        "as its own past errors have it (docs/backtest.md). Empty: it says nothing, or the same as another."
    )
    table = page.table("scores", say("Forecast and fact"), heads, rows, f"{words.marks(plain)} {note}", ["scores"], long=True)
    return Section("figures", say("Every figure"), [table])


def moved(page: BacktestPage) -> Section:
    """Return by driver what the bands hold and the score beside naive forecasters and the first edition; where in the forecasts facts lie."""
    say, plain = page.language.say, page.plain
    first, *others = words.driver_heads(plain)
    heads, title = [Head(first, numbers=False), *(Head(name) for name in others)], say("By what moves it")
    table = page.table("drivers", title, heads, words.driver_rows(page.result, plain), words.driver_note(plain), ["drivers"])
    with canvas.style():
        picture = page.picture("pit", draw_pit(page.result, plain), words.pit_reading(plain), ["scores"])
    return Section("drivers", title, [table, picture])


def causes(page: BacktestPage) -> list[Section]:
    """Return what each doubt would change of what is missed most."""
    say, plain, checked_assumptions = page.language.say, page.plain, page.result.tables["doubts"]
    named, facts = words.check_heads(checked_assumptions, plain)
    heads = [Head(say("one assumption changed"), numbers=False), *(Head(name) for name in named)]
    rows = [[say("what happened"), *facts], *words.check_rows(checked_assumptions, plain).values()]
    note = say(
        "Means of simulations with the same luck and parameters, from the start in front of each figure. Made after the first scores, with "
        "the facts in view: a diagnosis, not a forecast. No assumption of the backtest was changed by it."
    )
    table = page.table("doubts", say("Each assumption changed by itself"), heads, rows, note, ["doubts"])
    leads = [Text(sentence, "lead") for sentence in words.checks_answer(page.result, plain)]
    return [Section("causes", say("On which assumption its errors hang"), [*leads, table])]


def assumed(page: BacktestPage) -> Section:
    """Return what was assumed, before anything was scored."""
    say = page.language.say
    lines = [
        say("The engine and its lead times, appeals, land and effort are those of the forecast to 2042."),
        say(
            "Every simulation has parameters of its own: from the sets that the calibration fitted to what was known by the end of 2016, the "
            "others over their ranges. Figures that fed a start's estimates or the fit are marked."
        ),
        say(
            "People: around 1.4 times today's, in proportion to 1,900 dwellings a year then and 1,350 today. Money: budgets and costs of then, "
            "assumed where nobody published them."
        ),
        say("As many dwellings are rented in anew as in the years before each start, and more or less from year to year."),
        say("The rhythm of the tests is that of the test of 2022, taken back; what was planned counts, asleep or not."),
        say(
            "The old criteria of 2a are not known: a plan suffices in 76 of 100 cases, from the tests of 2016 and 2018 themselves."
        ),
        say("Objective, land and projects under way of then are estimated per municipality; the areas are today's."),
        say("All of it was written down before the first score, but much became known only later: docs/backtest.md."),
    ]
    return Section("assumed", say("What was assumed"), [Bullets(lines)])
