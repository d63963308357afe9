"""Why: every trace replays, the least change is sound and minimal, waits are what the engine did, answers fit, bad input is one line."""

import io
import itertools
import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import cli
from sim.engine import build_model
from sim.inputs.errors import InputError
from sim.inputs.months import month_number
from sim.inputs.scenario.model import changed
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.rules.growth_path import required, sib_asked
from sim.rules.progress import lacking, requirements
from sim.runs.disk.store import read_json
from sim.runs.experiment import run_experiment
from sim.studies.why.screen import show
from sim.studies.why.study import Why, summary
from sim.studies.why.words import more_words
from sim.tracing import waits
from sim.tracing.explained import Explained
from sim.tracing.least_change import Asked, Change, least_change
from sim.tracing.trace import STAGES
from tests.support.altered import resealed, said_of
from tests.support.campaign import campaign
from tests.support.project import BASELINE
from tests.support.replay import recorded, replay

CASES, CHUNKS = 10_000, 40
OTHER = """
title = "Every reading the other way"
title_nl = "Elke lezing andersom"
levers.contribution_by_company.value = 0.37
law_changes.readings.sib_beside_regular.value = "sib_first"
law_changes.readings.rounding.value = "down"
law_changes.readings.category_2B.value = "both"
law_changes.readings.charged.value = "once"
law_changes.readings.realised.value = "let"
law_changes.readings.dormant.value = "counts"
law_changes.readings.rent_in_condition.value = "always"
law_changes.readings.last_test.value = "rhythm"
law_changes.readings.final_sib.value = "sanctioned"
"""
BY_CHANCE = 'title = "By chance"\ntitle_nl = "Bij kans"\nlevers.plan_judgement.value = "probability"\n'


def scenario_file(folder: Path, text: str) -> Path:
    """Write a scenario that extends the baseline."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def baseline_run(tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """Three replications of the baseline."""
    return Explained(run_experiment(BASELINE, 3, workers=1, out=tmp_path_factory.mktemp("why") / "run").folder)


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """Three replications with the other readings, charged once among them."""
    folder = tmp_path_factory.mktemp("other")
    return Explained(run_experiment(scenario_file(folder, OTHER), 3, workers=1, out=folder / "run").folder)


@pytest.fixture(scope="module")
def chance_run(tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """One replication in which plans are judged by chance."""
    folder = tmp_path_factory.mktemp("chance")
    return Explained(run_experiment(scenario_file(folder, BY_CHANCE), 1, workers=1, out=folder / "run").folder)


# ---- the least change


def random_case(chance: random.Random) -> tuple[dict[str, Any], list[int]]:
    """Return what a measurement asks, as the rules take it, and counts that may be below zero."""
    most = chance.choice((2, 4, 8))
    count = chance.randint(0, 3)
    denominators = [chance.choice((1, 2, 3)) for _ in range(count)]
    denominator = chance.choice((1, 2, 4))
    sib_levels = chance.sample(range(3), chance.choice((1, 1, 2, 3)))
    law = {
        "path": np.array([chance.randint(0, most) for _ in range(3)], np.int64),
        "sib": chance.choice((0, chance.randint(0, most), chance.randint(0, 2 * most))),
        "levels": np.array([chance.randint(0, 2) for _ in range(count)], np.int64),
        "numerators": np.array([[chance.randint(0, d) for _ in range(3)] for d in denominators], np.int64).reshape(count, 3),
        "denominators": np.array(denominators, np.int64),
        "sib_levels": np.array(sib_levels, np.int64),
        "sib_numerators": np.array([chance.randint(0, denominator) for _ in sib_levels], np.int64),
        "sib_denominators": np.full(len(sib_levels), denominator, np.int64),
        "up": chance.randint(0, 1),
        "sib_first": chance.randint(0, 1),
        "any_of": chance.random() < 0.2,
    }
    lowest = -3 if chance.random() < 0.2 else 0
    return law, sorted((chance.randint(lowest, 2 * most) for _ in range(3)), reverse=True)


def asked(law: dict[str, Any]) -> Asked:
    """Return the same for `least_change`."""
    rows = zip(law["levels"], law["numerators"], law["denominators"], strict=True)
    regular = tuple((int(level), int(required(law["path"], n, int(d), law["up"]))) for level, n, d in rows)
    parts = zip(law["sib_levels"], law["sib_numerators"], law["sib_denominators"], strict=True)
    of_sib = tuple((int(level), int(sib_asked(law["sib"], n, d, law["up"]))) for level, n, d in parts)
    return Asked(regular, of_sib, law["sib"], law["sib_first"] == 1, law["any_of"])


def category_1(law: dict[str, Any], counts: list[int]) -> bool:
    """Return what the rules say: nothing lacks."""
    result, regular = np.zeros(6, np.int64), len(law["levels"])
    wanted = np.zeros(regular + len(law["sib_levels"]), np.int64)
    shares = (law[name] for name in ("numerators", "denominators", "sib_numerators", "sib_denominators", "up"))
    arguments: tuple[Any, ...] = (law["path"], law["sib"], *shares, wanted)
    requirements(*arguments)
    have = np.maximum(np.array(counts, np.int64), 0)
    ways = law["sib"], law["sib_first"], int(law["any_of"]), 0
    lacking(have, wanted[:regular], law["levels"], wanted[regular:], law["sib_levels"], *ways, result)
    return bool(result[0] + result[1] == 0)


def cost(more: tuple[int, ...]) -> int:
    """Return the fewest dwellings that are moved when so many more are at least at each level: a dwelling passes levels in a row.

    Those that pass KTP come from outside or from MJP, those that become realised passed KTP just now or stood there.
    """
    return max(more[2] - more[1], 0) + max(more[0], more[1])


def test_the_cost_of_a_change_is_the_fewest_dwellings_moved() -> None:
    """Every way to move at most four dwellings, from any stage to any higher one, listed: no rise comes cheaper than `cost`."""
    moves = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]  # outside, MJP, KTP, realised
    cheapest: dict[tuple[int, ...], int] = {}
    for number in range(5):
        for chosen in itertools.combinations_with_replacement(moves, number):
            more = tuple(sum(a <= level < b for a, b in chosen) for level in range(3))
            cheapest.setdefault(more, number)
    assert len(cheapest) > 50
    assert all(cost(more) == number for more, number in cheapest.items())


def check_least_change(law: dict[str, Any], counts: list[int]) -> bool:
    """The change, applied, gives category 1; no change of fewer dwellings does, as the rules themselves say. Return whether one is needed."""
    change = least_change(counts, asked(law))
    after = [a + b for a, b in zip(counts, change.more, strict=True)]
    assert after == sorted(after, reverse=True)
    assert min(change.more) >= 0
    assert cost(change.more) == change.dwellings
    assert change.dwellings == max(change.more) or law["sib_first"]  # what SIB would take does not pass KTP
    assert category_1(law, after), (law, counts, change)
    assert (change.dwellings == 0) == category_1(law, counts)
    for more in itertools.product(range(change.dwellings), repeat=3):
        fewer = [a + b for a, b in zip(counts, more, strict=True)]
        if cost(more) < change.dwellings and fewer == sorted(fewer, reverse=True):
            assert not category_1(law, fewer), (law, counts, change, more)
    return change.dwellings > 0


@pytest.mark.parametrize("chunk", campaign(range(CHUNKS), CHUNKS))
def test_the_least_change_is_sound_and_minimal(chunk: int) -> None:
    """10,000 random cases."""
    chance = random.Random(chunk)
    needed = sum(check_least_change(*random_case(chance)) for _ in range(CASES // CHUNKS))
    assert needed > CASES // CHUNKS // 3


@pytest.mark.parametrize("chunk", campaign(range(20), 20))
def test_the_least_change_where_all_of_sib_goes_first(chunk: int) -> None:
    """Asked of it at two levels or three, where it takes more than is asked and each dwelling counts twice: 50 random cases of those."""
    chance = random.Random(f"first {chunk}")
    cases = (random_case(chance) for _ in itertools.count())
    hard = ((law, counts) for law, counts in cases if law["sib_first"] and len(law["sib_levels"]) > 1)
    assert sum(check_least_change(*case) for case in itertools.islice(hard, 50)) > 10


CHANGES = {
    "the worked example: 50 of 50 + 10 on MJP": ((50, 20, 0), Asked(((0, 50),), ((0, 10),), 40), Change(10, (10, 0, 0))),
    "all that is on MJP can advance": ((30, 0, 0), Asked(((1, 12),), ((0, 0),), 0), Change(12, (0, 12, 0))),
    "what is asked on KTP must come from outside": ((0, 0, 0), Asked(((1, 12), (0, 12)), ((0, 0),), 0), Change(12, (12, 12, 0))),
    "fewer on KTP than on MJP": ((0, 0, 0), Asked(((1, 9), (0, 18)), ((1, 0),), 0), Change(18, (18, 9, 0))),
    "SIB realised, the path on KTP": ((30, 30, 5), Asked(((1, 20),), ((2, 10),), 10), Change(5, (0, 0, 5))),
    "one dwelling less than none": ((-1, -1, -1), Asked(((1, 9), (0, 18)), ((1, 0),), 0), Change(19, (19, 10, 0))),
    "SIB first takes what advances": ((8, 3, 0), Asked(((0, 6),), ((1, 3),), 10, True), Change(1, (1, 0, 0))),
    "what is realised passes KTP, where SIB takes it": (
        (12, 7, 5),
        Asked(((0, 6),), ((1, 0), (2, 8)), 11, True),
        Change(4, (2, 1, 3)),
    ),
    "nothing lacks": ((9, 9, 9), Asked(((2, 9),), ((0, 0),), 0), Change(0, (0, 0, 0))),
}


@pytest.mark.parametrize("name", CHANGES)
def test_least_changes_by_hand(name: str) -> None:
    """Cases small enough to count."""
    counts, what, expected = CHANGES[name]
    assert least_change(counts, what) == expected


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((0, 12, 0), "12 woningen meer minstens op KTP, tegen 31 december 2030."),
        ((20, 12, 0), "20 woningen meer minstens op MJP, waarvan 12 minstens op KTP, tegen 31 december 2030."),
        ((5, 12, 0), "12 woningen meer minstens op KTP, waarvan 5 die nog niet op MJP stonden, tegen 31 december 2030."),
    ],
)
def test_the_least_change_in_words(more: tuple[int, ...], words: str) -> None:
    """As a municipality would say it."""
    assert more_words(Language("nl"), {"more": dict(zip(STAGES, more, strict=True))}, "31 december 2030") == words


# ---- traces


@pytest.mark.parametrize("name", ["baseline_run", "other_run", "chance_run"])
def test_every_trace_replays(name: str, request: pytest.FixtureRequest) -> None:
    """All municipalities, tests and replications: from the trace as JSON alone the rules give the engine's verdict."""
    run: Explained = request.getfixturevalue(name)
    found = set()
    for tested in run.tests.values():
        traces = run.traces(None, tested)
        assert len(traces) == len(run.region.nis) * run.results.manifest["replications"]
        for trace in json.loads(json.dumps(traces)):
            assert replay(trace) == recorded(trace), trace
            assert all(max(0, trace["net"][s]) == trace["counts"][s] for s in STAGES) or trace["category"] == "none"
            found.add(trace["category"])
    assert found == {"none", "1", "2A", "2B"}
    assert len(run.tests) == (6 if name == "other_run" else 5)


@pytest.mark.parametrize("name", campaign(["baseline_run", "other_run"], 2))
def test_the_least_change_of_a_trace_flips_its_verdict(name: str, request: pytest.FixtureRequest) -> None:
    """Its dwellings laid on the counts of the trace: the rules say category 1. Without a lack there is none."""
    run: Explained = request.getfixturevalue(name)
    for tested in run.tests.values():
        for trace in run.traces(None, tested):
            more = trace["least_change"]["more"]
            assert (trace["category"] in ("none", "1")) == (trace["least_change"]["dwellings"] == 0)
            if trace["least_change"]["dwellings"]:
                trace["counts"] = {stage: max(0, trace["net"][stage] + more[stage]) for stage in STAGES}
                assert replay(trace)["category"] == "1"


def test_a_verdict_on_something_else_does_not_replay(baseline_run: Explained) -> None:
    """A trace in which one number is another gives another verdict: replay does look."""
    traces = [t for t in baseline_run.traces(None, baseline_run.tests[2031]) if t["category"] == "2B" and t["plan"]["filed"]]
    for trace in traces:
        trace["plan"]["land_list"]["places"] = {"MJP": 10_000, "KTP": 10_000}
        assert replay(trace)["category"] == ("2A" if trace["plan"]["agreement"] else "2B")
        trace["contribution"]["years"][0]["premium_cents"] += 10_000
        assert replay(trace) != recorded(trace)
    assert traces


def test_the_summary_counts_the_traces(baseline_run: Explained) -> None:
    """Categories add up, and a requirement failed as often as it lacked something."""
    for index in range(0, len(baseline_run.region.nis), 7):
        traces = baseline_run.traces(index, baseline_run.tests[2034])
        found = json.loads(json.dumps(summary(traces)))
        assert sum(found["categories"].values()) == found["replications"] == 3
        judged = [t for t in traces if t["category"] != "none"]
        for place, row in enumerate(found["requirements"]):
            assert row["failed"] == sum(t["requirements"][place]["lacks"] > 0 for t in judged)
        behind = found["categories"]["2A"] + found["categories"]["2B"]
        assert (found["least_change"] is None) == (behind == 0)
        assert found["plans"]["needed"] == behind


# ---- projects


def test_waits_are_what_the_engine_did(baseline_run: Explained) -> None:
    """Ready, then the next committee: that is the month of the next stage. Steps follow each other without a gap. With so little money that
    some projects wait for it."""
    little = changed(baseline_run.scenario, {"uncertainties": {"budget": {"constant": 300.0}}}, "little", "test")
    model = build_model(little, baseline_run.region)
    interval = int(model.settings[0]["committee_interval"])
    kinds = set()
    looked = 0
    for index in range(0, len(baseline_run.region.nis), 13):
        watched = waits.watch(model, 1, index)
        for p in watched.rows:
            row = watched.state.projects[p]
            for stage, following in (("preparation", ("asleep", "mjp", "ended")), ("mjp", ("ktp", "ended"))):
                if row[stage] >= 0:
                    month = waits.ready(watched, p, stage)
                    entered = next((int(row[name]) for name in following if row[name] >= 0), None)
                    committee = None if month is None else -(-month // interval) * interval
                    assert entered == (committee if committee is not None and committee < len(watched.state.due) else None)
                    looked += 1
            steps = waits.waits(watched, p)
            assert all(a[2] == b[1] for a, b in itertools.pairwise(steps))
            assert all(until is None or until > since for _, since, until in steps)
            kinds |= {what for what, *_ in steps}
    assert looked > 200
    assert kinds >= {"asleep", "slot", "preparation", "committee", "permit", "appeal", "award", "start", "money", "construction"}


def test_the_projects_named_were_late_and_suffice(baseline_run: Explained) -> None:
    """None was at the stage at the measurement; together with those that were not there at all they make up the lack."""
    start = baseline_run.scenario.start
    for year, tested in baseline_run.tests.items():
        measured = waits.month_text(month_number(tested.measurement.date, start), start)
        behind = [t for t in baseline_run.traces(None, tested, 1) if t["category"] in ("2A", "2B")]
        for short in behind[::20]:
            trace = baseline_run.explain(short["municipality"], year, 1)
            named = sum(p["dwellings"] for p in trace["projects"])
            assert named + trace["no_project"] >= trace["least_change"]["dwellings"]
            for project in trace["projects"]:
                assert project["reached"] is None or project["reached"] > measured
                assert project["reached"] is None or not project["waits"] or project["waits"][-1]["to"] is not None
                assert project["waiting_for"] is not None or (project["cancelled"] or "9999") <= measured
            assert sum(trace["months"].values()) == month_number(tested.measurement.date, start)
            json.dumps(trace)


# ---- what is printed


@pytest.mark.parametrize("lang", ["nl", pytest.param("en", marks=pytest.mark.full)])
@pytest.mark.parametrize("name", ["baseline_run", "other_run", "chance_run"])
def test_the_answer_fits_eighty_columns(name: str, lang: str, request: pytest.FixtureRequest) -> None:
    """One replication of each category, and all together: no line is cut, nothing is left in the other language's words."""
    run: Explained = request.getfixturevalue(name)
    stream = io.StringIO()
    console = Terminal(file=stream, width=80)
    for year, tested in run.tests.items():
        traces = run.traces(None, tested, 0)
        for category in ("none", "1", "2A", "2B"):
            for trace in [t for t in traces if t["category"] == category][:1]:
                show(Why(run.explain(trace["municipality"], year, 0)), (), lang, console)
                show(Why(summary(run.traces(run.municipality(trace["municipality"]), tested))), (), lang, console)
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    assert "{" not in text
    if lang == "nl":
        for word in ("dwelling", "page on", "position", "second", "measurement", "municipality", "requirement"):
            assert word not in text, word


# ---- the command


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run `bso why` and return exit code, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["bso", "why", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_the_command_prints_one_json_object(
    baseline_run: Explained, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With and without --replication; the trace printed replays."""
    here = baseline_run.folder, "--municipality", "aalst", "--test", 2031
    code, out, err = command(monkeypatch, capsys, *here, "--replication", 1, "--json")
    assert (code, err) == (0, "")
    trace = json.loads(out)
    assert replay(trace) == recorded(trace)
    assert {"projects", "months", "no_project"} <= set(trace)
    code, out, err = command(monkeypatch, capsys, *here, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["replications"] == 3
    code, out, err = command(monkeypatch, capsys, *here, "--lang", "nl")
    assert "voortgangstoets 2031" in out


def test_a_notebook_asks_why(baseline_run: Explained, capsys: pytest.CaptureFixture[str]) -> None:
    """The same answer as the command's, with its screen, and no pictures."""
    one, every = (sim.why(baseline_run.folder, "41002", 2031, replication) for replication in (1, None))
    assert one.summary() == baseline_run.explain("Aalst", 2031, 1)
    assert every.summary()["replications"] == 3
    for found, words in ((one, "In replication 1, one possible future"), (every, "Over 3 replications")):
        assert found.plot() == []
        found.show("en")
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--municipality", "Aaslt", "--test", 2031), "did you mean 'Aalst'"),
        (("--municipality", "Aalst", "--test", 2032), "2028, 2031, 2034"),
        (("--municipality", "Aalst", "--test", 2031, "--replication", 3), "0 to 2 is allowed"),
        (("--municipality", "Aalst", "--test", 2031, "--replication", -1), "0 to 2 is allowed"),
        (("--municipality", "Aalst", "--test", "soon"), "valid integer"),
    ],
)
def test_bad_arguments(
    arguments: tuple[object, ...],
    problem: str,
    baseline_run: Explained,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, no traceback, and what is allowed."""
    code, out, err = command(monkeypatch, capsys, baseline_run.folder, *arguments)
    assert (code, out) == (2, "")
    assert problem in err
    assert "Traceback" not in err


def test_folders_that_cannot_be_explained(baseline_run: Explained, tmp_path: Path) -> None:
    """No results, another version, other data, other bits: each is refused in one sentence."""
    with pytest.raises(InputError, match="no results here"):
        Explained(tmp_path)
    manifest = read_json(baseline_run.folder / "manifest.json")

    def changed(**experiment: Any) -> Explained:
        copy = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(baseline_run.folder, copy)
        said_of(copy, **experiment)
        resealed(copy / "manifest.json", {k: v for k, v in experiment.items() if k == "version"})
        if "scenario" in experiment:
            resealed(copy / "manifest.json", {"seed": experiment["scenario"]["seed"]})
        return Explained(copy)

    with pytest.raises(InputError, match=r"made by version 0\.0"):
        changed(version="0.0")
    with pytest.raises(InputError, match=r"another estimates\.csv"):
        changed(data={**manifest["experiment"]["data"], "estimates.csv": "0" * 64})
    with pytest.raises(InputError, match="not understood by this version"):
        changed(scenario={**manifest["experiment"]["scenario"], "seeds": 3})
    other_seed = changed(scenario={**manifest["experiment"]["scenario"], "seed": 1})
    with pytest.raises(InputError, match="does not come out the same"):
        other_seed.explain("Aalst", 2031, 1)


def test_a_law_without_tests_is_said_to_have_none(tmp_path: Path) -> None:
    """There is no verdict to explain."""
    text = "[[law_changes.rhythm]]\ndate = 2042-12-31\nregular = []\nsib = { stage = 'KTP', share = 1 }\nstatus = 'draft'\nsource = 'x'\n"
    found = Explained(run_experiment(scenario_file(tmp_path, text), 1, workers=1, out=tmp_path / "run").folder)
    with pytest.raises(InputError, match="the tests of this scenario: none"):
        found.test(2031)


def test_official_figures_are_found_again(tmp_path: Path) -> None:
    """A run with official figures is explained when their file lies beside the results, and refused when it does not."""
    (tmp_path / "official.csv").write_text("nis,sib\n41002,77\n", encoding="utf-8")
    scenario = scenario_file(tmp_path, '[official]\nfile = "official.csv"\npartial = true\n')
    folder = run_experiment(scenario, 1, workers=1, out=tmp_path / "run").folder
    assert Explained(folder).explain("Aalst", 2028, 0)["sib"] == 77
    (tmp_path / "official.csv").unlink()
    with pytest.raises(InputError, match="official figures"):
        Explained(folder)


def test_swaps_are_found_again(tmp_path: Path) -> None:
    """So is a run with a table of swaps, wherever that and the official figures lie; another table of that name is not taken for it."""
    (tmp_path / "official.csv").write_text("nis,sib\n41002,77\n", encoding="utf-8")
    (tmp_path / "swaps.csv").write_text("from,to,dwellings\n41002,41048,60\n", encoding="utf-8")
    tables = 'swaps.file = "swaps.csv"\nofficial = { file = "official.csv", partial = true }\n'
    folder = run_experiment(scenario_file(tmp_path, tables), 1, workers=1, out=tmp_path / "run").folder
    (tmp_path / "swaps.csv").rename(folder / "swaps.csv")
    (tmp_path / "swaps.csv").write_text("from,to,dwellings\n41002,41048,61\n", encoding="utf-8")
    explained = Explained(folder)
    assert explained.explain("Aalst", 2028, 0)["sib"] == 77
    assert explained.region.swaps[:, 2].tolist() == [60]
    (folder / "swaps.csv").unlink()
    with pytest.raises(InputError, match="needs the swaps of objectives of this run"):
        Explained(folder)
