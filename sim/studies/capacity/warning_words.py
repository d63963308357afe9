"""The sentences of the early warning and of the workload, said once for the screen and the report."""

from sim.report.cells import Cell, Sheet
from sim.report.language import Language
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found
from sim.studies.capacity.warning import BRINGS
from sim.studies.capacity.words import counted

MILLION = 1e6


def stage_name(stage: str, language: Language) -> str:
    """Return where a project stands, or must stand for a test."""
    say = language.say
    return {
        "dormant": say("asleep on MJP"),
        "preparation": say("in preparation"),
        "MJP": say("on MJP"),
        "KTP": say("on KTP"),
        "construction": say("under construction"),
        "realised": say("realised"),
    }[stage]


def queue_name(queue: str, language: Language) -> str:
    """Return what a project waits for."""
    say = language.say
    return {
        "asleep": say("a new start"),
        "slot": say("a project manager"),
        "preparation": say("preparation"),
        "permit": say("permit and appeals"),
        "award": say("award"),
        "money": say("money"),
        "construction": say("construction"),
        "letting": say("letting"),
        "cancelled": say("nothing: cancelled"),
        "no project": say("a project"),
    }[queue]


def queue_words(queue: str, language: Language) -> str:
    """Return the same of one project or more, as it stands when a test measures."""
    say = language.say
    return {
        "asleep": say("then still asleep"),
        "slot": say("then still without a project manager"),
        "preparation": say("then still in preparation"),
        "permit": say("then still without a permit"),
        "award": say("then not yet awarded"),
        "money": say("then still without money"),
        "construction": say("then still under construction"),
        "letting": say("then not yet let"),
        "cancelled": say("then cancelled"),
    }[queue]


def deadline_words(numbers: Numbers, row: int) -> str:
    """Say until when what a row of the warnings tells can be mended."""
    say, sheet = numbers.language.say, numbers.sheet("warnings")
    stage = stage_name(sheet.value(row, "needed"), numbers.language)
    if not sheet.value(row, "latest"):
        return say("by when it can be mended, nobody can tell")
    if not sheet.value(row, "mendable"):
        return say("too late to be {stage} in time with {wish} certainty", stage=stage, wish=numbers.share("wish"))
    month, step = sheet.month(row, "latest"), sheet.value(row, "step")
    words = {
        "dormant": say("to be started again by {month} at the latest", month=month),
        "preparation": say("to be begun by {month} at the latest", month=month),
        "on_mjp": say("on MJP by {month} at the latest", month=month),
        "on_ktp": say("on KTP by {month} at the latest", month=month),
        "start": say("works to start by {month} at the latest", month=month),
        "delivered": say("to be delivered by {month} at the latest", month=month),
    }["dormant" if sheet.value(row, "stage_today") == "dormant" else step]
    if step == BRINGS[sheet.value(row, "needed")]:
        return words
    return say("{step} to be {stage} in time", step=words, stage=stage)


def warning_line(numbers: Numbers, row: int) -> str:
    """Say which project, in which queue, makes the difference, how often, and until when it can be mended."""
    say, sheet = numbers.language.say, numbers.sheet("warnings")
    kind, project, stage = (str(sheet.value(row, column)) for column in ("kind", "project", "stage_today"))
    words: dict[str, str | int] = {
        "dwellings": counted("dwellings", sheet.cell(row, "dwellings"), numbers.language),
        "share": sheet.cell(row, "share", scale=100),
        "deadline": deadline_words(numbers, row),
    }
    if kind == "none":
        return say("no project for {dwellings}, in {share} of 100 simulations; {deadline}.", **words)
    words["queue"] = queue_words(sheet.value(row, "queue"), numbers.language)
    if project:
        return say(
            "project {project} ({dwellings}, {queue}) makes the difference in {share} of 100 simulations; {deadline}.",
            project=project,
            **words,
        )
    if kind == "new":
        return say(
            "projects still to be begun ({dwellings}, {queue}) make the difference in {share} of 100 simulations; {deadline}.",
            **words,
        )
    return say(
        "projects now {stage} ({dwellings}, {queue}) make the difference in {share} of 100 simulations; {deadline}.",
        stage=stage_name(stage, numbers.language),
        **words,
    )


def failing_line(numbers: Numbers, row: int) -> str:
    """Say of the municipality and test of a row how often it fails, and how much it lacks then."""
    sheet = numbers.sheet("warnings")
    return numbers.language.say_count(
        "{municipality}, test {test}: fails in {fails} of 100 simulations; {count} dwelling is lacking then, on average.",
        "{municipality}, test {test}: fails in {fails} of 100 simulations; {count} dwellings are lacking then, on average.",
        sheet.cell(row, "lacks"),
        municipality=str(sheet.value(row, "municipality")),
        test=int(sheet.value(row, "test")),
        fails=sheet.cell(row, "fails", scale=100),
    )


def warning_groups(found: Found, language: Language, most: int = 3, lines: int = 3) -> list[tuple[str, list[str]]]:
    """Return of the municipalities and tests that fail most often how often they do, with what makes the difference, most often first.

    No test and no municipality comes twice as long as there is another.
    """
    numbers, groups = Numbers(found, language), dict[tuple[int, str], list[int]]()
    for row, (test, place) in enumerate(zip(found.warnings["test"], found.warnings["municipality"], strict=True)):
        groups.setdefault((int(test), str(place)), []).append(row)
    rest = sorted(groups, key=lambda group: -found.warnings["fails"].iloc[groups[group][0]])
    chosen: list[tuple[int, str]] = []
    while rest and len(chosen) < most:
        taken = [sum((test == t) + (place == p) for t, p in chosen) for test, place in rest]
        chosen.append(rest.pop(taken.index(min(taken))))
    return [(failing_line(numbers, groups[key][0]), [warning_line(numbers, row) for row in groups[key][:lines]]) for key in chosen]


def no_warnings(language: Language) -> str:
    """Say that nothing is to be warned of."""
    return language.say("No municipality fails a test in any of the simulations, with the means of today.")


def peak(sheet: Sheet, measure: str, scale: float = 1) -> tuple[Cell, int]:
    """Return the highest median of a measure of the whole company with the means of the plan, and its year."""
    rows = sheet.frame[(sheet.frame["means"] == "plan") & (sheet.frame["municipality"] == "") & (sheet.frame["measure"] == measure)]
    row = int(str(rows["p50"].idxmax()))
    return sheet.cell(row, "p50", scale=scale), int(rows["year"][row])


def workload_line(found: Found, language: Language) -> str:
    """Say when there is most to do: projects and managers, works that start and what they cost."""
    sheet = Numbers(found, language).sheet("workload")
    projects, busiest = peak(sheet, "projects")
    starts, most = peak(sheet, "starts")
    added, today = language.say("what the plan adds to the means of today"), language.say("the means of today")
    if not starts.value:
        return language.say("With {means} no works start in most of the simulations.", means=added if found.more else today)
    return language.say(
        "With {means} the most projects are in preparation or on MJP in {busiest}: {projects}, for {managers}; most works start in {most}: "
        "{starts}, {euro} million euro (the middle one of the simulations).",
        means=added if found.more else today,
        busiest=busiest,
        projects=projects,
        managers=counted("managers", peak(sheet, "managers")[0], language),
        most=most,
        starts=counted("dwellings", starts, language),
        euro=peak(sheet, "euro", 1 / MILLION)[0],
    )
