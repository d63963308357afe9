"""Parameters fitted to the past, and forecasts with them."""

from pathlib import Path
from typing import Annotated

import typer

from sim.studies.command_options import (
    MAX_REPLICATIONS,
    MOST_POINTS,
    AsJson,
    Lang,
    Language,
    Out,
    Seed,
    Workers,
    between,
    read_scenario,
    tell,
    under_way,
)


def calibrate(
    points: Annotated[int, typer.Option(callback=between(2, MOST_POINTS), help="Parameter sets that are tried.")] = 4096,
    kept: Annotated[
        int, typer.Option(callback=between(1, MOST_POINTS), help="How many of them, the nearest to the facts, are kept.")
    ] = 205,
    sets: Annotated[
        int, typer.Option(callback=between(1, MOST_POINTS), help="How many fitted sets are written for forecasts.")
    ] = 64,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    lang: Lang = Language.nl,
) -> None:
    """Fit the assumed parameters to what was known of the old scheme by the end of 2016: sets for `bso bands`. Some ten minutes."""
    from sim.studies.calibration import study

    with under_way() as progress:
        calibration = study.calibrate(points, kept, sets, seed=seed, workers=workers, out=out, progress=progress)
    tell(calibration, False, lang)


def bands(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    sets: Annotated[
        Path | None, typer.Option(help="CSV of parameter sets, as `bso calibrate` writes it; default: those of the project.")
    ] = None,
    replications: Annotated[int, typer.Option(callback=between(1, MAX_REPLICATIONS), help="Replications of every set.")] = 20,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Run a scenario at many parameter sets: how much of its spread is luck, and how much not knowing its parameters."""
    from sim.studies.calibration.bands import bands as run

    read = read_scenario(scenario, seed)
    with under_way() as progress:
        forecast = run(read, sets, replications, seed, workers, out, progress)
    tell(forecast, as_json, lang)
