"""What the tests of reports share: a comparison, the page read back, numbers checked against their CSV, texts that are drawn, a browser."""

import datetime
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
from babel.dates import format_date
from babel.numbers import parse_decimal

from sim.inputs.scenario.model import load_scenario
from sim.report.language import Language, dutch, labels
from sim.studies.compare.options import from_scenario
from sim.studies.compare.study import Comparison, compare_scenarios
from tests.support.project import SCENARIOS

LANGS = ("nl", "en")


def compared(folder: Path, *names: str, replications: int = 8, with_attribution: bool = True) -> Comparison:
    """Compare scenarios in a folder."""
    options = [from_scenario(load_scenario(SCENARIOS / f"{name}.toml", None, replications), Path(name)) for name in names]
    return compare_scenarios(options, folder, 1, with_attribution=with_attribution)


class Page(HTMLParser):
    """What the tests read of a page: numbers with their text, links, identifiers, texts and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data: list[Any] = []  # [attributes, text]
        self.drawn: list[Any] = []  # [what its cell is, text]
        self.links: list[str | None] = []
        self.ids: list[str | None] = []
        self.addresses: list[tuple[str, str, str | None]] = []
        self.words: list[str] = []
        self.stack: list[str] = []
        self.open_data: Any = None
        self.open_cell: Any = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [(tag, name, value) for name, value in attrs if name in ("src", "href", "action", "srcset", "poster")]
        self.links += [found["href"]] if tag == "a" else []
        if tag == "data":
            self.open_data = [found, ""]
        if tag == "g" and "cell:" in found.get("id", ""):
            self.open_cell = [found["id"].split("cell:")[1].split(":"), ""]
        if tag not in ("meta", "link", "input", "br", "path", "use", "rect"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note what closes."""
        if tag == "data":
            self.data.append(self.open_data)
            self.open_data = None
        if tag == "g" and self.open_cell and self.open_cell[1].strip():
            self.drawn.append(self.open_cell)
            self.open_cell = None
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.open_data:
            self.open_data[1] += data
        if self.open_cell:
            self.open_cell[1] += data
        if data.strip() and not {"script", "style", "svg"} & set(self.stack):
            self.words.append(data.strip())


def check_text(text: str, value: float, scale: float, step: float, sign: str, lang: str) -> None:
    """A text is a number as the language writes it, that of the CSV to within half a step."""
    text = text.strip()
    plain = text.removesuffix("%").strip().removeprefix("+")
    number = float(parse_decimal(plain, locale=Language(lang).locale, strict=True))
    expected = value * scale
    assert abs(number - (abs(expected) if sign == "size" else expected)) <= step / 2 + 1e-6, (text, value)
    assert text.startswith("+") == (sign == "signed" and number > 0), text


def check_month(text: str, value: float, lang: str) -> None:
    """A text is the month at the end of which a decimal year is, in full or short."""
    months = round(12 * value) - 1
    first = datetime.date(months // 12, months % 12 + 1, 1)
    assert text.strip() in {str(format_date(first, form, locale=Language(lang).locale)) for form in ("MMM yyyy", "MMMM yyyy")}


def check_numbers(folder: Path, page: Page, lang: str) -> None:
    """Every number of a page is that of its CSV: in sentences and tables, and the labels of the pictures."""
    tables = {path.name: pd.read_csv(path) for path in folder.glob("*.csv") if path.stat().st_size > 1}
    for found, text in page.data:
        cell: Any = tables[found["data-source"]].at[int(found["data-row"]), found["data-column"]]
        value = float(found["value"])
        if found.get("data-sign") == "month":
            if isinstance(cell, str):
                cell = int(cell[:4]) + int(cell[5:]) / 12
            assert abs(value - float(cell)) < 1e-6, found
            check_month(text, value, lang)
            continue
        assert value == float(cell), found
        form = float(found.get("data-scale", 1)), float(found.get("data-step", 1)), found.get("data-sign", "")
        check_text(text, float(cell), *form, lang)
    for (source, row, column, step, scale, sign), text in page.drawn:
        cell = tables[source].at[int(row), column]
        check_text(text, float(cell), float(scale), float(step), sign, lang)


def check_parts(folder: Path, html: str, without: int = 0) -> None:
    """Beside every picture and every table, but so many, CSVs that exist; and no identifier is used twice."""
    captions = re.findall(r"<figcaption>.*?</figcaption>|<p class=\"caption\">.*?</p>", html, re.DOTALL)
    assert len(captions) == html.count("<svg") + html.count("<table")
    assert len([caption for caption in captions if 'class="csv"' not in caption]) == without
    for file in re.findall(r'class="csv" href="([^"]+)"', html):
        assert (folder / file).is_file(), file
    ids = Page(html).ids
    assert len(ids) == len(set(ids))


def check_alone(html: str) -> None:
    """No address but places in the page, CSVs beside it, and the empty icon; no machine's paths."""
    files = {str(href) for _, _, href in Page(html).addresses if not str(href).startswith("#")}
    assert all(href == "data:," or re.fullmatch(r"[A-Za-z_]+\.csv", href) for href in files), files
    assert "://" not in html
    assert "@import" not in html
    assert "default-src 'none'" in unescape(html)
    assert str(Path.home()) not in html
    assert "/tmp" not in html
    assert len(html) < 6_000_000


def check_dutch(page: Page) -> None:
    """No text of a Dutch page is the English of a message."""
    english = {english for english, translated in dutch().items() if english != translated}
    english |= {name for names in labels().values() for translated, name in names.values() if name != translated}
    telling = [message for message in english if len(re.findall(r"[a-z]{2,}", re.sub(r"\{\w+\}", "", message))) > 1]
    patterns = [re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(message))) for message in telling]
    for word in set(page.words):
        assert not any(pattern.fullmatch(word) for pattern in patterns), word
