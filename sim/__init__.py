"""bso-sim: will Flanders build the social homes it has promised? What a notebook needs; nothing else.

import sim
sim.run("scenarios/baseline.toml", replications=50).plot()

Every study can be called by name: `dir(sim)` lists them.
"""

from importlib import import_module
from typing import Any

_OTHERS = {
    "Results": "sim.runs.results:Results",
    "Scenario": "sim.inputs.scenario.model:Scenario",
    "evaluate": "sim.studies.forecast.evaluate:evaluate",
    "load_scenario": "sim.inputs.scenario.library:scenario_of",  # a name of the library, too
}


def __getattr__(name: str) -> Any:
    # imported when asked for: `bso --help` and the rules need none of it
    if name == "__version__":
        return import_module("importlib.metadata").version("bso-sim")
    if name in _OTHERS:
        module, attribute = _OTHERS[name].split(":")
        return _shown(getattr(import_module(module), attribute))
    if not name.startswith("_"):
        registry = import_module("sim.studies.registry")
        if name in registry.calls():
            return _shown(registry.load(*registry.calls()[name]))
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def _shown(called: Any) -> Any:
    return import_module("sim.studies.notebook").shown(called)  # with a bar, in a notebook


def __dir__() -> list[str]:
    return sorted(["__version__", *_OTHERS, *import_module("sim.studies.registry").calls()])
