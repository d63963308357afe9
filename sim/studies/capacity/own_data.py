"""A company's own data beside what was estimated: laid into a scenario, and what they took the place of."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.errors import InputError
from sim.inputs.region.doubts import FAR, far_off
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.model import Scenario, with_workbook
from sim.inputs.scenario.parameters import Distribution
from sim.inputs.workbook.data import Workbook
from sim.inputs.workbook.read import reading
from sim.inputs.workbook.words import LAND, OF_COMPANY, OF_MUNICIPALITIES, STAGES, UNITS, Lang, named, say
from sim.studies.capacity.trials import Means, company_of

MEANS = {"managers": "managers", "finance": "finance", "bought": "land"}  # of a workbook: of a company's means in a scenario
COLUMNS = ("municipality", "figure", "unit", "estimate", "low", "high", "own", "projects")
LOW, HIGH = 0.1, 0.9  # the part of the means' distributions that is shown
FAR_MANAGERS = 5  # what FAR is of dwellings, of project managers
NAMES = {**OF_MUNICIPALITIES, **OF_COMPANY, "land": LAND}
Values = NDArray[np.int64]


class Checked(NamedTuple):
    """What a folder of own data holds: in words, what is doubtful, what it took the place of, and the language of its files."""

    summary: str
    warnings: list[str]
    replaced: pd.DataFrame
    lang: Lang


def with_folder(scenario: Scenario, folder: Path, company: str) -> Scenario:
    """Return a scenario with the own data in a folder, which must be this company's. Raises InputError for whatever cannot be."""
    data = reading(folder, scenario.start)
    own = with_workbook(scenario, data.company, data.workbook, folder)
    asked = company_of(company, load_region(own).company_names)
    if data.company != asked:
        message = "found the data of {owner}; those of {company} are needed"
        raise InputError(folder, "", say(data.lang, message, owner=data.company, company=asked))
    return own


def check_folder(folder: Path, scenario: Scenario) -> Checked:
    """Check a folder of own data and return what it holds. Raises InputError for whatever cannot be."""
    data = reading(folder, scenario.start)
    own = with_workbook(scenario, data.company, data.workbook, folder)
    load_region(own)
    filled = _filled(data.workbook, data.lang) or say(data.lang, "nothing filled in, so all estimates stay")
    summary = say(data.lang, "valid own data of {company}; {filled}", company=data.company, filled=filled)
    return Checked(summary, warnings_of(folder, scenario), replaced(own, data.company), data.lang)


def warnings_of(folder: Path, scenario: Scenario) -> list[str]:
    """Return what is doubtful in a folder of own data, a line each with its place, in the language of the files.

    Doubtful is a figure below a third of the lowest estimate over the populations or above three times the highest, and FAR from both.
    It may be right, so nothing is refused. Raises InputError for what cannot be.
    """
    data = reading(folder, scenario.start)
    message = "warning: {figure}: {own}, far from the estimate of {estimate} ({low} to {high}); is that right? It is used as it is"
    warnings = []
    for code, name, figure, own, (estimate, low, high), _ in _beside(data.workbook, scenario, data.company):
        away = FAR_MANAGERS if figure == "managers" else FAR
        if far_off(own, low, high, away):
            numbers = {"own": own, "estimate": estimate, "low": low, "high": high}
            shown = {key: f"{value:.10g}".replace(".", "," if data.lang == "nl" else ".") for key, value in numbers.items()}
            line = say(data.lang, message, figure=_called(figure, name, data.lang), **shown)
            warnings.append(f"{data.where[code, figure]}: {line}")
    return warnings


def _beside(
    workbook: Workbook, scenario: Scenario, company: str, by_stage: bool = False
) -> Iterator[tuple[int, str, str, float, tuple[float, float, float], int | None]]:
    """Yield every own figure: NIS code and name of its municipality (0 and "" for all together), what it is, itself, the estimates, and
    how many projects it is of. Projects under way: by municipality, or `by_stage` also of all municipalities together.
    """
    others = {name: data for name, data in scenario.workbooks.items() if name != company}
    region = load_region(scenario.model_copy(update={"workbooks": others}))
    places = {int(code): i for i, code in enumerate(region.nis)}
    for row in workbook.municipalities:
        i = places[row.nis]
        for figure in (*OWN_FIGURES, "land"):
            own = getattr(row, figure)
            if own is not None:
                yield row.nis, region.names[i], figure, own, spread(estimated(region, figure)[:, i]), None
    members = members_of(region, company)
    areas = {int(region.nis[i]): (region.names[i], [i]) for i in members}
    if by_stage:
        areas = {0: ("", members)} | areas
    for code, (name, area) in areas.items() if workbook.projects is not None else ():
        for figure, stages in ((stage, [stage]) for stage in STAGES) if by_stage else [("projects", list(STAGES))]:
            listed = [p.dwellings for p in workbook.projects or () if p.stage in stages and places[p.nis] in area]
            under_way = np.sum([estimated(region, stage)[:, area] for stage in stages], axis=(0, 2))
            yield code, name, figure, sum(listed), spread(under_way), len(listed)
    means = estimated_means(scenario, region, company)
    for figure in MEANS:
        own = getattr(workbook, figure)
        if own is not None:
            yield 0, "", figure, own, means[figure], None


def _called(figure: str, municipality: str, lang: Lang) -> str:
    """Return what a figure is called, with its municipality where it is of one."""
    if figure == "projects":
        return say(lang, "dwellings of projects under way in {municipality}", municipality=municipality)
    name = named(NAMES[figure], lang)
    return say(lang, "{figure} of {municipality}", figure=name, municipality=municipality) if municipality else name


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
    levers, how, bought = scenario.levers, scenario.uncertainties, round(share * scenario.levers.land_purchase.value, 1)
    dwellings = levers.finance_scale.value * (1 - levers.renovation_share.value) * 1000 / how.cost.value  # per million euro

    def band(part: float, drawn: Distribution) -> tuple[float, float, float]:
        middle, low, high = (round(part * float(drawn.quantile(p)), 1) for p in (0.5, LOW, HIGH))
        return middle, low, high

    return {
        "managers": band(share * levers.managers_scale.value, how.managers),
        "finance": band(share * dwellings, how.budget),
        "bought": (bought, bought, bought),
    }


def today(scenario: Scenario, region: Region, company: str) -> Means:
    """Return what a company has: what the scenario or its own data say, else what is estimated for the first year, as its template shows."""
    own, estimates = scenario.means.get(company), estimated_means(scenario, region, company)
    stated = {name: getattr(own, name) for name in Means._fields if own is not None and getattr(own, name) is not None}
    return Means(**{name: stated[name].value if name in stated else estimates[figure][0] for figure, name in MEANS.items()})


def replaced(scenario: Scenario, company: str) -> pd.DataFrame:
    """Return what a company's own data took the place of: a row per figure, in dwellings, places, full-time managers, or those a year.

    `municipality`: "" for all of the company's together. `estimate`, `low`, `high`: central, and over the populations; for means see
    `estimated_means`. `projects`: how many of its own are in that stage. Empty without own data.
    """
    workbook, stated = scenario.workbooks.get(company), scenario.companies.get(company)
    rows = []
    for _, name, figure, own, estimates, projects in _beside(workbook, scenario, company, by_stage=True) if workbook else ():
        by_scenario = figure in MEANS and stated is not None and getattr(stated, MEANS[figure]) is not None
        if not by_scenario and (figure not in STAGES or projects or any(estimates)):  # a stage in which anything was or is
            rows.append((name, figure, UNITS[figure].en, *estimates, own, projects))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"projects": "Int64"})


def own_of(scenario: Scenario) -> str:
    """Return in words what companies say themselves, as the end of a sentence on estimates; "" where they say nothing."""
    filled_in = [f"{name}: {filled}" for name, workbook in scenario.workbooks.items() if (filled := _filled(workbook, "en"))]
    return f", but for what companies say themselves: {'; '.join(filled_in)}" if filled_in else ""


def _filled(workbook: Workbook, lang: Lang) -> str:
    """Return what a workbook says, in words; "" for nothing."""
    rows = workbook.municipalities
    counts = {figure: sum(getattr(row, figure) is not None for row in rows) for figure in (*OWN_FIGURES, "land")}
    of = "{figure} (municipalities: {count})"
    parts = [say(lang, of, figure=named(NAMES[figure], lang), count=count) for figure, count in counts.items() if count]
    if workbook.projects is not None:
        parts.append(say(lang, "projects under way ({count})", count=len(workbook.projects)))
    parts += [named(NAMES[figure], lang) for figure in MEANS if getattr(workbook, figure) is not None]
    return ", ".join(parts)
