"""The rooms of the house and the files of a study, from the contracts on imports (pyproject.toml) and the first lines of the code. Markdown."""

import ast
import tomllib
from pathlib import Path
from typing import Any

from sim.report.markdown import table
from sim.studies.registry import question, studies

ROOT = Path(__file__).parents[2]
HOUSE, INSIDE = "one way through the house", "inside a question: what computes knows no words, words know no pictures"
FILES = {
    "command": "the options of its commands, and what they print; light to import",
    "report": "the report, one HTML file: `write(result, lang)`, a file or a folder with a file per section",
    "screen": "what a terminal shows (rich): `show(result, files, lang)`",
    "pictures": "its pictures (matplotlib): `write(result, lang)`",
    "tables": "its tables in Markdown, for `bso explain` and the pages of docs/",
    "words": "its sentences, in the reader's language",
    "study": "what it computes: the function of its name, which gives a `Result`; knows no words",
}


def contracts() -> dict[str, dict[str, Any]]:
    """Return the contracts on imports by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


def first_line(module: str) -> str:
    """Return the first line of a package's docstring."""
    code = (ROOT / module.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(code)) or "").partition("\n")[0]


def rooms() -> str:
    """Return a row per room, the highest first, those on one floor beside each other; then what the contracts hold, and the questions."""
    rows = []
    for floor, layer in enumerate(reversed(contracts()[HOUSE]["layers"]), 1):
        rows += [(floor, f"`{module.replace('.', '/')}/`", first_line(module)) for module in layer.split(" | ")]
    held = "\n".join(f"- {name};" for name in contracts()).removesuffix(";") + "."
    asked = table(("question", "its folder"), ((question(name), f"`sim/studies/{name}/`") for name in studies()))
    return "\n\n".join([table(("floor", "room", "what"), reversed(rows)), f"What is held:\n\n{held}", asked])


def files() -> str:
    """Return what a file name means in every study, those that know most first."""
    layers = (layer.strip("()") for layer in contracts()[INSIDE]["layers"])
    return table(("file", "what is in it"), ((f"`{name}`", FILES[name]) for name in layers))
