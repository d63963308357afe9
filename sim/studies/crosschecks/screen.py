"""Cross-checks on the screen."""

from pathlib import Path

from rich.text import Text

from sim.report.screen import Screen, Terminal, grid
from sim.studies.crosschecks.study import Crosschecks
from sim.studies.crosschecks.words import amount, answer, disagreement, rests_on, wanted

STYLES = {"pass": "green", "miss": "bold red", "shown": "dim"}


def show(result: Crosschecks, files: list[Path], lang: str = "en", console: Terminal | None = None) -> None:
    """Print every check, for researchers and so in English: what the model gives, what it should be, pass or miss, and who says so."""
    screen = Screen("en", console)
    screen.line(f"\n{answer(result)}", "bold")
    screen.line(disagreement(result))
    table = grid("check", "model", "should be")
    table.add_column("")
    table.add_column("kind")
    table.add_column("source", overflow="fold", style="dim")
    for row in result.tables["checks"].to_dict("records"):
        verdict = Text(row["verdict"], style=STYLES[row["verdict"]])
        table.add_row(row["name"], amount(row["value"], row["unit"]), wanted(row), verdict, row["kind"], Text(row["source"]))
    screen.put(table)
    screen.notes([rests_on(result)])
    for file in files:
        screen.whole(str(file))
