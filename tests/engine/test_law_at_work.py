"""The law in every world: objectives change on its dates only; agreements, effort, categories, contributions; its rules for any numbers."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from sim import engine
from sim.engine import build_model, replicate
from sim.engine.law_calendar import takes
from sim.engine.state import NONE, Act, Model, Rows, State
from sim.inputs.scenario.model import Scenario
from sim.rules.apportion import largest_remainder
from sim.rules.contribution import yearly_contribution
from sim.rules.growth_path import growth_path, required
from sim.rules.plan import Category
from sim.rules.progress import lacking, requirements
from tests.support.walk import changed, kinds_of, model_of, walk, worlds
from tests.support.worlds import random_world

STEADY = settings(derandomize=True, deadline=None, max_examples=60)


@worlds
def test_objectives_change_on_the_laws_dates_only(number: int) -> None:
    """Regular is the sum of the path, and changes with a redistribution or a new solution; closed legislatures keep theirs; SIB only lapses."""
    model, scenario = model_of(number), random_world(number)[0]
    returns = scenario.law.readings.exempted_sib.value == "returns_to_pot"
    before: Any = None
    for t, phase, state in walk(model, number):
        m = state.municipalities
        assert (m["regular"] == state.path.sum(axis=1)).all()
        assert (m["objective"] == m["regular"] + m["sib"]).all()
        assert (state.path >= 0).all()
        assert (m["sib"] >= 0).all()
        if before is None:
            total = int(scenario.law.values.objective.value) - int(m["sib"].sum())
        kinds = kinds_of(model, t) if phase == "policy" else set()
        if before is not None and kinds:
            check_sib(model, state, before[0], kinds)
            check_path(model, m, state.path, before[0], before[1], t)
            if {Act.REDISTRIBUTION} == kinds - {Act.AGREEMENT, Act.LATE_AGREEMENT}:
                check_redistribution(model, scenario, state, before[0], t)
            moving = kinds & (
                {Act.REDISTRIBUTION, Act.RECALIBRATION, Act.EXEMPTION} if returns else {Act.REDISTRIBUTION, Act.RECALIBRATION}
            )
            assert moving or (state.path == before[1]).all()
            assert m["solution"].sum() in (0, max(0, total) + state.world[0]["returned"])
        elif before is not None:
            assert all(
                (m[name] == before[0][name]).all() for name in ("sib", "regular", "solution", "households_2042", "target_group")
            )
            assert (state.path == before[1]).all()
        before = m.copy(), state.path.copy()


def check_sib(model: Model, state: State, before: Rows, kinds: set[int]) -> None:
    """Assert that SIB lapses on the exemption's date only, by the granted part, for who is entitled: too much a year, or too little room."""
    m, s = state.municipalities, model.settings[0]
    dropped = before["sib"] - m["sib"]
    most = before["sib"] * s["exemption_granted"] >> 16
    assert ((dropped == 0) | (dropped == most) & (Act.EXEMPTION in kinds)).all()
    threshold = Fraction(int(s["exemption_threshold_numerator"]), int(s["exemption_threshold_denominator"]))
    for row in before[dropped > 0]:
        too_much = Fraction(int(row["objective"]), int(s["exemption_years"])) > threshold * int(row["permits_tenths"]) / 10
        assert too_much or (s["spatial"] and row["room_company"] + row["room_public"] < row["sib"])


def check_path(model: Model, m: Rows, path: np.ndarray, before: Rows, path_before: np.ndarray, t: int) -> None:
    """Assert that closed legislatures keep theirs, and that all together change as the solution does.

    They end higher only when somebody cannot give as much as it should: nothing is left then in its open legislatures.
    """
    over = closed(model, t)
    assert (path[:, over] == path_before[:, over]).all()
    if not over.all():
        more = (m["regular"] - before["regular"]).sum() - (m["solution"] - before["solution"]).sum()
        empty = path[:, ~over].sum(axis=1) == 0
        assert more == 0 or (more > 0 and empty.any())


def number_of(model: Model, t: int) -> int:
    """Return the number of the agreement date whose redistribution falls in a month."""
    return int(next(number for month, kind, number in model.events if (month, kind) == (t, Act.REDISTRIBUTION)))


def closed(model: Model, t: int) -> np.ndarray:
    """Return which legislatures are measured to their end."""
    months = model.rhythm["month"]
    return model.legislatures[:, 1] <= max(months[months <= t], default=0)


def check_redistribution(model: Model, scenario: Scenario, state: State, before: Rows, t: int) -> None:
    """Assert that givers keep their share and partners their sum; and who hands to whom: as a table says, or who lacks room to who has it."""
    how, kept = scenario.levers.redistribution.value, scenario.law.values.kept_share.value
    m, change = state.municipalities, state.municipalities["objective"] - before["objective"]
    gave, got = change < 0, change > 0
    own = before["objective"] + before["given"]
    assert (m["objective"] * kept.denominator >= own * kept.numerator)[gave].all()
    assert (m["given"] - before["given"] == np.maximum(0, -change)).all()
    if scenario.law.readings.may_take.value != "anyone":
        capped = (
            m["social"] * scenario.law.values.ceiling.value.denominator
            >= m["households"] * scenario.law.values.ceiling.value.numerator
        )
        relieved = (m["relieved"] > 0) & (scenario.law.readings.may_take.value == "none_exempted")
        assert not (got & ((before["objective"] == 0) | capped | relieved)).any()
    company = m["company"][:, None] == m["company"]
    partners = company | (model.adjacent == 1) if how == "neighbours" else company
    assert partners[np.ix_(gave, got)].any(axis=1).all()
    assert partners[np.ix_(got, gave)].any(axis=1).all()
    assert not np.bincount(connected_components(partners, directed=False)[1], change).any()
    if len(model.swaps):
        check_table(model, kept, state, before, t)
    else:
        room = before["room_company"] + before["room_public"]
        assert how != "none" or not change.any()
        assert (m["objective"] >= room)[gave].all()
        assert (m["objective"] <= room)[got].all()


def check_table(model: Model, kept: Fraction, state: State, before: Rows, t: int) -> None:
    """Assert that every giver hands over what the table says, the lower NIS codes first.

    Less only when it then just keeps its share, or has nothing left in the years not yet measured.
    """
    objective, still = state.municipalities["objective"], state.path[:, ~closed(model, t)].sum(axis=1)
    asked, got = np.zeros(len(objective), np.int64), np.zeros(len(objective), np.int64)
    listed = model.swaps[model.swaps[:, 3] == number_of(model, t)]
    listed = listed[[bool(takes(model, before[taker])) for taker in listed[:, 1]]]
    np.add.at(asked, listed[:, 0], listed[:, 2])
    given = np.maximum(before["objective"] - objective, 0)
    assert (given <= asked).all()
    just = (objective - 1) * kept.denominator < (before["objective"] + before["given"]) * kept.numerator
    assert (just | (still == 0))[given < asked].all()
    for giver, taker, dwellings, _ in listed.tolist():
        part = min(dwellings, given[giver])
        given[giver] -= part
        got[taker] += part
    assert (got == np.maximum(objective - before["objective"], 0)).all()
    assert not given.any()


@pytest.mark.parametrize("number", range(1000, 1020))
def test_a_law_that_learns_nothing_changes_nothing(number: int) -> None:
    """Without error in households and target groups, exemption and redistribution, a recalibration leaves every objective as it was."""
    scenario, region = random_world(number)
    region = dataclasses.replace(region, swaps=region.swaps[:0])
    off: dict[str, Any] = {"household_error": 0.0, "target_group_error": 0.0, "exemption_asked": 0.0, "redistribution": "none"}
    model = build_model(changed(scenario, **off), region)
    history = replicate(model, number)
    assert (history.years["objective"] == model.start["objective"][history.population]).all()


@pytest.mark.parametrize("number", range(1000, 1012))
def test_years_of_the_tests(number: int) -> None:
    """As many as the history has tests: the last measurement is one where SIB that is short then is sanctioned, though no test follows it."""
    scenario = random_world(number)[0]
    years = engine.test_years(scenario)
    assert len(replicate(model_of(number), number).tests) == len(years)
    after_the_last = scenario.law.rhythm[-1].test is None and scenario.law.readings.final_sib.value == "sanctioned"
    assert (scenario.law.rhythm[-1].date.year in years) >= after_the_last
    assert years == sorted(years)


@worlds
def test_agreements_and_effort(number: int) -> None:
    """An agreement is in force from its date or a year later, for who has an objective; effort only rises, after one or after a failure."""
    model, before = model_of(number), np.zeros(0, np.void)
    for t, phase, state in walk(model, number):
        m = state.municipalities
        assert (m["effort"] <= 65536).all()
        if phase == "start":
            before = m.copy()
        kinds = kinds_of(model, t) if phase == "policy" else set()
        raised = m["effort"] > before["effort"]
        assert (m["effort"] >= before["effort"]).all()
        if Act.AGREEMENT in kinds:
            assert np.isin(m["agreement"], (NONE, t, t + 12)).all()
            assert Act.EXEMPTION in kinds or ((m["agreement"] != NONE) == (before["objective"] > 0)).all()
        else:
            assert (m["agreement"] == before["agreement"]).all()
        allowed = np.zeros(len(m), bool)
        if kinds & {Act.AGREEMENT, Act.LATE_AGREEMENT}:
            allowed = (m["agreement"] == t) | (before["agreement"] == t)
        elif phase == "response":
            allowed = (
                np.isin(m["category"], (Category.CATEGORY_2A, Category.CATEGORY_2B)) if t in model.rhythm["verdict"] else allowed
            )
            allowed |= (t % 12 == 0) & (m["lacking_regular"] + m["lacking_sib"] > 0)
        assert not (raised & ~allowed).any()
        assert state.world[0]["response"] > 0 or not raised.any()
        before = m.copy()


@worlds
def test_categories_and_contributions(number: int) -> None:
    """Every municipality with an objective has one category; only 2B pays; what is charged within the horizon is what is paid.

    A test judges what its measurement found: the growth path and SIB of that day. Charged once, only what lacks above the most charged before.
    """
    scenario, model = random_world(number)[0], model_of(number)
    law, population = scenario.law, number % len(model.start)
    number_of_years = [int(law.values.charged_years.value) if row.charged is None else row.charged for row in law.rhythm]
    rows = zip(law.rhythm, model.rhythm, number_of_years, strict=True)
    tests = [(row.rate, int(r["month"]), int(r["verdict"]), years) for row, r, years in rows if row.test]
    sanctioned = law.readings.final_sib.value == "sanctioned" and law.rhythm[-1].test is None
    if sanctioned:
        tests.append((Fraction(1), int(model.rhythm["month"][-1]), int(model.rhythm["month"][-1]), number_of_years[-1]))
    found, objectives = {}, {}
    for t, phase, state in walk(model, number):
        if phase == "measurement":
            found[t] = state.path.copy(), state.municipalities["sib"].copy()
        elif phase == "test":
            objectives[t] = state.municipalities["objective"].copy()
    most, paid = np.zeros(len(model.start[0]), np.int64), np.zeros_like(state.years["paid_cents"])
    once, share = law.readings.charged.value == "once", int(model.settings["contribution_by_company"][0])
    assert len(tests) == len(state.tests)
    for j, (rows, path, (rate, measured, t, charged_years)) in enumerate(zip(state.tests, state.paths, tests, strict=True)):
        if t > scenario.months:
            assert not rows.view(np.uint8).any()
            continue
        has, lack = objectives[t] > 0, rows["lacking_regular"].astype(np.int64) + rows["lacking_sib"]
        assert ((rows["category"] == Category.NO_OBJECTIVE) == ~has).all()
        assert not rows[~has].view(np.uint8).any()
        assert (path[has] == found[measured][0][has]).all()
        assert (rows["sib"][has] == found[measured][1][has]).all()
        assert ((lack > 0) == (rows["category"] > 1)).all()
        assert (rows["lacking_regular"] >= 0).all()
        assert (rows["lacking_sib"] >= 0).all()
        final = sanctioned and j == len(tests) - 1
        assert not final or not (
            rows["lacking_regular"].any() or rows["filed"].any() or (rows["category"] == Category.CATEGORY_2A).any()
        )
        fined = rows["category"] == Category.CATEGORY_2B
        charged = np.where(fined, np.maximum(0, lack - most) if once else lack, 0)
        assert ((rows["contribution_cents"] > 0) == (charged > 0) & (rate > 0) & (charged_years > 0)).all()
        most = np.where(fined, np.maximum(most, lack), most)
        first = (t - 1) // 12 + (final or law.readings.charged_from.value == "year_after")
        years = range(first, first + charged_years)
        for m in np.flatnonzero(charged):
            premium = model.premium[model.start[population]["premium_area"][m]]
            cents = [yearly_contribution(int(charged[m]), int(premium[y]), *rate.as_integer_ratio()) for y in years]
            assert rows["contribution_cents"][m] == sum(cents)
            assert rows["company_cents"][m] == sum(c * share >> 16 for c in cents)
            for y, c in zip(years, cents, strict=True):
                if y < len(paid):
                    paid[y, m] += c
        assert not rows["company_cents"][charged == 0].any()
    assert (state.years["paid_cents"] == paid).all()


@pytest.mark.parametrize("number", range(1000, 1012))
def test_who_pays_and_how_often_changes_nothing_else(number: int) -> None:
    """Charged once, nobody pays more; the company's part is of what is charged; projects, years and verdicts are the same to the last bit."""
    scenario, region = random_world(number)

    def charged(how: str, by_company: float) -> Any:
        law = changed(scenario, lambda law: law["readings"]["charged"].update(value=how), contribution_by_company=by_company)
        return replicate(build_model(law, region), number)

    each, once = charged("each", 0.0), charged("once", 1.0)
    assert each.projects.tobytes() == once.projects.tobytes()
    for a, b in ((each.years, once.years), (each.tests, once.tests)):
        assert all((a[name] == b[name]).all() for name in a.dtype.names if not name.endswith("_cents"))
    assert (once.tests["contribution_cents"] <= each.tests["contribution_cents"]).all()
    assert (once.years["paid_cents"] <= each.years["paid_cents"]).all()
    assert not each.tests["company_cents"].any()
    assert (once.tests["company_cents"] == once.tests["contribution_cents"]).all()


# ---------------------------------------------------------------- the rules, for any numbers

small = st.integers(0, 400)
shares = st.fractions(0, 1, max_denominator=12)


@STEADY
@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_largest_remainder_gives_everything_and_nobody_more_than_one_above_its_share(total: int, weights: list[int]) -> None:
    """The parts add up; each is its share rounded down or up; a larger weight never gets less, ties go to the earlier."""
    parts = np.zeros(len(weights), np.int64)
    largest_remainder(total, np.array(weights, np.int64), parts)
    whole = sum(weights)
    assert parts.sum() == (total if whole else 0)
    for i, (weight, part) in enumerate(zip(weights, parts.tolist(), strict=True)):
        share = Fraction(total * weight, whole) if whole else Fraction(0)
        assert share // 1 <= part <= -(-share // 1)
        assert all(part >= parts[j] for j in range(len(weights)) if (weight, -i) > (weights[j], -j))


@STEADY
@given(small, st.lists(st.integers(0, 17), min_size=3, max_size=3).filter(any), st.lists(shares, min_size=3, max_size=3))
def test_growth_path_and_what_it_asks(objective: int, weights: list[int], asked: list[Fraction]) -> None:
    """The path adds up to the objective; a requirement is its exact sum rounded up (or down), never above the objective."""
    path = np.zeros(3, np.int64)
    growth_path(objective, np.array(weights, np.int64), path)
    assert path.sum() == objective
    exact = sum(share * int(g) for share, g in zip(asked, path, strict=True))
    numerators = np.array([int(share * 27720) for share in asked], np.int64)
    assert required(path, numerators, 27720, 0) == exact // 1
    assert required(path, numerators, 27720, 1) == -(-exact // 1) <= objective


@STEADY
@given(
    st.lists(small, min_size=3, max_size=3).map(lambda c: sorted(c, reverse=True)),
    st.lists(small, min_size=3, max_size=3),
    small,
    st.dictionaries(st.integers(0, 2), st.integers(0, 4), min_size=1),
    st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 6), min_size=3, max_size=3)), max_size=3),
    st.integers(0, 2),
    st.integers(0, 1),
    st.integers(0, 1),
)
def test_more_dwellings_never_lack_more(
    counts: list[int],
    path: list[int],
    sib: int,
    of_sib: dict[int, int],
    asked: list[tuple[int, list[int]]],
    level: int,
    up: int,
    sib_first: int,
) -> None:
    """What lacks is never negative, never above what is asked, and one dwelling more at any stage never makes it larger.

    Of the readings, SIB first never lacks less, of SIB as much as before; rounding down never lacks more.
    """
    levels = np.array([row[0] for row in asked], np.int64)
    numerators = np.array([row[1] for row in asked], np.int64).reshape(len(asked), 3)
    sixths = np.full(len(asked), 6, np.int64)
    sib_levels, quarters = (np.array(list(column), np.int64) for column in (of_sib, of_sib.values()))

    def lack(have: list[int], up: int = up, sib_first: int = sib_first) -> Any:
        result, have_now, path_now = np.full(6, -1, np.int64), np.array(have, np.int64), np.array(path, np.int64)
        wanted, fours = np.zeros(len(levels) + len(quarters), np.int64), np.full(len(quarters), 4, np.int64)
        requirements(path_now, sib, numerators, sixths, quarters, fours, up, wanted)
        regular, asked_sib = wanted[: len(levels)], wanted[len(levels) :]
        lacking(have_now, regular, levels, asked_sib, sib_levels, sib, sib_first, 0, 0, result)
        return result

    before, more = lack(counts), lack([c + 1 if i <= level else c for i, c in enumerate(counts)])
    assert (before >= 0).all()
    assert before[1] == max(before[4], before[5]) <= -(-sib * max(quarters) // 4)
    assert before[0] == max(before[2], before[3])
    assert before[0] <= max([0, *(required(np.array(path), row, 6, up) for row in numerators)])
    assert more[:2].sum() <= before[:2].sum()
    assert (more[1:2] <= before[1:2]).all()
    assert (lack(counts, sib_first=1) >= lack(counts, sib_first=0)).all()
    assert lack(counts, sib_first=1)[1] == lack(counts, sib_first=0)[1]
    assert lack(counts, up=0)[:2].sum() <= lack(counts, up=1)[:2].sum()


@STEADY
@given(small, st.integers(0, 10**7), shares)
def test_contribution_grows_with_what_lacks(missing: int, premium: int, rate: Fraction) -> None:
    """It is missing x premium x rate to half a cent, nothing for nothing, and never less for one more."""
    cents = yearly_contribution(missing, premium, rate.numerator, rate.denominator)
    assert abs(cents - missing * premium * rate) <= Fraction(1, 2)
    assert yearly_contribution(missing + 1, premium, rate.numerator, rate.denominator) >= cents
