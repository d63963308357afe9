"""The report of what all companies would need: Flanders in all, every company beside its means of today, and where to find one."""

import math

from sim.report import canvas
from sim.report.estimates import FEW, warning
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Page, Part, Section, Terms, Text
from sim.report.snippets import joined, terms, two
from sim.studies.capacity.all_companies import Everyone
from sim.studies.capacity.all_companies_pictures import asked, draw_everyone, everyone_answer
from sim.studies.capacity.numbers import NumbersOfAll
from sim.studies.capacity.report.page import MILLION
from sim.studies.capacity.words import as_it_goes, costs_are_assumed, few_replications, lever_name
from sim.studies.sensitivity.words import kept_collect


class PageOfAll(Page):
    """What the sections on all companies share. `numbers`: those that become <data>; `plain`: the language of what is drawn."""

    def __init__(self, found: Everyone, lang: str) -> None:
        self.found, self.plain = found, Language(lang)
        numbers = NumbersOfAll(found, self.plain)
        super().__init__(found.folder, lang, numbers.files, numbers.added)
        self.numbers = NumbersOfAll(found, self.language)


def answer(page: PageOfAll) -> Section:
    """Return the answer: what all companies need together, and Flanders' totals by means."""
    say, numbers = page.language.say, page.numbers
    heads = [Head(say("Flanders"), False), Head(say("as things go")), Head(say("needed"))]
    rows: list[list[str]] = []
    for mean in page.found.totals["mean"]:
        scale = 1 / MILLION if mean == "cost" else 1.0
        now, need, low, high = (numbers.total(mean, name, 1, scale) for name in ("today", "need", "low95", "high95"))
        name = say("million euro a year") if mean == "cost" else lever_name(mean, page.language)
        rows.append([name, now, two(need, numbers.range(low, high))])
    small = say("Small: the 95% interval, by the luck of the draw.")
    note = joined([small, as_it_goes(page.found.facts, page.language)], " ")
    parts: list[Part] = [
        Text(say("{sentence}.", sentence=everyone_answer(page.found, page.language)), "answer"),
        Text(say("Asked: {asked}.", asked=asked(page.found, page.language))),
        page.table("totals-table", say("All companies together"), heads, rows, note, ["all_totals"]),
    ]
    return Section("answer", say("The answer"), parts)


def ranking(page: PageOfAll) -> Section:
    """Return the companies, those that need most against what they have first: in a picture, and in a table to look one up."""
    say, found, sheet = page.language.say, page.found, page.numbers.sheet("all")
    with canvas.style():
        reading = say(
            "How to read: the stroke is what a company's means cost today, the dot what it needs. The further apart, the more is lacking; "
            "those on top lack most against what they have. Each line on the scale is ten times as much as the one before."
        )
        picture = page.picture("ranking", draw_everyone(found, page.plain), reading, ["all"])
    heads = [Head(say("housing company"), False), Head(say("Municipalities")), Head(say("chance as things are"))]
    heads.append(Head(say("chance with the most of everything")))
    heads += [Head(lever_name(name, page.language)) for name in found.question.levers]
    heads += [Head(say("million euro a year")), Head(say("times today"))]
    rows: list[list[str]] = []
    for row in range(len(sheet)):
        name = str(sheet.value(row, "company")) + ("" if sheet.value(row, "reached") else "\u00a0*")
        cells: list[str] = [sheet.cell(row, "municipalities")]
        cells += [sheet.percent(row, f"chance_{when}") for when in ("as_is", "at_most")]
        for lever in found.question.levers:
            cells.append(
                two(sheet.cell(row, f"{lever}_need"), say("today {number}", number=sheet.cell(row, f"{lever}_today", 0.1)))
            )
        need, low, high = (sheet.cell(row, f"euro_{name}", 0.1, 1 / MILLION) for name in ("need", "low95", "high95"))
        times = sheet.cell(row, "times_today", 0.1) if math.isfinite(sheet.value(row, "times_today")) else "–"
        rows.append([name, *cells, two(need, page.numbers.range(low, high)), times])
    notes = (
        say("Large: what is needed in the cheapest combination. Small: what there is today; below euro: the 95% interval."),
        say("Times today: euro of what is needed over euro of what there is, at the same prices."),
        say("*: no capacity is enough for the wish; what is needed to come as near as it can."),
    )
    table = page.table(
        "ranking-table",
        say("Every company, who needs most against today first"),
        heads,
        rows,
        joined(notes, " "),
        ["all"],
        long=True,
        find=say("Find a company"),
    )
    return Section("ranking", say("Company by company"), [picture, table])


def limits(page: PageOfAll) -> Section:
    """Return what the numbers rest on, and what makes them again."""
    say, facts = page.language.say, page.found.facts
    costs = {name: page.numbers.fact(f"cost_{name}") for name in facts["costs"]}
    items = [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        warning(page.language),
        say("The rules are those of a draft decree: not definitive, and silent in places."),
        say("Scenario: {title}.", title=facts["title_nl"] if page.lang == "nl" else facts["title"]),
        say("The figures per municipality (objective, SIB, stock, land, planning) are estimated: they are not published."),
        costs_are_assumed(facts, page.language, costs),
        say("Each company is asked by itself, the others as they are: what one gets, no other lacks."),
        say("Each capacity was tried in {replications} simulations.", replications=page.numbers.fact("replications")),
        *kept_collect(page.language),
    ]
    if int(facts["replications"]) < FEW:
        items.append(few_replications(page.language))
    made = say(
        "Made with bso-sim {version}, seed {seed}, draws: {sampling}, model {source}.",
        version=facts["version"],
        seed=facts["seed"],
        sampling=facts["sampling"],
        source=str(facts["source"])[:12],
    )
    return Section("limits", say("Limits and origin"), [Bullets(items), Text(made, "note")])


def glossary(page: PageOfAll) -> Section:
    """Return what the words mean."""
    return Section("glossary", page.language.say("Words"), [Terms(terms(page.language))])
