"""The reports of what companies would need: one HTML file for a director, who knows no statistics, and one for all companies."""

from pathlib import Path

from sim.report.page import write_page
from sim.report.parts import Section, Terms
from sim.report.snippets import terms
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.report.everyone import answer_of_all, limits_of_all, ranking
from sim.studies.capacity.report.needs import allocation, answer, bottlenecks, glossary, limits, means, own_data
from sim.studies.capacity.report.page import AllPage, CompanyPage, SpendingPage, status
from sim.studies.capacity.report.spending import answer_of_budget, limits_of_budget
from sim.studies.capacity.report.time import early_warning, timetable, workload
from sim.studies.capacity.spending import Spending
from sim.studies.capacity.study import Needs
from sim.studies.capacity.words.company import CompanyWords
from sim.studies.capacity.words.everyone import AllWords
from sim.studies.capacity.words.spending import SpendingWords


def write(needs: Needs, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` beside the answer's tables and return its path. The same answer gives the same bytes."""
    page = CompanyPage(CompanyWords, needs, lang)
    title = page.say("{company}: what does it take to pass the tests?", company=needs.question.company)
    # In the order in which a director reads; a section about which the answer has nothing is left out.
    order = (answer, means, bottlenecks, early_warning, workload, timetable, allocation, own_data, limits, glossary)
    return write_page(page, title, status(page), [made for section in order if (made := section(page)) is not None])


def write_all(needs: NeedsOfAll, lang: str = "nl") -> Path:
    """Write the same on all companies in their folder, and return its path."""
    page = AllPage(AllWords, needs, lang)
    title = page.say("What does it take for all housing companies to pass the tests?")
    words = Section("glossary", page.say("Words"), [Terms(terms(page.language))])
    return write_page(page, title, status(page), [answer_of_all(page), ranking(page), limits_of_all(page), words])


def write_spending(spending: Spending, lang: str = "nl") -> Path:
    """Write the same on what a budget gives, in its folder, and return its path."""
    page = SpendingPage(SpendingWords, spending, lang)
    title = page.say("{company}: what does the money give?", company=spending.question.company)
    words = Section("glossary", page.say("Words"), [Terms(terms(page.language))])
    return write_page(page, title, status(page), [answer_of_budget(page), limits_of_budget(page), words])
