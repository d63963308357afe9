"""A picture as part of a page: its words become HTML, what is left an <svg> that stands on its own and asks for nothing."""

import re
from typing import NamedTuple

from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report import canvas
from sim.report.maps import hexmap

POINTS, MARGIN = 72, 4  # per inch, as an SVG of matplotlib counts; around what is drawn


class Drawn(NamedTuple):
    """A picture taken apart: title, subtitle, source, and the drawing without them. `wide`: its width, in points."""

    title: str
    subtitle: str
    source: str
    svg: Markup
    wide: float


def taken_apart(figure: Figure, prefix: str) -> Drawn:
    """Return the words of a figure and its drawing, cropped, with every identifier after `prefix`, so that many fit in one page.

    The first three texts of a figure are its title, subtitle and source (`canvas.sheet`, `hexmap`).
    """
    words = [text.get_text() for text in canvas.legible(figure).texts[:3]]
    for text in figure.texts[:3]:
        text.set_visible(False)
    figure.patch.set_visible(False)
    with canvas.style():
        box = figure.get_tightbbox()
    svg = hexmap.svg(figure)
    left, top = box.x0 * POINTS - MARGIN, (figure.get_figheight() - box.y1) * POINTS - MARGIN
    width, height = box.width * POINTS + 2 * MARGIN, box.height * POINTS + 2 * MARGIN
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    head = f'<svg viewBox="{left:.1f} {top:.1f} {width:.1f} {height:.1f}" role="img" aria-labelledby="{prefix}-title">'
    svg = re.sub(r"<svg[^>]*>", head, svg, count=1)
    svg = svg.replace("xlink:href", "href")
    svg = _shortened(_named(svg, prefix))
    title, subtitle, source = (" ".join(text.split()) for text in words)
    return Drawn(title, subtitle, source, Markup(svg), width)


def _shortened(svg: str) -> str:
    """Return an SVG at half its length: no turns by nothing, the font from the page, hundredths of a point, no groups of a single text."""
    svg = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", svg)
    svg = re.sub(r"font-family: [^;\"]*(; )?", "", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg)  # never in what is read
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    return re.sub(r"<g>\n(<text [^\n]*</text>)\n</g>", r"\1", svg)


def _named(svg: str, prefix: str) -> str:
    """Return an SVG with the identifiers that something refers to, and those of numbers; all after the prefix."""
    used = set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg))

    def renamed(match: re.Match[str]) -> str:
        name = match[1]
        return f' id="{prefix}-{name}"' if name in used or name.startswith("cell:") else ""

    svg = re.sub(r' id="([^"]*)"', renamed, svg)
    return re.sub(r'(href="|url\()#', rf"\1#{prefix}-", svg)
