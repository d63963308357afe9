"""What all that is read from a scenario or law is: frozen, strict, and of a count never a number that may mean a thousand times as much."""

import re
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict

from sim.inputs.errors import of_thousands
from sim.inputs.scenario.toml import Written, written

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


def counted(table: Any) -> Any:
    """Return the table of a parameter. Raises ValueError for a number in it that may have a point of thousands, where its unit counts."""
    if isinstance(table, dict) and COUNTED.match(str(table.get("unit"))):
        for key in ("value", "parameters", "minimum", "maximum", "constant", "range"):
            refuse_thousands(key, table.get(key))
    return table


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
