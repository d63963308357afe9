"""Forecasts on record, and their score."""

from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.errors import InputError
from sim.report.outside import one_line, put, say
from sim.studies.command_options import AsJson, Lang, Language, tell

Records = Annotated[Path, typer.Option(help="Folder of records.")]
REGISTERED = Path("results/registered")


def register(
    folder: Annotated[
        Path | None, typer.Argument(metavar="RESULTS", help="Folder of results, as `bso run` makes it.", show_default=False)
    ] = None,
    test: Annotated[int, typer.Option(help="Year of the test whose verdicts are forecast.")] = 2028,
    naive: Annotated[bool, typer.Option("--naive", help="What naive forecasters say, in the place of results.")] = False,
    out: Records = REGISTERED,
) -> None:
    """Put the chances of a test's verdicts on record, with hash, date, version and data, so that they can be scored once it is known."""
    from sim.studies.records import study
    from sim.studies.records.naive_records import register_naive

    if naive == (folder is not None):
        raise InputError("RESULTS", "", "a folder of results is needed, or --naive")
    records = register_naive(test, out) if folder is None else [study.register(folder, test, out).record]
    say(f"on record: every municipality's chances at the test of {test}; `bso score RECORD VERDICTS` scores them once it is known")
    for record in records:
        put(one_line(record))


def score(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="[RECORD] VERDICTS",
            help="A record (JSON), where only one is to be scored, and the verdicts: CSV of nis and category (none, 1, 2A, 2B), every "
            "municipality once.",
        ),
    ],
    test: Annotated[int, typer.Option(help="Year of the test whose verdicts they are, where all records are scored.")] = 2028,
    records: Records = REGISTERED,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables (CSV), where all records are scored; default: none.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Score a forecast on record against the verdicts, once they are known; or all of a folder, and rank them."""
    from sim.studies.records import ranking, study

    *record, verdicts = files
    if verdicts.suffix == ".json":
        raise InputError(verdicts, "", "is no table of verdicts; after a record the verdicts are needed (CSV: nis, category)")
    if not record:
        tell(ranking.score_all(verdicts, records, test, out), as_json, lang)
    elif len(record) > 1 or out is not None:
        raise InputError("RECORD", "", "of one record no more is allowed than its file and the verdicts; --out is for all together")
    else:
        tell(study.score(record[0], verdicts), as_json, lang)
