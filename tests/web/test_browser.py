"""The page in a real browser: telephone and desk, with and without JavaScript, dark, by keyboard; nothing is asked of another host."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from sim.inputs.scenario.library import scenario_of
from sim.report.language import Language
from sim.studies.capacity.template import write_template
from sim.web import desk, written
from sim.web.figures import View
from sim.web.options import chosen
from sim.web.pages import outlook, places, trust
from sim.web.written import write_pages
from tests.support.browser import needs_chromium
from tests.support.serving import served, small

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_chromium
BESIDE = "/wat-als/naast?keuze=every%3D1&naam=&keuze=first%3D2030&naam=Later"
PATHS = (
    *("/", "/wat-als?first=2030", BESIDE, "/gemeente", "/gemeente/11001", "/gemeente/11001/eigen?sib=20"),
    *("/woonmaatschappij/dijledal", "/woonmaatschappij/dijledal/nodig", "/en/hoe-zeker"),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        with served(tmp_path_factory.mktemp("answers")) as at:
            yield at


def opened(browser: "Browser", at: str, width: int, **options: object) -> tuple["Page", list[str]]:
    """Return a page at a width, and what went wrong in it: requests to others, errors, refusals of the policy."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    wrong: list[str] = []
    host = urlsplit(at).netloc
    page.on("request", lambda request: wrong.append(request.url) if urlsplit(request.url).netloc not in (host, "") else None)
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(120_000)
    page.goto(at)
    return page, wrong


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(390, "light"), *(pytest.param(*shown, marks=pytest.mark.full) for shown in ((1280, "dark"), (1280, "light"), (390, "dark")))],
)
def test_everyone_can_read_it(browser: "Browser", address: str, width: int, scheme: str) -> None:
    """No finding of axe; the page does not scroll sideways; no request to another host, no error."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in PATHS:
        page, wrong = opened(browser, f"{address}{path}", width, color_scheme=scheme)
        if "?" in path:
            page.wait_for_selector("#answer .result:not([data-poll])")
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
        findings = axe.run(page).response["violations"]
        assert [(f["id"], [node["target"] for node in f["nodes"]][:3]) for f in findings] == [], path
        assert wrong == [], path
        page.close()


def test_a_lever_moves_the_answer(browser: "Browser", address: str) -> None:
    """By keyboard alone: a field is changed, the answer comes, the address says what was asked; a newer one takes its place."""
    page, wrong = opened(browser, f"{address}/wat-als", 1280)
    page.focus("#l-every")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Tab")  # onto the slider: the field has changed
    page.wait_for_selector("#answer .answer p")
    assert urlsplit(page.url).query == "every=2"
    assert "Jaren tussen de toetsen: 2" in page.inner_text("#answer")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#answer .result[data-query='every=3'], #answer .result[data-query='']")
    page.wait_for_selector("#answer .result:not([data-poll])")
    assert wrong == []
    page.close()


def test_the_rhythm_is_dragged_on_its_timeline(browser: "Browser", address: str) -> None:
    """By a pointer and by the arrow keys; the fields follow, and so do the rates of the tests that there are."""
    page, wrong = opened(browser, f"{address}/wat-als", 1280)
    first = page.get_by_role("slider", name="Eerste toets").and_(page.locator(".handle"))
    box, line = first.bounding_box(), page.locator(".line").bounding_box()
    assert box is not None
    assert line is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] * (0.04 + 0.92 * 4 / 16), box["y"], steps=4)  # of 2026 to 2042
    assert page.input_value("#l-first") == "2030"
    page.mouse.up()
    page.wait_for_selector("#answer .result[data-query='first=2030']")
    page.wait_for_selector("#l-rate-2033")
    assert not page.locator("#l-rate-2031").count()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#answer .result[data-query='first=2031']")
    assert first.get_attribute("aria-valuenow") == "2031"
    page.fill("#l-rate-2031", "40")
    page.keyboard.press("Tab")
    page.wait_for_selector("#answer .result[data-query^='first=2031&rates=40+']")
    assert page.input_value("#l-rate-2031") == "40"
    assert wrong == []
    page.close()


def test_on_a_telephone_the_answer_stays_beside_the_levers(browser: "Browser", address: str) -> None:
    """Its first sentence stands at the foot of the screen while the levers are moved, and leads to the rest."""
    page, wrong = opened(browser, f"{address}/wat-als?first=2030", 390)
    page.wait_for_selector("#answer .answer p")
    first = page.inner_text("#answer .answer p >> nth=0")
    assert page.inner_text(".brief") == f"↓ {first}"
    foot = "document.querySelector('.brief').getBoundingClientRect().bottom <= innerHeight"
    assert page.evaluate(f"{foot} && document.querySelector('#answer').getBoundingClientRect().top > innerHeight")
    assert page.get_attribute("#answer", "aria-busy") == "false"
    page.click(".brief")
    assert page.evaluate("document.querySelector('#answer .answer').getBoundingClientRect().top < innerHeight")
    assert wrong == []
    page.close()


def test_without_javascript_it_works(browser: "Browser", address: str) -> None:
    """The form is sent, the answer comes with the page, and a link refines it; a municipality is found."""
    page, _ = opened(browser, f"{address}/wat-als", 390, java_script_enabled=False)
    page.fill("#l-first", "2031")
    page.fill("#l-rate-2028", "40")  # there is no test in 2028 any more
    page.click("#levers button")
    for _ in range(60):
        if page.locator("#answer .answer p").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert urlsplit(page.url).query == "first=2031"
    assert "Eerste toets: 2031" in page.inner_text("#answer")
    page.goto(f"{address}/gemeente")
    page.fill("#zoek", "Borgloon")
    page.click("form button")
    assert page.inner_text("h1") == "Tongeren-Borgloon"
    page.close()


def test_a_company_sends_its_tables_and_sees_what_was_read(browser: "Browser", address: str, tmp_path: Path) -> None:
    """Without JavaScript; the browser says where the form is from, and the page takes it."""
    files = write_template(tmp_path / "tables", scenario_of("baseline"), "Dijledal", Language("nl"))
    page, _ = opened(browser, f"{address}/woonmaatschappij/dijledal", 390, java_script_enabled=False)
    page.set_input_files("#tables", [file for file in files if file.suffix == ".csv"])
    page.click("form.figures button")
    assert page.inner_text("h1") == "Dijledal, met eigen cijfers"
    assert "geldige eigen gegevens van Dijledal" in page.inner_text("main")
    page.close()


def test_on_paper_stands_the_answer_alone(browser: "Browser", address: str) -> None:
    page, _ = opened(browser, f"{address}/wat-als?first=2030", 1280)
    page.wait_for_selector("#answer .answer p")
    page.emulate_media(media="print")
    assert not page.is_visible("#levers")
    assert not page.is_visible("nav")
    assert page.is_visible("#answer .answer p >> nth=0")
    page.close()


def test_pages_in_a_folder_are_the_same(browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are relative and lead to files that are there; a browser shows them from the disk, and asks nobody."""

    def few(lang: str) -> Iterator[View]:
        language = Language(lang)
        yield from (make(language) for make in (outlook.outlook, places.municipality_index, places.company_index, trust.trust))
        yield places.municipality(11001, language)

    monkeypatch.setattr(written, "views", few)
    monkeypatch.setattr(desk, "FULL", 4)
    first = write_pages(tmp_path / "site", chosen("keuze=every%3D1&naam=Elk+jaar"))
    html = first.read_text(encoding="utf-8")
    links = re.findall(r'(?:href|src)="([^"#][^"]*)"', html)
    assert links
    assert not [link for link in links if link.startswith(("/", "http"))]
    assert not [link for link in links if not (first.parent / link).exists()]
    page, _ = opened(browser, first.as_uri(), 390)
    page.click("nav >> text=Uw gemeente")
    assert page.inner_text("h1") == "Wat kunnen de toetsen uw gemeente brengen?"
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"  # its styles were found
    page.click("nav >> text=Keuzes naast elkaar")
    assert "A. Elk jaar" in page.inner_text(".answer")
    page.click("text=English")
    assert page.inner_text("h1") == "Choices side by side"
    assert [*(tmp_path / "site" / "wat-als").glob("wat-als-*.toml")]
    page.close()
