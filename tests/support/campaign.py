"""Of a long list of cases: some in every test run, all in the full one."""

from collections.abc import Iterable
from typing import Any

import pytest


def campaign(cases: Iterable[Any], every: int) -> list[Any]:
    """Return the cases of a test, of which only one in `every` runs where the long campaigns do not."""
    return [pytest.param(case, marks=pytest.mark.full if n % every else ()) for n, case in enumerate(cases)]
