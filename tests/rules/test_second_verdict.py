"""The rules and a second, slow implementation of the verdict give the same for random municipalities, laws and readings."""

import datetime
import random
from collections import Counter
from fractions import Fraction
from math import lcm
from typing import Any

import pytest

from sim.rules.contribution import annual_premium, charged_dwellings, yearly_contribution
from sim.rules.plan import category, instruments_suffice, land_list_covers, plan_suffices, rents_in_enough
from sim.rules.progress import lacking, requirements
from tests.support.second_verdict import STAGES, Facts, verdict

CATEGORIES = ["none", "1", "2A", "2B"]
READINGS = {
    "rounding": ["up", "down"],
    "sib_beside_regular": ["as_asked", "sib_first"],
    "category_2B": ["either", "both"],
    "rent_in_condition": ["from_2030", "always", "never"],
    "charged": ["each", "once"],
    "final_sib": ["unsanctioned", "sanctioned"],
    "lacking": ["largest", "added"],
}
SHARES = [
    Fraction(0),
    Fraction(1),
    Fraction(1, 2),
    Fraction(1, 4),
    Fraction(3, 4),
    Fraction(1, 3),
    Fraction(5, 17),
    Fraction(13, 100),
]
CHUNK, CHUNKS, QUICK = 5_000, 20, 2  # municipalities in a chunk, chunks, those of them that make test runs


def share(chance: random.Random) -> Fraction:
    """Return a share: one of the law's, or any in hundredths."""
    return chance.choice(SHARES) if chance.random() < 0.8 else Fraction(chance.randrange(101), 100)


def random_law(chance: random.Random) -> Facts:
    """Return the law's numbers: those of the draft as often as not."""
    return {
        "rent-in from": datetime.date(chance.choice([2026, 2030, 2030, 2036]), 12, 31),
        "rent-in minimum": chance.choice([150, 150, 0, 40]),
        "rent-in growth": chance.choice([Fraction(1, 4), Fraction(1, 4), Fraction(1, 3), Fraction(0), Fraction(2)]),
        "mandatory instruments": chance.choice([3, 3, 0, 5]),
        "voluntary instruments needed": chance.choice([3, 3, 0, 8]),
        "charged years": chance.choice([3, 3, 1, 6]),
        "monthly premium": Fraction("307.02"),
        "monthly premium, higher area": Fraction("337.72"),
        "index": chance.choice([Fraction(1, 50), Fraction(0), Fraction(37, 1000)]),
    }


def random_measurement(chance: random.Random, legislatures: int) -> Facts:
    """Return a row of a rhythm."""
    year = chance.randrange(2026, 2043)
    return {
        "date": datetime.date(year, 12, 31),
        "test": year + 1 if chance.random() < 0.8 else None,
        "last": chance.random() < 0.5,
        "regular": [
            {"stage": chance.choice(STAGES), "shares": [share(chance) for _ in range(legislatures)]}
            for _ in range(chance.randrange(4))
        ],
        "sib": [
            {"stage": stage, "share": share(chance)} for stage in chance.sample(STAGES, chance.choice([1, 1, 1, 2, 3]))
        ],  # SIB at several stages where a test lies between two of the law's
        "rate": share(chance),
        "any of": chance.random() < 0.2,
    }


def random_municipality(chance: random.Random, legislatures: int) -> Facts:
    """Return a municipality: mostly small, so that thresholds are met exactly or missed by one; now and then a city."""
    size = chance.choice([3, 12, 12, 40, 40, 40, 1_500 if chance.random() < 0.05 else 100])
    at_least = sorted((chance.randrange(2 * size) if chance.random() < 0.8 else 0 for _ in STAGES), reverse=True)
    at_start = chance.choice([0, 1, 100, 149, chance.randrange(300)])
    return {
        "path": [chance.randrange(size + 1) if chance.random() < 0.8 else 0 for _ in range(legislatures)],
        "sib": chance.choice([0, chance.randrange(size + 1)]),
        "dwellings": dict(zip(STAGES, at_least, strict=True)),
        "higher": chance.random() < 0.5,
        "charged before": chance.randrange(size),
        "plan": {
            "filed": chance.random() < 0.7,
            "agreement in force": chance.random() < 0.9,
            "places on MJP": chance.randrange(size + 1),
            "places on KTP": chance.choice([0, chance.randrange(size + 1)]),
            "mandatory": chance.choice([3, 3, 3, 0, 2, 5]),
            "voluntary": chance.randrange(9),
            "rented in at the start": at_start,
            "rented in": chance.choice(
                [at_start, at_start * 5 // 4, at_start * 5 // 4 + 1, 39, 40, 149, 150, chance.randrange(300)]
            ),
        },
    }


def by_the_rules(municipality: Facts, measurement: Facts, law: Facts, readings: Facts) -> Facts:
    """Return the verdict of sim/rules, put together as the engine does."""
    final = measurement["last"] and measurement["test"] is None and readings["final_sib"] == "sanctioned"
    regular = [] if final else measurement["regular"]
    rate = Fraction(1) if final else measurement["rate"]
    common = [lcm(*(part.denominator for part in rule["shares"])) for rule in regular]
    of_sib = measurement["sib"]
    asked, result = [-1] * (len(regular) + len(of_sib)), [-1] * 6
    asks: Any = requirements  # plain lists serve where the engine has arrays
    asks(
        municipality["path"],
        municipality["sib"],
        [[int(part * whole) for part in rule["shares"]] for rule, whole in zip(regular, common, strict=True)],
        common,
        [rule["share"].numerator for rule in of_sib],
        [rule["share"].denominator for rule in of_sib],
        int(readings["rounding"] == "up"),
        asked,
    )
    lacks: Any = lacking
    lacks(
        [municipality["dwellings"][stage] for stage in STAGES],
        asked[: len(regular)],
        [STAGES.index(rule["stage"]) for rule in regular],
        asked[len(regular) :],
        [STAGES.index(rule["stage"]) for rule in of_sib],
        municipality["sib"],
        int(readings["sib_beside_regular"] == "sib_first"),
        int(measurement["any of"]),
        int(readings["lacking"] == "added"),
        result,
    )
    missing = result[0] + result[1]
    lack_mjp, lack_ktp = result[2] + result[4], result[3] + result[5]
    found = {"regular": result[0], "SIB": result[1], "on MJP": lack_mjp, "beyond": lack_ktp}
    if measurement["test"] is None and not final:
        return {**found, "category": "not tested", "paid": {}}
    plan, growth = municipality["plan"], law["rent-in growth"]
    enough = rents_in_enough(
        plan["rented in"], plan["rented in at the start"], law["rent-in minimum"], growth.numerator, growth.denominator
    )
    asked = {"from_2030": measurement["date"] >= law["rent-in from"], "always": True, "never": False}[readings["rent_in_condition"]]
    covers = land_list_covers(lack_mjp, lack_ktp, plan["places on MJP"], plan["places on KTP"])
    effort = (plan["agreement in force"] and covers) or instruments_suffice(
        plan["mandatory"],
        law["mandatory instruments"],
        plan["voluntary"],
        law["voluntary instruments needed"],
        enough or not asked,
    )
    sufficient = not final and plan_suffices(plan["filed"], effort, int(readings["category_2B"] == "both"))
    judged = category(sum(municipality["path"]) + municipality["sib"] > 0, missing, sufficient)
    paid = {}
    if CATEGORIES[judged] == "2B":
        charged = charged_dwellings(missing, municipality["charged before"], int(readings["charged"] == "once"))
        monthly = law["monthly premium, higher area" if municipality["higher"] else "monthly premium"]
        first = measurement["date"].year + 1 if final else measurement["test"]
        for year in range(first, first + law["charged years"]):
            premium = annual_premium(monthly, law["index"], year)
            paid[year] = yearly_contribution(charged, premium, rate.numerator, rate.denominator)
    return {**found, "category": CATEGORIES[judged], "paid": paid}


@pytest.mark.parametrize("chunk", [*range(QUICK), *(pytest.param(chunk, marks=pytest.mark.full) for chunk in range(QUICK, CHUNKS))])
def test_rules_and_second_verdict_agree(chunk: int) -> None:
    """On 40,000 random municipalities, on 100,000 in make test-full."""
    chance = random.Random(chunk)
    met = Counter[str]()
    for _ in range(CHUNK):
        legislatures = chance.choice([3, 3, 3, 1, 2, 4])
        municipality, measurement = random_municipality(chance, legislatures), random_measurement(chance, legislatures)
        law, readings = random_law(chance), {name: chance.choice(options) for name, options in READINGS.items()}
        expected = verdict(municipality, measurement, law, readings)
        assert by_the_rules(municipality, measurement, law, readings) == expected, (municipality, measurement, law, readings)
        met[expected["category"]] += 1
        met["paid for the last measurement"] += measurement["test"] is None and bool(expected["paid"])
        met["lacks both on MJP and beyond"] += expected["on MJP"] > 0 and expected["beyond"] > 0
    # every outcome is met often enough for the comparison to mean something
    assert all(met[outcome] >= 10 for outcome in (*CATEGORIES, "not tested", "paid for the last measurement")), met
    assert met["lacks both on MJP and beyond"] >= 100, met
