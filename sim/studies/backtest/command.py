"""The old scheme forecast, and held against what happened."""

from pathlib import Path

from sim.inputs.scenario.library import library_folder
from sim.studies.command_options import AsJson, Lang, Language, Out, Replications, Seed, Workers, under_way

FEW = 20  # replications of each assumption check, at least


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
