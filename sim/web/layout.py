"""How a view becomes a page: templates, and where its links lead, on a server or in a folder of files."""

import os.path
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.report import page as report_page
from sim.report.drawing import style_sheet
from sim.report.language import Language
from sim.web.figures import View
from sim.web.own import FIGURES

HERE = Path(__file__).parent
LANGUAGES = ("nl", "en")
NAVIGATION = (
    ("/", "outlook"),
    ("/wat-als", "whatif"),
    ("/gemeente", "municipality"),
    ("/woonmaatschappij", "company"),
    ("/hoe-zeker", "trust"),
)
LINK = re.compile(r'(href|src|action|data-poll)="(@@?)(/[^"]*)"')  # @: in the reader's language; @@: the same in every language
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "report.js": "text/javascript", "icon.svg": "image/svg+xml"}
Leading = Callable[[str, str], str]  # of an address and a language ("" for what has none): what stands in the page


@cache
def environment() -> Environment:
    """Return the templates, which escape what they are given."""
    loader = FileSystemLoader(HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def on_server(address: str, lang: str) -> str:
    """Return where a link leads on a server."""
    prefix = "/en" if lang == "en" else ""
    return prefix + address if address != "/" or not prefix else "/en/"


def in_folder(path: str, lang: str) -> Leading:
    """Return where links lead from a page of a folder: relative, to files."""
    here = file_of(path, lang)

    def leading(address: str, language: str) -> str:
        bare, _, fragment = address.partition("#")
        target = file_of(bare, language) if bare else here
        return os.path.relpath(target, Path(here).parent).replace(os.sep, "/") + (f"#{fragment}" if fragment else "")

    return leading


def file_of(path: str, lang: str) -> str:
    """Return the file of an address in a folder."""
    whole = ("en" if lang == "en" else "") + path
    return (whole if re.search(r"\.\w+$", whole) else f"{whole}/index.html").strip("/")


def rendered(template: str, lang: str, leading: Leading, **values: Any) -> str:
    """Return a page, its links as they lead there."""
    language = Language(lang)

    def text(key: str, **given: Any) -> str:
        return language.name("web", key, **given)

    other = next(code for code in LANGUAGES if code != lang)
    common: Mapping[str, Any] = {
        "lang": lang,
        "t": text,
        "words": language.name,
        "number": language.number,
        "navigation": NAVIGATION,
        "version": version("bso-sim"),
        "files": False,
        "compared": False,
        "fields_of": fields_of,
    }
    html = environment().get_template(template).render(**{**common, **values})

    def led(match: re.Match[str]) -> str:
        address = match[3].replace("&amp;", "&")
        found = leading(address, "" if match[2] == "@@" else lang)
        return f'{match[1]}="{found.replace("&", "&amp;")}"'

    def turned(match: re.Match[str]) -> str:
        return f'href="{leading(match[1].replace("&amp;", "&"), other).replace("&", "&amp;")}"'

    html = re.sub(r'href="~(/[^"]*)"', turned, html)
    return LINK.sub(led, html)


def fields_of(text: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Return the figures of a municipality that may be filled in: name, label, and nothing yet."""
    return [(name, text(f"own_{name}"), "") for name in FIGURES]


def page(view: View, lang: str, leading: Leading, **values: Any) -> str:
    """Return a view as a page."""
    return rendered("view.html.j2", lang, leading, **{"view": view, "here": view.path, "query": "", **values})


def refused_page(lang: str, code: int, detail: str) -> str:
    """Return the page of a request that is refused."""
    return rendered("refused.html.j2", lang, on_server, here="/", query="", code=code, detail=detail)


@cache
def static(name: str) -> bytes:
    """Return a file that pages share."""
    if name == "report.js":
        return (report_page.TEMPLATES / name).read_bytes()
    content = (HERE / "static" / name).read_bytes()
    return style_sheet().encode() + b"\n" + content if name == "page.css" else content
