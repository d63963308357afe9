"""The outlook: what the forecast that the package carries says of Flanders, in three sentences and four figures. Nothing is computed."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from sim.report import estimates
from sim.report.language import Language
from sim.report.parts import Bullets, Text
from sim.runs.results import VERDICTS
from sim.runs.tally import Tally
from sim.studies.forecast import words
from sim.web import charts
from sim.web.figures import Chapter, Figure, Legend, View
from sim.web.kept import kept

LIKELY = 0.6  # a chance from which on a municipality is counted in the title of the map
BANDED = ("mean", "p10", "p90")


def outlook(language: Language) -> View:
    """Return the page of the outlook."""
    name, tally = language.name, kept().tally
    answer = [f"{said(tally, language)}." for said in (words.realised_answer, words.category_answer, words.contribution_answer)]
    chapters = [
        Chapter("groei", name("web", "growth"), [growth_figure(tally, language)]),
        Chapter("toetsen", name("web", "tests"), [verdicts_figure(tally, language)]),
        Chapter("bijdragen", name("web", "contributions"), [paid_figure(tally, language)]),
        Chapter("kaart", name("web", "where"), [chance_map(language)]),
        Chapter(
            "grond",
            name("web", "rests_on"),
            [
                Bullets(origin(tally, language)),
                Text(name("no_verdict", "all", figures=estimates.figures_of(tally.manifest, language)), "note"),
            ],
        ),
    ]
    return View("/", name("web", "outlook_title"), answer, chapters)


def origin(tally: Tally, language: Language) -> list[str]:
    """Say what the numbers are, on what they rest, what the backtest found, and what identifies them."""
    said = [estimates.source_of(tally.manifest, language), estimates.warning(language)]
    return [*said, language.say("Fingerprint of all results: {digest}.", digest=tally.manifest["digest"][:16])]


def growth_figure(tally: Tally, language: Language, base: Tally | None = None) -> Figure:
    """Return dwellings realised against what the tests ask; `base`: the draft's, where this is another scenario."""
    name, objective = language.name, float(tally.manifest["objective"])
    path = [(int(row["year"]), float(row["required"])) for row in tally.path.to_dict("records")]
    fan = charts.fan_of(tally.yearly("bso"))
    beside = base.yearly("bso").mean() if base is not None else None
    end = estimates.in_last_year(tally, "bso")
    labels = {
        "mean": name("web", "expected", number=end.in_words(language)[0]),
        "goal": name("web", "objective", number=language.number(objective)),
    }
    legend = [("mean", name("web", "mean")), ("band50", name("web", "band50")), ("band80", name("web", "band80"))]
    legend += [("path", name("web", "path"))]
    heads = [name("web", head) for head in ("year", "mean", "low", "quarter", "three_quarters", "high", "asked")]
    asked = dict(path)
    rows: list[list[float | None]] = [
        [year, *(round(float(values[year])) for values in (fan.mean, fan.p10, fan.p25, fan.p75, fan.p90)), asked.get(year)]
        for year in map(int, fan.mean.index)
    ]
    if beside is not None:
        legend.append(("base", name("web", "draft")))
        heads.append(name("web", "draft"))
        rows = [[*row, round(float(beside[int(row[0] or 0)]))] for row in rows]
    return Figure(
        "groei",
        name(
            "web",
            "growth_title",
            goal=language.number(objective),
            missing=end.below(objective).in_words(language)[0],
            year=fan.mean.index[-1],
        ),
        name("web", "growth_reading"),
        estimates.source_of(tally.manifest, language),
        lambda width: charts.growth(fan, language, width, path=path, beside=beside, goal=objective, labels=labels),
        heads,
        rows,
        legend,
    )


def verdicts_figure(tally: Tally, language: Language, base: Tally | None = None) -> Figure:
    """Return municipalities by category at every test; with the draft's below each, where this is another scenario."""
    name = language.name
    bars: list[tuple[str, dict[str, float], str]] = []
    heads = [
        name("web", "test"),
        *(name("web", "category", name=c) for c in ("1", "2A", "2B")),
        name("web", "low_2B"),
        name("web", "high_2B"),
    ]
    rows: list[list[float | str | None]] = []
    both = [(tally, ""), *([(base, name("web", "draft"))] if base is not None else [])]
    known = [(estimates.at_tests(of), label) for of, label in both]
    tests = [(year, label, test) for of, label in known for year, test in of.items()]
    for year, label, test in sorted(tests, key=lambda row: (row[0], bool(row[1]))):
        band = test["category_2B"].dashed(language)
        below = name("web", "draft_short") if label else name("web", "in_2B", band=band)
        bars.append((str(year), {c: test[f"category_{c}"].mean for c in charts.CATEGORIES}, below))
        numbers: list[float | str | None] = [round(test[verdict].mean) for verdict in VERDICTS]
        row = [year, *numbers, round(test["category_2B"].low), round(test["category_2B"].high)]
        rows.append([*row, label or name("web", "this")] if base is not None else row)
    return Figure(
        "toetsen",
        _verdicts_title(known[0][0], tally, language),
        name("web", "tests_reading"),
        estimates.source_of(tally.manifest, language),
        lambda width: charts.bars(bars, language, width),
        [*heads, name("web", "scenario")] if base is not None else heads,
        rows,
        categories(language),
    )


def _verdicts_title(known: Mapping[int, Mapping[str, estimates.Estimate]], tally: Tally, language: Language) -> str:
    """Say how many municipalities are in category 2B at the first test, and at the last. `known`: of every test."""
    tests = [*known.items()]
    if len(tests) < 2:
        return words.category_answer(tally, language)
    (first, at_first), (last, at_last) = tests[0], tests[-1]
    counts = (test["category_2B"].in_words(language)[0] for test in (at_first, at_last))
    return language.name("web", "verdicts_title", first=first, last=last, many=next(counts), then=next(counts))


def _paid_title(paid: "pd.Series[float]", tally: Tally, language: Language) -> str:
    """Say after which year half of the contributions is paid."""
    half = paid[paid < float(paid.iloc[-1]) / 2]
    if not len(half):
        return words.contribution_answer(tally, language)
    return language.name("web", "paid_title", year=half.index[-1])


def categories(language: Language) -> Legend:
    """Return what the colours of categories mean."""
    return [(f"c{c}", " ".join(language.name("category", c).split())) for c in charts.CATEGORIES]


def paid_figure(tally: Tally, language: Language, base: Tally | None = None) -> Figure:
    """Return contributions paid so far, million euro."""
    name, paid = language.name, estimates.contributions(tally)
    fan = charts.fan_of(paid)
    beside = estimates.contributions(base).mean() if base is not None else None
    end = estimates.estimate(paid.iloc[:, -1], tally, finest=0.1)
    labels = {"mean": name("web", "million", number=end.in_words(language)[0])}
    heads = [name("web", head) for head in ("year", "mean", "low", "quarter", "three_quarters", "high")]
    rows: list[list[float | None]] = [
        [year, *(round(float(values[year]), 1) for values in (fan.mean, fan.p10, fan.p25, fan.p75, fan.p90))]
        for year in map(int, fan.mean.index)
    ]
    legend = [("mean", name("web", "mean")), ("band50", name("web", "band50")), ("band80", name("web", "band80"))]
    if beside is not None:
        legend.append(("base", name("web", "draft")))
        heads.append(name("web", "draft"))
        rows = [[*row, round(float(beside[int(row[0] or 0)]), 1)] for row in rows]
    return Figure(
        "bijdragen",
        _paid_title(fan.mean, tally, language),
        name("web", "paid_reading"),
        estimates.source_of(tally.manifest, language),
        lambda width: charts.growth(fan, language, width, beside=beside, labels=labels),
        heads,
        rows,
        legend,
    )


def chance_map(language: Language) -> Figure:
    """Return the chance of every municipality of falling into category 2B at one test at least."""
    table = kept().tables["municipalities"]
    return share_map(table, "ever_2B", "kaart", ("map_title", "map_reading"), language)


def share_map(table: pd.DataFrame, column: str, figure: str, words_of: Sequence[str], language: Language) -> Figure:
    """Return a map of a share by municipality."""
    name = language.name
    known = table[table["share"].notna()]
    values = {int(nis): float(value) for nis, value in zip(known["nis"], known[column], strict=True)}
    many = sum(value >= LIKELY for value in values.values())
    title = name("web", words_of[0], count=language.number(many), share=language.percent(LIKELY))
    rows: list[Sequence[float | str | date | None]] = [
        [int(nis), str(place), str(company), round(float(value), 3)]
        for nis, place, company, value in zip(known["nis"], known["municipality"], known["company"], known[column], strict=True)
    ]
    return Figure(
        figure,
        title,
        name("web", words_of[1]),
        estimates.source_of(kept().tally.manifest, language),
        lambda width: charts.hexagons(values, charts.share_class, language.percent, width),
        [name("web", head) for head in ("nis", "municipality", "company", "chance_2B")],
        rows,
        [*charts.share_classes(language), ("empty", name("web", "no_objective"))],
    )
