"""TOML files read with care: bounded size and depth, finite numbers, one file extending another."""

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError

MAX_BYTES = 1_000_000
MAX_DEPTH = 8
MAX_KEY = 200  # tomllib takes quadratic time on very long dotted keys


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file. Raises InputError for a file that is missing, too large, not TOML, too deep or not finite."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(path, "", f"cannot be read ({error.strerror or error})") from None
    if len(raw) > MAX_BYTES:
        raise InputError(path, "", f"{len(raw)} bytes; at most {MAX_BYTES} are allowed")
    try:
        text = raw.decode("utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if line.split("=")[0].count(".") > MAX_KEY:
                raise InputError(path, f"line {number}", f"a key of more than {MAX_KEY} parts")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(path, f"byte {error.start}", "not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, "", f"not valid TOML: {error}") from None
    except RecursionError:
        raise InputError(path, "", f"nested deeper than {MAX_DEPTH} levels") from None
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


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid on it: tables are merged key by key, anything else (a list, a distribution's parameters) is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        whole = key == "parameters" or not (isinstance(old, dict) and isinstance(value, dict))
        merged[key] = value if whole else merge(merged[key], value)
    return merged


def read_extended(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the tables of a file laid over the file that its `extends` names (relative to it), and so on up.

    Raises InputError for a circle of files.
    """
    path = path.resolve() if seen else path
    if path.resolve() in seen:
        raise InputError(path, "extends", "the files extend each other in a circle")
    tables = read_toml(path)
    parent = tables.pop("extends", None)
    if parent is None:
        return tables
    if not isinstance(parent, str):
        raise InputError(path, "extends", f"found {parent!r}; the name of a scenario file is allowed")
    return merge(read_extended(path.parent / parent, (*seen, path.resolve())), tables)
