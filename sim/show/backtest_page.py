"""The backtest as a page: what the scores say, the picture, every figure with its band, and what was assumed."""

from pathlib import Path

from sim.show import canvas
from sim.show.backtest import draw_backtest, skill_table
from sim.show.backtest_words import amount, backtest_answer, measure_name, outcome_name, places
from sim.show.language import Language
from sim.show.report_page import write_page
from sim.show.report_parts import Bullets, Head, Page, Part, Section, Text
from sim.study.backtest import Backtest


class BacktestPage(Page):
    """What the sections share: the scores, and by measure how much better than a straight line."""

    def __init__(self, found: Backtest, lang: str) -> None:
        self.found, self.plain = found, Language(lang)
        skill = skill_table(found.scores)
        super().__init__(found.folder, lang, {"scores": "scores", "skill": "skill"}, {"skill": skill})


def write_backtest_page(found: Backtest, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the backtest's folder and return its path. The same scores give the same bytes."""
    page = BacktestPage(found, lang)
    say = page.language.say
    title = say("Would this model have foreseen the objective of 2009-2025?")
    status = say("A forecast from 2008, 2015 and 2019 held against what happened; scores, good or bad")
    return write_page(page, title, status, [answer(page), figures(page), skill(page), assumed(page)])


def answer(page: BacktestPage) -> Section:
    """Return what the scores say, and the picture."""
    say, (first, *others) = page.language.say, backtest_answer(page.found, page.language)
    reading = say(
        "How to read: each row is a figure that is known by now. At 1 the forecast was right; at 2 it said twice as much. The dot is the mean, "
        "the bands hold 50%, 80% and 95% of the simulations, the orange line is what a straight line said. Pale rows fed an assumption."
    )
    with canvas.style():
        picture = page.picture("backtest", draw_backtest(page.found, page.plain), reading, ["scores"])
    return Section("answer", say("What the scores say"), [Text(first, "answer"), Bullets(others), picture])


def figures(page: BacktestPage) -> Section:
    """Return every outcome with its band and scores."""
    say, plain = page.language.say, page.plain
    rows = []
    for row in page.found.scores.to_dict("records"):
        name = f"{row['start']}: {outcome_name(row, plain, places())}" + (" *" if row["fed"] else "")
        cells = [amount(row, row[column], plain) for column in ("fact", "mean", "low_0.8", "high_0.8", "crps", "crps_line")]
        rows.append([name, *cells, say("yes") if row["covered_0.8"] else say("no"), str(row["source"])])
    heads = [Head(say("start and figure"), numbers=False), Head(say("fact")), Head(say("forecast, mean")), Head(say("80%, from"))]
    heads += [Head(say("to")), Head(say("score")), Head(say("score of a straight line"))]
    heads += [Head(say("inside"), numbers=False), Head(say("source"), numbers=False)]
    note = say(
        "* The figure fed an assumption of this start, and is no test of it. Score: the continuous ranked probability score (CRPS), in the "
        "figure's own unit; of a forecaster who says one number it is the error. Lower is better."
    )
    return Section(
        "figures", say("Every figure"), [page.table("scores", say("Forecast and fact"), heads, rows, note, ["scores"], long=True)]
    )


def skill(page: BacktestPage) -> Section:
    """Return by kind of figure how much better than a straight line."""
    say, table = page.language.say, page.added["skill"]
    rows = [
        [measure_name(str(m), page.plain), page.plain.number(int(n)), page.plain.percent(float(s))]
        for m, n, s in table.itertuples(index=False, name=None)
    ]
    heads = [Head(say("kind of figure"), numbers=False), Head(say("figures")), Head(say("better than a straight line by"))]
    note = say(
        "Of the figures that fed no assumption. 100% is a perfect forecast, 0% one as good as a straight line, below 0% a worse one."
    )
    parts: list[Part] = [page.table("skill", say("Skill by kind of figure"), heads, rows, note, ["skill"])]
    return Section("skill", say("Where it is to be trusted"), parts)


def assumed(page: BacktestPage) -> Section:
    """Return what was assumed, before anything was scored."""
    say = page.language.say
    lines = [
        say(
            "The engine and its lead times, appeals, land and effort are those of the forecast to 2042; nothing was fitted to these figures."
        ),
        say("People and money: 4/3 of today's, in proportion to 1,800 dwellings a year then and 1,350 today."),
        say("Rented-in dwellings go on growing as in the years before each start."),
        say("The rhythm of the tests is that of the test of 2022, taken back; what was planned counts, asleep or not."),
        say(
            "The old criteria of 2a are not known: a plan suffices in 76 of 100 cases, from the tests of 2016 and 2018 themselves."
        ),
        say("Objective, land and projects under way of then are estimated per municipality; the areas are today's."),
        say("All of it was written down before the first score, but much became known only later: docs/backtest.md."),
    ]
    return Section("assumed", say("What was assumed"), [Bullets(lines)])
