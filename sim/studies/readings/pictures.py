"""The picture of the readings of the law."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import canvas, estimates
from sim.report.language import Language
from sim.report.palette import BAND_80, IMPORTANCE, INK, QUIET
from sim.runs.differences import THRESHOLDS
from sim.studies.readings.study import Readings
from sim.studies.readings.words import UNITS, answer, by_size, heads, written


def write(readings: Readings, lang: str = "nl") -> list[Path]:
    """Write the picture (PNG) beside the table and return its path, in a list."""
    with canvas.style():
        return [canvas.save(draw_readings(readings, Language(lang)), readings.folder / f"readings_{lang}.png")]


def draw_readings(readings: Readings, language: Language) -> Figure:
    """Draw the difference of each alternative with its 95% interval: a panel for dwellings, for verdicts and for contributions."""
    say = language.say
    figure, first = canvas.sheet(
        answer(readings, language),
        say("Difference from the scenario's own readings with the same luck, with its 95% interval"),
        estimates.source(readings.default, language),
    )
    first.remove()
    groups = by_size(readings.table)
    for number, (outcome, head) in enumerate(heads(readings, language).items()):
        axes = figure.add_axes((0.285 + 0.238 * number, 0.15, 0.2, 0.57))
        _panel(axes, language, outcome, [rows.loc[outcome] for _, rows in groups])
        axes.set_title(head, fontsize=10, color=INK, loc="left")
        axes.set_yticks(range(len(groups)), [language.name_or(key, "law_reading", key) for key, _ in groups] if number == 0 else [])
        axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    meaning = {name: language.name("importance", name) for name in IMPORTANCE} | {"does not": say("does not matter")}
    dots = [Line2D([], [], color=IMPORTANCE[v], marker="o", linewidth=1.6, markersize=5, label=meaning[v]) for v in IMPORTANCE]
    canvas.key(figure, [*dots, Patch(color=BAND_80, label=say("too small to matter"))], 0.845, ncols=4)
    return figure


def _panel(axes: Axes, language: Language, outcome: str, rows: list[Any]) -> None:
    """Draw the differences in one outcome, the first row on top."""
    unit = UNITS[outcome]
    limit = THRESHOLDS[outcome] / unit
    axes.axvspan(-limit, limit, color=BAND_80, linewidth=0, alpha=0.6)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    for y, row in enumerate(rows):
        mean, reach, colour = row["difference"] / unit, row["half"] / unit, IMPORTANCE[row["verdict"]]
        axes.plot([mean - reach, mean + reach], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot(mean, y, "o", color=colour, markersize=5, zorder=3)
        if row["verdict"] == "matters":  # its number on the side away from zero
            side, align = (1, "left") if mean > 0 else (-1, "right")
            text = written(row, outcome, language).split(" ± ")[0]
            place = mean + side * reach, y
            axes.annotate(text, place, (6 * side, 0), "data", "offset points", color=colour, fontsize=8, va="center", ha=align)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    low, high = axes.get_xlim()
    sides = {row["difference"] > 0 for row in rows if row["verdict"] == "matters"}
    room = 0.2 * (high - low) * (1 + len(sides))  # for a number on each side that has one
    axes.set_xlim(min(low - room * (False in sides), -1.6 * limit), max(high + room * (True in sides), 1.6 * limit))
    axes.grid(axis="x")
    canvas.numbered(axes.xaxis, language, 3, signed=True, integer=True, steps=[1, 2, 5, 10])
