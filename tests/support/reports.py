"""What the tests of reports share: a comparison, the page read back, numbers checked against their CSV, texts that are drawn, a browser."""

import base64
import csv
import datetime
import io
import re
import zipfile
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from babel.dates import format_date
from babel.numbers import parse_decimal

from sim.inputs.scenario.model import load_scenario
from sim.report.language import Language, dutch, labels
from sim.studies.compare.options import from_scenario
from sim.studies.compare.study import Comparison, compare_scenarios
from tests.support.project import SCENARIOS

LANGS = ("nl", pytest.param("en", marks=pytest.mark.full))  # of a page: what officials read in every test run, both in the full one
OF_SOME = r" (?:of|op) \d+$"  # a share of few simulations: 5 of 8


class Made(dict[Any, Any]):
    """Things by key, each made when it is first asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: Any) -> Any:
        """Make one."""
        return self.setdefault(key, self.make(key))


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
    text = re.sub(OF_SOME, "", text.strip())
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


def held(html: str) -> dict[str, bytes]:
    """Return the files that a page holds, by name."""
    found = re.findall(r'href="data:[^"]*;base64,([^"]*)" download="([^"]+)"', html)
    return {name: base64.b64decode(content, validate=True) for content, name in found}


def read_csv(content: bytes, lang: str) -> list[list[str]]:
    """Return the rows of a CSV as a spreadsheet in the reader's country parts them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";" if lang == "nl" else ","))


def number_of(cell: str, lang: str) -> float | str:
    """Return a cell as such a spreadsheet takes it: a number where it is one, a day as one, else a text, without the apostrophe that makes it
    harmless."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return float((datetime.date.fromisoformat(cell) - datetime.date(1899, 12, 30)).days)
    point = "," if lang == "nl" else "."
    return (
        float(cell.replace(point, "."))
        if re.fullmatch(rf"-?\d+({re.escape(point)}\d+)?", cell)
        else re.sub("'(?=[=+@-])", "", cell)
    )


def read_workbook(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the rows of every sheet of an .xlsx by its name, as the file has them; a day is a number."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = [
            "".join(t.text or "" for t in si.iter(f"{space}t")) for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = [str(sheet.get("name")) for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{space}sheet")]
        sheets = {}
        for number, name in enumerate(names, 1):
            rows: list[list[Any]] = []
            for row in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{space}row"):
                cells: dict[int, Any] = {}
                for cell in row:
                    letters = re.sub(r"\d", "", str(cell.get("r")))
                    place = sum((ord(letter) - 64) * 26**n for n, letter in enumerate(reversed(letters))) - 1
                    value = cell.findtext(f"{space}v") or ""
                    cells[place] = strings[int(value)] if cell.get("t") == "s" else float(value)
                rows.append([cells.get(place, "") for place in range(max(cells, default=-1) + 1)])
            sheets[name] = rows
    return sheets


def check_parts(html: str, lang: str) -> None:
    """Each picture and table has an address of its own and the data that it shows; no identifier is used twice.

    A table's data are what it shows, to the digit; a picture has a PNG and the tables that it draws; the workbook has all of it.
    """
    ids = Page(html).ids
    assert len(ids) == len(set(ids))
    (sheets,) = (read_workbook(content) for name, content in held(html).items() if name.endswith(".xlsx"))
    starts = list(re.finditer(r'<(?:figure|div class="table") id="([^"]+)">', html))
    assert len(starts) == html.count("<svg") + html.count("<table ")
    for start in starts:
        body = html[start.start() : html.index("</p>", html.index('<p class="save">', start.start()))]
        assert f'<a href="#{start[1]}">' in body
        own = held(body)
        tables = [read_csv(content, lang) for name, content in own.items() if name.endswith(".csv")]
        called = re.search(r'(?:<figcaption>|class="caption">)<strong>([^<]+)\.</strong>', body)
        assert tables, start[1]
        assert called, start[1]
        for n, rows in enumerate(tables, 1):
            assert len(set(rows[0])) == len(rows[0]) > 1, rows[0]
            sheet = sheets[called[1] if n == 1 else f"{called[1]} ({n})"]
            filled = [row + [""] * (len(rows[0]) - len(row)) for row in sheet]
            texts = [[number_of(c, lang) if isinstance(c, str) else c for c in row] for row in filled]
            assert texts == [[number_of(c, lang) for c in row] for row in rows], called[1]
        if "<svg" in body:
            assert [png[:4] for name, png in own.items() if name.endswith(".png")] == [b"\x89PNG"]
            assert all(len(rows) > 1 for rows in tables)
        else:
            check_shown(body, tables[0][1:], lang)


def check_shown(body: str, rows: list[list[str]], lang: str) -> None:
    """The rows of a table as it is saved are those that are shown, in their order: the same texts, and to the digit the same numbers."""
    shown = re.findall(r"<tr>(.*?)</tr>", body[body.index("<tbody>") : body.index("</tbody>")], re.DOTALL)
    assert len(shown) == len(rows)
    for cells, row in zip(shown, rows, strict=True):
        as_texts = {"".join(str(number_of(cell, lang)).removesuffix(".0").split()) for cell in row}
        of_numbers = re.findall(r'<td class="number">(.*?)</td>', cells, re.DOTALL)
        said = re.findall(r"<data ([^>]*)>([^<]+)</data>", "".join(cell for cell in of_numbers if read_as(cell) not in as_texts))
        numbers = [
            parse_decimal(re.sub(OF_SOME, "", t).strip(" %+"), locale=Language(lang).locale, strict=True)
            for more, t in said
            if "month" not in more
        ]
        saved = iter(number_of(cell, lang) for cell in row)
        assert all(float(number) in saved for number in numbers), (numbers, row)
        texts = re.findall(r"<t[hd](?! class=\"number\")[^>]*>(.*?)</t[hd]>", cells, re.DOTALL)
        plain = [read_as(text) for text in texts]
        left = iter("".join(str(number_of(cell, lang)).removesuffix(".0").split()) for cell in row)
        assert all(text in left for text in plain if text not in ("", "–")), (plain, row)


def read_as(cell: str) -> str:
    """Return a cell as it is read, without blanks; what is smaller stands in brackets."""
    html = cell.replace("<small>", "(").replace("</small>", ")")
    return "".join(unescape(re.sub("<[^>]+>", "", html)).replace("\u00ad", "").split())


def check_alone(html: str) -> None:
    """No address but places in the page, what it holds itself, and the empty icon; no machine's paths."""
    addresses = {str(href) for _, _, href in Page(html).addresses if not str(href).startswith("#")}
    assert all(href == "data:," or re.match(r"data:(text/csv|image/png|application/vnd\.)", href) for href in addresses)
    assert len(html) < 6_000_000
    html = re.sub(r'href="data:[^"]*"', "", html)
    assert "://" not in html
    assert "@import" not in html
    assert "default-src 'none'" in unescape(html)
    assert str(Path.home()) not in html
    assert "/tmp" not in html


def check_dutch(page: Page) -> None:
    """No text of a Dutch page is the English of a message."""
    english = {english for english, translated in dutch().items() if english != translated}
    english |= {name for names in labels().values() for translated, name in names.values() if name != translated}
    telling = [message for message in english if len(re.findall(r"[a-z]{2,}", re.sub(r"\{\w+\}", "", message))) > 1]
    patterns = [re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(message))) for message in telling]
    for word in set(page.words):
        assert not any(pattern.fullmatch(word) for pattern in patterns), word
