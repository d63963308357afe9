"""The words of a company's workbook and what is said of it, in Dutch and in English, as `words.toml` has them."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal, NamedTuple

from sim.inputs.errors import nearest
from sim.inputs.scenario.toml import read_toml

Lang = Literal["nl", "en"]


class Words(NamedTuple):
    """What something is called, and what else it may be called when it is read."""

    nl: str
    en: str
    also: tuple[str, ...] = ()


def _words(table: Mapping[str, list[str]]) -> dict[str, Words]:
    return {key: Words(nl, en, tuple(also)) for key, (nl, en, *also) in table.items()}


_FILE = read_toml(Path(__file__).with_name("words.toml"))
TABLES: Mapping[str, tuple[str, ...]] = {table: tuple(columns) for table, columns in _FILE["tables"].items()}
NEEDED: Mapping[str, tuple[str, ...]] = {table: tuple(columns) for table, columns in _FILE["needed"].items()}
FILES, COLUMNS, STAGES, OWNERS = (_words(_FILE[name]) for name in ("files", "columns", "stages", "owners"))
OF_MUNICIPALITIES, OF_COMPANY = _words(_FILE["of_municipalities"]), _words(_FILE["of_company"])
LAND = _words(_FILE["others"])["land"]
_UNITS = _words(_FILE["units"])
UNITS: Mapping[str, Words] = {**dict.fromkeys((*OF_MUNICIPALITIES, *STAGES), _UNITS.pop("dwellings")), **_UNITS}
DUTCH: Mapping[str, str] = dict(_FILE["messages"]["in_dutch"])
NEAREST = ("did you mean {name!r}?", "allowed: {names}")


def plain(text: str) -> str:
    """Return a word without case, accents, and the difference between a space, a hyphen and an underscore."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(letters.casefold().replace("_", " ").replace("-", " ").split())


def meant(text: str, words: Mapping[str, Words], among: Iterable[str] | None = None) -> str | None:
    """Return the key of what a text calls by one of its names in either language; None for a text that is none of them."""
    asked = plain(text)
    for key in words if among is None else among:
        if asked in (plain(name) for name in (words[key].nl, words[key].en, *words[key].also)):
            return key
    return None


def named(words: Words, lang: str) -> str:
    """Return what something is called in a language, by its code: Dutch, or English for any other."""
    return words.nl if lang == "nl" else words.en


_READER: ContextVar[Lang | None] = ContextVar("reader of a file", default=None)


@contextmanager
def said_in(lang: Lang) -> Iterator[None]:
    """Say within in this language what is said of files, which is said in that of the file else; what is to be typed stays in the file's."""
    token = _READER.set(lang)
    try:
        yield
    finally:
        _READER.reset(token)


def say(lang: Lang, message: str, **values: object) -> str:
    """Return an English message in a language, or in that of who reads it (`said_in`), its placeholders filled."""
    return (DUTCH[message] if (_READER.get() or lang) == "nl" else message).format(**values)


def hint(lang: Lang, found: str, known: Iterable[str]) -> str:
    """Return in a language what may have been meant, or what is allowed."""
    near, far = (DUTCH[message] if (_READER.get() or lang) == "nl" else message for message in NEAREST)
    return nearest(found, known, near, far)
