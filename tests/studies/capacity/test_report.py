"""The report of what a company would need: every number is that of its CSV, it asks for nothing, everyone can read it, for any answer."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.inputs.scenario.model import load_scenario
from sim.studies.capacity.all_companies import answer_all
from sim.studies.capacity.own_data import with_folder
from sim.studies.capacity.study import answer, ask
from sim.studies.capacity.trials import Category
from tests.support.browser import SCREENS, check_readable, needs_chromium, opened
from tests.support.by_hand import three
from tests.support.campaign import campaign
from tests.support.company import COMPANY, PROJECT, written
from tests.support.project import BASELINE
from tests.support.reports import (
    LANGS,
    Made,
    Page,
    check_alone,
    check_dutch,
    check_numbers,
    check_parts,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Reports = dict[str, Callable[[str], Path]]  # by case: written in a language
Paths = dict[tuple[str, str], Path]  # by case and language

# What is asked: a company that no capacity brings there, one with a single municipality that is there, one with data of its own; and all.
ASKED: dict[str, tuple[str, str, Category, tuple[str, ...]]] = {
    "Zetus": ("Zetus", "all", "2", ("managers", "land")),
    "Gent": ("Thuispunt Gent", "2031", "2B", ("managers",)),
    "own": (COMPANY, "2031", "2B", ("managers", "finance")),
}
CASES = campaign(["own", "Gent", "Zetus", "all"], 4)
SEEN = [("own", SCREENS[0])]  # in every test run


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """A function that writes each report again, by case."""

    def answered(name: str) -> Callable[[str], Path]:
        folder = tmp_path_factory.mktemp(name)
        if name == "all":
            task, question = three()
            return answer_all(task, question._replace(levers=("managers",)), folder, 1).report
        (company, test, category, levers), scenario = ASKED[name], load_scenario(BASELINE, replications=24).central
        if name == "own":
            staff = [f"{COMPANY};projectleiders;;;;;4,5"]
            own = written(tmp_path_factory.mktemp("data"), municipalities=[";Aalst;SIB;;;;;210"], projects=[PROJECT], staff=staff)
            scenario = with_folder(scenario, own, COMPANY)
        return answer(*ask(scenario, company, 0.8, test, category, levers), folder).report

    return Made(answered)


@pytest.fixture(scope="module")
def paths(reports: Reports) -> Paths:
    """The reports in each language, by case."""
    return Made(lambda key: reports[key[0]](key[1]))


def text_of(path: Path) -> str:
    """Return a page as a reader reads it, in one line."""
    return re.sub(r"\s+", " ", " ".join(Page(path.read_text(encoding="utf-8")).words)).replace(" .", ".").replace(" ,", ",")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("case", CASES)
def test_every_number_is_that_of_its_csv(paths: Paths, case: str, lang: str) -> None:
    """In sentences and tables; a column of numbers holds none in plain text; each picture and table holds what it shows; nothing is asked."""
    path = paths[case, lang]
    html = path.read_text(encoding="utf-8")
    page = Page(html)
    check_numbers(path.parent, page, lang)
    check_parts(html, lang)
    check_alone(html)
    cells = re.findall(r'<td class="number">(.*?)</td>', html)
    left = {re.sub(r"<data.*?</data>|<[^>]+>", "", cell) for cell in cells}
    assert not [text for text in left if re.search(r"\d", text)], left
    sources = {found["data-source"] for found, _ in page.data}
    if case == "Zetus":
        assert {f"capacity_{name}.csv" for name in ("answer", "means", "tests", "warnings", "timetable", "workload")} <= sources
    assert ("replaced.csv" in sources) == (case == "own")
    assert "&lt;" not in html
    assert "&amp;" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("case", CASES)
def test_a_chance_in_few_simulations_is_how_many_of_them(paths: Paths, case: str) -> None:
    """Not a percentage, wherever it is said: that is for its interval and for what is wanted."""
    page = Page(paths[case, "nl"].read_text(encoding="utf-8"))
    rows = (
        {name: str(row) for row, name in enumerate(pd.read_csv(paths[case, "nl"].parent / "capacity_answer.csv")["fact"])}
        if case != "all"
        else {}
    )
    shares = {row for name, row in rows.items() if name.startswith("chance_")}
    said = [
        text
        for found, text in page.data
        if found["data-column"] in ("chance", "chance_as_is", "chance_at_most", "share", "fails")
        or (found["data-source"] == "capacity_answer.csv" and found["data-column"] == "value" and found["data-row"] in shares)
    ]
    assert len(said) > 5
    assert all(re.fullmatch(r"\d+ op \d+", text.strip()) for text in said), said
    in_percent = {(found["data-source"], found["data-column"]) for found, text in page.data if "%" in text}
    assert in_percent <= {
        *(
            (f"{table}.csv", end)
            for table in ("capacity_answer", "capacity_curves", "capacity_together")
            for end in ("low95", "high95")
        ),
        ("capacity_answer.csv", "value"),
    }


@pytest.mark.parametrize("case", CASES)
def test_it_warns_and_names_the_data_to_collect_first(paths: Paths, case: str) -> None:
    """What the backtest found, and what the kept study of the baseline says is only assumed."""
    text = text_of(paths[case, "nl"])
    assert "Eerst te verzamelen gegevens" in text
    assert "slaagt het model niet" in text


@pytest.mark.parametrize("case", CASES)
def test_the_dutch_report_is_in_dutch(paths: Paths, case: str) -> None:
    """No text of the Dutch page is the English of a message."""
    check_dutch(Page(paths[case, "nl"].read_text(encoding="utf-8")))


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_the_same_answer_gives_the_same_bytes(reports: Reports, paths: Paths, case: str) -> None:
    """Of the report, and of the tables that only it writes."""
    before = {path: path.read_bytes() for path in paths[case, "nl"].parent.glob("*.*")}
    reports[case]("nl")
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.full
def test_where_no_capacity_is_enough_it_says_what_comes_near(paths: Paths) -> None:
    """What remains as well; and the headline is that of its table."""
    text, answers = (
        text_of(paths["Zetus", "nl"]),
        pd.read_csv(paths["Zetus", "nl"].parent / "capacity_answer.csv").set_index("fact"),
    )
    assert "geen van de 4 gemeenten bij enige toets in categorie 2 zit" in text
    assert f"gaf meer dan {round(24 * answers['value']['chance_possible'])} op 24" in text
    assert "Wat overblijft als de maatschappij van alles het meeste heeft" in text
    assert answers["value"]["chance_at_most"] <= answers["value"]["chance_possible"] < answers["value"]["wish"]


@pytest.mark.full
def test_one_municipality_that_is_there_already(paths: Paths) -> None:
    """In the singular, with the means of today; no picture by municipality, and no own data."""
    text, html = text_of(paths["Gent", "nl"]), paths["Gent", "nl"].read_text(encoding="utf-8")
    assert "haar gemeente bij de toets van 2031 niet in categorie 2B zit" in text
    assert "De middelen van vandaag volstaan" in text
    assert "workload-places" not in html
    assert "Uw eigen gegevens" not in text


def test_own_data_are_shown_beside_what_they_replaced(paths: Paths) -> None:
    """By municipality and figure, and the named project in the timetable with what the company expects."""
    text = text_of(paths["own", "nl"])
    assert "Uw eigen gegevens" in text
    assert "Perceelstraat" in text
    assert "de maatschappij verwacht" in text


@needs_chromium
@pytest.mark.parametrize(
    ("case", "lang", "width"),
    [
        pytest.param(case, *screen, marks=() if (case, screen) in SEEN else pytest.mark.full)
        for case in ("Zetus", "own", "all")
        for screen in SCREENS
    ],
)
def test_everyone_can_read_it(browser: "Browser", paths: Paths, case: str, lang: str, width: int) -> None:
    """No serious or critical finding of axe; no request; nothing beside the page."""
    check_readable(browser, paths[case, lang], width)


@needs_chromium
@pytest.mark.full
def test_months_sort_as_time_and_projects_are_found(browser: "Browser", paths: Paths) -> None:
    """Not by the letters of their names; the box keeps the rows of a municipality."""
    page, _ = opened(browser, paths["Zetus", "nl"], 1280)
    table = page.locator("#timetable-table-table")
    table.locator("thead button").nth(5).click()
    moments = table.locator("tbody tr td:nth-child(6) > data").evaluate_all("cells => cells.map((cell) => Number(cell.value))")
    assert len(moments) > 5
    assert moments == sorted(moments)
    page.locator("#timetable-table .find input").fill("knokke")
    assert {name.split(",")[0] for name in table.locator("tbody tr:visible th").all_inner_texts()} == {"Knokke-Heist"}
    page.close()


@pytest.mark.full
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_the_command_writes_the_report(tmp_path: Path, words: list[str]) -> None:
    """And says where, unless one object is all that may be printed."""
    asked = ["capacity", "Thuispunt Gent", "--test", "2031", "--levers", "managers", "--replications", "20"]
    shown = CliRunner().invoke(app, [*asked, "--report", "--out", str(tmp_path), *words])
    assert shown.exit_code == 0
    assert (tmp_path / "report_nl.html").stat().st_size > 50_000
    assert (f"Rapport: {tmp_path / 'report_nl.html'}" in shown.output) == (not words)
