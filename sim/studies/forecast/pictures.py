"""The three pictures of a forecast: dwellings realised, categories at the tests, contributions. Each title is an answer."""

import math
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import canvas, estimates
from sim.report.canvas import Label
from sim.report.language import Language
from sim.report.palette import BAND_50, BAND_80, BENCHMARK, CATEGORY, DIM, FAINT, INK, MODEL, QUIET
from sim.runs.results import Results
from sim.studies.forecast import words

DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.5))
MANY_TESTS = 8  # beyond this many, tests are marked by their year only


def write(results: Results, lang: str = "nl") -> list[Path]:
    """Draw the three pictures as PNG in a folder and return their paths. The same results give the same bytes."""
    language = Language(lang)
    paths = []
    for name, draw in (("realised", draw_realised), ("categories", draw_categories), ("contributions", draw_contributions)):
        with canvas.style():
            paths.append(canvas.save(draw(results, language), results.folder / f"{name}_{lang}.png"))
    return paths


def draw_realised(results: Results, language: Language) -> Figure:
    """Dwellings realised against the objective, the growth path and the straight lines from the past."""
    say, manifest = language.say, results.manifest
    first, last, objective = manifest["start_year"] - 1, manifest["end_year"], manifest["objective"]
    figure, axes = canvas.sheet(
        words.realised_answer(results, language),
        say("Social rental homes that count towards the objective (each municipality up to its own), net, on 31 December"),
        estimates.source(results, language),
    )
    labels = [Label(objective, say("{number} objective", number=language.number(objective)), INK, bold=True)]
    axes.axhline(objective, color=INK, linewidth=1.6)
    for rate, share in estimates.null_shares(results).items():
        axes.plot([first, last], [0, share * objective], color=FAINT, linewidth=0.9)
        text = say("{rate} a year: {share}", rate=language.number(rate), share=language.percent(share))
        labels.append(Label(share * objective, text, QUIET))
    canvas.fan(axes, first, results.yearly("bso"))
    end = estimates.in_last_year(results, "bso")
    labels.append(Label(end.mean, say("{number} expected", number=end.in_words(language)[0]), MODEL, bold=True))
    path, there = results.path, estimates.for_the_path(results)
    axes.plot([first, *path["year"]], [0, *path["required"]], color=BENCHMARK, linewidth=1.4, linestyle=DASHED)
    axes.plot(path["year"], path["required"], "o", color=BENCHMARK, markersize=4.5, clip_on=False, zorder=4)
    axes.plot([*there], [e.mean for e in there.values()], "s", color=BENCHMARK, markerfacecolor="white", markersize=5, zorder=5)
    for year, e in there.items():
        axes.vlines(year, e.low, e.high, color=BENCHMARK, linewidth=1.2, zorder=3)
    _axes(axes, language, first, last, 1.03 * max(objective, end.high), [int(year) for year in path["year"]])
    canvas.label_ends(axes, last, labels)
    asked = say("growth path: asked at each measurement,\nbuilt or planned")
    met = say("built or planned of it then, each municipality\nup to what it is asked (80% band)")
    _key(
        axes,
        language,
        Line2D([], [], color=BENCHMARK, linewidth=1.4, linestyle=DASHED, marker="o", markersize=4.5, label=asked),
        Line2D([], [], color=BENCHMARK, linewidth=1.2, marker="s", markerfacecolor="white", markersize=5, label=met),
        Line2D([], [], color=FAINT, linewidth=0.9, label=say("if growth goes on as in a past period")),
    )
    return figure


def draw_categories(results: Results, language: Language) -> Figure:
    """Municipalities per category at each test; 2B at the bottom, where its band can be read from the axis."""
    say = language.say
    figure, axes = canvas.sheet(
        words.category_answer(results, language),
        say("Municipalities with an objective, mean per category; black line and range: 80% band of 2B (docs/validation.md)"),
        estimates.source(results, language),
    )
    tests = estimates.at_tests(results)
    if not tests:
        axes.set_axis_off()
    places = np.arange(len(tests))
    below = np.zeros(len(tests))
    labels = []
    for category in ("2B", "2A", "1"):
        name, (color, ink, _, beside) = f"category_{category}", CATEGORY[category]
        means = np.array([test[name].mean for test in tests.values()])
        axes.bar(places, means, 0.7, below, color=color, edgecolor="white", linewidth=1)
        many = len(tests) > MANY_TESTS
        shift, narrow = (0.0 if many else 0.19), many and category == "2B"  # beside the whisker, which may reach far
        least = math.inf if narrow else 0.035 * estimates.municipalities(tests)  # a lower bar has no room for its number
        for x, mean, bottom in zip(places, means, below, strict=True):
            if mean >= least:
                place = (x - shift, bottom + mean / 2)
                axes.annotate(language.number(mean), place, color=ink, ha="center", va="center", fontweight="bold")
        if tests:
            labels.append(Label(float(below[-1] + means[-1] / 2), language.name("category", category), beside))
        below += means
    bands = [test["category_2B"] for test in tests.values()]
    reach = np.array([[e.mean - e.low for e in bands], [e.high - e.mean for e in bands]]).reshape(2, -1)
    axes.errorbar(places, [e.mean for e in bands], reach, fmt="none", ecolor=INK, elinewidth=1.5, capsize=4, capthick=1.5)
    axes.set_xticks(places, [f"{year}\n{e.dashed(language)}" for year, e in zip(tests, bands, strict=True)])
    axes.set_xlim(-0.5, max(len(tests), 1) - 0.5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    canvas.label_ends(axes, max(len(tests), 1) - 0.5, labels)
    return figure


def draw_contributions(results: Results, language: Language) -> Figure:
    """What municipalities in category 2B have paid so far, with the tests marked."""
    say, first, last = language.say, results.manifest["start_year"] - 1, results.manifest["end_year"]
    figure, axes = canvas.sheet(
        words.contribution_answer(results, language),
        say("Contributions paid so far by municipalities in category 2B, in million euro (current prices), on 31 December"),
        estimates.source(results, language),
    )
    paid = estimates.contributions(results)
    canvas.fan(axes, first, paid)
    end, median = estimates.estimate(paid[last], results, finest=0.1), float(paid[last].median())
    axes.plot([first, *paid.columns], [0, *paid.median()], color=MODEL, linewidth=1.2, linestyle=DOTTED)
    tests = [int(year) for year in estimates.at_tests(results)]
    _axes(axes, language, first, last, max(1.08 * end.high, 1.0), [first, *tests, last])
    mark_tests(axes, tests, language)
    labels = [Label(end.mean, say("{number} million, mean", number=end.in_words(language)[0]), MODEL, bold=True)]
    labels.append(Label(median, say("{number} million, median", number=language.number(median, end.step)), MODEL))
    canvas.label_ends(axes, last, labels)
    _key(axes, language)
    return figure


def mark_tests(axes: Axes, tests: list[int], language: Language) -> None:
    """Mark the tests on a picture over the years."""
    for year in tests:
        # at its own year on the axis, where what it charges first shows; the verdict falls in June
        axes.axvline(year, color=DIM, linewidth=0.8, linestyle=DASHED, zorder=0.9)
        text = str(year) if len(tests) > MANY_TESTS else language.say("test {year}", year=year)
        axes.annotate(text, (year, 1), (0, 4), ("data", "axes fraction"), "offset points", color=QUIET, ha="center", fontsize=9)


def _axes(axes: Axes, language: Language, first: int, last: int, top: float, years: list[int]) -> None:
    """Set limits and ticks of a picture over the years."""
    axes.set_xlim(first, last)
    axes.set_ylim(0, top)
    axes.set_xticks(sorted({first, *years, last}))
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))


def _key(axes: Axes, language: Language, *more: Artist) -> None:
    """Explain bands and lines in the upper left, where a picture of growth is empty."""
    axes.legend(
        handles=[
            Line2D([], [], color=MODEL, linewidth=2.6, label=language.say("mean of all outcomes")),
            Patch(color=BAND_50, label=language.say("half of the outcomes (50% band)")),
            Patch(color=BAND_80, label=language.say("eight in ten outcomes (80% band)")),
            *more,
        ],
        loc="upper left",
        bbox_to_anchor=(0.01, 0.92),
        fontsize=9,
        labelcolor=QUIET,
        frameon=True,
        framealpha=1,
        edgecolor="white",
        borderaxespad=0,
    )
