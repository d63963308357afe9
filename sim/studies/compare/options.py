"""What is compared: scenarios and folders of results as options, and whether two of them can be paired."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.engine import source_digest
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs.job import region_of, scenario_of
from sim.runs.results import Results
from sim.runs.store import MANIFEST


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
    made = results.manifest["experiment"]
    if made["source"] != source_digest():
        again = f"`bso run {results.manifest['scenario']} --out ANOTHER_FOLDER` makes them again"
        raise InputError(folder, "", f"made by another version of the model than this one; {again}")
    asked, sampling = results.manifest["asked"], results.manifest["sampling"]
    scenario = scenario_of(made["scenario"], folder).model_copy(update={"replications": asked, "sampling": sampling})
    return Option(results.manifest["scenario"], scenario, region_of(scenario, made["data"], folder), folder, results)


def from_scenario(scenario: Scenario, where: Path) -> Option:
    """Return the option that a scenario is."""
    return Option(scenario.name, scenario, load_region(scenario), where)


def load_options(paths: Sequence[Path], seed: int | None = None, replications: int | None = None) -> list[Option]:
    """Return scenario files and folders of results as options, the base first; the base says seed, replications and sampling for all.

    Raises InputError for what cannot be read, and for a seed or number of replications that the base's results do not have.
    """
    first, *others = paths
    base = from_folder(first) if is_folder(first) else from_scenario(load_scenario(first, seed, replications), first)
    for name, asked in (("seed", seed), ("replications", replications)):
        if asked is not None and asked != getattr(base.scenario, name):
            found = getattr(base.scenario, name)
            raise InputError(f"--{name}", "", f"found {asked}; the results in {first} have {found}, and so must what is compared")
    own = base.scenario
    return [
        base,
        *(
            from_folder(path)
            if is_folder(path)
            else from_scenario(load_scenario(path, own.seed, own.replications, own.sampling), path)
            for path in others
        ),
    ]


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
    elif one.official != two.official or _facts(base.region, one) != _facts(other.region, two):
        problem = f"another population than that of {base.name}: not the same figures per municipality"
    elif (one.seed, one.sampling) != (two.seed, two.sampling):
        problem = f"other draws (seed {two.seed}, {two.sampling}) than those of {base.name} (seed {one.seed}, {one.sampling})"
    elif one.replications != two.replications:
        problem = f"{two.replications} replications, {base.name} has {one.replications}"
    if problem:
        raise InputError(other.where, "", f"cannot be paired: {problem}")


def _facts(region: Region, scenario: Scenario) -> dict[str, str]:
    """Return the digests of the tables behind a region, without the swaps: those are a policy."""
    swaps = Path(scenario.swaps.file).name if scenario.swaps else None
    return {name: digest for name, digest in region.files.items() if name != swaps}


def named(options: Sequence[Option]) -> dict[str, Option]:
    """Return the options by name, the base first; one that has the name of another gets a number behind it."""
    found: dict[str, Option] = {}
    for option in options:
        name, number = option.name, 2
        while name in found:
            name, number = f"{option.name}-{number}", number + 1
        found[name] = replace(option, name=name)
    return found
