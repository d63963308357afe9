"""What the user's own tables lay over the region: official figures of municipalities, and swaps of objectives."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.months import month_number
from sim.inputs.region.model import KNOWN, Region, Whole
from sim.inputs.scenario.model import Scenario
from sim.inputs.tables import read_rows, read_table, refuse_unknown_code, same_municipalities, whole
from sim.inputs.workbook.data import Workbook
from sim.rules.agreements import movable

OWN_FIGURES = ("objective_regular", "sib", "stock", "rented_in")
SWAP = ("from", "to", "dwellings")
Swaps = dict[tuple[int, int], tuple[str, int]]  # by giver and taker: the line that says so, and the dwellings


def lay_over(
    estimates: dict[str, Whole], path: Path, nis: Whole, names: tuple[str, ...], partial: bool, legislatures: int
) -> Whole | None:
    """Lay the official figures of a CSV (`nis` and columns of `estimates`) over every population. Raises InputError for what cannot be.

    Returns the growth paths (annex 35) of columns g1, g2, ... (int64[M, legislatures], -1 where the table has no row), or None without them.
    They must add up to the municipality's regular objective; without a column for that, their sum is the objective.
    """
    table = read_table(path, key="nis")
    known = {int(code): {"name": name} for code, name in zip(nis, names, strict=True)}
    index = {code: i for i, code in enumerate(known)}
    paths = [f"g{i + 1}" for i in range(legislatures)]
    columns, allowed = columns_of(table), (*(name for name in estimates if name != KNOWN), *paths)
    for column in columns:
        refuse_unknown(column, allowed, path, "header", "column")
    if not columns:
        raise InputError(path, "header", f"no column beside nis; allowed: {', '.join(allowed)}")
    given = [c for c in columns if c in paths]
    if given and given != paths:
        raise InputError(path, "header", f"found {', '.join(given)}; all of {', '.join(paths)} or none is allowed")
    asked = {code: row for code, row in known.items() if code in table} if partial else known
    same_municipalities(path, table, asked, "; set official.partial = true to lay figures over some municipalities only")
    growth = np.full((len(nis), legislatures), -1, np.int64)
    for code, row in table.items():
        i, place = index[code], f"line {row['line']}"
        for column in columns:
            if column in estimates:
                estimates[column][:, i] = whole(path, row, column)
        if (estimates["rented_in"][:, i] > estimates["stock"][:, i]).any():
            raise InputError(path, place, f"{known[code]['name']}: more dwellings rented in than the social stock holds")
        if given:
            growth[i] = [whole(path, row, column) for column in paths]
            total = growth[i].sum()
            if "objective_regular" not in columns:
                estimates["objective_regular"][:, i] = total
            elif total != whole(path, row, "objective_regular"):
                problem = f"found {total} together; objective_regular is {whole(path, row, 'objective_regular')}"
                raise InputError(path, f"{place}, {' + '.join(paths)}", problem)
    return growth if given else None


def columns_of(table: Mapping[int, Mapping[str, str]]) -> list[str]:
    """Return the columns of a table that hold figures."""
    return [column for column in next(iter(table.values())) if column not in ("nis", "name", "line")]


def lay_workbooks(estimates: dict[str, Whole], workbooks: Mapping[str, Workbook], nis: Whole, owners: list[str]) -> dict[int, int]:
    """Lay companies' own data over every population: figures that are given, and no estimated project where they list their own.

    `owners`: the company of every municipality. Returns the free places of companies by index of their municipality, all of them usable.
    Raises InputError for a company or municipality that does not exist, or is another company's.
    """
    index, land = {int(code): i for i, code in enumerate(nis)}, {}
    for name, workbook in workbooks.items():
        members = {i for i, owner in enumerate(owners) if owner == name}
        if not members:
            raise InputError("workbooks", name, f"no such company; {nearest(name, set(owners))}")
        codes = [row.nis for row in workbook.municipalities] + [project.nis for project in workbook.projects or ()]
        for code in codes:
            if index.get(code) not in members:
                allowed = ", ".join(str(nis[i]) for i in sorted(members))
                raise InputError("workbooks", name, f"found NIS code {code}; municipalities of this company: {allowed}")
        for row in workbook.municipalities:
            i = index[row.nis]
            for column in OWN_FIGURES:
                if getattr(row, column) is not None:
                    estimates[column][:, i] = getattr(row, column)
            if (row.stock, row.rented_in) != (None, None) and (estimates["rented_in"][:, i] > estimates["stock"][:, i]).any():
                found = f"rented in {estimates['rented_in'][:, i].max()}, social stock {estimates['stock'][:, i].min()}"
                problem = f"{row.nis}: more dwellings rented in than the social stock holds ({found}); both own figures are needed"
                raise InputError("workbooks", name, problem)
            if row.land is not None:
                estimates["land_company"][:, i] = land[i] = row.land
        if workbook.projects is not None:
            for column in [name for name in estimates if name.startswith("pipeline_")]:
                estimates[column][:, sorted(members)] = 0
    return land


def read_swaps(path: Path, region: Region, scenario: Scenario) -> Whole:
    """Return the swaps of objectives of a CSV (`from`, `to`: NIS codes; `dwellings`): int64[n, 3], indices of giver and taker, dwellings.

    In the order of giver and taker, whatever that of the rows. Raises InputError for what the scenario's law or lever does not allow.
    """
    first = [month_number(day, scenario.start) for day in scenario.law.calendar.agreement.dates[:1]]
    if not first or not 1 <= first[0] <= scenario.months:
        problem = "swaps happen on the first date of law.calendar.agreement, and there is none within the period"
        raise InputError(path, "", problem)
    index = {int(code): i for i, code in enumerate(region.nis)}
    swaps: Swaps = {}
    for row in _swap_rows(path):
        for column in SWAP[:2]:
            refuse_unknown_code(whole(path, row, column), index, path, f"line {row['line']}, {column}")
        giver, taker = (index[whole(path, row, column)] for column in SWAP[:2])
        if giver == taker:
            raise InputError(path, f"line {row['line']}, to", f"found {_called(region, taker)}, which gives; another one is needed")
        if (giver, taker) in swaps:
            pair = f"{_called(region, giver)} to {_called(region, taker)}"
            raise InputError(path, f"line {row['line']}", f"{pair} stands twice (also line {swaps[giver, taker][0]})")
        swaps[giver, taker] = row["line"], whole(path, row, "dwellings", least=1)
    _check_pairs(path, region, swaps, scenario.levers.redistribution.value == "neighbours")
    _check_kept(path, region, swaps, scenario)
    return np.array(sorted((*pair, dwellings) for pair, (_, dwellings) in swaps.items()), np.int64)


def _swap_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of swaps. Raises InputError for a column too few or too many."""
    rows = read_rows(path, SWAP[0])
    for column in SWAP:
        if column not in rows[0]:
            raise InputError(path, "header", f"no column {column!r}; {', '.join(SWAP)} are needed")
    for column in rows[0]:
        if column != "line":
            refuse_unknown(column, SWAP, path, "header", "column")
    return rows


def _called(region: Region, i: int) -> str:
    return f"{region.nis[i]} {region.names[i]}"


def _check_pairs(path: Path, region: Region, swaps: Swaps, neighbours: bool) -> None:
    """Raise InputError unless every pair is of one company, or, where that is allowed, of neighbours; and for a municipality that both gives
    and takes: pointless, and the order of the swaps would matter."""
    adjacent = {(a, b) for pair in region.neighbours.tolist() for a, b in (pair, pair[::-1])} if neighbours else set()
    also = " or neighbours" if neighbours else ', or with levers.redistribution = "neighbours" also neighbours,'
    for (giver, taker), (line, _) in swaps.items():
        if region.company[giver] != region.company[taker] and (giver, taker) not in adjacent:
            companies = [f"{_called(region, i)} is of {region.company_names[region.company[i]]}" for i in (giver, taker)]
            raise InputError(path, f"line {line}", f"{', '.join(companies)}; municipalities of one company{also} may swap")
    gives = {giver: line for (giver, _), (line, _) in swaps.items()}
    for (_, taker), (line, _) in swaps.items():
        if taker in gives:
            problem = f"{_called(region, taker)} takes here and gives in line {gives[taker]}; a municipality may do one of the two"
            raise InputError(path, f"line {line}, to", problem)


def _check_kept(path: Path, region: Region, swaps: Swaps, scenario: Scenario) -> None:
    """Raise InputError when a giver would keep less than its share of its own objective, in any population (art. 2.5/1 paragraph 5)."""
    kept = scenario.law.values.kept_share.value
    regular, sib = region.estimates["objective_regular"], region.estimates["sib"]
    for giver in sorted({giver for giver, _ in swaps}):
        of_giver = [swap for pair, swap in swaps.items() if pair[0] == giver]
        given = sum(dwellings for _, dwellings in of_giver)
        own = zip(regular[:, giver].tolist(), sib[:, giver].tolist(), strict=True)
        most = min(movable(r, s, kept.numerator, kept.denominator) for r, s in own)
        if given > most:
            lines = " and ".join(line for line, _ in of_giver)
            keeps = f"it keeps at least {kept} of its own objective (kept_share), in each of {region.populations} populations"
            problem = f"{_called(region, giver)} gives {given}; at most {most} dwellings may go, as {keeps}"
            raise InputError(path, f"line {lines}, dwellings", problem)
