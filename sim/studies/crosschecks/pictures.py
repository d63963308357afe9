"""Cross-checks as a picture: each value beside what it should be."""

import math
from pathlib import Path

from matplotlib.lines import Line2D

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BENCHMARK, MODEL, QUIET
from sim.studies.crosschecks.study import Crosschecks
from sim.studies.crosschecks.words import amount, answer, rests_on, said, wanted

COLOURS = {"pass": MODEL, "miss": BENCHMARK}


def write(result: Crosschecks, lang: str) -> list[Path]:
    """Draw a row per check with a mark, each on a scale of its own: 0 is its low end, 1 its high one."""
    language = Language(lang)
    marked = result.tables["checks"].query("verdict != 'shown'").to_dict("records")
    with canvas.style():
        figure, axes = canvas.sheet(answer(result, language), said(language, "subtitle"), rests_on(result, language))
        axes.set_position((0.31, 0.12, 0.46, 0.67))
        for y, row in enumerate(marked):
            high = row["high"] if math.isfinite(row["high"]) else 2 * row["low"]
            place, colour = (row["value"] - row["low"]) / (high - row["low"]), COLOURS[row["verdict"]]
            axes.plot([0, 1], [y, y], color=BAND_50, linewidth=8, solid_capstyle="butt")
            axes.plot(place, y, "o", color=colour, markersize=8)
            unit = language.name("check_unit", row["unit"])
            text = f"{amount(row['value'], row['unit'], language)} {unit}".rstrip() + f" ({wanted(row, language)})"
            axes.text(1.02, y, text, transform=axes.get_yaxis_transform(), color=colour, fontsize=9, va="center")
        axes.set_yticks(
            range(len(marked)), [canvas.balanced(language.name("check", row["name"]), 34) for row in marked], fontsize=9
        )
        axes.set_ylim(len(marked) - 0.5, -0.5)
        axes.set_xticks([0, 1], [said(language, end) for end in ("low", "high")])
        axes.grid(visible=False)
        handles = [
            Line2D([], [], color=colour, marker="o", linestyle="", label=language.name("mark", verdict))
            for verdict, colour in COLOURS.items()
        ]
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.027, 0.842), ncols=2, frameon=False, labelcolor=QUIET)
        return [canvas.save(figure, result.folder / f"crosschecks_{lang}.png")]
