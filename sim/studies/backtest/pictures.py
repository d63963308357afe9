"""The backtest as a picture: every figure as the forecast over the fact."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BAND_80, BENCHMARK, DIM, GRID, INK, MODEL, QUIET
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest
from sim.studies.backtest.words import backtest_answer, start_words, title

WIDEST = 3.0  # times the fact: further out is cut off, and an arrow says so
ROW, TOP, BOTTOM = 0.235, 1.15, 1.15  # inches: a row, and the room for words above and below


def write(result: Backtest, lang: str) -> list[Path]:
    """Draw the picture as PNG in the folder and return its path."""
    with canvas.style():
        return [canvas.save(draw_backtest(result, Language(lang)), result.folder / f"backtest_{lang}.png")]


def draw_backtest(result: Backtest, language: Language) -> Figure:
    """Draw every outcome as the forecast over the fact, a row each, the starts below each other: bands, mean, and naive forecasters."""
    say, scores = language.say, result.tables["scores"]
    rows = len(scores) + 2 * scores["start"].nunique()
    height = ROW * rows + TOP + BOTTOM
    figure, axes = canvas.sheet(
        backtest_answer(result, language)[0],
        say("The forecast from each start, divided by what happened: 1 is right. Thick 50%, thin 80% and 95% of the simulations."),
        say(
            "Simulation bso-sim with {replications} replications, seed {seed}; sources: scores.csv; assumptions: docs/backtest.md.",
            replications=language.number(result.facts["replications"]),
            seed=str(result.facts["seed"]),
        ),
    )
    canvas.stretched(figure, height)
    axes.set_position((0.36, BOTTOM / height, 0.6, 1 - (TOP + BOTTOM) / height))
    y, ticks, names = 0.0, [], []
    for start, group in scores.groupby("start", sort=True):
        axes.text(0, y, start_words(start, language), fontweight="bold", fontsize=10, va="center")
        y += 1.0
        for row in group.to_dict("records"):
            _bar(axes, y, row)
            ticks.append(y)
            names.append(title(row, language))
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
    """Draw the bands of one outcome over its fact, the mean, and what naive forecasters said; pale where it is no test."""
    fact, fed = row["fact"], bool(row["fed"] or row["fitted"])
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
