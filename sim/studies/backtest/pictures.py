"""The backtest as pictures: every figure as the forecast over the fact; and where in the forecasts the facts lie, by what moves them."""

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
from sim.studies.backtest.words import bands_answer, pit_reading, start_words, title

WIDEST = 3.0  # times the fact: further out is cut off, and an arrow says so
ROW, TOP, BOTTOM = 0.235, 1.15, 1.15  # inches: a row, and the room for words above and below


def write(result: Backtest, lang: str) -> list[Path]:
    """Draw the pictures as PNG in the folder and return their paths."""
    drawn = {"backtest": draw_backtest, "pit": draw_pit}
    with canvas.style():
        return [canvas.save(draw(result, Language(lang)), result.folder / f"{name}_{lang}.png") for name, draw in drawn.items()]


def draw_backtest(result: Backtest, language: Language) -> Figure:
    """Draw every outcome as the forecast over the fact, a row each, the starts below each other: bands, mean, and naive forecasters."""
    say, scores = language.say, result.tables["scores"]
    rows = len(scores) + 2 * scores["start"].nunique()
    height = ROW * rows + TOP + BOTTOM
    figure, axes = canvas.sheet(
        bands_answer(result, language),
        say("The forecast from each start, divided by what happened: 1 is right. Thick 50%, thin 80% and 95% of the simulations."),
        source(result, language),
    )
    canvas.stretched(figure, height)
    axes.set_position((0.42, BOTTOM / height, 0.54, 1 - (TOP + BOTTOM) / height))
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
        say("forecast over fact; orange: naive forecasters\n* fed an assumption of this start; + the calibration fits to it"),
        fontsize=8.5,
        color=QUIET,
    )
    return figure


def draw_pit(result: Backtest, language: Language) -> Figure:
    """Draw by driver where in their forecasts the facts lie, a dot each, with how many of them the 80% band holds; pale those of the first
    edition."""
    say = language.say
    figure, axes = canvas.sheet(say("Where in the forecast lies what happened?"), pit_reading(language), source(result, language))
    axes.set_position((0.3, 0.13, 0.5, 0.66))
    axes.axvspan(0.1, 0.9, color=BAND_80, linewidth=0, zorder=0)
    axes.axvline(0.5, color=GRID, zorder=1)
    looks: dict[str, dict[str, Any]] = {
        "scores": {"color": MODEL, "zorder": 3},
        "scores_first_edition": {"markerfacecolor": "white", "markeredgecolor": BENCHMARK, "zorder": 2},
    }
    names = list(dict.fromkeys(result.tables["scores"].query("free")["driver"]))
    for (table, look), shift in zip(looks.items(), (-0.16, 0.18), strict=True):
        free = result.tables[table].query("free")
        for y, driver in enumerate(names):
            rows = free[free["driver"] == driver]
            axes.plot(rows["pit"], [y + shift] * len(rows), "o", markersize=5.5, alpha=0.75, clip_on=False, **look)
            held = say("{held} of {count}", held=language.number(rows["covered_0.8"].sum()), count=language.number(len(rows)))
            across, colour = axes.get_yaxis_transform(), look.get("color", BENCHMARK)
            axes.text(1.04, y + shift, held, transform=across, color=colour, fontsize=9, va="center")
    axes.set_yticks(range(len(names)), [language.name("driver", name) for name in names], fontsize=9.5)
    axes.tick_params(axis="y", pad=9)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda x, _: language.percent(x))
    axes.grid(visible=False)
    return figure


def source(result: Backtest, language: Language) -> str:
    """Say what a picture rests on."""
    return language.say(
        "Simulation bso-sim with {replications} replications, seed {seed}; sources: scores.csv; assumptions: docs/backtest.md.",
        replications=language.number(result.facts["replications"]),
        seed=str(result.facts["seed"]),
    )


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
