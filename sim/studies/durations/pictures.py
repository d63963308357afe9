"""Lead times fitted to a list of projects: the picture, the table and what is to be known before they are used."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BENCHMARK, INK, MODEL, QUIET
from sim.studies.durations.censored import observed, survival
from sim.studies.durations.study import LEAST, LONGEST, Durations, on_top

DASHED = (0, (4, 2))
SHARES = (np.arange(999) + 1) / 1000  # gone: where the curves are drawn


def stage_name(stage: str, language: Language) -> str:
    """Return what a stage is called."""
    say = language.say
    return {
        "preparation": say("preparation"),
        "permit": say("permit"),
        "award": say("award"),
        "start": say("start"),
        "construction": say("construction"),
    }[stage]


def durations_answer(found: Durations, language: Language) -> str:
    """Say how many of the assumptions stand."""
    rows = fitted(found)
    return language.say(
        "Medians of the baseline that the list does not contradict: {inside} of {count}",
        inside=str(int(rows["median_inside"].astype(bool).sum())),
        count=str(len(rows)),
    )


def fitted(found: Durations) -> pd.DataFrame:
    """Return the rows of the stages that are fitted."""
    return found.table[found.table["why"] == ""]


def draw_durations(found: Durations, language: Language) -> Figure:
    """Draw a panel per stage: the share of the projects still in it by the years since, in the list, as fitted and in the baseline."""
    say, rows = language.say, fitted(found)
    figure, axes = canvas.sheet(
        durations_answer(found, language),
        say("Share of the projects that is still in the stage, by the years since it began"),
        say(
            "Lognormal fitted by maximum likelihood to {file}, seen until the end of {seen}. Those under way count as at least as long as "
            "they were seen. In brackets and as a bar: 95% interval of the median.",
            file=found.records.name,
            seen=f"{found.records.seen:%Y-%m}",
        ),
    )
    axes.remove()
    across = 2 if len(rows) == 4 else min(3, len(rows))
    down = -(-len(rows) // across)
    width, height = 0.925 / across, 0.69 / down
    for n, row in enumerate(rows.to_dict("records")):
        left, top = 0.055 + width * (n % across), 0.79 - height * (n // across)
        panel = figure.add_axes((left, top - height + 0.045, width - 0.045, height - 0.115))
        _panel(panel, row, found, language)
        panel.tick_params(labelleft=n % across == 0)
    _key(figure, language)
    return figure


def _panel(axes: Axes, row: Mapping[Any, Any], found: Durations, language: Language) -> None:
    """Draw the curves of a stage."""
    from scipy.special import ndtri

    say, stays = language.say, found.records.stays[row["stage"]]
    assumed = getattr(found.scenario.uncertainties, row["stage"])
    times, shares = survival(stays)
    under_way = observed(stays)[2]
    curve, before = row["median"] * np.exp(row["sigma"] * ndtri(SHARES)), assumed.quantile(SHARES)
    last = max(times[-1], under_way.max(initial=0), curve[979], before[979])  # of both curves all but the slowest 2%
    axes.plot([row["median_low"], row["median_high"]], [0.5, 0.5], color=BAND_50, linewidth=7, solid_capstyle="butt")
    axes.plot([0, *before], [1, *(1 - SHARES)], color=BENCHMARK, linewidth=1.4, linestyle=DASHED)
    axes.plot([0, *curve], [1, *(1 - SHARES)], color=MODEL, linewidth=2.4)
    axes.step(times, shares, where="post", color=INK, linewidth=1.1)
    at = shares[np.searchsorted(times, under_way, side="right") - 1]
    axes.plot(under_way, at, linestyle="", marker="|", markersize=5, markeredgewidth=0.8, color=INK)
    axes.set_xlim(0, last)
    axes.set_ylim(0, 1.03)
    axes.set_yticks([0, 0.5, 1], [language.percent(share) for share in (0, 0.5, 1)])
    axes.xaxis.set_major_locator(_ticks(last))
    axes.xaxis.set_major_formatter(lambda x, _: language.number(x, 1 if last >= 3 else 0.1))
    axes.tick_params(labelsize=8.5)
    head = stage_name(row["stage"], language)
    axes.set_title(head[0].upper() + head[1:], fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=18)
    beside: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "color": QUIET}
    step = _step(row)
    band = language.band(row["median_low"], row["median_high"], step)
    words = say("median {median} years ({band})", median=language.number(row["median"], step), band=band)
    axes.annotate(words, (0, 1), xytext=(0, 4), fontsize=8.5, va="bottom", **beside)
    count = "\n".join(_counts(row, language))
    axes.annotate(count, (1, 1), xytext=(-3, -9), fontsize=8, ha="right", va="top", linespacing=1.4, **beside)


def _counts(row: Mapping[Any, Any], language: Language) -> tuple[str, str]:
    """Return how many projects a row rests on, and how many of them are under way."""
    projects = language.say_count("{count} project", "{count} projects", language.number(row["projects"]))
    return projects, language.say("{count} under way", count=language.number(row["under_way"]))


def _ticks(last: float) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5, integer=last >= 3, steps=[1, 2, 5, 10])


def _key(figure: Figure, language: Language) -> None:
    """Explain the lines, above the panels."""
    say = language.say
    handles = [
        Line2D([], [], color=INK, linewidth=1.1, label=say("the list (Kaplan and Meier)")),
        Line2D([], [], color=INK, linestyle="", marker="|", label=say("still under way")),
        Line2D([], [], color=MODEL, linewidth=2.4, label=say("fitted")),
        Line2D([], [], color=BAND_50, linewidth=7, label=say("95% interval of the median")),
        Line2D([], [], color=BENCHMARK, linewidth=1.4, linestyle=DASHED, label=say("the baseline")),
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.027, 0.842), ncols=5, fontsize=9, labelcolor=QUIET, frameon=False
    )


def durations_table(found: Durations, language: Language) -> Table:
    """Return three lines per stage: its median and its sigma, fitted, assumed and without those under way; and what that rests on."""
    say, number = language.say, language.number
    status = {"found": say("found"), "derived": say("derived"), "assumed": say("assumed")}
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=say("Median (years) and sigma of every stage"),
        title_justify="left",
    )
    table.add_column(say("stage"))
    table.add_column("")
    for name in (say("fitted (95% interval)"), say("baseline")):
        table.add_column(name, justify="right")
    table.add_column(say("inside"))
    table.add_column(say("without those under way"), justify="right", width=8)
    for row in fitted(found).to_dict("records"):
        projects, under_way = _counts(row, language)
        for what, title, head in (
            ("median", say("median"), Text(stage_name(row["stage"], language), style="bold")),
            ("sigma", say("sigma"), Text(projects)),
        ):
            inside, step = row[f"{what}_inside"], _step(row) if what == "median" else 0.01
            table.add_row(
                head,
                title,
                f"{number(row[what], step)} ({language.band(row[f'{what}_low'], row[f'{what}_high'], step)})",
                _known(row[f"{what}_assumed"], language, step),
                "" if inside is None else say("yes") if inside else say("no"),
                _known(row[f"{what}_left_out"], language, step),
            )
        table.add_row(under_way, "", "", Text(status[row["status"]], style="dim"), "", "", end_section=True)
    return table


def _step(row: Mapping[Any, Any]) -> float:
    """Return to what part of a year a median is written: a hundredth is much of a stage of some months."""
    return 0.01 if row["median"] >= 1 else 0.001


def _known(value: float, language: Language, step: float) -> str:
    return "" if np.isnan(value) else language.number(value, step)


def notes(found: Durations, language: Language) -> Iterator[str]:
    """Yield what is to be known before the fitted lead times are used: what was not fitted and why, and what a list holds more."""
    say, rows, more = language.say, fitted(found), on_top(found.scenario)
    yield say(
        "The list: {file}, seen until the end of {seen}. It should hold every project that came into a stage since some month, those that "
        "left it as well; a list of those under way only has too many long ones. The intervals are those of independent projects, and the list "
        "of one company tells of that company.",
        file=found.records.name,
        seen=f"{found.records.seen:%Y-%m}",
    )
    for row in found.table[found.table["why"] != ""].to_dict("records"):
        why = {
            "few": say("fewer than {count} finished", count=str(LEAST)),
            "same": say("all agree with one length, so that there is no spread to fit"),
            "open": say("too few finished to say whether half of them takes less than {years} years", years=str(LONGEST)),
        }[row["why"]]
        yield say(
            "Not fitted: {stage} ({projects} projects, {under_way} under way): {why}.",
            stage=stage_name(row["stage"], language),
            projects=language.number(row["projects"]),
            under_way=language.number(row["under_way"]),
            why=why,
        )
    listed = set(rows["stage"])
    other = [stage_name(str(row["stage"]), language) for row in rows.to_dict("records") if row["family"] != "lognorm"]
    if other:
        yield say("Of another family than in the baseline, now lognormal: {stages}.", stages=", ".join(other))
    if "permit" in listed:
        yield say(
            "Permit: from MJP to KTP a list holds appeals; in the model they come on top of `permit`, on average {appeals} months. So the "
            "fitted one should lie above the baseline's, and a run with it counts appeals twice; durations.toml says how to leave out "
            "the model's.",
            appeals=language.number(more["appeals"], 0.1),
        )
    if listed & {"preparation", "permit"}:
        yield say(
            "Preparation and permit: in the model the wait for a committee date comes on top, on average {committee} months, and effort of the "
            "municipality takes {effort} off; a list holds both.",
            committee=language.number(more["committee"], 0.1),
            effort=language.percent(more["effort"]),
        )
    if "start" in listed:
        yield say("Start: in the model the wait for money comes on top; a list up to the start of the works holds it.")
    if "construction" in listed:
        yield say(
            "Construction: the baseline's is of a project of {reference} dwellings, and one half as large takes {share} less; a list holds its "
            "own sizes.",
            reference=str(found.scenario.uncertainties.construction_reference.value),
            share=language.percent(more["size"]),
        )


def print_durations(found: Durations, lang: str, console: Console | None = None) -> None:
    """Draw the picture, print the table and the notes, and say where the scenario and the picture are."""
    language, console = Language(lang), console or Console(highlight=False)
    with canvas.style():
        picture = canvas.save(draw_durations(found, language), found.folder / f"durations_{lang}.png")
    console.print(Text("\n" + durations_answer(found, language), style="bold"))
    console.print(durations_table(found, language))
    for note in notes(found, language):
        console.print(Text(note, style="dim"))
    for path in (found.path, picture):
        console.print(Text(str(path)), soft_wrap=True)
