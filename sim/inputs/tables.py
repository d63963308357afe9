"""CSV tables read with care: every cell is what its column asks, every municipality stands once."""

import csv
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from sim.inputs.errors import InputError, nearest

LARGEST = 10_000_000
DIGITS = len(str(LARGEST))


def text_of(path: Path) -> bytes:
    """Return the bytes of a text with the line ends of the repository, whatever a checkout or a spreadsheet made of them. Raises OSError."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def digest(path: Path) -> str:
    """Return the SHA-256 of a text; its line ends do not count. Raises InputError when it cannot be read."""
    try:
        return hashlib.sha256(text_of(path)).hexdigest()
    except OSError as error:
        raise InputError(path, "", f"cannot be read ({error.strerror or error})") from None


def read_rows(path: Path, key: str = "nis") -> list[dict[str, str]]:
    """Return the rows of a CSV as dictionaries with their line number under 'line'.

    Raises InputError when it cannot be read, or has no column `key`.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restkey="too many")
            double = [c for c, n in Counter(reader.fieldnames or []).items() if n > 1]
            if double:
                raise InputError(path, "header", f"column {double[0]!r} stands twice")
            rows = [{**row, "line": str(reader.line_num)} for row in reader]
    except OSError as error:
        raise InputError(path, "", f"cannot be read ({error.strerror or error})") from None
    except InputError:
        raise
    except (ValueError, csv.Error) as error:
        raise InputError(path, "", f"not a CSV table in UTF-8 ({error})") from None
    if not rows:
        raise InputError(path, "", "no rows")
    if key not in rows[0]:
        raise InputError(path, "header", f"no column {key!r}; found {', '.join(list(rows[0])[:-1])}")
    for row in rows:
        if "too many" in row or None in row.values():
            raise InputError(path, f"line {row['line']}", "another number of cells than the header")
    return rows


def read_table(path: Path, key: str) -> dict[int, dict[str, str]]:
    """Return the rows of a CSV by the whole number in column `key`. Raises InputError for a missing or double one."""
    table: dict[int, dict[str, str]] = {}
    for row in read_rows(path):
        number = whole(path, row, key)
        if number in table:
            raise InputError(path, f"line {row['line']}, {key}", f"{number} stands twice (also line {table[number]['line']})")
        table[number] = row
    return table


def whole(path: Path, row: Mapping[str, str], column: str, least: int = 0) -> int:
    """Return the whole number in a column of a row. Raises InputError for anything else, or one below `least` or above LARGEST."""
    text = row[column].strip()
    digits = text.removeprefix("-") if least < 0 else text
    number = int(text) if digits.isascii() and digits.isdigit() and len(digits) <= DIGITS else least - 1
    if not least <= number <= LARGEST:
        allowed = f"a whole number from {least} to {LARGEST} is allowed"
        raise InputError(path, f"line {row['line']}, {column}", f"found {text[:40]!r}; {allowed}")
    return number


def refuse_unknown_code(code: int, known: Collection[int], path: Path, place: str) -> None:
    """Raise InputError for a NIS code that is not among those that are known."""
    if code not in known:
        raise InputError(path, place, f"unknown NIS code {code}; {nearest(str(code), map(str, known))}")


def same_municipalities(path: Path, table: Mapping[int, object], known: Mapping[int, Mapping[str, str]], hint: str = "") -> None:
    """Raise InputError unless `table` has exactly the municipalities of `known` (NIS code -> row)."""
    for code in table:
        refuse_unknown_code(code, known, path, "nis")
    missing = [code for code in known if code not in table]
    if missing:
        listed = ", ".join(f"{code} {known[code]['name']}" for code in missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise InputError(path, "nis", f"{len(missing)} of {len(known)} municipalities missing: {listed}{hint}")
