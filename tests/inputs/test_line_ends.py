"""Line ends that a checkout or an editor made otherwise: every digest and seal stays what it is, and a record is scored."""

import hashlib
import shutil
from pathlib import Path

import pytest

import sim
from sim.engine import source_digest
from sim.inputs.estimate import facts
from sim.inputs.region.load import DATA
from sim.inputs.scenario.library import library_folder
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.sets import parameter_sets
from sim.inputs.tables import digest
from sim.runs.disk.folders import WRITTEN, changed, own, write
from sim.runs.disk.store import read_json, write_json
from sim.runs.source import plain_source
from sim.studies.records.record import beside, read_record
from tests.support.project import ROOT

RECORDS = sorted((ROOT / "results" / "registered").glob("*.json"))


def with_other_line_ends(folder: Path, copy: Path) -> Path:
    """Copy a folder with the line ends of Windows in every text, as git does where it is told so."""
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    changed = 0
    for path in copy.rglob("*"):
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            path.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            changed += 1
    assert changed
    return copy


def test_digests_of_the_source_and_of_tables_do_not_depend_on_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rules, engine, plain model, tables, what makes a population, and the fitted sets."""
    house = with_other_line_ends(Path(sim.__file__).parent, tmp_path / "sim")
    here = source_digest(), plain_source(), facts.source_digest()
    tables = {path.name: digest(path) for path in DATA.glob("*.csv")}
    assert tables == {path.name: digest(path) for path in (house / "inputs" / "data").glob("*.csv")}
    forecast = load_scenario(ROOT / "scenarios" / "baseline.toml")
    fitted = with_other_line_ends(library_folder() / "calibrated", tmp_path / "calibrated")
    assert parameter_sets(forecast, fitted).digest == parameter_sets(forecast).digest
    monkeypatch.setattr(sim, "__file__", str(house / "__init__.py"))
    monkeypatch.setattr(facts, "__file__", str(house / "inputs" / "estimate" / "facts.py"))
    monkeypatch.setattr(facts, "DATA", house / "inputs" / "data")
    there = source_digest(), plain_source.__wrapped__(), facts.source_digest.__wrapped__()
    assert there == here


def test_what_the_scenarios_say_does_not_depend_on_line_ends(tmp_path: Path) -> None:
    """The library's baseline is the same scenario."""
    library = with_other_line_ends(ROOT / "scenarios", tmp_path / "scenarios")
    one, two = (load_scenario(folder / "baseline.toml") for folder in (ROOT / "scenarios", library))
    assert one.model_dump(exclude={"folder"}) == two.model_dump(exclude={"folder"})


def test_an_answer_with_other_line_ends_is_still_ours(tmp_path: Path) -> None:
    """Whole, and replaced by the next one; an edited one is not, and stays. A picture's bytes are no line ends."""
    texts, picture = {"answer.csv": b"a,b\n1,2\n", "answer.html": b"<p>\r\n</p>\n", "answer.txt": b"a\n"}, b"\x89PNG\r\n\x1a\n\0"
    with own(tmp_path / "out", "answer"):
        for name, content in {**texts, "answer.png": picture}.items():
            write(tmp_path / "out" / name, content)
    copy = with_other_line_ends(tmp_path / "out", tmp_path / "copy")
    assert changed(copy) == []
    with own(copy, "answer"):
        for name in texts:
            write(copy / name, b"another\n")
            assert (copy / name).read_bytes() == b"another\n"
    (copy / "answer.png").write_bytes(picture.replace(b"\r\n", b"\n"))
    (copy / "answer.csv").write_bytes(b"mine\r\n")
    assert {path.name for path in changed(copy)} == {"answer.png", "answer.csv"}


def test_an_answer_that_an_earlier_version_wrote_is_still_ours(tmp_path: Path) -> None:
    """It noted the digest of all bytes, line ends too."""
    content = b"a;b\r\n1;2\r\n"
    with own(tmp_path, "answer"):
        write(tmp_path / "answer.csv", content)
    listed = read_json(tmp_path / WRITTEN)
    listed["files"]["answer.csv"] = [hashlib.sha256(content).hexdigest()]
    write_json(tmp_path / WRITTEN, listed)
    with own(tmp_path, "answer"):
        write(tmp_path / "answer.csv", b"another\r\n")
    assert (tmp_path / "answer.csv").read_bytes() == b"another\r\n"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_with_other_line_ends_is_scored(record: Path, tmp_path: Path) -> None:
    """Its seal and those of the files beside it hold; an edited one is found still."""
    copy = with_other_line_ends(record.parent, tmp_path / "records") / record.name
    assert read_record(copy) == read_record(record)
    assert read_json(copy) == read_json(record)
    table = beside(copy)["chances_sha256"]
    table.write_bytes(table.read_bytes().replace(b",0.", b",0.1", 1))
    with pytest.raises(ValueError, match="changed since it was registered"):
        read_record(copy)
