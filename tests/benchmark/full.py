"""The full model, and the same of a region ten times as large: ten copies of Flanders side by side, with ten times the means."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from sim.chance.draws import table
from sim.engine import replicate
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import load_scenario
from sim.runs.chunk import compute, task_of
from sim.runs.experiment import CHUNK_SIZE
from tests.support.project import BASELINE

AMOUNTS = (  # what is given for Flanders as a whole; everything else is by municipality, company or project, or a share
    *(f"law.values.{name}.value" for name in ("objective", "envelope", "envelope_step", "envelope_maximum")),
    *(f"levers.{name}.value" for name in ("managers_scale", "finance_scale", "land_purchase")),
    *(f"uncertainties.{name}.value" for name in ("sales", "purchases", "vacant")),
)


class FullModel:
    """A scenario over `copies` of all municipalities; the engine draws, runs and sums up every year and test."""

    def __init__(self, copies: int = 1, path: Path = BASELINE) -> None:
        scenario = load_scenario(path)
        self.region = side_by_side(load_region(scenario), copies)
        for place in AMOUNTS:
            scenario = times(scenario, place, copies)
        self.task = task_of(scenario, self.region)
        self.model = self.task.model
        self.drawn = self.tables_asked()

    def run(self, replication: int) -> None:
        """Run one replication: its draws, its months, the totals of its years and tests."""
        replicate(self.model, replication)

    def chunk(self, first: int) -> None:
        """Run replications as an experiment does before it writes: CHUNK_SIZE of them, with the bytes of their files and their digests."""
        compute(self.task, first, first + CHUNK_SIZE - 1)

    def draws(self, replication: int) -> None:
        """Draw every table that a replication asks for."""
        for seed, purpose, rows, columns in self.drawn:
            table(seed, replication, purpose, rows, columns)

    def projects(self, replications: int) -> float:
        """Return the mean number of projects of a replication."""
        return float(np.mean([len(replicate(self.model, number).unsorted) for number in range(replications)]))

    def tables_asked(self) -> list[tuple[int, str, int, int]]:
        """Return the tables that a replication asks for: seed, purpose, rows, columns."""
        asked: list[tuple[int, str, int, int]] = []

        def noted(seed: int, replication: int, purpose: str, rows: int, columns: int) -> Any:
            asked.append((seed, purpose, rows, columns))
            return table(seed, replication, purpose, rows, columns)

        askers = [module for name, module in sys.modules.items() if name.startswith("sim.") and vars(module).get("table") is table]
        with ExitStack() as stack:
            for module in askers:
                stack.enter_context(mock.patch.object(module, "table", noted))
            replicate(self.model, 0)
        return asked


def side_by_side(region: Region, copies: int) -> Region:
    """Return so many copies of a region without official figures as one, each with its own municipalities, companies and neighbours."""
    shift = np.arange(copies)[:, None]
    municipalities, companies = len(region.nis), len(region.company_names)
    objective, ceiling = region.estimated_under
    return replace(
        region,
        nis=(region.nis + 100_000 * shift).ravel(),
        names=tuple(f"{copy} {name}" for copy in range(copies) for name in region.names),
        company=(region.company + companies * shift).ravel(),
        company_names=tuple(f"{copy} {name}" for copy in range(copies) for name in region.company_names),
        households=np.tile(region.households, copies),
        households_2042=np.tile(region.households_2042, copies),
        neighbours=(region.neighbours + municipalities * shift[..., None]).reshape(-1, 2),
        permits=np.tile(region.permits, copies),
        higher_premium=np.tile(region.higher_premium, copies),
        estimates={name: np.tile(values, copies) for name, values in region.estimates.items()},
        estimated_under=(objective * copies, ceiling),
    )


def times(part: Any, place: str, factor: int) -> Any:
    """Return a scenario, or a part of it, with the value at `place` (names with dots) so many times as large. Nothing is checked again."""
    name, _, rest = place.partition(".")
    value = getattr(part, name)
    return part.model_copy(update={name: times(value, rest, factor) if rest else value * factor})
