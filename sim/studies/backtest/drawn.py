"""Replications from the starts of the old scheme, each with a parameter set of its own, as the backtests are, or with something otherwise."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.engine import build_model, replicate
from sim.inputs.region.load import load_region, of_population
from sim.inputs.region.model import Region
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.scenario.library import library_folder
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.sets import ParameterSets, otherwise, parameter_sets
from sim.inputs.scenario.toml import merge, read_toml
from sim.runs.chunk import task_of
from sim.runs.disk.folders import opened
from sim.runs.disk.store import seal_of
from sim.runs.experiment import Progress
from sim.runs.job import identity
from sim.runs.memory import InMemory
from sim.runs.pieces import answers, blocks
from sim.studies.backtest.forecast import beside, forecast_of, from_projects
from sim.studies.backtest.naive import known_outcomes

AS_IS, FIRST_EDITION = "as_assumed", "first_edition"
BLOCK = 20  # replications in a file
PINNED = 16  # parameter sets that stand for all, in what makes a folder itself
# How the first edition was started: rented-in dwellings grow by one rate, as in the years before; money and people 4/3 of today's, no growth.
RENT_IN_GROWTH = {2008: 0.10, 2015: 0.105, 2019: 0.075}  # share a year; of then (docs/backtest.md)
THROUGHPUT = {"managers_scale": 1.3333, "finance_scale": 1.3333, "budget_growth": 0.0, "slot_growth": 0.0}

Variant = tuple[str, int]  # as assumed, the first edition or an assumption check; start


class Given(NamedTuple):
    """What all replications share: by start the scenario, its region and its parameter sets."""

    scenarios: Mapping[int, Scenario]
    regions: Mapping[int, Region]
    sets: Mapping[int, ParameterSets]


def changes_of(variant: str, start: int) -> Mapping[str, Any]:
    """Return the tables that a variant lays over a start; none as assumed."""
    if variant == AS_IS:
        return {}
    if variant != FIRST_EDITION:
        return assumption_checks()[variant].changes
    path = library_folder() / "first_edition.toml"
    tables = {name: table for name, table in read_toml(path).items() if isinstance(table, dict)}
    tables["law_changes"].pop("instruments")  # the old law names none
    said = {"status": "assumed", "source": "as the first edition was started (docs/backtest.md)"}
    growth = {"parameters": {"loc": RENT_IN_GROWTH[start], "scale": 0.025}, **said}
    levers = {name: {"value": value, **said} for name, value in THROUGHPUT.items()}
    return merge(tables, {"levers": levers, "uncertainties": {"rent_in_growth": growth}}, FIRST_EDITION)


def drawn(
    scenarios: Mapping[int, Scenario],
    counts: Mapping[Variant, int],
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    library: Path | None = None,
) -> dict[Variant, pd.DataFrame]:
    """Return by variant what `simulated` gives, a row per replication: replication k has the luck and the parameter set of number k.

    `counts`: replications of each variant, at most those of the scenarios. What the folder holds of them is not computed again. Raises
    InputError for a folder that holds something else; Interrupted.
    """
    regions = {start: load_region(scenario) for start, scenario in scenarios.items()}
    fitted = None if library is None else library / "calibrated"
    given = Given(scenarios, regions, {start: parameter_sets(scenario, fitted) for start, scenario in scenarios.items()})
    this = _identity(given, counts)
    items = {
        path: (variant, block)
        for variant, count in counts.items()
        for path, block in blocks(folder / f"{variant[0]}-{variant[1]}", count, BLOCK).items()
    }
    with opened(folder, this, 0):
        for path in items:
            path.parent.mkdir(exist_ok=True)
        pieces = answers(simulated, given, items, folder, seal_of(this), workers, progress, lambda item: len(item[1]))
    rows: dict[Variant, list[dict[str, float]]] = {variant: [] for variant in counts}
    for (variant, _), piece in zip(items.values(), pieces, strict=True):
        rows[variant] += piece["rows"]
    return {variant: pd.DataFrame(of_variant) for variant, of_variant in rows.items()}


def simulated(given: Given, item: tuple[Variant, range]) -> dict[str, Any]:
    """Return what a block of replications of a variant says, a row each: of every known figure that lies ahead, and of what is beside them.

    The first edition runs as it was: at its assumed values, with luck alone.
    """
    ((variant, start), block), histories = item, []
    scenario, region, changes = given.scenarios[start], given.regions[start], changes_of(*item[0])
    for k in block:
        sets = given.sets[start]
        values = {} if variant == FIRST_EDITION else sets.values(k)
        at_set = otherwise(scenario, values, changes, f"{start} {variant} {k}", sets.known)
        histories.append(replicate(build_model(at_set, of_population(region, k)), k))
    results = InMemory(histories, scenario, region)
    known = known_outcomes()
    said = forecast_of(results, scenario, known) | from_projects(histories, scenario, known) | beside(histories, results, scenario)
    return {"rows": pd.DataFrame(said).to_dict("records")}


def _identity(given: Given, counts: Mapping[Variant, int]) -> dict[str, Any]:
    """Return what the replications are made of: whatever changes one of them changes it, and how many there are does not."""
    starts = {str(start): identity(task_of(scenario, given.regions[start])) for start, scenario in given.scenarios.items()}
    sets = [[of_start.digest, [of_start.values(k) for k in range(PINNED)]] for of_start in given.sets.values()]
    changes = [[name, start, changes_of(name, start)] for name, start in sorted(counts)]
    content = json.dumps([starts, sets, changes, known_outcomes().to_csv()], sort_keys=True)
    return {"backtest": hashlib.sha256(content.encode()).hexdigest()}
