"""What a company needs, as its report says it: the answer, its means, where it pinches, which projects are late, and when there is most work."""

from collections.abc import Iterable, Iterator

from sim.report.parts import More, Part, Picture, Text
from sim.studies.capacity.report import needs as report
from sim.studies.capacity.report import time
from sim.studies.capacity.report.page import CompanyPage
from sim.studies.capacity.study import Needs
from sim.studies.capacity.words.company import CompanyWords
from sim.web.figures import Chapter, View

SECTIONS = (report.answer, report.means, report.bottlenecks, time.early_warning, time.workload, report.limits)


def needs(path: str, found: Needs, lang: str) -> View:
    """Return what a company needs. `path`: the address of the page."""
    page = CompanyPage(CompanyWords, found, lang)
    answer, means, *further = (section for make in SECTIONS if (section := make(page)) is not None)
    said = [part.html for part in answer.parts if isinstance(part, Text) and part.style == "answer"]
    chapters = [Chapter(means.name, means.title, [*_shown((*answer.parts, *means.parts))])]
    chapters += [Chapter(section.name, section.title, [*_shown(section.parts)]) for section in further]
    return View(path, page.plain.title(), said, chapters)


def _shown(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield what a page of the server lays out: no sentences of the answer, which stand above; the numbers of a picture for the picture."""
    for part in parts:
        if isinstance(part, More):
            yield from _shown(part.parts)
        elif not isinstance(part, Picture) and not (isinstance(part, Text) and part.style == "answer"):
            yield part
