"""What the README shows works: its commands exist, its scenario is valid, its Python runs as far as its names go."""

import ast
import re
from pathlib import Path

import sim
from sim import cli
from sim.inputs.region.load import ESTIMATED, load_region
from sim.inputs.scenario.model import load_scenario
from tests.support.project import BASELINE, ROOT
from tests.support.tables import spreadsheet

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the README's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_scenario_of_the_readme_is_valid(tmp_path: Path) -> None:
    """The example extends the baseline, changes a lever, an uncertainty and a law value, and lays figures over one municipality."""
    _, example = blocks("toml")
    spreadsheet(tmp_path / "figures.xlsx", {"Blad1": [["nis", "sib"], [11001, 3]]})
    path = tmp_path / "mine.toml"
    path.write_text(example.replace('"baseline.toml"', f'"{BASELINE.as_posix()}"'), encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.levers.managers_scale.value == 2.0
    assert scenario.law.values.charged_years.value == 2
    source = load_scenario(BASELINE).law.values.charged_years.source
    assert scenario.law.values.charged_years.source == f"set by mine.toml, instead of: {source}"
    assert scenario.law.values.charged_years.status == "reading"
    assert (load_region(scenario).estimates["sib"][:, 0] == 3).all()
    assert "sib" in ESTIMATED


def test_a_calendar_of_ones_own_is_five_lines(tmp_path: Path) -> None:
    """A first test in 2029 and five rates, as the README has it: nothing else is to be known."""
    short, _ = blocks("toml")
    assert len(short.strip().splitlines()) <= 5
    path = tmp_path / "mine.toml"
    path.write_text(short, encoding="utf-8")
    scenario = load_scenario(path)
    tests = [m for m in scenario.law.rhythm if m.test is not None]
    assert [m.test for m in tests] == [2029, 2032, 2035, 2038, 2041]
    assert [float(m.rate) for m in tests] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert scenario.warnings == []
    assert tests == [m for m in load_scenario(ROOT / "scenarios" / "first_test_2029.toml").law.rhythm if m.test is not None]


def test_the_commands_of_the_readme_exist() -> None:
    """Every make target and every bso command that the README names."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([\w-]+)", " ".join(blocks("sh")))) <= targets
    known = {command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert set(re.findall(r"`bso (\w+)", README)) <= known


def test_the_python_of_the_readme_uses_what_there_is() -> None:
    """Every attribute of `sim` in the README's Python is one of its public names."""
    for block in blocks("python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sim":
                assert node.attr in dir(sim)


def test_the_files_of_the_readme_exist() -> None:
    """Every path in the README's tables."""
    for path in re.findall(r"`((?:docs|scenarios|sim|tests|results|notebooks)/[\w./]*)`", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`(rules/\w+\.py)`", README):
        assert (ROOT / "sim" / path).exists(), path
