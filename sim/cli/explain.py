"""The model explained from its own code and data, as Markdown tables: what `bso explain` prints and the pages of docs/ hold."""

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from sim.cli.commands import every
from sim.engine import PHASES
from sim.engine import state as engine
from sim.inputs.law.model import LAWS
from sim.inputs.region.load import DATA
from sim.inputs.scenario.parameters import Costs, Frozen, Levers, Switch, Uncertainties
from sim.inputs.scenario.toml import LIBRARY, read_extended
from sim.report.markdown import table
from sim.report.snippets import glossary as words
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.studies.registry import load, tables

VOCABULARY = Path(__file__).parent.parent / "report" / "vocabulary.toml"
BASELINE = LIBRARY / "baseline.toml"
PARAMETERS: Mapping[str, type[Frozen]] = {"levers": Levers, "uncertainties": Uncertainties, "costs": Costs}
BETTER = {MORE: "more", LESS: "less"}


@cache
def vocabulary() -> dict[str, Any]:
    """Return what the engine's words mean, by subject and word."""
    return tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))


@cache
def baseline() -> dict[str, Any]:
    """Return the tables of the baseline as they are written."""
    return read_extended(BASELINE)


@cache
def law() -> dict[str, Any]:
    """Return the tables of the baseline's law as they are written."""
    return read_extended(LAWS / f"{baseline()['law']}.toml")


def columns() -> dict[str, Any]:
    """Return what every column of every data table means."""
    return tomllib.loads((DATA / "columns.toml").read_text(encoding="utf-8"))


def fields() -> dict[str, tuple[str, ...]]:
    """Return the state variables of every kind of entity, in the engine's order."""
    rows = {"project": engine.PROJECT, "municipality": engine.MUNICIPALITY, "company": engine.COMPANY_ROW, "flanders": engine.WORLD}
    return {entity: tuple(row.names or ()) for entity, row in rows.items()}


def code(name: object) -> str:
    """Return a name as Markdown shows code."""
    return f"`{name}`"


def phases() -> str:
    """Return the phases of a month, in order."""
    return table(("", "phase", "when", "what"), ((n, p.name, p.when, p.what) for n, p in enumerate(PHASES, 1)))


def entities() -> str:
    """Return every state variable of every kind of entity."""
    words = vocabulary()
    rows = ((entity, code(name), *words[entity][name]) for entity, names in fields().items() for name in names)
    return table(("entity", "variable", "meaning", "unit"), rows)


def streams() -> str:
    """Return every stream of chance, and the draws of a project, a search and a demolition in their order."""
    words = vocabulary()
    listed = table(("stream", "decides", "a row per", "a column per"), ((code(s), *about) for s, about in words["streams"].items()))
    draws = (f"Draws of a {of}, in order: {', '.join(map(code, names))}." for of, names in words["draws"].items())
    return "\n\n".join((listed, *draws))


def written(parameter: Mapping[str, Any]) -> str:
    """Return a parameter's value, its constant, or its distribution under scipy's names with its cut-offs."""
    if not {"value", "constant"}.isdisjoint(parameter):
        return number(parameter.get("constant", parameter.get("value")))
    spread = ", ".join(f"{name} {number(value)}" for name, value in parameter["parameters"].items())
    cut = [
        f"{word} {number(parameter[key])}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in parameter
    ]
    return ", ".join([f"{parameter['distribution']}({spread})", *cut])


def number(value: object) -> str:
    """Return a value as it is written in a table: few digits, yes or no, or a name."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def allowed(kind: Any, parameter: Mapping[str, Any]) -> str:
    """Return a parameter's range in the literature, or the values to choose from; empty where neither is known."""
    if "range" in parameter:
        return " to ".join(map(number, parameter["range"]))
    value = kind.model_fields["value"].annotation if "value" in kind.model_fields else None
    if issubclass(kind, Switch):
        return "yes, no"
    return ", ".join(map(str, get_args(value))) if get_origin(value) is Literal else ""


def of_baseline() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Yield every parameter of the baseline: group, name, range, and what is written of it."""
    for group, model in PARAMETERS.items():
        for name, parameter in baseline()[group].items():
            yield group, name, allowed(model.model_fields[name].annotation, parameter), parameter


def parameters() -> str:
    """Return the baseline's levers, uncertainties and costs."""
    rows = ((group, code(name), written(p), among, p["unit"], p["status"], p["source"]) for group, name, among, p in of_baseline())
    return table(("group", "parameter", "value", "range", "unit", "status", "source"), rows)


def assumed() -> str:
    """Return the parameters of the baseline that are assumed, by name, and the values of the law that are readings."""
    rows = [(name, written(p), among, p["unit"]) for _, name, among, p in of_baseline() if p["status"] == "assumed"]
    rows += [(f"law: {name}", v["value"], "", v["unit"]) for name, v in law()["values"].items() if v["status"] == "reading"]
    return table(("assumed", "value", "range", "unit"), ((code(name), *rest) for name, *rest in sorted(rows)))


def laws() -> str:
    """Return the values, dates, growth path and rhythm of the baseline's law."""
    rules = law()
    sourced = ("status", "source")
    values = table(
        ("law", "value", "unit", "from", *sourced),
        ((code(name), v["value"], v["unit"], v["from"], *(v[key] for key in sourced)) for name, v in rules["values"].items()),
    )
    dates = table(
        ("acts on", "dates", *sourced),
        ((code(name), ", ".join(map(str, e["dates"])), *(e[key] for key in sourced)) for name, e in rules["calendar"].items()),
    )
    path = table(
        ("legislature", "years", "share of the regular objective", *sourced),
        ((g["name"], g["years"], g["share"], *(g[key] for key in sourced)) for g in rules["growth_path"]),
    )
    names = [str(g["name"]) for g in rules["growth_path"]]
    rhythm = table(
        ("measured", "test", "regular path", "SIB", "rate", *sourced),
        (
            (
                m["date"],
                m.get("test", "none"),
                asked(names, m["regular"]),
                asked(["SIB"], [{**m["sib"], "shares": [m["sib"]["share"]]}]),
                m.get("rate", ""),
                *(m[k] for k in sourced),
            )
            for m in rules["rhythm"]
        ),
    )
    return "\n\n".join((values, dates, path, rhythm))


def asked(names: Sequence[str], requirements: Iterable[Mapping[str, Any]]) -> str:
    """Return what a measurement asks of the regular path: shares of its legislatures, at least at a stage."""
    parts = []
    for r in requirements:
        shares = (name if share == 1 else f"{share} {name}" for name, share in zip(names, r["shares"], strict=True) if share != 0)
        parts.append(f"{' + '.join(shares)} {reached(r['stage'])}")
    return "; ".join(parts)


def reached(stage: str) -> str:
    """Return that dwellings are at a stage or further, in words."""
    return "realised" if stage == "realised" else f"at least {stage}"


def readings() -> str:
    """Return the readings of the baseline's law with their options, the default first."""
    rows = (
        (code(name), code(r["value"]), ", ".join(code(o) for o in r["options"] if o != r["value"]), r["what"], r["why"])
        for name, r in law()["readings"].items()
    )
    return table(("reading", "default", "alternatives", "what", "why"), rows)


def data() -> str:
    """Return every column of every data table."""
    keys = ("description", "unit", "vintage", "source", "status")
    rows = ((code(t), code(c), *(about[key] for key in keys)) for t, d in columns().items() for c, about in d["columns"].items())
    return table(("table", "column", *keys), rows)


def estimated() -> str:
    """Return the columns that are estimated, not published."""
    rows = (
        (code(c), about["description"], about["unit"], about["source"])
        for d in columns().values()
        for c, about in d["columns"].items()
        if about["status"] == "estimated" and c != "population"
    )
    return table(("estimated, per municipality", "meaning", "unit", "how"), rows)


def outcomes() -> str:
    """Return the outcomes: one number per replication each."""
    words = vocabulary()["outcomes"]
    rows = ((code(name), words[name], outcome.unit, BETTER.get(outcome.better, "")) for name, outcome in OUTCOMES.items())
    return table(("outcome", "meaning", "unit", "better"), rows)


def sources() -> str:
    """Return the documents that numbers rest on, by the words with which sources name them."""
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return table(header, ((", ".join(map(code, keys(row[0]))), *row[1:]) for row in rows))


def keys(cell: str) -> list[str]:
    """Return the words by which sources name a document: a cell of sources.csv."""
    return cell.split("; ")


def commands() -> str:
    """Return every command of `bso`: how it is called and what it does."""
    return table(("command", "what it does"), ((code(command.usage), command.line) for command in every()))


def glossary() -> str:
    """Return the words of the field and of this model, in both languages, with what the code calls them; by their English."""
    rows = (
        (w["en"], w["nl"], w["means_en"], w["means_nl"], ", ".join(map(code, w["code"].split(", "))))
        for w in sorted(words(), key=lambda word: str(word["en"]).lower())
    )
    return table(("word", "Nederlands", "meaning", "betekenis", "in the code"), rows)


def of_study(subject: str) -> str:
    """Return a table that a study gives."""
    return str(load(*tables()[subject])())


SUBJECTS: Mapping[str, Callable[[], str]] = {
    "phases": phases,
    "entities": entities,
    "parameters": parameters,
    "law": laws,
    "readings": readings,
    "data": data,
    "streams": streams,
    "outcomes": outcomes,
    "assumed": assumed,
    "estimated": estimated,
    "sources": sources,
    "commands": commands,
    "glossary": glossary,
    **{subject: partial(of_study, subject) for subject in tables()},
}
