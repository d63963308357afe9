"""The two engines side by side: what the plain model makes of a replication, and where the compiled engine's history differs."""

from collections.abc import Iterable

import numpy as np

from sim.engine import build_model, replicate
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.model import Given, History
from sim.model import replicate as replicate_plain

Row = dict[str, int]


def run_plain(scenario: Scenario, region: Region, replication: int) -> History:
    """Return what the plain model makes of a replication."""
    return replicate_plain(Given(scenario, region), replication)


def first_difference(what: str, expected: list[Row], found: np.ndarray, label: tuple[str, ...]) -> str:
    """Return the first difference between rows in words, or nothing. `label`: the fields that name a row."""
    rows = found.reshape(-1)
    for number, row in enumerate(expected):
        if number >= len(rows):
            break
        for name, value in row.items():
            if name in (rows.dtype.names or ()) and int(rows[name][number]) != value:
                place = ", ".join(f"{key} {row[key]}" for key in label)
                both = f"{name} is {value} in the plain model, {int(rows[name][number])} in the engine"
                return f"{what} {place} (row {number}): {both}; the plain model's row: {row}"
    if len(rows) != len(expected):
        return f"{what}: {len(expected)} rows in the plain model, {len(rows)} in the engine"
    return ""


def differences(scenario: Scenario, region: Region, replication: int, plain: History) -> Iterable[str]:
    """Yield the first difference of each table."""
    history = replicate(build_model(scenario, region), replication)
    years, municipalities = scenario.months // 12, len(region.nis)
    tests = len(plain.tests) // municipalities
    assert history.years.shape == (years, municipalities)
    assert history.tests.shape == (tests, municipalities)
    assert history.companies.shape == (years, len(region.company_names))
    assert history.flanders.shape == (years,)
    assert history.paths.shape == (tests, municipalities, len(scenario.law.growth_path))
    yield first_difference("project", plain.projects, history.projects, ("municipality", "k"))
    yield first_difference("year", plain.years, history.years, ("year", "municipality"))
    yield first_difference("test", plain.tests, history.tests, ("municipality",))
    yield first_difference("company", plain.companies, history.companies, ("year", "company"))
    yield first_difference("Flanders", plain.flanders, history.flanders, ("year",))
    for number, (row, path) in enumerate(zip(plain.tests, plain.paths, strict=True)):
        found = history.paths.reshape(len(plain.paths), -1)[number].tolist()
        if row["category"] > 0 and found != list(path):
            yield f"path at test {number // municipalities} of municipality {row['municipality']}: {list(path)}, in the engine {found}"
            break
