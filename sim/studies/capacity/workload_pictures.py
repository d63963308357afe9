"""The workload of a company in pictures: year by year in all, and by municipality."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_80, BENCHMARK, INK, MODEL, QUIET, STAGE
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found
from sim.studies.capacity.warning_words import MILLION, peak, stage_name
from sim.studies.capacity.words import counted, source

DASHED = (0, (4, 2))
ACROSS, ROW = 5, 1.4  # panels of municipalities beside each other, and inches for a row of them
# the most advanced first: what is measured of each stage
PHASES = {"construction": "construction", "on_ktp": "KTP", "on_mjp": "MJP", "preparation": "preparation"}


def draw_workload(found: Found, language: Language) -> Figure:
    """Draw the company's workload year by year: projects with the managers they take, works and their cost, land, and the phases."""
    say, sheet = language.say, Numbers(found, language).sheet("workload")
    (projects, busiest), (managers, _), (starts, most) = (peak(sheet, measure) for measure in ("projects", "managers", "starts"))
    figure, axes = canvas.sheet(
        say(
            "{company}: up to {projects} at a time for {managers} ({busiest}), and {starts} started in {most}",
            company=found.question.company,
            projects=counted("projects", projects, language),
            managers=counted("managers", managers, language),
            busiest=busiest,
            starts=counted("dwellings", starts, language),
            most=most,
        ),
        say("Year by year, with what the cheapest combination adds to the means of today; all municipalities together"),
        source(found, language),
    )
    axes.remove()
    heads = {
        "projects": say("Projects in preparation or on MJP"),
        "starts": say("Dwellings started in the year"),
        "delivered": say("Dwellings delivered in the year"),
        "places": say("Places that new projects take"),
        "no_land": say("Places still lacking at the end"),
        "": say("Where the dwellings stand (mean)"),
    }
    panels = [figure.add_axes((0.055 + 0.33 * (n % 3), 0.51 - 0.33 * (n // 3), 0.235, 0.235)) for n in range(len(heads))]
    for panel, (measure, head) in zip(panels, heads.items(), strict=True):
        _head(panel, head)
        if measure:
            _fan(panel, found.workload, measure, "", language)
    whole = found.workload[(found.workload["means"] == "plan") & (found.workload["municipality"] == "")]
    sums = whole.groupby("measure")["mean"].sum()
    _second(panels[0], sums["managers"], sums["projects"], say("project managers"), language)
    _second(panels[1], sums["euro"] / MILLION, sums["starts"], say("million euro"), language)
    _phases(panels[-1], whole, language)
    _key(figure, 0.078, say("the middle one of the simulations"), say("the middle one with the means of today"), language)
    return figure


def draw_workload_places(found: Found, language: Language) -> Figure:
    """Draw the dwellings whose works start in every municipality, those with most first; each row of five has its own scale."""
    say, rows = language.say, found.workload
    plan = rows[(rows["means"] == "plan") & (rows["measure"] == "starts") & (rows["municipality"] != "")]
    names = plan.groupby("municipality")["mean"].sum().sort_values(ascending=False, kind="stable")
    figure, axes = canvas.sheet(
        say(
            "{company}: {all} started in {years} years, of which {most} in {place}",
            company=found.question.company,
            all=counted("dwellings", language.number(names.sum()), language),
            years=plan["year"].nunique(),
            most=language.number(names.iloc[0]),
            place=str(names.index[0]),
        ),
        say(
            "Dwellings started in each year, with what the cheapest combination adds to the means of today; beside the name: in all years "
            "together (mean). Each row has its own scale."
        ),
        source(found, language),
    )
    axes.remove()
    height = 2.35 + ROW * -(-len(names) // ACROSS)
    canvas.stretched(figure, height)
    highest = plan.groupby("municipality")["p90"].max()
    for n, (name, whole) in enumerate(names.items()):
        row = names.index[n - n % ACROSS : n - n % ACROSS + ACROSS]
        bottom = height - 1.3 - ROW * (n // ACROSS + 1) + 0.35
        panel = figure.add_axes((0.045 + 0.192 * (n % ACROSS), bottom / height, 0.165, (ROW - 0.68) / height))
        _fan(panel, rows, "starts", str(name), language, "mean")
        panel.set_ylim(0, max(1.0, 1.05 * highest[row].max()))
        panel.tick_params(labelsize=7.5, labelleft=n % ACROSS == 0)
        _head(panel, say("{place}: {all}", place=str(name), all=language.number(whole)), 8)
    _key(figure, 0.5 / height, say("mean of all outcomes"), say("mean with the means of today"), language)
    return figure


def write_workload(found: Found, folder: Path, lang: str) -> list[Path]:
    """Draw both pictures as PNG in a folder and return their paths. The same answer gives the same bytes."""
    paths = []
    for name, draw in (("workload", draw_workload), ("workload_places", draw_workload_places)):
        with canvas.style():
            paths.append(canvas.save(draw(found, Language(lang)), folder / f"capacity_{name}_{lang}.png"))
    return paths


def _fan(axes: Axes, rows: pd.DataFrame, measure: str, place: str, language: Language, line: str = "p50") -> None:
    """Draw a measure in a municipality ("": in all): the 80% band and a line with the means of the plan, the line with those of today.

    The line is the median, or the mean: in most years nothing starts in half of the simulations of a small municipality.
    """
    own = rows[(rows["measure"] == measure) & (rows["municipality"] == place)]
    plan, now = own[own["means"] == "plan"], own[own["means"] == "as_is"]
    axes.fill_between(plan["year"], plan["p10"], plan["p90"], color=BAND_80, linewidth=0)
    axes.plot(now["year"], now[line], color=BENCHMARK, linewidth=1.3, linestyle=DASHED)
    axes.plot(plan["year"], plan[line], color=MODEL, linewidth=2)
    axes.set_ylim(0, max(1.0, 1.06 * max(plan["p90"].max(), plan[line].max(), now[line].max())))
    _ticks(axes, int(plan["year"].min()), int(plan["year"].max()), language)


def _ticks(axes: Axes, first: int, last: int, language: Language) -> None:
    """Write the first and the last year below the axes, and whole numbers beside them."""
    axes.set_xlim(first, last)
    axes.set_xticks([first, last])
    earliest, latest = axes.get_xticklabels()
    earliest.set_horizontalalignment("left")
    latest.set_horizontalalignment("right")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    axes.tick_params(labelsize=8.5)


def _head(axes: Axes, text: str, size: float = 9) -> None:
    axes.set_title(text, fontsize=size, fontweight="bold", color=INK, loc="left")


def _second(axes: Axes, amount: float, of: float, name: str, language: Language) -> None:
    """Add what goes with a measure at a fixed rate, `amount` with `of` of it, as a scale on the right."""
    if not of:
        return
    other = axes.twinx()
    other.set_ylim(0, axes.get_ylim()[1] * amount / of)
    other.grid(visible=False)
    other.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    other.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    other.tick_params(labelsize=8.5)
    other.set_ylabel(name, fontsize=8.5, color=QUIET)


def _phases(axes: Axes, whole: pd.DataFrame, language: Language) -> None:
    """Draw the mean dwellings of every phase on top of each other, the most advanced below."""
    by_phase = whole[whole["measure"].isin(PHASES)].pivot_table(index="year", columns="measure", values="mean")
    names = [stage_name(stage, language) for stage in PHASES.values()]
    layers = axes.stackplot(by_phase.index, *(by_phase[phase] for phase in PHASES), labels=names)
    for layer, (color, _, hatch, _) in zip(layers, map(STAGE.__getitem__, PHASES.values()), strict=True):
        layer.set(facecolor=color, hatch=hatch, edgecolor=QUIET, linewidth=0.4)
    axes.set_ylim(0, max(1.0, 1.5 * by_phase.sum(axis=1).max()))
    _ticks(axes, int(by_phase.index.min()), int(by_phase.index.max()), language)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1],
        labels[::-1],
        loc="upper right",
        ncols=2,
        fontsize=7.5,
        labelcolor=QUIET,
        borderaxespad=0,
        handlelength=1.4,
        columnspacing=1,
        framealpha=1,
        edgecolor="white",
    )


def _key(figure: Figure, bottom: float, line: str, today: str, language: Language) -> None:
    """Explain band and lines below the panels."""
    handles = [
        Line2D([], [], color=MODEL, linewidth=2, label=line),
        Patch(color=BAND_80, label=language.say("eight in ten outcomes (80% band)")),
        Line2D([], [], color=BENCHMARK, linewidth=1.3, linestyle=DASHED, label=today),
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.027, bottom), ncols=3, fontsize=9, labelcolor=QUIET, frameon=False
    )
