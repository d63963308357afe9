"""Studies that are kept are of today's baseline; a part of each, computed again, gives the same digits; what is quoted is what they say."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.engine import build_model
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.ranges import UncertainParameter, uncertain_parameters
from sim.report.language import Language
from sim.runs.disk.store import read_json, write_json
from sim.runs.experiment import run_experiment
from sim.runs.job import forecast_key
from sim.runs.points import FROM_TOTALS, Simulated
from sim.runs.results import Results
from sim.studies.calibration.bands import KEPT as BANDS
from sim.studies.calibration.bands import apart, bands, read_bands
from sim.studies.sensitivity import words as sensitivity_words
from sim.studies.sensitivity.indices import bounds_design
from sim.studies.sensitivity.study import AT_BOUNDS, Sensitivity, kept_sensitivity, read_sensitivity, sensitivity
from sim.studies.sensitivity.study import KEPT as SENSITIVITY
from tests.support.project import BASELINE

KEPT = [pytest.param(read_bands(BANDS).facts, id="bands"), pytest.param(read_sensitivity(SENSITIVITY).facts, id="sensitivity")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A few replications of the baseline."""
    return run_experiment(load_scenario(BASELINE, replications=3), out=tmp_path_factory.mktemp("runs") / "baseline", workers=1)


@pytest.mark.parametrize("facts", KEPT)
def test_what_is_kept_is_of_the_baseline_of_today(facts: dict[str, object], baseline: Scenario) -> None:
    """`make reference` makes it anew where scenario, law or data have changed."""
    assert facts["forecast"] == forecast_key(build_model(baseline, load_region(baseline))), "run make reference"


@pytest.mark.parametrize("number", [0, 41])
def test_a_kept_parameter_set_run_again_gives_the_same_means(number: int, tmp_path: Path, baseline: Scenario) -> None:
    """To the last digit: the model is still the one that the bands were made with."""
    kept = read_bands(BANDS)
    two = kept.tables["sets"].iloc[[number, number]].reset_index(drop=True)
    again = bands(baseline, two, kept.facts["replications"], workers=1, out=tmp_path)
    for name in kept.tables["means"].columns:
        assert again.tables["means"][name].iloc[0] == pytest.approx(kept.tables["means"][name].iloc[number], rel=1e-12), (
            f"{name}: run make reference"
        )


def test_the_kept_table_is_that_of_the_kept_means() -> None:
    """The mean of all is that of the sets, as each has as many replications; bands of both hold more than luck alone."""
    kept = read_bands(BANDS)
    table = kept.tables["table"].set_index("outcome")
    for name, values in kept.tables["means"].items():
        assert table.loc[name, "mean"] == pytest.approx(values.mean())
    row = table.loc["realised_at_end"]
    assert row["p10"] < row["luck_p10"] < row["mean"] < row["luck_p90"] < row["p90"]


@pytest.mark.parametrize("name", ["managers_spread", "rent_in_inflow"])
@pytest.mark.full
def test_the_ends_of_a_kept_parameter_run_again_give_the_same(name: str, baseline: Scenario) -> None:
    """The tornado's numbers, with the replications that it has."""
    kept = read_sensitivity(SENSITIVITY)
    known = {name: uncertain_parameters()[name]}
    design = bounds_design({name: (known[name].low, known[name].high)}, AT_BOUNDS * kept.facts["replications"])
    study = Simulated(baseline, load_region(baseline), known, (name,), FROM_TOTALS)
    found = np.array([study(point, design.replications).mean(axis=0) for point in design.values])
    for i, outcome in enumerate(FROM_TOTALS):
        row = kept.of("ends", outcome)[name]
        assert list(found[:, i]) == pytest.approx([row["base"], row["at_low"], row["at_high"]], rel=1e-9), "run make reference"


def test_a_study_read_from_its_folder_says_the_same(tmp_path: Path, baseline: Scenario) -> None:
    """Summary, sentences and tables of a small one."""
    few: dict[str, UncertainParameter] = {name: uncertain_parameters()[name] for name in ("managers", "rent_in_inflow")}
    found = sensitivity(baseline, few, 2, 2, 16, 2, workers=1, out=tmp_path)
    again = read_sensitivity(tmp_path)
    assert again.rule == found.rule
    assert again.collect_first() == found.collect_first()
    language = Language("nl")
    assert sensitivity_words.rule_sentences(again, language) == sensitivity_words.rule_sentences(found, language)
    pd.testing.assert_frame_equal(again.tables["ends"], found.tables["ends"], rtol=1e-9, check_like=True)


def test_bands_read_from_their_folder_are_those_that_were_made(tmp_path: Path, baseline: Scenario) -> None:
    """And every set has a value of each unknown, within its range."""
    sets = pd.DataFrame({"permit": [1.5, 2.5]})
    made = bands(baseline, sets, 3, workers=1, out=tmp_path)
    again = read_bands(tmp_path)
    for name in ("table", "years", "sets", "means"):
        pd.testing.assert_frame_equal(again.tables[name], made.tables[name], check_dtype=False, check_like=True)
    assert set(made.tables["sets"].columns) == set(uncertain_parameters())
    assert all(made.tables["sets"][name].between(u.low, u.high).all() for name, u in uncertain_parameters().items())
    assert made.tables["table"].set_index("outcome").loc["realised_at_end", "mean"] == pytest.approx(
        made.tables["means"]["realised_at_end"].mean()
    )
    assert apart(np.array([[1.0, 1.0], [3.0, 3.0]]))["not_knowing"] == 1.0


def test_a_copy_without_kept_studies_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sim.studies.sensitivity.study.KEPT", tmp_path / "none")
    assert kept_sensitivity() is None
    assert sensitivity_words.kept_collect(Language("nl")) == []


def test_a_damaged_study_is_refused(tmp_path: Path) -> None:
    shutil.copytree(BANDS, tmp_path / "bands")
    file = tmp_path / "bands" / "bands.json"
    whole = file.read_text()
    for broken in (whole.replace("2", "9"), whole[:500], ""):
        file.write_text(broken)
        with pytest.raises(InputError):
            read_bands(tmp_path / "bands")
    content = read_json(BANDS / "bands.json")
    content["tables"].pop("means")
    write_json(file, content)
    with pytest.raises(InputError, match="no bands of this version"):
        read_bands(tmp_path / "bands")


def test_a_study_of_parameters_that_are_no_more_is_refused(tmp_path: Path) -> None:
    content = read_json(SENSITIVITY / Sensitivity.ANSWER)
    write_json(tmp_path / Sensitivity.ANSWER, {**content, "parameters": [*content["parameters"], "luck"]})
    with pytest.raises(InputError, match="luck: is not of this version"):
        read_sensitivity(tmp_path)


def test_reports_name_the_data_to_collect_first() -> None:
    """Every parameter that matters in the kept study: what is only assumed first, then what rests on few figures."""
    (said,) = sensitivity_words.kept_collect(Language("en"))
    kept = read_sensitivity(SENSITIVITY)
    first, rest = said.split("rests on few figures")
    for name in {name for outcome in kept.outcomes for name in kept.matter(outcome)}:
        assumed = "assumed" in (kept.facts["status"][name], kept.known[name].status)
        assert kept.known[name].title in (first if assumed else rest), name
