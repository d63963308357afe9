"""Cross-checks on the screen."""

import math

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.studies.crosschecks.study import PACA, Checked

KINDS = {"independent": "that are independent", "input": "near to inputs", "naive": "against past growth"}
STYLES = {"pass": "green", "miss": "bold red", "shown": "dim"}


def print_checks(found: Checked, console: Console | None = None) -> None:
    """Print every check, for researchers and so in English: what the model gives, what it should be, pass or miss, and who says so."""
    language, console = Language("en"), console or Console(highlight=False)
    marked = found.table[found.table["verdict"] != "shown"]
    passed = marked[marked["verdict"] == "pass"]
    counts = [f"{(passed['kind'] == kind).sum()} of {(marked['kind'] == kind).sum()} {words}" for kind, words in KINDS.items()]
    console.print(Text(f"\n{len(passed)} of {len(marked)} checks pass: {', '.join(counts)}.", style="bold"))
    year, share = max(PACA.items(), key=lambda item: abs(item[1] - _delivered(found, item[0])))
    console.print(
        f"PACA, another system and no pass mark, disagrees: {_delivered(found, year):.0%} delivered after {year} years, {share:.0%} there."
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("model", "should be"):
        table.add_column(name, justify="right")
    table.add_column("")
    table.add_column("kind")
    table.add_column("source", overflow="fold", style="dim")
    for row in found.table.to_dict("records"):
        value, wanted = _number(row["value"], row["unit"], language), _wanted(row["low"], row["high"], row["unit"], language)
        verdict = str(row["verdict"])
        table.add_row(
            str(row["name"]), value, wanted, Text(verdict, style=STYLES[verdict]), str(row["kind"]), Text(str(row["source"]))
        )
    console.print(table)
    rests = f"{found.facts['replications']} replications of {found.facts['scenario']}, {language.number(found.projects)} projects"
    console.print(Text(f"{rests}; what was under way at the end counts as long as it was seen.", style="dim"))


def _delivered(found: Checked, year: int) -> float:
    """Return the share that the model delivers by so many years after KTP."""
    return float(found.table.set_index("name")["value"][f"delivered {year} years after KTP"])


def _number(value: float, unit: str, language: Language) -> str:
    if unit == "share":
        return language.percent(value) if abs(value) >= 0.01 or value == 0 else f"{language.number(100 * value, 0.1)}%"
    return language.number(value, 0.1 if unit == "years" else 1)


def _wanted(low: float, high: float, unit: str, language: Language) -> str:
    if math.isnan(low):
        return ""
    first = _number(low, unit, language)
    return f"{first} or more" if math.isinf(high) else f"{first} to {_number(high, unit, language)}"
