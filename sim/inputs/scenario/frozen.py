"""What all that is read from a scenario or law is: frozen, strict, and of a count never a number that may mean a thousand times as much."""

import re
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict

from sim.inputs.errors import of_thousands
from sim.inputs.scenario.mistyped import number_in
from sim.inputs.scenario.toml import Written, written

NUMBERS = ("value", "parameters", "points", "minimum", "maximum", "constant", "range")  # of a parameter
COUNTED = re.compile(r"dwellings|places|project managers|((thousand|million) )?euro")  # how units begin of what is counted


class Frozen(BaseModel):
    """Base of everything read from a scenario or law file: unknown keys, wrong types and numbers that are not finite are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def refuse_thousands(place: str, value: object) -> None:
    """Raise ValueError for a number, or one in a table or list, that may have a point of thousands. `place`: within what is checked."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        refuse_thousands(f"{place}.{key}", part)
    if isinstance(value, (Written, str)) and of_thousands(text := written(value)):
        plain = re.sub("[.,]", "", text)
        found = f"{place}: found {text}; " if place else ""
        raise ValueError(f"{found}{plain} or {text}0 is needed, as it may mean either")


def whole_number(found: object) -> str:
    """Return in words that a whole number is needed, and which one where what was found has a point of thousands."""
    text = written(found)
    return "a whole number is allowed, without a point" + (f": {re.sub('[.,]', '', text)}" if of_thousands(text) else "")


def counted(table: Any) -> Any:
    """Return the table of a parameter, its numbers in quotes as numbers. Raises ValueError for one that may have a point of thousands, where
    its unit counts: 5% of a count means nothing there either."""
    if not isinstance(table, dict):
        return table
    numbers, counts = {key: table[key] for key in NUMBERS if key in table}, COUNTED.match(str(table.get("unit"))) is not None
    for key, value in numbers.items() if counts else ():
        refuse_thousands(key, value)
    return table | {key: _unquoted(value, percent=not counts) for key, value in numbers.items()}


def _unquoted(value: Any, percent: bool) -> Any:
    """Return a value of a parameter, or one with parts, in which a text that is a number is one."""
    if isinstance(value, dict):
        return {key: _unquoted(part, percent) for key, part in value.items()}
    if isinstance(value, list):
        return [_unquoted(part, percent) for part in value]
    number = number_in(value) if isinstance(value, str) and (percent or "%" not in value) else None
    if number is None:
        return value
    return int(number) if number.denominator == 1 else float(number)


def ordered(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the ends of a range. Raises ValueError unless the lower one is first."""
    if ends is not None and ends[0] > ends[1]:
        raise ValueError("the lower end first is needed")
    return ends


def beyond(value: float, limit: object) -> str:
    """Return in words which limit of a field a number lies beyond; nothing where it does not."""
    match limit:
        case Ge(ge=bound) if value < bound:  # type: ignore[operator]
            return f"at least {bound}"
        case Gt(gt=bound) if value <= bound:  # type: ignore[operator]
            return f"above {bound}"
        case Le(le=bound) if value > bound:  # type: ignore[operator]
            return f"at most {bound}"
        case Lt(lt=bound) if value >= bound:  # type: ignore[operator]
            return f"below {bound}"
    return ""
