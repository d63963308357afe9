"""Studies that are kept are of today's baseline; a part of each, computed again, gives the same digits; what is quoted is what they say."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inputs.errors import InputError
from sim.inputs.region import load_region
from sim.inputs.scenario import Scenario, load_scenario
from sim.inputs.unknowns import Unknown, at, unknowns
from sim.show import answers, sensitivity_words
from sim.show.language import Language
from sim.show.screen import print_answer
from sim.study import reference
from sim.study.bands import apart, bands, read_bands
from sim.study.chunk import task_of
from sim.study.ends import ends_design
from sim.study.experiment import run_experiment
from sim.study.job import forecast_key, identity
from sim.study.reference import BANDS, SENSITIVITY, kept_bands, kept_sensitivity
from sim.study.results import Results
from sim.study.sensitivity import ENDS, Settings, sensitivity
from sim.study.sensitivity_found import read_sensitivity
from sim.study.simulated import FROM_TOTALS, Simulated, keep
from tests.conftest import BASELINE

KEPT = [pytest.param(read_bands(BANDS).facts, id="bands"), pytest.param(read_sensitivity(SENSITIVITY).facts, id="sensitivity")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A few replications of the baseline."""
    return run_experiment(load_scenario(BASELINE, replications=3), out=tmp_path_factory.mktemp("runs") / "baseline", workers=1)


@pytest.mark.parametrize("facts", KEPT)
def test_what_is_kept_is_of_the_baseline_of_today(facts: dict[str, object], baseline: Scenario) -> None:
    """`make reference` makes it anew where scenario, law or data have changed."""
    assert facts["forecast"] == forecast_key(identity(task_of(baseline, load_region(baseline)))), "run make reference"


@pytest.mark.parametrize("number", [0, 41])
def test_a_kept_parameter_set_run_again_gives_the_same_means(number: int, tmp_path: Path, baseline: Scenario) -> None:
    """To the last digit: the model is still the one that the bands were made with."""
    kept = read_bands(BANDS)
    two = kept.sets.iloc[[number, number]].reset_index(drop=True)
    again = bands(baseline, two, tmp_path, kept.facts["replications"], workers=1)
    for name in kept.means.columns:
        assert again.means[name].iloc[0] == pytest.approx(kept.means[name].iloc[number], rel=1e-12), f"{name}: run make reference"


def test_the_kept_table_is_that_of_the_kept_means() -> None:
    """The mean of all is that of the sets, as each has as many replications; bands of both hold more than luck alone."""
    kept = read_bands(BANDS)
    table = kept.table.set_index("outcome")
    for name, values in kept.means.items():
        assert table.loc[name, "mean"] == pytest.approx(values.mean())
    row = table.loc["realised_2042"]
    assert row["p10"] < row["luck_p10"] < row["mean"] < row["luck_p90"] < row["p90"]


@pytest.mark.parametrize("name", ["managers_spread", "rent_in_growth"])
def test_the_ends_of_a_kept_parameter_run_again_give_the_same(name: str, tmp_path: Path, baseline: Scenario) -> None:
    """The tornado's numbers, with the replications that it has."""
    kept = read_sensitivity(SENSITIVITY)
    known = {name: unknowns()[name]}
    given = tmp_path / "given"
    keep(given, baseline, load_region(baseline), known)
    design = ends_design(known, ENDS * kept.facts["replications"])
    study = Simulated(given, (name,), FROM_TOTALS)
    found = np.array([study(point, design.replications).mean(axis=0) for point in design.values])
    for i, outcome in enumerate(FROM_TOTALS):
        row = kept.ends[(kept.ends["outcome"] == outcome) & (kept.ends["parameter"] == name)].iloc[0]
        assert list(found[:, i]) == pytest.approx([row["base"], row["at_low"], row["at_high"]], rel=1e-9), "run make reference"


def test_a_study_read_from_its_folder_says_the_same(tmp_path: Path, baseline: Scenario) -> None:
    """Summary, sentences and tables of a small one."""
    few: dict[str, Unknown] = {name: unknowns()[name] for name in ("managers", "rent_in_growth")}
    found = sensitivity(baseline, few, Settings(replications=2, trajectories=2, base=16, most=2), tmp_path, workers=1)
    again = read_sensitivity(tmp_path)
    assert again.rule == found.rule
    assert again.collect_first() == found.collect_first()
    language = Language("nl")
    assert sensitivity_words.rule_sentences(again, language) == sensitivity_words.rule_sentences(found, language)
    pd.testing.assert_frame_equal(again.ends, found.ends, rtol=1e-9)


def test_bands_read_from_their_folder_are_those_that_were_made(tmp_path: Path, baseline: Scenario) -> None:
    """And every set has a value of each unknown, within its range."""
    sets = pd.DataFrame({"permit": [1.5, 2.5]})
    made = bands(baseline, sets, tmp_path, 3, workers=1)
    again = read_bands(tmp_path)
    for name in ("table", "years", "sets", "means"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(made, name), check_dtype=False)
    assert set(made.sets.columns) == set(unknowns())
    assert all(made.sets[name].between(u.low, u.high).all() for name, u in unknowns().items())
    assert made.table.set_index("outcome").loc["realised_2042", "mean"] == pytest.approx(made.means["realised_2042"].mean())
    assert apart(np.array([[1.0, 1.0], [3.0, 3.0]]))["not_knowing"] == 1.0


def test_the_answer_of_the_baseline_holds_what_is_not_known(small: Results, capsys: pytest.CaptureFixture[str]) -> None:
    """That of the very same forecast, whatever its draws; no other one borrows it."""
    said = answers.with_not_knowing(small, Language("en"))
    row = read_bands(BANDS).table.set_index("outcome").loc["realised_2042"]
    assert said is not None
    assert said.startswith(
        f"{round(row['mean'], -2):,.0f} dwellings ({round(row['p10'], -2):,.0f} to {round(row['p90'], -2):,.0f})"
    )
    print_answer(small, [], "nl")
    assert "Ook met wat niemand weet" in capsys.readouterr().out
    experiment = dict(small.manifest["experiment"])
    assert kept_bands({**experiment, "scenario": {**experiment["scenario"], "seed": 7}}) is not None
    other = at(load_scenario(BASELINE), {"sales": 300.0}, "other")
    assert kept_bands(identity(task_of(other, load_region(other)))) is None


def test_a_copy_without_kept_studies_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: Results) -> None:
    monkeypatch.setattr(reference, "BANDS", tmp_path / "none")
    monkeypatch.setattr(reference, "SENSITIVITY", tmp_path / "none")
    assert kept_sensitivity() is None
    assert answers.with_not_knowing(small, Language("nl")) is None
    assert sensitivity_words.kept_collect(Language("nl")) == []


def test_a_damaged_study_is_refused(tmp_path: Path) -> None:
    shutil.copytree(BANDS, tmp_path / "bands")
    file = tmp_path / "bands" / "bands.json"
    file.write_text(file.read_text().replace('"seed": ', '"seed": 1'))
    with pytest.raises(InputError, match="damaged"):
        read_bands(tmp_path / "bands")


def test_reports_name_the_data_to_collect_first() -> None:
    """Every parameter that matters in the kept study and is only assumed, up to six."""
    (said,) = sensitivity_words.kept_collect(Language("en"))
    kept = read_sensitivity(SENSITIVITY)
    assert all(kept.facts["status"][name] == "assumed" for name in kept.collect_first())
    for name in kept.collect_first()[: sensitivity_words.NAMED]:
        assert kept.known[name].title in said
