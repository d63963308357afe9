"""How far the forecast is to be trusted: held against the past, against independent evidence, and put on record."""

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from sim.studies.command_options import (
    AsJson,
    Lang,
    Language,
    Out,
    Replications,
    ResultsFolder,
    Seed,
    Workers,
    find_scenario,
    library_folder,
    under_way,
)

FEW = 20  # replications of each doubt, at least


def backtest(
    replications: Replications = 500,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Forecast the objective of 2009-2025 from 2008, 2015 and 2019, and hold it against what happened."""
    from sim.studies.backtest.assumptions import doubted
    from sim.studies.backtest.study import backtest as run
    from sim.studies.backtest.study import default_scenarios

    folder = out if out is not None else Path("results") / "backtest"
    scenarios = default_scenarios(library_folder())
    with under_way() as report:
        found = run(scenarios, folder, replications, seed, workers, report)
    if as_json:
        print(found.summary().to_json(orient="records"))
        return
    with under_way() as report:
        doubts = doubted(scenarios, folder, max(FEW, found.facts["replications"] // 5), seed, workers, report)
    from sim.studies.backtest.page import write_backtest_page
    from sim.studies.backtest.pictures import print_backtest, write_backtest

    paths = [write_backtest(found, lang.value), write_backtest_page(found, doubts, lang.value)]
    print_backtest(found, doubts, paths, lang.value)


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


def register(
    folder: ResultsFolder,
    test: Annotated[int, typer.Option(help="Year of the test whose verdicts are forecast.")] = 2028,
    out: Annotated[Path, typer.Option(help="Folder of records.")] = Path("results/registered"),
) -> None:
    """Put the chances of a test's verdicts on record, with hash, date, version and data, so that they can be scored once it is known."""
    from sim.studies.records.study import register as write

    print(write(folder, test, out, datetime.datetime.now(datetime.UTC).date()))


def score(
    record: Annotated[Path, typer.Argument(help="A record, as `bso register` makes it (JSON).")],
    verdicts: Annotated[
        Path, typer.Argument(help="CSV of the verdicts: nis and category (none, 1, 2A, 2B), every municipality once.")
    ],
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Score a forecast on record against the verdicts, once they are known."""
    from sim.studies.records.study import score as judge

    found = judge(record, verdicts)
    if as_json:
        tables = {"scores": found.scores, "flanders": found.flanders, "reliability": found.reliability}
        print(json.dumps({name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}))
        return
    from sim.studies.crosschecks.screen import print_score

    print_score(found, record, lang.value)
