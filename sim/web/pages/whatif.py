"""What if? The levers with their present value, and the answer: what differs from the draft, how surely, who gains and who loses."""

import math
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from sim.engine import test_years
from sim.inputs.errors import InputError
from sim.inputs.scenario.sets import parameter_sets
from sim.report import estimates
from sim.report.cells import SIGNED, SIZE, step_of, written
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Table, Text
from sim.runs import places
from sim.runs.differences import differences_of
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.runs.tally import Tally
from sim.studies.sensitivity.words import range_words
from sim.web import charts
from sim.web.figures import Block, Chapter, Figure, View
from sim.web.kept import draft, kept
from sim.web.levers import BY_NAME, CHOICE, GROUPS, LEVERS, NUMBER, RATES, SHARE, Lever, Question, base, of_draft, present, rates_of
from sim.web.levers import written as as_text
from sim.web.pages.causes import CAUSES, causes
from sim.web.pages.outlook import growth_figure, origin, paid_figure, verdicts_figure

MILLION = 1e6
TOLD = ("realised_at_end", "verdicts_2B", "contribution_total")  # what the three sentences are of
TABLED = (*TOLD, "municipalities_ever_2B", "municipalities_2B", "net_at_end", "waiting_slot", "waiting_money", "waiting_land")
SCALES = {"contribution_total": 1 / MILLION}
COMMON = 1.0  # two standard errors of a chance of a half, times the root of the simulations
MOST_PLACES = 10  # municipalities of those that gain, and that lose
NOTED = 0.02  # a difference of chances from which on a municipality gains or loses


class Control(NamedTuple):
    """A lever as the form shows it: its label, hint, value now, the draft's in words, and what it may be."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    start: str
    draft: str
    low: str
    high: str
    step: str
    options: tuple[tuple[str, str], ...]
    moved: bool
    wrong: str
    status: str
    source: str


def controls(
    question: Question, texts: Mapping[str, str], wrong: Mapping[str, str], language: Language
) -> list[tuple[str, list[Control]]]:
    """Return the levers in groups, with what was typed where that is wrong. `wrong`: what is wrong with it, by lever."""
    held, moved = present(), dict(question.moved)
    groups = []
    for group in GROUPS:
        rows = []
        for lever in (lever for lever in LEVERS if lever.group == group and lever.kind != RATES):
            value = moved.get(lever.name, held[lever.name])
            shown = texts[lever.name] if lever.name in wrong else "" if value is None else as_text(value)
            options = tuple((option, option_words(lever, option, language)) for option in lever.options)
            label, hint = (language.name("lever_of_page", f"{lever.name}{part}") for part in ("", "_hint"))
            rows.append(
                Control(
                    lever.name,
                    lever.kind,
                    label,
                    hint,
                    shown,
                    "" if held[lever.name] is None else as_text(held[lever.name]),
                    in_words(lever, held[lever.name], language),
                    f"{lever.low:g}",
                    f"{lever.high:g}",
                    f"{lever.step:g}",
                    options,
                    lever.name in moved,
                    wrong.get(lever.name, ""),
                    _status(lever, language.code),
                    str(getattr(of_draft(lever), "source", "")),
                )
            )
        groups.append((language.name("web", f"group_{group}"), rows))
    return groups


@cache
def _status(lever: Lever, lang: str) -> str:
    """Return in words how sure the draft's value of a lever is: found, assumed, ..., and over what it is drawn; nothing where nobody says."""
    if not (status := getattr(of_draft(lever), "status", "")):
        return ""
    language, key = Language(lang), f"{lever.key}.{lever.part or 'value'}"
    drawn = [range_words(known, language) for known in parameter_sets(base()).known.values() if key in known.keys()]  # noqa: SIM118
    return ", ".join(
        [language.name("web", f"status_{status}"), *(language.name("web", "drawn_over", range=ends) for ends in drawn)]
    )


class Rate(NamedTuple):
    """The field of the rate of a test: its year, what stands in it, and what it is of itself (percent)."""

    year: int
    value: str
    own: str


def rates(question: Question, texts: Mapping[str, str]) -> list[Rate]:
    """Return the rates of the tests of a question, each as it was typed where that is known. Raises InputError for levers that cannot be
    together."""
    own, now = rates_of(question.unrated.scenario), rates_of(question.scenario)
    shown = {year: as_text(rate) if rate != own.get(year) else "" for year, rate in now.items()}
    return [Rate(year, texts.get(f"rate_{year}", "").strip() or shown[year], as_text(own.get(year, 0.0))) for year in now]


def option_words(lever: Lever, option: str, language: Language) -> str:
    """Return what an option of a choice is called."""
    return language.name("lever_option", f"{lever.name}_{option}")


def in_words(lever: Lever, value: Any, language: Language) -> str:
    """Return a value of a lever in words."""
    if value is None:
        return language.name("web", "drawn")
    if lever.kind == CHOICE:
        return option_words(lever, value, language)
    if lever.kind == RATES:
        return ", ".join(f"{language.number(part)}%" for part in value)
    if lever.kind == SHARE:
        return f"{language.number(value)}%"
    return str(int(value)) if lever.kind == NUMBER and 1900 < value < 2100 else language.number(value)


def moved_words(question: Question, language: Language) -> list[str]:
    """Say what a question changes, a lever each, and how many tests come of it where they are more or fewer: so are the verdicts."""
    held = present()
    said = []
    for name, value in question.moved:
        lever = BY_NAME[name]
        now, draft = (in_words(lever, v, language) for v in (value, held[name]))
        said.append(language.name("web", "moved", lever=language.name("lever_of_page", name), value=now, draft=draft))
    with suppress(InputError):  # levers that cannot be together: that is said elsewhere
        tests, before = (test_years(scenario) for scenario in (question.scenario, base()))
        if len(tests) != len(before):
            years, counts = (
                ", ".join(map(str, tests)),
                {"count": language.number(len(tests)), "draft": language.number(len(before))},
            )
            said.append(language.name("web", "tests_changed", years=years or "–", **counts))
    return said


def compared(answer: Tally, base: Tally) -> pd.DataFrame:
    """Return the differences from the draft in the same replications, by outcome."""
    told = [*TABLED]
    return differences_of(base.outcomes[told], {"": answer.outcomes[told]}, base.manifest).set_index("outcome")


def answered(question: Question, answer: Tally, reliefs: Mapping[str, Tally], language: Language) -> View:
    """Return the answer to a question, from its tally beside that of the draft in as many replications. `reliefs`: its tallies with each relief,
    from which it is known what would have prevented each 2B; none: not yet."""
    base, answer = draft(len(answer.digests)), titled(question, answer, language)
    name, table = language.name, compared(answer, base)
    said = sentences(table, language)
    numbers: list[Block] = [_whiskers(table, answer, language), _table(table, answer, language)]
    where = places.municipalities({"draft": base, "": answer}, kept().region)
    where = where[where["option"] == ""]
    chapters = [
        Chapter("verschil", name("web", "difference"), numbers),
        Chapter("groei", name("web", "growth"), [growth_figure(answer, language, base)]),
        Chapter("toetsen", name("web", "tests"), [verdicts_figure(answer, language, base)]),
        Chapter("bijdragen", name("web", "contributions"), [paid_figure(answer, language, base)]),
        Chapter("wie", name("web", "who"), [_map(where, answer, language), *_gains(where, len(answer.digests), language)]),
        *([Chapter(CAUSES, name("web", "prevented"), causes(answer, reliefs, language))] if reliefs else []),
        Chapter("grond", name("web", "rests_on"), [Bullets(origin(answer, language)), Text(name("web", "pairs"), "note")]),
    ]
    return View("/wat-als", name("web", "whatif_title"), said, chapters)


def moves_of(question: Question, language: Language) -> str:
    """Return what a question changes, as part of a sentence."""
    name = language.name
    return "; ".join(
        name("web", "with", lever=name("lever_of_page", lever).lower(), value=in_words(BY_NAME[lever], value, language))
        for lever, value in question.moved
    )


def finest_of(outcome: str) -> float:
    """Return the step to which an outcome is written at the finest, in the unit of the page."""
    return 0.1 if outcome in SCALES or outcome == "municipalities_2B" else 1.0


def titled(question: Question, answer: Tally, language: Language) -> Tally:
    """Return an answer whose scenario is called by the levers that were moved."""
    title = language.name("web", "title_of", moves=moves_of(question, language))
    return Tally({**answer.facts, "title": title, "title_nl": title}, answer.digests, answer.arrays)


def sentence(table: pd.DataFrame, outcome: str, language: Language) -> str:
    """Say how an outcome differs from the draft, with its interval, and in how many of ten simulations it is better."""
    row: Any = table.loc[outcome]
    name, scale = language.name, SCALES.get(outcome, 1.0)
    low, mean, high = (float(row[c]) * scale for c in ("low95", "difference", "high95"))
    values = {"what": name("web", f"what_{outcome}"), "unit": name("web", f"unit_{outcome}") if scale != 1 else ""}
    if not (mean or low or high):
        return name("web", "same", **values)
    step = step_of(float(row["error"]) * scale, 0.1 if scale != 1 else 1.0)
    ten = float(row["better"]) * 10
    better = name("web", "better", count=language.number(ten)) if float(row["better"]) < 0.95 else name("web", "better_nearly")
    if float(row["better"]) < 0.05:
        better = name("web", "better_hardly")
    ends = sorted((low, high), key=abs)
    if low <= 0 <= high:
        signs = (written(language, end, step, 1, SIGNED) for end in (low, high))
        return name("web", "unsure", low=next(signs), high=next(signs), better=better, **values)
    sure = [written(language, value, step, 1, SIZE) for value in (mean, *ends)]
    return name("web", "more" if mean > 0 else "fewer", mean=sure[0], low=sure[1], high=sure[2], better=better, **values)


def sentences(table: pd.DataFrame, language: Language) -> list[str]:
    """Say how each outcome differs from the draft, what differs for sure first: who reads one sentence reads what the choice does."""
    sure = _surely(table)
    return [sentence(table, outcome, language) for outcome in (*sure, *(o for o in TOLD if o not in sure))]


def _surely(table: pd.DataFrame) -> list[str]:
    """Return which outcomes differ from the draft for sure."""
    return [o for o in TOLD if float(table.loc[o, "low95"]) > 0 or float(table.loc[o, "high95"]) < 0]  # type: ignore[arg-type]


def _sure(table: pd.DataFrame, language: Language) -> str:
    """Say which outcomes differ from the draft for sure."""
    sure = _surely(table)
    if not sure:
        return language.name("web", "sure_none")
    return language.name("web", "sure", which=", ".join(language.name("web", f"short_{o}") for o in sure))


def _whiskers(table: pd.DataFrame, answer: Tally, language: Language) -> Figure:
    name = language.name
    rows, numbers = [], list[list[float | str | None]]()
    for outcome in TOLD:
        row: Any = table.loc[outcome]
        scale = SCALES.get(outcome, 1.0)
        low, mean, high = (float(row[c]) * scale for c in ("low95", "difference", "high95"))
        step = step_of(float(row["error"]) * scale, 0.1 if scale != 1 else 1.0)
        label = name("web", f"label_{outcome}")
        rows.append((label, low, mean, high, written(language, mean, step, 1, SIGNED)))
        numbers.append([label, *(round(value, 1) for value in (mean, low, high)), round(10 * float(row["better"]), 1)])
    return Figure(
        "verschil",
        _sure(table, language),
        name("web", "whiskers_reading"),
        estimates.source_of(answer.manifest, language),
        lambda width: charts.whiskers(rows, width),
        [name("web", head) for head in ("outcome", "difference_head", "interval_low", "interval_high", "better_head")],
        numbers,
    )


def _table(table: pd.DataFrame, answer: Tally, language: Language) -> Table:
    name = language.name
    rows: list[list[str]] = []
    for outcome in TABLED:
        row: Any = table.loc[outcome]
        scale = SCALES.get(outcome, 1.0)
        error = float(row["error"]) * scale
        finest = 0.1 if scale != 1 or outcome == "municipalities_2B" else 1.0
        step = step_of(error, finest) if error else finest
        own = estimates.estimate(answer.outcomes[outcome] * scale, answer, finest).step
        draft, value = (written(language, float(row[c]) * scale, own) for c in ("base", "value"))
        low, mean, high = (written(language, float(row[c]) * scale, step, 1, SIGNED) for c in ("low95", "difference", "high95"))
        better = "–"
        if OUTCOMES[outcome].better in (MORE, LESS):
            better = language.number(10 * float(row["better"]), 0.1)
        rows.append(
            [name("web", f"label_{outcome}"), draft, value, mean, language.say("{low} to {high}", low=low, high=high), better]
        )
    heads = [
        Head(name("web", "outcome"), False),
        *(Head(name("web", h)) for h in ("draft", "this", "difference_head", "interval", "better_head")),
    ]
    return Table(
        "verschillen",
        name("web", "table_title"),
        heads,
        rows,
        name("web", "table_note", count=language.number(len(answer.digests))),
    )


def _map(where: pd.DataFrame, answer: Tally, language: Language) -> Figure:
    name = language.name
    known = where[where["ever_2B_difference"].notna()]
    values = {int(nis): float(value) for nis, value in zip(known["nis"], known["ever_2B_difference"], strict=True)}
    more, fewer = sum(v > NOTED for v in values.values()), sum(v < -NOTED for v in values.values())

    title = {(True, True): "who_title", (True, False): "who_falls", (False, True): "who_rises"}.get(
        (fewer > 0, more > 0), "who_none"
    )

    def points(value: float) -> str:
        return name("web", "points", number=written(language, value, 1, 100, SIGNED))

    return Figure(
        "kaart",
        name("web", title, fewer=language.number(fewer), more=language.number(more)),
        name("web", "who_reading"),
        estimates.source_of(answer.manifest, language),
        lambda width: charts.hexagons(values, charts.difference_class, points, width),
        [name("web", head) for head in ("nis", "municipality", "company", "chance_difference", "dwellings_difference")],
        [
            [
                int(row["nis"]),
                row["municipality"],
                row["company"],
                round(row["ever_2B_difference"], 3),
                round(row["realised_difference"], 1),
            ]
            for row in known.to_dict("records")
        ],
        charts.difference_classes(language),
    )


def _gains(where: pd.DataFrame, count: int, language: Language) -> list[Block]:
    """Return who gains most and who loses most."""
    from markupsafe import Markup

    name, parts = language.name, list[Block]()
    note = name("web", "who_note", count=language.number(count), points=language.number(100 * COMMON / math.sqrt(count)))
    for kind, rising in (("gain", True), ("lose", False)):
        rows: list[list[str]] = []
        of_kind = where[(where["ever_2B_difference"] < -NOTED) if rising else (where["ever_2B_difference"] > NOTED)]
        for row in of_kind.sort_values("ever_2B_difference", ascending=rising, kind="stable").head(MOST_PLACES).to_dict("records"):
            link = Markup('<a href="{}">{}</a>').format(f"@/gemeente/{row['nis']}", row["municipality"])
            change = written(language, row["ever_2B_difference"], 1, 100, SIGNED)
            dwellings = written(language, row["realised_difference"], 1, 1, SIGNED)
            rows.append([link, language.percent(row["ever_2B"]), name("web", "points", number=change), dwellings])
        if rows:
            heads = [
                Head(name("web", "municipality"), False),
                *(Head(name("web", h)) for h in ("chance_2B", "chance_change", "dwellings_difference")),
            ]
            parts.append(Table(f"wie-{kind}", name("web", f"who_{kind}"), heads, rows, note))
    return parts
