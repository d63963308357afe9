"""A municipality or a company with own figures: what was read, what it takes the place of, and what the forecast says with it."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.report import estimates
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Table
from sim.report.snippets import two
from sim.runs import places
from sim.runs.tally import Tally
from sim.studies.capacity.words.shared import figure_name
from sim.web import charts
from sim.web.figures import Block, Chapter, Figure, View, valued
from sim.web.kept import draft, kept
from sim.web.own import Own
from sim.web.pages.outlook import categories, origin
from sim.web.pages.places import place_name


def read_as(own: Own, language: Language) -> Table:
    """Return what own figures took the place of."""
    name, rows = language.name, list[list[str]]()
    for row in own.replaced.to_dict("records"):
        estimate, low, high, mine = (
            language.number(float(row[c]), _step(float(row[c]))) for c in ("estimate", "low", "high", "own")
        )
        rows.append(
            [
                figure_name(str(row["figure"]), language),
                str(row["municipality"] or name("web", "own_whole")),
                valued(mine, float(row["own"])),
                two(estimate, language.say("{low} to {high}", low=low, high=high)),
            ]
        )
    heads = [Head(name("web", "own_figure"), False), Head(name("web", "municipality"), False)]
    heads += [Head(name("web", head)) for head in ("own_value", "own_estimate")]
    return Table("gelezen", name("web", "own_read"), heads, rows, name("web", "own_read_note"), "", len(rows) > 25)


def answered(path: str, title: str, members: list[int], own: Own, answer: Tally, language: Language) -> View:
    """Return what the forecast says of some municipalities with own figures, beside what it says with the estimates."""
    name, count = language.name, len(answer.digests)
    base, region = draft(count), kept().region
    runs = {"draft": base, "own": answer}
    chances = places.chances(runs, region)
    chances = chances[chances["nis"].isin(members)]
    ends = places.municipalities(runs, region).set_index(["option", "nis"]).sort_index().loc[pd.IndexSlice[:, members], :]
    of: Any = ends.loc
    mine, theirs = (of[option] for option in ("own", "draft"))
    values = {
        "own": _expected(mine, language),
        "draft": _expected(theirs, language),
        "objective": language.number(float(mine["objective"].sum())),
        "before": language.number(float(theirs["objective"].sum())),
        "year": answer.manifest["end_year"],
    }
    ever = {key: language.percent(float(of["ever_2B"].mean())) for key, of in (("own", mine), ("draft", theirs))}
    said = [name("web", "own_realised", **values), name("web", "own_ever" if len(members) == 1 else "own_ever_mean", **ever)]
    parts: list[Block] = [_chances(chances, members, answer, language)]
    if len(members) > 1:
        parts.append(_table(chances, mine, theirs, members, language))
    pairs = name("web", "own_pairs", count=language.number(count))
    chapters = [
        Chapter("kansen", name("web", "chances"), parts),
        Chapter("gelezen-deel", name("web", "own_figures"), [read_as(own, language)]),
        Chapter("grond", name("web", "rests_on"), [Bullets([pairs, *origin(answer, language)])]),
    ]
    return View(path, title, said, chapters)


def _expected(ends: pd.DataFrame, language: Language) -> str:
    return language.number(float(ends["realised"].sum()))


def _chances(chances: pd.DataFrame, members: list[int], answer: Tally, language: Language) -> Figure:
    """Return the categories at each test, with own figures and with estimates: chances of one municipality, numbers of several."""
    name, one = language.name, len(members) == 1
    sums = chances.groupby(["test", "option"], sort=True)[list(charts.CATEGORIES)].sum()
    bars, numbers = [], list[list[float | str | None]]()
    for test in sorted({int(year) for year in chances["test"]}):
        for option in ("own", "draft"):
            of_test = {c: float(sums.loc[(test, option), c]) for c in charts.CATEGORIES}  # type: ignore[arg-type]
            bars.append((str(test), of_test, name("web", f"own_{option}")))
            numbers.append([test, name("web", f"own_{option}"), *(round(of_test[c], 3) for c in charts.CATEGORIES)])
    last = {option: float(sums.loc[(int(chances["test"].max()), option), "2B"]) for option in ("own", "draft")}  # type: ignore[arg-type]
    shown = {key: language.percent(v) if one else language.number(v, 0.1) for key, v in last.items()}
    title = name("web", "own_chances_title" if one else "own_many_title", year=int(chances["test"].max()), **shown)
    return Figure(
        "kansen",
        title,
        name("web", "own_chances_reading"),
        estimates.source_of(answer.manifest, language),
        lambda width: charts.bars(bars, language, width, percent=one),
        [
            name("web", "test"),
            name("web", "own_figures"),
            *(name("web", "chance_of" if one else "category", name=c) for c in charts.CATEGORIES),
        ],
        numbers,
        categories(language),
    )


def _table(chances: pd.DataFrame, mine: pd.DataFrame, theirs: pd.DataFrame, members: list[int], language: Language) -> Table:
    """Return every municipality with own figures; below each number that with estimates."""
    name, by = language.name, chances.set_index(["option", "nis", "test"])["2B"]
    tests, rows = sorted({int(year) for year in chances["test"]}), list[list[str]]()
    for nis in sorted(members, key=place_name):
        link = Markup('<a href="{}">{}</a>').format(f"@/gemeente/{nis}", place_name(nis))
        cells = [_both(language, *(float(of.loc[nis, "share"]) for of in (mine, theirs)))]  # type: ignore[arg-type]
        cells += [_both(language, *(float(by.loc[(option, nis, test)]) for option in ("own", "draft"))) for test in tests]
        rows.append([link, *cells])
    heads = [Head(name("web", "municipality"), False), Head(name("web", "realised_share"), True, [name("web", "own_draft")])]
    heads += [Head(name("web", "chance_in", year=test), True, [name("web", "own_draft")]) for test in tests]
    return Table("gemeenten", name("web", "its_members"), heads, rows, name("web", "own_table_note"))


def _both(language: Language, own: float, estimate: float) -> str:
    if own != own:
        return "–"
    return two(valued(language.percent(own), own), "–" if estimate != estimate else language.percent(estimate))


def _step(value: float) -> float:
    return 1.0 if value == round(value) else 0.1
