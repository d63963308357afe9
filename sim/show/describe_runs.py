"""Tables of pages that rest on runs: the backtest's scores, the cross-checks, what was fitted. Markdown, in English."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sim.inputs.scenario import load_scenario
from sim.inputs.toml import LIBRARY
from sim.show.backtest_words import amount, measure_name, outcome_name, places
from sim.show.bands import title_of
from sim.show.language import Language
from sim.show.markdown import table
from sim.study.calibration import free_parameters

REPLICATIONS = 200  # of each start in the page's table
ENGLISH = Language("en")


@cache
def _scores() -> pd.DataFrame:
    from sim.study.backtest import backtest, default_scenarios

    with TemporaryDirectory(prefix="bso-sim-") as folder:
        return backtest(default_scenarios(LIBRARY), Path(folder), REPLICATIONS).scores


@cache
def backtest_scores() -> str:
    """Return a row per figure of the backtest: fact, forecast and band, whether the bands hold it, scores beside naive forecasters."""
    named, rows = places(), []
    for row in _scores().to_dict("records"):
        held = [level for level in ("0.5", "0.8", "0.95") if row[f"covered_{level}"]]
        cells = [
            amount(row, row[c], ENGLISH)
            for c in ("fact", "mean", "low_0.8", "high_0.8", "crps", "crps_persistence", "crps_line", "crps_base")
        ]
        name = outcome_name(row, ENGLISH, named) + (" \\*" if row["fed"] else "")
        rows.append(
            [
                str(row["start"]),
                name,
                *cells[:2],
                f"{cells[2]} to {cells[3]}",
                f"{float(held[0]):.0%}" if held else "none",
                *cells[4:],
            ]
        )
    heads = [
        "from",
        "figure",
        "fact",
        "mean",
        "80% band",
        "narrowest band that holds it",
        "CRPS",
        "all stays",
        "straight line",
        "what was asked",
    ]
    return table(heads, rows)


@cache
def backtest_skill() -> str:
    """Return by kind of figure, of those that fed no assumption, how many each band holds, and the skill over each naive forecaster."""
    free = _scores()
    free = free[~free["fed"]]
    rows = []
    for measure, group in [*free.groupby("measure", sort=False), ("all", free)]:
        name = "all (skill: mean of the figures')" if measure == "all" else measure_name(str(measure), ENGLISH)
        held = [f"{int(group[f'covered_{level}'].sum())}" for level in ("0.5", "0.8", "0.95")]
        if measure == "all":
            skill = [f"better for {int((group[f'skill_{n}'] > 0).sum())}" for n in ("persistence", "line", "base")]
        else:
            skill = [f"{1 - group['crps'].sum() / group[f'crps_{n}'].sum():.0%}" for n in ("persistence", "line", "base")]
        rows.append([name.split(" (")[0], str(len(group)), *held, *skill])
    return table(
        [
            "kind of figure",
            "figures",
            "in the 50% band",
            "80%",
            "95%",
            "over all stays",
            "over a straight line",
            "over what was asked",
        ],
        rows,
    )


@cache
def crosschecks() -> str:
    """Return every cross-check of the baseline with its verdict."""
    from sim.study.crosschecks import crosscheck

    rows = []
    for row in crosscheck(load_scenario(LIBRARY / "baseline.toml")).table.to_dict("records"):
        digits = {"years": 1, "share": 3}.get(str(row["unit"]), 0)
        ends = "" if pd.isna(row["low"]) else f"{row['low']:.{digits}f} to {row['high']:.{digits}f}".replace(" to inf", " or more")
        rows.append([str(row["name"]), f"{row['value']:,.{digits}f} {row['unit']}", ends, str(row["verdict"]), str(row["source"])])
    return table(["check", "model", "should be", "", "source"], rows)


def fitted() -> str:
    """Return what the fit to the years up to 2018 leaves of every parameter."""
    known, rows = free_parameters(), []
    for row in pd.read_csv(LIBRARY / "calibrated" / "parameters.csv").to_dict("records"):
        ends = [f"{row[name]:.3g}" for name in ("low", "high", "p10", "p50", "p90")]
        unknown = known[str(row["parameter"])]
        narrowed = f"{max(0.0, row['narrowed']):.0%}"
        rows.append(
            [
                f"`{row['parameter']}`",
                title_of(unknown, ENGLISH),
                f"{ends[0]} to {ends[1]}",
                ends[3],
                f"{ends[2]} to {ends[4]}",
                narrowed,
            ]
        )
    return table(["parameter", "what", "range before", "fitted, median", "80% band", "narrower by"], rows)


def fitted_later() -> str:
    """Return every figure from 2008 on, with whether the fit has seen it: band and score as assumed and as fitted."""
    rows, named = [], places()
    for row in pd.read_csv(LIBRARY / "calibrated" / "later.csv").to_dict("records"):
        cells = [amount(row, row["fact"], ENGLISH)]
        for what in ("assumed", "fitted"):
            low, high = (amount(row, row[f"{end}_{what}"], ENGLISH) for end in ("p10", "p90"))
            cells += [f"{low} to {high}", amount(row, row[f"crps_{what}"], ENGLISH)]
        rows.append([outcome_name(row, ENGLISH, named), "yes" if row["seen"] else "", *cells])
    return table(["figure", "seen by the fit", "fact", "80% band as assumed", "CRPS", "80% band as fitted", "CRPS"], rows)
