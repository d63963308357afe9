"""What a run from a start of the old scheme says of what is known by now, and of what it is accepted by."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine import History
from sim.engine.state import Stage, Stream
from sim.inputs.estimate.past import REALISED, RENTED_IN
from sim.inputs.scenario.model import Scenario
from sim.runs.results import Results
from sim.studies.backtest.naive import ENOUGH_BY, RAND

# What a published count of plans holds: it cannot tell who sleeps, or never builds.
PLANNED = ("mjp", "ktp", "construction", "dormant", "paper")
MONEY_FROM = 2013  # year from whose end on few dwellings should wait for money
STAY_FROM, STAY_TO = 2013, 2023  # years of the first and the last published count of plans
MILLION = 1_000  # from thousand euro
FROM_PROJECTS = ("tendered", "replaced")  # measures that no total has
Values = NDArray[np.float64]


def forecast_of(results: Results, scenario: Scenario, outcomes: pd.DataFrame) -> dict[str, Values]:
    """Return what a run from a start says of every known figure that lies after it, in the units of outcomes.csv: a value per replication.

    Of all but FROM_PROJECTS: see `from_projects`.
    """
    start = scenario.start.year
    tests = dict(iter(results.test_totals.set_index("replication").sort_index().groupby("test")))
    table = results.table("municipalities")  # in the order of the replications
    of_year = cache(results.yearly)

    def yearly(name: str, year: int) -> "pd.Series[int]":
        return of_year(name)[year]

    def grown(name: str, since: int, year: int, before: float = 0) -> Any:
        """Return by how much a total grew since the end of a year, or since the start, where it was `before`."""
        return yearly(name, year) - (yearly(name, since) if since > start else before)

    def forecast(measure: str, since: int, year: int, nis: Any) -> Any:
        if measure.startswith("category"):
            test, every = tests[year], table["nis"].nunique()  # who has no objective is in category 1, as in the published counts
            return (every - test["category_2A"] - test["category_2B"] if measure == "category_1" else test[measure]) / every
        if measure == "share":
            place = table[(table["nis"] == nis) & (table["year"] == year)]
            return place["realised"] / place["objective"].clip(lower=1)
        if measure == "missed":
            return share_missed(table, year)
        if measure == "still_to_build":
            rand = table[table["nis"].isin(RAND) & (table["year"] == year)]
            return (rand["objective"] - rand["realised"]).clip(lower=0).groupby(rand["replication"]).sum()
        if measure == "rented_in":
            return RENTED_IN[start] + yearly("rent_in", year)
        if measure == "delivered":
            return grown("delivered", since, year, REALISED[start])
        if measure == "rented_in_growth":
            return grown("rent_in", since, year) / (year - since)
        if measure == "owned_growth":
            lost = grown("sold", since, year) + grown("demolished", since, year)
            return (grown("delivered", since, year, REALISED[start]) + grown("purchased", since, year) - lost) / (year - since)
        if measure == "planned":
            return planned(results, year)
        if measure == "budget_used":  # of what is spent on new build, as a part of the whole
            flanders = results.table("flanders")
            return flanders[flanders["year"] == year]["spent"] / MILLION / (1 - scenario.levers.renovation_share.value)
        return yearly(measure, year)

    def begun(row: Mapping[Any, Any]) -> int:
        return start if pd.isna(row["since"]) else max(start, int(row["since"]))

    after = (row for row in outcomes.to_dict("records") if row["year"] > start and row["measure"] not in FROM_PROJECTS)
    foreseen = [row for row in after if not row["measure"].startswith("category") or row["year"] in tests]
    return {row["outcome"]: forecast(row["measure"], begun(row), row["year"], row["nis"]).to_numpy(np.float64) for row in foreseen}


def planned(results: Results, year: int) -> "pd.Series[int]":
    """Return the dwellings planned or under construction at the end of a year, as published counts have them, by replication."""
    of_year = results.totals[results.totals["year"] == year].set_index("replication")
    return of_year[list(PLANNED)].sum(axis=1)


def share_missed(table: pd.DataFrame, year: int) -> "pd.Series[Any]":
    """Return the share of the municipalities with an objective that had not realised it by the end of a year, by replication."""
    judged = table[(table["year"] == year) & (table["objective"] > 0)]
    return (judged["realised"] < judged["objective"]).groupby(judged["replication"]).mean()


def from_projects(histories: Sequence[History], scenario: Scenario, outcomes: pd.DataFrame) -> dict[str, Values]:
    """Return what replications say of the known figures of FROM_PROJECTS, in dwellings of a year: a value per replication.

    `tendered`: dwellings of projects awarded in the year, replacements left out; `replaced`: of replacements delivered in it.
    """
    start, said = scenario.start.year, dict[str, Values]()
    for row in outcomes[outcomes["measure"].isin(FROM_PROJECTS) & (outcomes["year"] > start)].to_dict("records"):
        of_year = 12 * (row["year"] - 1 - start), 12 * (row["year"] - start)
        said[row["outcome"]] = np.array([_in_year(row["measure"], history.projects, *of_year) for history in histories], np.float64)
    return said


def _in_year(measure: str, projects: NDArray[np.void], after: int, until: int) -> float:
    """Return the dwellings tendered, or replaced, in the months after one and up to another."""
    replacement = projects["stream"] == Stream.REPLACEMENT
    tendered = measure == "tendered"
    of = ~replacement if tendered else replacement & (projects["stage"] == Stage.REALISED)
    month = projects["award" if tendered else "ended"]
    return float(projects["dwellings"][of & (month > after) & (month <= until)].sum())


def beside(histories: Sequence[History], results: Results, scenario: Scenario) -> dict[str, Values]:
    """Return what replications say of what has no figure in outcomes.csv: a value per replication.

    `stay`: mean stay on the list, from STAY_FROM to STAY_TO: see `stay`. `plans_per_delivery_YEAR`: dwellings planned at its end
    over those delivered in it (years). `waiting_money_YEAR`: dwellings ready to be built that wait for money at its end. `enough_NIS`: whether
    a municipality of the Vlaamse Rand has realised its objective by ENOUGH_BY (1 or 0).
    """
    start, said = scenario.start.year, dict[str, Any]()
    said["stay"] = stay(histories, results, scenario, max(STAY_FROM, start + 1), STAY_TO)
    delivered, waiting = results.yearly("delivered"), results.yearly("waiting_money")
    for year in (STAY_FROM, STAY_TO):
        if year > start + 1:
            said[f"plans_per_delivery_{year}"] = planned(results, year) / (delivered[year] - delivered[year - 1]).clip(lower=1)
    said |= {f"waiting_money_{year}": waiting[year] for year in waiting if int(str(year)) >= MONEY_FROM}
    table = results.table("municipalities")
    for nis, place in table[table["nis"].isin(RAND) & (table["year"] == ENOUGH_BY)].groupby("nis"):
        said[f"enough_{nis}"] = place["realised"] >= place["objective"]
    return {name: values.to_numpy(np.float64) for name, values in said.items()}


def stay(histories: Sequence[History], results: Results, scenario: Scenario, first: int, last: int) -> "pd.Series[float]":
    """Return the mean stay on the list (years) by Little's law, by replication: the mean of what is planned at the ends of the years from
    `first` to `last`, over the dwellings that leave the list a year in between, delivered or given up."""
    start = scenario.start.year
    lists = sum(planned(results, year) for year in range(first, last + 1)) / (last - first + 1)
    left = [_left(history, 12 * (first - start), 12 * (last - start)) / (last - first) for history in histories]
    return pd.Series(lists / np.maximum(left, 1.0))


def _left(history: History, after: int, until: int) -> float:
    """Return the dwellings of projects that ended, delivered or given up, in the months after one and up to another."""
    ended = history.projects["ended"]
    return float(history.projects["dwellings"][(ended > after) & (ended <= until)].sum())
