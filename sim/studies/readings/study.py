"""Does a reading of the law matter? Every alternative in the law file against the scenario's own, under the same luck."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import Scenario
from sim.runs.differences import compare, outcomes, run_variants
from sim.runs.experiment import Progress
from sim.runs.results import Results
from sim.runs.store import IDENTITY

DEFAULT = "default"
TABLE = "readings.csv"


@dataclass(frozen=True)
class Compared:
    """All readings compared. `runs`: results of the scenario itself, then of each alternative.

    `table`: a row per reading, option and outcome, as in the CSV; an alternative with fewer than two pairs of replications is not in it.
    """

    scenario: Scenario
    runs: tuple[Results, ...]
    table: pd.DataFrame

    @property
    def default(self) -> Results:
        """The results of the scenario itself."""
        return self.runs[0]

    @property
    def failed(self) -> int:
        """How many replications failed, over all runs."""
        return sum(results.manifest["failed"] for results in self.runs)

    def summary(self) -> dict[str, Any]:
        """Return the answer: for every alternative and outcome the difference, its standard error and what they say."""
        facts = ("scenario", "replications", "failed", "seed", "digest")
        outcome = ("difference", "standard_error", "threshold", "verdict")
        readings: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self.table.to_dict("records"):
            keys = {k: row[k] for k in ("reading", "default", "option")}
            readings.setdefault((row["reading"], row["option"]), keys)[row["outcome"]] = {k: row[k] for k in outcome}
        return {k: self.default.manifest[k] for k in facts} | {"failed": self.failed, "readings": list(readings.values())}


def alternatives(scenario: Scenario) -> list[tuple[str, str]]:
    """Return every (reading, option) that the scenario's law does not follow, in the order of the law file."""
    return [(name, option) for name, reading in scenario.law.readings for option in reading.options if option != reading.value]


def with_reading(scenario: Scenario, name: str, option: str) -> Scenario:
    """Return the scenario with one reading replaced, and nothing else but its name and titles."""
    readings = scenario.law.readings
    chosen = getattr(readings, name).model_copy(update={"value": option})
    law = scenario.law.model_copy(update={"readings": readings.model_copy(update={name: chosen})})
    label = f"{name}={option}"
    titles = {"title": f"{scenario.title} ({label})", "title_nl": f"{scenario.title_nl} ({label})"}
    return scenario.model_copy(update={"name": f"{scenario.name}-{label}", "law": law, **titles})


def compare_readings(scenario: Scenario, folder: Path, workers: int | None = None, progress: Progress | None = None) -> Compared:
    """Run the scenario and every alternative reading, each in its own folder under `folder`, and write the table beside them.

    Raises InputError for fewer than two replications or a folder that holds an experiment, before anything is computed.
    """
    if scenario.replications < 2:
        raise InputError("replications", "", f"found {scenario.replications}; a standard error needs at least 2")
    if (folder / IDENTITY).exists():
        raise InputError(folder, "", "holds an experiment; choose another --out")
    lean = scenario.model_copy(update={"outcomes": scenario.outcomes.model_copy(update={"histories": 0})})
    variants = {f"{name}={option}": with_reading(lean, name, option) for name, option in alternatives(scenario)}
    default, *others = run_variants({DEFAULT: lean, **variants}, folder, workers, progress).values()
    reference = outcomes(default)
    rows = []
    for (name, option), results in zip(alternatives(scenario), others, strict=True):
        found = outcomes(results)
        pairs = len(reference.index.intersection(found.index))
        if pairs < 2:
            continue
        for outcome, difference in compare(reference, found).items():
            rows.append(
                {
                    "scenario": scenario.name,
                    "reading": name,
                    "default": getattr(scenario.law.readings, name).value,
                    "option": option,
                    "outcome": outcome,
                    "of_default": round(float(reference[outcome].mean()), 2),
                    "difference": round(difference.mean, 6),
                    "standard_error": round(difference.error, 6),
                    "threshold": difference.threshold,
                    "verdict": difference.verdict,
                    "replications": pairs,
                    "seed": scenario.seed,
                    "same": results.manifest["digest"] == default.manifest["digest"],
                }
            )
    table = pd.DataFrame(rows)
    table.to_csv(folder / TABLE, index=False, lineterminator="\n")
    return Compared(scenario, (default, *others), table)
