"""A browser that opens a report, and what everyone must be able to read in it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Opened

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (Debian: apt-get install chromium)")

SCREENS = (("nl", 390), ("en", 1280), ("nl", 1280), ("en", 390))  # of a page, the first in every test run, all in the full one


def opened(browser: "Browser", path: Path, width: int, **options: Any) -> tuple["Opened", list[str]]:
    """Return the page of a report at a width, and the addresses it asked for."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(120_000)  # of a busy machine
    page.goto(path.as_uri())
    return page, asked


def check_readable(browser: "Browser", path: Path, width: int) -> None:
    """No serious or critical finding of axe, with all opened too; no request; the page itself does not scroll sideways."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page, asked = opened(browser, path, width)
    assert asked == [path.as_uri()]
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelectorAll('details').forEach((more) => { more.open = true })")
    findings = axe.run(page).response["violations"]
    assert [f["id"] for f in findings if f["impact"] in ("serious", "critical")] == []
    page.close()
