"""The simulation as a function of what nobody knows: a point's values in, outcomes by replication out. Nothing of it is kept on disk."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from sim.engine import History, build_model, replicate, test_years
from sim.inputs.errors import InputError
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import Unknown, at
from sim.runs.outcomes import OUTCOMES
from sim.runs.points import Values
from sim.runs.results import Results
from sim.runs.store import not_written
from sim.runs.tables import rows_of

FROM_TOTALS = ("realised_2042", "verdicts_2B", "contribution_total")  # outcomes that need no more than Flanders' totals


class Held(Results):
    """Replications in memory, as far as the outcomes of FROM_TOTALS look at them."""

    def __init__(self, histories: Sequence[History], scenario: Scenario) -> None:
        self.manifest = {"replications": len(histories), "end_year": scenario.end.year}
        years = range(scenario.start.year + 1, scenario.end.year + 1)
        self.totals = pd.DataFrame(rows_of(histories, [h.totals for h in histories], ("year", years)))
        self.test_totals = pd.DataFrame(rows_of(histories, [h.test_totals for h in histories], ("test", test_years(scenario))))


@dataclass(frozen=True)
class Simulated:
    """A study (see `points.Study`) that runs a scenario at a point: small, so that it can be sent to workers.

    `given`: the file with scenario, region and unknowns (`keep` writes it). `parameters`: those that a point's values are of.
    """

    given: Path
    parameters: tuple[str, ...]
    outcomes: tuple[str, ...]

    def __call__(self, values: Values, replications: int) -> Values:
        """Return the outcomes at a point: [replications, outcomes], NaN for one that failed. NaN among the values: as it is."""
        scenario, region, known = _taken(self.given)
        found = np.full((replications, len(self.outcomes)), np.nan)
        given = {name: float(value) for name, value in zip(self.parameters, values, strict=True) if not np.isnan(value)}
        try:
            point = at(scenario, given, "point", known)
        except InputError:  # each value can be, not all of them together
            return found
        model, histories = build_model(point, region), []
        for number in range(replications):
            try:
                histories.append(replicate(model, number))
            except Exception:  # counted by who asked
                continue
        if histories:
            held = Held(histories, point)
            for i, name in enumerate(self.outcomes):
                of_all = OUTCOMES[name].of(held)
                found[of_all.index.to_numpy(np.int64), i] = of_all
        return found


def keep(path: Path, scenario: Scenario, region: Region, known: Mapping[str, Unknown]) -> None:
    """Write the file that workers read scenario, region and unknowns from. Raises StorageError."""
    content = pickle.dumps((scenario, region, dict(known)))
    try:
        path.write_bytes(content)
    except OSError as error:
        raise not_written(path, len(content), error) from None


@lru_cache(1)
def _taken(given: Path) -> tuple[Scenario, Region, dict[str, Unknown]]:
    return pickle.loads(given.read_bytes())
