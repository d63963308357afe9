"""The report's sections on time: deadlines, projects that are late, workload, timetable."""

import math
from functools import partial

from sim.report.cells import Sheet
from sim.report.language import labels
from sim.report.parts import Bullets, More, Part, Section, Text
from sim.studies.capacity.pictures import draw_workload, draw_workload_places
from sim.studies.capacity.report.page import BEHIND, OFTEN, STAGES_TODAY, CompanyPage
from sim.studies.capacity.words.shared import MILLION, Entry


def deadlines(page: CompanyPage) -> Part:
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
            stage = page.language.name("stage", sheet.value(row, "stage"))
            what = [say("test of {year}", year=int(sheet.value(row, "test"))), say("at least {stage}", stage=stage)]
        rows.append([*what, str(sheet.value(row, "by")), months, moment(row), moment(possible)])
    heads = [say("For"), say("must then be"), say("counted at the end of"), say("months that it takes")]
    heads += [say("on MJP at the latest"), say("with the most of everything")]
    note = page.language.name("capacity_note", "deadlines", share=page.words.wish())
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
        numbers = [sheet.cell(row, "dwellings"), _latest(page, sheet, row)]
        numbers += [words.chance("warnings", row, column) for column in ("share", "fails")]
        rows.append([*names, language.name("stage", sheet.value(row, "needed")), *numbers])
    note = language.name("capacity_note", "warnings", wish=words.wish(), often=language.number(100 * OFTEN))
    title, find = say("What makes a municipality fail, the most frequent first"), say("Find a municipality")
    table = page.grid("warnings-table", title, heads, rows, note, ["warnings"], text=range(5), find=find)
    return Section("warnings", say("Early warning"), [*parts, table])


def _project(page: CompanyPage, sheet: Sheet, row: int) -> str:
    """Return what a project is called: its name, or its stage at the start, or that it is still to be begun."""
    project, stage = sheet.value(row, "project"), sheet.value(row, "stage_today")
    kind = "named" if project else sheet.value(row, "kind")
    return page.language.name("project", kind, project=project, stage=page.language.name("stage", stage) if stage else "")


def _latest(page: CompanyPage, sheet: Sheet, row: int) -> str:
    """Return until when the next step is in time."""
    if not sheet.value(row, "latest"):
        return page.say("not known")
    return sheet.month(row, "latest", short=True) if page.words.mendable(row) else page.say("too late")


def workload(page: CompanyPage) -> Section | None:
    """Return the workload that the company is to plan for: in pictures, in all and by municipality, and year by year in a table."""
    say, words = page.say, page.words
    if not len(words.sheet("workload")):
        return None
    pictures = [page.drawn("workload", draw_workload, ["workload"])]
    if len(words.facts["municipalities"]) > 1:
        pictures.append(page.drawn("workload-places", draw_workload_places, ["workload"]))
    more = More(say("The numbers year by year"), [_years(page)])
    return Section("workload", say("Year by year: the workload"), [Text(words.workload()), *pictures, more])


def _years(page: CompanyPage) -> Part:
    """Return the workload of all municipalities together, a row per year."""
    say, sheet = page.say, page.words.sheet("workload")

    def banded(year: int, measure: str) -> Entry:
        row = sheet.row(means="plan", municipality="", year=year, measure=measure)
        scale, step = 1 / MILLION if measure == "euro" else 1.0, 0.1 if measure in ("managers", "euro") else 1.0
        return page.words.banded(lambda column: sheet.cell(row, column, step, scale), "p50", "p10", "p90")

    measures = labels()["workload_column"]
    rows = [[str(year), *(banded(year, measure) for measure in measures)] for year in sorted(set(sheet.frame["year"]))]
    heads = [say("Year"), *(page.language.name("workload_column", measure) for measure in measures)]
    title, note = say("The workload, year by year"), page.language.name("capacity_note", "workload")
    return page.grid("years-table", title, heads, rows, note, ["workload"], long=True)


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
        what = page.language.name("project", "named", project=name, stage=stage) if name else stage
        cells: list[Entry] = [sheet.cell(row, "dwellings"), *(_moment(page, sheet, row, step) for step in BEHIND)]
        if given:
            cells.append(sheet.month(row, "expected", short=True) if sheet.value(row, "expected") else "")
        queue = sheet.value(row, "queue")
        months = page.language.say_count("{count} month", "{count} months", sheet.cell(row, f"wait_{queue}"))
        cells += [_delivered(page, sheet, row), (page.language.name("queue", queue), months)]
        rows.append([f"{sheet.value(row, 'municipality')}, {what}", *cells])
    note = page.language.name("capacity_note", "timetable")
    title, find = say("When the projects under way are to be expected"), say("Find a municipality or project")
    table = page.grid("timetable-table", title, heads, rows, note, ["timetable"], text=(0, len(heads) - 1), find=find)
    return Section("timetable", say("Projects and the queues they wait in"), [table])


def _delivered(page: CompanyPage, sheet: Sheet, row: int) -> str:
    """Return the share of the projects of a row that is delivered by the end, one or some in each simulation."""
    return sheet.share_of(row, "delivered_by_end", round(sheet.value(row, "projects") * int(page.words.facts["replications"])))


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
