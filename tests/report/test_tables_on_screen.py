"""A table on the terminal: no word is cut where all have room."""

import io

from hypothesis import given
from hypothesis import strategies as st

from sim.report.screen import Terminal, grid

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=14), min_size=1, max_size=5).map(" ".join)


@given(st.lists(WORDS, min_size=2, max_size=4), st.lists(st.lists(WORDS, min_size=4, max_size=4), max_size=3))
def test_every_word_of_a_table_stands_whole(heads: list[str], rows: list[list[str]]) -> None:
    """In 80 columns, of four columns with words of at most 14 letters; the table is no wider."""
    table, out = grid(*heads), io.StringIO()
    for row in rows:
        table.add_row(*row[: len(heads)])
    Terminal(width=80, file=out).print(table)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    shown = set(out.getvalue().split())
    assert {word for cells in (heads, *(row[: len(heads)] for row in rows)) for cell in cells for word in cell.split()} <= shown
