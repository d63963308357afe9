"""Reliefs and doubts: what might be otherwise, as tables that change a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.inputs.scenario.toml import read_toml

COUNTERFACTUALS = Path(__file__).parent / "counterfactuals.toml"
ASSUMPTION_CHECKS = Path(__file__).parent / "assumption_checks.toml"
WORDS = ("title", "title_nl", "control", "why")  # what is said of a change; all else in its table is what it changes


@dataclass(frozen=True)
class Change:
    """What might be otherwise, and its titles. `control`: of a relief of all municipalities at once, whether it lies "inside" or "outside" a
    municipality's own; `why`: an assumption of the backtest is doubted."""

    changes: Mapping[str, Any]
    title: str
    title_nl: str
    control: str = ""
    why: str = ""


@cache
def counterfactuals() -> Mapping[str, Change]:
    """Return the reliefs by name, in the order of their file."""
    return _read(COUNTERFACTUALS)


@cache
def assumption_checks() -> Mapping[str, Change]:
    """Return the doubts by name, in the order of their file."""
    return _read(ASSUMPTION_CHECKS)


def _read(path: Path) -> dict[str, Change]:
    changes = {}
    for name, table in read_toml(path).items():
        words = {key: table.pop(key) for key in WORDS if key in table}
        changes[name] = Change(table, **words)
    return changes
