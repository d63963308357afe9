"""The report of a forecast, one HTML file that needs nothing else; and a note of one page for who decides."""

from pathlib import Path

from sim.report.page import write_note, write_page
from sim.runs.results import Results
from sim.studies.forecast.pictures import draw_realised
from sim.studies.forecast.report.page import ForecastPage
from sim.studies.forecast.report.sections import answer, contributions, glossary, growth, limits, municipalities, tests, told

# In the order in which a minister's adviser reads.
SECTIONS = (answer, growth, tests, contributions, municipalities, limits, glossary)


def write(results: Results, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` in the results' folder, with the CSVs that only it has, and return its path. The same results give the same
    bytes."""
    page = ForecastPage(results, lang)
    return write_page(page, page.title, page.status, [section(page) for section in SECTIONS])


def note(results: Results, lang: str = "nl") -> Path:
    """Write `note_<lang>.html`, one A4 page, in the results' folder and return its path: the answer, a figure, five sentences, what they rest
    on."""
    page = ForecastPage(results, lang)
    figure = page.drawn("realised", draw_realised)
    title = page.say("Will Flanders build the social homes it has promised?")
    return write_note(page, title, f"{page.title}. {page.status}.", told(page), figure, page.origin())
