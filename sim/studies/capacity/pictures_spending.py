"""What a yearly budget gives, in a picture: the chance as things are, with all of it on one of the means, and with the best split."""

import textwrap
from pathlib import Path

from matplotlib.figure import Figure

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BENCHMARK, INK, MODEL, QUIET
from sim.studies.capacity.spending import AS_IS, BEST, Spending
from sim.studies.capacity.words.spending import SpendingWords


def write(spending: Spending, lang: str) -> list[Path]:
    """Draw the picture as PNG in the folder and return its path. The same answer gives the same bytes."""
    with canvas.style():
        return [
            canvas.save(draw_spending(SpendingWords(spending, Language(lang))), spending.folder / f"capacity_budget_{lang}.png")
        ]


def draw_spending(words: SpendingWords) -> Figure:
    """Draw a dot for each chance, with its 95% interval."""
    say, table = words.say, words.spending.tables["spending"].iloc[words.shown()]
    subtitle = say("Chance (%) that {passing}, with its 95% interval", passing=words.passing())
    figure, axes = canvas.sheet(words.title(), subtitle, words.source())
    axes.set_position((0.33, 0.2, 0.6, 0.56))
    for n, row in enumerate(table.to_dict("records")):
        color = {AS_IS: BENCHMARK, BEST: MODEL}.get(str(row["who"]), QUIET)
        axes.plot([100 * row["low95"], 100 * row["high95"]], [n, n], color=color, linewidth=2)
        axes.plot(100 * row["chance"], n, "o", color=color, markersize=8)
        axes.annotate(
            words.chance_of(str(row["who"])),
            (100 * row["chance"], n),
            (0, 8),
            textcoords="offset points",
            ha="center",
            color=INK,
        )
    axes.set_yticks(range(len(table)), [textwrap.fill(words.who(str(who)), 30) for who in table["who"]], color=INK, fontsize=10)
    axes.set_ylim(len(table) - 0.5, -0.6)
    most = min(100, 110 * table["high95"].max())
    axes.set_xlim(-0.05 * most, most)  # room for a number at 0
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    canvas.numbered(axes.xaxis, words.language, 5, steps=[1, 2, 5, 10])
    return figure
