"""bso-sim: will Flanders build the social homes it has promised? What a notebook needs; nothing else.

import sim
sim.run("scenarios/baseline.toml", replications=50).plot()
"""

from typing import Any

__all__ = ["Compared", "Forecast", "Needs", "Results", "Scenario", "capacity_of", "compare", "load_scenario", "run"]

_WHERE = {
    "run": "sim.api",
    "compare": "sim.api",
    "capacity_of": "sim.api",
    "Needs": "sim.api",
    "Compared": "sim.api",
    "Forecast": "sim.api",
    "Results": "sim.runs.results",
    "Scenario": "sim.inputs.scenario.model",
    "load_scenario": "sim.inputs.scenario.model",
}


def __getattr__(name: str) -> Any:
    # imported when asked for: `bso --help` and the rules need none of it
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
