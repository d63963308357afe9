"""What matters: which of the things that nobody knows move the answers most."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.errors import FAILED
from sim.report.outside import say
from sim.studies import command_options as options
from sim.studies.command_options import Language, Out, ScenarioFile, Seed, Workers, Yes

MOST_PARAMETERS, MOST_TRAJECTORIES = 200, 10_000


class Method(str, Enum):
    """How the parameters are looked at."""

    morris = "morris"
    sobol = "sobol"


def sensitivity(
    scenario: ScenarioFile = Path("baseline"),
    method: Annotated[
        Method,
        typer.Option(
            help="morris: screening of all parameters; sobol: then shares of the variance of those that matter most, too."
        ),
    ] = Method.morris,
    parameters: Annotated[
        str | None,
        typer.Option(
            help="Names, separated by commas; default: all. With --method sobol these go to Sobol without screening.",
            show_default=False,
        ),
    ] = None,
    uncertain_parameters: Annotated[
        Path | None,
        typer.Option(
            "--ranges",
            "--unknowns",
            help="File of parameters and their ranges; default: sim/inputs/scenario/ranges.toml.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            callback=options.between(1, MOST_PARAMETERS), help="Parameters that Sobol takes, those that matter most to Morris."
        ),
    ] = 12,
    trajectories: Annotated[
        int,
        typer.Option(
            callback=options.between(2, MOST_TRAJECTORIES),
            help="Trajectories of Morris, each of as many points as parameters and one.",
        ),
    ] = 40,
    points: Annotated[
        int,
        typer.Option(
            callback=options.between(1, options.MOST_POINTS),
            help="Base points of Sobol, a power of two; each costs as many points as parameters and two.",
        ),
    ] = 512,
    fails_below: Annotated[
        float, typer.Option(help="A future fails when less than this share of the objective counts at the end, 0-1.")
    ] = 0.6,
    replications: Annotated[
        int,
        typer.Option(
            callback=options.between(1, options.MAX_REPLICATIONS),
            help="Replications of every point, the same ones; ten times as many at the ends.",
        ),
    ] = 20,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: options.AsJson = False,
    lang: options.Lang = Language.nl,
    budget_minutes: options.BudgetMinutes = 30,
    budget_gb: options.BudgetGigabytes = 5,
    yes: Yes = False,
) -> None:
    """Which of the things that nobody knows matter, for dwellings, verdicts of 2B and euro? And in which futures does the objective fail?"""
    from sim.inputs.scenario.ranges import RANGES, chosen
    from sim.inputs.scenario.ranges import uncertain_parameters as read
    from sim.runs.cost import Budget
    from sim.studies.sensitivity import study

    read_in = options.read_scenario(scenario, seed)
    names = [name.strip() for name in parameters.split(",")] if parameters is not None else None
    known = chosen(names, read(uncertain_parameters or RANGES), "--parameters")
    in_sobol = method is Method.sobol
    screened = 0 if in_sobol and names is not None else trajectories
    looked_at = (replications, screened, points if in_sobol else 0, most, fails_below)
    budget = Budget(budget_minutes, budget_gb, yes, say)
    with options.under_way() as progress:
        result = study.sensitivity(read_in, known, *looked_at, seed, workers, out, progress, budget)
    options.tell(result, as_json, lang)
    if result.facts["failed"]:
        options.stop(f"{result.facts['failed']} replications failed at some point and are not counted", FAILED)
