"""What all companies would need, on the screen and in a picture: the ranking, and Flanders' total against today."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullLocator
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report import canvas
from sim.report.estimates import FEW, source_of
from sim.report.language import Language
from sim.report.palette import BENCHMARK, FAINT, INK, MODEL, QUIET
from sim.studies.capacity.all_companies import Everyone
from sim.studies.capacity.numbers import NumbersOfAll
from sim.studies.capacity.words import as_it_goes, costs_are_assumed, few_replications, lever_name

MILLION = 1e6
TALL = 11.5  # inches
LEAST = 0.1  # million euro a year, where the picture begins


def everyone_answer(found: Everyone, language: Language) -> str:
    """Say what Flanders' companies need in all on top of what they have, for which tests, and for how many no capacity is enough."""
    say, fact, tests = language.say, NumbersOfAll(found, language).fact, found.question.tests
    answer = say(
        "To stay out of category {category} {when}, all companies together need {more}",
        category=found.question.category,
        when=say("at the test of {year}", year=tests[0]) if len(tests) == 1 else say("at every test"),
        more=_more(found, language),
    )
    if not fact("short").value:
        return answer + say("; for every company some capacity is enough")
    return answer + say("; for {short} of {all} companies no capacity is enough", short=fact("short"), all=fact("companies"))


def _more(found: Everyone, language: Language) -> str:
    """Say how much more the companies need."""
    numbers = NumbersOfAll(found, language)
    step = 10 if numbers.total("cost", "need").value > 100 * MILLION else 1
    columns = {"more": "more_need", "low": "more_low95", "high": "more_high95", "today": "today"}
    cells = {name: numbers.total("cost", column, step, 1 / MILLION) for name, column in columns.items()}
    return language.say("{more} million euro of means a year on top of the {today} of today ({low} to {high})", **cells)


def asked(found: Everyone, language: Language) -> str:
    """Say what is asked of every company."""
    question, values = found.question, {"wish": language.percent(found.question.probability), "category": found.question.category}
    if len(question.tests) == 1:
        return language.say(
            "a chance of {wish} that none of a company's municipalities is in category {category} at the test of {year}",
            year=question.tests[0],
            **values,
        )
    return language.say(
        "a chance of {wish} that none of a company's municipalities is in category {category} at any test", **values
    )


def draw_everyone(found: Everyone, language: Language) -> Figure:
    """Draw per company what its means of today cost and what it needs, those who need most against today on top."""
    say, rows = language.say, found.ranking
    figure, axes = canvas.sheet(
        say("All companies together: {more}", more=_more(found, language)),
        say("Million euro of means a year, today and in the cheapest combination for {asked}", asked=asked(found, language)),
        source_of(found.facts, language),
    )
    figure.set_size_inches(canvas.WIDTH, TALL)
    for text, y in zip(figure.texts, (0.982, 0.938, 0.012), strict=True):
        text.set_y(y)
    axes.set_position((0.31, 0.1, 0.65, 0.765))
    _bars(axes, found)
    axes.set_yticks(range(len(rows)), rows["company"] + rows["reached"].map({True: "", False: " *"}), color=INK, fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x, 0.1 if x < 1 else 1)))
    axes.set_xlabel(say("million euro a year (each line: ten times as much)"), color=QUIET, fontsize=9.5)
    handles = [
        Line2D(
            [], [], color=BENCHMARK, marker="|", markersize=10, markeredgewidth=2.2, linestyle="none", label=say("as things go")
        ),
        Line2D([], [], color=MODEL, marker="o", linewidth=1.6, label=say("needed, with its 95% interval")),
        Line2D(
            [],
            [],
            color=MODEL,
            marker="o",
            markerfacecolor="white",
            linewidth=1.6,
            label=say("* no capacity is enough: as near as it comes"),
        ),
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.24, 0.905), ncols=3, fontsize=9, labelcolor=QUIET, frameon=False
    )
    return figure


def _bars(axes: Axes, found: Everyone) -> None:
    """Draw a line per company: today, need and its interval."""
    axes.set_xscale("log")
    for i, row in enumerate(found.ranking.to_dict("records")):
        now, need, low, high = (max(row[f"euro_{name}"] / MILLION, LEAST) for name in ("today", "need", "low95", "high95"))
        axes.plot([now, need], [i, i], color=FAINT, linewidth=0.8, zorder=2)
        axes.plot([low, high], [i, i], color=MODEL, linewidth=1.6, zorder=3)
        fill = MODEL if row["reached"] else "white"
        axes.plot(need, i, "o", color=MODEL, markerfacecolor=fill, markersize=6, zorder=4)
        axes.plot(now, i, "|", color=BENCHMARK, markersize=10, markeredgewidth=2.2, zorder=5)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def write_everyone(found: Everyone, lang: str) -> Path:
    """Draw the picture as PNG in the folder and return its path. The same answers give the same bytes."""
    with canvas.style():
        return canvas.save(draw_everyone(found, Language(lang)), found.folder / f"capacity_all_{lang}.png")


def print_everyone(found: Everyone, picture: Path, lang: str, console: Console | None = None) -> None:
    """Print the answer, Flanders' totals, the ranking, how it is to be read, and where everything is."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    console.print(Text("\n" + everyone_answer(found, language) + ".", style="bold"))
    console.print(Text(say("Asked: {asked}.", asked=asked(found, language)) + "\n"))
    console.print(_totals(found, language), _ranking(found, language))
    notes = (
        say(
            "Chance: as things are, and with the most of everything. Means: as things go, and needed; of no mean less than there is."
        ),
        as_it_goes(found.facts, language),
        say("*: no capacity is enough for the wish; what is needed to come as near as it can."),
        say("Times today: euro of what is needed over euro of what there is, at the same prices."),
        costs_are_assumed(found.facts, language),
        *([few_replications(language)] if int(found.facts["replications"]) < FEW else []),
        source_of(found.facts, language),
    )
    for note in notes:
        console.print(Text(note, style="dim"))
    console.print(say("Picture: {path}", path=str(picture)), soft_wrap=True)
    console.print(say("Tables: {folder}", folder=str(found.folder)), soft_wrap=True)


def _totals(found: Everyone, language: Language) -> Table:
    """Return Flanders' totals: today, needed, and the interval."""
    say = language.say
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("Flanders"))
    table.add_column(say("as things go"), justify="right")
    table.add_column(say("needed"), justify="right")
    numbers = NumbersOfAll(found, language)
    for mean in found.totals["mean"]:
        scale = 1 / MILLION if mean == "cost" else 1.0
        now, need, low, high = (numbers.total(mean, name, 1, scale) for name in ("today", "need", "low95", "high95"))
        name = say("million euro a year") if mean == "cost" else lever_name(mean, language)
        table.add_row(name, now, say("{number} ({band})", number=need, band=numbers.range(low, high)))
    return table


def _ranking(found: Everyone, language: Language) -> Table:
    """Return the companies: chances, each mean today and needed, and how many times today's means it needs."""
    say = language.say
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column(say("housing company"), overflow="fold", min_width=14)
    table.add_column(say("chance"), justify="right", no_wrap=True)
    short = {"managers": say("managers"), "finance": say("dwellings"), "land": say("places")}
    for lever in found.question.levers:
        table.add_column(short[lever], justify="right")
    table.add_column(say("times today"), justify="right", min_width=4)
    for i, row in enumerate(found.ranking.to_dict("records")):
        means = [
            f"{language.number(row[f'{name}_today'])}→{language.number(row[f'{name}_need'])}" for name in found.question.levers
        ]
        times = language.number(row["times_today"], 0.1) if row["euro_today"] else "–"
        chance = "→".join(language.percent(row[f"chance_{name}"]) for name in ("as_is", "at_most"))
        table.add_row(str(i + 1), row["company"] + ("" if row["reached"] else " *"), chance, *means, times)
    return table
