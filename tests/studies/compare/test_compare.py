"""Scenarios compared in pairs: exact zeros, intervals by the book, who is to blame by brute force, what cannot be paired is refused."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import cli
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.model import Scenario, changed, load_scenario
from sim.runs.differences import better_in, difference, fieller
from sim.runs.disk.folders import write
from sim.runs.experiment import run_experiment
from sim.runs.futures import Futures
from sim.runs.outcomes import LESS, MORE, OUTCOMES, of_all
from sim.runs.standing import in_a_line
from sim.studies.compare import attribution
from sim.studies.compare.options import from_scenario, load_options, named
from sim.studies.compare.study import (
    AS_IS,
    CONDITIONS,
    FULL_RESPONSE,
    NO_RESPONSE,
    PAPER,
    Comparison,
    compare,
    compare_scenarios,
    turned,
)
from tests.support.project import BASELINE, ROOT

YEARLY = ROOT / "scenarios" / "rhythms" / "yearly.toml"
PLAIN = {"sampling": "plain", "populations": 20}
ALONE = {"sampling": "plain", "populations": 1}
FEW = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the comparison below is kept."""
    return tmp_path_factory.mktemp("compared")


@pytest.fixture(scope="module")
def compared(folder: Path) -> Comparison:
    """The baseline against itself and against a test every year, with every relief."""
    return compare_scenarios(load_options([BASELINE, BASELINE, YEARLY], None, FEW), folder, workers=1)


def test_a_scenario_against_itself_differs_in_nothing(compared: Comparison) -> None:
    """Every difference, error and interval in every table is exactly zero, and neither is ever better."""
    assert list(compared.options) == ["baseline", "baseline-2", "yearly"]
    for name, table in compared.tables.items():
        if name == "information":
            continue  # of the choice, not of an option
        same = table[table["option"] == "baseline-2"]
        for column in same.columns:
            if column.endswith("difference") or column in (
                "error",
                "low95",
                "high95",
                "low80",
                "high80",
                "p10",
                "p90",
                "better",
                "worse",
            ):
                if name in ("reliefs", "regret"):  # against a relief, against the best: not against the base
                    continue
                values = same[column].dropna()
                if name == "cost" and column in ("low95", "high95"):
                    assert values.empty  # nobody can say what nothing costs
                assert (values == 0).all(), (name, column)
        both = [
            table[table["option"] == option].drop(columns="option").reset_index(drop=True) for option in ("baseline", "baseline-2")
        ]
        if len(both[0]):
            pd.testing.assert_frame_equal(both[0], both[1])


def test_the_same_draws_are_used(compared: Comparison) -> None:
    """What the scenario does not touch is the same to the last bit: dwellings until the rhythms begin to differ, at the end of 2028."""
    years = compared.tables["years"]
    before = years[(years["option"] == "yearly") & (years["year"] <= 2027)]
    assert len(before) > 0
    assert (before["difference"] == 0).all()
    later = years[(years["option"] == "yearly") & (years["year"] > 2030)]
    assert (later["difference"] != 0).any()


def test_every_table_is_a_csv_beside_the_summary(compared: Comparison, folder: Path) -> None:
    """What is on disk is what was found."""
    for name, table in compared.tables.items():
        read = pd.read_csv(folder / f"{name}.csv", keep_default_na=True, na_values=[""], dtype={"from": str, "to": str})
        assert set(read.pop("standing")) <= {in_a_line(compared.facts["standing"])}
        pd.testing.assert_frame_equal(read, table, check_dtype=False, rtol=1e-9)
    assert json.loads((folder / "comparison.json").read_text())["replications"] == FEW


def test_means_in_the_table_are_those_of_the_runs(compared: Comparison) -> None:
    """The option's mean and the mean difference, computed here from the results of both runs."""
    table = compared.tables["differences"].set_index(["option", "condition", "outcome"])
    for kind in CONDITIONS:
        base, other = (compared.runs[name][kind] for name in ("baseline", "yearly"))
        one, two = base.summary(), other.summary()
        row = table.loc[("yearly", kind, "realised_at_end")]
        assert row["value"] == pytest.approx(two["realised_at_end"]["mean"], abs=0.01)
        assert row["difference"] == pytest.approx(two["realised_at_end"]["mean"] - one["realised_at_end"]["mean"], abs=0.02)
        verdicts = sum(test["category_2B"]["mean"] for test in two["tests"])
        assert table.loc[("yearly", kind, "verdicts_2B")]["value"] == pytest.approx(verdicts, abs=0.2)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30))
def test_intervals_are_those_of_the_paired_t_test(pairs: list[tuple[int, int]]) -> None:
    """Mean, 80% and 95% interval equal scipy's; better and worse count the replications."""
    one, two = (pd.Series(column, dtype=float) for column in zip(*pairs, strict=True))
    found = difference(one, two, PLAIN)
    lost = two - one
    assert found["difference"] == pytest.approx(lost.mean())
    if lost.nunique() > 1:
        book = stats.ttest_rel(two, one)
        for level in (80, 95):
            low, high = book.confidence_interval(level / 100)
            assert (found[f"low{level}"], found[f"high{level}"]) == (pytest.approx(low), pytest.approx(high))
    else:
        assert found["low95"] == found["high80"] == lost.mean()
    more, less = (better_in(one, two, way, PLAIN) for way in (MORE, LESS))
    assert more["better"] == (lost > 0).mean() == less["worse"]
    assert more["same"] == (lost == 0).mean() == pytest.approx(1 - more["better"] - more["worse"])
    assert more["better_low95"] < more["better_high95"]  # Wilson's: none of so many is not certain either
    assert 0 <= more["better_low95"] <= more["better"] + 1e-9 <= more["better_high95"] + 2e-9 <= 1 + 2e-9


def test_pairs_are_those_that_both_have() -> None:
    """Replications that failed on one side fall out; with one pair the interval is unbounded, with none nothing is known."""
    one, two = pd.Series([1.0, 5.0], [0, 3]), pd.Series([4.0, 9.0], [3, 8])
    found = difference(one, two, PLAIN)
    assert (found["difference"], found["low95"], found["high95"]) == (-1.0, -np.inf, np.inf)
    assert np.isnan(difference(one, two[[8]], PLAIN)["difference"])


def test_the_ratio_of_two_means_covers_the_truth() -> None:
    """Fieller's interval of 300 euro per dwelling holds it in about 95 of 100 samples; no number when the denominator may be zero."""
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        dwellings = rng.normal(20, 40, 60)
        euro = 300 * dwellings + rng.normal(0, 3_000, 60)
        ratio, low, high = fieller(pd.Series(euro), pd.Series(dwellings), ALONE)
        hits += low <= 300 <= high or np.isnan(ratio)
    assert 0.92 <= hits / 400 <= 0.99
    assert np.isnan(fieller(pd.Series([1.0, 2.0, 3.0]), pd.Series([-1.0, 0.0, 1.0]), ALONE)).all()


def test_regret_is_the_distance_from_the_best(compared: Comparison) -> None:
    """In every replication the best option has none; the table's means come from the outcomes."""
    table = compared.tables["regret"]
    rows = table[(table["condition"] == AS_IS) & (table["outcome"] == "realised_at_end")].set_index("option")
    values = pd.DataFrame({name: of_all(compared.runs[name][AS_IS])["realised_at_end"] for name in compared.options})
    lost = values.max(axis=1).to_numpy()[:, None] - values.to_numpy()
    assert rows["mean"].to_numpy() == pytest.approx(lost.mean(axis=0))
    assert rows["most"].to_numpy() == pytest.approx(lost.max(axis=0))
    assert (lost.min(axis=1) == 0).all()
    assert set(table["outcome"]) == {name for name, outcome in OUTCOMES.items() if outcome.better}


def test_options_that_clearly_change_places_are_found(compared: Comparison) -> None:
    """Two options whose runs are exchanged under one condition, and two that are the same; nothing else has turned."""
    one, same, other = (compared.runs[name][AS_IS] for name in ("baseline", "baseline-2", "yearly"))
    straight = {
        "baseline": dict.fromkeys(CONDITIONS, one),
        "same": dict.fromkeys(CONDITIONS, same),
        "yearly": dict.fromkeys(CONDITIONS, other),
    }
    assert turned(straight) == {NO_RESPONSE: [], FULL_RESPONSE: [], PAPER: []}
    crossed = {**straight, "baseline": straight["baseline"] | {PAPER: other}, "yearly": straight["yearly"] | {PAPER: one}}
    assert turned(crossed) == {NO_RESPONSE: [], FULL_RESPONSE: [], PAPER: [("baseline", "yearly")]}


def test_blame_is_what_a_run_with_the_relief_says(compared: Comparison) -> None:
    """For two replications: the model with each relief is run here, and every verdict of 2B is classed by hand."""
    scenario = compared.options["baseline"].scenario
    region = load_region(scenario)
    base = compared.runs["baseline"]
    judged, prevented = attribution.verdicts(base[AS_IS], {name: base[name] for name in counterfactuals()})
    found, side = attribution.classes(judged, prevented), attribution.sides(judged, prevented)
    relieved = {
        name: Futures(changed(scenario, counterfactual.changes, name, "here"), region)
        for name, counterfactual in counterfactuals().items()
    }
    seen = set()
    for number in (0, 4):
        verdicts = replicate(Futures(scenario, region).model(number), number).tests["category"]
        others = {name: replicate(futures.model(number), number).tests["category"] for name, futures in relieved.items()}
        for test, m in np.argwhere(verdicts == 3):
            helps = [name for name in others if others[name][test, m] != 3]
            expected = helps[0] if len(helps) == 1 else "several" if helps else "none"
            where = {"inside" if counterfactuals()[name].control == "inside" else "outside" for name in helps}
            assert attribution.CLASSES[found[number, test, m]] == expected
            assert attribution.SIDES[side[number, test, m]] == ("both" if len(where) == 2 else where.pop() if where else "none")
            seen.add(expected)
        assert (found[number][verdicts != 3] == -1).all()
    assert {"several", "effort", "land"} <= seen


def test_shares_of_blame_add_up(compared: Comparison) -> None:
    """Classes and sides each hold every verdict of 2B once, for Flanders and for every municipality."""
    of_all_verdicts = compared.tables["differences"].set_index(["option", "condition", "outcome"])["value"].to_dict()
    for option, rows in compared.tables["blame"].groupby("option"):
        for _, part in rows.groupby("by"):
            assert part["share"].sum() == pytest.approx(1)
            if option != "baseline":
                assert part["verdicts"].sum() == pytest.approx(of_all_verdicts[option, AS_IS, "verdicts_2B"])
    each = compared.tables["blame_municipalities"]
    for by in ("relief", "control"):
        assert (each.filter(like=f"{by}_").sum(axis=1).round(9).isin([0, 1])).all()


def test_what_is_missing_is_all_accounted_for(compared: Comparison) -> None:
    """The dwellings by constraint add up to the objective less what counts towards it, and none is negative."""
    for option, rows in compared.tables["missing"].groupby("option"):
        results = compared.runs[str(option)][AS_IS]
        lacking = (results.last_year("objective") - results.last_year("bso")).mean()
        assert rows["dwellings"].sum() == pytest.approx(lacking)
        assert (rows["dwellings"] >= 0).all()
        assert rows["share"].sum() == pytest.approx(1)


def test_categories_flow_and_none_is_lost(compared: Comparison) -> None:
    """From each test to the next all 285 municipalities go somewhere, and arrive as the next test counts them."""
    flows, tests = compared.tables["flows"], compared.tables["tests"]
    for (option, _, following), rows in flows.groupby(["option", "test", "next"]):
        assert rows["municipalities"].sum() == pytest.approx(285)
        arrived = rows.groupby("to")["municipalities"].sum()
        counted = tests[(tests["option"] == option) & (tests["condition"] == AS_IS) & (tests["test"] == following)]
        for category in ("1", "2A", "2B"):
            there = counted.loc[counted["category"] == f"category_{category}", "municipalities"].iloc[0]
            assert arrived[category] == pytest.approx(there)


def test_one_municipality_changes_no_other_while_companies_have_slack(tmp_path: Path) -> None:
    """With people and money to spare, and nothing that all share at stake, land for one municipality is its own affair."""
    text = f"""
extends = "{BASELINE.as_posix()}"
title = "Slack"
title_nl = "Ruimte"
levers.managers_scale.value = 100
levers.finance_scale.value = 100
uncertainties.envelope_wish.value = 0
"""
    (tmp_path / "slack.toml").write_text(text, encoding="utf-8")
    scenario = load_scenario(tmp_path / "slack.toml")
    region = load_region(scenario)
    changed_one = region.estimates["land_company"].copy()
    changed_one[:, 100] += 400
    richer = type(region)(**{**vars(region), "estimates": {**region.estimates, "land_company": changed_one}})
    for number in range(3):
        one, two = (replicate(build_model(scenario, r), number).years for r in (region, richer))
        different = (one != two).any(axis=0)
        assert different[100]
        assert different.sum() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            'end = 2039-12-31\nlaw = "short.toml"',
            "another horizon (2025-12-31 to 2039-12-31) than that of baseline (2025-12-31 to 2042-12-31)",
        ),
        (
            'merge."Samen" = ["Zetus", "WM Rivierenland"]',
            "another population than that of baseline: not the same municipalities in the same companies",
        ),
    ],
)
def test_what_cannot_be_paired_is_refused(tmp_path: Path, change: str, message: str) -> None:
    """With the file and the reason, before anything is computed."""
    law = (ROOT / "sim" / "inputs" / "law" / "draft-2025-09-12.toml").read_text(encoding="utf-8")
    (tmp_path / "short.toml").write_text(law[: law.index("[[rhythm]]\ndate = 2042")], encoding="utf-8")
    other = tmp_path / "other.toml"
    head, _, table = change.partition("\n[")
    rest = f"{head}\n" if not change.startswith("[") else ""
    other.write_text(
        f'extends = "{BASELINE.as_posix()}"\n{rest}' + (f"[{table}" if table else change if not rest else ""), encoding="utf-8"
    )
    with pytest.raises(InputError) as error:
        compare_scenarios(load_options([BASELINE, other], None, 2), tmp_path / "out", workers=1)
    assert str(error.value) == f"{other}: cannot be paired: {message}"
    assert not (tmp_path / "out").exists()


def test_results_that_are_there_are_used(tmp_path: Path) -> None:
    """Folders of results take part; another seed cannot be paired, a folder that is not there is named with what makes it."""
    for name, seed in (("mine", None), ("elsewhere", 7)):
        run_experiment(load_scenario(BASELINE, seed, 2), workers=1, out=tmp_path / name)
    options = load_options([tmp_path / "mine", YEARLY])
    found = compare_scenarios(options, tmp_path / "out", workers=1, with_attribution=False)
    assert found.runs["baseline"][AS_IS].folder == tmp_path / "mine"
    assert not (tmp_path / "out" / "runs" / "baseline" / AS_IS).exists()
    assert found.facts["replications"] == 2
    with pytest.raises(
        InputError, match=r"elsewhere: cannot be paired: other draws \(seed 7, central values\) than those of baseline"
    ):
        compare_scenarios(load_options([tmp_path / "mine", tmp_path / "elsewhere"]), tmp_path / "no", workers=1)
    with pytest.raises(InputError, match="no results here; `bso run SCENARIO --out "):
        load_options([BASELINE, tmp_path / "nothing"])
    with pytest.raises(InputError, match=r"--seed: found 3; the results in .* have 20251231"):
        load_options([tmp_path / "mine", YEARLY], seed=3)


def test_folders_with_other_replications_cannot_be_paired(tmp_path: Path) -> None:
    """Otherwise a mean in one table would be over more replications than in another."""
    for name, count in (("two", 2), ("three", 3)):
        run_experiment(load_scenario(BASELINE, None, count), workers=1, out=tmp_path / name)
    with pytest.raises(InputError, match="three: cannot be paired: 3 replications, baseline has 2"):
        compare_scenarios(load_options([tmp_path / "two", tmp_path / "three"]), tmp_path / "out", workers=1)


@pytest.mark.full
def test_a_folder_holds_one_comparison(tmp_path: Path) -> None:
    """Another one is refused and overwrites nothing; the same answer keeps its reports, one with more replications leaves nothing of the old
    behind, here and in the folders below that hold nothing else, and a user's files as they are."""
    out = tmp_path / "out"
    compare_scenarios(load_options([BASELINE, YEARLY], None, 2), out, workers=1)
    (out / "tabellen").mkdir()
    reports = [write(out / name, b"old") for name in ("report_nl.html", "report_en.html", "tabellen/tabel-1.csv")]
    compare_scenarios(load_options([BASELINE, YEARLY], None, 2), out, workers=1)
    assert all(path.exists() for path in reports)
    mine = {name: f"my {name}" for name in ("mine.csv", "mine.png", "report_mine.html", "runs/mine.csv")}
    for name, text in mine.items():
        (out / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"out: holds another comparison \(baseline, yearly\); choose another --out"):
        compare_scenarios(load_options([BASELINE, BASELINE], None, 2), out, workers=1)
    assert (out / "blame.csv").exists()
    compare_scenarios(load_options([BASELINE, YEARLY], None, 3), out, workers=1, with_attribution=False)
    assert not (out / "blame.csv").exists()
    assert not any(path.exists() for path in reports)
    assert {name: (out / name).read_text(encoding="utf-8") for name in mine} == mine
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds report\.txt and no comparison"):
        compare_scenarios(load_options([BASELINE, YEARLY], None, 2), tmp_path / "mine", workers=1)


@pytest.mark.full
@pytest.mark.parametrize("pair", ["as base", "as variant", "who pays"])
def test_a_rhythm_without_tests_takes_part(pair: str, tmp_path: Path) -> None:
    """As base and as variant, with pictures and report; an option that only moves who pays is not called the same."""
    none = tmp_path / "no_tests.toml"
    last = '{ date = 2042-12-31, regular = [], sib = { stage = "realised", share = 1 }, status = "reading", source = "none" }'
    text = (
        f'extends = "{BASELINE.as_posix()}"\ntitle = "No tests at all"\ntitle_nl = "Geen toetsen"\nlaw_changes.rhythm = [{last}]\n'
    )
    none.write_text(text, encoding="utf-8")
    shared = ROOT / "scenarios" / "rhythms" / "sanction_shared.toml"
    files = {"as base": (none, BASELINE), "as variant": (BASELINE, none), "who pays": (BASELINE, shared)}[pair]
    found = compare(*files, replications=3, workers=1, out=tmp_path / "found")
    page = found.report("en").read_text(encoding="utf-8").split("<body")[1]
    assert len(found.plot("nl")) >= 3
    assert "exactly what" not in page
    assert ", ." not in page
    assert ", ;" not in page
    assert "no difference, in any simulation" not in page
    if pair == "who pays":
        assert "of the contributions the companies pay" in page


@pytest.mark.full
def test_names_are_kept_apart(baseline: Scenario) -> None:
    """The same scenario three times."""
    option = from_scenario(baseline, BASELINE)
    assert list(named([option, option, option])) == ["baseline", "baseline-2", "baseline-3"]


def test_the_command_prints_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`bso compare baseline baseline --json`: zero everywhere, and nothing else on standard output."""
    monkeypatch.chdir(ROOT)
    arguments = [
        "compare",
        "baseline",
        "baseline",
        "--replications",
        "2",
        "--workers",
        "1",
        "--no-blame",
        "--json",
        "--out",
        str(tmp_path / "o"),
    ]
    monkeypatch.setattr(sys, "argv", ["bso", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    answer = json.loads(capsys.readouterr().out)
    assert not left.value.code
    assert {row["difference"] for row in answer["differences"]} == {0.0}
    assert set(answer["options"]) == {"baseline", "baseline-2"}
