"""What the tests of pictures share: which texts are drawn, and that none leaves the picture or touches another."""

from collections.abc import Callable
from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import BboxBase

from sim.report import canvas


def drawn(figure: Figure) -> list[Text]:
    """Return the texts that a figure shows; it has been laid out."""
    beyond = {id(label) for label in beyond_the_axes(figure)}
    texts = (text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_visible() and text.get_text().strip())
    return [text for text in texts if id(text) not in beyond]


def beyond_the_axes(figure: Figure) -> list[Text]:
    """Return the labels of ticks beyond their axis, or of one that is off: matplotlib keeps those, and draws them not."""
    found = []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not axes.axison or not low <= tick.get_loc() <= high:
                    found += [tick.label1, tick.label2]
    return found


def check_words_apart(
    draw: Callable[[], Figure], gap: float = 1, box_of: Callable[[Text], BboxBase] = lambda t: t.get_window_extent()
) -> None:
    """The boxes of all texts lie within the picture, and apart but for `gap` pixels on each side."""
    with canvas.style():
        figure = draw()
        figure.draw_without_rendering()
        boxes = [(text.get_text(), box_of(text)) for text in drawn(figure)]
    inside = figure.bbox.padded(1)
    for text, box in boxes:
        assert inside.x0 <= box.x0 < box.x1 <= inside.x1, text
        assert inside.y0 <= box.y0 < box.y1 <= inside.y1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not a.padded(-gap).overlaps(b.padded(-gap)), (one, other)
