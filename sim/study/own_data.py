"""A company's own data beside what was estimated: laid into a scenario, and what they took the place of."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.company import Workbook
from sim.inputs.errors import InputError
from sim.inputs.official import OWN_FIGURES
from sim.inputs.region import Region, load_region
from sim.inputs.scenario import Scenario, with_workbook
from sim.inputs.workbook import read_workbook
from sim.inputs.workbook_words import STAGES, UNITS
from sim.study.capacity import company_of

MEANS = {"managers": "managers", "finance": "finance", "bought": "land"}  # of a workbook: of a company's means in a scenario
COLUMNS = ("municipality", "figure", "unit", "estimate", "low", "high", "own", "projects")
LOW, HIGH = 0.1, 0.9  # the part of the means' distributions that is shown
Values = NDArray[np.int64]


def with_folder(scenario: Scenario, folder: Path, company: str) -> Scenario:
    """Return a scenario with the own data in a folder, which must be this company's. Raises InputError for whatever cannot be."""
    owner, workbook = read_workbook(folder, scenario.start)
    own = with_workbook(scenario, owner, workbook, folder)
    asked = company_of(company, load_region(own).company_names)
    if owner != asked:
        raise InputError(folder, "", f"found the data of {owner}; those of {asked} are needed")
    return own


def check_folder(folder: Path, scenario: Scenario) -> str:
    """Check a folder of own data and return what it holds. Raises InputError for whatever cannot be."""
    owner, workbook = read_workbook(folder, scenario.start)
    own = with_workbook(scenario, owner, workbook, folder)
    load_region(own)
    return f"valid own data of {owner}; {_filled(workbook) or 'nothing filled in, so all estimates stay'}"


def members_of(region: Region, company: str) -> list[int]:
    """Return the indices of a company's municipalities."""
    return [int(i) for i in np.flatnonzero(region.company == region.company_names.index(company))]


def estimated(region: Region, figure: str) -> Values:
    """Return what is estimated under the name of a figure, of free land or of a stage: int64[populations, municipalities]."""
    column = {"land": "land_company", **{stage: f"pipeline_{stage.lower()}" for stage in STAGES}}.get(figure, figure)
    return region.estimates[column]


def spread(values: Values) -> tuple[int, int, int]:
    """Return the central estimate with the lowest and the highest over all populations."""
    return int(values[0]), int(values.min()), int(values.max())


def estimated_means(scenario: Scenario, region: Region, company: str) -> dict[str, tuple[float, float, float]]:
    """Return a company's means as they would be estimated for the first year: the middle, and between which eight in ten lie.

    Its part by objective of Flanders' project managers, dwellings financed a year and places of land bought a year.
    """
    objective = region.estimates["objective_regular"][0] + region.estimates["sib"][0]
    share = float(objective[members_of(region, company)].sum() / max(1, objective.sum()))
    levers, how = scenario.levers, scenario.uncertainties
    part = {"managers": share * levers.managers_scale.value, "finance": share * levers.finance_scale.value}
    drawn = {"managers": how.managers, "finance": how.finance_2026}
    found = {
        name: tuple(round(part[name] * float(drawn[name].quantile(p)), 1) for p in (0.5, LOW, HIGH))
        for name in ("managers", "finance")
    }
    bought = round(share * levers.land_purchase.value, 1)
    return {**found, "bought": (bought, bought, bought)}  # type: ignore[dict-item]  # three of each


def replaced(scenario: Scenario, company: str) -> pd.DataFrame:
    """Return what a company's own data took the place of: a row per figure, in dwellings, places, full-time managers, or those a year.

    `municipality`: "" for all of the company's together. `estimate`, `low`, `high`: central, and over the populations; means see above.
    `projects`: how many of its own are in that stage. Empty without own data.
    """
    workbook = scenario.workbooks.get(company)
    rows = [] if workbook is None else list(_rows(scenario, company, workbook))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"projects": "Int64"})


def _rows(scenario: Scenario, company: str, workbook: Workbook) -> Iterator[tuple[Any, ...]]:
    others = {name: data for name, data in scenario.workbooks.items() if name != company}
    region = load_region(scenario.model_copy(update={"workbooks": others}))
    index = {int(code): i for i, code in enumerate(region.nis)}
    for row in workbook.municipalities:
        i = index[row.nis]
        for figure in (*OWN_FIGURES, "land"):
            own = getattr(row, figure)
            if own is not None:
                yield region.names[i], figure, UNITS[figure].en, *spread(estimated(region, figure)[:, i]), own, None
    if workbook.projects is not None:
        members = members_of(region, company)
        for name, places in (("", members), *((region.names[i], [i]) for i in members)):
            yield from _under_way(region, workbook, name, places)
    means, said = estimated_means(scenario, region, company), scenario.companies.get(company)
    for figure, mean in MEANS.items():
        own = getattr(workbook, figure)
        if own is not None and (said is None or getattr(said, mean) is None):  # else the scenario says it
            yield "", figure, UNITS[figure].en, *means[figure], own, None


def _under_way(region: Region, workbook: Workbook, name: str, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Yield the stages of some municipalities together in which anything was or is."""
    codes = {int(region.nis[i]) for i in places}
    for stage in STAGES:
        own = [p.dwellings for p in workbook.projects or () if p.stage == stage and p.nis in codes]
        before = spread(estimated(region, stage)[:, list(places)].sum(axis=1))
        if own or any(before):
            yield name, stage, UNITS[stage].en, *before, sum(own), len(own)


def own_of(scenario: Scenario) -> str:
    """Return in words what companies say themselves, as the end of a sentence on estimates; "" where they say nothing."""
    said = [f"{name}: {filled}" for name, workbook in scenario.workbooks.items() if (filled := _filled(workbook))]
    return f", but for what companies say themselves: {'; '.join(said)}" if said else ""


def _filled(workbook: Workbook) -> str:
    """Return what a workbook says, in words; "" for nothing."""
    rows = workbook.municipalities
    counts = {figure: sum(getattr(row, figure) is not None for row in rows) for figure in (*OWN_FIGURES, "land")}
    parts = [f"{figure} (municipalities: {count})" for figure, count in counts.items() if count]
    parts += [] if workbook.projects is None else [f"projects under way ({len(workbook.projects)})"]
    parts += [figure for figure in MEANS if getattr(workbook, figure) is not None]
    return ", ".join(parts)
