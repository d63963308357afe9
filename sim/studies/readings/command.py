"""Readings of the law compared."""

import json
from pathlib import Path

from sim.inputs.scenario.library import find_scenario
from sim.studies.command_options import (
    AsJson,
    Lang,
    Language,
    Out,
    Replications,
    ScenarioFile,
    Seed,
    Workers,
    tell_failures,
    under_way,
)


def readings(
    scenario: ScenarioFile,
    replications: Replications = 200,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Compare every reading of the law with its alternatives, with the same luck: which of them matter?"""
    from sim.inputs.scenario.model import load_scenario
    from sim.studies.readings.study import compare_readings

    path = find_scenario(scenario)
    folder = out if out is not None else Path("results") / f"{path.stem}-readings"
    with under_way() as report:
        compared = compare_readings(load_scenario(path, seed, replications), folder, workers, report)
    if as_json:
        print(json.dumps(compared.summary(), ensure_ascii=False))
    elif len(compared.table):
        from sim.studies.readings.pictures import print_readings, write_all

        print_readings(compared, write_all(compared, folder, lang.value), lang.value)
    tell_failures(compared.runs)
