"""What is said of bad input and of what goes wrong, in Dutch: where it is shown, the English message is found in a catalogue by its template.

The source raises English. An entry of `messages.po` is a template, with its values in braces: `{name!r}` for one that is quoted, `{name:,}` for
a number whose thousands are parted, `{name}` for any other; in the Dutch, `{name:nl}` for one that is itself a message. A message that no entry
matches, or that an entry matches in more than one way, is shown in English: nothing is lost, and no value is taken for words.
"""

import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

CATALOGUES = [Path(__file__).with_name(name) for name in ("messages.po", "messages_of_others.po")]
FIELD = re.compile(r"\{\{|\}\}|\{(\w+)(!r|:,|:nl)?\}")
QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
LONGEST = 1000  # letters of a line: what matches is looked for in a time that grows faster than they do
FEWEST = 8  # letters of words that a message of a workbook needs to be told from any other text
PIECE = re.compile(rf"({QUOTED})|(; )", re.DOTALL)
# what is said of lines of a file, behind their place: that is no part of a value
OF_LINES = re.compile(r"((?:[^:;]+: )?lines? \d(?:[^:;]|[:;](?! ))*): (.+)", re.DOTALL)
# What a value is made of: no "; " but in quotes, as that ends a piece of a message. A quote that is closed is taken as a whole (?>).
PLAIN = rf"(?>{QUOTED}|[^;]|;(?! ))*{{lazy}}"
VALUES = {"!r": rf"(?:(?:{QUOTED})(?:, (?:{QUOTED}))*|(?!['\"]){PLAIN})", ":,": r"-?\d{{1,3}}(?:,\d{{3}})*", None: PLAIN}


READER: ContextVar[str] = ContextVar(
    "reader", default="en"
)  # the language of who reads the command, as sim/cli/reader.py decides it


def told(message: str) -> str:
    """Return a message in the language of the reader."""
    return in_dutch(message) if READER.get() == "nl" else message


@dataclass(frozen=True)
class Entry:
    """An English template and the Dutch one."""

    english: str
    dutch: str

    @cached_property
    def words(self) -> list[str]:
        """What stands in every message of the template: its words between the values."""
        return FIELD.sub(lambda at: "\0" if at[1] else at[0][0], self.english).split("\0")

    @cached_property
    def short(self) -> re.Pattern[str]:
        """What matches it when its values are as short as they can be."""
        return _pattern(self.english, "?")

    @cached_property
    def long(self) -> re.Pattern[str]:
        """What matches it when its values are as long as they can be."""
        return _pattern(self.english, "")

    def values(self, message: str) -> dict[str, str] | None:
        """Return the values of a message, by name. Raises LookupError where they may be cut in more than one way; None where none fits."""
        if not all(part in message for part in self.words):  # most: their patterns are never compiled
            return None
        short, long = self.short.fullmatch(message), self.long.fullmatch(message)
        if short is None or long is None:
            return None
        if short.groupdict() != long.groupdict():
            raise LookupError
        return short.groupdict()

    def told(self, message: str) -> str | None:
        """Return a message in Dutch, its values as they are; None for one that is not of this template."""
        values = self.values(message)
        return None if values is None else FIELD.sub(lambda at: _filled(at, values), self.dutch)


def _filled(at: re.Match[str], values: dict[str, str]) -> str:
    """Return what stands in the place of a field."""
    if at[1] is None:
        return at[0][0]
    value = values[at[1]]
    return in_dutch(value) if at[2] == ":nl" else value.replace(",", ".") if at[2] == ":," else value


@cache
def entries() -> tuple[Entry, ...]:
    """Return the catalogue, the entries with most words first; what a company's workbook is told in Dutch is part of it."""
    from sim.inputs.workbook.words import DUTCH

    written = {known.english: known for path in CATALOGUES for known in read(path)}
    for english, dutch in DUTCH.items():
        if english not in written and words_in(english) >= FEWEST:
            written[english] = Entry(english, re.sub(r"\{(hint|filled)\}", r"{\1:nl}", dutch))
    return tuple(sorted(written.values(), key=lambda known: (-words_in(known.english), known.english)))


def read(path: Path) -> list[Entry]:
    """Return the entries of a file of the catalogue."""
    return [Entry(*both) for both in entries_of(path)]


def entries_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a .po file has in English, each with the Dutch."""
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        yield from ((str(found.id), str(found.string)) for found in read_po(stream, locale="nl_BE") if found.id)


def words_in(template: str) -> int:
    """Return how many letters of a template are words, no values."""
    return sum(map(str.isalpha, FIELD.sub("", template)))


def _pattern(template: str, lazy: str) -> re.Pattern[str]:
    """Return what matches a filled template."""
    pattern, end = "", 0
    for at in FIELD.finditer(template):
        pattern += re.escape(template[end : at.start()])
        kind = VALUES[at[2]]
        pattern += re.escape(at[0][0]) if at[1] is None else f"(?P<{at[1]}>{kind.format(lazy=lazy)})"
        end = at.end()
    return re.compile(pattern + re.escape(template[end:]), re.DOTALL)


def in_dutch(message: str) -> str:
    """Return a message in Dutch; in English, as it is, where the catalogue does not know it.

    >>> in_dutch("found 'a; b'; a whole number from 0 to 9 is allowed")
    "gevonden 'a; b'; een geheel getal van 0 tot 9 mag"
    """
    return translated(message) or message


def translated(message: str) -> str | None:
    """Return a message in Dutch, or None where the catalogue does not know it, or not all of it, or it is longer than any that is known."""
    if "\n" in message:
        return _lines(message)
    if len(message) > LONGEST:
        return None
    if (of := OF_LINES.fullmatch(message)) and (told := translated(of[2])) is not None:
        return f"{in_dutch(of[1])}: {told}"
    try:
        for known in entries():
            if (told := known.told(message)) is not None:
                return told
    except LookupError:
        return None
    return _joined(list(pieces(message)), "; ") or _placed(message)


def pieces(message: str) -> Iterator[str]:
    """Yield the pieces of a message that stand between semicolons, but for those in quotes."""
    begin = 0
    for at in PIECE.finditer(message):
        if at[2]:
            yield message[begin : at.start()]
            begin = at.end()
    yield message[begin:]


def _joined(parts: list[str], between: str) -> str | None:
    """Return several messages in Dutch, one after the other; None unless all are known."""
    told = [translated(part) for part in parts] if len(parts) > 1 else [None]
    return None if None in told else between.join(map(str, told))


def _lines(message: str) -> str:
    """Return a message of several lines with each of them in Dutch that is known."""
    return "\n".join(map(in_dutch, message.split("\n")))


def _placed(message: str) -> str | None:
    """Return a message behind its place ("FILE: LINE: MESSAGE") in Dutch: the first place behind which all is known."""
    for at in re.finditer(": ", message):
        if (told := translated(message[at.end() :])) is not None:
            return f"{in_dutch(message[: at.start()])}: {told}"
    return None
