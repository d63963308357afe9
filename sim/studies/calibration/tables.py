"""The tables of the fit and of the bands in the docs. Markdown, in English."""

import pandas as pd

from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.toml import LIBRARY, read_extended
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.studies.backtest.words import outcome_name
from sim.studies.calibration import words
from sim.studies.calibration.bands import KEPT, read_bands
from sim.studies.calibration.study import free_parameters


def fitted() -> str:
    """Return what the fit to what was known by the end of 2016 leaves of every parameter."""
    known, rows = free_parameters(), []
    for row in pd.read_csv(LIBRARY / "calibrated" / "parameters.csv").to_dict("records"):
        low, high, p10, p50, p90 = (f"{row[name]:.3g}" for name in ("low", "high", "p10", "p50", "p90"))
        narrowed, title = f"{max(0.0, row['narrowed']):.0%}", ENGLISH.title(known[row["parameter"]])
        rows.append([f"`{row['parameter']}`", title, f"{low} to {high}", p50, f"{p10} to {p90}", narrowed, f"{row['moved']:.0%}"])
    return table(["parameter", "what", "range before", "fitted, median", "80% band", "narrower by", "median moves by"], rows)


def later() -> str:
    """Return every figure from 2008 on, with whether the fit has seen it: what they say in all, then band and score as assumed and as fitted."""
    rows, checked = [], pd.read_csv(LIBRARY / "calibrated" / "later.csv")
    for row in checked.to_dict("records"):
        seen = "yes" if row["seen"] else ""
        rows.append([outcome_name(row, ENGLISH), seen, *words.later_cells(row, " to ", ENGLISH)])
    heads = ["figure", "seen by the fit", "fact", "80% band as assumed", "CRPS", "80% band as fitted", "CRPS"]
    return "\n\n".join([words.later_answer(checked, ENGLISH), table(heads, rows)])


def bands() -> str:
    """Return how much of the spread of the baseline is not knowing: the sentence of `bso bands`, and its table, of the kept study."""
    kept = read_bands(KEPT)
    heads = ["", "width of the 80% band, luck alone", "width of the 80% band, both", "not knowing"]
    made = f"{kept.facts['sets']} parameter sets of {kept.facts['replications']} replications, seed {kept.facts['seed']}"
    left = ", ".join(f"`{name}`" for name in left_as_assumed())
    note = (
        f"Carried are {kept.tables['sets'].shape[1]} parameters (`sim/inputs/scenario/ranges.toml`). Not carried: the "
        f"[readings of the law](readings.md), and what is assumed as well but has no range there: {left}. The plausible populations, not "
        "knowing too, vary with the replications and count as luck."
    )
    answer = f"**{words.bands_answer(kept, ENGLISH)}** ({made}; `results/reference/bands`.)"
    return "\n\n".join([answer, table(heads, words.bands_rows(kept, ENGLISH)), note])


def left_as_assumed() -> list[str]:
    """Return the uncertainties of the baseline that are assumed and that no unknown sets."""
    set_by = {key.split(".")[1] for uncertain in uncertain_parameters().values() for key in list(uncertain.keys())}
    every = read_extended(LIBRARY / "baseline.toml")["uncertainties"]
    return sorted(name for name, parameter in every.items() if parameter["status"] == "assumed" and name not in set_by)
