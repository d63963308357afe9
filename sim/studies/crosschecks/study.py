"""The defaults held against independent evidence: what the model should give, and does it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.engine import History, replicate
from sim.engine.state import Land, Stage
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import task_of
from sim.runs.experiment import Progress

FEW = 100  # replications: some hundred thousand projects
PACA = {
    1: 0.03,
    2: 0.15,
    5: 0.67,
    9: 0.875,
}  # share delivered by years after finance was approved; Provence-Alpes-Cote d'Azur; found
OBJECTIVE = 45_000
# Past net growth a year in a straight line to the end of 2042, over the 45,000: `PAST_GROWTH` in sim/report/estimates.py; derived.
LINES = {1_282: 0.48, 1_657: 0.63, 2_085: 0.79, 2_224: 0.84}


class Check(NamedTuple):
    """What should be: between `low` and `high` (NaN: no pass mark, only shown), and who says so.

    `kind`: independent (evidence that no parameter was set by), input (near to what a parameter was set by: it shows that this is kept, and
    tests nothing) or naive (what past growth would give).
    """

    name: str
    kind: Literal["independent", "input", "naive"]
    unit: str
    low: float
    high: float
    source: str


CHECKS = (
    Check(
        "land in hand to delivery, mean",
        "independent",
        "years",
        6.5,
        7.5,
        "Brussels 6.5-7.5; also RingTV 2024, 6-7 years to all papers, which stands behind the time to MJP",
    ),
    Check("idea to delivery, mean", "independent", "years", 7.0, 9.0, "about 8; the search for land included where there is one"),
    Check("land in hand to delivery, shortest", "independent", "years", 22 / 12, np.inf, "Brussels: never below 22 months"),
    Check(
        "on MJP to delivery, mean", "input", "years", 4.6, 5.6, "mean stay of 5.1 years by Little's law: 6,800 live at 1,350 a year"
    ),
    Check(
        "category 2 judged 2A, first two tests",
        "input",
        "share",
        0.65,
        0.85,
        "old scheme: 66 of 101 in 2016, 94 of 110 in 2018: about three in four",
    ),
    Check(
        "dwellings delivered in the first year",
        "input",
        "dwellings",
        830,
        1_909,
        "tendered 830 and delivered 1,190 in 2025; delivered 1,909 in 2019",
    ),
    Check("preparation slots in use, first year", "independent", "projects", 200, 320, "today's output takes about 250"),
    Check("rented-in dwellings, change a year", "input", "share", -0.05, 0.035, "+3.5% a year in 2019-2023, -4.9% in 2025"),
    Check(
        "realised by 2042, share of 45,000",
        "naive",
        "share",
        0.48,
        0.84,
        "straight lines of past net growth: 1,282 to 2,224 a year",
    ),
    *(
        Check(
            f"delivered {year} years after KTP",
            "independent",
            "share",
            np.nan,
            np.nan,
            f"PACA: {share:.1%} after finance is approved; another system",
        )
        for year, share in PACA.items()
    ),
)


@dataclass(frozen=True)
class Checked:
    """A row per check: kind, value, low, high, verdict (pass, miss, shown), source. `projects`: on which the durations rest."""

    table: pd.DataFrame
    projects: int
    facts: Mapping[str, Any]


def crosscheck(scenario: Scenario, progress: Progress | None = None) -> Checked:
    """Run a scenario's replications (at most FEW) in this process and check what they give."""
    task = task_of(scenario, load_region(scenario))
    count = min(FEW, scenario.replications)
    parts, rows = [], []
    for number in range(count):
        history = replicate(task.model, number)
        parts.append(_new(history))
        rows.append(_of_flanders(history, task.model.company_start[history.population]["rented_in_start"].sum()))
        if progress is not None:
            progress(number + 1, count)
    projects = np.concatenate(parts)
    values = {**_durations(projects, scenario), **{name: float(np.nanmean([row[name] for row in rows])) for name in rows[0]}}
    table = pd.DataFrame([{**check._asdict(), "value": values[check.name]} for check in CHECKS])
    inside = (table["value"] >= table["low"]) & (table["value"] <= table["high"])
    table["verdict"] = np.where(table["low"].isna(), "shown", np.where(inside, "pass", "miss"))
    facts = {"scenario": scenario.name, "seed": scenario.seed, "replications": count}
    return Checked(table[["name", "kind", "value", "low", "high", "unit", "verdict", "source"]], len(projects), facts)


def _new(history: History) -> "np.ndarray[Any, Any]":
    """Return the projects begun during the forecast that were not cancelled: on what land, and when they came to each stage."""
    p = history.unsorted
    return p[(p["land"] != Land.INITIAL) & (p["stage"] != Stage.CANCELLED) & (p["preparation"] > 0)]


def _durations(projects: "np.ndarray[Any, Any]", scenario: Scenario) -> dict[str, float]:
    """Return durations (years) and shares delivered; what was under way at the end counts as long as it was seen (Kaplan and Meier)."""
    end = scenario.months
    delivered = projects["stage"] == Stage.REALISED
    until = np.where(delivered, projects["ended"], end)
    land = mean_stay(until - projects["preparation"], delivered) / 12
    u = scenario.uncertainties.search
    search = float(u.quantile(np.linspace(0.005, 0.995, 100)).mean())
    mjp = projects["mjp"] > 0
    ktp = projects["ktp"] > 0
    found = {
        "land in hand to delivery, mean": land,
        "idea to delivery, mean": land + search * float((projects["land"] == Land.FOUND).mean()),
        "land in hand to delivery, shortest": float((until - projects["preparation"])[delivered].min()) / 12,
        "on MJP to delivery, mean": mean_stay((until - projects["mjp"])[mjp], delivered[mjp]) / 12,
    }
    for year in PACA:
        found[f"delivered {year} years after KTP"] = arrived((until - projects["ktp"])[ktp], delivered[ktp], 12 * year)
    return found


def mean_stay(seen: "np.ndarray[Any, Any]", there: "np.ndarray[Any, Any]") -> float:
    """Return the mean duration from censored observations (any unit): the area under Kaplan and Meier's curve, up to the longest seen."""
    curve = _survival(seen, there)
    times = np.concatenate([[0.0], curve.quantiles])
    return float((np.diff(times) * np.concatenate([[1.0], curve.probabilities[:-1]])).sum())


def arrived(seen: "np.ndarray[Any, Any]", there: "np.ndarray[Any, Any]", by: float) -> float:
    """Return the share that has arrived after so long, from censored observations."""
    curve = _survival(seen, there)
    return float(1 - curve.evaluate(by))


def _survival(seen: "np.ndarray[Any, Any]", there: "np.ndarray[Any, Any]") -> Any:
    from scipy.stats import CensoredData, ecdf

    return ecdf(CensoredData(uncensored=seen[there].astype(float), right=seen[~there].astype(float))).sf


def _of_flanders(history: History, rented_in: int) -> dict[str, float]:
    """Return what a replication gives of the checks on Flanders as a whole."""
    totals, tests = history.totals, history.test_totals[:2]
    second = float((tests["category_2A"] + tests["category_2B"]).sum())
    last = totals[-1]
    years = len(totals)
    return {
        "category 2 judged 2A, first two tests": float(tests["category_2A"].sum()) / second if second else np.nan,
        "dwellings delivered in the first year": float(totals[0]["delivered"]),
        "preparation slots in use, first year": float(history.companies["held"][0].sum()),
        "rented-in dwellings, change a year": (1 + float(last["rent_in"]) / max(1, rented_in)) ** (1 / years) - 1,
        "realised by 2042, share of 45,000": float(last["bso"]) / OBJECTIVE,
    }
