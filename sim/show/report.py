"""The report of a comparison: one HTML file that asks for nothing else, for a reader who knows no statistics."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.show.report_limits import control, glossary, limits, missing
from sim.show.report_options import answer, changes, options
from sim.show.report_parts import Page
from sim.show.report_places import categories, growth, maps, municipalities
from sim.study.comparison import Comparison

TEMPLATES = Path(__file__).parent / "templates"
# No request to anywhere: the page's own script, by its digest, its own styles, and an empty icon.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"
# In the order in which a minister's adviser reads.
SECTIONS = (answer, options, growth, categories, maps, municipalities, control, missing, changes, limits, glossary)


def write_report(comparison: Comparison, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the comparison's folder, with the CSVs that only it has, and return its path. The same comparison
    gives the same bytes."""
    page = Page(comparison, lang)
    for name, frame in page.added.items():
        frame.to_csv(comparison.folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")
    path = comparison.folder / f"report_{lang}.html"
    part = path.with_name(path.name + ".part")
    part.write_text(html(page), encoding="utf-8", newline="\n")
    return part.replace(path)


def html(page: Page) -> str:
    """Return the report as HTML. Raises jinja2.UndefinedError for a name that the template has and nobody gives."""
    say, facts = page.language.say, page.comparison.facts
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script, css = (Markup((TEMPLATES / name).read_text(encoding="utf-8")) for name in ("report.js", "report.css"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    words = {
        "enlarge": say("Enlarge the map"),
        "skip": say("To the content"),
        "contents": say("Contents"),
        "picture": say("Picture"),
        "table": say("Table"),
        "sort": say("Sort by this column"),
        "found": say("rows shown"),
    }
    page_html = environment.get_template("report.html.j2").render(
        lang=page.lang,
        title=say("{count} options for the binding social objective compared", count=len(page.told.names)),
        status=say(
            "Estimates by simulation, under a draft law ({date}); not definitive, and no official verdict",
            date=page.day(facts["law_date"]),
        ),
        sections=[section(page) for section in SECTIONS],
        words=words,
        css=css,
        script=script,
        policy=POLICY.format(digest),
    )
    return page_html.strip() + "\n"
