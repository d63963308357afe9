"""The reports of what companies would need: one HTML file for a director, who knows no statistics, and one for all companies."""

from pathlib import Path

from sim.report.page import write_page
from sim.report.parts import Page
from sim.studies.capacity.all_companies import Everyone
from sim.studies.capacity.report import all_companies as of_all
from sim.studies.capacity.report.ends import glossary, limits, own_data
from sim.studies.capacity.report.needs import allocation, answer, bottlenecks, needs
from sim.studies.capacity.report.page import CapacityPage
from sim.studies.capacity.report.time import timetable, warnings, workload
from sim.studies.capacity.study import Found

# In the order in which a director reads; a section about which the answer has nothing is left out.
SECTIONS = (answer, needs, bottlenecks, warnings, workload, timetable, allocation, own_data, limits, glossary)
SECTIONS_OF_ALL = (of_all.answer, of_all.ranking, of_all.limits, of_all.glossary)


def write_capacity_report(found: Found, folder: Path, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` beside the answer's tables, with the CSVs that only it has, and return its path. The same answer gives the
    same bytes."""
    page = CapacityPage(found, folder, lang)
    title = page.language.say("{company}: what does it take to pass the tests?", company=found.question.company)
    return write_page(page, title, status(page), [made for section in SECTIONS if (made := section(page)) is not None])


def write_report_of_all(found: Everyone, lang: str = "nl") -> Path:
    """Write the same on all companies in their folder, and return its path."""
    page = of_all.PageOfAll(found, lang)
    title = page.language.say("What does it take for all housing companies to pass the tests?")
    return write_page(page, title, status(page), [section(page) for section in SECTIONS_OF_ALL])


def status(page: Page) -> str:
    """Say what the numbers are, and what they are not."""
    return page.language.say("Estimates by simulation, under a draft law; not definitive, and no official verdict")
