"""Another calendar of tests laid over the law's: what each test asks, what it costs, and what is refused."""

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.law.rhythm import STAGES, Measurement
from sim.inputs.scenario.model import Scenario, load_scenario
from tests.support.project import BASELINE, ROOT


def with_tests(folder: Path, text: str) -> Scenario:
    """Return the baseline with another calendar of tests."""
    path = folder / "mine.toml"
    rest = 'status = "reading"\nsource = "mine"\n'
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n[law_changes.tests]\n{text}\n{rest}', encoding="utf-8")
    return load_scenario(path)


def asked(m: Measurement) -> dict[str, list[str]]:
    """Return the shares of the legislatures by stage, as text."""
    return {r.stage: [str(share) for share in r.shares] for r in m.regular}


def test_between_two_measurements_the_shares_grow_in_a_straight_line(tmp_path: Path) -> None:
    """At the end of 2028, a year after half of G1 was asked on MJP, a third of the way to half on KTP and all on MJP: 1/6 and 2/3."""
    rhythm = with_tests(tmp_path, "first = 2028\nevery = 1\nlast = 2042").law.rhythm
    assert [m.test for m in rhythm] == [*range(2028, 2043), None]
    by_year = {m.date.year: m for m in rhythm}
    assert asked(by_year[2028]) == {"KTP": ["1/6", "0", "0"], "MJP": ["2/3", "0", "0"]}
    assert asked(by_year[2037]) == {"KTP": ["1", "2/3", "1/3"], "MJP": ["1", "1", "1/3"]}
    assert asked(by_year[2041]) == {"realised": ["2/3", "2/3", "2/3"], "KTP": ["1", "1", "1"]}


def of_sib(m: Measurement) -> dict[str, str]:
    """Return the shares of SIB by stage, as text."""
    return {asked.stage: str(asked.share) for asked in m.sib}


def test_sib_grows_in_a_straight_line_at_every_stage(tmp_path: Path) -> None:
    """A quarter on MJP in 2027 and on KTP in 2030, half on KTP in 2033 and realised in 2036, 3/4 on KTP in 2039, all realised in 2042."""
    rhythm = with_tests(tmp_path, "first = 2028\nevery = 1\nlast = 2042").law.rhythm
    by_year = {m.date.year: of_sib(m) for m in rhythm}
    assert by_year[2027] == {"MJP": "1/4"}
    assert by_year[2028] == {"KTP": "1/12", "MJP": "1/4"}
    assert by_year[2031] == {"KTP": "1/3"}
    assert by_year[2037] == {"realised": "1/3", "KTP": "7/12"}
    assert by_year[2041] == {"realised": "2/3", "KTP": "11/12"}


def test_the_laws_own_dates_keep_what_the_law_asks(tmp_path: Path, baseline: Scenario) -> None:
    """Tests in 2031 and 2037 ask what the draft asks then, and cost what they cost there."""
    rhythm = with_tests(tmp_path, "first = 2031\nevery = 6\nlast = 2037").law.rhythm
    own = {m.test: m for m in baseline.law.rhythm}
    assert [m.test for m in rhythm] == [2031, 2037, None]
    assert rhythm[:2] == [own[2031], own[2037]]
    assert rhythm[2] == baseline.law.rhythm[-1]


def test_before_the_first_measurement_less_is_asked(tmp_path: Path) -> None:
    """A test in 2027, halfway between the start and the first measurement, asks half of what that one asks."""
    first = with_tests(tmp_path, "first = 2027").law.rhythm[0]
    assert (first.date, asked(first)) == (datetime.date(2026, 12, 31), {"MJP": ["1/4", "0", "0"]})
    assert (of_sib(first), first.rate) == ({"MJP": "1/8"}, Fraction(1, 4))


@pytest.mark.parametrize(
    ("text", "charged"),
    [
        ('first = 2028\nevery = 2\nlast = 2042\ncharged = "between"', [2] * 8),
        ('charged = "between"\nlast = 2042', [3, 3, 3, 3, 2, 2]),
        ('first = 2031\nlast = 2031\ncharged = "between"', [None]),  # one test only: as the law has it
        ("first = 2028\nevery = 2", [None] * 7),
    ],
)
def test_years_that_a_test_charges(tmp_path: Path, text: str, charged: list[int | None]) -> None:
    """As many as lie between a test and the next; the last as many as before it; or the law's."""
    assert [m.charged for m in with_tests(tmp_path, text).law.rhythm if m.test] == charged


def test_thresholds_and_rates(tmp_path: Path, baseline: Scenario) -> None:
    """Three quarters instead of half, also in the other reading of the last test; rates by test, the last one for all that follow."""
    scenario = with_tests(tmp_path, 'halfway = "3/4"\nrates = ["1/4", "1/2", "3/4", 1]')
    rhythm = scenario.law.rhythm
    assert [str(m.rate) for m in rhythm] == ["1/4", "1/2", "3/4", "1", "1", "0"]
    assert asked(rhythm[1]) == {"KTP": ["3/4", "0", "0"], "MJP": ["1", "0", "0"]}
    assert rhythm[4].otherwise is not None
    assert rhythm[4].otherwise.regular[1].shares == [1, 1, Fraction(3, 4)]
    assert [m.sib for m in rhythm] == [m.sib for m in baseline.law.rhythm]


@given(first=st.integers(2027, 2034), every=st.integers(1, 8), last=st.integers(2034, 2042))
def test_whatever_the_calendar_no_stage_asks_less_later(baseline: Scenario, first: int, every: int, last: int) -> None:
    """What is asked at least at a stage, of any legislature, never falls from one test to the next, as it never does in the draft."""
    from sim.inputs.law.rhythm import CalendarOfTests, retimed

    law = baseline.law
    tests = CalendarOfTests(first=first, every=every, last=last, status="reading", source="a test")
    rhythm = retimed(law.rhythm, law.readings, datetime.date(2025, 12, 31), tests)
    years = [m.test for m in rhythm if m.test]
    assert (years[0], years[-1]) == (first, last)
    before: dict[str, list[Any]] = {}
    for m in rhythm:
        for n, stage in enumerate(STAGES):
            rows = [r.shares for r in m.regular if STAGES.index(r.stage) >= n]
            shares = [max((row[k] for row in rows), default=Fraction(0)) for k in range(3)]
            assert all(a <= b for a, b in zip(before.get(stage, shares), shares, strict=True))
            before[stage] = shares


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("first = 2035\nlast = 2030", "law: tests.last: found 2030; 2035 or later is needed, the year of the first test"),
        ("last = 2045", "law: tests: found a test in 2045; at most 2042, that of the last measurement"),
        ("every = 0", "law.tests.every: found 0; greater than or equal to 1"),
        ("first = 2026", "law: tests.first: found 2026; at least 2027, as nothing is asked before the end of 2026"),
        ("every = 1\nfirst = 2026", "law: tests.first: found 2026; at least 2027"),
        ("end = 2027", "law.tests.end: unknown key; allowed: charged, every, first, halfway, last"),
        ('halfway = "5/4"', "law.tests.halfway"),
        ("rates = []", "law.tests.rates"),
        ("evry = 2", "unknown key"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With the file, the key and what is allowed."""
    with pytest.raises(InputError) as error:
        with_tests(tmp_path, text)
    assert "mine.toml" in str(error.value)
    assert message in str(error.value)


def test_every_rhythm_of_the_laboratory_is_what_its_title_says() -> None:
    """The years of the tests and of what they charge, the rates, the threshold: read from the files of `scenarios/rhythms`."""
    laws = {path.stem: load_scenario(path) for path in (ROOT / "scenarios" / "rhythms").glob("*.toml")}
    years = {name: [m.test for m in s.law.rhythm if m.test] for name, s in laws.items()}
    draft = [2028, 2031, 2034, 2037, 2040]
    assert years["yearly"] == years["yearly_charged_once"] == list(range(2028, 2041))
    assert years["two_yearly"] == years["two_yearly_charged_between"] == list(range(2028, 2041, 2))
    assert years["six_yearly"] == years["six_yearly_charged_between"] == [2031, 2037]
    assert years["first_test_2030"] == [2030, 2033, 2036, 2039]
    assert years["last_test_2042"] == [*draft, 2042]
    for name in (
        "threshold_25",
        "threshold_75",
        "sanction_ramp",
        "no_sanction",
        "support",
        "sanction_shared",
        "lead_time",
        "effort",
    ):
        assert years[name] == draft
    assert {m.charged for m in laws["yearly_charged_once"].law.rhythm} == {1, None}
    assert {m.charged for m in laws["six_yearly_charged_between"].law.rhythm} == {6, None}
    assert [str(m.rate) for m in laws["sanction_ramp"].law.rhythm][:5] == ["1/4", "1/2", "3/4", "1", "1"]
    assert {m.rate for name in ("no_sanction", "support") for m in laws[name].law.rhythm} == {0}


@settings(max_examples=20)
@given(st.integers(1, 8), st.integers(1, 20), st.booleans())
def test_a_rate_belongs_to_a_test(tmp_path_factory: pytest.TempPathFactory, count: int, every: int, until: bool) -> None:
    """More rates than tests add tests where no last one is given, as far as the last measurement, and are refused beyond; fewer are carried on,
    which is said unless one is for all; as many are said nothing of."""
    folder, rates = tmp_path_factory.mktemp("rates"), 2 * count
    calendar = f"first = 2028\nevery = {every}" + until * "\nlast = 2040"
    room = sorted({*range(2028, 2041, every), 2040}) if until else [*range(2028, 2043, every)]
    text = f"{calendar}\nrates = [{', '.join(['0', '1'] * count)}]"
    if rates > len(room):
        with pytest.raises(InputError, match=rf"law: tests.rates: found {rates}; at most {len(room)}, one for each test \(2028"):
            with_tests(folder, text)
        return
    scenario = with_tests(folder, text)
    years = [m.test for m in scenario.law.rhythm if m.test]
    assert years == room[: max(rates, len([year for year in room if year <= 2040]))]
    carried = [warning for warning in scenario.warnings if "tests.rates" in warning]
    assert len(carried) == (rates < len(years))
    assert all(str(year) in carried[0] for year in years[rates:])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("first = 2029\nevery = 3", ["the last test is that of 2038, the law has its last in 2040; up to 2042 is allowed"]),
        ("first = 2029\nevery = 3\nlast = 2038", []),
        ("first = 2029\nevery = 3\nrates = [0.1, 0.2, 0.3, 0.4, 0.5]", []),  # a rate for each says which is the last
        ("first = 2028\nevery = 3", []),  # that of the law
    ],
)
def test_a_last_test_that_was_forgotten_is_said(tmp_path: Path, text: str, said: list[str]) -> None:
    """Where it is not the law's, and nothing else says which one it is."""
    warnings = with_tests(tmp_path, text).warnings
    assert len(warnings) == len(said)
    assert all(part in warning for part, warning in zip(said, warnings, strict=True))


@given(st.sampled_from(STAGES), st.integers(2027, 2034), st.integers(1, 8))
def test_one_stage_for_all_tests(baseline: Scenario, stage: str, first: int, every: int) -> None:
    """Every test asks of every legislature, and of SIB, at that stage the largest share that it asked at any; the last measurement stays."""
    from sim.inputs.law.rhythm import CalendarOfTests, retimed

    law, start = baseline.law, datetime.date(2025, 12, 31)
    calendar = CalendarOfTests(first=first, every=every)
    usual = retimed(law.rhythm, law.readings, start, calendar)
    found = retimed(law.rhythm, law.readings, start, calendar.model_copy(update={"stage": stage}))
    assert [(m.date, m.test, m.rate, m.charged) for m in found] == [(m.date, m.test, m.rate, m.charged) for m in usual]
    assert found[-1] == usual[-1]
    for one, other in zip(found[:-1], usual[:-1], strict=True):
        assert [(r.stage, *r.shares) for r in one.regular] == [
            (stage, *(max(r.shares[k] for r in other.requirements(law.readings)) for k in range(3)))
        ]
        assert [(r.stage, r.share) for r in one.sib] == [(stage, max(r.share for r in other.sib))]


@pytest.mark.parametrize("first", [2000, 2020, 2025])
def test_a_test_before_anything_is_asked_is_refused(first: int, tmp_path: Path) -> None:
    """It would be measured before the starting day, and ask less than nothing; which was told as `found Fraction(-1, 4)`."""
    with pytest.raises(InputError, match=f"law: tests.first: found {first}; at least 2027"):
        with_tests(tmp_path, f"first = {first}\nevery = 3")


def test_a_share_is_shown_as_it_is_written(tmp_path: Path) -> None:
    """An exact share that cannot be is no longer told as the program holds it."""
    with pytest.raises(InputError, match=r"law\.tests\.rates\.0: found '-1/4'; "):
        with_tests(tmp_path, 'rates = ["-1/4"]')


def test_sib_is_not_judged_at_the_end_of_a_year_in_which_a_test_falls(tmp_path: Path) -> None:
    """Tests are told apart by their year, in results and in their traces."""
    scenario, sanctioned = with_tests(tmp_path, "last = 2042"), {"law_changes.readings.final_sib": "sanctioned"}
    with pytest.raises(InputError, match=r"law: readings.final_sib: found sanctioned: SIB is judged at the end of 2042"):
        scenario.with_(sanctioned)
    assert with_tests(tmp_path, "last = 2041").with_(sanctioned).law.readings.final_sib.value == "sanctioned"
