"""The model against independent evidence."""

from pathlib import Path
from typing import Annotated

import typer

from sim.studies.command_options import AsJson, Lang, Language, Out, Seed, read_scenario, tell, under_way


def crosschecks(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    seed: Seed = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Hold what a scenario gives against independent evidence: pass or miss."""
    from sim.studies.crosschecks import study

    read = read_scenario(scenario, seed)
    with under_way() as progress:
        result = study.crosschecks(read, seed, out, progress)
    tell(result, as_json, lang)
