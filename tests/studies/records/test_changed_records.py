"""Records that somebody changed and sealed anew: refused where one place of them says otherwise than another."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.runs.disk.store import read_json, write_json
from sim.studies.records.record import COUNTED, beside, read_record
from tests.support.project import ROOT

RECORDS = sorted((ROOT / "results" / "registered").glob("*.json"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """What copies a record, with all that lies beside it, to a new folder."""
    place = tmp_path_factory.mktemp("records")

    def copied(record: Path) -> Path:
        folder = place / str(len(list(place.iterdir())))
        folder.mkdir()
        for path in (record, *(path for path in beside(record).values() if path.exists())):
            shutil.copyfile(path, folder / path.name)
        return folder / record.name

    return copied


def sealed_anew(record: Path, table: pd.DataFrame, renamed: bool) -> Path:
    """Write other chances beside a record, put their digest in it, and give all of it the name of that."""
    path = beside(record)["chances_sha256"]
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.6g")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    write_json(record, {**read_json(record), "chances_sha256": digest})
    if not renamed:
        return record
    stem = record.stem[:-8] + digest[:8]
    for file in list(record.parent.iterdir()):
        file.rename(file.with_name(stem + file.suffix))
    return record.with_name(f"{stem}.json")


def refused(record: Path) -> None:
    with pytest.raises(InputError) as error:
        read_record(record)
    assert record.stem in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
@pytest.mark.parametrize("renamed", [False, True])
@settings(max_examples=10)
@given(data=st.data())
def test_chances_changed_and_sealed_anew_are_refused(
    copy: Callable[[Path], Path], record: Path, renamed: bool, data: st.DataObject
) -> None:
    """A chance beyond 0 and 1, no number, one changed alone or with another of its row, a column less; also under the name of the new ones."""
    table = pd.read_csv(beside(record)["chances_sha256"])
    row, name = data.draw(st.integers(0, len(table) - 1)), f"chance_{data.draw(st.sampled_from(COUNTED))}"
    other = f"chance_{data.draw(st.sampled_from([c for c in COUNTED if not name.endswith(c)]))}"
    kind = data.draw(st.sampled_from(["beyond", "no number", "alone", "moved", "column"]))
    cells: list[Any] = table[name].tolist()
    if kind == "column":
        table = table.drop(columns=name)
    elif kind in ("beyond", "no number"):
        cells[row] = data.draw(st.sampled_from([-0.01, 1.01, 2, 1e300] if kind == "beyond" else ["nan", "inf", "x", ""]))
        table[name] = cells
    else:
        step = data.draw(st.sampled_from([0.05, 0.2, -0.2, -0.05]))
        change = np.where(np.arange(len(table)) == row, step, 0.0)
        table[name] += change
        if kind == "moved":
            table[other] -= change
    refused(sealed_anew(copy(record), table, renamed))


@pytest.mark.parametrize("record", [path for path in RECORDS if "naive" not in path.stem], ids=lambda path: path.stem)
@settings(max_examples=5)
@given(data=st.data())
def test_a_chance_that_no_count_gives_is_refused(copy: Callable[[Path], Path], record: Path, data: st.DataObject) -> None:
    """Moved from one category to another in one municipality, and back in another one, so that Flanders stays as it was."""
    table = pd.read_csv(beside(record)["chances_sha256"])
    one, other = data.draw(st.permutations(list(COUNTED)))[:2]
    places = table[(table[f"chance_{one}"] > 0.1) & (table[f"chance_{other}"] > 0.1)].index[:2]
    replications = read_json(record)["replications"]
    step = data.draw(st.integers(1, int(0.09 * replications)).map(lambda whole: (whole + 0.5) / replications))
    for row, sign in zip(places, (1, -1), strict=True):
        table.loc[row, f"chance_{one}"] += sign * step
        table.loc[row, f"chance_{other}"] -= sign * step
    refused(sealed_anew(copy(record), table, True))


SIBLINGS: tuple[Any, ...] = (None, "x", -1, 2.5, True, [], {})


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_edited_and_sealed_anew_is_refused_where_it_can_be_known(copy: Callable[[Path], Path], record: Path) -> None:
    """What its chances or its experiment know better; what only git knows is said in results/registered/README.md."""
    copied, content = copy(record), read_json(record)
    known = {"chances_sha256", "flanders", "registered", "test", "replications"}
    if "commit" in content and "experiment_sha256" in content:
        known |= {
            "experiment_sha256",
            "sets_sha256",
            "seed",
            "source",
            "version",
            "data",
            "scenario",
            "title",
            "law",
            "parameter_sets",
        }
        for key in {"experiment_sha256", "sets_sha256", "scenario", "title"} & set(content):
            write_json(copied, {name: value for name, value in content.items() if name != key})
            refused(copied)
    for key in known & set(content):
        for value in SIBLINGS:
            if (key, value) != ("parameter_sets", content.get("parameter_sets")):
                write_json(copied, {**content, key: value})
                refused(copied)
    for name in COUNTED:
        for of_category in ({}, {"share": 0.5}, {"mean": 3.0, "replications_by_number": {"3": content.get("replications", 1)}}):
            write_json(copied, {**content, "flanders": {**content["flanders"], name: of_category}})
            refused(copied)
