"""A forecast on record: the chances of every verdict of a test, written down with all that they rest on, and scored when it is known."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.files import text_of
from sim.inputs.scenario.model import DRAWN
from sim.runs.disk.store import IDENTITY, MANIFEST, combined_digest, read_json
from sim.runs.outcomes import categories
from sim.runs.places import NAMES
from sim.runs.results import Results
from sim.runs.source import own_source
from sim.studies.calibration.bands import FACTS
from sim.studies.records.naive_records import naive_shares
from sim.studies.records.record import FOLDER, Array, commit, read_record, write_record
from sim.studies.records.verdicts import happened, judged, of_flanders, ranked, read_verdicts, reliability
from sim.studies.result import Result
from sim.tracing.explained import Explained


@dataclass(frozen=True)
class Registered(Result):
    """A forecast on record. `record`: its file (JSON), which holds `facts`; `tables`: the chances by municipality."""

    PICTURES: ClassVar[str] = ""
    SCREEN: ClassVar[str] = "screen:show_record"

    record: Path


@dataclass(frozen=True)
class Scored(Result):
    """A record scored. `scores`: mean ranked probability score of the forecast and of naive ones (0 is perfect), with the skill over each.

    `flanders`: a row per category: fact, mean, bands, CRPS. `reliability`: of municipalities said to be in category 2 with such a chance, how
    many were. `facts`: how many `municipalities` were judged of which it says something, and of how many it says nothing (`not_said`);
    its `replications`, None for what nobody counted.
    """

    PICTURES: ClassVar[str] = ""
    SUMMED: ClassVar[tuple[str, ...]] = ("scores", "flanders", "reliability")

    record: Path

    def summary(self) -> dict[str, Any]:
        """Return the tables, ready for JSON."""
        return {name: rows for name, rows in super().summary().items() if name in self.SUMMED}


def register(results: str | Path, test: int = 2028, out: str | Path = FOLDER, day: datetime.date | None = None) -> Registered:
    """Write the chances of a test's verdicts on record.

    `results`: a folder of results, or of `bso bands`, whose parameter sets all weigh the same. `out`: folder of records. `day`: default today
    (UTC). Beside the record stand the chances (CSV) and the experiment: scenario, law, data and source, so that it can be run again. A record is
    never overwritten. Raises InputError for a folder without results, another version's results, or a test that is not there.
    """
    folder, day = Path(results), day or datetime.datetime.now(datetime.UTC).date()
    folders = runs_of(folder)
    explained = Explained(folders[0])
    explained.test(test)
    region, number = explained.region, sorted(explained.tests).index(test)
    runs = [explained.results, *(Results(other) for other in folders[1:])]
    verdicts = np.concatenate([categories(run, len(region.nis))[:, number] for run in runs])
    chances = {f"chance_{name}": (verdicts == code).mean(axis=0) for code, name in enumerate(NAMES)}
    table = pd.DataFrame({"nis": region.nis, "municipality": region.names, **chances})
    manifest = runs[0].manifest
    made, whole, digest = manifest["experiment"], manifest, manifest["digest"]
    if "replaced" in made:
        raise InputError(folder, "", f"not the published model: {', '.join(made['replaced'])} was replaced; run the scenario again")
    if made["source"] != own_source():
        raise InputError(folder, "", "made by other code than this; run the scenario again")
    files = {"experiment_sha256": text_of(folders[0] / IDENTITY)}
    if len(runs) > 1:
        files["sets_sha256"] = text_of(folder / "sets.csv")
        whole, digest = read_json(folder / FACTS), combined_digest([run.manifest["digest"] for run in runs])
    content = {
        "forecast": f"verdicts of the progress test of {test}, by municipality",
        "test": test,
        "registered": day.isoformat(),
        "scenario": whole["scenario"],
        "title": manifest["title"],
        "replications": len(verdicts),
        "parameter_sets": len(verdicts) if manifest["sampling"] == DRAWN else len(runs),
        "populations": manifest["populations"],
        "sampling": manifest["sampling"],
        "seed": manifest["seed"],
        "version": made["version"],
        "law": str(made["scenario"]["law"]["date"]),
        "commit": commit(),
        "source": made["source"],
        "python": manifest["python"],
        "packages": manifest["packages"],
        "command": manifest["command"],
        "digest": digest,
        "data": made["data"],
        "scored_by": "bso score VERDICTS.csv",
        "flanders": {name: _counts(verdicts, code) for code, name in enumerate(NAMES)},
        "standing": whole["standing"],
    }
    record = write_record(Path(out), f"test-{test}-{day.isoformat()}", content, table, files)
    return Registered(record.parent, read_record(record).content, {"chances": table}, record)


def runs_of(folder: Path) -> list[Path]:
    """Return the folders of results in a folder: itself, or of what `bso bands` wrote those of every parameter set, in their order.

    Raises InputError for bands that lack the replications of a set.
    """
    if not (folder / FACTS).is_file():
        return [folder]
    runs = [folder / "runs" / f"set_{k:03d}" for k in range(read_json(folder / FACTS)["sets"])]
    for run in runs:
        if not (run / MANIFEST).is_file():
            raise InputError(run, "", "the replications are not here; `bso bands` makes them")
    return runs


def _counts(verdicts: Array, code: int) -> dict[str, Any]:
    """Return how many municipalities are in a category: mean, and how often each number occurs among the replications."""
    counts = (verdicts == code).sum(axis=1)
    by_number = zip(*(column.tolist() for column in np.unique(counts, return_counts=True)), strict=True)
    return {"mean": float(counts.mean()), "replications_by_number": {str(number): times for number, times in by_number}}


def score(record: str | Path, verdicts: str | Path) -> Scored:
    """Score a record against the verdicts once they are known: a CSV of `nis` and `category` (none, 1, 2A, 2B), every municipality once.

    Raises InputError for a record that was changed, for one that says nothing of all that have a verdict, and what `read_verdicts` raises.
    """
    record, verdicts = Path(record), Path(verdicts)
    said = read_record(record)
    known = read_verdicts(verdicts, said.chances)
    with_verdict = judged(known)
    forecast, facts = said.scored(with_verdict), happened(known, with_verdict)
    there = ~np.isnan(forecast).any(axis=1)
    if not there.any():
        raise InputError(record, "", "says nothing of any municipality that has a verdict")
    forecast, facts = forecast[there], facts[there]
    all_alike = {"same for all": forecast.mean(axis=0), **naive_shares(said.content["test"])}
    forecasters = {"forecast": forecast, **{name: np.tile(shares, (len(forecast), 1)) for name, shares in all_alike.items()}}
    rps = {name: float(ranked(of_each, facts).mean()) for name, of_each in forecasters.items()}
    scores = pd.DataFrame({"forecaster": list(rps), "rps": list(rps.values())})
    scores["skill"] = 1 - rps["forecast"] / scores["rps"].clip(lower=1e-12)
    tables = {
        "scores": scores,
        "flanders": of_flanders(said, known),
        "reliability": reliability(forecast[:, 1:].sum(axis=1), facts[:, 0] == 0),
    }
    counts = {"municipalities": int(there.sum()), "not_said": int((~there).sum()), "replications": said.content.get("replications")}
    return Scored(record.parent, counts, tables, record)
