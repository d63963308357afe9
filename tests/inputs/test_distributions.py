"""A distribution, a constant or a unit given anew: what is inherited in silence, and what is not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.scenario.distributions import Bounded
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.parameters import Uncertainties
from sim.inputs.scenario.toml import merge, read_extended
from sim.inputs.scenario.values import Parameter
from tests.support.project import BASELINE

TABLES = read_extended(BASELINE)
SPREAD = [name for name in Uncertainties.model_fields if "distribution" in TABLES["uncertainties"][name]]
COSTED = [(group, name) for group in ("levers", "uncertainties", "costs") for name in TABLES[group]]
numbers = st.floats(-1e6, 1e6)


def mine(folder: Path, text: str) -> Scenario:
    """Return the baseline with something changed."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    return load_scenario(path)


@given(st.sampled_from(SPREAD), st.dictionaries(st.sampled_from(["minimum", "maximum", "constant"]), numbers))
def test_a_new_distribution_keeps_nothing_of_the_old(name: str, said: dict[str, float]) -> None:
    """Neither parameters nor cut-offs, constant or range, but what it says itself; what it is of stays."""
    base = {**TABLES["uncertainties"][name], "constant": 1.0, "minimum": 0.5, "maximum": 2.0, "range": [1, 2]}
    merged = merge(base, {"distribution": "norm", "parameters": {"loc": 1, "scale": 1}, **said}, "mine")
    assert {key: merged[key] for key in merged if key not in ("source", "status")} == {
        "distribution": "norm",
        "parameters": {"loc": 1, "scale": 1},
        "unit": base["unit"],
        **said,
    }


def test_a_normal_permit_no_longer_lies_on_the_old_cut_off(tmp_path: Path) -> None:
    """31% of it did; it is asked for its own, and where much lies on that, it is said."""
    permit = '[uncertainties.permit]\ndistribution = "norm"\nparameters = { loc = 1, scale = 1 }\n'
    with pytest.raises(InputError, match=r"uncertainties.permit: values as low as -3; below 0 is not allowed \(set minimum\)"):
        mine(tmp_path, permit)
    scenario = mine(tmp_path, f"{permit}minimum = 0.5")
    assert (scenario.uncertainties.permit.minimum, scenario.uncertainties.permit.range) == (0.5, None)
    assert scenario.warnings == ["uncertainties.permit: 31% of norm lies below its minimum, 0.5, and counts as that"]


def test_a_distribution_without_parameters_is_refused(tmp_path: Path) -> None:
    """Those of another family, of the same names, were kept: uniform(2, 2) became norm(2, 2)."""
    with pytest.raises(InputError, match=r"uncertainties\.search\.parameters: missing"):
        mine(tmp_path, 'uncertainties.search.distribution = "norm"')


def test_parameters_given_anew_take_the_place_of_a_constant(tmp_path: Path) -> None:
    """They would change nothing; the cut-offs of the family stay."""
    (tmp_path / "under.toml").write_text(
        f'extends = "{BASELINE.as_posix()}"\nuncertainties.permit.constant = 2.0\n', encoding="utf-8"
    )
    path = tmp_path / "mine.toml"
    path.write_text('extends = "under.toml"\nuncertainties.permit.parameters = { s = 0.4, scale = 2.5 }\n', encoding="utf-8")
    permit = load_scenario(path).uncertainties.permit
    assert (permit.constant, permit.minimum, permit.parameters) == (None, 0.5, {"s": 0.4, "scale": 2.5})


def test_the_library_has_little_on_its_cut_offs(baseline: Scenario) -> None:
    """Nothing is said of the baseline."""
    assert baseline.warnings == []


@given(st.sampled_from(SPREAD), st.floats(-20_000, 20_000))
def test_a_constant_obeys_its_cut_offs(name: str, constant: float) -> None:
    """It lies between minimum and maximum, as all that it takes the place of does; outside the range it is said."""
    kind, table = Uncertainties.model_fields[name].annotation, {**TABLES["uncertainties"][name], "constant": constant}
    assert isinstance(kind, type)
    assert issubclass(kind, Bounded)
    low, high = max(kind.LOW, table.get("minimum", kind.LOW)), min(kind.HIGH, table.get("maximum", kind.HIGH))
    if low <= constant <= high:
        found = kind.model_validate(table)
        assert bool(found.doubts) == (found.range is not None and not found.range[0] <= constant <= found.range[1])
        return
    with pytest.raises(ValueError, match=r"constant: found|values as"):
        kind.model_validate(table)


@given(st.sampled_from(COSTED), st.tuples(numbers, numbers))
def test_a_range_is_ordered(of: tuple[str, str], ends: tuple[float, float]) -> None:
    """Of any parameter, the lower end first."""
    table = {key: TABLES[of[0]][of[1]][key] for key in ("unit", "status", "source")}
    if ends[0] <= ends[1]:
        assert Parameter.model_validate({**table, "range": ends}).range == ends
        return
    with pytest.raises(ValueError, match="the lower end first"):
        Parameter.model_validate({**table, "range": ends})


@given(
    st.sampled_from([*COSTED, *(("law_changes.values", name) for name in ("premium", "objective", "ceiling"))]),
    st.text(max_size=30),
)
def test_another_unit_is_refused(of: tuple[str, str], unit: str) -> None:
    """A value is in the unit of its parameter, whatever else a scenario calls it: `months` made no year of it."""
    group, name = of
    base: dict[str, Any] = TABLES[group][name] if group in TABLES else {"value": 1, "unit": "euro per month", "source": "the law"}
    assert merge(base, {"unit": base["unit"]}, "mine")["unit"] == base["unit"]
    if unit != base["unit"]:
        with pytest.raises(InputError, match="unit: found"):
            merge({name: base}, {name: {"unit": unit}}, "mine")


@pytest.mark.parametrize("unit", ["million euro", "euro", "dwellings a year"])
def test_means_of_a_company_are_in_their_unit(unit: str, tmp_path: Path) -> None:
    """What counts something else is refused."""
    said = f'companies."Zetus".managers = {{ value = 2, unit = "{unit}", status = "found", source = "mine" }}'
    with pytest.raises(InputError, match=r"managers\.unit: found"):
        mine(tmp_path, said)


@pytest.mark.parametrize(
    "text",
    [
        'workbooks."Zetus".municipalities = [{ nis = 24107, stock = 1000000000000000000 }]',
        'workbooks."Zetus".municipalities = [{ nis = 24107, sib = 1_000_001 }]',
        'workbooks."Zetus".municipalities = [{ nis = 24107, objective_regular = 1_000_001 }]',
        'workbooks."Zetus".municipalities = [{ nis = 24107, land = 1_000_001 }]',
        'workbooks."Zetus".municipalities = [{ nis = 24107, rented_in = 1_000_001 }]',
    ],
)
def test_inline_own_data_have_the_bounds_of_a_workbook(text: str, tmp_path: Path) -> None:
    """10^18 dwellings gave negative contributions."""
    with pytest.raises(InputError, match="less than or equal to 1000000"):
        mine(tmp_path, text)


@pytest.mark.parametrize(
    "place", [f"{g}.{n}" for g, n in COSTED if "value" in TABLES[g][n] and "range" in TABLES[g][n] and g != "costs"]
)
def test_a_value_outside_its_range_is_said(place: str, tmp_path: Path) -> None:
    """Either end of a parameter that has one, moved within what its value may be."""
    group, name = place.split(".")
    low, high = TABLES[group][name]["range"]
    value = TABLES[group][name]["value"]
    middle = (low + high) / 2
    if isinstance(value, str | bool) or low == high:
        pytest.skip("a name")
    narrow = mine(tmp_path, f"{place}.range = [{float(low)}, {float(middle)}]\n{place}.value = {type(value)(high)}")
    assert f"{place}: the value {float(high):g} lies outside the range, {float(low):g} to {middle:g}" in narrow.warnings
    assert not [line for line in load_scenario(BASELINE).warnings if line.startswith(place)]
