"""The picture of one municipality: its chances at each test, and what is there against what is asked."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import canvas, estimates
from sim.report.palette import BENCHMARK, CATEGORY, MODEL
from sim.studies.municipality.words import Words

ROOM = 0.06  # share of the simulations below which a part of a column has no room for its number
MANY = 16  # requirements, beyond which their names are small; tests, beyond half of which numbers have no room


def draw(words: Words, title: str) -> Figure:
    """Draw the chances of each category at every test, and beside them the dwellings that are there against those that are asked."""
    say = words.say
    subtitle = say("Left: share of the simulations. Right: dwellings on average, each requirement of a test apart.")
    figure, left = canvas.sheet(title, subtitle, estimates.source_of(words.found.facts, words.language))
    left.set_position((0.075, 0.2, 0.38, 0.54))
    right = figure.add_axes((0.675, 0.2, 0.3, 0.54))
    _chances(left, words)
    _asked(right, words)
    handles = [Patch(color=CATEGORY[name].fill, label=say("Category {name}", name=name)) for name in ("1", "2A", "2B")]
    canvas.key(figure, handles, 0.82, 0.06)
    there = Patch(color=MODEL, label=say("there"))
    asked = Line2D([], [], color=BENCHMARK, linewidth=2.5, label=say("asked"))
    canvas.key(figure, [there, asked], 0.82, 0.54)
    return figure


def _chances(axes: Axes, words: Words) -> None:
    rows = words.rows("tests")
    bottom = np.zeros(len(rows))
    for name in ("2B", "2A", "1"):
        color, ink, *_ = CATEGORY[name]
        shares = np.nan_to_num([float(words.value("tests", row, name)) for row in rows])
        axes.bar(range(len(rows)), shares, 0.7, bottom, color=color, edgecolor="white")
        for x, (row, share, low) in enumerate(zip(rows, shares, bottom, strict=True)):
            if share > ROOM and 2 * len(rows) <= MANY:
                text = words.share_of("tests", row, name).replace(
                    f" {words.language.name('page', 'of')} ", "/"
                )  # a column is narrow
                axes.annotate(text, (x, low + share / 2), color=ink, ha="center", va="center", fontsize=9, fontweight="bold")
        bottom += shares
    axes.set_xticks(range(len(rows)), [str(words.value("tests", row, "test")) for row in rows])
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda y, _: words.language.percent(y))


def _asked(axes: Axes, words: Words) -> None:
    rows, called = words.rows("asked"), words.language.name
    has, asked = ([float(words.value("asked", row, name)) for row in rows] for name in ("has", "asked"))
    axes.barh(range(len(rows)), has, 0.62, color=MODEL)
    axes.vlines(asked, np.arange(len(rows)) - 0.42, np.arange(len(rows)) + 0.42, color=BENCHMARK, linewidth=2.5)
    names = [[words.value("asked", row, name) for name in ("test", "path", "stage")] for row in rows]
    labelled = [f"{test} {called('path', path)}, {called('code', stage)}" for test, path, stage in names]
    axes.set_yticks(range(len(rows)), labelled, fontsize=9 if len(rows) <= MANY else 6.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    canvas.numbered(axes.xaxis, words.language, 4, integer=True)
