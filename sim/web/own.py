"""Own figures in the place of estimates: of a municipality from an address, of a company from its tables, which a worker reads."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import Scenario, with_workbook
from sim.inputs.sheets.grid import SPREADSHEETS, grids
from sim.inputs.workbook.data import LARGEST, OwnMunicipality, Workbook
from sim.inputs.workbook.words import Lang, said_in
from sim.report.language import Language
from sim.report.messages import in_dutch
from sim.studies.capacity.own_data import check_folder, is_own_data, replaced, with_folder
from sim.studies.capacity.template import write_template
from sim.web.levers import base

FIGURES = ("objective_regular", "sib", "stock", "rented_in", "land")
MOST_BYTES, MOST_ROWS, MOST_FILES = 5_000_000, 20_000, 8
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _()-]{0,58}[A-Za-z0-9_()-])?\.(?:csv|tsv|txt|xlsx)", re.ASCII)
FILE_NAME = re.compile(rb'filename="([^"\r\n]{0,200})"')
BOUNDARY = re.compile(r'multipart/form-data; *boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?')
ADDRESS = Path("address")


class Own(NamedTuple):
    """A scenario with own figures of a company, in words what they are, what is doubtful in them, and what they took the place of (rows as
    `own_data.replaced` gives them)."""

    company: str
    scenario: Scenario
    summary: str
    warnings: list[str]
    replaced: pd.DataFrame


def of_municipality(nis: int, company: str, given: Iterable[tuple[str, str]]) -> tuple[dict[str, int], Own | None]:
    """Return the figures of a municipality that an address gives, and the scenario with them; None for none. Raises InputError for what may
    not be."""
    figures: dict[str, int] = {}
    for name, text in given:
        text = text.strip()
        if name not in FIGURES or name in figures:
            raise InputError("", name[:40], f"unknown, or twice; {', '.join(FIGURES)} are allowed")
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= LARGEST):
            raise InputError("", name, f"found {text[:20]!r}; a whole number from 0 to {LARGEST} is allowed")
        figures[name] = int(text)
    if not figures:
        return {}, None
    workbook = Workbook(municipalities=(OwnMunicipality(nis=nis, **figures),))
    scenario = with_workbook(base(), company, workbook, ADDRESS, ADDRESS)
    return figures, Own(company, scenario, "", [], replaced(scenario, company))


def read_tables(body: bytes, kind: str, company: str, lang: str) -> Own | list[str]:
    """Return what the tables in the body of a form say of a company, or all that is wrong in them, by file, row and column.

    For a worker: the files are written to a folder of its own, which is gone afterwards. `kind`: the content type of the body. `lang`: of who
    reads what is said, whatever that of the tables.
    """
    with TemporaryDirectory(prefix="bso-sim-") as temporary, said_in(cast(Lang, lang)):
        folder = Path(temporary)
        try:
            for name, content in files_in(body, kind):
                (folder / name).write_bytes(content)
            _refuse_many_rows(folder)
            whole = [path for path in sorted(folder.iterdir()) if is_own_data(path)]
            place = whole[0] if len(whole) == 1 and len([*folder.iterdir()]) == 1 else folder
            own = with_folder(base(), place, company)
            checked = check_folder(place, base())
        except InputError as error:
            return [_told(found, folder, lang) for found in (error.found or (error,))]
    return Own(company, own, checked.summary, [line.replace(f"{folder}/", "") for line in checked.warnings], checked.replaced)


@lru_cache(maxsize=128)
def empty_tables(company: str, lang: str) -> bytes:
    """Return the tables that a company fills in, with the text that says what everything means, as the bytes of a .zip."""
    stream = io.BytesIO()
    with TemporaryDirectory(prefix="bso-sim-") as temporary, ZipFile(stream, "w", ZIP_DEFLATED) as packed:
        folder = Path(temporary) / "tables"
        for file in write_template(folder, base(), company, Language(lang)):
            content = file.read_bytes().replace(str(folder).encode(), folder.name.encode())
            packed.writestr(ZipInfo(file.name), content, ZIP_DEFLATED)
    return stream.getvalue()


def files_in(body: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file in the body of a form. Raises InputError for a body that is none, and for names that are no
    plain ones of tables: nothing else becomes part of a path."""
    match = BOUNDARY.fullmatch(kind)
    if match is None:
        raise InputError("", "form", "no form with files")
    mark, seen = b"--" + match[1].encode(), set[str]()
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found = FILE_NAME.search(head)
        if found is None or not found[1]:
            continue
        name = found[1].decode("utf-8", "replace")
        if not NAME.fullmatch(name):
            raise InputError(name[:60], "", "a name of plain letters that ends in .csv or .xlsx is needed, without macros")
        if name.casefold() in seen or len(seen) >= MOST_FILES:
            raise InputError(name, "", f"stands twice, or there are more than {MOST_FILES} files")
        seen.add(name.casefold())
        yield name, content
    if not seen:
        raise InputError("", "form", "no file; at least one is needed")


def _refuse_many_rows(folder: Path) -> None:
    """Raise InputError for tables with more rows than are read."""
    rows = 0
    for path in folder.iterdir():
        raw = path.read_bytes()
        if path.suffix.lower() in SPREADSHEETS:
            rows += sum(len(grid.rows) for grid in grids(path, raw, "en"))
        else:
            rows += raw.count(b"\n")
    if rows > MOST_ROWS:
        raise InputError("", "", f"{rows} rows in all; at most {MOST_ROWS} are read")


def _told(error: InputError, folder: Path, lang: str) -> str:
    """Return what is wrong as a line in the reader's language, without where the files lay."""
    file = "" if error.file == str(folder) else Path(error.file).name
    problem = error.problem.replace(f"{folder}/", "")
    return ": ".join(filter(None, (file, error.place, in_dutch(problem) if lang == "nl" else problem)))


def query_of(figures: Mapping[str, int]) -> str:
    """Return figures of a municipality as the query of an address, always in the same order."""
    return "&".join(f"{name}={figures[name]}" for name in FIGURES if name in figures)
