"""When an experiment knows an outcome precisely enough to stop."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.inputs.errors import InputError, nearest
from sim.runs.montecarlo_error import half_width
from sim.runs.outcomes import OUTCOMES
from sim.runs.results import Results

FIRST = 160  # the first count at which --until looks; then always twice as many. With 20 populations every batch then holds all of them alike
MOST = FIRST * 64


@dataclass(frozen=True)
class Until:
    """Stop when half of the 95% interval of an outcome's mean is this wide."""

    outcome: str
    half_width: float

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        return f"{self.outcome}={self.half_width:g}"

    def counts(self, most: int) -> Iterator[int]:
        """Return the counts at which to look, fixed beforehand so that the result does not depend on who was ready first."""
        count = FIRST
        while count < most:
            yield count
            count *= 2
        yield most

    def reached(self, results: Results) -> bool:
        """Return whether the outcome is known as precisely as asked."""
        if not results.manifest["replications"]:
            return False  # all failed
        return half_width(OUTCOMES[self.outcome].of(results), results.manifest) <= self.half_width


def parse_until(text: str) -> Until:
    """Return what --until asks for. Raises InputError for what is not OUTCOME=HALFWIDTH."""
    name, _, width = text.partition("=")
    if name not in OUTCOMES:
        raise InputError("--until", text, f"unknown outcome {name!r}; {nearest(name, OUTCOMES)}")
    try:
        wanted = float(width)
    except ValueError:
        wanted = math.nan
    if not 0 < wanted < math.inf:
        raise InputError("--until", text, f"found {width!r}; a half-width above 0 is allowed, as in {name}=100")
    return Until(name, wanted)
