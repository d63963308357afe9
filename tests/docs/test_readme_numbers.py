"""Every number of the README's section on the baseline stands in docs/numbers.md, in its sentence; those on other rhythms are run again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.tables.numbered import GAP, Number
from sim.inputs.scenario.library import find_scenario
from sim.report.language import Language
from sim.runs.outcomes import of_all
from sim.studies.compare.options import load_options
from sim.studies.compare.study import AS_IS, Comparison, compare_scenarios
from tests.support.pages import rows
from tests.support.project import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
BASELINE, RHYTHMS = "What the baseline says, and what it rests on", "Another rhythm of tests?"
# What looks like a number and is none of a run: years, a day, categories, and which band, median or quarter the number beside it is.
NO_NUMBER = re.compile(
    r"\b80% bands\b|"
    r"\b20\d\d(-20\d\d)?\b|\b31 December\b|\b2[AB]\b|\b8 in 10 futures\b|\bhalf of the new ones below\b|\bthe quarter of the futures\b"
)
NUMBER = re.compile(r"\d|\b(?:half|thirds?|quarters?|nearly every|none of|two|three|four|five|thirteen|tenths?)\b")
ENGLISH = Language("en")


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
    moved = f"{number.point}. {text[: place[0]]}half of 7,777{text[place[1] :]}\n"
    readme = README.replace(README.split(f"## {BASELINE}\n")[1].split("\n## ")[0], moved)  # a section of this point alone
    assert span(number, points(readme)[number.point]) is None
    assert "7,777" in unlisted(readme)[number.point]


# ---- another rhythm of tests


def signed(value: float, step: float) -> str:
    """Return a difference as the README writes it."""
    text = ENGLISH.number(abs(value), step)
    return text if round(value / step) == 0 else f"{'+' if value > 0 else '-'}{text}"


def cells(compared: Comparison) -> Iterator[list[str]]:
    """Yield the cells of the README's table after the name of the option, from a comparison."""
    found = compared.tables["differences"].set_index(["option", "response", "outcome"])
    forms = (("realised_2042", 1, 1), ("municipalities_2B", 0.1, 1), ("contribution_total", 0.1, 1e-6))
    for option in list(compared.options)[1:]:
        line = []
        for outcome, step, scale in forms:
            mean, low, high = (signed(scale * found[c][option, AS_IS, outcome], step) for c in ("difference", "low95", "high95"))
            line.append(f"{mean} ({low} to {high})")
        ends = (signed(found["difference"][option, response, "realised_2042"], 1) for response in ("0", "1"))
        yield [*line, " / ".join(ends)]


@pytest.mark.full
def test_the_table_of_rhythms_is_what_the_comparison_gives(tmp_path: Path) -> None:
    """Every cell, and what the draft has in the heads, from the command above the table, without its reliefs (a minute)."""
    text = section(RHYTHMS)
    command = re.search(r"bso compare (.+?) --report", text)
    assert command is not None
    options = load_options([find_scenario(Path(name)) for name in command[1].split()])
    compared = compare_scenarios(options, tmp_path, workers=1, with_attribution=False)
    assert [[cell.strip() for cell in row[1:]] for row in rows(text)] == list(cells(compared))
    draft = of_all(compared.runs["baseline"][AS_IS]).mean()
    heads = re.findall(r"\(draft: (\d+)\)", text)
    assert heads == [ENGLISH.number(draft["municipalities_2B"]), ENGLISH.number(draft["contribution_total"] / 1e6)]


@pytest.mark.full
def test_blame_and_reliefs_of_the_draft_are_what_the_comparison_gives(tmp_path: Path) -> None:
    """What is missing, what each relief adds, and the shares of the verdicts that it would have prevented (half a minute)."""
    compared = compare_scenarios(load_options([find_scenario(Path("baseline"))]), tmp_path, workers=1)
    text, results = section(RHYTHMS), compared.runs["baseline"][AS_IS]
    lacking = compared.facts["objective"] - results.last_year("bso").mean()
    added = compared.tables["reliefs"].set_index("relief")["difference"]
    land, effort, people = (signed(added[name], 100) for name in ("land", "effort", "capacity"))
    assert f"comes near the {ENGLISH.number(lacking, 100)} dwellings that are missing" in text
    assert f"land ({land} if there were enough), effort ({effort}) and people at the companies ({people})" in text
    with_attribution = compared.tables["blame"]
    share = with_attribution[with_attribution["by"] == "control"].set_index("class")["share"].map(ENGLISH.percent)
    assert f"draft {share['inside']} would have been prevented only by more effort" in text
    assert f"effort of the municipality, {share['outside']} only by what it has not in its hands" in text
    assert f"{share['both']} by either, {share['none']} by no single relief" in text
