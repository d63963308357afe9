"""Maps of Flanders as equal hexagons, one per municipality: a share, or the difference between two shares. Always the same layout."""

import io
import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.textpath import TextPath

from sim.inputs.errors import nearest
from sim.report import canvas
from sim.report.language import Language
from sim.report.maps.places import Place, centre, corners_of, holes, lines_of, places, province_borders
from sim.report.palette import BORDER, DARK, DIFFERENCE, HATCH, INK, NO_VALUE, QUIET, SHARE

Values = Mapping[int, float] | pd.Series

HEXAGON, DPI = 0.5, 200  # width of a hexagon in inches; pixels an inch, so that names can be read when enlarged
LEFT, BOTTOM, TOP, BESIDE = 0.55, 1.0, 1.75, 0.35  # inches around the map: for margins, source, title and names of provinces
LARGEST = 8.0  # points: the letters of a short name
FIFTHS, POINTS = (0.2, 0.4, 0.6, 0.8), (0.02, 0.1, 0.2)  # limits of the classes, each belonging to the class above

NAMED_BELOW = ("West-Vlaanderen", "Vlaams-Brabant")  # the other provinces have their name above


class Class(NamedTuple):
    """A class of values: its colour and what the legend says of it."""

    color: str
    words: str


def share_words(language: Language) -> list[str]:
    """Return what the classes of shares are called, the lowest first."""
    percents = [language.percent(bound) for bound in (0, *FIFTHS, 1)]
    return [language.say("{low} to {high}", low=low, high=high) for low, high in pairwise(percents)]


def difference_words(language: Language) -> tuple[str, ...]:
    """Return what the classes of differences of shares are called, in percentage points, the lowest first."""
    say, (one, two, three) = language.say, (_points(bound, language) for bound in POINTS)
    return (
        say("at least {number} points lower", number=three),
        say("{low} to {high} points lower", low=two, high=three),
        say("{low} to {high} points lower", low=one, high=two),
        say("less than {number} points of difference", number=one),
        say("{low} to {high} points higher", low=one, high=two),
        say("{low} to {high} points higher", low=two, high=three),
        say("at least {number} points higher", number=three),
    )


def share_map(
    values: Values, language: Language, title: str, subtitle: str, source: str, *, missing: str = "", numbers: bool = False
) -> Figure:
    """Return a map of shares from 0 to 1 by NIS code, in fifths.

    A municipality without a value, or with NaN, is hatched; the legend calls it `missing`. `numbers` writes each share as well.
    Raises ValueError for an unknown NIS code or a value outside 0 to 1.
    """
    shares = _checked(values, 0.0)
    classes = [Class(color, words) for color, words in zip(SHARE, share_words(language), strict=True)]
    written = {nis: language.percent(share) for nis, share in shares.items()} if numbers else {}
    belongs = {nis: int(np.searchsorted(FIFTHS, share, side="right")) for nis, share in shares.items()}
    return _draw(classes, belongs, written, language, (title, subtitle, source), missing)


def difference_map(
    values: Values, language: Language, title: str, subtitle: str, source: str, *, missing: str = "", numbers: bool = False
) -> Figure:
    """Return a map of differences between two shares, from -1 to 1 by NIS code: blue is lower, orange higher, white about the same.

    The legend counts in percentage points, each limit of POINTS in the class further from zero. `missing`, `numbers` and errors as for
    `share_map`.
    """
    differences = _checked(values, -1.0)
    classes = [Class(color, text) for color, text in zip(DIFFERENCE, difference_words(language), strict=True)]
    written = {nis: _points(value, language, signed=True) for nis, value in differences.items()} if numbers else {}
    step = {nis: int(np.searchsorted(POINTS, abs(value), side="right")) for nis, value in differences.items()}
    belongs = {nis: 3 + step[nis] * (1 if value > 0 else -1) for nis, value in differences.items()}
    return _draw(classes, belongs, written, language, (title, subtitle, source), missing)


def svg(figure: Figure) -> str:
    """Return a map as an <svg> element to stand in a page: text stays text, and the same map gives the same characters."""
    stream = io.StringIO()
    with canvas.style(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "bso"}):
        canvas.legible(figure).savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    return text[text.index("<svg") :].replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")


def _checked(values: Values, least: float) -> dict[int, float]:
    """Return the values that there are by NIS code, to the hundredth: what is written in a hexagon and its colour never differ.

    Raises ValueError for an unknown or double code, or a value outside `least` to 1.
    """
    known, series, by_nis = places(), pd.Series(values, dtype=float), dict[int, float]()
    for nis, value in zip(series.index.tolist(), series.tolist(), strict=True):
        if nis not in known:
            raise ValueError(f"values: unknown NIS code {nis}; {nearest(str(nis), map(str, known))}")
        if nis in by_nis:
            raise ValueError(f"values: {nis} {known[nis].name} stands twice; once is allowed")
        if not (math.isnan(value) or least <= value <= 1.0):
            raise ValueError(f"values of {nis} {known[nis].name}: found {value}; a number from {least:g} to 1 is allowed")
        by_nis[nis] = round(value, 2)
    return {nis: value for nis, value in by_nis.items() if not math.isnan(value)}


def _points(value: float, language: Language, signed: bool = False) -> str:
    """Return a difference of shares as whole percentage points."""
    points = round(100 * value)
    return ("+" if signed and points > 0 else "") + language.number(points)


def _draw(
    classes: Sequence[Class],
    belongs: Mapping[int, int],
    written: Mapping[int, str],
    language: Language,
    words: tuple[str, str, str],
    missing: str,
) -> Figure:
    """Draw the map: hexagons in the colour of their class, names, provinces, legend, and title, subtitle and source around it."""
    known = places()
    with canvas.style():
        figure, axes = _sheet(*words)
        empty = [nis for nis in known if nis not in belongs]
        _fill(axes, empty, facecolor=NO_VALUE, edgecolor=HATCH, hatch="/////", linewidth=0)
        for number, group in enumerate(classes):
            _fill(axes, [nis for nis, own in belongs.items() if own == number], facecolor=group.color, linewidth=0)
        _fill(axes, list(known), facecolor="none", edgecolor=BORDER, linewidth=0.5)
        gaps = [corners_of(place) for place in holes()]
        axes.add_collection(PolyCollection(gaps, facecolor="white", edgecolor=BORDER, linestyle=":", linewidth=0.8), autolim=False)
        borders = LineCollection(province_borders(), colors=INK, linewidths=1.8, capstyle="round", clip_on=False)
        axes.add_collection(borders, autolim=False)
        for nis, place in known.items():
            dark = nis in belongs and classes[belongs[nis]].color in DARK
            _name(axes, place, "white" if dark else INK, written.get(nis, ""))
        _name_provinces(axes)
        handles = [
            Patch(facecolor=group.color, edgecolor=BORDER, label=f"{group.words} ({list(belongs.values()).count(number)})")
            for number, group in enumerate(classes)
        ]
        if empty:
            without = missing or language.say("no value")
            label = f"{without} ({len(empty)})"
            handles.append(Patch(facecolor=NO_VALUE, edgecolor=HATCH, hatch="/////", label=label))
        handles.append(
            Patch(facecolor="white", edgecolor=BORDER, linestyle=":", label=language.say("no municipality: left open by the map"))
        )
        corner: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0, "frameon": False}
        size: dict[str, Any] = {"fontsize": 12, "title_fontsize": 12, "handlelength": 1.8, "handleheight": 1.3}
        apart: dict[str, Any] = {"ncols": 2, "columnspacing": 2.5, "labelspacing": 0.35, "alignment": "left"}
        in_brackets = language.say("In brackets: number of municipalities")
        axes.legend(handles=handles, title=in_brackets, **corner, **size, **apart)
    return figure


def _sheet(title: str, subtitle: str, source: str) -> tuple[Figure, Axes]:
    """Return a figure as large as the map asks, with its words in place, and axes in which a unit is the width of a hexagon."""
    xs, ys = ([getattr(place, key) for place in places().values()] for key in "xy")
    wide, high = (max(xs) - min(xs)) / 2 + 1, (max(ys) - min(ys)) * math.sqrt(3) / 2 + 2 / math.sqrt(3)
    width, height = wide * HEXAGON + 2 * LEFT, high * HEXAGON + BOTTOM + TOP + 2 * BESIDE
    figure = Figure(figsize=(width, height), dpi=DPI)
    left = LEFT / width
    title = canvas.balanced(title, 95)
    below = 1 - (0.82 + 0.33 * title.count("\n")) / height
    figure.text(left, 1 - 0.4 / height, title, fontsize=19, fontweight="bold", va="top", linespacing=1.25)
    figure.text(left, below, canvas.balanced(subtitle, 150), fontsize=13, color=QUIET, va="top", linespacing=1.3)
    figure.text(left, 0.3 / height, canvas.balanced(source, 190), fontsize=10, color=QUIET, va="bottom", linespacing=1.4)
    axes = figure.add_axes((left, BOTTOM / height, 1 - 2 * left, 1 - (BOTTOM + TOP) / height))
    axes.set_axis_off()
    side = BESIDE / HEXAGON
    axes.set_xlim(min(xs) / 2 - 0.5, max(xs) / 2 + 0.5)
    axes.set_ylim(min(ys) * math.sqrt(3) / 2 - 1 / math.sqrt(3) - side, max(ys) * math.sqrt(3) / 2 + 1 / math.sqrt(3) + side)
    return figure, axes


def _fill(axes: Axes, codes: Sequence[int], **style: Any) -> None:
    """Draw the hexagons of municipalities in a style of matplotlib's."""
    axes.add_collection(PolyCollection([corners_of(places()[nis]) for nis in codes], clip_on=False, **style), autolim=False)


def _name(axes: Axes, place: Place, ink: str, value: str) -> None:
    """Write a municipality's name, as large as its widest line allows, and its value below."""
    lines = lines_of(place.name)
    size = min(LARGEST, 0.91 * HEXAGON * 72 / _width(tuple(lines)), 5.6 if value and len(lines) > 2 else LARGEST)
    x, y = centre(place)
    axes.text(x, y + (0.10 if value else 0), "\n".join(lines), size=size, color=ink, ha="center", va="center", linespacing=1.05)
    if value:
        axes.text(x, y - 0.32, value, size=7.5, color=ink, ha="center", va="center", weight="bold")


@cache
def _width(lines: tuple[str, ...]) -> float:
    """Return how wide the widest of some lines is, in its own size: measuring all names takes longer than drawing the map."""
    return max(float(TextPath((0, 0), line, size=10).get_extents().width) / 10 for line in lines)


def _name_provinces(axes: Axes) -> None:
    """Write each province's name beside it, above or below, clear of all hexagons."""
    by_name: dict[str, list[Place]] = {}
    for place in places().values():
        by_name.setdefault(place.province, []).append(place)
    for name, members in by_name.items():
        x = float(np.mean([centre(place)[0] for place in members]))
        near = [centre(place)[1] for place in places().values() if abs(centre(place)[0] - x) < 0.17 * len(name) + 0.5]
        below = name in NAMED_BELOW
        y = min(near) - 0.7 if below else max(near) + 0.7
        axes.text(x, y, name, fontsize=14, color=QUIET, fontweight="bold", ha="center", va="top" if below else "bottom")
