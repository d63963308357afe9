"""Exact numbers, as the law writes them, and what every rule says of itself."""

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.mistyped import number_in

MAX_DENOMINATOR = 10_000
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d\d?)?|-?\d+/\d+")  # an exponent of more digits would take forever


def exact(value: object) -> Fraction:
    """Return an exact fraction from a whole number, a decimal such as 0.25 or "307,02", a percentage such as "25%", or "5/17".

    >>> exact("5/17"), exact(0.25), exact("25%")
    (Fraction(5, 17), Fraction(1, 4), Fraction(1, 4))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Fraction)):
        raise ValueError('a number or a fraction such as "1/4"')
    text = str(value)
    if isinstance(value, str) and (typed := number_in(value)) is not None:
        text = str(typed)
    if len(text) > 60 or not NUMBER.fullmatch(text) or re.fullmatch(r".*/0+", text):
        raise ValueError('a number or a fraction such as "1/4"')
    fraction = Fraction(text)
    if fraction.denominator > MAX_DENOMINATOR:
        raise ValueError(f"a denominator of at most {MAX_DENOMINATOR}, as the engine counts in 64-bit integers")
    return fraction


Exact = Annotated[Fraction, BeforeValidator(exact), Field(ge=0, le=10**9)]
ExactShare = Annotated[Fraction, BeforeValidator(exact), Field(ge=0, le=1)]


class Sourced(Frozen):
    """What every rule says of itself. `draft`: in the draft law; `final`: in the law; `reading`: a choice where the documents are silent."""

    status: Literal["draft", "final", "reading"]
    source: str = Field(min_length=1)
