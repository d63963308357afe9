"""What a reader sees, in Dutch or English: messages from the .po files, numbers as Flanders or an English reader writes them."""

import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LOCALES = {"nl": "nl_BE", "en": "en"}  # English is the language of the messages themselves and needs no translation
SHARED, STUDIES = Path(__file__).parent / "nl.po", Path(__file__).parents[1] / "studies"
ONE = {  # what is counted, and what one of it is called
    **{"gemeenten": "gemeente", "maanden": "maand", "opties": "optie", "projecten": "project", "simulaties": "simulatie"},
    **{"toetsen": "toets", "woningen": "woning", "woonmaatschappijen": "woonmaatschappij", "bouwplaatsen": "bouwplaats"},
    **{"oordelen": "oordeel", "projectleiders": "projectleider", "parameters": "parameter", "punten": "punt", "cijfers": "cijfer"},
    **{"companies": "company", "dwellings": "dwelling", "homes": "home", "months": "month", "municipalities": "municipality"},
    **{"options": "option", "places": "place", "points": "point", "projects": "project", "replications": "replication"},
    **{"simulations": "simulation", "tests": "test", "years": "year", "verdicts": "verdict", "figures": "figure"},
}
COUNTED = re.compile(rf"\{{(\w+)\}} ({'|'.join(ONE)})\b")
LABELS, OF_WEB = Path(__file__).with_name("labels.toml"), Path(__file__).parents[1] / "web" / "labels.toml"


def translations() -> list[Path]:
    """Return the files of Dutch messages: what several studies say, and in each study's folder what it alone says."""
    return [SHARED, *sorted(STUDIES.glob("*/nl.po"))]


@cache
def dutch() -> dict[str, str]:
    """Return what every message is in Dutch, read from the files as they stand: no compiled copy that can lag behind."""
    messages: dict[str, str] = {}
    for path in translations():
        with path.open("rb") as stream:
            messages |= {str(entry.id): str(entry.string) for entry in read_po(stream, locale=LOCALES["nl"]) if entry.id}
    return messages


@cache
def labels() -> dict[str, dict[str, list[str]]]:
    """Return what stages, queues, tables and so on are called, by kind and key: in Dutch and in English. Files may share a kind."""
    joined: dict[str, dict[str, list[str]]] = {}
    for path in (LABELS, *sorted(STUDIES.glob("*/labels.toml")), OF_WEB):
        for kind, names in tomllib.loads(path.read_text(encoding="utf-8")).items():
            joined.setdefault(kind, {}).update(names)
    return joined


def of_one(text: str, values: Mapping[str, object]) -> str:
    """Return a template with the singular behind each of its placeholders that is filled with 1.

    >>> of_one("{count} woningen in {place}", {"count": "1", "place": "Gent"})
    '{count} woning in {place}'
    """
    return COUNTED.sub(lambda at: f"{{{at[1]}}} {ONE[at[2]]}" if str(values.get(at[1])) == "1" else at[0], text)


class Language:
    """One reader's language: `say` for sentences, `say_count` for what is counted, `name` for what things are called.

    `number`, `band` and `percent` are for what stands in sentences.

    >>> Language("nl").band(26_900, 33_400, 100), Language("en").percent(0.674)
    ('26.900 tot 33.400', '67%')
    """

    def __init__(self, code: str = "nl") -> None:
        if code not in LOCALES:
            raise ValueError(f"lang: found {code!r}; allowed: {', '.join(LOCALES)}")
        self.code, self.locale = code, LOCALES[code]

    def say(self, message: str, **values: str | int) -> str:
        """Return an English message in this language, its placeholders filled. Numbers are to be given as text, years as they are."""
        translated = dutch().get(message, "") if self.code == "nl" else ""
        return self.filled(translated or message, **values)

    def filled(self, text: str, **values: str | int) -> str:
        """Return a text with its placeholders filled."""
        return of_one(text, values).format(**values)

    def name(self, kind: str, key: str, **values: str | int) -> str:
        """Return what a stage, a queue, a table and so on is called, as labels.toml has it, its placeholders filled."""
        return self.filled(labels()[kind][key][self.code == "en"], **values)

    def title(self, titled: Any) -> str:
        """Return the title of what has one in both languages: a parameter, a relief, an assumption check."""
        return str(titled.title_nl if self.code == "nl" else titled.title)

    def name_or(self, other: str, kind: str, key: str, **values: str | int) -> str:
        """Return what something is called, or `other` where labels.toml does not know it."""
        return self.name(kind, key, **values) if key in labels()[kind] else other

    def say_count(self, one: str, many: str, count: str, **values: str | int) -> str:
        """Return the message for one or for many, by the count as it is written: Dutch and English both say 0 woningen, 1 woning, 2 woningen."""
        message = one if count == "1" else many
        return self.say(message, count=count, **values)

    def number(self, value: float, step: float = 1) -> str:
        """Return a number rounded to a step of 1, 10, 100, ... or 0.1, 0.01, ..."""
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return _decimal(round(value / step) * step, pattern, self.locale)

    def band(self, low: float, high: float, step: float = 1) -> str:
        """Return a band in words short enough for a sentence: from low to high."""
        return self.say("{low} to {high}", low=self.number(low, step), high=self.number(high, step))

    def percent(self, share: float) -> str:
        """Return a share as a whole percentage."""
        return str(format_percent(share, "#,##0%", locale=self.locale))


ENGLISH = Language("en")  # the language of the pages of docs/


@lru_cache(maxsize=10_000, typed=True)
def _decimal(value: float, pattern: str, locale: str) -> str:
    """Return a number by a pattern of a locale: a page writes the same few hundreds of them again and again."""
    return str(format_decimal(value, pattern, locale=locale))
