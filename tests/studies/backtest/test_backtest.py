"""The old scheme as a law, its starts, the scores of a forecast of it beside naive ones, and what its errors hang on; cross-checks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim import cli
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, STARTS, past
from sim.inputs.region.load import load_region
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.scenario.model import load_scenario
from sim.report.estimates import warning
from sim.report.language import Language
from sim.rules.progress import Level, lacking
from sim.runs.experiment import run_experiment
from sim.studies.backtest.naive import known_outcomes, naive
from sim.studies.backtest.study import AS_IS, backtest, checked_assumptions, counted, scored, share_missed, starts
from sim.studies.calibration.study import statistics_of
from sim.studies.crosschecks.study import crosschecks, expected
from tests.support.project import SCENARIOS

LIBRARY = SCENARIOS
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
    result, levels, none = np.zeros(6, np.int64), np.array([Level.REALISED, Level.MJP], np.int64), np.zeros(0, np.int64)
    counted = np.array([planned, realised, realised], np.int64)
    lacking(counted, np.array(asked, np.int64), levels, none, none, 0, 0, int(row.any_of), 0, result)
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
    assert (table.drop(columns=["nis", "known"]) >= 0).all(axis=None)


def test_a_day_of_which_nothing_is_known_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'extends = "{(LIBRARY / "backtest" / "2008.toml").as_posix()}"\nstart = 2010-12-31\n')
    with pytest.raises(InputError, match=r"found 2010-12-31; nothing is known of that day; allowed: 2008-12-31, 2015-12-31"):
        load_region(load_scenario(file))


def test_the_backtest_scores_every_figure_after_each_start(tmp_path: Path) -> None:
    """Every outcome that lies after a start has its row; those that fed an assumption are marked; the same run gives the same scores."""
    found = backtest(20, workers=1, out=tmp_path, checked=0, library=LIBRARY).tables
    outcomes = known_outcomes().set_index("outcome")
    for start in STARTS:
        rows = found["scores"][found["scores"]["start"] == start].set_index("outcome")
        measured_before = outcomes.index.str.contains("category_.*_2016") & (start >= 2015)
        after = outcomes[(outcomes["year"] > start) & ~measured_before]
        assert set(rows.index) == set(after.index), start
        for name, row in rows.iterrows():
            assert row["fed"] == (str(start) in str(outcomes.loc[name, "fed"]).split())
            assert row["low_0.95"] <= row["low_0.8"] <= row["low_0.5"] <= row["high_0.5"] <= row["high_0.8"] <= row["high_0.95"]
            assert bool(row["covered_0.8"]) == (row["low_0.8"] <= row["fact"] <= row["high_0.8"])
    again = backtest(20, workers=1, out=tmp_path, checked=0, library=LIBRARY).tables
    pd.testing.assert_frame_equal(again["scores"], found["scores"])
    assert found["starts"]["outcomes"].iloc[-1] == found["skill"]["outcomes"].iloc[-1] == (~found["scores"]["fed"]).sum()


def test_naive_forecasters_say_what_a_child_would() -> None:
    """By hand, from the end of 2015: 17,730 in eight years is 2,216 a year, 1,800 are delivered a year, 5.68% of 35,000 were asked a year."""
    said = naive({"measure": "net", "year": 2023}, 2015)
    assert said["line"] == pytest.approx(17_730 + 8 * 17_730 / 8)
    assert "persistence" not in said  # of the net growth of 2015 alone nothing is known
    assert said["base"] == pytest.approx(35_000 * 0.0568 * 16)
    assert naive({"measure": "delivered", "year": 2022}, 2015)["persistence"] == 1_800
    assert naive({"measure": "delivered", "year": 2022}, 2019)["persistence"] == 1_909
    assert naive({"measure": "share", "year": 2017}, 2008) == {"base": pytest.approx(0.568)}  # nothing is known of one municipality


def test_the_last_category_persists_where_it_is_known() -> None:
    """From 2008 nobody knew a test: an even chance; from 2015 the shares of July 2016 stay, 207, 66 and 35 of 308."""
    for name, count, even in (("category_1", 207, 0.5), ("category_2A", 66, 0.25), ("category_2B", 35, 0.25)):
        assert naive({"measure": name, "year": 2018}, 2008) == {"base": even}
        assert naive({"measure": name, "year": 2018}, 2015)["persistence"] == pytest.approx(count / 308, abs=1e-5)


def test_no_naive_forecaster_counts_twice() -> None:
    """Nobody says of any figure what another one says."""
    for start in STARTS:
        for outcome in known_outcomes().query(f"year > {start}").to_dict("records"):
            said = list(naive(outcome, start).values())
            assert said or outcome["measure"] == "missed"
            assert len({round(value, 9) for value in said}) == len(said), (start, outcome["outcome"])


def test_figures_are_counted_as_by_hand() -> None:
    """Three that fed nothing, one that did: two in the 80% bands; better than the line for one of the two of which it says something."""
    of_bands = {"covered_0.5": False, "covered_0.95": True, "skill_line": np.nan}
    rows = [
        ("net", False, True, 1.0, 2.0),
        ("net", False, False, 3.0, 2.0),
        ("share", False, True, 1.0, np.nan),
        ("share", True, True, 0.0, 9.0),
    ]
    naive_of = {f"{key}{name}": np.nan for name in ("persistence", "base") for key in ("", "crps_")}
    scores = pd.DataFrame(
        [
            {"measure": m, "fed": fed, "covered_0.8": held, "crps": mine, "line": line, "crps_line": line, **of_bands, **naive_of}
            for m, fed, held, mine, line in rows
        ]
    )
    table = counted(scores, "measure").set_index("measure")
    assert list(table.index) == ["net", "share", "all"]
    assert table["outcomes"].tolist() == [2, 1, 3]
    assert table["held_0.8"].tolist() == [1, 1, 2]
    assert table["said_line"].tolist() == [2, 0, 2]
    assert table["better_line"].tolist() == [1, 0, 1]
    assert table.loc["net", "skill_line"] == pytest.approx(1 - 4 / 4)
    assert table.loc[["share", "all"], "skill_line"].isna().all()


def test_who_falls_short_is_counted_as_by_hand() -> None:
    """Of three with an objective one falls short and one just does not; in the other replication all do."""
    rows = [(0, 2025, 10, 9), (0, 2025, 10, 10), (0, 2025, 10, 11), (0, 2025, 0, -1), (0, 2024, 10, 0)]
    rows += [(1, 2025, 10, 9), (1, 2025, 4, 0), (1, 2025, 0, 0)]
    table = pd.DataFrame(rows, columns=["replication", "year", "objective", "realised"])
    assert share_missed(table, 2025).tolist() == pytest.approx([1 / 3, 1.0])


def test_what_the_answer_warns_of_is_what_the_backtest_found(tmp_path: Path) -> None:
    """The model lets more municipalities follow their path than did, from every start and test, and puts fewer in 2b from 2008."""
    assert "too many municipalities follow their path" in warning(Language("en"))
    found = backtest(20, workers=1, out=tmp_path, checked=0, library=LIBRARY).tables["scores"]
    first = found[found["measure"] == "category_1"]
    assert len(first)
    assert (first["mean"] > first["fact"]).all()
    second = found[(found["measure"] == "category_2B") & (found["start"] == 2008)]
    assert (second["mean"] < second["fact"]).all()


def test_the_fit_and_the_marks_agree_on_what_it_sees() -> None:
    """A figure is marked as fitted exactly where `bso calibrate` makes a statistic of it."""
    scenario = load_scenario(LIBRARY / "backtest" / "2008.toml")
    region = load_region(scenario)
    seen = set(statistics_of(replicate(build_model(scenario, region), 0), scenario, region))
    marked = {o["outcome"] for o in known_outcomes().to_dict("records") if scored(np.array([1.0, 2.0]), o, 2008)["fitted"]}
    assert marked == seen


def test_doubts_change_what_they_say_and_nothing_else(tmp_path: Path) -> None:
    """Each with the same luck: less rent-in changes rented-in dwellings by sign and nothing else does; fewer people mean fewer on their path."""
    table = checked_assumptions(starts(8, library=LIBRARY), tmp_path, workers=1)
    means = table.pivot_table(index="doubt", columns=["start", "outcome"], values="mean")
    assert set(means.index) == {AS_IS, *assumption_checks()}
    same = means.loc[AS_IS]
    rent_in, touched = means[2008, "rented_in_2023"], ["rent_in", "together"]
    assert (rent_in[touched] < same[2008, "rented_in_2023"]).all()
    assert (rent_in.drop(touched) == same[2008, "rented_in_2023"]).all()
    for name in ("people", "fewer_people", "uneven_people", "fewer_and_uneven"):
        assert means.loc[name, (2008, "category_1_2018")] < same[2008, "category_1_2018"], name
    assert means.loc["uneven_people", (2008, "missed_2025")] > same[2008, "missed_2025"]
    facts = table.drop_duplicates("outcome").set_index("outcome")["fact"]
    assert facts["planned_2023"] == 14_017


def test_a_sure_and_right_forecast_beats_every_naive_one() -> None:
    outcome = known_outcomes().set_index("outcome").loc["net_2023"].to_dict() | {"outcome": "net_2023"}
    row = scored(np.full(50, outcome["value"]), outcome, 2008)
    assert row["crps"] == 0
    assert all(row[f"skill_{name}"] == 1 for name in naive(outcome, 2008))
    assert all(row[f"covered_{level}"] for level in ("0.5", "0.8", "0.95"))


def test_cross_checks_say_pass_or_miss_for_what_has_a_mark(tmp_path: Path) -> None:
    found = crosschecks(load_scenario(LIBRARY / "baseline.toml", replications=20), out=tmp_path)
    table = found.tables["checks"].set_index("name")
    assert list(table.index) == list(expected()["name"])
    assert table["value"].notna().all()
    for _, row in table.iterrows():
        inside = row["low"] <= row["value"] <= row["high"]
        assert row["verdict"] == ("shown" if np.isnan(row["low"]) else "pass" if inside else "miss")
    assert table["source"].str.len().min() > 10
    shares = table.loc[[name for name in table.index if "years after KTP" in name], "value"]
    assert shares.is_monotonic_increasing


def test_the_command_prints_every_figure_and_writes_picture_and_page(tmp_path: Path) -> None:
    """Also one of which no naive forecaster says anything."""
    command = ["backtest", "--replications", "10", "--workers", "1", "--out", str(tmp_path), "--lang", "en"]
    done = CliRunner().invoke(cli.app, command)
    assert done.exit_code == 0, done.exception
    assert "municipalities short" in done.output
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("backtest_en.png", "report_en.html"))
    assert "the figure fed an assumption" in (tmp_path / "report_en.html").read_text(encoding="utf-8")
