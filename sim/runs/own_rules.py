"""Rules of one's own: functions in the place of the model's, for as long as a run takes, and named in what it gives.

A rule is told by what it replaces, as `agents.policies.priority` or `model.project.Project.tender`. What it is made of, all that it calls and
reads included, is part of what an experiment is, and of the compiled code's name. So it may read nothing that can change meanwhile: no
clock, no generator (draws come from the named streams), no file, no list or table that somebody else may alter.
"""

import dis
import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from fractions import Fraction
from importlib import import_module
from inspect import signature
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from sim.engine.compiled import NotCompiled, without_place
from sim.inputs.errors import InputError, nearest
from sim.runs.source import OWN, forget, modules

Rules = Mapping[str, Callable[..., Any]]
ROOM_OF = {"model": "plain"} | dict.fromkeys(("rules", "agents", "engine"), "compiled")  # whose rooms are whose
MODULES = ("math", "numpy", "operator", "itertools", "functools", "fractions", "heapq", "collections", "simpy")
REFUSED = ("open", "input", "exec", "eval", "compile", "globals", "locals", "vars", "setattr", "id", "hash", "__import__")
CONSTANT = (bool, int, float, str, bytes, Fraction)  # themselves, and no classes made of them

_turn = threading.Condition()
_busy: Counter[int] = Counter()  # threads that compute, by their number
_owners: list[int] = []  # the thread whose rules are in place


@contextmanager
def in_place(rules: Rules | None = None, engine: str | None = None) -> Iterator[None]:
    """Compute with rules of one's own: nobody else in this process computes meanwhile; without any, nobody has theirs in place.

    `engine`: that computes: the compiled one does not read what belongs to the plain model, nor the other way around. Raises InputError for a
    rule that replaces nothing, is no plain function, takes other arguments, reads what may change, or that numba cannot compile.
    """
    me = threading.get_ident()
    found = {name: _replaces(name, rule, engine) for name, rule in (rules or {}).items()}
    digests = {name: digest(rule, name) for name, rule in (rules or {}).items()}
    with _turn:
        _turn.wait_for(lambda: not {*_owners} - {me} and not (found and {*_busy} - {me}))
        _busy[me] += 1
        _owners.extend([me] * bool(found))
    places: list[tuple[Any, str, Any]] = []
    try:
        for name, (home, last) in found.items():
            before = vars(home)[last]
            homes = [home] if isinstance(home, type) else [module for module in modules() if vars(module).get(last) is before]
            places += [(each, last, before) for each in homes]
            for each in homes:
                setattr(each, last, (rules or {})[name])
            OWN[f"sim.{name}"] = digests[name]
        if found:
            forget()
        yield
    except NotCompiled as error:
        if not found:
            raise
        why = next((line for line in str(error).splitlines() if line and not line.startswith("Failed in ")), "")
        problem = f"numba cannot compile it: {why}; whole numbers, arrays and the columns named there are allowed"
        raise InputError("rules", ", ".join(found), problem) from None
    finally:
        for each, last, before in reversed(places):
            setattr(each, last, before)
        for name in found:
            OWN.pop(f"sim.{name}", None)
        if found:
            forget()
        with _turn:
            _busy[me] -= 1
            if not _busy[me]:
                del _busy[me]
            if found:
                _owners.remove(me)
            _turn.notify_all()


def _replaces(name: str, rule: Any, engine: str | None) -> tuple[Any, str]:
    """Return where the function stands that a rule replaces, a module or a class, and its name there."""
    if not isinstance(rule, FunctionType):
        raise InputError("rules", name, f"found a {type(rule).__name__}; a plain function is needed")
    *path, last = name.split(".")
    room = path[0] if path else ""
    if room not in ROOM_OF:
        raise InputError("rules", name, f"no room of the model; {nearest(room, ROOM_OF)}")
    if engine not in (None, ROOM_OF[room]):
        raise InputError("rules", name, f"the {engine} engine does not read sim.{room}; engine={ROOM_OF[room]!r} does")
    home: Any = None
    for part in path:
        try:
            home = (
                import_module(f"sim.{part}")
                if home is None
                else getattr(home, part, None) or import_module(f"{home.__name__}.{part}")
            )
        except (ImportError, AttributeError):
            raise InputError("rules", name, f"nothing there is called {part!r}") from None
    known = [each for each, value in vars(home).items() if isinstance(value, FunctionType) and value.__module__.startswith("sim.")]
    if last not in known:
        raise InputError("rules", name, f"no function {last!r} there; {nearest(last, known)}")
    asked = signature(vars(home)[last])
    try:
        signature(rule).bind(*asked.parameters)
    except TypeError:
        raise InputError("rules", name, f"found {signature(rule)}; {asked} is what it is called with") from None
    return home, last


def digest(function: Callable[..., Any], name: str) -> str:
    """Return the SHA-256 of a rule with all that it calls and reads. Raises InputError for what may change between two runs."""
    return hashlib.sha256(repr(_said(function, name, ())).encode()).hexdigest()


def _said(value: Any, name: str, within: tuple[Any, ...]) -> Any:
    """Return in words what a rule is made of, or reads. `within`: the functions that are being told."""
    value = getattr(value, "py_func", value) if type(value).__module__.startswith("numba.") else value
    kind, home = type(value), str(getattr(value, "__module__", None) or "")
    if value is None or kind in CONSTANT or (isinstance(value, (np.generic, np.dtype)) and kind.__module__.startswith("numpy")):
        return kind.__name__, repr(value)
    if kind is np.ndarray and value.dtype.kind in "biuf" and not value.flags.writeable:
        return str(value.dtype), value.shape, value.tobytes()
    if kind is tuple or kind is frozenset:
        parts = [repr(_said(part, name, within)) for part in value]
        return kind.__name__, parts if kind is tuple else sorted(parts)
    if isinstance(value, ModuleType):
        if value.__name__.split(".")[0] not in (*MODULES, "sim") or "random" in value.__name__:
            raise InputError("rules", name, f"reads the module {value.__name__}; {', '.join(MODULES)} and sim are allowed")
        return value.__name__, getattr(value, "__version__", "")
    if isinstance(value, Enum) and kind.__module__.startswith("sim."):
        return kind.__module__, kind.__qualname__, value.name
    plain = isinstance(value, (type, FunctionType, np.ufunc)) or (
        isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType)
    )
    if plain and home.split(".")[0] in (*MODULES, "sim", "builtins") and "random" not in home and _stands_in(home, value):
        return home, getattr(value, "__qualname__", repr(value))  # whose source the experiment names, or a library's
    if kind is FunctionType:
        return value.__qualname__ if value in within else _function(value, name, (*within, value))
    what = (
        "n array that may be written in (set its flags.writeable to False)"
        if kind is np.ndarray
        else f" {kind.__name__}, which may change"
    )
    raise InputError("rules", name, f"reads a{what}; a constant, a tuple or a function is allowed")


def _stands_in(home: str, value: Any) -> bool:
    """Return whether what says that it is of a module is: `functools.wraps` and `np.frompyfunc` make what only says so."""
    module = sys.modules.get(home)
    if module is not None and getattr(value, "__globals__", None) is vars(module):
        return True
    named: Any = module
    for part in getattr(value, "__qualname__", value.__name__).split("."):
        named = getattr(named, part, None)
    return named is value


def _function(function: FunctionType, name: str, within: tuple[Any, ...]) -> Any:
    outside, attributes = set[str](), set[str]()
    if vars(function):
        raise InputError(
            "rules", name, f"has attributes of its own ({', '.join(vars(function))}), which may change; a default is allowed"
        )
    for code in _codes(function.__code__):
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                raise InputError(
                    "rules", name, f"imports {step.argval} when it runs; import it above, if it is one of {', '.join(MODULES)}"
                )
            if step.opname in ("STORE_GLOBAL", "STORE_DEREF", "DELETE_GLOBAL") and step.argval not in code.co_cellvars:
                raise InputError("rules", name, f"changes {step.argval}, which outlives it")
            if step.opname in ("LOAD_NAME", "LOAD_BUILD_CLASS"):
                raise InputError("rules", name, "makes a class of its own; a function is allowed")
            (outside if step.opname == "LOAD_GLOBAL" else attributes).add(str(step.argval))
    if "random" in attributes and any(getattr(function.__globals__.get(each), "__name__", "") == "numpy" for each in outside):
        raise InputError(
            "rules",
            name,
            'draws from a generator of numpy; draws come from the named streams, as `self.draw_of("name")` of a project',
        )
    for each in sorted(outside - function.__globals__.keys()):
        if each in REFUSED:
            raise InputError("rules", name, f"calls {each}(), of which nobody knows what it gives")
    read = {each: function.__globals__[each] for each in sorted(outside & function.__globals__.keys())}
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    given = (*(function.__defaults__ or ()), *sorted((function.__kwdefaults__ or {}).items()))
    reads = [(each, _said(value, name, within)) for each, value in read.items()]
    return without_place(function.__code__, function.__doc__), reads, [_said(value, name, within) for value in (*cells, *given)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
