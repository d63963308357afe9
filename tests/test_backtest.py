"""The old scheme as a law, its starts, and the scores of a forecast of it; a forecast on record, and its score."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.engine import build_model
from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, STARTS, past
from sim.inputs.region import load_region
from sim.inputs.scenario import load_scenario
from sim.rules.progress import MJP, lacking_one
from sim.rules.progress import REALISED as AT_REALISED
from sim.study.backtest import backtest, default_scenarios, known_outcomes, naive, scored
from sim.study.crosschecks import CHECKS, crosscheck
from sim.study.experiment import run_experiment
from sim.study.registered import ranked, read_record, register, reliability, score

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "scenarios"
# A municipality with an objective of 583 (Aalst) at the test of 2022: 79.52% realised is 464, 95.42% realised and planned is 557.
ON_THE_RHYTHM = {(464, 464): 0, (463, 557): 0, (463, 556): 1, (400, 500): 57, (0, 557): 0, (583, 583): 0}


@pytest.mark.parametrize("counts", ON_THE_RHYTHM)
def test_realised_or_realised_and_planned_suffices_in_2022(counts: tuple[int, int]) -> None:
    """Of the two the one that lacks least stands: (realised, realised and planned) -> dwellings that lack."""
    law = load_scenario(LIBRARY / "backtest" / "2008.toml").law
    row = next(m for m in law.rhythm if m.test == 2022)
    assert row.any_of
    asked = [int(-(-583 * r.shares[0] // 1)) for r in row.regular]
    assert asked == [464, 557]
    realised, planned = counts
    result = np.zeros(4, np.int64)
    counted = np.array([planned, realised, realised], np.int64)
    lacking_one(counted, np.array([*asked, 0], np.int64), np.array([AT_REALISED, MJP], np.int64), 0, AT_REALISED, 0, result)
    assert result[0] == ON_THE_RHYTHM[counts]
    assert result[2] + result[3] == result[0]


def test_nobody_pays_in_the_old_scheme(tmp_path: Path) -> None:
    results = run_experiment(load_scenario(LIBRARY / "backtest" / "2008.toml", replications=5), out=tmp_path / "r", workers=1)
    assert (results.test_totals["contribution_cents"] == 0).all()
    assert sorted(results.test_totals["test"].unique()) == [2012, 2014, 2016, 2018, 2020, 2022]
    assert (results.test_totals["category_2B"] > 0).any()


@pytest.mark.parametrize("start", STARTS)
def test_a_start_has_the_totals_that_are_known(start: int) -> None:
    """Objective 35,000 in all, what was realised by then delivered from the start on, nothing of the new scheme."""
    scenario = load_scenario(LIBRARY / "backtest" / f"{start}.toml")
    region = load_region(scenario)
    begin = build_model(scenario, region).start
    assert (begin["objective"].sum(axis=1) == 35_000).all()
    assert (begin["delivered"].sum(axis=1) == REALISED[start]).all()
    assert (begin["let"] == begin["delivered"]).all()
    assert not begin["sib"].any()
    assert not begin["overshoot"].any()
    table = past(start)
    assert (table["rented_in"] <= table["stock"]).all()
    assert (table.drop(columns="nis") >= 0).all(axis=None)


def test_a_day_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'extends = "{(LIBRARY / "backtest" / "2008.toml").as_posix()}"\nstart = 2010-12-31\n')
    with pytest.raises(InputError, match=r"found 2010-12-31; nothing is known of that day; allowed: 2008-12-31, 2015-12-31"):
        load_region(load_scenario(file))


def test_the_backtest_scores_every_figure_after_each_start(tmp_path: Path) -> None:
    """Every outcome that lies after a start has its row; those that fed an assumption are marked; the same run gives the same scores."""
    found = backtest(default_scenarios(LIBRARY), tmp_path, 20, workers=1)
    outcomes = known_outcomes().set_index("outcome")
    for start in STARTS:
        rows = found.scores[found.scores["start"] == start].set_index("outcome")
        measured_before = outcomes.index.str.contains("category_.*_2016") & (start >= 2015)
        after = outcomes[(outcomes["year"] > start) & ~measured_before]
        assert set(rows.index) == set(after.index), start
        for name, row in rows.iterrows():
            assert row["fed"] == (str(start) in str(outcomes.loc[name, "fed"]).split())
            assert row["low_0.95"] <= row["low_0.8"] <= row["low_0.5"] <= row["high_0.5"] <= row["high_0.8"] <= row["high_0.95"]
            assert bool(row["covered_0.8"]) == (row["low_0.8"] <= row["fact"] <= row["high_0.8"])
    again = backtest(default_scenarios(LIBRARY), tmp_path, 20, workers=1)
    pd.testing.assert_frame_equal(again.scores, found.scores)
    assert found.summary()["outcomes"].iloc[-1] == (~found.scores["fed"]).sum()


def test_naive_forecasters_say_what_a_child_would() -> None:
    """By hand, from the end of 2015: 17,730 in eight years is 2,216 a year, 1,800 are delivered a year, 5.68% of 35,000 were asked a year."""
    said = naive({"measure": "net", "year": 2023}, 2015)
    assert said["line"] == pytest.approx(17_730 + 8 * 17_730 / 8)
    assert said["persistence"] == pytest.approx(17_730 + 8 * 1_800)
    assert said["base"] == pytest.approx(35_000 * 0.0568 * 16)
    assert naive({"measure": "delivered", "year": 2022}, 2015)["persistence"] == 1_800
    assert naive({"measure": "delivered", "year": 2022}, 2019)["persistence"] == 1_909
    assert naive({"measure": "category_1", "year": 2018}, 2008)["persistence"] == 0.5  # 2016 was not known in 2008
    assert naive({"measure": "share", "year": 2017}, 2008)["line"] == pytest.approx(0.568)


def test_a_sure_and_right_forecast_beats_every_naive_one() -> None:
    outcome = known_outcomes().set_index("outcome").loc["net_2023"].to_dict() | {"outcome": "net_2023"}
    row = scored(np.full(50, outcome["value"]), outcome, 2008)
    assert row["crps"] == 0
    assert all(row[f"skill_{name}"] == 1 for name in ("persistence", "line", "base"))
    assert all(row[f"covered_{level}"] for level in ("0.5", "0.8", "0.95"))


def test_cross_checks_say_pass_or_miss_for_what_has_a_mark() -> None:
    found = crosscheck(load_scenario(LIBRARY / "baseline.toml", replications=20))
    table = found.table.set_index("name")
    assert list(table.index) == [check.name for check in CHECKS]
    assert table["value"].notna().all()
    for _, row in table.iterrows():
        inside = row["low"] <= row["value"] <= row["high"]
        assert row["verdict"] == ("shown" if np.isnan(row["low"]) else "pass" if inside else "miss")
    assert table["source"].str.len().min() > 10
    shares = table.loc[[name for name in table.index if "years after KTP" in name], "value"]
    assert shares.is_monotonic_increasing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a small run of the baseline."""
    place = tmp_path_factory.mktemp("run") / "baseline"
    run_experiment(load_scenario(LIBRARY / "baseline.toml", replications=20), out=place, workers=1)
    return place


def test_a_record_holds_the_chances_of_the_run_and_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    import datetime

    day = datetime.date(2026, 11, 22)
    record = register(folder, 2028, tmp_path, day)
    content, chances = read_record(record)
    assert record.name.startswith("test-2028-2026-11-22-")
    assert len(chances) == 285
    assert all(sum(of.values()) == pytest.approx(1, abs=1e-5) for of in chances.values())
    of_2B = sum(of["2B"] for of in chances.values())
    assert content["flanders"]["2B"]["mean"] == pytest.approx(of_2B, abs=0.01)
    assert content["digest"] == json.loads((folder / "manifest.json").read_text())["digest"]
    assert content["version"]
    assert content["data"]["estimates.csv"]
    with pytest.raises(InputError, match="never overwritten"):
        register(folder, 2028, tmp_path, day)
    with pytest.raises(InputError, match="the tests of this scenario: 2028, 2031"):
        register(folder, 2029, tmp_path, day)
    beside = record.with_suffix(".csv")
    beside.write_text(beside.read_text().replace("Aalst", "Alost"))
    with pytest.raises(InputError, match="changed since it was registered"):
        read_record(record)


def test_a_record_is_scored_against_verdicts(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts drawn as the record says are better foreseen by it than by the same chance for all; a wrong table is refused by line."""
    import datetime

    record = register(folder, 2028, tmp_path, datetime.date(2026, 11, 22))
    _, chances = read_record(record)
    rng = np.random.default_rng(8)
    rows = [(nis, str(rng.choice(list(of), p=np.array(list(of.values())) / sum(of.values())))) for nis, of in chances.items()]
    verdicts = tmp_path / "verdicts.csv"
    pd.DataFrame(rows, columns=["nis", "category"]).to_csv(verdicts, index=False)
    found = score(record, verdicts)
    by_name = found.scores.set_index("forecaster")["rps"]
    assert by_name["forecast"] < by_name["same for all"]
    assert found.reliability["municipalities"].sum() == found.municipalities
    assert found.flanders["fact"].sum() == found.municipalities
    monkeypatch.setattr(sys, "argv", ["bso", "score", str(record), str(verdicts), "--lang", "en"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "did better than" in capsys.readouterr().out
    text = verdicts.read_text().splitlines()
    for change, words in (
        ([*text[:5], text[5].split(",")[0] + ",3", *text[6:]], r"line 6, category: found '3'; none, 1, 2A, 2B is allowed"),
        (text[:-1], r"1 of 285 municipalities missing"),
        ([*text, text[-1]], r"stands twice"),
        ([text[0], "99999,1", *text[1:]], r"line 2, nis: unknown NIS code 99999"),
    ):
        verdicts.write_text("\n".join(change) + "\n")
        with pytest.raises(InputError, match=words):
            score(record, verdicts)


def test_ranked_probability_score_by_hand() -> None:
    """Said 50/30/20: when 1 happened (0.25 + 0.04) / 2, when 2B happened (0.25 + 0.64) / 2."""
    said = np.array([[0.5, 0.3, 0.2]] * 2)
    happened = np.array([[1, 0, 0], [0, 0, 1]], float)
    assert ranked(said, happened).tolist() == pytest.approx([0.145, 0.445])
    table = reliability(np.array([0.05, 0.08, 0.95, 1.0]), np.array([False, True, True, True]))
    assert table["municipalities"].tolist() == [2, 2]
    assert table["happened"].tolist() == [0.5, 1.0]


def test_what_is_on_record_in_the_repository_can_be_scored() -> None:
    """The records kept were not changed since."""
    records = sorted((ROOT / "results" / "registered").glob("*.json"))
    assert records
    for record in records:
        content, chances = read_record(record)
        assert len(chances) == 285
        assert content["registered"] in record.name
