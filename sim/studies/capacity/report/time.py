"""The report's sections on time: what makes a municipality fail, the workload of every year, and the projects under way."""

import math

from markupsafe import Markup

from sim.report import canvas
from sim.report.cells import Sheet
from sim.report.parts import Bullets, Head, More, Part, Section, Text
from sim.report.snippets import two
from sim.studies.capacity.report.page import MILLION, CapacityPage
from sim.studies.capacity.warning_words import no_warnings, queue_name, stage_name, warning_groups, workload_line
from sim.studies.capacity.words import reckoned_from
from sim.studies.capacity.workload_pictures import draw_workload, draw_workload_places

OFTEN = 0.1  # share of the simulations from which a project under way is worth a row
STAGES = ("dormant", "preparation", "MJP", "KTP", "construction")  # of a project today, in order
STEPS = {"on_mjp": "MJP", "on_ktp": "KTP", "start": "construction", "delivered": ""}  # by the stage in which it is behind a project
# Measures of the workload in the report's table, with what they are written times and to what.
MEASURES = {
    "projects": (1.0, 1.0),
    "managers": (1.0, 0.1),
    "starts": (1.0, 1.0),
    "euro": (1 / MILLION, 0.1),
    "delivered": (1.0, 1.0),
    "no_slot": (1.0, 1.0),
    "waiting_money": (1.0, 1.0),
    "no_land": (1.0, 1.0),
}


def warnings(page: CapacityPage) -> Section:
    """Return the early warning: which project in which queue makes which municipality fail which test, and until when that can be mended."""
    say, sheet, reckoned = page.language.say, page.numbers.sheet("warnings"), Text(reckoned_from(page.found.facts, page.language))
    if not len(sheet):
        return Section("warnings", say("Early warning"), [reckoned, Text(no_warnings(page.language))])
    heads = [Head(say("Municipality"), False), Head(say("Test"), False), Head(say("Project"), False), Head(say("waits for"), False)]
    heads += [
        Head(say("must then be"), False),
        Head(say("dwellings")),
        Head(say("next step at the latest")),
        Head(say("makes the difference")),
        Head(say("fails")),
    ]
    rows: list[list[str]] = []
    for row in _telling(sheet):
        none = sheet.value(row, "kind") == "none"
        rows.append(
            [
                str(sheet.value(row, "municipality")),
                str(sheet.value(row, "test")),
                _project(page, sheet, row),
                "–" if none else queue_name(sheet.value(row, "queue"), page.language),
                stage_name(sheet.value(row, "needed"), page.language),
                sheet.cell(row, "dwellings"),
                _latest(page, sheet, row),
                sheet.percent(row, "share"),
                sheet.percent(row, "fails"),
            ]
        )
    note = say(
        "Fails: in so many of 100 simulations the municipality fails that test, with the means of today. Makes the difference: in so many of "
        "100 simulations it fails, and would not have with this project. At the latest: until then the next step can be taken for the project "
        "to be in time with {wish} certainty. Projects without a name of their own are taken together by stage. Of each municipality and test "
        "what weighs most, and of the projects under way those that weigh in {often} of 100 simulations at least; the CSV has them all. It is "
        "no verdict on a municipality.",
        wish=page.numbers.share("wish"),
        often=page.language.number(100 * OFTEN),
    )
    table = page.table(
        "warnings-table",
        say("What makes a municipality fail, the most frequent first"),
        heads,
        rows,
        note,
        ["warnings"],
        long=len(rows) > 15,
        find=say("Find a municipality") if len(rows) > 15 else "",
    )
    parts: list[Part] = [reckoned]
    for head, lines in warning_groups(page.found, page.language):
        parts += [Text(head, "lead"), Bullets(lines)]
    return Section("warnings", say("Early warning"), [*parts, table])


def _telling(sheet: Sheet) -> list[int]:
    """Return the rows of the warnings to be read: what weighs most for each municipality and test, and projects under way that weigh."""
    first = ~sheet.frame.duplicated(["test", "municipality"])  # the most frequent comes first
    shown = first | ((sheet.frame["kind"] == "under way") & (sheet.frame["share"] >= OFTEN))
    return [row for row, telling in enumerate(shown) if telling]


def _project(page: CapacityPage, sheet: Sheet, row: int) -> str:
    """Return what a project is called: its name, or its stage at the start, or that it is still to be begun."""
    say, kind = page.language.say, sheet.value(row, "kind")
    if kind == "none":
        return say("no project for these dwellings")
    if kind == "new":
        return say("projects still to be begun")
    stage = stage_name(sheet.value(row, "stage_today"), page.language)
    name = sheet.value(row, "project")
    return say("{project} ({stage})", project=name, stage=stage) if name else say("projects under way ({stage})", stage=stage)


def _latest(page: CapacityPage, sheet: Sheet, row: int) -> str:
    """Return until when the next step is in time."""
    if not sheet.value(row, "mendable"):
        return page.language.say("too late")
    return sheet.month(row, "latest", short=True) if sheet.value(row, "latest") else page.language.say("not known")


def workload(page: CapacityPage) -> Section | None:
    """Return the workload that the company is to plan for: in pictures, in all and by municipality, and year by year in a table."""
    if page.found.workload.empty:
        return None
    say = page.language.say
    with canvas.style():
        reading = say(
            "How to read: the line is the middle one of the simulations with what the cheapest combination adds to the means of today; in 8 of "
            "10 simulations the number lies within the band. Dashed: the middle one with the means of today."
        )
        pictures = [page.picture("workload", draw_workload(page.found, page.plain), reading, ["workload"])]
        if len(page.found.facts["municipalities"]) > 1:
            reading = say(
                "How to read: each municipality by itself. The line is the mean; each row of panels has a scale of its own. Projects, "
                "managers and land per municipality are in the CSV."
            )
            pictures.append(page.picture("workload-places", draw_workload_places(page.found, page.plain), reading, ["workload"]))
    parts: list[Part] = [Text(workload_line(page.found, page.language)), *pictures]
    return Section("workload", say("Year by year: the workload"), [*parts, More(say("The numbers year by year"), [_years(page)])])


def _years(page: CapacityPage) -> Part:
    """Return the workload of all municipalities together, a row per year."""
    say, sheet = page.language.say, page.numbers.sheet("workload")
    names = {
        "projects": say("Projects in preparation or on MJP"),
        "managers": say("Project managers that takes"),
        "starts": say("Dwellings started"),
        "euro": say("Million euro, assumed"),
        "delivered": say("Dwellings delivered"),
        "no_slot": say("Dwellings that wait for a project manager"),
        "waiting_money": say("Dwellings that wait for money"),
        "no_land": say("Dwellings without land"),
    }
    heads = [Head(say("Year"), False), *(Head(names[measure]) for measure in MEASURES)]
    rows: list[list[str]] = []
    for year in sorted(set(sheet.frame["year"])):
        cells: list[str] = []
        for measure, (scale, step) in MEASURES.items():
            row = sheet.row(means="plan", municipality="", year=year, measure=measure)
            middle, low, high = (sheet.cell(row, column, step, scale) for column in ("p50", "p10", "p90"))
            cells.append(two(middle, page.numbers.range(low, high)))
        rows.append([str(year), *cells])
    note = say(
        "With what the cheapest combination adds to the means of today, all municipalities together. Large: the middle one of the "
        "simulations. Small: in 8 of 10 simulations the number lies there. What waits, and projects: on 31 December."
    )
    return page.table("years-table", say("The workload, year by year"), heads, rows, note, ["workload"], long=True)


def timetable(page: CapacityPage) -> Section | None:
    """Return the projects under way: when each step is to be expected, and in which queue they wait longest."""
    if page.found.timetable.empty:
        return None
    say, sheet = page.language.say, page.numbers.sheet("timetable")
    given = any(sheet.frame["expected"] != "")
    heads = [Head(say("Project"), False), Head(say("dwellings"))]
    heads += [Head(name) for name in (say("on MJP"), say("on KTP"), say("works start"), say("delivered"))]
    heads += [Head(say("the company expects"))] if given else []
    heads += [Head(say("delivered by the end of {year}", year=page.found.facts["end_year"])), Head(say("waits longest for"), False)]
    rows: list[list[str]] = []
    for row in range(len(sheet)):
        cells = [_moment(page, sheet, row, step) for step in STEPS]
        if given:
            cells.append(sheet.month(row, "expected", short=True) if sheet.value(row, "expected") else "–")
        named = sheet.value(row, "project")
        stage = stage_name(sheet.value(row, "stage_today"), page.language)
        what = say("{project} ({stage})", project=named, stage=stage) if named else stage
        rows.append(
            [
                f"{sheet.value(row, 'municipality')}, {what}",
                sheet.cell(row, "dwellings"),
                *cells,
                sheet.percent(row, "delivered_by_end"),
                _queue(page, sheet, row),
            ]
        )
    note = say(
        "With the means of today. Large: when half of the simulations are there. Small: when one in ten is, and nine in ten are; from: fewer "
        "than nine in ten get there. Projects "
        "that the company did not name itself are taken together by municipality and stage; their number and size are estimates."
    )
    table = page.table(
        "timetable-table",
        say("When the projects under way are to be expected"),
        heads,
        rows,
        note,
        ["timetable"],
        long=len(rows) > 15,
        find=say("Find a municipality or project") if len(rows) > 15 else "",
    )
    return Section("timetable", say("Projects and the queues they wait in"), [table])


def _moment(page: CapacityPage, sheet: Sheet, row: int, step: str) -> str:
    """Return when a project takes a step: the middle, and from early to late below it."""
    say, behind = page.language.say, STEPS[step]
    if behind and STAGES.index(sheet.value(row, "stage_today")) >= STAGES.index(behind):
        return say("done")
    if not math.isfinite(sheet.value(row, f"{step}_p50")):
        return say("in fewer than half")
    early, middle, late = (f"{step}_{name}" for name in ("p10", "p50", "p90"))
    if not math.isfinite(sheet.value(row, late)):
        return two(sheet.month(row, middle, short=True), say("from {month}", month=sheet.month(row, early, short=True)))
    return two(
        sheet.month(row, middle, short=True),
        page.numbers.range(sheet.month(row, early, short=True), sheet.month(row, late, short=True)),
    )


def _queue(page: CapacityPage, sheet: Sheet, row: int) -> str:
    """Return where a project waits longest, and how long on average."""
    queue = sheet.value(row, "queue")
    if not queue:
        return "–"
    months = page.language.say_count("{count} month", "{count} months", sheet.cell(row, f"wait_{queue}"))
    return Markup("{}<small>{}</small>").format(queue_name(queue, page.language), months)
