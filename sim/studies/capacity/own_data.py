"""A company's own data beside what was estimated: laid into a scenario, and what they took the place of."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.model import Scenario, with_workbook
from sim.inputs.sheets.grid import SPREADSHEETS
from sim.inputs.sheets.spreadsheet import sheets_of
from sim.inputs.workbook.beside import MEANS, NAMES, beside, doubts_of_own_data, estimated_means
from sim.inputs.workbook.data import Workbook
from sim.inputs.workbook.read import reading
from sim.inputs.workbook.words import FILES, STAGES, UNITS, Lang, named, plain, say
from sim.studies.capacity.trials import Means, company_of

COLUMNS = ("municipality", "figure", "unit", "estimate", "low", "high", "own", "projects")


class Checked(NamedTuple):
    """What a folder of own data holds: in words, what is doubtful, what it took the place of, and the language of its files."""

    summary: str
    warnings: list[str]
    replaced: pd.DataFrame
    lang: Lang


def with_folder(scenario: Scenario, folder: Path, company: str) -> Scenario:
    """Return a scenario with the own data in a folder, which must be this company's. Raises InputError for whatever cannot be."""
    data = reading(folder, scenario.start)
    own = with_workbook(scenario, data.company, data.workbook, folder, folder)
    asked = company_of(company, load_region(own).company_names)
    if data.company != asked:
        message = "found the data of {owner}; those of {company} are needed"
        raise InputError(folder, "", say(data.lang, message, owner=data.company, company=asked))
    return own


def is_own_data(path: Path) -> bool:
    """Return whether a spreadsheet holds a company's own data: a sheet has the name of the table of its staff."""
    if path.suffix.lower() not in SPREADSHEETS or not path.is_file():
        return False
    staff = {plain(Path(name).stem) for name in FILES["staff"][:2]}
    return bool(staff & {plain(name) for name in sheets_of(path, "nl")})


def check_folder(folder: Path, scenario: Scenario) -> Checked:
    """Check a folder of own data and return what it holds. Raises InputError for whatever cannot be."""
    data = reading(folder, scenario.start)
    own = with_workbook(scenario, data.company, data.workbook, folder, folder)
    load_region(own)
    filled = _filled(data.workbook, data.lang) or say(data.lang, "nothing filled in, so all estimates stay")
    summary = say(data.lang, "valid own data of {company}; {filled}", company=data.company, filled=filled)
    return Checked(summary, doubts_of_own_data(own), replaced(own, data.company), data.lang)


def today(scenario: Scenario, region: Region, company: str) -> Means:
    """Return what a company has: what the scenario or its own data say, else what is estimated for the first year, as its template shows."""
    own, estimates = scenario.means.get(company), estimated_means(scenario, region, company)
    stated = {} if own is None else own.given()
    return Means(**{name: stated[name].value if name in stated else estimates[figure][0] for figure, name in MEANS.items()})


def replaced(scenario: Scenario, company: str) -> pd.DataFrame:
    """Return what a company's own data took the place of: a row per figure, in dwellings, places, full-time managers, or those a year.

    `municipality`: "" for all of the company's together. `estimate`, `low`, `high`: central, and over the populations; for means see
    `estimated_means`. `projects`: how many of its own are in that stage. Empty without own data.
    """
    workbook, stated = scenario.workbooks.get(company), scenario.companies.get(company)
    rows = []
    for _, name, figure, own, estimates, projects in beside(workbook, scenario, company, by_stage=True) if workbook else ():
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
