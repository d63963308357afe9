"""A scenario says what it is: the table of tests is what the engine judges, and what differs from the baseline is said."""

import calendar
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim import cli
from sim.engine import build_model
from sim.engine.tables import LEVELS
from sim.inputs.law.judged import judged
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, changed, load_scenario
from sim.report.language import Language
from sim.report.scenario import facts, heads, rows
from sim.report.scenario import share as written
from tests.support.project import BASELINE, FORECAST, ROOT

ENGLISH = Language("en")
STAGES = {"MJP": "MJP", "KTP": "KTP", "realised": "realised"}


@pytest.mark.parametrize(
    ("of", "dutch", "english"),
    [
        ("1/4", "25%", "25%"),
        ("1/8", "12,5%", "12.5%"),
        ("1/16", "6,25%", "6.25%"),
        ("1/32", "1/32", "1/32"),
        ("1/12", "1/12", "1/12"),
    ],
)
def test_a_share_is_a_percentage_where_that_is_short_and_exact(of: str, dutch: str, english: str) -> None:
    assert (written(Fraction(of), Language("nl")), written(Fraction(of), ENGLISH)) == (dutch, english)


@cache
def region() -> Region:
    """Flanders with its central population."""
    return load_region().only(0)


@cache
def baseline() -> Scenario:
    """The baseline at its own values."""
    return load_scenario(BASELINE)


def share(text: str) -> Fraction:
    """Return a share as it is printed."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def asked(cell: str, names: list[str]) -> list[tuple[int, list[Fraction]]]:
    """Return what a cell of the table asks: stage and shares, a row per line."""
    found = []
    for line in cell.split("\n"):
        stage, _, parts = line.partition(": ")
        if parts.endswith(" of all"):
            shares = [share(parts.removesuffix(" of all"))] * len(names)
        else:
            said = (
                {part.split(" ")[-1]: share(part.split(" ")[0]) for part in parts.split(" + ")}
                if len(names) > 1
                else {names[0]: share(parts)}
            )
            shares = [said.get(name, Fraction(0)) for name in names]
        found.append((int(LEVELS[STAGES[stage]]), shares))
    return found


calendars = st.fixed_dictionaries(
    {"first": st.integers(2027, 2036), "every": st.integers(1, 5)},
    optional={
        "rates": st.lists(st.sampled_from(["0", "10%", "1/3", "0,25", "1"]), min_size=1, max_size=2),
        "stage": st.sampled_from(list(STAGES)),
        "charged": st.sampled_from(["law", "between"]),
        "halfway": st.sampled_from(["1/4", "3/4"]),
        "last": st.integers(2037, 2042),
    },
)
readings = st.fixed_dictionaries(
    {
        "charged_from": st.sampled_from(["test_year", "year_after"]),
        "final_sib": st.sampled_from(["unsanctioned", "sanctioned"]),
        "last_test": st.sampled_from(["vvsg", "rhythm"]),
    }
)


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(calendars | st.none(), readings, st.integers(1, 11), st.integers(0, 6))
def test_the_table_is_what_the_engine_judges(tests: dict[str, object] | None, read: dict[str, str], month: int, years: int) -> None:
    """Years, months, stages and shares, rates, and the years that are charged, read back from what is printed."""
    if tests and tests.get("last") == 2042:  # SIB may not be judged in that year too
        read = read | {"final_sib": "unsanctioned"}
    law: dict[str, dict[str, dict[str, object]]] = {"readings": {name: {"value": value} for name, value in read.items()}}
    law |= {"values": {"verdict_month": {"value": month}, "charged_years": {"value": years}}}
    scenario = changed(baseline(), {"law_changes": law | ({"tests": tests} if tests else {})}, "mine", "a test")
    model, start, names = build_model(scenario, region()), scenario.start.year + 1, [g.name for g in scenario.law.growth_path]
    printed = list(rows(scenario.law, ENGLISH))
    assert len(printed) == len(model.rhythm)
    for r, (row, cells) in enumerate(zip(model.rhythm, printed, strict=True)):
        test, measured, path, sib, rate, charged = cells
        tested = row["test"] >= 0
        assert measured == f"end of {start - 1 + row['month'] // 12}"
        if tested:
            assert test == f"{calendar.month_abbr[(row['verdict'] - 1) % 12 + 1]} {start + (row['verdict'] - 1) // 12}"
        else:
            assert test == "no test"
        if not row["sib_only"]:
            of_path = [(int(model.levels[r, q]), model.numerators[r, q], model.denominators[r, q]) for q in range(row["regular"])]
            assert asked(path, names) == [(level, [Fraction(int(n), int(below)) for n in of]) for level, of, below in of_path]
        of_sib = [
            (int(model.sib_levels[r, q]), model.sib_numerators[r, q], model.sib_denominators[r, q]) for q in range(row["sib"])
        ]
        assert asked(sib, ["SIB"]) == [
            (level, [Fraction(int(n), int(below)) for n in of.reshape(-1)]) for level, of, below in of_sib
        ]
        engine_rate = Fraction(int(row["rate_numerator"]), int(row["rate_denominator"]))
        first, count = start + int(row["first_charged"]), int(row["charged_years"])
        if not tested or not engine_rate or not count:
            assert (rate, charged) == ("–", "–")
        else:
            assert share(rate) == engine_rate
            ends = [int(year) for year in re.findall(r"\d{4}", charged)]
            assert (ends[0], ends[-1]) == (first, first + count - 1)


def test_shares_and_rates_are_never_rounded() -> None:
    """A whole percentage as that, any other share as the law has it."""
    from sim.report.scenario import share as said

    for denominator in range(1, 40):
        for numerator in range(denominator + 1):
            assert share(said(Fraction(numerator, denominator), ENGLISH)) == Fraction(numerator, denominator)


def told(folder: Path, text: str) -> list[str]:
    """Return in sentences what a scenario says of itself."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{FORECAST.as_posix()}"\n{text}\n', encoding="utf-8")
    scenario = load_scenario(path)
    return list(facts(scenario, load_region(scenario), ENGLISH))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("levers.contribution_by_company.value = 1", "The company pays 100% of every contribution."),
        (
            "exempt = { inhabitants_below = 10_000, redistributed = true }",
            "No objective for 55 municipalities of fewer than 10,000 inhabitants; the others get",
        ),
        (
            "exempt = { municipalities = [41002], redistributed = false }",
            "No objective for 1 municipality that are listed; what they lose lapses.",
        ),
        ("levers.managers_scale.value = 2", "levers.managers_scale: 2 (baseline: 1)"),
        ("uncertainties.response.constant = 0.5", "response to tests: 0.5 (baseline: uniform(loc 0, scale 1))"),
        ("law_changes.values.charged_years.value = 2", "law.values.charged_years: 2 (baseline: 3)"),
        ('law_changes.readings.rounding.value = "down"', "law.readings.rounding: down (baseline: up)"),
        ('merge."Samen" = ["Zetus", "WM Rivierenland"]', "Samen"),
    ],
)
def test_what_differs_from_the_baseline_is_said(tmp_path: Path, text: str, said: str | None) -> None:
    """In a sentence each, and nothing else is: the baseline differs in nothing from itself."""
    usual = list(facts(load_scenario(FORECAST), region(), ENGLISH))
    more = [sentence for sentence in told(tmp_path, text) if sentence not in usual]
    assert len(more) == (said is not None)
    assert all(str(said) in sentence for sentence in more)


@pytest.mark.parametrize("years", [2, 3, 4])
def test_years_that_two_tests_charge_are_said(years: int) -> None:
    """Of a test every two years: none when two are charged, one of each pair of tests when three are."""
    law = {"values": {"charged_years": {"value": years}}, "tests": {"first": 2029, "every": 2}}
    scenario = changed(baseline(), {"law_changes": law}, "mine", "a test")
    tests = [set(test.charged) for test in judged(scenario.law)]
    twice = sorted({year for i, one in enumerate(tests) for other in tests[i + 1 :] for year in one & other})
    said = [fact for fact in facts(scenario, region(), ENGLISH) if "overlap" in fact]
    charged = ", ".join(map(str, twice))
    hint = "every, in the tests of the scenario, sets the years between two"
    assert said == [f"Years overlap: more than one test charges {charged}; {hint}."][: bool(twice)]
    assert bool(twice) == (years > 2)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_check_prints_every_test(lang: str) -> None:
    """In Dutch when nothing else is asked, no wider than 80 columns, every row of the table."""
    command = ["check", str(ROOT / "scenarios" / "rhythms" / "yearly.toml"), *(["--lang", "en"] if lang == "en" else [])]
    out = CliRunner(env={"COLUMNS": "80"}).invoke(cli.app, command).output
    language = Language(lang)
    law = load_scenario(ROOT / "scenarios" / "rhythms" / "yearly.toml").law
    for head in heads(language):
        assert head in out
    for test in (row[0] for row in rows(law, language)):
        assert test in out
    assert all(len(line) <= 80 for line in out.splitlines()[1:])
    assert len(list(judged(law))) == 14
    assert ("geldig scenario" if lang == "nl" else "valid scenario") in out
