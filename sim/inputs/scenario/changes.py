"""A scenario with something changed: by a few tables, as a file that extends another changes it; reliefs and doubts, which are such tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from sim.inputs.scenario.model import Scenario, validated
from sim.inputs.scenario.toml import merge, read_toml

COUNTERFACTUALS = Path(__file__).parent / "counterfactuals.toml"
ASSUMPTION_CHECKS = Path(__file__).parent / "assumption_checks.toml"
Named = TypeVar("Named")


@dataclass(frozen=True)
class Counterfactual:
    """What would be relieved of all municipalities at once, its titles, and whether it lies inside a municipality's own control."""

    name: str
    title: str
    title_nl: str
    control: Literal["inside", "outside"]
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class AssumptionCheck:
    """What might have been otherwise in the years of a backtest, its titles, why it is doubted, and what it changes."""

    name: str
    title: str
    title_nl: str
    why: str
    changes: Mapping[str, Any]


def changed(scenario: Scenario, changes: Mapping[str, Any], name: str, by: str) -> Scenario:
    """Return a scenario under another name with tables laid over it, as in a file that extends it (`law_changes` included).

    `by`: what changes it, for the sources of the values and in messages. Raises InputError for a key or value that cannot be.
    """
    over = dict(changes)
    if "law_changes" in over:
        over["law"] = over.pop("law_changes")
    tables = merge(scenario.model_dump(by_alias=True), over, by)
    return validated(Scenario, {**tables, "name": name}, Path(by))


@cache
def counterfactuals() -> Mapping[str, Counterfactual]:
    """Return the reliefs by name, in the order of their file."""
    return _named(COUNTERFACTUALS, Counterfactual, "control")


@cache
def assumption_checks() -> Mapping[str, AssumptionCheck]:
    """Return the doubts by name, in the order of their file."""
    return _named(ASSUMPTION_CHECKS, AssumptionCheck, "why")


def _named(path: Path, kind: Callable[..., Named], word: str) -> dict[str, Named]:
    """Return the changes of a file by name: each with its titles, and what else is said of it under `word`."""
    found = {}
    for name, table in read_toml(path).items():
        words = {key: table.pop(key) for key in ("title", "title_nl", word)}
        found[name] = kind(name=name, **words, changes=table)
    return found
