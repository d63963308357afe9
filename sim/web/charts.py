"""The drawings of the page, each for a width: growth as a fan, categories as bars, a map of hexagons, differences with their intervals."""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.inputs.law.rhythm import Measurement
from sim.report.drawing import Drawing, Point
from sim.report.language import Language
from sim.report.maps.hexmap import FIFTHS, POINTS, difference_words, share_words
from sim.report.maps.places import centre, corners_of, places, province_borders

NARROW, WIDE = 350, 720  # of a telephone, and of a desk
CATEGORIES = ("2B", "2A", "1")
HEADROOM = 1.1  # above a band, for its label
LABEL, LETTER, VALUE = 36, 8.5, 60  # wide: of a year on an axis, of a letter that stands out, of a value at the end of a row


class Fan(NamedTuple):
    """Values over the years: the mean and the bands of a quantity, by year."""

    mean: "pd.Series[float]"
    p10: "pd.Series[float]"
    p25: "pd.Series[float]"
    p75: "pd.Series[float]"
    p90: "pd.Series[float]"


def fan_of(values: pd.DataFrame) -> Fan:
    """Return the fan of values: a row per replication, a column per year."""
    low, q1, q3, high = (pd.Series(row, values.columns) for row in np.percentile(values, (10, 25, 75, 90), axis=0))
    return Fan(values.mean(), low, q1, q3, high)


def growth(
    fan: Fan,
    language: Language,
    width: float,
    *,
    path: Sequence[tuple[int, float]] = (),
    beside: "pd.Series[float] | None" = None,
    goal: float = 0,
    labels: Mapping[str, str],
) -> Drawing:
    """Return growth from zero: bands, mean, what is asked by when (`path`), what it is held beside, and the goal.

    `labels`: of `mean`, `path`, `beside` and `goal`, as far as they are drawn.
    """
    years = [int(year) for year in fan.mean.index]
    first, last = years[0] - 1, years[-1]
    height = 300.0 if width < 500 else 380.0
    left, right, top, bottom = 46.0, width - 12, 16.0, height - 26
    most = max(
        [
            float(fan.p90.max()) * HEADROOM,
            goal,
            *(value for _, value in path),
            float(beside.max()) if beside is not None else 0.0,
            1.0,
        ]
    )
    step = _step(most / 5)
    ceiling = math.ceil(most / step) * step
    drawing = Drawing(width, height)

    def x(year: float) -> float:
        return left + (right - left) * (year - first) / (last - first)

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    for tick in np.arange(0, ceiling + step / 2, step):
        drawing.stroke([(left, y(tick)), (right, y(tick))], "axis" if tick == 0 else "grid")
        drawing.words(left - 6, y(tick) + 4, language.number(float(tick), 1 if step >= 1 else 0.1), "tiny", "end")
    shown = [first, *(year for year in range(first + 5 - first % 5, last, 5) if x(last) - x(year) > LABEL), last]
    for year in shown:
        drawing.words(x(year), bottom + 17, str(year), "tiny", "end" if year == last else "start" if year == first else "middle")

    def line(values: "pd.Series[float]") -> list[Point]:
        return [(x(first), y(0)), *((x(year), y(float(values[year]))) for year in years)]

    drawing.area([*line(fan.p10), *reversed(line(fan.p90))], "band80")
    drawing.area([*line(fan.p25), *reversed(line(fan.p75))], "band50")
    if goal:
        drawing.stroke([(left, y(goal)), (right, y(goal))], "border")
        drawing.words(left + 6, y(goal) - 6 if y(goal) > top + 14 else y(goal) + 15, labels["goal"], "strong")
    if path:
        points = [(x(first), y(0)), *((x(year), y(value)) for year, value in path)]
        drawing.stroke(points, "path")
    if beside is not None:
        drawing.stroke(line(beside), "base")
    drawing.stroke(line(fan.mean), "mean")
    drawing.area(_disc(x(last), y(float(fan.mean[last])), 4), "dot")
    above, long = y(float(fan.p90[last])) - 10, LETTER * len(labels["mean"])
    asked = [year for year, _ in path], [value for _, value in path]
    crossed = [y(float(np.interp(year, *asked))) for year in years if path and x(year) > right - 8 - long]
    free = not any(above - 18 < at < above + 6 for at in crossed)
    below = max(y(float(fan.p10[year])) for year in years if x(year) > right - 40 - long) + 16
    drawing.words(right - 8, below if not free and below < bottom - 3 else above, labels["mean"], "model", "end")
    return drawing


def bars(
    rows: Sequence[tuple[str, Mapping[str, float], str]], language: Language, width: float, *, percent: bool = False
) -> Drawing:
    """Return a bar for every row, its categories beside each other. `rows`: a label, the categories' sizes, and what stands below the label."""
    high, gap, left = 34.0, 12.0, 96.0 if width < 500 else 130.0
    drawing = Drawing(width, len(rows) * (high + gap) + 6)
    whole = max((sum(sizes[name] for name in CATEGORIES) for _, sizes, _ in rows), default=1.0) or 1.0
    for number, (label, sizes, below) in enumerate(rows):
        top, at = 4 + number * (high + gap), left
        drawing.words(0, top + (15 if below else 22), label, "strong")
        if below:
            drawing.words(0, top + 30, below, "tiny")
        for name in CATEGORIES:
            size = (width - left) * sizes[name] / whole
            text = language.percent(sizes[name]) if percent else language.number(sizes[name])
            drawing.box(at, top, size, high, f"c{name}", f"{label}, {name}: {text}")
            if size > 9 * len(text) + 6:
                drawing.words(at + size / 2, top + 22, text, "light" if name == "2B" else "inside", "middle")
            at += size
    return drawing


def share_classes(language: Language) -> list[tuple[str, str]]:
    """Return the classes of a map of shares: the kind of shape and what it means."""
    return [(f"s{k}", words) for k, words in enumerate(share_words(language))]


def difference_classes(language: Language) -> list[tuple[str, str]]:
    """Return the classes of a map of differences in percentage points."""
    return [(f"d{k}", words) for k, words in enumerate(difference_words(language))]


def share_class(value: float) -> str:
    """Return the class of a share."""
    return f"s{int(np.searchsorted(FIFTHS, round(value, 2), side='right'))}"


def difference_class(value: float) -> str:
    """Return the class of a difference between shares."""
    step = int(np.searchsorted(POINTS, abs(round(value, 2)), side="right"))
    return f"d{3 + step * (1 if value > 0 else -1)}"


def hexagons(values: Mapping[int, float], classed: Callable[[float], str], told: Callable[[float], str], width: float) -> Drawing:
    """Return a map of Flanders, a hexagon per municipality. `values` by NIS code; `classed`: the kind of its shape; `told`: its value in
    words. One without a value is empty."""
    known = places()
    xs, ys = zip(*(centre(place) for place in known.values()), strict=True)
    west, south = min(xs), min(ys)
    scale = (width - 8) / (max(xs) - west + 1)
    height = (max(ys) - south + 1.2) * scale

    def moved(points: Sequence[Point]) -> list[Point]:
        return [(4 + (x - west + 0.5) * scale, height - (y - south + 0.6) * scale) for x, y in points]

    drawing = Drawing(width, height)
    for nis, place in known.items():
        value = values.get(nis, math.nan)
        style, words = ("empty", place.name) if math.isnan(value) else (classed(value), f"{place.name}: {told(value)}")
        drawing.area(moved(corners_of(place)), style, words)
    for side in province_borders():
        drawing.stroke(moved(side), "border")
    return drawing


def whiskers(rows: Sequence[tuple[str, float, float, float, str]], width: float, *, together: bool = False) -> Drawing:
    """Return differences from zero with their interval. `rows`: label, low, value, high, value in words. `together`: on one scale; else each on
    its own."""
    high, line = 38.0, 16.0
    wrapped = [textwrap.wrap(label, int((width - VALUE) / LETTER)) for label, *_ in rows]
    drawing = Drawing(width, sum(high + line * len(lines) for lines in wrapped) + 8)
    widest = max((abs(end) for _, low, _, up, _ in rows for end in (low, up)), default=0.0)
    top = 0.0
    for lines, (_, low, value, up, text) in zip(wrapped, rows, strict=True):
        reach = max(widest if together else max(abs(low), abs(up)), 1e-9) * 1.08
        middle, half = width / 2, width / 2 - 10
        drawing.words(width, top + 16, text, "text", "end")
        for words in lines:
            drawing.words(0, top + 16, words, "strong")
            top += line
        drawing.stroke([(10, top + 18), (width - 10, top + 18)], "grid")
        drawing.stroke([(middle, top + 8), (middle, top + 28)], "axis")
        at = [middle + half * end / reach for end in (low, value, up)]
        drawing.stroke([(at[0], top + 18), (at[2], top + 18)], "whisker")
        for end in (at[0], at[2]):
            drawing.stroke([(end, top + 13), (end, top + 23)], "whisker")
        drawing.area(_disc(at[1], top + 18, 5), "dot")
        top += high
    return drawing


def lengths(rows: Sequence[tuple[str, float, str]], width: float) -> Drawing:
    """Return a bar for every row, its label above it. `rows`: label, size, size in words."""
    high = 44.0
    drawing = Drawing(width, len(rows) * high + 4)
    most = max((size for _, size, _ in rows), default=0.0) or 1.0
    for number, (label, size, text) in enumerate(rows):
        top, long = number * high, (width - 60) * size / most
        drawing.words(0, top + 15, label, "text")
        drawing.box(0, top + 21, long, 14, "band50", f"{label}: {text}")
        drawing.words(long + 6, top + 33, text, "strong")
    return drawing


def timeline(rhythm: Sequence[Measurement], first: int, last: int, language: Language, width: float) -> Drawing:
    """Return the tests of a rhythm on a line of years, as high as the rate of each."""
    drawing = Drawing(width, 108)  # room between the line and the years for what the script lets one drag

    def x(year: float) -> float:
        return 14 + (width - 28) * (year - first) / (last - first)

    drawing.stroke([(8, 66), (width - 8, 66)], "axis")
    tests = [m for m in rhythm if m.test is not None]
    before = -math.inf
    for m in tests:
        rate, at = float(m.rate or 0), x(int(m.test or 0))
        drawing.box(at - 7, 66 - 36 * rate, 14, 36 * rate, "c2B", f"{m.test}: {language.percent(rate)}")
        if at - before > LABEL:
            drawing.words(at, 60 - 36 * rate, language.percent(rate), "tiny", "middle")
            drawing.words(at, 101, str(m.test), "quiet", "middle")
            before = at
    return drawing


def _disc(x: float, y: float, radius: float) -> list[Point]:
    return [(x + radius * math.cos(k * math.pi / 8), y + radius * math.sin(k * math.pi / 8)) for k in range(16)]


def _step(about: float) -> float:
    """Return a round step of about this size: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(k * power for k in (1, 2, 5, 10) if k * power >= about)
