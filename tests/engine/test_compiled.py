"""Compiled code is that of the very functions: what keys it on disk, who replaced one of them, where it lies and for how long."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from sim.agents import policies
from sim.engine import kept, launching
from sim.engine.compiled import call_in_order, compiled, made_of

THING = '''"""A thing."""

UNIT = 3
PAIR = (1, 2)


def part(x):
    """Return a part."""
    return x * UNIT + PAIR[1]


def whole(x, more=1):
    """Return the whole."""
    return part(x) + more


def other(x):
    """Return something else."""
    return x - 1
'''
RUN = """
import sys, numba, thing
from sim.engine.compiled import compiled
if sys.argv[1:] == ["mine"]:
    thing.part = numba.njit(lambda x: x)
print(compiled(thing.whole)(20, 1), compiled(thing.other)(20))
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of what is compiled here stays."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    kept.folder.cache_clear()
    yield
    kept.folder.cache_clear()


def thing(folder: Path, source: str = THING) -> Any:
    """Return a module of this source."""
    module = ModuleType("thing")
    exec(compile(source, folder / "thing.py", "exec"), vars(module))
    return module


def run(folder: Path, *given: str, source: str = THING, **environment: str) -> tuple[list[str], str]:
    """Run the thing in a process of its own that keeps its compiled code below `folder`; return what it prints, and on stderr."""
    (folder / "thing.py").write_text(source, encoding="utf-8")
    places = {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-B", "-c", RUN, *given],
        env={**os.environ, **places, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


def test_a_comment_or_a_docstring_changes_no_key(tmp_path: Path) -> None:
    """Nor does the place in the file, of a function nor of what it calls."""
    said = THING.replace('"""Return a part."""', '"""Return a part,\n\n    and say more."""\n    # why')
    said = "# first\n\n" + said.replace('"""Return the whole."""', '"""Return all."""')
    assert said != THING
    assert made_of(thing(tmp_path).whole) == made_of(thing(tmp_path, said).whole)
    source = Path(policies.__file__).read_text(encoding="utf-8").replace("    if policy", "    # a policy\n    if policy")
    assert made_of(thing(tmp_path, source).priority) == made_of(policies.priority)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("x * UNIT", "x + UNIT"),
        ("UNIT = 3", "UNIT = 4"),
        ("UNIT = 3", "UNIT = 3.0"),
        ("(1, 2)", "(1, 3)"),
        ("PAIR[1]", "PAIR[0]"),
        ("more=1", "more=2"),
        ("part(x) + more", "part(more) + x"),
        ("part(x) + more", "other(x) + more"),
    ],
)
def test_a_change_changes_the_key(was: str, becomes: str, tmp_path: Path) -> None:
    """Of the function, of what it calls, and of the constants that any of them reads; only of what is made of it."""
    assert was in THING
    before, after = thing(tmp_path), thing(tmp_path, THING.replace(was, becomes))
    assert made_of(before.whole) != made_of(after.whole)
    assert made_of(before.other) == made_of(after.other)


def test_a_docstring_that_is_read_counts(tmp_path: Path) -> None:
    """A function may read the same text as its docstring has."""
    texts = [f"def f(m):\n    '{name}'\n    return m['{name}']\n" for name in ("effort", "need")]
    assert made_of(thing(tmp_path, texts[0]).f) != made_of(thing(tmp_path, texts[1]).f)


def test_members_of_an_enumeration_and_variables_around_a_function_count() -> None:
    """Both are read from outside."""

    def of(number: int) -> Callable[[int], int]:
        return lambda x: x + number

    assert made_of(of(1)) != made_of(of(2))
    assert [compiled(of(number))(1) for number in (1, 2)] == [2, 3]


def test_a_function_that_was_replaced_is_compiled_in(tmp_path: Path) -> None:
    """Also after the first call, by a plain function or a compiled one; and back again."""
    module: Any = thing(tmp_path)
    part = module.part
    found = [compiled(module.whole)(20, 1)]
    for mine in (lambda x: 2 * x, numba.njit(lambda x: 3 * x), part):
        module.part = mine
        found.append(compiled(module.whole)(20, 1))
    assert found == [63, 41, 61, 63]


@pytest.mark.parametrize("mine", [partial(max, 1), int, np.sum])
def test_what_cannot_be_compiled_is_refused(mine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With who reads it, by what name, and what may stand there."""
    monkeypatch.setattr(launching, "priority", mine)
    with pytest.raises(TypeError, match=r"served_first reads priority, .*: only plain functions"):
        made_of(launching.launch)


def test_a_module_that_may_change_is_refused(tmp_path: Path) -> None:
    """What stands in it would be read, but is not in the key: only numpy and math may be read, and a constant by its own name."""
    source = (
        "import math\nimport numpy as np\ndef good(x):\n    return np.abs(x) + math.pi\ndef bad(x):\n    return x * consts.UNIT\n"
    )
    module = thing(tmp_path, source)
    module.consts = ModuleType("consts")
    assert made_of(module.good) != made_of(thing(tmp_path, source.replace("math.pi", "math.e")).good)
    with pytest.raises(TypeError, match=r"thing\.bad reads consts, a module: only plain functions, constants, math and numpy"):
        made_of(module.bad)


class Rows(NamedTuple):
    """Arrays as a model has them."""

    one: Any
    three: Any


class Kind(IntEnum):
    """An enumeration."""

    FIRST, SECOND = 5, 7


def write(model: Rows, state: Rows, t: int) -> None:
    """Write with every kind of index."""
    for i in range(len(state.one)):
        state.one[i]["sum"] += t * Kind.SECOND
        state.three[1, i, -1] = model.three[i, 0, 2] // model.one[i]["sum"]


def rows(numbers: list[int]) -> Rows:
    """Return arrays that hold these numbers."""
    one = np.zeros(len(numbers), np.dtype([("other", np.int32), ("sum", np.int64)]))
    one["sum"] = numbers
    return Rows(one, np.arange(36, dtype=np.int64).reshape(3, 4, 3))


def test_phases_are_called_in_order_and_what_they_raise_is_raised() -> None:
    """A block gives compiled code the same arrays as Python sees."""
    schedule = np.array([[2, 1], [3, 0], [4, 1]], np.int64)
    model, state, plain = rows([1, 2, 3]), rows([0, 0, 0]), rows([0, 0, 0])
    for t, number in schedule.tolist():
        if number:
            write(model, plain, t)
    call_in_order([lambda model, state, t: None, write], model, state, schedule)
    assert state.one.tobytes() == plain.one.tobytes()
    assert state.three.tobytes() == plain.three.tobytes()
    assert state.one["sum"].tolist() == [42, 42, 42]
    with pytest.raises(ZeroDivisionError):
        call_in_order([write], rows([0, 0, 0]), state, np.array([[1, 0]], np.int64))


def test_what_is_kept_never_meets_a_function_that_is_not_its_own(tmp_path: Path) -> None:
    """Processes that share a cache: one with a function replaced, first; one without; a doubled one; only what changed is compiled again."""
    place = tmp_path / "cache" / "bso-sim"
    doubled = THING.replace("x * UNIT", "2 * x * UNIT")
    found, said = run(tmp_path, "mine")
    assert (found, said.count("compiling")) == (["21", "19"], 1)  # said once for two functions, and without a terminal
    assert len(list(place.iterdir())) == 2
    assert "compiling the model, about half a minute" in said
    found, said = run(tmp_path)
    assert found == ["63", "19"]
    assert "compiling what changed, some seconds" in said
    assert len(list(place.iterdir())) == 3  # `other` is what it was
    assert run(tmp_path, source=doubled, NUMBA_CACHE_DIR=str(tmp_path / "cache"))[0] == ["123", "19"]
    assert len(list(place.iterdir())) == 4
    found, said = run(tmp_path, source="# why\n" + THING)
    assert (found, "compiling" in said) == (["63", "19"], False)


@pytest.mark.full
def test_old_versions_are_cleared_away_and_a_broken_file_is_compiled_again(tmp_path: Path) -> None:
    """Of a function those used last stay, none unused for a month; also folders of earlier versions of the project; nothing of others."""
    place = tmp_path / "cache" / "bso-sim"
    old = place / "0.68.1-0123456789abcdef"
    old.mkdir(parents=True)
    (old / "part.nbi").touch()
    names = [f"thing.whole-{number}" for number in range(kept.VERSIONS + 3)]
    for age, name in enumerate([*names, "thing.elsewhere-1"]):
        (place / name).touch()
        os.utime(place / name, (time.time() - 60 * age,) * 2)
    (place / "thing.elsewhere-2").touch()
    for path in (old, place / "thing.elsewhere-2"):
        os.utime(path, (time.time() - (kept.DAYS + 1) * 86_400,) * 2)
    run(tmp_path)
    left = {path.name for path in place.iterdir()}
    assert {name for name in names if name in left} == set(names[: kept.VERSIONS - 1])
    assert len([name for name in left if name.startswith("thing.whole-")]) == kept.VERSIONS
    assert {name for name in left if "elsewhere" in name or name == old.name} == {"thing.elsewhere-1"}
    for path in place.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert run(tmp_path)[0] == ["63", "19"]


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path: Path) -> None:
    """And it says so; the next process finds it."""
    (tmp_path / "file").touch()
    places = {"XDG_CACHE_HOME": str(tmp_path / "file" / "cache"), "TMPDIR": str(tmp_path)}
    found, said = run(tmp_path, **places)
    assert found == ["63", "19"]
    assert f"kept in {tmp_path}" in said
    assert "cannot be written" in said
    found, said = run(tmp_path, **places)
    assert (found, "compiling" in said) == (["63", "19"], False)
