"""What common random numbers are worth: the variance of a difference between scenarios with independent seeds, over that with the same draws."""

import tempfile
from pathlib import Path

import numpy as np

from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import run_experiments
from sim.runs.outcomes import of_all
from tests.support.project import FORECAST, SCENARIOS

RHYTHMS = SCENARIOS / "rhythms"
VARIANTS = ("first_test_2030", "lead_time", "support", "yearly_charged_once", "six_yearly_charged_between")
HEADLINES = {"realised_at_end": "dwellings", "municipalities_2B": "2B per test", "contribution_total": "contributions"}
GOAL = 10


def paired(replications: int) -> str:
    """Return the table: for each rhythm against the draft, how many times smaller the variance of the paired difference is."""
    names = ("baseline", *VARIANTS)
    files = {name: FORECAST if name == "baseline" else RHYTHMS / f"{name}.toml" for name in names}
    with tempfile.TemporaryDirectory() as folder:
        scenarios = {name: load_scenario(path, None, replications) for name, path in files.items()}
        done = run_experiments(scenarios, Path(folder))
        values = {name: of_all(results)[list(HEADLINES)] for name, results in done.items()}
    lines = [
        "",
        f"{f'variance of independent over paired differences, {replications} replications':<58}"
        + "".join(f"{h:>15}" for h in HEADLINES.values()),
    ]
    for name in VARIANTS:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (values["baseline"].var() + values[name].var()) / (values[name] - values["baseline"]).var()
        missed = [HEADLINES[h] for h in HEADLINES if ratio[h] < GOAL]
        goal = f"  at least {GOAL}: missed for {', '.join(missed)}" if missed else f"  at least {GOAL}"
        lines.append(f"{name + ' against the draft':<58}" + "".join(f"{ratio[h]:>15.1f}" for h in HEADLINES) + goal)
    return "\n".join(lines)
