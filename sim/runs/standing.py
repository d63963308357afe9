"""What a forecast's numbers are to be taken for: said with them wherever they are given, in JSON, in tables, on pictures and pages."""

from collections.abc import Mapping
from typing import Any

from sim.inputs.region.load import STAGES
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.source import replaced

BACKTEST = "not passed"  # held against 2009-2025 (docs/validation.md); a test says so when that changes
FIGURES = {  # what is estimated of municipalities, by the columns of the estimates
    **{"objective": ("objective_regular",), "sib": ("sib",), "stock": ("stock",), "land": ("land_company", "land_public")},
    "pipeline": tuple(f"pipeline_{stage}" for stage in STAGES),
}
CALLED = {"sib": "SIB"}
CARRIES = {True: "luck, parameter sets, populations", False: "luck alone: the scenario's own values"}


def standing(scenario: Scenario, region: Region) -> dict[str, Any]:
    """Return what the numbers of a scenario's runs are to be taken for.

    `kind`; `carries`: what their bands hold; `backtest`: whether the model passed; `estimated`: which figures behind them nobody publishes;
    `official`: of what they are official, where a table of them was laid over the estimates: for how many municipalities, of how many;
    `law`: what is judged by; `readings`: of that law where it is silent, each as it is read; `replaced`: functions and constants that are not
    those of the source, where there are any.
    """
    readings, official = scenario.law.readings, official_of(region)
    return {
        "kind": "estimate",
        "carries": CARRIES[scenario.drawn],
        "backtest": BACKTEST,
        "estimated": estimated_of(region),
        **({"official": official} if official else {}),
        "law": scenario.law.title,
        "readings": {name: getattr(readings, name).value for name in type(readings).model_fields},
        **({"replaced": [*instead]} if (instead := replaced()) else {}),
    }


def official_of(region: Region) -> dict[str, tuple[int, int]]:
    """Return of which FIGURES some are official: for how many municipalities all columns of them are, of how many."""
    counts = {name: min(region.official.get(column, 0) for column in columns) for name, columns in FIGURES.items()}
    return {name: (count, len(region.nis)) for name, count in counts.items() if count}


def estimated_of(region: Region) -> str:
    """Return in words which figures are estimates."""
    official = official_of(region)
    left = [CALLED.get(name, name) for name in FIGURES if official.get(name, (0, 1))[0] < len(region.nis)]
    estimates = f"{', '.join(left[:-1])} and {left[-1]}" if len(left) > 1 else "".join(left) or "other figures"
    known = [f"{CALLED.get(name, name)} of {count} of {of} municipalities" for name, (count, of) in official.items()]
    return f"{estimates} per municipality are estimates" + (f", but for official figures: {', '.join(known)}" if known else "")


def in_a_line(of: Mapping[str, Any]) -> str:
    """Return a standing as short as a cell of a table wants it."""
    kind = f"NOT THE PUBLISHED MODEL ({', '.join(of['replaced'])} replaced)" if "replaced" in of else of["kind"]
    some = f"; but for official {', '.join(of['official'])}" if "official" in of else ""
    return f"{kind}; backtest {of['backtest']}; bands carry {of['carries']}; figures per municipality estimated{some}"
