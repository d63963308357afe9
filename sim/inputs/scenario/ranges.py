"""What nobody knows exactly: each uncertain parameter with the keys that it sets and the range worth trying; scenarios at values of them."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.model import Scenario, baseline_tables, changed, validated
from sim.inputs.scenario.parameters import Levers, Uncertainties
from sim.inputs.scenario.toml import read_toml
from sim.inputs.scenario.values import Parameter, Status

RANGES = Path(__file__).parent / "ranges.toml"
GROUPS: Mapping[str, type[Frozen]] = {"levers": Levers, "uncertainties": Uncertainties}
MOST = 200  # unknowns in a file


class UncertainParameter(Frozen):
    """An uncertain parameter: what it is called, the keys that it sets, the ends of its range in its unit, and where the range is from.

    `sets`: keys of a scenario that get the value itself; `linear`: keys that get a + b x value, as (a, b).
    """

    title: str = Field(min_length=1)
    title_nl: str = Field(min_length=1)
    sets: list[str] = Field(default_factory=list)
    linear: dict[str, list[float]] = Field(default_factory=dict)
    low: float
    high: float
    unit: str = Field(min_length=1)
    status: Status
    source: str = Field(min_length=1)

    def keys(self) -> dict[str, tuple[float, float]]:
        """Return every key that it sets with a and b of a + b x value."""
        return {**dict.fromkeys(self.sets, (0.0, 1.0)), **{key: (a, b) for key, (a, b) in self.linear.items()}}

    def parameters(self, scenario: Scenario) -> list[Parameter]:
        """Return the parameters of a scenario that it sets, the first of which speaks for it: with its own status and source."""
        names = dict.fromkeys(tuple(key.split(".")[:2]) for key in self.keys())
        return [getattr(getattr(scenario, group), name) for group, name in names]


Known = Mapping[str, UncertainParameter]  # by name


@cache
def uncertain_parameters(path: Path = RANGES) -> Known:
    """Return the uncertain parameters of a file by name, in its order.

    Raises InputError for what is no range, sets nothing, or sets what no scenario has or what another sets as well.
    """
    parameters = {}
    owners: dict[str, str] = {}
    for name, table in read_toml(path).items():
        if not isinstance(table, dict):
            raise InputError(path, name, f"found {table!r}; a table with sets, low, high, unit, status and source is needed")
        for key, ends in table.get("linear", {}).items() if isinstance(table.get("linear"), dict) else ():
            if not isinstance(ends, list) or len(ends) != 2:
                raise InputError(path, f"{name}.linear.{key}", f"found {ends!r}; two numbers a and b of a + b x value are allowed")
        uncertain = validated(UncertainParameter, table, path)
        if uncertain.low >= uncertain.high:
            raise InputError(path, f"{name}.low", f"found {uncertain.low:g}; below high ({uncertain.high:g}) is needed")
        keys = uncertain.keys()
        if not keys:
            raise InputError(path, name, "sets nothing; sets or linear is needed")
        for key in keys:
            _check_key(key, path, name)
            other = owners.setdefault(key, name)
            if other != name:
                raise InputError(path, name, f"sets {key}, as {other} does; each value belongs to one of them")
        parameters[name] = uncertain
    if not 1 <= len(parameters) <= MOST:
        raise InputError(path, "", f"{len(parameters)} parameters; 1 to {MOST} are allowed")
    return parameters


def _check_key(key: str, path: Path, name: str) -> None:
    """Raise InputError for a key that no scenario has."""
    place = f"{name}: {key}"
    group, _, rest = key.partition(".")
    refuse_unknown(group, GROUPS, path, place, "group")
    parameter, _, field = rest.partition(".")
    refuse_unknown(parameter, GROUPS[group].model_fields, path, place, "parameter")
    kind = GROUPS[group].model_fields[parameter].annotation
    spread = isinstance(kind, type) and issubclass(kind, Distribution)
    inside = field.startswith("parameters.") and field.count(".") == 1
    if not (field in ("constant", "minimum", "maximum") or inside if spread else field == "value"):
        allowed = "constant, minimum, maximum or parameters.NAME" if spread else "value"
        raise InputError(path, place, f"found {field!r}; {allowed} is allowed")


def chosen(names: Collection[str] | None, known: Known, place: str) -> dict[str, UncertainParameter]:
    """Return the unknowns of these names, all when none are named. Raises InputError with the nearest name, and for one named twice."""
    if names is None:
        return dict(known)
    for name in names:
        refuse_unknown(name, known, place, "", "parameter")
    if len(set(names)) < len(names) or not names:
        raise InputError(place, "", f"found {', '.join(names) or 'nothing'}; each parameter once is allowed")
    return {name: known[name] for name in names}


def at(scenario: Scenario, values: Mapping[str, float], name: str, known: Known | None = None) -> Scenario:
    """Return a scenario, under another name, in which unknowns have these values (in their units); the others stay as they are.

    Raises InputError for an unknown name, for a value that the scenario cannot have, and for a distribution that the scenario has made a
    constant, as its parameters change nothing any more, or that is of another family than the baseline's, of which the ranges speak.
    """
    known = uncertain_parameters() if known is None else known
    changes: dict[str, Any] = {}
    for each, value in values.items():
        if each not in known:
            raise InputError(name, each, f"unknown parameter; {nearest(each, known)}")
        for key, (a, b) in known[each].keys().items():
            group, parameter, field, *inner = key.split(".")
            table = changes.setdefault(group, {}).setdefault(parameter, {})
            if not inner:
                table[field] = a + b * value
                continue
            now = getattr(getattr(scenario, group), parameter)
            if now.constant is not None:
                problem = f"{parameter} is the constant {now.constant:g} here, so that this changes nothing"
                raise InputError(scenario.name, key, problem)
            family = baseline_tables()[group][parameter]["distribution"]
            if now.distribution != family:  # a parameter of the same name is something else there
                raise InputError(scenario.name, key, f"{parameter} is of {now.distribution} here; this is of {family}")
            table.setdefault(field, dict(now.parameters))[inner[0]] = a + b * value  # `parameters` is replaced as a whole
    return changed(scenario, changes, name, f"{name} (unknowns)")
