"""The workbook that a company fills in: four tables with what is estimated of it, and a text that says what everything means."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.words import COLUMNS, FILES, OF_COMPANY, OF_MUNICIPALITIES, TABLES, UNITS, Lang, named
from sim.report.language import Language
from sim.studies.capacity.own_data import estimated, estimated_means, members_of, spread
from sim.studies.capacity.template_words import explanation

README = {"nl": "LEESMIJ.txt", "en": "README.txt"}
Rows = list[Sequence[object]]


def write_template(folder: Path, scenario: Scenario, company: str, language: Language) -> list[Path]:
    """Write the empty workbook of a company to a folder that is new or empty, and return its files.

    Raises InputError for a folder that holds something already: nothing is overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(folder, "", "there is something here already, and nothing is overwritten; give another folder with --out")
    region, lang = load_region(scenario), cast(Lang, language.code)
    rows = {"municipalities": _municipalities(region, company, lang), "staff": _staff(scenario, region, company, lang)}
    folder.mkdir(parents=True, exist_ok=True)
    written = [_table(folder, table, rows.get(table, []), lang) for table in FILES]
    readme = folder / README[lang]
    readme.write_text(explanation(scenario, region, company, folder, language), encoding="utf-8-sig")
    return [readme, *written]


def print_template(files: list[Path], company: str, language: Language) -> None:
    """Say which files were written, and what is to be done with them."""
    folder = files[0].parent
    print(language.say("{readme} says what to fill in; nothing leaves your machine.", readme=str(files[0])))
    print(language.say("Tables: {files}", files=", ".join(path.name for path in files[1:])))
    print(language.say("Then: {command}", command=f'bso capacity "{company}" --data "{folder}"'))


def _table(folder: Path, table: str, rows: Iterable[Sequence[object]], lang: Lang) -> Path:
    path = folder / named(FILES[table], lang)
    with path.open("x", newline="", encoding="utf-8-sig") as stream:  # with the mark by which Excel knows UTF-8
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([named(COLUMNS[column], lang) for column in TABLES[table]])
        writer.writerows([[_cell(value, lang) for value in row] for row in rows])
    return path


def _cell(value: object, lang: Lang) -> str:
    """Return a cell as a spreadsheet in this language reads it."""
    return str(value).replace(".", ",") if isinstance(value, float) and lang == "nl" else str(value)


def _municipalities(region: Region, company: str, lang: Lang) -> Rows:
    """Return a row per municipality and figure, as TABLES has it."""
    rows: Rows = []
    for i in members_of(region, company):
        for figure in OWN_FIGURES:
            words, unit = named(OF_MUNICIPALITIES[figure], lang), named(UNITS[figure], lang)
            rows.append([region.nis[i], region.names[i], words, unit, *spread(estimated(region, figure)[:, i]), ""])
    return rows


def _staff(scenario: Scenario, region: Region, company: str, lang: Lang) -> Rows:
    """Return a row per figure of the company, as TABLES has it."""
    means = estimated_means(scenario, region, company)
    return [[company, named(words, lang), named(UNITS[name], lang), *means[name], ""] for name, words in OF_COMPANY.items()]
