"""The tables of pages between their marks: `<!-- generated: phases -->`, a table of `bso explain` or of this folder, `<!-- end -->`."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.tables import numbered, rhythms, rooms
from docs.tables.numbers import numbers
from sim.cli import explain
from sim.inputs.errors import InputError, nearest

ROOT = Path(__file__).parents[2]
PAGES = (
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(ROOT.glob("*.md")),
    ROOT / "results" / "README.md",
)  # in this order: the README says what docs/numbers.md holds
SUBJECTS: Mapping[str, Callable[[], str]] = {
    **explain.SUBJECTS,
    **{"numbers": numbers, "baseline": numbered.baseline, "rooms": rooms.rooms, "files": rooms.files},
    **{"rhythms": rhythms.options, "every_rhythm": rhythms.every_rhythm},
}
MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
OPENED = "<!-- generated:"


def filled(page: Path) -> str:
    """Return a page's text with every table made anew. Raises InputError for a page or a mark that cannot be read."""
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(page, "", f"cannot be read ({getattr(error, 'strerror', None) or error})") from None
    marks = MARKED.findall(text)
    if len(marks) != text.count(OPENED):
        raise InputError(page, OPENED, "a mark without its subject, or without its <!-- end -->")
    for _, subject, _ in marks:
        if subject not in SUBJECTS:
            raise InputError(page, OPENED, f"unknown subject {subject!r}; {nearest(subject, SUBJECTS)}")
    return MARKED.sub(lambda mark: f"{mark[1]}\n{SUBJECTS[mark[2]]()}\n\n{mark[3]}", text)


def check(page: Path) -> bool:
    """Return whether the tables of a page are what the code gives."""
    return filled(page) == page.read_text(encoding="utf-8")


def write(page: Path) -> bool:
    """Make the tables of a page anew and return whether they changed."""
    text = filled(page)
    changed = text != page.read_text(encoding="utf-8")
    if changed:
        page.write_text(text, encoding="utf-8")
    return changed
