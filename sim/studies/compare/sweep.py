"""Levers crossed: every combination compared with the base in pairs, ranked by an outcome, and what one lever gives and takes."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.scenario.sweep import Point
from sim.runs.experiment import Progress
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.studies.compare.options import from_scenario
from sim.studies.compare.study import AS_IS, RESPONSES, Comparison, compare_scenarios

OUTSIDE = "outside_2B"  # municipalities in 2B per test whom only what lies outside their control would have kept out of it
SHOWN = ("realised_2042", "contribution_total", "municipalities_2B")


@dataclass(frozen=True)
class Swept:
    """A sweep in its folder: the comparison of all its options, their ranking, and what single levers give and take."""

    compared: Comparison
    rank: str
    ranking: pd.DataFrame
    trade_offs: pd.DataFrame

    def summary(self) -> dict[str, Any]:
        """Return the answer: the facts of the comparison, the ranking and the trade-offs."""
        tables = {"ranking": self.ranking, "trade_offs": self.trade_offs}
        return {**self.compared.facts, **{name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}}


def run_sweep(
    points: Sequence[Point], rank: str, folder: Path, where: Path, workers: int | None = None, progress: Progress | None = None
) -> Swept:
    """Run all points with the same draws, compare and rank them; ranking and trade-offs are kept as CSV in the folder.

    Resumable: what is finished is not computed again. Raises what `compare_scenarios` raises.
    """
    compared = compare_scenarios([from_scenario(point.scenario, where) for point in points], folder, workers, progress)
    choices = {point.scenario.name: point.choices for point in points}
    found = Swept(compared, rank, ranking(compared, choices, rank), trade_offs(compared, choices))
    for name, table in (("ranking", found.ranking), ("trade_offs", found.trade_offs)):
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")
    return found


def ranking(compared: Comparison, choices: Mapping[str, Mapping[str, str]], rank: str) -> pd.DataFrame:
    """Return a row per option, the best first, in the outcome `rank`.

    Its choices; the means of SHOWN and of `rank`, with the difference from the base in that one; the 2B outside the municipalities' control;
    its place, also at response 0 and 1; and whether no other option is at least as good in everything (`frontier`).
    """
    means = {kind: _means(compared, kind) for kind in RESPONSES}
    blame = compared.tables["blame"]
    outside = blame[(blame["by"] == "control") & (blame["class"] == "outside")].set_index("option")["share"]
    columns = list(dict.fromkeys((rank, *SHOWN)))
    table = means[AS_IS][columns]
    table[OUTSIDE] = outside * table["municipalities_2B"]
    better = OUTCOMES[rank].better or MORE
    for kind, found in means.items():
        place = (-better * found[rank]).rank(method="min").astype(int)
        table[{AS_IS: "place"}.get(kind, f"place_at_response_{kind}")] = place
    directions = {"realised_2042": MORE, "contribution_total": LESS, OUTSIDE: LESS}
    table["frontier"] = frontier(table[list(directions)] * pd.Series(directions))
    rows = compared.tables["differences"]
    own = rows[(rows["response"] == AS_IS) & (rows["outcome"] == rank)].set_index("option")
    for column in ("difference", "low95", "high95"):
        table[column] = own[column].reindex(table.index).fillna(0.0)  # of the ranked outcome, from the base
    labels = pd.DataFrame([dict(chosen) for chosen in choices.values()], list(choices))
    table = labels.join(table).sort_values("place", kind="stable")
    table.insert(0, "option", table.index)
    return table.reset_index(drop=True)


def _means(compared: Comparison, kind: str) -> pd.DataFrame:
    """Return the mean of every outcome: a row per option, a column per outcome."""
    rows = compared.tables["differences"]
    rows = rows[rows["response"] == kind]
    found = rows.pivot(index="option", columns="outcome", values="value").reindex(list(compared.options))
    base = {name: OUTCOMES[name].of(compared.runs[compared.base][kind]).mean() for name in found.columns}
    found.loc[compared.base] = pd.Series(base, dtype=float)
    return found


def frontier(values: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows no other row beats: at least as high in every column and higher in one."""
    rows = values.to_numpy(float)
    beaten = [bool(((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any()) for row in rows]
    return pd.Series([not b for b in beaten], values.index)


def trade_offs(compared: Comparison, choices: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return a row per option that differs from the base on one axis: its differences with 95% intervals, and whether it gives and takes.

    `trade_off`: what is surely better and what is surely worse, in SHOWN; empty when nothing is lost for what is won.
    """
    first = choices[compared.base]
    rows = compared.tables["differences"]
    rows = rows[(rows["response"] == AS_IS) & rows["outcome"].isin(SHOWN)]
    by_option = {str(option): frame.to_dict("records") for option, frame in rows.groupby("option")}
    found = []
    for option, chosen in choices.items():
        axes = [axis for axis in chosen if chosen[axis] != first[axis]]
        if len(axes) != 1:
            continue
        row: dict[str, object] = {"option": option, "axis": axes[0], "choice": chosen[axes[0]]}
        won: list[str] = []
        lost: list[str] = []
        for difference in by_option[option]:
            name = str(difference["outcome"])
            row |= {name: difference["difference"]} | {f"{name}_{end}": difference[end] for end in ("low95", "high95")}
            sign = _sure_sign(difference["low95"], difference["high95"]) * OUTCOMES[name].better
            (won if sign > 0 else lost if sign < 0 else []).append(name)
        found.append({**row, "wins": " ".join(won), "loses": " ".join(lost), "trade_off": bool(won and lost)})
    return pd.DataFrame(found)


def _sure_sign(low: float, high: float) -> int:
    """Return the sign of a difference whose whole 95% interval lies on one side of zero, else 0."""
    if math.isnan(low) or low <= 0 <= high:
        return 0
    return 1 if low > 0 else -1
