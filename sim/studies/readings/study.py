"""Does a reading of the law matter? Every alternative in the law file against the scenario's own, under common random numbers."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.law.model import Law, LawValue
from sim.inputs.law.readings import Reading
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.differences import compare, outcomes, run_variants
from sim.runs.disk.folders import own
from sim.runs.experiment import Progress
from sim.runs.results import Results
from sim.studies.result import Result

DEFAULT = "default"
TABLE = "readings.csv"


@dataclass(frozen=True)
class Readings(Result):
    """All readings compared. `runs`: results of the scenario itself, then of each alternative.

    `table`: a row per reading, option and outcome, as in the CSV; an alternative with fewer than two pairs of replications is not in it.
    """

    REPORT: ClassVar[str] = "words:write_page"
    DIGITS: ClassVar[int | None] = None

    scenario: Scenario
    runs: tuple[Results, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The differences."""
        return self.tables["readings"]

    @property
    def default(self) -> Results:
        """The results of the scenario itself."""
        return self.runs[0]

    def summary(self) -> dict[str, Any]:
        """Return the answer: for every alternative and outcome the difference, its standard error and what they say."""
        outcome = ("difference", "standard_error", "half", "threshold", "verdict")
        of_each: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self.table.to_dict("records"):
            keys = {k: row[k] for k in ("reading", "default", "option")}
            of_each.setdefault((row["reading"], row["option"]), keys)[row["outcome"]] = {k: row[k] for k in outcome}
        return {**self.facts, "readings": list(of_each.values())}


def readings(
    scenario: str | Path | Scenario,
    replications: int | None = 200,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Readings:
    """Run a scenario (a file, or a name of the library) and every alternative reading of its law, and write the table of differences.

    `out`: folder (default results/<scenario>-readings), in which each run has its own. Raises InputError for fewer than two replications or a
    folder that holds an experiment, before anything is computed.
    """
    chosen = scenario_of(scenario, seed, replications)
    folder = Path(out) if out is not None else Path("results") / f"{chosen.name}-readings"
    if chosen.replications < 2:
        raise InputError("replications", "", f"found {chosen.replications}; a standard error needs at least 2")
    lean = chosen.without_histories()
    variants = {f"{name}={option}": with_reading(lean, name, option) for name, option in alternatives(chosen)}
    with own(folder, "readings"):
        runs = run_variants({DEFAULT: lean, **variants}, folder, workers, progress)
        rows = [row for name, option in alternatives(chosen) for row in _rows(chosen, name, option, runs)]
        facts = {k: runs[DEFAULT].manifest[k] for k in ("scenario", "replications", "failed", "seed", "digest")}
        facts["standing"] = runs[DEFAULT].manifest["standing"]
        facts["failed"] = sum(results.manifest["failed"] for results in runs.values())
        result = Readings(folder, facts, {"readings": pd.DataFrame(rows)}, chosen, tuple(runs.values()))
        result.write()
        return result


def _rows(scenario: Scenario, name: str, option: str, runs: dict[str, Results]) -> list[dict[str, Any]]:
    """Return a row per outcome of an alternative; none when fewer than two pairs of replications are there."""
    results, default = runs[f"{name}={option}"], runs[DEFAULT]
    reference, variant = outcomes(default), outcomes(results)
    pairs = len(reference.index.intersection(variant.index))
    return [
        {
            "scenario": scenario.name,
            "reading": name,
            "default": str(open_in(scenario.law)[name].value),
            "option": option,
            "outcome": outcome,
            "of_default": round(float(reference[outcome].mean()), 2),
            "difference": round(difference.mean, 6),
            "standard_error": round(difference.error, 6),
            "half": round(difference.half, 6),
            "threshold": difference.threshold,
            "verdict": difference.verdict,
            "replications": pairs,
            "seed": scenario.seed,
            "same": results.manifest["digest"] == default.manifest["digest"],
        }
        for outcome, difference in (compare(reference, variant, default.manifest).items() if pairs >= 2 else ())
    ]


def open_in(law: Law) -> dict[str, Reading | LawValue]:
    """Return what has other options in a law, by name: its readings, and the numbers that are a reading, in the order of the law file."""
    return {**dict(law.readings), **{name: value for name, value in law.values if value.options}}


def alternatives(scenario: Scenario) -> list[tuple[str, str]]:
    """Return every (reading, option) that the scenario's law does not follow, and could."""
    return [
        (name, str(option))
        for name, reading in open_in(scenario.law).items()
        for option in reading.options
        if option != reading.value and not (name == "final_sib" and scenario.law.tested_at_last)
    ]


def with_reading(scenario: Scenario, name: str, option: str) -> Scenario:
    """Return the scenario with one reading replaced, and nothing else but its name and titles."""
    label = f"{name}={option}"
    law, place = scenario.law, "readings" if name in dict(scenario.law.readings) else "values"
    own = getattr(law, place)
    value = option if place == "readings" else Fraction(option)
    changed = own.model_copy(update={name: getattr(own, name).model_copy(update={"value": value})})
    titles = {"title": f"{scenario.title} ({label})", "title_nl": f"{scenario.title_nl} ({label})"}
    law = law.model_copy(update={place: changed})
    return scenario.model_copy(update={"name": f"{scenario.name}-{label}", "law": law, **titles})
