"""Texts that become something else where nobody escapes them: in a terminal, a picture, a table, a page, a shell, a file."""

import re

TEXTS = (
    # mathematics in a picture
    *("$x_{", "$$", "$\\frac{$", "a $ b", "5$ tot 10$", "$\\alpha^$", "\\$x$", "$_$", "$\\unknown{a}$", "$^{$ en $_}$"),
    # markup of rich, emoji, formats
    *(
        "[/]",
        "x [v2]",
        "[red]rood[/red]",
        "[bold",
        "[link=http://a]b[/link]",
        "\\[/]",
        "[@click=a]b[/]",
        ":smile:",
        "[/bold]",
        "[[a]]",
    ),
    *("{x}", "{0.__class__}", "%s %(a)d %n", "{", "}}{{", "{{ 7*7 }}", "{% raise %}"),
    # what a terminal obeys
    *(
        "\x1b[31mrood",
        "\x1b]0;titel\x07",
        "\x1b[2J\x1b[H",
        "a\x00b",
        "\x07",
        "a\x08\x08b",
        "a\rb",
        "\x9b31m",
        "\x85",
        "\x7f",
        "\x0c",
    ),
    *("a\u202eb", "\u2066a\u2069", "a\u2028b", "\u200fa"),
    # formulas
    *("=cmd|calc!A0", "@SUM(A1)", "+10% projectleiders", '=HYPERLINK("http://a","b")', "-2+3+cmd|' /C calc'!A0", "=1+1", " =1+1"),
    *("\t=1+1", "a;=1+1", "a\n=1+1", "\uff1d1+1", '";=1+1;"', "=\x00cmd"),
    # pages, quotes, shells
    *("<script>alert(1)</script>", "<img src=x onerror=a>", '"><svg/onload=a>', "&lt;&amp;", "]]>", "a|b", "`a`", "$(touch a)"),
    # long, and from elsewhere
    *("é" * 300, "e\u0301" * 20, "\u6f22\u5b57", "\U0001f600", "\ud83d", "\x01\x02\x03"),
)
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet takes a cell, or a part of it where it parts cells elsewhere, for a formula. Numbers are none."""
    parts = (part.strip() for part in re.split("[;\t\n]", cell))
    return any(len(part) > 1 and part[0] in STARTS and not re.fullmatch(r"[-+]?[\d.,]+(e[-+]?\d+)? ?%?", part) for part in parts)
