"""Cross-checks on the screen."""

from pathlib import Path

from rich.text import Text

from sim.report.screen import Screen, Terminal, grid
from sim.studies.crosschecks.study import Crosschecks
from sim.studies.crosschecks.words import amount, answer, disagreement, rests_on, said, wanted

STYLES = {"pass": "green", "miss": "bold red", "shown": "dim"}


def show(result: Crosschecks, files: list[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print every check: what the model gives, what it should be, pass or miss, and who says so."""
    screen = Screen(lang, console)
    language = screen.language
    screen.line(f"\n{answer(result, language)}", "bold")
    screen.line(disagreement(result, language))
    table = grid(*(said(language, f"head_{head}") for head in ("check", "model", "wanted")))
    table.add_column("")
    table.add_column(said(language, "head_kind"))
    table.add_column(said(language, "head_source"), overflow="fold", style="dim")
    for row in result.tables["checks"].to_dict("records"):
        verdict = Text(language.name("mark", row["verdict"]), style=STYLES[row["verdict"]])
        name, kind = language.name("check", row["name"]), language.name("check_kind", row["kind"])
        table.add_row(name, amount(row["value"], row["unit"], language), wanted(row, language), verdict, kind, Text(row["source"]))
    screen.put(table)
    screen.notes([rests_on(result, language)])
    screen.files(files, result.folder)
