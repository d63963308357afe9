"""What is computed, by which functions: those of the source, or others that a notebook put in their place."""

import functools
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from enum import EnumType
from functools import cache, cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

import sim
from sim.engine import source_digest
from sim.inputs.files import text_of

# all that makes numbers, but for what only reads a scenario: that is in the identity of an experiment as it was read
ROOMS = (
    *("rules", "chance", "agents", "engine", "model"),
    *("runs.chunk", "runs.futures", "runs.plain", "inputs.estimate", "inputs.region", "inputs.scenario.sets"),
)
SIMPLE = (bool, int, float, str, bytes, Path, np.generic, np.dtype)
DEPTH = 6  # of values within values that are looked at


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


def replaced() -> dict[str, str]:
    """Return what is not as the source has it, by its full name, each with a SHA-256 of what is there instead; empty for the published model.

    Either somebody replaced it in this process, or the source was changed since this process read it.
    """
    found = {}
    for module in modules():
        for name, (value, words) in as_written(module).items():
            there = vars(module).get(name)
            if there is not value and (instead := said(there)) != words:
                found[f"{module.__name__}.{name}"] = hashlib.sha256(instead.encode()).hexdigest()
    return found


def made_by() -> dict[str, Any]:
    """Return what an experiment says of the code that makes it: the digest of the source and, where it is not what runs, what was replaced."""
    instead = replaced()
    if not instead:
        return {"source": own_source()}
    both = hashlib.sha256(json.dumps([own_source(), instead]).encode()).hexdigest()
    return {"source": both, "replaced": instead}


def modules() -> Iterator[ModuleType]:
    """Yield the modules of ROOMS that are in use, by name."""
    for name in sorted(sys.modules):
        if any(name == f"sim.{room}" or name.startswith(f"sim.{room}.") for room in ROOMS):
            yield sys.modules[name]


@cache
def as_written(module: ModuleType) -> dict[str, tuple[Any, str]]:
    """Return the functions, classes and constants that a module's source gives when it is run anew, beside the module in use: each as it is
    and in words."""
    spec = module.__spec__
    assert spec is not None
    assert spec.loader is not None
    code: CodeType = spec.loader.get_code(module.__name__)  # type: ignore[attr-defined]
    names = {name: value for name, value in vars(module).items() if name.startswith("__") and name != "__builtins__"}
    before = {*names}
    exec(code, names)
    made = {name: value for name, value in names.items() if name not in before and name != "__builtins__"}
    return {name: (value, said(value)) for name, value in made.items() if name.isupper() or callable(value)}


def said(value: Any, depth: int = DEPTH) -> str:
    """Return in words what a function does, what a class is made of, or a constant: the same words, the same numbers."""
    if value is None or isinstance(value, SIMPLE):
        return f"{type(value).__name__} {value!r}"
    if depth == 0:
        return type(value).__name__
    value = _plain(value)
    if isinstance(value, FunctionType):
        within = [said(cell.cell_contents, depth - 1) for cell in value.__closure__ or ()]
        return f"def {_code(value.__code__)} {said(value.__defaults__, depth - 1)} {said(value.__kwdefaults__, depth - 1)} {within}"
    if isinstance(value, EnumType):
        members: Mapping[str, Any] = value.__members__
        return f"enum {[(name, repr(member.value)) for name, member in members.items()]}"
    if isinstance(value, type):
        if not value.__module__.startswith("sim."):
            return f"class {value.__module__}.{value.__qualname__}"
        parts = {name: part for name, part in vars(value).items() if name.isupper() or callable(_plain(part))}
        return f"class {[(name, said(part, depth - 1)) for name, part in sorted(parts.items())]}"
    if isinstance(value, dict):
        return f"{{{[(said(k, depth - 1), said(v, depth - 1)) for k, v in value.items()]}}}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[said(part, depth - 1) for part in value]}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} {sorted(said(part, depth - 1) for part in value)}"
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _plain(value: Any) -> Any:
    """Return the function as it is written, of one that is compiled, cached or otherwise wrapped."""
    for _ in range(DEPTH):
        if isinstance(value, property):
            value = value.fget
        elif isinstance(value, staticmethod | classmethod):
            value = value.__func__
        elif isinstance(value, cached_property):
            value = value.func
        elif isinstance(value, functools.partial):
            return value.func, value.args, value.keywords
        elif hasattr(value, "py_func"):
            value = value.py_func
        elif not isinstance(value, type) and hasattr(value, "__wrapped__"):
            value = value.__wrapped__
    return value


def _code(code: CodeType) -> str:
    constants = [_code(c) if isinstance(c, CodeType) else said(c, 2) for c in code.co_consts]
    return repr((code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_flags))
