"""The page of a forecast: what its sections share."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report import canvas, estimates
from sim.report.cells import Cell, Sheet
from sim.report.language import Language
from sim.report.parts import Head, Page, Picture, Table
from sim.report.snippets import two
from sim.runs.job import region_of, scenario_of
from sim.runs.results import Results
from sim.studies.forecast.totals import tables_of

# The columns that a picture draws of a table that others draw too.
DRAWN = {
    "realised": ("year", "growth_path", "realised_mean", *(f"realised_p{part}" for part in (10, 25, 75, 90))),
    "contributions": ("year", "paid_mean", "paid_median", "paid_p10", "paid_p90"),
}


class ForecastPage(Page):
    """What the sections on a forecast share: its tables as sheets, and its language in plain text, for pictures."""

    def __init__(self, results: Results, lang: str) -> None:
        self.results, self.facts, self.plain = results, results.manifest, Language(lang)
        made = self.facts["experiment"]
        self.scenario = scenario_of(made["scenario"], results.folder)
        self.region = region_of(self.scenario, made["data"], results.folder)
        tables = tables_of(results, self.region)
        super().__init__(results.folder, lang, {name: f"forecast_{name}" for name in tables}, tables, {})
        self.sheets = {name: Sheet(self.files[name], frame, self.language) for name, frame in tables.items()}
        self.say = self.language.say

    @property
    def title(self) -> str:
        """What the page is of."""
        return str(self.facts["title_nl" if self.lang == "nl" else "title"])

    @property
    def status(self) -> str:
        """What the numbers are, and what they are not."""
        return self.say("Estimates by simulation, under a draft law; not definitive, and no official verdict")

    def fact(self, name: str, scale: float = 1) -> Cell:
        """Return a number of the answer."""
        row = self.sheets["facts"].row(fact=name)
        return self.sheets["facts"].cell(row, "value", float(self.sheets["facts"].value(row, "step")), scale)

    def share(self, name: str) -> Cell:
        """Return a share of the answer as a percentage."""
        return self.sheets["facts"].percent(self.sheets["facts"].row(fact=name), "value")

    def known(self, table: str, row: int, name: str) -> tuple[Cell, Cell | str, Cell | str]:
        """Return a mean and the ends of its 80% band, to its step; a dash where there are too few replications for a band."""
        sheet = self.sheets[table]
        step = float(sheet.value(row, f"{name}_step"))
        mean, low, high = (f"{name}_{part}" for part in ("mean", "p10", "p90"))
        ends = [sheet.cell(row, end, step) if sheet.value(row, end) == sheet.value(row, end) else "–" for end in (low, high)]
        return sheet.cell(row, mean, step), ends[0], ends[1]

    def banded(self, table: str, row: int, name: str) -> Markup | Cell:
        """Return a mean with its band below it, for a table."""
        mean, low, high = self.known(table, row, name)
        return mean if low == "–" else two(mean, self.say("{low} to {high}", low=low, high=high))

    def in_words(self, table: str, row: int, name: str) -> Mapping[str, str]:
        """Return a mean and its band for a sentence."""
        mean, low, high = self.known(table, row, name)
        few = self.say("too few replications")
        return {"mean": mean, "band": few if low == "–" else self.say("{low} to {high}", low=low, high=high)}

    def drawn(self, name: str, draw: Callable[[Results, Language], Figure], table: str = "years") -> Picture:
        """Return a picture of the forecast, with how it is to be read."""
        reading, columns = self.language.name("forecast_reading", name), DRAWN.get(name, ())
        with canvas.style():
            return self.picture(name, draw(self.results, self.plain), reading, [table], columns)

    def listed(self, name: str, heads: Sequence[Head], rows: Sequence[Sequence[str]], csv: str, find: str = "") -> Table:
        """Return a table with its title and its note; a long one has a box that finds rows."""
        title, note = (self.language.name(kind, name) for kind in ("forecast_table", "forecast_note"))
        return self.table(f"{name}-table", title, heads, rows, note, [csv], long=bool(find), find=find)

    def head(self, name: str, numbers: bool = True, **values: str | int) -> Head:
        """Return the head of a column."""
        return Head(self.language.name("forecast_column", name, **values), numbers)

    def origin(self) -> list[str]:
        """Say what the numbers are, on what they rest, what the backtest found, and what identifies them."""
        said = [estimates.source_of(self.facts, self.plain), estimates.warning(self.plain)]
        return [*said, self.say("Fingerprint of all results: {digest}.", digest=str(self.facts["digest"])[:16])]
