"""Levers crossed: every combination compared with the base in pairs, ranked by an outcome, and what one lever gives and takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from sim.inputs.errors import InputError, nearest
from sim.inputs.scenario.library import find_sweep
from sim.inputs.scenario.sweep import read_sweep
from sim.runs.experiment import Progress
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.studies.compare.options import from_scenario
from sim.studies.compare.study import AS_IS, CONDITIONS, Comparison, compare_scenarios
from sim.studies.result import Result

OUTSIDE = "outside_2B"  # municipalities in 2B per test whom only what lies outside their control would have kept out of it
SHOWN = ("realised_at_end", "contribution_total", "municipalities_2B")
Choices = Mapping[str, Mapping[str, str]]  # by option, then by axis


@dataclass(frozen=True)
class Swept(Result):
    """A sweep in its folder: the comparison of all its options; as tables their ranking by `rank`, and what single levers give and take."""

    PICTURES: ClassVar[str] = "pictures:write_sweep"
    SCREEN: ClassVar[str] = "screen:show_sweep"
    REPORT: ClassVar[str] = "report:write_sweep"
    SUMMED: ClassVar[tuple[str, ...]] = ("ranking", "trade_offs")

    compared: Comparison
    rank: str
    title: str
    title_nl: str


def sweep(
    file: str | Path,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    rank: str | None = None,
    progress: Progress | None = None,
) -> Swept:
    """Run all combinations of a sweep (a file, or a name of the library) with the same draws, compare and rank them.

    `out`: folder (default results/sweep-<file>); what is finished there is not computed again. `rank`: an outcome instead of the file's.
    Raises InputError for what cannot be read or ranked, before anything is computed, and what `compare_scenarios` raises.
    """
    file = Path(file)
    if rank is not None and rank not in OUTCOMES:
        raise InputError("--rank", "", f"unknown outcome {rank!r}; {nearest(rank, OUTCOMES)}")
    crossed, points = read_sweep(find_sweep(file), OUTCOMES, seed, replications)
    folder = Path(out) if out is not None else Path("results") / f"sweep-{file.stem}"
    compared = compare_scenarios([from_scenario(point.scenario, file) for point in points], folder, workers, progress)
    choices = {point.scenario.name: point.choices for point in points}
    rank = rank or crossed.rank
    tables = {"ranking": ranking(compared, choices, rank), "trade_offs": trade_offs(compared, choices)}
    result = Swept(folder, compared.facts, tables, compared, rank, crossed.title, crossed.title_nl)
    result.write()
    return result


def ranking(compared: Comparison, choices: Choices, rank: str) -> pd.DataFrame:
    """Return a row per option, the best first, in the outcome `rank`.

    Its choices; the means of SHOWN and of `rank`, with the difference from the base in that one, and whether it cannot be told from the best in
    it (`may_be_best`); the 2B outside the municipalities' control; its place, also under the other conditions; and whether no other option is at
    least as good in everything (`frontier`).
    """
    means = {kind: _means(compared, kind) for kind in CONDITIONS}
    table = means[AS_IS][list(dict.fromkeys((rank, *SHOWN)))]
    with_attribution = compared.tables["blame"]
    outside = with_attribution[(with_attribution["by"] == "control") & (with_attribution["class"] == "outside")].set_index(
        "option"
    )["share"]
    table[OUTSIDE] = outside * table["municipalities_2B"]
    for kind, of_kind in means.items():
        place = (-(OUTCOMES[rank].better or MORE) * of_kind[rank]).rank(method="min").astype(int)
        table["place" if kind == AS_IS else f"place_at_{kind}"] = place
    directions = {"realised_at_end": MORE, "contribution_total": LESS, OUTSIDE: LESS}
    table["frontier"] = frontier(table[list(directions)] * pd.Series(directions))
    rows = compared.tables["differences"]
    of_rank = rows[(rows["condition"] == AS_IS) & (rows["outcome"] == rank)].set_index("option")
    for column in ("difference", "low95", "high95"):
        table[column] = of_rank[column].reindex(table.index).fillna(0.0)  # of the ranked outcome, from the base
    regrets = compared.tables["regret"]
    of_rank = regrets[(regrets["condition"] == AS_IS) & (regrets["outcome"] == rank)].set_index("option")
    table["may_be_best"] = of_rank["may_be_best"].reindex(table.index, fill_value=True)  # also where neither way is better
    labels = pd.DataFrame([dict(chosen) for chosen in choices.values()], list(choices))
    table = labels.join(table).sort_values("place", kind="stable")
    table.insert(0, "option", table.index)
    return table.reset_index(drop=True)


def _means(compared: Comparison, kind: str) -> pd.DataFrame:
    """Return the mean of every outcome: a row per option, a column per outcome."""
    rows = compared.tables["differences"]
    means = rows[rows["condition"] == kind].pivot(index="option", columns="outcome", values="value").reindex(list(compared.options))
    of_base = {name: OUTCOMES[name].of(compared.runs[compared.base][kind]).mean() for name in means.columns}
    means.loc[compared.base] = pd.Series(of_base, dtype=float)
    return means


def frontier(values: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows no other row beats: at least as high in every column and higher in one."""
    rows = values.to_numpy(float)
    beaten = [bool(((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any()) for row in rows]
    return pd.Series([not b for b in beaten], values.index)


def trade_offs(compared: Comparison, choices: Choices) -> pd.DataFrame:
    """Return a row per option that differs from the base on one axis: its differences with 95% intervals, and whether it gives and takes.

    `trade_off`: what is surely better and what is surely worse, in SHOWN; empty when nothing is lost for what is won.
    """
    table = compared.tables["differences"]
    table = table[(table["condition"] == AS_IS) & table["outcome"].isin(SHOWN)]
    rows = []
    for option, chosen in choices.items():
        axes = [axis for axis in chosen if chosen[axis] != choices[compared.base][axis]]
        if len(axes) != 1:
            continue
        row: dict[str, object] = {"option": option, "axis": axes[0], "choice": chosen[axes[0]]}
        gained: dict[int, list[str]] = {1: [], 0: [], -1: []}
        for difference in table[table["option"] == option].to_dict("records"):
            name, low, high = str(difference["outcome"]), difference["low95"], difference["high95"]
            row |= {name: difference["difference"], f"{name}_low95": low, f"{name}_high95": high}
            gained[(int(low > 0) - int(high < 0)) * OUTCOMES[name].better].append(name)  # nothing, where it may be zero
        wins, loses = " ".join(gained[1]), " ".join(gained[-1])
        rows.append({**row, "wins": wins, "loses": loses, "trade_off": bool(wins and loses)})
    return pd.DataFrame(rows)
