"""The law, case by case: tests/rules/law_cases.toml says what a jurist expects, the law file gives the values, sim/rules must agree."""

import datetime
import tomllib
from fractions import Fraction
from functools import cache
from math import floor, lcm
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import build_model
from sim.inputs.law.model import Law
from sim.inputs.law.readings import Readings
from sim.inputs.law.rhythm import Measurement
from sim.inputs.scenario.model import Scenario
from sim.rules.agreements import TAKERS, envelope_after, may_ask_exemption, may_take, movable
from sim.rules.contribution import annual_premium, charged_dwellings, yearly_contribution
from sim.rules.growth_path import growth_path, required, spread
from sim.rules.plan import (
    Category,
    category,
    instruments_suffice,
    land_activated,
    land_list_covers,
    plan_suffices,
    rents_in_enough,
    to_cover,
)
from sim.rules.progress import Level, bso_realised, lacking, most_required, requirements, sib_takes
from sim.rules.recalibration import base, solve
from tests.support.worlds import baseline, random_world

Case = dict[str, Any]
CASES: dict[str, list[Case]] = tomllib.loads((Path(__file__).parent / "law_cases.toml").read_text(encoding="utf-8"))
LEVELS = {"MJP": Level.MJP, "KTP": Level.KTP, "realised": Level.REALISED}
CATEGORIES = {"none": Category.NO_OBJECTIVE, "1": Category.CATEGORY_1, "2A": Category.CATEGORY_2A, "2B": Category.CATEGORY_2B}
JUDGED: set[str] = set()  # the kinds of cases that a test below runs
PLENTY = 10_000
PATH, SIB = [100, 120, 120], 40  # the municipality of the threshold cases
GROWTH = Fraction(2, 100)  # of the premium, a year


@cache
def law() -> Law:
    """Return the law of the baseline."""
    return baseline().law


def with_readings(case: Case) -> Scenario:
    """Return the baseline under the readings of a case."""
    tables = baseline().model_dump(by_alias=True)
    for name, value in case.get("readings", {}).items():
        tables["law"]["readings"][name]["value"] = value
    return Scenario.model_validate(tables)


def cases(kind: str) -> pytest.MarkDecorator:
    """Return the decorator that runs a test on every case of a kind; the article stands in the test's name."""
    JUDGED.add(kind)
    rows = [
        pytest.param(case, id=f"{case['article']} - {case.get('date', case.get('test', ''))} {case['situation']}")
        for case in CASES[kind]
    ]
    return pytest.mark.parametrize("case", rows)


def whole(*values: int) -> np.ndarray:
    """Return whole numbers as the rules take them."""
    return np.array(values, np.int64)


def over_common(shares: list[Fraction]) -> tuple[np.ndarray, int]:
    """Return shares as numerators over their common denominator."""
    common = lcm(*(share.denominator for share in shares))
    return whole(*(int(share * common) for share in shares)), common


def measured_on(date: datetime.date) -> Measurement:
    """Return the measurement of a day."""
    return next(row for row in law().rhythm if row.date == date)


def judged_in(year: int) -> Measurement:
    """Return the measurement that the test of a year judges."""
    return next(row for row in law().rhythm if row.test == year)


def readings_of(case: Case) -> Readings:
    """Return the readings under which a case is judged: the law file's, but for those that the case names."""
    chosen = law().readings.model_dump()
    for name, value in case.get("readings", {}).items():
        chosen[name]["value"] = value
    return Readings.model_validate(chosen)


def what_lacks(row: Measurement, counts: list[int], path: list[int], sib: int, readings: Readings) -> list[int]:
    """Return what the rules say: the regular lack, SIB's, and of each what lacks at MJP and at KTP or beyond."""
    levels = whole(*(LEVELS[requirement.stage] for requirement in row.requirements(readings)))
    sib_levels, asked = whole(*(LEVELS[of_sib.stage] for of_sib in row.sib)), what_is_asked(row, path, sib, readings)
    result, sib_first = np.full(6, -1, np.int64), int(readings.sib_beside_regular.value == "sib_first")
    added = int(readings.lacking.value == "added")
    regular, of_sib = asked[: len(levels)], asked[len(levels) :]
    lacking(whole(*counts), regular, levels, of_sib, sib_levels, sib, sib_first, int(row.any_of), added, result)
    return result.tolist()


def what_is_asked(row: Measurement, path: list[int], sib: int, readings: Readings) -> np.ndarray:
    """Return what a measurement asks by each of its requirements, and of SIB."""
    shares = [over_common(requirement.shares) for requirement in row.requirements(readings)]
    asked = np.full(len(shares) + len(row.sib), -1, np.int64)
    requirements(
        whole(*path),
        sib,
        np.array([numerators for numerators, _ in shares], np.int64),
        whole(*(common for _, common in shares)),
        whole(*(of_sib.share.numerator for of_sib in row.sib)),
        whole(*(of_sib.share.denominator for of_sib in row.sib)),
        int(readings.rounding.value == "up"),
        asked,
    )
    return asked


@cases("growth_path")
def test_growth_path(case: Case) -> None:
    """The regular objective is split over the legislatures, to the last dwelling."""
    shares, _ = over_common([legislature.share for legislature in law().growth_path])
    path = np.zeros(len(shares), np.int64)
    growth_path(case["objective"], shares, path)
    assert path.tolist() == case["path"]
    assert path.sum() == case["objective"]


@cases("threshold")
def test_one_below_at_and_one_above(case: Case) -> None:
    """A requirement is met at its threshold and above, and lacks one dwelling just below."""
    level, regular = LEVELS[case["stage"]], case["path"] == "regular"
    for dwellings, lack in zip(case["dwellings"], case["lacking"], strict=True):
        counts = [PLENTY if stage < level else dwellings for stage in (Level.MJP, Level.KTP, Level.REALISED)]
        path, sib = (PATH, 0) if regular else ([0, 0, 0], SIB)
        found = what_lacks(measured_on(case["date"]), counts, path, sib, readings_of(case))
        at_mjp, at_ktp = (lack, 0) if level == Level.MJP else (0, lack)
        assert found == ([lack, 0, at_mjp, at_ktp, 0, 0] if regular else [0, lack, 0, 0, at_mjp, at_ktp]), dwellings


def test_every_requirement_of_the_rhythm_has_its_threshold_cases() -> None:
    """Nothing that the law asks is left out."""
    usual = law().readings.last_test.value
    asked = {(row.date, "SIB", of_sib.stage, usual) for row in law().rhythm for of_sib in row.sib}
    for reading in law().readings.last_test.options:
        readings = readings_of({"readings": {"last_test": reading}})
        asked |= {
            (row.date, "regular", requirement.stage, reading if row.otherwise else usual)
            for row in law().rhythm
            for requirement in row.requirements(readings)
        }
    tried = {(case["date"], case["path"], case["stage"], readings_of(case).last_test.value) for case in CASES["threshold"]}
    assert tried == asked
    assert all(np.diff(case["dwellings"]).tolist() == [1, 1] for case in CASES["threshold"])
    assert all(case["lacking"] == [1, 0, 0] for case in CASES["threshold"])


@cases("measurement")
def test_measurement_of_both_paths(case: Case) -> None:
    """SIB takes what the measurement asks of it, the least advanced first; the rest serves the regular path."""
    found = what_lacks(measured_on(case["date"]), case["dwellings"], case["growth_path"], case["sib"], readings_of(case))
    assert found[:2] == [case["lacking_regular"], case["lacking_sib"]]
    has_objective = sum(case["growth_path"]) + case["sib"] > 0
    assert category(has_objective, sum(found[:2]), False) == CATEGORIES[case["category_without_plan"]]


@cases("least_advanced")
def test_sib_takes_the_least_advanced(case: Case) -> None:
    """What SIB takes and what it leaves to the regular path, at every stage."""
    counts = whole(*case["dwellings"])
    levels, asked = whole(*(LEVELS[stage] for stage in case["sib"])), whole(*case["sib"].values())
    assert [counts[level] - sib_takes(counts, asked, levels, 0, 0, level) for level in Level] == case["left"]


@cases("rounding")
def test_requirement_is_rounded_once(case: Case) -> None:
    """The shares of the legislatures are added exactly before the sum is rounded."""
    numerators, common = over_common([Fraction(share) for share in case["shares"]])
    up = int(readings_of(case).rounding.value == "up")
    assert required(whole(*case["growth_path"]), numerators, common, up) == case["asked"]


@given(
    st.fractions(0, 500, max_denominator=100),
    st.fractions(Fraction(-1, 2), Fraction(1, 2), max_denominator=10**6),
    st.integers(2020, 2060),
)
def test_premium_is_the_exact_one_rounded_half_up(monthly: Fraction, growth: Fraction, year: int) -> None:
    exact = 1200 * monthly * (1 + growth) ** max(0, year - 2025)
    assert annual_premium(monthly, growth, year) == floor(exact + Fraction(1, 2))


@cases("contribution")
def test_contribution(case: Case) -> None:
    """What a municipality in 2B pays in one year for its missing dwellings, in euro."""
    values = law().values
    monthly = (values.premium_higher if case["higher"] else values.premium).value
    premium = annual_premium(monthly, GROWTH, case["year"])
    rate = judged_in(case["test"]).rate
    cents = yearly_contribution(case["missing"], premium, rate.numerator, rate.denominator)
    assert f"{cents // 100}.{cents % 100:02d}" == case["euro"]


def test_every_test_has_its_rate() -> None:
    """25, 50, 50, 100 and 50%: the contribution cases cover every test of the rhythm, and the last measurement costs nothing."""
    assert {case["test"] for case in CASES["contribution"]} == {row.test for row in law().rhythm if row.test is not None}
    assert [row.rate for row in law().rhythm if row.test is None] == [0]


@cases("charged")
def test_years_charged(case: Case) -> None:
    """A test is charged in its own year and those that follow."""
    assert [case["test"] + k for k in range(int(law().values.charged_years.value))] == case["years"]


@cases("charged_dwellings")
def test_dwellings_charged_each_or_once(case: Case) -> None:
    """A dwelling missed in two tests is charged in both, or only once."""
    once = int(readings_of(case).charged.value == "once")
    assert charged_dwellings(case["lacking"], case["charged_before"], once) == case["charged"]


@cases("final_sib")
def test_sib_short_at_the_last_measurement(case: Case) -> None:
    """What SIB lacks on 31 December 2042 costs nothing, or the whole premium from 2043 on; the regular path never pays for it."""
    readings = readings_of(case)
    lack = what_lacks(measured_on(case["date"]), [case["realised"]] * 3, case["growth_path"], case["sib"], readings)
    charged = lack[1] if readings.final_sib.value == "sanctioned" else 0
    cents = yearly_contribution(charged, annual_premium(law().values.premium.value, GROWTH, case["year"]), 1, 1)
    assert f"{cents // 100}.{cents % 100:02d}" == case["euro"]


@pytest.mark.parametrize("reading", ["unsanctioned", "sanctioned"])
def test_engine_judges_the_last_measurement_as_the_cases_do(reading: str) -> None:
    """A verdict in the last measurement's own month, at the whole premium, or none at all."""
    last = build_model(with_readings({"readings": {"final_sib": reading}}), random_world(0)[1]).rhythm[-1]
    assert (last["verdict"] == last["month"]) == (reading == "sanctioned")
    assert reading == "unsanctioned" or last["rate_numerator"] == last["rate_denominator"]


@cases("land_list")
def test_land_list(case: Case) -> None:
    """Option (a): the places cover what lacks, at each stage by itself."""
    assert land_list_covers(*case["lacking"], *case["places"]) == case["covers"]


def rent_in_asked(date: datetime.date, reading: str) -> bool:
    """Return whether the plan's instruments include rent-in at the measurement of a day."""
    return reading == "always" or (reading == "from_2030" and date >= law().values.rent_in_minimum.since)


@pytest.mark.parametrize("reading", ["from_2030", "always", "never"])
def test_engine_asks_rent_in_from_the_day_of_the_law(reading: str) -> None:
    """The model's rhythm asks rent-in at the tests on measurements of 31 December 2030 and later, as the cases do."""
    rows = build_model(with_readings({"readings": {"rent_in_condition": reading}}), random_world(0)[1]).rhythm
    assert [bool(row["asks_rent_in"]) for row in rows] == [rent_in_asked(row.date, reading) for row in law().rhythm]


@cases("instruments")
def test_instruments(case: Case) -> None:
    """Option (b): every mandatory instrument, enough voluntary ones, and rent-in once the law asks it."""
    values = law().values
    at_start, now = case["rented_in"]
    growth = values.rent_in_growth.value
    enough = rents_in_enough(now, at_start, int(values.rent_in_minimum.value), growth.numerator, growth.denominator)
    asked = rent_in_asked(case["date"], readings_of(case).rent_in_condition.value)
    mandatory = sum(instrument.kind == "mandatory" for instrument in law().instruments.values())
    voluntary = int(values.voluntary_needed.value)
    assert instruments_suffice(case["mandatory"], mandatory, case["voluntary"], voluntary, enough or not asked) == case["suffice"]


@cases("category")
def test_category(case: Case) -> None:
    """Category 1 on both paths, 2A with a plan that suffices, 2B without."""
    assert category(case["objective"], case["lacking"], case["plan_suffices"]) == CATEGORIES[case["category"]]


@cases("plan")
def test_plan_filed_and_effort(case: Case) -> None:
    """2B without a plan or without enough effort, or only without both."""
    both = int(readings_of(case).category_2B.value == "both")
    sufficient = plan_suffices(case["filed"], case["effort"], both)
    assert category(True, case["lacking"], sufficient) == CATEGORIES[case["category"]]


@cases("exemption")
def test_exemption_from_sib(case: Case) -> None:
    """Who may ask to be relieved of SIB: too little room, or too much against what is permitted."""
    threshold = law().values.exemption_threshold.value
    years = 1 if readings_of(case).exemption_ratio.value == "literal" else baseline().months // 12
    found = may_ask_exemption(
        case["regular"] + case["sib"],
        case["sib"],
        years,
        round(10 * case["permits"]),
        threshold.numerator,
        threshold.denominator,
        case["room"],
        int(readings_of(case).spatial_reasons.value == "room_below_sib"),
    )
    assert found == case["may_ask"]


@cases("redistribution")
def test_what_may_be_handed_over(case: Case) -> None:
    """A municipality keeps a quarter of its own objective and all of its SIB."""
    kept = law().values.kept_share.value
    assert movable(case["regular"], case["sib"], case.get("given", 0), kept.numerator, kept.denominator) == case["may_give"]


@cases("taking")
def test_who_may_take(case: Case) -> None:
    """In a redistribution: by default nobody at the ceiling or without an objective."""
    reading = TAKERS.index(readings_of(case).may_take.value)
    assert may_take(reading, case["objective"], case["at_ceiling"], case["relieved"]) == case["may_take"]


@cases("public_land")
def test_public_land_is_activated(case: Case) -> None:
    """The third mandatory instrument: a quarter of the undeveloped public building land."""
    share = law().values.land_activated.value
    assert land_activated(case["released"], case["room"], share.numerator, share.denominator) == case["in_use"]


@cases("list_covers")
def test_what_a_land_list_must_cover_on_mjp(case: Case) -> None:
    """What lacks by the next measurement, or all of the objective."""
    whole_objective = int(readings_of(case).list_covers.value == "objective")
    assert to_cover(case["lacking"], case["objective"], case["on_mjp"], whole_objective) == case["to_cover"]


@cases("changed_objective")
def test_changed_objective_is_spread(case: Case) -> None:
    """A change of the regular objective is spread over the years not yet measured."""
    last = max((row.date.year for row in law().rhythm if row.date <= case["date"]), default=2025)
    periods = [[int(year) for year in legislature.years.split("-")] for legislature in law().growth_path]
    years = whole(*(max(0, end - max(last, start - 1)) for start, end in periods))
    assert years.tolist() == case["years"]
    path = whole(*case["path"])
    spread(path, case["objective"], years, whole(*[0] * len(path)))
    assert path.tolist() == case["becomes"]


@cases("recalibration")
def test_recalibration(case: Case) -> None:
    """The formula of the objective with new data, in a Flanders of two or three municipalities."""
    ceiling = law().values.ceiling.value
    again = int(readings_of(case).overshoot_at_ceiling.value == "again")
    rows = [
        base(
            row["stock"] + row["sib"],
            row["overshoot"],
            row["households"],
            row["households_2042"],
            ceiling.numerator,
            ceiling.denominator,
            again,
            int(readings_of(case).at_ceiling.value == "growth"),
        )
        for row in case["municipalities"]
    ]
    at_ceiling, first = (whole(*(int(row[k]) for row in rows)) for k in (0, 1))
    assert at_ceiling.tolist() == [int(row["at_ceiling"]) for row in case["municipalities"]]
    solution, scratch = whole(*[0] * len(rows)), whole(*[0] * len(rows))
    total = case["objective"] - sum(row["sib"] for row in case["municipalities"])
    solve(total, at_ceiling, first, whole(*(row["target_group"] for row in case["municipalities"])), scratch, solution)
    assert solution.tolist() == [row["regular"] for row in case["municipalities"]]


@cases("envelope")
def test_envelope(case: Case) -> None:
    """The voluntary envelope grows at a Flemish legislature when enough is reserved and the budget allows it, up to its maximum."""
    values = law().values
    used, step, maximum = values.envelope_used.value, int(values.envelope_step.value), int(values.envelope_maximum.value)
    found = envelope_after(case["size"], case["reserved"], used.numerator, used.denominator, step, maximum, int(case["budget"]))
    assert found == case["becomes"]


@cases("counts")
def test_what_counts_for_the_regional_objective(case: Case) -> None:
    """A municipality counts for the 45,000 up to its own objective, and never below zero."""
    assert bso_realised(case["realised"], case["objective"]) == case["counts"]


@cases("most_required")
def test_most_that_a_measurement_asks(case: Case) -> None:
    """What a municipality must have at some stage: the largest regular requirement and that of SIB."""
    row, readings = measured_on(case["date"]), readings_of(case)
    asked = what_is_asked(row, case["growth_path"], case["sib"], readings)
    assert most_required(asked, len(row.requirements(readings))) == case["asked"]


def test_enough_cases() -> None:
    """At least 60, and every one names an article, a section or a page, and a situation."""
    rows = [case for kind in CASES.values() for case in kind]
    assert len(rows) >= 60
    for case in rows:
        assert any(word in case["article"] for word in ("art.", "VVSG", "page BSO", "annex")), case["article"]
        assert case["situation"].strip()


def test_every_kind_of_case_is_judged() -> None:
    """No table of the file is left unread, by a misspelt name for instance."""
    assert set(CASES) == JUDGED
