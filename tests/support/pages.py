"""The pages of docs/, and the rows of their tables."""

import re
from pathlib import Path

from tests.support.project import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))


def named(path: Path) -> str:
    """Return a page's path inside the project."""
    return path.relative_to(ROOT).as_posix()


def rows(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table, without its header."""
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("|")][2:]
