"""Text on its way out: seen as it is in a terminal, a picture and a table, obeyed by none; numbers stay numbers."""

import io
import json
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from sim.inputs.errors import InputError
from sim.report import canvas, outside
from sim.report.screen import Terminal
from tests.support.hostile import OBEYED, TEXTS, is_formula

ANY = st.text(st.characters(), max_size=30) | st.sampled_from(TEXTS)
FORMULAS = st.tuples(st.sampled_from(["", " ", "\t", "a;", "a\n", "\x00"]), st.sampled_from("=+-@\uff1d\uff0b"), ANY).map("".join)
SIGNS = ("$", "$x_{", "[/]", "[b]", "\x1b[2J", ":smile:", "{x}", "\u202e", "\x9b")
MIXED = st.lists(st.sampled_from(SIGNS) | ANY, max_size=6).map("".join)


@given(ANY | MIXED)
def test_what_is_visible_steers_nobody_and_is_as_long(text: str) -> None:
    """Ordinary text is itself; a second time changes nothing."""
    seen = outside.visible(text)
    assert not OBEYED.search(seen)
    assert len(seen) == len(text)
    assert outside.visible(seen) == seen
    assert all(a == b for a, b in zip(text, seen, strict=True) if a.isprintable())
    assert "\n" not in outside.one_line(text)


@given(ANY, st.integers(0, 50_000), st.integers(0, 50_000))
def test_a_message_is_short_and_keeps_both_ends(text: str, file: int, place: int) -> None:
    """Whatever is long in it, what is wrong stands at its end, and of what at its begin."""
    error = InputError("f" * file + text, "p" * place, f"unknown key {text * 2_000!r}; allowed: seed")
    said = outside.refused(error)
    assert not OBEYED.search(said)
    assert "\n" not in said
    assert len(said) < 1_500
    assert said.endswith("; allowed: seed")


@given(st.dictionaries(ANY, ANY | st.integers() | st.lists(MIXED, max_size=3), max_size=4))
def test_json_holds_every_text_as_it_is(content: dict[str, object]) -> None:
    """And shows a terminal nothing that it obeys."""
    printed = outside.as_json(content)
    assert json.loads(printed) == content
    assert not OBEYED.search(printed)
    assert "\n" not in printed


@given(st.lists(FORMULAS | ANY, min_size=1, max_size=8), FORMULAS)
def test_no_cell_is_a_formula(texts: list[str], head: str) -> None:
    """Also a head, also where a spreadsheet parts cells at another sign; and a second time changes nothing."""
    table = outside.cells(pd.DataFrame({head: texts}))
    cells = [*table.columns, *table.iloc[:, 0]]
    assert not any(is_formula(cell) or OBEYED.search(cell) for cell in cells), cells
    assert outside.cells(table).equals(table)


@given(st.lists(st.floats() | st.integers(-(10**9), 10**9) | st.booleans() | st.none(), min_size=1, max_size=6))
def test_numbers_stay_numbers(values: list[object]) -> None:
    """Of any kind of column, below zero too; and numbers that stand as text."""
    for kind in (object, None):
        table = pd.DataFrame({"a": pd.Series(values, dtype=kind)})
        assert outside.cells(table).to_csv(float_format="%.10g") == table.to_csv(float_format="%.10g")
    assert [outside.cell(text) for text in ("-3,5", "+10%", "-1.200", "-")] == ["-3,5", "+10%", "-1.200", "-"]


@given(MIXED)
@example("x [v2]")
def test_a_terminal_shows_a_text_as_it_is(text: str) -> None:
    """In a line, a cell, a head and a title: no markup, no emoji, no code; the styles are the program's own."""
    stream = io.StringIO()
    terminal = Terminal(file=stream, width=2_000)
    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    for part in (text, Text(text), table):
        terminal.print(part, soft_wrap=True)
    said = stream.getvalue()
    assert not OBEYED.search(said)
    line = outside.visible(text).split("\n")[0].split("\t")[0].split("  ")[0].strip()
    assert said.count(line) >= 4  # rich drops some of them from its own texts


def test_a_picture_shows_a_text_as_it_is(tmp_path: Path) -> None:
    """As title, note, label of a tick, legend and text: no mathematics, no warning of a letter that the font lacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with canvas.style():
            figure, axes = canvas.sheet(" ".join(TEXTS), " ".join(reversed(TEXTS)), TEXTS[0])
            axes.set_xticks(range(len(TEXTS)), TEXTS)
            axes.plot([0, 1], label=TEXTS[0])
            axes.legend(TEXTS)
            for place, text in enumerate(TEXTS):
                axes.annotate(text, (place, 0))
            canvas.save(figure, tmp_path / "a.png")
    drawn = [text.get_text() for text in axes.texts]
    assert drawn == [outside.visible(text) for text in TEXTS]
    assert (tmp_path / "a.png").stat().st_size > 10_000


@pytest.mark.parametrize("word", [*TEXTS, "!Mpuls Menen-Wervik", "Antwerpen", "it's"])
def test_a_command_to_be_typed_is_taken_by_a_shell_as_it_is(word: str) -> None:
    """One word, nothing run, nothing of the history."""
    typed = outside.typed(word)
    assert typed == word or (typed[0], typed[-1]) == ("'", "'")
