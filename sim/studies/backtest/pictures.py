"""The backtest as a picture, on the screen, and as a page."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BAND_80, BENCHMARK, DIM, GRID, INK, MODEL, QUIET
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest
from sim.studies.backtest.words import amount, backtest_answer, doubts_answer, mark, marks, outcome_name, places

WIDEST = 3.0  # times the fact: further out is cut off, and an arrow says so
ROW, TOP, BOTTOM = 0.235, 1.15, 1.15  # inches: a row, and the room for words above and below


def draw_backtest(found: Backtest, language: Language) -> Figure:
    """Draw every outcome as the forecast over the fact, a row each, the starts below each other: bands, mean, and naive forecasters."""
    say, scores = language.say, found.scores
    rows = len(scores) + 2 * scores["start"].nunique()
    height = ROW * rows + TOP + BOTTOM
    figure, axes = canvas.sheet(
        backtest_answer(found, language)[0],
        say("The forecast from each start, divided by what happened: 1 is right. Thick 50%, thin 80% and 95% of the simulations."),
        say(
            "Simulation bso-sim with {replications} replications, seed {seed}; sources: scores.csv; assumptions: docs/backtest.md.",
            replications=language.number(found.facts["replications"]),
            seed=str(found.facts["seed"]),
        ),
    )
    canvas.stretched(figure, height)
    axes.set_position((0.36, BOTTOM / height, 0.6, 1 - (TOP + BOTTOM) / height))
    y, ticks, names = 0.0, [], []
    for start, group in scores.groupby("start", sort=True):
        axes.text(0, y, say("from 31 December {year}", year=int(str(start))), fontweight="bold", fontsize=10, va="center")
        y += 1.0
        for row in group.to_dict("records"):
            _bar(axes, y, row)
            ticks.append(y)
            names.append(outcome_name(row, language, places()) + mark(row))
            y += 1.0
        y += 1.0
    axes.axvline(1, color=INK, linewidth=1.1, zorder=1)
    axes.set_yticks(ticks, names, fontsize=8.5)
    axes.set_ylim(y - 1.0, -0.8)
    axes.set_xlim(0, WIDEST)
    axes.xaxis.set_major_formatter(lambda x, _: language.number(x, 0.1))
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(
        say("forecast over fact; orange: naive forecasters\n* fed an assumption of this start; + bso calibrate fits to it"),
        fontsize=8.5,
        color=QUIET,
    )
    return figure


def _bar(axes: Axes, y: float, row: Mapping[Any, Any]) -> None:
    """Draw the bands of one outcome over its fact, the mean, and what naive forecasters said; pale where the figure fed an assumption."""
    fact, fed = row["fact"], bool(row["fed"])
    for level, color, width in (("0.95", DIM, 1.2), ("0.8", BAND_80, 5.0), ("0.5", BAND_50, 7.0)):
        low, high = (min(row[f"{end}_{level}"] / fact, WIDEST) for end in ("low", "high"))
        axes.plot([low, high], [y, y], color=color, linewidth=width, solid_capstyle="butt", alpha=0.5 if fed else 1.0, zorder=2)
    middle = row["mean"] / fact
    for name in NAIVE:
        if row[name] / fact <= WIDEST:
            axes.plot(row[name] / fact, y, marker="|", markersize=9, markeredgewidth=2, color=BENCHMARK, zorder=3)
    if middle <= WIDEST:
        axes.plot(middle, y, marker="o", markersize=4.5, color="white" if fed else MODEL, markeredgecolor=MODEL, zorder=4)
    else:
        axes.annotate("", (WIDEST, y), (WIDEST - 0.12, y), arrowprops={"arrowstyle": "-|>", "color": MODEL})


def write_backtest(found: Backtest, lang: str) -> Path:
    """Draw the picture as PNG in the folder and return its path."""
    with canvas.style():
        return canvas.save(draw_backtest(found, Language(lang)), found.folder / f"backtest_{lang}.png")


def print_backtest(found: Backtest, doubted: pd.DataFrame, paths: list[Path], lang: str, console: Console | None = None) -> None:
    """Print what the scores say, a row per outcome, and where everything is."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    first, *others = backtest_answer(found, language)
    console.print(Text("\n" + first, style="bold"))
    for line in (*others, doubts_answer(doubted, language)):
        console.print(Text(line))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("figure"), overflow="fold", min_width=20)
    for name in (say("fact"), say("80% band"), say("inside"), say("score"), say("naive")):
        table.add_column(name, justify="right", no_wrap=True)
    for start, group in found.scores.groupby("start", sort=True):
        table.add_section()
        table.add_row(Text(say("from 31 December {year}", year=int(str(start))), style="bold"))
        for row in group.to_dict("records"):
            band = say("{low} to {high}", low=amount(row, row["low_0.8"], language), high=amount(row, row["high_0.8"], language))
            table.add_row(
                Text(outcome_name(row, language, places()) + mark(row)),
                amount(row, row["fact"], language),
                band,
                say("yes") if row["covered_0.8"] else say("no"),
                amount(row, row["crps"], language),
                amount(row, best_naive(row), language),
            )
    console.print(table)
    note = say("Score: CRPS, in the figure's own unit; lower is better. Naive: the lowest score of any naive forecaster.")
    console.print(Text(marks(language) + " " + note, style="dim"))
    for path in paths:
        console.print(Text(str(path)), soft_wrap=True)


def best_naive(row: Mapping[Any, Any]) -> float:
    """Return the lowest score of any naive forecaster of an outcome, in its unit; NaN where none says anything."""
    return min((row[f"crps_{name}"] for name in NAIVE if not math.isnan(row[name])), default=math.nan)
