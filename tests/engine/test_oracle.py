"""The compiled engine gives the plain model's history, exactly: every project, year, test, path and company of 200 small random worlds."""

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from sim.agents.policies import POLICIES
from sim.engine import build_model, replicate
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.model import History
from tests.support.mechanisms import EXPECTED, count_mechanisms
from tests.support.oracle import differences, run_plain
from tests.support.worlds import baseline, random_world

WORLDS, SEEN = 100, 200  # those of every test run; those in which every mechanism occurs
CHUNK = 10
STAGE, MONTHS_OF = "stage", ("preparation", "mjp", "ktp", "award", "ready", "construction", "ended")


def replication_of(number: int) -> int:
    """Return the replication compared in a world: all populations get their turn."""
    return number % 7


@cache
def world_of(number: int) -> tuple[Scenario, Region, History]:
    """Return a world and what the plain model makes of it."""
    scenario, region = random_world(number)
    return scenario, region, run_plain(scenario, region, replication_of(number))


@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK))
def test_engine_gives_the_history_of_the_plain_model(chunk: int) -> None:
    """Whatever the world, both engines agree on every number."""
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        scenario, region, plain = world_of(number)
        found = [words for words in differences(scenario, region, replication_of(number), plain) if words]
        assert not found, f"world {number}: " + "\n".join(found)


@pytest.mark.full
@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK, 2_000 // CHUNK))
def test_engine_gives_the_history_of_the_plain_model_in_more_worlds(chunk: int) -> None:
    """The long campaign: 2,000 worlds."""
    test_engine_gives_the_history_of_the_plain_model(chunk)


@pytest.mark.full
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("replication", range(5))
def test_engine_gives_the_history_of_the_plain_model_for_flanders_under_every_policy(policy: str, replication: int) -> None:
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
    found = [words for words in differences(scenario, region, replication, run_plain(scenario, region, replication)) if words]
    assert not found, "\n".join(found)


def test_engine_gives_the_history_of_the_plain_model_for_flanders() -> None:
    """So it is for a replication of the baseline scenario."""
    scenario = baseline()
    region = load_region(scenario)
    found = [words for words in differences(scenario, region, 3, run_plain(scenario, region, 3)) if words]
    assert not found, "\n".join(found)


def test_tables_compared_have_every_field() -> None:
    """The engine's tables hold all fields that the plain model knows (keys of rows apart), so nothing is compared in name only."""
    scenario, region, plain = world_of(1)
    history = replicate(build_model(scenario, region), replication_of(1))
    keys = {"year", "municipality", "company"}
    for name in ("projects", "years", "tests", "companies", "flanders"):
        expected = getattr(plain, name)[0]
        assert set(expected) - keys <= set(getattr(history, name).dtype.names), name


@pytest.mark.parametrize("chunk", range(WORLDS // CHUNK))
def test_the_plain_model_keeps_its_own_books(chunk: int) -> None:
    """Dwellings are conserved, stages come in order, nobody waits with a free slot or with money in the fund."""
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        scenario, region, plain = world_of(number)
        last = len(plain.years) - len(region.nis)
        for row in plain.years[last:]:
            own = [p for p in plain.projects if p["municipality"] == row["municipality"]]
            kept = {stage: sum(p["dwellings"] for p in own if p[STAGE] == stage) for stage in range(8)}
            assert (row["dormant"], row["preparation"], row["mjp"], row["construction"]) == (kept[0], kept[1], kept[2], kept[5])
            before = region.estimates.get("delivered", np.zeros_like(region.estimates["stock"]))
            begun = int(before[replication_of(number) % region.populations][row["municipality"]])
            assert (row["ktp"], row["delivered"]) == (kept[3] + kept[4], kept[6] + begun)
            net = row["delivered"] + row["purchased"] - row["sold"] - row["demolished"] + row["rent_in"]
            reading = scenario.law.readings.realised.value
            more = {"net": 0, "gross": row["sold"] + row["demolished"] - row["rent_in"], "kept": row["sold"]}
            assert row["realised"] <= net if reading == "let" else row["realised"] == net + more[reading]
            voluntary = [p for p in own if p["voluntary"]]
            assert row["voluntary"] == sum(p["dwellings"] for p in voluntary if p[STAGE] == 6)
        reserved = sum(p["dwellings"] for p in plain.projects if p["voluntary"] and p[STAGE] != 7)
        assert plain.flanders[-1]["reserved"] == reserved <= plain.flanders[-1]["envelope"]
        for project in plain.projects:
            assert project["dwellings"] > 0
            passed = [name for name in MONTHS_OF if project[name] >= 0]
            for one, other in pairwise(passed):
                assert project[one] < project[other] or (one, project[one]) == ("ready", project[other])
            assert max(project["ktp"], 0) % scenario.levers.committee_interval.value == 0
        assert not plain.happened["land below zero"]
        for row in plain.companies:
            assert row["credit_old"] >= 0
            assert not (row["waiting_slot"] and row["held"] < row["slots"])
            pooled = scenario.levers.finance_pooled.value
            assert pooled or not (row["waiting_money"] and row["credit_old"] + row["credit_new"] > 0)


@pytest.mark.full
def test_every_mechanism_occurs() -> None:
    """The comparison is not empty: each mechanism occurs at least twenty times."""
    seen: Counter[str] = Counter()
    for number in range(SEEN):
        scenario, region, plain = world_of(number)
        seen += count_mechanisms(scenario, region, plain, replication_of(number))
    assert not {name: seen[name] for name in EXPECTED if seen[name] < 20}
    assert seen["launched without an objective"] == seen["redistribution changed the sum"] == 0
