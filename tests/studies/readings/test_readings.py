"""Readings compared with the same luck: exact zeros, right errors, nothing computed twice, words that fit, a page that is current."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inputs.scenario.model import Scenario, changed, load_scenario
from sim.report.language import Language, labels
from sim.report.screen import Terminal
from sim.runs.differences import THRESHOLDS, Difference, compare, outcomes, run_variants
from sim.studies.readings.pictures import draw_readings
from sim.studies.readings.screen import show
from sim.studies.readings.study import TABLE, Readings, alternatives, open_in, readings, with_reading
from sim.studies.readings.words import page, written
from tests.support.pictures import check_words_apart
from tests.support.project import BASELINE, ROOT, Run

PAGE, RESULT = ROOT / "docs" / "readings.md", ROOT / "docs" / "readings.csv"


def asking(replications: int) -> Scenario:
    """Return a scenario in which every reading has something to act on.

    Who may asks for an exemption, and more may; objectives are redistributed; more municipalities are at the ceiling, some with SIB; all
    agreements come late, and verdicts fall before the late ones are in force.
    """
    values = {"verdict_month": 12, "ceiling": "7/100", "exemption_threshold": "1/10"}
    changes = {
        "levers": {"exemption_asked": {"value": 1.0}, "redistribution": {"value": "working_area"}},
        "uncertainties": {"agreement_on_time": {"value": 0.0}},
        "law_changes": {"values": {name: {"value": value} for name, value in values.items()}},
    }
    return changed(load_scenario(BASELINE, None, replications), changes, "asking", "a test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the comparison below is kept."""
    return tmp_path_factory.mktemp("readings") / "compared"


@pytest.fixture(scope="module")
def compared(folder: Path) -> Readings:
    """Every reading against the default, three replications."""
    return readings(asking(3), None, workers=1, out=folder)


ALONE = {"sampling": "plain", "populations": 1}


def numbers(**columns: list[float]) -> pd.DataFrame:
    """Return outcomes of replications 0, 1, ...; what is not given is zero."""
    return pd.DataFrame({name: columns.get(name, [0.0] * len(next(iter(columns.values())))) for name in THRESHOLDS})


def test_the_mean_difference_and_its_standard_error() -> None:
    """Differences of 2, 4 and 9: mean 5, standard deviation 3.6056, standard error 2.0817, and Student's interval with 2 degrees of freedom."""
    found = compare(numbers(dwellings=[100, 200, 300]), numbers(dwellings=[102, 204, 309]), ALONE)["dwellings"]
    assert (found.mean, found.error) == (5.0, pytest.approx(np.sqrt(13 / 3)))
    assert found.half == pytest.approx(4.3027 * np.sqrt(13 / 3), abs=1e-3)


def test_replications_are_paired_by_their_number() -> None:
    """The order of the rows is of no importance, and a replication that one of the two lacks is left out."""
    reference = numbers(dwellings=[100, 200, 300, 400])
    variant = numbers(dwellings=[101, 201, 301, 999]).sample(frac=1, random_state=1)
    assert compare(reference.drop(3), variant, ALONE)["dwellings"] == Difference(1.0, 0.0, 0.0, THRESHOLDS["dwellings"])
    with pytest.raises(ValueError, match="1 replications in common"):
        compare(reference.loc[[0]], variant, ALONE)


@pytest.mark.parametrize(
    ("mean", "half", "verdict"),
    [
        (0, 0, "does not"),
        (99.9, 0, "does not"),
        (100, 0, "matters"),
        (-100, 0, "matters"),
        (120, 20, "matters"),
        (119, 20, "undecided"),
        (-120, 20, "matters"),
        (-119, 20, "undecided"),
        (79, 20, "does not"),
        (-81, 20, "undecided"),
        (0, 200, "undecided"),
    ],
)
def test_what_a_difference_says(mean: float, half: float, verdict: str) -> None:
    """The whole interval beyond the threshold, within it, or across it."""
    assert Difference(mean, half / 2, half, 100).verdict == verdict


@pytest.mark.parametrize("pairs", [2, 3, 8, 20])
def test_what_few_replications_say_holds_of_others(pairs: int) -> None:
    """Of reading that does nothing on average, it is said in one of twenty at the most that it matters, however few replications there are."""
    random, said = np.random.default_rng(pairs), 0
    for _ in range(400):
        found = compare(numbers(dwellings=[0.0] * pairs), numbers(dwellings=random.normal(99, 500, pairs).tolist()), ALONE)[
            "dwellings"
        ]
        said += found.verdict == "matters"
        assert found.half > 2 * found.error
    assert said / 400 <= 0.05


def test_a_scenario_compared_with_itself_differs_by_exactly_nothing(tmp_path: Path) -> None:
    """Under another name and title, in another folder: zero, without error."""
    scenario = load_scenario(BASELINE, None, 3)
    twin = scenario.model_copy(update={"name": "twin", "title": "The same"})
    runs = run_variants({"one": scenario, "other": twin}, tmp_path, workers=1)
    for difference in compare(outcomes(runs["one"]), outcomes(runs["other"]), runs["one"].manifest).values():
        assert (difference.mean, difference.error, difference.verdict) == (0.0, 0.0, "does not")
    assert runs["one"].manifest["digest"] == runs["other"].manifest["digest"]


def test_variants_share_their_luck(tmp_path: Path) -> None:
    """Another seed or another number of replications is refused before anything is computed."""
    scenario = load_scenario(BASELINE, None, 3)
    for other in (scenario.model_copy(update={"seed": 1}), scenario.model_copy(update={"replications": 2})):
        with pytest.raises(ValueError, match="same seed and replications"):
            run_variants({"one": scenario, "other": other}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_outcomes_are_those_of_the_summary(compared: Readings) -> None:
    """Dwellings, verdicts and euro are the sums that `bso run` reports."""
    means, summary = outcomes(compared.default).mean(), compared.default.summary()
    assert means["dwellings"] == pytest.approx(summary["realised_at_end"]["mean"], abs=0.01)
    assert means["euro"] == pytest.approx(summary["contribution_total"]["mean"], abs=0.01)
    assert means["verdicts_2B"] == pytest.approx(sum(t["category_2B"]["mean"] for t in summary["tests"]), abs=0.05)


def test_a_reading_that_cannot_be_with_the_tests_of_a_law_is_not_tried() -> None:
    """SIB judged at the end of a year in which a test falls would be a second one of that year."""
    with_one_then = load_scenario(ROOT / "scenarios" / "rhythms" / "last_test_2042.toml")
    assert {*alternatives(load_scenario(BASELINE))} - {*alternatives(with_one_then)} == {("final_sib", "sanctioned")}


def test_a_variant_differs_in_one_reading_only(baseline: Scenario) -> None:
    """Every option that is not the default, once; name and titles say which, all else is the same."""
    found = alternatives(baseline)
    assert len(set(found)) == len(found) == sum(len(reading.options) - 1 for reading in open_in(baseline.law).values())
    assert {("voluntary_needed", "2"), ("voluntary_needed", "4")} < set(found)
    before = baseline.model_dump()
    for name, option in found:
        after = with_reading(baseline, name, option).model_dump()
        where = "readings" if name in before["law"]["readings"] else "values"
        assert str(after["law"][where][name]["value"]) == option
        after["law"][where][name]["value"] = before["law"][where][name]["value"]
        assert {k for k in after if after[k] != before[k]} == {"name", "title", "title_nl"}


def test_every_alternative_changes_something(compared: Readings) -> None:
    """No reading is a switch without a wire: where all who may ask for an exemption do, each alternative gives another digest."""
    assert compared.facts["failed"] == 0
    assert compared.table.loc[compared.table["same"], ["reading", "option"]].drop_duplicates().to_numpy().tolist() == []


@pytest.mark.full
def test_nothing_is_computed_twice(compared: Readings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command on a finished comparison reads what is there; after an interruption it computes what is missing."""
    monkeypatch.setattr("sim.runs.workers.pool.written", None)
    again = readings(asking(3), None, workers=1, out=folder)
    pd.testing.assert_frame_equal(again.table, compared.table)
    written = pd.read_csv(folder / TABLE)
    assert written.pop("standing").str.startswith("estimate; backtest not passed").all()
    pd.testing.assert_frame_equal(written, compared.table)


@pytest.mark.full
def test_progress_counts_all_runs(tmp_path: Path) -> None:
    """Replications done rise to those of all variants together."""
    scenario = load_scenario(BASELINE, None, 2)
    seen: list[tuple[int, int]] = []
    run_variants({"one": scenario, "other": scenario}, tmp_path, 1, lambda done, total: seen.append((done, total)))
    assert seen == [(2, 4), (4, 4)]


def test_the_command_prints_one_json_object(bso: Run, tmp_path: Path) -> None:
    """All alternatives with their differences; results, table and nothing else in the folder's own name."""
    code, out, err = bso("readings", BASELINE, "--replications", 2, "--workers", 1, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert (answer["replications"], answer["failed"]) == (2, 0)
    assert [(r["reading"], r["option"]) for r in answer["readings"]] == alternatives(load_scenario(BASELINE))
    assert {"default", "rounding=down", TABLE} <= {path.name for path in (tmp_path / "results" / "baseline-readings").iterdir()}


def test_bad_input_of_the_command(bso: Run, tmp_path: Path) -> None:
    """One line and exit code 2: too few replications, no workers, a folder that holds an experiment."""
    (tmp_path / "experiment.json").write_text("{}", encoding="utf-8")
    for arguments, problem in (
        (["--replications", 1], "at least 2"),
        (["--workers", 0], "found 0; 1 to 1024 is allowed"),
        (["--replications", 2, "--out", "."], "holds an experiment"),
    ):
        code, out, err = bso("readings", BASELINE, *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert problem in err


def test_a_difference_as_written() -> None:
    """Digits that another seed would change are left out; ± is half of a 95% interval; none at all is a plain 0."""
    english = Language("en")
    cases = {(0.0, 0.0): "0", (-312.4, 45.0): "-310 ± 90", (14.4, 6.0): "+14 ± 12", (-0.2, 3.0): "0 ± 6", (5.0, 0.0): "+5 ± 0"}
    for (difference, error), text in cases.items():
        row = {"difference": difference, "standard_error": error, "half": 2 * error}
        assert written(row, "dwellings", english) == text
    assert written({"difference": 2.5e6, "standard_error": 3e5, "half": 6e5}, "euro", Language("nl")) == "+2,5 ± 0,6"
    assert written({"difference": 4_700.0, "standard_error": 1_500.0, "half": 19_000.0}, "dwellings", english) == "+5,000 ± 19,000"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_table_fits_eighty_columns(compared: Readings, lang: str) -> None:
    """Every alternative has a row and words of its own, and nothing is cut off."""
    stream = io.StringIO()
    show(compared, [Path("a.csv")], lang, Terminal(file=stream, width=80))
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    keys = {f"{name}={option}" for name, option in alternatives(compared.scenario)}
    assert keys == set(labels()["law_reading"])
    assert all(key in re.sub(r"\s+", " ", text) for key in keys)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_words_overlap_or_leave_the_picture(compared: Readings, lang: str) -> None:
    """The boxes of all texts within the picture and apart."""
    check_words_apart(lambda: draw_readings(compared, Language(lang)))


def test_files_are_written_beside_the_table(compared: Readings, folder: Path) -> None:
    """Table, picture and page; the same comparison gives the same picture."""
    files = [folder / TABLE, *compared.plot("nl"), compared.report()]
    assert [path.name for path in files] == [TABLE, "readings_nl.png", "readings.md"]
    assert all(path.is_file() for path in files)
    before = files[1].read_bytes()
    assert compared.plot("nl")[0].read_bytes() == before


def test_the_page_of_readings_is_current(baseline: Scenario) -> None:
    """`docs/readings.md` and `.csv` are copied from the folder of `bso readings scenarios/baseline.toml`: run it when the law file changes."""
    assert PAGE.read_text(encoding="utf-8") == page(baseline.law, pd.read_csv(RESULT))
    listed = pd.read_csv(RESULT)[["reading", "option"]].drop_duplicates().itertuples(index=False, name=None)
    assert list(listed) == alternatives(baseline)


def test_the_page_names_every_reading(baseline: Scenario) -> None:
    """Also without a run: default, alternatives, what and why."""
    text = page(baseline.law)
    for name, reading in baseline.law.readings:
        assert f"| `{name}` | `{reading.value}` |" in text
        assert reading.what in text
        assert reading.why in text
