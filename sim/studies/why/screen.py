"""Why a municipality is in its category, on the terminal: requirements, plan of approach, contribution, least change, projects."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path

from babel.dates import format_date
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.report.estimates import BANDED, figures_of, share_of
from sim.report.language import labels
from sim.report.scenario import share
from sim.report.screen import Screen, Terminal, grid
from sim.studies.why import words
from sim.studies.why.study import Why
from sim.tracing.trace import Trace, rents_in


class Page(Screen):
    """What is printed: the trace of one replication, or the summary of all."""

    def __init__(self, why: Why, lang: str, console: Terminal | None) -> None:
        super().__init__(lang, console)
        self.trace = why.trace
        self.figures = figures_of({"standing": why.standing}, self.language)

    def title(self, text: str) -> None:
        """Print the title of a part."""
        self.line()
        self.line(text, "bold")

    def day(self, iso: str) -> str:
        """Return a date, or a month, as the reader writes it."""
        whole = len(iso) > 7
        when = date.fromisoformat(iso if whole else iso + "-01")
        return str(format_date(when, "d MMMM yyyy" if whole else "MMMM yyyy", locale=self.language.locale))

    def share_of(self, some: int, count: int) -> str:
        """Return so many of so many simulations, as fine as they tell."""
        return share_of(some / count, count, self.language)

    def met(self, met: bool) -> Text:
        """Return whether a requirement is met, in a word and a colour."""
        return Text(self.say("met"), style="green") if met else Text(self.say("not met"), style="bold red")

    def heading(self, what: str) -> None:
        """Print what is explained, and of how many futures."""
        trace, say = self.trace, self.say
        self.title(say("{municipality}, progress test of {year}", municipality=trace["municipality"], year=trace["test"]))
        self.line(say("Measured on {date}. {what}", date=self.day(trace["measured"]), what=what), "dim")
        self.line()

    def source(self, source: str, status: str = "") -> None:
        """Print the source of a law value."""
        text = self.say("Source: {source}", source=words.source_words(self.language, source))
        marks = {"draft": self.say(" (draft)"), "reading": self.say(" (reading of this model)")}
        self.line(text + marks.get(status, ""), "dim", indent=2)


def show(why: Why, files: Iterable[Path] = (), lang: str = "nl", console: Terminal | None = None) -> None:
    """Print why a municipality is in its category at a test, in one replication or over all."""
    page = Page(why, lang, console)
    if "replication" in why.trace:
        _one(page)
    else:
        _all(page)


# ---- one replication


def _one(page: Page) -> None:
    trace, say = page.trace, page.say
    page.heading(say("In replication {number}, one possible future:", number=trace["replication"]))
    page.line(words.verdict(page.language, trace), "bold")
    if trace["category"] == "none":
        return
    _requirements(page)
    if trace["plan"] is not None:
        _plan(page)
    if trace["contribution"] is not None:
        _contribution(page)
    if trace["least_change"]["dwellings"]:
        page.title(say("The least change that would have given category 1"))
        page.line(words.more_words(page.language, trace["least_change"], page.day(trace["measured"])), indent=2)
    if trace["least_change"]["dwellings"] and "projects" in trace:
        _projects(page)
    page.line()
    page.line(page.language.name("no_verdict", "one", figures=page.figures), "dim")


def _requirements(page: Page) -> None:
    trace, say, number = page.trace, page.say, page.number
    page.title(say("What the test asks (dwellings)"))
    table = grid(say("Requirement"), say("Asked"), say("There"), say("Lacking"), edge=True)
    table.add_column("")
    for row in trace["requirements"]:
        if row["path"] != "sib" or trace["sib"]:
            name, lacks = Text(words.requirement(page.language, trace, row)), number(row["lacks"]) if row["lacks"] else "–"
            table.add_row(name, number(row["asked"]), number(row["has"]), lacks, page.met(row["met"]))
    page.put(table)
    if trace["any_of"]:
        page.line(say("Of the requirements on the regular path, one suffices."), indent=2)
    path = ", ".join(f"{name} = {number(value)}" for name, value in trace["path"].items())
    page.line(say("Growth path: {path}; SIB = {sib}.", path=path, sib=number(trace["sib"])), indent=2)
    counts = dict(zip(("mjp", "ktp", "realised"), map(number, trace["counts"].values()), strict=True))
    stands = "some" if trace["counts"]["MJP"] else "none"
    page.line(page.language.name("measured", stands, date=page.day(trace["measured"]), **counts), indent=2)
    if trace["sib_takes"] and len(trace["requirements"]) > 1:
        page.line(say("Of these {used} serve SIB; the others serve the regular path.", used=number(trace["sib_takes"])), indent=2)
    below = min((trace["net"][stage] for stage, dwellings in trace["least_change"]["more"].items() if dwellings), default=0)
    if below < 0:
        text = say("Sales and less rent-in took {gone} more than was added: that has to be made up first.", gone=number(-below))
        page.line(text, indent=2)
    page.source(trace["source"], trace["status"])
    page.source(say("growth path: {source}", source=trace["path_source"]), trace["path_status"])


def _criteria(*justify: str) -> Table:
    """Return an empty table of the plan's criteria, without lines; `justify`: left or right for each column."""
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
    for side in justify:
        table.add_column(justify=side, overflow="fold")  # type: ignore[arg-type]
    return table


def _criterion(page: Page, name: str) -> Text:
    label = page.language.name("criterion", name)
    return Text(label, style="" if label.startswith(" ") else "bold")


def _plan(page: Page) -> None:
    plan, say, number = page.trace["plan"], page.say, page.number
    page.title(say("Plan of approach: suffices") if plan["suffices"] else say("Plan of approach: does not suffice"))
    if plan["judged_by"] == "probability":
        page.line(say("This scenario draws the verdict on the plan by chance; the criteria are shown for information."), indent=2)
    lands, tools, rent = plan["land_list"], plan["instruments"], plan["instruments"]["rent_in"]
    table = _criteria("left", "left", "left")

    def row(name: str, met: bool, value: str) -> None:
        table.add_row(_criterion(page, name), value, page.met(met))

    yes_or_no = {True: say("yes"), False: say("no")}
    row("filed", plan["filed"], yes_or_no[plan["filed"]])
    row("land_list", lands["suffices"], "")
    row("agreement", plan["agreement"], yes_or_no[plan["agreement"]])
    for stage in ("MJP", "KTP"):
        places, lacks = lands["places"][stage], lands["lacks"][stage]
        text = say("{places} for {lacks} lacking", places=number(places), lacks=number(lacks)) if lacks else say("nothing lacks")
        table.add_row("  " + say("places, in time on {stage}", stage=stage), text, page.met(places >= lacks))
    row("instruments", tools["suffices"], "")
    text = say("{used} of {all}", used=number(tools["mandatory"]), all=number(tools["mandatory_all"]))
    row("mandatory", tools["mandatory"] == tools["mandatory_all"], text)
    text = say("{used}, needed {needed}", used=number(tools["voluntary"]), needed=number(tools["voluntary_needed"]))
    row("voluntary", tools["voluntary"] >= tools["voluntary_needed"], text)
    if rent["asked"]:
        text = say("{now}; {start} at the start", now=number(rent["now"]), start=number(rent["at_start"]))
        row("rent_in", rents_in(rent), text)
    page.put(table)
    not_used = partial(words.instrument_words, page.language, tools["not_used"])
    if tools["mandatory"] < tools["mandatory_all"]:
        page.line(say("Mandatory and not in use: {names}.", names=not_used("mandatory")), indent=2)
    if tools["voluntary"] < tools["voluntary_needed"]:
        page.line(say("Voluntary and not in use: {names}.", names=not_used("voluntary")), indent=2)
    if lands["by"] is not None:
        page.line(say("In time: by the next measurement, {date}.", date=page.day(lands["by"])), indent=2)
    if rent["asked"]:
        minimum, growth = number(rent["minimum"]), share(Fraction(rent["growth"]), page.language)
        text = say("Rented in: at least {minimum}, or {growth} more than at the start.", minimum=minimum, growth=growth)
        page.line(text, indent=2)
    if page.trace["readings"]["category_2B"] == "either":
        page.line(say("Needed: the plan filed, and (a) or (b)."), indent=2)
    else:
        page.line(say("Needed under this reading: the plan filed, or (a), or (b)."), indent=2)
    page.source("; ".join([tools["source"]] + ([rent["source"]] if rent["asked"] else [])))


def _contribution(page: Page) -> None:
    levy, say, number = page.trace["contribution"], page.say, page.number
    page.title(say("Contribution (euro)"))
    table = grid(say("Year"), say("Lacking"), say("x premium a year"), say("x rate"), say("= a year"), edge=True)
    table.columns[0].justify = "right"
    rate = share(Fraction(levy["rate"]), page.language)
    for year in levy["years"]:
        premium, a_year = (number(year[name] / 100, 0.01) for name in ("premium_cents", "cents"))
        table.add_row(str(year["year"]), number(levy["dwellings"]), premium, rate, a_year)
    table.add_section()
    table.add_row(say("Sum"), "", "", "", Text(number(levy["cents"] / 100, 0.01), style="bold"))
    page.put(table)
    if levy["company_cents"]:
        company, euro = page.trace["company"], number(levy["company_cents"] / 100, 0.01)
        page.line(say("Of this the company {company} pays {euro} euro.", company=company, euro=euro), indent=2)
    if page.trace["readings"]["charged"] == "once" and levy["charged_before"]:
        before = number(levy["charged_before"])
        page.line(say("{before} dwellings were already charged at an earlier test.", before=before), indent=2)
    if levy["higher_premium"]:
        page.line(say("The municipality lies in the area with the higher premium."), indent=2)
    page.source(levy["source"])


def _projects(page: Page) -> None:
    """Print the projects that would have made the difference, and what kept others from starting."""
    trace, say, number = page.trace, page.say, page.number
    page.title(say("Projects that would have made the difference"))
    for project in trace["projects"]:
        dwellings, land = number(project["dwellings"]), page.language.name("land", project["land"])
        text = say("Project {number}: {dwellings} dwellings, {land}", number=project["number"], dwellings=dwellings, land=land)
        page.line(text, "bold", indent=2)
        steps = Table(box=None, show_header=False, padding=0)
        for line, now in _history(page, project):
            steps.add_row("> " if now else "  ", Text(line, style="bold" if now else ""))
        page.put(Padding(steps, (0, 0, 0, 4)))
        stage = words.needed_word(page.language, project["needed"])
        text = say("not yet {stage} at the end of the forecast", stage=stage)
        if project["reached"] is not None:
            text = say("{stage} in {month}: too late", stage=stage, month=page.day(project["reached"]))
        elif project["cancelled"] is not None:
            text = say("cancelled in {month}", month=page.day(project["cancelled"]))
        page.line(text, "italic", indent=6)
    if trace["projects"]:
        page.line(say("> where it was on {date}", date=page.day(trace["measured"])), "dim", indent=4)
    if rest := trace["no_project"]:
        lacks = number(trace["least_change"]["dwellings"])
        page.line(say("For {rest} of the {lacks} dwellings there was no project yet.", rest=number(rest), lacks=lacks), indent=2)
    page.line(words.idle_words(page.language, trace["months"]), indent=2)


def _history(page: Page, project: Trace) -> list[tuple[str, bool]]:
    """Return a project's steps as lines, and whether it stood there on the measurement date; the wait for a committee ends the line before."""
    lines: list[tuple[str, bool]] = []
    for step in project["waits"]:
        now = step["for"] == project["waiting_for"] and step["from"] == project["since"]
        if step["for"] == "committee" and lines and step["to"] is not None:
            line, before = lines.pop()
            lines.append((line + page.say("; the committee of {month}", month=page.day(step["to"])), now or before))
        else:
            lines.append((words.wait_words(page.language, step, page.day), now))
    return lines


# ---- all replications


def _all(page: Page) -> None:
    summary, say, number, share_of = page.trace, page.say, page.number, page.share_of
    page.heading(say("Over {all} replications, each a possible future:", all=number(summary["replications"])))
    judged = summary["judged"]
    if not judged:
        page.line(page.language.name("verdict", "none"), "bold")
        return
    one, a, b = (share_of(summary["categories"][name], judged) for name in ("1", "2A", "2B"))
    page.line(say("Category 1 in {one}, 2A in {a}, 2B in {b} of them.", one=one, a=a, b=b), "bold")
    page.line(words.lack_words(page.language, summary))
    if without := summary["replications"] - judged:
        page.line(say("Without an objective in {count} replications; these do not count.", count=number(without)))
    page.title(say("What the test asks (dwellings, on average)"))
    table = grid(say("Requirement"), say("Not\nmet"), say("Asked"), say("There"), say("Lacking"), edge=True)
    for row in summary["requirements"]:
        if row["path"] != "sib" or row["asked"]:
            means = (number(row[name], words.step_of_dwellings(row[name])) for name in ("asked", "has", "lacks"))
            table.add_row(Text(words.requirement(page.language, summary, row)), share_of(row["failed"], judged), *means)
    page.put(table)
    page.line(page.language.name("measured", "means"), indent=2)
    page.source(summary["source"], summary["status"])
    if needed := summary["plans"]["needed"]:
        page.title(page.language.name("criteria_met", "plans", needed=number(needed)))
        table = _criteria("left", "right")
        for name in labels()["criterion"]:
            table.add_row(_criterion(page, name), share_of(summary["plans"][name], needed))
        page.put(table)
    if summary["least_change"] is not None:
        _changes(page)
    page.line()
    for name in [name for name in ("2B", "2A") if name in summary["example"]][:1]:
        example = summary["example"][name]
        page.line(say("One future in full, with its projects: --replication {number} ({name}).", number=example, name=name), "dim")
    page.line(page.language.name("no_verdict", "all", figures=page.figures), "dim")


def _changes(page: Page) -> None:
    change, say, number = page.trace["least_change"], page.say, page.number
    page.title(say("The least change that would have given category 1"))
    most = page.share_of(change["times"], change["of"])
    stages = {stage: values["median"] for stage, values in change["more"].items()}
    page.line(say("Most often, in {share} of the replications with a lack, at the median:", share=most), indent=2)
    page.line(words.more_words(page.language, {"more": stages}, page.day(change["by"])), "bold", indent=2)
    low, high = number(change["dwellings"]["p10"]), number(change["dwellings"]["p90"])
    if low != high and change["times"] >= BANDED:
        page.line(say("In 8 of 10 of these: {low} to {high} dwellings.", low=low, high=high), indent=2)
