"""The model against independent evidence."""

from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.scenario.library import find_scenario
from sim.studies.command_options import AsJson, Seed, under_way


def crosschecks(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Hold what a scenario gives against independent evidence: pass or miss."""
    from sim.inputs.scenario.model import load_scenario
    from sim.studies.crosschecks.study import crosscheck

    with under_way() as report:
        found = crosscheck(load_scenario(find_scenario(scenario), seed), report)
    if as_json:
        print(found.table.to_json(orient="records"))
        return
    from sim.studies.crosschecks.screen import print_checks

    print_checks(found)
