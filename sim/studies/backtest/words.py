"""The words of the backtest: what each outcome is called, and what the scores say, good or bad."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from sim.inputs.region.load import DATA
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.tables import read_table
from sim.report.language import Language
from sim.runs.scores import LEVELS
from sim.studies.backtest.acceptance import EVERY
from sim.studies.backtest.drawn import AS_IS, FIRST_EDITION
from sim.studies.backtest.drivers import ALL
from sim.studies.backtest.naive import NAIVE, known_outcomes
from sim.studies.backtest.study import Backtest
from sim.studies.backtest.who import EDITIONS

NOMINAL = 0.8  # of the band that is spoken of
TRUSTED = 2 / 3  # of a driver's figures in these bands, at least, for it to deserve trust
FEWEST = 3  # different figures of a driver, at least, for the same
STANDINGS = ("good", "few", "none")  # of a driver


def outcome_name(row: Mapping[Any, Any], language: Language) -> str:
    """Return what an outcome is called, with its year and its municipality."""
    measure, category = str(row["measure"]), ""
    if measure.startswith("category"):
        measure, category = measure.split("_")
    if measure == "owned_growth" and "in the year" in row["unit"]:
        measure = "owned_growth_year"
    place = _places()[int(row["nis"])] if measure == "share" else ""
    return language.name("figure", measure, year=int(row["year"]), place=place, category=category.lower())


@cache
def _places() -> dict[int, str]:
    """Return the names of the municipalities by NIS code."""
    return {nis: row["name"] for nis, row in read_table(DATA / "municipalities.csv", key="nis").items()}


def title(row: Mapping[Any, Any], language: Language) -> str:
    """Return what a scored outcome is called, with the mark of one that is no test: it fed an assumption or is no count (*); or the fit has
    seen it (+)."""
    return outcome_name(row, language) + (" *" if row["fed"] else "") + (" +" if row["fitted"] else "")


def start_words(start: object, language: Language) -> str:
    """Say from when the forecast is."""
    return language.say("from 31 December {year}", year=str(start))


def amount(row: Mapping[Any, Any], value: float, language: Language) -> str:
    """Return a number of an outcome as it is read: a share as a percentage; nothing where there is none."""
    if math.isnan(value):
        return ""
    if str(row["unit"]).startswith("share"):
        return language.percent(value)
    return language.number(value, 10 if value >= 1000 else 1)


def trust(result: Backtest, language: Language) -> list[str]:
    """Say in three sentences what deserves trust and what does not: all drivers together, beside the first edition; which do; which do not."""
    say, number, percent, table = language.say, language.number, language.percent, result.tables["drivers"]
    (now, first), of_drivers = (of_edition(table, edition, ALL).iloc[0] for edition in EDITIONS), of_edition(table, AS_IS)
    of_all = of_drivers[of_drivers["driver"] != ALL]
    bad = now["ratio"] >= 1 or now[f"held_{NOMINAL:g}"] < TRUSTED
    whole = say("As a whole it deserves no trust") if bad else say("As a whole it deserves trust")
    together = say(
        "{whole}: with one weight for each of {count} drivers the {nominal} bands hold {held}, and its score is {ratio} times that of the "
        "best naive forecaster (below 1: better; for {better} of them); of the first edition that is {held_first}, {ratio_first} and "
        "{better_first}.",
        whole=whole,
        count=number(len(of_all)),
        nominal=percent(NOMINAL),
        held=percent(now[f"held_{NOMINAL:g}"]),
        ratio=number(now["ratio"], 0.01),
        better=number(now["better"]),
        held_first=percent(first[f"held_{NOMINAL:g}"]),
        ratio_first=number(first["ratio"], 0.01),
        better_first=number(first["better"]),
    )
    good, few, none = (named_drivers(of_all[of_all.apply(standing, axis=1) == kind], language) for kind in STANDINGS)
    trusted = say("What deserves trust, figure by figure and within its bands: {names}.", names=good or say("nothing"))
    doubted = say(
        "What deserves none: {names}; too little is known of: {few}.", names=none or say("nothing"), few=few or say("nothing")
    )
    return [together, trusted, doubted]


def of_edition(table: pd.DataFrame, edition: str, driver: str | None = None) -> pd.DataFrame:
    """Return the rows of an edition; of a driver, where it is named."""
    return table[(table["edition"] == edition) & (True if driver is None else table["driver"] == driver)]


def standing(row: Mapping[Any, Any]) -> str:
    """Return how far a driver's forecast is to be trusted, one of STANDINGS.

    Good: of FEWEST different figures or more the 80% bands hold TRUSTED or more, and the score is better than that of each naive forecaster.
    None: they hold fewer, or a naive one is better. Few: neither, but fewer figures, or no naive one to beat.
    """
    if row[f"held_{NOMINAL:g}"] < TRUSTED or row["ratio"] >= 1:
        return "none"
    return "good" if row["different"] >= FEWEST and row["ratio"] < 1 else "few"


def named_drivers(rows: pd.DataFrame, language: Language) -> str:
    """Return drivers by name, each with how many of its figures the 80% band holds and its score over that of the best naive forecaster."""
    parts = []
    for row in rows.to_dict("records"):
        held, ratio = language.number(round(row["figures"] * row[f"held_{NOMINAL:g}"])), row["ratio"]
        score = "" if math.isnan(ratio) else language.say(", score {ratio} times", ratio=language.number(ratio, 0.01))
        of = language.say("{held} of {count} held", held=held, count=language.number(row["figures"]))
        parts.append(f"{language.name('driver', row['driver'])} ({of}{score})")
    return ", ".join(parts)


def bands_answer(result: Backtest, language: Language) -> str:
    """Say how many of all figures the 80% bands hold."""
    of_all = result.tables["starts"].iloc[-1]
    count, held = int(of_all["outcomes"]), int(of_all[f"held_{NOMINAL:g}"])
    return language.say(
        "Of {count} figures that fed no assumption and no fit, the 80% bands hold {held} ({share}); good bands would hold about {wanted}.",
        count=language.number(count),
        held=language.number(held),
        share=language.percent(held / count),
        wanted=language.number(round(NOMINAL * count)),
    )


def backtest_answer(result: Backtest, language: Language) -> list[str]:
    """Return what else the scores say, in sentences: the bands of all figures, and the signs of changes."""
    say, number, of_all = language.say, language.number, result.tables["starts"].iloc[-1]
    count, changed, now = (
        int(of_all["outcomes"]),
        result.tables["changes"],
        of_edition(result.tables["drivers"], AS_IS, ALL).iloc[0],
    )
    return [
        bands_answer(result, language),
        say(
            "The 50% bands hold {narrow}, where good ones would hold about {half}; the 95% bands {wide}, where they would hold {nearly}. They "
            "are {different} different figures, some forecast from more than one start.",
            narrow=number(of_all["held_0.5"]),
            half=number(round(0.5 * count)),
            wide=number(of_all["held_0.95"]),
            nearly=number(round(0.95 * count)),
            different=number(of_all["different"]),
        ),
        say(
            "Of {count} changes from one figure to the next it has the sign of {right}, a coin of half of them; with one weight for each driver "
            "it has {share}, and gives {chance} to what happened.",
            count=number(len(changed)),
            right=number(changed["right"].sum()),
            share=language.percent(now["right"]),
            chance=language.percent(now["chance"]),
        ),
    ]


def acceptance_answer(result: Backtest, language: Language) -> str:
    """Say how many of the criteria it meets."""
    table = result.tables["acceptance"]
    return language.say(
        "Of {count} criteria set before it was fitted it meets {met}.",
        count=language.number(len(table)),
        met=language.number(int(table["met"].sum())),
    )


def criterion(row: Mapping[Any, Any], language: Language) -> str:
    """Return what is asked, with the mark of a figure that the fit has seen (+)."""
    known = {outcome["outcome"]: outcome for outcome in known_outcomes().to_dict("records")}
    what = str(row["what"])
    figure = outcome_name(known[what], language) if what in known else ""
    count = "" if math.isnan(row["asked_high"]) else language.number(row["asked_high"])
    name = language.name("acceptance", str(row["criterion"]), figure=figure, year=what[-4:], count=count)
    return name + (" +" if row["fitted"] else "")


def criterion_cells(row: Mapping[Any, Any], language: Language) -> list[str]:
    """Return fact, mean and both ends of the 80% band of a criterion, and whether it is met."""
    steps = {"share": 0.001, "years": 0.1}

    def cell(value: float) -> str:
        if math.isnan(value):
            return ""
        if row["unit"] == "share":
            return language.percent(value)
        return language.number(value, steps.get(str(row["unit"]), 10 if abs(value) >= 1000 else 1))

    cells = [cell(row[name]) for name in ("fact", "mean", "low_0.8", "high_0.8")]
    return [*cells, language.say("yes") if row["met"] else language.say("no")]


def criteria_start(start: int, language: Language) -> str:
    """Say from when the criteria are."""
    return language.say("from all starts") if start == EVERY else start_words(start, language)


def who_rows(result: Backtest, language: Language) -> list[list[str]]:
    """Return a row per start and kind of figure: how many municipalities, then mean CRPS and rank correlation of each edition."""
    rows = []
    for (start, what), group in result.tables["who"].groupby(["start", "what"], sort=False):
        if not (count := int(group["municipalities"].iloc[0])):
            continue
        foreseen = language.name("single", str(what))
        cells = [f"{start}: {foreseen}", language.number(count)]
        for row in group.to_dict("records"):
            cells += [language.number(row["crps"], 0.001), "" if math.isnan(row["rank"]) else language.number(row["rank"], 0.01)]
        rows.append(cells)
    return rows


def who_heads(language: Language) -> list[str]:
    """Return the heads of `who_rows`."""
    heads = [language.say("what is foreseen"), language.say("municipalities")]
    for edition in EDITIONS:
        name = language.name("edition", edition)
        heads += [language.say("score, {edition}", edition=name), language.say("rank, {edition}", edition=name)]
    return heads


def who_note(language: Language) -> str:
    """Say what the numbers of single municipalities are."""
    return language.say(
        "Score: mean CRPS, of who would have enough Brier's; lower is better. Rank: Spearman's correlation of forecast and fact, 1 is the right "
        "order. That four of the nineteen would have enough is an expectation of 2019, no count."
    )


def marks(language: Language) -> str:
    """Say what the marks mean."""
    return language.say(
        "*: no test, as the figure fed an assumption of this start or is an expectation, no count. +: no test either, as the calibration fits "
        "to it, and this forecast draws from its sets. Without a mark: used for nothing."
    )


def check_title(name: str, language: Language) -> str:
    """Return what is changed by a doubt."""
    return language.say("as assumed") if name == AS_IS else language.title(assumption_checks()[name])


def checks_answer(result: Backtest, language: Language) -> list[str]:
    """Say whether any one assumption explains what the backtest misses most, the municipalities that follow their path; where it was asked."""
    if "doubts" not in result.tables:
        return []
    table = result.tables["doubts"]
    rows = table[(table["outcome"] == "category_1_2018") & (table["start"] == table["start"].min())]
    means, fact = dict(zip(rows["doubt"], rows["mean"], strict=True)), float(rows["fact"].iloc[0])
    nearest = min(means, key=lambda name: abs(means[name] - fact))
    sentence = language.say(
        "Of the municipalities {fact} followed their path in 2018, the forecast of 2008 says {said}. Nearest comes, of what might have been "
        "otherwise: {doubt} ({nearest}).",
        fact=language.percent(fact),
        said=language.percent(means[AS_IS]),
        doubt=check_title(nearest, language),
        nearest=language.percent(means[nearest]),
    )
    return [sentence]


def score_cells(row: Mapping[Any, Any], language: Language) -> tuple[list[str], str]:
    """Return fact, mean, both ends of the 80% band, score and those of naive forecasters; and the narrowest band that holds the fact."""
    columns = ("fact", "mean", "low_0.8", "high_0.8", "crps", *(f"crps_{name}" for name in NAIVE))
    held = [language.percent(level) for level in LEVELS if row[f"covered_{level:g}"]]
    return [amount(row, row[column], language) for column in columns], held[0] if held else language.say("none")


def driver_rows(result: Backtest, language: Language) -> list[list[str]]:
    """Return a row per driver: how many figures, and different ones, what each band holds, the score over that of the best naive forecaster, who
    that is and of how many figures, signs; and of the first edition what the 80% band holds, and its score; last all together."""
    table, rows, number, percent = result.tables["drivers"], [], language.number, language.percent
    for row in of_edition(table, AS_IS).to_dict("records"):
        first = of_edition(table, FIRST_EDITION, row["driver"]).to_dict("records")[0]
        last, share = row["driver"] == ALL, row["right"]
        right = f"{number(round(share * row['changes']))}/{number(row['changes'])}" if row["changes"] else ""
        name = language.say("all, each one weight") if last else language.name("driver", row["driver"])
        best = language.name("naive", row["best"]) if row["best"] else ""
        cells = [
            name,
            f"{number(row['figures'])} ({number(row['different'])})",
            *(percent(row[f"held_{level:g}"]) for level in LEVELS),
        ]
        cells += [score_over(row, language), best, number(row["said"]), percent(share) if last else right]
        rows.append([*cells, percent(first[f"held_{NOMINAL:g}"]), score_over(first, language)])
    return rows


def score_over(row: Mapping[Any, Any], language: Language) -> str:
    """Return a score over that of the best naive forecaster; nothing where none says anything."""
    return "" if math.isnan(row["ratio"]) else language.number(row["ratio"], 0.01)


def driver_heads(language: Language) -> list[str]:
    """Return the heads of `driver_rows`."""
    say = language.say
    held = [say("in the {level} band", level=language.percent(level)) for level in LEVELS]
    naive = [
        say("score over the best naive one"),
        say("the best naive one"),
        say("which says something of"),
        say("sign of changes"),
    ]
    first = [say("first edition: in the {level} band", level=language.percent(NOMINAL)), say("first edition: score")]
    return [say("what moves it"), say("figures (different ones)"), *held, *naive, *first]


def driver_note(language: Language) -> str:
    """Say what the numbers of the drivers are."""
    return language.say(
        "Of the figures that fed no assumption and no fit, from all starts. Score: CRPS, in parts of the mean of what is measured; below 1 is "
        "better than the naive forecaster over which it does worst, 1 as good. All: means over the drivers, of scores the geometric one."
    )


def pit_reading(language: Language) -> str:
    """Say how the picture of PIT values is read."""
    return language.say(
        "A dot per figure that fed nothing: 0% where all simulations said more than what happened, 100% where all said less. Good dots lie "
        "evenly, 8 in 10 in the band; beside it how many do. Blue: this model; orange: its first edition."
    )


def check_rows(checked_assumptions: pd.DataFrame, language: Language) -> dict[str, list[str]]:
    """Return by doubt what it changes and the means of the figures looked at, as assumed first."""
    return {
        str(name): [check_title(str(name), language), *(amount(row, row["mean"], language) for row in group.to_dict("records"))]
        for name, group in checked_assumptions.groupby("doubt", sort=False)
    }


def check_heads(checked_assumptions: pd.DataFrame, language: Language) -> tuple[list[str], list[str]]:
    """Return the figures looked at, each with its start, and what happened."""
    looked = checked_assumptions.drop_duplicates(["start", "outcome"]).to_dict("records")
    heads = [f"{row['start']}: {outcome_name(row, language)}" for row in looked]
    return heads, [amount(row, row["fact"], language) for row in looked]
