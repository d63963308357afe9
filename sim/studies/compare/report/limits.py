"""The report's last sections: whose control, what is missing, what the numbers rest on, and what the words mean."""

import re

from sim.inputs.region.load import DATA
from sim.inputs.scenario.changes import reliefs
from sim.inputs.scenario.toml import read_toml
from sim.report import canvas
from sim.report.cells import SIGNED, step_of
from sim.report.estimates import warning
from sim.report.parts import Bullets, Head, Part, Section, Terms, Text
from sim.report.snippets import terms
from sim.studies.compare.bars import draw_control, draw_missing
from sim.studies.compare.report.options import fact
from sim.studies.compare.report.tables import ComparisonPage
from sim.studies.compare.words import relief_words
from sim.studies.sensitivity.words import kept_collect


def control(page: ComparisonPage) -> Section:
    """Return what lies outside the municipality's control, and what each relief would give."""
    say, told = page.language.say, page.html
    if "blame" not in told.sheets:
        return Section(
            "control", say("What lies outside the municipality's control"), [Text(say("This comparison was made without reliefs."))]
        )
    with canvas.style():
        reading = say(
            "How to read: every verdict of 2B is simulated again with one obstacle taken away for all municipalities at once: capacity of the "
            "company, appeals, land, finance, or too little effort. First part of a bar: only something the municipality does not decide on "
            "would have prevented the verdict."
        )
        picture = page.picture("control", draw_control(page.told), reading, ["blame"])
    blame, gains, words = told.sheets["blame"], told.sheets["reliefs"], relief_words(page.language)
    heads = [Head(say("What is taken away"), False), Head(say("In the municipality's control?"), False)]
    heads += [Head(say("Verdicts of 2B it prevents")), Head(say("of which nothing else does")), Head(say("Dwellings it adds"))]
    rows: list[list[str]] = []
    for name, relief in reliefs().items():
        of_relief = blame.row(option=told.base, by="relief", **{"class": name})
        prevents, alone = blame.percent(of_relief, "prevents"), blame.percent(of_relief, "share")
        row = gains.row(option=told.base, relief=name)
        more = gains.cell(row, "difference", step_of(float(gains.value(row, "error"))), 1, SIGNED)
        rows.append([words[name], say("yes") if relief.control == "inside" else say("no"), prevents, alone, more])
    for name, words_of in (("several", say("several of these, each by itself")), ("none", say("none of these by itself"))):
        share = blame.percent(blame.row(option=told.base, by="relief", **{"class": name}), "share")
        rows.append([words_of, "", "", share, ""])
    note = say(
        "With option {base}. These are thought experiments, not proposals: each takes an obstacle away entirely. One verdict can be prevented "
        "by several of them, so only the second column of percentages adds up to 100.",
        base=str(told.names[told.base]),
    )
    table = page.table("reliefs-table", say("What each obstacle weighs"), heads, rows, note, ["blame", "reliefs"])
    return Section("control", say("What lies outside the municipality's control"), [picture, table])


def missing(page: ComparisonPage) -> Section:
    """Return where the dwellings stand that are missing at the end."""
    say = page.language.say
    with canvas.style():
        reading = say(
            "How to read: what a municipality lacks is looked up in its most advanced projects first. Without land: dwellings for which no "
            "place has been found by then."
        )
        picture = page.picture("missing", draw_missing(page.told), reading, ["missing"])
    return Section("missing", say("The dwellings that are missing"), [picture])


def limits(page: ComparisonPage) -> Section:
    """Return what the numbers rest on: the draft, estimated figures, simulations, chance, failures, and what identifies the runs."""
    say, facts = page.language.say, page.comparison.facts
    known = {
        "Draft decree and decision on the binding social objective, first approval": say(
            "Draft decree and decision on the binding social objective, first approval"
        )
    }
    law = known.get(str(facts["law"]), str(facts["law"]))
    items: list[str] = [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        warning(page.language),
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
            replications=fact(page, "replications"),
            runs=fact(page, "runs"),
            failed=fact(page, "failed"),
        ),
        say(
            "By the luck of the draw the mean number of dwellings can be {half} higher or lower. Differences between options are known better, "
            "as all options meet the same luck.",
            half=fact(page, "half_interval_realised", step_of(_half(page) / 2)),
        ),
    ]
    items += kept_collect(page.language)
    if int(facts["replications"]) < 100:
        items.append(say("With fewer than 100 simulations bands and intervals are only indicative."))
    made = say(
        "Made with bso-sim {version}, seed {seed}, draws: {sampling}, model {source}.",
        version=facts["version"],
        seed=facts["seed"],
        sampling=facts["sampling"],
        source=str(facts["source"])[:12],
    )
    return Section("limits", say("Limits and origin"), [Bullets(items), _runs(page), _data(page), Text(made, "note")])


def _half(page: ComparisonPage) -> float:
    """Return half of the 95% interval of the mean number of dwellings with the first option."""
    sheet = page.told.sheets["facts"]
    return float(sheet.value(sheet.row(fact="half_interval_realised"), "value"))


def _runs(page: ComparisonPage) -> Part:
    """Return the options with what identifies their runs."""
    say, names = page.language.say, page.told.names
    heads = [Head(say("Option"), False), Head(say("Scenario"), False), Head(say("Run"), False)]
    rows = [
        [f"{names[o].letter}. {names[o].title}", o, str(known["digest"])[:12]]
        for o, known in page.comparison.facts["options"].items()
    ]
    note = say(
        "The run is the beginning of a fingerprint of all results: the same scenario, seed and model give the same one on any machine."
    )
    return page.table("runs-table", say("Options and runs"), heads, rows, note, [])


def _data(page: ComparisonPage) -> Part:
    """Return the data files with the years that their columns are of, and the beginning of their fingerprints."""
    say, columns = page.language.say, read_toml(DATA / "columns.toml")
    what = {
        "adjacency": say("which municipalities are neighbours"),
        "estimates": say("estimates per municipality: objective, SIB, stock, land, planning"),
        "households": say("households, observed and projected"),
        "municipalities": say("municipalities: company, inhabitants, permits"),
    }
    heads = [Head(say("File"), False), Head(say("What"), False), Head(say("Figures of"), False), Head(say("Fingerprint"), False)]
    rows = []
    for name, digest in page.comparison.facts["data"].items():
        stem = name.removesuffix(".csv")
        vintages = " ".join(str(column["vintage"]) for column in columns.get(stem, {}).get("columns", {}).values())
        years = sorted(set(re.findall(r"\b20\d\d\b", vintages)))
        rows.append([name, what.get(stem, say("figures given by the user")), ", ".join(years) or "–", str(digest)[:12]])
    return page.table(
        "data-table",
        say("The data behind it"),
        heads,
        rows,
        say("Sources and status of every column are in the model's own tables."),
        [],
    )


def glossary(page: ComparisonPage) -> Section:
    """Return what the words mean."""
    return Section("glossary", page.language.say("Words"), [Terms(terms(page.language))])
