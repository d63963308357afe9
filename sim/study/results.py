"""The results of an experiment: tables read back from its folder, and their summary."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.study.store import MANIFEST, read_json, read_table

CATEGORIES = ("category_1", "category_2A", "category_2B")


class Results:
    """A finished experiment in its folder. Tables are read when asked for; columns are described in `results/README.md`."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest: dict[str, Any] = read_json(self.folder / MANIFEST)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """A row per replication and year, summed over municipalities."""
        return self.table("totals")

    @cached_property
    def test_totals(self) -> pd.DataFrame:
        """A row per replication and test: municipalities per category, shortfall (dwellings), contributions (cents)."""
        return self.table("test_totals")

    def table(self, name: str) -> pd.DataFrame:
        """Return a stored table: municipalities, tests, companies, projects, totals or test_totals."""
        return read_table(self.folder, self.manifest["chunks"], name)

    @property
    def path(self) -> pd.DataFrame:
        """What each measurement of the law asks of all municipalities together: year, required (dwellings)."""
        return pd.DataFrame(self.manifest["required"])

    def contributions(self) -> pd.Series[int]:
        """Return the contributions charged on all tests together, euro cents, by replication; zero in a rhythm without tests."""
        everyone = self.totals["replication"].drop_duplicates()
        return self.test_totals.groupby("replication")["contribution_cents"].sum().reindex(everyone, fill_value=0)

    def summary(self) -> dict[str, Any]:
        """Return the answer: realised in the last year, the chance of the objective, verdicts and contributions per test."""
        if not self.manifest["replications"]:
            return {k: self.manifest[k] for k in ("scenario", "replications", "failed", "seed", "digest")}
        last = self.totals[self.totals["year"] == self.manifest["end_year"]]
        return {
            "scenario": self.manifest["scenario"],
            "replications": self.manifest["replications"],
            "failed": self.manifest["failed"],
            "seed": self.manifest["seed"],
            "digest": self.manifest["digest"],
            "realised_2042": band(last["bso"], (10, 50, 90)),
            "net_2042": band(last["net"], (10, 50, 90)),
            "probability_objective": float((last["bso"] >= last["objective"]).mean()),
            "tests": [
                {
                    "year": int(rows["test"].iloc[0]),
                    **{name: band(rows[name], (10, 90)) for name in CATEGORIES},
                    "shortfall": band(rows["shortfall"], (10, 90)),
                    "contribution": band(rows["contribution_cents"] / 100, (10, 90)),
                }
                for _, rows in self.test_totals.groupby("test")
            ],
            "contribution_total": band(self.contributions() / 100, (10, 50, 90)),
        }


def band(values: Any, percentiles: tuple[int, ...]) -> dict[str, float]:
    """Return the mean and the percentiles (linear between order statistics) of values over replications, rounded to cents."""
    array = np.asarray(values, np.float64)
    if not len(array):
        return {}  # a rhythm without tests
    return {"mean": round(float(array.mean()), 2), **{f"p{p}": round(float(np.percentile(array, p)), 2) for p in percentiles}}


def combined_digest(digests: list[str]) -> str:
    """Return the SHA-256 of the replications' digests in their order: the same for any chunking and any number of workers."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
