"""TOML as people type it: understood where it can mean one thing only, else refused by line, never read as another number."""

import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.scenario.mistyped import number_in, twofold
from sim.inputs.scenario.model import Scenario, load_scenario
from tests.support.project import BASELINE, FORECAST

EXTENDS = f'extends = "{BASELINE.as_posix()}"\n'


def mine(folder: Path, text: str, encoding: str = "utf-8", ends: str = "\n") -> Scenario:
    """Return a scenario that extends the baseline, written as some editor does."""
    path = folder / "mine.toml"
    path.write_bytes((EXTENDS + text).replace("\n", ends).encode(encoding))
    return load_scenario(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_files_of_any_editor_are_read(tmp_path: Path, encoding: str, ends: str) -> None:
    """With and without the mark of Windows, and as its Notepad calls Unicode."""
    scenario = mine(tmp_path, 'title_nl = "Één"\nuncertainties.cancelled.value = 0.05\n', encoding, ends)
    assert (scenario.title_nl, scenario.uncertainties.cancelled.value) == ("Één", 0.05)


def test_letters_of_an_old_windows_are_refused_by_line(tmp_path: Path) -> None:
    """With what to do: which letter was meant cannot be known."""
    with pytest.raises(InputError, match=r"mine\.toml: line 2: a letter that is not in UTF-8; save the file as UTF-8"):
        mine(tmp_path, 'title = "één"', "cp1252")


WRONG = {  # a line, and what is said of it
    "x = 0,05": "found 0,05; a number is written with a point: 0.05",
    "x = 45.000,50": "found 45.000,50; a number is written with a point: 45000.50",
    "x = 0,1 # 10%": "found 0,1; a number is written with a point: 0.1",
    "x = 5%": 'found 5%; 0.05 or "5%" is needed',
    "x = [10%, 20%]": 'found 10%; 0.1 or "10%" is needed',
    "x = 12,5%": 'found 12,5%; 0.125 or "12,5%" is needed',
    "x = 1/4": 'found 1/4; quotes are needed: "1/4"',
    "x = 45 000": "found 45 000; a number is written without a space: 45000",
    "x = “neighbours”": "found “; straight quotes",
    'x = "C:\\Users\\me.csv"'.replace("\\\\", "\\"): "found \\ between double quotes; / or single quotes",
    "x = 31/12/2042": "found 31/12/2042; a date is written as 2042-12-31",
    "x = 31-12-2042": "found 31-12-2042; a date is written as 2042-12-31",
    "x = ja": "found ja; true is needed",
    "x = True": "found True; true is needed",
    "x = Nee": "found Nee; false is needed",
    "x = neighbours": 'found neighbours; a text stands between quotes: "neighbours"',
    "x: 3": "found ':'; '=' stands between a name and its value",
    "x =": "no value behind '='",
    "seed = 1\nseed = 2": "seed is given twice; once is allowed",
    "rates = [0,1, 0,2]": "found 0,1; 0.1, or a space behind the comma of a list, is needed, as it may mean either",
    "rates = [ # parts\n  0,5]": "found 0,5; 0.5, or a space",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_line_that_is_no_toml_is_refused_with_what_is_needed(tmp_path: Path, line: str) -> None:
    """File, line, what was found and how it is written."""
    with pytest.raises(InputError) as error:
        mine(tmp_path, f"# a line\n{line}\n")
    assert f"mine.toml: line {3 + line.count(chr(10))}: " in str(error.value)
    assert WRONG[line] in str(error.value)


def test_lists_with_a_space_or_other_numbers_are_lists() -> None:
    """And texts and comments hold what they like."""
    for text in ("[0, 1]", "[41002,44021]", "[1,0,0]", '["0,1",0]', "1 # 0,1", "'0,5'", '"""\n0,1\n"""', "0.1", "[10,1]"):
        assert twofold(f"x = {text}") is None, text


@given(st.integers(0, 100), st.integers(0, 99), st.sampled_from(["{}.{:02d}", "{},{:02d}"]), st.sampled_from(["", "%", " %"]))
def test_a_number_in_quotes_is_what_it_says(whole: int, rest: int, form: str, percent: str) -> None:
    """With a point or a comma, as it is or in percent."""
    value = Fraction(whole * 100 + rest, 100) / (100 if percent else 1)
    assert number_in(form.format(whole, rest) + percent) == value


@pytest.mark.parametrize(
    ("typed", "rate"), [('"10%"', "1/10"), ('"0,1"', "1/10"), ("0.1", "1/10"), ('"1/10"', "1/10"), ('["12,5 %"]', "1/8")]
)
def test_rates_are_understood_as_people_type_them(tmp_path: Path, typed: str, rate: str) -> None:
    """One rate needs no list."""
    law = mine(tmp_path, f"law_changes.tests.rates = {typed}\n").law
    assert {str(m.rate) for m in law.rhythm if m.test} == {rate}


@pytest.mark.parametrize(
    ("text", "value"),
    [('cancelled.value = "5%"', 0.05), ('cancelled.value = "0,05"', 0.05), ('response = { constant = "25 %" }', 0.25)],
)
def test_parameters_are_understood_too(tmp_path: Path, text: str, value: float) -> None:
    """A value, or what belongs to a distribution."""
    found = mine(tmp_path, f"uncertainties.{text}\n").uncertainties
    assert value in (getattr(found.cancelled, "value", None), found.response.constant)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("uncertainties.cancelled.value = 5", 'less than or equal to 1; 0.05 or "5%" says 5 percent'),
        ("law_changes.tests.rates = [10, 20]", '0.1 or "10%" says 10 percent'),
        ('levers.land_purchase.value = "5%"', "found '5%'; a valid number"),
        ("law_changes.values.objective.value = 45.000", "found 45.000; a whole number is allowed, without a point: 45000"),
        ('law_changes.values.objective.value = "45.000"', "a whole number is allowed, without a point: 45000"),
        ("replications = 1.000", "found 1.000; a whole number is allowed, without a point: 1000"),
        ("end = 2027", "end: found 2027; a date is needed, without quotes: 2027-12-31"),
        ('end = "2042-12-31"', "a date is needed, without quotes: 2042-12-31"),
        ("end = 2027-12-31", "end: found 2027-12-31; at least 2042-12-31 is needed, the day of the law's last measurement"),
        ("end = 2042-06-30", "end: found 2042-06-30; a 31 December, such as 2042-12-31, is needed"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_is_meant(tmp_path: Path, text: str, problem: str) -> None:
    """A share above one, a point of thousands, a year for a date."""
    with pytest.raises(InputError) as error:
        mine(tmp_path, text)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2050-01-01", "2050-01-01 never comes"),
        ("2035-01-01", "later than the start, 2025-12-31; the value holds from the start"),
        ("2025-12-01", ""),
    ],
)
def test_a_change_of_law_that_never_comes_is_said(tmp_path: Path, since: str, said: str) -> None:
    """So is one that the model takes from the start on; what the draft itself begins later is not."""
    warnings = mine(tmp_path, f"law_changes.values.charged_years = {{ value = 2, from = {since} }}\n").warnings
    assert [said in warning for warning in warnings] == [True] * bool(said)


def test_a_scenario_of_the_library_is_extended_by_its_name(tmp_path: Path) -> None:
    """Also by its path there; a file beside it comes first, itself never; a slip is named."""
    path = tmp_path / "baseline.toml"
    (tmp_path / "own.toml").write_text(EXTENDS + "law_changes.tests.first = 2031\n", "utf-8")
    for name, first in (("baseline", 2028), ("first_test_2030", 2030), ("rhythms/first_test_2030", 2030), ("own", 2031)):
        path.write_text(f'extends = "{name}"\n', "utf-8")
        assert next(m.test for m in load_scenario(path).law.rhythm) == first
    path.write_text('extends = "two_yearli"\n', "utf-8")
    with pytest.raises(InputError, match=r"extends: no such scenario 'two_yearli'; did you mean 'two_yearly'\?"):
        load_scenario(path)


def test_units_are_checked_in_a_scenario_that_extends_nothing(tmp_path: Path) -> None:
    """The model counts committees in months, whatever a file calls it."""
    path, text = tmp_path / "whole.toml", FORECAST.read_text(encoding="utf-8")
    path.write_text(text, "utf-8")
    assert load_scenario(path).end == datetime.date(2042, 12, 31)
    path.write_text(text.replace('unit = "months"', 'unit = "weeks"', 1), "utf-8")
    with pytest.raises(InputError, match=r"levers\.committee_interval\.unit: found 'weeks'; 'months' is allowed"):
        load_scenario(path)
