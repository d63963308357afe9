"""Whose a folder is: one run at a time, one experiment, nobody's files touched; and whatever in it is not what was written is refused by name
when it is read."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.runs.disk.folders import LOCK, WRITTEN, Taken, clear, locked, own, write
from sim.runs.disk.reading import problems
from sim.runs.disk.store import CHUNK, IDENTITY, MANIFEST, read_json, write_json
from sim.runs.experiment import run_experiment
from sim.runs.results import Results
from tests.support.altered import resealed, written
from tests.support.campaign import campaign
from tests.support.project import BASELINE, ROOT

TABLES = ("replications", "totals", "test_totals", "municipalities", "tests", "flanders", "companies", "projects")
FIRST, SECOND = "chunk-0000000-0000001", "chunk-0000002-0000003"
FILES = (IDENTITY, MANIFEST, *(f"{FIRST}/{name}" for name in (CHUNK, *(f"{table}.parquet" for table in TABLES))))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four replications in two chunks: the baseline, another seed, another scenario."""
    folder, scenario = tmp_path_factory.mktemp("runs"), load_scenario(BASELINE, None, 4)
    purchase = scenario.levers.land_purchase.model_copy(update={"value": scenario.levers.land_purchase.value + 500})
    others = {
        "own": scenario,
        "seed": scenario.model_copy(update={"seed": 7}),
        "scenario": scenario.model_copy(update={"levers": scenario.levers.model_copy(update={"land_purchase": purchase})}),
    }
    return {name: run_experiment(of, workers=1, out=folder / name, chunk=2).folder for name, of in others.items()}


@pytest.fixture
def folder(runs: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the baseline's run."""
    shutil.copytree(runs["own"], tmp_path / "run")
    return tmp_path / "run"


def everything(folder: Path) -> Any:
    """Read all of a folder, as pictures, tables and reports do."""
    results = Results(folder)
    return results.summary(), [results.table(name) for name in TABLES]


def refused(folder: Path, path: Path, verify: bool = True) -> None:
    """Assert that a folder is refused when it is read, in a line that names a file; and by `bso verify`."""
    with pytest.raises(InputError) as error:
        everything(folder)
    assert path.name in str(error.value) or path.parent.name in str(error.value), error.value
    assert "\n" not in str(error.value)
    if verify:
        assert problems(folder)


@pytest.mark.parametrize("other", ["seed", "chunk", pytest.param("scenario", marks=pytest.mark.full)])
@pytest.mark.parametrize("file", FILES)
def test_a_file_of_another_run_is_refused_when_it_is_read(file: str, other: str, folder: Path, runs: dict[str, Path]) -> None:
    """Of another seed, another scenario, another chunk; a chunk's tables also with its digests put right, and the seals made anew."""
    source = folder / file.replace(FIRST, SECOND) if other == "chunk" else runs[other] / file
    if source == folder / file or source.read_bytes() == (folder / file).read_bytes():
        pytest.skip("the same file")
    shutil.copyfile(source, folder / file)
    refused(folder, folder / file)
    if file.endswith(".parquet"):
        written(folder / file, pq.read_table(folder / file))
        assert pq.read_table(folder / file).equals(pq.read_table(source))
        refused(folder, folder / file, verify=False)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_was_cut_off_or_is_gone_is_refused_when_it_is_read(file: str, folder: Path) -> None:
    """Half of it, nothing of it, a byte less, and no file at all."""
    content = (folder / file).read_bytes()
    for less in (content[: len(content) // 2], b"", content[:-1]):
        (folder / file).write_bytes(less)
        refused(folder, folder / file)
    (folder / file).unlink()
    refused(folder, folder / file)


@pytest.mark.parametrize("table", campaign(TABLES, 3))
def test_a_table_edited_with_its_digests_made_anew_is_refused_where_it_can_be_known(table: str, folder: Path) -> None:
    """Cells without a number, texts, a column less, rows less, rows of other replications. A number changed for another: only git knows."""
    path = folder / FIRST / f"{table}.parquet"
    whole = pq.read_table(path)
    column = next(name for name in whole.column_names if name not in ("replication", "year", "test"))
    place = whole.column_names.index(column)
    values = whole[column].to_numpy().astype(float)
    numbers = whole["replication"].to_numpy()
    for edited in (
        whole.set_column(place, column, pa.array(np.where(np.arange(len(values)) == 0, np.nan, values))),
        whole.set_column(place, column, pa.array([None, *values[1:].tolist()])),
        whole.set_column(place, column, pa.array([str(value) for value in values])),
        whole.drop_columns([column]),
        whole.drop_columns(["replication"]),
        whole.set_column(0, "replication", pa.array(numbers + 2)),
        whole.slice(0, 0) if "test" not in table else whole.drop_columns([column]),
        whole.filter(pa.array(numbers == 1)),
        *_with_other_rows(whole, table),
    ):
        written(path, edited)
        refused(folder, path, verify=False)


def _with_other_rows(whole: pa.Table, table: str) -> Iterator[pa.Table]:
    """Yield a table with a row less or twice in one replication, twice in all, and of another year, test or place."""
    count, of_each = len(whole), len(whole) // len(whole["replication"].unique())
    if table == "projects":  # any number in each
        return
    yield whole.take([0, *range(count)])
    yield whole.take([place for place in range(count) for _ in range(2)])
    for key in {"year", "test"} & {*whole.column_names}:
        last = whole[key].to_numpy() == whole[key].to_numpy().max()
        yield whole.filter(pa.array(~last))
    if of_each > 1:
        yield whole.slice(1)
    for key in {"year", "test", "nis", "company"} & {*whole.column_names}:
        values = whole[key].to_numpy().copy()
        values[0] += 1
        yield whole.set_column(whole.column_names.index(key), key, pa.array(values))


@pytest.mark.parametrize("table", campaign(TABLES, 8))
def test_chunks_have_the_same_columns(table: str, folder: Path) -> None:
    """Of a chunk with one more, or in another order, nothing is put under the heads of the chunk before."""
    path = folder / SECOND / f"{table}.parquet"
    whole = pq.read_table(path)
    for edited in (whole.append_column("mine", whole["replication"]), whole.select([*reversed(whole.column_names)])):
        written(path, edited)
        with pytest.raises(InputError, match=f"{SECOND}.*: other columns than the chunk before"):
            Results(folder).table(table)


MANIFEST_SIBLINGS: tuple[Any, ...] = (None, "x", -1, 3.5, True, [], {}, [1, 2], {"a": 1}, 10**30)
FREE = ("command", "written", "python", "packages", "until", "standing", "version")  # say of a run what no file knows better


@pytest.mark.parametrize("part", campaign(range(4), 4))
def test_a_manifest_edited_with_its_seal_made_anew_is_refused_where_it_can_be_known(folder: Path, part: int) -> None:
    """Every key that experiment, chunks and tables know, in its place something else, or nothing: refused by name, never a traceback."""
    manifest, tried = read_json(folder / MANIFEST), 0
    for key in [key for key in manifest if key not in FREE][part::4]:
        present = manifest[key]
        near = [present + 1] if type(present) is int else [present + "x"] if isinstance(present, str) else []
        for value in (*MANIFEST_SIBLINGS, *near):
            if value == present and type(value) is type(present):
                continue
            resealed(folder / MANIFEST, {key: value})
            refused(folder, folder / MANIFEST, verify=value is None)
            tried += 1
        write_json(folder / MANIFEST, {name: value for name, value in manifest.items() if name != key})
        if key not in ("engines", "packages"):
            refused(folder, folder / MANIFEST)
        write_json(folder / MANIFEST, manifest)
    assert tried > 50
    everything(folder)


def test_a_chunk_edited_with_its_seal_made_anew_is_refused(folder: Path) -> None:
    """Every key of its facts."""
    facts = read_json(folder / FIRST / CHUNK)
    for key in facts:
        for value in MANIFEST_SIBLINGS:
            if value != facts[key] and (key, value) not in (
                ("engine", "x"),
                ("plain", "x"),
            ):  # which computed: a reader is told by the manifest
                write_json(folder / FIRST / CHUNK, {**facts, key: value})
                refused(folder, folder / FIRST / CHUNK, verify=value is None)
        write_json(folder / FIRST / CHUNK, facts)


def test_an_experiment_edited_with_its_seal_made_anew_is_refused(folder: Path) -> None:
    """Every key; also with the manifest put right."""
    identity = read_json(folder / IDENTITY)
    for key in identity:
        for value in MANIFEST_SIBLINGS:
            write_json(folder / IDENTITY, {**identity, key: value})
            refused(folder, folder / IDENTITY, verify=value is None)
            resealed(folder / MANIFEST, {"experiment": {**identity, key: value}})
            refused(folder, folder / FIRST / CHUNK, verify=value is None)
            resealed(folder / MANIFEST, {"experiment": identity})


def test_a_file_that_no_chunk_names_is_not_read(folder: Path) -> None:
    """A table that this chunk does not have, of another run: refused when that table is asked for."""
    lean = folder / SECOND / CHUNK
    facts, manifest = read_json(lean), read_json(folder / MANIFEST)
    del facts["files"]["projects.parquet"], manifest["chunks"][SECOND]["projects.parquet"]
    write_json(lean, facts)
    write_json(folder / MANIFEST, manifest)
    refused(folder, folder / SECOND / "projects.parquet")
    (folder / SECOND / "projects.parquet").unlink()
    assert everything(folder)


@pytest.mark.parametrize("other", ["seed", "scenario"])
def test_a_chunk_of_another_run_is_not_taken_to_go_on_with(other: str, folder: Path, runs: dict[str, Path]) -> None:
    """In an unfinished folder, a finished one that is to hold more, and under another name: refused by name, nothing computed."""
    (folder / MANIFEST).unlink()
    shutil.rmtree(folder / SECOND)
    shutil.copytree(runs[other] / SECOND, folder / SECOND)
    with pytest.raises(InputError, match=f"{SECOND}.*of another experiment"):
        run_experiment(BASELINE, 4, workers=1, out=folder)
    shutil.rmtree(folder / SECOND)
    shutil.copytree(folder / FIRST, folder / SECOND)
    with pytest.raises(InputError, match=f"{SECOND}.*holds replications 0 to 1"):
        run_experiment(BASELINE, 4, workers=1, out=folder)
    shutil.rmtree(folder / SECOND)
    assert run_experiment(BASELINE, 4, workers=1, out=folder).manifest["digest"] == Results(runs["own"]).manifest["digest"]


def before(folder: Path) -> None:
    """Make results as they were before chunks and tables said of which experiment they are."""
    manifest = read_json(folder / MANIFEST)
    for chunk in (FIRST, SECOND):
        facts = read_json(folder / chunk / CHUNK)
        write_json(folder / chunk / CHUNK, {key: value for key, value in facts.items() if key not in ("experiment", "told")})
    write_json(folder / MANIFEST, {key: value for key, value in manifest.items() if key != "companies"})
    for path in folder.glob("chunk-*/*.parquet"):
        written(path, pq.read_table(path), {})


def test_results_of_an_earlier_version_are_read_where_a_manifest_vouches_for_them(folder: Path, runs: dict[str, Path]) -> None:
    """And go on; an unfinished folder of then is refused in a sentence."""
    before(folder)
    assert everything(folder)[0] == everything(runs["own"])[0]
    assert run_experiment(BASELINE, 5, workers=1, out=folder).manifest["replications"] == 5
    (folder / MANIFEST).unlink()
    with pytest.raises(InputError, match="an earlier version wrote it"):
        run_experiment(BASELINE, 5, workers=1, out=folder)


def test_companies_have_their_names(folder: Path) -> None:
    """In the table as it is read, and in the manifest in the order of their numbers."""
    results = Results(folder)
    named, names = results.table("companies"), results.manifest["companies"]
    assert len(names) == 41
    assert (named["name"].astype(str) == [names[number] for number in named["company"]]).all()


# ---------------------------------------------------------------- one at a time


def bso(*words: object, cwd: Path = ROOT) -> subprocess.Popen[str]:
    """Start a command."""
    command = [sys.executable, "-m", "sim.cli", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.full
def test_runs_that_start_at_once_never_give_each_others_numbers(runs: dict[str, Path], tmp_path: Path) -> None:
    """Three seeds, one folder: one is there, the others are refused in a line. Without a folder given each has one of its own."""
    seeds = (20251231, 7, 8)
    given = [bso("run", BASELINE, "--replications", 4, "--json", "--seed", seed, "--out", tmp_path / "one") for seed in seeds]
    free = [bso("run", BASELINE, "--replications", 4, "--json", "--seed", seed, cwd=tmp_path) for seed in seeds]
    digests = {20251231: Results(runs["own"]).manifest["digest"], 7: Results(runs["seed"]).manifest["digest"]}
    for processes in (given, free):
        said = [process.communicate(timeout=300) for process in processes]
        codes = [process.returncode for process in processes]
        for seed, code, (output, error) in zip(seeds, codes, said, strict=True):
            assert "Traceback" not in error
            if code == 0:
                assert json.loads(output)["seed"] == seed
                assert json.loads(output)["digest"] == digests.get(seed, json.loads(output)["digest"])
            else:
                assert (code, error.count("\n")) == (2, 1), error
                assert "another experiment" in error or "is being written by process" in error
        assert codes.count(0) == (1 if processes is given else 3), said
    assert problems(tmp_path / "one") == []
    for place in (tmp_path / "results").iterdir():
        assert problems(place) == []


def test_a_lock_names_its_holder_and_a_crash_leaves_nothing_that_blocks(tmp_path: Path) -> None:
    """Another process holds the folder; killed hard it holds it no more, though its lock lies there."""
    hold = f"with locked(Path({str(tmp_path)!r})):\n print(1, flush=True)\n time.sleep(60)"
    code = f"import time\nfrom pathlib import Path\nfrom sim.runs.disk.folders import locked\n{hold}"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(Taken, match=f"is being written by process {holder.pid} on .* since 20"), locked(tmp_path):
        pass
    with pytest.raises(Taken, match=f"process {holder.pid}"):
        run_experiment(BASELINE, 1, workers=1, out=tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK).exists()
    with locked(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_link_to_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Where a link leads is not made for it: it may be a disk that is not there today."""
    (tmp_path / "link").symlink_to("gone")
    with pytest.raises(InputError, match="is a link to gone, which is not there"), own(tmp_path / "link", "comparison"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_who_waits_gets_the_folder_when_it_is_free(tmp_path: Path) -> None:
    """Also when it is let go of, and taken away, between two looks; within one process too."""
    begin = time.monotonic()
    with locked(tmp_path), pytest.raises(Taken), locked(tmp_path, wait=0.2):
        pass
    assert time.monotonic() - begin >= 0.2
    (tmp_path / LOCK).write_text("mine")
    with pytest.raises(InputError, match="is no lock of this program"), locked(tmp_path):
        pass
    assert (tmp_path / LOCK).read_text() == "mine"


# ---------------------------------------------------------------- nobody's files

NAMES = st.one_of(
    st.sampled_from(
        [
            "table.csv",
            "differences.csv",
            "report_nl.html",
            "realised_nl.png",
            MANIFEST,
            IDENTITY,
            WRITTEN,
            LOCK,
            "x.part",
            ".writable",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40).filter(
        lambda name: name not in (".", "..") and len(name.encode()) < 100
    ),
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for many folders."""
    return tmp_path_factory.mktemp("places")


@settings(max_examples=40)
@given(name=NAMES, content=st.binary(max_size=30), again=st.booleans())
def test_a_users_file_of_any_name_survives(places: Path, name: str, content: bytes, again: bool) -> None:
    """Lying there before, a folder is refused and left as it was; put into one of ours, it stays whatever is written."""
    folder = Path(places / str(len(list(places.iterdir()))))
    folder.mkdir()

    def study(value: str) -> None:
        with own(folder, "table"):
            clear(folder)
            write(folder / "table.csv", value.encode())
            write(folder / "realised_nl.png", b"drawn" + value.encode())

    if again:
        study("first")
    ours = {path.name for path in folder.iterdir()}
    if name in ours:
        (folder / name).unlink()
    (folder / name).write_bytes(content)
    try:
        study("second")
        assert again
        assert name not in ours
    except InputError:
        assert not again or name in (*ours, LOCK, IDENTITY)
    assert (folder / name).read_bytes() == content
    assert {path.name for path in folder.iterdir()} >= ({name, *ours} if again else {name})


def test_what_was_written_is_replaced_and_what_is_no_longer_there_removed(tmp_path: Path) -> None:
    """Tables of the last answer go; one that somebody changed is refused first, before anything is computed."""
    with own(tmp_path, "table"):
        write(tmp_path / "one.csv", b"1")
        write(tmp_path / "two.csv", b"2")
    with own(tmp_path, "table"):
        clear(tmp_path)
        write(tmp_path / "one.csv", b"3")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")} == {"one.csv": b"3"}
    with pytest.raises(Taken, match="holds table and no picture"), own(tmp_path, "picture"):
        pass
    (tmp_path / "one.csv").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"one\.csv: was changed since it was written"), own(tmp_path, "table"):
        pass
    with pytest.raises(InputError, match="stays as it is"):
        write(tmp_path / "one.csv", b"4")


def test_a_write_that_was_cut_off_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the note and the file, at any of its steps: the same command goes on."""
    from sim.runs.disk import folders, store

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    for where in ("write_file", "_note"):
        for value in (b"1", b"2"):
            with monkeypatch.context() as patch:
                patch.setattr(folders, where, cut)
                with pytest.raises(KeyboardInterrupt):
                    write(tmp_path / "one.csv", value)
            write(tmp_path / "one.csv", value + b"!")
    half = store.part_of(tmp_path / "one.csv")
    half.write_bytes(b"half")
    shutil.rmtree(tmp_path)
    with own(tmp_path, "table"):
        store.part_of(tmp_path / "one.csv").write_bytes(b"half")
    with own(tmp_path, "table"):
        assert {path.name for path in tmp_path.iterdir()} == {LOCK, WRITTEN}


def test_users_files_among_chunks_survive_a_run(folder: Path) -> None:
    """Folders and files that look like something half written; in a chunk to be written again, the run is refused."""
    mine: Mapping[str, bytes] = {"notes.part/a.txt": b"a", "chunk-mine.part/b": b"b", "totals.csv": b"c", ".writable": b"d"}
    for name, content in mine.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    run_experiment(BASELINE, 5, workers=1, out=folder)
    assert {name: (folder / name).read_bytes() for name in mine} == mine
    (folder / FIRST / CHUNK).unlink()
    (folder / FIRST / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt: is no file of this experiment"):
        run_experiment(BASELINE, 5, workers=1, out=folder)
    assert (folder / FIRST / "notes.txt").read_text() == "mine"
