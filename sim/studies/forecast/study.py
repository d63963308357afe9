"""A forecast: the results of an experiment, with its pictures and its screen."""

from pathlib import Path
from typing import ClassVar

from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.experiment import run_experiment
from sim.runs.results import Results
from sim.studies.result import Shown


class Forecast(Results, Shown):
    """The results of an experiment, with its pictures."""

    PICTURES: ClassVar[str] = "pictures:draw_all"
    SCREEN: ClassVar[str] = "screen:print_answer"


def run(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    engine: str = "compiled",
) -> Forecast:
    """Run a scenario (a file, or a name of the library) and return its forecast; `out`: folder of the results (default results/<scenario>).

    `engine`: "compiled", or "plain" for the model as it reads (`sim.model`), which gives the same bits and can be stepped through in a
    debugger. Raises InputError naming file, key, what was found and what is allowed, before anything is computed.
    """
    return Forecast(run_experiment(scenario_of(scenario, seed, replications), workers=workers, out=out, engine=engine).folder)
