"""Pages that keep up: links lead somewhere, what they name exists, ODD and STRESS are whole, citation and changelog are of this version."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

import sim.model
from docs.tables import rooms
from sim import cli
from sim.engine import PHASES
from tests.support.pages import PAGES, named
from tests.support.project import ROOT

LINKED = [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
NUMBERS = re.compile(r"\bNumbers: \S")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


# ---- links


def prose(text: str) -> str:
    """Return a page without what stands in code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made from the words of a heading."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead to no file of the project, or to no heading of it."""
    wrong = []
    for link in LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue  # somewhere else: a test without network cannot tell
        target, _, anchor = link.partition("#")
        path = page.parent / target if target else page
        if not path.is_file() or (anchor and anchor not in anchors(path)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", LINKED, ids=named)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    """Inside the project."""
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """The check can fail: a file, a heading of another page, one of its own; not what stands in code."""
    (tmp_path / "a.md").write_text("# One, two's\n# One, two's\n", encoding="utf-8")
    page = tmp_path / "b.md"
    page.write_text(
        "# Here\n[a](a.md#one-twos) [b](a.md#one-twos-1) [c](#here) [d](c.md) [e](a.md#three) [f](#there) `[g](g.md)` [h](https://h)",
        encoding="utf-8",
    )
    assert broken(page) == ["c.md", "a.md#three", "#there"]


@pytest.mark.parametrize("page", LINKED, ids=named)
def test_commands_and_files_that_a_page_names_exist(page: Path) -> None:
    """Every `bso` command, make target and file of the project."""
    text = page.read_text(encoding="utf-8")
    commands = {command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert set(re.findall(r"`bso (\w+)", text)) <= commands
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)", text)) <= targets
    files = re.findall(r"(?<![\w/])(?:docs|scenarios|sim|tests|notebooks)/[\w./-]*[\w/]", text)
    assert [file for file in files if not (ROOT / file).exists()] == []


def told_in(text: str) -> set[str]:
    """Return the files of the plain model that a text names."""
    return {Path(name).name for name in re.findall(r"`(sim/model/\w+\.py)`", text)}


def test_every_section_and_phase_of_the_model_points_to_the_file_that_tells_it() -> None:
    """And no file of the plain model is forgotten: by that page, nor by the reading guide of the package itself."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    phases = re.findall(r"^\*\*\d \w+\*\*.*", page, re.MULTILINE)
    assert (len(sections), len(phases)) == (7, len(PHASES))
    assert [text.split("\n", 1)[0] for text in (*sections, *phases) if not told_in(text)] == ["Symbols"]
    files = {path.name for path in (ROOT / "sim" / "model").glob("*.py")}
    assert told_in(page) == files
    assert {f"{name}.py" for name in re.findall(r"\b(\w+)\.py\b", sim.model.__doc__ or "")} == files - {"__init__.py"}
    odd = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    for line in re.findall(r"^- .*\(model\.md#(?!a-month).*", odd[odd.index("## 7. Submodels") :], re.MULTILINE):
        assert told_in(line), line


def test_the_readme_names_every_page() -> None:
    """In its list of where things are."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [named(page) for page in PAGES if f"`{named(page)}`" not in readme] == []


def test_the_page_on_the_house_explains_every_room_and_file_name() -> None:
    """No room of the house is missing, and no file name that two studies share."""
    shown = rooms.rooms()
    assert [
        room.name for room in (ROOT / "sim").iterdir() if (room / "__init__.py").exists() and f"`sim/{room.name}/`" not in shown
    ] == []
    names = [path.stem for path in (ROOT / "sim" / "studies").glob("*/*.py") if path.stem != "__init__"]
    assert [name for name, times in Counter(names).items() if times > 1 and f"`{name}`" not in rooms.files()] == []


# ---- ODD, STRESS, citation, changelog

ELEMENTS = ("Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling", "Design concepts")
DETAILS = ("Initialization", "Input data", "Submodels")
CONCEPTS = (
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction"),
    *("Stochasticity", "Collectives", "Observation"),
)


def test_odd_has_its_seven_elements_and_eleven_concepts_in_order() -> None:
    """As the protocol names them."""
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \d\. (.+)$", text, re.MULTILINE) == [*ELEMENTS, *DETAILS]
    assert re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", text, re.MULTILINE) == list(CONCEPTS)


def test_stress_answers_every_item_with_a_link() -> None:
    """20 items of STRESS-DES, of which the five components are four others in STRESS-ABS."""
    text = (ROOT / "docs" / "stress.md").read_text(encoding="utf-8")
    answers = re.findall(r"^\| (\d\.\d(?:\.\d)?) [^|]+ \| (.+) \|$", text, re.MULTILINE)
    items = {1: 3, 2: 4, 3: 4, 4: 3, 5: 4, 6: 1}
    expected = [f"{section}.{item}" for section, count in items.items() for item in range(1, count + 1)]
    components = [f"2.5.{item}" for count in (4, 5) for item in range(1, count + 1)]
    assert [number for number, _ in answers] == expected[:7] + components + expected[7:]
    for number, answer in answers:
        assert LINK.search(answer), number


def test_the_citation_is_whole_and_of_this_version() -> None:
    """What version 1.2.0 of the format asks, with the values of pyproject.toml and the holder whom the licence names."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert set(citation) <= {
        *("cff-version", "message", "type", "title", "version", "date-released", "license", "authors", "abstract", "keywords"),
    }
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["title"].startswith(PROJECT["name"])
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", citation["date-released"])
    licence = re.search(r"Copyright \(c\) \d{4} (.+)", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert licence is not None
    assert citation["authors"] == [{"name": licence[1]}]
    assert all(isinstance(word, str) and word for word in citation["keywords"])
    assert len(set(citation["keywords"])) == len(citation["keywords"])


def entries(text: str) -> list[str]:
    """Return the entries of a changelog: under each version its opening sentence and every point."""
    _, *versions = re.split(r"^## .+$", text, flags=re.MULTILINE)
    return [entry.strip() for version in versions for entry in re.split(r"^- ", version, flags=re.MULTILINE) if entry.strip()]


def test_every_entry_of_the_changelog_says_whether_a_number_moved() -> None:
    """Of every version, this one among them, which is dated as the citation says."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = entries(text)
    assert len(found) > 5
    assert [entry[:60] for entry in found if not NUMBERS.search(entry)] == []
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert f"## {PROJECT['version']} ({citation['date-released']})" in text


def test_an_entry_that_says_nothing_of_numbers_is_found() -> None:
    """The check can fail: each point for itself, whatever its neighbours say."""
    found = entries("# Changelog\n\n## 1\n\nFirst. Numbers: first ones.\n\n- One. Numbers: none moved.\n- Two.\n  Three.\n")
    assert [bool(NUMBERS.search(entry)) for entry in found] == [True, True, False]
