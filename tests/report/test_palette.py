"""Colours: one owner, readable numbers on them, and parts that a reader without colours can tell apart."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sim.report import palette
from tests.support.project import ROOT

LOOKS = {name: looks for name, looks in vars(palette).items() if isinstance(looks, dict) and name.isupper()}
OF_COLOUR = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']""")


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2)."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2): 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_no_other_file_has_a_colour() -> None:
    """And one in quotes would be found."""
    assert OF_COLOUR.search('color="#b24a00"')
    files = [path for path in (ROOT / "sim").rglob("*.py") if OF_COLOUR.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in files] == ["palette.py"]


def test_numbers_can_be_read_on_their_colour_and_words_beside_it() -> None:
    """At least 4.5 to 1, as for any text."""
    looks = [look for group in LOOKS.values() for look in group.values() if isinstance(look, palette.Look)]
    assert len(looks) > 15
    for look in looks:
        assert contrast(look.fill, look.ink) >= 4.5, look
        assert contrast("white", look.beside) >= 4.5, look


@pytest.mark.parametrize("group", ["CATEGORY", "STAGE", "CONTROL", "CONSTRAINT"])
def test_neighbours_differ_by_more_than_their_hue(group: str) -> None:
    """In lightness or by a hatch."""
    for one, other in pairwise(LOOKS[group].values()):
        assert contrast(one.fill, other.fill) > 1.15 or one.hatch != other.hatch, (one, other)


@pytest.mark.parametrize(
    "colours", [palette.SHARE, palette.DIFFERENCE[3:], palette.DIFFERENCE[3::-1]], ids=["shares", "higher", "lower"]
)
def test_colours_of_maps_get_darker_away_from_nothing(colours: tuple[str, ...]) -> None:
    """Classes differ in lightness too: for a reader without colours."""
    light = [float(np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722))) for colour in colours]
    assert (np.diff(light) < -0.1).all()


def test_the_colour_of_2B_never_means_fewer_2B() -> None:
    """The darkest class of more 2B in a map of differences has the colour that 2B has everywhere; that of fewer has the colour of category 1."""
    assert palette.DIFFERENCE[-1] == palette.CATEGORY["2B"].fill
    assert palette.CATEGORY["2B"].fill not in palette.DIFFERENCE[:-1]
    assert palette.DIFFERENCE[0] == palette.CATEGORY["1"].beside
