"""What a company would need: known answers by hand, intervals that hold the truth, the same replications for all, and what is refused."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim.cli import app
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario, changed, load_scenario
from sim.report.screen import Terminal
from sim.runs.chunk import Task, task_of
from sim.runs.disk.store import read_json
from sim.runs.job import identity
from sim.runs.workers.pool import WorkerKilled, each
from sim.studies.capacity.all_companies import answer_all
from sim.studies.capacity.helpers import helped
from sim.studies.capacity.limits import allocations, deadlines, remaining_bottlenecks
from sim.studies.capacity.own_data import today
from sim.studies.capacity.screen import show_all
from sim.studies.capacity.search import beside, bounds, cheapest, first, minimum, non_monotonic, price, resampled
from sim.studies.capacity.study import Needs, answer, ask, floor_of, planned
from sim.studies.capacity.trials import LEVERS, MAXIMUM, Capacity, Category, Means, Question, Trials, company_of, steps
from sim.studies.capacity.workload import lasting
from tests.support.by_hand import COMPANY, NO_LUCK, ONE_AT_A_TIME, by_hand, fixed_at, region_of, scenario_with, three, trials_of
from tests.support.company import having
from tests.support.project import BASELINE, FORECAST

PRICES = {"managers": 120_000.0, "finance": 250_000.0, "land": 50_000.0}

# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(("permit", "managers"), [(5.0, 3), (0.25, 2)])
def test_managers_by_hand(permit: float, managers: int) -> None:
    """A path of 50 to 2030 asks 25 dwellings on MJP at the end of 2027: three projects of ten, each half a year in preparation.

    A manager with one project at a time brings one there when the permit takes five years, and two when it takes three months.
    """
    task = by_hand({"preparation": 0.5, "permit": permit}, objective_regular=170, land_company=10_000)
    found = minimum(trials_of(task, 20, 2028), "managers")
    assert (found.value, found.low, found.high) == (managers, managers, managers)


@pytest.mark.parametrize(("preparation", "places"), [(0.5, 13), (1.0, 25)])
def test_land_by_hand(preparation: float, places: int) -> None:
    """The same 25 dwellings on land that is bought in two Januaries, or only in the first when preparation takes the whole of a year."""
    task = by_hand({"preparation": preparation, "permit": 5.0}, objective_regular=170)
    found = minimum(trials_of(task, 20, 2028), "land")
    assert (found.value, found.low, found.high) == (places, places, places)


@pytest.mark.parametrize(("months", "finance"), [(12, 2), (11, 1)])
def test_finance_by_hand(months: int, finance: int) -> None:
    """Of 40 dwellings of SIB 20 are to be realised at the end of 2036: two projects of ten, the first on credit as soon as it is awarded.

    With one dwelling a year the second has its money in January 2036, after the ten of the first: eleven months are then just enough.
    """
    years = {"preparation": 0.5, "permit": 0.5, "construction": months / 12}
    task = by_hand(years, sib=40, land_company=10_000)
    found = minimum(trials_of(task, 20, 2037), "finance")
    assert found.value == finance


def test_the_cheapest_combination_by_hand() -> None:
    """Three managers and thirteen places a year: no money is needed to be on MJP."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, size=13, objective_regular=170)
    found = cheapest(trials_of(task, 20, 2028), PRICES)
    assert found.capacity == Capacity(2, 0, 13)
    assert found.cost == 2 * 120_000 + 13 * 50_000
    assert found.interval("cost") == (found.cost, found.cost)
    assert found.resampled["reached"].all()


def test_nobody_plans_with_less_than_there_is() -> None:
    """With four managers and twenty dwellings a year already there, thirteen places are all that has to be added; the rest stays as it is."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, size=13, objective_regular=170)
    found = cheapest(trials_of(task, 20, 2028), PRICES, {"managers": 4, "finance": 20, "land": 0})
    assert found.capacity == Capacity(4, 20, 13)
    assert planned(found.capacity, {"managers": 4, "finance": 20, "land": 0}) == Capacity(None, None, 13)
    question = Question(COMPANY, (2028,), "2", 0.8)
    assert floor_of(Means(6.8, 98.9, 0.0), question) == {"managers": 7, "finance": 99, "land": 0}
    assert floor_of(Means(3.0, 101.5, 0.0), question) == {"managers": 3, "finance": 110, "land": 0}


class Bent(Trials):
    """Trials that nobody ran: the chance falls again beyond 33 managers, so the most of everything is not the best."""

    def passes(self, number: int, capacity: Capacity, since: int | None = None) -> bool:
        """Return whether it is one of those that pass: four in a hundred for each manager, up to seventy, and fewer beyond 33."""
        managers = capacity.managers if capacity.managers is not None else 5
        return number < (min(70, 4 * managers) if managers <= 33 else 60)


def test_what_is_possible_is_the_highest_chance_of_all_that_was_tried() -> None:
    """A wish of 66% is reached by at most 33 managers though a hundred give 60%; one of 80% is not, and 70% is said to be possible."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170)
    for wish, aim in ((0.66, 0.66), (0.8, 0.68)):
        trials = Bent(task, Question(COMPANY, (2028,), "2", wish, ("managers",)), 100)
        minimum(trials, "managers")
        found = cheapest(trials, PRICES)
        assert trials.highest() == 0.7
        assert found.aim == pytest.approx(aim)
        assert found.chance >= aim - 1e-9
        assert found.capacity.managers is not None
        assert found.capacity.managers <= 33
        falls = minimum(trials, "managers").non_monotonic, beside(trials, "managers", found.capacity).non_monotonic
        assert not pd.concat(falls).empty


def test_new_replications_are_others() -> None:
    """The honest chance of a plan comes from replications that the search has not seen."""
    trials = trials_of(with_luck(3), 60, 2031, wish=0.5, levers=("managers",))
    fresh = trials.out_of_sample(Capacity(managers=3))
    assert len(fresh) == 60
    twice = trials_of(with_luck(3), 120, 2031, wish=0.5, levers=("managers",)).passed(Capacity(managers=3))
    assert (fresh == twice[60:]).all()
    assert (trials.passed(Capacity(managers=3)) == twice[:60]).all()


def test_how_long_projects_take_by_hand() -> None:
    """From MJP to KTP 60 months, 1 to award, 1 to start, 12 to build: on MJP by the month that leaves as many.

    The test of 2028 asks what is on MJP only, and who comes there when it measures is in time.
    """
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170, land_company=10_000)
    rows = deadlines(trials_of(task, 20, 2028, 2031), Capacity())
    assert rows["means"].tolist() == ["plan"] * 4 + ["most"] * 4
    rows = rows[rows["means"] == "most"].set_index(["stage", "by"])
    assert rows["months"].to_dict() == {("realised", 2042): 74, ("MJP", 2027): 0, ("KTP", 2030): 60, ("MJP", 2030): 0}
    assert rows["on_mjp"].to_dict() == pytest.approx(
        {("realised", 2042): 2026 + (204 - 74) / 12, ("MJP", 2027): 2028, ("KTP", 2030): 2026, ("MJP", 2030): 2031}
    )


def test_no_capacity_is_enough_and_time_is_what_lacks() -> None:
    """Preparation takes three years, the test comes after two: nothing helps, and the answer says so."""
    task = by_hand({"preparation": 3.0, "permit": 1.0}, objective_regular=170, land_company=10_000)
    trials = trials_of(task, 20, 2028)
    assert [minimum(trials, name).value for name in LEVERS] == [None] * 3
    found = cheapest(trials, PRICES)
    assert (found.aim, found.chance) == (0, 0)
    assert (remaining_bottlenecks(trials)["chance"] == 0).all()


# ---------------------------------------------------------------- the interval holds the truth


def with_luck(seed: int) -> Task:
    """Return one company with one municipality whose projects differ in size and time, under a seed."""
    how: dict[str, Any] = {
        **NO_LUCK,
        "appeal": 0.38,
        "cancelled": 0.12,
        "rent_in_growth": fixed_at(0),
        "shock_company": 0.2,
    }
    scenario = scenario_with(ONE_AT_A_TIME, how)
    scenario = scenario.model_copy(update={"seed": seed})
    return task_of(scenario, region_of(1, stock=100, objective_regular=1_200, land_company=10_000))


@pytest.fixture(scope="module")
def truth() -> tuple[int, float]:
    """The least managers for some 80%, by brute force (5,000 replications); the wish lies halfway between its chance and that of one less.

    So no luck of the brute force can make it another: both chances are three standard errors away from the wish.
    """
    trials = trials_of(with_luck(9_999), 5_000, 2031)
    least = first(lambda k: trials.chance(Capacity(managers=k)) >= 0.8, steps(40))
    assert least is not None
    one_less, enough = (trials.chance(Capacity(managers=k)) for k in (least - 1, least))
    assert (enough - one_less) / 2 > 3 * 0.0057
    return least, (one_less + enough) / 2


def covered(seeds: range, truth: tuple[int, float]) -> tuple[int, int]:
    """Return in how many seeds the intervals of the least and of the cheapest hold the truth, with a hundred replications each."""
    held = [0, 0]
    for seed in seeds:
        trials = trials_of(with_luck(seed), 100, 2031, wish=truth[1], levers=("managers",))
        found = minimum(trials, "managers", curve=False)
        ends = ((found.low or 0, found.high or MAXIMUM["managers"]), cheapest(trials, PRICES).interval("managers"))
        for i, (low, high) in enumerate(ends):
            held[i] += low <= truth[0] <= high
    return held[0], held[1]


@pytest.mark.full
def test_the_interval_of_the_answer_holds_the_truth(truth: tuple[int, float]) -> None:
    """In 8 of 10 seeds at least: fewer would happen once in 80 times if 95% is true."""
    assert min(covered(range(10), truth)) >= 8


@pytest.mark.full
def test_the_interval_of_the_answer_holds_the_truth_in_a_hundred_seeds(truth: tuple[int, float]) -> None:
    """In 90 of 100 seeds at least."""
    assert min(covered(range(100), truth)) >= 90


def of_two_levers(seed: int, replications: int) -> Trials:
    """Return trials of a company that has neither land nor managers of its own to speak of, and is asked about both."""
    task = with_luck(seed)
    task = task._replace(model=task.model._replace(start=without_land(task.model.start)))
    return trials_of(task, replications, 2031, wish=0.7, levers=("managers", "land"))


def without_land(start: np.ndarray) -> np.ndarray:
    """Return the municipalities without company land."""
    bare = start.copy()
    bare["room_company"] = 0
    return bare


@pytest.mark.full
def test_the_interval_of_the_cost_holds_the_truth_for_two_levers_together() -> None:
    """What the cheapest combination costs, found in 4,000 replications, lies in the intervals of at least 34 of 40 seeds of a hundred."""
    truth = cheapest(of_two_levers(9_999, 4_000), PRICES).cost
    held = 0
    for seed in range(40):
        low, high = cheapest(of_two_levers(seed, 100), PRICES).interval("cost")
        held += low <= truth <= high
    assert held >= 34


# ---------------------------------------------------------------- properties


@pytest.fixture(scope="module")
def flemish() -> Task:
    """The baseline, forty replications."""
    scenario = load_scenario(BASELINE, replications=40).central
    return task_of(scenario, load_region(scenario))


def test_every_replication_of_a_drawn_forecast_has_tables_of_its_own(tmp_path: Path, forecast: Scenario) -> None:
    """And means that are tried are laid over them, to the last integer as in a scenario that states them, whose other values are drawn."""
    stated = tmp_path / "stated.toml"
    said = 'unit = "x", status = "assumed", source = "mine" }'
    stated.write_text(
        f'extends = "{FORECAST.as_posix()}"\n[companies."Zetus"]\nmanagers = {{ value = 7, {said}\nland = {{ value = 25, {said}\n'
    )
    scenario, region = load_scenario(stated), load_region(forecast)
    trials = Trials(task_of(forecast, region), Question("Zetus", (2031,), "2B"), 3)
    tried = [*trials.histories(Capacity(managers=7, land=25), replications=3)]
    for number in (0, 2):
        ours = trials.with_means(trials.replays.begun(number).model, Capacity(managers=7, land=25))
        for one, two in zip(task_of(scenario, region).tables(number), ours, strict=True):
            assert np.array_equal(np.asarray(one), np.asarray(two))
    sales = {int(trials.replays.begun(number).model.start["rate_sales"].sum()) for number in range(3)}
    assert len(sales) == len(tried) == 3, "parameters differ between replications"


@pytest.fixture(scope="module")
def zetus(flemish: Task) -> Trials:
    """A company of four municipalities, with what was tried of it."""
    return Trials(flemish, Question("Zetus", (2031,), "2B"), 40)


def test_means_of_its_own_are_those_of_a_scenario(tmp_path: Path) -> None:
    """The tables are, to the last integer, those of a scenario that gives the company the same means."""
    scenario = having(tmp_path, "managers=7 finance=33 land=25")
    region = load_region(scenario)
    plain = having(tmp_path, "managers=1").model_copy(update={"companies": {}})
    trials = Trials(task_of(plain, region), Question("WM Dender-Zuid", (2031,)), 1)
    ours = trials.with_means(trials.task.model, Capacity(7, 33, 25))
    for one, two in zip(build_model(scenario, region), ours, strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(two))


def test_as_they_are_is_the_model_itself(flemish: Task, zetus: Trials) -> None:
    """Nothing set: the same verdicts as the baseline, of the same replications."""
    plain = [replicate(flemish.model, k).tests["category"][:, zetus.members].max(axis=1) for k in range(5)]
    assert np.array_equal(zetus.verdicts(Capacity())[:5], np.array(plain)[:, zetus.tests])


def test_all_capacities_see_the_same_replications_once(zetus: Trials) -> None:
    """Asked again, nothing is computed; and each capacity has a verdict of every replication."""
    before, known = zetus.done, len(zetus.known)
    minimum(zetus, "managers", curve=False)
    done = zetus.done
    minimum(zetus, "managers", curve=False)
    assert zetus.done == done == before + 40 * (len(zetus.known) - known)
    assert {values.shape for values in zetus.known.values()} == {(40,)}


@pytest.mark.parametrize("lever", ["managers", "land"])
def test_a_higher_wish_needs_no_less(zetus: Trials, lever: str) -> None:
    """More certainty never comes with less capacity, and the answer lies in its interval."""
    before = -1
    for wish in (0.3, 0.5, 0.7, 0.9):
        zetus.question = zetus.question._replace(probability=wish)
        found = minimum(zetus, lever, curve=False)
        least = MAXIMUM[lever] + 1 if found.value is None else found.value
        assert least >= before
        assert (found.low or 0) <= least <= (MAXIMUM[lever] + 1 if found.high is None else found.high)
        before = least


def test_2B_asks_no_more_than_2(flemish: Task) -> None:
    """Who is not in category 2 is not in 2B."""
    chances = [Trials(flemish, Question("Zetus", (2031, 2034), c), 40).passed(Capacity(managers=9)) for c in get_args(Category)]
    assert (chances[0] <= chances[1]).all()


@pytest.mark.full
def test_the_cheapest_reaches_its_aim_and_no_neighbour_is_cheaper(flemish: Task) -> None:
    """One less of any lever, with the others as they are in it, does not reach, as far as the search looks; where no opportunity lacks."""
    scenario = changed(flemish.scenario, {"uncertainties": {"opportunities": {"value": "unlimited"}}}, "unlimited", "test")
    trials = Trials(task_of(scenario, load_region(scenario)), Question("Zetus", (2031,), "2B", 0.9), 40)
    found = cheapest(trials, PRICES)
    assert found.chance >= found.aim
    assert found.cost == price(found.capacity, PRICES)
    assert found.capacity.managers is not None
    if found.capacity.managers:
        assert trials.chance(found.capacity._replace(managers=found.capacity.managers - 1)) < found.aim
    low, high = found.interval("cost")
    assert low <= found.cost <= high


def test_resamples_of_companies_belong_together(flemish: Task) -> None:
    """The draws are those of the seed alone: two companies see the same replications drawn anew."""
    rows = []
    for company in ("Zetus", "Tuinwijk"):
        trials = Trials(flemish, Question(company, (2031,), "2B", 0.8, ("managers",)), 40)
        trials.known[Capacity(100), None] = np.arange(40) % 4 > 1
        rows.append(resampled(trials, [Capacity(100)], PRICES)["reached"])
    assert rows[0].equals(rows[1])


@given(st.integers(0, 1_200), st.integers(0, 1_200))
def test_the_first_that_reaches_is_found(least: int, most: int) -> None:
    """By bisection, on the capacities that are tried; None when none does."""
    places = steps(most)
    assert places == sorted(set(places))
    assert places[-1] >= most
    assert first(lambda k: k >= least, places) == next((k for k in places if k >= least), None)


def test_a_fall_is_said_and_luck_is_not() -> None:
    """Fewer passes with more capacity: said when the pairs leave no doubt."""
    one, two = np.arange(100) < 80, np.arange(100) < 60
    assert non_monotonic([1, 2], [one, two])[["from", "to"]].to_numpy().tolist() == [[1, 2]]
    assert non_monotonic([1, 2, 3], [one, np.arange(100) < 79, one]).empty


def test_censored_projects_count_as_long_as_they_were_seen() -> None:
    """Kaplan and Meier by hand: 1 of 4 at 1; one leaves at 2; of the two left one at 3: a quarter, then five eighths have arrived."""
    seen, there = np.array([1, 2, 3, 5]), np.array([True, False, True, False])
    assert [lasting(seen, there, share) for share in (0.25, 0.6)] == [1, 3]
    assert np.isnan(lasting(seen, there, 0.8))


def test_todays_means_add_up_to_flanders(flemish: Task) -> None:
    """Every company's part of the money together is what Flanders can finance in the first year, at the middle of what is thought of."""
    parts = [today(flemish.scenario, flemish.region, company).finance for company in flemish.region.company_names]
    levers, how = flemish.scenario.levers, flemish.scenario.uncertainties
    everything = float(how.budget.quantile(0.5)) * levers.finance_scale.value * (1 - levers.renovation_share.value)
    assert sum(parts) == pytest.approx(1000 * everything / how.cost.value, abs=0.05 * len(parts))


def test_a_helper_lives_its_part_and_the_answers_are_the_same(flemish: Task) -> None:
    """Each replication passes or not as it does in one process, whoever lives it; afterwards this process is alone again."""
    alone, both = (Trials(flemish, Question("Zetus", (2028,), "2B"), 20) for _ in range(2))
    with helped(both, 2):
        for capacity, since in ((Capacity(), None), (Capacity(managers=9, land=40), None), (Capacity(managers=9), 2027)):
            assert np.array_equal(both.passed(capacity, since), alone.passed(capacity, since))
        assert np.array_equal(both.out_of_sample(Capacity()), alone.out_of_sample(Capacity()))
    assert both.done == alone.done
    assert set(both.replays.kept) < set(alone.replays.kept)
    both.out_of_sample(Capacity())
    assert set(both.replays.kept) >= set(range(20, 40))


def test_policies_are_compared_in_pairs(flemish: Task) -> None:
    """Four policies, three outcomes, the one of today against itself without any difference."""
    rows = allocations(Trials(flemish, Question("Zetus", (2031,), "2B"), 20))
    assert len(rows) == 12
    assert (rows[rows["now"]][["difference", "low95", "high95"]] == 0).all(axis=None)
    assert rows.groupby("outcome")["value"].nunique().max() > 1


# ---------------------------------------------------------------- all companies


def test_all_companies_are_ranked_and_kept(tmp_path: Path) -> None:
    """One or two processes give the same; what is there is not computed again; Flanders' totals are the sums."""
    task, question = three()
    found = [answer_all(task, question, tmp_path / str(workers), workers) for workers in (1, 2)]
    assert found[0].summary() == found[1].summary()
    companies = tmp_path / "1" / "companies"
    before = {path.name: path.stat().st_mtime_ns for path in companies.iterdir()}
    lost = companies / "company-1.json"
    content = lost.read_bytes()
    lost.unlink()
    done: list[int] = []
    again = answer_all(task, question, tmp_path / "1", 1, lambda some, of: done.append(some * 3 // of))
    assert done == [3]
    assert lost.read_bytes() == content
    after = {path.name: path.stat().st_mtime_ns for path in companies.iterdir()}
    assert [name for name in before if before[name] != after[name]] == [lost.name]
    assert again.summary() == found[0].summary()
    totals = again.tables["all_totals"].set_index("mean")
    assert totals["need"]["managers"] == again.tables["all"]["managers_need"].sum()
    assert totals["low95"]["cost"] <= totals["need"]["cost"] <= totals["high95"]["cost"]
    assert again.tables["all"]["times_today"].is_monotonic_decreasing


def test_a_folder_of_another_question_is_refused(tmp_path: Path) -> None:
    """Nothing is mixed, and nothing is overwritten."""
    task, question = three()
    answer_all(task, question._replace(levers=("managers",)), tmp_path, 1)
    with pytest.raises(InputError, match="another question"):
        answer_all(task, question._replace(levers=("managers",), probability=0.6), tmp_path, 1)


def killed(_: int) -> None:
    """Die, as a worker does that the system has no memory for."""
    os._exit(1)


def test_a_worker_that_is_killed_ends_in_one_line() -> None:
    """What was finished is kept, so the command can go on; see `answer_all`."""
    with pytest.raises(WorkerKilled, match="a worker was killed"):
        list(each(killed, [1, 2], 2))


# ---------------------------------------------------------------- the whole answer


@pytest.mark.full
def test_the_whole_answer_is_written(tmp_path: Path) -> None:
    """One object with everything, and its tables; the same again gives the same bytes."""
    scenario = load_scenario(BASELINE, replications=20).central
    task, question = ask(scenario, "zetus", 0.5, "2031", "2B", ("managers", "land"))
    assert question.company == "Zetus"
    found = [answer(task, question, tmp_path / name) for name in "ab"]
    assert found[0].summary() == found[1].summary()
    assert read_json(tmp_path / "a" / Needs.ANSWER) == json.loads(json.dumps(found[0].summary()))
    curves = pd.read_csv(tmp_path / "a" / "capacity_curves.csv")
    assert set(curves["lever"]) == {"managers", "land"}
    curves = curves[curves["others"] == "as they are"]
    assert (curves["low95"] <= curves["chance"] + 1e-9).all()
    assert (curves["chance"] <= curves["high95"] + 1e-9).all()


@pytest.mark.parametrize(
    ("asked", "found"),
    [("wm dender-zuid", "WM Dender-Zuid"), (" WOONST ", "WoonST"), ("Zetus", "Zetus")],
)
def test_companies_are_found_in_any_case(asked: str, found: str) -> None:
    """As they are written, or not."""
    assert company_of(asked, load_region().company_names) == found


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Dender Zuid", "WM Dender-Zuid"),
        ("Limburg", "Wonen in Limburg (WiL)"),
        ("Woonpunt Zenevalei", "Woonpunt Zennevallei"),
        ("zethus", "Zetus"),
    ],
)
def test_a_misspelt_company_suggests_the_nearest(asked: str, meant: str) -> None:
    """With the name as it is written."""
    with pytest.raises(InputError, match=r"no such company; did you mean") as error:
        company_of(asked, load_region().company_names)
    assert repr(meant) in str(error.value)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"probability": 1.0}, "--probability: found 1; more than 0"),
        ({"test": "2030"}, "--test: found '2030'; allowed: all, 2028, 2031"),
        ({"levers": ("people",)}, "--levers: found 'people'; some of managers, finance, land"),
        ({"levers": ("land", "land")}, "each once"),
    ],
)
def test_what_cannot_be_asked_is_refused(baseline: Scenario, asked: dict[str, Any], message: str) -> None:
    """With what is allowed, before anything is computed."""
    with pytest.raises(InputError) as error:
        ask(baseline, "Zetus", **asked)
    assert message in str(error.value)


def test_a_scenario_without_costs_is_refused(baseline: Scenario) -> None:
    """The cheapest combination needs them."""
    with pytest.raises(InputError, match=r"costs: missing"):
        ask(baseline.model_copy(update={"costs": None}), "Zetus")


def test_costs_say_unit_status_and_source() -> None:
    """Each is assumed, and says so."""
    costs = tomllib.loads(FORECAST.read_text(encoding="utf-8"))["costs"]
    for row in costs.values():
        assert row["status"] == "assumed"
        assert row["unit"].startswith("euro")
        assert row["source"]


def test_other_costs_are_the_same_experiment(flemish: Task) -> None:
    """Nothing that is simulated depends on them, so results of before are still those of the scenario."""
    assert flemish.scenario.costs is not None
    free = task_of(flemish.scenario.model_copy(update={"costs": None}), flemish.region)
    assert identity(flemish) == identity(free)
    assert "costs" not in identity(flemish)["scenario"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Zethus"], "did you mean 'Zetus'?"),
        ([], "the name of one company is needed, or --all"),
        (["Zetus", "--all"], "the name of one company is needed, or --all"),
        (["Zetus", "--replications", "5"], "--replications: found 5; a chance with its interval needs at least 20"),
    ],
)
def test_the_command_refuses_in_one_line(words: list[str], message: str) -> None:
    """Before anything is computed."""
    assert message in str(CliRunner().invoke(app, ["capacity", *words]).exception)


@pytest.mark.parametrize("lang", ["en", pytest.param("nl", marks=pytest.mark.full)])
def test_the_command_answers(tmp_path: Path, lang: str) -> None:
    """On the screen and in a picture, in both languages; one object with --json."""
    words = ["capacity", "zetus", "--test", "2031", "--levers", "managers,land", "--replications", "20", "--out", str(tmp_path)]
    shown = CliRunner().invoke(app, [*words, "--lang", lang])
    assert shown.exit_code == 0
    assert "Zetus" in shown.output
    assert (tmp_path / f"capacity_{lang}.png").stat().st_size > 20_000
    if lang == "nl":
        found = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
        assert found["question"]["category"] == "2B"
        assert set(found["levers"]) == {"managers", "land"}


def test_all_companies_are_shown(tmp_path: Path) -> None:
    """The ranking on the screen and in a picture, in both languages."""
    task, question = three()
    found = answer_all(task, question._replace(levers=("managers",)), tmp_path, 1)
    for lang in ("nl", "en"):
        console = Terminal(record=True, width=100)
        show_all(found, found.plot(lang), lang, console)
        text = console.export_text()
        assert all(name in text for name in task.region.company_names)


def test_bounds_hold_the_chance(zetus: Trials) -> None:
    """Also where replications depend on each other."""
    passed = np.arange(40) < 30
    for sampling in ("plain", "sobol", "antithetic"):
        task = task_of(zetus.task.scenario.model_copy(update={"sampling": sampling}), zetus.task.region)
        low, high = bounds(passed, Trials(task, zetus.question, 40))
        assert 0 <= low < 0.75 < high <= 1
