"""A report as a file: one page of HTML that asks for nothing else, from its title, its status and its sections."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.text import Text

from sim.report.language import Language, labels
from sim.report.outside import cells, one_line
from sim.report.parts import Page, Section
from sim.report.screen import Terminal
from sim.runs.disk.folders import write

TEMPLATES = Path(__file__).parent / "templates"
# No request to anywhere: the page's own script, by its digest, its own styles, and an empty icon.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"


def write_page(page: Page, title: str, status: str, sections: Sequence[Section]) -> Path:
    """Write `report_<lang>.html` in the page's folder, with the CSVs that only it has, and return its path. The same gives the same bytes."""
    for name, frame in page.added.items():
        text = cells(frame).to_csv(index=False, lineterminator="\n", float_format="%.10g")
        write(page.folder / f"{page.files[name]}.csv", text.encode())
    return write(page.folder / f"report_{page.lang}.html", html(page, title, status, sections).encode(errors="replace"))


def print_report(path: Path, lang: str, console: Terminal | None = None) -> None:
    """Print where a report is, in one piece that can be copied."""
    (console or Terminal()).print(Text(Language(lang).say("Report: {file}", file=one_line(path))), soft_wrap=True)


def html(page: Page, title: str, status: str, sections: Sequence[Section]) -> str:
    """Return a report as HTML. Raises jinja2.UndefinedError for a name that the template has and nobody gives."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script, css = (Markup((TEMPLATES / name).read_text(encoding="utf-8")) for name in ("report.js", "report.css"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    words = {name: page.language.name("page", name) for name in labels()["page"]}
    page_html = environment.get_template("report.html.j2").render(
        lang=page.lang,
        title=title,
        status=status,
        sections=sections,
        words=words,
        css=css,
        script=script,
        policy=POLICY.format(digest),
    )
    return page_html.strip() + "\n"
