"""The sheet a picture is drawn on: title that answers, units, source; and what the pictures share. Its colours: palette.py."""

import io
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from PIL import Image

from sim.report.language import Language
from sim.report.outside import visible
from sim.report.palette import BAND_50, BAND_80, GRID, INK, MODEL, QUIET
from sim.runs.disk.folders import write

WIDTH, HEIGHT, DPI = 10.0, 6.25, 160  # 1600 x 1000 pixels
TITLES = (
    (14.5, 78),
    (12.5, 90),
    (11.0, 103),
    (9.5, 120),
    (8.0, 142),
)  # sizes, and letters in a line, so that a title takes two lines at most
WIDEST_PNG, COLOURS = 2400, 48  # pixels, and colours, of a picture that a page holds whole

# Everything from matplotlib's own defaults, so that a user's settings cannot change a picture.
STYLE: list[str | Path | dict[str, Any]] = [
    "default",
    {
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.edgecolor": QUIET,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "ytick.major.size": 0,
        "text.color": INK,
        "text.parse_math": False,  # a dollar in a title is a dollar
    },
]


class Label(NamedTuple):
    """A text beside the end of a line."""

    y: float
    text: str
    color: str
    bold: bool = False


def sheet(title: str, subtitle: str, source: str) -> tuple[Figure, Axes]:
    """Return a figure with its words in place and empty axes. To be used within `style()`."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
    size, wide = next(((s, w) for s, w in TITLES if balanced(title, w).count("\n") < 2), TITLES[-1])
    figure.text(0.035, 0.965, balanced(title, wide), fontsize=size, fontweight="bold", va="top", linespacing=1.25)
    figure.text(0.035, 0.862, textwrap.fill(subtitle, 125), fontsize=10, color=QUIET, va="top", linespacing=1.3)
    figure.text(0.035, 0.022, balanced(source, 165), fontsize=7.8, color=QUIET, va="bottom", linespacing=1.4)
    axes = figure.add_axes((0.075, 0.175, 0.695, 0.615))
    return figure, axes


def stretched(figure: Figure, height: float) -> Figure:
    """Make a sheet as high as this (inches), its words as far from the edges as before, and return it."""
    before = figure.get_figheight()
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x, y * before / height if text.get_verticalalignment() == "bottom" else 1 - (1 - y) * before / height))
    figure.set_figheight(height)
    return figure


def balanced(text: str, width: int) -> str:
    """Return a text wrapped to at most `width`, in lines of about the same length: no lonely last word."""
    lines = len(textwrap.wrap(text, width))
    while width > 1 and len(textwrap.wrap(text, width - 1)) == lines:
        width -= 1
    return textwrap.fill(text, width)


@contextmanager
def style() -> Iterator[None]:
    """Draw and save pictures in this block: in our style, and without a warning for every letter that the font has not."""
    with matplotlib.style.context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield


def save(figure: Figure, path: Path) -> Path:
    """Write a picture to its folder. The same results give the same bytes."""
    return write(path, png(figure))


def png(figure: Figure) -> bytes:
    """Return a picture as the bytes of a PNG. The same picture gives the same bytes."""
    drawn = io.BytesIO()
    legible(figure).savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def as_png(figure: Figure) -> bytes:
    """Return a picture with its words as a PNG to stand in a letter: as few colours as it takes."""
    drawn, small = io.BytesIO(), io.BytesIO()
    dpi = min(figure.dpi, WIDEST_PNG / figure.get_figwidth())
    legible(figure).savefig(drawn, format="rgba", dpi=dpi)
    width, height = (int(side * dpi) for side in figure.get_size_inches())
    seen = Image.frombytes("RGBA", (width, height), drawn.getvalue()).convert("RGB")
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(small, format="png")
    return small.getvalue()


def legible(figure: Figure) -> Figure:
    """Make the words of a figure visible, those of its ticks too, and return it."""
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_text(visible(text.get_text()))
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(named := axis.get_major_formatter(), FixedFormatter):  # writes the words of its ticks anew
            axis.set_major_formatter(FixedFormatter([visible(str(word)) for word in named.seq]))
    return figure


def key(figure: Figure, handles: Sequence[Artist], top: float, left: float = 0.027, **style: Any) -> None:
    """Explain marks or parts below the picture's words, from `top` down; with another corner as `loc`, that one is at `left` and `top`."""
    usual: dict[str, Any] = {"loc": "upper left", "ncols": 3, "fontsize": 9, "frameon": False, "labelcolor": QUIET}
    figure.legend(handles=list(handles), bbox_to_anchor=(left, top), **usual | style)


def numbered(
    axis: Axis, language: Language, most: int, step: float = 1, unit: str = "", signed: bool = False, **ticks: Any
) -> None:
    """Write numbers along an axis, at about `most` ticks, as this reader writes them; `ticks`: which ones, as matplotlib's MaxNLocator asks.

    `step`: to which they are rounded, but never so far that a tick would say another number than where it stands.
    """
    axis.set_major_locator(MaxNLocator(most, **{"steps": [1, 2, 5, 10]} | ticks))  # never 0, 8, 16

    def words(x: float, _: int | None) -> str:
        gaps, fine = np.diff(axis.get_majorticklocs()), step
        while len(gaps) and fine > 1e-6 and abs(round(gaps[0] / fine) * fine - gaps[0]) > 1e-6 * gaps[0]:
            fine /= 10
        return ("+" if signed and x > 0 else "") + language.number(x, fine) + unit

    axis.set_major_formatter(FuncFormatter(words))


def fan(axes: Axes, start: int, values: pd.DataFrame) -> None:
    """Draw the mean and the 50% and 80% bands of values (a row per replication, a column per year), from zero in the year `start`."""
    years = [start, *values.columns]
    low, q1, q3, high = np.insert(np.percentile(values, (10, 25, 75, 90), axis=0), 0, 0, axis=1)
    axes.fill_between(years, low, high, color=BAND_80, linewidth=0)
    axes.fill_between(years, q1, q3, color=BAND_50, linewidth=0)
    axes.plot(years, [0, *values.mean()], color=MODEL, linewidth=2.6)


def spread(places: Sequence[float], gap: float, lowest: float) -> list[float]:
    """Return places for texts at least `gap` apart and not below `lowest`, in the same order and near to where they belong."""
    order = np.argsort(places, kind="stable")
    moved = np.array(places, float)[order]
    for _ in range(200):  # push neighbours apart, each by half, until none overlap
        overlap = gap - np.diff(moved)
        if (overlap < gap * 1e-3).all():
            break
        push = np.maximum(overlap, 0) / 2
        moved[1:] += push
        moved[:-1] -= push
    moved = np.maximum(moved, lowest + gap * np.arange(len(moved)))
    result = np.empty_like(moved)
    result[order] = moved
    return [float(x) for x in result]


def apart(axes: Axes, places: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Return places (a row each, in the units of the axes) moved until they are `gap` points apart. To be called when the limits are set."""
    scale = axes.figure.dpi / 72
    pixels = axes.transData.transform(places)
    low, high = (np.asarray(corner) + side * gap * scale / 2 for corner, side in ((axes.bbox.min, 1), (axes.bbox.max, -1)))
    order = np.arange(len(pixels))
    for _ in range(400):
        ways = pixels[:, None] - pixels[None]
        far = np.hypot(*ways.transpose(2, 0, 1))
        np.fill_diagonal(far, np.inf)
        close = far < gap * scale * 1.02
        if not close.any():
            break
        same = far < 1e-9  # on each other: each its own way, the same at every drawing
        turns = np.stack([np.cos(2.4 * (order[:, None] + 1)), np.sin(2.4 * (order[:, None] + 1))], axis=-1) * np.ones(
            (1, len(order), 1)
        )
        ways = np.where(same[..., None], turns, ways / np.maximum(far, 1e-9)[..., None])
        pushes = np.where(close, gap * scale * 1.02 - np.where(np.isinf(far), 0, far), 0)[..., None] * ways
        pixels = np.clip(pixels + pushes.sum(axis=1) / 2 * 0.9, low, high)
    return np.asarray(axes.transData.inverted().transform(pixels), np.float64)


def label_ends(axes: Axes, x: float, labels: Sequence[Label]) -> None:
    """Write labels to the right of x, moved apart where they would overlap. To be called when the limits are set."""
    bottom, top = axes.get_ylim()
    lines = max((label.text.count("\n") + 1 for label in labels), default=1)
    gap = (top - bottom) * 0.043 * lines
    for label, y in zip(labels, spread([label.y for label in labels], gap, bottom + gap / 2), strict=True):
        font: dict[str, Any] = {"fontsize": 10.5, "fontweight": "bold"} if label.bold else {"fontsize": 9, "fontweight": "normal"}
        beside: dict[str, Any] = {"xytext": (7, 0), "textcoords": "offset points", "va": "center", "annotation_clip": False}
        axes.annotate(label.text, (x, y), color=label.color, **font, **beside)
