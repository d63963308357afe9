"""Tables of pages that rest on runs: the backtest's scores, the cross-checks, what was fitted. Markdown, in English."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sim.inputs.scenario.changes import doubts
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.ranges import unknowns
from sim.inputs.scenario.toml import LIBRARY, read_extended
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.runs.scores import LEVELS
from sim.studies.backtest.assumptions import AS_IS
from sim.studies.backtest.naive import NAIVE
from sim.studies.backtest.study import Backtest
from sim.studies.backtest.words import (
    amount,
    backtest_answer,
    doubt_heads,
    doubt_rows,
    doubts_answer,
    mark,
    naive_name,
    outcome_name,
    places,
    score_cells,
    skill_rows,
)
from sim.studies.calibration.bands import KEPT as BANDS
from sim.studies.calibration.bands import read_bands
from sim.studies.calibration.pictures import SHOWN, bands_answer, later_answer, outcome_title, title_of
from sim.studies.calibration.study import free_parameters
from sim.studies.sensitivity.pictures import ranked
from sim.studies.sensitivity.result import KEPT as SENSITIVITY
from sim.studies.sensitivity.result import read_sensitivity
from sim.studies.sensitivity.words import collect_sentence, outcome_words, range_words, rule_sentences, what

REPLICATIONS, DOUBTED = 200, 100  # of each start in the page's table, and of each doubt


@cache
def backtested() -> tuple[Backtest, pd.DataFrame]:
    """Return the backtest and its doubts."""
    from sim.studies.backtest.assumptions import doubted
    from sim.studies.backtest.study import backtest, default_scenarios

    scenarios = default_scenarios(LIBRARY)
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        found = backtest(scenarios, Path(folder), REPLICATIONS, workers=1)
        return found, doubted(scenarios, Path(folder), DOUBTED, workers=1)


@cache
def backtest_scores() -> str:
    """Return a row per figure of the backtest: fact, forecast and band, whether the bands hold it, scores beside naive forecasters."""
    named, rows = places(), []
    for row in backtested()[0].scores.to_dict("records"):
        cells, narrowest = score_cells(row, ENGLISH)
        name = outcome_name(row, ENGLISH, named) + mark(row).replace("*", "\\*")
        rows.append([str(row["start"]), name, *cells[:2], f"{cells[2]} to {cells[3]}", narrowest, *cells[4:]])
    naive = [naive_name(name, ENGLISH) for name in NAIVE]
    return table(["from", "figure", "fact", "mean", "80% band", "narrowest band that holds it", "CRPS", *naive], rows)


@cache
def backtest_skill() -> str:
    """Return by kind of figure, of those that fed no assumption, how many each band holds, and the skill over each naive forecaster."""
    rows = skill_rows(backtested()[0].skill(), ENGLISH)
    bands = [f"in the {level:.0%} band" for level in LEVELS]
    return table(["kind of figure", "figures", *bands, *(f"over: {naive_name(name, ENGLISH)}" for name in NAIVE)], rows)


@cache
def backtest_words() -> str:
    """Return what the backtest says, in the sentences of `bso backtest`."""
    found, doubted = backtested()
    first, *others = backtest_answer(found, ENGLISH)
    return "\n".join([f"**{first}**", "", *(f"- {line}" for line in (*others, doubts_answer(doubted, ENGLISH)))])


@cache
def backtest_doubts() -> str:
    """Return a row per assumption of the backtest that is changed by itself: what is missed most, as it would be then, and why it is doubted."""
    doubted = backtested()[1]
    heads, facts = doubt_heads(doubted, ENGLISH)
    rows = [["**what happened**", *(f"**{fact}**" for fact in facts), ""]]
    for name, cells in doubt_rows(doubted, ENGLISH).items():
        rows.append([*cells, doubts()[name].why if name != AS_IS else ""])
    return table(["one assumption changed", *heads, "why it is doubted"], rows)


@cache
def crosschecks() -> str:
    """Return every cross-check of the baseline with its verdict."""
    from sim.studies.crosschecks.study import crosscheck

    rows = []
    for row in crosscheck(load_scenario(LIBRARY / "baseline.toml")).table.to_dict("records"):
        digits = {"years": 1, "share": 3}.get(str(row["unit"]), 0)
        ends = "" if pd.isna(row["low"]) else f"{row['low']:.{digits}f} to {row['high']:.{digits}f}".replace(" to inf", " or more")
        rows.append(
            [
                str(row["name"]),
                f"{row['value']:,.{digits}f} {row['unit']}",
                ends,
                str(row["verdict"]),
                str(row["kind"]),
                str(row["source"]),
            ]
        )
    return table(["check", "model", "should be", "", "kind", "source"], rows)


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
                f"{row['moved']:.0%}",
            ]
        )
    heads = ["parameter", "what", "range before", "fitted, median", "80% band", "narrower by", "median moves by"]
    return table(heads, rows)


def fitted_later() -> str:
    """Return every figure from 2008 on, with whether the fit has seen it: what they say in all, then band and score as assumed and as fitted."""
    rows, named, later = [], places(), pd.read_csv(LIBRARY / "calibrated" / "later.csv")
    for row in later.to_dict("records"):
        cells = [amount(row, row["fact"], ENGLISH)]
        for as_what in ("assumed", "fitted"):
            low, high = (amount(row, row[f"{end}_{as_what}"], ENGLISH) for end in ("p10", "p90"))
            cells += [f"{low} to {high}", amount(row, row[f"crps_{as_what}"], ENGLISH)]
        rows.append([outcome_name(row, ENGLISH, named), "yes" if row["seen"] else "", *cells])
    heads = ["figure", "seen by the fit", "fact", "80% band as assumed", "CRPS", "80% band as fitted", "CRPS"]
    return "\n\n".join([later_answer(later, ENGLISH), table(heads, rows)])


def bands() -> str:
    """Return the kept forecast of the baseline with what is not known carried into it: the sentence of `bso bands`, and its table."""
    kept = read_bands(BANDS)
    rows = []
    for row in kept.table.to_dict("records"):
        if str(row["outcome"]) in SHOWN:
            scale, step = SHOWN[str(row["outcome"])]
            mean, *ends = (float(row[key]) * scale for key in ("mean", "luck_p10", "luck_p90", "p10", "p90"))
            cells = [ENGLISH.number(mean, step), ENGLISH.band(ends[0], ends[1], step), ENGLISH.band(ends[2], ends[3], step)]
            rows.append([outcome_title(str(row["outcome"]), ENGLISH), *cells, f"{row['not_knowing']:.0%}"])
    heads = ["", "mean", "80% band, luck alone", "80% band, both", "not knowing"]
    made = f"{kept.facts['sets']} parameter sets of {kept.facts['replications']} replications, seed {kept.facts['seed']}"
    left = ", ".join(f"`{name}`" for name in left_as_assumed())
    note = (
        f"Carried are {kept.sets.shape[1]} parameters (`sim/inputs/scenario/ranges.toml`). Not carried: the [readings of the law](readings.md), "
        f"and what is assumed as well but has no range: {left}. The plausible populations, not knowing too, vary with the replications and "
        "count as luck."
    )
    return "\n\n".join([f"**{bands_answer(kept, ENGLISH)}** ({made}; `results/reference/bands`.)", table(heads, rows), note])


def left_as_assumed() -> list[str]:
    """Return the uncertainties of the baseline that are assumed and that no unknown sets."""
    set_by = {key.split(".")[1] for unknown in unknowns().values() for key in list(unknown.keys())}
    every = read_extended(LIBRARY / "baseline.toml")["uncertainties"]
    return sorted(name for name, parameter in every.items() if parameter["status"] == "assumed" and name not in set_by)


def sensitivity() -> str:
    """Return the kept study of what matters in the baseline: the data to collect first, where the objective fails, and a table of shares."""
    kept = read_sensitivity(SENSITIVITY)
    names = [name for name in ranked(kept) if name in set(kept.sobol["parameter"])]
    rows = []
    for name in names:
        cells = []
        for outcome in kept.outcomes:
            row = kept.sobol[(kept.sobol["outcome"] == outcome) & (kept.sobol["parameter"] == name)].iloc[0]
            share, low, high = (max(0.0, float(row[key])) for key in ("ST", "ST_low95", "ST_high95"))
            cells.append(f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f})")
        status = kept.status(name)
        rows.append([f"`{name}`", what(kept.known[name], ENGLISH), range_words(kept.known[name], ENGLISH), status, *cells])
    heads = ["parameter", "what", "range", "status", *outcome_words(kept, ENGLISH).values()]
    made = f"{sum(kept.facts['points'].values()):,} points of {kept.facts['replications']} replications, seed {kept.facts['seed']}"
    sentences = [collect_sentence(kept, ENGLISH), *rule_sentences(kept, ENGLISH), f"({made}; `results/reference/sensitivity`.)"]
    return "\n\n".join([" ".join(sentences), table(heads, rows)])
