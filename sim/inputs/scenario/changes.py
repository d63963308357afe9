"""A scenario with something changed: by a few tables, as a file that extends another changes it; reliefs and doubts, which are such tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.model import Scenario, validated
from sim.inputs.scenario.toml import merge, read_toml

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


def changed(scenario: Scenario, changes: Mapping[str, Any], name: str, by: str) -> Scenario:
    """Return a scenario under another name with tables laid over it, as in a file that extends it (`law_changes` included).

    `by`: what changes it, for the sources of the values and in messages. Raises InputError for a key or value that cannot be.
    """
    over = dict(changes)
    if "law_changes" in over:
        over["law"] = over.pop("law_changes")
    return validated(Scenario, {**merge(opened(scenario, over), over, by), "name": name}, Path(by))


def opened(held: Any, over: Mapping[str, Any]) -> Any:
    """Return what a scenario holds as tables, as far down as `over` reaches: all else stays as it was checked, and is not checked again."""
    if isinstance(held, Frozen):
        held = {key: getattr(held, name) for name, key in _keys(type(held)).items()}
    if not isinstance(held, dict):
        return held
    return held | {key: opened(held[key], value) for key, value in over.items() if key in held and isinstance(value, dict)}


@cache
def _keys(model: type[Frozen]) -> Mapping[str, str]:
    """Return the key of every field of a model, by its name."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


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
