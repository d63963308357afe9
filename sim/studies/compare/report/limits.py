"""The report's last sections: whose control, what is missing, what the numbers rest on, and what the words mean."""

import re

from sim.inputs.region.load import DATA
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.toml import read_toml
from sim.report import estimates
from sim.report.cells import SIGNED, step_of
from sim.report.parts import Bullets, Part, Section, Terms, Text
from sim.report.snippets import terms
from sim.studies.compare.pictures import draw_control, draw_missing
from sim.studies.compare.report.options import ComparisonPage, heads
from sim.studies.compare.words import counterfactual_words
from sim.studies.sensitivity.words import kept_collect


def control(page: ComparisonPage) -> Section:
    """Return what lies outside the municipality's control, and what each relief would give."""
    say, parts = page.say, list[Part]()
    if "blame" in page.html.sheets:
        reading = say(
            "How to read: every verdict of 2B is simulated again with one obstacle taken away for all municipalities at once: capacity of the "
            "company, appeals, land, finance, or too little effort. First part of a bar: only something the municipality does not decide on "
            "would have prevented the verdict."
        )
        parts = [page.drawn("control", lambda: draw_control(page.plain), reading, ["blame"]), _counterfactuals(page)]
    else:
        parts = [Text(say("This comparison was made without reliefs."))]
    return Section("control", say("What lies outside the municipality's control"), parts)


def _counterfactuals(page: ComparisonPage) -> Part:
    """Return what each relief weighs."""
    say, words, names = page.say, page.html, counterfactual_words(page.language)
    head = heads(
        [say("What is taken away"), say("In the municipality's control?")],
        say("Verdicts of 2B it prevents"),
        say("of which nothing else does"),
        say("Dwellings it adds"),
    )
    rows: list[list[str]] = []
    for name, counterfactual in counterfactuals().items():
        verdicts = {"option": words.base, "by": "relief", "class": name}
        prevents, alone = (words.percent("blame", verdicts, column) for column in ("prevents", "share"))
        relieved = {"option": words.base, "relief": name}
        (error,) = words.values("reliefs", relieved, "error")
        more = words.cell("reliefs", relieved, "difference", step_of(error), 1, SIGNED)
        rows.append([names[name], say("yes") if counterfactual.control == "inside" else say("no"), prevents, alone, more])
    for name, text in (("several", say("several of these, each by itself")), ("none", say("none of these by itself"))):
        share = words.percent("blame", {"option": words.base, "by": "relief", "class": name}, "share")
        rows.append([text, "", "", share, ""])
    note = say(
        "With option {base}. These are thought experiments, not proposals: each takes an obstacle away entirely. One verdict can be prevented "
        "by several of them, so only the second column of percentages adds up to 100.",
        base=str(words.names[words.base]),
    )
    return page.table("reliefs-table", say("What each obstacle weighs"), head, rows, note, ["blame", "reliefs"])


def missing(page: ComparisonPage) -> Section:
    """Return where the dwellings stand that are missing at the end."""
    reading = page.say(
        "How to read: what a municipality lacks is looked up in its most advanced projects first. Without land: dwellings for which no "
        "place has been found by then."
    )
    picture = page.drawn("missing", lambda: draw_missing(page.plain), reading, ["missing"])
    return Section("missing", page.say("The dwellings that are missing"), [picture])


def limits(page: ComparisonPage) -> Section:
    """Return what the numbers rest on: the draft, estimated figures, simulations, chance, failures, and what identifies the runs."""
    say, facts = page.say, page.facts
    draft = "Draft decree and decision on the binding social objective, first approval"
    law = (
        say("Draft decree and decision on the binding social objective, first approval") if facts["law"] == draft else facts["law"]
    )
    (half,) = page.plain.values("facts", {"fact": "half_interval_realised"}, "value")
    items: list[str] = [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        estimates.warning(page.language),
        say(
            "The rules are those of: {law} ({date}). They are not definitive, and silent in places.",
            law=law,
            date=page.day(facts["law_date"]),
        ),
        say("The figures per municipality (objective, SIB, stock, land, planning) are estimated: they are not published."),
        say(
            "Nobody knows how strongly municipalities respond to tests. The model assumes any strength from 0 to 1 to be as likely."
        ),
        say(
            "In the model a verdict moves a municipality, not the height of its contribution: that another rate changes no dwellings is an "
            "assumption, not a finding."
        ),
        say("Land counts as outside a municipality's control, also where a municipality could do more for it: an assumption too."),
        say(
            "Each option has {replications} simulations; {runs} runs in all. Simulations that failed: {failed}.",
            **{name: page.fact(name) for name in ("replications", "runs", "failed")},
        ),
        say(
            "By the luck of the draw the mean number of dwellings can be {half} higher or lower. Differences between options are known better, "
            "as all options meet the same luck.",
            half=page.fact("half_interval_realised", step_of(half / 2)),
        ),
        *kept_collect(page.language),
    ]
    if facts["replications"] < estimates.FEW:
        items.append(say("With fewer than 100 simulations bands and intervals are only indicative."))
    made = say(
        "Made with bso-sim {version}, seed {seed}, draws: {sampling}, model {source}.",
        version=facts["version"],
        seed=facts["seed"],
        sampling=facts["sampling"],
        source=str(facts["source"])[:12],
    )
    return Section("limits", say("Limits and origin"), [Bullets(items), _runs(page), _data(page), Text(made, "note")])


def _runs(page: ComparisonPage) -> Part:
    """Return the options with what identifies their runs."""
    say, names = page.say, page.plain.names
    rows = [[f"{name.letter}. {name.title}", o, page.facts["options"][o]["digest"][:12]] for o, name in names.items()]
    note = say(
        "The run is the beginning of a fingerprint of all results: the same scenario, seed and model give the same one on any machine."
    )
    head = heads([say("Option"), say("Scenario"), say("Run")])
    return page.table("runs-table", say("Options and runs"), head, rows, note, [])


def _data(page: ComparisonPage) -> Part:
    """Return the data files with the years that their columns are of, and the beginning of their fingerprints."""
    say, columns = page.say, read_toml(DATA / "columns.toml")
    contents = {
        "adjacency": say("which municipalities are neighbours"),
        "estimates": say("estimates per municipality: objective, SIB, stock, land, planning"),
        "households": say("households, observed and projected"),
        "municipalities": say("municipalities: company, inhabitants, permits"),
    }
    rows = []
    for name, digest in page.facts["data"].items():
        stem = name.removesuffix(".csv")
        vintages = " ".join(str(column["vintage"]) for column in columns.get(stem, {}).get("columns", {}).values())
        years = sorted(set(re.findall(r"\b20\d\d\b", vintages)))
        rows.append([name, contents.get(stem, say("figures given by the user")), ", ".join(years) or "–", str(digest)[:12]])
    head = heads([say("File"), say("What"), say("Figures of"), say("Fingerprint")])
    note = say("Sources and status of every column are in the model's own tables.")
    return page.table("data-table", say("The data behind it"), head, rows, note, [])


def glossary(page: ComparisonPage) -> Section:
    """Return what the words mean."""
    return Section("glossary", page.say("Words"), [Terms(terms(page.language))])
