"""Lead times from real projects, in the place of assumed ones."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.studies.command_options import AsJson, Lang, Language


def durations(
    file: Annotated[Path, typer.Argument(help="CSV of projects: stage, begun, ended (empty: still under way), project if wanted.")],
    seen: Annotated[
        str | None, typer.Option(help="Month at the end of which the list was made, as 2026-10; default: the latest in it.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the scenario and the picture.")] = Path("results/durations"),
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Fit the lead times (preparation, permit, award, start, construction) to a list of real projects, those under way included."""
    from sim.inputs.scenario.model import load_scenario
    from sim.inputs.scenario.toml import LIBRARY
    from sim.studies.durations.spells import read_stays
    from sim.studies.durations.study import durations as fit

    found = fit(read_stays(file, seen), load_scenario(LIBRARY / "baseline.toml"), out)
    if as_json:
        print(json.dumps(found.summary(), ensure_ascii=False))
        return
    from sim.studies.durations.pictures import print_durations

    print_durations(found, lang.value)
