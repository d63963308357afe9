"""A record: the chances of a test's verdicts in sealed files, written once, and read as long as nobody has changed them."""

import datetime
import hashlib
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.scenario.toml import LIBRARY
from sim.inputs.tables import digest, read_table
from sim.runs.disk.folders import locked
from sim.runs.disk.store import read_json, write_file, write_json
from sim.runs.places import NAMES

FOLDER = Path("results") / "registered"
COUNTED = NAMES[1:]  # a municipality without an objective has no verdict
MOST = 2**31  # populations that can be told apart
HALF = 0.5  # replications that are added to every category when chances are scored
OF_BANDS = "-set-000"  # behind the name of the scenario, in the experiment that is kept of bands
ROUNDED, SUMMED = 1e-5, 1e-2  # six digits are kept of a chance: by how much one, and all together, may be off
Array = NDArray[Any]


class Record(NamedTuple):
    """A record as it was written: `content`, its file; `chances` by NIS code and category (without `none` where it speaks of verdicts only)."""

    content: Mapping[str, Any]
    chances: Mapping[int, Mapping[str, float]]

    @property
    def naive(self) -> str:
        """Which naive forecaster said it; empty for the model."""
        return str(self.content.get("naive", ""))

    def scored(self, municipalities: Iterable[int]) -> Array:
        """Return the chances of 1, 2A and 2B in case of a verdict, as they are scored: float64[municipalities, 3]; NaN where it says nothing.

        Chances of the model are counted over replications, and 0 of n is not certain: half a replication more is counted in each category
        (Krichevsky and Trofimov 1981), of those in which the municipality has a verdict. What nobody counted is scored as it was said. Nothing
        is said of a municipality that is not there, or has a verdict in no replication.
        """
        said = np.array([[self.chances.get(nis, {}).get(name, 0.0) for name in COUNTED] for nis in municipalities]).reshape(
            -1, len(COUNTED)
        )
        known = said.sum(axis=1, keepdims=True) > 0
        more = 0.0 if self.naive else HALF / self.content["replications"]
        counted = np.where(known, said + more, np.nan)
        return np.asarray(counted / counted.sum(axis=1, keepdims=True))

    def counts(self, category: str) -> Array:
        """Return how many municipalities of Flanders are in a category, by replication, as the model says: float64[replications]."""
        by_number = self.content["flanders"][category]["replications_by_number"]
        return np.repeat([float(number) for number in by_number], list(by_number.values()))


def write_record(out: Path, name: str, content: Mapping[str, Any], chances: pd.DataFrame, files: Mapping[str, bytes]) -> Path:
    """Write a record and what lies beside it, and return its path: NAME with eight digits of the chances behind it.

    `chances`: a row per municipality. `files`: what else belongs to it, by the key of its digest (see `beside`). Raises InputError for one that
    is on record already.
    """
    text = chances.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    files = {"chances_sha256": text.encode(), **files}
    digests = {key: hashlib.sha256(of_file).hexdigest() for key, of_file in files.items()}
    record = out / f"{name}-{digests['chances_sha256'][:8]}.json"
    with locked(out):
        if record.exists():
            raise InputError(record, "", "is on record already; a record is never overwritten")
        for key, of_file in files.items():
            path = beside(record)[key]
            if path.exists() and path.read_bytes() != of_file:
                raise InputError(path, "", "lies where a file of this record is to come, and is another; move it away")
            write_file(path, of_file)
        write_json(record, {**content, **digests})
    return record


def beside(record: Path) -> dict[str, Path]:
    """Return the files that belong to a record, by the key of their digest in it: chances, experiment, and of bands the parameter sets."""
    endings = {"chances_sha256": ".csv", "experiment_sha256": ".experiment", "sets_sha256": ".sets"}
    return {key: record.with_suffix(ending) for key, ending in endings.items()}


def read_record(record: Path) -> Record:
    """Return a record. Raises InputError when it, or what lies beside it, is missing or was changed; and when somebody sealed it anew, for what
    then cannot be: who changes everything alike is found by git only (results/registered/README.md)."""
    if not record.is_file():
        raise InputError(record, "", "no such record; `bso register` makes them")
    content = read_json(record)
    if "chances_sha256" not in content:
        raise InputError(record, "", "not a record; `bso register` makes them")
    for key, file in beside(record).items():
        if key not in content or (key == "experiment_sha256" and "commit" not in content):  # the first record kept no experiment
            continue
        if not file.is_file():
            raise InputError(file, "", "missing; it belongs beside the record")
        if digest(file) != content[key]:
            raise InputError(file, "", "was changed since it was registered; it can no longer be scored")
    path = beside(record)["chances_sha256"]
    read = Record(content, {nis: _chances(path, row, "naive" in content) for nis, row in read_table(path, key="nis").items()})
    try:
        problem = _contradicted(record, read)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(record, "", f"not a record as they are written ({error!r})") from None
    if problem:
        raise InputError(record, "", f"{problem}: it was changed since it was registered; it can no longer be scored")
    return read


def _chances(path: Path, row: Mapping[str, str], naive: bool) -> dict[str, float]:
    """Return the chances in a row of a record by category. Raises InputError for what are no chances: outside 0 to 1, or not 1 together."""
    place, chances = f"line {row['line']}", dict[str, float]()
    for name in NAMES:
        column = f"chance_{name}"
        if column not in row and name in COUNTED:
            raise InputError(path, "header", f"no column {column!r}")
        if column in row:
            try:
                chances[name] = float(row[column])
            except ValueError:
                chances[name] = math.nan
            if not 0 <= chances[name] <= 1:
                raise InputError(path, f"{place}, {column}", f"found {row[column][:40]!r}; a chance from 0 to 1 is allowed")
    total = sum(chances.values())
    said = [1.0] if "none" in chances else [0.0, 1.0] if naive else [min(total, 1.0)]  # without `none` the rest is no verdict
    if min(abs(total - one) for one in said) > ROUNDED:
        raise InputError(path, place, f"the chances are {total:g} together; they are to be 1")
    return chances


def _contradicted(path: Path, record: Record) -> str | None:
    """Return what a record says otherwise in one place than in another."""
    content, chances = record.content, record.chances
    if not path.stem.endswith(f"-{content['chances_sha256'][:8]}"):
        return "its name has the first digits of other chances than it holds"
    day = datetime.date.fromisoformat(content["registered"]).isoformat()
    named = re.match(r"test-(\d+)-(\d{4}-\d\d-\d\d-)?", path.stem)
    if named is None or named[1] != str(content["test"]) or named[2] not in (None, f"{day}-"):
        return "its name is of another test or day"
    for name in COUNTED:
        of_category = content["flanders"][name]
        if record.naive:
            if any(abs(of[name] - of_category["share"]) > ROUNDED for of in chances.values()):
                return f"it says another share of {name} of Flanders than of its municipalities"
            continue
        counts = {int(number): times for number, times in of_category["replications_by_number"].items()}
        if content["replications"] < 1 or sum(counts.values()) != content["replications"] or min(*counts, *counts.values()) < 0:
            return f"it counts {name} in other replications than it has"
        mean = sum(number * times for number, times in counts.items()) / content["replications"]
        said = of_category.get("mean", mean)
        if abs(said - mean) > ROUNDED or ("mean" in of_category and abs(sum(of[name] for of in chances.values()) - mean) > SUMMED):
            return f"its municipalities are not in {name} as often as it says of Flanders"
    return None if record.naive else _miscounted(record) or _of_another(content, beside(path)["experiment_sha256"])


def _miscounted(record: Record) -> str | None:
    """Return what the replications of a record cannot give."""
    content, replications = record.content, record.content["replications"]
    counts = np.array([[*of.values()] for of in record.chances.values()]) * replications
    if (np.abs(counts - counts.round()) > replications * ROUNDED).any():
        return f"it holds a chance that no count of {replications} replications gives"
    for name, most in {"parameter_sets": replications, "populations": MOST}.items():
        if name in content and (type(content[name]) is not int or not 1 <= content[name] <= most):
            return f"its {name} are no whole number from 1 to {most}"
    if not isinstance(content["scenario"], str):
        return "its scenario has no name"
    return None


def _of_another(content: Mapping[str, Any], experiment: Path) -> str | None:
    """Return what a record says otherwise than its experiment; the first record kept none, nor the commit of its program."""
    if "commit" not in content:
        return None
    if "experiment_sha256" not in content:
        return "it names no experiment"
    made = read_json(experiment)
    scenario = made["scenario"]
    name = scenario["name"].removesuffix(OF_BANDS if "sets_sha256" in content else "")
    known = {"scenario": name, "title": scenario["title"], "law": str(scenario["law"]["date"]), "seed": scenario["seed"]}
    known |= {key: made[key] for key in ("source", "version", "data")}
    known |= {key: scenario[key] for key in {"sampling"} & {*content}}  # the first records say nothing of it
    other = [key for key, value in known.items() if content[key] != value]
    return f"its {other[0]} is not that of its experiment" if other else None


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
