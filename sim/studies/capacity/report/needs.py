"""The report's sections on one company's needs: the answer, its means, what stands in the way, and what it rests on."""

from functools import partial

from sim.inputs.workbook.words import OF_COMPANY, STAGES, UNITS, named
from sim.report.cells import SIGNED, SIZE, Cell
from sim.report.language import labels
from sim.report.parts import Bullets, More, Part, Section, Terms, Text
from sim.report.snippets import joined, strong, terms
from sim.studies.capacity.pictures import draw_needs
from sim.studies.capacity.report.page import OUTCOMES, CompanyPage, origin, rests_on
from sim.studies.capacity.report.time import deadlines
from sim.studies.capacity.study import ALONE, TOGETHER
from sim.studies.capacity.words.shared import Entry, counted, figure_name
from sim.studies.sensitivity.words import kept_collect


def answer(page: CompanyPage) -> Section:
    """Return the answer: the chance today, what makes it the target and what that costs, and what one of the means alone would take."""
    say, words, alone = page.say, page.words, list[str]()
    for name in words.question.levers:
        lever, needed = strong(words.lever(name)), words.inline(words.alone(name))
        alone.append(say("{lever}: {answer}; today {today}.", lever=lever, answer=needed, today=words.today(name)))
    brackets = page.language.name("capacity_note", "answer", replications=words.fact("replications"))
    parts: list[Part] = [
        Text(say("{sentence}.", sentence=words.answer()), "answer"),
        Text(words.cost(), "answer"),
        Text(words.out_of_sample()),
        Text(say("With one of the means alone, the others as they are, it would take:"), "lead"),
        Bullets(alone),
        Text(joined([brackets, words.estimated()], " "), "note"),
        Text(joined([words.reckoned_from(), words.as_it_goes()], " "), "note"),
    ]
    extra = [*words.together(), *words.hiring()]
    if extra:
        parts.insert(3, Bullets(extra))
    if words.question.category == "2":
        parts.append(Text(say("Category 2: 2A or 2B, so behind on the growth path."), "note"))
    return Section("answer", say("The answer"), parts)


def means(page: CompanyPage) -> Section:
    """Return the means today, alone and in the cheapest combination; the curves of the chance, and their numbers."""
    say, words = page.say, page.words
    heads, rows = words.means()
    note = joined([say("Small: the 95% interval, by the luck of the draw."), words.as_it_goes(), *words.cost_notes()], " ")
    title = say("The means of the company, today and in the plan")
    table = page.grid("means-table", title, [say("Means"), *heads], rows, note, ["means", "answer"])
    picture = page.drawn("capacity", draw_needs, ["curves", "means"])
    more = More(say("The numbers of the picture"), [_curves(page)])
    return Section("needs", say("What the company needs"), [table, picture, more])


def _curves(page: CompanyPage) -> Part:
    """Return the numbers of the curves, for who would rather read than look."""
    say, sheet, rows = page.say, page.words.sheet("curves"), list[list[Entry]]()
    for row in range(len(sheet)):
        if sheet.value(row, "others") == TOGETHER:
            lever, capacity = sheet.value(row, "lever"), sheet.value(row, "capacity")
            alone = page.words.chance_banded("curves", sheet.row(lever=lever, others=ALONE, capacity=capacity))
            rows.append([page.words.lever(lever), sheet.cell(row, "capacity"), alone, page.words.chance("curves", row)])
    heads = [say("Means"), say("So much of it"), say("chance, the others as they are")]
    heads.append(say("chance, the others as in the cheapest combination"))
    title, note = say("The chance with so much of one of the means"), page.language.name("capacity_note", "curves")
    return page.grid("curves-table", title, heads, rows, note, ["curves"], long=True)


def bottlenecks(page: CompanyPage) -> Section:
    """Return where it pinches: each test, what remains with the maximum of everything, and by when projects must be on MJP."""
    say, words, sheet = page.say, page.words, page.words.sheet("tests")
    heads = [say("Test"), say("chance as things are"), say("chance with the most of everything")]
    columns = ("chance_as_is", "chance_at_most")
    rows = [
        [str(sheet.value(row, "test")), *(words.chance("tests", row, column) for column in columns)] for row in range(len(sheet))
    ]
    most = joined((counted(name, words.mean(name, "most"), page.language) for name in words.question.levers), ", ")
    note = say("Each test by itself. The most of everything that was tried: {most}.", most=most)
    parts: list[Part] = [page.grid("tests-table", say("The chance of each test"), heads, rows, note, ["tests", "means"])]
    remaining, falls = [*words.bottlenecks()], [*words.non_monotonic()]
    if remaining:
        parts += [Text(say("What remains when the company has the most of everything:"), "lead"), Bullets(remaining)]
    elif words.needs.as_is[0] >= words.question.probability:
        parts.append(Text(say("The means of today are enough for these tests: nothing pinches.")))
    else:
        pinches = say("With enough means every test can be passed with the certainty that is wanted: the means are what pinches.")
        parts.append(Text(pinches))
    if falls:
        parts += [Text(say("More is not always better:"), "lead"), Bullets(falls)]
    return Section("bottlenecks", say("Where it pinches"), [*parts, deadlines(page)])


def allocation(page: CompanyPage) -> Section:
    """Return what the order in which the company serves its municipalities does, against its order now."""
    say, sheet, lines, rows = page.say, page.words.sheet("allocations"), list[str](), list[list[Entry]]()
    for policy in dict.fromkeys(sheet.frame["policy"]):
        cells, clauses, name = list[Entry](), list[str](), page.language.name_or(policy, "policy", policy)
        for outcome, (scale, step) in OUTCOMES.items():
            row = sheet.row(policy=policy, outcome=outcome)
            low, high = (sheet.cell(row, column, step, scale, SIGNED) for column in ("low95", "high95"))
            now = bool(sheet.value(row, "now"))
            below = say("policy now") if now else say("difference {low} to {high}", low=low, high=high)
            if not now and not low.value and not high.value:
                below = say("no difference seen")
            cells.append((sheet.cell(row, "value", step, scale), below))
            if not now and not low.value <= 0 <= high.value:
                clauses.append(_change(page, outcome, sheet.cell(row, "difference", step, scale, SIZE), low.value > 0))
        rows.append([name, *cells])
        if clauses:
            lines.append(say("{option}: {what}.", option=strong(name), what=joined(clauses, ", ")))
    if lines:
        lead = say("Against the policy now, chance does not explain these differences:")
        parts: list[Part] = [Text(lead, "lead"), Bullets(lines)]
    else:
        parts = [Text(say("No other order differs clearly from the one now: chance can explain every difference."))]
    heads = [say("Whom the company serves first"), say("verdicts 2B")]
    heads += [say("dwellings by {year}", year=page.words.facts["end_year"]), say("contributions, million euro")]
    title, note = say("Four orders beside each other"), page.language.name("capacity_note", "allocation")
    table = page.grid("allocation-table", title, heads, rows, note, ["allocations"])
    return Section("allocation", say("Whom to serve first"), [*parts, table])


def _change(page: CompanyPage, outcome: str, size: Cell, more: bool) -> str:
    """Say that an outcome is more or less, and by how much."""
    say = page.say
    if outcome == "verdicts_2B":
        return say("{size} more verdicts of 2B", size=size) if more else say("{size} fewer verdicts of 2B", size=size)
    if outcome == "realised_at_end":
        return say("{size} more dwellings", size=size) if more else say("{size} fewer dwellings", size=size)
    less = say("{size} million euro less contributions", size=size)
    return say("{size} million euro more contributions", size=size) if more else less


def own_data(page: CompanyPage) -> Section | None:
    """Return what the company's own data took the place of."""
    say, sheet, rows = page.say, page.words.sheet("replaced"), list[list[Entry]]()
    if not len(sheet):
        return None
    for row in range(len(sheet)):
        figure, place = sheet.value(row, "figure"), sheet.value(row, "municipality")
        if figure not in STAGES or not place:  # by municipality they are in the CSV; here all together
            cell = partial(sheet.cell, row, step=0.1 if figure in OF_COMPANY else 1)
            names = [place or say("all together"), figure_name(figure, page.language)]
            rows.append([*names, page.words.banded(cell, "estimate", "low", "high"), cell("own"), named(UNITS[figure], page.lang)])
    year = page.words.facts["start_year"]
    heads = [say("Municipality"), say("Figure"), say("estimate, {year}", year=year), say("own"), say("unit")]
    title = say("Your own figures in place of estimates")
    note = page.language.name("capacity_note", "replaced", year=year)
    table = page.grid("replaced-table", title, heads, rows, note, ["replaced"], text=(0, 1, 4))
    return Section("own-data", say("Your own data"), [table])


def limits(page: CompanyPage) -> Section:
    """Return what the numbers rest on, what the model does not know, and what makes the same numbers again."""
    say, words = page.say, page.words
    names = say("Municipalities: {names}.", names=", ".join(words.facts["municipalities"]))
    rests = [*rests_on(page), words.estimated(), *words.notes(), names, *words.few()]
    uncertain = [
        say("The means are there at once and stay the same: finding and training people takes no time in the model."),
        say("Only this company gets other means; all others stay as they are."),
        say("More means change nothing about land that nobody sells, neighbours who appeal, or councils that do not decide."),
        say(
            "Nobody knows how strongly municipalities respond to tests. The model assumes any strength from 0 to 1 to be as likely."
        ),
        say("Talks under way, plots and people that are not in the data do not exist for the model."),
        *kept_collect(page.language),
    ]
    lead = Text(say("What the model does not know:"), "lead")
    return Section("limits", say("Limits and origin"), [Bullets(rests), lead, Bullets(uncertain), origin(page)])


def glossary(page: CompanyPage) -> Section:
    """Return what the words mean: those of any report, and those of means and queues."""
    name = page.language.name
    own: dict[str, str] = {name("term", key): name("meaning", key) for key in labels()["term"]}
    return Section("glossary", page.say("Words"), [Terms({**own, **terms(page.language)})])
