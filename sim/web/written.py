"""The pages as files for any web server: those that need no computing, and chosen options side by side. Links are relative, and nothing is asked
of anybody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.report.language import Language
from sim.runs.disk.folders import clear, own, write
from sim.runs.tally import counted
from sim.web import desk, layout
from sim.web.figures import View
from sim.web.kept import kept
from sim.web.options import Options
from sim.web.pages import beside, outlook, places, trust

KINDS = ("csv", "svg", "png")


def write_pages(folder: Path, held: Options) -> Path:
    """Write the pages to a folder, new or its own, in both languages, and return the first one. `held`: the options that stand side by side,
    which are computed. Raises InputError for a folder that is not ours, and for options that cannot be."""
    answers = [counted(option.question.scenario, desk.FULL) for option in held.options]
    with own(folder, "pages"):
        clear(folder)
        for name in layout.STATIC:
            _write(folder / "static" / name, layout.static(name))
        for option in held.options:
            _write(folder / "wat-als" / option.question.file, option.question.toml().encode())
        for lang in layout.LANGUAGES:
            compared = [beside.compared(held, answers, Language(lang))] if answers else []
            for view in (*views(lang), *compared):
                html = layout.page(view, lang, layout.in_folder(view.path, lang), files=True, compared=bool(answers))
                _write(folder / layout.file_of(view.path, lang), html.encode())
                for name, kind in files(view):
                    content = view.file(name, kind, Language(lang))
                    assert content is not None
                    at = "" if view.path == "/" else view.path
                    _write(folder / layout.file_of(f"{at}/{name}.{kind}", lang), content)
    return folder / "index.html"


def views(lang: str) -> Iterator[View]:
    """Yield every page that needs no computing."""
    language: Any = Language(lang)
    yield from (
        outlook.outlook(language),
        places.municipality_index(language),
        places.company_index(language),
        trust.trust(language),
    )
    yield from (places.municipality(int(nis), language) for nis in kept().region.nis)
    yield from (places.company(address, language) for address in places.companies())


def files(view: View) -> Iterator[tuple[str, str]]:
    """Yield the files of a page, name and kind; of a municipality no PNG, as there are so many."""
    of_all = KINDS if not view.path.startswith("/gemeente/") else KINDS[:2]
    yield from ((name, kind) for name in view.figures for kind in of_all)
    yield from ((name, "csv") for name in view.tables)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, content)
