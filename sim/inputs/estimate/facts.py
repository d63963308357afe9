"""The facts the estimate starts from, and the three tools every part of it uses: splitting, limits, draws."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.chance.draws import table, uniform
from sim.chance.leadtimes import kept
from sim.inputs.files import text_of

from .households import back_to_2008

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Published = tuple[int, float, float]  # a figure: row, value, year

DATA = Path(__file__).resolve().parent.parent / "data"
SEED = 20421231  # of the estimate's draws; no unit; ours; assumed: any number would do
POPULATIONS = 20  # populations; population 0 is the central estimate; assumed
TODAY = 2025  # the year at whose end the estimates stand
TABLES = ("municipalities", "households", "households_arrondissement", "anchors", "company_anchors", "regional_facts", "permits")
YEARS_OF_PERMITS = 10  # years over which permits are averaged; assumed
FINE = 10**7  # steps of a weight's largest value: coarse enough to hide a library's last digit, fine enough for one dwelling


@dataclass(frozen=True, eq=False)
class Facts:
    """The tables of facts; arrays hold one element per municipality, in the order of `municipalities` (by NIS code).

    Every population asks the same of them, so what was asked once is kept (and no array can be written in, see `kept`).
    """

    municipalities: pd.DataFrame
    households: pd.DataFrame
    arrondissements: pd.DataFrame
    anchors: pd.DataFrame
    company_anchors: pd.DataFrame
    regional: pd.DataFrame
    permits: pd.DataFrame

    @property
    @cache
    def households_2008(self) -> Reals:
        """Return households on 1 January 2008 (derived)."""
        return kept(
            back_to_2008(self.households, self.arrondissements, self.municipalities["arrondissement_nis"]).to_numpy(np.float64)
        )

    @cache
    def column(self, name: str) -> Reals:
        """Return one column of the municipalities."""
        return kept(self.municipalities[name].to_numpy(np.float64))

    @cache
    def rows_of(self, column: str) -> dict[Hashable, Whole]:
        """Return the rows of the municipalities by their value in a column: province, arrondissement_nis or company."""
        return {value: np.asarray(rows, np.int64) for value, rows in self.municipalities.groupby(column).indices.items()}

    def mean_of(self, column: str, values: Reals) -> Reals:
        """Return, for every municipality, the mean of the values over those of its province, arrondissement or company."""
        means = np.empty(len(values))
        for rows in self.rows_of(column).values():
            means[rows] = np.add.reduce(values[rows]) / len(rows)
        return means

    @cache
    def year(self, year: int) -> Whole:
        """Return the households on 1 January of `year` (2010-2043)."""
        return kept(self.households[str(year)].to_numpy(np.int64))

    @cache
    def permits_to(self, year: int) -> Reals:
        """Return the dwellings permitted a year, mean of the ten years up to and with `year`."""
        years = [str(y) for y in range(year - YEARS_OF_PERMITS + 1, year + 1)]
        return kept(self.permits.reindex(self.municipalities.index)[years].mean(axis=1).to_numpy(np.float64))

    @cache
    def place(self, nis: int) -> int:
        """Return the row of a municipality."""
        return int(self.municipalities.index.get_indexer(pd.Index([nis]))[0])

    @cache
    def regional_value(self, fact: str, as_of: str | None = None) -> float:
        """Return a regional fact by its name (and date, where it has several)."""
        rows = self.regional[self.regional["fact"] == fact]
        return float(rows[rows["as_of"] == as_of]["value"].iloc[0] if as_of else rows["value"].iloc[0])

    @cache
    def anchors_of(self, measure: str) -> tuple[Published, ...]:
        """Return (row, value, year as a number) of the fitted published figures on one measure."""
        rows = self.anchors[(self.anchors["measure"] == measure) & (self.anchors["use"] == "fitted")]
        years = rows["as_of"].str.extract(r"(\d{4})")[0].astype(float)
        return tuple((self.place(int(n)), float(v), float(y)) for n, v, y in zip(rows["nis"], rows["value"], years, strict=True))


@cache
def source_digest() -> str:
    """Return the SHA-256 of everything that makes a population beside rules and chance: this folder's code and the tables of facts."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), *(DATA / f"{name}.csv" for name in TABLES)]
    return hashlib.sha256(b"".join(map(text_of, files))).hexdigest()


@cache
def read_facts() -> Facts:
    """Read the tables of facts that come with the package."""
    return Facts(
        municipalities=pd.read_csv(DATA / "municipalities.csv", index_col="nis"),
        households=pd.read_csv(DATA / "households.csv", index_col="nis"),
        arrondissements=pd.read_csv(DATA / "households_arrondissement.csv", index_col="arrondissement_nis"),
        anchors=pd.read_csv(DATA / "anchors.csv", keep_default_na=False),
        company_anchors=pd.read_csv(DATA / "company_anchors.csv"),
        regional=pd.read_csv(DATA / "regional_facts.csv", dtype={"value": str}),
        permits=pd.read_csv(DATA / "permits.csv", index_col="nis"),
    )


def split(total: int, weights: Reals) -> Whole:
    """Split `total` in proportion to `weights` (>= 0) by largest remainder: whole numbers that add up to `total`.

    The rule of sim/rules/apportion.py, written for numpy: as plain Python it would take most of a population's time.
    """
    top = float(weights.max(initial=0.0))
    if top <= 0:
        return np.zeros(len(weights), np.int64)
    fine = np.rint(weights / top * FINE).astype(np.int64)
    parts, remainders = np.divmod(total * fine, fine.sum())
    parts[(-remainders).argsort(kind="stable")[: total - parts.sum()]] += 1
    return parts


def split_within(total: int, weights: Reals, limits: Whole) -> Whole:
    """Split as `split` does, but give no one more than its limit: the rest goes to those who have room."""
    parts = np.zeros(len(weights), np.int64)
    while total > parts.sum():
        room = limits - parts
        if not (weights[room > 0] > 0).any():
            raise ValueError(f"the limits leave no room for {total - int(parts.sum())} of {total}")
        parts += np.minimum(split(total - int(parts.sum()), np.where(room > 0, weights, 0.0)), room)
    return parts


@lru_cache(maxsize=16)
def normals(population: int, purpose: str, rows: int) -> Reals:
    """Return standard normal draws per municipality of one plausible population; zeros in the central one."""
    if population == 0:
        return kept(np.zeros(rows))
    return kept(np.round(ndtri(uniforms(population, purpose, rows)), 6))


def uniforms(population: int, purpose: str, rows: int) -> Reals:
    """Return uniform draws in (0, 1), one a row, of one population (the central one too)."""
    return uniform(table(SEED, population, f"estimate.{purpose}", rows, 1))[:, 0]


@lru_cache(maxsize=64)
def around(population: int, purpose: str, low: float, central: float, high: float) -> float:
    """Return a regional total: `central` in population 0, in the others between `low` and `high`, with `central` as the median.

    Populations 1 to 19 are a stratified sample (one from each of 19 equal slices of the distribution, in drawn order), so that so few
    still cover the range; those made on demand beyond are plain draws. The density falls in a straight line from the centre to both ends.
    """
    if population == 0:
        return central
    if population < POPULATIONS:
        order = np.argsort(uniforms(0, f"{purpose}.order", POPULATIONS - 1), kind="stable")
        u = (float(np.argsort(order, kind="stable")[population - 1]) + 0.5) / (POPULATIONS - 1)
    else:
        u = float(uniforms(population, purpose, 1)[0])
    reach = 1.0 - np.sqrt(1.0 - abs(2.0 * u - 1.0))
    return float(central + reach * ((high - central) if u > 0.5 else (low - central)))
