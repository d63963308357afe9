"""The defaults held against independent evidence: what the model should give, and does it?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import History, replicate
from sim.engine.state import Land, Stage
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import task_of
from sim.runs.disk.folders import own
from sim.runs.experiment import Progress
from sim.runs.memory import InMemory
from sim.runs.results import Results
from sim.studies.backtest.forecast import STAY_FROM, STAY_TO, planned, stay
from sim.studies.result import Result

FEW = 100  # replications: some hundred thousand projects
START, YEARS = "2008", 10  # the start of the old scheme whose lists are known; years of today's that are held against those of then
LIST, ENTERED = "planned, end of {}, from 2008", "entered on the list a year, net, {}"  # names of checks on the list of plans
# Share delivered by years after finance was approved; Provence-Alpes-Cote d'Azur; found.
PACA = {1: 0.03, 2: 0.15, 5: 0.67, 9: 0.875}
OBJECTIVE, AFTER_KTP = 45_000, "delivered {} years after KTP"  # of the objective; the name of the checks against PACA


@dataclass(frozen=True)
class Crosschecks(Result):
    """`checks`: a row per check of `expected()` with its value and verdict: pass, miss or shown. In the facts: on how many projects it rests."""

    SUMMED: ClassVar[tuple[str, ...]] = ("checks",)
    ROWS: ClassVar[str] = "checks"


def expected() -> pd.DataFrame:
    """Return what should be: a row per check, between `low` and `high` in its unit (NaN: no pass mark, only shown), and who says so.

    Those "from 2008" are of the old scheme, from the library's start. `kind`: independent (evidence that no parameter and no start was set by),
    input (near to what one was set by: it shows that this is kept, and tests nothing) or naive (what past growth would give; its ends are those
    of `PAST_GROWTH` to the end of 2042, over the 45,000; derived).
    """
    source = "PACA: {:.1%} after finance is approved; another system".format
    shown = [(AFTER_KTP.format(year), "independent", "share", np.nan, np.nan, source(share)) for year, share in PACA.items()]
    checks = pd.read_csv(Path(__file__).with_name("checks.csv"))
    return pd.concat([checks, pd.DataFrame(shown, columns=checks.columns)], ignore_index=True)


def crosschecks(
    scenario: str | Path | Scenario = "baseline",
    seed: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Crosschecks:
    """Run a scenario's replications (at most FEW) in this process, and as many from 2008, and check what they give; the folder gets the table.

    `scenario`: a file, or a name of the library; `out`: default results/<scenario>-crosschecks. Raises InputError for what cannot be.
    """
    scenario = scenario_of(scenario, seed)
    region, then = load_region(scenario), scenario_of(START, seed)
    region_then, count = load_region(then), min(FEW, scenario.replications)
    task, past = task_of(scenario, region), task_of(then, region_then)
    folder, parts, rows = Path(out or f"results/{scenario.name}-crosschecks"), [], []
    with own(folder, "crosschecks"):
        for number in range(count):
            tables = task.tables(number)
            history = replicate(tables, number)
            parts.append(_begun(history))
            of_today = _of_flanders(history, tables.company_start[history.population]["rented_in_start"].sum())
            of_then = _of_past(replicate(past.tables(number), number), then, region_then)
            rows.append(of_today | _of_list(history, scenario, region) | of_then)
            if progress is not None:
                progress(number + 1, count)
        projects = np.concatenate(parts)
        values = {**_durations(projects, scenario), **{name: float(np.nanmean([row[name] for row in rows])) for name in rows[0]}}
        table = expected()
        table["value"] = table["name"].map(values)
        inside = table["value"].between(table["low"], table["high"])
        table["verdict"] = np.where(table["low"].isna(), "shown", np.where(inside, "pass", "miss"))
        table = table[["name", "kind", "value", "low", "high", "unit", "verdict", "source"]]
        facts = {"scenario": scenario.name, "seed": scenario.seed, "replications": count, "projects": len(projects)}
        result = Crosschecks(folder, facts, {"checks": table})
        result.write()
        return result


def _begun(history: History) -> NDArray[Any]:
    """Return the projects begun during the forecast that were not cancelled: on what land, and when they came to each stage."""
    p = history.unsorted
    return p[(p["land"] != Land.INITIAL) & (p["stage"] != Stage.CANCELLED) & (p["preparation"] > 0)]


def _durations(projects: NDArray[Any], scenario: Scenario) -> dict[str, float]:
    """Return durations (years) and shares delivered; what was under way at the end counts as long as it was seen (Kaplan and Meier)."""
    delivered = projects["stage"] == Stage.REALISED
    until = np.where(delivered, projects["ended"], scenario.months)
    in_hand = until - projects["preparation"]
    land = mean_stay(in_hand, delivered) / 12
    search = float(scenario.uncertainties.search.quantile(np.linspace(0.005, 0.995, 100)).mean())
    ktp = projects["ktp"] > 0
    since_ktp = (until - projects["ktp"])[ktp]
    return {
        "land in hand to delivery, mean": land,
        "idea to delivery, mean": land + search * float((projects["land"] == Land.FOUND).mean()),
        "land in hand to delivery, shortest": float(in_hand[delivered].min()) / 12,
        **{AFTER_KTP.format(year): arrived(since_ktp, delivered[ktp], 12 * year) for year in PACA},
    }


def mean_stay(seen: NDArray[Any], ended: NDArray[Any]) -> float:
    """Return the mean duration from censored observations (any unit): the area under Kaplan and Meier's curve, up to the longest seen."""
    curve = _survival(seen, ended)
    times = np.concatenate([[0.0], curve.quantiles])
    return float((np.diff(times) * np.concatenate([[1.0], curve.probabilities[:-1]])).sum())


def arrived(seen: NDArray[Any], ended: NDArray[Any], by: float) -> float:
    """Return the share that has arrived after so long, from censored observations."""
    return float(1 - _survival(seen, ended).evaluate(by))


def _survival(seen: NDArray[Any], ended: NDArray[Any]) -> Any:
    from scipy.stats import CensoredData, ecdf

    return ecdf(CensoredData(uncensored=seen[ended].astype(float), right=seen[~ended].astype(float))).sf


def _of_list(history: History, scenario: Scenario, region: Region) -> dict[str, float]:
    """Return what a replication gives of the list of plans in its first years, up to its end where that comes before."""
    held, first = InMemory([history], scenario, region), scenario.start.year + 1
    last = min(first + YEARS, scenario.end.year)
    stayed = float(stay([history], held, scenario, first, last).iloc[0])
    return {"stay on the list, first ten years": stayed, ENTERED.format("first ten years"): entered(held, first, last)}


def _of_past(history: History, scenario: Scenario, region: Region) -> dict[str, float]:
    """Return what a replication from 2008 gives of the list of plans."""
    held = InMemory([history], scenario, region)
    lists = {LIST.format(year): float(planned(held, year).iloc[0]) for year in (STAY_FROM, STAY_TO)}
    return {
        **lists,
        ENTERED.format(f"{STAY_FROM + 1}-{STAY_TO}, from 2008"): entered(held, STAY_FROM, STAY_TO),
        f"stay on the list, {STAY_FROM}-{STAY_TO}, from 2008": float(stay([history], held, scenario, STAY_FROM, STAY_TO).iloc[0]),
    }


def entered(held: Results, first: int, last: int) -> float:
    """Return the dwellings that entered the list a year between the ends of two years, less those given up: what was delivered, and what the
    list grew. Of one replication."""
    delivered = held.yearly("delivered")
    grown = planned(held, last) - planned(held, first) + delivered[last] - delivered[first]
    return float(grown.iloc[0]) / (last - first)


def _of_flanders(history: History, rented_in: int) -> dict[str, float]:
    """Return what a replication gives of the checks on Flanders as a whole."""
    totals, tests = history.totals, history.test_totals[:2]
    second, last = float((tests["category_2A"] + tests["category_2B"]).sum()), totals[-1]
    return {
        "category 2 judged 2A, first two tests": float(tests["category_2A"].sum()) / second if second else np.nan,
        "dwellings delivered in the first year": float(totals[0]["delivered"]),
        "preparation slots in use, first year": float(history.companies["held"][0].sum()),
        "rented-in dwellings, change a year": (1 + float(last["rent_in"]) / max(1, rented_in)) ** (1 / len(totals)) - 1,
        "realised by 2042, share of 45,000": float(last["bso"]) / OBJECTIVE,
    }
