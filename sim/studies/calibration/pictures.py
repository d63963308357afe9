"""Forecasts that hold chance and not knowing, and the fit behind them: pictures, and tables on the screen."""

import pandas as pd
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.inputs.scenario.ranges import Unknown
from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BAND_80, BENCHMARK, INK, MODEL, QUIET, TRACK
from sim.studies.backtest.words import amount, outcome_name, places
from sim.studies.calibration.bands import Bands
from sim.studies.calibration.study import CARRIED, Calibration, free_parameters, marginals

SHOWN = {"realised_2042": (1.0, 10.0), "verdicts_2B": (1.0, 1.0), "contribution_total": (1e-6, 1.0)}  # times what, to which step
ROW, TOP, BOTTOM = 0.33, 1.25, 0.85  # inches


def outcome_title(name: str, language: Language) -> str:
    """Return what an outcome is called in a table."""
    say = language.say
    return {
        "realised_2042": say("dwellings that count at the end"),
        "verdicts_2B": say("verdicts of 2B, all tests"),
        "contribution_total": say("contributions, million euro"),
    }[name]


def bands_answer(found: Bands, language: Language) -> str:
    """Say the forecast with both, and how much of its width is not knowing."""
    row = next(row for row in found.table.to_dict("records") if row["outcome"] == "realised_2042")
    return language.say(
        "{mean} dwellings count in {year}: {band} in 8 of 10 futures; {share} of that variance is not knowing, the rest is luck.",
        mean=language.number(row["mean"], 100),
        year=str(int(found.years["year"].max())),
        band=language.band(row["p10"], row["p90"], 100),
        share=language.percent(row["not_knowing"]),
    )


def draw_bands(found: Bands, language: Language) -> Figure:
    """Draw the dwellings that count by year: the 80% band of luck alone within that of both."""
    say, years = language.say, found.years
    figure, axes = canvas.sheet(
        bands_answer(found, language),
        say("Dwellings that count towards the objective; 80% bands: dark by luck alone, light with what is not known as well"),
        say(
            "Estimate: simulation bso-sim, {sets} parameter sets of {replications} replications each, seed {seed}. Scenario: {title}.",
            sets=str(found.facts["sets"]),
            replications=str(found.facts["replications"]),
            seed=str(found.facts["seed"]),
            title=str(found.facts["title_nl" if language.code == "nl" else "title"]),
        ),
    )
    axes.fill_between(years["year"], years["p10"], years["p90"], color=BAND_80, linewidth=0)
    axes.fill_between(years["year"], years["luck_p10"], years["luck_p90"], color=BAND_50, linewidth=0)
    axes.plot(years["year"], years["mean"], color=MODEL, linewidth=2.6)
    objective = found.facts["objective"]
    axes.axhline(objective, color=BENCHMARK, linewidth=1.4, linestyle=(0, (4, 3)))
    axes.set_xlim(years["year"].min(), years["year"].max())
    axes.set_ylim(0, 1.06 * max(objective, years["p90"].max()))
    axes.yaxis.set_major_formatter(lambda y, _: language.number(y))
    last = years.iloc[-1]
    labels = [
        canvas.Label(float(last["mean"]), say("mean {number}", number=language.number(last["mean"], 100)), MODEL, bold=True),
        canvas.Label(float(objective), say("objective {number}", number=language.number(objective)), BENCHMARK),
        canvas.Label(float(last["luck_p90"]), say("luck alone"), QUIET),
        canvas.Label(float(last["p90"]), say("and not knowing"), QUIET),
    ]
    canvas.label_ends(axes, float(last["year"]), labels)
    return figure


def print_bands(found: Bands, lang: str, console: Console | None = None) -> None:
    """Draw the picture and print the bands of every outcome with what they are made of."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    with canvas.style():
        picture = canvas.save(draw_bands(found, language), found.folder / f"bands_{lang}.png")
    console.print(Text("\n" + bands_answer(found, language), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in (say("mean"), say("80% band, luck alone"), say("80% band, both"), say("not knowing")):
        table.add_column(name, justify="right")
    for row in found.table.to_dict("records"):
        if row["outcome"] in SHOWN:
            scale, step = SHOWN[str(row["outcome"])]
            value = {k: float(row[k]) * scale for k in ("mean", "p10", "p90", "luck_p10", "luck_p90")}
            table.add_row(
                outcome_title(str(row["outcome"]), language),
                language.number(value["mean"], step),
                language.band(value["luck_p10"], value["luck_p90"], step),
                language.band(value["p10"], value["p90"], step),
                language.percent(row["not_knowing"]),
            )
    console.print(table)
    note = say(
        "Not knowing: share of the variance between parameter sets, in which {count} parameters have values of their own over their ranges, "
        "some fitted to the years up to 2018. Readings of the law and other assumed values stay as they are; plausible populations count as "
        "luck.",
        count=str(found.sets.shape[1]),
    )
    console.print(Text(note, style="dim"))
    for path in (picture, found.folder):
        console.print(Text(str(path)), soft_wrap=True)


def later_answer(later: pd.DataFrame, language: Language) -> str:
    """Say for how many figures of later years the fit did better than what was assumed, and how many its bands hold."""
    later = later[~later["seen"].astype(bool)]
    say, count = language.say, len(later)
    better, held, before = (
        (later["crps_fitted"] < later["crps_assumed"]).sum(),
        later["covered_fitted"].sum(),
        later["covered_assumed"].sum(),
    )
    return say(
        "Of {count} figures after 2018 the fit foresees {better} better than what was assumed; its 80% bands hold {held}, the assumed {before}; "
        "good ones would hold about {wanted}.",
        count=str(count),
        wanted=str(round(0.8 * count)),
        better=str(int(better)),
        held=str(int(held)),
        before=str(int(before)),
    )


def draw_fit(found: Calibration, language: Language) -> Figure:
    """Draw each parameter's range with what the fit leaves of it: median and 80% band, those that are carried first."""
    say, rows, known = language.say, marginals(found), free_parameters()
    narrow = rows[rows["narrowed"] > 0.3]
    figure, axes = canvas.sheet(
        say("The years up to 2018 narrow {count} of {all} parameters by more than 30%", count=str(len(narrow)), all=str(len(rows))),
        say("Grey: the range before. Blue: 80% band and median after. Paler: people and money of then, fitted and left behind."),
        say(
            "Approximate Bayesian computation: {kept} of {points} points kept, moved by regression; seed {seed}.",
            kept=str(found.said["kept"]),
            points=language.number(found.said["points"]),
            seed=str(found.said["seed"]),
        ),
    )
    height = ROW * len(rows) + TOP + BOTTOM
    canvas.stretched(figure, height)
    axes.set_position((0.4, BOTTOM / height, 0.5, 1 - (TOP + BOTTOM) / height))
    for y, row in enumerate(rows.to_dict("records")):
        width = row["high"] - row["low"]
        low, middle, high = ((row[name] - row["low"]) / width for name in ("p10", "p50", "p90"))
        axes.plot([0, 1], [y, y], color=TRACK, linewidth=6, solid_capstyle="butt")
        carried = row["parameter"] in CARRIED
        axes.plot([low, high], [y, y], color=MODEL if carried else BAND_50, linewidth=6, solid_capstyle="butt")
        axes.plot(middle, y, marker="o", markersize=5, color="white", markeredgecolor=INK)
        for x, value, side in ((-0.02, row["low"], "right"), (1.02, row["high"], "left")):
            axes.text(x, y, language.number(value, _step(row["high"])), ha=side, va="center", fontsize=7.5, color=QUIET)
    axes.set_yticks(range(len(rows)), [title_of(known[str(name)], language) for name in rows["parameter"]], fontsize=8.5)
    axes.tick_params(axis="y", pad=34)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure


def title_of(unknown: Unknown, language: Language) -> str:
    """Return a parameter's title in the reader's language."""
    return unknown.title_nl if language.code == "nl" else unknown.title


def _step(high: float) -> float:
    return 1.0 if high >= 20 else 0.01


def print_fit(found: Calibration, later: pd.DataFrame, lang: str, console: Console | None = None) -> None:
    """Draw the picture, and print what happened beside what the ranges and the fit give; and whether the fit foresees later years better."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    with canvas.style():
        picture = canvas.save(draw_fit(found, language), found.folder / f"fit_{lang}.png")
    console.print(Text(later_answer(later, language), style="bold"))
    check = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    check.add_column(say("figure"), overflow="fold", min_width=20)
    for name in (say("fact"), say("assumed,\n80% band"), say("score"), say("fitted,\n80% band"), say("score")):
        check.add_column(name, justify="right", no_wrap=True)
    for row in later.to_dict("records"):
        cells = [amount(row, row["fact"], language)]
        for what in ("assumed", "fitted"):
            low, high = (amount(row, row[f"{end}_{what}"], language) for end in ("p10", "p90"))
            cells += [f"{low}–{high}", amount(row, row[f"crps_{what}"], language)]
        check.add_row(outcome_name(row, language, places()) + (" *" if row["seen"] else ""), *cells)
    console.print(check)
    console.print(Text(say("* Seen by the fit."), style="dim"))
    for path in (picture, found.folder / "sets.csv"):
        console.print(Text(str(path)), soft_wrap=True)
