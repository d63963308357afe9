"""What is compared: scenarios, tables of official figures and folders of results as options, and whether two of them can be paired."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import TODAY, Official, Scenario, validated
from sim.inputs.sheets.grid import is_table
from sim.runs import job
from sim.runs.disk.store import MANIFEST
from sim.runs.futures import Futures
from sim.runs.results import Results
from sim.runs.source import made_by

SAMPLINGS = {  # how what is drawn is called
    "drawn": "parameter sets and populations drawn",
    "plain": "central values",
    "antithetic": "central values, antithetic draws",
    "sobol": "central values, Sobol draws",
}


@dataclass(frozen=True)
class Option:
    """One of the scenarios that are compared. `where`: its file or folder; `given`: results that are there already."""

    name: str
    scenario: Scenario
    region: Region
    where: Path
    given: Results | None = None


def from_folder(folder: Path) -> Option:
    """Return the option that results on disk are. Raises InputError when there are none, or of another version, with what makes them."""
    if not (folder / MANIFEST).is_file():
        raise InputError(folder, "", f"no results here; `bso run SCENARIO --out {folder}` makes them")
    results = Results(folder)
    manifest, made = results.manifest, results.manifest["experiment"]
    if made["source"] != made_by()["source"]:
        again = f"`bso run {manifest['scenario']} --out ANOTHER_FOLDER` makes them again"
        raise InputError(folder, "", f"made by another version of the model than this one; {again}")
    asked = {"replications": manifest["asked"], "sampling": manifest["sampling"]}
    scenario = job.scenario_of(made["scenario"], folder).model_copy(update=asked)
    region = job.region_of(scenario, made["data"], folder)
    if made.get("drawn", {}) != Futures(scenario, region).identity:
        again = f"`bso run {manifest['scenario']} --out ANOTHER_FOLDER` makes them again"
        raise InputError(folder, "", f"drawn from other parameter sets or populations than those of this version; {again}")
    return Option(manifest["scenario"], scenario, region, folder, results)


def from_scenario(scenario: Scenario, where: Path) -> Option:
    """Return the option that a scenario is."""
    return Option(scenario.name, scenario, load_region(scenario), where)


def load_options(given: Sequence[str | Path | Scenario], seed: int | None = None, replications: int | None = None) -> list[Option]:
    """Return scenarios (files, or names of the library) and folders of results as options, the base first; the base says seed, replications
    and sampling for all.

    Raises InputError for what cannot be read, and for a seed or number of replications that the base's results do not have.
    """
    first, *others = (each if isinstance(each, Scenario) else Path(each) for each in given)
    base = _option(first, seed, replications)
    own = base.scenario
    for name, asked in (("seed", seed), ("replications", replications)):
        if asked not in (None, getattr(own, name)):
            has = getattr(own, name)
            raise InputError(f"--{name}", "", f"found {asked}; the results in {first} have {has}, and so must what is compared")
    draws = own.seed, own.replications, own.sampling
    return [base, *(_option(each, *draws, base=base) for each in others)]


def from_table(path: Path, base: Option) -> Option:
    """Return the option that a table of official figures is: the base, with these figures laid over its estimates."""
    partial = base.scenario.start.year <= TODAY  # of a later start nothing is estimated
    titles = {"title": f"With the official figures of {path.name}", "title_nl": f"Met de officiële cijfers van {path.name}"}
    tables = {**dict(base.scenario), **titles, "name": path.stem, "official": Official(file=str(path.absolute()), partial=partial)}
    option = from_scenario(validated(Scenario, tables, path), path)
    if (own := base.scenario.official) is None:
        return option
    return replace(option, region=replace(option.region, warnings=(*option.region.warnings, in_the_place_of(own, path, base))))


def in_the_place_of(own: Official, path: Path, base: Option) -> str:
    """Return the doubt whether a table is meant to take the place of the base's own."""
    return f"{path}: in the place of {Path(own.file).name}, the official figures of {base.name}"


def _option(given: Path | Scenario, *asked: Any, base: Option | None = None) -> Option:
    """Return the option that something means: results, a table of official figures laid over the `base`, or a scenario, with the seed,
    replications and sampling that are asked for."""
    if isinstance(given, Scenario):
        return from_scenario(scenario_of(given, *asked), Path(given.name))
    if base is not None and is_table(given):
        return from_table(given, base)
    return from_folder(given) if is_folder(given) else from_scenario(scenario_of(given, *asked), given)


def is_folder(path: Path) -> bool:
    """Return whether a path means a folder of results: it is one, or looks like one and is not there."""
    return path.is_dir() or (not path.exists() and not path.suffix and len(path.parts) > 1)


def check_pair(base: Option, other: Option) -> None:
    """Raise InputError, with the reason, when two options cannot be paired: what is drawn for one must mean the same in the other."""
    problem = ""
    one, two = base.scenario, other.scenario
    if (one.start, one.end) != (two.start, two.end):
        problem = f"another horizon ({two.start} to {two.end}) than that of {base.name} ({one.start} to {one.end})"
    elif list(base.region.nis) != list(other.region.nis) or list(base.region.company) != list(other.region.company):
        problem = f"another population than that of {base.name}: not the same municipalities in the same companies"
    elif _digests(base) != _digests(other):
        problem = f"another population than that of {base.name}: not made from the same tables of facts and estimates"
    elif (one.seed, one.sampling) != (two.seed, two.sampling):
        draws, own = (f"seed {s.seed}, {SAMPLINGS[s.sampling]}" for s in (two, one))
        problem = f"other draws ({draws}) than those of {base.name} ({own})"
    elif one.replications != two.replications:
        problem = f"{two.replications} replications, {base.name} has {one.replications}"
    if problem:
        raise InputError(other.where, "", f"cannot be paired: {problem}")


def _digests(option: Option) -> dict[str, str]:
    """Return the digests of the tables behind a region, without the user's own: swaps are a policy, and official figures lie over a population
    that is the same, as all is drawn by municipality."""
    own = {Path(table.file).name for table in (option.scenario.swaps, option.scenario.official) if table}
    return {name: digest for name, digest in option.region.files.items() if name not in own}


def named(options: Sequence[Option]) -> dict[str, Option]:
    """Return the options by name, the base first; one that has the name of another gets a number behind it."""
    by_name: dict[str, Option] = {}
    for option in options:
        name, number = option.name, 2
        while name in by_name:
            name, number = f"{option.name}-{number}", number + 1
        by_name[name] = replace(option, name=name)
    return by_name
