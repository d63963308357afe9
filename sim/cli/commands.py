"""The commands of `bso` that are no study's: those that look at what goes in, and the page; and the subjects that can be explained."""

from collections.abc import Callable
from typing import Any

from sim.studies.registry import Command, commands, load_from, tables

OWN = (
    Command(
        "inputs:check",
        "bso check FILE...",
        "check scenarios, sweeps, tables (.csv, .xlsx; `--add-up`: parts of merged municipalities) and own data without running",
    ),
    Command(
        "inputs:new",
        "bso new FILE",
        "write a scenario of your own from a few answers, or from options (`--first 2029 --every 3 --rates 10,20,30,40,50`)",
    ),
    Command("inputs:scenarios", "bso scenarios", "the library, a line each"),
    Command(
        "inputs:explain",
        "bso explain SUBJECT",
        "a table of the model: phases, entities, parameters, law, readings, data, glossary and more",
    ),
    Command(
        "serving:serve",
        "bso serve",
        "the page: the forecast in a browser, of Flanders and of every municipality and company, and levers that answer at once with how "
        "sure that is; on this machine only, unless told otherwise. `--write DIR`: the pages that need no computing, as files",
    ),
    Command("inputs:estimate", "bso estimate", "rebuild the estimates of what is not published; `--check` only compares"),
)
SUBJECTS = (
    *("phases", "entities", "parameters", "law", "readings", "data", "streams", "outcomes", "assumed", "estimated", "sources"),
    *("commands", "glossary", *tables()),
)


def load_own(name: str) -> Callable[..., Any]:
    """Return the function of a command that is no study's by its name, "module:function"."""
    return load_from("sim.cli", name)


def every() -> list[Command]:
    """Return every command, in order: those of the studies, then those that look at what goes in."""
    return [*(command for _, command in commands()), *OWN]
