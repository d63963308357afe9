"""Nobody's files are touched: a study that is given a folder with anything in it that it did not write refuses before it computes."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.inputs.errors import InputError
from sim.runs.disk.folders import WRITTEN
from sim.studies.durations.study import durations
from sim.studies.records.naive_records import register_naive
from sim.studies.registry import calls
from tests.support.project import ROOT

SETS = ROOT / "scenarios" / "calibrated" / "sets.csv"
SWEEP = f"""title = "A"
title_nl = "B"
base = "{(ROOT / "scenarios" / "baseline.toml").as_posix()}"
rank = "realised_at_end"
[axes.people]
today = {{}}
half = {{ levers.managers_scale.value = 0.5 }}
"""


def listed(path: Path) -> Path:
    """Write a list of projects and return it."""
    months = np.random.default_rng(1).integers(1, 40, 60).tolist()
    rows = [f"permit,2018-01,{2018 + n // 12}-{n % 12 + 1:02d}" for n in months]
    path.write_text("\n".join(["stage,begun,ended", *rows]) + "\n", encoding="utf-8")
    return path


def verdicts(path: Path) -> Path:
    """Write verdicts of all municipalities and return them."""
    nis = pd.read_csv(ROOT / "sim" / "inputs" / "data" / "municipalities.csv")["nis"]
    pd.DataFrame({"nis": nis, "category": np.resize(["1", "2A", "2B"], len(nis))}).to_csv(path, index=False)
    return path


def crossed(path: Path) -> Path:
    """Write a sweep and return it."""
    path.write_text(SWEEP, encoding="utf-8")
    return path


def ran(folder: Path) -> Path:
    """Return results of the baseline."""
    return sim.run("baseline", replications=1, workers=1, out=folder).folder


# Each call that is given a folder, by one with what it may read; and a file that it would write there.
WRITERS: dict[str, tuple[Callable[[Path], Callable[..., Any]], str]] = {
    "run": (lambda _: partial(sim.run, "baseline", replications=1), "realised_nl.png"),
    "compare": (lambda _: partial(sim.compare, "baseline", "yearly", replications=2), "differences.csv"),
    "sweep": (lambda given: partial(sim.sweep, crossed(given / "sweep.toml"), replications=2), "ranking.csv"),
    "readings": (lambda _: partial(sim.readings, "baseline", replications=2), "readings.csv"),
    "capacity_of": (lambda _: partial(sim.capacity_of, "Thuispunt Gent", replications=20), "capacity.json"),
    "capacity_of_all": (lambda _: partial(sim.capacity_of_all, replications=20), "capacity_all.json"),
    "most_for": (lambda _: partial(sim.most_for, "Thuispunt Gent", 500_000, replications=20), "spending.csv"),
    "municipalities": (lambda given: partial(sim.municipalities, ran(given / "run")), "tests.csv"),
    "crosschecks": (lambda _: partial(sim.crosschecks, "baseline"), "checks.csv"),
    "durations": (lambda given: partial(sim.durations, listed(given / "list.csv"), "2025-12"), "durations.toml"),
    "sensitivity": (lambda _: partial(sim.sensitivity, parameters=["appeal", "cancelled"], replications=2), "ends.csv"),
    "bands": (lambda _: partial(sim.bands, sets=SETS, replications=2), "table.csv"),
    "calibrate": (lambda _: partial(sim.calibrate, points=64, kept=8, sets=2), "sets.csv"),
    "backtest": (lambda _: partial(sim.backtest, 10), "scores.csv"),
    "score_all": (lambda given: partial(sim.score_all, verdicts(given / "v.csv"), ROOT / "results" / "registered"), "scores.csv"),
}
READERS = {"why", "score", "register", "municipality"}  # register: below


def test_every_call_that_writes_is_asked() -> None:
    """So a new one is not forgotten."""
    assert set(calls()) - READERS == set(WRITERS)


@pytest.mark.parametrize("call", WRITERS)
def test_a_folder_with_a_users_file_is_refused_and_left_as_it_is(call: str, tmp_path: Path) -> None:
    """A file of the name of one that is written, one of a name that nobody uses; in a line that names the folder, with nothing computed."""
    ask, own = WRITERS[call]
    (tmp_path / "given").mkdir()
    for name in (own, "mijn notities.txt"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text("mine", encoding="utf-8")
        with pytest.raises(InputError) as error:
            ask(tmp_path / "given")(out=folder)
        assert str(folder) in str(error.value)
        assert "\n" not in str(error.value)
        assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {name: "mine"}


def test_parameter_sets_in_the_folder_of_the_answer_survive(tmp_path: Path) -> None:
    """`bso bands --sets bs/sets.csv --out bs`: the sets would be written in the place of those that were given."""
    (tmp_path / "bs").mkdir()
    shutil.copyfile(SETS, tmp_path / "bs" / "sets.csv")
    with pytest.raises(InputError, match=r"holds sets\.csv and no bands"):
        sim.bands(sets=tmp_path / "bs" / "sets.csv", replications=2, out=tmp_path / "bs")
    assert (tmp_path / "bs" / "sets.csv").read_bytes() == SETS.read_bytes()


def test_a_study_goes_on_in_its_own_folder_beside_a_users_files(tmp_path: Path) -> None:
    """Asked again, it replaces what it wrote; a table that somebody changed since is not its own, and the folder of another study neither."""
    path, out = listed(tmp_path / "list.csv"), tmp_path / "out"
    durations(path, "2025-12", out=out)
    mine = {name: b"mine" for name in ("mine.csv", "mine.png", "report_nl.html", "durations_nl.png.part")}
    for name, content in mine.items():
        (out / name).write_bytes(content)
    before = (out / "stages.csv").read_bytes()
    found = durations(path, "2026-10", out=out)
    found.plot()
    assert {name: (out / name).read_bytes() for name in mine} == mine
    assert (out / WRITTEN).exists()
    with pytest.raises(InputError, match="holds fitted lead times and no crosschecks"):
        sim.crosschecks("baseline", out=out)
    (out / "stages.csv").write_bytes(before + b"mine")
    with pytest.raises(InputError, match=r"stages\.csv: was changed since it was written"):
        durations(path, "2026-10", out=out)
    assert (out / "stages.csv").read_bytes() == before + b"mine"
    (out / "durations_en.png").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"durations_en\.png: was not written by this program"):
        found.plot("en")


def test_a_file_that_lies_where_a_record_is_to_come_survives(tmp_path: Path) -> None:
    """It is refused; the same file, left by a command that was killed, is no obstacle."""
    written = register_naive(2028, tmp_path / "a")
    (tmp_path / "b").mkdir()
    table = tmp_path / "b" / written[0].with_suffix(".csv").name
    table.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"\.csv: lies where a file of this record is to come"):
        register_naive(2028, tmp_path / "b")
    assert table.read_text(encoding="utf-8") == "mine"
    shutil.copyfile(written[0].with_suffix(".csv"), table)
    assert [path.name for path in register_naive(2028, tmp_path / "b")] == [path.name for path in written]
