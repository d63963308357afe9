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
from sim.inputs.workbook.words import COLUMNS, FILES, OF_COMPANY, OF_MUNICIPALITIES, OWNERS, STAGES, TABLES, UNITS, Lang, named
from sim.report.language import Language
from sim.studies.capacity.own_data import estimated, estimated_means, members_of, spread

WIDTH = 100  # of the text
README = {"nl": "LEESMIJ.txt", "en": "README.txt"}
Rows = list[Sequence[object]]


def write_template(folder: Path, scenario: Scenario, company: str, language: Language) -> list[Path]:
    """Write the empty workbook of a company to a folder that is new or empty, and return its files.

    Raises InputError for a folder that holds something already: nothing is overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(folder, "", "there is something here already, and nothing is overwritten; give another folder with --out")
    region, lang = load_region(scenario), cast(Lang, language.code)
    means = estimated_means(scenario, region, company)
    staff = [[company, named(words, lang), named(UNITS[name], lang), *means[name], ""] for name, words in OF_COMPANY.items()]
    rows: dict[str, Rows] = {"municipalities": _municipalities(region, company, lang), "staff": list(staff)}
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


def explanation(scenario: Scenario, region: Region, company: str, folder: Path, language: Language) -> str:
    """Return the text beside the tables: how they are used, every column, what is allowed, what is made of it, and what is estimated now."""
    say, lang = language.say, cast(Lang, language.code)
    words = {
        **{f"c_{key}": named(column, lang) for key, column in COLUMNS.items()},
        **{f"s_{key}": named(stage, lang) for key, stage in STAGES.items()},
        **{f"o_{key}": named(owner, lang) for key, owner in OWNERS.items()},
        **{key: named(file, lang) for key, file in FILES.items()},
        "day": f"{scenario.start:%d/%m/%Y}",
        "month": f"{scenario.start:%Y-%m}",
        "count": str(region.populations),
    }
    parts = [
        say("Own data of {company} for bso-sim", company=company),
        say(
            "Fill in what you know. It takes the place of the estimate; where a cell of {c_own} stays empty, the estimate stays. "
            "Everything is the state on {day}.",
            **words,
        ),
        say("Nothing of this leaves your machine: the files are read where they are, and nothing is sent."),
        say("Check what you filled in: {command}", command=f'bso check "{folder}"'),
        say("It names all mistakes at once, and warns of figures that are far from the estimate; these are used all the same."),
        say("Calculate with it: {command}", command=f'bso capacity "{company}" --data "{folder}"'),
        say(
            "The tables open in Excel or LibreOffice. Save them as CSV, under the same name and with the same headers. Semicolons, "
            "commas and tabs are all read, and so are decimal commas and decimal points. No separators of thousands."
        ),
        f"== {words['municipalities']} ==",
        say(
            "{c_nis}, {c_municipality}, {c_figure}, {c_unit}: what the row is about. {c_estimate}: the central estimate. {c_low}, "
            "{c_high}: the lowest and the highest of the {count} plausible populations with which the model calculates. {c_own}: "
            "your figure, whole dwellings from 0.",
            **words,
        ),
        say(
            "The regular objective is that of 2026-2042 without SIB (specifieke inhaalbeweging). The social stock is all social "
            "rental dwellings, owned and rented in; the figure below it says how many of these are rented in."
        ),
        f"== {words['staff']} ==",
        say(
            "{c_company}: whose data these are, in every row. {c_estimate}: your part, by objective, of what the whole of Flanders "
            "is assumed to have. {c_low}, {c_high}: 8 in 10 futures lie between these. {c_own}: your figure, from 0, decimals "
            "allowed.",
            **words,
        ),
        say(
            "Project managers: full-time, the same in every year. Dwellings financed: new dwellings a year whose works you can "
            "have financed. Land bought: places (dwellings that fit) that you buy in a year."
        ),
        f"== {words['projects']} ==",
        say(
            "A row per project under way on {day}. With one row or more the list is complete: all that was estimated to be under "
            "way in your municipalities goes. Without a row the estimates stay.",
            **words,
        ),
        say(
            "{c_project}: a name, every name once. {c_nis}, {c_municipality}: one of the two is enough. {c_dwellings}: 1 to 1000.",
            **words,
        ),
        say(
            "{c_stage}: {s_dormant} (planned, but nothing moves), {s_preparation} (being designed, not yet on MJP), {s_MJP} (on "
            "the meerjarenplanning), {s_KTP} (on the kortetermijnplanning or awarded) or {s_construction} (the works have started).",
            **words,
        ),
        say(
            "{c_on_mjp}, {c_on_ktp}, {c_start}, {c_delivered}: months, as 2027-06, 06/2027 or 30/06/2027. Of a step that lies "
            "behind the project: when it was, at the latest {month}; it is needed. Of a step to come: when you expect it, later "
            "than {month}; empty if you cannot say, and then all later steps are empty too. For a project that is {s_dormant}, "
            "{c_on_mjp} is the month in which it moves again.",
            **words,
        ),
        say(
            "{c_land}: {o_own}, or empty, for land of your own; {o_other} for that of another (a private developer, the "
            "municipality). As soon as {land} has rows, a project that is {s_MJP} or beyond needs plots there, unless its land is "
            "that of another.",
            **words,
        ),
        say(
            "What you expect is taken as the middle of what may happen: about half of the futures are earlier, half later, with "
            "the spread that the model has about it. On top come appeals against permits that you do not have yet, and waiting for "
            "money. So leave these two out of the months that you expect."
        ),
        f"== {words['land']} ==",
        say(
            "A row per plot of your own on which building is possible. {c_plot}: a name, every name once. {c_nis}, "
            "{c_municipality}: one of the two is enough. {c_places}: how many dwellings fit. {c_project}: empty for a free plot, "
            "else the name in {projects} of the project that comes there.",
            **words,
        ),
        say(
            "A project may lie on several plots of its municipality, which together need a place for each of its dwellings; what "
            "is left over is free. With one row or more the list is complete: a municipality without a row has no free places. "
            "Without a row the estimates stay."
        ),
    ]
    text = "\n\n".join("\n".join(textwrap.wrap(part, WIDTH, break_long_words=False, break_on_hyphens=False)) for part in parts)
    return f"{text}\n\n{_now(region, company, language)}\n"


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
    title = language.say("What is estimated now of free land (places) and of projects under way (dwellings), central estimate")
    return "\n".join([f"== {title} ==", "", *lines])
