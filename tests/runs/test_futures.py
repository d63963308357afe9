"""A drawn forecast: every replication its own parameter set and population, the same bits whoever computes it, whatever it is compared with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inputs.errors import InputError
from sim.inputs.estimate.populations import population
from sim.inputs.region.load import load_region, of_population
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.sets import parameter_sets
from sim.runs.chunk import COMPILED, PLAIN, compute, task_of
from sim.runs.disk.store import IDENTITY, read_json
from sim.runs.experiment import run_experiment
from sim.runs.futures import Futures
from sim.runs.job import identity
from sim.studies.compare.options import from_folder
from sim.studies.forecast.study import run, sampled
from tests.support.altered import said_of
from tests.support.project import FORECAST, SCENARIOS

BEYOND = 23  # a replication whose population no table holds


def few(region: Region) -> Region:
    """Return a region that holds its first two populations only: all others are made when they are asked for."""
    return replace(region, estimates={name: values[:2] for name, values in region.estimates.items()})


def laid_over(tmp_path: Path) -> Scenario:
    """Return a scenario that lays figures of its own over every population, and exempts the smallest municipalities."""
    (tmp_path / "official.csv").write_text("nis,stock,rented_in,g1,g2,g3\n44021,30000,100,10,20,30\n11002,50000,2000,7,7,7\n")
    (tmp_path / "mine.toml").write_text(
        f'extends = "{FORECAST.as_posix()}"\ntitle = "x"\ntitle_nl = "x"\n[official]\nfile = "official.csv"\npartial = true\n'
        "[exempt]\ninhabitants_below = 12000\nredistributed = true\n"
    )
    return load_scenario(tmp_path / "mine.toml")


@pytest.mark.parametrize("number", [0, 1, 7, 19])
def test_a_population_made_when_it_is_asked_for_is_the_stored_one(number: int, forecast: Scenario) -> None:
    region = load_region(forecast)
    for name, values in of_population(few(region), number).estimates.items():
        assert np.array_equal(values[0], region.estimates[name][number]), name


def test_what_the_user_says_lies_over_every_population(tmp_path: Path) -> None:
    """Official figures, growth paths and exemptions: a population made later has them as the stored ones do."""
    region = load_region(laid_over(tmp_path))
    for number in (3, 11):
        made = of_population(few(region), number).estimates
        for name, values in made.items():
            assert np.array_equal(values[0], region.estimates[name][number]), name
    beyond, gent = of_population(region, BEYOND).estimates, int(np.flatnonzero(region.nis == 44021)[0])
    assert (beyond["stock"][0, gent], beyond["rented_in"][0, gent]) == (30_000, 100)
    assert beyond["objective_regular"].sum() + beyond["sib"].sum() > 0


def test_a_later_start_and_one_of_then_have_populations_too() -> None:
    region = load_region(load_scenario(SCENARIOS / "backtest" / "2015.toml"))
    for name, values in of_population(few(region), 4).estimates.items():
        assert np.array_equal(values[0], region.estimates[name][4]), name
    then = population(BEYOND, 2015)
    assert np.array_equal(of_population(region, BEYOND).estimates["stock"][0], then["stock"])


@pytest.mark.full
def test_populations_of_a_table_of_the_users_take_turns(forecast: Scenario) -> None:
    region = replace(load_region(forecast), on_demand=False)
    assert Futures(forecast, region).population(BEYOND) == BEYOND % 20
    assert np.array_equal(of_population(region, BEYOND).estimates["stock"][0], region.estimates["stock"][BEYOND % 20])


def test_both_engines_draw_the_same_futures(forecast: Scenario) -> None:
    """The same digests, with populations that no table holds."""
    region = load_region(forecast)
    one, two = (compute(task_of(forecast, region, engine), BEYOND, BEYOND + 1).facts for engine in (COMPILED, PLAIN))
    assert not one["failed"]
    assert not two["failed"]
    assert one["digests"] == two["digests"]


def test_what_was_drawn_is_kept(tmp_path: Path, forecast: Scenario) -> None:
    """The table of parameters holds the values that the replications had, and each its own population."""
    results = run_experiment(load_scenario(FORECAST, replications=22), out=tmp_path / "run", workers=1)
    kept, sets = results.table("parameters").set_index("replication"), parameter_sets(forecast)
    for k in range(22):
        assert kept.loc[k].to_dict() == sets.values(k)
    drawn = results.table("replications")
    assert drawn["population"].tolist() == list(range(22))
    assert np.allclose(drawn["response"], kept["response"], atol=1e-4)
    assert results.manifest["standing"]["carries"] == "luck, parameter sets, populations"


def test_more_replications_of_the_same_forecast_begin_with_the_same(tmp_path: Path) -> None:
    """Another chunking, other workers, and a run that was begun smaller: the same rows."""
    runs = [
        run_experiment(load_scenario(FORECAST, replications=n), out=tmp_path / f"run{i}", workers=w, chunk=c)
        for i, (n, w, c) in enumerate(((6, 1, 6), (9, 2, 3)))
    ]
    begun = run_experiment(load_scenario(FORECAST, replications=9), out=tmp_path / "run0", workers=1)
    assert begun.manifest["digest"] == runs[1].manifest["digest"]
    pd.testing.assert_frame_equal(runs[0].totals, runs[1].totals[runs[1].totals["replication"] < 6])


def test_at_the_central_values_bands_say_that_they_hold_luck_alone(tmp_path: Path) -> None:
    found = run("baseline", 3, out=tmp_path / "run", at="central")
    assert found.manifest["sampling"] == "plain"
    assert found.manifest["standing"]["carries"].startswith("luck alone")
    with pytest.raises(InputError, match="--at"):
        sampled("middle", None)
    with pytest.raises(InputError, match="spread evenly already"):
        sampled("drawn", "sobol")
    with pytest.raises(InputError, match="nothing is"):
        sampled("central", "drawn")


def test_other_sets_are_another_experiment(forecast: Scenario, tmp_path: Path) -> None:
    """What is drawn from is part of what an experiment is."""
    region = load_region(forecast)
    made = identity(task_of(forecast, region))
    assert set(made["drawn"]) == {"sets", "populations"}
    assert "drawn" not in identity(task_of(forecast.central, region))
    (tmp_path / "sets.csv").write_text("set,asleep\n0,0.3\n1,0.4\n")
    assert parameter_sets(forecast, tmp_path).digest != made["drawn"]["sets"]


def test_results_drawn_from_other_sets_are_not_paired(tmp_path: Path) -> None:
    """They say so, and how to make them again; untouched they are an option."""
    folder = run_experiment(load_scenario(FORECAST, replications=1), out=tmp_path / "run", workers=1).folder
    assert from_folder(folder).scenario.drawn
    said_of(folder, drawn={**read_json(folder / IDENTITY)["drawn"], "sets": "0" * 64})
    with pytest.raises(InputError, match="other parameter sets or populations"):
        from_folder(folder)
