"""What each start begins with: dwellings under way, where they lie, what is known of a municipality's will; and the facts beside them."""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, rankdata

from sim.inputs.errors import InputError
from sim.inputs.estimate.facts import DATA, POPULATIONS, read_facts
from sim.inputs.estimate.old_scheme import CATCH_UP_UNDER, able, old_objective, score, standard, step_1_rates
from sim.inputs.estimate.past import STARTS, past
from sim.inputs.estimate.pipeline import LOT, PASSES, STAY, SURVIVES, moving
from sim.inputs.estimate.stock import stock_2008
from sim.inputs.estimate.will import ONE, known, will
from sim.inputs.region.load import check_table, load_region
from sim.inputs.region.model import KNOWN
from sim.inputs.scenario.model import Scenario

TODAY, DRAWN = 2025, 40_000
PLANNED = ["pipeline_mjp", "pipeline_ktp", "pipeline_construction", "pipeline_dormant"]
PIPELINE = ["pipeline_preparation", *PLANNED]
FACTS = read_facts()


def begun(start: int) -> pd.DataFrame:
    return pd.read_csv(DATA / "estimates.csv") if start == TODAY else past(start)


def done(table: pd.DataFrame) -> pd.Series:
    """Return what was realised by the start."""
    return table["delivered"] if "delivered" in table else table["old_objective"] - table["sib"] + table["overshoot"]


def asked(table: pd.DataFrame) -> pd.Series:
    return table["old_objective" if "old_objective" in table else "objective_regular"]


# ---- what is under way


@pytest.fixture(scope="module")
def drawn(baseline: Scenario) -> Mapping[str, np.ndarray]:
    """Return durations of the baseline (years) at its mean effort, and their parts, of projects as large as those of a start."""
    u, rng = baseline.uncertainties, np.random.default_rng(7)

    def of(name: str) -> np.ndarray:
        return np.asarray(getattr(u, name).quantile(rng.random(DRAWN)))

    quicker = 1 - u.effort_speed.value * u.effort_start.mean()
    committee = baseline.levers.committee_interval.value / 2 / 12
    likely = u.appeal.value * (LOT / u.appeal_reference.value) ** u.appeal_exponent.value
    appeal = rng.random(DRAWN) < np.minimum(u.appeal_ceiling.value, likely)
    council = appeal & (rng.random(DRAWN) < u.council.value)
    annulled = council & (rng.random(DRAWN) < u.annulled.value)
    appeals = appeal * of("appeal_delay") + council * of("council_duration") + annulled * of("new_permit")
    permit, award, start = of("permit") * quicker, of("award"), of("start")
    return {
        **{"permit": permit, "appeals": appeals + committee, "award": award, "start": start},
        "preparation": of("preparation") * quicker + committee,
        "mjp": permit + appeals + committee,
        "ktp": award + start,
        "construction": of("construction") * (LOT / u.construction_reference.value) ** u.construction_exponent.value,
    }


def test_stays_are_the_means_of_the_baseline(drawn: Mapping[str, np.ndarray], baseline: Scenario) -> None:
    """What Little's law is given follows from the distributions, so it has to move with them; a dozenth month is let pass."""
    assert {stage: drawn[stage].mean() for stage in STAY} == pytest.approx(STAY, rel=0.025)
    assert pytest.approx(1 - baseline.uncertainties.cancelled.value) == SURVIVES


def test_deliveries_of_2026_and_2027_are_those_that_were_begun(drawn: Mapping[str, np.ndarray]) -> None:
    """1,190 were delivered and 830 tendered in 2025: about 1,190 in 2026 and 1,000 in 2027, as the engine begins (docs/model.md)."""
    rng, held = np.random.default_rng(8), moving(PASSES, 0)

    def left(stage: str) -> np.ndarray:
        return rng.choice(drawn[stage], DRAWN, p=drawn[stage] / drawn[stage].sum()) * rng.random(DRAWN)

    built = rng.permutation(drawn["construction"])
    over = {
        "construction": left("construction"),
        "ktp": left("award") + drawn["start"] + built,
        "mjp": left("permit") + drawn["appeals"] + drawn["ktp"] + built,
    }
    weight = {"construction": 1.0, "ktp": 1.0, "mjp": SURVIVES}
    of_year = [sum(held[s] * weight[s] * ((t > y) & (t <= y + 1)).mean() for s, t in over.items()) for y in range(2)]
    assert of_year[0] == pytest.approx(1_190, abs=60)
    assert of_year[1] == pytest.approx(1_000, abs=60)


@pytest.mark.parametrize(("start", "planned"), [(2008, 17_060), (2015, 17_600), (2019, 15_800), (TODAY, 13_000)])
def test_lists_are_as_long_as_counted_and_a_part_of_them_sleeps(start: int, planned: int) -> None:
    """The central population has the total; the others lie about it, never with nobody asleep; deliveries hold construction close."""
    totals = begun(start).groupby("population")[PIPELINE].sum()
    assert len(totals) == POPULATIONS
    lists = totals[PLANNED].sum(axis=1)
    assert lists[0] == planned
    assert lists.min() < planned < lists.max()
    assert totals["pipeline_dormant"].min() > 3_000
    assert totals["pipeline_construction"].max() < 1.1 * totals["pipeline_construction"][0]
    passed = totals["pipeline_construction"][0] / STAY["construction"]
    assert passed == pytest.approx(1_190 if start == TODAY else 1_900, abs=1)


# ---- where it lies, and what is known


def ranks(a: np.ndarray, b: np.ndarray) -> float:
    return float(pd.Series(a).corr(pd.Series(b), method="spearman"))


@pytest.mark.parametrize("start", [2015, 2019, TODAY])
def test_plans_lie_where_much_was_done_already(start: int) -> None:
    """In every population, not by size alone: per dwelling that a municipality could do. And unequally: a tenth has over a third of them."""
    for _, rows in begun(start).groupby("population"):
        could = able(FACTS, asked(rows).to_numpy())
        plans = rows[PIPELINE].sum(axis=1).to_numpy()
        assert ranks(plans / could, done(rows).to_numpy() / could) > 0.15
        assert np.sort(plans)[-28:].sum() > plans.sum() / 3


def test_will_stays_from_start_to_start_and_differs_between_populations() -> None:
    before = stock_2008(FACTS, 0)
    wills = {by: will(score(FACTS, before, 0, by), 0) for by in (*STARTS, TODAY)}
    assert all(ranks(wills[2008], other) > 0.8 for other in wills.values())
    assert ranks(wills[2008], will(score(FACTS, before, 0, 2008), 1)) < 0.8


def test_no_start_knows_what_came_later() -> None:
    """Shares realised that were published of 2017 or 2022, and who was named in 2023, tell nothing in 2015; those of 2017 do in 2019."""
    before = stock_2008(FACTS, 0)
    later = FACTS.anchors["measure"].isin(["bso_realised_pct", "bso_2042_within_reach"])
    blind = dataclasses.replace(FACTS, anchors=FACTS.anchors[~later])
    told = {}
    for by in (2015, 2019, TODAY):
        told[by] = set(FACTS.municipalities.index[score(FACTS, before, 0, by) != score(blind, before, 0, by)])
    assert told[2015] == set()
    assert {41002, 41011, 11008} <= told[2019]
    assert 35013 not in told[2019]
    assert told[TODAY] == told[2019] | {35013, 13003, 42004, 34009, 42006, 32003}


@pytest.mark.parametrize("start", [*STARTS, TODAY])
def test_known_is_a_normal_score_of_what_is_known(start: int) -> None:
    """Mean 0, standard deviation 1; higher where more is planned, and, but for 2008, where more was done."""
    for _, rows in begun(start).groupby("population"):
        score_ = rows["known"].to_numpy()
        could = able(FACTS, asked(rows).to_numpy())
        assert abs(score_.mean()) < 0.01 * ONE
        assert score_.std() == pytest.approx(ONE, rel=0.01)
        assert ranks(score_, rows[PIPELINE].sum(axis=1).to_numpy() / could) > 0.4
        assert start == 2008 or ranks(score_, done(rows).to_numpy() / could) > 0.6


def test_what_was_realised_by_2008_is_not_known() -> None:
    """Whatever it was, the score stays; where it counts, it moves."""
    rows = begun(2008).query("population == 0")
    plans, stock = rows[PIPELINE].sum(axis=1).to_numpy(), rows["stock"].to_numpy()
    land = (rows["land_company"] + rows["land_public"]).to_numpy()
    again = known(FACTS, asked(rows).to_numpy(), 2008, None, plans, stock, land)
    assert (again == rows["known"]).all()
    assert (known(FACTS, asked(rows).to_numpy(), 2008, done(rows).to_numpy(), plans, stock, land) != again).any()


def test_equals_have_the_mean_rank() -> None:
    """So that no municipality is before another for its code only."""
    assert standard(np.array([3.0, 1.0, 1.0, 5.0])).tolist() == pytest.approx([0.318639, -0.67449, -0.67449, 1.150349])
    values = np.random.default_rng(5).integers(-40, 40, 285) / 7  # many equal, and of either sign
    assert (standard(values) == np.round(norm.ppf((rankdata(values) - 0.5) / 285), 6)).all()


# ---- in the region


def test_the_region_has_it_and_zeros_where_the_table_has_not(tmp_path: Path) -> None:
    table = pd.read_csv(DATA / "estimates.csv")
    assert (load_region().estimates[KNOWN] == table["known"].to_numpy().reshape(POPULATIONS, -1)).all()
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    table.drop(columns="known").to_csv(tmp_path / "estimates.csv", index=False)
    without = load_region(folder=tmp_path).estimates
    assert not without[KNOWN].any()
    assert without[KNOWN].shape == without["stock"].shape


@pytest.mark.parametrize(
    ("column", "value"), [("known", "-"), ("known", "1.5"), ("known", "--3"), ("known", "-99999999"), ("sib", "-3")]
)
def test_a_score_may_be_negative_and_no_number_of_dwellings(tmp_path: Path, column: str, value: str) -> None:
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    table = pd.read_csv(DATA / "estimates.csv", dtype=str)
    table.loc[7, column] = value
    table.to_csv(tmp_path / "estimates.csv", index=False)
    with pytest.raises(InputError, match=f"line 9, {column}: found '{value}'"):
        load_region(folder=tmp_path)


def test_no_official_table_gives_it(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("nis,known\n11001,5\n")
    with pytest.raises(InputError, match="unknown column 'known'"):
        check_table(tmp_path / "own.csv")


# ---- the facts


def test_every_outcome_says_what_moves_it_and_how_it_is_used() -> None:
    outcomes = pd.read_csv(DATA / "outcomes.csv")
    assert outcomes["outcome"].is_unique
    assert set(outcomes["use"]) == {"scored", "shown", "bound"}
    drivers = {"net", "deliveries", "rent_in", "plans", "path", "reached", "owned_growth", "money", "municipality", "losses"}
    assert set(outcomes["driver"]) == drivers
    counted = outcomes[outcomes["use"] == "scored"]
    assert len(counted) >= 30
    assert counted["driver"].nunique() >= 8
    grown = outcomes["measure"].isin(["delivered", "owned_growth", "rented_in_growth"])
    assert outcomes["since"].notna().equals(grown)
    assert (outcomes["since"][grown] < outcomes["year"][grown]).all()


def test_regional_facts_say_their_use_and_the_starts_they_fed() -> None:
    facts = pd.read_csv(DATA / "regional_facts.csv", dtype={"fed": "string"})
    assert not facts.duplicated(["fact", "as_of"]).any()
    assert set(facts["use"]) == {"input", "outcome", "context"}
    assert facts["fed"][facts["use"] == "context"].isna().all()
    assert set(" ".join(facts["fed"].dropna()).split()) == {str(start) for start in (*STARTS, TODAY)}


def test_published_shares_belong_to_the_objectives_of_the_estimates() -> None:
    """A share is of the objective that the estimate has: 125, 108, 305 and 288; Aalter's is of before its merger, so of another."""
    table = pd.read_csv(DATA / "estimates.csv").query("population == 0").set_index("nis")["old_objective"]
    shares = pd.read_csv(DATA / "outcomes.csv").query("measure == 'share'").set_index("outcome")
    dwellings = {"2017_denderleeuw": 123, "2017_assenede": 65, "2018_brasschaat": 132, "2022_oostende": 435}
    rows = shares.loc[[f"share_{name}" for name in dwellings], ["value", "nis"]].to_numpy()
    assert [round(share * table[int(nis)]) for share, nis in rows] == list(dwellings.values())
    assert len(shares) == 10


def test_the_catch_up_is_what_was_asked_of_those_of_whom_it_is_known() -> None:
    """Brasschaat 50 beyond step 1, Assenede 13, Brecht 15: of what they lack of 3%, about the part that the formula asks of all others."""
    before = stock_2008(FACTS, 0)
    lacking = np.maximum(0.0, CATCH_UP_UNDER * FACTS.households_2008 - before)
    step_1 = step_1_rates(FACTS) * FACTS.households_2008
    part = (old_objective(FACTS, before) - step_1)[lacking > 50] / lacking[lacking > 50]
    for nis, more in ((11008, 50), (43002, 13), (11009, 15)):
        i = FACTS.place(nis)
        assert more / lacking[i] == pytest.approx(float(np.median(part)), abs=0.05)
