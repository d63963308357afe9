"""The report of a comparison: one HTML file that asks for nothing else, for a reader who knows no statistics."""

from pathlib import Path

from sim.report.page import write_page
from sim.studies.compare.report.choosing import changes, choosing
from sim.studies.compare.report.crossing import SweptPage, ranking, trade_offs
from sim.studies.compare.report.limits import control, glossary, limits, missing
from sim.studies.compare.report.options import ComparisonPage, answer, options
from sim.studies.compare.report.places import categories, growth, maps, municipalities
from sim.studies.compare.study import Comparison
from sim.studies.compare.sweep import Swept

# In the order in which a minister's adviser reads.
SECTIONS = (answer, options, choosing, growth, categories, maps, municipalities, control, missing, changes, limits, glossary)


def write(comparison: Comparison, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the comparison's folder, with the CSVs that only it has, and return its path. The same comparison
    gives the same bytes."""
    page = ComparisonPage(comparison, lang)
    title = page.say("{count} options for the binding social objective compared", count=len(page.plain.names))
    status = page.text("answer", "status", date=page.day(comparison.facts["law_date"]))
    return write_page(page, title, status, [section(page) for section in SECTIONS])


def write_sweep(swept: Swept, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the sweep's folder, with the CSVs that only it has, and return its path: the ranking, then its comparison,
    without what a comparison says of single options at length."""
    page = SweptPage(swept, lang)
    title = str(swept.title_nl if lang == "nl" else swept.title)
    status = page.text("answer", "status", date=page.day(swept.facts["law_date"]))
    own = [ranking(page), *([trade_offs(page)] if len(swept.tables["trade_offs"]) else [])]
    return write_page(page, title, status, [*own, *(section(page) for section in (options, choosing, changes, limits, glossary))])
