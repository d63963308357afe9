"""The tables of the backtest in the docs. Markdown, in English."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.inputs.scenario.changes import assumption_checks as assumptions
from sim.inputs.scenario.toml import LIBRARY
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.studies.backtest import words
from sim.studies.backtest.drawn import AS_IS
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest, backtest

REPLICATIONS, CHECKED = 200, 40  # of each start in the page's table, and of each doubt


@cache
def backtested() -> Backtest:
    """Return the backtest and its doubts."""
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        return backtest(REPLICATIONS, workers=1, out=Path(folder), checked=CHECKED, library=LIBRARY)


def scores() -> str:
    """Return a row per figure of the backtest: fact, forecast and band, whether the bands hold it, scores beside naive forecasters."""
    rows = []
    for row in backtested().tables["scores"].to_dict("records"):
        cells, narrowest = words.score_cells(row, ENGLISH)
        name = words.title(row, ENGLISH).replace("*", "\\*")
        rows.append([str(row["start"]), name, *cells[:2], f"{cells[2]} to {cells[3]}", narrowest, *cells[4:]])
    naive = [ENGLISH.name("naive", name) for name in NAIVE]
    return table(["from", "figure", "fact", "mean", "80% band", "narrowest band that holds it", "CRPS", *naive], rows)


def acceptance() -> str:
    """Return a row per criterion: what happened, the forecast and its band, and whether it is met; all of them in a sentence first."""
    result, rows = backtested(), []
    for row in result.tables["acceptance"].to_dict("records"):
        fact, mean, low, high, met = words.criterion_cells(row, ENGLISH)
        band = f"{low} to {high}" if low else ""
        rows.append([words.criteria_start(row["start"], ENGLISH), words.criterion(row, ENGLISH), fact, mean, band, met])
    answer = f"**{words.acceptance_answer(result, ENGLISH)}**"
    return "\n\n".join([answer, table(["start", "what it has to show", "fact", "mean", "80% band", "met"], rows)])


def who() -> str:
    """Return by start how well single municipalities are foreseen, by the model and its first edition."""
    return "\n\n".join([table(words.who_heads(ENGLISH), words.who_rows(backtested(), ENGLISH)), words.who_note(ENGLISH)])


def drivers() -> str:
    """Return by driver, of the tests, what each band holds, the score beside the best naive one, and that of the first edition."""
    heads, rows = words.driver_heads(ENGLISH), words.driver_rows(backtested(), ENGLISH)
    return "\n\n".join([table(heads, rows), words.driver_note(ENGLISH)])


def verdict() -> str:
    """Return what the backtest says, in the sentences of `bso backtest`: first the three on trust."""
    result = backtested()
    others = (*words.backtest_answer(result, ENGLISH), *words.checks_answer(result, ENGLISH))
    return "\n".join([f"**{' '.join(words.trust(result, ENGLISH))}**", "", *(f"- {line}" for line in others)])


def assumption_checks() -> str:
    """Return a row per assumption of the backtest that is changed by itself: what is missed most, as it would be then, and why it is doubted."""
    checked_assumptions = backtested().tables["doubts"]
    heads, facts = words.check_heads(checked_assumptions, ENGLISH)
    rows = [["**what happened**", *(f"**{fact}**" for fact in facts), ""]]
    for name, cells in words.check_rows(checked_assumptions, ENGLISH).items():
        rows.append([*cells, assumptions()[name].why if name != AS_IS else ""])
    return table(["one assumption changed", *heads, "why it is doubted"], rows)
