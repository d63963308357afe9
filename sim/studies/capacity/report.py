"""The reports of what companies would need: one HTML file for a director, who knows no statistics, and one for all companies."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sim.inputs.workbook.words import OF_COMPANY, STAGES, UNITS, Lang, named
from sim.report import canvas
from sim.report.cells import SIGNED, SIZE, Cell, Sheet
from sim.report.estimates import warning
from sim.report.language import Language
from sim.report.page import write_page
from sim.report.parts import Bullets, Head, More, Page, Part, Section, Table, Terms, Text
from sim.report.snippets import joined, strong, terms, two
from sim.studies.capacity.all_companies import NeedsOfAll
from sim.studies.capacity.pictures import draw_all, draw_needs, draw_workload, draw_workload_places
from sim.studies.capacity.study import ALONE, TOGETHER, Needs
from sim.studies.capacity.trials import FIRST_YEARS
from sim.studies.capacity.words import MILLION, AllWords, CompanyWords, Entry, Words, counted, figure_name
from sim.studies.sensitivity.words import kept_collect

OFTEN = 0.1  # share of the simulations from which a project under way is worth a row
MANY = 15  # rows; a table with more scrolls and has a box that finds them
# Of each outcome of an allocation policy: what it is written times, and to what; so fine that an interval shows on which side of zero it is.
OUTCOMES = {"verdicts_2B": (1.0, 0.01), "realised_2042": (1.0, 0.1), "contributions": (1 / MILLION, 0.01)}
STAGES_TODAY = ("dormant", "preparation", "MJP", "KTP", "construction")  # of a project, in order
BEHIND = {"on_mjp": "MJP", "on_ktp": "KTP", "start": "construction", "delivered": ""}  # by step: the stage from which it is behind
W = TypeVar("W", bound=Words)


class CapacityPage(Page, Generic[W]):
    """What the sections on an answer share: its words, in HTML, where numbers become <data>, and `plain`, for what is drawn."""

    def __init__(self, words: Callable[[Any, Language], W], needs: Needs | NeedsOfAll, lang: str) -> None:
        super().__init__(needs.folder, lang, {table: needs.file_of(table) for table in needs.tables}, {})
        self.say, self.words, self.plain = self.language.say, words(needs, self.language), words(needs, Language(lang))

    def grid(
        self,
        name: str,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[Entry]],
        note: str,
        csv: Sequence[str],
        text: Sequence[int] = (0,),
        long: bool = False,
        find: str = "",
    ) -> Table:
        """Return a table. A pair is a number with its band below it, nothing is a dash. `text`: the columns without numbers; `long`: it
        scrolls; `find`: the label of the box that finds rows, where there are many."""
        long = long or (bool(find) and len(rows) > MANY)
        cells = [[two(*cell) if isinstance(cell, tuple) else cell or "–" for cell in row] for row in rows]
        return self.table(
            name, title, [Head(head, n not in text) for n, head in enumerate(heads)], cells, note, csv, long, find if long else ""
        )


CompanyPage = CapacityPage[CompanyWords]
AllPage = CapacityPage[AllWords]


def write(needs: Needs, lang: str = "nl") -> Path:
    """Write `report_<lang>.html` beside the answer's tables and return its path. The same answer gives the same bytes."""
    page = CompanyPage(CompanyWords, needs, lang)
    title = page.say("{company}: what does it take to pass the tests?", company=needs.question.company)
    # In the order in which a director reads; a section about which the answer has nothing is left out.
    order = (answer, means, bottlenecks, early_warning, workload, timetable, allocation, own_data, limits, glossary)
    return write_page(page, title, status(page), [made for section in order if (made := section(page)) is not None])


def write_all(needs: NeedsOfAll, lang: str = "nl") -> Path:
    """Write the same on all companies in their folder, and return its path."""
    page = AllPage(AllWords, needs, lang)
    title = page.say("What does it take for all housing companies to pass the tests?")
    words = Section("glossary", page.say("Words"), [Terms(terms(page.language))])
    return write_page(page, title, status(page), [answer_of_all(page), ranking(page), limits_of_all(page), words])


def status(page: Page) -> str:
    """Say what the numbers are, and what they are not."""
    return page.language.say("Estimates by simulation, under a draft law; not definitive, and no official verdict")


# ---------------------------------------------------------------- one company


def answer(page: CompanyPage) -> Section:
    """Return the answer: the chance today, what makes it the target and what that costs, and what one of the means alone would take."""
    say, words, alone = page.say, page.words, list[str]()
    for name in words.question.levers:
        lever, needed = strong(words.lever(name)), words.inline(words.alone(name))
        alone.append(say("{lever}: {answer}; today {today}.", lever=lever, answer=needed, today=words.today(name)))
    brackets = say(
        "Between brackets: the range in which the answer lies, as far as the luck of the draw in {replications} simulations is concerned "
        "(95% interval). The means are the same in all years. What they cost is assumed.",
        replications=words.fact("replications"),
    )
    parts: list[Part] = [
        Text(say("{sentence}.", sentence=words.answer()), "answer"),
        Text(words.cost(), "answer"),
        Text(words.out_of_sample()),
        Text(say("With one of the means alone, the others as they are, it would take:"), "lead"),
        Bullets(alone),
        Text(joined([brackets, words.estimated()], " "), "note"),
        Text(joined([words.reckoned_from(), words.as_it_goes()], " "), "note"),
    ]
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
    reading = say(
        "How to read: each panel is one of the means, from little (left) to much (right); each step to the right is about twice as much. "
        "The higher the line, the larger the chance. The thick line: only this one changes. The thin line with open dots: the others are "
        "as in the cheapest combination. A line that stays low says that this one alone does not help."
    )
    with canvas.style():
        picture = page.picture("capacity", draw_needs(page.plain), reading, ["curves", "means"])
    more = More(say("The numbers of the picture"), [_curves(page)])
    return Section("needs", say("What the company needs"), [table, picture, more])


def _curves(page: CompanyPage) -> Part:
    """Return the numbers of the curves, for who would rather read than look."""
    say, sheet, rows = page.say, page.words.sheet("curves"), list[list[Entry]]()
    for row in range(len(sheet)):
        if sheet.value(row, "others") == TOGETHER:
            lever, capacity = sheet.value(row, "lever"), sheet.value(row, "capacity")
            alone = page.words.banded(partial(sheet.percent, sheet.row(lever=lever, others=ALONE, capacity=capacity)), "chance")
            rows.append([page.words.lever(lever), sheet.cell(row, "capacity"), alone, sheet.percent(row, "chance")])
    heads = [say("Means"), say("So much of it"), say("chance, the others as they are")]
    heads.append(say("chance, the others as in the cheapest combination"))
    note = say("Large: the chance. Small: its 95% interval. The CSV has more that was tried.")
    return page.grid("curves-table", say("The chance with so much of one of the means"), heads, rows, note, ["curves"], long=True)


def bottlenecks(page: CompanyPage) -> Section:
    """Return where it pinches: each test, what remains with the maximum of everything, and by when projects must be on MJP."""
    say, words, sheet = page.say, page.words, page.words.sheet("tests")
    heads = [say("Test"), say("chance as things are"), say("chance with the most of everything")]
    columns = ("chance_as_is", "chance_at_most")
    rows = [[str(sheet.value(row, "test")), *(sheet.percent(row, column) for column in columns)] for row in range(len(sheet))]
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
    return Section("bottlenecks", say("Where it pinches"), [*parts, _deadlines(page)])


def _deadlines(page: CompanyPage) -> Part:
    """Return by when projects must be on MJP with the means of the plan and, beside it, what is possible with the maximum of everything."""
    say, sheet, rows = page.say, page.words.sheet("deadlines"), list[list[Entry]]()
    if not any(math.isfinite(on_mjp) for on_mjp in sheet.frame["on_mjp"]):
        return Text(say("By when projects must be on MJP cannot be told: too few were seen to the end."))

    def moment(row: int) -> str:
        on_mjp = sheet.value(row, "on_mjp")
        if not math.isfinite(on_mjp):
            return say("not known")
        return sheet.month(row, "on_mjp", short=True) if page.words.in_time(on_mjp) else say("too late")

    plan, most = (sheet.frame.index[sheet.frame["means"] == name] for name in ("plan", "most"))
    for row, possible in sorted(zip(plan, most, strict=True), key=lambda pair: sheet.value(pair[0], "by")):
        months = sheet.cell(row, "months") if math.isfinite(sheet.value(row, "on_mjp")) else ""
        if sheet.value(row, "stage") == "realised":
            what = [say("the objective"), say("delivered")]
        else:
            what = [say("test of {year}", year=int(sheet.value(row, "test"))), say("on KTP at least")]
        rows.append([*what, str(sheet.value(row, "by")), months, moment(row), moment(possible)])
    heads = [say("For"), say("must then be"), say("counted at the end of"), say("months that it takes")]
    heads += [say("on MJP at the latest"), say("with the most of everything")]
    note = say(
        "So long at the most takes a project of the company, from MJP on, in {share} of the cases, cancelled ones left out; with the means "
        "of the plan, and in the last column with the most of everything. Too late: only projects that are on MJP by now can make it.",
        share=page.words.share("wish"),
    )
    return page.grid("deadlines-table", say("By when a project must be on MJP"), heads, rows, note, ["deadlines"], text=(0, 1, 2))


def early_warning(page: CompanyPage) -> Section:
    """Return the early warning: which project in which queue makes which municipality fail which test, and until when that can be mended."""
    say, words, sheet, language = page.say, page.words, page.words.sheet("warnings"), page.language
    parts: list[Part] = [Text(words.reckoned_from())]
    if not len(sheet):
        none = Text(say("No municipality fails a test in any of the simulations, with the means of today."))
        return Section("warnings", say("Early warning"), [*parts, none])
    for head, lines in words.warnings():
        parts += [Text(head, "lead"), Bullets(lines)]
    heads = [say("Municipality"), say("Test"), say("Project"), say("waits for"), say("must then be"), say("dwellings")]
    heads += [say("next step at the latest"), say("makes the difference"), say("fails")]
    # What weighs most for each municipality and test (it comes first), and the projects under way that weigh.
    weighs = (sheet.frame["kind"] == "under way") & (sheet.frame["share"] >= OFTEN)
    rows = list[list[Entry]]()
    for row in sheet.frame.index[~sheet.frame.duplicated(["test", "municipality"]) | weighs]:
        queue = "" if sheet.value(row, "kind") == "none" else language.name("queue", sheet.value(row, "queue"))
        names = [str(sheet.value(row, "municipality")), str(sheet.value(row, "test")), _project(page, sheet, row), queue]
        numbers = [
            sheet.cell(row, "dwellings"),
            _latest(page, sheet, row),
            sheet.percent(row, "share"),
            sheet.percent(row, "fails"),
        ]
        rows.append([*names, language.name("stage", sheet.value(row, "needed")), *numbers])
    note = say(
        "Fails: in so many of 100 simulations the municipality fails that test, with the means of today. Makes the difference: in so many of "
        "100 simulations it fails, and would not have with this project. At the latest: until then the next step can be taken for the project "
        "to be in time with {wish} certainty. Projects without a name of their own are taken together by stage. Of each municipality and test "
        "what weighs most, and of the projects under way those that weigh in {often} of 100 simulations at least; the CSV has them all. It is "
        "no verdict on a municipality.",
        wish=words.share("wish"),
        often=language.number(100 * OFTEN),
    )
    title, find = say("What makes a municipality fail, the most frequent first"), say("Find a municipality")
    table = page.grid("warnings-table", title, heads, rows, note, ["warnings"], text=range(5), find=find)
    return Section("warnings", say("Early warning"), [*parts, table])


def _project(page: CompanyPage, sheet: Sheet, row: int) -> str:
    """Return what a project is called: its name, or its stage at the start, or that it is still to be begun."""
    say, kind, name = page.say, sheet.value(row, "kind"), sheet.value(row, "project")
    if kind == "none":
        return say("no project for these dwellings")
    if kind == "new":
        return say("projects still to be begun")
    stage = page.language.name("stage", sheet.value(row, "stage_today"))
    return say("{project} ({stage})", project=name, stage=stage) if name else say("projects under way ({stage})", stage=stage)


def _latest(page: CompanyPage, sheet: Sheet, row: int) -> str:
    """Return until when the next step is in time."""
    if not sheet.value(row, "mendable"):
        return page.say("too late")
    return sheet.month(row, "latest", short=True) if sheet.value(row, "latest") else page.say("not known")


def workload(page: CompanyPage) -> Section | None:
    """Return the workload that the company is to plan for: in pictures, in all and by municipality, and year by year in a table."""
    say, words = page.say, page.words
    if not len(words.sheet("workload")):
        return None
    with canvas.style():
        reading = say(
            "How to read: the line is the middle one of the simulations with what the cheapest combination adds to the means of today; in 8 of "
            "10 simulations the number lies within the band. Dashed: the middle one with the means of today."
        )
        pictures = [page.picture("workload", draw_workload(page.plain), reading, ["workload"])]
        if len(words.facts["municipalities"]) > 1:
            reading = say(
                "How to read: each municipality by itself. The line is the mean; each row of panels has a scale of its own. Projects, "
                "managers and land per municipality are in the CSV."
            )
            pictures.append(page.picture("workload-places", draw_workload_places(page.plain), reading, ["workload"]))
    more = More(say("The numbers year by year"), [_years(page)])
    return Section("workload", say("Year by year: the workload"), [Text(words.workload()), *pictures, more])


def _years(page: CompanyPage) -> Part:
    """Return the workload of all municipalities together, a row per year."""
    say, sheet = page.say, page.words.sheet("workload")
    measures = {  # what each is called, is written times, and to what
        "projects": (say("Projects in preparation or on MJP"), 1.0, 1.0),
        "managers": (say("Project managers that takes"), 1.0, 0.1),
        "starts": (say("Dwellings started"), 1.0, 1.0),
        "euro": (say("Million euro, assumed"), 1 / MILLION, 0.1),
        "delivered": (say("Dwellings delivered"), 1.0, 1.0),
        "no_slot": (say("Dwellings that wait for a project manager"), 1.0, 1.0),
        "waiting_money": (say("Dwellings that wait for money"), 1.0, 1.0),
        "no_land": (say("Dwellings without land"), 1.0, 1.0),
    }

    def banded(year: int, measure: str) -> Entry:
        (_, scale, step), row = measures[measure], sheet.row(means="plan", municipality="", year=year, measure=measure)
        return page.words.banded(lambda column: sheet.cell(row, column, step, scale), "p50", "p10", "p90")

    rows = [[str(year), *(banded(year, measure) for measure in measures)] for year in sorted(set(sheet.frame["year"]))]
    heads = [say("Year"), *(name for name, *_ in measures.values())]
    note = say(
        "With what the cheapest combination adds to the means of today, all municipalities together. Large: the middle one of the "
        "simulations. Small: in 8 of 10 simulations the number lies there. What waits, and projects: on 31 December."
    )
    return page.grid("years-table", say("The workload, year by year"), heads, rows, note, ["workload"], long=True)


def timetable(page: CompanyPage) -> Section | None:
    """Return the projects under way: when each step is to be expected, and in which queue they wait longest."""
    say, sheet, rows = page.say, page.words.sheet("timetable"), list[list[Entry]]()
    if not len(sheet):
        return None
    given = any(sheet.frame["expected"] != "")
    heads = [say("Project"), say("dwellings"), say("on MJP"), say("on KTP"), say("works start"), say("delivered")]
    heads += [say("the company expects")] if given else []
    heads += [say("delivered by the end of {year}", year=page.words.facts["end_year"]), say("waits longest for")]
    for row in range(len(sheet)):
        name, stage = sheet.value(row, "project"), page.language.name("stage", sheet.value(row, "stage_today"))
        what = say("{project} ({stage})", project=name, stage=stage) if name else stage
        cells: list[Entry] = [sheet.cell(row, "dwellings"), *(_moment(page, sheet, row, step) for step in BEHIND)]
        if given:
            cells.append(sheet.month(row, "expected", short=True) if sheet.value(row, "expected") else "")
        queue = sheet.value(row, "queue")
        months = page.language.say_count("{count} month", "{count} months", sheet.cell(row, f"wait_{queue}"))
        cells += [sheet.percent(row, "delivered_by_end"), (page.language.name("queue", queue), months)]
        rows.append([f"{sheet.value(row, 'municipality')}, {what}", *cells])
    note = say(
        "With the means of today. Large: when half of the simulations are there. Small: when one in ten is, and nine in ten are; from: fewer "
        "than nine in ten get there. Projects "
        "that the company did not name itself are taken together by municipality and stage; their number and size are estimates."
    )
    title, find = say("When the projects under way are to be expected"), say("Find a municipality or project")
    table = page.grid("timetable-table", title, heads, rows, note, ["timetable"], text=(0, len(heads) - 1), find=find)
    return Section("timetable", say("Projects and the queues they wait in"), [table])


def _moment(page: CompanyPage, sheet: Sheet, row: int, step: str) -> Entry:
    """Return when a project takes a step: the middle, and from early to late below it."""
    stage, behind = sheet.value(row, "stage_today"), BEHIND[step]
    if behind and STAGES_TODAY.index(stage) >= STAGES_TODAY.index(behind):
        return page.say("done")
    early, middle, late = (f"{step}_{name}" for name in ("p10", "p50", "p90"))
    month = partial(sheet.month, row, short=True)
    if not math.isfinite(sheet.value(row, middle)):
        return page.say("in fewer than half")
    if not math.isfinite(sheet.value(row, late)):
        return month(middle), page.say("from {month}", month=month(early))
    return page.words.banded(month, middle, early, late)


def allocation(page: CompanyPage) -> Section:
    """Return what the order in which the company serves its municipalities does, against its order now."""
    say, sheet, lines, rows = page.say, page.words.sheet("allocations"), list[str](), list[list[Entry]]()
    for policy in dict.fromkeys(sheet.frame["policy"]):
        cells, clauses, name = list[Entry](), list[str](), page.language.name("policy", policy)
        for outcome, (scale, step) in OUTCOMES.items():
            row = sheet.row(policy=policy, outcome=outcome)
            low, high = (sheet.cell(row, column, step, scale, SIGNED) for column in ("low95", "high95"))
            now = bool(sheet.value(row, "now"))
            below = say("policy now") if now else say("difference {low} to {high}", low=low, high=high)
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
    note = say(
        "With the means of today, in the company's own municipalities, in the same simulations. Verdicts of 2B over all tests that were "
        "asked about. Small: the 95% interval of the difference from the policy now; where it holds zero, nothing is certain."
    )
    table = page.grid("allocation-table", say("Four orders beside each other"), heads, rows, note, ["allocations"])
    return Section("allocation", say("Whom to serve first"), [*parts, table])


def _change(page: CompanyPage, outcome: str, size: Cell, more: bool) -> str:
    """Say that an outcome is more or less, and by how much."""
    say = page.say
    if outcome == "verdicts_2B":
        return say("{size} more verdicts of 2B", size=size) if more else say("{size} fewer verdicts of 2B", size=size)
    if outcome == "realised_2042":
        return say("{size} more dwellings", size=size) if more else say("{size} fewer dwellings", size=size)
    less = say("{size} million euro less contributions", size=size)
    return say("{size} million euro more contributions", size=size) if more else less


def own_data(page: CompanyPage) -> Section | None:
    """Return what the company's own data took the place of."""
    say, sheet, rows = page.say, page.words.sheet("replaced"), list[list[Entry]]()
    if not len(sheet):
        return None
    lang: Lang = "nl" if page.lang == "nl" else "en"
    for row in range(len(sheet)):
        figure, place = sheet.value(row, "figure"), sheet.value(row, "municipality")
        if figure not in STAGES or not place:  # by municipality they are in the CSV; here all together
            cell = partial(sheet.cell, row, step=0.1 if figure in OF_COMPANY else 1)
            names = [place or say("all together"), figure_name(figure, page.language)]
            rows.append([*names, page.words.banded(cell, "estimate", "low", "high"), cell("own"), named(UNITS[figure], lang)])
    year = page.words.facts["start_year"]
    heads = [say("Municipality"), say("Figure"), say("estimate, {year}", year=year), say("own"), say("unit")]
    note = say(
        "Small: the lowest and the highest of the plausible values that the estimate stands for. What is not in this table is still an "
        "estimate. Projects under way by municipality are in the CSV. Of staff, money and land bought a year the estimate is that for {year}; "
        "elsewhere on this page what is called today is the mean of {year}-{last}.",
        year=year,
        last=year + FIRST_YEARS - 1,
    )
    title = say("Your own figures in place of estimates")
    table = page.grid("replaced-table", title, heads, rows, note, ["replaced"], text=(0, 1, 4))
    return Section("own-data", say("Your own data"), [table])


def limits(page: CompanyPage) -> Section:
    """Return what the numbers rest on, what the model does not know, and what makes the same numbers again."""
    say, words = page.say, page.words
    names = say("Municipalities: {names}.", names=", ".join(words.facts["municipalities"]))
    rests = [*_rests_on(page), words.estimated(), *words.notes(), names, *words.few()]
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
    return Section("limits", say("Limits and origin"), [Bullets(rests), lead, Bullets(uncertain), _made(page)])


def _rests_on(page: CapacityPage[Any]) -> list[str]:
    """Say what any of the numbers rest on."""
    say, facts = page.say, page.words.facts
    return [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        warning(page.language),
        say("The rules are those of a draft decree: not definitive, and silent in places."),
        say("Scenario: {title}.", title=facts["title_nl"] if page.lang == "nl" else facts["title"]),
    ]


def _made(page: CapacityPage[Any]) -> Part:
    """Say what makes the same numbers again."""
    facts = {name: page.words.facts[name] for name in ("version", "seed", "sampling")} | {"source": page.words.facts["source"][:12]}
    return Text(page.say("Made with bso-sim {version}, seed {seed}, draws: {sampling}, model {source}.", **facts), "note")


def glossary(page: CompanyPage) -> Section:
    """Return what the words mean: those of any report, and those of means and queues."""
    say = page.say
    own: dict[str, str] = {
        say("means"): say("What a company works with: project managers, dwellings financed a year, places of land bought a year."),
        say("cheapest combination"): say(
            "Of all combinations of means that were tried, hold no less than there is and are enough, the one that costs least a year."
        ),
        say("the most of everything"): say(
            "More of each of the means than any company has; what fails even then, means cannot mend."
        ),
        say("place"): say("Land for one dwelling."),
        say("queue"): say("What a project waits for: a free project manager, a permit, a committee, money, a contractor."),
    }
    return Section("glossary", say("Words"), [Terms({**own, **terms(page.language)})])


# ---------------------------------------------------------------- all companies


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
    with canvas.style():
        reading = say(
            "How to read: the stroke is what a company's means cost today, the dot what it needs. The further apart, the more is lacking; "
            "those on top lack most against what they have. Each line on the scale is ten times as much as the one before."
        )
        picture = page.picture("ranking", draw_all(page.plain), reading, ["all"])
    for row in range(len(sheet)):
        name = str(sheet.value(row, "company")) + ("" if sheet.value(row, "reached") else "\u00a0*")
        chances = [sheet.percent(row, f"chance_{when}") for when in ("as_is", "at_most")]
        now = {lever: say("today {number}", number=sheet.cell(row, f"{lever}_today", 0.1)) for lever in levers}
        needed: list[Entry] = [(sheet.cell(row, f"{lever}_need"), today) for lever, today in now.items()]
        euro = words.banded(partial(sheet.cell, row, step=0.1, scale=1 / MILLION), "euro_need", "euro_low95", "euro_high95")
        times = sheet.cell(row, "times_today", 0.1) if math.isfinite(sheet.value(row, "times_today")) else ""
        rows.append([name, sheet.cell(row, "municipalities"), *chances, *needed, euro, times])
    heads: list[str] = [say("housing company"), say("Municipalities"), say("chance as things are")]
    heads += [
        say("chance with the most of everything"),
        *(words.lever(name) for name in levers),
        words.lever("cost"),
        say("times today"),
    ]
    star, times_today = words.how_to_read()
    large = say("Large: what is needed in the cheapest combination. Small: what there is today; below euro: the 95% interval.")
    title, note = say("Every company, who needs most against today first"), joined([large, times_today, star], " ")
    table = page.grid("ranking-table", title, heads, rows, note, ["all"], long=True, find=say("Find a company"))
    return Section("ranking", say("Company by company"), [picture, table])


def limits_of_all(page: AllPage) -> Section:
    """Return what the numbers rest on, and what makes them again."""
    say, words = page.say, page.words
    items = [
        *_rests_on(page),
        words.estimated(),
        words.costs(**{name: words.fact(f"cost_{name}") for name in words.facts["costs"]}),
        say("Each company is asked by itself, the others as they are: what one gets, no other lacks."),
        say("Each capacity was tried in {replications} simulations.", replications=words.fact("replications")),
        *kept_collect(page.language),
        *words.few(),
    ]
    return Section("limits", say("Limits and origin"), [Bullets(items), _made(page)])
