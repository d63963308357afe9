"""Scenarios compared in pairs, and levers crossed."""

from pathlib import Path
from typing import Annotated

import typer

from sim.studies import command_options as options
from sim.studies.command_options import Language, Out, Replications, Seed, Workers


def compare(
    base: Annotated[
        Path, typer.Argument(help="Scenario file, a name of the library, or a folder of results: the others are held against it.")
    ],
    variants: Annotated[
        list[Path], typer.Argument(help="One or more of the same, or tables of official figures (.csv), each laid over the base.")
    ],
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: options.AsJson = False,
    report: options.WithReport = False,
    with_attribution: Annotated[
        bool,
        typer.Option(
            "--attribution/--no-attribution",
            "--blame/--no-blame",
            help="Also run every counterfactual: what would have prevented each verdict of 2B? Nine runs per scenario instead of four.",
        ),
    ] = True,
    lang: options.Lang = Language.nl,
) -> None:
    """Compare scenarios in pairs: the same draws in all, so that what differs is what the scenario does."""
    from sim.studies.compare import study
    from sim.studies.compare.options import load_options

    read = load_options((base, *variants), seed, replications)
    options.say_doubts(*((option.where, option.scenario, option.region) for option in read))
    with options.under_way() as progress:
        result = study.compare_scenarios(read, out or study.default_folder(read), workers, progress, with_attribution)
    options.tell(result, as_json, lang, report)
    options.tell_failures(results for runs in result.runs.values() for results in runs.values())


def sweep(
    file: Annotated[Path, typer.Argument(help="File of a sweep (TOML): a base, and axes of levers with their choices.")],
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    rank: Annotated[
        str | None, typer.Option(help="Outcome to rank by, instead of the file's: realised_at_end, verdicts_2B, ...")
    ] = None,
    as_json: options.AsJson = False,
    report: options.WithReport = False,
    lang: options.Lang = Language.nl,
) -> None:
    """Cross levers from one file, compare every combination in pairs with the base, and rank them."""
    from sim.studies.compare import sweep as crossed

    with options.under_way() as progress:
        result = crossed.sweep(file, replications, seed, workers, out, rank, progress)
    options.say_doubts(*((option.where, option.scenario, option.region) for option in result.compared.options.values()))
    options.tell(result, as_json, lang, report)
    options.tell_failures(results for runs in result.compared.runs.values() for results in runs.values())
