"""Why, over all replications, on the terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.studies.why.lines import Page, Trace
from sim.studies.why.words import more_words


def print_summary(found: Trace, lang: str = "nl", console: Console | None = None) -> None:
    """Print what all replications say of a municipality at a test."""
    page = Page(found, lang, console)
    say, number, percent = page.say, page.number, page.language.percent
    page.heading(say("Over {all} replications, each a possible future:", all=number(found["replications"])))
    judged = found["judged"]
    if not judged:
        page.line(say("No objective: the test does not judge this municipality."), "bold")
        return
    shares = {name: percent(found["categories"][name] / judged) for name in ("1", "2A", "2B")}
    page.line(say("Category 1 in {one}, 2A in {a}, 2B in {b} of them.", one=shares["1"], a=shares["2A"], b=shares["2B"]), "bold")
    lack, euro = number(found["lacking"], 0.1), page.euro(found["contribution_cents"], 1)
    page.line(say("On average {lack} dwellings lack, and the contribution is {euro} euro.", lack=lack, euro=euro))
    if judged < found["replications"]:
        page.line(
            say("Without an objective in {count} replications; these do not count.", count=number(found["replications"] - judged))
        )
    page.title(say("What the test asks (dwellings, on average)"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    table.add_column(say("Requirement"), overflow="fold")
    for name in (say("Not\nmet"), say("Asked"), say("There"), say("Lacking")):
        table.add_column(name, justify="right")
    for row in found["requirements"]:
        if row["path"] == "sib" and row["asked"] == 0:
            continue
        means = (number(row[name], 0.1) for name in ("asked", "has", "lacks"))
        table.add_row(Text(page.requirement(row)), percent(row["failed"] / judged), *means)
    page.put(table)
    page.source(found["source"], found["status"])
    if found["plans"]["needed"]:
        _plans(page)
    if found["least_change"] is not None:
        _changes(page)
    page.line()
    for name in ("2B", "2A"):
        if name in found["example"]:
            text = say(
                "One future in full, with its projects: --replication {number} ({name}).", number=found["example"][name], name=name
            )
            page.line(text, "dim")
            break
    page.line(say("The figures of the municipality are estimates: no official verdict."), "dim")


def _plans(page: Page) -> None:
    plans, say, number = page.trace["plans"], page.say, page.number
    needed = plans["needed"]
    page.title(
        say("Plan of approach: how often each criterion was met in the {needed} replications with a lack", needed=number(needed))
    )
    table = page.grid("left", "right")
    for what, name, style in (
        (say("Plan suffices"), "suffices", "bold"),
        (say("Plan filed"), "filed", ""),
        (say("(a) Land list"), "land_list", "bold"),
        ("  " + say("agreement in force"), "agreement", ""),
        (say("(b) Instruments"), "instruments", "bold"),
        ("  " + say("mandatory, in use"), "mandatory", ""),
        ("  " + say("voluntary, in use"), "voluntary", ""),
        ("  " + say("rented in by the company"), "rent_in", ""),
    ):
        table.add_row(Text(what, style=style), page.language.percent(plans[name] / needed))
    page.put(table)


def _changes(page: Page) -> None:
    change, say, number = page.trace["least_change"], page.say, page.number
    page.title(say("The least change that would have given category 1"))
    share = page.language.percent(change["times"] / change["of"])
    stages = {stage: values["median"] for stage, values in change["more"].items()}
    words = more_words(page.language, {"dwellings": change["dwellings"]["median"], "more": stages}, page.day(change["by"]))
    page.line(say("Most often, in {share} of the replications with a lack, at the median:", share=share), indent=2)
    page.line(words, "bold", indent=2)
    low, high = number(change["dwellings"]["p10"]), number(change["dwellings"]["p90"])
    if low != high:
        page.line(say("In 8 of 10 of these: {low} to {high} dwellings.", low=low, high=high), indent=2)
