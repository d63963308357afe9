"""A forecast on record: what it holds, that it is never overwritten or changed, that it can be made again, and its score."""

import datetime
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.engine import source_digest
from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import run_experiment
from sim.studies.calibration.bands import bands
from sim.studies.records import record as records
from sim.studies.records import study as registered
from sim.studies.records.record import beside, commit, read_record
from sim.studies.records.study import register, score
from sim.studies.records.verdicts import ranked, reliability
from tests.support.project import ROOT

LIBRARY = ROOT / "scenarios"
RECORDS = sorted((ROOT / "results" / "registered").glob("*.json"))
DAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a small run of the baseline."""
    place = tmp_path_factory.mktemp("run") / "baseline"
    run_experiment(load_scenario(LIBRARY / "baseline.toml", replications=20), out=place, workers=1)
    return place


def test_a_record_holds_the_chances_of_the_run_and_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    record = register(folder, 2028, tmp_path, DAY).record
    content, chances = read_record(record)
    assert record.name.startswith("test-2028-2026-11-22-")
    assert len(chances) == 285
    assert all(sum(of.values()) == pytest.approx(1, abs=1e-5) for of in chances.values())
    of_2B = sum(of["2B"] for of in chances.values())
    assert content["flanders"]["2B"]["mean"] == pytest.approx(of_2B, abs=0.01)
    assert content["digest"] == json.loads((folder / "manifest.json").read_text())["digest"]
    assert content["version"]
    assert content["data"]["estimates.csv"]
    assert content["packages"]["numpy"]
    assert content["standing"] == json.loads((folder / "manifest.json").read_text())["standing"]
    assert (content["sampling"], content["parameter_sets"], content["populations"]) == ("drawn", 20, 20)
    assert beside(record)["experiment_sha256"].read_bytes() == (folder / "experiment.json").read_bytes()
    if (ROOT / ".git").exists():
        assert re.fullmatch(r"[0-9a-f]{40}\+?", content["commit"])
    with pytest.raises(InputError, match="never overwritten"):
        register(folder, 2028, tmp_path, DAY)
    with pytest.raises(InputError, match="the tests of this scenario: 2028, 2031"):
        register(folder, 2029, tmp_path, DAY)


def test_a_record_is_scored_against_verdicts(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts drawn as the record says are better foreseen by it than by the same chance for all; a wrong table is refused by line."""
    record = register(folder, 2028, tmp_path, DAY).record
    _, chances = read_record(record)
    rng = np.random.default_rng(8)
    rows = [(nis, str(rng.choice(list(of), p=np.array(list(of.values())) / sum(of.values())))) for nis, of in chances.items()]
    verdicts = tmp_path / "verdicts.csv"
    pd.DataFrame(rows, columns=["nis", "category"]).to_csv(verdicts, index=False)
    found = score(record, verdicts)
    by_name = found.tables["scores"].set_index("forecaster")["rps"]
    assert by_name["forecast"] < by_name["same for all"]
    assert found.tables["reliability"]["municipalities"].sum() == found.facts["municipalities"]
    assert found.tables["flanders"]["fact"].sum() == found.facts["municipalities"]
    assert list(found.summary()) == list(found.tables) == ["scores", "flanders", "reliability"]
    assert found.plot() == []
    monkeypatch.setattr(sys, "argv", ["bso", "score", str(record), str(verdicts), "--lang", "en"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "did better than" in capsys.readouterr().out
    text = verdicts.read_text().splitlines()
    for change, words in (
        ([*text[:5], text[5].split(",")[0] + ",3", *text[6:]], r"line 6, category: found '3'; allowed: 1, 2A, 2B, none"),
        (text[:-1], r"1 of 285 municipalities missing"),
        ([*text, text[-1]], r"stands twice"),
        ([text[0], "99999,1", *text[1:]], r"line 2, nis: unknown NIS code 99999"),
    ):
        verdicts.write_text("\n".join(change) + "\n")
        with pytest.raises(InputError, match=words):
            score(record, verdicts)


def test_ranked_probability_score_by_hand() -> None:
    """Said 50/30/20: when 1 happened (0.25 + 0.04) / 2, when 2B happened (0.25 + 0.64) / 2."""
    said = np.array([[0.5, 0.3, 0.2]] * 2)
    happened = np.array([[1, 0, 0], [0, 0, 1]], float)
    assert ranked(said, happened).tolist() == pytest.approx([0.145, 0.445])
    table = reliability(np.array([0.05, 0.08, 0.95, 1.0]), np.array([False, True, True, True]))
    assert table["municipalities"].tolist() == [2, 2]
    assert table["happened"].tolist() == [0.5, 1.0]


def test_what_is_on_record_in_the_repository_can_be_scored() -> None:
    """The records kept were not changed since."""
    assert RECORDS
    for record in RECORDS:
        content, chances = read_record(record)
        assert len(chances) == 285
        assert content["registered"] in record.name


def test_a_record_of_bands_weighs_every_parameter_set_alike(tmp_path: Path) -> None:
    """Its chances are the means of those of the sets' own runs."""
    baseline = load_scenario(LIBRARY / "baseline.toml")
    bands(baseline, pd.DataFrame({"permit": [1.4, 2.9]}), 5, workers=1, out=tmp_path / "bands")
    record = register(tmp_path / "bands", 2028, tmp_path / "out", DAY).record
    content, chances = read_record(record)
    apart = [
        read_record(register(tmp_path / "bands" / "runs" / f"set_00{k}", 2028, tmp_path / f"out{k}", DAY).record)[1] for k in (0, 1)
    ]
    assert (content["scenario"], content["parameter_sets"], content["replications"]) == ("baseline", 2, 10)
    assert (
        beside(tmp_path / "out" / next((tmp_path / "out").glob("*.json")).name)["sets_sha256"].read_bytes()
        == (tmp_path / "bands" / "sets.csv").read_bytes()
    )
    for nis, of in chances.items():
        for name, chance in of.items():
            assert chance == pytest.approx((apart[0][nis][name] + apart[1][nis][name]) / 2)


@pytest.mark.parametrize("key", ["chances_sha256", "experiment_sha256"])
def test_what_was_changed_since_is_not_scored(folder: Path, tmp_path: Path, key: str) -> None:
    record = register(folder, 2028, tmp_path, DAY).record
    file = beside(record)[key]
    file.write_text(file.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    with pytest.raises(InputError, match="changed since it was registered"):
        read_record(record)
    file.unlink()
    with pytest.raises(InputError, match="missing"):
        read_record(record)


def test_results_of_other_code_are_not_registered(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registered, "own_source", lambda: "other")
    with pytest.raises(InputError, match="made by other code than this"):
        register(folder, 2028, tmp_path, DAY)


def test_bands_without_their_replications_are_not_registered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the replications are not here"):
        register(ROOT / "results" / "reference" / "bands", 2028, tmp_path, DAY)


def test_verdicts_of_nobody_are_not_scored(folder: Path, tmp_path: Path) -> None:
    record = register(folder, 2028, tmp_path, DAY).record
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text("nis,category\n" + "".join(f"{nis},none\n" for nis in read_record(record)[1]))
    with pytest.raises(InputError, match="found none everywhere"):
        score(record, verdicts)


def test_the_commit_is_that_of_this_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a repository of its own: its head, marked where a file was changed since; none without one, whatever repository lies around."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git here")

    def run(*words: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@x"]
        return subprocess.run([git, *who, "-C", str(tmp_path), *words], capture_output=True, text=True, check=True).stdout.strip()

    for room in ("sim", "scenarios", "copy/scenarios"):
        (tmp_path / room).mkdir(parents=True)
        (tmp_path / room / "a.txt").write_text("a")
    run("init", "-q")
    run("add", ".")
    run("commit", "-q", "-m", "first")
    head = run("rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))
    monkeypatch.setattr(records, "LIBRARY", tmp_path / "scenarios")
    assert commit() == head
    (tmp_path / "sim" / "a.txt").write_text("b")
    assert commit() == head + "+"
    monkeypatch.setattr(records, "LIBRARY", tmp_path / "copy" / "scenarios")
    assert commit() is None


@pytest.mark.full
@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_of_the_baseline_is_made_again_by_this_version(record: Path, tmp_path: Path) -> None:
    """The same seed and replications give the digest on record, bit by bit, by the code that made it."""
    content, _ = read_record(record)
    if content.get("source") != source_digest() or "sets_sha256" in content:
        pytest.skip("made by other code, or of bands: make reference")
    scenario = load_scenario(LIBRARY / "baseline.toml", content["seed"], content["replications"])
    assert run_experiment(scenario, out=tmp_path / "again").manifest["digest"] == content["digest"]
