"""Readings of the law compared."""

import json

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
    from sim.studies.readings import study

    with under_way() as progress:
        found = study.readings(scenario, replications, seed, workers, out, progress)
    if as_json:
        print(json.dumps(found.summary(), ensure_ascii=False))
    elif len(found.table):
        found.show(lang.value, [*found.plot(lang.value), found.report()])
    tell_failures(found.runs)
