"""The report of a comparison: every number is that of its CSV, it asks for nothing, everyone can read it, and the same gives the same."""

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.report import canvas
from sim.report.estimates import BANDED, FEW
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.report.svg import taken_apart
from sim.runs.choosing import DECISIVE
from sim.studies.compare.choosing import behind
from sim.studies.compare.pictures import draw_control, draw_flows, draw_missing, draw_options
from sim.studies.compare.screen import show
from sim.studies.compare.study import Comparison
from sim.studies.compare.words import Words
from tests.support.browser import SCREENS, check_readable, needs_chromium, opened
from tests.support.pictures import check_words_apart, drawn
from tests.support.reports import (
    LANGS,
    Made,
    Page,
    check_alone,
    check_dutch,
    check_numbers,
    check_parts,
    compared,
    held,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A small comparison: the draft, a yearly test, and the draft again."""
    return compared(tmp_path_factory.mktemp("comparison"), "baseline", "rhythms/yearly", "baseline")


@pytest.fixture(scope="session")
def reports(comparison: Comparison) -> dict[str, Path]:
    """Its report in each language."""
    return Made(comparison.report)


@pytest.fixture(scope="session")
def pages(reports: dict[str, Path]) -> dict[str, Page]:
    """The reports, read."""
    return Made(lambda lang: Page(reports[lang].read_text(encoding="utf-8")))


def test_of_few_futures_no_order_is_said_to_hold(comparison: Comparison, reports: dict[str, Path]) -> None:
    """What few futures do not show is not said to be so; that they are few is said."""
    words = Words(comparison, Language("en"))
    words.facts = {**words.facts, "turned": {condition: [] for condition in words.facts["turned"]}}
    assert words.order_words().startswith("With so few futures it cannot be told")
    for replications in (BANDED - 1, BANDED):  # of fewer than ten none is one in ten
        words.facts["replications"] = replications
        assert (behind(words, words.others[0], DECISIVE[0])[1] is None) == (replications < BANDED)
    words.facts["replications"] = FEW
    assert words.order_words().startswith("The order by dwellings holds")
    few = "Met minder dan 100 simulaties zijn banden en intervallen slechts een aanwijzing."
    assert few in reports["nl"].read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_is_that_of_its_csv(comparison: Comparison, pages: dict[str, Page], lang: str) -> None:
    """In sentences and tables, and the labels of the pictures."""
    check_numbers(comparison.folder, pages[lang], lang)
    assert len(pages[lang].data) > 285 * 4
    assert {found["data-source"] for found, _ in pages[lang].data} >= {
        "options.csv",
        "differences.csv",
        "information.csv",
        "municipalities.csv",
        "regret.csv",
        "reliefs.csv",
    }
    assert len(pages[lang].drawn) > 30
    assert {found[0] for found, _ in pages[lang].drawn} == {"differences.csv", "tests.csv", "blame.csv", "missing.csv"}


def test_what_a_picture_says_stays_as_it_is(comparison: Comparison) -> None:
    """Taken apart for the page, a picture keeps every word and number; the shortening touches drawing only."""
    with canvas.style():
        figure = draw_options(Words(comparison, Language("nl")))
        words = {line for text in drawn(figure) for line in text.get_text().split("\n")}
        apart = taken_apart(figure, "x")
    said = {unescape(found) for found in re.findall(r">([^<>\n]+)</text>", apart.svg)}
    assert {word for word in words if word.strip()} - said <= set(
        re.split(r"\n", "\n".join(figure.texts[n].get_text() for n in range(3)))
    )


def test_fan_and_maps_show_their_csvs(comparison: Comparison, reports: dict[str, Path]) -> None:
    """The number beside the fan's end is the mean of its last year; the hexagons hold the shares of their tables, and no chance of so few."""
    html = reports["nl"].read_text(encoding="utf-8")
    figures = dict(re.findall(r'<figure id="([^"]+)">(.*?)</figure>', html, re.DOTALL))
    (end,) = re.findall(r">([\d.]+) verwacht<", figures["fan"])
    assert abs(float(end.replace(".", "")) - pd.read_csv(comparison.folder / "fan.csv")["mean"].iloc[-1]) <= 500
    assert ">45.000 objectief<" in figures["fan"]
    table = pd.read_csv(comparison.folder / "municipalities.csv").query("option == 'baseline'")
    shares = [f"{round(100 * round(share, 2))}%" for share in table["share"].dropna()]
    assert sorted(re.findall(r">(\d+%)</text>", figures["map-share"])) == sorted(shares)
    assert not re.findall(r">([+-]?\d+)</text>", figures["map-B"])  # chances of few simulations are colours


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_stand_in_data_elements(reports: dict[str, Path], lang: str) -> None:
    """A column of numbers holds none in plain text, except the simulations that a number is out of."""
    html = reports[lang].read_text(encoding="utf-8")
    cells = re.findall(r'<td class="number">(.*?)</td>', html)
    assert len(cells) > 285 * 4
    left = {re.sub(r"<data.*?</data>|<[^>]+>", "", cell) for cell in cells}
    assert {number for text in left for number in re.findall(r"\d+", text)} <= {"8"}, left


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_and_tables_hold_what_they_show(comparison: Comparison, reports: dict[str, Path], lang: str) -> None:
    """Each as CSV and in the workbook, to the digit; and the same files lie beside the page."""
    html = reports[lang].read_text(encoding="utf-8")
    check_parts(html, lang)
    beside = comparison.folder / {"nl": "tabellen", "en": "tables"}[lang]
    for name, content in held(html).items():
        assert name.endswith(".png") or (beside / name).read_bytes() == content


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_and_tables_are_numbered_as_they_are_read(reports: dict[str, Path], lang: str) -> None:
    """1, 2, 3 for what is open, and 3a, 3b for what opens below it."""
    html = reports[lang].read_text(encoding="utf-8")
    for kind in {"nl": ("Figuur", "Tabel"), "en": ("Picture", "Table")}[lang]:
        numbers = re.findall(rf"<strong>{kind} (\d+)([a-z]?)\.</strong>", html)
        open_ones = [int(number) for number, letter in numbers if not letter]
        assert open_ones == list(range(1, len(open_ones) + 1))
        assert numbers == sorted(numbers, key=lambda number: (int(number[0]), number[1]))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_asked_of_anybody(reports: dict[str, Path], lang: str) -> None:
    """No address but places in the page, CSVs beside it, and the empty icon."""
    check_alone(reports[lang].read_text(encoding="utf-8"))


def test_the_dutch_report_is_in_dutch(pages: dict[str, Page]) -> None:
    """No text of the Dutch page is the English of a message."""
    check_dutch(pages["nl"])


@pytest.mark.parametrize("lang", LANGS)
def test_it_warns_and_names_the_data_to_collect_first(reports: dict[str, Path], lang: str) -> None:
    """What the backtest found, and what the kept study of the baseline says is only assumed."""
    words = {"nl": ("Eerst te verzamelen gegevens", "slaagt het model niet"), "en": ("Data to collect first", "does not pass")}
    text = reports[lang].read_text(encoding="utf-8")
    assert all(word in text for word in words[lang])


@pytest.mark.full
def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison, reports: dict[str, Path], tmp_path: Path) -> None:
    """The report and the pictures."""
    before = reports["nl"].read_bytes()
    assert comparison.report("nl").read_bytes() == before
    first = {path.name: path.read_bytes() for path in comparison.plot("nl")}
    assert list(first) == ["options_nl.png", "flows_baseline_nl.png", "control_nl.png", "missing_nl.png"]
    assert {path.name: path.read_bytes() for path in comparison.plot("nl")} == first


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("draw", [draw_options, draw_flows, draw_control, draw_missing])
def test_no_words_overlap_or_leave_the_picture(comparison: Comparison, draw: Callable[[Words], Figure], lang: str) -> None:
    """The boxes of all texts lie within the picture and apart."""
    check_words_apart(lambda: draw(Words(comparison, Language(lang))), 1.5, Text.get_window_extent)


@pytest.mark.full
def test_a_scenario_against_itself_is_no_difference(tmp_path: Path) -> None:
    """Said in words, in the report and on the screen; and made without reliefs, that is said too."""
    same = compared(tmp_path, "baseline", "baseline", replications=4, with_attribution=False)
    html = same.report("nl").read_text(encoding="utf-8")
    assert "Geen verschil: de andere opties geven in elke simulatie precies hetzelfde als A" in html
    assert "geen verschil, in geen enkele simulatie" in html
    assert "In deze vergelijking is niet onderzocht" in html
    stream = io.StringIO()
    show(same, same.plot("en"), "en", Terminal(file=stream, width=80))
    assert "No difference" in stream.getvalue()


@pytest.mark.parametrize("lang", LANGS)
def test_the_answer_fits_eighty_columns(comparison: Comparison, reports: dict[str, Path], lang: str) -> None:
    """Nothing is cut off, and the report is named."""
    stream = io.StringIO()
    show(comparison, [Path("options_nl.png"), Path(f"report_{lang}.html")], lang, Terminal(file=stream, width=80))
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines() if "/" not in line) <= 80
    assert "…" not in text
    assert f"report_{lang}.html" in text


@needs_chromium
@pytest.mark.parametrize(
    ("lang", "width"), [SCREENS[0], *(pytest.param(*screen, marks=pytest.mark.full) for screen in SCREENS[1:])]
)
def test_everyone_can_read_it(browser: "Browser", reports: dict[str, Path], lang: str, width: int) -> None:
    """No serious or critical finding of axe; no request; nothing beside the page."""
    check_readable(browser, reports[lang], width)


@needs_chromium
def test_tables_sort_and_rows_are_found(browser: "Browser", reports: dict[str, Path]) -> None:
    """By number and by name, said in aria-sort; the box finds with and without accents; a picture enlarged scrolls within itself."""
    page, _ = opened(browser, reports["nl"], 390)
    table = page.locator("#municipalities-table-table")
    table.locator("thead button").nth(2).click()
    values = table.locator("tbody tr td:nth-child(3) data").evaluate_all("cells => cells.map((cell) => Number(cell.value))")
    assert values == sorted(values)
    assert table.locator("[aria-sort]").get_attribute("aria-sort") == "ascending"
    table.locator("thead button").nth(2).click()
    assert table.locator("[aria-sort]").get_attribute("aria-sort") == "descending"
    assert "data" not in table.locator("tbody tr").last.locator("td").nth(1).inner_html()  # without an objective comes last
    table.locator("thead button").first.press("Enter")
    names = table.locator("tbody th").all_inner_texts()
    assert names[0].startswith("Aa")
    assert table.locator("[aria-sort]").count() == 1
    page.locator(".find input").fill("gent")
    assert "Gent" in table.locator("tbody tr:visible th").all_inner_texts()
    assert table.locator("tbody tr:visible").count() < 10
    picture = page.locator("#options .scroll")
    assert picture.evaluate("box => box.scrollWidth <= box.clientWidth")
    page.locator("#options .enlarge input").check()
    assert picture.evaluate("box => box.scrollWidth > box.clientWidth && box.tabIndex === 0")
    page.close()


@needs_chromium
def test_it_reads_without_script_and_prints(browser: "Browser", reports: dict[str, Path], tmp_path: Path) -> None:
    """All sections and rows are there without JavaScript, no dead buttons; printing gives pages with every picture."""
    page, _ = opened(browser, reports["nl"], 1280, java_script_enabled=False)
    assert page.locator("h2:visible").count() == 12
    assert page.locator("#municipalities-table tbody tr:visible").count() == 285
    assert page.locator("thead button").count() == 0
    assert page.locator(".find:visible").count() == 0
    page.close()
    alone = tmp_path / "alone.html"
    alone.write_bytes(reports["nl"].read_bytes())
    page, _ = opened(browser, alone, 1280)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    assert pdf.startswith(b"%PDF")
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 40
