"""The tables that come with the package, and what the estimate has to meet."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from sim.inputs.estimate import build, residuals
from sim.inputs.estimate.facts import DATA, FINE, POPULATIONS, TODAY, around, split, split_within
from sim.inputs.estimate.households import EXTENDED, HERSTAPPE, extended
from sim.inputs.estimate.past import STARTS, past
from sim.inputs.estimate.populations import columns, population
from sim.inputs.estimate.residuals import checks
from sim.rules.apportion import largest_remainder

TABLES = sorted(path.stem for path in DATA.glob("*.csv"))


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv")


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    return read("estimates")


def test_rebuild_gives_the_same_bytes() -> None:
    assert build().to_csv(index=False, lineterminator="\n").encode() == (DATA / "estimates.csv").read_bytes()


def test_every_check_of_the_estimate_passes(estimates: pd.DataFrame) -> None:
    assert [name for name, passed in checks(estimates) if not passed] == []


def test_every_column_is_documented() -> None:
    documented = tomllib.loads((DATA / "columns.toml").read_text(encoding="utf-8"))
    assert sorted(documented) == TABLES
    for name in TABLES:
        columns = []
        for column, about in documented[name]["columns"].items():
            first, _, last = column.partition("-")
            columns += [str(year) for year in range(int(first), int(last) + 1)] if last else [column]
            assert set(about) == {"description", "unit", "vintage", "source", "status"}, (name, column)
            assert about["status"] in {"found", "derived", "estimated"}, (name, column)
        assert columns == list(read(name).columns), name


def test_285_municipalities_and_41_companies_in_order(estimates: pd.DataFrame) -> None:
    municipalities, companies = read("municipalities"), read("companies")
    assert len(municipalities) == 285
    assert municipalities["nis"].is_monotonic_increasing
    assert municipalities["nis"].is_unique
    assert len(companies) == 41
    assert companies["company"].is_monotonic_increasing
    assert companies.set_index("company")["municipalities"].to_dict() == municipalities["company"].value_counts().to_dict()
    for name in ("households", "permits"):
        assert read(name)["nis"].tolist() == municipalities["nis"].tolist()
    assert estimates["nis"].tolist() == municipalities["nis"].tolist() * POPULATIONS
    assert estimates["population"].tolist() == np.repeat(np.arange(POPULATIONS), 285).tolist()


def test_adjacency_names_each_pair_once() -> None:
    pairs, known = read("adjacency"), set(read("municipalities")["nis"])
    assert (pairs["nis_a"] < pairs["nis_b"]).all()
    assert not pairs.duplicated().any()
    assert set(pairs["nis_a"]) | set(pairs["nis_b"]) == known - {73109}  # Voeren


def test_households_of_2041_to_2043_are_the_extension() -> None:
    households = read("households").set_index("nis")
    places = read("municipalities").set_index("nis")["arrondissement_nis"]
    years = [str(year) for year in EXTENDED]
    assert extended(households, read("households_arrondissement").set_index("arrondissement_nis"), places).equals(households[years])
    assert (households.loc[HERSTAPPE, "2023":"2043"] == 28).all()


def test_only_whole_numbers_and_totals_where_they_are_fixed(estimates: pd.DataFrame) -> None:
    assert (estimates.dtypes == np.int64).all()
    totals = estimates.groupby("population").sum()
    for column, total in (("stock", 178_743), ("rented_in", 12_666), ("land_company", 34_000), ("land_public", 24_000)):
        assert (totals[column] == total).all(), column
    central = totals.loc[0]
    assert central[[c for c in totals.columns if c.startswith("pipeline_")]].tolist() == [1_925, 3_335, 560, 2_077, 7_028]
    assert central["sib"] == 7_000
    assert (estimates["rented_in"] <= estimates["stock"]).all()
    assert (estimates["sib"] <= estimates["old_objective"]).all()


def test_populations_differ_in_what_is_uncertain(estimates: pd.DataFrame) -> None:
    for column in ("stock", "sib", "overshoot", "target_group", "land_company", "land_public", "pipeline_mjp"):
        rows = estimates.pivot(index="population", columns="nis", values=column)
        assert len(rows.drop_duplicates()) == POPULATIONS, column


def test_residuals_show_every_published_figure(estimates: pd.DataFrame) -> None:
    table = residuals(estimates)
    assert len(table) > len(read("anchors"))
    assert set(table["use"]) == {"fitted", "reported"}
    fitted = table[(table["use"] == "fitted") & table["figure"].str.contains("bso_2025_objective")]
    assert (fitted["difference"].abs() <= 1).all()


def test_split_adds_up_and_keeps_to_its_limits() -> None:
    weights = np.array([1.0, 2.0, 0.0, 5.0])
    assert split(8, weights).tolist() == [1, 2, 0, 5]
    assert split_within(8, weights, np.array([8, 8, 8, 2])).tolist() == [2, 4, 0, 2]
    with pytest.raises(ValueError, match="no room"):
        split_within(8, weights, np.array([1, 1, 8, 1]))


def test_split_is_the_largest_remainder_of_the_rules() -> None:
    """Also with ties, and where many weigh nothing."""
    rng = np.random.default_rng(3)
    for total in (0, 1, 26, 7_028, 270_000):
        weights = np.maximum(0, rng.integers(-300, 1_000, 285))
        parts = np.zeros(285, np.int64)
        largest_remainder(total, np.rint(weights / weights.max() * FINE).astype(np.int64), parts)
        assert (split(total, weights.astype(np.float64)) == parts).all()


def test_totals_over_populations_cover_their_range() -> None:
    values = [around(population, "some total", 4.0, 7.0, 11.0) for population in range(POPULATIONS)]
    assert values[0] == 7.0
    assert 4.0 < min(values) < 4.7
    assert 10.0 < max(values) < 11.0
    assert float(np.median(values)) == 7.0


@pytest.mark.parametrize("start", [*STARTS, TODAY])
def test_populations_on_demand_begin_with_those_of_the_tables(start: int, estimates: pd.DataFrame) -> None:
    table = estimates if start == TODAY else past(start)
    for number in (POPULATIONS - 1, 0, 7):
        assert population(number, start).equals(table[table["population"] == number].reset_index(drop=True))
    later = population(1_234, start)
    found = columns(1_234, start)
    assert list(found) == list(later)
    assert all(found[name].dtype == np.int64 and (found[name] == later[name]).all() for name in found)
    for values in found.values():  # nobody's writing reaches the next
        if values.flags.writeable:
            values[:] = 0
    assert later.equals(population(1_234, start))
    assert not later.drop(columns="population").equals(population(1_235, start).drop(columns="population"))
    assert (later.drop(columns="known").to_numpy() >= 0).all()


def test_a_population_that_cannot_be_is_refused() -> None:
    for number, start in ((-1, TODAY), (0, 2012)):
        with pytest.raises(ValueError, match="no population"):
            population(number, start)
