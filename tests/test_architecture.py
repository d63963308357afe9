"""The shape of the house: who may know what, read from the source; and that every value says its unit, source and status."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.agents.policies import POLICIES
from sim.inputs.law.model import LAWS
from sim.inputs.scenario.toml import read_extended
from sim.inputs.scenario.values import Allocation
from sim.studies.registry import studies

HOUSE = Path(sim.__file__).parent
SCENARIOS = HOUSE.parent / "scenarios"
FILES = sorted(HOUSE.rglob("*.py"))
TESTS = sorted((HOUSE.parent / "tests").rglob("*.py"))
LAW_FILES = sorted(LAWS.glob("*.toml"))

# Rules know numbers, and each other. Everything not listed (a clock, a generator, a file, another room) is refused.
RULES_MAY_IMPORT = ("collections.abc", "dataclasses", "enum", "fractions", "math", "numpy", "numpy.typing", "sim.rules", "typing")
NO_FUNCTION_OF_A_RULE = {"open", "input", "print", "exec", "eval", "__import__"}
NO_ATTRIBUTE_OF_A_RULE = {"random", "load", "save", "loadtxt", "savetxt", "fromfile", "tofile", "memmap", "datetime64"}
GENERATORS = ("random", "secrets", "uuid", "numpy.random")
DRAWING = {"rvs", "default_rng", "Generator", "Philox", "RandomState", "urandom", "random"}
ONLY_IN = {  # module -> the only files that may import it
    "simpy": ("model/*",),
    "numba": ("engine/*",),
    "llvmlite": ("engine/*",),
    "matplotlib": ("report/*", "studies/*/pictures*.py", "studies/*/report.py", "studies/*/report/*"),
    "rich": ("report/*", "studies/*/screen.py", "studies/command_options.py"),
    "jinja2": ("report/*", "web/*"),
    "starlette": ("web/*",),
    "uvicorn": ("web/*",),
    "typer": ("cli/*", "studies/*/command.py", "studies/command_options.py"),
    "concurrent.futures": ("runs/workers/*",),
    "multiprocessing": ("runs/workers/pool.py",),
    "distributed": ("runs/workers/cluster.py",),
}
ROOMS = sorted(path.parent.name for path in HOUSE.glob("*/__init__.py"))
MOST_FILES, MOST_LINES = 22, 420
BETWEEN = "questions do not know each other, but for those that all others quote"
# names of files that mean the same in every study
ROLES = ("command", "page", "pictures", "report", "screen", "study", "tables", "words")


def place(path: Path) -> str:
    """Return a file's path inside the house."""
    return path.relative_to(HOUSE).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def found_in(faults: Callable[[Path], Collection[str]], paths: Iterable[Path]) -> dict[str, Collection[str]]:
    """Return what is wrong by the file in which it is; empty where nothing is."""
    return {path.relative_to(HOUSE.parent).as_posix(): wrong for path in paths if (wrong := faults(path))}


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield every module that is imported, anywhere in the file; `from a import b` gives a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(module: str, roots: tuple[str, ...]) -> bool:
    """Return whether a module is one of `roots` or lies below one."""
    return any(module == root or module.startswith(root + ".") for root in roots)


def attributes(tree: ast.Module) -> set[str]:
    """Return every name after a dot."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def faults_of_a_rule(tree: ast.Module) -> set[str]:
    """Return what a file of rules must not know."""
    modules = {module for module in imports(tree) if not within(module, RULES_MAY_IMPORT)}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return modules | (called & NO_FUNCTION_OF_A_RULE) | (attributes(tree) & NO_ATTRIBUTE_OF_A_RULE)


def generators(tree: ast.Module) -> set[str]:
    """Return the ways in which a file could make random numbers."""
    return {module for module in imports(tree) if within(module, GENERATORS)} | (attributes(tree) & DRAWING)


def strangers(tree: ast.Module, where: str) -> set[str]:
    """Return the modules that a file at `where` imports and that belong to another room."""
    found = set()
    for module in imports(tree):
        for owned, places in ONLY_IN.items():
            if within(module, (owned,)) and not any(fnmatch(where, place) for place in places):
                found.add(owned)
    return found


def undocumented(tree: ast.Module) -> list[str]:
    """Return the public functions, classes and methods without a docstring, and the functions without annotations."""
    found = [] if ast.get_docstring(tree) else ["the module"]
    nodes: list[ast.AST] = list(tree.body)
    for node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            found.append(f"{node.name}: docstring")
        if isinstance(node, ast.ClassDef):
            nodes += node.body
            continue
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if node.returns is None or any(a.annotation is None and a.arg not in ("self", "cls") for a in arguments):
            found.append(f"{node.name}: annotations")
    return found


def test_rules_know_no_clock_generator_file_or_other_room() -> None:
    """The law stands on the ground: numbers in, numbers out."""
    assert found_in(lambda path: faults_of_a_rule(parsed(path)), (p for p in FILES if place(p).startswith("rules/"))) == {}


def test_only_draws_makes_a_generator() -> None:
    """Nobody else makes random numbers; the page has addresses that nobody can guess."""
    others = (path for path in FILES if place(path) != "chance/draws.py")
    assert found_in(lambda path: generators(parsed(path)), others) == {"sim/web/filling.py": {"secrets"}}


def test_libraries_stay_in_their_room() -> None:
    """SimPy in the plain model, numba in the engine, matplotlib where pictures are drawn, rich where screens are, workers in runs/workers."""
    assert found_in(lambda path: strangers(parsed(path), place(path)), FILES) == {}


def test_public_functions_have_annotations_and_docstrings() -> None:
    """What others may call says what it takes, gives and means."""
    assert found_in(lambda path: undocumented(parsed(path)), FILES) == {}


def test_every_room_is_looked_at() -> None:
    """The checks above see files in each room, and the owners do use what they own."""
    for room in ROOMS:
        assert any(place(path).startswith(f"{room}/") and path.stem != "__init__" for path in FILES), room
    assert generators(parsed(HOUSE / "chance/draws.py"))
    for module, room in (("simpy", "model/"), ("numba", "engine/")):
        assert module in {m for path in FILES if place(path).startswith(room) for m in imports(parsed(path))}


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from datetime import date",
        "def f():\n    import random",
        "from pathlib import Path",
        "import sim.engine",
        "from sim.inputs import law",
        "from sim import chance",
        "from .. import chance",
        "x = open('law.toml')",
        "import numpy as np\nx = np.random.default_rng(1)",
    ],
)
def test_a_rule_that_knows_too_much_is_found(source: str) -> None:
    """The check can fail."""
    assert faults_of_a_rule(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    ["import random", "from numpy import random", "import numpy as np\nnp.random.seed(1)", "d.rvs(3)", "import os\nos.urandom(4)"],
)
def test_a_generator_is_found(source: str) -> None:
    """The check can fail."""
    assert generators(ast.parse(source))


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("import simpy", "studies/compare/study.py"),
        ("from numba import njit", "rules/plan.py"),
        ("import matplotlib.pyplot as plt", "cli/__init__.py"),
        ("from matplotlib.figure import Figure", "studies/compare/words.py"),
        ("from rich.table import Table", "studies/compare/pictures.py"),
        ("from concurrent import futures", "runs/results.py"),
        ("def f():\n    import multiprocessing.pool", "engine/calendar.py"),
    ],
)
def test_a_stranger_is_found(source: str, where: str) -> None:
    """The check can fail."""
    assert strangers(ast.parse(source), where)


def test_missing_words_are_found() -> None:
    """The check can fail."""
    source = (
        '"""Module."""\nclass A:\n    """A."""\n    def b(self) -> int:\n        return 1\ndef c(x):\n    """C."""\ndef _d(x): ...'
    )
    assert undocumented(ast.parse(source)) == ["c: annotations", "b: docstring"]


def parameters() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the baseline's levers and uncertainties by name."""
    tables = tomllib.loads((SCENARIOS / "baseline.toml").read_text(encoding="utf-8"))
    for group in ("levers", "uncertainties"):
        yield from ((f"{group}.{name}", table) for name, table in tables[group].items())


def law_values(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the single values of a law file by name."""
    yield from tomllib.loads(path.read_text(encoding="utf-8"))["values"].items()


@pytest.mark.parametrize(("name", "table"), [pytest.param(*pair, id=pair[0]) for pair in parameters()])
def test_parameters_say_unit_source_and_status(name: str, table: dict[str, object]) -> None:
    """A value of the baseline is found, derived or assumed, and says where it comes from."""
    for key in ("unit", "source"):
        assert str(table.get(key, "")).strip(), f"{name}: {key}"
    assert table["status"] in ("found", "derived", "assumed")
    assert "value" in table or {"distribution", "parameters"} <= set(table)


@pytest.mark.parametrize(("name", "table"), [pytest.param(*p, id=f"{f.stem}-{p[0]}") for f in LAW_FILES for p in law_values(f)])
def test_law_values_say_unit_source_status_and_date(name: str, table: dict[str, object]) -> None:
    """A value of the law is draft, final or a reading, with its article and the date from which it holds."""
    for key in ("unit", "source"):
        assert str(table.get(key, "")).strip(), f"{name}: {key}"
    assert table["status"] in ("draft", "final", "reading")
    assert {"value", "from"} <= set(table)


@pytest.mark.parametrize("path", LAW_FILES, ids=lambda path: path.stem)
def test_dates_growth_path_and_rhythm_say_source_and_status(path: Path) -> None:
    """Every date on which the law itself acts, every legislature and every measurement of a law file says its source and status."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [*tables["calendar"].values(), *tables["growth_path"], *tables["rhythm"]]
    assert len(rows) > 1
    for row in rows:
        assert str(row.get("source", "")).strip()
        assert row["status"] in ("draft", "final", "reading")


@pytest.mark.parametrize("path", LAW_FILES, ids=lambda path: path.stem)
def test_readings_say_what_and_why(path: Path) -> None:
    """Every reading of a law file chooses one of its options, and says what they are and why there is a choice."""
    readings = read_extended(path)["readings"]
    assert len(readings) > 10
    for name, reading in readings.items():
        assert reading["value"] in reading["options"], name
        assert len(set(reading["options"])) == len(reading["options"]) > 1, name
        assert all(str(reading.get(key, "")).strip() for key in ("what", "why")), name


def crowded(names: list[str]) -> list[str]:
    """Return what is wrong with the names of a folder's files: too many side by side, or a prefix that stands for a folder."""
    stems = [name.removesuffix(".py") for name in names]
    found = [f"{len(names)} files"] if len(names) > MOST_FILES else []
    found += [stem for stem in stems if stem.rpartition("_")[2] in ROLES and "_" in stem]
    shared = Counter(stem.partition("_")[0] for stem in stems if not stem.startswith("_"))
    return found + [f"{prefix}_*" for prefix, count in shared.items() if count > 2]


def test_no_folder_is_crowded() -> None:
    """What has a name like workload_pictures, or like two others, is a folder, or one file."""
    assert found_in(lambda folder: crowded([path.name for path in folder.glob("*.py")]), {path.parent for path in FILES}) == {}


@pytest.mark.parametrize(
    "names", [[f"{letter}.py" for letter in "abcdefghijklmnopqrstuvw"], ["sweep_pictures.py"], ["a_b.py", "a_c.py", "a.py"]]
)
def test_a_crowded_folder_is_found(names: list[str]) -> None:
    """The check can fail."""
    assert crowded(names)


def test_no_file_is_too_long_to_read() -> None:
    """One subject a file."""
    assert {place(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES} == set()


def test_the_contracts_cover_every_study_and_every_room() -> None:
    """Each study in its layer, and each looked at inside; a new one that no contract knows is found here."""
    contracts = {
        c["name"].split(":")[0]: c
        for c in tomllib.loads((HOUSE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    }
    house, between, inside = (contracts[name] for name in ("one way through the house", BETWEEN, "inside a question"))
    assert {name.removeprefix("sim.") for layer in house["layers"] for name in layer.split(" | ")} == set(ROOMS)
    assert {name for layer in between["layers"] for name in layer.split(" | ")} == {
        *studies(),
        "command_options",
        "result",
        "registry",
    }
    assert set(inside["containers"]) == {f"sim.studies.{name}" for name in studies()}
    assert {layer.strip("()") for layer in inside["layers"]} <= set(ROLES)


def lent(tree: ast.Module) -> list[str]:
    """Return the test files that a file of tests imports."""
    return [module for module in imports(tree) if re.match(r"(tests)?\.", module) and re.search(r"\.test_\w+", module)]


def test_no_test_file_lends_to_another() -> None:
    """What tests share stands in tests/support."""
    assert found_in(lambda path: lent(parsed(path)), TESTS) == {}


@pytest.mark.parametrize(
    "source", ["from tests.rules.test_law import x", "def f():\n    from .test_law import x", "from tests.rules import test_law"]
)
def test_a_lender_is_found(source: str) -> None:
    """The check can fail."""
    assert lent(ast.parse(source))


def test_a_policy_is_named_in_two_files() -> None:
    """Once for the compiled engine and once for the plain model; what a scenario may ask is made of the first."""
    named = [
        path for path in (*FILES, *TESTS) if all(re.search(rf"\b{name}\b", path.read_text("utf-8"), re.I) for name in POLICIES)
    ]
    assert [place(path) for path in named] == ["agents/policies.py", "model/launch.py"]
    for name in POLICIES:
        assert Allocation(value=name, unit="policy", status="assumed", source="a test").value == name


# What a user named leaves the house through these: everything else gives its text to them.
OUTLETS = {
    "print": ("report/outside.py", "inputs/estimate/__main__.py", "runs/workers/cluster.py"),
    "Console": ("report/screen.py", "studies/command_options.py"),
    ".to_csv": (
        "report/page.py",
        "studies/result.py",
        "studies/forecast/export.py",
        "studies/records/record.py",
        "studies/backtest/drawn.py",
        "inputs/estimate/*",
        "web/kept.py",
        "web/figures.py",
    ),
    ".savefig": ("report/canvas.py", "report/maps/hexmap.py"),
}


def misplaced(path: Path) -> set[str]:
    """Return the ways out that a file uses and that are another's."""
    calls = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    names = {f".{call.attr}" if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    return {name for name in names & OUTLETS.keys() if not any(fnmatch(place(path), outlet) for outlet in OUTLETS[name])}


def test_text_leaves_by_its_outlets() -> None:
    """Nobody else prints, writes tables or saves pictures; `sim/report/outside.py` makes what leaves harmless."""
    assert found_in(misplaced, FILES) == {}
