"""A number with a Belgian point of thousands is never read as a thousandth of what was meant: it is refused where a count is asked."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError, of_thousands
from sim.inputs.law.model import Values, WholeValue
from sim.inputs.scenario.frozen import COUNTED
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.parameters import Levers, Uncertainties
from sim.inputs.scenario.toml import read_extended
from sim.inputs.workbook.read import read_workbook
from tests.support.company import START, written
from tests.support.project import BASELINE

TABLES = read_extended(BASELINE)
MEANS = 'unit = "{unit}", status = "assumed", source = "mine"'
UNITS = {"managers": "project managers", "finance": "dwellings a year", "land": "places a year"}
PLACES = [
    *(f"law_changes.values.{name}.value = {{}}" for name, kind in Values.model_fields.items() if kind.annotation is WholeValue),
    *(f'law_changes.values.{name}.value = "{{}}"' for name, kind in Values.model_fields.items() if kind.annotation is WholeValue),
    *(f"law_changes.values.{name}.value = {{}}" for name in ("premium", "premium_higher")),
    *(
        f"{group}.{name}.{key} = {value}"
        for group, model in (("levers", Levers), ("uncertainties", Uncertainties))
        for name in model.model_fields
        if COUNTED.match(TABLES[group][name]["unit"])
        for key, value in (
            [("value", "{}")]
            if "value" in TABLES[group][name]
            else [("constant", "{}"), ("minimum", "{}"), ("maximum", "{}"), ("parameters", "{{ loc = {}, scale = 1 }}")]
        )
    ),
    *(f'companies."Zetus".{name} = {{{{ value = {{}}, {MEANS.format(unit=unit)} }}}}' for name, unit in UNITS.items()),
    *(f'workbooks."Zetus".{name} = {{}}' for name in ("managers", "finance", "bought")),
    'workbooks."Zetus".municipalities = [{{ nis = 24107, stock = {} }}]',
    "exempt = {{ inhabitants_below = {}, redistributed = true }}",
    "replications = {}",
    "outcomes.histories = {}",
]


@settings(max_examples=60)
@given(st.sampled_from(PLACES), st.integers(1, 999), st.integers(0, 999))
def test_a_point_of_thousands_is_refused(tmp_path_factory, place: str, thousands: int, rest: int) -> None:  # type: ignore[no-untyped-def]
    """Wherever a scenario counts dwellings, places, people or euro, and for every whole number of the law."""
    path = tmp_path_factory.mktemp("mine") / "mine.toml"
    number = f"{thousands}.{rest:03d}"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{place.format(number)}\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_scenario(path)
    assert number in str(error.value)
    assert str(error.value).count("found") == 1


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_a_workbook_refuses_it_too(tmp_path_factory, thousands: int, rest: int, point: str) -> None:  # type: ignore[no-untyped-def]
    """Of means and of dwellings alike, with a point or a comma."""
    number = f"{thousands}{point}{rest:03d}"
    staff = [f"WM Dender-Zuid;{figure};;;;;{number}" for figure in ("projectleiders", "gefinancierde nieuwe woningen per jaar")]
    folder = written(tmp_path_factory.mktemp("own"), staff=staff, municipalities=[f"41002;;sociaal patrimonium;;;;;{number}"])
    with pytest.raises(InputError, match="3 fouten"):
        read_workbook(folder, START)


@pytest.mark.parametrize("value", ["0.125", "1.25", "1.2500", "1125", "12.5"])
def test_other_numbers_are_read(value: str, tmp_path: Path) -> None:
    """A number that can mean one thing only is read as it is, and so is one of years, of which nobody counts thousands."""
    path = tmp_path / "mine.toml"
    text = f'extends = "{BASELINE.as_posix()}"\nlevers.land_purchase.value = {value}\nuncertainties.wake.parameters = {{ scale = 1.088 }}\n'
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.levers.land_purchase.value == float(value)
    assert scenario.uncertainties.wake.parameters["scale"] == 1.088
    assert not of_thousands(value)
