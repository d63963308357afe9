"""The workload, the early warning and the timetable of a company: known answers by hand, sums, and the story that `bso why` tells."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from sim.inputs.workbook.data import OwnProject, Workbook
from sim.report.language import Language
from sim.report.parts import Table
from sim.runs.chunk import Task, task_of
from sim.runs.experiment import run_experiment
from sim.studies.capacity.report.page import CompanyPage
from sim.studies.capacity.report.time import early_warning
from sim.studies.capacity.study import Needs, find, planned
from sim.studies.capacity.trials import Capacity, Question, Trials
from sim.studies.capacity.warning import BRINGS, NEXT, pivotal_cases, queues, shortfall, warnings
from sim.studies.capacity.words.company import CompanyWords
from sim.studies.capacity.workload import UNITS, measured, see, timetable, waited, workload
from sim.tracing import trace
from sim.tracing.explained import Explained
from tests.support.by_hand import COMPANY, by_hand, trials_of
from tests.support.project import BASELINE

FEW = 20
PLACE = "municipality 0"


@pytest.fixture(scope="module")
def zetus() -> Trials:
    """A company of four municipalities in the baseline, all tests."""
    scenario = load_scenario(BASELINE, replications=FEW).central
    task = task_of(scenario, load_region(scenario))
    return Trials(task, Question("Zetus", (2028, 2031, 2034, 2037, 2040), "2"), FEW)


def kerkveld() -> Task:
    """Return the company by hand without land, with one project of its own: in preparation, expected on MJP in June 2029."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170)
    project = OwnProject(
        name="Kerkveld", nis=11001, dwellings=24, stage="preparation", on_mjp=date(2029, 6, 1), delivered=date(2036, 3, 1)
    )
    books = {COMPANY: Workbook(projects=(project,))}
    return task_of(task.scenario.model_copy(update={"workbooks": books}), task.region)


# ---------------------------------------------------------------- by hand


def test_the_workload_by_hand() -> None:
    """Three managers with a project of ten each: half a year of preparation, five of permit; two months to start, twelve to build.

    Begun in the months 1, 67, 133 and 199 the works start in 69, 135 and 201, and the first two lots are delivered in 81 and 147.
    """
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170, land_company=10_000)
    rows = workload(trials_of(task, FEW, 2028), Capacity(managers=3))
    plan = rows[(rows["means"] == "plan") & (rows["municipality"] == PLACE)].set_index(["measure", "year"])
    assert (plan["p10"] == plan["p90"]).all()
    per_year: dict[str, Any] = {measure: plan.loc[measure, "p50"] for measure in UNITS}
    assert per_year["projects"].tolist() == per_year["managers"].tolist() == [3] * 17
    for measure, years in (("places", [2026, 2031, 2037, 2042]), ("starts", [2031, 2037, 2042]), ("delivered", [2032, 2038])):
        assert per_year[measure][per_year[measure] > 0].to_dict() == dict.fromkeys(years, 30)
    assert per_year["euro"].max() == 30 * 280_000
    assert per_year["on_mjp"][2030] == 30
    assert per_year["no_slot"][2026] == 140


def test_dwellings_without_a_project_by_hand() -> None:
    """Land for 13 of the 25 dwellings that must be on MJP at the end of 2027: for 12 there is no project, to be begun six months before."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170)
    task = task_of(task.scenario, replace(task.region, own_land={0: 13}))
    (row,) = warnings(trials_of(task, FEW, 2028)).to_dict("records")
    assert row == {
        **{"test": 2028, "municipality": PLACE, "fails": 1, "kind": "none", "project": "", "stage_today": "", "needed": "MJP"},
        **{
            "queue": "no project",
            "share": 1,
            "dwellings": 12,
            "lacks": 12,
            "step": "preparation",
            "latest": "2027-06",
            "mendable": True,
        },
    }


def test_late_projects_by_hand() -> None:
    """Three years of preparation: three projects of ten would have made the difference, had they begun a year before the forecast."""
    task = by_hand({"preparation": 3.0, "permit": 1.0}, objective_regular=170, land_company=10_000)
    (row,) = warnings(trials_of(task, FEW, 2028)).to_dict("records")
    assert (row["kind"], row["queue"], row["share"], row["dwellings"], row["lacks"]) == ("new", "preparation", 1, 30, 25)
    assert (row["step"], row["latest"], row["mendable"]) == ("preparation", "2024-12", False)


def test_a_named_project_by_hand() -> None:
    """Too late in the replications in which it is; on MJP by the measurement itself. What it is too small for, no project makes up for."""
    trials = trials_of(kerkveld(), FEW, 2028)
    seen = see(trials, Capacity())
    late = float((seen.projects["mjp"] > 24).mean())
    rows = warnings(trials).set_index("kind")
    assert 0 < late < 1
    assert rows.loc["under way", ["project", "stage_today", "share", "dwellings"]].tolist() == ["Kerkveld", "preparation", late, 24]
    assert rows.loc["under way", ["needed", "step", "latest", "queue"]].tolist() == ["MJP", "on_mjp", "2027-12", "preparation"]
    assert rows.loc["none", ["share", "dwellings"]].tolist() == [1, 1]
    (when,) = timetable(trials).to_dict("records")
    assert (when["project"], when["projects"], when["dwellings"], when["expected"]) == ("Kerkveld", 1, 24, "2036-03")
    assert when["on_mjp_p10"] <= when["on_mjp_p50"] <= when["on_mjp_p90"]
    assert when["delivered_by_end"] == float((seen.projects["stage"] == 6).mean())
    assert when["queue"] in ("preparation", "permit")


def test_nobody_gives_back_what_there_is() -> None:
    """To plan for: only what is more than today."""
    assert planned(Capacity(10, 110, 60), {"managers": 7, "finance": 110, "land": 0}) == Capacity(10, None, 60)


# ---------------------------------------------------------------- sums, and what the engine itself keeps


def test_all_municipalities_together_are_their_sum_in_every_replication(zetus: Trials) -> None:
    """And what the engine keeps of the company itself: slots held, dwellings started, dwellings that wait for money."""
    values = measured(see(zetus, Capacity()), zetus)
    whole = {measure: x.sum(axis=2) for measure, x in values.items()}
    for number, history in enumerate(zetus.histories(replications=FEW)):
        kept = history.companies[:, zetus.company]
        assert whole["projects"][number].tolist() == kept["held"].tolist()
        assert whole["starts"][number].tolist() == kept["started"].tolist()
        assert whole["waiting_money"][number].tolist() == kept["waiting_money"].tolist()
    rows = workload(zetus, Capacity(managers=9))
    company = rows[(rows["means"] == "as_is") & (rows["municipality"] == "")].set_index(["measure", "year"]).sort_index()
    for measure, of_measure in whole.items():
        for column, share in (("p10", 10), ("p50", 50), ("p90", 90)):
            assert company.loc[measure, column].to_numpy() == pytest.approx(np.percentile(of_measure, share, axis=0))
        assert company.loc[measure, "mean"].to_numpy() == pytest.approx(of_measure.mean(axis=0))
    assert len(rows) == 2 * 5 * 17 * len(UNITS)
    assert np.isfinite(rows[["mean", "p10", "p50", "p90"]].to_numpy()).all()


def test_every_month_of_a_project_is_in_one_queue(zetus: Trials) -> None:
    """From the start on, all waits together last until it is delivered or cancelled, or to the end of the forecast."""
    seen, end = see(zetus, Capacity()), zetus.task.scenario.months
    projects = seen.projects[seen.stage_today != ""]
    months = np.sum(list(waited(projects, end).values()), axis=0)
    assert months.tolist() == np.where(projects["ended"] < 0, end, projects["ended"]).tolist()
    rows = timetable(zetus)
    assert rows["dwellings"].sum() == pytest.approx(projects["dwellings"].sum() / FEW)
    assert (rows["cancelled"] + rows["delivered_by_end"] <= 1).all()
    for step in ("on_mjp", "on_ktp", "start", "delivered"):
        bands = rows[[f"{step}_p{share}" for share in (10, 50, 90)]].to_numpy()
        assert not (np.diff(bands, axis=1) < 0).any()


def test_shares_are_within_what_fails(zetus: Trials) -> None:
    """A project makes a difference only where its municipality fails; the next step is never beyond the one that is needed."""
    rows = warnings(zetus)
    assert (rows["share"] <= rows["fails"]).all()
    assert rows["share"].is_monotonic_decreasing
    steps = ["preparation", "on_mjp", "on_ktp", "start", "delivered"]
    assert all(steps.index(r["step"]) <= steps.index(BRINGS[r["needed"]]) for r in rows.to_dict("records"))
    assert (rows["step"] == rows["stage_today"].map(NEXT)).all()
    known = rows[rows["latest"] != ""]
    assert ((known["latest"] >= "2026-01") == known["mendable"]).all()
    decided = known[known["step"].isin(["on_mjp", "on_ktp"]) & (known["stage_today"] != "dormant")]
    assert set(decided["latest"].str[-2:]) <= {"04", "08", "12"}
    assert np.isfinite(rows[["fails", "share", "dwellings", "lacks"]].to_numpy()).all()


def test_the_warning_of_a_replication_is_the_story_of_why(zetus: Trials, tmp_path: Path) -> None:
    """The same projects, for the same stage, and as many dwellings without one, as `bso why` finds walking the replication again."""
    explained = Explained(run_experiment(BASELINE, 2, workers=1, out=tmp_path / "run").folder)
    seen, compared = see(zetus, Capacity()), 0
    for number, (year, tested) in enumerate(trace.tests_of(zetus.task.scenario.law).items()):
        short = shortfall(zetus, seen, tested, number)
        cases = pivotal_cases(zetus, seen, tested, short)
        for place in np.flatnonzero(short.fails[1])[:2]:
            name = zetus.task.region.names[zetus.members[place]]
            own = cases[(cases["replication"] == 1) & (cases["municipality"] == name)]
            story = explained.explain(name, year, 1)
            some = own[own["kind"] != "none"]
            told = {(p["number"], p["needed"], p["dwellings"]) for p in story["projects"]}
            assert set(some[["number", "needed", "dwellings"]].itertuples(index=False, name=None)) == told
            assert own.loc[own["kind"] == "none", "dwellings"].sum() == story["no_project"]
            assert short.lacks[1, place] == story["least_change"]["dwellings"]
            compared += 1
    assert compared >= 3


def test_queues_by_hand() -> None:
    """One project through its stages, and one that sleeps before it is asked for again: in each month the queue it is in."""
    names = ["preparation", "asleep", "asked", "mjp", "ktp", "award", "ready", "construction", "ended", "stage"]
    row = np.zeros(1, [(name, np.int32) for name in names])
    row[0] = (2, -1, -1, 8, 20, 22, 24, 30, 42, 6)
    found = [str(queues(row, month)[0]) for month in (2, 7, 8, 20, 23, 24, 29, 30, 41, 42)]
    assert found == ["preparation"] * 2 + ["permit"] + ["award"] * 2 + ["money"] * 2 + ["construction"] * 2 + ["letting"]
    row["stage"] = 7
    assert queues(row, 42).tolist() == ["cancelled"]
    row["asleep"], row["asked"] = 4, 6
    assert [str(queues(row, month)[0]) for month in (3, 4, 5, 6, 7, 8)] == [
        "preparation",
        "asleep",
        "asleep",
        "slot",
        "slot",
        "permit",
    ]


# ---------------------------------------------------------------- the whole answer, in words and pictures


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Needs:
    """The whole answer for Zetus, of which nothing is under way but one project of its own."""
    region = load_region()
    nis = int(region.nis[region.company == region.company_names.index("Zetus")][0])
    project = OwnProject(name="Kerkveld", nis=nis, dwellings=24, stage="preparation", on_mjp=date(2029, 6, 1))
    scenario = load_scenario(BASELINE, replications=FEW).central.model_copy(
        update={"workbooks": {"Zetus": Workbook(projects=(project,))}}
    )
    return find(
        task_of(scenario, load_region(scenario)),
        Question("Zetus", (2028,), "2", 0.8, ("managers",)),
        tmp_path_factory.mktemp("zetus"),
    )


def test_the_answer_holds_them_and_writes_them(found: Needs) -> None:
    """As tables, and the most telling of them in the object."""
    found.write()
    for name in ("workload", "warnings", "timetable"):
        frame = found.tables[name]
        written = pd.read_csv(found.folder / f"capacity_{name}.csv")
        assert list(written.columns) == [*frame.columns, "standing"]
        assert len(written) == len(frame) > 0
    summary = found.summary()
    assert [row["project"] for row in summary["warnings"]] == found.tables["warnings"]["project"].tolist()
    assert set(summary["workload"]) == {"as_is", "plan"}
    assert set(summary["workload"]["plan"]) == set(UNITS)


def test_the_warning_in_plain_words(found: Needs) -> None:
    """The project by its name, with its queue, its test and its last date; what has passed when it is asked is no advice."""
    row = found.tables["warnings"]["project"].tolist().index("Kerkveld")
    words = CompanyWords(replace(found, facts={**found.facts, "asked_in": "2026-01"}), Language("nl"))
    share, often = (f"{20 * found.tables['warnings'][name][row]:.0f} op 20 simulaties" for name in ("share", "fails"))
    assert words.warning(row) == (
        f"project Kerkveld (24 woningen, dan nog in voorbereiding) maakt in {share} het verschil; uiterlijk in december "
        f"2027 op de MJP."
    )
    place, lacks = (found.tables["warnings"][name][row] for name in ("municipality", "lacks"))
    assert words.failing(row) == (f"{place}, toets 2028: faalt in {often}; er ontbreken dan gemiddeld {round(lacks)} woningen.")
    late = CompanyWords(replace(found, facts={**found.facts, "asked_in": "2027-12"}), Language("nl"))
    assert "te laat om" in late.warning(row)
    assert "projectleiders" in words.workload()
    assert Language("en").name("stage", "MJP") == "on MJP"


def with_warnings(needs: Needs, rows: list[Any]) -> CompanyWords:
    """Return the words on an answer with other warnings."""
    return CompanyWords(replace(needs, tables={**needs.tables, "warnings": pd.DataFrame(rows)}), Language("nl"))


def test_no_test_and_no_municipality_crowds_out_the_others(found: Needs) -> None:
    """Where each fails at every test, three of each are shown, with at most three lines; of one municipality three tests."""
    row = found.tables["warnings"].iloc[0]
    cases = [(test, place) for test in (2028, 2031, 2034) for place in ("A", "B", "C")]
    rows = [{**row, "test": test, "municipality": place, "fails": 0.9 - 0.1 * n} for n, (test, place) in enumerate(cases)] * 4
    heads, lines = zip(*with_warnings(found, rows).warnings(), strict=True)
    assert [head.split(":")[0] for head in heads] == ["A, toets 2028", "B, toets 2031", "C, toets 2034"]
    assert {len(of_place) for of_place in lines} == {3}
    only = [case for case in rows if case["municipality"] == "A"]
    alone = with_warnings(found, only).warnings()
    assert [head.split(":")[0] for head, _ in alone] == ["A, toets 2028", "A, toets 2031", "A, toets 2034"]


def test_a_deadline_that_nobody_can_tell_is_not_too_late(found: Needs) -> None:
    """In the table as in the sentence: the forecast was too short to tell; one that has passed is too late in both."""
    row = found.tables["warnings"].iloc[0]
    for latest, of_table, of_sentence in (("", "niet bekend", "valt niet te zeggen"), ("2024-12", "te laat", "te laat")):
        of_row = pd.DataFrame([{**row, "latest": latest, "mendable": False}])
        page = CompanyPage(CompanyWords, replace(found, tables={**found.tables, "warnings": of_row}), "nl")
        table = early_warning(page).parts[-1]
        assert isinstance(table, Table)
        assert of_table in table.rows[0]
        assert of_sentence in page.words.deadline(0)


@pytest.mark.full
def test_pictures_are_the_same_bytes_again(found: Needs) -> None:
    """All three of them, in both languages."""
    for lang in ("nl", "en"):
        first = [path.read_bytes() for path in found.plot(lang)]
        assert [path.read_bytes() for path in found.plot(lang)] == first
    assert len(list(found.folder.glob("*.png"))) == 6
