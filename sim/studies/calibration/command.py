"""Parameters fitted to the past, and forecasts with them."""

from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.scenario.library import find_scenario, library_folder
from sim.studies.command_options import AsJson, Lang, Language, Out, Seed, Workers, under_way


def calibrate(
    points: Annotated[int, typer.Option(help="Parameter sets that are tried.")] = 4096,
    kept: Annotated[int, typer.Option(help="How many of them, the nearest to the facts, are kept.")] = 205,
    sets: Annotated[int, typer.Option(help="How many fitted sets are written for forecasts.")] = 64,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    lang: Lang = Language.nl,
) -> None:
    """Fit the assumed parameters to the years up to 2018 of the old scheme: parameter sets for `bso bands`. Some ten minutes."""
    from sim.inputs.scenario.model import load_scenario
    from sim.studies.calibration.check import later
    from sim.studies.calibration.study import calibrate as fit

    folder = out if out is not None else Path("results") / "calibration"
    scenario = load_scenario(find_scenario(Path("2008")), seed)
    with under_way() as report:
        found = fit(scenario, folder, points, kept, sets, workers, report)
    with under_way() as report:
        checked = later(found, scenario, workers, report)
    from sim.studies.calibration.pictures import print_fit

    print_fit(found, checked, lang.value)


def bands(
    scenario: Annotated[Path, typer.Argument(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    sets: Annotated[
        Path | None, typer.Option(help="CSV of parameter sets, as `bso calibrate` writes it; default: those of the project.")
    ] = None,
    replications: Annotated[int, typer.Option(help="Replications of every set.")] = 20,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Forecast with what is not known carried into it, luck and not knowing told apart."""
    from sim.inputs.scenario.model import load_scenario
    from sim.studies.calibration.bands import bands as run
    from sim.studies.calibration.bands import read_sets

    path = find_scenario(scenario)
    table = read_sets(sets if sets is not None else library_folder() / "calibrated" / "sets.csv")
    folder = out if out is not None else Path("results") / f"{path.stem}-bands"
    with under_way() as report:
        found = run(load_scenario(path, seed), table, folder, replications, workers, report)
    if as_json:
        print(found.table.to_json(orient="records"))
        return
    from sim.studies.calibration.pictures import print_bands

    print_bands(found, lang.value)
