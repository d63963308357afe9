"""Explain a verdict."""

import json
from typing import Annotated

import typer

from sim.studies.command_options import AsJson, Lang, Language, ResultsFolder


def why(
    results: ResultsFolder,
    municipality: Annotated[str, typer.Option(help="Name of the municipality.")],
    test: Annotated[int, typer.Option(help="Year of the progress test.")],
    replication: Annotated[int | None, typer.Option(help="One replication, with its projects; default: all together.")] = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Explain a verdict: what lacked, the plan of approach, the contribution, which projects and which least change would have done."""
    from sim.studies.why.screen import print_why
    from sim.studies.why.summary import summary
    from sim.studies.why.summary_screen import print_summary
    from sim.tracing.explained import Explained

    explained = Explained(results)
    if replication is not None:
        found = explained.explain(municipality, test, replication)
    else:
        found = summary(explained.traces(explained.municipality(municipality), explained.test(test)))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        (print_summary if replication is None else print_why)(found, lang.value)
