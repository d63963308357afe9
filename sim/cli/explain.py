"""The model explained from its own code and data, as Markdown tables: what `bso explain` prints and the pages of docs/ hold."""

import csv
import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from sim.cli.commands import every, load_own
from sim.cli.help import told as in_help
from sim.engine import PHASES
from sim.engine import state as engine
from sim.inputs.law.model import LAWS
from sim.inputs.region.load import DATA
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.parameters import Costs, Levers, Uncertainties
from sim.inputs.scenario.toml import LIBRARY, read_extended
from sim.inputs.scenario.values import Switch
from sim.report.markdown import table
from sim.report.messages import READER, entries_of
from sim.report.snippets import glossary
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.studies.registry import Command, commands, load, tables

VOCABULARY = Path(__file__).parent.parent / "report" / "vocabulary.toml"
BASELINE = LIBRARY / "baseline.toml"
PARAMETERS: Mapping[str, type[Frozen]] = {"levers": Levers, "uncertainties": Uncertainties, "costs": Costs}
SHORT = (  # what is a word of its own in any cell; all else is a head
    *("yes", "no", "none", "more", "less", "found", "derived", "assumed", "estimated", "fact", "reading", "pass", "miss", "shown"),
    *("independent", "input", "naive", "share", "dwellings", "municipalities", "months", "years"),
)
BETTER = {MORE: "more", LESS: "less"}
IN_DUTCH = ("phases", "outcomes", "readings")  # subjects of which descriptions are in Dutch too


@cache
def vocabulary() -> dict[str, Any]:
    """Return what the engine's words mean, by subject and word."""
    return tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))


@cache
def baseline() -> dict[str, Any]:
    """Return the tables of the baseline as they are written."""
    return read_extended(BASELINE)


@cache
def law_as_written() -> dict[str, Any]:
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


def assumed() -> Iterator[tuple[object, ...]]:
    """Yield the parameters of the baseline that are assumed, and the values of the law that are readings, by name."""
    rows = [(name, written(p), among, p["unit"]) for _, name, among, p in of_baseline() if p["status"] == "assumed"]
    readings = ((name, v) for name, v in law_as_written()["values"].items() if v["status"] == "reading")
    rows += [(f"law: {name}", v["value"], "", v["unit"]) for name, v in readings]
    yield from ((code(name), *rest) for name, *rest in sorted(rows))


def law() -> str:
    """Return the values, dates, growth path and rhythm of the baseline's law."""
    rules = law_as_written()
    values = ((v, (code(name), v["value"], v["unit"], v["from"])) for name, v in rules["values"].items())
    dates = ((e, (code(name), ", ".join(map(str, e["dates"])))) for name, e in rules["calendar"].items())
    path = ((g, (g["name"], g["years"], g["share"])) for g in rules["growth_path"])
    names = [str(g["name"]) for g in rules["growth_path"]]
    rhythm = ((m, (m["date"], m.get("test", "none"), *asked_at(names, m), m.get("rate", ""))) for m in rules["rhythm"])
    sourced = (
        (("law", "value", "unit", "from"), values),
        (("acts on", "dates"), dates),
        (("legislature", "years", "share of the regular objective"), path),
        (("measured", "test", "regular path", "SIB", "rate"), rhythm),
    )
    return "\n\n".join(
        table((*heads, "status", "source"), ((*cells, about["status"], about["source"]) for about, cells in rows))
        for heads, rows in sourced
    )


def asked_at(names: Sequence[str], measurement: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a measurement asks of the regular path and of SIB."""
    sib = measurement["sib"]
    return asked(names, measurement["regular"]), asked(["SIB"], [{**sib, "shares": [sib["share"]]}])


def asked(names: Sequence[str], requirements: Iterable[Mapping[str, Any]]) -> str:
    """Return what a measurement asks of the regular path: shares of its legislatures, at least at a stage."""
    parts = []
    for r in requirements:
        shares = (name if share == 1 else f"{share} {name}" for name, share in zip(names, r["shares"], strict=True) if share != 0)
        stage = r["stage"] if r["stage"] == "realised" else f"at least {r['stage']}"
        parts.append(f"{' + '.join(shares)} {stage}")
    return "; ".join(parts)


def sources() -> str:
    """Return the documents that numbers rest on, by the words with which sources name them."""
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return table(header, ((", ".join(map(code, keys(row[0]))), *row[1:]) for row in rows))


def keys(cell: str) -> list[str]:
    """Return the words by which sources name a document: a cell of sources.csv."""
    return cell.split("; ")


def of_study(subject: str) -> str:
    """Return a table that a study gives."""
    return str(load(*tables()[subject])())


def of_columns() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield every column of every data table: table, name, and what is known of it."""
    yield from ((name, column, about) for name, of_table in columns().items() for column, about in of_table["columns"].items())


ABOUT = ("description", "unit", "vintage", "source", "status")
# Heads and rows of the tables that are no more than that, by subject.
TABLES: Mapping[str, tuple[Sequence[str], Callable[[], Iterable[Iterable[object]]]]] = {
    "phases": (("", "phase", "when", "what"), lambda: ((n, p.name, p.when, p.what) for n, p in enumerate(PHASES, 1))),
    "entities": (
        ("entity", "variable", "meaning", "unit"),
        lambda: ((entity, code(name), *vocabulary()[entity][name]) for entity, names in fields().items() for name in names),
    ),
    "parameters": (
        ("group", "parameter", "value", "range", "unit", "status", "source"),
        lambda: ((group, code(n), written(p), among, p["unit"], p["status"], p["source"]) for group, n, among, p in of_baseline()),
    ),
    "assumed": (("assumed", "value", "range", "unit"), assumed),
    "readings": (
        ("reading", "default", "alternatives", "what", "why"),
        lambda: (
            (code(name), code(r["value"]), ", ".join(code(o) for o in r["options"] if o != r["value"]), r["what"], r["why"])
            for name, r in law_as_written()["readings"].items()
        ),
    ),
    "data": (("table", "column", *ABOUT), lambda: ((code(t), code(c), *map(about.get, ABOUT)) for t, c, about in of_columns())),
    "estimated": (
        ("estimated, per municipality", "meaning", "unit", "how"),
        lambda: (
            (code(name), about["description"], about["unit"], about["source"])
            for _, name, about in of_columns()
            if about["status"] == "estimated" and name != "population"
        ),
    ),
    "outcomes": (
        ("outcome", "meaning", "unit", "better"),
        lambda: ((code(n), vocabulary()["outcomes"][n], o.unit, BETTER.get(o.better, "")) for n, o in OUTCOMES.items()),
    ),
    "commands": (("command", "what it does"), lambda: ((code(command.usage), command.line) for command in every())),
    "glossary": (
        ("word", "Nederlands", "meaning", "betekenis", "in the code"),
        lambda: (
            (w["en"], w["nl"], w["means_en"], w["means_nl"], ", ".join(map(code, w["code"].split(", "))))
            for w in sorted(glossary(), key=lambda word: str(word["en"]).lower())
        ),
    ),
}


def of_subject(subject: str) -> str:
    """Return the table of a subject in `TABLES`."""
    heads, rows = TABLES[subject]
    return table(heads, rows())


SUBJECTS: Mapping[str, Callable[[], str]] = {
    **{subject: partial(of_subject, subject) for subject in TABLES},
    **{"law": law, "streams": streams, "sources": sources},
    **{subject: partial(of_study, subject) for subject in tables()},
}


def told(subject: str) -> str:
    """Return the table of a subject in the language of the reader: in Dutch its heads and short words, of some all, and the help of commands."""
    if READER.get() != "nl":
        return SUBJECTS[subject]()
    if subject == "commands":
        return table(("commando", "wat het doet"), ((code(command.usage), help_of(command)) for command in every()))
    dutch = dict(entries_of(Path(__file__).with_suffix(".po")))
    short, lines = {word: dutch[word] for word in SHORT}, SUBJECTS[subject]().split("\n")
    heads = {number - 1 for number, line in enumerate(lines) if line.startswith("| ---")}
    lines = [in_cells(line, dutch if number in heads or subject in IN_DUTCH else short) for number, line in enumerate(lines)]
    note = "Descriptions are in English, as in the code and its data."
    return "\n".join((*lines, *(() if subject in ("glossary", *IN_DUTCH) else ("", dutch[note]))))


def word(text: str) -> str:
    """Return a head or a short word in the language of the reader; as it is where it has no other."""
    return dict(entries_of(Path(__file__).with_suffix(".po"))).get(text, text) if READER.get() == "nl" else text


def in_cells(line: str, words: Mapping[str, str]) -> str:
    """Return a line of a Markdown table with each cell that is one of these words replaced.

    >>> in_cells("| test | `test` | a test |", {"test": "toets"})
    '| toets | `test` | a test |'
    """
    return re.sub(r"(?<=\| )[^|]+(?= \|)", lambda cell: words.get(cell[0], cell[0]), line) if line.startswith("|") else line


def help_of(command: Command) -> str:
    """Return what a command does, as its help says it in the language of the reader."""
    own = next((name for name, known in commands() if known is command), None)
    function = load_own(command.function) if own is None else load(own, command.function)
    return in_help(str(inspect.getdoc(function)))
