"""What is computed, by which functions: those of the source, or others that a notebook put in their place."""

import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import EnumType
from fractions import Fraction
from functools import cache, cached_property
from inspect import CO_NEWLOCALS, CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

import sim
from sim.engine import source_digest
from sim.engine.compiled import without_place
from sim.inputs.errors import CannotGoOn
from sim.inputs.files import text_of

# what makes numbers: run anew, and held against what is there
ROOMS = (
    *("rules", "chance", "agents", "engine", "model"),
    *("runs.chunk", "runs.futures", "runs.plain", "inputs.estimate", "inputs.region", "inputs.scenario.sets"),
)
READING = ("inputs",)  # of what else reads scenarios and facts only the functions are looked at: running all of it anew takes long
KEEPING = (*ROOMS, *READING, "runs.experiment")  # what keeps what it made for the next experiment of the process
Homes = tuple[dict[str, Any], ...]
SIMPLE = (bool, int, float, str, bytes, Fraction, re.Pattern, Path, np.generic, np.dtype)
DEPTH = 6  # of values within values that are looked at
OWN: dict[
    str, str
] = {}  # rules of a user's own that are in place (`sim.runs.own_rules`), by what they replace: SHA-256 of all they are made of


@cache
def own_source() -> str:
    """Return the digest of the source as it was when this process first computed: what is imported does not change with the disk."""
    return source_digest()


@cache
def plain_source() -> str:
    """Return the digest of the plain model's source, likewise."""
    files = sorted((Path(sim.__file__).parent / "model").glob("*.py"))
    return hashlib.sha256(b"".join(map(text_of, files))).hexdigest()


@cache
def installed() -> str:
    """Return the SHA-256 of all that computes, wherever it stands: the source of ROOMS and of what reads a scenario, and the package's data."""
    root = Path(sim.__file__).parent
    total = hashlib.sha256()
    for room in sorted({room.split(".")[0] for room in ROOMS}):
        for path in sorted(path for path in (root / room).rglob("*") if path.suffix in (".py", ".csv", ".toml")):
            total.update(f"{path.relative_to(root).as_posix()}\n".encode() + text_of(path))
    return total.hexdigest()


_kept_of: dict[str, str] = {}  # what was replaced when the process made what it keeps
_made: dict[Any, int] = {}  # how much each that keeps had made when the last of those who compute was done
_computing = 0  # who computes in this process
_held: ContextVar[dict[str, str] | None] = ContextVar("held", default=None)


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Look once for all who ask within what is `replaced`, and once more at the end: a look takes as long as some replications.

    What was made since somebody last computed is let go of first: what was replaced then, and is put back, nobody knows. Raises CannotGoOn when
    something else is replaced at the end than at the beginning.
    """
    global _computing
    if not _computing:
        _let_go_of_others()
    before = _look()
    token = _held.set(before)
    _computing += 1
    try:
        yield
    finally:
        _computing -= 1
        _made.update(_made_so_far(KEEPING))
        _held.reset(token)
    if changed := ", ".join(sorted(name for name, _ in before.items() ^ _look().items())):
        raise CannotGoOn(f"{changed} was replaced while replications were computed; remove what this run wrote")


def replaced() -> dict[str, str]:
    """Return what is not as the source has it, by its full name, each with a SHA-256 of what is there instead; empty for the published model.

    Either somebody replaced it in this process, or the source was changed since this process read it.
    """
    held = _held.get()
    return _look() if held is None else {**held}


def _look() -> dict[str, str]:
    found, looked_at = dict[str, str](), [*modules()]
    for module in looked_at:
        homes, written = as_written(module)
        for name, (value, words) in written.items():
            there = vars(module).get(name)
            if there is value or _as_it_was(there, value, module):
                continue
            if (instead := said(there, homes)) != words:
                found[f"{module.__name__}.{name}"] = hashlib.sha256(instead.encode()).hexdigest()
    for module in (module for module in modules(READING) if module not in looked_at):
        for name, function in functions(vars(module), module.__name__):
            known = _codes(module).get(name)
            if known is not None and not (function.__globals__ is vars(module) and function.__code__ in known):
                found.setdefault(f"{module.__name__}.{name}", hashlib.sha256(said(function, ()).encode()).hexdigest())
    found |= OWN
    if found != _kept_of:
        forget()
        _kept_of.clear()
        _kept_of.update(found)
    return found


def forget() -> None:
    """Let go of what the process keeps from one experiment to the next (populations, quantiles, tables, regions): others made it than those
    that are in place. What the compiler keeps goes by what it is made of, and stays."""
    for keeps in _keeping(KEEPING):
        keeps.cache_clear()
    _made.clear()


def _let_go_of_others() -> None:
    """Let go of what was made while nobody computed: all, where what makes numbers made any of it; of what only reads inputs, that alone."""
    if any(_made.get(keeps, 0) != made for keeps, made in _made_so_far(ROOMS).items()):
        forget()
    for keeps in [keeps for keeps, made in _made_so_far(READING).items() if _made.get(keeps, 0) != made]:
        keeps.cache_clear()


def _keeping(rooms: Sequence[str]) -> Iterator[Any]:
    """Yield the functions of some rooms, and of their classes, that keep what they made."""
    for module in (module for module in modules(rooms) if module.__name__ != "sim.engine.kept"):
        own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
        for value in (*own, *(part for each in own if isinstance(each, type) for part in vars(each).values())):
            keeps = value.fget if isinstance(value, property) else value
            if hasattr(keeps, "cache_clear"):
                yield keeps


def _made_so_far(rooms: Sequence[str]) -> dict[Any, int]:
    """Return how much each that keeps what it made has made."""
    return {keeps: keeps.cache_info().misses for keeps in _keeping(rooms)}


def _as_it_was(there: Any, value: Any, module: ModuleType) -> bool:
    """Return whether a plain function is that of the source: known at once, without words for it."""
    return (
        isinstance(there, FunctionType)
        and isinstance(value, FunctionType)
        and there.__globals__ is vars(module)
        and there.__closure__ is None
        and (there.__code__, there.__defaults__, there.__kwdefaults__) == (value.__code__, value.__defaults__, value.__kwdefaults__)
    )


def functions(names: Mapping[str, Any], module: str, within: str = "") -> Iterator[tuple[str, FunctionType]]:
    """Yield the functions of a module and its classes, each with its name; those that stand there from elsewhere are no functions of it."""
    for name, value in names.items():
        plain = _plain(value)
        if isinstance(plain, FunctionType):
            yield f"{within}{name}", plain
        elif isinstance(plain, type) and plain.__module__ == module and not within:
            yield from functions(vars(plain), module, f"{name}.")


@cache
def _codes(module: ModuleType) -> dict[str, list[CodeType]]:
    """Return the code of every function that stands in a module's source, or in a class of it, by name."""
    found: dict[str, list[CodeType]] = {}

    def look(code: CodeType, within: str) -> None:
        for inner in (constant for constant in code.co_consts if isinstance(constant, CodeType)):
            found.setdefault(f"{within}{inner.co_name}", []).append(inner)
            if not within:
                look(inner, f"{inner.co_name}.")

    look(_source_of(module), "")
    return found


def made_by() -> dict[str, Any]:
    """Return what an experiment says of the code that makes it: the digest of the source and, where it is not what runs, what was replaced."""
    instead = replaced()
    if not instead:
        return {"source": own_source()}
    both = hashlib.sha256(json.dumps([own_source(), instead]).encode()).hexdigest()
    return {"source": both, "replaced": instead}


def modules(rooms: Sequence[str] = ROOMS) -> Iterator[ModuleType]:
    """Yield the modules of some rooms that are in use, by name."""
    for name in sorted(name for name in sys.modules if name.startswith("sim.")):
        if any(name == f"sim.{room}" or name.startswith(f"sim.{room}.") for room in rooms):
            yield sys.modules[name]


@cache
def as_written(module: ModuleType) -> tuple[Homes, dict[str, tuple[Any, str]]]:
    """Return the functions, classes and constants that a module's source gives when it is run anew, beside the module in use: each as it is
    and in words; and before them where such functions look up what they read: the module in use, and the one run anew."""
    code = _source_of(module)
    names = {name: value for name, value in vars(module).items() if name.startswith("__") and name != "__builtins__"}
    before = {*names}
    exec(code, names)
    made = {name: value for name, value in names.items() if name not in before and name != "__builtins__"}
    homes = vars(module), names
    return homes, {name: (value, said(value, homes)) for name, value in made.items() if name.isupper() or callable(value)}


def _source_of(module: ModuleType) -> CodeType:
    """Return the code of a module as its file has it."""
    spec = module.__spec__
    assert spec is not None
    assert spec.loader is not None
    code: CodeType = spec.loader.get_code(module.__name__)  # type: ignore[attr-defined]
    return code


def said(value: Any, homes: Homes, depth: int = DEPTH) -> str:
    """Return in words what a function does, what a class is made of, or a constant: the same words, the same numbers. `homes`: where a function
    of the source looks up what it reads; one that looks elsewhere may read anything."""
    if value is None or isinstance(value, SIMPLE):
        return f"{type(value).__name__} {value!r}"
    if depth == 0:
        return type(value).__name__
    value = _plain(value)
    if isinstance(value, FunctionType):
        within = [said(cell.cell_contents, homes, depth - 1) for cell in value.__closure__ or ()]
        given = said((value.__defaults__, value.__kwdefaults__), homes, depth - 1)
        *does, flags = without_place(value.__code__)
        does += [flags & ~(CO_OPTIMIZED | CO_NEWLOCALS)]  # compiling while a profiler runs clears one of them
        return f"def {does!r} {given} {within} {any(value.__globals__ is home for home in homes)}"
    if isinstance(value, EnumType):
        members: Mapping[str, Any] = value.__members__
        return f"enum {[(name, repr(member.value)) for name, member in members.items()]}"
    if isinstance(value, type):
        if not value.__module__.startswith("sim."):
            return f"class {value.__module__}.{value.__qualname__}"
        parts = {name: part for name, part in vars(value).items() if name.isupper() or callable(_plain(part))}
        parts.pop("__annotate_func__", None)  # of Python 3.14: it computes nothing, and sees whatever the class keeps
        return f"class {[(name, said(part, homes, depth - 1)) for name, part in sorted(parts.items())]}"
    if isinstance(value, dict):
        return f"{{{[(said(k, homes, depth - 1), said(v, homes, depth - 1)) for k, v in value.items()]}}}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[said(part, homes, depth - 1) for part in value]}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} {sorted(said(part, homes, depth - 1) for part in value)}"
    return f"{type(value).__module__}.{type(value).__qualname__} {getattr(value, '__name__', '')}"  # of a library's function: which


def _plain(value: Any) -> Any:
    """Return the function as it is written, of one that is compiled, cached or otherwise wrapped."""
    for _ in range(DEPTH):
        around = value
        if isinstance(value, property):
            value = value.fget
        elif isinstance(value, staticmethod | classmethod):
            value = value.__func__
        elif isinstance(value, cached_property):
            value = value.func
        elif isinstance(value, functools.partial):
            return value.func, value.args, value.keywords
        elif hasattr(value, "decorator_info"):  # of pydantic
            value = value.wrapped
        elif hasattr(value, "py_func"):
            value = value.py_func
        elif not isinstance(value, type) and hasattr(value, "__wrapped__"):
            value = value.__wrapped__
        if value is around:
            break
    return value
