"""Lying bars per option: in whose control lies what would have prevented the verdicts of 2B, and what is missing at the end."""

import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from sim.report import canvas, estimates
from sim.report.cells import Cell, step_of
from sim.report.palette import CONSTRAINT, CONTROL, DIM, INK, QUIET, Look
from sim.studies.compare.attribution import CONSTRAINTS
from sim.studies.compare.study import AS_IS
from sim.studies.compare.words import Told, constraint_words, side_words

ROOM, FITS = 0.62, 6  # inches for an option; so many fit on a sheet as it is


def draw_control(told: Told) -> Figure:
    """Draw in whose control lies what would have prevented the verdicts of 2B: a bar per option."""
    say, sheet = told.language.say, told.sheets["blame"]
    shown = {
        option: {side: sheet.percent(sheet.row(option=option, by="control", **{"class": side}), "share") for side in CONTROL}
        for option in told.names
    }
    figure = _bars(
        told,
        say(
            "{outside} of the verdicts of 2B with {base} would only be prevented by what lies outside the municipality's control",
            outside=shown[told.base]["outside"],
            base=told.names[told.base].letter,
        ),
        say("Verdicts of 2B over all tests by what would have prevented them, each relief given to all municipalities at once"),
        shown,
        CONTROL,
        side_words(told.language),
    )
    axes = figure.axes[0]
    for y, option in enumerate(told.names):
        count = sheet.frame.loc[(sheet.frame["option"] == option) & (sheet.frame["by"] == "control"), "verdicts"].sum()
        text = say("{number} verdicts", number=told.language.number(count))
        axes.annotate(text, (1, y), (6, 0), ("axes fraction", "data"), "offset points", color=QUIET, fontsize=9, va="center")
    return figure


def draw_missing(told: Told) -> Figure:
    """Draw where the dwellings stand that are missing at the end: a bar per option."""
    say, sheet, year = told.language.say, told.sheets["missing"], told.comparison.facts["end_year"]
    step = missing_step(told)
    shown = {
        option: {part: sheet.cell(sheet.row(option=option, constraint=part), "dwellings", step) for part in CONSTRAINTS}
        for option in told.names
    }
    words = constraint_words(told.language)
    most, cell = max(shown[told.base].items(), key=lambda item: item[1].value)
    return _bars(
        told,
        say(
            "Of the dwellings missing at the end of {year} with {base}, the largest group ({number}) is {where}",
            year=year,
            base=told.names[told.base].letter,
            number=cell,
            where=words[most],
        ),
        say("Dwellings that are missing at the end of {year}, by where they stand then", year=year),
        shown,
        CONSTRAINT,
        words,
    )


def missing_step(told: Told) -> float:
    """Return the step to which missing dwellings are written: that of the dwellings realised."""
    results = told.comparison.runs[told.base][AS_IS]
    return step_of(estimates.in_last_year(results, "bso").error)


def _bars(
    told: Told,
    title: str,
    subtitle: str,
    shown: Mapping[str, Mapping[str, Cell]],
    looks: Mapping[str, Look],
    words: Mapping[str, str],
) -> Figure:
    """Draw a lying bar per option, in parts with their numbers; a part too small for its number goes without."""
    figure, axes = canvas.sheet(title, subtitle, told.source())
    height = grown(figure, len(shown))
    axes.set_position((0.265, 0.75 / height, 0.62, 1 - 2.75 / height))
    longest = max(sum(cell.value * cell.scale for cell in own.values()) for own in shown.values()) or 1.0
    for y, own in enumerate(shown.values()):
        left = 0.0
        for part, cell in own.items():
            color, ink, hatch, _ = looks[part]
            size = cell.value * cell.scale
            axes.barh(y, size, 0.62, left, color=color, edgecolor="white" if color != "white" else DIM, hatch=hatch, linewidth=0.8)
            if size > 0.012 * len(cell) * longest:
                box = {"boxstyle": "round,pad=0.15", "facecolor": color, "edgecolor": "none"} if hatch else None
                place = left + size / 2, y
                axes.annotate(cell, place, color=ink, ha="center", va="center", fontsize=9, fontweight="bold", bbox=box).set_gid(
                    cell.key
                )
            left += size
    axes.set_yticks(range(len(shown)), row_names(told, list(shown)))
    axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, longest)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    handles = axes.bar([0] * len(looks), [0] * len(looks), color=[look.fill for look in looks.values()])
    for handle, (part, (color, _, hatch, _)) in zip(handles, looks.items(), strict=True):
        handle.set(label=words[part], hatch=hatch, edgecolor="white" if color != "white" else DIM)
    figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(0.027, 1 - 1.2 / height),
        ncols=3,
        fontsize=9,
        frameon=False,
        labelcolor=QUIET,
        handlelength=1.8,
        handleheight=1.2,
    )
    return figure


def row_names(told: Told, options: Sequence[str]) -> list[str]:
    """Return the names of options in lines that fit beside a picture."""
    return [textwrap.fill(str(told.names[option]), 32) for option in options]


def grown(figure: Figure, rows: int) -> float:
    """Make a sheet higher where rows need it, its words as far from the edges as before, and return its height in inches."""
    height = figure.get_figheight() + ROOM * max(0, rows - FITS)
    canvas.stretched(figure, height)
    return height
