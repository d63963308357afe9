"""The verdict once more, slowly: plain dictionaries, fractions, and every dwelling by itself.

Written from the law's words and docs/model.md, so that it shares nothing with `sim/rules` but what the law says: a list with the stage of every
dwelling instead of counts, a share as a Fraction instead of a numerator and a denominator, the words of the law instead of numbers.
"""

from fractions import Fraction
from math import ceil, floor
from typing import Any

Facts = dict[str, Any]
STAGES = ["MJP", "KTP", "realised"]  # in the order in which a dwelling passes through them


def dwellings_one_by_one(at_least: Facts) -> list[str]:
    """Return the stage of every dwelling, the least advanced first, from how many are at least at each stage."""
    mjp, ktp, realised = (at_least[stage] for stage in STAGES)
    return ["MJP"] * (mjp - ktp) + ["KTP"] * (ktp - realised) + ["realised"] * realised


def reached(dwelling: str, stage: str) -> bool:
    """Return whether a dwelling is at least at a stage."""
    return STAGES.index(dwelling) >= STAGES.index(stage)


def whole_dwellings(share: Fraction, readings: Facts) -> int:
    """Return a requirement in whole dwellings."""
    return ceil(share) if readings["rounding"] == "up" else floor(share)


def measured(municipality: Facts, measurement: Facts, readings: Facts) -> Facts:
    """Return what lacks at a measurement: on the regular path, on SIB, and what a land list must bring on MJP and beyond it."""
    everything = dwellings_one_by_one(municipality["dwellings"])
    lacks: Facts = {"SIB": [], "regular": []}
    for_sib: list[list[str]] = []
    for rule in measurement["sib"]:
        asked = whole_dwellings(rule["share"] * municipality["sib"], readings)
        wanted = municipality["sib"] if readings["sib_beside_regular"] == "sib_first" else asked
        there = [dwelling for dwelling in everything if reached(dwelling, rule["stage"])]
        for_sib.append(there[:wanted])  # SIB takes the least advanced ones that satisfy it
        lacks["SIB"].append((rule["stage"], max(0, asked - len(there))))
    for rule in measurement["regular"]:
        share = sum((part * g for part, g in zip(rule["shares"], municipality["path"], strict=True)), Fraction(0))
        # a dwelling that serves SIB at one stage may serve it at another as well
        taken = max((sum(reached(dwelling, rule["stage"]) for dwelling in of_one) for of_one in for_sib), default=0)
        has = sum(reached(dwelling, rule["stage"]) for dwelling in everything) - taken
        lacks["regular"].append((rule["stage"], max(0, whole_dwellings(share, readings) - has)))
    if measurement.get("any of"):  # one suffices: the one that lacks least, the first of equals
        lacks["regular"] = sorted(lacks["regular"], key=lambda row: row[1])[:1]
    largest = {path: max((lack for _, lack in rows), default=0) for path, rows in lacks.items()}
    if readings["lacking"] == "added" and not measurement.get("any of"):
        largest["regular"] = sum(lack for _, lack in lacks["regular"])
    # a land list must cover both paths, each at its own stage, and of a path the largest lack at a stage
    on_mjp = sum(max((lack for stage, lack in rows if stage == "MJP"), default=0) for rows in lacks.values())
    beyond = sum(max((lack for stage, lack in rows if stage != "MJP"), default=0) for rows in lacks.values())
    return {**largest, "on MJP": on_mjp, "beyond": beyond}


def land_list(plan: Facts, lack: Facts) -> bool:
    """Option (a): under an agreement in force, identified places that come on MJP, and on KTP, in time cover what lacks there."""
    return plan["agreement in force"] and plan["places on MJP"] >= lack["on MJP"] and plan["places on KTP"] >= lack["beyond"]


def rent_in_asked(measurement: Facts, law: Facts, readings: Facts) -> bool:
    """Say whether the plan's instruments include rent-in at this measurement."""
    answer = {"always": True, "never": False, "from_2030": measurement["date"] >= law["rent-in from"]}
    return bool(answer[readings["rent_in_condition"]])


def instruments(plan: Facts, measurement: Facts, law: Facts, readings: Facts) -> bool:
    """Option (b): all mandatory instruments, enough voluntary ones, and the company rents in enough or a quarter more than at the start."""
    before, now = Fraction(plan["rented in at the start"]), Fraction(plan["rented in"])
    enough = now >= law["rent-in minimum"] or (now > before and now - before >= law["rent-in growth"] * before)
    return (
        plan["mandatory"] == law["mandatory instruments"]
        and plan["voluntary"] >= law["voluntary instruments needed"]
        and (enough or not rent_in_asked(measurement, law, readings))
    )


def category(municipality: Facts, measurement: Facts, lack: Facts, law: Facts, readings: Facts) -> str:
    """Return none (no objective), 1, 2A or 2B."""
    if sum(municipality["path"]) + municipality["sib"] == 0:
        return "none"
    if lack["regular"] == 0 and lack["SIB"] == 0:
        return "1"
    plan = municipality["plan"]
    if plan is None:
        return "2B"
    faults = [not plan["filed"], not (land_list(plan, lack) or instruments(plan, measurement, law, readings))]
    fails = any(faults) if readings["category_2B"] == "either" else all(faults)
    return "2B" if fails else "2A"


def cents(euro: Fraction) -> int:
    """Return whole cents, half up."""
    return floor(euro * 100 + Fraction(1, 2))


def premium(law: Facts, higher: bool, year: int) -> Fraction:
    """Return the maximum rent premium of a year in euro, in whole cents: twelve months, indexed every January after 2025."""
    euro = law["monthly premium, higher area" if higher else "monthly premium"] * 12
    for _ in range(2025, year):
        euro *= 1 + law["index"]
    return Fraction(cents(euro), 100)


def contributions(municipality: Facts, measurement: Facts, lack: Facts, law: Facts, readings: Facts) -> dict[int, int]:
    """Return the cents that a municipality in 2B pays in each year that the test charges."""
    missing = lack["regular"] + lack["SIB"]
    if readings["charged"] == "once":
        missing = max(0, missing - municipality["charged before"])
    years = range(measurement["test"], measurement["test"] + law["charged years"])
    return {year: cents(missing * premium(law, municipality["higher"], year) * measurement["rate"]) for year in years}


def verdict(municipality: Facts, measurement: Facts, law: Facts, readings: Facts) -> Facts:
    """Return what lacks on each path and for a land list, the category, and what is paid in each year."""
    if measurement["last"] and measurement["test"] is None and readings["final_sib"] == "sanctioned":
        # SIB alone, in full, paid from the year after, and no plan is possible any more
        measurement = measurement | {"regular": [], "rate": Fraction(1), "test": measurement["date"].year + 1}
        municipality = municipality | {"plan": None}
    lack = measured(municipality, measurement, readings)
    if measurement["test"] is None:
        return {**lack, "category": "not tested", "paid": {}}
    found = category(municipality, measurement, lack, law, readings)
    return {
        **lack,
        "category": found,
        "paid": contributions(municipality, measurement, lack, law, readings) if found == "2B" else {},
    }
