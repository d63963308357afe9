"""Flanders as it is on the starting day: municipalities, companies, and the plausible populations of what is not published."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.municipalities import not_all, refuse_unknown_code, same_municipalities
from sim.inputs.region.doubts import of_table, of_total
from sim.inputs.region.levers import exempted, owners_after, without_objective
from sim.inputs.region.model import KNOWN, Region, Whole
from sim.inputs.region.official import Official, read_official
from sim.inputs.region.overrides import Laid, lay_over, lay_workbooks, read_swaps
from sim.inputs.scenario.distributions import LeadTime
from sim.inputs.scenario.model import TODAY, Scenario, load_scenario
from sim.inputs.scenario.model import Official as How
from sim.inputs.scenario.toml import LIBRARY
from sim.inputs.sheets.sheet import Mistakes
from sim.inputs.tables import LARGEST, digest, read_rows, read_table, whole

DATA = Path(__file__).parent.parent / "data"
STAGES = ("preparation", "mjp", "ktp", "construction", "dormant")
ESTIMATED = (
    *("stock", "rented_in", "objective_regular", "sib", "overshoot", "target_group", "land_company", "land_public"),
    *(f"pipeline_{stage}" for stage in STAGES),
)
BEFORE = ("delivered", "let")  # of a scheme that began before the start: dwellings realised by then, and those of them let
LATER = ("stock", "rented_in", "sib", "land_company", "land_public", *(f"pipeline_{stage}" for stage in STAGES), BEFORE[0])
# Asked for or under way: with means without end a replication then takes some seconds, and ten times as many minutes.
MOST_PROJECTS = 200_000
Table = Mapping[int, Mapping[str, str]]  # rows by NIS code
# What is known, or estimated, of a start: estimates by column, households then, at the end and a year earlier, dwellings permitted a year.
Known = tuple[dict[str, Whole], Whole, Whole, Whole, NDArray[np.float64]]


def load_region(scenario: Scenario | None = None, folder: Path = DATA) -> Region:
    """Read the package's tables and lay the scenario's official figures and swaps over them. The order of rows does not matter.

    Raises InputError naming file, row and column for a missing, double or unknown NIS code or a value that cannot be.
    """
    start = TODAY if scenario is None else scenario.start.year
    table = {name: folder / f"{name}.csv" for name in ("municipalities", "households", "adjacency", "estimates")}
    facts, households = (read_table(table[name], key="nis") for name in ("municipalities", "households"))
    same_municipalities(table["households"], households, facts)
    nis = np.array(sorted(facts), np.int64)
    names = tuple(facts[n]["name"] for n in nis)
    owners = [facts[n]["company"] for n in nis]
    file = Path() if scenario is None else Path(scenario.folder) / f"{scenario.name}.toml"
    if scenario is not None:
        owners = owners_after(scenario.merge, owners, file)
    companies = tuple(sorted(set(owners)))
    estimates, now, then, earlier, permits = _then(start) if start < TODAY else _now(table, facts, households, start)
    files = {path.name: digest(path) for path in table.values()}
    growth, laid, doubtful, official = None, Laid(), list[str](), dict[str, int]()
    if scenario is not None and scenario.official is not None:
        path = Path(scenario.folder) / scenario.official.file
        read = _official(estimates, laid, path, facts, scenario.official, len(scenario.law.growth_path), scenario)
        growth, doubtful, official = read.growth, read.doubtful, {name: len(of) for name, of in laid.items()}
        files[path.name] = read.official.sheet.digest
    region = Region(
        nis=nis,
        names=names,
        company=np.array([companies.index(owner) for owner in owners], np.int64),
        company_names=companies,
        provinces=tuple(facts[n]["province"] for n in nis),
        households=now,
        households_2042=then,
        a_year_earlier=earlier,
        neighbours=_neighbours(table["adjacency"], nis),
        permits=permits,
        higher_premium=np.array([whole(table["municipalities"], facts[n], "higher_premium") for n in nis], np.int64),
        own_land=lay_workbooks(estimates, laid, scenario.workbooks, nis, owners, scenario.folders) if scenario is not None else {},
        estimates=estimates,
        growth=growth,
        files=files,
        start=start,
        laid=laid,
        on_demand=folder == DATA,
        official=official,
        warnings=tuple(doubtful),
    )
    if scenario is None:
        return region
    if start < TODAY:  # no formula then: the objective is what the old scheme asked
        values = scenario.law.values
        region = replace(region, estimated_under=(int(values.objective.value), values.ceiling.value))
    refuse_unknown_places(scenario, region, table["municipalities"])
    if scenario.exempt is not None:
        inhabitants = np.array([whole(table["municipalities"], facts[n], "population_2026") for n in nis], np.int64)
        region = exempted(region, scenario.exempt, inhabitants, file)
    sib, objective = int(region.estimates["sib"].sum(axis=1).max()), scenario.law.values.objective.value
    if objective < sib:
        problem = f"found {objective}; at least {sib} is needed, the SIB of all municipalities"
        raise InputError(file, "law.values.objective.value", problem)
    _refuse_endless(region, scenario, file)
    if scenario.swaps is None:
        return region
    path = Path(scenario.folder) / scenario.swaps.file
    swaps, sheet = read_swaps(path, region, scenario)
    if path.name in files:
        raise InputError(path, "", f"another table that is read is called {path.name} too; another name is needed")
    remarks = (f"{path}: {remark}" for remark in sheet.remarks)
    return replace(region, swaps=swaps, files={**files, path.name: sheet.digest}, warnings=(*region.warnings, *remarks))


def _refuse_endless(region: Region, scenario: Scenario, file: Path) -> None:
    """Raise InputError for more projects of the usual size than can be counted in reasonable time: those that the objectives ask, and those
    under way."""
    size, held = scenario.uncertainties.size.quantile(0.5), region.estimates
    asked = max(int(scenario.law.values.objective.value), int((held["objective_regular"] + held["sib"]).sum(axis=1).max()))
    under_way = int(np.sum([held[f"pipeline_{stage}"] for stage in STAGES], axis=(0, 2)).max())
    projects = asked / max(size, scenario.uncertainties.smallest_project.value) + under_way / size
    if projects > MOST_PROJECTS:
        problem = (
            f"{asked:,} dwellings asked and {under_way:,} under way are {round(projects):,} projects of the usual size ({size:g}); "
            f"at most {MOST_PROJECTS:,}"
        )
        raise InputError(file, "", problem)


def refuse_unknown_places(scenario: Scenario, region: Region, table: Path = DATA / "municipalities.csv") -> None:
    """Raise InputError for a company or province that a scenario names and that is not there. `table`: that names companies."""
    for name in scenario.companies:
        if name not in region.company_names:
            raise InputError(table, f"companies.{name}", f"no such company; {nearest(name, region.company_names)}")
    file = Path(scenario.folder) / f"{scenario.name}.toml"
    for key, spread in scenario.uncertainties:
        for name in spread.companies if isinstance(spread, LeadTime) else ():
            refuse_unknown(name, region.company_names, file, f"uncertainties.{key}.companies", "company")
        for name in spread.provinces if isinstance(spread, LeadTime) else ():
            refuse_unknown(name, {*region.provinces}, file, f"uncertainties.{key}.provinces", "province")


def of_population(region: Region, number: int) -> Region:
    """Return a region with population `number` (0 or more) only: one that it has, or one that is made when it is asked for, with the user's
    figures laid over it as over all others. Where a table of the user's holds its populations, they take turns."""
    if not region.on_demand or number < region.populations:
        return region.only(number % region.populations)
    from sim.inputs.estimate.populations import columns

    made = columns(number, min(region.start, TODAY))
    zero = np.zeros(len(region.nis), np.int64)
    estimates = {name: np.array([made.get(name, zero)], np.int64) for name in region.estimates}
    for column, figures in region.laid.items():
        for i, value in figures.items():
            estimates[column][0, i] = value
    if region.exempt is not None:
        estimates = without_objective(estimates, *region.exempt)
    return replace(region, estimates=estimates)


def _now(table: Mapping[str, Path], facts: Table, households: Table, start: int) -> Known:
    """Return what the tables have of 31 December 2025, with the households of the start; after that day official figures follow."""
    order, estimates = sorted(facts), _estimates(table["estimates"], facts)
    if start > TODAY:
        estimates |= {name: np.zeros_like(estimates["stock"]) for name in BEFORE}
    years = str(start + 1), "2043", "2042"
    now, then, earlier = (np.array([whole(table["households"], households[n], year) for n in order], np.int64) for year in years)
    permits = np.array([float(facts[n]["permits_mean_2015_2024"]) for n in order])
    return estimates, now, then, earlier, permits


class Laying(NamedTuple):
    """Official figures that were laid over the estimates: the table, its growth paths (see `lay_over`) and what is doubtful in it."""

    official: Official
    growth: Whole | None
    doubtful: list[str]


def _official(
    estimates: dict[str, Whole], laid: Laid, path: Path, facts: Table, how: How, legislatures: int | None, scenario: Scenario
) -> Laying:
    """Lay the official figures of a table over the estimates of a scenario. `legislatures`: of which it has growth paths, None: as many as it
    has. Raises InputError with all that cannot be."""
    before, mistakes = {name: values.copy() for name, values in estimates.items()}, Mistakes(path, "en")
    official = read_official(path, [name for name in estimates if name != KNOWN], mistakes, how.add_up)
    if scenario.start.year > TODAY:
        _refuse_incomplete(official, mistakes)
    missing = [code for code in facts if code not in official.rows]
    if missing and not how.partial and not mistakes.found:
        hint = "with partial = true behind the file of official the scenario takes it for some municipalities only"
        mistakes.found.append(not_all(path, missing, facts, hint))
    growth = lay_over(estimates, laid, official, sorted(facts), legislatures or len(official.paths), mistakes)
    mistakes.stop()
    if scenario.start.year > TODAY and BEFORE[1] not in official.columns:  # all that was realised is let
        estimates[BEFORE[1]] = estimates[BEFORE[0]]
        laid.setdefault(BEFORE[1], laid[BEFORE[0]])
    doubtful = [f"{path}: {remark}" for remark in official.remarks]
    doubtful += of_table(official, before, estimates, sorted(facts))
    if {"objective_regular", "sib", "g1"} & set(official.columns) and scenario.start.year == TODAY:
        doubtful += of_total(path, estimates, int(scenario.law.values.objective.value))
    return Laying(official, growth, doubtful)


def _refuse_incomplete(official: Official, mistakes: Mistakes) -> None:
    """Note as mistakes what official figures of a start after the package's tables do not say of all that has changed since."""
    path, columns = official.sheet.path, set(official.columns)
    lacking = [name for name in LATER if name not in columns]
    if not {"objective_regular", "g1"} & columns:
        lacking.append("objective_regular (or g1, g2, ...)")
    if lacking:
        raise InputError(path, "header", f"no column {', '.join(lacking)}; a start after {TODAY}-12-31 needs them")
    for code, figures in official.figures.items():
        for column in LATER:
            if column not in figures:
                problem = f"empty; a start after {TODAY}-12-31 needs it"
                mistakes.found.append(InputError(path, f"{official.place(code)}, {official.sheet.called(column)}", problem))


def _then(start: int) -> Known:
    """Return what the estimate says of an earlier 31 December. Raises InputError for a year of which it says nothing."""
    from sim.inputs.estimate.past import STARTS, past

    if start not in STARTS:
        allowed = ", ".join(f"{year}-12-31" for year in (*STARTS, TODAY))
        raise InputError("start", "", f"found {start}-12-31; nothing is known of that day; allowed: {allowed}")
    table = past(start)
    shape = (table["population"].nunique(), -1)
    names = [str(name) for name in table if name not in ("population", "nis")]
    columns: dict[str, Whole] = {name: table[name].to_numpy(np.int64).reshape(shape) for name in names}
    households, end, permits = (columns.pop(name)[0] for name in ("households", "households_end", "permits_tenths"))
    return columns, households, end, end, permits / 10


def _neighbours(path: Path, nis: Whole) -> Whole:
    index = {int(code): i for i, code in enumerate(nis)}
    pairs = set()
    for row in read_rows(path, "nis_a"):
        ends = [whole(path, row, column) for column in ("nis_a", "nis_b")]
        for code in ends:
            refuse_unknown_code(code, index, path, f"line {row['line']}")
        pairs.add(tuple(sorted(index[code] for code in ends)))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _estimates(path: Path, facts: Table) -> dict[str, Whole]:
    populations = _populations(path, digest(path))
    for members in populations.values():
        same_municipalities(path, members, facts)
    order = sorted(facts)
    return {
        column: np.array([[populations[p][n][place] for n in order] for p in range(len(populations))], np.int64)
        for place, column in enumerate((*ESTIMATED, KNOWN))
    }


@lru_cache(maxsize=1)
def _populations(path: Path, content: str) -> dict[int, dict[int, list[int]]]:
    """Return the columns of ESTIMATED, then KNOWN (0 where it is not there), by population and NIS code.

    `content`: the file's digest; what stays the same is read once.
    """
    rows = read_rows(path)
    for column in ("population", *ESTIMATED):
        if column not in rows[0]:
            raise InputError(path, "header", f"no column {column!r}")
    populations: dict[int, dict[int, list[int]]] = {}
    for row in rows:
        members = populations.setdefault(whole(path, row, "population"), {})
        code = whole(path, row, "nis")
        if code in members:
            raise InputError(path, f"line {row['line']}, nis", f"{code} stands twice in population {row['population']}")
        members[code] = [whole(path, row, column) for column in ESTIMATED]
        members[code].append(whole(path, row, KNOWN, -LARGEST) if KNOWN in row else 0)
    if sorted(populations) != list(range(len(populations))):
        raise InputError(path, "population", f"found {sorted(populations)}; 0, 1, 2, ... without a gap is needed")
    return populations


class Checked(NamedTuple):
    """What a table holds, in words, and what is doubtful in it; of official figures what each column adds up to, and of how many municipalities
    they are `lacking`."""

    holds: str
    doubtful: list[str]
    sums: Mapping[str, int] = {}
    lacking: int = 0


def check_table(path: Path, add_up: bool = False) -> Checked:
    """Check a table of official figures and return what it holds, and what is doubtful in it beside the baseline's estimates.

    `add_up`: whether parts of merged municipalities are added up. Raises InputError for what cannot be.
    """
    region, scenario = load_region(), load_scenario(LIBRARY / "baseline.toml")
    estimates = {name: values.copy() for name, values in region.estimates.items()}
    estimates |= {name: np.zeros_like(estimates["stock"]) for name in BEFORE}  # of a later start
    facts = {int(code): {"name": name} for code, name in zip(region.nis, region.names, strict=True)}
    official, _, doubtful = _official(estimates, {}, path, facts, How(file="", partial=True, add_up=add_up), None, scenario)
    count = len(official.figures)
    sums = {name: sum(of.get(name, 0) for of in official.figures.values()) for name in official.columns}
    holds = f"valid table of official figures for {count} of {len(facts)} municipalities"
    return Checked(holds, doubtful, sums, len(facts) - count)
