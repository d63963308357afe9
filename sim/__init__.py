"""bso-sim: will Flanders build the social homes it has promised? What a notebook needs; nothing else.

import sim
sim.run("scenarios/baseline.toml", replications=50).plot()
"""

from typing import Any

__all__ = ["Compared", "Forecast", "Needs", "Results", "Scenario", "capacity_of", "compare", "load_scenario", "run"]

_WHERE = {
    "run": "sim.show",
    "compare": "sim.show",
    "capacity_of": "sim.show",
    "Needs": "sim.show",
    "Compared": "sim.show",
    "Forecast": "sim.show",
    "Results": "sim.study.results",
    "Scenario": "sim.inputs.scenario",
    "load_scenario": "sim.inputs.scenario",
}


def __getattr__(name: str) -> Any:
    # imported when asked for: `bso --help` and the rules need none of it
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
