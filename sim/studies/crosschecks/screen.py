"""Cross-checks on the screen."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.snippets import foot
from sim.studies.crosschecks.study import Crosschecks
from sim.studies.crosschecks.words import amount, answer, disagreement, rests_on, wanted

STYLES = {"pass": "green", "miss": "bold red", "shown": "dim"}


def show(found: Crosschecks, files: list[Path], lang: str = "en", console: Console | None = None) -> None:
    """Print every check, for researchers and so in English: what the model gives, what it should be, pass or miss, and who says so."""
    console = console or Console(highlight=False)
    console.print(Text(f"\n{answer(found)}", style="bold"))
    console.print(disagreement(found))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("model", "should be"):
        table.add_column(name, justify="right")
    table.add_column("")
    table.add_column("kind")
    table.add_column("source", overflow="fold", style="dim")
    for row in found.tables["checks"].to_dict("records"):
        verdict = Text(row["verdict"], style=STYLES[row["verdict"]])
        table.add_row(row["name"], amount(row["value"], row["unit"]), wanted(row), verdict, row["kind"], Text(row["source"]))
    console.print(table)
    foot(console, [rests_on(found)], files)
