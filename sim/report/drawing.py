"""A drawing of a few plain shapes that a page shows in light and dark, narrow and wide, and that can be saved as SVG and as PNG: one drawing,
whatever shows it. Lengths in units of a page's pixel, from the top left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from sim.report import canvas, palette
from sim.report.outside import visible

Point = tuple[float, float]
WHITE = "white"


class Style(NamedTuple):
    """How a kind of shape looks: what it is filled with and drawn in, how thick, dashes, and of letters the size and weight."""

    fill: str = "none"
    line: str = "none"
    width: float = 1.0
    dash: str = ""
    size: float = 13.0
    bold: bool = False


# By the name that a page's style sheet has for it too, where dark pages give it another colour.
STYLES = {
    "band80": Style(fill=palette.BAND_80),
    "band50": Style(fill=palette.BAND_50),
    "mean": Style(line=palette.MODEL, width=2.6),
    "path": Style(line=palette.BENCHMARK, width=1.8, dash="5 3"),
    "base": Style(line=palette.QUIET, width=2, dash="2 3"),
    "grid": Style(line=palette.GRID),
    "axis": Style(line=palette.FAINT, width=1.2),
    "whisker": Style(line=palette.INK, width=1.6),
    "dot": Style(fill=palette.MODEL),
    "border": Style(line=palette.INK, width=1.3),
    **{f"c{name}": Style(fill=look.fill, line=WHITE, width=0.6) for name, look in palette.CATEGORY.items()},
    **{f"s{number}": Style(fill=color, line=palette.BORDER, width=0.5) for number, color in enumerate(palette.SHARE)},
    **{f"d{number}": Style(fill=color, line=palette.BORDER, width=0.5) for number, color in enumerate(palette.DIFFERENCE)},
    "empty": Style(fill=palette.NO_VALUE, line=palette.BORDER, width=0.5),
    "text": Style(fill=palette.INK),
    "strong": Style(fill=palette.INK, bold=True),
    "quiet": Style(fill=palette.QUIET, size=12),
    "tiny": Style(fill=palette.QUIET, size=11),
    "model": Style(fill=palette.MODEL, bold=True),
    "bench": Style(fill=palette.BENCHMARK, bold=True),
    "light": Style(fill=WHITE, bold=True),  # on what is dark, and what is light, on every page
    "inside": Style(fill=palette.INK, bold=True),
    "title": Style(fill=palette.INK, size=17, bold=True),
}
ANCHORS = {"start": "left", "middle": "center", "end": "right"}


class Area(NamedTuple):
    """A closed shape. `told`: what a pointer on it is told."""

    points: Sequence[Point]
    style: str
    told: str = ""


class Stroke(NamedTuple):
    """A line through points."""

    points: Sequence[Point]
    style: str


class Words(NamedTuple):
    """Words at a point of their line. `anchor`: which part of them is there."""

    x: float
    y: float
    text: str
    style: str = "text"
    anchor: str = "start"


@dataclass
class Drawing:
    """Shapes on a sheet; later ones lie over earlier ones."""

    width: float
    height: float
    shapes: list[Area | Stroke | Words] = field(default_factory=list)

    def area(self, points: Iterable[Point], style: str, told: str = "") -> None:
        """Add a closed shape."""
        self.shapes.append(Area([*points], style, told))

    def box(self, left: float, top: float, width: float, height: float, style: str, told: str = "") -> None:
        """Add a rectangle."""
        right, bottom = left + width, top + height
        self.area([(left, top), (right, top), (right, bottom), (left, bottom)], style, told)

    def stroke(self, points: Iterable[Point], style: str) -> None:
        """Add a line."""
        self.shapes.append(Stroke([*points], style))

    def words(self, x: float, y: float, text: str, style: str = "text", anchor: str = "start") -> None:
        """Add words."""
        self.shapes.append(Words(x, y, text, style, anchor))

    def inner(self) -> Markup:
        """Return the shapes as SVG, to stand in a page whose style sheet says how they look."""
        return Markup("\n".join(map(_svg, self.shapes)))

    def svg(self, title: str = "", described_by: str = "") -> Markup:
        """Return an <svg> to stand in a page; `described_by`: the identifier of what tells the same in words."""
        label = Markup(' aria-labelledby="{}"').format(described_by) if described_by else Markup(' aria-label="{}"').format(title)
        frame = '<svg class="drawing" viewBox="0 0 {} {}" role="img"{}>\n{}\n</svg>'
        return Markup(frame).format(_n(self.width), _n(self.height), label, self.inner())

    def framed(self, title: str, source: str) -> "Drawing":
        """Return it as a sheet of its own, with its title above and its source below."""
        above, below = _lines(title, self.width - 20, 17), _lines(source, self.width - 20, 11)
        top, foot = 14 + 23 * len(above), 12 + 15 * len(below)
        sheet = Drawing(self.width, self.height + top + foot)
        for number, line in enumerate(above):
            sheet.words(10, 24 + 23 * number, line, "title")
        sheet.shapes += [_moved(shape, top) for shape in self.shapes]
        for number, line in enumerate(below):
            sheet.words(10, self.height + top + 16 + 15 * number, line, "tiny")
        return sheet

    def file(self) -> bytes:
        """Return it as an SVG file that needs nothing else."""
        rules = "".join(f".{name}{{{_css(name)}}}" for name in sorted({shape.style for shape in self.shapes}))
        frame = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" '
            'font-family="DejaVu Sans, Verdana, sans-serif"><style>{2}</style><rect width="{0}" height="{1}" fill="white"/>\n{3}\n</svg>\n'
        )
        return str(Markup(frame).format(_n(self.width), _n(self.height), rules, self.inner())).encode()

    def png(self, scale: float = 2.0) -> bytes:
        """Return it as the bytes of a PNG, so many pixels a unit."""
        points = 72 / 100  # of a letter, a unit; the sheet has a hundred units an inch
        with canvas.style():
            figure = Figure(figsize=(self.width / 100, self.height / 100), dpi=100 * scale)
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.set_xlim(0, self.width)
            axes.set_ylim(self.height, 0)
            for order, shape in enumerate(self.shapes):
                style = STYLES[shape.style]
                line: dict[str, Any] = {"linewidth": style.width * points, "zorder": order}
                if isinstance(shape, Area):
                    axes.add_patch(Polygon(shape.points, closed=True, facecolor=style.fill, edgecolor=style.line, **line))
                elif isinstance(shape, Stroke):
                    dashes: Any = (0, tuple(float(part) for part in style.dash.split())) if style.dash else "solid"
                    xs, ys = zip(*shape.points, strict=True)
                    axes.add_line(Line2D(xs, ys, color=style.line, linestyle=dashes, **line))
                else:
                    font: dict[str, Any] = {"fontsize": style.size * points, "fontweight": "bold" if style.bold else "normal"}
                    where: dict[str, Any] = {"ha": ANCHORS[shape.anchor], "va": "baseline", "zorder": order}
                    axes.text(shape.x, shape.y, visible(shape.text), color=style.fill, **font, **where)
            return canvas.png(figure)


def style_sheet() -> str:
    """Return the rules for every kind of shape, with its colour of a light page, for a style sheet."""
    return "\n".join(f".drawing .{name}{{{_css(name)}}}" for name in STYLES)


def _css(name: str) -> str:
    style = STYLES[name]
    rules = [f"fill:{style.fill}"]
    if style.line != "none":
        rules += [f"stroke:{style.line}", f"stroke-width:{style.width:g}"]
    if style.dash:
        rules.append(f"stroke-dasharray:{style.dash}")
    rules += [f"font-size:{style.size:g}px", *(["font-weight:bold"] if style.bold else [])]
    return ";".join(rules)


def _svg(shape: Area | Stroke | Words) -> str:
    """Return a shape as SVG. Put together by hand: a page has thousands of them, and `Markup.format` takes ten times as long."""
    if isinstance(shape, Words):
        anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
        text = escape(visible(shape.text))
        return f'<text class="{shape.style}" x="{_n(shape.x)}" y="{_n(shape.y)}"{anchor}>{text}</text>'
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
    if isinstance(shape, Stroke):
        return f'<polyline class="{shape.style}" points="{points}"/>'
    told = f"<title>{escape(shape.told)}</title>" if shape.told else ""
    return f'<polygon class="{shape.style}" points="{points}">{told}</polygon>'


def _moved(shape: Area | Stroke | Words, down: float) -> Area | Stroke | Words:
    if isinstance(shape, Words):
        return shape._replace(y=shape.y + down)
    return shape._replace(points=[(x, y + down) for x, y in shape.points])


def _lines(text: str, width: float, size: float) -> list[str]:
    return canvas.balanced(text, max(10, int(width / (0.6 * size)))).split("\n") if text else []


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
