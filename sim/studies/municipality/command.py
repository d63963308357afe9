"""One municipality, or all of them, from results that are there."""

from pathlib import Path
from typing import Annotated

import typer

from sim.report.outside import say
from sim.studies.command_options import AsJson, Lang, Language, tell, under_way

Name = Annotated[str, typer.Argument(help="Name of the municipality, or its NIS code.", show_default=False)]
From = Annotated[Path, typer.Argument(help="Folder of results, as `bso run` makes it.")]


def municipality(name: Name, results: From = Path("results/baseline"), as_json: AsJson = False, lang: Lang = Language.nl) -> None:
    """What can the tests bring a municipality? The answer on the screen, and one HTML page beside the results. Nothing is run."""
    from sim.studies.municipality import study

    with under_way() as progress:
        found = study.municipality(name, results, progress)
    tell(found, as_json, lang, with_report=True)


def municipalities(
    results: From = Path("results/baseline"),
    out: Annotated[Path, typer.Option(help="Folder of the pages, new or empty or one of these.")] = Path("results/municipalities"),
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """The same of all municipalities: a page for each, and an index. Nothing is run; it takes a few minutes."""
    from sim.studies.municipality import study

    with under_way() as progress:
        found = study.municipalities(results, out, progress)
    say(f"writing a page for each of {len(found.tables['ends'])} municipalities; this takes a few minutes")
    tell(found, as_json, lang, with_report=True)
