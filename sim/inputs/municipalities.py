"""Which municipality is meant, by its NIS code or its name: one of those of 2025, or one that was merged into one of them."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.files import Say
from sim.inputs.tables import read_table, whole
from sim.inputs.workbook.words import plain

DATA = Path(__file__).parent / "data"
SHORT = 5  # letters of a name below which one letter more or less is as likely another place as a slip
ELSEWHERE = {"baelen", "herve", "wellin"}  # in Wallonia, a letter from one in Flanders


class Former(NamedTuple):
    """A municipality that is no more, or has another code: its name, the code of what it is now, and since which year."""

    name: str
    into: int
    since: int


@cache
def names() -> Mapping[int, str]:
    """Return the names of the municipalities by NIS code."""
    return {code: row["name"] for code, row in read_table(DATA / "municipalities.csv", key="nis").items()}


@cache
def mergers() -> Mapping[int, Former]:
    """Return the municipalities that were merged, by the NIS code that they had."""
    path = DATA / "mergers.csv"
    rows = read_table(path, key="nis")
    return {code: Former(row["name"], whole(path, row, "into"), whole(path, row, "since")) for code, row in rows.items()}


@cache
def _formerly() -> Mapping[str, Former]:
    """Return the merged municipalities by names that are no longer one's."""
    now = set(map(plain, names().values()))
    return {plain(former.name): former for former in mergers().values() if plain(former.name) not in now}


@cache
def parts(code: int) -> frozenset[int]:
    """Return the codes of what a municipality was merged of, none where it was not. One that kept its code is a part of what it is now."""
    merged = {part for part, former in mergers().items() if former.into == code}
    return frozenset(
        merged | {code} if len(merged) == 1 else merged
    )  # nothing is merged with nothing: the other is the one that kept it


class Place(NamedTuple):
    """A municipality by its NIS code; `part`: the code that a part of it had before, where only that is meant, else 0."""

    nis: int
    part: int = 0


def of_code(code: int) -> Place | None:
    """Return the municipality that has or had a NIS code."""
    if code in names():
        return Place(code)
    return Place(mergers()[code].into, code) if code in mergers() else None


def of_name(name: str) -> Place | None:
    """Return the municipality that is or was called so; of a name that is there still, the one that has it now.

    >>> of_name("GENT"), of_name("De Pinte"), of_name("Hasselt"), of_name("De Pint")
    (Place(nis=44021, part=0), Place(nis=44086, part=44012), Place(nis=71072, part=0), None)
    """
    return _by_name().get(plain(name))


@cache
def _by_name() -> Mapping[str, Place]:
    former = {plain(former.name): Place(former.into, code) for code, former in mergers().items()}
    return former | {plain(name): Place(code) for code, name in names().items()}


def is_called(place: Place, name: str) -> bool:
    """Return whether a name is that of a municipality or a part of it. Something behind it is let be, as in "Aalst (Aalst)"."""
    own = plain(mergers()[place.part].name if place.part else names()[place.nis])
    return plain(name) == own or (of_name(name) is None and plain(name).startswith(own))


def meant(found: str, in_words: Say = str.format) -> str | None:
    """Return which municipality a name or code is likely to mean that none has; None where nobody can tell. `in_words`: in which language.

    A name is taken for a slip of another one where they differ in one letter but the first, or in the order of two, and no other one is as
    near: anything further away is a place of its own more often than not.
    """
    former = mergers().get(int(found)) if found.isdecimal() and len(found) < SHORT + 2 else _formerly().get(plain(found))
    if former is not None:
        words = {"name": former.name, "into": names()[former.into], "nis": former.into, "year": former.since}
        return in_words("{name} is {into} (NIS code {nis}) since 1 January {year}", **words)
    if found.isdecimal():
        slips = [str(code) for code in names() if str(code)[0] == found[0] and _one_slip(found, str(code))]
        flemish = found[:2] in _arrondissements() and found[2:] != "000"  # that of a region, a province or Brussels is no slip
        near = difflib.get_close_matches(found, slips, 1) if flemish else []
    else:
        known = [*names().values(), *(former.name for former in _formerly().values())]
        near = [
            name for name in known if len(name) >= SHORT and _one_slip(plain(found), plain(name)) and plain(found) not in ELSEWHERE
        ]
        near = near if len(near) == 1 and plain(near[0])[0] == plain(found)[0] else []
    return in_words("did you mean {name!r}?", name=near[0]) if near else None


@cache
def _arrondissements() -> frozenset[str]:
    """Return how the codes of Flanders begin."""
    return frozenset(str(code)[:2] for code in names())


def _one_slip(found: str, known: str) -> bool:
    """Return whether one letter too many, too few or another, or two in the wrong order, make one word of the other."""
    same = next((i for i, (a, b) in enumerate(zip(found, known, strict=False)) if a != b), min(len(found), len(known)))
    a, b = found[same:], known[same:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def allowed() -> str:
    """Return in words which codes there are."""
    first, *_, last = (f"{code} ({name})" for code, name in sorted(names().items()))
    return f"allowed: the NIS codes of {len(names())} municipalities, {first} to {last}"


def refuse_unknown_code(code: int, known: Collection[int], path: Path, place: str) -> None:
    """Raise InputError for a NIS code that is not among those that are known, with what it may have been meant for."""
    if code not in known:
        raise InputError(path, place, f"unknown NIS code {code}; {meant(str(code)) or allowed()}")


def same_municipalities(path: Path, table: Mapping[int, object], known: Mapping[int, Mapping[str, str]]) -> None:
    """Raise InputError unless `table` has exactly the municipalities of `known` (NIS code -> row)."""
    for code in table:
        refuse_unknown_code(code, known, path, "nis")
    if missing := [code for code in known if code not in table]:
        raise not_all(path, missing, known)


def not_all(path: Path, missing: Sequence[int], known: Mapping[int, Mapping[str, str]], hint: str = "") -> InputError:
    """Return the error for a table in which some of the municipalities of `known` (NIS code -> row) are missing."""
    listed = ", ".join(f"{code} {known[code]['name']}" for code in missing[:3]) + (", ..." if len(missing) > 3 else "")
    return InputError(path, "nis", f"{len(missing)} of {len(known)} municipalities missing: {listed}{f'; {hint}' if hint else ''}")
