"""What companies would need, in pictures: the chance against capacity, the workload in all and by municipality, all companies beside today."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from sim.report import canvas
from sim.report.language import Language, labels
from sim.report.palette import BAND_80, BENCHMARK, FAINT, INK, MODEL, QUIET, STAGE
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.study import Needs
from sim.studies.capacity.words.company import CompanyWords
from sim.studies.capacity.words.everyone import AllWords
from sim.studies.capacity.words.shared import MILLION, counted

GAP = 0.035  # between panels, of the picture's width
DASHED, DOTTED, WANTED = (0, (4, 2)), (0, (1, 1.5)), (0, (4, 3))
OPEN: dict[str, Any] = {"linewidth": 1.2, "marker": "o", "markersize": 4, "markerfacecolor": "white"}  # a line with open dots
HATCHED: dict[str, Any] = {"facecolor": "none", "edgecolor": BENCHMARK, "hatch": "////", "linewidth": 0}
STROKE: dict[str, Any] = {"linestyle": "none", "marker": "|", "markersize": 10, "markeredgewidth": 2.2}
ACROSS, ROW = 5, 1.4  # panels of municipalities beside each other, and inches for a row of them
# What is measured, and of which stage it is.
PHASES = {"construction": "construction", "on_ktp": "KTP", "on_mjp": "MJP", "preparation": "preparation"}
TALL = 11.5  # inches, of the picture of all companies
LOWEST = 0.1  # million euro a year, where that picture begins


def write(needs: Needs, lang: str) -> list[Path]:
    """Draw the pictures of one company as PNG in its folder and return their paths. The same answer gives the same bytes."""
    words = CompanyWords(needs, Language(lang))
    pictures = {"": draw_needs, "workload_": draw_workload, "workload_places_": draw_workload_places}
    with canvas.style():
        return [canvas.save(draw(words), needs.folder / f"capacity_{name}{lang}.png") for name, draw in pictures.items()]


def write_all(needs: NeedsOfAll, lang: str) -> list[Path]:
    """Draw the picture of all companies as PNG in the folder and return its path. The same answers give the same bytes."""
    with canvas.style():
        return [canvas.save(draw_all(AllWords(needs, Language(lang))), needs.folder / f"capacity_all_{lang}.png")]


def draw_needs(words: CompanyWords) -> Figure:
    """Draw the chance against each lever, the others as they are, with the target, what there is today, and the interval of the answer."""
    say, language, levers = words.say, words.language, words.question.levers
    subtitle = language.name("capacity_subtitle", "capacity", passing=words.passing())
    figure, axes = canvas.sheet(words.title(), subtitle, words.source())
    width = (0.915 - GAP * (len(levers) - 1)) / len(levers)
    for i, lever in enumerate(levers):
        panel = axes if i == 0 else figure.add_axes((0, 0, 1, 1), sharey=axes)
        panel.set_position((0.06 + i * (width + GAP), 0.275, width, 0.445))
        _curve(panel, words, lever)
        panel.tick_params(labelleft=i == 0)
    axes.set_ylim(0, 100)
    _in_numbers(axes.yaxis, language)
    handles = [
        _line(say("chance, the others as they are"), MODEL, linewidth=2.2, marker="o", markersize=4),
        Patch(color=BAND_80, label=say("95% interval of the chance")),
        _line(say("chance, the others as in the cheapest combination"), MODEL, **OPEN),
        _line(say("wanted"), INK, linewidth=1.2, linestyle=WANTED),
        _line(say("as things go"), BENCHMARK, linewidth=1.6, linestyle=DOTTED),
        Patch(**HATCHED, label=say("95% interval of the answer")),
    ]
    canvas.key(figure, handles, 0.115, 0.05, loc="lower left")
    return figure


def _curve(axes: Axes, words: CompanyWords, lever: str) -> None:
    """Draw one lever's curve, from nothing to what is within reach."""
    minimum, others, most = words.needs.minimum[lever], words.needs.beside[lever].curve, words.needs.most[lever]
    points = minimum.curve
    axes.fill_between(points["capacity"], 100 * points["low95"], 100 * points["high95"], color=BAND_80, linewidth=0)
    axes.plot(points["capacity"], 100 * points["chance"], color=MODEL, linewidth=2.2, marker="o", markersize=3.5, clip_on=False)
    axes.plot(others["capacity"], 100 * others["chance"], color=MODEL, **OPEN)
    axes.axhline(100 * words.question.probability, color=INK, linewidth=1.2, linestyle=WANTED)
    axes.axvline(getattr(words.needs.today, lever), color=BENCHMARK, linewidth=1.6, linestyle=DOTTED, clip_on=False)
    if minimum.low is not None:
        high = most if minimum.high is None else minimum.high
        axes.axvspan(minimum.low, max(high, minimum.low + 0.05), **HATCHED, alpha=0.45)
    canvas.numbered(axes.xaxis, words.language, 5, integer=True)
    axes.set_xlim(0, most)
    axes.set_xlabel(words.lever(lever), color=QUIET, fontsize=9.5)
    alone = words.alone(lever)
    answer, *band = [alone] if isinstance(alone, str) else [*alone]
    lines = [words.say("alone: {answer}", answer=str(answer)), *(f"({part})" for part in band)]
    bold: dict[str, Any] = {"fontsize": 9.5, "fontweight": "bold", "color": INK}
    axes.annotate("\n".join(lines), (0.0, 1.035), xycoords="axes fraction", annotation_clip=False, **bold)


def draw_workload(words: CompanyWords) -> Figure:
    """Draw the company's workload year by year: projects with the managers they take, works and their cost, land, and the phases."""
    say, language, rows = words.say, words.language, words.needs.tables["workload"]
    (projects, busiest), (managers, _), (starts, most) = (words.peak(measure) for measure in ("projects", "managers", "starts"))
    values: dict[str, str | int] = {"company": words.question.company, "busiest": busiest, "most": most}
    values |= {"projects": counted("projects", projects, language), "managers": counted("managers", managers, language)}
    values["starts"] = counted("dwellings", starts, language)
    title = say("{company}: up to {projects} at a time for {managers} ({busiest}), and {starts} started in {most}", **values)
    figure, axes = canvas.sheet(title, language.name("capacity_subtitle", "workload"), words.source())
    axes.remove()
    heads = labels()["panel"]
    panels = [figure.add_axes((0.055 + 0.33 * (n % 3), 0.53 - 0.32 * (n // 3), 0.235, 0.215)) for n in range(len(heads))]
    for panel, measure in zip(panels, heads, strict=True):
        _head(panel, textwrap.fill(language.name("panel", measure), 34))
        if measure != "phases":
            _fan(panel, rows, measure, "", language)
    whole = rows[(rows["means"] == "plan") & (rows["municipality"] == "")]
    sums = whole.groupby("measure")["mean"].sum()
    _second(panels[0], sums["managers"], sums["projects"], say("project managers"), language)
    _second(panels[1], sums["euro"] / MILLION, sums["starts"], say("million euro"), language)
    _phases(panels[-1], whole, language)
    _fan_key(figure, 0.108, say("the middle one of the simulations"), say("the middle one with the means of today"), language)
    return figure


def draw_workload_places(words: CompanyWords) -> Figure:
    """Draw the dwellings whose works start in every municipality, those with most first; each row of five has its own scale."""
    say, language, rows = words.say, words.language, words.needs.tables["workload"]
    plan = rows[(rows["means"] == "plan") & (rows["measure"] == "starts") & (rows["municipality"] != "")]
    names = plan.groupby("municipality")["mean"].sum().sort_values(ascending=False, kind="stable")
    values: dict[str, str | int] = {"company": words.question.company, "years": plan["year"].nunique()}
    values |= {"place": str(names.index[0]), "most": language.number(names.iloc[0])}
    values["all"] = counted("dwellings", language.number(names.sum()), language)
    title = say("{company}: {all} started in {years} years, of which {most} in {place}", **values)
    figure, axes = canvas.sheet(title, language.name("capacity_subtitle", "workload-places"), words.source())
    axes.remove()
    height = 2.55 + ROW * -(-len(names) // ACROSS)
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
    _fan_key(figure, 0.72 / height, say("mean of all outcomes"), say("mean with the means of today"), language)
    return figure


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
    _ticks(axes, plan["year"], language)


def _ticks(axes: Axes, years: "pd.Series[int] | pd.Index[int]", language: Language) -> None:
    """Write the first and the last year below the axes, and whole numbers beside them."""
    first, last = int(years.min()), int(years.max())
    axes.set_xlim(first, last)
    axes.set_xticks([first, last])
    earliest, latest = axes.get_xticklabels()
    earliest.set_horizontalalignment("left")
    latest.set_horizontalalignment("right")
    _whole(axes, language)


def _whole(axes: Axes, language: Language) -> None:
    """Write whole numbers beside the axes."""
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
    _in_numbers(axes.yaxis, language)
    axes.tick_params(labelsize=8.5)


def _head(axes: Axes, text: str, size: float = 9) -> None:
    axes.set_title(text, fontsize=size, fontweight="bold", color=INK, loc="left")


def _second(axes: Axes, amount: float, of: float, name: str, language: Language) -> None:
    """Add what goes with a measure at a fixed rate, `amount` with `of` of it, as a scale on the right."""
    if of:
        other = axes.twinx()
        other.set_ylim(0, axes.get_ylim()[1] * amount / of)
        other.grid(visible=False)
        _whole(other, language)
        other.set_ylabel(name, fontsize=8.5, color=QUIET)


def _phases(axes: Axes, whole: pd.DataFrame, language: Language) -> None:
    """Draw the mean dwellings of every phase on top of each other, the most advanced below."""
    by_phase = whole[whole["measure"].isin(PHASES)].pivot_table(index="year", columns="measure", values="mean")
    names = [language.name("stage", stage) for stage in PHASES.values()]
    layers = axes.stackplot(by_phase.index, *(by_phase[phase] for phase in PHASES), labels=names)
    for layer, look in zip(layers, map(STAGE.__getitem__, PHASES.values()), strict=True):
        layer.set(facecolor=look.fill, hatch=look.hatch, edgecolor=QUIET, linewidth=0.4)
    axes.set_ylim(0, max(1.0, 1.5 * by_phase.sum(axis=1).max()))
    _ticks(axes, by_phase.index, language)
    box: dict[str, Any] = {"borderaxespad": 0, "handlelength": 1.4, "columnspacing": 1, "framealpha": 1, "edgecolor": "white"}
    axes.legend(layers[::-1], names[::-1], loc="upper right", ncols=2, fontsize=7.5, labelcolor=QUIET, **box)


def _fan_key(figure: Figure, bottom: float, line: str, today: str, language: Language) -> None:
    """Explain band and lines below the panels."""
    band = Patch(color=BAND_80, label=language.say("eight in ten outcomes (80% band)"))
    handles = [_line(line, MODEL, linewidth=2), band, _line(today, BENCHMARK, linewidth=1.3, linestyle=DASHED)]
    canvas.key(figure, handles, bottom, loc="lower left")


def draw_all(words: AllWords) -> Figure:
    """Draw per company what its means of today cost and what it needs, those who need most against today on top."""
    say, ranking = words.say, words.result.tables["all"]
    figure, axes = canvas.sheet(
        say("All companies together: {more}", more=words.more()),
        say("Million euro of means a year, today and in the cheapest combination for {asked}", asked=words.asked()),
        words.source(),
    )
    figure.set_size_inches(canvas.WIDTH, TALL)
    for text, y in zip(figure.texts, (0.982, 0.938, 0.012), strict=True):
        text.set_y(y)
    axes.set_position((0.31, 0.1, 0.65, 0.765))
    axes.set_xscale("log")
    for i, row in enumerate(ranking.to_dict("records")):
        now, need, low, high = (max(row[f"euro_{name}"] / MILLION, LOWEST) for name in ("today", "need", "low95", "high95"))
        axes.plot([now, need], [i, i], color=FAINT, linewidth=0.8, zorder=2)
        axes.plot([low, high], [i, i], color=MODEL, linewidth=1.6, zorder=3)
        axes.plot(need, i, "o", color=MODEL, markerfacecolor=MODEL if row["reached"] else "white", markersize=6, zorder=4)
        axes.plot(now, i, color=BENCHMARK, zorder=5, **STROKE)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    names = ranking["company"] + ranking["reached"].map({True: "", False: " *"})
    axes.set_yticks(range(len(ranking)), names, color=INK, fontsize=9)
    axes.set_ylim(len(ranking) - 0.4, -0.6)
    _in_numbers(axes.xaxis, words.language, lambda x: 0.1 if x < 1 else 1)
    axes.set_xlabel(say("million euro a year (each line: ten times as much)"), color=QUIET, fontsize=9.5)
    dot: dict[str, Any] = {"marker": "o", "linewidth": 1.6}
    handles = [
        _line(say("as things go"), BENCHMARK, **STROKE),
        _line(say("needed, with its 95% interval"), MODEL, **dot),
        _line(say("* beyond reach: as near as it comes"), MODEL, markerfacecolor="white", **dot),
    ]
    canvas.key(figure, handles, 0.905, 0.24)
    return figure


def _line(name: str, color: str, **style: Any) -> Line2D:
    """Return a line for a key."""
    return Line2D([], [], color=color, label=name, **style)


def _in_numbers(axis: Axis, language: Language, step: Callable[[float], float] = lambda _: 1) -> None:
    """Write an axis' numbers as the reader does."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x, step(x))))
