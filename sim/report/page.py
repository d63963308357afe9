"""A report as a file: one page of HTML that asks for nothing else, from its title, its status and its sections."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.text import Text

from sim.report.language import Language, labels
from sim.report.outside import cells, one_line
from sim.report.parts import Page, Picture, Section, Table, figures, numbered
from sim.report.saved import SPREADSHEET, Saved, address, as_csv, as_workbook, file_of
from sim.report.screen import Terminal
from sim.runs.disk.folders import clear, write

TEMPLATES = Path(__file__).parent / "templates"
# No request to anywhere: the page's own script, by its digest, its own styles, and an empty icon.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"


def write_page(page: Page, title: str, status: str, sections: Sequence[Section]) -> Path:
    """Write `report_<lang>.html` in the page's folder, with the CSVs that only it has, and return its path. The same gives the same bytes.

    What the page shows lies beside it too, in a folder of its own: the files that the page holds.
    """
    for name, frame in page.added.items():
        text = cells(frame).to_csv(index=False, lineterminator="\n", float_format="%.10g")
        write(page.folder / f"{page.files[name]}.csv", text.encode())
    laid_out = numbered(sections)
    beside = page.folder / page.language.name("page", "folder")
    if beside.is_dir():
        clear(beside)
    beside.mkdir(parents=True, exist_ok=True)
    saved = to_save(page, title, status, laid_out)
    for file, content in saved.items():
        write(beside / file, content)
    return write(page.folder / f"report_{page.lang}.html", html(page, title, status, laid_out, saved).encode(errors="replace"))


def to_save(page: Page, title: str, status: str, sections: Sequence[Section]) -> dict[str, bytes]:
    """Return the files of what a page shows, by name: a CSV of each table and picture, and all of them as one workbook."""
    tables = [saved for part in _figures(sections) for saved in _saved(page, part)]
    files = {f"{saved.file}.csv": as_csv(saved, page.language) for saved in tables}
    return files | {_workbook(page): as_workbook(tables, (title, status), page.language)} if tables else files


def _figures(sections: Sequence[Section]) -> list[Picture | Table]:
    return [part for section in sections for part in figures(section.parts)]


def _saved(page: Page, part: Picture | Table) -> list[Saved]:
    """Return what there is to save of a picture or table."""
    return part.saved(_called(page, part), page.language)


def _called(page: Page, part: Picture | Table) -> str:
    """Return what the page calls a picture or table."""
    return f"{page.language.name('page', part.kind)} {part.number}"


def _workbook(page: Page) -> str:
    return f"{page.language.name('page', 'folder')}.xlsx"


def _links(page: Page, part: Picture | Table, files: Mapping[str, bytes]) -> list[tuple[str, str, Markup]]:
    """Return what is saved of a picture or table: the word, the name of the file, and the address that holds it."""
    called = _called(page, part)
    names = {label: f"{file_of(label, part.title, part.topic)}.csv" for label in part.labels(called)}
    found = [
        (f"CSV{label.removeprefix(called)}", name, address(files[name], "text/csv;charset=utf-8")) for label, name in names.items()
    ]
    if isinstance(part, Picture):
        found.append(("PNG", f"{file_of(called, part.title, part.topic)}.png", address(part.png, "image/png")))
    return found


def print_report(path: Path, lang: str, note: bool = False) -> None:
    """Print where a report or a note is, in one piece that can be copied."""
    say, file = Language(lang).say, one_line(path)
    Terminal().print(Text(say("Note: {file}", file=file) if note else say("Report: {file}", file=file)), soft_wrap=True)


def html(page: Page, title: str, status: str, sections: Sequence[Section], files: Mapping[str, bytes]) -> str:
    """Return a report as HTML that holds these files. Raises jinja2.UndefinedError for a name that the template has and nobody gives."""
    return _rendered(
        "report",
        page,
        title=title,
        status=status,
        sections=sections,
        links={part.name: _links(page, part, files) for part in _figures(sections)},
        workbook=_workbook(page) if files else "",
        workbook_address=address(files[_workbook(page)], SPREADSHEET) if files else "",
    )


def write_note(page: Page, title: str, status: str, sentences: Sequence[str], figure: Picture, origin: Sequence[str]) -> Path:
    """Write `note_<lang>.html`, one A4 page to print, and return its path: an answer, a figure, sentences, what they rest on."""
    figure = replace(figure, topic=title)
    saved = {f"{of_figure.file}.csv": as_csv(of_figure, page.language) for of_figure in _saved(page, figure)}
    text = _rendered(
        "note",
        page,
        title=title,
        status=status,
        sentences=sentences,
        figure=figure,
        origin=origin,
        links=_links(page, figure, saved),
    )
    return write(page.folder / f"note_{page.lang}.html", text.encode(errors="replace"))


@cache
def _templates() -> tuple[Environment, Markup, Markup]:
    """Return the templates, read once, with the script and the styles of every page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script, css = (Markup((TEMPLATES / name).read_text(encoding="utf-8")) for name in ("report.js", "report.css"))
    return environment, script, css


def _rendered(template: str, page: Page, **parts: Any) -> str:
    """Return a page laid out by a template."""
    environment, script, css = _templates()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    words = {name: page.language.name("page", name) for name in labels()["page"]}
    around = {"lang": page.lang, "words": words, "css": css, "script": script, "policy": POLICY.format(digest)}
    return environment.get_template(f"{template}.html.j2").render(**around, **parts).strip() + "\n"
