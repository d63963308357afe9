"""The site that `make site` builds: the pages of docs/, the README and a reference of all public functions. Sphinx reads this file."""

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]

project = "bso-sim"
version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.apidoc"]
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "results/README.md", "docs/api/*.rst"]
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {"page_width": "76rem", "sidebar_width": "17rem", "fixed_sidebar": True}
html_additional_pages = {"index": "index.html"}
templates_path = ["."]
html_show_copyright = html_show_sourcelink = False

apidoc_modules = [{"path": "../../sim", "destination": "docs/api", "exclude_patterns": ["**/__main__.py"], "max_depth": 2}]
autodoc_default_options = {"members": True, "undoc-members": False, "ignore-module-all": True}
autodoc_typehints = "signature"
autodoc_member_order = "bysource"

CONTENTS = """

```{toctree}
:hidden:
:caption: Pages
:glob:

docs/*
CONTRIBUTING
CHANGELOG
results/README
docs/api/modules
```
"""


def with_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """Add the list of all pages to the README, the first page."""
    if name == root_doc:
        source[0] += CONTENTS


def plain(paragraph: str) -> str:
    """Return a paragraph of a docstring as what it is: an example, a block to be shown as it stands, or plain text with `code` in it."""
    if paragraph.startswith(">>>"):
        return paragraph
    if paragraph.startswith("    "):
        return f"::\n\n{paragraph}"
    parts = re.split(r"`([^`]+)`", paragraph)
    return "".join(f"``{' '.join(p.split())}``" if n % 2 else re.sub(r"([*|_\\])", r"\\\1", p) for n, p in enumerate(parts))


def plainly(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Give Sphinx a docstring, paragraph by paragraph, in its own signs."""
    lines[:] = "\n\n".join(map(plain, "\n".join(lines).split("\n\n"))).split("\n")


def setup(app: Sphinx) -> None:
    """Join both to the build."""
    app.connect("source-read", with_contents)
    app.connect("autodoc-process-docstring", plainly)
