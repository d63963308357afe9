"""Explain a verdict."""

from typing import Annotated

import typer

from sim.studies.command_options import AsJson, Lang, Language, ResultsFolder, tell


def why(
    results: ResultsFolder,
    municipality: Annotated[str, typer.Option(help="Name of the municipality.")],
    test: Annotated[int, typer.Option(help="Year of the progress test.")],
    replication: Annotated[int | None, typer.Option(help="One replication, with its projects; default: all together.")] = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Explain a verdict: what lacked, the plan of approach, the contribution, which projects and which least change would have done."""
    from sim.studies.why import study

    tell(study.why(results, municipality, test, replication), as_json, lang)
