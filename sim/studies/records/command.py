"""Forecasts on record, and their score."""

from pathlib import Path
from typing import Annotated

import typer

from sim.studies.command_options import AsJson, Lang, Language, ResultsFolder, tell


def register(
    folder: ResultsFolder,
    test: Annotated[int, typer.Option(help="Year of the test whose verdicts are forecast.")] = 2028,
    out: Annotated[Path, typer.Option(help="Folder of records.")] = Path("results/registered"),
) -> None:
    """Put the chances of a test's verdicts on record, with hash, date, version and data, so that they can be scored once it is known."""
    from sim.studies.records import study

    print(study.register(folder, test, out).record)


def score(
    record: Annotated[Path, typer.Argument(help="A record, as `bso register` makes it (JSON).")],
    verdicts: Annotated[
        Path, typer.Argument(help="CSV of the verdicts: nis and category (none, 1, 2A, 2B), every municipality once.")
    ],
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Score a forecast on record against the verdicts, once they are known."""
    from sim.studies.records import study

    tell(study.score(record, verdicts), as_json, lang)
