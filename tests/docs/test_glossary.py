"""The words of the field: complete, in both languages, with names that the code has; the law's abbreviations are written out where first met."""

import re
from collections import Counter
from pathlib import Path

import pytest

from sim.report.language import Language
from sim.report.snippets import glossary, terms
from tests.support.pages import named
from tests.support.project import ROOT

WRITTEN_OUT = {"MJP": "meerjarenplanning", "KTP": "kortetermijnplanning", "SIB": "specifieke inhaalbeweging"}
FIRST_MET = [ROOT / "README.md", ROOT / "docs" / "model.md", ROOT / "docs" / "odd.md"]


def test_every_word_is_complete_and_stands_once() -> None:
    """English, Dutch, both meanings as sentences, and the names in code."""
    for word in glossary():
        assert set(word) - {"report"} == {"en", "nl", "means_en", "means_nl", "code"}, word
        assert all(str(word[key]).strip() for key in word)
        assert all(word[key].endswith(".") for key in ("means_en", "means_nl")), word["en"]
    for key in ("en", "nl"):
        assert [w for w, times in Counter(word[key] for word in glossary()).items() if times > 1] == []


def missing_names(names: list[str]) -> list[str]:
    """Return the names that stand nowhere in code, data or scenarios."""
    files = [p for room in ("sim", "scenarios") for p in (ROOT / room).rglob("*") if p.suffix in {".py", ".toml"}]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "glossary.toml")
    return [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def test_the_code_has_the_names_that_words_give_it() -> None:
    """And a name that it has not is found."""
    names = [name for word in glossary() for name in word["code"].split(", ")]
    assert missing_names([*names, "a_name_of_nothing"]) == ["a_name_of_nothing"]


@pytest.mark.parametrize("page", FIRST_MET, ids=named)
@pytest.mark.parametrize("word", WRITTEN_OUT)
def test_an_abbreviation_of_the_law_is_written_out_where_it_is_first_met(page: Path, word: str) -> None:
    """Once, and beside its first use, in the order in which the page is read."""
    text = page.read_text(encoding="utf-8")
    assert text.count(f"*{WRITTEN_OUT[word]}*") == 1
    first = re.search(rf"\b{word}\b", text)
    assert first is not None
    assert WRITTEN_OUT[word] in text[first.start() : first.start() + 60]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_report_writes_them_out_too(lang: str) -> None:
    """In its list of words."""
    words = terms(Language(lang))
    assert all(long in words[word].lower() for word, long in WRITTEN_OUT.items())
