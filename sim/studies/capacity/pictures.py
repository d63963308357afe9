"""What a company would need, in words, on the screen and in a picture: the chance against capacity, lever by lever."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullLocator
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.report import canvas
from sim.report.estimates import FEW
from sim.report.language import Language
from sim.report.palette import BAND_80, BENCHMARK, INK, MODEL, QUIET
from sim.studies.capacity.limit_words import limits
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found
from sim.studies.capacity.trials import MOST
from sim.studies.capacity.warning_words import no_warnings, warning_groups, workload_line
from sim.studies.capacity.words import (
    capacity_answer,
    capacity_cost,
    capacity_fresh,
    capacity_notes,
    capacity_title,
    few_replications,
    lever_name,
    passing,
    policy_names,
    reckoned_from,
    source,
    span,
)
from sim.studies.capacity.workload_pictures import write_workload

TICKS = (0, 1, 3, 10, 30, 100, 300, 1000)
MILLION = 1e6


def draw_capacity(found: Found, language: Language) -> Figure:
    """Draw the chance against each lever, the others as they are, with the wish, what there is today, and the interval of the answer."""
    say, levers = language.say, found.question.levers
    figure, axes = canvas.sheet(
        capacity_title(found, language),
        say(
            "Chance (%) that {passing}, against each of the company's means, the same in all years",
            passing=passing(found, language),
        ),
        source(found, language),
    )
    width, gap = (0.915 - 0.035 * (len(levers) - 1)) / len(levers), 0.035
    for i, lever in enumerate(levers):
        panel = axes if i == 0 else figure.add_axes((0, 0, 1, 1), sharey=axes)
        panel.set_position((0.06 + i * (width + gap), 0.245, width, 0.515))
        _curve(panel, found, lever, language)
        panel.tick_params(labelleft=i == 0)
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    handles = [
        Line2D([], [], color=MODEL, linewidth=2.2, marker="o", markersize=4, label=say("chance, the others as they are")),
        Patch(color=BAND_80, label=say("95% interval of the chance")),
        Line2D(
            [],
            [],
            color=MODEL,
            linewidth=1.2,
            marker="o",
            markersize=4,
            markerfacecolor="white",
            label=say("chance, the others as in the cheapest combination"),
        ),
        Line2D([], [], color=INK, linewidth=1.2, linestyle=(0, (4, 3)), label=say("wanted")),
        Line2D([], [], color=BENCHMARK, linewidth=1.6, linestyle=(0, (1, 1.5)), label=say("as things go")),
        Patch(facecolor="none", edgecolor=BENCHMARK, hatch="////", linewidth=0, label=say("95% interval of the answer")),
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.05, 0.072), ncols=3, fontsize=9, labelcolor=QUIET, frameon=False
    )
    return figure


def _curve(axes: Axes, found: Found, lever: str, language: Language) -> None:
    """Draw one lever's curve, on a scale on which twice as much is always the same distance."""
    answer, wish, now = found.least[lever], 100 * found.question.probability, getattr(found.today, lever)
    points = answer.points
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.fill_between(points["capacity"], 100 * points["low95"], 100 * points["high95"], color=BAND_80, linewidth=0)
    axes.plot(points["capacity"], 100 * points["chance"], color=MODEL, linewidth=2.2, marker="o", markersize=3.5, clip_on=False)
    others = found.beside[lever]
    axes.plot(
        others["capacity"], 100 * others["chance"], color=MODEL, linewidth=1.2, marker="o", markersize=4, markerfacecolor="white"
    )
    axes.axhline(wish, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.axvline(now, color=BENCHMARK, linewidth=1.6, linestyle=(0, (1, 1.5)), clip_on=False)
    if answer.low is not None:
        end = answer.most if answer.high is None else answer.high
        axes.axvspan(
            answer.low, max(end, answer.low + 0.05), facecolor="none", edgecolor=BENCHMARK, hatch="////", linewidth=0, alpha=0.45
        )
    axes.set_xticks([tick for tick in TICKS if tick <= MOST[lever]])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x)))
    axes.set_xlim(0, MOST[lever])
    axes.set_xlabel(lever_name(lever, language), color=QUIET, fontsize=9.5)
    axes.annotate(
        language.say("alone: {answer}", answer=span(found, lever, language)),
        (0.0, 1.035),
        xycoords="axes fraction",
        fontsize=10.5,
        fontweight="bold",
        color=INK,
        annotation_clip=False,
    )


def write_capacity(found: Found, folder: Path, lang: str) -> Path:
    """Draw the picture as PNG in a folder, those of the workload beside it, and return its path. The same answer gives the same bytes."""
    write_workload(found, folder, lang)
    with canvas.style():
        return canvas.save(draw_capacity(found, Language(lang)), folder / f"capacity_{lang}.png")


def print_capacity(found: Found, folder: Path, picture: Path, lang: str, console: Console | None = None) -> None:
    """Print the answer, the levers, what remains when capacity does not suffice, the allocation policies, and where everything is."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    console.print(Text(f"\n{found.question.company}", style="dim"))
    console.print(Text(capacity_answer(found, language) + ".", style="bold"))
    console.print(Text(capacity_cost(found, language), style="bold"))
    console.print(Text(capacity_fresh(found, language) + "\n"))
    console.print(_levers(found, language))
    console.print(Text(reckoned_from(found.facts, language), style="dim"))
    console.print(Text(say("Early warning"), style="italic"))
    for head, lines in warning_groups(found, language):
        console.print(Text(head))
        for line in lines:
            console.print(Padding(Text("- " + line), (0, 0, 0, 2)))
    if found.warnings.empty:
        console.print(Text(no_warnings(language)))
    console.print(Text("\n" + workload_line(found, language) + "\n"))
    for line in limits(found, language):
        console.print(Text(line))
    console.print(_allocations(found.allocations, found.facts["end_year"], language))
    few = [few_replications(language)] if int(found.facts["replications"]) < FEW else []
    for note in [*capacity_notes(found, language), *few, source(found, language)]:
        console.print(Text(note, style="dim"))
    console.print(say("Picture: {path}", path=str(picture)), soft_wrap=True)
    console.print(say("Tables: {folder}", folder=str(folder)), soft_wrap=True)


def _levers(found: Found, language: Language) -> Table:
    """Return per lever what there is, the least of it alone, and the plan; what is not added to stays as it is."""
    say, numbers = language.say, Numbers(found, language)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in (say("as things go"), say("least, the others as they are"), say("plan")):
        table.add_column(name, justify="right")
    for lever in found.question.levers:
        plan = say("stays")
        if lever in found.more:
            band = numbers.range(*(numbers.mean(lever, f"cheapest_{end}") for end in ("low95", "high95")))
            plan = say("{number} ({band})", number=numbers.mean(lever, "plan"), band=band)
        table.add_row(lever_name(lever, language), numbers.today(lever), span(found, lever, language), plan)
    band = numbers.range(*(numbers.euro("cost_plan", end) for end in ("low95", "high95")))
    cost = say("{number} ({band})", number=numbers.euro("cost_plan"), band=band) if found.more else say("stays")
    table.add_row(say("million euro a year"), numbers.euro("cost_today"), "", cost)
    table.add_row(say("chance"), numbers.share("chance_as_is"), "", numbers.share("chance_fresh"))
    return table


def _allocations(rows: pd.DataFrame, end: int, language: Language) -> Table:
    """Return what each allocation policy does in the company's own area, with the interval of what differs from the policy now."""
    say = language.say
    names = policy_names(language)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=say("Whom the company serves first, with the means of today"))
    table.title_justify, table.title_style = "left", "italic"
    table.add_column("")
    for name in (say("verdicts 2B"), say("dwellings by {year}", year=end), say("million euro")):
        table.add_column(name, justify="right")
    for policy, group in rows.groupby("policy", sort=False):
        cells = []
        for row, (scale, step) in zip(group.to_dict("records"), ((1, 0.01), (1, 1), (MILLION, 0.01)), strict=True):
            mean = language.number(row["value"] / scale, step)
            low, high = language.number(row["low95"] / scale, step), language.number(row["high95"] / scale, step)
            changed = "" if row["now"] else say("difference {low} to {high}", low=low, high=high)
            cells.append(Text.assemble(mean, "\n", (changed or say("policy now"), "dim")))
        table.add_row(names[str(policy)], *cells)
    return table
