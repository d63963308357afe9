"""Whatever a scenario may have, a replication runs with: both ends of all that a parameter allows and of its range, one at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.distributions import Bounded
from sim.inputs.scenario.model import Scenario, changed
from sim.inputs.scenario.parameters import Levers, Uncertainties
from sim.inputs.scenario.ranges import at, uncertain_parameters
from sim.inputs.scenario.values import Parameter
from tests.support.campaign import campaign

GROUPS: dict[str, type[Any]] = {"levers": Levers, "uncertainties": Uncertainties}
NOT_ALONE = {  # ends that are refused, as another value asks more
    *(("award", 0.0), ("effort_start", 0.0), ("renovation_today", 1.0), ("searches_at_once", 1_000_000)),
    *(("shock_flanders", 1.0), ("shock_company", 1.0)),
}


@pytest.fixture(scope="module")
def region() -> Region:
    """One population is enough."""
    return load_region().only(0)


def ends(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    """Yield the ends of what a parameter may be, each with the key that takes it, and those of its range; of a choice all there is."""
    if isinstance(parameter, Bounded):
        low = parameter.LOW if parameter.minimum is None else max(parameter.LOW, parameter.minimum)
        high = parameter.HIGH if parameter.maximum is None else min(parameter.HIGH, parameter.maximum)
        yield from (("constant", float(end)) for end in (low, high, *(parameter.range or ())))
        return
    field = type(parameter).model_fields["value"]
    kind = field.annotation
    bounds = [getattr(bound, side) for side in ("ge", "le") for bound in field.metadata if hasattr(bound, side)]
    choices = [True, False] if kind is bool else get_args(kind)
    numbers = [] if choices else [*bounds, *(parameter.range or ())]
    yield from (("value", end) for end in (*choices, *(kind(end) for end in numbers if callable(kind))))


def cases(scenario: Scenario) -> list[tuple[str, str, str, Any]]:
    """Return every end of every parameter: group, name, key and value."""
    named = (
        (group, name, getattr(getattr(scenario, group), name)) for group, model in GROUPS.items() for name in model.model_fields
    )
    return [(group, name, key, value) for group, name, parameter in named for key, value in ends(parameter)]


def run(scenario: Scenario, region: Region, tables: dict[str, Any]) -> None:
    """Run a replication of a scenario with something else, whose totals are no less than nothing."""
    history = replicate(build_model(changed(scenario, tables, "an end", "test"), region), 0)
    assert (history.years["delivered"] >= 0).all()
    assert (history.years["paid_cents"] >= 0).all()


@pytest.mark.parametrize("part", campaign(range(4), 4))
def test_every_end_runs_or_is_refused(baseline: Scenario, region: Region, part: int) -> None:
    """None goes on for ever, overflows, or gives negative dwellings or contributions; those that others forbid are refused."""
    tried, refused = cases(baseline), set()
    for group, name, key, value in tried[part::4]:
        try:
            run(baseline, region, {group: {name: {key: value}}})
        except InputError:
            refused.add((name, value))
    assert len(tried) > 250
    assert refused == NOT_ALONE & {(name, value) for _, name, _, value in tried[part::4]}


def test_sizes_at_the_ends_run(baseline: Scenario, region: Region) -> None:
    """Exponents at their most, of the smallest and the largest size beside the smallest and the largest reference."""
    most = {f"{name}_exponent": {"value": 3.0} for name in ("construction", "appeal")}
    for size in (1.0, 1000.0):
        for reference in (1, 1_000_000):
            beside = {f"{name}_reference": {"value": reference} for name in ("construction", "appeal")}
            spread = {"minimum": size, "maximum": size, "constant": size}
            run(baseline, region, {"uncertainties": {**most, **beside, "size": spread, "construction": {"constant": 10_000.0}}})


@pytest.mark.parametrize(
    ("name", "table", "allowed"),
    [
        ("size", {"constant": 0.4}, "1 to 100 is allowed"),
        ("size", {"constant": 100.5}, "1 to 100 is allowed"),
        ("permit", {"constant": 0.4}, "0.5 to inf is allowed"),
        ("construction_exponent", {"value": 100.0}, "less than or equal to 3"),
        ("award", {"minimum": 0.0, "maximum": 0.0}, "award.maximum: found 0; above 0 is needed"),
    ],
)
def test_what_never_ended_is_refused(name: str, table: dict[str, float], allowed: str, baseline: Scenario) -> None:
    """A size that rounds to no dwelling, a stay of no time, a power that cannot be counted."""
    with pytest.raises(InputError, match=allowed):
        changed(baseline, {"uncertainties": {name: table}}, "an end", "test")


@pytest.mark.full
def test_every_end_of_what_is_not_known_runs(baseline: Scenario, region: Region) -> None:
    """All unknowns at once at their low ends, at their high ends, and each end with all others at the opposite one."""
    known = uncertain_parameters()
    low, high = ({name: getattr(uncertain, side) for name, uncertain in known.items()} for side in ("low", "high"))
    for ends_of in (low, high, *({**low, name: high[name]} for name in known), *({**high, name: low[name]} for name in known)):
        history = replicate(build_model(at(baseline, ends_of, "ends"), region), 0)
        assert (history.years["delivered"] >= 0).all()


@pytest.mark.parametrize("where", ["the law", "a table"])
def test_more_projects_than_can_be_counted_are_refused_before_any_work(where: str, baseline: Scenario, tmp_path: Path) -> None:
    """A million projects of a dwelling with means without end take minutes a replication; as many dwellings in projects of the usual size do
    not."""
    small = {"uncertainties.size": {"minimum": 1, "maximum": 1, "constant": 1}, "uncertainties.smallest_project": 1}
    asked: dict[str, Any] = {"law_changes.values.objective": 1_000_000}
    if where == "a table":
        (tmp_path / "figures.csv").write_text("nis,pipeline_mjp\n41002,1000000\n", encoding="utf-8")
        asked = {"official": {"file": str(tmp_path / "figures.csv"), "partial": True}}
    load_region(baseline.with_(asked))
    with pytest.raises(InputError, match=r"projects of the usual size \(1\); at most 200,000"):
        load_region(baseline.with_(asked | small))
