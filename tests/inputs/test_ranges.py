"""What nobody knows: ranges are the baseline's, a value changes nothing else, bad names and files are refused with what is allowed."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.curves import Curve
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.model import changed as change
from sim.inputs.scenario.ranges import at, chosen, uncertain_parameters
from sim.inputs.scenario.sets import completed, values_of
from sim.inputs.scenario.toml import merge
from tests.support.walk import changed, digest

DISCRETE = {"committee_interval"}  # a lever of whole months: no range to vary evenly in
OFF = {"rent_in_growth"}  # of the other kind of rent-in, exponential


@pytest.mark.parametrize("name", sorted(uncertain_parameters()))
def test_ranges_are_those_of_the_baseline(name: str, baseline: Scenario) -> None:
    """Low and high are the baseline's range where it has one: of the value, of the constant (its distribution's ends) or of a parameter."""
    own, parameter = uncertain_parameters()[name], uncertain_parameters()[name].parameters(baseline)[0]
    field = next(iter(own.keys())).split(".")[2]
    if isinstance(parameter, Distribution) and field == "constant":
        assert (own.low, own.high) == pytest.approx([float(parameter.quantile(p)) for p in (0, 1)])
    elif parameter.range is not None:
        spread = parameter.parameters["scale"] if isinstance(parameter, Distribution) and parameter.distribution == "uniform" else 0
        assert (own.low, own.high + spread) == pytest.approx(parameter.range)
    else:
        assert own.status == "assumed"


def test_every_range_of_the_baseline_is_used(baseline: Scenario) -> None:
    """A parameter with a range in the baseline is an uncertain one; what is only a lever in steps, or off, is not."""
    ranged = {name for group in (baseline.levers, baseline.uncertainties) for name, value in group if value.range is not None}
    assert ranged - set(uncertain_parameters()) == DISCRETE | OFF


@pytest.mark.parametrize("name", [*sorted(OFF), "sales"])
def test_what_is_off_changes_nothing(name: str, baseline: Scenario) -> None:
    """At both ends of its range the history is the baseline's; that of what is on is another."""
    histories = [digest(replicate(build_model(baseline, load_region(baseline)), 0))]
    for end in getattr(baseline.uncertainties, name).range:
        other = changed(baseline, **{name: end})
        histories.append(digest(replicate(build_model(other, load_region(other)), 0)))
    assert len(set(histories)) == (1 if name in OFF else 3)


@pytest.mark.parametrize("name", sorted(uncertain_parameters()))
def test_a_scenario_can_have_both_ends_and_nothing_else_changes(name: str, baseline: Scenario) -> None:
    """Only what the parameter sets differs from the baseline, and the value stands between low and high there."""
    own = uncertain_parameters()[name]
    touched = {tuple(key.split(".")[:2]) for key in own.keys()}  # noqa: SIM118
    for end in (own.low, own.high):
        other = at(baseline, {name: end}, "other")
        for group in ("levers", "uncertainties"):
            for parameter, value in getattr(baseline, group):
                if (group, parameter) not in touched:
                    assert getattr(getattr(other, group), parameter) == value
    for key, (a, b) in own.keys().items():
        group, parameter, *fields = key.split(".")
        found = getattr(getattr(other, group), parameter).model_dump()
        for field in fields:
            found = found[field]
        assert found == pytest.approx(a + b * own.high)


def test_the_mean_effort_is_the_mean(baseline: Scenario) -> None:
    """Two parameters of one distribution set together."""
    assert at(baseline, {"effort_start": 0.3}, "x").uncertainties.effort_start.mean() == pytest.approx(0.3)
    assert at(baseline, {"cancelled": 0.2}, "x").uncertainties.expected_survival.value == pytest.approx(0.8)


def test_what_is_checked_where_it_changed_is_what_is_checked_whole(baseline: Scenario) -> None:
    """A set of values of all unknowns, and every relief: the same scenario as when all of it is read again."""
    sets = completed(baseline, pd.DataFrame(index=range(8)))
    for k in range(len(sets)):
        point = at(baseline, values_of(sets, k), "point")
        assert point == Scenario.model_validate(point.model_dump(by_alias=True))
    for name, relief in counterfactuals().items():
        by_hand = merge(baseline.model_dump(by_alias=True), relief.changes, "here")
        assert change(baseline, relief.changes, name, "here") == Scenario.model_validate({**by_hand, "name": name})
    law = {
        "law_changes": {
            "values": {"premium": {"from": date(2027, 1, 1)}},
            "tests": {"status": "reading", "source": "x", "every": 1},
        }
    }
    yearly = change(baseline, law, "yearly", "here")
    assert yearly.law.values.premium.since == date(2027, 1, 1)
    assert len(yearly.law.rhythm) > len(baseline.law.rhythm)
    assert yearly == Scenario.model_validate(yearly.model_dump(by_alias=True))


@pytest.mark.parametrize("p", [0.5, np.array([0.0, 1e-6, 0.3, 1.0]), np.array([[0.1, 0.9]])])
def test_quantiles_are_those_of_scipy_to_the_bit(p: Any, baseline: Scenario) -> None:
    """Also where they are scaled from standard ones, and for a scale that cannot be."""
    for _, parameter in baseline.uncertainties:
        if isinstance(parameter, Distribution):
            for factor in (1.0, 0.37):
                given = {name: value * factor if name != "c" else value for name, value in parameter.parameters.items()}
                curve = Curve(parameter.distribution, tuple(given.items()), parameter.minimum, parameter.maximum)
                exact = getattr(scipy.stats, parameter.distribution).ppf(p, **given)
                found = curve.quantile(p)
                assert found.tobytes() == np.clip(exact, parameter.minimum, parameter.maximum).tobytes()
    assert np.isnan(Curve("norm", (("scale", 0.0),)).quantile(p)).all()


def test_bad_names_and_values(baseline: Scenario) -> None:
    """The nearest name, what is allowed, and a distribution that is a constant already."""
    with pytest.raises(InputError, match="did you mean 'managers'"):
        at(baseline, {"manager": 100}, "x")
    with pytest.raises(InputError, match="did you mean 'budget_growth'"):
        chosen(["budget_grow"], uncertain_parameters(), "--parameters")
    with pytest.raises(InputError, match="each parameter once"):
        chosen(["sales", "sales"], uncertain_parameters(), "--parameters")
    with pytest.raises(InputError, match="greater than or equal to 0"):
        at(baseline, {"sales": -1}, "x")
    fixed = baseline.uncertainties.permit.model_copy(update={"constant": 2.0})
    scenario = baseline.model_copy(update={"uncertainties": baseline.uncertainties.model_copy(update={"permit": fixed})})
    with pytest.raises(InputError, match="is the constant 2 here"):
        at(scenario, {"permit": 1.5}, "x")


FAMILIES = {
    "norm": {},
    "gamma": {"a": 4.0},
    "lognorm": {"s": 0.3},
    "weibull_min": {"c": 2.0},
    "uniform": {},
    "beta": {"a": 2.0, "b": 2.0},
}


def test_a_range_is_of_the_family_that_it_was_written_for(baseline: Scenario) -> None:
    """A scale of another family is no median: whatever family a scenario gives, only the baseline's own takes values of the range."""
    tried = 0
    for name, uncertain in uncertain_parameters().items():
        for group, parameter, _, *inner in (key.split(".") for key in list(uncertain.keys())):
            for family, shapes in FAMILIES.items() if inner else ():
                own = getattr(getattr(baseline, group), parameter)
                spread = {
                    "distribution": family,
                    "parameters": {**shapes, "loc": 0.5, "scale": 0.02},
                    "minimum": 0.01,
                    "maximum": 0.9,
                }
                scenario = baseline.with_(
                    {f"{group}.{parameter}": {**spread, **({"minimum": 1, "maximum": 99} if parameter == "size" else {})}}
                )
                if family == own.distribution:
                    at(scenario, {name: uncertain.high}, "x")
                    continue
                with pytest.raises(InputError, match=f"{parameter} is of {family} here; this is of {own.distribution}"):
                    at(scenario, {name: uncertain.high}, "x")
                tried += 1
    assert tried > 30


TABLE = 'title = "a"\ntitle_nl = "a"\nunit = "-"\nstatus = "assumed"\nsource = "me"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1 to 200 are allowed"),
        ("sales = 3", "a table with sets"),
        (f'[a]\n{TABLE}low = 1\nhigh = 2\nsets = ["levers.managers.value"]', "did you mean 'managers_scale'"),
        (f'[a]\n{TABLE}low = 1\nhigh = 2\nsets = ["lever.sales.value"]', "did you mean 'levers'"),
        (f'[a]\n{TABLE}low = 1\nhigh = 2\nsets = ["uncertainties.sales.constant"]', "value is allowed"),
        (f'[a]\n{TABLE}low = 1\nhigh = 2\nsets = ["uncertainties.permit.value"]', "constant, minimum, maximum"),
        (f'[a]\n{TABLE}low = 2\nhigh = 2\nsets = ["uncertainties.sales.value"]', "below high"),
        (f"[a]\n{TABLE}low = 1\nhigh = 2", "sets nothing"),
        (f'[a]\n{TABLE}low = 1\nhigh = 2\nlinear = {{ "uncertainties.sales.value" = [1] }}', "two numbers"),
        (f'[a]\n{TABLE}lo = 1\nhigh = 2\nsets = ["uncertainties.sales.value"]', "did you mean 'low'"),
        (
            f'[a]\n{TABLE}low = 1\nhigh = 2\nsets = ["uncertainties.sales.value"]\n'
            f'[b]\n{TABLE}low = 1\nhigh = 2\nsets = ["uncertainties.sales.value"]',
            "as a does",
        ),
    ],
)
def test_bad_files_of_unknowns(text: str, problem: str, tmp_path: Path) -> None:
    """File, place, what was found and what is allowed."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem) as error:
        uncertain_parameters(path)
    assert str(path) in str(error.value)
