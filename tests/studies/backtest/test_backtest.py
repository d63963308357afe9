"""The old scheme as a law, its starts, the scores of a forecast of it beside naive ones, and what its errors hang on; cross-checks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from typer.testing import CliRunner

from sim import cli
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.estimate.past import REALISED, STARTS, past
from sim.inputs.estimate.pipeline import STAY
from sim.inputs.region.load import load_region
from sim.inputs.scenario.changes import assumption_checks
from sim.inputs.scenario.model import load_scenario
from sim.report.estimates import warning
from sim.report.language import Language
from sim.rules.progress import Level, lacking
from sim.runs.experiment import run_experiment
from sim.runs.results import Results
from sim.runs.scores import crps, crps_of_normal, pit
from sim.studies.backtest.acceptance import acceptance
from sim.studies.backtest.drawn import AS_IS, FIRST_EDITION, drawn
from sim.studies.backtest.drivers import changes, drivers
from sim.studies.backtest.forecast import share_missed
from sim.studies.backtest.naive import NAIVE, RAND, known_outcomes, naive
from sim.studies.backtest.spread import known_at, spread
from sim.studies.backtest.study import Backtest, backtest, doubted, doubts, scored, starts
from sim.studies.backtest.who import foreseen
from sim.studies.backtest.words import standing, trust
from sim.studies.calibration.study import statistics_of
from sim.studies.crosschecks.study import crosschecks, entered, expected
from tests.support.project import SCENARIOS

LIBRARY = SCENARIOS
LEAD_TIMES = ("preparation", "permit", "award", "start", "construction")
# A municipality with an objective of 583 (Aalst) at the test of 2022: 79.52% realised is 464, 95.42% realised and planned is 557.
ON_THE_RHYTHM = {(464, 464): 0, (463, 557): 0, (463, 556): 1, (400, 500): 57, (0, 557): 0, (583, 583): 0}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """Return a small backtest, without its assumption checks."""
    return backtest(20, workers=1, out=tmp_path_factory.mktemp("backtest"), checked=0, library=LIBRARY)


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


@pytest.mark.full
def test_the_same_run_gives_the_same_scores(found: Backtest) -> None:
    again = backtest(20, workers=1, out=found.folder, checked=0, library=LIBRARY).tables
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(again[name], table)


def test_the_backtest_scores_every_figure_after_each_start(found: Backtest) -> None:
    """Every outcome that lies after a start has its row; those that fed an assumption are marked."""
    scores, outcomes = found.tables["scores"], known_outcomes().set_index("outcome")
    for start in STARTS:
        rows = scores[scores["start"] == start].set_index("outcome")
        measured_before = outcomes.index.str.contains("category_.*_2016") & (start >= 2015)
        after = outcomes[(outcomes["year"] > start) & ~measured_before]
        assert set(rows.index) == set(after.index), start
        known = outcomes.to_dict("index")
        for name, row in rows.iterrows():
            assert row["fed"] == (str(start) in str(known[name]["fed"]).split())
            assert row["fitted"] == known[name]["fitted"]
            assert row["low_0.95"] <= row["low_0.8"] <= row["low_0.5"] <= row["high_0.5"] <= row["high_0.8"] <= row["high_0.95"]
            assert bool(row["covered_0.8"]) == (row["low_0.8"] <= row["fact"] <= row["high_0.8"])
    of_all = found.tables["drivers"].query("driver == 'all'")["figures"]
    assert found.tables["starts"]["outcomes"].iloc[-1] == scores["free"].sum() == of_all.iloc[0] == of_all.iloc[1]


def test_a_folder_that_holds_another_backtest_is_refused(found: Backtest) -> None:
    with pytest.raises(InputError, match="holds another experiment"):
        backtest(20, seed=5, workers=1, out=found.folder, checked=0, library=LIBRARY)


def test_who_has_no_objective_is_on_its_path(found: Backtest) -> None:
    """The categories are shares of all 285 municipalities, and add up to one."""
    said = pd.read_json(next((found.folder / "drawn" / f"{AS_IS}-2008").glob("*.json")))
    rows = pd.DataFrame(said["rows"].tolist())
    for test in (2016, 2018):
        of_test = rows[[f"category_{name}_{test}" for name in ("1", "2a", "2b")]]
        assert of_test.sum(axis=1).tolist() == pytest.approx([1.0] * len(rows))
        counts = 285 * of_test.to_numpy()
        assert counts == pytest.approx(np.rint(counts))


def test_naive_forecasters_say_what_a_child_would() -> None:
    """By hand, from the end of 2015: 17,730 in eight years is 2,216 a year, 1,900 are delivered a year, 5.68% of 35,000 were asked a year."""
    said = naive({"measure": "net", "year": 2023}, 2015)
    assert said["line"] == pytest.approx(17_730 + 8 * 17_730 / 8)
    assert "persistence" not in said  # of the net growth of 2015 alone nothing is known
    assert said["base"] == pytest.approx(35_000 * 0.0568 * 16)
    assert naive({"measure": "delivered", "year": 2022}, 2015)["persistence"] == 1_900
    assert naive({"measure": "delivered", "year": 2022}, 2019)["persistence"] == 1_909
    assert naive({"measure": "share", "year": 2017}, 2008) == {"base": pytest.approx(0.568)}  # nothing is known of one municipality


def test_the_last_category_persists_where_it_is_known() -> None:
    """From 2008 nobody knew a test: an even chance; from 2015 the shares of July 2016 stay, 207, 66 and 35 of 308."""
    for name, count, even in (("category_1", 207, 0.5), ("category_2A", 66, 0.25), ("category_2B", 35, 0.25)):
        assert naive({"measure": name, "year": 2018}, 2008) == {"base": even}
        assert naive({"measure": name, "year": 2018}, 2015)["persistence"] == pytest.approx(count / 308, abs=1e-5)


def test_a_straight_line_runs_through_the_shares_of_two_tests() -> None:
    """208, 82 and 18 of 308 in 2014; 207, 66 and 35 in 2016: so 206, 50 and 52 in 2018; never below none."""
    for name, count in (("category_1", 206), ("category_2A", 50), ("category_2B", 52)):
        assert naive({"measure": name, "year": 2018}, 2015)["line"] == pytest.approx(count / 308, abs=1e-4)
    assert naive({"measure": "category_2A", "year": 2030}, 2015)["line"] == 0


def test_no_naive_forecaster_counts_twice() -> None:
    """Nobody says of any figure what another one says."""
    for start in STARTS:
        for outcome in known_outcomes().query(f"year > {start}").to_dict("records"):
            said = list(naive(outcome, start).values())
            assert said or outcome["measure"] in ("replaced", "still_to_build", "budget_used")
            assert len({round(value, 9) for value in said}) == len(said), (start, outcome["outcome"])


def test_each_driver_has_one_weight_as_by_hand() -> None:
    """Two figures of one driver that fed nothing, one of another; one that did is left out. The naive one over which it does worst counts."""
    naive_of = {f"{key}{name}": np.nan for name in NAIVE for key in ("", "crps_")}
    of_bands = {"covered_0.5": False, "covered_0.95": True}
    rows = [
        {
            "driver": "net",
            "measure": "net",
            "fact": 100.0,
            "free": True,
            "covered_0.8": True,
            "crps": 10.0,
            "line": 1.0,
            "crps_line": 40.0,
        },
        {
            "driver": "net",
            "measure": "rate",
            "fact": 4.0,
            "free": True,
            "covered_0.8": False,
            "crps": 2.0,
            "line": 1.0,
            "crps_line": 2.0,
        },
        {
            "driver": "path",
            "measure": "share",
            "fact": 0.5,
            "free": True,
            "covered_0.8": True,
            "crps": 0.2,
            "base": 0.5,
            "crps_base": 0.1,
        },
        {
            "driver": "path",
            "measure": "share",
            "fact": 0.5,
            "free": False,
            "covered_0.8": False,
            "crps": 9.0,
            "base": 0.5,
            "crps_base": 0.1,
        },
    ]
    rows[0] |= {"persistence": 1.0, "crps_persistence": 100.0}
    scores = pd.DataFrame([naive_of | of_bands | {"outcome": "a"} | row for row in rows])
    changed = pd.DataFrame({"driver": ["path", "path"], "right": [True, False], "chance": [0.9, 0.2]})
    table = drivers({AS_IS: scores}, {AS_IS: changed}).set_index("driver")
    assert list(table.index) == ["net", "path", "all"]
    assert table["figures"].tolist() == [2, 1, 3]
    assert table["different"].tolist() == [1, 1, 2]
    assert table["held_0.8"].tolist() == [0.5, 1.0, 0.75]
    assert table["best"].tolist() == ["line", "base", ""]
    assert table["said"].tolist() == [2, 1, 3]
    ratios = [(0.1 + 0.5) / (0.4 + 0.5), 2.0]  # each in parts of the mean fact of its measure
    assert table["ratio"].tolist() == pytest.approx([*ratios, np.sqrt(ratios[0] * ratios[1])])
    assert table["better"].tolist() == [1, 0, 1]
    assert table.loc["path", ["changes", "right", "chance"]].tolist() == pytest.approx([2, 0.5, 0.55])
    assert table.loc["all", ["changes", "right", "chance"]].tolist() == pytest.approx([2, 0.5, 0.55])


def test_the_sign_of_a_change_is_held_against_the_fact_as_by_hand() -> None:
    """From 2015: category 1 fell from 2016, known in July, to 2018, which one of four replications says; rent-in rose to 2024 and fell after."""
    names = {"category_1_2018": [0.6, 0.7, 0.7, 0.7], "rented_in_2023": [10.0] * 4, "rented_in_2024": [11.0, 11.0, 10.0, 9.0]}
    table = changes({2015: pd.DataFrame({**names, "rented_in_2025": [8.0] * 4})}).set_index("measure")
    of_path = table.loc["category_1"]
    assert (of_path["from"], of_path["to"], of_path["chance"], of_path["right"]) == (2016, 2018, 0.25, False)
    assert of_path["fact"] == pytest.approx((198 - 207) / 308, abs=1e-5)
    assert table.loc["rented_in", "to"].tolist() == [2024, 2025]  # those up to 2023 fed the start
    assert table.loc["rented_in", "chance"].tolist() == [(2 + 0.5) / 4, 1.0]
    assert table.loc["rented_in", "right"].tolist() == [True, True]


def test_thirty_figures_of_eight_drivers_fed_nothing(found: Backtest) -> None:
    """Every share is of the editions' own; both are scored on the same figures."""
    scores, first = (found.tables[name] for name in ("scores", "scores_first_edition"))
    free = scores[scores["free"]]
    assert free["outcome"].nunique() >= 30
    assert free["driver"].nunique() >= 8
    assert (~free["fed"] & ~free["fitted"]).all()
    pd.testing.assert_frame_equal(scores[["start", "outcome", "free"]], first[["start", "outcome", "free"]])
    assert scores["pit"].between(0, 1).all()
    beyond = scores["fact"] < scores["low_0.95"]
    assert (scores["pit"][beyond] < 0.1).all()
    assert set(found.tables["drivers"]["edition"]) == {AS_IS, FIRST_EDITION}


def test_three_sentences_say_what_deserves_trust_and_every_driver_is_in_one(found: Backtest) -> None:
    for lang in ("nl", "en"):
        language = Language(lang)
        together, good, none = trust(found, language)
        for driver in found.tables["scores"].query("free")["driver"].unique():
            assert (language.name("driver", driver) in good) != (language.name("driver", driver) in none), driver
        assert all(sentence.count(". ") == 0 and sentence.endswith(".") for sentence in (together, good, none))


def test_a_driver_is_trusted_by_what_its_bands_hold_and_whom_it_beats() -> None:
    """Of too few figures, or beaten by a naive one, or too seldom right: no."""
    good = {"different": 3, "held_0.8": 2 / 3, "ratio": 0.9}
    assert standing(good) == "good"
    assert standing(good | {"different": 2}) == standing(good | {"ratio": np.nan}) == "few"
    assert (
        standing(good | {"held_0.8": 0.6})
        == standing(good | {"ratio": 1.0})
        == standing(good | {"ratio": np.nan, "held_0.8": 0.0})
        == "none"
    )


def test_a_naive_forecaster_is_as_sure_as_its_past_errors_have_it() -> None:
    """By hand, from 2015: who said in 2008 that rent-in stays erred by 1,430 in three years, and so on; who has no errors goes by permits."""
    known = known_at("rented_in", 2015)
    assert known == {2007: 3_927, 2008: 4_320, 2011: 5_750, 2013: 7_025, 2015: 8_437}
    years = list(known)
    pairs = [(a, b) for i, a in enumerate(years) for b in years[i + 1 :]]
    staying = np.mean([(known[b] - known[a]) ** 2 / (b - a) for a, b in pairs])
    outcome = {"measure": "rented_in", "year": 2019}
    assert spread("persistence", 8_437, outcome, 2015) == (pytest.approx(np.sqrt(4 * staying)), 10)
    lines = [(2007, 2008, 2011), (2007, 2008, 2013), (2007, 2008, 2015), (2008, 2011, 2013), (2008, 2011, 2015), (2011, 2013, 2015)]
    errors = [(known[c] - known[b] - (known[b] - known[a]) / (b - a) * (c - b)) ** 2 / (c - b) for a, b, c in lines]
    assert spread("line", 10_989, outcome, 2015) == (pytest.approx(np.sqrt(4 * np.mean(errors))), 6)
    asked = [1_893 / (35_000 * 0.0568) - 1]  # by 2008; later errors are not known in 2008
    assert spread("base", 31_808, {"measure": "net", "year": 2023}, 2008) == (pytest.approx(31_808 * abs(asked[0])), 1)
    by_permits = [spread("persistence", 1_900, {"measure": "delivered", "year": year}, 2008) for year in (2009, 2012)]
    assert [sure.errors for sure in by_permits] == [0, 0]
    assert by_permits[1].deviation == pytest.approx(2 * by_permits[0].deviation)
    assert spread("base", 0.5, {"measure": "category_1", "year": 2018}, 2008).deviation == pytest.approx(1 / np.sqrt(12))
    steps = np.array([207 - 208, 66 - 82, 35 - 18]) / 308
    staying_share = spread("persistence", 0.672, {"measure": "category_1", "year": 2018}, 2015)
    assert staying_share == (pytest.approx(np.sqrt(np.mean(steps**2)), abs=1e-4), 3)
    assert spread("line", 0.669, {"measure": "category_1", "year": 2018}, 2015).deviation == pytest.approx(
        np.sqrt(2) * staying_share.deviation
    )


def test_every_naive_forecaster_has_a_spread_and_none_of_later_years() -> None:
    """Wide further ahead, and what is known later does not make it surer."""
    for start in STARTS:
        for outcome in known_outcomes().query(f"year > {start}").to_dict("records"):
            for name, value in naive(outcome, start).items():
                assert spread(name, value, outcome, start).deviation > 0, (start, outcome["outcome"], name)
        assert max(known_at("net", start)) == start


def test_who_falls_short_is_counted_as_by_hand() -> None:
    """Of three with an objective one falls short and one just does not; in the other replication all do."""
    rows = [(0, 2025, 10, 9), (0, 2025, 10, 10), (0, 2025, 10, 11), (0, 2025, 0, -1), (0, 2024, 10, 0)]
    rows += [(1, 2025, 10, 9), (1, 2025, 4, 0), (1, 2025, 0, 0)]
    table = pd.DataFrame(rows, columns=["replication", "year", "objective", "realised"])
    assert share_missed(table, 2025).tolist() == pytest.approx([1 / 3, 1.0])


def test_the_fit_and_the_marks_agree_on_what_it_sees() -> None:
    """A figure is marked as fitted exactly where `bso calibrate` makes a statistic of it."""
    scenario = load_scenario(LIBRARY / "backtest" / "2008.toml")
    region = load_region(scenario)
    seen = set(statistics_of(replicate(build_model(scenario, region), 0), scenario, region))
    marked = {o["outcome"] for o in known_outcomes().to_dict("records") if scored(np.array([1.0, 2.0]), o, 2008)["fitted"]}
    assert marked == seen
    assert not any(known_outcomes().set_index("outcome").loc[list(marked), "published"] > 2016)


@pytest.mark.parametrize("count", [pytest.param(4, marks=pytest.mark.full), pytest.param(10, marks=pytest.mark.full)])
def test_every_doubt_changes_what_happens_and_nothing_else(tmp_path: Path, count: int) -> None:
    """With the same luck and parameters each check changes some figure, and those of the second edition's mechanisms what they say."""
    scenarios = {start: s for start, s in starts(count, library=LIBRARY).items() if start in (2008, 2015)}
    counts = doubts(count) | {(AS_IS, start): count for start in scenarios}
    said = drawn(scenarios, counts, tmp_path / "drawn", workers=1, library=LIBRARY)
    same = said[AS_IS, 2008]
    for name in assumption_checks():
        assert not said[name, 2008].equals(same), name
    assert (said["rent_in", 2008]["rented_in_2023"] > same["rented_in_2023"]).mean() > 0.5
    assert said["losses", 2008]["owned_growth_2021"].mean() > same["owned_growth_2021"].mean()
    assert said["opportunities", 2008]["category_1_2018"].mean() > same["category_1_2018"].mean()
    assert said["no_sleep", 2008]["planned_2023"].mean() < same["planned_2023"].mean()
    table = doubted(said)
    assert set(table["doubt"]) == {AS_IS, *assumption_checks()}
    assert table.drop_duplicates("outcome").set_index("outcome")["fact"]["planned_2023"] == 14_017


def test_criteria_are_met_as_by_hand() -> None:
    """Of hand-made replications: in the band and near; on a rising path; a list of ten years' deliveries; no dwelling waiting but in 2016."""
    said = pd.DataFrame(
        {
            "category_1_2016": np.linspace(0.55, 0.75, 11),
            "category_1_2018": np.linspace(0.57, 0.77, 11),
            "missed_2018": np.full(11, 0.85),
            "planned_2023": np.linspace(15_000, 16_000, 11),
            "plans_per_delivery_2023": np.full(11, 10.0),
            "stay": np.full(11, 10.5),
            "waiting_money_2015": np.full(11, 0.0),
            "waiting_money_2016": np.linspace(0, 998, 11),
        }
    )
    scores = pd.DataFrame({"measure": "rented_in", "free": True, "covered_0.8": [True] * 3 + [False] * 3}, index=range(6))
    table = acceptance({2008: said}, scores)
    met = {(row["criterion"], row["what"]): row["met"] for row in table.to_dict("records")}
    assert met == {
        ("inside", "category_1_2016"): True,
        ("near", "category_1_2016"): True,
        ("inside", "category_1_2018"): True,
        ("near", "category_1_2018"): True,
        ("not_rising", "category_1_2018"): False,
        ("reached", "missed_2018"): False,
        ("inside", "planned_2023"): False,
        ("plans", "plans_per_delivery_2023"): True,
        ("stay", "stay"): False,
        ("waiting_money", "waiting_money_2016"): True,
        ("rent_in", "rented_in"): False,
    }
    by_name = table.set_index("criterion")
    assert by_name.loc["waiting_money", "mean"] == pytest.approx(499)
    assert by_name.loc["reached", "mean"] == pytest.approx(0.15)


def test_criteria_of_a_run_lie_after_its_start(found: Backtest) -> None:
    table = found.tables["acceptance"]
    of = {start: set(group["what"]) for start, group in table.groupby("start")}
    assert {"category_1_2016", "planned_2013", "net_2013", "owned_growth_2019", "stay", "plans_per_delivery_2013"} <= of[2008]
    assert "category_1_2018" in of[2015]
    assert not {"category_1_2016", "planned_2013", "plans_per_delivery_2013"} & of[2015]
    assert not {"category_1_2018", "owned_growth_2019", "missed_2018"} & of[2019]
    assert {"owned_growth_2021", "net_2023", "planned_2023"} <= of[2019]
    fitted = set(table[table["fitted"]]["what"])
    assert fitted == {"category_1_2016", "planned_2013", "net_2013"}


def test_what_the_answer_warns_of_is_what_the_backtest_found(found: Backtest) -> None:
    """It does not pass whole."""
    assert "does not pass whole" in warning(Language("en"))
    assert not found.tables["acceptance"]["met"].all()


def test_single_municipalities_are_scored_as_by_hand() -> None:
    """Three in the right order, each a tenth off: rank 1 and a score of 0.1; one that is not forecast is left out; of two no rank."""
    facts = pd.Series({"a": 0.2, "b": 0.5, "c": 0.9, "d": 0.1})
    said = pd.DataFrame({"a": [0.3, 0.3], "b": [0.6, 0.6], "c": [1.0, 1.0]})
    assert foreseen(said, facts) == {"municipalities": 3, "crps": pytest.approx(0.1), "rank": pytest.approx(1.0)}
    assert np.isnan(foreseen(said[["a", "b"]], facts)["rank"])
    surely = pd.DataFrame({"a": [1.0, 1.0, 0.0, 0.0]})
    assert foreseen(surely, pd.Series({"a": 1.0}))["crps"] == pytest.approx(0.5 - 1 / 3)


def test_both_editions_are_held_against_single_municipalities(found: Backtest) -> None:
    table = found.tables["who"]
    assert set(table["edition"]) == {AS_IS, FIRST_EDITION}
    enough = table[table["what"] == "enough"]
    assert (enough["municipalities"] == len(RAND)).all()
    shares = table[table["what"] == "share"].set_index("start")["municipalities"]
    assert shares[2008].tolist() == [10, 10]
    assert shares[2019].tolist() == [1, 1]


def test_the_score_of_a_normal_distribution_is_that_of_a_large_sample_of_it() -> None:
    """Also far out, where it is near to the error; without a deviation it is the error."""
    sample = 10 + 3 * norm.ppf((np.arange(4000) + 0.5) / 4000)
    for fact in (10.0, 12.5, -20.0):
        assert crps_of_normal(10, 3, fact) == pytest.approx(crps(sample, fact), rel=0.01)
    assert crps_of_normal(10, 0, 12.5) == 2.5
    assert np.isnan(crps_of_normal(np.nan, np.nan, 1.0))


def test_where_a_fact_lies_in_a_sample_counts_ties_by_half() -> None:
    assert [pit(np.array([1.0, 2.0, 2.0, 3.0]), fact) for fact in (0.0, 1.5, 2.0, 3.0, 4.0)] == [0.0, 0.25, 0.5, 0.875, 1.0]


def test_a_sure_and_right_forecast_beats_every_naive_one() -> None:
    outcome = known_outcomes().set_index("outcome").loc["net_2023"].to_dict() | {"outcome": "net_2023"}
    row = scored(np.full(50, outcome["value"]), outcome, 2008)
    assert row["crps"] == 0
    assert all(row[f"crps_{name}"] > 0 for name in naive(outcome, 2008))
    assert row["pit"] == 0.5
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
    assert set(table["kind"]) == {"independent", "input", "naive"}
    of_list = table[[name.startswith(("stay on", "planned", "entered on")) for name in table.index]]
    assert of_list["kind"].to_dict() == {
        "stay on the list, first ten years": "independent",
        "stay on the list, 2013-2023, from 2008": "independent",
        "planned, end of 2013, from 2008": "input",
        "planned, end of 2023, from 2008": "independent",
        "entered on the list a year, net, 2014-2023, from 2008": "independent",
        "entered on the list a year, net, first ten years": "input",
    }


def test_no_stay_on_the_list_sets_the_pipeline_that_is_checked_by_it() -> None:
    """Stages hold what the lead times of the baseline say, with appeals on MJP; of the lists the start of 2008 saw that of 2013 only."""
    lead = load_scenario(LIBRARY / "baseline.toml").uncertainties
    mean = {name: getattr(lead, name).quantile(np.linspace(0.005, 0.995, 100)).mean() for name in LEAD_TIMES}
    assert STAY["preparation"] == pytest.approx(mean["preparation"], rel=0.05)
    assert mean["permit"] < STAY["mjp"] < 1.25 * mean["permit"]
    assert STAY["ktp"] == pytest.approx(mean["award"] + mean["start"], rel=0.05)
    assert STAY["construction"] == pytest.approx(mean["construction"], rel=0.05)
    fed = known_outcomes().set_index("outcome")["fed"].str.split()
    assert "2008" in fed["planned_2013"]
    assert "2008" not in fed["planned_2023"]


@pytest.mark.full
def test_what_entered_the_list_is_what_left_it_and_what_it_grew() -> None:
    """Of 100 on the list 30 are delivered, 90 are left: 20 came, in two years; those given up are left out."""
    rows = {
        "replication": 0,
        "year": [2013, 2015],
        "mjp": [60, 50],
        "ktp": 10,
        "construction": 20,
        "dormant": [10, 5],
        "paper": [0, 5],
    }
    results = object.__new__(Results)
    results.totals, results.manifest = pd.DataFrame(rows | {"delivered": [500, 530]}), {"replications": 1}
    assert entered(results, 2013, 2015) == pytest.approx((90 - 100 + 30) / 2)


def test_picture_and_page_are_written(found: Backtest) -> None:
    """Without assumption checks too."""
    written = [*found.plot("nl"), found.report("nl")]
    assert [path.name for path in written] == ["backtest_nl.png", "pit_nl.png", "report_nl.html"]
    assert all(path.stat().st_size > 10_000 for path in written)


@pytest.mark.full
def test_the_command_prints_every_figure_and_writes_picture_and_page(tmp_path: Path) -> None:
    """Also one of which no naive forecaster says anything."""
    command = [
        "backtest",
        "--replications",
        "10",
        "--workers",
        "1",
        "--out",
        str(tmp_path),
        "--lang",
        "en",
    ]  # with its assumption checks
    done = CliRunner().invoke(cli.app, command)
    assert done.exit_code == 0, done.exception
    assert "municipalities short" in done.output
    assert "criteria set before it was fitted it meets" in done.output
    assert "what it has to show" in done.output
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("backtest_en.png", "pit_en.png", "report_en.html"))
    assert "the figure fed an assumption" in (tmp_path / "report_en.html").read_text(encoding="utf-8")
