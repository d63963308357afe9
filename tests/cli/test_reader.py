"""Who reads: Dutch unless English is asked for, wherever that is asked; all of the help, and every error, in that language."""

import os
import re

import pytest
import typer
from typer import rich_utils

from sim.cli import app
from sim.cli.explain import IN_DUTCH
from sim.cli.help import WORDS, dutch
from sim.cli.reader import read_in
from sim.report.messages import READER
from tests.support.project import Run

ENGLISH = re.compile(r"\b(the|and|with|which|its|folder|default|required|Usage|Options|Arguments|Commands)\b")


@pytest.fixture
def nobody_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing say what the language is."""
    monkeypatch.delenv("BSO_LANG")


def helps() -> set[str]:
    """Return every text of the help."""
    group = typer.main.get_group(app)
    explained = [part for command in (group, *group.commands.values()) for part in (command, *command.params)]
    return {text for part in explained if (text := getattr(part, "help", None))}


def test_every_text_of_the_help_is_known_in_dutch_and_no_other() -> None:
    words = {getattr(rich_utils, name) for name in WORDS} | {
        "Usage: ",
        "[OPTIONS]",
        "COMMAND [ARGS]...",
        "Show this message and exit.",
    }
    subjects = {text for text in helps() if text.startswith("phases, entities")}  # names, in any language
    missing = helps() - subjects - set(dutch())
    assert not missing, "add to sim/cli/help.po:\n" + "\n\n".join(f'msgid "{text}"\nmsgstr ""' for text in sorted(missing))
    assert set(dutch()) <= helps() | words


@pytest.mark.usefixtures("nobody_said")
@pytest.mark.parametrize("command", ["", "run", "score"])
def test_help_is_in_dutch_and_in_english_where_that_is_asked(bso: Run, command: str) -> None:
    words = [command] if command else []
    code, told, _ = bso(*words, "--help")
    assert code == 0
    assert told.split()[0] == "Gebruik:"
    assert "Toon deze hulp." in told
    shown = re.sub(r"^.*?(Opties|Argumenten)", "", told, flags=re.DOTALL) if command else told
    assert not ENGLISH.findall(re.sub(r"--\S+|<.*?>|`.*?`", "", shown))
    code, told, _ = bso("--lang", "en", *words, "--help")
    assert code == 0
    assert told.split()[0] == "Usage:"
    assert "Show this message and exit." in told


@pytest.mark.usefixtures("nobody_said")
@pytest.mark.parametrize(
    ("words", "dutch", "english"),
    [
        (
            ("run",),
            "het argument 'scenario' ontbreekt; zie `bso run --help`",
            "Missing argument 'scenario'; see `bso run --help`",
        ),
        (
            ("run", "basline"),
            "er is geen scenario en geen map met resultaten van die naam; bedoelt u 'baseline'?",
            "did you mean 'baseline'?",
        ),
        (
            ("check", "none.toml"),
            "none.toml: kan niet gelezen worden (bestaat niet)",
            "none.toml: cannot be read (No such file or directory)",
        ),
        (
            ("run", "baseline", "--replications", "x"),
            "ongeldige waarde voor '--replications': een geheel getal mag; zie",
            "Invalid value for '--rep",
        ),
        (
            ("run", "baseline", "--seeds", "1"),
            "die optie bestaat niet: --seeds (mogelijk: --seed, --yes)",
            "No such option: --seeds",
        ),
        (("rn",), "het commando 'rn' bestaat niet. Bedoelt u 'run'?", "No such command 'rn'. Did you mean 'run'?"),
        (
            ("explain", "fases"),
            "onbekend onderwerp 'fases'; bedoelt u 'phases'?",
            "unknown subject 'fases'; did you mean 'phases'?",
        ),
        (
            ("check", "r\udce9gio.toml"),
            "geen tekst in UTF-8; geef het een andere naam",
            "not a text in UTF-8; give it another name",
        ),
        (("crosschecks", "baseline", "x"), "te veel argumenten (x); ", "Got unexpected extra argument(s) (x); "),
    ],
    ids=lambda value: "_".join(value)[:20] if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_said_in_dutch_and_in_english_where_that_is_asked(
    bso: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], dutch: str, english: str
) -> None:
    assert dutch in (said := bso(*words))[2], said
    for asked in ((*words, "--lang", "en"), ("--lang", "en", *words), (*words, "--lang=en")):
        code, _, err = bso(*asked)
        assert code == 2
        assert english in err
    monkeypatch.setenv("BSO_LANG", "en")
    assert english in bso(*words)[2]
    assert dutch in bso(*words, "--lang", "nl")[2]


@pytest.mark.usefixtures("nobody_said")
def test_a_language_that_is_not_spoken_is_refused(bso: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bso("scenarios", "--lang", "fr") == (2, "", "bso: --lang: gevonden 'fr'; toegelaten: nl, en\n")
    assert bso("scenarios", "--lang") == (2, "", "bso: --lang: gevonden ''; toegelaten: nl, en\n")
    monkeypatch.setenv("BSO_LANG", "de")
    assert bso("scenarios") == (2, "", "bso: BSO_LANG: gevonden 'de'; toegelaten: nl, en\n")
    assert bso("scenarios", "--lang", "en")[0] == 2  # one wrong place is not mended by another


@pytest.mark.usefixtures("nobody_said")
def test_answers_are_in_the_language_that_is_asked_anywhere(bso: Run) -> None:
    asked = ("template", "company", "Thuispunt Gent", "--out")
    assert "invullen" in bso(*asked, "nl")[1]
    assert "fill" in bso("--lang", "en", *asked, "en")[1].lower()


def test_a_notebook_speaks_english_before_and_after_a_command(bso: Run) -> None:
    assert READER.get() == "en"
    assert os.environ["BSO_LANG"] == "en"
    bso("check", "none.toml", "--lang", "nl")
    assert READER.get() == "en"


def test_words_behind_two_hyphens_are_no_options() -> None:
    token = READER.set("en")
    try:
        assert read_in(["check", "--", "--lang", "x"]) == ["check", "--", "--lang", "x"]
    finally:
        READER.reset(token)


def test_what_is_explained_has_dutch_heads_and_the_pages_keep_the_english_ones(bso: Run) -> None:
    dutch, english = bso("explain", "law", "--lang", "nl")[1], bso("explain", "law")[1]
    assert dutch.startswith("| wet | waarde | eenheid | vanaf | status | bron |")
    assert "| aangenomen |" in bso("explain", "parameters", "--lang", "nl")[1]
    assert english.startswith("| law | value | unit | from | status | source |")
    assert dutch.count("\n| ") == english.count("\n| ")
    assert "`bso check FILE...` | Toets bestanden" in bso("explain", "commands", "--lang", "nl")[1]
    assert "Beschrijvingen staan in het Engels" in dutch
    assert "Beschrijvingen" not in bso("explain", "glossary", "--lang", "nl")[1]


@pytest.mark.parametrize("subject", IN_DUTCH)
def test_some_tables_are_dutch_throughout(bso: Run, subject: str) -> None:
    """Every cell but names of the code, numbers and what is the same word in both languages."""
    dutch, english = (bso("explain", subject, "--lang", lang)[1].splitlines() for lang in ("nl", "en"))
    assert len(dutch) == len(english)
    cells = [pair for lines in zip(dutch, english, strict=True) for pair in zip(*(line.split("|") for line in lines), strict=True)]
    same = {cell.strip() for cell, other in cells if cell == other and re.search("[a-z]", cell) and "`" not in cell}
    assert same <= {"euro", "status"}


def test_the_library_has_titles_in_both_languages(bso: Run) -> None:
    dutch, english = bso("scenarios", "--lang", "nl")[1].splitlines(), bso("scenarios")[1].splitlines()
    assert len(dutch) == len(english) > 40
    assert all(one.split()[0] == other.split()[0] and one != other for one, other in zip(dutch, english, strict=True))
