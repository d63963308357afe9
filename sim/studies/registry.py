"""The registry of studies: every folder here that says what it is. The command, the notebook's calls and the tables of the docs read it."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import sim.studies


@dataclass(frozen=True)
class Command:
    """A command of `bso`: its function as "module:function" in the study's folder, how it is called, and what it does, in a line (Markdown)."""

    function: str
    usage: str
    line: str


@dataclass(frozen=True)
class Study:
    """What a study says of itself; its question is its folder's docstring. Names are "module:function", so that `bso --help` imports no study.

    `place`: where its commands stand in the list, the lowest first. `calls`: what a notebook calls, by name (`sim.NAME`), each giving a
    `Result`. `tables`: Markdown tables for the docs, by the subject of `bso explain`.
    """

    place: int
    commands: tuple[Command, ...]
    calls: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


@cache
def studies() -> dict[str, Study]:
    """Return every study by the name of its folder, in the order of their places."""
    folders = [module.name for module in pkgutil.iter_modules(sim.studies.__path__) if module.ispkg]
    found = {name: import_module(f"sim.studies.{name}").STUDY for name in folders}
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[0])))


def question(study: str) -> str:
    """Return the question that a study answers."""
    return str(import_module(f"sim.studies.{study}").__doc__)


def load(study: str, name: str) -> Callable[..., Any]:
    """Return a function of a study by its name, "module:function"."""
    return load_from(f"sim.studies.{study}", name)


def load_from(folder: str, name: str) -> Callable[..., Any]:
    """Return a function of a folder of modules, `sim.cli` say, by its name, "module:function"."""
    module, function = name.split(":")
    loaded: Callable[..., Any] = getattr(import_module(f"{folder}.{module}"), function)
    return loaded


def commands() -> list[tuple[str, Command]]:
    """Return every command with its study, in order."""
    return [(name, command) for name, study in studies().items() for command in study.commands]


def calls() -> dict[str, tuple[str, str]]:
    """Return study and function of everything that a notebook calls, by name.

    >>> calls()["run"]
    ('forecast', 'study:run')
    """
    return {call: (name, function) for name, study in studies().items() for call, function in study.calls.items()}


def tables() -> dict[str, tuple[str, str]]:
    """Return study and function of every table for the docs, by subject."""
    return {subject: (name, function) for name, study in studies().items() for subject, function in study.tables.items()}
