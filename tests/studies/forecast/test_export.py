"""What is exported is what the results hold, and other tools read the results themselves."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.runs.columns import described, of_column
from sim.runs.experiment import run_experiment
from sim.runs.results import Results
from sim.studies.forecast.export import exported
from tests.support.project import FORECAST


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Four replications in two chunks."""
    return run_experiment(load_scenario(FORECAST, None, 4), workers=1, chunk=2, out=tmp_path_factory.mktemp("results") / "run")


def test_duckdb_derives_the_headline_from_the_folder(results: Results) -> None:
    """Mean and band of the dwellings in 2042, straight from the Parquet of all chunks."""
    totals = results.folder / "chunk-*" / "totals.parquet"
    asked = f"SELECT avg(bso), quantile_cont(bso, 0.1), quantile_cont(bso, 0.9) FROM '{totals}' WHERE year = 2042"
    mean, low, high = duckdb.sql(asked).fetchall()[0]
    answer = results.summary()["realised_at_end"]
    assert (round(mean, 2), round(low, 2), round(high, 2)) == (answer["mean"], answer["p10"], answer["p90"])


def test_every_table_says_what_its_columns_are(results: Results) -> None:
    """In its metadata, with units; and no column is described that is not there."""
    for name, table in described().items():
        path = next(results.folder.glob(f"chunk-*/{name}.parquet"))
        said = json.loads(pq.read_metadata(path).metadata[b"columns"])
        assert list(said) == pq.read_schema(path).names
        assert all(column["unit"] and column["is"] for column in said.values())
        assert {*table.columns} - {"name"} <= {*said}
        encodings = {e for c in range(len(said)) for e in pq.read_metadata(path).row_group(0).column(c).encodings}
        assert encodings <= {"PLAIN", "RLE"}  # which every reader of Parquet knows


def test_an_export_holds_every_row_with_names_beside_codes(results: Results, tmp_path: Path) -> None:
    """As CSV and in DuckDB, the same."""
    folder, base = (
        exported(results.folder, out=tmp_path / "csv"),
        exported(results.folder, "duckdb", tmp_path / "duck") / "results.duckdb",
    )
    with duckdb.connect(str(base), read_only=True) as opened:
        for name in described():
            held, written = results.table(name), pd.read_csv(folder / f"{name}.csv")
            assert written[held.columns].equals(held.astype(written[held.columns].dtypes.to_dict())), name
            assert opened.execute(f"SELECT count(*) FROM {name}").fetchall() == [(len(held),)]
        towns = pd.read_csv(folder / "tests.csv")
        assert {*towns.loc[towns["nis"] == 44021, "municipality"]} == {"Gent"}
        of_aalst = pd.read_csv(folder / "places.csv").set_index("municipality")["company"]["Aalst"]
        asked = "SELECT DISTINCT company FROM municipalities WHERE municipality = 'Aalst'"
        assert opened.execute(asked).fetchall() == [(of_aalst,)]
    assert "estimate" in pd.read_csv(folder / "about.csv")["standing"][0]


def test_an_unknown_form_is_refused(results: Results) -> None:
    """With the nearest one."""
    with pytest.raises(InputError, match="did you mean 'duckdb'"):
        exported(results.folder, "duckd")


def test_a_column_that_this_program_does_not_write_is_refused() -> None:
    """By its table and name, whichever it is called."""
    for table, about in described().items():
        for column in about.columns:
            with pytest.raises(InputError, match=f"{table}.parquet: {column}_: no such column"):
                of_column(table, f"{column}_")
