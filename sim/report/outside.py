"""Text on its way out: what a user named or wrote, made harmless for the place where it is read. Numbers are no text and pass as they are.

A terminal obeys control characters, rich its markup (`screen.Terminal`), a picture its mathematics (`canvas`), a spreadsheet its formulas, a
shell its own signs. HTML is escaped by Jinja, and a user's text in it is no exception.
"""

import json
import os
import re
import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sim.inputs.errors import NAMED, InputError, shortened
from sim.report.messages import told

if TYPE_CHECKING:
    import pandas as pd

# what steers a reader instead of being read: control characters but for the end of a line and a tab, separators of lines, marks that turn the
# direction of writing, and the bytes of a file's name that are no text
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# what begins a formula, at the begin of a cell or after what some country's spreadsheets part cells by
FORMULA = re.compile(r"((?:^|[;\t\n])\s*)(?=[=+\-@＝＋－＠]\s*\S)")
NUMBER = re.compile(r"\s*[+-]?[\d.,]+\s*%?\s*")


def visible(text: str) -> str:
    """Return a text with a letter in the place of each character that is none: its picture where there is one. Lines and tabs stay.

    >>> visible("a" + chr(27) + "[31mb")
    'a␛[31mb'
    """
    return UNSEEN.sub(lambda found: chr(0x2400 + ord(found[0])) if found[0] < " " else "�", text)


def one_line(text: object) -> str:
    """Return a name in one line, as it stands in a sentence."""
    return visible(str(text)).replace("\n", "␊").replace("\t", "␉")


def message(text: str) -> str:
    """Return a message: each of its lines visible, and no longer than can be read."""
    return "\n".join(map(shortened, visible(text).split("\n")))


def refused(error: InputError) -> str:
    """Return what is wrong with an input, the names of file and place short enough to leave room for it."""
    parts = (shortened(one_line(name), NAMED) for name in (error.file, told(error.place)) if name)
    return ": ".join([*parts, message(told(error.problem))])


def put(text: str) -> None:
    """Print a text on standard output."""
    print(visible(text))


def say(text: str) -> None:
    """Print a message on standard error, under the command's name."""
    with suppress(OSError, ValueError):  # nobody listens: no reason to stop
        print(f"bso: {message(told(text))}", file=sys.stderr, flush=True)


def as_json(content: Any) -> str:
    """Return JSON in one line: text as it is, what a terminal would obey as JSON escapes it."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(content, ensure_ascii=False))


def cell(text: str) -> str:
    """Return a text as a cell of a table: an apostrophe stands before what a spreadsheet would take for a formula.

    >>> cell("=1+1"), cell("a; @SUM(b)"), cell("-3,5"), cell("Sint-Niklaas")
    ("'=1+1", "a; '@SUM(b)", '-3,5', 'Sint-Niklaas')
    """
    return text if NUMBER.fullmatch(text) else FORMULA.sub(r"\1'", visible(text))


def cells(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table as it is written to a CSV: its texts and heads as cells, all else as it is."""
    written = table.copy(deep=False)
    for name, column in table.items():
        if any(isinstance(value, str) and cell(value) != value for value in column):
            escaped = [cell(value) if isinstance(value, str) else value for value in column]
            written[name] = type(column)(escaped, column.index, object)  # pandas would make 0 beside 0.5 another number
    return written.rename(columns=lambda head: cell(head) if isinstance(head, str) else head)


def typed(word: object) -> str:
    """Return a word of a command as it is to be typed: a shell takes nothing in it for more than it is."""
    return f'"{word}"' if os.name == "nt" else shlex.quote(str(word))
