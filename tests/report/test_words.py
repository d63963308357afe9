"""One word for each thing in all that is said in Dutch, as the law and the glossary have it; and no file, command or option in a report."""

import re
from collections.abc import Iterator

import pytest

from sim.cli.help import CATALOGUE as HELP
from sim.report.language import STUDIES, labels, translations
from sim.report.messages import CATALOGUES, entries_of
from sim.report.snippets import glossary
from tests.support.project import ROOT

# what is never said, and what is said instead
NEVER = {
    r"\b[Hh]et (MJP|KTP|meerjarenplanning|kortetermijnplanning)\b": "de MJP, de KTP",
    r"\b[Dd]it (MJP|KTP)\b": "deze MJP, deze KTP",
    r"\b[Rr]eplicaties?\b": "simulatie",
    r"\b[Tt]oekomsten\b|(?<!mogelijke )\btoekomst\b": "simulaties",  # what one is: a possible future
    r"(?<!beoordelings)\b([Cc]omité|[Cc]ommissie)\b": "beoordelingscomité",
    r"\b[Bb]eoordelingscommissie\b": "beoordelingscomité",
    r"\b[Ss]tandaardfout(en)?\b": "de helft van het 95%-interval",
    r"\b[Ss]ociale huurwoonst|\bhuisvestingsmaatschappij": "sociale huurwoning, woonmaatschappij",
}
REPORTS = ("forecast", "compare", "capacity", "why")  # what an adviser or a minister reads
INNER = re.compile(r"\bdocs/|\bsim/|\btrekkingen: |\bplain\b|\bpng\b")


def dutch() -> Iterator[tuple[str, str]]:
    """Yield every Dutch text that is said or shown, each with where it is written."""
    for path in (*translations(), *CATALOGUES, HELP):
        yield from ((str(path.relative_to(ROOT)), text) for _, text in entries_of(path))
    yield from (("labels.toml", names[0]) for kind in labels().values() for names in kind.values())
    yield from (("glossary.toml", word[key]) for word in glossary() for key in ("nl", "means_nl"))
    for path in (*STUDIES.rglob("*.nl.txt"), ROOT / "docs" / "snelstart.md"):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("never", NEVER)
def test_one_word_is_said_for_each_thing(never: str) -> None:
    found = [f"{where}: {text[:100]}" for where, text in dutch() if re.search(never, text)]
    assert not found, f"say {NEVER[never]}: {found}"


def test_what_stands_after_a_plus_or_minus_is_said_to_be_half_of_an_interval() -> None:
    told = [text for _, text in dutch() if "±" in text]
    assert len(told) >= 3
    for text in told:
        assert "helft van" in text, text


@pytest.mark.parametrize("study", REPORTS)
def test_a_report_names_no_file_of_the_program(study: str) -> None:
    paths = [path for path in translations() if path.parent.name == study]
    own = [text for path in paths for _, text in entries_of(path)]
    assert not [text for text in own if INNER.search(text)]
