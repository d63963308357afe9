"""Lead times fitted to a list of projects: a panel per stage."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BENCHMARK, INK, MODEL, QUIET
from sim.studies.durations.censored import observed, survival
from sim.studies.durations.study import Durations
from sim.studies.durations.words import answer, counts, step_of

DASHED = (0, (4, 2))
SHARES = (np.arange(999) + 1) / 1000  # gone: where the curves are drawn


def write(result: Durations, lang: str) -> list[Path]:
    """Draw the picture as PNG in the study's folder and return its path."""
    with canvas.style():
        return [canvas.save(draw_durations(result, Language(lang)), result.folder / f"durations_{lang}.png")]


def draw_durations(result: Durations, language: Language) -> Figure:
    """Draw a panel per stage: the share of the projects still in it by the years since, in the list, as fitted and in the baseline."""
    say, rows = language.say, result.fitted
    figure, axes = canvas.sheet(
        answer(result, language),
        say("Share of the projects that is still in the stage, by the years since it began"),
        say(
            "Lognormal fitted by maximum likelihood to {file}, seen until the end of {seen}. Those under way count as at least as long as "
            "they were seen. In brackets and as a bar: 95% interval of the median.",
            file=result.records.name,
            seen=f"{result.records.seen:%Y-%m}",
        ),
    )
    axes.remove()
    across = 2 if len(rows) == 4 else min(3, len(rows))
    down = -(-len(rows) // across)
    width, height = 0.925 / across, 0.69 / down
    for n, row in enumerate(rows.to_dict("records")):
        left, top = 0.055 + width * (n % across), 0.79 - height * (n // across)
        panel = figure.add_axes((left, top - height + 0.045, width - 0.045, height - 0.115))
        _panel(panel, row, result, language)
        panel.tick_params(labelleft=n % across == 0)
    handles = [
        Line2D([], [], color=INK, linewidth=1.1, label=say("the list (Kaplan and Meier)")),
        Line2D([], [], color=INK, linestyle="", marker="|", label=say("still under way")),
        Line2D([], [], color=MODEL, linewidth=2.4, label=say("fitted")),
        Line2D([], [], color=BAND_50, linewidth=7, label=say("95% interval of the median")),
        Line2D([], [], color=BENCHMARK, linewidth=1.4, linestyle=DASHED, label=say("the baseline")),
    ]
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.027, 0.842)}
    figure.legend(handles=handles, ncols=5, fontsize=9, labelcolor=QUIET, frameon=False, **place)
    return figure


def _panel(axes: Axes, row: Mapping[Any, Any], result: Durations, language: Language) -> None:
    """Draw the curves of a stage."""
    from scipy.special import ndtri

    say, spells = language.say, result.records.spells[row["stage"]]
    assumed = getattr(result.scenario.uncertainties, row["stage"])
    (times, shares), (*_, under_way) = survival(spells), observed(spells)
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
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=last >= 3, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda x, _: language.number(x, 1 if last >= 3 else 0.1))
    axes.tick_params(labelsize=8.5)
    head = language.name("step", row["stage"])
    axes.set_title(head[0].upper() + head[1:], fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=18)
    beside: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "color": QUIET}
    step = step_of(row)
    band = language.band(row["median_low"], row["median_high"], step)
    words = say("median {median} years ({band})", median=language.number(row["median"], step), band=band)
    axes.annotate(words, (0, 1), xytext=(0, 4), fontsize=8.5, va="bottom", **beside)
    count = "\n".join(counts(row, language))
    axes.annotate(count, (1, 1), xytext=(-3, -9), fontsize=8, ha="right", va="top", linespacing=1.4, **beside)
