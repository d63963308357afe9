"""What a colour means, the same in every picture. No other file has a colour of its own, but for black, white and the page's style sheet.

The hues are from the palette of Okabe and Ito, which colour-blind readers can tell apart; they differ in lightness too, for a grey print.
"""

from typing import NamedTuple

_BLUE, _LIGHT, _PALE, _SKY, _CLAY, _AMBER, _OCHRE = "#0a5a94", "#7fb2d6", "#cbe0ef", "#c3d9ea", "#b24a00", "#f0b23c", "#855500"

# What is read first, what stands beside it, what matters little, lines.
INK, QUIET, FAINT, DIM = "#1a1a1a", "#595959", "#8c8c8c", "#b5b5b5"
GRID, TRACK = "#e3e3e3", "#d9d9d9"  # lines behind what is drawn; the whole of which a part is drawn
MODEL, BAND_50, BAND_80 = _BLUE, _LIGHT, _PALE  # what the model says, and its bands
BENCHMARK = _CLAY  # what that is held against: what the law asks, what naive forecasters say, today's means, the baseline
LOW_END, HIGH_END = _CLAY, _BLUE  # a parameter at the ends of its range
IMPORTANCE = {"matters": _CLAY, "undecided": _BLUE, "does not": FAINT}  # of a reading of the law
CONDITION = {
    "response_0": _CLAY,
    "response_1": INK,
    "paper": _OCHRE,
}  # under which options are compared: how municipalities respond, plans on paper


class Look(NamedTuple):
    """How a part of a bar or band looks.

    Its colour, that of a number in it, a hatch where two neighbours would otherwise differ by colour alone, and the colour of words beside it.
    """

    fill: str
    ink: str = INK
    hatch: str = ""
    beside: str = QUIET


CATEGORY = {
    "2B": Look(_CLAY, "white", beside=_CLAY),
    "2A": Look(_AMBER, beside=_OCHRE),
    "1": Look(_SKY, beside=_BLUE),
    "none": Look("#e6e6e6"),
}
STAGE = {
    "construction": Look(_BLUE, "white"),
    "KTP": Look(_SKY, hatch="///"),
    "MJP": Look(_AMBER),
    "preparation": Look("white", hatch="..."),
}
CONTROL = {  # in whose hands lies what would have prevented a verdict of 2B, as seen from the municipality
    "outside": Look(_BLUE, "white"),
    "both": Look(_SKY, hatch="///"),
    "inside": Look(_AMBER),
    "none": Look("white", hatch="..."),
}
CONSTRAINT = {  # where the dwellings stand that are missing at the end
    "time": Look(_BLUE, "white"),
    "finance": Look(_CLAY, "white"),
    "permits": Look(_LIGHT, hatch="\\\\\\"),
    "preparation": Look(_SKY),
    "opportunity": Look("white", hatch="..."),
    "land": Look(_AMBER, hatch="///"),
    "other": Look(DIM),
}

# Maps: one hue from light to dark for shares, and blue against clay with white between for differences of 2B, lower to higher: clay is 2B.
SHARE = ("#f5f9fc", "#c8dded", "#94bedd", "#5797c8", "#0a4a7c")
DIFFERENCE = (_BLUE, "#6ea8d0", _SKY, "#ffffff", "#f9dcb8", "#ea9c52", _CLAY)
DARK = (SHARE[-1], DIFFERENCE[0], DIFFERENCE[-1])  # where white letters are read more easily
BORDER, NO_VALUE, HATCH = "#9a9a9a", "#f4f4f4", "#cccccc"
