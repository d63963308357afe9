"""Scores by what moves the figures: each driver has one weight, however many figures tell of it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.runs.scores import LEVELS
from sim.studies.backtest.naive import NAIVE, known_outcomes

ALL = "all"
EVER_UP = "net"  # only ever rises: its sign says nothing
Row = dict[str, Any]


def drivers(scores: Mapping[str, pd.DataFrame], changed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a row per edition and driver, and last of all drivers, of the figures that fed no assumption and no fit (`free`).

    `scores`, `changed`: by edition, rows as `scored` and `changes` give them. `figures`: how many, from all starts, of so many `different` ones;
    `held_`: the share of them that each band holds. `best`: the naive forecaster over which the forecast does worst, of those that say
    something of it; `said`: of how many figures it does; `ratio`: the forecast's score over its (below 1: better), each CRPS over the mean fact
    of its measure. `changes`: how many changes are scored; `right`: the share of which the forecast has the sign; `chance`: the mean chance
    that it gave to it. NaN: none.

    Of all: sums of counts; means of shares over drivers, and of ratios the geometric one; `better`: of how many drivers the ratio is below 1.
    """
    rows = []
    for edition, of_edition in scores.items():
        free, changes_of = of_edition[of_edition["free"]], changed[edition]
        scale = of_edition.groupby("measure")["fact"].mean()
        found = [_driver(str(name), group, changes_of, scale) for name, group in free.groupby("driver", sort=False)]
        rows += [{"edition": edition, **row} for row in [*found, _together(pd.DataFrame(found))]]
    return pd.DataFrame(rows)


def _driver(name: str, free: pd.DataFrame, changes_of: pd.DataFrame, scale: "pd.Series[float]") -> Row:
    """Return the row of one driver. `scale`: mean fact by measure."""
    row: Row = {"driver": name, "figures": len(free), "different": free["outcome"].nunique()}
    row |= {f"held_{level:g}": float(free[f"covered_{level:g}"].mean()) for level in LEVELS}
    over, ratios = free["measure"].map(scale), dict[str, tuple[float, int]]()
    for naive in NAIVE:
        said = free[naive].notna()
        if said.any():
            mine, theirs = (float((free[column] / over)[said].sum()) for column in ("crps", f"crps_{naive}"))
            ratios[naive] = mine / theirs, int(said.sum())
    best = max(ratios, key=lambda naive: ratios[naive][0], default="")
    ratio, said_of = ratios.get(best, (np.nan, 0))
    of_driver = changes_of[changes_of["driver"] == name]
    signs = {"changes": len(of_driver), "right": float(of_driver["right"].mean()), "chance": float(of_driver["chance"].mean())}
    return row | {"best": best, "said": said_of, "ratio": ratio, "better": int(ratio < 1)} | signs


def _together(found: pd.DataFrame) -> Row:
    """Return the row of all drivers, each with one weight."""
    shares = [*(f"held_{level:g}" for level in LEVELS), "right", "chance"]
    sums = {name: int(found[name].sum()) for name in ("figures", "different", "said", "better", "changes")}
    return {"driver": ALL, **found[shares].mean(), "best": "", "ratio": float(np.exp(np.log(found["ratio"]).mean())), **sums}


def changes(said: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Return a row per start and change of a figure of Flanders, from one that is known to the next, that fed no assumption and no fit.

    `said`: what replications say, by start; where the first of the two lies at the start or before, it is what happened. `fact`: by how much
    it changed, in its unit; `mean`: the forecast of it; `chance`: the share of the replications with its sign (of those without a change half);
    `right`: whether that is more than half. Left out: what only ever rises (EVER_UP), and growths over years that overlap.
    """
    return pd.DataFrame(row for start, forecast in said.items() for row in _of_start(start, forecast))


def _of_start(start: int, forecast: pd.DataFrame) -> Iterator[Row]:
    """Yield the changes that lie after a start."""
    known = known_outcomes().query("use == 'scored' and nis.isna() and measure != @EVER_UP").sort_values("year")
    for measure, group in known.groupby("measure", sort=False):
        for before, after in pairwise(group.to_dict("records")):
            name, overlap = after["outcome"], after["since"] < before["year"]
            if name not in forecast or after["fitted"] or str(start) in after["fed"].split() or overlap:
                continue
            first = forecast[before["outcome"]] if before["outcome"] in forecast else before["value"]
            moved, fact = forecast[name] - first, after["value"] - before["value"]
            chance = float((np.sign(moved) == np.sign(fact)).mean() + (moved == 0).mean() / 2)
            row = {"start": start, "driver": after["driver"], "measure": measure, "from": before["year"], "to": after["year"]}
            yield row | {"fact": fact, "mean": float(moved.mean()), "chance": chance, "right": chance > 0.5}
