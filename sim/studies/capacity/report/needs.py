"""The report's first sections on what a company would need: the answer, its means, where it pinches, and whom it serves first."""

import math

from sim.report import canvas
from sim.report.cells import SIGNED, SIZE, Cell
from sim.report.parts import Bullets, Head, More, Part, Section, Text
from sim.report.snippets import joined, strong, two
from sim.studies.capacity import words as said
from sim.studies.capacity.limit_words import bottleneck_lines, fall_lines, in_time
from sim.studies.capacity.pictures import draw_capacity
from sim.studies.capacity.report.page import MILLION, CapacityPage

# Of each outcome of an allocation policy: what it is written times, and to what; so fine that an interval shows on which side of zero it is.
FORMS = {"verdicts_2B": (1.0, 0.01), "realised_2042": (1.0, 0.1), "contributions": (1 / MILLION, 0.01)}


def answer(page: CapacityPage) -> Section:
    """Return the answer: the chance today, what makes it the wish and what that costs, and what one of the means alone would take."""
    say, found, language = page.language.say, page.found, page.language
    alone = [
        say(
            "{lever}: {answer}; today {today}.",
            lever=strong(said.lever_name(name, language)),
            answer=said.span(found, name, language),
            today=page.numbers.today(name),
        )
        for name in found.question.levers
    ]
    parts: list[Part] = [
        Text(say("{sentence}.", sentence=said.capacity_answer(found, language)), "answer"),
        Text(said.capacity_cost(found, language), "answer"),
        Text(said.capacity_fresh(found, language)),
        Text(say("With one of the means alone, the others as they are, it would take:"), "lead"),
        Bullets(alone),
        Text(_brackets(page), "note"),
        Text(joined([said.reckoned_from(found.facts, language), said.as_it_goes(found.facts, language)], " "), "note"),
    ]
    if found.question.category == "2":
        parts.append(Text(say("Category 2: 2A or 2B, so behind on the growth path."), "note"))
    return Section("answer", say("The answer"), parts)


def _brackets(page: CapacityPage) -> str:
    """Say what stands between brackets, how often was simulated, and what is assumed."""
    brackets = page.language.say(
        "Between brackets: the range in which the answer lies, as far as the luck of the draw in {replications} simulations is concerned "
        "(95% interval). The means are the same in all years. What they cost is assumed.",
        replications=page.numbers.fact("replications"),
    )
    return joined([brackets, page.estimated()], " ")


def needs(page: CapacityPage) -> Section:
    """Return the means today, alone and in the cheapest combination; the curves of the chance, and their numbers."""
    say = page.language.say
    with canvas.style():
        picture = page.picture(
            "capacity",
            draw_capacity(page.found, page.plain),
            say(
                "How to read: each panel is one of the means, from little (left) to much (right); each step to the right is about twice as "
                "much. The higher the line, the larger the chance. The thick line: only this one changes. The thin line with open dots: "
                "the others are as in the cheapest combination. A line that stays low says that this one alone does not help."
            ),
            ["curves", "means"],
        )
    return Section(
        "needs", say("What the company needs"), [_means(page), picture, More(say("The numbers of the picture"), [_curves(page)])]
    )


def _means(page: CapacityPage) -> Part:
    """Return the table of means: today, the least alone, the cheapest combination; with cost and chance."""
    say, found, numbers = page.language.say, page.found, page.numbers
    heads = [Head(say("Means"), False), Head(say("as things go")), Head(say("least, the others as they are")), Head(say("plan"))]
    rows: list[list[str]] = []
    for name in found.question.levers:
        plan = say("stays")
        if name in found.more:
            low, high = (numbers.mean(name, f"cheapest_{end}") for end in ("low95", "high95"))
            plan = two(numbers.mean(name, "plan"), numbers.range(low, high))
        rows.append([said.lever_name(name, page.language), numbers.today(name), _alone(page, name), plan])
    plan = say("stays")
    if found.more:
        plan = two(numbers.euro("cost_plan"), numbers.range(*(numbers.euro("cost_plan", end) for end in ("low95", "high95"))))
    rows.append([say("million euro a year"), numbers.euro("cost_today"), "–", plan])
    before, after = (
        two(numbers.share(name), numbers.range(*(numbers.share(name, end) for end in ("low95", "high95"))))
        for name in ("chance_as_is", "chance_fresh")
    )
    rows.append([say("chance"), before, "–", after])
    small = say("Small: the 95% interval, by the luck of the draw.")
    note = joined([small, said.as_it_goes(found.facts, page.language), *said.cost_notes(found, page.language)], " ")
    return page.table("means-table", say("The means of the company, today and in the plan"), heads, rows, note, ["means", "answer"])


def _alone(page: CapacityPage, lever: str) -> str:
    """Return the least on a lever with its interval below it."""
    least, numbers = page.found.least[lever], page.numbers
    if least.least is None:
        return said.span(page.found, lever, page.language)
    most = page.language.say("over {most}", most=numbers.mean(lever, "most"))
    high = most if least.high is None else numbers.mean(lever, "least_high95")
    return two(numbers.mean(lever, "least"), numbers.range(numbers.mean(lever, "least_low95"), high))


def _curves(page: CapacityPage) -> Part:
    """Return the numbers of the curves, for who would rather read than look."""
    say, sheet = page.language.say, page.numbers.sheet("curves")
    heads = [Head(say("Means"), False), Head(say("So much of it")), Head(say("chance, the others as they are"))]
    heads.append(Head(say("chance, the others as in the cheapest combination")))
    rows: list[list[str]] = []
    for row in range(len(sheet)):
        if sheet.value(row, "others") != "cheapest combination":
            continue
        lever = sheet.value(row, "lever")
        alone = sheet.row(lever=lever, others="as they are", capacity=sheet.value(row, "capacity"))
        low, high = (sheet.percent(alone, column) for column in ("low95", "high95"))
        chance = two(sheet.percent(alone, "chance"), page.numbers.range(low, high))
        rows.append([said.lever_name(lever, page.language), sheet.cell(row, "capacity"), chance, sheet.percent(row, "chance")])
    note = say("Large: the chance. Small: its 95% interval. The CSV has more that was tried.")
    return page.table("curves-table", say("The chance with so much of one of the means"), heads, rows, note, ["curves"], long=True)


def bottlenecks(page: CapacityPage) -> Section:
    """Return where it pinches: each test, what remains with the most of everything, and by when projects must be on MJP."""
    say, found, sheet = page.language.say, page.found, page.numbers.sheet("tests")
    heads = [Head(say("Test"), False), Head(say("chance as things are")), Head(say("chance with the most of everything"))]
    rows: list[list[str]] = [
        [str(sheet.value(row, "test")), sheet.percent(row, "chance_as_is"), sheet.percent(row, "chance_at_most")]
        for row in range(len(sheet))
    ]
    most = joined((said.counted(name, page.numbers.mean(name, "most"), page.language) for name in found.question.levers), ", ")
    note = say("Each test by itself. The most of everything that was tried: {most}.", most=most)
    parts: list[Part] = [page.table("tests-table", say("The chance of each test"), heads, rows, note, ["tests", "means"])]
    lines = bottleneck_lines(found, page.language)
    if lines:
        parts += [Text(say("What remains when the company has the most of everything:"), "lead"), Bullets(lines)]
    elif found.as_is[0] >= found.question.probability:
        parts.append(Text(say("The means of today are enough for these tests: nothing pinches.")))
    else:
        parts.append(
            Text(say("With enough means every test can be passed with the certainty that is wanted: the means are what pinches."))
        )
    falls = fall_lines(found, page.language)
    if falls:
        parts += [Text(say("More is not always better:"), "lead"), Bullets(falls)]
    return Section("bottlenecks", say("Where it pinches"), [*parts, _deadlines(page)])


def _deadlines(page: CapacityPage) -> Part:
    """Return by when projects must be on MJP with the means of the plan and, beside it, what is possible with the most of everything."""
    say, sheet = page.language.say, page.numbers.sheet("deadlines")
    if not any(math.isfinite(on_mjp) for on_mjp in sheet.frame["on_mjp"]):
        return Text(say("By when projects must be on MJP cannot be told: too few were seen to the end."))
    heads = [Head(say("For"), False), Head(say("must then be"), False), Head(say("counted at the end of"), False)]
    heads += [Head(say("months that it takes")), Head(say("on MJP at the latest")), Head(say("with the most of everything"))]
    rows: list[list[str]] = []
    plans = [row for row in range(len(sheet)) if sheet.value(row, "means") == "plan"]
    mosts = [row for row in range(len(sheet)) if sheet.value(row, "means") == "most"]
    for row, most in sorted(zip(plans, mosts, strict=True), key=lambda pair: sheet.value(pair[0], "by")):
        realised, known = sheet.value(row, "stage") == "realised", math.isfinite(sheet.value(row, "on_mjp"))
        name = say("the objective") if realised else say("test of {year}", year=int(sheet.value(row, "test")))
        stage = say("delivered") if realised else say("on KTP at least")
        months = sheet.cell(row, "months") if known else "–"
        rows.append([name, stage, str(sheet.value(row, "by")), months, _on_mjp(page, row), _on_mjp(page, most)])
    note = say(
        "So long at the most takes a project of the company, from MJP on, in {share} of the cases, cancelled ones left out; with the means "
        "of the plan, and in the last column with the most of everything. Too late: only projects that are on MJP by now can make it.",
        share=page.numbers.share("wish"),
    )
    return page.table("deadlines-table", say("By when a project must be on MJP"), heads, rows, note, ["deadlines"])


def _on_mjp(page: CapacityPage, row: int) -> str:
    """Return by when a project must be on MJP."""
    sheet = page.numbers.sheet("deadlines")
    if not math.isfinite(sheet.value(row, "on_mjp")):
        return page.language.say("not known")
    late = not in_time(page.found, sheet.value(row, "on_mjp"))
    return page.language.say("too late") if late else sheet.month(row, "on_mjp", short=True)


def allocation(page: CapacityPage) -> Section:
    """Return what the order in which the company serves its municipalities does, against its order now."""
    say, sheet, names = page.language.say, page.numbers.sheet("allocations"), said.policy_names(page.language)
    end = page.found.facts["end_year"]
    heads = [Head(say("Whom the company serves first"), False), Head(say("verdicts 2B"))]
    heads += [Head(say("dwellings by {year}", year=end)), Head(say("contributions, million euro"))]
    rows: list[list[str]] = []
    lines: list[str] = []
    for policy in dict.fromkeys(sheet.frame["policy"]):
        cells, clauses = [], []
        for outcome, (scale, step) in FORMS.items():
            row = sheet.row(policy=policy, outcome=outcome)
            low, high = (sheet.cell(row, column, step, scale, SIGNED) for column in ("low95", "high95"))
            now = bool(sheet.value(row, "now"))
            below = say("policy now") if now else say("difference {low} to {high}", low=low, high=high)
            cells.append(two(sheet.cell(row, "value", step, scale), below))
            if not now and not low.value <= 0 <= high.value:
                clauses.append(_change(page, outcome, sheet.cell(row, "difference", step, scale, SIZE), low.value > 0))
        rows.append([names[policy], *cells])
        if clauses:
            lines.append(say("{option}: {what}.", option=strong(names[policy]), what=joined(clauses, ", ")))
    clear = (
        [Text(say("Against the policy now, chance does not explain these differences:"), "lead"), Bullets(lines)]
        if lines
        else [Text(say("No other order differs clearly from the one now: chance can explain every difference."))]
    )
    note = say(
        "With the means of today, in the company's own municipalities, in the same simulations. Verdicts of 2B over all tests that were "
        "asked about. Small: the 95% interval of the difference from the policy now; where it holds zero, nothing is certain."
    )
    table = page.table("allocation-table", say("Four orders beside each other"), heads, rows, note, ["allocations"])
    return Section("allocation", say("Whom to serve first"), [*clear, table])


def _change(page: CapacityPage, outcome: str, size: Cell, more: bool) -> str:
    """Say that an outcome is more or less, and by how much."""
    say = page.language.say
    return {
        "verdicts_2B": (say("{size} fewer verdicts of 2B", size=size), say("{size} more verdicts of 2B", size=size)),
        "realised_2042": (say("{size} fewer dwellings", size=size), say("{size} more dwellings", size=size)),
        "contributions": (
            say("{size} million euro less contributions", size=size),
            say("{size} million euro more contributions", size=size),
        ),
    }[outcome][more]
