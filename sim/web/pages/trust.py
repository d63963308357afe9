"""How sure is this? The backtest, what the forecast rests on, what to find out first, readings of the law, limits."""

from functools import cache
from pathlib import Path

import pandas as pd

from sim.inputs.scenario.sets import parameter_sets
from sim.inputs.scenario.toml import LIBRARY, REFERENCE
from sim.report import estimates
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Table, Text
from sim.runs.differences import THRESHOLDS
from sim.studies.sensitivity.words import kept_collect, range_words
from sim.web import charts
from sim.web.figures import Block, Chapter, Figure, View
from sim.web.kept import kept
from sim.web.levers import base
from sim.web.pages.outlook import origin

READINGS = "readings.csv"  # kept by `make docs` beside the pages, and carried by the package
UNITS = {"dwellings": 1.0, "verdicts_2B": 1.0, "euro": 1e6}
MONEY = {"million euro": "unit_contribution_total", "thousand euro": "unit_thousand"}  # what a range says beside its numbers
SHOWN = 8  # readings in the figure


def trust(language: Language) -> View:
    """Return the page on trust."""
    name, tally = language.name, kept().tally
    answer = [estimates.warning(language), name("web", "trust_bands"), name("web", "trust_place")]
    chapters = [
        Chapter("verleden", name("web", "past"), [Bullets([name("web", f"past_{k}") for k in range(1, 5)])]),
        Chapter(
            "onzeker", name("web", "unknown"), [*(Text(sentence) for sentence in kept_collect(language)), _parameters(language)]
        ),
    ]
    if (rows := readings()) is not None:
        chapters.append(
            Chapter("lezingen", name("web", "readings"), [Text(name("web", "readings_lead")), *_readings(rows, language)])
        )
    limits = [name("web", f"limit_{k}") for k in range(1, 6)]
    chapters.append(Chapter("grenzen", name("web", "limits"), [Bullets(limits)]))
    chapters.append(Chapter("grond", name("web", "rests_on"), [Bullets(origin(tally, language))]))
    return View("/hoe-zeker", name("web", "trust_title"), answer, chapters)


@cache
def readings() -> pd.DataFrame | None:
    """Return what every other reading of the law changes, a row per reading and outcome; None where it is not carried."""
    places = (REFERENCE / READINGS, LIBRARY.parent / "docs" / READINGS)
    path: Path | None = next((place for place in places if place.is_file()), None)
    return pd.read_csv(path).query("scenario == 'baseline'") if path is not None else None


def _parameters(language: Language) -> Table:
    """Return what nobody knows, each with the range over which it is drawn."""
    name = language.name
    rows: list[list[str]] = []
    for known in parameter_sets(base()).known.values():
        ends = range_words(known, language)
        if known.unit in MONEY:
            ends = f"{ends}{name('web', MONEY[known.unit])}"
        rows.append([language.title(known), ends, name("web", f"status_{known.status}")])
    heads = [Head(name("web", "what"), False), Head(name("web", "range")), Head(name("web", "status_head"), False)]
    return Table(
        "onzeker-tabel", name("web", "unknown_title"), heads, rows, name("web", "unknown_note"), "", True, name("web", "find")
    )


def _readings(rows: pd.DataFrame, language: Language) -> list[Block]:
    """Return the readings that move the dwellings or the verdicts most, and a table of all."""
    name = language.name
    tables: dict[str, dict[str, pd.Series]] = {}
    for (reading, option), group in rows.groupby(["reading", "option"], sort=False):
        tables[f"{reading}={option}"] = {str(row["outcome"]): row for _, row in group.iterrows()}

    def size(key: str) -> float:
        return max(abs(float(tables[key][o]["difference"])) / THRESHOLDS[o] for o in THRESHOLDS)

    def words(key: str, outcome: str) -> str:
        row = tables[key][outcome]
        value, error = float(row["difference"]) / UNITS[outcome], float(row["standard_error"]) / UNITS[outcome]
        step = 1.0 if outcome != "euro" else 0.1
        return f"{'+' if value > 0 else ''}{language.number(value, step)} ± {language.number(2 * error, step)}"

    order = sorted(tables, key=size, reverse=True)
    whiskers = []
    numbers: list[list[float | str | None]] = []
    moving = [key for key in order if float(tables[key]["verdicts_2B"]["difference"])]
    for key in sorted(moving, key=lambda key: -abs(float(tables[key]["verdicts_2B"]["difference"])))[:SHOWN]:
        row = tables[key]["verdicts_2B"]
        value, half = float(row["difference"]), 2 * float(row["standard_error"])
        label = language.name_or(key, "law_reading", key)
        whiskers.append((label, value - half, value, value + half, words(key, "verdicts_2B")))
        numbers.append([label, round(value, 1), round(value - half, 1), round(value + half, 1)])
    figure = Figure(
        "lezingen",
        name("web", "readings_title", reading=whiskers[0][0]),
        name("web", "readings_reading"),
        estimates.source_of(kept().tally.manifest, language),
        lambda width: charts.whiskers(whiskers, width, together=True),
        [name("web", head) for head in ("reading", "difference_2B", "interval_low", "interval_high")],
        numbers,
    )
    heads = [Head(name("web", "reading"), False), *(Head(name("web", f"reading_{outcome}")) for outcome in THRESHOLDS)]
    cells = [[language.name_or(key, "law_reading", key), *(words(key, outcome) for outcome in THRESHOLDS)] for key in order]
    return [
        figure,
        Table(
            "lezingen-tabel", name("web", "readings_all"), heads, cells, name("web", "readings_note"), "", True, name("web", "find")
        ),
    ]
