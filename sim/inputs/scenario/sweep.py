"""A sweep: levers crossed, from one file. Each axis has named choices, each a table of changes or a scenario file whose changes it takes."""

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import Field

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.files import resolved
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.model import Scenario, changed, load_scenario, validated
from sim.inputs.scenario.toml import merge, read_toml

MOST = 400  # options
NAME = re.compile(r"[\w-]{1,40}")  # it becomes the name of a folder
CHANGES = ("levers", "uncertainties", "law_changes", "companies")  # what an option may differ in
WORDS = ("title", "title_nl", "extends", "status", "source", "unit")  # not themselves a change
TITLES = ("title", "title_nl")  # of a choice; without one it is called by its name
Choice = dict[str, Any] | str


class Sweep(Frozen):
    """The file of a sweep. `axes`: choices by name, the first of each is the base. `options`: which to take; without it all combinations."""

    title: str = Field(min_length=1)
    title_nl: str = Field(min_length=1)
    base: str
    rank: str
    replications: int | None = Field(default=None, ge=2, le=1_000_000)
    axes: dict[str, dict[str, Choice]] = Field(min_length=1, max_length=8)
    options: list[dict[str, str]] | None = Field(default=None, max_length=MOST)


class Point(Frozen):
    """One combination: its choice on every axis, and the scenario that it is, titled by what it chooses otherwise than the base."""

    choices: dict[str, str]
    scenario: Scenario


def is_sweep(path: Path) -> bool:
    """Return whether a TOML file is that of a sweep: it has axes. Raises InputError when it cannot be read."""
    return path.suffix.lower() == ".toml" and path.exists() and "axes" in read_toml(path)


def read_sweep(
    path: Path, outcomes: Mapping[str, Any], seed: int | None = None, replications: int | None = None
) -> tuple[Sweep, list[Point]]:
    """Return a sweep and its points, that of all first choices first. `outcomes`: the names that `rank` may have.

    Raises InputError naming the file, the place and what is allowed, also for two axes that change the same value.
    """
    sweep = validated(Sweep, read_toml(path), path)
    refuse_unknown(sweep.rank, outcomes, path, "rank", "outcome")
    for axis, named in sweep.axes.items():
        place = f"axes.{axis}"
        if not named:
            raise InputError(path, place, "no choices; at least one is needed")
        for name in (axis, *named):
            if not NAME.fullmatch(name):
                raise InputError(path, place, f"found the name {name!r}; letters, digits, - and _ are allowed, 40 at the most")
        if named[first := next(iter(named))] != {}:
            problem = "the first choice is that of the base and changes nothing: {} is allowed"
            raise InputError(path, f"{place}.{first}", problem)
    base = load_scenario(path.parent / sweep.base, seed, sweep.replications if replications is None else replications)
    changes = {
        axis: {name: _changes(choice, path, f"axes.{axis}.{name}", sweep.base) for name, choice in named.items()}
        for axis, named in sweep.axes.items()
    }
    _check_apart(changes, path)
    points: list[Point] = []
    for choices in _combinations(sweep, path):
        tables = reduce(lambda under, over: merge(under, over, path.name), (changes[a][c] for a, c in choices.items()))
        other = {axis: name for axis, name in choices.items() if points and name != points[0].choices[axis]}
        called = [_titles(sweep.axes[axis][name], name, path) for axis, name in other.items()]
        titles = {key: " + ".join(titles[key] for titles in called) for key in TITLES if called}
        scenario = changed(base, {**tables, **titles}, "+".join(other.values()) or base.name, str(path))
        points.append(Point(choices=choices, scenario=scenario))
    if len(points) < 2:
        raise InputError(path, "axes", "no combination but the base; at least one other is needed")
    return sweep, points


def _titles(choice: Choice, name: str, path: Path) -> dict[str, str]:
    """Return what a choice is called in each language: by its own titles, those of the scenario file that it is, or its name."""
    table = read_toml(path.parent / choice) if isinstance(choice, str) else choice
    return {key: str(table.get(key, name.replace("_", " "))) for key in TITLES}


def _combinations(sweep: Sweep, path: Path) -> list[dict[str, str]]:
    """Return the choice on every axis of each point, the base first and none twice."""
    first = {axis: next(iter(choices)) for axis, choices in sweep.axes.items()}
    if sweep.options is None:
        count = prod(map(len, sweep.axes.values()))  # before any is made
        if count > MOST:
            raise InputError(path, "axes", f"{count} combinations; at most {MOST} are allowed, or a list of options")
        return [dict(zip(sweep.axes, names, strict=True)) for names in product(*(list(c) for c in sweep.axes.values()))]
    points = [first]
    for number, option in enumerate(sweep.options):
        for axis, name in option.items():
            place = f"options.{number}.{axis}"
            if axis not in sweep.axes:
                raise InputError(path, place, f"unknown axis; {nearest(axis, sweep.axes)}")
            refuse_unknown(name, sweep.axes[axis], path, place, "choice")
        if (whole := {**first, **option}) not in points:
            points.append(whole)
    return points


def _changes(choice: Choice, path: Path, place: str, base: str) -> dict[str, Any]:
    """Return the changes of a choice: its own table, or those of a scenario file and of what that extends, up to the base of the sweep."""
    if isinstance(choice, dict):
        return _allowed({key: value for key, value in choice.items() if key not in TITLES}, path, place)
    file, end = resolved(path.parent / choice), resolved(path.parent / base)
    merged: dict[str, Any] = {}
    for _ in range(20):
        if file == end:
            changes = {key: value for key, value in merged.items() if key not in (*TITLES, "extends")}
            return _allowed(changes, path, place)
        tables = read_toml(file)
        if not isinstance(tables.get("extends"), str):
            break
        merged, file = merge(tables, merged, file.name), resolved(file.parent / tables["extends"])
    raise InputError(path, place, f"{choice} does not extend {base}, the base of the sweep")


def _allowed(changes: dict[str, Any], path: Path, place: str) -> dict[str, Any]:
    """Return changes that a choice may make. Raises InputError for what belongs to all options alike: seed, replications, period, figures."""
    for key in changes:
        if key not in CHANGES:
            raise InputError(path, f"{place}.{key}", f"not a choice; {nearest(key, CHANGES)}")
    return changes


def _check_apart(changes: Mapping[str, Mapping[str, dict[str, Any]]], path: Path) -> None:
    """Raise InputError when two axes change the same value: nobody could say which holds."""
    owners: dict[str, str] = {}
    for axis, choices in changes.items():
        for place in (place for tables in choices.values() for place in _leaves(tables)):
            if owners.setdefault(place, axis) != axis:
                problem = f"changes {place}, as axes.{owners[place]} does; each value belongs to one axis"
                raise InputError(path, f"axes.{axis}", problem)


def _leaves(tables: Mapping[str, Any], place: str = "") -> Iterator[str]:
    for key, value in tables.items():
        if isinstance(value, dict) and key != "parameters":
            yield from _leaves(value, f"{place}{key}.")
        elif key not in WORDS:
            yield f"{place}{key}"
