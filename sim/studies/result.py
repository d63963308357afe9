"""What any study gives: facts and tables in a folder, and the way to its pictures, its screen and its report."""

import base64
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim.report.outside import as_json, cells
from sim.runs.disk.folders import write
from sim.runs.disk.store import sealed
from sim.runs.standing import in_a_line


class Pictures(list[Path]):
    """Paths of pictures; a notebook shows the pictures themselves."""

    def _repr_html_(self) -> str:
        images = ((path.stem, base64.b64encode(path.read_bytes()).decode("ascii")) for path in self)
        return "\n".join(
            f'<img alt="{escape(name)}" style="max-width: 100%" src="data:image/png;base64,{data}">' for name, data in images
        )


class Shown:
    """What can be drawn, printed and reported, by modules of the study's own folder: each named "module:function"."""

    PICTURES: ClassVar[str] = "pictures:write"  # (result, lang) -> paths; "": there are none
    SCREEN: ClassVar[str] = "screen:show"  # (result, paths, lang) -> None
    REPORT: ClassVar[str] = "report:write"  # (result, lang) -> path
    NOTE: ClassVar[str] = "report:note"  # (result, lang) -> path

    folder: Path

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__repr__" not in vars(cls):
            cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]  # a dataclass would list its tables row by row

    def __repr__(self) -> str:
        tables = ", ".join(getattr(self, "tables", ()))
        return f"<{type(self).__name__} in {self.folder}{f'; tables: {tables}' if tables else ''}>"

    def _repr_html_(self) -> str:
        with redirect_stdout(io.StringIO()) as screen:
            self.show("en")
        return f'<pre style="white-space: pre">{escape(screen.getvalue().strip())}</pre>'

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object, ready for JSON."""
        raise NotImplementedError

    def printed(self) -> str:
        """Return the answer as JSON, as `--json` prints it."""
        return as_json(self.summary())

    def plot(self, lang: str = "nl") -> Pictures:
        """Draw the pictures in the result's folder, in Dutch or English ("en"), and return their paths."""
        return Pictures(self._own(self.PICTURES)(self, lang) if self.PICTURES else ())

    def show(self, lang: str = "nl", files: Iterable[Path] = ()) -> None:
        """Print the answer on standard output, in Dutch or English, with where the files lie."""
        self._own(self.SCREEN)(self, list(files), lang)

    def report(self, lang: str = "nl") -> Path:
        """Write the report, one HTML file that needs nothing else, in the result's folder, and return its path."""
        path: Path = self._own(self.REPORT)(self, lang)
        return path

    def note(self, lang: str = "nl") -> Path:
        """Write the note, one page to print, in the result's folder, and return its path."""
        path: Path = self._own(self.NOTE)(self, lang)
        return path

    def _own(self, name: str) -> Any:
        # imported when asked for: matplotlib and rich take their time
        module, function = name.split(":")
        return getattr(import_module(f"{type(self).__module__.rpartition('.')[0]}.{module}"), function)


@dataclass(frozen=True)
class Result(Shown):
    """What a study found, in its folder: `facts`, what it rests on; `tables` by name, each a CSV in the folder."""

    ANSWER: ClassVar[str] = ""  # the sealed JSON file with the summary, where a study keeps one
    SUMMED: ClassVar[tuple[str, ...]] = ()  # the tables that the summary holds too
    ROWS: ClassVar[str] = ""  # the table whose rows alone `--json` prints, where a study has always done so
    PREFIX: ClassVar[str] = ""  # of the CSVs' names
    DIGITS: ClassVar[int | None] = 10  # significant digits in the CSVs; None: as many as it takes

    folder: Path
    facts: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def write(self) -> None:
        """Write every table and, where the study keeps one, the answer. Raises OSError for a folder that cannot be written, and what `write` of
        `sim.runs.disk.folders` raises."""
        digits = None if self.DIGITS is None else f"%.{self.DIGITS}g"
        for name, table in self.tables.items():
            if "standing" in self.facts:  # a table that is sent on says what its numbers are
                table = table.assign(standing=in_a_line(self.facts["standing"]))
            text = cells(table).to_csv(index=False, lineterminator="\n", float_format=digits)
            write(self.folder / f"{self.file_of(name)}.csv", text.encode())
        if self.ANSWER:
            write(self.folder / self.ANSWER, sealed(self.summary()))

    def is_written(self) -> bool:
        """Return whether the folder holds this very answer, so that its pictures and reports, in whatever language, stay true."""
        path = self.folder / self.ANSWER
        return bool(self.ANSWER) and path.is_file() and path.read_bytes() == sealed(self.summary())

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: the facts, and the rows of the tables in `SUMMED`."""
        return {**self.facts, **{name: records(self.tables[name]) for name in self.SUMMED if name in self.tables}}

    def file_of(self, table: str) -> str:
        """Return the name of a table's CSV, without its ending."""
        return f"{self.PREFIX}{table}"

    def printed(self) -> str:
        """Return the answer as JSON, as `--json` prints it."""
        return str(self.tables[self.ROWS].to_json(orient="records")) if self.ROWS else super().printed()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as JSON holds it."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=10))
    return rows
