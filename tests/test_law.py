"""The law, case by case: tests/law_cases.toml says what a jurist expects, the law file gives the values, sim/rules must agree."""

import datetime
import tomllib
from fractions import Fraction
from functools import cache
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import build_model
from sim.inputs.law import Law, Measurement
from sim.rules.contribution import annual_premium, yearly_contribution
from sim.rules.growth_path import growth_path, required
from sim.rules.plan import (
    CATEGORY_1,
    CATEGORY_2A,
    CATEGORY_2B,
    NO_OBJECTIVE,
    category,
    instruments_suffice,
    land_list_covers,
    rents_in_enough,
)
from sim.rules.progress import KTP, MJP, REALISED, lacking, left_for_regular, sib_used
from tests.worlds import baseline, random_world

Case = dict[str, Any]
CASES: dict[str, list[Case]] = tomllib.loads((Path(__file__).parent / "law_cases.toml").read_text(encoding="utf-8"))
LEVELS = {"MJP": MJP, "KTP": KTP, "realised": REALISED}
CATEGORIES = {"none": NO_OBJECTIVE, "1": CATEGORY_1, "2A": CATEGORY_2A, "2B": CATEGORY_2B}
PLENTY = 10_000
PATH, SIB = [100, 120, 120], 40  # the municipality of the threshold cases


@cache
def law() -> Law:
    """Return the law of the baseline."""
    return baseline().law


def cases(kind: str) -> Any:
    """Return the decorator that runs a test on every case of a kind; the article stands in the test's name."""
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


def what_lacks(row: Measurement, counts: list[int], path: list[int], sib: int) -> list[int]:
    """Return what the rules say: the regular lack, SIB's, and the regular lack at MJP and at KTP or beyond."""
    shares = [over_common(requirement.shares) for requirement in row.regular]
    result = np.full(4, -1, np.int64)
    lacking(
        whole(*counts),
        whole(*path),
        sib,
        whole(*(LEVELS[requirement.stage] for requirement in row.regular)),
        np.array([numerators for numerators, _ in shares], np.int64),
        whole(*(common for _, common in shares)),
        LEVELS[row.sib.stage],
        row.sib.share.numerator,
        row.sib.share.denominator,
        result,
    )
    return result.tolist()


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
        counts = [PLENTY if stage < level else dwellings for stage in (MJP, KTP, REALISED)]
        found = what_lacks(measured_on(case["date"]), counts, PATH if regular else [0, 0, 0], 0 if regular else SIB)
        at_mjp, at_ktp = (lack, 0) if level == MJP else (0, lack)
        assert found == ([lack, 0, at_mjp, at_ktp] if regular else [0, lack, 0, 0]), dwellings


def test_every_requirement_of_the_rhythm_has_its_threshold_cases() -> None:
    """Nothing that the law asks is left out."""
    asked = {(row.date, "regular", requirement.stage) for row in law().rhythm for requirement in row.regular}
    asked |= {(row.date, "SIB", row.sib.stage) for row in law().rhythm}
    assert {(case["date"], case["path"], case["stage"]) for case in CASES["threshold"]} == asked
    assert all(np.diff(case["dwellings"]).tolist() == [1, 1] for case in CASES["threshold"])
    assert all(case["lacking"] == [1, 0, 0] for case in CASES["threshold"])


@cases("measurement")
def test_measurement_of_both_paths(case: Case) -> None:
    """SIB takes what the measurement asks of it, the least advanced first; the rest serves the regular path."""
    found = what_lacks(measured_on(case["date"]), case["dwellings"], case["growth_path"], case["sib"])
    assert found[:2] == [case["lacking_regular"], case["lacking_sib"]]
    has_objective = sum(case["growth_path"]) + case["sib"] > 0
    assert category(has_objective, sum(found[:2]), False) == CATEGORIES[case["category_without_plan"]]


@cases("least_advanced")
def test_sib_takes_the_least_advanced(case: Case) -> None:
    """What SIB takes and what it leaves to the regular path, at every stage."""
    counts, level = whole(*case["dwellings"]), LEVELS[case["sib_stage"]]
    used = sib_used(counts, case["sib_asks"], level)
    assert [left_for_regular(counts, used, level, stage) for stage in (MJP, KTP, REALISED)] == case["left"]


@cases("rounding")
def test_requirement_is_rounded_up_once(case: Case) -> None:
    """The shares of the legislatures are added exactly before the sum is rounded up."""
    numerators, common = over_common([Fraction(share) for share in case["shares"]])
    assert required(whole(*case["growth_path"]), numerators, common) == case["asked"]


@cases("contribution")
def test_contribution(case: Case) -> None:
    """What a municipality in 2B pays in one year for its missing dwellings, in euro."""
    values = law().values
    monthly = (values.premium_higher if case["higher"] else values.premium).value
    premium = annual_premium(monthly, Fraction(str(baseline().uncertainties.premium_growth.value)), case["year"])
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


@cases("land_list")
def test_land_list(case: Case) -> None:
    """Option (a): the places cover what lacks, at each stage by itself."""
    assert land_list_covers(*case["lacking"], *case["places"]) == case["covers"]


@cases("instruments")
def test_instruments(case: Case) -> None:
    """Option (b): every mandatory instrument, enough voluntary ones, and rent-in once the law asks it."""
    values = law().values
    at_start, now = case["rented_in"]
    growth = values.rent_in_growth.value
    enough = rents_in_enough(now, at_start, int(values.rent_in_minimum.value), growth.numerator, growth.denominator)
    asked = case["date"] >= values.rent_in_minimum.since
    mandatory, voluntary = int(values.mandatory_instruments.value), int(values.voluntary_needed.value)
    assert instruments_suffice(case["mandatory"], mandatory, case["voluntary"], voluntary, enough or not asked) == case["suffice"]


def test_engine_asks_rent_in_from_the_day_of_the_law() -> None:
    """The model's rhythm asks rent-in at the tests on measurements of 31 December 2030 and later, as the cases do."""
    scenario = baseline()
    rows = build_model(scenario, random_world(0)[1]).rhythm
    assert [bool(row["asks_rent_in"]) for row in rows] == [
        row.date >= law().values.rent_in_minimum.since for row in scenario.law.rhythm
    ]
    assert [int(row["asks_rent_in"]) for row in rows[:2]] == [0, 1]


@cases("category")
def test_category(case: Case) -> None:
    """Category 1 on both paths, 2A with a plan that suffices, 2B without."""
    assert category(case["objective"], case["lacking"], case["plan_suffices"]) == CATEGORIES[case["category"]]
