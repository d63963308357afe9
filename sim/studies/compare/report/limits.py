"""The report's last sections: whose control, what is missing, what the numbers rest on, and what the words mean."""

import re

from sim.inputs.region.load import DATA
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.toml import read_toml
from sim.report import estimates
from sim.report.cells import SIGNED, step_of
from sim.report.language import labels
from sim.report.parts import Bullets, Part, Section, Terms, Text
from sim.report.snippets import terms
from sim.studies.compare.pictures import draw_control, draw_missing
from sim.studies.compare.report.options import ComparisonPage
from sim.studies.sensitivity.words import kept_collect


def control(page: ComparisonPage) -> Section:
    """Return what lies outside the municipality's control, and what each relief would give."""
    if "blame" not in page.html.sheets:
        return page.section("control", Text(page.say("This comparison was made without reliefs.")))
    return page.section(
        "control", page.drawn("control", lambda: draw_control(page.plain), ["blame"], by="control"), _counterfactuals(page)
    )


def _counterfactuals(page: ComparisonPage) -> Part:
    """Return what each relief weighs."""
    say, words = page.say, page.html
    rows: list[list[str]] = []
    for name, counterfactual in counterfactuals().items():
        verdicts = {"option": words.base, "by": "relief", "class": name}
        prevents, alone = (words.percent("blame", verdicts, column) for column in ("prevents", "share"))
        relieved = {"option": words.base, "relief": name}
        (error,) = words.values("reliefs", relieved, "error")
        more = words.cell("reliefs", relieved, "difference", step_of(error), 1, SIGNED)
        own = say("yes") if counterfactual.control == "inside" else say("no")
        rows.append([page.language.title(counterfactual), own, prevents, alone, more])
    for name, text in (("several", say("several of these, each by itself")), ("none", say("none of these by itself"))):
        share = words.percent("blame", {"option": words.base, "by": "relief", "class": name}, "share")
        rows.append([text, "", "", share, ""])
    heads = page.heads(["relief", "control"], "prevents", "alone", "adds")
    return page.listed("reliefs", heads, rows, ["blame", "reliefs"], base=str(words.names[words.base]))


def missing(page: ComparisonPage) -> Section:
    """Return where the dwellings stand that are missing at the end."""
    return page.section("missing", page.drawn("missing", lambda: draw_missing(page.plain), ["missing"]))


def limits(page: ComparisonPage) -> Section:
    """Return what the numbers rest on: the draft, estimated figures, simulations, chance, failures, and what identifies the runs."""
    say, facts = page.say, page.facts
    law = page.language.name_or(facts["law"], "law", facts["law"])
    (half,) = page.plain.values("facts", {"fact": "half_interval_realised"}, "value")
    values: dict[str, str] = {name: page.fact(name) for name in ("runs", "failed")}
    values |= {
        "figures": page.html.figures(),
        "law": law,
        "date": page.day(facts["law_date"]),
        "half": page.fact("half_interval_realised", step_of(half / 2)),
    }
    model, *others = (page.text("limit", key, **values) for key in labels()["limit"])
    items = [model, estimates.warning(page.language), *others, *kept_collect(page.language)]
    if facts["replications"] < estimates.FEW:
        items.append(say("With fewer than 100 simulations bands and intervals are only indicative."))
    origin = {name: facts[name] for name in ("version", "seed")}
    made = page.text("origin", "page", source=str(facts["source"])[:12], **origin)
    return page.section("limits", Bullets(items), _runs(page), _data(page), Text(made, "note"))


def _runs(page: ComparisonPage) -> Part:
    """Return the options with what identifies their runs."""
    rows = [[f"{n.letter}. {n.title}", o, page.facts["options"][o]["digest"][:12]] for o, n in page.plain.names.items()]
    return page.listed("runs", page.heads(["option", "scenario", "run"]), rows, [])


def _data(page: ComparisonPage) -> Part:
    """Return the data files with the years that their columns are of, and the beginning of their fingerprints."""
    columns, rows, unknown = read_toml(DATA / "columns.toml"), [], page.say("figures given by the user")
    for name, digest in page.facts["data"].items():
        stem = name.removesuffix(".csv")
        vintages = " ".join(str(column["vintage"]) for column in columns.get(stem, {}).get("columns", {}).values())
        years = sorted(set(re.findall(r"\b20\d\d\b", vintages)))
        rows.append([name, page.language.name_or(unknown, "data", stem), ", ".join(years) or "–", str(digest)[:12]])
    return page.listed("data", page.heads(["file", "what", "vintage", "fingerprint"]), rows, [])


def glossary(page: ComparisonPage) -> Section:
    """Return what the words mean."""
    return page.section("glossary", Terms(terms(page.language)))
