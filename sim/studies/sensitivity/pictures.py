"""What matters: a tornado per outcome, with the share of the variance beside it."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, FAINT, HIGH_END, INK, LOW_END, MODEL, QUIET
from sim.studies.sensitivity.study import MATTERS, Sensitivity
from sim.studies.sensitivity.words import SCALES, amount, label, outcome_title, source, title_sentence, worth

DRAWN = 12  # parameters in a tornado
SHORT = {"realised_at_end": "dwellings", "contribution_total": "contributions"}  # in the pictures' names


def write(result: Sensitivity, lang: str) -> list[Path]:
    """Draw a tornado per outcome as PNG in the study's folder and return their paths."""
    pictures = []
    with canvas.style():
        for outcome in result.outcomes:
            figure = draw_tornado(result, outcome, Language(lang))
            pictures.append(canvas.save(figure, result.folder / f"tornado_{SHORT.get(outcome, outcome)}_{lang}.png"))
    return pictures


def draw_tornado(result: Sensitivity, outcome: str, language: Language) -> Figure:
    """Draw the outcome at both bounds of each parameter, the largest swing on top, and beside it the parameters' share of the variance."""
    say = language.say
    figure, left = canvas.sheet(
        title_sentence(result, outcome, language),
        say("One parameter at one end of its range, all else as in the scenario; at the ends: its value. *: only assumed"),
        source(result, language),
    )
    rows = sorted(result.of("ends", outcome).values(), key=lambda row: -abs(row["swing"]))[:DRAWN]
    left.set_position((0.285, 0.15, 0.44, 0.585))
    _bars(left, result, rows, outcome, language)
    right = figure.add_axes((0.765, 0.15, 0.205, 0.585))
    _shares(right, result, [row["parameter"] for row in rows], outcome, language)
    base = amount(rows[0]["base"], outcome, language)
    handles = [
        Patch(color=LOW_END, label=say("parameter at its low end")),
        Patch(color=HIGH_END, label=say("at its high end")),
        Line2D([], [], color=QUIET, linewidth=1.2, label=say("the scenario itself: {value}", value=base)),
        Line2D([], [], color=BAND_50, linewidth=1.2, label=say("from here it matters: {share}", share=language.percent(MATTERS))),
    ]
    canvas.key(figure, handles, 0.825, ncols=4)
    return figure


def _bars(axes: Axes, result: Sensitivity, rows: list[dict[Any, Any]], outcome: str, language: Language) -> None:
    """Draw a bar from the scenario's own outcome to that at each bound, with the bound's value and the 95% interval of the difference."""
    scale = SCALES.get(outcome, 1)
    base = rows[0]["base"] / scale
    axes.axvline(base, color=QUIET, linewidth=1.2, zorder=3)
    for y, row in enumerate(rows):
        values = {bound: worth(row[bound], result.known[row["parameter"]], language) for bound in ("low", "high")}
        # where both lie on one side, the shorter one is drawn over the longer, and both values stand at the end of the longer
        longer, shorter = sorted(values, key=lambda bound: -abs(row[f"to_{bound}"]))
        together = row["to_low"] * row["to_high"] > 0
        for bound in (longer, shorter):
            mean, low, high = (row[f"to_{bound}{end}"] / scale for end in ("", "_low95", "_high95"))
            over = together and bound == shorter
            axes.barh(y, mean, 0.3 if over else 0.62, base, color=LOW_END if bound == "low" else HIGH_END, zorder=2)
            axes.plot([base + low, base + high], [y, y], color=INK, linewidth=1, zorder=4)
            if not over:
                words = f"{values[longer]}, {values[shorter]}" if together else values[bound]
                far, side, align = (base + low, -5, "right") if mean < 0 else (base + high, 5, "left")
                place: dict[str, Any] = {"xytext": (side, 0), "textcoords": "offset points", "ha": align, "va": "center"}
                axes.annotate(words, (far, y), color=INK, fontsize=8, **place)
    axes.set_yticks(range(len(rows)), [canvas.balanced(label(result, row["parameter"], language), 42) for row in rows])
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.13 * (high - low), high + 0.13 * (high - low))  # for the values
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    canvas.numbered(axes.xaxis, language, 5, integer=True)
    axes.set_xlabel(outcome_title(result, outcome, language), color=QUIET, fontsize=9)


def _shares(axes: Axes, result: Sensitivity, names: list[str], outcome: str, language: Language) -> None:
    """Draw the share of the outcome's variance of each parameter with its 95% interval; those that were not looked at have none."""
    shares = result.shares(outcome)
    for y, name in enumerate(names):
        if name not in shares:
            axes.annotate("–", (0, y), (3, 0), "data", "offset points", color=FAINT, va="center", fontsize=9)
            continue
        share, low, high = (100 * part for part in shares[name])
        colour = MODEL if share >= 100 * MATTERS else FAINT
        axes.plot([max(0.0, low), high], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot(share, y, "o", color=colour, markersize=5, zorder=3)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xlim(0, max(10.0, 1.08 * axes.get_xlim()[1]))
    axes.axvline(100 * MATTERS, color=BAND_50, linewidth=1)
    axes.grid(visible=True, axis="x")
    canvas.numbered(axes.xaxis, language, 4, unit="%", integer=True)
    say, sobol = language.say, result.in_sobol
    if set(names) - set(shares):
        axes.set_title(say("–: not among the {count} looked at", count=len(sobol)), fontsize=8.5, color=QUIET, loc="left")
    text = say("Share of the variance (Sobol, total)") if sobol else say("Share of the variance (Morris)")
    axes.set_xlabel(text, color=QUIET, fontsize=9)
