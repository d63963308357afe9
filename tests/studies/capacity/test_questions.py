"""What companies ask beside the least that is enough: the best use of money, going on together, hiring later, what is within reach."""

import io
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.engine import replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.report.screen import Terminal
from sim.runs.chunk import Task, task_of
from sim.studies.capacity.hiring import hiring
from sim.studies.capacity.own_data import today
from sim.studies.capacity.screen import show_spending
from sim.studies.capacity.search import EXACT, cheapest, minimum, price
from sim.studies.capacity.spending import find_most, most_for
from sim.studies.capacity.study import ask
from sim.studies.capacity.together import APART, TOGETHER, beside_each_other, merged
from sim.studies.capacity.trials import REACH, Capacity, Means, Question, Trials, steps, within_reach
from tests.support.by_hand import COMPANY, by_hand, three, trials_of

PRICES = {"managers": 120_000.0, "finance": 250_000.0, "land": 50_000.0}


@pytest.fixture(scope="module")
def drawn(forecast: Scenario) -> Task:
    """The forecast, in which every replication has tables of its own."""
    return task_of(forecast, load_region(forecast))


# ---------------------------------------------------------------- as fast as it is, the same as all of it


def test_a_replication_lived_again_is_the_replication(drawn: Task) -> None:
    """To the last bit, for means of each kind, to the end and up to a test; and the draws are as they were."""
    trials = Trials(drawn, Question("WM Dender-Zuid", (2031,), "2B"), 2)
    for number in (0, 1):
        for capacity in (Capacity(), Capacity(9, 60, 40), Capacity(managers=2), Capacity(finance=0)):
            model = trials.with_means(trials.replays.begun(number).model, capacity)
            whole = replicate(model, number)
            for until, years in ((None, len(whole.years)), (66, 5)):
                state = trials.replays.lived(number, model, until)
                for kept, ours in (
                    (whole.years, state.years),
                    (whole.companies, state.company_years),
                    (whole.flanders, state.flanders),
                ):
                    assert kept[:years].tobytes() == ours[:years].tobytes()
            assert whole.tests[:2].tobytes() == state.tests[:2].tobytes()


def test_who_failed_a_test_is_lived_no_further_and_judged_the_same(drawn: Task) -> None:
    """Over all tests, in both categories."""
    for category, worst in (("2", 2), ("2B", 3)):
        trials = Trials(drawn, Question("Zetus", (2028, 2031, 2034, 2037, 2040), category), 6)  # type: ignore[arg-type]
        for capacity in (Capacity(), Capacity(managers=6, land=60)):
            whole = [replicate(trials.with_means(trials.replays.begun(k).model, capacity), k) for k in range(6)]
            expected = [bool((h.tests["category"][:5, trials.members] < worst).all()) for h in whole]
            assert trials.passed(capacity).tolist() == expected


def test_the_search_finds_what_trying_everything_finds() -> None:
    """The cheapest of all combinations of two levers, and the least of each, by brute force."""
    for permit, size in ((5.0, 10), (0.25, 13)):
        trials = trials_of(
            by_hand({"preparation": 0.5, "permit": permit}, size=size, objective_regular=170), 2, 2028, levers=("managers", "land")
        )
        trials.most = {"managers": 6, "finance": 0, "land": 40}
        every = [Capacity(managers, None, land) for managers in steps(6) for land in steps(40)]
        enough = [capacity for capacity in every if trials.chance(capacity) >= 0.8 - EXACT]
        found = trials_of(trials.task, 2, 2028, levers=("managers", "land"))
        found.most = trials.most
        assert cheapest(found, PRICES).cost == min(price(capacity, PRICES) for capacity in enough)
        assert len(found.known) < len(every) / 4
        land = [k for k in steps(40) if trials.chance(Capacity(land=k)) >= 0.8 - EXACT]
        assert minimum(found, "land").value == (land[0] if land else None)


# ---------------------------------------------------------------- within reach


def test_what_is_beyond_reach_is_not_tried(drawn: Task) -> None:
    """Three times what there is; of land, of which there is none, three times what the objective asks in a year; and one manager more."""
    trials = Trials(drawn, Question("Zetus", (2031,), "2B"), 1)
    most = within_reach(trials, Means(2.0, 500.0, 0.0))
    assert most["managers"] == REACH * 2
    assert most["finance"] == REACH * 500
    asked = REACH * trials.objective / 17
    assert asked <= most["land"] <= 1.1 * asked + 1
    assert within_reach(trials, Means(0.2, 0.0, 0.0))["managers"] == 2


def test_today_is_what_the_table_to_fill_in_says(tmp_path: Path, drawn: Task) -> None:
    """The same number in the template and in the answer."""
    done = CliRunner().invoke(app, ["template", "company", "zetus", "--out", str(tmp_path / "zetus")])
    assert done.exit_code == 0
    rows = [line.split(";") for line in (tmp_path / "zetus" / "personeel.csv").read_text("utf-8-sig").splitlines()[1:]]
    written = [float(row[3].replace(",", ".")) for row in rows]
    assert written == list(today(drawn.scenario, drawn.region, "Zetus"))


def test_the_template_ends_with_a_command_to_paste(tmp_path: Path) -> None:
    """On a line of its own, about one test, in quotes in which a shell changes nothing."""
    done = CliRunner().invoke(app, ["template", "company", "!Mpuls Menen-Wervik", "--out", str(tmp_path / "own")])
    assert done.output.splitlines()[-1].startswith("bso capacity '!Mpuls Menen-Wervik' --test 2031 --data ")


# ---------------------------------------------------------------- money, together, hiring


def test_a_budget_by_hand(tmp_path: Path) -> None:
    """One manager brings one project of three in time, land enough: money for two managers more goes to managers, and the rest stays."""
    task = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170, land_company=10_000)
    task = task_of(task.scenario.model_copy(update={"replications": 4}), task.region)
    found = find_most(task, Question(COMPANY, (2028,), "2", 0.8, ("managers", "land")), 400_000, tmp_path)
    table = found.tables["spending"].set_index("who")
    assert (table["euro"] <= 400_000).all()
    assert table["chance"]["best split"] == table["chance"].max() == found.tables["splits"]["chance"].max()
    cheaper = found.tables["splits"].query("chance == chance.max()")["euro"].min()
    assert table["euro"]["best split"] == cheaper


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", {"projectleiders", "bouwplaatsen"}), ("en", {"managers", "dwellings", "places"})]
)
def test_the_table_of_a_budget_breaks_no_word(lang: str, words: set[str], tmp_path: Path) -> None:
    """With every lever, in 80 columns."""
    task, out = by_hand({"preparation": 0.5, "permit": 5.0}, objective_regular=170, land_company=10_000), io.StringIO()
    task = task_of(task.scenario.model_copy(update={"replications": 4}), task.region)
    found = find_most(task, Question(COMPANY, (2028,), "2", 0.8, ("managers", "finance", "land")), 400_000, tmp_path)
    show_spending(found, [], lang, Terminal(width=80, file=out))
    heads, rows = (part.split() for part in out.getvalue().split("─" * 9, 1))
    assert words <= set(heads)
    assert words <= set(rows)


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    """Before anything is computed."""
    with pytest.raises(InputError, match="--budget: found"):
        most_for("Zetus", budget)


def test_companies_together_have_the_sum(drawn: Task) -> None:
    """All municipalities, the objectives and the estimated means together; the others are untouched; apart is what each gives alone."""
    names = ("Zetus", "WM Dender-Zuid")
    task, question = ask(drawn.scenario.model_copy(update={"replications": 20}), names, test="2028")
    assert question.company == "Zetus + WM Dender-Zuid"
    assert question.category == "2B"
    both = today(task.scenario, task.region, question.company)
    alone = [today(drawn.scenario, drawn.region, name) for name in names]
    assert both == pytest.approx(tuple(map(sum, zip(*alone, strict=True))), abs=0.21)
    trials = Trials(task, question, 20)
    members = [Trials(drawn, question._replace(company=name), 20).members for name in names]
    assert sorted(np.concatenate(members)) == trials.members.tolist()
    table = beside_each_other(trials).set_index("who")
    assert table["chance"][APART] <= table["chance"][list(names)].min()
    assert table["chance"][TOGETHER] == trials.chance(Capacity())


def test_companies_together_are_asked_once_each(drawn: Task) -> None:
    """And not with own data."""
    with pytest.raises(InputError, match="named twice"):
        merged(drawn.region, ["Zetus", "Zetus"], drawn.scenario)


def test_hiring_later_takes_no_fewer() -> None:
    """Three managers at work in January 2026 or 2027 bring three projects on MJP by the end of 2027, in half a year each."""
    task = three()[0]
    trials = Trials(task, Question("company 0", (2031,), "2", 0.7), 20)
    trials.most = {"managers": 12, "finance": 50, "land": 50}
    least = minimum(trials, "managers").value
    assert least is not None
    table = hiring(trials, Capacity(managers=least), 0.7)
    assert table["since"].tolist() == list(range(2026, 2026 + len(table)))
    assert table["managers"][0] == least
    assert table["managers"].dropna().is_monotonic_increasing
    assert (trials.passed(Capacity(managers=least), 2026) == trials.passed(Capacity(managers=least))).all()
