"""The language of the reader, decided here and nowhere else: `--lang` anywhere among the words, else BSO_LANG, else Dutch."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sim.inputs.errors import InputError
from sim.inputs.notices import told_by
from sim.report.messages import READER
from sim.report.outside import say
from sim.studies.command_options import Language

OPTION, VARIABLE, DEFAULT = "--lang", "BSO_LANG", "nl"


@contextmanager
def a_reader() -> Iterator[None]:
    """Speak Dutch, until the words are read, also of what is noticed on the way; of a notebook's calls nothing is translated."""
    before = READER.set(DEFAULT)
    try:
        with told_by(say):
            yield
    finally:
        READER.reset(before)


def read_in(words: list[str]) -> list[str]:
    """Have the command speak the language that is asked for, and return the words without that. Raises InputError for one that is not spoken."""
    others, asked = list[str](), [(VARIABLE, os.environ[VARIABLE])] if os.environ.get(VARIABLE) else []
    given = iter(words)
    for word in given:
        name, equals, value = word.partition("=")
        if word == "--":
            others += [word, *given]
        elif name == OPTION:
            asked.append((OPTION, value if equals else next(given, "")))
        else:
            others.append(word)
    for place, code in asked:
        if code not in Language.__members__:
            raise InputError(place, "", f"found {code!r}; allowed: {', '.join(Language.__members__)}")
        READER.set(code)
    return others


def defaults(commands: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the language as every command takes it when its words say nothing else."""
    return {name: {"lang": READER.get()} for name in commands}
