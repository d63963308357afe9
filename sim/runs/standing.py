"""What a forecast's numbers are to be taken for: said with them wherever they are given, in JSON, in tables, on pictures and pages."""

from collections.abc import Mapping
from typing import Any

from sim.inputs.scenario.model import Scenario
from sim.runs.source import replaced

BACKTEST = "not passed"  # held against 2009-2025 (docs/validation.md); a test says so when that changes
ESTIMATED = "objective, SIB, stock, land and pipeline per municipality are estimates"
CARRIES = {True: "luck, parameter sets, populations", False: "luck alone: the scenario's own values"}


def standing(scenario: Scenario) -> dict[str, Any]:
    """Return what the numbers of a scenario's runs are to be taken for.

    `kind`; `carries`: what their bands hold; `backtest`: whether the model passed; `estimated`: which figures behind them nobody publishes;
    `law`: what is judged by; `readings`: of that law where it is silent, each as it is read; `replaced`: functions and constants that are not
    those of the source, where there are any.
    """
    readings = scenario.law.readings
    return {
        "kind": "estimate",
        "carries": CARRIES[scenario.drawn],
        "backtest": BACKTEST,
        "estimated": ESTIMATED,
        "law": scenario.law.title,
        "readings": {name: getattr(readings, name).value for name in type(readings).model_fields},
        **({"replaced": [*instead]} if (instead := replaced()) else {}),
    }


def in_a_line(of: Mapping[str, Any]) -> str:
    """Return a standing as short as a cell of a table wants it."""
    kind = f"NOT THE PUBLISHED MODEL ({', '.join(of['replaced'])} replaced)" if "replaced" in of else of["kind"]
    return f"{kind}; backtest {of['backtest']}; bands carry {of['carries']}; figures per municipality estimated"
