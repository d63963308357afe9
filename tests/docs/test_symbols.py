"""Symbols of docs/model.md: every capital letter stands in the table of symbols, is used, and is defined in one place."""

import re
from collections import defaultdict

from tests.support.project import ROOT

TABLE, TEXT = (ROOT / "docs" / "model.md").read_text(encoding="utf-8").split("## Symbols")[1].split("## Time, numbers, chance")
LETTER = r"(?<![A-Za-z0-9_'\"])([A-Z])(?:_[a-z0-9{}-]+)?(?![A-Za-z0-9_'\"])"
DEFINED = re.compile(rf"`{LETTER} = (?!\1\b)|`{LETTER}`? (?:the|those|its|= the) ")


def test_every_capital_letter_has_one_meaning() -> None:
    """One row each; a letter in code that is in no row, or a row of a letter that nothing uses, is a mistake."""
    rows = re.findall(r"^\| `([A-Z])` \|", TABLE, re.MULTILINE)
    assert len(rows) == len(set(rows))
    code = "\n".join(re.findall(r"`([^`\n]+)`", TEXT))
    assert set(re.findall(LETTER, code)) == set(rows)


def test_no_letter_is_defined_twice() -> None:
    """What a paragraph calls `B`, no other calls something else."""
    places = defaultdict(set)
    for number, line in enumerate(TEXT.split("\n")):
        for found in DEFINED.finditer(line):
            places[found[1] or found[2]].add(number)
    assert len(places) > 10
    twice = {letter: sorted(lines) for letter, lines in places.items() if len(lines) > 1}
    assert not twice
