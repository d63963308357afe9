"""A tally: of replications what a reader asks about, counted, small enough to keep and to send; pieces of one add up to the whole."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import replicator
from sim.runs.disk.store import combined_digest
from sim.runs.experiment import prepared_here
from sim.runs.job import told
from sim.runs.memory import InMemory
from sim.runs.outcomes import OUTCOMES, categories, matrix, of_all
from sim.runs.results import Results
from sim.runs.standing import standing

TOTALS = (  # the columns of the totals that are kept
    *("objective", "bso", "net", "delivered", "preparation", "mjp", "ktp", "construction", "dormant"),
    *("waiting_money", "no_slot", "no_land", "no_opportunity", "paid_cents"),
)
TESTED = ("category_1", "category_2A", "category_2B", "shortfall", "contribution_cents", "company_cents")
AT_END = ("objective", "realised")  # of every municipality, in the last year
ARRAYS = ("replications", "outcomes", "totals", "tested", "category", *(f"end_{name}" for name in AT_END))


class Tally(Results):
    """Replications counted: outcomes, totals, tests, and by municipality its category at each test and its dwellings in the last year.

    What it holds it answers as any other results do. `facts`: what its manifest says and no replication changes. `digests`: one for each.
    """

    def __init__(self, facts: Mapping[str, Any], digests: Sequence[str], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.folder = Path()
        self.facts, self.digests, self.arrays = facts, list(digests), arrays
        count = len(self.digests)
        populations = facts["populations"] or count
        digest = combined_digest(self.digests)
        self.manifest = {**facts, "populations": populations, "replications": count, "failed": 0, "digest": digest}
        keys = pd.MultiIndex.from_product([self.replications, facts["tests"]], names=["replication", "test"])
        tested = pd.DataFrame(arrays["tested"].reshape(-1, len(TESTED)), keys, TESTED)
        self.test_totals = tested.reset_index()

    @property
    def replications(self) -> list[int]:
        """The numbers of the replications, in order."""
        return [int(number) for number in self.arrays["replications"]]

    @property
    def outcomes(self) -> pd.DataFrame:
        """Every outcome: a row per replication, a column per outcome."""
        return pd.DataFrame(self.arrays["outcomes"], self.replications, list(OUTCOMES), dtype=float)

    def yearly(self, name: str) -> pd.DataFrame:
        """Return one column of the totals: a row per replication, a column per year. Raises InputError for one that is not kept."""
        if name not in TOTALS:
            raise InputError("tally", name, f"is not kept; allowed: {', '.join(TOTALS)}")
        years = pd.RangeIndex(self.facts["start_year"], self.facts["end_year"] + 1, name="year")
        return pd.DataFrame(
            self.arrays["totals"][:, :, TOTALS.index(name)].astype(np.int64),
            pd.Index(self.replications, name="replication"),
            years,
        )

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield what is kept of the table of municipalities (their last year) or of tests, in one part. Raises InputError for another."""
        count, nis = len(self.digests), self.facts["nis"]
        if name == "municipalities":
            keys = {"nis": np.tile(nis, count)}
            values = {end: self.arrays[f"end_{end}"].ravel() for end in AT_END}
        elif name == "tests":
            tests = self.facts["tests"]
            keys = {"test": np.tile(np.repeat(tests, len(nis)), count), "nis": np.tile(nis, count * len(tests))}
            values = {"category": self.arrays["category"].ravel()}
        else:
            raise InputError("tally", name, "no such table is kept; municipalities or tests is allowed")
        frame = pd.DataFrame({**keys, **values})
        yield frame if columns is None else frame[list(columns)]

    def first(self, count: int) -> "Tally":
        """Return the tally of its first replications."""
        if count >= len(self.digests):
            return self
        return Tally(self.facts, self.digests[:count], {name: rows[:count] for name, rows in self.arrays.items()})

    def to_bytes(self) -> bytes:
        """Return it as the bytes of a file."""
        stream = io.BytesIO()
        held = json.dumps({"facts": self.facts, "digests": self.digests}, ensure_ascii=False).encode()
        np.savez_compressed(stream, allow_pickle=False, held=np.frombuffer(held, np.uint8), **self.arrays)
        content = stream.getvalue()
        return hashlib.sha256(content).digest() + content


def from_bytes(content: bytes, path: Path) -> Tally:
    """Return the tally that a file holds. Raises InputError for bytes that are not those of one, or were changed since."""
    seal, content = content[:32], content[32:]
    if hashlib.sha256(content).digest() != seal:
        raise InputError(path, "", "is damaged, or no tally")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            held = json.loads(file["held"].tobytes())
            arrays = {name: file[name] for name in ARRAYS}
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(path, "", f"is no tally of this version ({type(error).__name__})") from None
    return Tally(held["facts"], held["digests"], arrays)


def joined(pieces: Sequence[Tally]) -> Tally:
    """Return the tally of pieces that follow each other."""
    digests = [digest for piece in pieces for digest in piece.digests]
    arrays = {name: np.concatenate([piece.arrays[name] for piece in pieces]) for name in ARRAYS}
    return Tally(pieces[0].facts, digests, arrays)


def counted(scenario: Scenario, count: int, first: int = 0) -> Tally:
    """Compute some replications of a scenario in a row, from `first` on, and return their tally. Raises InputError for what cannot be run."""
    task = prepared_here(scenario)
    results = InMemory([*map(replicator(task), range(first, first + count))], scenario, task.region)
    return tally(results, scenario, task.region, told(task) if first == 0 else {})


def tally(results: Results, scenario: Scenario, region: Region, of_model: Mapping[str, Any]) -> Tally:
    """Return the tally of results. `of_model`: what `job.told` says of their model; a piece that is not the first may be without, and says
    nothing of how it stands with them either: the first piece does."""
    totals = np.stack([results.yearly(name).to_numpy(np.int64) for name in TOTALS], axis=2)
    rows, count = results.test_totals, len(results.replications)
    tests = [int(year) for year in sorted(rows["test"].unique())] if len(rows) else []
    tested = rows[list(TESTED)].to_numpy(np.int64) if len(rows) else np.zeros((0, len(TESTED)), np.int64)
    ends = {f"end_{name}": _last(matrix(results, "municipalities", name), len(region.nis)) for name in AT_END}
    facts = {
        "scenario": scenario.name,
        "title": scenario.title,
        "title_nl": scenario.title_nl,
        "seed": scenario.seed,
        "sampling": scenario.sampling,
        "populations": None if scenario.drawn else region.populations,
        "start_year": scenario.start.year + 1,
        "end_year": scenario.end.year,
        "version": version("bso-sim"),
        **({"standing": standing(scenario, region)} if of_model else {}),  # looks at all functions: as long as two replications
        "tests": tests,
        "nis": [int(nis) for nis in region.nis],
        **{name: of_model[name] for name in ("objective", "required") if name in of_model},
    }
    arrays = {
        "replications": np.array(results.replications, np.int32),
        "outcomes": of_all(results).to_numpy(float),
        "totals": totals,
        "tested": tested.reshape(count, len(tests), len(TESTED)),
        "category": categories(results, len(region.nis)) if tests else np.zeros((count, 0, len(region.nis)), np.int8),
        **ends,
    }
    return Tally(facts, digests_of(results), arrays)


def digests_of(results: Results) -> list[str]:
    """Return the digest of every replication of results, in memory or on disk."""
    if isinstance(results, InMemory):
        return results.digests
    digests = {int(number): digest for facts in results.chunks.values() for number, digest in facts["digests"].items()}
    return [digest for _, digest in sorted(digests.items())]


def _last(values: NDArray[np.int64], municipalities: int) -> NDArray[np.int32]:
    """Return of a column of the municipalities' table its last year: int32[replications, municipalities]."""
    return values.reshape(len(values), -1, municipalities)[:, -1].astype(np.int32)
