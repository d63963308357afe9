"""The quick start in Dutch works as it is written: its scenario and table are valid, its commands and their options exist."""

import re
import shlex
from pathlib import Path

import typer

from sim.cli import app
from sim.inputs.scenario.model import load_scenario
from tests.support.project import ROOT, Run

PAGE = (ROOT / "docs" / "snelstart.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_group(app).commands


def blocks(language: str) -> list[str]:
    """Return the page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands() -> list[list[str]]:
    """Return the words of every command of `bso` on the page."""
    lines = [line for block in (*blocks("sh"), *blocks("powershell")) for line in block.splitlines()]
    lines += re.findall(r"`(bso \w+ [^`]+)`", PAGE)
    return [shlex.split(line.replace("\\", "/")) for line in lines if re.match(r"\S*\bbso ", line)]


def test_every_command_of_the_page_exists_with_its_options() -> None:
    assert len(commands()) >= 10
    for _, name, *words in commands():
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts} if name != "--help" else set()
        assert {word for word in words if word.startswith("--")} <= known, name


def test_scenario_and_table_of_the_page_are_checked_as_it_says(bso: Run, tmp_path: Path) -> None:
    """What the page has typed, without a line of TOML: the scenario is written as it says, and the table checked."""
    assert not blocks("toml")
    new, check = (next(words for words in commands() if words[1] == name) for name in ("new", "check"))
    assert bso(*new[1:], "--lang", "nl")[0] == 0
    tests = [m for m in load_scenario(Path("mijn.toml")).law.rhythm if m.test]
    assert (tests[0].test, [str(m.rate) for m in tests]) == (2029, ["1/10", "1/5", "3/10", "2/5", "1/2"])
    (table,) = blocks("csv")
    Path("cijfers.csv").write_text(table, encoding="utf-8")
    code, said, wrong = bso(*check[1:], "--lang", "nl")
    assert code == 0, said
    assert "regulier objectief" in said
    assert re.fullmatch(r"bso: cijfers\.csv: .* zijn samen .*; het objectief van de wet is 45\.000\n", wrong)


def test_the_page_is_at_the_top_of_the_readme_and_installs_as_the_readme_does() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/snelstart.md" in readme[:600]
    install = "-m pip install --constraint constraints.txt --editable ."
    assert install in readme
    assert all(install in block for block in (blocks("powershell")[0], blocks("sh")[0]))
