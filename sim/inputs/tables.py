"""The package's own tables, CSV with commas in UTF-8: every cell is what its column asks, every municipality stands once.

What people bring is read by `sim.inputs.sheets`.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sim.inputs.errors import InputError
from sim.inputs.files import digest_of, read_bytes

LARGEST = 10_000_000
DIGITS = len(str(LARGEST))


def digest(path: Path) -> str:
    """Return the SHA-256 of a text; its line ends do not count. Raises InputError when it cannot be read."""
    return digest_of(read_bytes(path))


def read_rows(path: Path, key: str = "nis") -> list[dict[str, str]]:
    """Return the rows of a CSV as dictionaries with their line number under 'line'.

    Raises InputError when it cannot be read, or has no column `key`.
    """
    try:
        reader = csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8-sig"), newline=""), restkey="too many")
        double = [c for c, n in Counter(reader.fieldnames or []).items() if n > 1]
        if double:
            raise InputError(path, "header", f"column {double[0]!r} stands twice")
        rows = [{**row, "line": str(reader.line_num)} for row in reader]
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
