"""The workbook that a company fills in: four tables with what is estimated of it, and a text that says what everything means."""

import csv
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.beside import estimated, estimated_means, members_of, spread
from sim.inputs.workbook.words import COLUMNS, FILES, OF_COMPANY, OF_MUNICIPALITIES, OWNERS, STAGES, TABLES, UNITS, Lang, named
from sim.report.language import Language
from sim.report.outside import put, typed

WIDTH = 100  # of the text
AHEAD = 3  # years that a project takes from a plan to MJP and KTP, at the least
README = {"nl": "LEESMIJ.txt", "en": "README.txt"}


def write_template(folder: Path, scenario: Scenario, company: str, language: Language) -> list[Path]:
    """Write the empty workbook of a company to a folder that is new or empty, and return its files.

    Raises InputError for a folder that holds something already: nothing is overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(folder, "", "there is something here already, and nothing is overwritten; give another folder with --out")
    region, lang = load_region(scenario), cast(Lang, language.code)
    means = estimated_means(scenario, region, company)
    staff = [[company, named(words, lang), named(UNITS[name], lang), *means[name], ""] for name, words in OF_COMPANY.items()]
    rows: dict[str, list[list[object]]] = {"municipalities": _municipalities(region, company, lang), "staff": staff}
    folder.mkdir(parents=True, exist_ok=True)
    written = [_table(folder, table, rows.get(table, []), lang) for table in FILES]
    readme = folder / README[lang]
    readme.write_text(explanation(scenario, region, company, folder, language), encoding="utf-8-sig", errors="replace")
    return [readme, *written]


def print_template(files: list[Path], company: str, test: int, language: Language) -> None:
    """Say which files were written, and what is to be done with them: the command is a line of its own, to be pasted as it is."""
    folder = files[0].parent
    put(language.say("{readme} says what to fill in; nothing leaves your machine.", readme=str(files[0])))
    put(language.say("Tables: {files}", files=", ".join(path.name for path in files[1:])))
    put(language.say("Then:"))
    put(command(company, folder, test))


def command(company: str, folder: Path, test: int) -> str:
    """Return the command that reckons with the tables, to be typed: it asks about one test, so that the answer can be planned with."""
    return f"bso capacity {typed(company)} --test {test} --data {typed(folder)}"


def first_test(scenario: Scenario) -> int:
    """Return the first test for which what is planned now counts: it measures three years after the start, or later; else the last."""
    years = [m.test for m in scenario.law.rhythm if m.test is not None]
    later = [m.test for m in scenario.law.rhythm if m.test is not None and m.date.year >= scenario.start.year + AHEAD]
    return (later or years)[0 if later else -1]


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


def _municipalities(region: Region, company: str, lang: Lang) -> list[list[object]]:
    """Return a row per municipality and figure, as TABLES has it."""
    rows = list[list[object]]()
    for i in members_of(region, company):
        for figure in OWN_FIGURES:
            words, unit = named(OF_MUNICIPALITIES[figure], lang), named(UNITS[figure], lang)
            rows.append([region.nis[i], region.names[i], words, unit, *spread(estimated(region, figure)[:, i]), ""])
    return rows


def explanation(scenario: Scenario, region: Region, company: str, folder: Path, language: Language) -> str:
    """Return the text beside the tables: how they are used, every column, what is allowed, what is made of it, and what is estimated now."""
    lang = cast(Lang, language.code)
    words = {
        **{f"c_{key}": named(column, lang) for key, column in COLUMNS.items()},
        **{f"s_{key}": named(stage, lang) for key, stage in STAGES.items()},
        **{f"o_{key}": named(owner, lang) for key, owner in OWNERS.items()},
        **{key: named(file, lang) for key, file in FILES.items()},
        **{
            "company": company,
            "command": command(company, folder, first_test(scenario)),
            "folder": typed(folder),
            "count": region.populations,
        },
        **{"day": f"{scenario.start:%d/%m/%Y}", "month": f"{scenario.start:%Y-%m}"},
    }
    paragraphs = Path(__file__).with_name(f"template.{lang}.txt").read_text(encoding="utf-8").format(**words).splitlines()
    filled = [textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) for text in paragraphs[:-1]]
    return "\n\n".join([*filled, paragraphs[-1], _now(region, company, language)]) + "\n"


def _now(region: Region, company: str, language: Language) -> str:
    """Return a table of what is estimated now of land and projects under way, by municipality."""
    lang = cast(Lang, language.code)
    heads = [language.say("free land"), *(named(words, lang) for words in STAGES.values())]
    members = members_of(region, company)
    names = [region.names[i] for i in members]
    columns = [[int(estimated(region, figure)[0, i]) for i in members] for figure in ("land", *STAGES)]
    first = max(map(len, names))
    lines = ["  ".join([" " * first, *heads])]
    for number, name in enumerate(names):
        lines.append("  ".join([name.ljust(first), *(str(c[number]).rjust(len(h)) for h, c in zip(heads, columns, strict=True))]))
    return "\n".join(lines)
