"""The pictures of a comparison and of a sweep. Each title is an answer.

Options against each other with their intervals; who could have prevented the verdicts of 2B; what is missing at the end; how municipalities go
from category to category (ribbons as wide as the municipalities are many); and dwellings against euro and verdicts, for a sweep.
"""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from sim.report import canvas, estimates
from sim.report.canvas import Label
from sim.report.cells import Cell, step_of
from sim.report.language import Language
from sim.report.palette import BENCHMARK, CATEGORY, CONDITION, CONSTRAINT, CONTROL, DIM, FAINT, GRID, INK, MODEL, QUIET, Look
from sim.studies.compare.attribution import CONSTRAINTS
from sim.studies.compare.study import AS_IS, CONDITIONS, FULL_RESPONSE, NO_RESPONSE, PAPER, Comparison
from sim.studies.compare.sweep import OUTSIDE, Swept
from sim.studies.compare.words import DWELLINGS, EURO, SCALE, Words, names, tradeoff_answer

# Shape, inside and edge of a mark; how far below the middle of an option's row.
MARKS = {
    AS_IS: ("o", MODEL, MODEL),
    **{kind: (shape, "white", CONDITION[kind]) for kind, shape in ((NO_RESPONSE, "v"), (FULL_RESPONSE, "s"), (PAPER, "D"))},
}
SHIFT = {AS_IS: 0.0, NO_RESPONSE: 0.2, FULL_RESPONSE: 0.34, PAPER: 0.48}
ROOM, FITS = 0.62, 6  # inches for an option; so many fit on a sheet as it is
MANY = 8  # tests, beyond which bars take a larger part of the way from test to test and words are short
FEWEST = 4.5  # share (%) of all municipalities below which a part of a bar has no room for its number
LISTED, WIDE = 27, 34  # lines, and letters in one, that name the options of a sweep beside the picture
MARK = 14  # points: how wide the mark of an option of a sweep is


def write(comparison: Comparison, lang: str = "nl") -> list[Path]:
    """Draw the pictures as PNG in the comparison's folder and return their paths. The same comparison gives the same bytes."""
    words = Words(comparison, Language(lang))
    pictures = {"options": draw_options, f"flows_{words.base}": draw_flows, "control": draw_control, "missing": draw_missing}
    if "blame" not in comparison.tables:
        del pictures["control"]
    with canvas.style():
        return [canvas.save(draw(words), comparison.folder / f"{name}_{lang}.png") for name, draw in pictures.items()]


def write_sweep(swept: Swept, lang: str = "nl") -> list[Path]:
    """Draw the picture as PNG in the sweep's folder and return its path, in a list. The same results give the same bytes."""
    with canvas.style():
        return [canvas.save(draw_sweep(swept, Language(lang)), swept.folder / f"tradeoffs_{lang}.png")]


# ---- options against each other


def draw_options(words: Words) -> Figure:
    """Draw each option's difference from the first one with its 95% interval, as it is and under every other condition."""
    say = words.say
    subtitle = words.text("subtitle", "options", base=str(words.names[words.base]))
    figure, first = canvas.sheet(words.shift_words(), subtitle, words.source())
    first.remove()
    height = _grown(figure, len(words.others))
    for place, (outcome, head) in enumerate(words.heads().items()):
        axes = figure.add_axes((0.285 + 0.24 * place, 0.95 / height, 0.21, 1 - 3.0 / height))
        _differences(axes, words, outcome)
        axes.set_title(head, fontsize=10, color=INK, loc="left")
        axes.set_yticks([n + 0.1 for n in range(len(words.others))], _row_names(words, words.others) if place == 0 else [])
        axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    marks: dict[str, Any] = {"markersize": 6, "linewidth": 1.6}
    handles = [
        Line2D([], [], color=edge, marker=shape, markerfacecolor=inside, label=words.text("condition_short", kind), **marks)
        for kind, (shape, inside, edge) in MARKS.items()
    ]
    title = say("Under what nobody knows")
    canvas.key(figure, handles, 1 - 1.1 / height, title=title, title_fontsize=9, alignment="left", ncols=len(MARKS))
    return figure


def _differences(axes: Axes, words: Words, outcome: str) -> None:
    """Draw one outcome: a row per option, the first on top."""
    axes.axvline(0, color=QUIET, linewidth=0.8)
    scale = SCALE[outcome]
    for y, option in enumerate(words.others):
        for kind in CONDITIONS:
            change, (shape, inside, edge), place = words.change(option, outcome, kind), MARKS[kind], y + SHIFT[kind]
            interval = [change.low.value * scale, change.high.value * scale]
            axes.plot(interval, [place, place], color=edge, linewidth=2.2 if kind == AS_IS else 1.2, solid_capstyle="butt")
            axes.plot(change.difference.value * scale, place, shape, color=edge, markerfacecolor=inside, markersize=5.5, zorder=3)
        number = words.change(option, outcome).difference
        at, box = (number.value * scale, y), {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        text = axes.annotate(number, at, (0, 6), "data", "offset points", color=MODEL, fontsize=8.5, ha="center", bbox=box)
        text.set_gid(number.key)
    for y in range(1, len(words.others)):
        axes.axhline(y - 0.42, color=GRID, linewidth=0.8)
    axes.set_ylim(len(words.others) - 0.42, -min(0.52, 0.1 + 0.06 * len(words.others)))  # room for the number above the first
    low, high = axes.get_xlim()
    least = 1.0 if low == high else 0.12 * (high - low)
    axes.set_xlim(low - least, high + least)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    most, step = 4 if high - low < 1500 else 3, 1 if high - low >= 4 else 0.1
    canvas.numbered(axes.xaxis, words.language, most, step, signed=True, steps=[1, 2, 5, 10], prune="both")


# ---- horizontal bars: whose control, and what is missing


def draw_control(words: Words) -> Figure:
    """Draw in whose control lies what would have prevented the verdicts of 2B: a bar per option."""
    say = words.say
    shown = {
        option: {side: words.percent("blame", {"option": option, "by": "control", "class": side}, "share") for side in CONTROL}
        for option in words.names
    }
    title = words.text("title", "control", outside=shown[words.base]["outside"])
    figure = _bars(words, title, words.text("subtitle", "control"), shown, CONTROL, "control")
    by_side = words.comparison.tables["blame"].query("by == 'control'")
    for y, count in enumerate(by_side.groupby("option", sort=False)["verdicts"].sum()):
        text, at = say("{number} verdicts", number=words.language.number(count)), ("axes fraction", "data")
        figure.axes[0].annotate(text, (1, y), (6, 0), at, "offset points", color=QUIET, fontsize=9, va="center")
    return figure


def draw_missing(words: Words) -> Figure:
    """Draw where the dwellings stand that are missing at the end: a bar per option."""
    step = step_of(estimates.in_last_year(words.comparison.runs[words.base][AS_IS], "bso").error)  # as the dwellings realised are
    shown = {
        option: {part: words.cell("missing", {"option": option, "constraint": part}, "dwellings", step) for part in CONSTRAINTS}
        for option in words.names
    }
    most, number = max(shown[words.base].items(), key=lambda item: item[1].value)
    title = words.text("title", "missing", number=number, where=words.language.name("constraint", most))
    return _bars(words, title, words.text("subtitle", "missing"), shown, CONSTRAINT, "constraint")


def _bars(
    words: Words, title: str, subtitle: str, shown: Mapping[str, Mapping[str, Cell]], looks: Mapping[str, Look], kind: str
) -> Figure:
    """Draw a horizontal bar per option, in parts with their numbers; a part too small for its number goes without."""
    figure, axes = canvas.sheet(title, subtitle, words.source())
    height = _grown(figure, len(shown))
    axes.set_position((0.265, 0.75 / height, 0.62, 1 - 2.75 / height))
    longest = max(sum(cell.value * cell.scale for cell in parts.values()) for parts in shown.values()) or 1.0
    for y, parts in enumerate(shown.values()):
        left = 0.0
        for part, cell in parts.items():
            color, ink, hatch, _ = looks[part]
            size = cell.value * cell.scale
            axes.barh(y, size, 0.62, left, color=color, edgecolor=_edge(color), hatch=hatch, linewidth=0.8)
            if size > 0.012 * len(cell) * longest:
                box = {"boxstyle": "round,pad=0.15", "facecolor": color, "edgecolor": "none"} if hatch else None
                at = left + size / 2, y
                text = axes.annotate(cell, at, color=ink, ha="center", va="center", fontsize=9, fontweight="bold", bbox=box)
                text.set_gid(cell.key)
            left += size
    axes.set_yticks(range(len(shown)), _row_names(words, list(shown)))
    axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, longest)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    handles = [
        Patch(facecolor=color, edgecolor=_edge(color), hatch=hatch, label=words.language.name(kind, part))
        for part, (color, _, hatch, _) in looks.items()
    ]
    canvas.key(figure, handles, 1 - 1.2 / height, handlelength=1.8, handleheight=1.2)
    return figure


def _edge(color: str) -> str:
    return "white" if color != "white" else DIM


def _row_names(words: Words, options: Sequence[str]) -> list[str]:
    """Return the names of options in lines that fit beside a picture."""
    return [textwrap.fill(str(words.names[option]), 32) for option in options]


def _grown(figure: Figure, rows: int) -> float:
    """Make a sheet higher where rows need it, its words as far from the edges as before, and return its height in inches."""
    height = figure.get_figheight() + ROOM * max(0, rows - FITS)
    canvas.stretched(figure, height)
    return height


# ---- categories from test to test


def draw_flows(words: Words, option: str = "") -> Figure:
    """Draw the categories of an option (the first one by default) at every test and how municipalities move between them."""
    say, option = words.say, option or words.base
    subtitle = words.text("subtitle", "flows", option=str(words.names[option]))
    figure, axes = canvas.sheet(flow_words(words, option), subtitle, words.source())
    axes.set_axis_off()
    axes.set_position((0.04, 0.135, 0.735, 0.66))
    tests = words.tests(option)
    if not tests:
        return figure
    many = len(tests) > MANY
    bar, font = (0.46, 7.5) if many else (0.22, 9.5)
    flows = _flows(words, option)
    sizes = _sizes(words, option, tests, flows)
    bottoms = sizes.cumsum(axis=1) - sizes
    total = sizes.sum(axis=1).max()
    for k, year in enumerate(tests[:-1]):
        _ribbons(axes, k, flows[year], bottoms[k], bottoms[k + 1], bar)
    for k, year in enumerate(tests):
        for (category, (color, ink, *_)), low, size in zip(CATEGORY.items(), bottoms[k], sizes[k], strict=True):
            axes.bar(k, size, bar, low, color=color, edgecolor="white", linewidth=0.8, zorder=3)
            if category != "none" and size > FEWEST * total / 100 * (0.6 if category == "2B" else 1):
                keys = {"option": option, "condition": AS_IS, "test": year, "category": f"category_{category}"}
                number, at = words.cell("tests", keys, "municipalities"), (k, low + size / 2)
                text = axes.annotate(number, at, color=ink, ha="center", va="center", fontsize=font, fontweight="bold", zorder=4)
                text.set_gid(number.key)
        below = say("test {year}", year=year) if not many else str(year)
        axes.annotate(below, (k, 0), (0, -6), "data", "offset points", ha="center", va="top", fontsize=9, color=INK)
    right = len(tests) - 1 + 0.5 * bar
    axes.set_xlim(-0.5 * bar - 0.02, right + 0.02)
    axes.set_ylim(0, total)
    last = zip(CATEGORY.items(), bottoms[-1] + sizes[-1] / 2, sizes[-1], strict=True)
    called = words.language.name
    canvas.label_ends(
        axes, right, [Label(float(y), called("category", c), beside) for (c, (*_, beside)), y, size in last if size > 0]
    )
    return figure


def flow_words(words: Words, option: str) -> str:
    """Say how many of those in 2B at the worst test that has a next one are in 2B there again."""
    say, tests = words.say, words.tests(option)
    if not tests:
        return say("This scenario has no progress tests")
    if len(tests) == 1:
        keys = {"option": option, "condition": AS_IS, "test": tests[0], "category": "category_2B"}
        return words.text("title", "one test", year=tests[0], count=words.cell("tests", keys, "municipalities"))
    in_2B = {year: float(flows[0].sum()) for year, flows in _flows(words, option).items()}
    if not any(in_2B.values()):
        return say("No municipality falls into category 2B")
    year = max(in_2B, key=lambda year: in_2B[year])
    count, following = words.language.number(in_2B[year]), tests[tests.index(year) + 1]
    again = words.cell("flows", {"option": option, "test": year, "from": "2B", "to": "2B"}, "municipalities")
    return words.text("title", "flows", count=count, year=year, again=again, next=following)


def _flows(words: Words, option: str) -> dict[int, NDArray[np.float64]]:
    """Return the municipalities that go from category to category, both in the order of CATEGORY, by the test they come from."""
    frame, order = words.comparison.tables["flows"], list(CATEGORY)
    table = frame[frame["option"] == option].pivot(index=["test", "from"], columns="to", values="municipalities")
    return {int(year): table.loc[year].loc[order, order].to_numpy() for year in table.index.unique("test")}


def _sizes(words: Words, option: str, tests: list[int], flows: Mapping[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the municipalities by test and category; those without an objective are known from the flows only."""
    sizes = np.zeros((len(tests), len(CATEGORY)))
    for k, year in enumerate(tests):
        for c, category in enumerate(CATEGORY):
            if category != "none":
                keys = {"option": option, "condition": AS_IS, "test": year, "category": f"category_{category}"}
                (sizes[k, c],) = words.values("tests", keys, "municipalities")
            elif len(tests) > 1:
                sizes[k, c] = flows[year][c].sum() if year in flows else flows[tests[k - 1]][:, c].sum()
    return sizes


def _ribbons(
    axes: Axes, k: int, flows: NDArray[np.float64], here: NDArray[np.float64], following: NDArray[np.float64], bar: float
) -> None:
    """Draw what goes from the bar of test k to that of the next, in the colour of where it comes from."""
    left, right, middle = k + bar / 2, k + 1 - bar / 2, k + 0.5
    leaves = here[:, None] + flows.cumsum(axis=1) - flows
    arrives = following[None, :] + flows.cumsum(axis=0) - flows
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    for (color, *_), *ribbons in zip(CATEGORY.values(), leaves, arrives, flows, strict=True):
        for low, high, size in zip(*ribbons, strict=True):
            if size >= 0.05:
                corners = [(left, low), (middle, low), (middle, high), (right, high), (right, high + size)]
                corners += [(middle, high + size), (middle, low + size), (left, low + size), (left, low)]
                axes.add_patch(PathPatch(Outline(np.array(corners), codes), facecolor=color, alpha=0.55, linewidth=0, zorder=1))


# ---- a sweep


def draw_sweep(swept: Swept, language: Language) -> Figure:
    """Draw dwellings against euro, and against verdicts outside the municipalities' control; the numbers are places in the ranking."""
    say, ranked, facts = language.say, swept.tables["ranking"], swept.facts
    replications = language.number(facts["replications"])
    source = language.name("origin", "sweep", version=facts["version"], replications=replications, seed=facts["seed"])
    source += f" {language.name('origin', 'stands')}"
    subtitle = language.name("subtitle", "sweep")
    figure, left = canvas.sheet(tradeoff_answer(swept, language), subtitle, source)
    left.set_position((0.075, 0.2, 0.3, 0.57))
    right = figure.add_axes((0.405, 0.2, 0.3, 0.57), sharey=left)
    for axes, values, title in (
        (left, ranked[EURO] * SCALE[EURO], say("Contributions, million euro")),
        (right, ranked[OUTSIDE], say("Municipalities in 2B per test that\nonly others could have prevented")),
    ):
        _points(axes, values, ranked, facts["base"])
        axes.set_xlabel(title, color=QUIET, fontsize=10)
        canvas.numbered(axes.xaxis, language, 5, 1 if values.max() - values.min() >= 5 else 0.1)
        axes.grid(axis="x")
    canvas.numbered(left.yaxis, language, 6, integer=True)
    right.tick_params(labelleft=False)
    left.annotate(say("Dwellings realised by 2042"), (0, 1.03), xycoords="axes fraction", color=QUIET, fontsize=10)
    marks: dict[str, Any] = {"marker": "o", "markersize": 10, "linestyle": "none"}
    called = names(swept.compared, language)
    handles = [
        Line2D([], [], color=MODEL, label=say("no option as good in all three"), **marks),
        Line2D([], [], color=FAINT, markerfacecolor="white", label=say("another is"), **marks),
        Line2D([], [], color=BENCHMARK, label=textwrap.fill(called[facts["base"]].short, WIDE), **{**marks, "marker": "s"}),
    ]
    canvas.key(figure, handles, 0.06, 0.725, loc="lower left", ncols=1)
    places, lines = list[str](), list[str]()
    for place, option in enumerate(ranked["option"], 1):
        words = textwrap.wrap(called[option].short, WIDE)
        if len(lines) + len(words) > LISTED:
            lines.append(say("and {count} more: see the table", count=len(ranked) - place + 1))
            break
        places += [str(place), *[""] * (len(words) - 1)]
        lines += words
    for x, column, side in ((0.742, places, "right"), (0.748, lines, "left")):
        figure.text(x, 0.77, "\n".join(column), fontsize=8, va="top", ha=side, multialignment=side, linespacing=1.35)
    return figure


def _points(axes: Axes, values: "pd.Series[float]", ranked: pd.DataFrame, base: str) -> None:
    """Draw the options as numbered marks; the base as a square, so that colour is not all that tells it apart. Marks that would lie on each
    other are moved apart, with a line to where they belong."""
    rows = ranked.to_dict("records")
    places = np.column_stack([values.to_numpy(float), ranked[DWELLINGS].to_numpy(float)])
    (left, low), (right, high) = places.min(axis=0), places.max(axis=0)
    for ends, set_limits in (((left, right), axes.set_xlim), ((low, high), axes.set_ylim)):
        room = 0.12 * (ends[1] - ends[0]) or 1.0
        set_limits(ends[0] - room, ends[1] + room)
    moved = canvas.apart(axes, places, MARK + 2)
    for number, (place, at, row) in enumerate(zip(places, moved, rows, strict=True), 1):
        is_base, front = row["option"] == base, bool(row["frontier"])
        color = BENCHMARK if is_base else MODEL if front else FAINT
        fill, ink = (color, "white") if front or is_base else ("white", INK)
        axes.plot(
            [place[0], at[0]], [place[1], at[1]], color=color, linewidth=0.8, marker=".", markersize=3, markevery=[0], zorder=2
        )
        axes.plot(*at, "s" if is_base else "o", color=color, markerfacecolor=fill, markersize=MARK, zorder=3 + front)
        axes.annotate(str(number), at, color=ink, ha="center", va="center", fontsize=8, fontweight="bold", zorder=5 + front)
