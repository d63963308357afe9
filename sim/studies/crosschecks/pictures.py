"""Cross-checks as a picture: each value beside what it should be."""

import math
from pathlib import Path

from matplotlib.lines import Line2D

from sim.report import canvas
from sim.report.palette import BAND_50, BENCHMARK, MODEL, QUIET
from sim.studies.crosschecks.study import Crosschecks
from sim.studies.crosschecks.words import amount, answer, rests_on, wanted

COLOURS = {"pass": MODEL, "miss": BENCHMARK}


def write(found: Crosschecks, lang: str) -> list[Path]:
    """Draw a row per check with a mark, in English: what passes lies between 0 (low) and 1 (high), of a check without an upper end above 0."""
    marked = found.tables["checks"].query("verdict != 'shown'").to_dict("records")
    with canvas.style():
        figure, axes = canvas.sheet(answer(found), "What the model gives (dot), and what it should be (bar)", rests_on(found))
        axes.set_position((0.31, 0.12, 0.46, 0.69))
        for y, row in enumerate(marked):
            width = row["high"] - row["low"] if math.isfinite(row["high"]) else row["low"]
            place = (row["value"] - row["low"]) / width
            axes.plot([0, 1], [y, y], color=BAND_50, linewidth=8, solid_capstyle="butt")
            axes.plot(place, y, "o", color=COLOURS[row["verdict"]], markersize=8)
            value = (
                f"{amount(row['value'], row['unit'])} {row['unit']}" if row["unit"] != "share" else amount(row["value"], "share")
            )
            said = f"{value}: {row['verdict']} ({wanted(row)})"
            axes.annotate(
                said, (1.02, y), xycoords=("axes fraction", "data"), color=COLOURS[row["verdict"]], fontsize=9, va="center"
            )
        axes.set_yticks(range(len(marked)), [canvas.balanced(row["name"], 34) for row in marked], fontsize=9)
        axes.set_ylim(len(marked) - 0.5, -0.5)
        axes.set_xticks([0, 1], ["low", "high"])
        axes.grid(visible=False)
        handles = [Line2D([], [], color=colour, marker="o", linestyle="", label=verdict) for verdict, colour in COLOURS.items()]
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.027, 0.842), ncols=2, frameon=False, labelcolor=QUIET)
        return [canvas.save(figure, found.folder / "crosschecks.png")]
