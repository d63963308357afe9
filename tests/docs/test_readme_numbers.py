"""What the README says of the baseline is a text with gaps, and every number in it stands in docs/numbers.md."""

import re
from pathlib import Path

import pytest

from docs.tables import numbered
from docs.tables.numbered import KEPT, SECTION, WORDS, baseline, gaps, kept
from sim.inputs.errors import InputError
from tests.support.pages import rows

TEXT = SECTION.read_text(encoding="utf-8")
# What looks like a number and is none of a run: years, a day, categories, points, and which band, median or order the number beside it is.
NO_NUMBER = re.compile(
    r"^\d+\. |\b20\d\d\b|\b31 December\b|\b2[AB]\b|\b8 in 10 futures\b|\b80% bands\b|\bhalf of the new ones below\b|\(1: the right order\)",
    re.MULTILINE,
)
NUMBER = re.compile(rf"\d|\b(?:none of|half|thirds?|quarters?|tenths?|nearly every|{'|'.join(WORDS[2:])})\b")


def own_numbers(text: str) -> list[str]:
    """Return the numbers that stand in a text itself, not in its gaps."""
    return NUMBER.findall(NO_NUMBER.sub("", re.sub(r"\{\w+\}", "", text)))


def test_the_text_has_twelve_points_and_no_number_of_its_own() -> None:
    """Whatever moves, `make docs` puts the README right."""
    assert re.findall(r"^(\d+)\. ", TEXT, re.MULTILINE) == [str(point) for point in range(1, 13)]
    assert own_numbers(TEXT) == []


@pytest.mark.parametrize(
    "said", ["19,400 dwellings", "of three", "43%", "none of all", "half of them", "1 in {many}", "two thirds"]
)
def test_a_number_in_the_text_is_found(said: str) -> None:
    """The check can fail: digits, words and parts, beside a gap too."""
    assert own_numbers(f"1. {said} in 2042 (8 in 10 futures: {{band}}) are in 2B") != []


def test_every_gap_has_its_number_on_the_page_in_the_order_of_the_text() -> None:
    """And every number a gap: none twice, none that is nowhere said; each with what it is and what gives it."""
    listed = [[cell.strip() for cell in row] for row in rows(KEPT.read_text(encoding="utf-8"))]
    assert [name for name, *_ in listed] == [f"`{name}`" for name in gaps(TEXT)]
    assert len(listed) > 40
    assert [row for row in listed if not all(row)] == []


def test_the_section_is_the_text_with_the_numbers_of_the_page() -> None:
    """Each where its gap is, and nothing left open."""
    said = baseline()
    assert [name for name in gaps(TEXT) if kept()[name] not in said] == []
    assert not re.search(r"[{}]", said)


def test_a_gap_without_a_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, with the page that should hold it."""
    text = tmp_path / "baseline.md"
    text.write_text("1. {realised} and {unheard_of}\n", encoding="utf-8")
    monkeypatch.setattr(numbered, "SECTION", text)
    with pytest.raises(InputError, match=r"unheard_of: no such number in numbers\.md"):
        baseline()
