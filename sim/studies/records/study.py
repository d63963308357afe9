"""A forecast on record: the chances of every verdict of a test, written down with all that they rest on, and scored when it is known."""

import datetime
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import source_digest
from sim.inputs.errors import InputError, nearest
from sim.inputs.scenario.toml import LIBRARY
from sim.inputs.tables import read_rows, read_table, whole
from sim.runs.outcomes import categories
from sim.runs.places import NAMES
from sim.runs.results import Results
from sim.runs.scores import bands, crps
from sim.runs.store import IDENTITY, MANIFEST, combined_digest, read_json, write_json
from sim.studies.backtest.naive import known_value
from sim.studies.calibration.bands import FACTS
from sim.studies.result import Result
from sim.tracing.explained import Explained

FOLDER = Path("results") / "registered"
COUNTED = NAMES[1:]  # a municipality without an objective has no verdict
LAST_KNOWN = 2018  # the last test whose verdicts are known
Record = Mapping[str, Any]
Array = NDArray[Any]


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
    many were. `facts`: how many `municipalities` were judged.
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
    folder, out, day = Path(results), Path(out), day or datetime.datetime.now(datetime.UTC).date()
    folders = runs_of(folder)
    explained = Explained(folders[0])
    explained.test(test)
    region, number = explained.region, sorted(explained.tests).index(test)
    runs = [explained.results, *(Results(other) for other in folders[1:])]
    verdicts = np.concatenate([categories(run, len(region.nis))[:, number] for run in runs])
    chances = {f"chance_{name}": (verdicts == code).mean(axis=0) for code, name in enumerate(NAMES)}
    table = pd.DataFrame({"nis": region.nis, "municipality": region.names, **chances})
    manifest = runs[0].manifest
    made, scenario, digest = manifest["experiment"], manifest["scenario"], manifest["digest"]
    if made["source"] != source_digest():
        raise InputError(folder, "", "made by other code than this; run the scenario again")
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    files = {"chances_sha256": text.encode(), "experiment_sha256": (folders[0] / IDENTITY).read_bytes()}
    if len(runs) > 1:
        files["sets_sha256"] = (folder / "sets.csv").read_bytes()
        scenario, digest = read_json(folder / FACTS)["scenario"], combined_digest([run.manifest["digest"] for run in runs])
    content = {
        "forecast": f"verdicts of the progress test of {test}, by municipality",
        "test": test,
        "registered": day.isoformat(),
        "scenario": scenario,
        "title": manifest["title"],
        "replications": len(verdicts),
        "parameter_sets": len(runs),
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
        **{key: hashlib.sha256(content).hexdigest() for key, content in files.items()},
        "scored_by": "bso score RECORD VERDICTS.csv",
        "flanders": {name: _counts(verdicts, code) for code, name in enumerate(NAMES)},
        "estimated": "objective, SIB, stock, land and pipeline per municipality are estimates; the law is a draft",
    }
    record = out / f"test-{test}-{day.isoformat()}-{content['chances_sha256'][:8]}.json"
    out.mkdir(parents=True, exist_ok=True)
    if record.exists():
        raise InputError(record, "", "is on record already; a record is never overwritten")
    for key, bytes_of in files.items():
        beside(record)[key].write_bytes(bytes_of)
    write_json(record, content)
    return Registered(out, content, {"chances": table}, record)


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


def commit() -> str | None:
    """Return the commit that this program is of, "+" behind it when its files were changed since; None where there is no repository."""
    root, git = LIBRARY.parent, shutil.which("git")
    if git is None or not (root / ".git").exists():  # another repository around a copy is not ours
        return None
    away = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    head, changed = (
        subprocess.run([git, "-C", str(root), *words], capture_output=True, text=True, check=False, env=away)
        for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--", "sim", "scenarios"))
    )
    if head.returncode or changed.returncode:
        return None
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def beside(record: Path) -> dict[str, Path]:
    """Return the files that belong to a record, by the key of their digest in it: chances, experiment, and of bands the parameter sets."""
    endings = {"chances_sha256": ".csv", "experiment_sha256": ".experiment", "sets_sha256": ".sets"}
    return {key: record.with_suffix(ending) for key, ending in endings.items()}


def _counts(verdicts: Array, code: int) -> dict[str, Any]:
    """Return how many municipalities are in a category: mean, and how often each number occurs among the replications."""
    counts = (verdicts == code).sum(axis=1)
    by_number = zip(*(column.tolist() for column in np.unique(counts, return_counts=True)), strict=True)
    return {"mean": float(counts.mean()), "replications_by_number": {str(number): times for number, times in by_number}}


def score(record: str | Path, verdicts: str | Path) -> Scored:
    """Score a record against the verdicts once they are known: a CSV of `nis` and `category` (none, 1, 2A, 2B), every municipality once.

    Raises InputError for a record that was changed, and for a table that lacks a municipality or has another category.
    """
    record, verdicts = Path(record), Path(verdicts)
    content, chances = read_record(record)
    known = _verdicts(verdicts, chances)
    judged = [nis for nis in chances if known[nis] != "none"]
    if not judged:
        raise InputError(verdicts, "category", "found none everywhere; nothing to score: 1, 2A or 2B is needed somewhere")
    forecast = np.array([[chances[nis][name] for name in COUNTED] for nis in judged])
    forecast /= np.maximum(forecast.sum(axis=1, keepdims=True), 1e-12)  # of those that have a verdict
    happened = np.array([[known[nis] == name for name in COUNTED] for nis in judged], float)
    last = np.array([known_value(f"category_{name.lower()}_{LAST_KNOWN}") for name in COUNTED])
    forecasters = {
        "forecast": forecast,
        "same for all": np.tile(forecast.mean(axis=0), (len(judged), 1)),
        "as in 2018": np.tile(last / last.sum(), (len(judged), 1)),
        "even chance": np.full(forecast.shape, 1 / len(COUNTED)),
    }
    rps = {name: float(ranked(of_each, happened).mean()) for name, of_each in forecasters.items()}
    scores = pd.DataFrame({"forecaster": list(rps), "rps": list(rps.values())})
    scores["skill"] = 1 - rps["forecast"] / scores["rps"].clip(lower=1e-12)
    tables = {
        "scores": scores,
        "flanders": _flanders(content, list(known.values())),
        "reliability": reliability(forecast[:, 1:].sum(axis=1), happened[:, 0] == 0),
    }
    return Scored(record.parent, {"municipalities": len(judged)}, tables, record)


def ranked(chances: Array, happened: Array) -> Array:
    """Return the ranked probability score of each row (n x categories in their order, chances and 0/1): 0 is perfect, 1 the worst."""
    difference = (chances.cumsum(axis=1) - happened.cumsum(axis=1))[:, :-1]
    return np.asarray((difference**2).sum(axis=1) / difference.shape[1])


def reliability(chances: Array, happened: Array) -> pd.DataFrame:
    """Return by tenths of the chance how many there were, the mean chance said, and the share that happened; tenths without any left out."""
    frame = pd.DataFrame({"tenth": np.minimum((chances * 10).astype(int), 9), "said": chances, "happened": happened.astype(float)})
    table = frame.groupby("tenth").agg(municipalities=("said", "size"), said=("said", "mean"), happened=("happened", "mean"))
    return table.reset_index()


def read_record(record: Path) -> tuple[Record, dict[int, dict[str, float]]]:
    """Return a record and its chances by NIS code and category. Raises InputError when either is missing or was changed."""
    if not record.is_file():
        raise InputError(record, "", "no such record; `bso register` makes them")
    content = read_json(record)
    for key, file in beside(record).items():
        if key not in content or (key == "experiment_sha256" and "commit" not in content):  # the first record kept no experiment
            continue
        if not file.is_file():
            raise InputError(file, "", "missing; it belongs beside the record")
        if hashlib.sha256(file.read_bytes()).hexdigest() != content[key]:
            raise InputError(file, "", "was changed since it was registered; it can no longer be scored")
    rows = read_table(beside(record)["chances_sha256"], key="nis")
    return content, {nis: {name: float(row[f"chance_{name}"]) for name in NAMES} for nis, row in rows.items()}


def _verdicts(path: Path, chances: Mapping[int, Any]) -> dict[int, str]:
    known: dict[int, str] = {}
    for row in read_rows(path):
        nis, line = whole(path, row, "nis"), f"line {row['line']}"
        if nis not in chances:
            raise InputError(path, f"{line}, nis", f"unknown NIS code {nis}; {nearest(str(nis), map(str, chances))}")
        if nis in known:
            raise InputError(path, f"{line}, nis", f"{nis} stands twice")
        if row.get("category") not in NAMES:
            raise InputError(path, f"{line}, category", f"found {row.get('category')!r}; {', '.join(NAMES)} is allowed")
        known[nis] = row["category"]
    if missing := [nis for nis in chances if nis not in known]:
        raise InputError(path, "nis", f"{len(missing)} of {len(chances)} municipalities missing, the first {missing[0]}")
    return known


def _flanders(content: Record, known: list[str]) -> pd.DataFrame:
    """Return a row per category: how many there were, and what the record said."""
    rows = []
    for name in COUNTED:
        times, fact = content["flanders"][name]["replications_by_number"], float(known.count(name))
        values = np.repeat([float(number) for number in times], list(times.values()))
        scored = {"mean": float(values.mean()), "crps": crps(values, fact), **bands(values, fact)}
        rows.append({"category": name, "fact": fact, **scored})
    return pd.DataFrame(rows)
