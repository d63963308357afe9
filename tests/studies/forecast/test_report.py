"""The report and the note of a forecast: what is shown is what is kept, nothing is asked of anybody, and the note is one page."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sim
from tests.support.browser import needs_chromium, opened
from tests.support.reports import LANGS, Page, check_alone, check_dutch, check_numbers, check_parts, held

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from sim.studies.forecast.study import Forecast


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> "Forecast":
    """A small forecast."""
    found: Forecast = sim.run("baseline", replications=12, workers=1, out=tmp_path_factory.mktemp("run") / "run")
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_holds_what_it_shows(forecast: "Forecast", lang: str) -> None:
    """Each number is that of its CSV, each table and picture holds its data, and nothing is asked of anybody."""
    html = forecast.report(lang).read_text(encoding="utf-8")
    page = Page(html)
    check_numbers(forecast.folder, page, lang)
    check_parts(html, lang)
    check_alone(html)
    assert len(page.data) > 285 * 5
    if lang == "nl":
        check_dutch(page)
    assert forecast.report(lang).read_text(encoding="utf-8") == html


@pytest.mark.parametrize("lang", LANGS)
def test_the_note_says_five_things_and_what_they_rest_on(forecast: "Forecast", lang: str) -> None:
    """One picture with its data, five sentences, the standing, the digest; no address elsewhere."""
    html = forecast.note(lang).read_text(encoding="utf-8")
    check_alone(html)
    assert html.count("<li>") == 5
    assert html.count("<svg") == 1
    assert {name.rpartition(".")[2] for name in held(html)} == {"csv", "png"}
    assert forecast.manifest["digest"][:16] in html
    assert {"nl": "slaagt het model niet", "en": "the model does not pass"}[lang] in html


@needs_chromium
@pytest.mark.parametrize("lang", LANGS)
def test_the_note_prints_on_one_page(browser: "Browser", forecast: "Forecast", lang: str) -> None:
    """A4, as the page itself asks; and without scrolling sideways on a telephone."""
    page, asked = opened(browser, forecast.note(lang), 390)
    assert len(asked) == 1
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


@pytest.mark.full
@needs_chromium
def test_data_are_saved_without_script(browser: "Browser", forecast: "Forecast") -> None:
    """A click on a link of a table gives the file that the page holds; the same for the workbook."""
    path = forecast.report("nl")
    page, asked = opened(browser, path, 1280, java_script_enabled=False, accept_downloads=True)
    for link in ("#tests-table .save a", "header .save a"):
        with page.expect_download() as found:
            page.locator(link).first.click()
        content = Path(found.value.path()).read_bytes()
        assert content == held(path.read_text(encoding="utf-8"))[found.value.suggested_filename]
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    page.close()
