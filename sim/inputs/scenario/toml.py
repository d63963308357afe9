"""TOML files read with care: bounded size and depth, finite numbers, one file extending another."""

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError, nearest
from sim.inputs.files import read_text, resolved
from sim.inputs.scenario.mistyped import twofold, why_not

MAX_BYTES = 1_000_000
MAX_DEPTH = 8
MAX_CHAIN = 20  # files that extend each other
# An installed package has them inside, a checkout beside `sim`.
_SHIPPED, _CHECKOUT = Path(__file__).parents[2] / "shipped", Path(__file__).parents[3]
LIBRARY = (_SHIPPED if _SHIPPED.is_dir() else _CHECKOUT) / "scenarios"
# Studies of the baseline that are kept and quoted: `make reference` makes them anew.
REFERENCE = LIBRARY.parent / "results" / "reference"
MAX_KEY = 200  # tomllib takes quadratic time on very long dotted keys


class Written(float):
    """A number of a file that is not whole, with how it is written there."""

    text: str

    def __new__(cls, text: str) -> "Written":
        """Return the number that a text says."""
        number = super().__new__(cls, text)
        number.text = str(text)
        return number


def written(value: object) -> str:
    """Return how a value is written in its file."""
    return value.text if isinstance(value, Written) else str(value)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file. Raises InputError for a file that is missing, too large, not TOML, too deep or not finite."""
    text = read_text(path, MAX_BYTES)
    for number, line in enumerate(text.splitlines(), 1):
        if line.split("=")[0].count(".") > MAX_KEY:
            raise InputError(path, f"line {number}", f"a key of more than {MAX_KEY} parts")
    try:
        tables = tomllib.loads(text, parse_float=Written)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, *why_not(str(error), text)) from None
    except ValueError as error:  # a whole number of thousands of digits
        raise InputError(path, "", f"not valid TOML: {str(error)[:80]}") from None
    except RecursionError:
        raise InputError(path, "", f"nested deeper than {MAX_DEPTH} levels") from None
    if unclear := twofold(text):
        meant = unclear[1].replace(",", ".")
        problem = f"found {unclear[1]}; {meant}, or a space behind the comma of a list, is needed, as it may mean either"
        raise InputError(path, f"line {unclear[0]}", problem)
    _check(path, tables, "", 0)
    return tables


def _check(path: Path, node: object, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InputError(path, place[:80], f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, float) and not math.isfinite(node):
        raise InputError(path, place, f"found {node}; only finite numbers are allowed")
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        _check(path, child, f"{place}.{key}" if place else str(key), depth + 1)


OWNED = (
    "parameters",
    "points",
    "parts",
    "minimum",
    "maximum",
    "constant",
    "range",
)  # what belongs to a distribution, and falls away with it
SHAPES = frozenset(("parameters", "points", "parts"))  # given anew, they take the place of a constant
CHANGES = frozenset(("value", "distribution", *SHAPES, "minimum", "maximum", "constant", "dates"))  # what a source speaks of


def merge(base: Mapping[str, Any], over: Mapping[str, Any], by: str, place: str = "") -> dict[str, Any]:
    """Return `base` with `over` laid on it: tables are merged key by key, anything else (a list, a distribution's parameters) is replaced.

    A distribution given anew owns its parameters, cut-offs and range: those of the old one fall away, and none is kept in silence; where
    its parameters, points or parts are given anew, a constant that took its place does. Raises InputError for another unit than that of `base`.
    A value that is changed without a source of its own loses the old one: its source becomes the file it is changed `by`.
    """
    unit = over.get("unit", base.get("unit"))
    if "unit" in base and unit != base["unit"] and "from" not in over:  # a value of another law says from when on it holds
        raise InputError(by, f"{place}unit", f"found {unit!r}; {base['unit']!r} is allowed, in which its values are")
    gone = OWNED if "distribution" in over else ("constant",) if not SHAPES.isdisjoint(over) else ()
    merged = {key: value for key, value in base.items() if key not in gone} if gone else {**base}
    if "source" in base and "source" not in over and not CHANGES.isdisjoint(over):
        merged["source"] = f"set by {by}, instead of: {base['source']}"
        merged["status"] = over.get("status", "assumed" if base.get("status") in ("found", "derived", "assumed") else "reading")
    for key, value in over.items():
        old = merged.get(key)
        whole = key == "parameters" or not (isinstance(old, dict) and isinstance(value, dict))
        merged[key] = value if whole else merge(merged[key], value, by, f"{place}{key}.")
    return merged


def read_extended(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the tables of a file laid over the file that its `extends` names (relative to it), and so on up.

    Raises InputError for a circle of files.
    """
    tables, file = read_toml(path), resolved(path)
    if file in seen:
        raise InputError(path, "extends", "the files extend each other in a circle")
    if len(seen) > MAX_CHAIN:
        raise InputError(path, "extends", f"a chain of more than {MAX_CHAIN} files")
    parent = tables.pop("extends", None)
    if parent is None:
        return tables
    if not isinstance(parent, str):
        raise InputError(path, "extends", f"found {parent!r}; the name of a scenario file is allowed")
    under = read_extended(_extended(path, parent), (*seen, file))
    for key, language in (("title", "changed by"), ("title_nl", "gewijzigd door")):
        if key in under and key not in tables:
            tables[key] = f"{under[key]} ({language} {path.name})"
    return merge(under, tables, path.name)


def _extended(path: Path, parent: str) -> Path:
    """Return the file that another one extends: beside it, or in the library by its path there or its name alone.

    Raises InputError with the nearest name for a name that is none.
    """
    named = parent if parent.endswith(".toml") else f"{parent}.toml"
    for base in (path.parent / parent, path.parent / named, LIBRARY / named):
        if base.is_file() and (base.name == parent or resolved(base) != resolved(path)):
            return base
    name = parent.removesuffix(".toml")
    if len(Path(parent).parts) > 1:
        return path.parent / named  # which cannot be read, and says so
    known = {found.stem: found for found in sorted(LIBRARY.glob("**/*.toml")) if found.parent.name != "sweeps"}
    if name not in known:
        raise InputError(path, "extends", f"no such scenario {parent!r}; {nearest(name, known)}")
    return known[name]
