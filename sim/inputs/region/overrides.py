"""What the user's own tables lay over the region: official figures of municipalities, and swaps of objectives."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.municipalities import refuse_other_name, refuse_unknown_code, same_municipalities
from sim.inputs.region.model import KNOWN, Region, Whole
from sim.inputs.scenario.model import Scenario
from sim.inputs.tables import read_rows, read_table, whole
from sim.inputs.workbook.data import Workbook
from sim.rules.agreements import TAKERS, may_take, movable
from sim.rules.objective import at_ceiling

OWN_FIGURES = ("objective_regular", "sib", "stock", "rented_in")
SWAP = ("from", "to", "dwellings")
AGREEMENT = "agreement"  # a column that may be left out: all on the first date


class Swap(NamedTuple):
    """A row of a table of swaps: indices of giver and taker, dwellings, number of the agreement date (from 0), and its line."""

    giver: int
    taker: int
    dwellings: int
    agreement: int
    line: str


Laid = dict[str, dict[int, int]]  # figures by column and index of the municipality


def lay(estimates: dict[str, Whole], laid: Laid, column: str, i: int, value: int) -> None:
    """Lay a figure of a municipality over every population, and note it in `laid`."""
    estimates[column][:, i] = laid.setdefault(column, {})[i] = value


def lay_over(
    estimates: dict[str, Whole], laid: Laid, path: Path, nis: Whole, names: tuple[str, ...], partial: bool, legislatures: int
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
    for code, row in table.items():
        refuse_unknown_code(code, known, path, f"line {row['line']}, nis")
        refuse_other_name(row, code, path)
    if not partial:
        same_municipalities(path, table, known, "; set official.partial = true to lay figures over some municipalities only")
    growth = np.full((len(nis), legislatures), -1, np.int64)
    for code, row in table.items():
        i, place = index[code], f"line {row['line']}"
        for column in columns:
            if column in estimates:
                lay(estimates, laid, column, i, whole(path, row, column))
        if (estimates["rented_in"][:, i] > estimates["stock"][:, i]).any():
            raise InputError(path, place, f"{known[code]['name']}: more dwellings rented in than the social stock holds")
        if given:
            growth[i] = [whole(path, row, column) for column in paths]
            total = int(growth[i].sum())
            if "objective_regular" not in columns:
                lay(estimates, laid, "objective_regular", i, total)
            elif total != whole(path, row, "objective_regular"):
                problem = f"found {total} together; objective_regular is {whole(path, row, 'objective_regular')}"
                raise InputError(path, f"{place}, {' + '.join(paths)}", problem)
    return growth if given else None


def columns_of(table: Mapping[int, Mapping[str, str]]) -> list[str]:
    """Return the columns of a table that hold figures."""
    return [column for column in next(iter(table.values())) if column not in ("nis", "name", "line")]


def lay_workbooks(
    estimates: dict[str, Whole], laid: Laid, workbooks: Mapping[str, Workbook], nis: Whole, owners: list[str]
) -> dict[int, int]:
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
                    lay(estimates, laid, column, i, getattr(row, column))
            if (row.stock, row.rented_in) != (None, None) and (estimates["rented_in"][:, i] > estimates["stock"][:, i]).any():
                figures = f"rented in {estimates['rented_in'][:, i].max()}, social stock {estimates['stock'][:, i].min()}"
                problem = (
                    f"{row.nis}: more dwellings rented in than the social stock holds ({figures}); both own figures are needed"
                )
                raise InputError("workbooks", name, problem)
            if row.land is not None:
                lay(estimates, laid, "land_company", i, row.land)
                land[i] = row.land
        if workbook.projects is not None:
            for column in [name for name in estimates if name.startswith("pipeline_")]:
                for i in members:
                    lay(estimates, laid, column, i, 0)
    return land


def read_swaps(path: Path, region: Region, scenario: Scenario) -> Whole:
    """Return the swaps of objectives of a CSV as `Region.swaps`: `from`, `to` (NIS codes), `dwellings` and, if it says so, `agreement` (from 1).

    Raises InputError for what the scenario's law or lever does not allow.
    """
    if not scenario.redistributions:
        problem = "swaps happen on the dates of law.calendar.agreement, and there is none within the period"
        raise InputError(path, "", problem)
    index = {int(code): i for i, code in enumerate(region.nis)}
    swaps: dict[tuple[int, int, int], Swap] = {}
    for row in _swap_rows(path):
        for column in SWAP[:2]:
            refuse_unknown_code(whole(path, row, column), index, path, f"line {row['line']}, {column}")
        giver, taker = (index[whole(path, row, column)] for column in SWAP[:2])
        number = whole(path, row, AGREEMENT, least=1) - 1 if AGREEMENT in row else 0
        if number not in scenario.redistributions:
            allowed = ", ".join(f"{n + 1} ({day})" for n, day in scenario.redistributions.items())
            place = f"line {row['line']}, {AGREEMENT}" if AGREEMENT in row else f"line {row['line']}"
            raise InputError(path, place, f"found agreement {number + 1}; allowed: {allowed}")
        if giver == taker:
            raise InputError(path, f"line {row['line']}, to", f"found {_called(region, taker)}, which gives; another one is needed")
        swap = Swap(giver, taker, whole(path, row, "dwellings", least=1), number, row["line"])
        twin = swaps.setdefault((giver, taker, number), swap)
        if twin is not swap:
            pair = f"{_called(region, giver)} to {_called(region, taker)}"
            raise InputError(path, f"line {row['line']}", f"{pair} stands twice (also line {twin.line})")
    rows = [swaps[key] for key in sorted(swaps)]
    _check_pairs(path, region, list(swaps.values()), scenario.levers.redistribution.value == "neighbours")
    _check_takers(path, region, rows, scenario)
    _check_kept(path, region, rows, scenario)
    return np.array([swap[:4] for swap in rows], np.int64)


def _swap_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of swaps. Raises InputError for a column too few or too many."""
    rows = read_rows(path, SWAP[0])
    for column in SWAP:
        if column not in rows[0]:
            raise InputError(path, "header", f"no column {column!r}; {', '.join(SWAP)} are needed")
    for column in rows[0]:
        if column != "line":
            refuse_unknown(column, (*SWAP, AGREEMENT), path, "header", "column")
    return rows


def _called(region: Region, i: int) -> str:
    return f"{region.nis[i]} {region.names[i]}"


def _check_pairs(path: Path, region: Region, swaps: list[Swap], neighbours: bool) -> None:
    """Raise InputError unless every pair is of one company, or, where that is allowed, of neighbours; and for a municipality that both gives
    and takes on one date: pointless, and the order of the swaps would matter."""
    adjacent = {(a, b) for pair in region.neighbours.tolist() for a, b in (pair, pair[::-1])} if neighbours else set()
    also = " or neighbours" if neighbours else ', or with levers.redistribution = "neighbours" also neighbours,'
    for giver, taker, _, _, line in swaps:
        if region.company[giver] != region.company[taker] and (giver, taker) not in adjacent:
            companies = [f"{_called(region, i)} is of {region.company_names[region.company[i]]}" for i in (giver, taker)]
            raise InputError(path, f"line {line}", f"{', '.join(companies)}; municipalities of one company{also} may swap")
    gives = {(swap.giver, swap.agreement): swap.line for swap in swaps}
    for swap in swaps:
        if (swap.taker, swap.agreement) in gives:
            problem = f"{_called(region, swap.taker)} takes here and gives in line {gives[swap.taker, swap.agreement]}"
            raise InputError(path, f"line {swap.line}, to", f"{problem}; a municipality may do one of the two")


def _check_takers(path: Path, region: Region, swaps: list[Swap], scenario: Scenario) -> None:
    """Raise InputError for a taker that may not take as things are at the start, in any population."""
    reading, ceiling = scenario.law.readings.may_take.value, scenario.law.values.ceiling.value
    figures = region.estimates
    for swap in swaps:
        objective = figures["objective_regular"][:, swap.taker] + figures["sib"][:, swap.taker]
        households = np.full(region.populations, region.households[swap.taker])
        capped = at_ceiling(figures["stock"][:, swap.taker], figures["sib"][:, swap.taker], households, ceiling)
        may = [may_take(TAKERS.index(reading), int(own), bool(full), 0) for own, full in zip(objective, capped, strict=True)]
        if not all(may):
            found = f"has no objective or is at the ceiling ({ceiling} of its households)"
            problem = f"{_called(region, swap.taker)} {found} in {may.count(False)} of {region.populations} populations"
            raise InputError(path, f"line {swap.line}, to", f"{problem}; it may not take then (reading may_take)")


def _check_kept(path: Path, region: Region, swaps: list[Swap], scenario: Scenario) -> None:
    """Raise InputError when a giver would keep less than its share of its own objective, in any population (art. 2.5/1 paragraph 5)."""
    share = scenario.law.values.kept_share.value
    regular, sib = region.estimates["objective_regular"], region.estimates["sib"]
    for giver in sorted({swap.giver for swap in swaps}):
        of_giver = [swap for swap in swaps if swap.giver == giver]
        given = sum(swap.dwellings for swap in of_giver)
        own = zip(regular[:, giver].tolist(), sib[:, giver].tolist(), strict=True)
        most = min(movable(r, s, 0, share.numerator, share.denominator) for r, s in own)
        if given > most:
            lines = " and ".join(sorted((swap.line for swap in of_giver), key=int))
            keeps = f"it keeps at least {share} of its own objective (kept_share), in each of {region.populations} populations"
            problem = f"{_called(region, giver)} gives {given}; at most {most} dwellings may go, as {keeps}"
            raise InputError(path, f"line {lines}, dwellings", problem)
