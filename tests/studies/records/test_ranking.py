"""All records of a test ranked: who said the truth comes first, noise is not called better, and what a record does not say is not guessed."""

import datetime
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.inputs.errors import InputError
from sim.inputs.region.load import DATA
from sim.runs.disk.folders import WRITTEN
from sim.runs.precision import student
from sim.studies.backtest.naive import known_value
from sim.studies.records.naive_records import WHAT, naive_shares, register_naive
from sim.studies.records.ranking import Ranking, difference, score_all
from sim.studies.records.record import COUNTED, HALF, Record, read_record, write_record
from sim.studies.records.study import score
from sim.studies.records.verdicts import ranked
from tests.support.project import ROOT

DAY = datetime.date(2026, 11, 30)
REGISTERED = ROOT / "results" / "registered"
NIS = pd.read_csv(DATA / "municipalities.csv")["nis"].tolist()
EARLIER = [f"test-2028-2026-11-{name}" for name in ("22-d1d30480", "29-d1d30480", "29-e012afd0", "30-3f1a9c0c", "30-a606d4cb")]
Chances = Callable[[int], tuple[float, float, float]]


def written(folder: Path, name: str, chances: Chances, places: list[int] = NIS, test: int = 2028) -> str:
    """Write a record of 300 replications that says these chances of each of the municipalities, by their place, and return its name."""
    rows = [(nis, *chances(place)) for place, nis in enumerate(places)]
    table = pd.DataFrame(rows, columns=["nis", *(f"chance_{category}" for category in COUNTED)])
    counts = {category: round(float(table[f"chance_{category}"].sum())) for category in COUNTED}
    flanders = {category: {"replications_by_number": {str(count): 300}} for category, count in counts.items()}
    about = {"test": test, "registered": DAY.isoformat(), "scenario": name, "replications": 300, "flanders": flanders}
    return write_record(folder, f"test-{test}-{name}", about, table, {}).stem


def verdicts_of(folder: Path, categories: list[str]) -> Path:
    """Write verdicts of all municipalities."""
    path = folder / "verdicts.csv"
    pd.DataFrame({"nis": NIS, "category": categories}).to_csv(path, index=False)
    return path


HAPPENED = [COUNTED[place % 3] for place in range(len(NIS))]


def truth(place: int) -> tuple[float, float, float]:
    """Say what happened for certain."""
    return (float(place % 3 == 0), float(place % 3 == 1), float(place % 3 == 2))


def test_who_said_the_truth_comes_first_and_who_said_the_opposite_last(tmp_path: Path) -> None:
    """Between them an even chance: the ranks are those that follow by hand, and every difference is beyond noise."""
    folder = tmp_path / "records"
    first = written(folder, "truth", truth)
    alone = score_all(verdicts_of(tmp_path, HAPPENED), folder)
    alone.show("nl")
    assert (len(alone.tables["scores"]), len(alone.tables["pairs"])) == (1, 0)
    last = written(folder, "next", lambda place: truth(place + 1))
    middle = written(folder, "even", lambda place: (1 / 3, 1 / 3, 1 / 3))
    found = score_all(verdicts_of(tmp_path, HAPPENED), folder)
    scores, pairs = found.tables["scores"], found.tables["pairs"]
    assert scores[["rank", "record"]].to_numpy().tolist() == [[1, first], [2, middle], [3, last]]
    assert scores["rps"].iloc[1] == pytest.approx((5 / 18 + 1 / 9 + 5 / 18) / 3)
    assert scores["rps"].iloc[0] == pytest.approx(0, abs=1e-4)
    assert pairs[["better", "worse"]].to_numpy().tolist() == [[first, middle], [first, last], [middle, last]]
    assert pairs["beyond_noise"].all()
    assert scores["worse_by"].iloc[1:].tolist() == pairs["difference"].iloc[:2].tolist()
    found.show("en")
    flanders = found.tables["flanders"].query("record == @first")
    assert flanders["mean"].tolist() == flanders["fact"].tolist() == [95, 95, 95]


def test_verdicts_drawn_as_a_record_of_the_repository_says_put_it_first(tmp_path: Path) -> None:
    """Old records are ranked beside naive ones; the same chances on record twice share a rank, and are not told from each other."""
    folder = tmp_path / "records"
    folder.mkdir()
    for file in (file for name in EARLIER for file in REGISTERED.glob(f"{name}.*")):
        shutil.copy(file, folder)
    naive = [path.stem for path in register_naive(2028, folder, DAY)]
    said = read_record(folder / f"{EARLIER[-1]}.json").chances
    rng = np.random.default_rng(4)
    chances = (np.array(list(said[nis].values())) for nis in NIS)
    found = score_all(verdicts_of(tmp_path, [str(rng.choice(list(said[NIS[0]]), p=of / of.sum())) for of in chances]), folder)
    scores = found.tables["scores"].set_index("record")
    assert scores.index[0] == EARLIER[-1]
    assert set(scores.index) == {*naive, *EARLIER}
    twice = EARLIER[:2]
    assert scores["rank"][twice[0]] == scores["rank"][twice[1]]
    same = found.tables["pairs"].query("better == @twice[0] and worse == @twice[1]").iloc[0]
    assert (same["difference"], same["low"], same["high"], same["beyond_noise"]) == (0, 0, 0, False)
    assert found.tables["left_out"].empty


def test_noise_is_seldom_called_better() -> None:
    """Of 400 pairs of equal forecasters, luckier by company, about 5% have an interval without 0: companies are the sample."""
    rng, company = np.random.default_rng(11), [str(k // 7) for k in range(287)]
    wrong = 0
    for _ in range(400):
        mean, half = difference(np.repeat(rng.normal(size=41), 7), company, 0.95)
        wrong += abs(mean) > half
    assert 8 <= wrong <= 32
    mean, half = difference(np.array([1.0, 3.0, 2.0, 4.0]), ["a", "b", "c", "d"], 0.95)
    assert mean == 2.5
    assert half == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2 * student(0.95, 3))
    assert difference(np.array([1.0, 3.0]), ["a", "a"], 0.95)[1] == np.inf


def test_the_intervals_of_all_pairs_together_are_wider(tmp_path: Path) -> None:
    """The same two records: with a third there are three pairs, and each has the level 1 - 0.05 / 3."""
    folder = tmp_path / "records"
    verdicts = verdicts_of(tmp_path, HAPPENED)
    two = [written(folder, "even", lambda place: (1 / 3, 1 / 3, 1 / 3)), written(folder, "hopeful", lambda place: (0.9, 0.1, 0.0))]

    def width() -> float:
        pairs = score_all(verdicts, folder).tables["pairs"]
        row = pairs[pairs["better"].isin(two) & pairs["worse"].isin(two)].iloc[0]
        return float(row["high"] - row["low"])

    alone = width()
    written(folder, "truth", truth)
    freedom = pd.read_csv(DATA / "municipalities.csv")["company"].nunique() - 1
    assert width() / alone == pytest.approx(student(1 - 0.05 / 3, freedom) / student(0.95, freedom))


def test_chances_of_0_of_n_are_not_certain() -> None:
    """Half a replication more in each category; a naive forecaster's are scored as said; nothing is said where there never was a verdict."""
    said = {1: {"none": 0.0, "1": 1.0, "2A": 0.0, "2B": 0.0}, 2: {"none": 0.5, "1": 0.5, "2A": 0.0, "2B": 0.0}}
    said[3] = {"none": 1.0, "1": 0.0, "2A": 0.0, "2B": 0.0}
    scored = Record({"replications": 20}, said).scored([1, 2, 3, 4])
    assert scored[0].tolist() == pytest.approx([(20 + HALF) / 21.5, HALF / 21.5, HALF / 21.5])
    assert scored[1].tolist() == pytest.approx([(10 + HALF) / 11.5, HALF / 11.5, HALF / 11.5])
    assert np.isnan(scored[2:]).all()
    assert Record({"naive": "even chance"}, said).scored([1]).tolist() == [[1, 0, 0]]


def test_what_a_record_does_not_say_is_said_and_not_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Municipalities that one record lacks are left out for all; a record of few, or of another test, is not ranked."""
    folder = tmp_path / "records"
    whole, part = written(folder, "whole", truth), written(folder, "part", truth, NIS[:200])
    few, later = written(folder, "few", truth, NIS[:50]), written(folder, "later", truth, test=2031)
    verdicts = verdicts_of(tmp_path, [*HAPPENED[:-1], "none"])
    found = score_all(verdicts, folder, out=tmp_path / "out")
    assert (found.facts["verdicts"], found.facts["municipalities"]) == (284, 200)
    assert found.tables["scores"].set_index("record")["municipalities"].to_dict() == {whole: 284, part: 200}
    assert found.tables["scores"]["rank"].tolist() == [1, 1]
    left_out = found.tables["left_out"].set_index("record")
    assert (left_out.loc[few, "municipalities"], left_out.loc[later, "test"]) == (50, 2031)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {WRITTEN, *(f"{name}.csv" for name in Ranking.SUMMED)}
    monkeypatch.setattr(sys, "argv", ["bso", "score", str(verdicts), "--records", str(folder), "--lang", "en"])
    with pytest.raises(SystemExit):
        cli.main()
    told = " ".join(capsys.readouterr().out.split())
    assert "left out, as not every record speaks of them: 84" in told
    assert f"{few} speaks of 50 of 284 municipalities" in told
    assert f"{later} is about the test of 2031" in told
    monkeypatch.setattr(sys, "argv", ["bso", "score", str(folder / f"{whole}.json")])
    with pytest.raises(SystemExit):
        cli.main()
    assert "after a record the verdicts are needed" in capsys.readouterr().err
    with pytest.raises(InputError, match=r"no record of the test of 2034; tests on record: 2028, 2031"):
        score_all(verdicts, folder, 2034)
    with pytest.raises(InputError, match="tests on record: none"):
        score_all(verdicts, tmp_path / "nothing")
    (folder / f"{whole}.csv").write_text("nis\n")
    with pytest.raises(InputError, match="was changed since it was registered"):
        score_all(verdicts, folder)


def test_a_municipality_that_never_had_a_verdict_is_not_scored_as_2b(tmp_path: Path) -> None:
    """Of one record too: it says nothing of those for which the chance of any verdict is 0."""
    name = written(tmp_path / "records", "gaps", lambda place: truth(place) if place else (0.0, 0.0, 0.0))
    found = score(tmp_path / "records" / f"{name}.json", verdicts_of(tmp_path, HAPPENED))
    assert (found.facts["municipalities"], found.facts["not_said"]) == (284, 1)


def test_naive_forecasters_say_what_the_old_tests_say() -> None:
    """The line goes through the mean of the tests, with the slope of the first and the last: the years are evenly apart."""
    shares = naive_shares(2028)
    past = np.array([[known_value(f"category_{name.lower()}_{year}") for name in COUNTED] for year in (2014, 2016, 2018)])
    assert list(shares) == list(WHAT)
    assert all(said.sum() == pytest.approx(1) and (said > 0).all() for said in shares.values())
    assert shares["as in 2018"] == pytest.approx(past[-1])
    assert shares["line of tests"] == pytest.approx(past.mean(axis=0) + (past[-1] - past[0]) / 4 * 12, abs=1e-4)


def test_naive_forecasters_are_put_on_record_named_and_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed as the others, one file each; they are scored as they would be from nowhere."""
    once, again = register_naive(2028, tmp_path / "a", DAY), register_naive(2028, tmp_path / "b", DAY)
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
    assert [read_record(path).naive for path in once] == list(WHAT)
    assert all(path.name.startswith("test-2028-2026-11-30-naive-") and len(read_record(path).chances) == len(NIS) for path in once)
    with pytest.raises(InputError, match="never overwritten"):
        register_naive(2028, tmp_path / "a", DAY)
    with pytest.raises(InputError, match=r"found 2029; the tests of the draft: 2028, 2031"):
        register_naive(2029, tmp_path / "c", DAY)
    verdicts, facts = verdicts_of(tmp_path, HAPPENED), np.array([truth(place) for place in range(len(NIS))])
    for path, (name, shares) in zip(once, naive_shares(2028).items(), strict=True):
        found = score(path, verdicts)
        assert found.tables["scores"].set_index("forecaster")["rps"][[name, "forecast"]].tolist() == pytest.approx(
            [float(ranked(np.tile(shares, (len(NIS), 1)), facts).mean())] * 2, abs=1e-6
        )
        assert found.tables["flanders"]["mean"].tolist() == pytest.approx((shares * len(NIS)).tolist())
        assert found.tables["flanders"]["low_0.8"].isna().all()
    found.show("en")
    monkeypatch.setattr(sys, "argv", ["bso", "register", "--naive", "--out", str(tmp_path / "d"), "--test", "2031"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    told = capsys.readouterr().out.splitlines()[-3:]
    assert all("test-2031-" in line and "-naive-" in line for line in told)
    assert json.loads(Path(told[0]).read_text(encoding="utf-8"))["test"] == 2031
