"""The pictures of a comparison, and options against each other with their intervals. Each title is an answer."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import GRID, INK, MODEL, QUIET, RESPONSE
from sim.studies.compare.bars import draw_control, draw_missing, grown, row_names
from sim.studies.compare.flows import draw_flows
from sim.studies.compare.study import AS_IS, Comparison
from sim.studies.compare.words import DWELLINGS, ENDS, EURO, IN_2B, SHOWN, Told, ends_of, response_words

MARKS = {
    AS_IS: ("o", MODEL, MODEL),
    **{end: (shape, "white", RESPONSE[end]) for end, shape in zip(ENDS, "vs", strict=True)},
}  # shape, inside, edge
SHIFT = {AS_IS: 0.0, ENDS[0]: 0.24, ENDS[1]: 0.42}  # below the middle of an option's row


def draw_comparison(comparison: Comparison, lang: str = "nl") -> list[Path]:
    """Draw the pictures as PNG in the comparison's folder and return their paths. The same comparison gives the same bytes."""
    told = Told(comparison, Language(lang))
    pictures = {"options": draw_options, f"flows_{told.base}": draw_flows, "control": draw_control, "missing": draw_missing}
    if "blame" not in comparison.tables:
        del pictures["control"]
    paths = []
    for name, draw in pictures.items():
        with canvas.style():
            paths.append(canvas.save(draw(told), comparison.folder / f"{name}_{lang}.png"))
    return paths


def draw_options(told: Told) -> Figure:
    """Draw each option's difference from the first one with its 95% interval, as it is and at both ends of the response."""
    say = told.language.say
    figure, first = canvas.sheet(
        told.shift_words(),
        say("Difference from {base} with the same luck, with its 95% interval", base=str(told.names[told.base])),
        told.source(),
    )
    first.remove()
    height = grown(figure, len(told.others))
    heads = {
        DWELLINGS: say("Dwellings\nend of {year}", year=told.comparison.facts["end_year"]),
        IN_2B: say("Municipalities in 2B\nper test"),
        EURO: say("Contributions\nmillion euro"),
    }
    for place, outcome in enumerate(SHOWN):
        axes = figure.add_axes((0.285 + 0.238 * place, 0.95 / height, 0.218, 1 - 3.0 / height))
        _differences(axes, told, outcome)
        axes.set_title(heads[outcome], fontsize=10, color=INK, loc="left")
        axes.set_yticks([n + 0.1 for n in range(len(told.others))], row_names(told, told.others) if place == 0 else [])
        axes.tick_params(axis="y", labelsize=9, labelcolor=INK)
    meaning = response_words(told.language)
    handles = [
        Line2D([], [], color=edge, marker=shape, markerfacecolor=inside, markersize=6, linewidth=1.6, label=meaning[end])
        for end, (shape, inside, edge) in MARKS.items()
        if end == AS_IS or end in ends_of(told)
    ]
    figure.legend(
        handles=handles,
        title=say("How strongly municipalities respond to tests"),
        loc="upper left",
        bbox_to_anchor=(0.027, 1 - 1.1 / height),
        ncols=3,
        fontsize=9,
        title_fontsize=9,
        alignment="left",
        frameon=False,
        labelcolor=QUIET,
    )
    return figure


def _differences(axes: Axes, told: Told, outcome: str) -> None:
    """Draw one outcome: a row per option, the first on top."""
    axes.axvline(0, color=QUIET, linewidth=0.8)
    for y, option in enumerate(told.others):
        for end in (AS_IS, *ends_of(told)):
            change, (shape, inside, edge) = told.change(option, outcome, end), MARKS[end]
            scale, place = change.difference.scale, y + SHIFT[end]
            ends = [change.low.value * scale, change.high.value * scale]
            axes.plot(ends, [place, place], color=edge, linewidth=2.2 if end == AS_IS else 1.2, solid_capstyle="butt")
            axes.plot(change.difference.value * scale, place, shape, color=edge, markerfacecolor=inside, markersize=5.5, zorder=3)
        change = told.change(option, outcome)
        at = (change.difference.value * change.difference.scale, y)
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        text = axes.annotate(
            change.difference, at, (0, 6), "data", "offset points", color=MODEL, fontsize=8.5, ha="center", bbox=box
        )
        text.set_gid(change.difference.key)
    for y in range(1, len(told.others)):
        axes.axhline(y - 0.42, color=GRID, linewidth=0.8)
    axes.set_ylim(len(told.others) - 0.42, -0.52)
    low, high = axes.get_xlim()
    least = 1.0 if low == high else 0.12 * (high - low)
    axes.set_xlim(low - least, high + least)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(5 if high - low < 1500 else 3, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(told.language, x, high - low)))


def _tick(language: Language, x: float, span: float) -> str:
    """Return a number on an axis of differences, with decimals where it needs them."""
    text = language.number(x, 1 if span >= 4 else 0.1)
    return f"+{text}" if x > 0 else text
