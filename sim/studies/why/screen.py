"""Why a municipality is in its category, on the terminal: requirements, plan of approach, contribution, least change, projects."""

from fractions import Fraction

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.studies.why.lines import Page, Trace
from sim.studies.why.words import land_word, more_words, needed_word, share_word, wait_words
from sim.tracing.replay import rents_in


def print_why(trace: Trace, lang: str = "nl", console: Console | None = None) -> None:
    """Print why a municipality is in its category at a test, in one replication."""
    page = Page(trace, lang, console)
    say = page.say
    page.heading(say("In replication {number}, one possible future:", number=trace["replication"]))
    page.line(_verdict(page), "bold")
    if trace["category"] == "none":
        return
    _requirements(page)
    if trace["plan"] is not None:
        _plan(page)
    if trace["contribution"] is not None:
        _contribution(page)
    if trace["least_change"]["dwellings"]:
        page.title(say("The least change that would have given category 1"))
        page.line(more_words(page.language, trace["least_change"], page.day(trace["measured"])), indent=2)
        _projects(page)
    page.line()
    page.line(
        say("The figures of the municipality are estimates, and this is one of many possible futures: no official verdict."), "dim"
    )


def _verdict(page: Page) -> str:
    """Return the verdict in a sentence."""
    trace, say = page.trace, page.say
    lack = page.number(trace["lacking"]["regular"] + trace["lacking"]["sib"])
    if trace["category"] == "none":
        return say("No objective: the test does not judge this municipality.")
    if trace["category"] == "1":
        return say("Category 1: the municipality follows its growth path.")
    if trace["category"] == "2A":
        return say("Category 2A: {lack} dwellings lack on the growth path, but the plan of approach suffices.", lack=lack)
    euro = page.euro(trace["contribution"]["cents"], 1)
    if trace["plan"] is None:
        return say(
            "Category 2B: {lack} dwellings lack, and no plan is possible any more. Contribution: {euro} euro.", lack=lack, euro=euro
        )
    if not trace["plan"]["filed"]:
        return say(
            "Category 2B: {lack} dwellings lack, and no plan of approach was filed. Contribution: {euro} euro.",
            lack=lack,
            euro=euro,
        )
    return say(
        "Category 2B: {lack} dwellings lack, and the plan of approach does not suffice. Contribution: {euro} euro.",
        lack=lack,
        euro=euro,
    )


def _requirements(page: Page) -> None:
    trace, say, number = page.trace, page.say, page.number
    page.title(say("What the test asks (dwellings)"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    table.add_column(say("Requirement"), overflow="fold")
    for name in (say("Asked"), say("There"), say("Lacking")):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in trace["requirements"]:
        if row["path"] == "sib" and trace["sib"] == 0:
            continue
        lacks = number(row["lacks"]) if row["lacks"] else "–"
        table.add_row(Text(page.requirement(row)), number(row["asked"]), number(row["has"]), lacks, page.met(row["met"]))
    page.put(table)
    if trace["any_of"]:
        page.line(say("Of the requirements on the regular path, one suffices."), indent=2)
    counts = {stage: number(count) for stage, count in trace["counts"].items()}
    path = ", ".join(f"{name} = {number(value)}" for name, value in trace["path"].items())
    page.line(say("Growth path: {path}; SIB = {sib}.", path=path, sib=number(trace["sib"])), indent=2)
    values = {"date": page.day(trace["measured"]), "mjp": counts["MJP"], "ktp": counts["KTP"], "realised": counts["realised"]}
    if trace["counts"]["MJP"]:
        text = say(
            "On {date}: {mjp} dwellings at least on MJP, of which {ktp} at least on KTP, of which {realised} realised.", **values
        )
    else:
        text = say("On {date} no dwelling was at least on MJP.", date=values["date"])
    page.line(text, indent=2)
    if trace["sib_takes"] and len(trace["requirements"]) > 1:
        page.line(say("Of these {used} serve SIB; the others serve the regular path.", used=number(trace["sib_takes"])), indent=2)
    below = [trace["net"][stage] for stage, dwellings in trace["least_change"]["more"].items() if dwellings]
    if min(below, default=0) < 0:
        text = say(
            "Sales and less rent-in took {gone} more than was added: that has to be made up first.", gone=number(-min(below))
        )
        page.line(text, indent=2)
    page.source(trace["source"], trace["status"])
    page.source(say("growth path: {source}", source=trace["path_source"]), trace["path_status"])


def _plan(page: Page) -> None:
    plan, say, number = page.trace["plan"], page.say, page.number
    page.title(say("Plan of approach: suffices") if plan["suffices"] else say("Plan of approach: does not suffice"))
    if plan["judged_by"] == "probability":
        page.line(say("This scenario draws the verdict on the plan by chance; the criteria are shown for information."), indent=2)
    table = page.grid("left", "left", "left")
    lands, tools = plan["land_list"], plan["instruments"]

    def row(what: str, value: str, met: bool, style: str = "") -> None:
        table.add_row(Text(what, style=style), value, page.met(met))

    yes, no = say("yes"), say("no")
    row(say("Plan filed"), yes if plan["filed"] else no, plan["filed"], "bold")
    row(say("(a) Land list"), "", lands["suffices"], "bold")
    row("  " + say("agreement in force"), yes if plan["agreement"] else no, plan["agreement"])
    for stage in ("MJP", "KTP"):
        places, lacks = lands["places"][stage], lands["lacks"][stage]
        text = say("{places} for {lacks} lacking", places=number(places), lacks=number(lacks)) if lacks else say("nothing lacks")
        row("  " + say("places, in time on {stage}", stage=stage), text, places >= lacks)
    row(say("(b) Instruments"), "", tools["suffices"], "bold")
    used = say("{used} of {all}", used=number(tools["mandatory"]), all=number(tools["mandatory_all"]))
    row("  " + say("mandatory, in use"), used, tools["mandatory"] == tools["mandatory_all"])
    used = say("{used}, needed {needed}", used=number(tools["voluntary"]), needed=number(tools["voluntary_needed"]))
    row("  " + say("voluntary, in use"), used, tools["voluntary"] >= tools["voluntary_needed"])
    rent = tools["rent_in"]
    if rent["asked"]:
        text = say("{now}; {start} at the start", now=number(rent["now"]), start=number(rent["at_start"]))
        row("  " + say("rented in by the company"), text, rents_in(rent))
    page.put(table)
    growth = share_word(page.language, Fraction(rent["growth"]))
    if lands["by"] is not None:
        page.line(say("In time: by the next measurement, {date}.", date=page.day(lands["by"])), indent=2)
    if rent["asked"]:
        text = say(
            "Rented in: at least {minimum}, or {growth} more than at the start.", minimum=number(rent["minimum"]), growth=growth
        )
        page.line(text, indent=2)
    if page.trace["readings"]["category_2B"] == "either":
        page.line(say("Needed: the plan filed, and (a) or (b)."), indent=2)
    else:
        page.line(say("Needed under this reading: the plan filed, or (a), or (b)."), indent=2)
    sources = [tools["source"]] + ([rent["source"]] if rent["asked"] else [])
    page.source("; ".join(sources))


def _contribution(page: Page) -> None:
    levy, say, number = page.trace["contribution"], page.say, page.number
    rate = share_word(page.language, Fraction(levy["rate"]))
    page.title(say("Contribution (euro)"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    for name in (say("Year"), say("Lacking"), say("x premium a year"), say("x rate"), say("= a year")):
        table.add_column(name, justify="right")
    for year in levy["years"]:
        amounts = page.euro(year["premium_cents"]), rate, page.euro(year["cents"])
        table.add_row(str(year["year"]), number(levy["dwellings"]), *amounts)
    table.add_section()
    table.add_row(say("Sum"), "", "", "", Text(page.euro(levy["cents"]), style="bold"))
    page.put(table)
    if levy["company_cents"]:
        page.line(
            say(
                "Of this the company {company} pays {euro} euro.",
                company=page.trace["company"],
                euro=page.euro(levy["company_cents"]),
            ),
            indent=2,
        )
    if page.trace["readings"]["charged"] == "once" and levy["charged_before"]:
        page.line(
            say("{before} dwellings were already charged at an earlier test.", before=number(levy["charged_before"])), indent=2
        )
    if levy["higher_premium"]:
        page.line(say("The municipality lies in the area with the higher premium."), indent=2)
    page.source(levy["source"])


def _projects(page: Page) -> None:
    """Print the projects that would have made the difference, and what kept others from starting."""
    trace, say, number = page.trace, page.say, page.number
    if "projects" not in trace:
        return
    lacks = trace["least_change"]["dwellings"]
    page.title(say("Projects that would have made the difference"))
    for project in trace["projects"]:
        words = {
            "number": project["number"],
            "dwellings": number(project["dwellings"]),
            "land": land_word(page.language, project["land"]),
        }
        page.line(say("Project {number}: {dwellings} dwellings, {land}", **words), "bold", indent=2)
        steps = Table(box=None, show_header=False, padding=0)
        for line, now in history(page, project):
            steps.add_row("> " if now else "  ", Text(line, style="bold" if now else ""))
        page.put(Padding(steps, (0, 0, 0, 4)))
        stage = needed_word(page.language, project["needed"])
        if project["reached"] is not None:
            page.line(say("{stage} in {month}: too late", stage=stage, month=page.day(project["reached"])), "italic", indent=6)
        elif project["cancelled"] is not None:
            page.line(say("cancelled in {month}", month=page.day(project["cancelled"])), "italic", indent=6)
        else:
            page.line(say("not yet {stage} at the end of the forecast", stage=stage), "italic", indent=6)
    if trace["projects"]:
        page.line(say("> where it was on {date}", date=page.day(trace["measured"])), "dim", indent=4)
    if rest := trace["no_project"]:
        page.line(
            say("For {rest} of the {lacks} dwellings there was no project yet.", rest=number(rest), lacks=number(lacks)), indent=2
        )
    spent = trace["months"]
    values = {name: number(value) for name, value in spent.items()}
    text = say(
        "In the {all} months before the measurement a project started in {started};",
        all=number(sum(spent.values())),
        started=values["started"],
    )
    if spent["no_land"]:
        text += " " + say("in {no_land} there was no land, and it was searched for;", no_land=values["no_land"])
    if spent["no_slot"]:
        text += " " + say(
            "in {no_slot} there was land, but no preparation capacity free at the company;", no_slot=values["no_slot"]
        )
    if spent["no_need"]:
        text += " " + say("in {no_need} enough was under way;", no_need=values["no_need"])
    page.line(text[:-1] + ".", indent=2)


def history(page: Page, project: Trace) -> list[tuple[str, bool]]:
    """Return a project's steps as lines, and whether it stood there on the measurement date; the wait for a committee ends the line before."""
    lines: list[tuple[str, bool]] = []
    for step in project["waits"]:
        now = step["for"] == project["waiting_for"] and step["from"] == project["since"]
        if step["for"] == "committee" and lines and step["to"] is not None:
            line, before = lines.pop()
            lines.append((line + page.say("; the committee of {month}", month=page.day(step["to"])), now or before))
        else:
            lines.append((wait_words(page.language, step, page.day), now))
    return lines
