"""Numbers and texts as people type them in a TOML file: understood where they can mean one thing only, else named by what is needed."""

import re
from collections.abc import Callable
from fractions import Fraction

DIGITS = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
PERCENT = re.compile(r"([+-]?\d+([.,]\d+)?)\s*%", re.ASCII)
# texts and comments of a line or more, in which anything may stand
TEXTS = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
TWOFOLD = re.compile(r"(?<![\w.])0,[1-9]\d*")  # in a list it may be one number with a decimal comma, or two

YES, NO = ("ja", "yes", "on", "aan", "waar", "true"), ("nee", "no", "off", "uit", "onwaar", "false")

Hint = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def plain(number: Fraction) -> str:
    """Return a number as TOML has it.

    >>> plain(Fraction(1, 20)), plain(Fraction(45_000))
    ('0.05', '45000')
    """
    return str(number) if number.denominator == 1 else repr(float(number))


def number_in(text: str) -> Fraction | None:
    """Return the number that a text says with a decimal comma or as a percentage, as people type it; None for any other text.

    >>> [number_in(text) for text in ("10%", "12,5 %", "0,05", "0.05", "half")]
    [Fraction(1, 10), Fraction(1, 8), Fraction(1, 20), Fraction(1, 20), None]
    """
    text = text.strip()
    if len(text) > 60:
        return None
    if share := PERCENT.fullmatch(text):
        return Fraction(share[1].replace(",", ".")) / 100
    return Fraction(text.replace(",", ".")) if DIGITS.fullmatch(text) else None


def twofold(text: str) -> tuple[int, str] | None:
    """Return line and text of the first `0,1` of a list, which may be 0.1 as well as 0 and 1; None where there is none.

    >>> twofold('rates = [0,1, 0,2]'), twofold('shares = ["0,1", 0, 1]  # 0,1')
    ((1, '0,1'), None)
    """
    bare = TEXTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    found = TWOFOLD.search(bare)
    return (bare.count("\n", 0, found.start()) + 1, found[0]) if found else None


def _comma(found: re.Match[str]) -> str:
    whole, rest = found[1].replace(".", "").replace(" ", ""), found[2]
    return f"found {found[1]},{found[2]}; a number is written with a point: {whole}.{rest}"


def _spaced(found: re.Match[str]) -> str:
    return f"found {found[1]}; a number is written without a space: {re.sub(r'[^0-9]', '', found[1])}"


def _percent(found: re.Match[str]) -> str:
    share = number_in(found[0].lstrip("= [,"))
    return f'found {found[1]}%; {plain(share)} or "{found[1]}%" is needed' if share is not None else "found %; a number is needed"


def _switch(found: re.Match[str]) -> str:
    right = "true" if found[1].lower() in YES else "false"
    return f"found {found[1]}; {right} is needed"


# What is wrong with a line that is no TOML, by how it is typed: the first that fits is said.
HINTS: tuple[Hint, ...] = (
    (re.compile("([“”„«»‘’‚])"), lambda f: f"found {f[1]}; straight quotes (\" or ') are needed"),
    (
        re.compile(r'"[^"]*(\\)[^"]*"'),
        lambda f: "found \\ between double quotes; / or single quotes ('C:\\folder\\file.csv') are needed",
    ),
    (re.compile(r"[=\[,]\s*(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)"), lambda f: f"found {f[1]}; a date is written as 2042-12-31"),
    (re.compile(r"[=\[,]\s*([+-]?\d+(?:[.,]\d+)?)\s*%"), _percent),
    (re.compile(r"=\s*([+-]?\d+/\d+)\s*(?:#.*)?$"), lambda f: f'found {f[1]}; quotes are needed: "{f[1]}"'),
    (re.compile(r"=\s*(\d{1,3}(?:[   ]\d{3})+)\s*(?:#.*)?$"), _spaced),
    (re.compile(r"[=\[,]\s*([+-]?\d[\d. ]*),(\d+)"), _comma),
    (re.compile(rf"=\s*({'|'.join((*YES, *NO))})\s*(?:#.*)?$", re.IGNORECASE), _switch),
    (re.compile(r"=\s*([^\W\d][\w .-]*?)\s*(?:#.*)?$"), lambda f: f'found {f[1]}; a text stands between quotes: "{f[1]}"'),
    (re.compile(r"^\s*[^=\[]+:\s*\S"), lambda f: "found ':'; '=' stands between a name and its value"),
    (re.compile(r"=\s*(?:#.*)?$"), lambda f: "no value behind '='"),
)


def why_not(problem: str, text: str) -> tuple[str, str]:
    """Return the place of what makes a text no TOML, and what is wrong with it. `problem`: as the reader of TOML says it."""
    found = re.fullmatch(r"(.*?) \(at line (\d+), column \d+\)", problem)
    if found is None:
        return "", f"not valid TOML: {problem}"
    place, line = f"line {found[2]}", text.split("\n")[int(found[2]) - 1]
    if "overwrite" in problem or "twice" in problem or "mutate" in problem:
        name = line.split("=")[0].strip(" []\r")
        return place, f"not valid TOML: {name} is given twice; once is allowed"
    for pattern, hint in HINTS:
        if wrong := pattern.search(line):
            return place, f"not valid TOML: {hint(wrong)}"
    return place, f"not valid TOML: {found[1]}"
