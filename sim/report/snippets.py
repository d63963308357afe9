"""Pieces that every screen and report shares: words that stand out, numbers with their band, the meaning of words."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sim.report.language import Language

WIDEST = 100  # columns of a screen; longer lines are hard to read


def joined(parts: Iterable[str], between: str = "; ") -> Markup:
    """Return sentences one after the other."""
    return Markup(between).join(parts)


def strong(text: str) -> Markup:
    """Return a text that stands out."""
    return Markup("<strong>{}</strong>").format(text)


def two(large: str, small: str) -> Markup:
    """Return a number with its band below it."""
    return Markup("{}<small>{}</small>").format(large, small)


@cache
def glossary() -> list[dict[str, Any]]:
    """Return the words of the field and of this model as glossary.toml has them: `en`, `nl`, `means_en`, `means_nl`, `code`, `report`."""
    return list(tomllib.loads(Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8"))["word"])


def terms(language: Language) -> dict[str, str]:
    """Return the words that any report uses, with their meaning."""
    return {word[language.code]: word[f"means_{language.code}"] for word in glossary() if word.get("report")}
