"""Readings of the law compared."""

from sim.report.outside import put
from sim.studies import command_options as options
from sim.studies.command_options import Language, Out, Replications, ScenarioFile, Seed, Workers


def readings(
    scenario: ScenarioFile,
    replications: Replications = 200,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: options.AsJson = False,
    lang: options.Lang = Language.nl,
) -> None:
    """Compare every reading of the law with its alternatives, with the same luck: which of them matter?"""
    from sim.studies.readings import study

    read = options.read_scenario(scenario, seed, replications)
    with options.under_way() as progress:
        compared = study.readings(read, replications, seed, workers, out, progress)
    if as_json:
        put(compared.printed())
    elif len(compared.table):
        options.tell(compared, False, lang, with_report=True)
    options.tell_failures(compared.runs)
