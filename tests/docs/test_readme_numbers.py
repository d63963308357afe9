"""Every number of the README's section on the baseline stands in docs/numbers.md, in its sentence."""

import re

import pytest

from docs.tables.numbered import GAP, Number
from tests.support.pages import rows
from tests.support.project import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
BASELINE = "What the baseline says, and what it rests on"
# What looks like a number and is none of a run: years, a day, categories, and which band, median or quarter the number beside it is.
NO_NUMBER = re.compile(
    r"\b80% bands\b|"
    r"\b20\d\d(-20\d\d)?\b|\b31 December\b|\b2[AB]\b|\b8 in 10 futures\b|\bhalf of the new ones below\b|\bthe quarter of the futures\b"
)
NUMBER = re.compile(r"\d|\b(?:half|thirds?|quarters?|nearly every|none of|two|three|four|five|thirteen|tenths?)\b")


def section(title: str, readme: str = README) -> str:
    """Return a section of the README without its marks of bold, italic and code."""
    return re.sub(r"[*`]", "", readme.split(f"## {title}\n")[1].split("\n## ")[0])


def points(readme: str = README) -> dict[int, str]:
    """Return the points of the section on the baseline by number, each on one line."""
    found = re.findall(r"^(\d+)\. (.+?)(?=^\d+\. |\Z)", section(BASELINE, readme), re.MULTILINE | re.DOTALL)
    return {int(number): re.sub(r"\s+", " ", text).strip() for number, text in found}


def listed() -> list[Number]:
    """Return the rows of docs/numbers.md, which tests of the pages hold against the code."""
    return [Number(int(cells[0]), *cells[1:]) for cells in ([cell.strip() for cell in row] for row in rows(PAGE))]


def span(number: Number, text: str) -> tuple[int, int] | None:
    """Return where a number stands in the text of its point, found by its sentence; None unless there is exactly one such place."""
    before, after = number.sentence.replace("`", "").split(GAP)
    places = [m.start() for m in re.finditer(re.escape(before + number.written + after), text)]
    return (places[0] + len(before), places[0] + len(before) + len(number.written)) if len(places) == 1 else None


def unlisted(readme: str) -> dict[int, str]:
    """Return what is left of each point that still has a number in it, when those of docs/numbers.md are taken out."""
    left = {}
    for point, text in points(readme).items():
        places = [place for n in listed() if n.point == point and (place := span(n, text))]
        rest = "".join("_" if any(a <= i < b for a, b in places) else letter for i, letter in enumerate(text))
        if NUMBER.search(NO_NUMBER.sub("", rest)):
            left[point] = rest
    return left


def test_every_number_stands_in_its_sentence_of_the_readme() -> None:
    """Whatever moves, a run or the README, `make docs` and a look at the README put it right."""
    assert len(listed()) > 40
    assert [number for number in listed() if span(number, points()[number.point]) is None] == []


def test_no_number_of_the_readme_is_missing_from_the_page() -> None:
    """Of every point."""
    assert sorted(points()) == list(range(1, 13))
    assert unlisted(README) == {}


@pytest.mark.parametrize("number", listed(), ids=lambda number: f"{number.point}-{number.written}")
def test_a_number_that_moved_in_the_readme_is_found(number: Number) -> None:
    """The checks can fail: change any one of them where it stands, and both say so."""
    text = points()[number.point]
    place = span(number, text)
    assert place is not None
    moved = f"{number.point}. {text[: place[0]]}half of 6,543{text[place[1] :]}\n"
    readme = README.replace(README.split(f"## {BASELINE}\n")[1].split("\n## ")[0], moved)  # a section of this point alone
    assert span(number, points(readme)[number.point]) is None
    assert "6,543" in unlisted(readme)[number.point]
