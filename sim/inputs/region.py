"""Flanders as it is on the starting day: municipalities, companies, and the plausible populations of what is not published."""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError, nearest
from sim.inputs.scenario import Scenario

DATA = Path(__file__).parent / "data"
ESTIMATED = (
    "stock",
    "rented_in",
    "objective_regular",
    "sib",
    "overshoot",
    "target_group",
    "land_company",
    "land_public",
    "pipeline_preparation",
    "pipeline_mjp",
    "pipeline_ktp",
    "pipeline_construction",
    "pipeline_dormant",
)
HOUSEHOLDS_PER_LANE = 5_000  # a large municipality reads its draws from several columns, fixed by its size on the starting day
LARGEST = 10_000_000
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Region:
    """Municipalities (M, in the order of their NIS code), companies (C, in the order of their name), populations (P).

    `company`: index of each municipality's company. `households`, `households_2042`: at the start and, projected, at the end of 2042.
    `neighbours`: int64[n, 2], indices of adjacent municipalities, each pair once.
    `permits`: new dwellings permitted a year, mean of 2015-2024. `higher_premium`: 0 or 1.
    `estimates`: for each column of ESTIMATED an int64 array (P x M), in dwellings; population 0 is the central estimate.
    `estimated_under`: the law's objective and ceiling under which the objectives were estimated.
    `growth`: official growth paths (annex 35), int64[M, L], -1 for a municipality without one; None without any.
    `files`: SHA-256 of every file read, by name.
    """

    nis: Whole
    names: tuple[str, ...]
    company: Whole
    company_names: tuple[str, ...]
    households: Whole
    households_2042: Whole
    neighbours: Whole
    permits: NDArray[np.float64]
    higher_premium: Whole
    estimates: Mapping[str, Whole]
    files: Mapping[str, str]
    growth: Whole | None = None
    estimated_under: tuple[int, Fraction] = (45_000, Fraction(9, 100))

    @property
    def populations(self) -> int:
        """Number of plausible populations."""
        return len(self.estimates["stock"])

    @property
    def lanes(self) -> Whole:
        """Columns of the draw tables that each municipality reads, by its households."""
        return 2 + self.households // HOUSEHOLDS_PER_LANE


def load_region(scenario: Scenario | None = None, folder: Path = DATA) -> Region:
    """Read the package's tables and lay the scenario's official figures over them. The order of rows does not matter.

    Raises InputError naming file, row and column for a missing, double or unknown NIS code or a value that cannot be.
    """
    facts = read_table(folder / "municipalities.csv", key="nis")
    nis = np.array(sorted(facts), np.int64)
    names = tuple(facts[n]["name"] for n in nis)
    households = read_table(folder / "households.csv", key="nis")
    same_municipalities(folder / "households.csv", households, facts)
    companies = tuple(sorted({facts[n]["company"] for n in nis}))
    estimates = _estimates(folder / "estimates.csv", facts)
    files = {
        p.name: digest(p) for p in (folder / f for f in ("municipalities.csv", "households.csv", "adjacency.csv", "estimates.csv"))
    }
    growth = None
    if scenario is not None and scenario.official is not None:
        path = Path(scenario.folder) / scenario.official.file
        growth = lay_over(estimates, path, nis, names, scenario.official.partial, len(scenario.law.growth_path))
        files[path.name] = digest(path)
    return Region(
        nis=nis,
        names=names,
        company=np.array([companies.index(facts[n]["company"]) for n in nis], np.int64),
        company_names=companies,
        households=np.array([_whole(folder / "households.csv", households[n], "2026") for n in nis], np.int64),
        households_2042=np.array([_whole(folder / "households.csv", households[n], "2043") for n in nis], np.int64),
        neighbours=_neighbours(folder / "adjacency.csv", nis),
        permits=np.array([float(facts[n]["permits_mean_2015_2024"]) for n in nis]),
        higher_premium=np.array([_whole(folder / "municipalities.csv", facts[n], "higher_premium") for n in nis], np.int64),
        estimates=estimates,
        growth=growth,
        files=files,
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
        number = _whole(path, row, key)
        if number in table:
            raise InputError(path, f"line {row['line']}, {key}", f"{number} stands twice (also line {table[number]['line']})")
        table[number] = row
    return table


def _whole(path: Path, row: Mapping[str, str], column: str) -> int:
    text = row[column].strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST)) or int(text) > LARGEST:
        raise InputError(
            path, f"line {row['line']}, {column}", f"found {text[:40]!r}; a whole number from 0 to {LARGEST} is allowed"
        )
    return int(text)


def same_municipalities(path: Path, table: Mapping[int, object], known: Mapping[int, Mapping[str, str]], hint: str = "") -> None:
    """Raise InputError unless `table` has exactly the municipalities of `known` (NIS code -> row)."""
    for code in table:
        if code not in known:
            raise InputError(path, "nis", f"unknown NIS code {code}; {nearest(str(code), map(str, known))}")
    missing = [code for code in known if code not in table]
    if missing:
        listed = ", ".join(f"{code} {known[code]['name']}" for code in missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise InputError(path, "nis", f"{len(missing)} of {len(known)} municipalities missing: {listed}{hint}")


def _neighbours(path: Path, nis: Whole) -> Whole:
    index = {int(code): i for i, code in enumerate(nis)}
    pairs = set()
    for row in read_rows(path, "nis_a"):
        ends = [_whole(path, row, column) for column in ("nis_a", "nis_b")]
        for code in ends:
            if code not in index:
                raise InputError(path, f"line {row['line']}", f"unknown NIS code {code}; {nearest(str(code), map(str, index))}")
        pairs.add(tuple(sorted(index[code] for code in ends)))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _estimates(path: Path, facts: Mapping[int, Mapping[str, str]]) -> dict[str, Whole]:
    rows = read_rows(path)
    for column in ("population", *ESTIMATED):
        if column not in rows[0]:
            raise InputError(path, "header", f"no column {column!r}")
    populations: dict[int, dict[int, dict[str, str]]] = {}
    for row in rows:
        members = populations.setdefault(_whole(path, row, "population"), {})
        code = _whole(path, row, "nis")
        if code in members:
            raise InputError(path, f"line {row['line']}, nis", f"{code} stands twice in population {row['population']}")
        members[code] = row
    if sorted(populations) != list(range(len(populations))):
        raise InputError(path, "population", f"found {sorted(populations)}; 0, 1, 2, ... without a gap is needed")
    for members in populations.values():
        same_municipalities(path, members, facts)
    order = sorted(facts)
    return {
        column: np.array([[_whole(path, populations[p][n], column) for n in order] for p in range(len(populations))], np.int64)
        for column in ESTIMATED
    }


def lay_over(
    estimates: dict[str, Whole], path: Path, nis: Whole, names: tuple[str, ...], partial: bool, legislatures: int
) -> Whole | None:
    """Lay the official figures of a CSV (`nis` and columns of ESTIMATED) over every population. Raises InputError for what cannot be.

    Returns the growth paths (annex 35) of columns g1, g2, ... (int64[M, legislatures], -1 where the table has no row), or None without them.
    They must add up to the municipality's regular objective; without a column for that, their sum is the objective.
    """
    table = read_table(path, key="nis")
    known = {int(code): {"name": name} for code, name in zip(nis, names, strict=True)}
    paths = [f"g{i + 1}" for i in range(legislatures)]
    columns = [c for c in next(iter(table.values())) if c not in ("nis", "name", "line")]
    for column in columns:
        if column not in (*ESTIMATED, *paths):
            raise InputError(path, "header", f"unknown column {column!r}; {nearest(column, (*ESTIMATED, *paths))}")
    if not columns:
        raise InputError(path, "header", f"no column beside nis; allowed: {', '.join((*ESTIMATED, *paths))}")
    given = [c for c in columns if c in paths]
    if given and given != paths:
        raise InputError(path, "header", f"found {', '.join(given)}; all of {', '.join(paths)} or none is allowed")
    if partial:
        same_municipalities(path, table, {code: known[code] for code in known if code in table})
    else:
        same_municipalities(path, table, known, "; set official.partial = true to lay figures over some municipalities only")
    growth = np.full((len(nis), legislatures), -1, np.int64)
    index = {int(code): i for i, code in enumerate(nis)}
    for code, row in table.items():
        place = f"line {row['line']}"
        for column in columns:
            if column in ESTIMATED:
                estimates[column][:, index[code]] = _whole(path, row, column)
        if (estimates["rented_in"][:, index[code]] > estimates["stock"][:, index[code]]).any():
            raise InputError(path, place, f"{known[code]['name']}: more dwellings rented in than the social stock holds")
        if given:
            growth[index[code]] = [_whole(path, row, column) for column in paths]
            total = growth[index[code]].sum()
            if "objective_regular" not in columns:
                estimates["objective_regular"][:, index[code]] = total
            elif total != _whole(path, row, "objective_regular"):
                problem = f"found {total} together; objective_regular is {_whole(path, row, 'objective_regular')}"
                raise InputError(path, f"{place}, {' + '.join(paths)}", problem)
    return growth if given else None


def check_table(path: Path) -> str:
    """Check a CSV of official figures and return what it holds. Raises InputError for what cannot be."""
    region = load_region()
    estimates = {name: values.copy() for name, values in region.estimates.items()}
    table = read_table(path, key="nis")
    columns = [c for c in next(iter(table.values())) if c not in ("nis", "name", "line")]
    legislatures = sum(re.fullmatch(r"g[1-8]", c) is not None for c in columns) or 3
    lay_over(estimates, path, region.nis, region.names, len(table) < len(region.nis), legislatures)
    part = "" if len(table) == len(region.nis) else "; only with official.partial = true"
    return f"valid table of {', '.join(columns)} for {len(table)} of {len(region.nis)} municipalities{part}"
