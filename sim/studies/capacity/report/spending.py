"""The sections of the report on a yearly budget."""

from sim.report.parts import Bullets, Part, Section, Text
from sim.report.snippets import joined
from sim.studies.capacity.pictures_spending import draw_spending
from sim.studies.capacity.report.page import SpendingPage, origin, rests_on


def answer_of_budget(page: SpendingPage) -> Section:
    """Return how the budget is best split, what else it could buy, and the picture and table of it."""
    say, words = page.say, page.words
    heads, rows = words.table()
    note = joined([say("Small: the 95% interval, by the luck of the draw."), words.as_it_goes()], " ")
    parts: list[Part] = [
        Text(words.answer(), "answer"),
        Text(words.fresh()),
        Bullets(words.left()),
        page.drawn("budget", draw_spending, ["spending"]),
        page.grid("budget-table", say("What the money gives"), heads, rows, note, ["spending", "splits"]),
    ]
    return Section("answer", say("The answer"), parts)


def limits_of_budget(page: SpendingPage) -> Section:
    """Return what the numbers rest on, and what makes them again."""
    return Section("limits", page.say("Limits and origin"), [Bullets([*rests_on(page), *page.words.notes()]), origin(page)])
