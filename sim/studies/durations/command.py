"""Lead times from real projects, in the place of assumed ones."""

from pathlib import Path
from typing import Annotated

import typer

from sim.report.outside import say
from sim.studies.command_options import AsJson, Lang, Language, tell


def durations(
    file: Annotated[
        Path,
        typer.Argument(help="Projects (CSV or .xlsx): stage, begun, ended (empty: under way), project if wanted."),
    ],
    seen: Annotated[
        str | None, typer.Option(help="Month at the end of which the list was made, as 2026-10; default: the latest in it.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the scenario and the picture.")] = Path("results/durations"),
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Fit the lead times (preparation, permit, award, start, construction) to a list of real projects, those under way included."""
    from sim.studies.durations import study

    result = study.durations(file, seen, out=out)
    for remark in result.records.remarks:
        say(f"{file}: {remark}")
    tell(result, as_json, lang)
