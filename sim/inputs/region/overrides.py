"""What the user's own tables lay over the region: official figures of municipalities, and swaps of objectives."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from sim.inputs.errors import InputError, nearest
from sim.inputs.municipalities import names
from sim.inputs.region.model import Region, Whole
from sim.inputs.region.official import Official
from sim.inputs.scenario.model import Scenario
from sim.inputs.sheets.places import place_in
from sim.inputs.sheets.sheet import Mistakes, Row, Sheet, read_sheet
from sim.inputs.tables import LARGEST
from sim.inputs.workbook.data import Workbook
from sim.inputs.workbook.words import Words
from sim.rules.agreements import TAKERS, may_take, movable
from sim.rules.objective import at_ceiling

OWN_FIGURES = ("objective_regular", "sib", "stock", "rented_in")
AGREEMENT = "agreement"  # a column that may be left out: all on the first date
GIVEN = ("from", "to", "dwellings")
SWAP: Mapping[str, Words] = {
    "from": Words("van", "from"),
    "to": Words("naar", "to"),
    "dwellings": Words("woningen", "dwellings"),
    AGREEMENT: Words("akkoord", AGREEMENT, ("datum nummer", "agreement number")),
}


class Swap(NamedTuple):
    """A row of a table of swaps: indices of giver and taker, dwellings, number of the agreement date (from 0), and the row."""

    giver: int
    taker: int
    dwellings: int
    agreement: int
    row: Row


Laid = dict[str, dict[int, int]]  # figures by column and index of the municipality


def lay(estimates: dict[str, Whole], laid: Laid, column: str, i: int, value: int) -> None:
    """Lay a figure of a municipality over every population, and note it in `laid`."""
    estimates[column][:, i] = laid.setdefault(column, {})[i] = value


def lay_over(
    estimates: dict[str, Whole], laid: Laid, official: Official, nis: Sequence[int], legislatures: int, mistakes: Mistakes
) -> Whole | None:
    """Lay official figures over every population; `mistakes`: where what cannot be is noted.

    Returns the growth paths (annex 35) of columns g1, g2, ... (int64[M, legislatures], -1 where the table has none), or None without them.
    They must add up to the municipality's regular objective; without a column for that, their sum is the objective.
    """
    paths = [f"g{i + 1}" for i in range(legislatures)]
    if official.paths and list(official.paths) != paths:
        found, path = ", ".join(official.paths), official.sheet.path
        raise InputError(path, "header", f"found {found}; all of {', '.join(paths)} or none is allowed")
    growth, index = np.full((len(nis), legislatures), -1, np.int64), {code: i for i, code in enumerate(nis)}
    for code, figures in official.figures.items():
        i = index[code]
        for column, value in figures.items():
            if column in estimates:
                lay(estimates, laid, column, i, value)
        with mistakes.noted():
            if (estimates["rented_in"][:, i] > estimates["stock"][:, i]).any():
                problem = f"{names()[code]}: more dwellings rented in than the social stock holds"
                raise InputError(official.sheet.path, official.place(code), problem)
            given = [name for name in paths if name in figures]
            if not given or any(row.cells[name] for row in official.rows[code] for name in paths if name not in given):
                continue  # none, or a cell of which it is noted that it is no figure
            if given != paths:
                raise InputError(
                    official.sheet.path, official.place(code, *paths), f"found {', '.join(given)}; all or none is needed"
                )
            growth[i] = [figures[name] for name in paths]
            total = int(growth[i].sum())
            if "objective_regular" not in figures:
                lay(estimates, laid, "objective_regular", i, total)
            elif total != figures["objective_regular"]:
                problem = f"found {total} together; objective_regular is {figures['objective_regular']}"
                raise InputError(official.sheet.path, official.place(code, *paths), problem)
    return growth if official.paths else None


def lay_workbooks(
    estimates: dict[str, Whole],
    laid: Laid,
    workbooks: Mapping[str, Workbook],
    nis: Whole,
    owners: list[str],
    folders: Mapping[str, str] = MappingProxyType({}),
) -> dict[int, int]:
    """Lay companies' own data over every population: figures that are given, and no estimated project where they list their own.

    `owners`: the company of every municipality; `folders`: where the data were read, for messages.
    Returns the free places of companies by index of their municipality, all of them usable.
    Raises InputError for a company or municipality that does not exist, or is another company's.
    """
    index, land = {int(code): i for i, code in enumerate(nis)}, {}
    for name, workbook in workbooks.items():
        file = folders.get(name, "workbooks")
        members = {i for i, owner in enumerate(owners) if owner == name}
        if not members:
            raise InputError(file, name, f"no such company; {nearest(name, set(owners))}")
        codes = [row.nis for row in workbook.municipalities] + [project.nis for project in workbook.projects or ()]
        for code in codes:
            if index.get(code) not in members:
                allowed = ", ".join(str(nis[i]) for i in sorted(members))
                raise InputError(file, name, f"found NIS code {code}; municipalities of this company: {allowed}")
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
                raise InputError(file, name, problem)
            if row.land is not None:
                lay(estimates, laid, "land_company", i, row.land)
                land[i] = row.land
        if workbook.projects is not None:
            for column in [name for name in estimates if name.startswith("pipeline_")]:
                for i in members:
                    lay(estimates, laid, column, i, 0)
    return land


def read_swaps(path: Path, region: Region, scenario: Scenario) -> tuple[Whole, Sheet]:
    """Return the swaps of objectives of a table as `Region.swaps`, and the table: `from`, `to` (NIS codes or names), `dwellings` and, if it says
    so, `agreement` (from 1).

    Raises InputError with all that the scenario's law or lever does not allow.
    """
    if not scenario.redistributions:
        problem = "swaps happen on the dates of law.calendar.agreement, and there is none within the period"
        raise InputError(path, "", problem)
    mistakes = Mistakes(path, "en")
    sheet = read_sheet(path, "en", SWAP, GIVEN, SWAP, mistakes=mistakes)
    if not sheet.rows:
        mistakes.stop()
        raise InputError(path, "", "no rows; a swap a line is needed")
    index = {int(code): i for i, code in enumerate(region.nis)}
    swaps: dict[tuple[int, int, int], Swap] = {}
    for row in sheet.rows:
        with mistakes.noted():
            swap = _swap(sheet, row, index, region, scenario)
            twin = swaps.setdefault((swap.giver, swap.taker, swap.agreement), swap)
            if twin is not swap:
                pair = f"{_called(region, swap.giver)} to {_called(region, swap.taker)}"
                raise InputError(path, sheet.place([row]), f"{pair} stands twice (also line {twin.row.line})")
    rows = [swaps[key] for key in sorted(swaps)]
    _check_pairs(sheet, region, list(swaps.values()), scenario.levers.redistribution.value == "neighbours", mistakes)
    _check_takers(sheet, region, rows, scenario, mistakes)
    _check_kept(sheet, region, rows, scenario, mistakes)
    mistakes.stop()
    return np.array([swap[:4] for swap in rows], np.int64), sheet


def _swap(sheet: Sheet, row: Row, index: Mapping[int, int], region: Region, scenario: Scenario) -> Swap:
    """Return the swap of a row. Raises InputError for what it cannot be by itself."""
    giver, taker = (index[place_in(sheet, row, column)] for column in GIVEN[:2])
    number = sheet.whole(row, AGREEMENT, 1, LARGEST) - 1 if AGREEMENT in sheet.headers else 0
    if number not in scenario.redistributions:
        allowed = ", ".join(f"{n + 1} ({day})" for n, day in scenario.redistributions.items())
        place = sheet.place([row], AGREEMENT if AGREEMENT in sheet.headers else "")
        raise InputError(sheet.path, place, f"found agreement {number + 1}; allowed: {allowed}")
    if giver == taker:
        problem = f"found {_called(region, taker)}, which gives; another one is needed"
        raise InputError(sheet.path, sheet.place([row], "to"), problem)
    return Swap(giver, taker, sheet.whole(row, "dwellings", 1, LARGEST), number, row)


def _called(region: Region, i: int) -> str:
    return f"{region.nis[i]} {region.names[i]}"


def _check_pairs(sheet: Sheet, region: Region, swaps: list[Swap], neighbours: bool, mistakes: Mistakes) -> None:
    """Note as a mistake every pair that is not of one company, or, where that is allowed, of neighbours; and a municipality that both gives
    and takes on one date: pointless, and the order of the swaps would matter."""
    adjacent = {(a, b) for pair in region.neighbours.tolist() for a, b in (pair, pair[::-1])} if neighbours else set()
    also = " or neighbours" if neighbours else ', or with levers.redistribution = "neighbours" also neighbours,'
    for giver, taker, _, _, row in swaps:
        if region.company[giver] != region.company[taker] and (giver, taker) not in adjacent:
            owner, other = (region.company_names[region.company[i]] for i in (giver, taker))
            companies = f"{_called(region, giver)} is of {owner}, {_called(region, taker)} is of {other}"
            problem = f"{companies}; municipalities of one company{also} may swap"
            mistakes.found.append(InputError(sheet.path, sheet.place([row]), problem))
    gives, told = {(swap.giver, swap.agreement): swap.row.line for swap in swaps}, set[int]()
    for swap in swaps:
        other = gives.get((swap.taker, swap.agreement))
        if other is not None and other not in told:  # there and back is one mistake
            told.add(swap.row.line)
            problem = f"{_called(region, swap.taker)} takes here and gives in line {other}; a municipality may do one of the two"
            mistakes.found.append(InputError(sheet.path, sheet.place([swap.row], "to"), problem))


def _check_takers(sheet: Sheet, region: Region, swaps: list[Swap], scenario: Scenario, mistakes: Mistakes) -> None:
    """Note as a mistake every taker that may not take as things are at the start, in any population."""
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
            told = f"{problem}; it may not take then (reading may_take)"
            mistakes.found.append(InputError(sheet.path, sheet.place([swap.row], "to"), told))


def _check_kept(sheet: Sheet, region: Region, swaps: list[Swap], scenario: Scenario, mistakes: Mistakes) -> None:
    """Note as a mistake every giver that would keep less than its share of its own objective, in any population (art. 2.5/1 paragraph 5)."""
    share = scenario.law.values.kept_share.value
    regular, sib = region.estimates["objective_regular"], region.estimates["sib"]
    for giver in sorted({swap.giver for swap in swaps}):
        of_giver = [swap for swap in swaps if swap.giver == giver]
        given = sum(swap.dwellings for swap in of_giver)
        own = zip(regular[:, giver].tolist(), sib[:, giver].tolist(), strict=True)
        most = min(movable(r, s, 0, share.numerator, share.denominator) for r, s in own)
        if given > most:
            place = sheet.place(sorted((swap.row for swap in of_giver), key=lambda row: row.line), "dwellings")
            keeps = f"it keeps at least {share} of its own objective (kept_share), in each of {region.populations} populations"
            problem = f"{_called(region, giver)} gives {given}; at most {most} dwellings may go, as {keeps}"
            mistakes.found.append(InputError(sheet.path, place, problem))
