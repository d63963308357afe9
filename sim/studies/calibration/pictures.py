"""Forecasts that hold chance and not knowing, and the fit behind them, as pictures."""

from pathlib import Path

from matplotlib.figure import Figure

from sim.report import canvas
from sim.report.language import Language
from sim.report.palette import BAND_50, BAND_80, BENCHMARK, INK, MODEL, QUIET, TRACK
from sim.studies.calibration.bands import Bands
from sim.studies.calibration.study import CARRIED, Calibration, free_parameters
from sim.studies.calibration.words import bands_answer

ROW, TOP, BOTTOM = 0.33, 1.25, 0.85  # inches


def write(calibration: Calibration, lang: str) -> list[Path]:
    """Draw what the fit leaves of every parameter as PNG in the study's folder and return its path."""
    with canvas.style():
        return [canvas.save(draw_fit(calibration, Language(lang)), calibration.folder / f"fit_{lang}.png")]


def write_bands(bands: Bands, lang: str) -> list[Path]:
    """Draw the bands by year as PNG in the study's folder and return its path."""
    with canvas.style():
        return [canvas.save(draw_bands(bands, Language(lang)), bands.folder / f"bands_{lang}.png")]


def draw_bands(bands: Bands, language: Language) -> Figure:
    """Draw the dwellings that count by year: the 80% band of luck alone within that of both."""
    say, years = language.say, bands.tables["years"]
    figure, axes = canvas.sheet(
        bands_answer(bands, language),
        say("Dwellings that count towards the objective; 80% bands: dark by luck alone, light with what is not known as well"),
        say(
            "Estimate: simulation bso-sim, {sets} parameter sets of {replications} replications each, seed {seed}. Scenario: {title}.",
            sets=str(bands.facts["sets"]),
            replications=str(bands.facts["replications"]),
            seed=str(bands.facts["seed"]),
            title=str(bands.facts["title_nl" if language.code == "nl" else "title"]),
        ),
    )
    axes.fill_between(years["year"], years["p10"], years["p90"], color=BAND_80, linewidth=0)
    axes.fill_between(years["year"], years["luck_p10"], years["luck_p90"], color=BAND_50, linewidth=0)
    axes.plot(years["year"], years["mean"], color=MODEL, linewidth=2.6)
    objective = bands.facts["objective"]
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


def draw_fit(calibration: Calibration, language: Language) -> Figure:
    """Draw each parameter's range with what the fit leaves of it: median and 80% band, those that are carried first."""
    say, rows, known = language.say, calibration.tables["parameters"], free_parameters()
    narrow = rows[rows["narrowed"] > 0.3]
    figure, axes = canvas.sheet(
        say(
            "What was known by the end of 2016 narrows {count} of {all} parameters by more than 30%",
            count=str(len(narrow)),
            all=str(len(rows)),
        ),
        say("Grey: the range before. Blue: 80% band and median after. Paler: people and rent-in of then, fitted and left behind."),
        say(
            "Approximate Bayesian computation: {kept} of {points} points kept, moved by regression; seed {seed}.",
            kept=str(calibration.facts["kept"]),
            points=language.number(calibration.facts["points"]),
            seed=str(calibration.facts["seed"]),
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
            number = language.number(value, 1.0 if row["high"] >= 20 else 0.01)
            axes.text(x, y, number, ha=side, va="center", fontsize=7.5, color=QUIET)
    axes.set_yticks(range(len(rows)), [language.title(known[str(name)]) for name in rows["parameter"]], fontsize=8.5)
    axes.tick_params(axis="y", pad=34)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure
