"""Nothing is lost and nothing comes from nowhere, in every world, after every phase: dwellings, land, slots, money, the envelope, the sums."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.agents.municipalities import READY, company_places, public_places, status
from sim.agents.policies import POLICIES
from sim.chance.leadtimes import bernoulli, fixed
from sim.engine import build_model, replicate
from sim.engine.state import NONE, STAGES, Act, Land, Model, Own, Stage, State, Stream
from sim.engine.tables import funds
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from sim.rules.plan import Category
from tests.support.campaign import campaign
from tests.support.walk import by, changed, dwellings_at, kinds_of, model_of, projects, walk, worlds
from tests.support.worlds import baseline, random_world

ONE = 65536
FIXED = ["municipality", "k", "dwellings", "land", "stream", "voluntary"]  # of a project, from its first day on


@worlds
def test_dwellings_and_places_are_conserved(number: int) -> None:
    """After every phase the municipalities' counts are those of their projects, and land is where it came from, in use or left."""
    model = model_of(number)
    begin = model.start[number % len(model.start)]
    pipeline = sum(begin[f"pipeline_{stage}"] for stage in ("construction", "ktp", "mjp", "preparation", "dormant"))
    np.add.at(pipeline, model.own[:, Own.MUNICIPALITY], model.own[:, Own.DWELLINGS])
    made: Any = None
    kept: dict[str, np.ndarray] = {}
    for t, phase, state in walk(model, number):
        m, rows = state.municipalities, projects(state)
        check_counts(state, begin["delivered"])
        check_land(model, state, pipeline)
        now = {"let": m["let"].copy(), "bought": m["bought"].copy(), "found": m["found"] + taken(state, Land.FOUND)}
        if phase == "start":
            made, kept = rows[FIXED].copy(), now
        assert (rows[FIXED][: len(made)] == made).all()
        if phase == "completion" and t % 12 == 0:
            assert (rows["stream"][len(made) :] == Stream.REPLACEMENT).all()
        else:
            assert phase in ("start", "launch") or len(rows) == len(made)
        assert (m["room_company"] - m["bought"] == begin["room_company"]).all()
        assert (m["room_public"] == begin["room_public"]).all()
        if phase == "completion" and t % 12 == 6:
            assert (now["let"] == m["delivered"]).all()
        else:
            assert (now["let"] == kept["let"]).all()
        assert (now["found"] >= kept["found"]).all() if phase == "land" else (now["found"] == kept["found"]).all()
        if phase == "policy" and t % 12 == 1:
            assert (now["bought"] >= kept["bought"]).all()
        else:
            assert (now["bought"] == kept["bought"]).all()
        made, kept = rows[FIXED].copy(), now
    scenario, region = random_world(number)
    years, yearly = len(model.slot_growth), scenario.levers.land_purchase.value
    own = np.zeros(len(region.company_names))
    for name, means in scenario.companies.items():
        own[region.company_names.index(name)] = means.land.value if means.land else 0
    own[np.bincount(region.company, begin["objective"], len(own)) == 0] = 0  # by objective, so nothing where there is none
    assert abs(m["bought"].sum() - years * (yearly + own.sum())) < 1.02 * len(m) or not begin["objective"].any()


def check_counts(state: State, before: np.ndarray) -> None:
    """Assert that each municipality's counts are those of its projects. `before`: dwellings delivered before the start."""
    m, rows = state.municipalities, projects(state)
    assert (m["dormant"] == dwellings_at(state, Stage.DORMANT)).all()
    assert (m["preparation"] == dwellings_at(state, Stage.PREPARATION)).all()
    assert (m["mjp"] == dwellings_at(state, Stage.MJP)).all()
    assert (m["ktp"] == dwellings_at(state, Stage.KTP, Stage.AWARD)).all()
    assert (m["construction"] == dwellings_at(state, Stage.CONSTRUCTION)).all()
    assert (m["delivered"] == before + dwellings_at(state, Stage.REALISED)).all()
    under_way = m["dormant"] + m["preparation"] + m["mjp"] + m["ktp"] + m["construction"]
    assert (
        under_way + m["delivered"] - before + dwellings_at(state, Stage.CANCELLED) == dwellings_at(state, *range(len(STAGES)))
    ).all()
    voluntary = rows[rows["voluntary"] == 1]
    assert (m["voluntary"] == by(voluntary[voluntary["stage"] == Stage.REALISED], len(m))).all()
    held = voluntary[np.isin(voluntary["stage"], (Stage.PREPARATION, Stage.MJP))]
    assert (m["voluntary_open"] == np.bincount(held["municipality"], minlength=len(m))).all()
    awake = held["municipality"][held["asleep"] == NONE]  # while one sleeps another may start
    assert (np.bincount(awake, minlength=len(m)) <= 1).all()


def taken(state: State, land: int, cancelled: bool = False) -> np.ndarray:
    """Return the places of a kind of land that projects use, or those that cancelled projects used; replacements use none."""
    rows = projects(state)
    of_land = (rows["land"] == land) & (rows["stream"] != Stream.REPLACEMENT)
    return by(rows[of_land & ((rows["stage"] == Stage.CANCELLED) == cancelled)], len(state.municipalities))


def check_land(model: Model, state: State, pipeline: np.ndarray) -> None:
    """Assert that the places of each kind are not below zero, and add up with those in use."""
    m, s, rows = state.municipalities, model.settings[0], projects(state)
    given_back = taken(state, Land.INITIAL, cancelled=True)
    never_rebuilt = by(rows[(rows["stream"] == Stream.REPLACEMENT) & (rows["stage"] == Stage.CANCELLED)], len(m))
    assert (taken(state, Land.INITIAL) + given_back == pipeline).all()
    assert (m["used_company"] == taken(state, Land.COMPANY) - given_back - never_rebuilt).all()
    assert (m["used_public"] == taken(state, Land.PUBLIC)).all()
    assert (m["private"] + taken(state, Land.PRIVATE) == m["private_arrived"]).all()
    assert (m["found"] >= 0).all()
    assert (m["private"] >= 0).all()
    assert (m["used_company"] <= m["room_company"]).all()
    released = s["release_base"] + (s["release_effort"] * m["effort"] >> 16)
    assert (m["used_public"] <= m["room_public"] * released >> 16).all()
    assert all(company_places(row) >= 0 and public_places(row, s) >= 0 for row in m)


@worlds
def test_slots(number: int) -> None:
    """Slots held are the projects in preparation and on MJP; above its own a company holds only what is lent; no slot is left to waste.

    What is held above the own slots, all companies together, grows only to the share of the slots that were free when all had stopped.
    Afterwards nobody woken waits beside a free slot of its company, and nobody ready beside a free slot or one that could be lent.
    """
    check_slots(model_of(number), number)


@pytest.mark.parametrize("number", campaign(range(1100, 1125), 3))
def test_slots_that_are_shared(number: int) -> None:
    """The same where all free slots may be lent, and companies have few of their own."""
    scenario, region = random_world(number)
    model = build_model(changed(scenario, shared_services=1.0, managers_scale=0.01, projects_per_manager=2), region)
    check_slots(model, number)


def check_slots(model: Model, number: int) -> None:
    """Walk a replication and assert what holds of slots."""
    s, before, slots = model.settings[0], np.zeros(0, np.int64), np.zeros(0, np.int64)
    for t, phase, state in walk(model, number):
        rows, c, m = projects(state), state.companies, state.municipalities
        company = m["company"][rows["municipality"]]
        held = np.bincount(company[np.isin(rows["stage"], (Stage.PREPARATION, Stage.MJP))], minlength=len(c))
        woken = (rows["stage"] == Stage.DORMANT) & (rows["asked"] >= 0)
        assert (c["held"] == held).all()
        assert (c["waiting_slot"] == np.bincount(company[woken], minlength=len(c))).all()
        if phase == "policy" and t % 12 == 1:
            assert (c["objective"] == np.bincount(m["company"], m["objective"], len(c))).all()
            common = c[c["own_managers"] == NONE]
            parts = common["objective"] * common["staffing"] // ONE  # what a company's part of the managers goes by
            assert (np.diff(common["slots"][np.argsort(parts, kind="stable")]) >= 0).all()
            assert (c["slots"] == (s["projects_per_manager"] * c["own_managers"] + ONE // 2) // ONE)[
                c["own_managers"] != NONE
            ].all()
        elif phase != "start":
            assert (c["slots"] == slots).all()
        if phase == "launch":
            above, above_before = np.maximum(held - slots, 0), np.maximum(before - slots, 0)
            voluntary = ((rows["voluntary"] == 1) & (rows["preparation"] == t)).sum()
            lent = s["shared_services"] * (np.maximum(slots - held, 0).sum() + voluntary) >> 16
            assert (above == above_before).all() or s["shared_services"] > 0
            assert above.sum() <= max(above_before.sum(), lent)
            assert ((held >= slots) | (c["waiting_slot"] == 0)).all()
            ready = [i for i in range(len(m)) if status(m[i], s, False) & READY]
            assert (held >= slots)[m["company"][ready]].all()
            helped = [i for i in ready if s["lent_to_2B"] == 0 or m["category"][i] == Category.CATEGORY_2B]
            assert not helped or above.sum() >= lent
        before, slots = held, c["slots"].copy()


@worlds
def test_money(number: int) -> None:
    """January gives out the year's money and what expired, if it does not lapse; a project starts only with credit, the first in line first."""
    model, granted = model_of(number), []
    kept: Any = np.zeros(0, np.void)
    for t, phase, state in walk(model, number):
        c, rows = state.companies, projects(state)
        company = state.municipalities["company"][rows["municipality"]]
        queued = rows["ready"] >= 0
        waiting = queued & (rows["stage"] == Stage.AWARD)
        assert (c["credit_old"] >= 0).all()
        assert (c["waiting_money"] == np.bincount(company[waiting], rows["dwellings"][waiting], len(c))).all()
        started = queued & (rows["construction"] > (t - 1) // 12 * 12)
        assert t == 0 or (c["started"] == np.bincount(company[started], rows["dwellings"][started], len(c))).all()
        if phase == "policy" and t % 12 == 1:
            check_grant(model, state, kept, (t - 1) // 12)
            check_year(random_world(number)[0], model, state, (t - 1) // 12)
            granted.append(int(state.world[0]["money"]))
        elif phase == "admission":
            fund = c["fund"][company]
            before, after = (x["credit_old"] + x["credit_new"] for x in (kept, c))
            for f in np.unique(c["fund"]):
                own = rows[queued & (fund == f)]
                started, left = own[own["construction"] == t], own[own["stage"] == Stage.AWARD]
                check_admission(started, left, int(before[f]), int(after[f]), int(model.cost[(t - 1) // 12]))
        elif phase != "start":
            assert (c[["credit_old", "credit_new"]] == kept[["credit_old", "credit_new"]]).all()
        kept = c.copy()
    assert state.flanders["money"].tolist() == granted


def check_grant(model: Model, state: State, before: Any, year: int) -> None:
    """Assert that the funds together get the year's money and what was carried over and not spent, each its part by objective at least.

    With a pooled fund what was not spent lapses, as it does of a company with a finance of its own. Without any objective nobody gets the part
    by objective, and what remains only who waits; it lapses too. What was new is carried over, a debt stays.
    """
    c, money = state.companies, int(state.world[0]["money"])
    mine = c["own_finance"] != NONE
    first = money * int(model.settings["finance_by_objective"][0]) >> 16
    got = c["credit_new"] - np.minimum(before["credit_new"], 0)
    objective = np.bincount(c["fund"], c["objective"], len(c)).astype(np.int64)
    assert (c["credit_old"] == np.maximum(before["credit_new"], 0)).all()
    lapses = mine | bool(model.settings["pooled"][0])
    rest = money - first + int(before["credit_old"][~lapses].sum())
    nobodys = 0 if objective.any() else first + rest * (not c["waiting_money"][~mine].any())
    assert state.world[0]["unspent"] == before["credit_old"][lapses].sum() + nobodys
    assert (got[mine] == c["own_finance"][mine] * model.cost[year]).all()  # its own, whatever the others share
    if objective.any():
        assert got[~mine].sum() <= first + rest
        assert got.sum() == first + rest or mine.any()
        assert (got >= first * objective // objective.sum())[~mine].all()
    else:
        assert got[~mine].sum() == (rest if c["waiting_money"][~mine].any() else 0)


def check_year(scenario: Scenario, model: Model, state: State, year: int) -> None:
    """Assert the year's money: the budget of the year without the share of renovation; of each company's part by objective modest rental takes
    what is wanted, within the cap on that company's years before."""
    s, w, levers, objective = model.settings[0], state.world, scenario.levers, state.companies["objective"]
    budget = int(w[0]["budget"]) * fixed(levers.finance_scale.value) >> 16
    budget = budget * fixed((1 + levers.budget_growth.value) ** year) >> 16
    five = state.money[[max(0, year - back) for back in range(1, 6)]].sum(axis=0)
    wanted, most = (
        state.money[year] * s["modest_share"] >> 16,
        five * s["modest_cap_numerator"] // (5 * s["modest_cap_denominator"]),
    )
    all_new = w[0]["money"] + np.minimum(wanted, most).sum()
    assert all_new == budget * fixed(1 - levers.renovation_share.value) >> 16
    assert (state.money[year] == (all_new * objective // objective.sum() if objective.any() else 0)).all()


def check_admission(started: Any, waiting: Any, before: int, after: int, cost: int) -> None:
    """Assert what one fund did in one month: `started` and `waiting` are its projects, `before` and `after` its credit, `cost` of a dwelling."""
    order = sorted(tuple(p) for p in started[["voluntary", "ready", "municipality", "k", "dwellings"]].tolist())
    left = before
    for *_, dwellings in order:
        assert left > 0
        left -= dwellings * cost
    assert left == after
    if len(waiting):
        assert after <= 0
        first = min(tuple(p) for p in waiting[["voluntary", "ready", "municipality", "k"]].tolist())
        assert not order or order[-1][:4] < first
        assert not started["voluntary"].any() or waiting["voluntary"].all()


@given(st.integers(1000, 1039), st.booleans(), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0.1, 30))
@settings(max_examples=60, deadline=None)
def test_money_is_spent_carried_over_or_lapses(number: int, pooled: bool, budget: float, cost: float, scale: float) -> None:
    """Over all years: what was available was spent on the works that started, is still there, or has lapsed. A company of its own adds to it."""
    scenario, region = random_world(number)
    scale *= scenario.levers.finance_scale.value
    scenario = changed(scenario, finance_pooled=pooled, budget_growth=budget, cost_index=cost, finance_scale=min(100.0, scale))
    model = build_model(scenario, region)
    model.company_start["own_finance"] = NONE  # what would have been the part of such a company goes to nobody
    model.company_start["fund"] = funds(model.company_start["own_finance"][0], pooled)
    history = replicate(model, number)
    left = (history.companies["credit_old"] + history.companies["credit_new"]).sum(axis=1)
    flanders, projects = history.flanders, history.projects
    began = projects[projects["construction"] > 0]
    year = (began["construction"] - 1) // 12
    expected = [scenario.uncertainties.cost.value * (1 + cost) ** y for y in range(len(left))]
    assert model.cost.tolist() == [max(1, int(value + 0.5)) for value in expected]
    assert flanders["spent"].tolist() == np.bincount(year, began["dwellings"] * model.cost[year], len(left)).tolist()
    assert (flanders["money"] - flanders["spent"] - flanders["unspent"]).tolist() == np.diff(left, prepend=0).tolist()
    assert pooled or not flanders["unspent"].any()


@worlds
def test_envelope_and_long_vacancy(number: int) -> None:
    """Reserved are the voluntary dwellings not cancelled, within the envelope, which grows only on its own dates, when enough is used.

    Long vacancy stays as it is at today's share of renovation, and falls (rises) when more (less) is renovated.
    """
    scenario, law = random_world(number)[0], random_world(number)[0].law.values
    model = model_of(number)
    size, vacant = int(law.envelope.value), scenario.uncertainties.vacant.value
    share, today = scenario.levers.renovation_share.value, scenario.uncertainties.renovation_today.value
    reserved = 0
    for t, phase, state in walk(model, number):
        rows, w = projects(state), state.world
        if phase == "policy":
            dates = (model.events[model.events[:, 0] == t, 1] == Act.ENVELOPE).sum()
            assert (dates > 0) == (Act.ENVELOPE in kinds_of(model, t))
            for _ in range(dates):
                if scenario.levers.envelope_budget.value and size > 0 and reserved >= law.envelope_used.value * size:
                    size = min(size + int(law.envelope_step.value), max(size, int(law.envelope_maximum.value)))
        reserved = int(rows["dwellings"][(rows["voluntary"] == 1) & (rows["stage"] != Stage.CANCELLED)].sum())
        assert w[0]["reserved"] == reserved <= size == w[0]["envelope"]
        if phase == "policy" and t % 12 == 1 and share != today:
            assert (w[0]["vacant"] - vacant) * (today - share) >= 0
        else:
            assert w[0]["vacant"] == vacant
        vacant = int(w[0]["vacant"])
        assert vacant >= 0
    assert (state.flanders["envelope"] >= state.flanders["reserved"]).all()
    assert (state.totals["voluntary"] <= state.flanders["reserved"]).all()


@worlds
def test_totals_are_the_sums_over_municipalities(number: int) -> None:
    """What is summed up as the replication runs is what its rows add up to."""
    history = replicate(model_of(number), number)
    years, tests, objective = history.years, history.tests, history.years["objective"]
    for name in set(history.totals.dtype.names or ()) & set(years.dtype.names or ()):
        assert (history.totals[name] == years[name].sum(axis=1, dtype=np.int64)).all(), name
    assert (history.totals["net"] == years["realised"].sum(axis=1)).all()
    assert (history.totals["bso"] == np.clip(years["realised"], 0, objective).sum(axis=1)).all()
    assert (years["voluntary"] <= years["delivered"]).all()
    for name, code in (("1", Category.CATEGORY_1), ("2A", Category.CATEGORY_2A), ("2B", Category.CATEGORY_2B)):
        assert (history.test_totals[f"category_{name}"] == (tests["category"] == code).sum(axis=1)).all()
    assert (history.test_totals["shortfall"] == (tests["lacking_regular"] + tests["lacking_sib"]).sum(axis=1)).all()
    for name in ("contribution_cents", "company_cents"):
        assert (history.test_totals[name] == tests[name].sum(axis=1)).all()


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_takes_all_of_flanders(policy: str) -> None:
    """The real region, municipalities without an objective included, under every allocation policy."""
    model = build_model(changed(baseline(), allocation=policy), load_region())
    objective = model.start["objective"]
    for replication in (0, 1):
        history = replicate(model, replication)
        assert (objective[history.population] == 0).any()
        started = history.projects[(history.projects["preparation"] > 0) & (history.projects["voluntary"] == 0)]
        assert len(started) > 500
        assert len(np.unique(started["municipality"])) > 150


@worlds
def test_nobody_stands_elsewhere_than_the_engine_thinks(number: int) -> None:
    """After every phase, whoever the engine does not mean to look at again stands as last seen; who it means to is listed once."""
    model, seen = model_of(number), 0
    for _, _, state in walk(model, number):
        listed = state.to_look_at[: state.world[0]["changed"]]
        assert sorted(listed) == np.flatnonzero(state.changed).tolist()
        for i in np.flatnonzero(state.changed == 0):
            wishes = bernoulli(int(state.wishes[0, i]), int(model.settings[0]["envelope_wish"]))
            assert state.status[i] == status(state.municipalities[i], model.settings[0], wishes)
            seen += 1
        ready = np.bincount(state.municipalities["company"], state.status & READY, len(state.companies))
        assert (state.companies["ready"] == ready).all()
    assert seen
