"""Rules, decisions and phases compiled with numba, from the plain functions as they are written, and kept on disk.

What is kept is keyed by what was compiled: the very function, all that it calls and every constant it reads, without comments and docstrings.
So neither a change nor a function that was replaced (in a notebook, say) meets code that is not its own, and what did not change is not
compiled again. With NUMBA_DISABLE_JIT=1 everything runs as plain Python, step by step in a debugger, with the same results.
"""

import dis
import hashlib
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from enum import EnumType
from functools import cache
from operator import itemgetter
from pathlib import Path
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.registry import CPUDispatcher

import sim
from sim.engine.blocks import Block, call_each
from sim.engine.kept import Kept
from sim.inputs.files import text_of

NotCompiled = numba.errors.NumbaError  # what a function raises that numba cannot take
config: Any = numba.config  # its values are set from the environment when numba is imported
Function = Callable[..., Any]
MODULES = ("math", "numpy")  # what they hold is known by their version


def source_digest() -> str:
    """Return the SHA-256 of the source of everything that makes a replication: rules, chance, agents, engine."""
    root = Path(sim.__file__).parent
    source = hashlib.sha256()
    for room in ("rules", "chance", "agents", "engine"):
        for path in sorted((root / room).glob("*.py")):
            source.update(text_of(path))
    return source.hexdigest()


def compiled(function: Function) -> Function:
    """Return `function` compiled, with every function that it calls; the plain one when numba is switched off.

    Its arguments may be named tuples of arrays, arrays and integers. When it, or anything that it calls or reads, was replaced since the last
    call, it is compiled anew. Raises TypeError when it reads something else than plain functions (or numba's), constants
    and MODULES.
    """
    if config.DISABLE_JIT:
        return function
    root = _roots.get(function)
    if root is None or not root.read.same():
        root = _roots[function] = _Root(function)
    return root


def made_of(function: Function) -> str:
    """Return the SHA-256 of a function with all that it calls and reads, without comments and docstrings. Raises TypeError as `compiled`."""
    return _digest(_plain(function), {})


def call_in_order(functions: Sequence[Function], model: Any, state: Any, schedule: np.ndarray) -> None:
    """Call phases in the order of a schedule: int64[n, 2], month and number of the function. Each is compiled, and kept, apart."""
    if config.DISABLE_JIT:
        for t, number in schedule.tolist():
            functions[number](model, state, t)
        return
    key = (tuple(functions), type(model), type(state))
    phases = _phases.get(key)
    blocks = _model(model), Block(state)
    if phases is None or phases.kinds != [block._numba_type_ for block in blocks] or not phases.read.same():
        phases = _phases[key] = _Phases(functions, blocks)
    _caller()(phases.addresses, *(block.address for block in blocks), schedule)


@cache
def _caller() -> Any:
    caller = numba.njit(_nrt=False)(call_each)
    caller._cache = Kept("call_each", "")
    return caller


class _Read:
    """All that some functions read from outside, to see whether it is still the same."""

    def __init__(self, functions: Iterable[FunctionType]) -> None:
        names: dict[int, tuple[dict[str, Any], list[str]]] = {}
        for function in functions:
            of_module = names.setdefault(
                id(function.__globals__), (function.__globals__, ["__name__", "__name__"])
            )  # two: for a tuple
            of_module[1].extend(_outside(function.__code__) & function.__globals__.keys())
        self.values = [(outside, itemgetter(*some), itemgetter(*some)(outside)) for outside, some in names.values()]

    def same(self) -> bool:
        return all(get(outside) == values for outside, get, values in self.values)


class _Phases:
    """Phases compiled for a model and a state, by their addresses."""

    def __init__(self, functions: Sequence[Function], blocks: Sequence[Block]) -> None:
        roots: list[Any] = [compiled(function) for function in functions]
        self.kinds = [block._numba_type_ for block in blocks]
        self.read = _Read({function for root in roots for function in root.digests})
        self.addresses = np.array([root.address(*self.kinds) for root in roots], np.int64)


class _Root:
    """A function that Python calls, or that is called by its address: compiled and kept as a whole, with all that it calls."""

    def __init__(self, function: Function) -> None:
        self.digests: dict[FunctionType, str] = {}
        digest = _digest(_plain(function), self.digests)
        self.read = _Read(self.digests)
        self.dispatcher = _dispatcher(_plain(function), self.digests, root=True)
        self.dispatcher._cache = Kept(f"{function.__module__}.{function.__qualname__}", digest)

    def __call__(self, *given: Any) -> Any:
        return self.dispatcher(*(Block(value) if isinstance(value, tuple) else value for value in given))

    def address(self, model: Any, state: Any) -> int:
        """Return the address of a phase, compiled for blocks of these types."""
        kinds = (model, state, numba.int64)
        self.dispatcher.compile(kinds)
        made = self.dispatcher.overloads[kinds]
        return made.library.get_pointer_to_function(made.fndesc.llvm_func_name)


_roots: dict[Function, _Root] = {}
_phases: dict[Any, _Phases] = {}
_parts: dict[str, Any] = {}  # what roots call, by digest: several call the same
_models: dict[type, Block] = {}


def _model(model: Any) -> Block:
    """Return the block of a model, kept for the next call. Those of states are not: the next state is to get the memory of the last."""
    block = _models.get(type(model))
    if block is None or block.arrays is not model:
        block = _models[type(model)] = Block(model)
    return block


@cache
def _outside(code: CodeType) -> frozenset[str]:
    """Return the names that code reads from outside."""
    within = [_outside(inner) for inner in code.co_consts if isinstance(inner, CodeType)]
    return frozenset(step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL").union(*within)


def _plain(value: Any) -> Any:
    """Return the function as it is written, of one that was compiled by hand."""
    return value.py_func if isinstance(value, CPUDispatcher) else value


def _dispatcher(function: FunctionType, digests: dict[FunctionType, str], root: bool = False) -> Any:
    """Return numba's function for a plain one: a copy, which calls those of the functions that it calls."""
    if root or digests[function] not in _parts:
        around = tuple(CellType(_numba_value(cell.cell_contents, digests)) for cell in function.__closure__ or ())
        names = {**function.__globals__}
        for name in _outside(function.__code__) & names.keys():
            names[name] = _numba_value(names[name], digests)
        copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, around)
        # numba names what it makes after these: with the digest no two versions of a function are taken for each other. The module is one
        # that is still there when what was kept is loaded; a notebook may be gone.
        copy.__module__, copy.__qualname__ = __name__, f"{function.__qualname__}_{digests[function][:12]}"
        # Without numba's reference counting, as nothing here allocates. All is inlined, for a tenth of a replication's time, but loops of
        # rules: with those inlined too the compiler takes half as long again, for nothing.
        steps = dis.get_instructions(function.__code__)
        apart = function.__module__.startswith("sim.rules.") and any("JUMP_BACKWARD" in step.opname for step in steps)
        made = numba.njit(_nrt=False, forceinline=not (root or apart), no_cpython_wrapper=not root, no_cfunc_wrapper=True)(copy)
        if root:
            return made
        _parts[digests[function]] = made
    return _parts[digests[function]]


def _numba_value(value: Any, digests: dict[FunctionType, str]) -> Any:
    """Return what compiled code is to read in place of a value: for an enumeration its numbers by name.

    numba would take its members for types of their own, and compile every function once more for each enumeration that it is given.
    """
    value = _plain(value)
    if isinstance(value, EnumType):
        return namedtuple(value.__name__, value.__members__)(**_numbers(value))
    return _dispatcher(value, digests) if isinstance(value, FunctionType) else value


def _numbers(enumeration: Any) -> dict[str, int]:
    return {name: int(member) for name, member in enumeration.__members__.items()}


def _digest(function: FunctionType, digests: dict[FunctionType, str]) -> str:
    """Return the SHA-256 of a function and all that it calls and reads, and keep that of each in `digests`."""
    if function not in digests:
        digests[function] = ""  # of one that calls itself
        outside = {name: function.__globals__[name] for name in _outside(function.__code__) if name in function.__globals__}
        outside |= dict(zip(function.__code__.co_freevars, (c.cell_contents for c in function.__closure__ or ()), strict=True))
        reads = [f"{name} {_described(outside[name], name, function, digests)}" for name in sorted(outside)]
        whole = (without_place(function.__code__, function.__doc__), function.__defaults__, reads)
        digests[function] = hashlib.sha256(repr(whole).encode()).hexdigest()
    return digests[function]


def without_place(code: CodeType, docstring: str | None = None) -> tuple[Any, ...]:
    """Return what a code object does, without its place in a file and its `docstring`."""
    constants: list[Any] = [_constant(c) for c in code.co_consts]
    if docstring is not None and code.co_consts[0] == docstring:
        read = [step.arg for step in dis.get_instructions(code) if "CONST" in step.opname]
        constants[0] = constants[0] if 0 in read else None
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_flags


def _constant(constant: Any) -> Any:
    if isinstance(constant, CodeType):
        return without_place(constant)
    return type(constant).__name__, sorted(map(repr, constant)) if isinstance(constant, frozenset) else constant


def _described(value: Any, name: str, function: FunctionType, digests: dict[FunctionType, str]) -> str:
    """Return in words all of a value that compiled code may depend on."""
    value = _plain(value)
    if isinstance(value, FunctionType):
        return _digest(value, digests)
    if isinstance(value, tuple):
        return repr([_described(part, name, function, digests) for part in value])
    if isinstance(value, EnumType):
        return repr(_numbers(value))
    if isinstance(value, ModuleType) and value.__name__ in MODULES:
        return f"{value.__name__} {getattr(value, '__version__', '')}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tobytes()!r}"
    if value is None or isinstance(value, int | float | str | bytes | np.generic | np.dtype):
        return f"{type(value).__name__} {value!r}"
    raise TypeError(
        f"{function.__module__}.{function.__qualname__} reads {name}, a {type(value).__name__}: only plain functions, constants, "
        f"{' and '.join(MODULES)} are compiled"
    )
