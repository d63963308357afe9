"""What the readings of the law change: a table on the screen, a picture, and the page that lists every reading."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.inputs.law.model import Law
from sim.report import canvas, estimates
from sim.report.language import Language
from sim.report.palette import BAND_80, IMPORTANCE, INK, QUIET
from sim.report.snippets import WIDEST
from sim.runs.differences import ERRORS, THRESHOLDS
from sim.studies.readings.study import TABLE, Compared

MILLION = 1_000_000
UNITS = {"dwellings": 1.0, "verdicts_2B": 1.0, "euro": float(MILLION)}  # what a difference is written in
FINEST = {"dwellings": 1.0, "verdicts_2B": 0.01, "euro": 0.01}


def words(language: Language) -> dict[str, str]:
    """Return what each alternative of the draft law says, by reading=option."""
    say = language.say
    return {
        "sib_beside_regular=sib_first": say("SIB comes first, all of it"),
        "rounding=down": say("requirements are rounded down"),
        "category_2B=both": say("2B only without plan and effort"),
        "exemption_ratio=literal": say("exemption: the total against a year"),
        "exempted_sib=returns_to_pot": say("exempted SIB is carried by all"),
        "overshoot_at_ceiling=again": say("at 9% overshoot is deducted again"),
        "realised=gross": say("delivered and bought counts"),
        "realised=kept": say("sales are not deducted"),
        "realised=let": say("only what is let for 6 months counts"),
        "dormant=counts": say("dormant projects count as on MJP"),
        "rent_in_condition=always": say("rent-in asked at every test"),
        "rent_in_condition=never": say("rent-in asked at no test"),
        "land_list=theoretical": say("land list may name all room"),
        "last_test=rhythm": say("2040 follows the usual rhythm"),
        "charged=once": say("a missing dwelling is charged once"),
        "final_sib=sanctioned": say("SIB missing at the end is charged"),
    }


def verdict_words(language: Language) -> dict[str, str]:
    """Return the words for what a comparison says."""
    say = language.say
    return {"matters": say("matters"), "does not": say("does not"), "undecided": say("undecided")}


def by_size(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each alternative under reading=option, the largest difference (in thresholds) first."""
    groups = [
        (f"{name}={option}", rows.set_index("outcome")) for (name, option), rows in table.groupby(["reading", "option"], sort=False)
    ]
    return sorted(groups, key=lambda group: -float((group[1]["difference"].abs() / group[1]["threshold"]).max()))


def written(row: Any, outcome: str, language: Language) -> str:
    """Return a difference with its standard error, rounded to digits that another seed would not change; a plain 0 for none at all."""
    mean, error = row["difference"] / UNITS[outcome], row["standard_error"] / UNITS[outcome]
    if not mean and not error:
        return "0"
    step = max(FINEST[outcome], 10.0 ** math.floor(math.log10(error / 2)) if error else 0.0)
    text = language.number(mean, step)
    sign = "+" if round(mean / step) > 0 else ""
    return f"{sign}{'0' if text == '-0' else text} ± {language.number(error, step)}"


def answer(compared: Compared, language: Language) -> str:
    """Say how many alternatives matter for what."""
    table = compared.table
    count = {name: int((table.loc[table["outcome"] == name, "verdict"] == "matters").sum()) for name in THRESHOLDS}
    return language.say(
        "Of {all} other readings of the law, {dwellings} matter for the dwellings realised, {verdicts} for the verdicts of 2B "
        "and {euro} for the contributions",
        all=len(table) // len(THRESHOLDS),
        dwellings=count["dwellings"],
        verdicts=count["verdicts_2B"],
        euro=count["euro"],
    )


def notes(compared: Compared, language: Language) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    say, number = language.say, language.number
    yield say(
        "Difference from this scenario's own readings with the same luck, ± its standard error; contributions over all years of a test. "
        "It matters if {errors} standard errors on either side lie beyond {dwellings} dwellings, {verdicts} verdicts or {euro} million euro.",
        errors=ERRORS,
        dwellings=number(THRESHOLDS["dwellings"]),
        verdicts=number(THRESHOLDS["verdicts_2B"]),
        euro=number(THRESHOLDS["euro"] / MILLION),
    )
    yield say("A plain 0: no replication differs at all. A reading of what is realised also changes how the dwellings are counted.")
    if int(compared.table["replications"].min()) < estimates.FEW:
        yield say("With fewer than {few} replications the standard errors are only indicative.", few=estimates.FEW)
    yield estimates.source(compared.default, language)


def heads(compared: Compared, language: Language) -> dict[str, str]:
    """Return the name of each outcome."""
    say = language.say
    return {
        "dwellings": say("Dwellings\nend of {year}", year=compared.default.manifest["end_year"]),
        "verdicts_2B": say("Verdicts of 2B\nall tests"),
        "euro": say("Contributions\nmillion euro"),
    }


def print_readings(compared: Compared, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print the table on standard output (or on `console`), in Dutch or English."""
    language = Language(lang)
    console = console or Console(highlight=False)
    width = min(console.width, WIDEST)
    names, verdicts = words(language), verdict_words(language)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(language.say("Reading"), overflow="fold")
    for head in heads(compared, language).values():
        table.add_column(head, justify="right", overflow="fold")
    for key, rows in by_size(compared.table):
        cells = []
        for outcome in THRESHOLDS:
            row = rows.loc[outcome]
            style = "bold" if row["verdict"] == "matters" else "dim"
            cells.append(Text.assemble((written(row, outcome, language), style), "\n", (verdicts[str(row["verdict"])], style)))
        table.add_row(Text.assemble((key, "bold"), "\n", (names.get(key, ""), "dim")), *cells)
    console.print(Text("\n" + answer(compared, language) + ".\n", style="bold"), width=width)
    console.print(table, width=width)
    for note in notes(compared, language):
        console.print(Text(note, style="dim"), width=width)
    for file in files:
        console.print(Text(f"  {file}"), soft_wrap=True)


def draw_readings(compared: Compared, language: Language) -> Figure:
    """Draw the difference of each alternative with its 95% interval: a panel for dwellings, for verdicts and for contributions."""
    say, names = language.say, words(language)
    figure, first = canvas.sheet(
        answer(compared, language),
        say("Difference from the scenario's own readings with the same luck, with its 95% interval"),
        estimates.source(compared.default, language),
    )
    first.remove()
    groups = by_size(compared.table)
    for number, (outcome, head) in enumerate(heads(compared, language).items()):
        axes = figure.add_axes((0.285 + 0.238 * number, 0.15, 0.218, 0.57))
        _panel(axes, language, outcome, [rows.loc[outcome] for _, rows in groups])
        axes.set_title(head, fontsize=10, color=INK, loc="left")
        axes.set_yticks(range(len(groups)), [names.get(key, key) for key, _ in groups] if number == 0 else [])
        axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    said = verdict_words(language) | {"does not": say("does not matter")}
    dots = [Line2D([], [], color=IMPORTANCE[v], marker="o", linewidth=1.6, markersize=5, label=said[v]) for v in IMPORTANCE]
    handles = [*dots, Patch(color=BAND_80, label=say("too small to matter"))]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.027, 0.845), ncols=4, fontsize=9, frameon=False, labelcolor=QUIET
    )
    return figure


def _panel(axes: Axes, language: Language, outcome: str, rows: list[Any]) -> None:
    """Draw the differences in one outcome, the first row on top."""
    unit = UNITS[outcome]
    limit = THRESHOLDS[outcome] / unit
    axes.axvspan(-limit, limit, color=BAND_80, linewidth=0, alpha=0.6)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    for y, row in enumerate(rows):
        mean, reach, colour = row["difference"] / unit, ERRORS * row["standard_error"] / unit, IMPORTANCE[row["verdict"]]
        axes.plot([mean - reach, mean + reach], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot(mean, y, "o", color=colour, markersize=5, zorder=3)
        if row["verdict"] == "matters":  # its number on the side away from zero
            side, align = (1, "left") if mean > 0 else (-1, "right")
            text = written(row, outcome, language).split(" ± ")[0]
            place = mean + side * reach, y
            axes.annotate(text, place, (6 * side, 0), "data", "offset points", color=colour, fontsize=8, va="center", ha=align)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    low, high = axes.get_xlim()
    room = 0.22 * (high - low)  # for the numbers
    axes.set_xlim(min(low - room, -1.6 * limit), max(high + room, 1.6 * limit))
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: ("+" if x > 0 else "") + language.number(x)))


def write_all(compared: Compared, folder: Path, lang: str = "nl") -> list[Path]:
    """Write the picture (PNG) and the page (Markdown) beside the table in a folder, and return the paths of all three."""
    with canvas.style():
        picture = canvas.save(draw_readings(compared, Language(lang)), folder / f"readings_{lang}.png")
    text = folder / "readings.md"
    text.write_text(page(compared.scenario.law, compared.table), encoding="utf-8")
    return [folder / TABLE, picture, text]


def page(law: Law, table: pd.DataFrame | None = None) -> str:
    """Return the page of all readings of a law in Markdown, with the differences of a run where there is one."""
    english = Language("en")
    lines = [
        "# Readings of the law",
        "",
        f"*{law.title}* ({law.date}) is silent in places, and its documents disagree in others. Each such place",
        "is a reading with a default; a scenario tries another with `law_changes.readings.NAME.value`. This page is written by",
        "`bso readings`, from the law file.",
        "",
        "| reading | default | alternative | what | why | dwellings | 2B verdicts | million euro |",
        "|---|---|---|---|---|---|---|---|",
    ]
    found = {} if table is None else dict(by_size(table))
    for name, reading in law.readings:
        about = [f"`{name}`", f"`{reading.value}`", reading.what, reading.why]
        for option in (o for o in reading.options if o != reading.value):
            rows = found.get(f"{name}={option}")
            results = ["", "", ""] if rows is None else [_cell(rows.loc[outcome], outcome, english) for outcome in THRESHOLDS]
            lines.append("| " + " | ".join([*about[:2], f"`{option}`", *about[2:], *results]) + " |")
            about = ["", "", "", ""]
    if table is not None:
        run = table.iloc[0]
        limits = [f"{limit / UNITS[name]:.0f}" for name, limit in THRESHOLDS.items()]
        lines += [
            "",
            f"The last three columns: scenario {run['scenario']}, {table['replications'].min()} replications, seed {run['seed']}.",
            "They give the difference from the default with the same luck, ± its standard error, in the BSO realised at the end,",
            f"in the verdicts of 2B over all tests and in the contributions charged. **Bold**: it matters, as {ERRORS} standard errors",
            f"on either side lie beyond {limits[0]} dwellings, {limits[1]} verdicts or {limits[2]} million euro; ?: undecided;",
            "otherwise it does not. A plain 0: no replication differs at all. `exemption_ratio` and",
            "`exempted_sib` act only where municipalities ask for an exemption (`scenarios/exemptions.toml`). `realised` also changes how",
            "the dwellings are counted.",
        ]
    return "\n".join(lines) + "\n"


def _cell(row: Any, outcome: str, language: Language) -> str:
    """Return a difference for the page, marked by what it says."""
    text = written(row, outcome, language)
    return {"matters": f"**{text}**", "undecided": f"{text} ?", "does not": text}[row["verdict"]]
