"""The seam of the studies: what each says of itself can be called, answers alike, and stays in its folder; a new study is a new folder."""

import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.studies.registry import Command, calls, commands, load, question, studies, tables
from sim.studies.result import Shown
from tests.support.project import BASELINE, ROOT

COMMANDS = [pytest.param(*pair, id=pair[1].usage.split()[1]) for pair in commands()]
WITHOUT_SENTENCES = {"verify", "register", "export", "selftest"}  # a line, files: the same in every language
SWEEP = f"""title = "A sweep"
title_nl = "Een sweep"
base = "{BASELINE.as_posix()}"
rank = "realised_at_end"
[axes.people]
today = {{}}
half = {{ levers.managers_scale.value = 0.5 }}
"""

# How each call is asked for little, by a folder with what it may read.
CHEAP: dict[str, Callable[[Path], Callable[..., Any]]] = {
    "run": lambda _: partial(sim.run, "baseline", replications=4),
    "compare": lambda _: partial(sim.compare, "baseline", "yearly", replications=4, with_attribution=False),
    "sweep": lambda given: partial(sim.sweep, given / "sweep.toml", replications=2),
    "readings": lambda _: partial(sim.readings, "baseline", replications=2),
    "why": lambda given: partial(sim.why, given / "run", "Gent", 2028),
    "municipality": lambda given: partial(sim.municipality, "Gent", given / "run"),
    "register": lambda given: partial(sim.register, given / "run"),
    "score": lambda given: partial(sim.score, next(given.glob("records/*.json")), given / "verdicts.csv"),
    "score_all": lambda given: partial(sim.score_all, given / "verdicts.csv", given / "records"),
    "capacity_of": lambda _: partial(sim.capacity_of, "Thuispunt Gent", test="2031", levers=("managers",), replications=20),
    "most_for": lambda _: partial(sim.most_for, "Thuispunt Gent", 500_000, test="2028", levers=("managers",), replications=20),
    "crosschecks": lambda given: partial(sim.crosschecks, given / "few.toml"),
    "durations": lambda given: partial(sim.durations, given / "projects.csv", "2025-12"),
    "sensitivity": lambda _: partial(sim.sensitivity, parameters=["appeal", "cancelled"], trajectories=2, replications=2),
    "bands": lambda given: partial(sim.bands, sets=given / "sets.csv", replications=2),
}
LONG = (
    "readings",
    "sweep",
    "compare",
    "capacity_of",
    "most_for",
    "sensitivity",
    "bands",
)  # some 5 to 15 seconds each: their own tests are in every run
DEAR = {
    "backtest",
    "calibrate",
    "capacity_of_all",
    "municipalities",
}  # hundreds of replications, or all of them; their own tests run them


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what studies read: results, a record, verdicts, a sweep, a list of projects, parameter sets."""
    folder = tmp_path_factory.mktemp("given")
    sim.run("baseline", replications=4, workers=1, out=folder / "run")
    if "register" in calls():
        sim.register(folder / "run", out=folder / "records")
    nis = pd.read_csv(ROOT / "sim" / "inputs" / "data" / "municipalities.csv")["nis"]
    pd.DataFrame({"nis": nis, "category": np.resize(["1", "2A", "2B"], len(nis))}).to_csv(folder / "verdicts.csv", index=False)
    (folder / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    (folder / "few.toml").write_text(f'extends = "{BASELINE.as_posix()}"\nreplications = 2\n', encoding="utf-8")
    months = np.random.default_rng(1).integers(1, 40, 60).tolist()
    spells = [f"permit,2018-01,{2018 + n // 12}-{n % 12 + 1:02d}" for n in months]
    (folder / "projects.csv").write_text("\n".join(["stage,begun,ended", *spells]) + "\n", encoding="utf-8")
    pd.read_csv(ROOT / "scenarios" / "calibrated" / "sets.csv").head(2).to_csv(folder / "sets.csv", index=False)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "call", [pytest.param(call, id=call, marks=pytest.mark.full if call in LONG else ()) for call in calls() if call not in DEAR]
)
def test_a_study_answers_the_same_twice_in_two_languages_and_stays_in_its_folder(
    call: str, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It writes nothing but in the folder that it was given, reads what it was given without touching it, and speaks Dutch."""
    monkeypatch.chdir(tmp_path)
    before, ask, answers = files_in(given), CHEAP[call](given), []
    has_folder = "out" in inspect.signature(getattr(sim, call)).parameters
    for name, lang in (("a", "nl"), ("b", "en")):
        found = ask(out=tmp_path / name) if has_folder else ask()
        assert isinstance(found, Shown)
        assert all(path.is_file() for path in found.plot(lang))
        answers.append(json.dumps(found.summary()).replace(str(tmp_path / name), ""))
    assert answers[0] == answers[1]
    said = []
    for lang in ("nl", "en"):
        found.show(lang)
        said.append(capsys.readouterr().out)
    assert all(said)
    assert said[0] != said[1] or call in WITHOUT_SENTENCES
    assert {name.split("/")[0] for name in files_in(tmp_path)} <= {"a", "b"}
    assert files_in(given) == before


def test_every_call_of_a_notebook_is_asked_for_little_or_said_to_be_dear() -> None:
    """So a new one is not forgotten."""
    assert set(calls()) <= set(CHEAP) | DEAR
    assert set(CHEAP).isdisjoint(DEAR)


@pytest.mark.parametrize(("study", "command"), COMMANDS)
def test_every_command_has_its_help_and_speaks_dutch(study: str, command: Command) -> None:
    """It is loaded by its name in the registry, which is that of its usage, and explains itself and each of its options."""
    function, name = load(study, command.function), command.usage.split()[1]
    assert function.__name__.replace("_", "-") == name
    assert inspect.getdoc(function)
    shown = CliRunner().invoke(app, [name, "--help"], terminal_width=200)
    assert shown.exit_code == 0
    assert str(inspect.getdoc(function)).split(".")[0].split(":")[0] in " ".join(shown.output.split())
    assert ("--lang" in shown.output) == (name not in WITHOUT_SENTENCES)
    assert command.line.strip()


@pytest.mark.parametrize("call", calls())
def test_every_call_of_a_notebook_gives_an_answer_and_says_what_it_takes(call: str) -> None:
    """A documented, typed function of its study, whose answer can be drawn, printed and summed up by functions that are there."""
    study, name = calls()[call]
    function = load(study, name)
    assert getattr(sim, call) is function
    assert call in dir(sim)
    assert inspect.getdoc(function)
    types = get_type_hints(function)
    assert set(types) >= set(inspect.signature(function).parameters)
    assert issubclass(types["return"], Shown)
    assert types["return"].summary is not Shown.summary
    folder = types["return"].__module__.split(".")[2]
    for shown in (types["return"].PICTURES, types["return"].SCREEN):
        assert not shown or callable(load(folder, shown))


@pytest.mark.parametrize("subject", tables())
def test_every_table_for_the_docs_is_made_by_its_study(subject: str) -> None:
    """A documented function without arguments."""
    function = load(*tables()[subject])
    assert inspect.getdoc(function)
    assert not inspect.signature(function).parameters


def test_every_folder_of_studies_is_a_study_with_a_place_of_its_own() -> None:
    """A question, at least one command, and no two in the same place."""
    folders = {path.parent.name for path in (ROOT / "sim" / "studies").glob("*/__init__.py")}
    assert set(studies()) == folders
    assert len({study.place for study in studies().values()}) == len(folders)
    assert all(question(name).endswith("?") and study.commands for name, study in studies().items())


# ---- a new study


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one folder more."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "support" / "toy", folder / "sim" / "studies" / "toy")
    return folder


def python(house: Path, *arguments: str) -> str:
    """Return what Python prints in the copy; its folder comes before the installed program."""
    done = subprocess.run([sys.executable, *arguments], cwd=house, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_new_study_is_a_new_folder(house: Path) -> None:
    """Nothing else is touched: the command, the notebook and the docs find it, and its Dutch lies in its folder."""
    code = """
import sim
from sim.cli import app
from sim.studies.result import Result
from typer.testing import CliRunner
asked = "--help", "toy --out nl", "toy --out en --lang en", "toy --json --out json", "explain commands", "explain toy"
print(*(CliRunner().invoke(app, words.split(), catch_exceptions=False).stdout for words in asked), sep="\\0", end="\\0")
found = sim.toy(out="called")
print("toy" in dir(sim), isinstance(found, Result), found.plot("en")[0].is_file(), len(found.tables["companies"]))
"""
    listed, dutch, english, answer, in_table, table, called = python(house, "-c", code).split("\0")
    assert "Count the municipalities of each company" in listed
    assert "285 gemeenten zijn speelgoed" in dutch
    assert "285 municipalities are toys" in english
    assert json.loads(answer)["municipalities"] == 285
    assert {path.name for path in (house / "nl").iterdir()} == {"companies.csv", "toy.json", "toy_nl.png", "written.json"}
    assert "| `bso toy` | the municipalities of each company |" in in_table
    assert "| toy |" in table
    assert called == "True True True 41\n"
    assert "285 gemeenten zijn speelgoed" in python(house, "-m", "sim.cli", "toy", "--out", "again", "--lang", "nl")
