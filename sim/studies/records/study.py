"""A forecast on record: the chances of every verdict of a test, written down with all that they rest on, and scored when it is known."""

import datetime
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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
from sim.tracing.explained import Explained

FOLDER = Path("results") / "registered"
COUNTED = NAMES[1:]  # a municipality without an objective has no verdict
LAST_KNOWN = 2018  # the last test whose verdicts are known
Record = Mapping[str, Any]


def register(folder: Path, test: int, out: Path, day: datetime.date) -> Path:
    """Write the chances of a test's verdicts and return the record's file (JSON).

    `folder`: of results, or of `bso bands`, whose parameter sets all weigh the same. Beside the record stand the chances (CSV) and the
    experiment: scenario, law, data and source, so that it can be run again. A record is never overwritten. Raises InputError for a folder
    without results, another version's results, or a test that is not there.
    """
    folders = runs_of(folder)
    explained = Explained(folders[0])
    explained.test(test)
    results, region = explained.results, explained.region
    number = sorted(explained.tests).index(test)
    every = [results, *(Results(other) for other in folders[1:])]
    found = np.concatenate([categories(one, len(region.nis))[:, number] for one in every])
    table = pd.DataFrame({"nis": region.nis, "municipality": region.names})
    for code, name in enumerate(NAMES):
        table[f"chance_{name}"] = (found == code).mean(axis=0)
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    manifest = results.manifest
    if manifest["experiment"]["source"] != source_digest():
        raise InputError(folder, "", "made by other code than this; run the scenario again")
    kept = {"chances_sha256": text.encode(), "experiment_sha256": (folders[0] / IDENTITY).read_bytes()}
    if len(every) > 1:
        kept["sets_sha256"] = (folder / "sets.csv").read_bytes()
    content = {
        "forecast": f"verdicts of the progress test of {test}, by municipality",
        "test": test,
        "registered": day.isoformat(),
        "scenario": read_json(folder / FACTS)["scenario"] if len(every) > 1 else manifest["scenario"],
        "title": manifest["title"],
        "replications": len(found),
        "parameter_sets": len(every),
        "seed": manifest["seed"],
        "version": manifest["experiment"]["version"],
        "law": str(manifest["experiment"]["scenario"]["law"]["date"]),
        "commit": commit(),
        "source": manifest["experiment"]["source"],
        "python": manifest["python"],
        "packages": manifest["packages"],
        "command": manifest["command"],
        "digest": combined_digest([one.manifest["digest"] for one in every]) if len(every) > 1 else manifest["digest"],
        "data": manifest["experiment"]["data"],
        **{key: hashlib.sha256(content).hexdigest() for key, content in kept.items()},
        "scored_by": "bso score RECORD VERDICTS.csv",
        "flanders": {name: _counts(found, code) for code, name in enumerate(NAMES)},
        "estimated": "objective, SIB, stock, land and pipeline per municipality are estimates; the law is a draft",
    }
    name = f"test-{test}-{day.isoformat()}-{content['chances_sha256'][:8]}"
    out.mkdir(parents=True, exist_ok=True)
    record = out / f"{name}.json"
    if record.exists():
        raise InputError(record, "", "is on record already; a record is never overwritten")
    for key, content_of in kept.items():
        beside(record)[key].write_bytes(content_of)
    write_json(record, content)
    return record


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
    said = [
        subprocess.run([git, "-C", str(root), *words], capture_output=True, text=True, check=False, env=away)
        for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--", "sim", "scenarios"))
    ]
    if any(one.returncode for one in said):
        return None
    return said[0].stdout.strip() + ("+" if said[1].stdout.strip() else "")


def beside(record: Path) -> dict[str, Path]:
    """Return the files that belong to a record, by the key of their digest in it: chances, experiment, and of bands the parameter sets."""
    endings = {"chances_sha256": ".csv", "experiment_sha256": ".experiment", "sets_sha256": ".sets"}
    return {key: record.with_suffix(ending) for key, ending in endings.items()}


def _counts(found: "np.ndarray[Any, Any]", code: int) -> dict[str, Any]:
    """Return how many municipalities are in a category: mean, and how often each number occurs among the replications."""
    counts = (found == code).sum(axis=1)
    values, times = np.unique(counts, return_counts=True)
    return {
        "mean": float(counts.mean()),
        "replications_by_number": {str(v): int(n) for v, n in zip(values.tolist(), times.tolist(), strict=True)},
    }


@dataclass(frozen=True)
class Scored:
    """A record scored. `scores`: mean ranked probability score of the forecast and of naive ones (0 is perfect), with the skill over each.

    `flanders`: a row per category: fact, mean, bands, CRPS. `reliability`: of municipalities said to be in category 2 with such a chance, how
    many were.
    """

    record: Record
    municipalities: int
    scores: pd.DataFrame
    flanders: pd.DataFrame
    reliability: pd.DataFrame


def score(record: Path, verdicts: Path) -> Scored:
    """Score a record against the verdicts once they are known: a CSV of `nis` and `category` (none, 1, 2A, 2B), every municipality once.

    Raises InputError for a record that was changed, and for a table that lacks a municipality or has another category.
    """
    content, chances = read_record(record)
    known = _verdicts(verdicts, chances)
    judged = [nis for nis in chances if known[nis] != "none"]
    if not judged:
        raise InputError(verdicts, "category", "found none everywhere; nothing to score: 1, 2A or 2B is needed somewhere")
    given = np.array([[chances[nis][name] for name in COUNTED] for nis in judged])
    given = given / np.maximum(given.sum(axis=1, keepdims=True), 1e-12)  # of those that have a verdict
    happened = np.array([[known[nis] == name for name in COUNTED] for nis in judged], float)
    old = np.array([known_value(f"category_{name.lower()}_{LAST_KNOWN}") for name in COUNTED])
    said = {
        "forecast": given,
        "same for all": np.tile(given.mean(axis=0), (len(judged), 1)),
        "as in 2018": np.tile(old / old.sum(), (len(judged), 1)),
        "even chance": np.full(given.shape, 1 / len(COUNTED)),
    }
    rows = [{"forecaster": name, "rps": float(ranked(chance, happened).mean())} for name, chance in said.items()]
    scores = pd.DataFrame(rows)
    scores["skill"] = 1 - scores["rps"].iloc[0] / scores["rps"].clip(lower=1e-12)
    return Scored(
        content,
        len(judged),
        scores,
        _flanders(content, list(known.values())),
        reliability(given[:, 1:].sum(axis=1), happened[:, 0] == 0),
    )


def ranked(chances: "np.ndarray[Any, Any]", happened: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Return the ranked probability score of each row (n x categories in their order, chances and 0/1): 0 is perfect, 1 the worst."""
    difference = (chances.cumsum(axis=1) - happened.cumsum(axis=1))[:, :-1]
    return np.asarray((difference**2).sum(axis=1) / difference.shape[1])


def reliability(chances: "np.ndarray[Any, Any]", happened: "np.ndarray[Any, Any]") -> pd.DataFrame:
    """Return by tenths of the chance how many there were, the mean chance said, and the share that happened; tenths without any left out."""
    tenth = np.minimum((chances * 10).astype(int), 9)
    frame = pd.DataFrame({"tenth": tenth, "said": chances, "happened": happened.astype(float)})
    grouped = frame.groupby("tenth")
    return pd.DataFrame(
        {"municipalities": grouped.size(), "said": grouped["said"].mean(), "happened": grouped["happened"].mean()}
    ).reset_index()


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
    found: dict[int, str] = {}
    for row in read_rows(path):
        nis = whole(path, row, "nis")
        if nis not in chances:
            raise InputError(path, f"line {row['line']}, nis", f"unknown NIS code {nis}; {nearest(str(nis), map(str, chances))}")
        if nis in found:
            raise InputError(path, f"line {row['line']}, nis", f"{nis} stands twice")
        if row.get("category") not in NAMES:
            raise InputError(path, f"line {row['line']}, category", f"found {row.get('category')!r}; {', '.join(NAMES)} is allowed")
        found[nis] = row["category"]
    missing = [nis for nis in chances if nis not in found]
    if missing:
        raise InputError(path, "nis", f"{len(missing)} of {len(chances)} municipalities missing, the first {missing[0]}")
    return found


def _flanders(content: Record, known: list[str]) -> pd.DataFrame:
    """Return a row per category: how many there were, and what the record said."""
    rows = []
    for name in COUNTED:
        said, fact = content["flanders"][name]["replications_by_number"], float(known.count(name))
        values = np.repeat([float(v) for v in said], list(said.values()))
        row: dict[str, Any] = {"category": name, "fact": fact, "mean": float(values.mean()), "crps": crps(values, fact)}
        row |= bands(values, fact)
        rows.append(row)
    return pd.DataFrame(rows)
