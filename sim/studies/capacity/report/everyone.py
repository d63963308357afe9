"""The sections of the report on all companies."""

import math
from functools import partial

from sim.report.parts import Bullets, Part, Section, Text
from sim.report.snippets import joined
from sim.studies.capacity.pictures import draw_all
from sim.studies.capacity.report.page import AllPage, origin, rests_on
from sim.studies.capacity.words.shared import MILLION, Entry
from sim.studies.sensitivity.words import kept_collect


def answer_of_all(page: AllPage) -> Section:
    """Return the answer: what all companies need together, and Flanders' totals by means."""
    say, words = page.say, page.words
    heads, rows = words.totals()
    note = joined([say("Small: the 95% interval, by the luck of the draw."), words.as_it_goes()], " ")
    parts: list[Part] = [
        Text(say("{sentence}.", sentence=words.answer()), "answer"),
        Text(say("Asked: {asked}.", asked=words.asked())),
        page.grid("totals-table", say("All companies together"), heads, rows, note, ["all_totals"]),
    ]
    return Section("answer", say("The answer"), parts)


def ranking(page: AllPage) -> Section:
    """Return the companies, those that need most against what they have first: in a picture, and in a table to look one up."""
    say, words, sheet, levers, rows = page.say, page.words, page.words.sheet("all"), page.words.question.levers, list[list[Entry]]()
    picture = page.drawn("ranking", draw_all, ["all"])
    for row in range(len(sheet)):
        name = str(sheet.value(row, "company")) + ("" if sheet.value(row, "reached") else "\u00a0*")
        chances = [words.chance("all", row, f"chance_{when}") for when in ("as_is", "at_most")]
        now = {lever: say("today {number}", number=sheet.cell(row, f"{lever}_today", 0.1)) for lever in levers}
        needed: list[Entry] = [(sheet.cell(row, f"{lever}_need"), today) for lever, today in now.items()]
        euro = words.banded(partial(sheet.cell, row, step=0.1, scale=1 / MILLION), "euro_need", "euro_low95", "euro_high95")
        times = sheet.cell(row, "times_today", 0.1) if math.isfinite(sheet.value(row, "times_today")) else ""
        rows.append([name, sheet.cell(row, "municipalities"), *chances, *needed, euro, times])
    heads: list[str] = [say("housing company"), say("Municipalities"), say("chance as things are")]
    heads += [say("chance with the most of everything"), *(words.lever(name) for name in (*levers, "cost")), say("times today")]
    star, times_today = words.how_to_read()
    title = say("Every company, who needs most against today first")
    note = joined([page.language.name("capacity_note", "ranking"), times_today, star], " ")
    table = page.grid("ranking-table", title, heads, rows, note, ["all"], long=True, find=say("Find a company"))
    return Section("ranking", say("Company by company"), [picture, table])


def limits_of_all(page: AllPage) -> Section:
    """Return what the numbers rest on, and what makes them again."""
    say, words = page.say, page.words
    items = [
        *rests_on(page),
        words.estimated(),
        words.within_reach(),
        *words.outliers(),
        words.costs(**{name: words.fact(f"cost_{name}") for name in words.facts["costs"]}),
        say("Each company is asked by itself, the others as they are: what one gets, no other lacks."),
        say("Each capacity was tried in {replications} simulations.", replications=words.fact("replications")),
        *kept_collect(page.language),
        *words.few(),
    ]
    return Section("limits", say("Limits and origin"), [Bullets(items), origin(page)])
