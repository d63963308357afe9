"""What a sweep says: the trade-off between dwellings, euro and verdicts that municipalities cannot help, in a picture and a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from rich.console import Console
from rich.table import Table

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BENCHMARK, FAINT, INK, MODEL, QUIET
from sim.studies.compare.sweep import OUTSIDE, SHOWN, Swept

MILLION = 1e6
LISTED = 18  # options that are named beside the picture


def tradeoff_answer(swept: Swept, language: Language) -> str:
    """Say which option gives most dwellings, and how many levers give with one hand and take with the other."""
    ranked, traded, base = swept.ranking, swept.trade_offs, swept.compared.base
    best = ranked.sort_values("realised_2042", ascending=False, kind="stable").iloc[0]
    more = float((best["realised_2042"] - ranked["realised_2042"][ranked["option"] == base]).sum())
    first = language.say(
        "Most dwellings: {option}, {more} more than {base}", option=str(best["option"]), more=language.number(more, 10), base=base
    )
    if more <= 0:
        first = language.say("No option gives more dwellings than {base}", base=base)
    count = int(traded["trade_off"].sum()) if len(traded) else 0
    if not len(traded):
        return first
    return first + language.say(
        "; {count} of {all} single levers give something and take something else", count=count, all=len(traded)
    )


def draw_sweep(swept: Swept, language: Language) -> Figure:
    """Draw dwellings against euro, and against verdicts outside the municipalities' control; the numbers are places in the ranking."""
    say, ranked, facts = language.say, swept.ranking, swept.compared.facts
    figure, left = canvas.sheet(
        tradeoff_answer(swept, language),
        say("Each number is an option, its place in the ranking; filled: no other option is at least as good in all three"),
        say(
            "Estimate: Monte Carlo simulation bso-sim {version}, replications of each option: {replications}, seed: {seed}.",
            version=facts["version"],
            replications=language.number(facts["replications"]),
            seed=facts["seed"],
        ),
    )
    left.set_position((0.075, 0.2, 0.3, 0.57))
    right = figure.add_axes((0.405, 0.2, 0.3, 0.57), sharey=left)
    base = ranked["option"] == facts["base"]
    for axes, values, title in (
        (left, ranked["contribution_total"] / MILLION, say("Contributions, million euro")),
        (right, ranked[OUTSIDE], say("Municipalities in 2B per test that\nonly others could have prevented")),
    ):
        _points(axes, values, ranked, base)
        axes.set_xlabel(title, color=QUIET, fontsize=10)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        step = 1 if values.max() - values.min() >= 5 else 0.1
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _, step=step: language.number(x, step)))
        axes.grid(axis="x")
    left.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    left.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    right.tick_params(labelleft=False)
    left.annotate(say("Dwellings realised by 2042"), (0, 1.03), xycoords="axes fraction", color=QUIET, fontsize=10)
    handles = [
        Line2D([], [], color=MODEL, marker="o", markersize=10, linestyle="none", label=say("no option as good in all three")),
        Line2D([], [], color=FAINT, marker="o", markersize=10, markerfacecolor="white", linestyle="none", label=say("another is")),
        Line2D([], [], color=BENCHMARK, marker="s", markersize=10, linestyle="none", label=str(facts["base"])),
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.725, 0.06), fontsize=9, labelcolor=QUIET, frameon=False)
    named = [f"{i + 1}  {row}" for i, row in enumerate(ranked["option"].head(LISTED))]
    if len(ranked) > LISTED:
        named.append(say("and {count} more: see the table", count=len(ranked) - LISTED))
    size = 9.5 if max(map(len, named)) <= 28 else 7.5
    figure.text(0.728, 0.77, "\n".join(named), fontsize=size, va="top", linespacing=1.5)
    return figure


def _points(axes: Axes, values: "pd.Series[float]", ranked: pd.DataFrame, base: "pd.Series[bool]") -> None:
    """Draw the options as numbered marks; the base as a square, so that colour is not all that tells it apart."""
    for i in ranked.index:
        front = bool(ranked.loc[i, "frontier"])
        color = BENCHMARK if base[i] else MODEL if front else FAINT
        fill, ink = (color, "white") if front or base[i] else ("white", INK)
        place = float(values[i]), float(ranked["realised_2042"][i])
        shape = "s" if base[i] else "o"
        axes.plot(*place, shape, color=color, markerfacecolor=fill, markersize=14, zorder=3 + front)
        axes.annotate(str(i + 1), place, color=ink, ha="center", va="center", fontsize=8, fontweight="bold", zorder=5 + front)
    axes.margins(0.08)


def write_sweep(swept: Swept, lang: str) -> Path:
    """Draw the picture as PNG in the sweep's folder and return its path. The same results give the same bytes."""
    with canvas.style():
        return canvas.save(draw_sweep(swept, Language(lang)), swept.compared.folder / f"tradeoffs_{lang}.png")


def print_sweep(swept: Swept, picture: Path, lang: str, console: Console | None = None) -> None:
    """Print the ranking, what single levers give and take, and where everything is."""
    language, console = Language(lang), console or Console(highlight=False)
    say, ranked, traded = language.say, swept.ranking, swept.trade_offs
    console.print(tradeoff_answer(swept, language) + ".", style="bold")
    columns = (
        say("dwellings"),
        say("million euro"),
        say("in 2B per test"),
        say("of these outside own control"),
        say("ranked by: difference from the base"),
        say("at response 0 and 1"),
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column(say("option"), no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    for i, row in enumerate(ranked.to_dict("records")):
        table.add_row(
            str(i + 1),
            f"{row['option']}{' *' if row['frontier'] else ''}",
            language.number(row["realised_2042"], 10),
            language.number(row["contribution_total"] / MILLION, 0.1),
            language.number(row["municipalities_2B"], 0.1),
            language.number(row[OUTSIDE], 0.1),
            _ranked(row, swept.rank, language),
            f"{row['place_at_response_0']}, {row['place_at_response_1']}",
        )
    console.print(table)
    console.print(say("*: no other option is at least as good in dwellings, euro and 2B outside own control."))
    console.print(
        say("Last column: the place in the ranking when municipalities do not respond to tests, and when they respond fully.")
    )
    words = {
        "realised_2042": say("dwellings"),
        "contribution_total": say("contributions"),
        "municipalities_2B": say("in 2B per test"),
    }
    for row in traded.to_dict("records") if len(traded) else []:
        if not row["trade_off"]:
            continue
        changes = ", ".join(
            f"{words[name]} {_signed(row[name] / (MILLION if name == 'contribution_total' else 1), name, language)}"
            for name in SHOWN
        )
        console.print(say("Gives and takes: {option}: {changes}", option=row["option"], changes=changes))
    console.print(say("Picture: {path}", path=str(picture)), soft_wrap=True)
    console.print(say("Tables: {folder}", folder=str(picture.parent)), soft_wrap=True)


def _ranked(row: Mapping[Any, Any], rank: str, language: Language) -> str:
    """Return the difference from the base in the outcome that ranks, with half of its 95% interval."""
    scale, step = (MILLION, 0.1) if rank.startswith("contribution") else (1.0, 1.0 if rank.endswith("2042") else 0.1)
    mean, half = float(row["difference"]) / scale, (float(row["high95"]) - float(row["low95"])) / 2 / scale
    return f"{'+' if mean > 0 else ''}{language.number(mean, step)} ± {language.number(half, step)}" if half else "–"


def _signed(value: float, name: str, language: Language) -> str:
    """Return a difference with its sign."""
    step = 0.1 if name != "realised_2042" else 1
    return ("+" if value > 0 else "") + language.number(value, step) + (" M€" if name == "contribution_total" else "")
