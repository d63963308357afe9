"""A municipality and a company: what the kept forecast says of them, and how they are found by their name."""

import math
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.inputs.errors import InputError
from sim.inputs.municipalities import meant, mergers, names
from sim.inputs.workbook.words import plain
from sim.report import estimates
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Table, Text
from sim.report.saved import file_name
from sim.runs.outcomes import categories as of_all_tests
from sim.studies.municipality import report
from sim.studies.municipality.report import MunicipalityPage
from sim.studies.municipality.words import Words
from sim.web import charts
from sim.web.figures import Block, Chapter, Figure, View, valued
from sim.web.kept import kept
from sim.web.pages.outlook import categories, origin

SECTIONS = (report.tests, report.asked, report.why, report.figures)


def found(text: str) -> int | None:
    """Return the NIS code of the municipality that a name, a former name or a code means; None where nobody can tell."""
    text = text.strip()[:80]
    if text.isascii() and text.isdigit():
        code = int(text)
        return code if code in names() else mergers()[code].into if code in mergers() else None
    wanted = plain(text)
    return _by_name().get(wanted)


@cache
def _by_name() -> dict[str, int]:
    old = {plain(former.name): former.into for former in mergers().values()}
    return {**old, **{plain(name): code for code, name in names().items()}}


def suggestions(text: str) -> list[int]:
    """Return the municipalities whose name begins with a text, or has it within."""
    wanted = plain(text.strip()[:80])
    by_name = [(name, code) for name, code in _by_name().items() if wanted and wanted in name]
    return list(dict.fromkeys(code for name, code in sorted(by_name, key=lambda pair: (not pair[0].startswith(wanted), pair[0]))))[
        :12
    ]


def hint(text: str) -> str:
    """Return which municipality a text is likely to mean; nothing where nobody can tell."""
    return meant(text.strip()[:80]) or ""


def slug(company: str) -> str:
    """Return a company's name as it stands in an address."""
    return file_name(company)


@cache
def companies() -> dict[str, str]:
    """Return the companies by how they stand in an address."""
    return {slug(company): company for company in kept().members}


def place_name(nis: int) -> str:
    """Return the name of a municipality. Raises InputError for a code that none has."""
    if nis not in names():
        raise InputError("", "gemeente", f"found {nis}; the NIS code of one of the {len(names())} municipalities is allowed")
    return str(names()[nis])


def municipality(nis: int, language: Language) -> View:
    """Return the page of a municipality."""
    name, place = language.name, place_name(nis)
    page = MunicipalityPage(kept().places, nis, language.code)
    own, chapters = Words(kept().places, nis, language), list[Chapter]()
    answer = [str(sentence) for sentence in own.answer()]
    first: list[Block] = []
    if own.has_objective and own.rows("tests"):
        first.append(_chances(own, language))
    company = Markup('<a href="{}">{}</a>').format(f"@/woonmaatschappij/{slug(own.company)}", own.company)
    around = Markup(", ").join(
        Markup('<a href="{}">{}</a>').format(f"@/gemeente/{other}", place_name(other)) for other in neighbours(nis)
    )
    first.append(Bullets([Markup(name("web", "its_company")) + company, Markup(name("web", "its_neighbours")) + around]))
    chapters.append(Chapter("kansen", name("web", "chances"), first))
    for section in (made for make in SECTIONS if (made := make(page)) is not None):
        chapters.append(Chapter(section.name, section.title, section.parts))
    notes = [*own.notes(), *origin(kept().tally, language)]
    chapters.append(
        Chapter(
            "grond",
            name("web", "rests_on"),
            [
                Bullets(notes),
                Text(name("no_verdict", "all", figures=estimates.figures_of(kept().tally.manifest, language)), "note"),
            ],
        )
    )
    return View(f"/gemeente/{nis}", place, answer, chapters, f"/gemeente/{nis}/eigen" if own.has_objective else "")


def neighbours(nis: int) -> list[int]:
    """Return the NIS codes of the municipalities next to one, by name."""
    region = kept().region
    index = region.nis.tolist().index(nis)
    pairs = region.neighbours
    beside = {int(b) for a, b in pairs if a == index} | {int(a) for a, b in pairs if b == index}
    return sorted((int(region.nis[k]) for k in beside), key=place_name)


def _chances(own: Words, language: Language) -> Figure:
    rows = own.rows("tests")
    shares = [{c: float(own.value("tests", row, c)) for c in charts.CATEGORIES} for row in rows]
    years = [str(own.value("tests", row, "test")) for row in rows]
    bars = [(year, of_test, "") for year, of_test in zip(years, shares, strict=True)]
    ends = [edge(range(len(rows)), key=lambda k: shares[k]["2B"]) for edge in (min, max)]
    (low, least), (high, most) = ((years[k], language.percent(shares[k]["2B"])) for k in ends)
    title = language.name("web", "chances_title", place=own.name, low=low, least=least, high=high, most=most)
    heads = [language.name("web", "test"), *(language.name("web", "chance_of", name=c) for c in charts.CATEGORIES)]
    return Figure(
        "kansen",
        title,
        language.name("web", "chances_reading"),
        estimates.source_of(kept().tally.manifest, language),
        lambda width: charts.bars(bars, language, width, percent=True),
        heads,
        [[int(year), *(round(of_test[c], 3) for c in charts.CATEGORIES)] for year, of_test in zip(years, shares, strict=True)],
        categories(language),
    )


def municipality_index(language: Language) -> View:
    """Return the page where a municipality is looked for."""
    name, table = language.name, kept().tables["municipalities"]
    tests = list(kept().tally.tests())
    heads = [Head(name("web", "municipality"), False), Head(name("web", "realised_share"))]
    heads += [*(Head(name("web", "chance_in", year=test)) for test in tests), Head(name("web", "company"), False)]
    rows: list[list[str]] = []
    for row in table.sort_values("municipality", key=lambda column: column.str.casefold()).to_dict("records"):
        link = Markup('<a href="{}">{}</a>').format(f"@/gemeente/{row['nis']}", row["municipality"])
        rows.append([link, _percent(row["share"], language), *_in_2B(row, language), str(row["company"])])
    listed = Table(
        "gemeenten", name("web", "all_municipalities"), heads, rows, name("web", "all_note"), "", True, name("web", "find")
    )
    return View(
        "/gemeente",
        name("web", "municipality_title"),
        [name("web", "municipality_lead")],
        [Chapter("alle", name("web", "all"), [listed])],
    )


def company_index(language: Language) -> View:
    """Return the page where a company is looked for."""
    name = language.name
    heads = [
        Head(name("web", "company"), False),
        Head(name("web", "members")),
        Head(name("web", "objective_head")),
        Head(name("web", "realised_share")),
    ]
    heads.append(Head(name("web", "mean_2B")))
    rows: list[list[str]] = []
    for company, members in kept().members.items():
        of_members = _of(members)
        link = Markup('<a href="{}">{}</a>').format(f"@/woonmaatschappij/{slug(company)}", company)
        objective, realised = float(of_members["objective"].sum()), float(of_members["realised"].sum())
        chance = float(of_members["ever_2B"].mean())
        rows.append(
            [
                link,
                _number(len(members), language),
                _number(objective, language, 10),
                _share(realised, objective, language),
                _percent(chance, language),
            ]
        )
    listed = Table(
        "woonmaatschappijen",
        name("web", "all_companies"),
        heads,
        rows,
        name("web", "companies_note"),
        "",
        True,
        name("web", "find"),
    )
    answer = [name("web", "company_lead", count=language.number(len(rows)))]
    return View("/woonmaatschappij", name("web", "company_title"), answer, [Chapter("alle", name("web", "all"), [listed])])


def company(address: str, language: Language) -> View:
    """Return the page of a company. Raises InputError for an address that none has."""
    if address not in companies():
        raise InputError(
            "", "woonmaatschappij", f"found {address[:40]!r}; the address of one of {len(companies())} companies is allowed"
        )
    name, called = language.name, companies()[address]
    members = kept().members[called]
    table, tests = _of(members), list(kept().tally.tests())
    objective, realised = float(table["objective"].sum()), float(table["realised"].sum())
    answer = [
        name(
            "web",
            "company_answer",
            company=called,
            members=language.number(len(members)),
            realised=language.number(realised, 10),
            objective=language.number(objective, 10),
            share=language.percent(realised / objective if objective else 0.0),
            year=kept().tally.manifest["end_year"],
        )
    ]
    heads = [Head(name("web", "municipality"), False), Head(name("web", "objective_head")), Head(name("web", "realised_share"))]
    heads += [Head(name("web", "chance_in", year=test)) for test in tests]
    rows: list[list[str]] = []
    for row in table.sort_values("municipality").to_dict("records"):
        link = Markup('<a href="{}">{}</a>').format(f"@/gemeente/{row['nis']}", row["municipality"])
        known = row["share"] == row["share"]
        asked = _number(row["objective"] if known else math.nan, language)
        rows.append([link, asked, _percent(row["share"], language), *_in_2B(row, language)])
    parts: list[Block] = [Table("gemeenten", name("web", "its_members"), heads, rows, name("web", "all_note"))]
    worked, work = _work(called, language)
    answer.append(worked)
    chapters = [
        Chapter("gemeenten", name("web", "municipalities"), parts),
        work,
        Chapter(
            "grond",
            name("web", "rests_on"),
            [
                Bullets(origin(kept().tally, language)),
                Text(name("no_verdict", "all", figures=estimates.figures_of(kept().tally.manifest, language)), "note"),
            ],
        ),
    ]
    return View(f"/woonmaatschappij/{address}", called, answer, chapters, f"/woonmaatschappij/{address}/eigen")


def _work(called: str, language: Language) -> tuple[str, Chapter]:
    """Return what a company has to do, in a sentence and year by year."""
    name, work = language.name, kept().companies[kept().companies["company"] == called]
    sentence = name(
        "web",
        "company_work",
        held=language.number(float(work["held"].mean())),
        slots=language.number(float(work["slots"].mean())),
        waiting=language.number(float(work["waiting_slot"].mean())),
        money=language.number(float(work["waiting_money"].mean())),
    )
    columns = ("slots", "held", "started", "waiting_slot", "waiting_money")
    rows = [[str(int(row["year"])), *(_number(row[c], language) for c in columns)] for row in work.to_dict("records")]
    heads = [Head(name("web", "year"), False), *(Head(name("web", f"work_{c}")) for c in columns)]
    return sentence, Chapter(
        "werk", name("web", "work"), [Table("werk", name("web", "work_title"), heads, rows, name("web", "work_note"))]
    )


@cache
def _judged() -> dict[int, list[int]]:
    """Return in how many simulations each municipality, by its NIS code, has an objective at each test."""
    nis = kept().region.nis
    return dict(zip(map(int, nis), (of_all_tests(kept().tally, len(nis)) > 0).sum(axis=0).T.tolist(), strict=True))


def _in_2B(row: Mapping[Hashable, Any], language: Language) -> list[str]:
    """Return a municipality's chance of 2B at each test: of few simulations how many of them, a dash for one without an objective."""
    chances = [float(row[f"2B_{test}"]) for test in kept().tally.tests()]
    if math.isnan(row["share"]):
        return ["–"] * len(chances)
    of = zip(chances, _judged()[int(row["nis"])], strict=True)
    return [valued(estimates.share_of(chance, count, language), chance) if count else "–" for chance, count in of]


def _of(members: list[int]) -> pd.DataFrame:
    table = kept().tables["municipalities"]
    return table[table["nis"].isin(members)]


def _share(part: float, whole: float, language: Language) -> str:
    return _percent(part / whole if whole else math.nan, language)


def _percent(share: float, language: Language) -> str:
    """Return a share in words; a dash for one of nothing."""
    return "–" if math.isnan(share) else valued(language.percent(share), share)


def _number(value: float, language: Language, step: float = 1) -> str:
    """Return a number in words; a dash for none."""
    return "–" if math.isnan(value) else valued(language.number(value, step), value)
