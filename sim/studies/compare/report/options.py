"""The report's first sections: the answer, the options beside each other, and what would change the conclusion."""

from markupsafe import Markup

from sim.report import canvas
from sim.report.cells import Cell, step_of
from sim.report.parts import Bullets, Head, Part, Section, Text
from sim.report.snippets import joined, strong, two
from sim.studies.compare.pictures import draw_options
from sim.studies.compare.report.tables import ComparisonPage
from sim.studies.compare.study import AS_IS
from sim.studies.compare.words import DWELLINGS, ENDS, EURO, FINEST, IN_2B, SCALE, SHOWN, ends_of, response_words


def fact(page: ComparisonPage, name: str, step: float = 1, scale: float = 1) -> Cell:
    """Return a fact of the runs as a number."""
    sheet = page.html.sheets["facts"]
    return sheet.cell(sheet.row(fact=name), "value", step, scale)


def mean(page: ComparisonPage, option: str, outcome: str) -> tuple[Cell, Cell, Cell]:
    """Return an option's mean of an outcome and its 80% band."""
    sheet, scale = page.html.sheets["options"], SCALE.get(outcome, 1.0)
    row = sheet.row(option=option, outcome=outcome)
    step = step_of(float(sheet.value(row, "error")) * scale, FINEST[EURO] if outcome == EURO else 1.0)
    first, low, high = (sheet.cell(row, column, step, scale) for column in ("mean", "p10", "p90"))
    return first, low, high


def times(page: ComparisonPage, share: Cell) -> str:
    """Say a share as a natural frequency: 12 of the 100."""
    return page.language.say("{times} of the {all}", times=share, all=page.html.out_of)


def answer(page: ComparisonPage) -> Section:
    """Return the answer: what is expected, and what each option does to it."""
    say, told, facts = page.language.say, page.html, page.comparison.facts
    base = told.names[told.base]
    number, low, high = mean(page, told.base, DWELLINGS)
    first = say(
        "With option {option}, {mean} of the {objective} dwellings are expected to be realised by the end of {year}.",
        option=told.called(told.base),
        mean=number,
        objective=fact(page, "objective"),
        year=facts["end_year"],
    )
    band = say("In 8 of 10 simulations it is {low} to {high}.", low=low, high=high)
    items = []
    for option in told.others:
        said = (*(told.change_words(option, outcome) for outcome in SHOWN), told.shared_words(option))
        clauses = joined((words for words in said if words), ", ")
        if told.identical(option):
            clauses = Markup(say("no difference, in any simulation"))
        there = told.change(option, DWELLINGS, ENDS[0])
        if {there.direction, told.change(option, DWELLINGS).direction} == {"more", "fewer"}:
            turned = say(
                "if municipalities do not respond to tests: {change}", change=told.change_words(option, DWELLINGS, ENDS[0])
            )
            clauses = joined((clauses, turned))
        items.append(say("{option}: {what}.", option=strong(str(told.names[option])), what=clauses))
    parts: list[Part] = [
        Text(first + " " + band, "answer"),
        Text(say("{sentence}.", sentence=told.shift_words()), "answer"),
        Text(say("Compared with {option}:", option=str(base)), "lead"),
        Bullets(items),
        Text(
            say(
                "A difference is the mean over the same {number} simulations for every option. Only differences that chance does not explain "
                "are called more or fewer. Municipalities in 2B are counted per test, as options have more tests or fewer. "
                "Municipalities' figures are estimates.",
                number=fact(page, "replications"),
            ),
            "note",
        ),
    ]
    return Section("answer", say("The answer"), parts)


def options(page: ComparisonPage) -> Section:
    """Return the options beside each other: a table, a picture, and the same at both ends of the response."""
    say, told = page.language.say, page.html
    with canvas.style():
        picture = page.picture(
            "options",
            draw_options(page.told),
            say(
                "How to read: right of the line is more than {base}, left of it is fewer. The bar is the range that chance leaves open; a bar "
                "that crosses the line is no clear difference. The shapes show what happens if municipalities respond not at all, or fully.",
                base=told.names[told.base].letter,
            ),
            ["differences"],
        )
    return Section("options", say("The options beside each other"), [_table(page), picture, _response(page)])


def _table(page: ComparisonPage) -> Part:
    """Return the table of options."""
    say, told = page.language.say, page.html
    base = told.names[told.base].letter
    heads = [
        Head(say("Option"), False),
        Head(say("Tests")),
        Head(say("Dwellings, end of {year}", year=page.comparison.facts["end_year"])),
        Head(say("difference from {base}", base=base)),
        Head(say("more dwellings than {base} in … simulations", base=base)),
        Head(say("Municipalities in 2B per test")),
        Head(say("difference from {base}", base=base)),
        Head(say("Municipalities in 2B at least once")),
        Head(say("Contributions, million euro")),
        Head(say("difference from {base}", base=base)),
    ]
    rows = []
    for option, name in told.names.items():
        row: list[str] = [Markup("<strong>{}</strong> {}").format(f"{name.letter}.", name.title), mean(page, option, "tests")[0]]
        for outcome in SHOWN:
            number, low, high = mean(page, option, outcome)
            row.append(two(number, say("{low} to {high}", low=low, high=high)))
            row.append(_difference(page, option, outcome))
            if outcome == DWELLINGS:
                row.append(_better(page, option))
            if outcome == IN_2B:
                row.append(mean(page, option, "municipalities_ever_2B")[0])
        rows.append(row)
    note = say(
        "Large: the mean. Small, below a number: in 8 of 10 simulations it lies there; below a difference: its 95% interval."
    )
    return page.table("options-table", say("What each option gives"), heads, rows, note, ["options", "differences"])


def _difference(page: ComparisonPage, option: str, outcome: str, response: str = AS_IS) -> str:
    """Return a difference with its interval, for a table."""
    if option == page.html.base:
        return "–"
    change = page.html.change(option, outcome, response)
    if change.direction == "same":
        return two(change.difference, page.language.say("no difference"))
    return two(change.difference, page.language.say("{low} to {high}", low=change.low, high=change.high))


def _better(page: ComparisonPage, option: str) -> str:
    """Return in how many simulations an option has more dwellings than the first."""
    if option == page.html.base:
        return "–"
    sheet = page.html.sheets["differences"]
    row = sheet.row(option=option, response=AS_IS, outcome=DWELLINGS)
    return times(page, sheet.cell(row, "better", 1, page.html.out_of))


def _response(page: ComparisonPage) -> Part:
    """Return the differences at both ends of the response."""
    say, told = page.language.say, page.html
    words = response_words(page.language)
    heads = [Head(say("Option"), False), Head(say("Response of municipalities to tests"), False)]
    heads += [Head(say("Dwellings")), Head(say("Municipalities in 2B per test")), Head(say("Contributions, million euro"))]
    heads += [Head(say("Contributions per extra dwelling"), False)]
    rows = []
    for option in told.others:
        for end in (AS_IS, *ends_of(told)):
            cells = [_difference(page, option, outcome, end) for outcome in (DWELLINGS, IN_2B, EURO)]
            rows.append([str(told.names[option]), words[end], *cells, told.cost_words(option, end)])
    note = say(
        "Nobody knows how strongly municipalities respond to tests and sanctions. So each difference from {base} is also given for a Flanders "
        "where no municipality does more because of a test (0), and one where all do so fully (1). "
        "With a response in between a difference can lie outside these two. "
        "Contributions per extra dwelling: what is paid more, divided by the dwellings more; not known if the dwellings do not clearly "
        "differ. Contributions are the only public money counted: not the building, nor the people that support takes.",
        base=told.names[told.base].letter,
    )
    return page.table(
        "response-table", say("The same differences, by how municipalities respond"), heads, rows, note, ["differences", "cost"]
    )


def changes(page: ComparisonPage) -> Section:
    """Return what would change the conclusion: the response, chance, and how far an option can fall behind the best."""
    say, told = page.language.say, page.html
    parts: list[Part] = []
    words = {ENDS[0]: say("if no municipality responds to tests"), ENDS[1]: say("if all respond fully")}
    turned: dict[str, list[str]] = {}
    for option, outcome, end, _ in told.turns():
        there, here = told.change_words(option, outcome, end), told.change_words(option, outcome)
        turned.setdefault(option, []).append(say("{when} {there} instead of {here}", when=words[end], there=there, here=here))
    items = [say("{option}: {what}.", option=strong(str(told.names[o])), what=joined(clauses)) for o, clauses in turned.items()]
    if items:
        parts += [
            Text(
                say("The response of municipalities. With another response than the mean of all, these conclusions change:"), "lead"
            ),
            Bullets(items),
        ]
    else:
        parts.append(
            Text(say("The response of municipalities changes no direction: more stays more, and fewer stays fewer."), "lead")
        )
    open_ones = [
        say("{option}: {what}.", option=strong(str(told.names[o])), what=told.change_words(o, outcome))
        for o in told.others
        for outcome in SHOWN
        if told.change(o, outcome).direction == "unclear"
    ]
    if open_ones:
        parts += [
            Text(say("Chance. More simulations could still decide these; today their interval includes zero:"), "lead"),
            Bullets(open_ones),
        ]
    return Section("conclusion", say("What would change the conclusion"), [*parts, _regret(page)])


def _regret(page: ComparisonPage) -> Part:
    """Return how far each option falls behind the best one."""
    say, told, sheet = page.language.say, page.html, page.html.sheets["regret"]
    heads = [
        Head(say("Option"), False),
        Head(say("Dwellings short of the best option")),
        Head(say("Best for dwellings in … simulations")),
    ]
    heads += [Head(say("More in 2B per test than the best")), Head(say("Million euro more than the best"))]
    rows: list[list[str]] = []
    for option, name in told.names.items():
        found = {o: sheet.row(option=option, response=AS_IS, outcome=o) for o in SHOWN}
        cells: list[str] = [sheet.cell(found[o], "mean", step_of(mean_error(page, o), FINEST[o]), SCALE[o]) for o in SHOWN]
        best = times(page, sheet.cell(found[DWELLINGS], "best", 1, page.html.out_of))
        rows.append([str(name), cells[0], best, *cells[1:]])
    note = say(
        "For every simulation the best option is looked up; the table gives how far an option is from it, on average. 0: it is always the best."
    )
    return page.table("regret-table", say("How far an option falls behind the best one"), heads, rows, note, ["regret"])


def mean_error(page: ComparisonPage, outcome: str) -> float:
    """Return the largest standard error of the differences in an outcome: to what its regret is known."""
    frame = page.comparison.tables["differences"]
    rows = frame[(frame["outcome"] == outcome) & (frame["response"] == AS_IS)]
    return float(rows["error"].max()) * SCALE[outcome]
