"""What matters: a tornado per outcome with the share of the variance beside it, and a table on the screen."""

import math
from pathlib import Path

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

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, FAINT, HIGH_END, INK, LOW_END, MODEL, QUIET
from sim.report.snippets import WIDEST
from sim.studies.sensitivity.result import ANSWER, MATTERS, TABLES, Sensitivity
from sim.studies.sensitivity.words import (
    SCALES,
    amount,
    collect_sentence,
    notes,
    outcome_words,
    range_words,
    rule_sentences,
    source,
    title_sentence,
    what,
    worth,
)

DRAWN = 12  # parameters in a tornado
LISTED = 14  # parameters on the screen
SHORT = {
    "realised_2042": "dwellings",
    "verdicts_2B": "verdicts_2B",
    "contribution_total": "contributions",
}  # in the pictures' names


def draw_tornado(found: Sensitivity, outcome: str, language: Language) -> Figure:
    """Draw the outcome at both ends of each parameter, the largest swing on top, and beside it the parameters' share of the variance."""
    say = language.say
    figure, left = canvas.sheet(
        title_sentence(found, outcome, language),
        say("One parameter at one end of its range, all else as in the scenario; at the ends: its value. *: only assumed"),
        source(found, language),
    )
    rows = found.ends[found.ends["outcome"] == outcome]
    rows = rows.loc[rows["swing"].abs().sort_values(ascending=False, kind="stable").index].head(DRAWN).reset_index(drop=True)
    left.set_position((0.285, 0.15, 0.44, 0.585))
    _bars(left, found, rows, outcome, language)
    right = figure.add_axes((0.765, 0.15, 0.205, 0.585))
    _shares(right, found, [str(name) for name in rows["parameter"]], outcome, language)
    handles = [
        Patch(color=LOW_END, label=say("parameter at its low end")),
        Patch(color=HIGH_END, label=say("at its high end")),
        Line2D([], [], color=QUIET, linewidth=1.2, label=say("the scenario itself: {value}", value=_base(rows, outcome, language))),
        Line2D([], [], color=BAND_50, linewidth=1.2, label=say("from here it matters: {share}", share=language.percent(MATTERS))),
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.027, 0.825), ncols=4, fontsize=9, frameon=False, labelcolor=QUIET
    )
    return figure


def _base(rows: pd.DataFrame, outcome: str, language: Language) -> str:
    return amount(float(rows["base"].iloc[0]), outcome, language)


def _bars(axes: Axes, found: Sensitivity, rows: pd.DataFrame, outcome: str, language: Language) -> None:
    """Draw a bar from the scenario's own outcome to that at each end, with the end's value and the 95% interval of the difference."""
    scale = SCALES.get(outcome, 1)
    base = float(rows["base"].iloc[0]) / scale
    axes.axvline(base, color=QUIET, linewidth=1.2, zorder=3)
    for y, row in enumerate(rows.to_dict("records")):
        unknown = found.known[str(row["parameter"])]
        ends = [
            (
                float(row[f"to_{end}"]),
                float(row[f"to_{end}_low95"]),
                float(row[f"to_{end}_high95"]),
                colour,
                worth(float(row[end]), unknown, language),
            )
            for end, colour in (("low", LOW_END), ("high", HIGH_END))
        ]
        ends.sort(key=lambda end: -abs(end[0]))  # where both lie on one side, the shorter one is drawn over the longer
        together = ends[0][0] * ends[1][0] > 0
        for number, (mean, low, high, colour, text) in enumerate(ends):
            axes.barh(y, mean / scale, 0.62 if number == 0 or not together else 0.3, base, color=colour, zorder=2)
            axes.plot([base + low / scale, base + high / scale], [y, y], color=INK, linewidth=1, zorder=4)
            if together and number == 1:
                continue
            side = -1 if mean < 0 else 1
            words = f"{text}, {ends[1][4]}" if together else text
            far = base + (low if side < 0 else high) / scale
            axes.annotate(
                words,
                (far, y),
                (5 * side, 0),
                "data",
                "offset points",
                color=INK,
                fontsize=8,
                va="center",
                ha="right" if side < 0 else "left",
            )
    labels = [_label(found, str(name), language) for name in rows["parameter"]]
    axes.set_yticks(range(len(rows)), [canvas.balanced(label, 42) for label in labels])
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.13 * (high - low), high + 0.13 * (high - low))  # for the values
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x)))
    axes.set_xlabel(outcome_words(found, language).get(outcome, outcome), color=QUIET, fontsize=9)


def _label(found: Sensitivity, name: str, language: Language) -> str:
    """Return what a parameter is called, marked when it is only assumed."""
    return what(found.known[name], language) + ("*" if found.status(name) == "assumed" else "")


def _shares(axes: Axes, found: Sensitivity, names: list[str], outcome: str, language: Language) -> None:
    """Draw the share of the outcome's variance of each parameter with its 95% interval; those that were not looked at have none."""
    known = shares_of(found, outcome)
    for y, name in enumerate(names):
        if name in known:
            value, low, high = (100 * share for share in known[name])
            colour = MODEL if value >= 100 * MATTERS else FAINT
            axes.plot([max(0.0, low), high], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt")
            axes.plot(value, y, "o", color=colour, markersize=5, zorder=3)
        else:
            axes.annotate("–", (0, y), (3, 0), "data", "offset points", color=FAINT, va="center", fontsize=9)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xlim(0, max(10.0, 1.08 * axes.get_xlim()[1]))
    axes.axvline(100 * MATTERS, color=BAND_50, linewidth=1)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{language.number(x)}%"))
    sobol = len(found.sobol) > 0
    text = language.say("Share of the variance (Sobol, total)") if sobol else language.say("Share of the variance (Morris)")
    if set(names) - set(known):
        count = found.sobol["parameter"].nunique()
        axes.set_title(language.say("–: not among the {count} looked at", count=count), fontsize=8.5, color=QUIET, loc="left")
    axes.set_xlabel(text, color=QUIET, fontsize=9)


def shares_of(found: Sensitivity, outcome: str) -> dict[str, tuple[float, float, float]]:
    """Return the share of an outcome's variance (0-1) by parameter, with its 95% interval; of Morris from the interval of mu_star."""
    table = found.sobol if len(found.sobol) else found.morris
    rows = table[table["outcome"] == outcome].to_dict("records") if len(table) else []
    if len(found.sobol):
        return {str(row["parameter"]): (row["ST"], row["ST_low95"], row["ST_high95"]) for row in rows}
    total = max(sum(row["mu_star"] ** 2 for row in rows), 1e-300)
    return {str(row["parameter"]): (row["share"], max(0.0, row["low95"]) ** 2 / total, row["high95"] ** 2 / total) for row in rows}


def write_sensitivity(found: Sensitivity, lang: str) -> list[Path]:
    """Draw a tornado per outcome as PNG in the study's folder; return their paths and those of the tables."""
    language = Language(lang)
    with canvas.style():
        pictures = [
            canvas.save(draw_tornado(found, outcome, language), found.folder / f"tornado_{SHORT.get(outcome, outcome)}_{lang}.png")
            for outcome in found.outcomes
        ]
    return [*pictures, *(path for name in TABLES if (path := found.folder / f"{name}.csv").exists()), found.folder / ANSWER]


def print_sensitivity(found: Sensitivity, files: list[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print what matters on standard output (or on `console`), in Dutch or English."""
    language = Language(lang)
    console = console or Console(highlight=False)
    width = min(console.width, WIDEST)
    console.print(Text("\n" + (found.facts["title_nl"] if lang == "nl" else found.facts["title"]), style="dim"), width=width)
    console.print(Text(collect_sentence(found, language) + "\n", style="bold"), width=width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(language.say("Parameter, from low to high"), overflow="fold")
    heads = outcome_words(found, language)
    for outcome in found.outcomes:
        table.add_column(heads.get(outcome, outcome), justify="right", overflow="fold", max_width=15)
    for name in ranked(found)[:LISTED]:
        table.add_row(*_row(found, name, language))
    console.print(table, width=width)
    for sentence in rule_sentences(found, language):
        console.print(Text(sentence), width=width)
    for note in (*notes(found, language), source(found, language)):
        console.print(Text(note, style="dim"), width=width)
    for file in files:
        console.print(Text(f"  {file}"), soft_wrap=True)


def ranked(found: Sensitivity) -> list[str]:
    """Return all parameters, those with the largest share of any outcome first; those without by the swing of the first outcome."""
    best: dict[str, float] = dict.fromkeys(found.known, -1.0)
    for outcome in found.outcomes:
        for name, share in found.shares(outcome).items():
            best[str(name)] = max(best[str(name)], float(share))
    first = found.ends[found.ends["outcome"] == found.outcomes[0]].set_index("parameter")["swing"].abs()
    return sorted(best, key=lambda name: (-best[name], -float(first[name])))


def _row(found: Sensitivity, name: str, language: Language) -> list[Text]:
    """Return the cells of a parameter: what it is, then per outcome its values at the ends and its share."""
    unknown = found.known[name]
    cells = [Text.assemble((_label(found, name, language), "bold"), "\n", (range_words(unknown, language), "dim"))]
    for outcome in found.outcomes:
        row = found.ends[(found.ends["outcome"] == outcome) & (found.ends["parameter"] == name)].iloc[0]
        known = shares_of(found, outcome)
        share = "–"
        style = "dim"
        if name in known:
            value, low, high = (max(0.0, share) for share in known[name])
            share = f"{language.percent(value)} ({math.floor(100 * low + 0.5)}-{math.floor(100 * high + 0.5)})"
            style = "bold" if value >= MATTERS else "dim"
        ends = f"{amount(row['at_low'], outcome, language)} → {amount(row['at_high'], outcome, language)}"
        cells.append(Text.assemble(ends, "\n", (share, style)))
    return cells
