"""The engine gives the oracle's history, exactly: every project, year, test and company of 200 small random worlds."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from sim.engine import build_model, replicate
from sim.inputs.region import Region, load_region
from sim.inputs.scenario import Scenario
from tests.oracle import OracleHistory, run
from tests.worlds import baseline, random_world

WORLDS = 200
CHUNK = 10
Row = dict[str, int]
STAGE, MONTHS_OF = "stage", ("preparation", "mjp", "ktp", "award", "ready", "construction", "ended")


def replication_of(number: int) -> int:
    """Return the replication compared in a world: all populations get their turn."""
    return number % 7


@cache
def world_of(number: int) -> tuple[Scenario, Region, OracleHistory]:
    """Return a world and what the oracle makes of it."""
    scenario, region = random_world(number)
    return scenario, region, run(scenario, region, replication_of(number))


def first_difference(what: str, expected: list[Row], found: np.ndarray, label: tuple[str, ...]) -> str:
    """Return the first difference between rows in words, or nothing. `label`: the fields that name a row."""
    rows = found.reshape(-1)
    for number, row in enumerate(expected):
        if number >= len(rows):
            break
        for name, value in row.items():
            if name in (rows.dtype.names or ()) and int(rows[name][number]) != value:
                place = ", ".join(f"{key} {row[key]}" for key in label)
                both = f"{name} is {value} in the oracle, {int(rows[name][number])} in the engine"
                return f"{what} {place} (row {number}): {both}; the oracle's row: {row}"
    if len(rows) != len(expected):
        return f"{what}: {len(expected)} rows in the oracle, {len(rows)} in the engine"
    return ""


def differences(scenario: Scenario, region: Region, replication: int, oracle: OracleHistory) -> Iterable[str]:
    """Yield the first difference of each table."""
    history = replicate(build_model(scenario, region), replication)
    years, tests, municipalities = scenario.months // 12, sum(m.test is not None for m in scenario.law.rhythm), len(region.nis)
    assert history.years.shape == (years, municipalities)
    assert history.tests.shape == (tests, municipalities)
    assert history.companies.shape == (years, len(region.company_names))
    yield first_difference("project", oracle.projects, history.projects, ("municipality", "k"))
    yield first_difference("year", oracle.years, history.years, ("year", "municipality"))
    yield first_difference("test", oracle.tests, history.tests, ("municipality",))
    yield first_difference("company", oracle.companies, history.companies, ("year", "company"))


@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK))
def test_engine_gives_the_history_of_the_oracle(chunk: int) -> None:
    """Whatever the world, engine and oracle agree on every number."""
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        scenario, region, oracle = world_of(number)
        found = [words for words in differences(scenario, region, replication_of(number), oracle) if words]
        assert not found, f"world {number}: " + "\n".join(found)


@pytest.mark.full
@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK, 2_000 // CHUNK))
def test_engine_gives_the_history_of_the_oracle_in_more_worlds(chunk: int) -> None:
    """The long campaign: 2,000 worlds."""
    test_engine_gives_the_history_of_the_oracle(chunk)


@pytest.mark.full
@pytest.mark.parametrize("policy", ["largest_shortfall", "proportional", "first_come", "protect"])
@pytest.mark.parametrize("replication", range(5))
def test_engine_gives_the_history_of_the_oracle_for_flanders_under_every_policy(policy: str, replication: int) -> None:
    """The long campaign: all Flanders, five populations, every allocation policy, money per company and pooled."""
    scenario = baseline()
    levers = scenario.levers.model_copy(
        update={
            "allocation": scenario.levers.allocation.model_copy(update={"value": policy}),
            "finance_pooled": scenario.levers.finance_pooled.model_copy(update={"value": replication % 2 == 1}),
        }
    )
    scenario = scenario.model_copy(update={"levers": levers})
    region = load_region(scenario)
    found = [words for words in differences(scenario, region, replication, run(scenario, region, replication)) if words]
    assert not found, "\n".join(found)


def test_engine_gives_the_history_of_the_oracle_for_flanders() -> None:
    """So it is for a replication of the baseline scenario."""
    scenario = baseline()
    region = load_region(scenario)
    found = [words for words in differences(scenario, region, 3, run(scenario, region, 3)) if words]
    assert not found, "\n".join(found)


def test_tables_compared_have_every_field() -> None:
    """The engine's tables hold all fields that the oracle knows (keys of rows apart), so nothing is compared in name only."""
    scenario, region, oracle = world_of(1)
    history = replicate(build_model(scenario, region), replication_of(1))
    keys = {"year", "municipality", "company"}
    for name in ("projects", "years", "tests", "companies"):
        expected = getattr(oracle, name)[0]
        assert set(expected) - keys <= set(getattr(history, name).dtype.names), name


@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK))
def test_oracle_keeps_its_own_books(chunk: int) -> None:
    """Dwellings are conserved, stages come in order, nobody waits with a free slot or with money in the fund."""
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        scenario, region, oracle = world_of(number)
        last = len(oracle.years) - len(region.nis)
        for row in oracle.years[last:]:
            own = [p for p in oracle.projects if p["municipality"] == row["municipality"]]
            kept = {stage: sum(p["dwellings"] for p in own if p[STAGE] == stage) for stage in range(8)}
            assert (row["dormant"], row["preparation"], row["mjp"], row["construction"]) == (kept[0], kept[1], kept[2], kept[5])
            assert (row["ktp"], row["delivered"]) == (kept[3] + kept[4], kept[6])
            assert row["realised"] == row["delivered"] + row["purchased"] - row["sold"] + row["rent_in"]
        for project in oracle.projects:
            assert project["dwellings"] > 0
            passed = [name for name in MONTHS_OF if project[name] >= 0]
            for before, after in pairwise(passed):
                assert project[before] < project[after] or (before, project[before]) == ("ready", project[after])
            assert max(project["ktp"], 0) % scenario.levers.committee_interval.value == 0
        assert not oracle.happened["land below zero"]
        for row in oracle.companies:
            assert row["credit_old"] >= 0
            assert not (row["waiting_slot"] and row["held"] < row["slots"])
            pooled = scenario.levers.finance_pooled.value
            assert pooled or not (row["waiting_money"] and row["credit_old"] + row["credit_new"] > 0)


def mechanisms() -> Counter[str]:
    """Return how often each mechanism occurs in all worlds together."""
    seen: Counter[str] = Counter()
    for number in range(WORLDS):
        scenario, region, oracle = world_of(number)
        seen += oracle.happened
        seen["allocation " + scenario.levers.allocation.value] += 1
        seen["judgement " + scenario.levers.plan_judgement.value] += 1
        seen["pooled"] += scenario.levers.finance_pooled.value
        seen["several lanes"] += int(max(region.lanes)) > 1
        seen["other population"] += replication_of(number) % region.populations > 0
        objective = (region.estimates["objective_regular"] + region.estimates["sib"])[replication_of(number) % region.populations]
        for project in oracle.projects:
            bare = objective[project["municipality"]] == 0
            seen["launched without an objective"] += bare and project["land"] != 0
            seen[f"stage {project['stage']} at the end"] += 1
            seen[f"land {project['land']}"] += 1
            seen["woken"] += project["asked"] >= 0
            seen["woken and on MJP"] += project["asked"] >= 0 and project["mjp"] >= 0
            seen["waited for money"] += 0 <= project["ready"] < project["construction"]
            seen[f"cancelled on land {project['land']}"] += project["stage"] == 7
        for row in oracle.companies:
            seen["overdrawn"] += row["credit_new"] < 0
            seen["carried over"] += row["credit_old"] > 0
            seen["waiting for a slot"] += row["waiting_slot"] > 0
            seen["more held than slots"] += row["held"] > row["slots"]
        for row in oracle.tests:
            seen[f"category {row['category']}"] += 1
            for name in ("filed", "land_list", "instruments", "contribution_cents", "lacking_regular", "lacking_sib"):
                seen[name] += row[name] > 0
            seen["failed on the land list"] += row["category"] > 1 and not row["land_list"]
            seen["not filed"] += row["category"] > 1 and not row["filed"]
        for row in oracle.years:
            for name in ("purchased", "sold", "paid_cents"):
                seen[name] += row[name] > 0
            seen["rent-in grows"] += row["rent_in"] > 0
            seen["rent-in shrinks"] += row["rent_in"] < 0
            seen["realised below zero"] += row["realised"] < 0
            seen["without an objective, realised below zero"] += row["realised"] < 0 and objective[row["municipality"]] == 0
    return seen


EXPECTED = (
    *("appeal", "council", "annulled", "search found", "search failed", "pooled", "several lanes", "other population", "woken"),
    *("woken and on MJP", "waited for money", "overdrawn", "carried over", "waiting for a slot", "more held than slots"),
    *(f"allocation {name}" for name in ("largest_shortfall", "proportional", "first_come", "protect")),
    *("judgement criteria", "judgement probability"),
    *(f"stage {stage} at the end" for stage in range(8)),
    *(f"land {land}" for land in range(5)),
    *(f"cancelled on land {land}" for land in range(5)),
    *(f"category {category}" for category in range(4)),
    *(
        "filed",
        "not filed",
        "land_list",
        "failed on the land list",
        "instruments",
        "contribution_cents",
        "lacking_regular",
        "lacking_sib",
    ),
    *("purchased", "sold", "paid_cents", "rent-in grows", "rent-in shrinks", "realised below zero"),
)


def test_every_mechanism_occurs() -> None:
    """The comparison is not empty: each mechanism occurs at least twenty times."""
    seen = mechanisms()
    assert not {name: seen[name] for name in EXPECTED if seen[name] < 20}
    assert seen["launched without an objective"] == 0
    assert seen["without an objective, realised below zero"] >= 20
