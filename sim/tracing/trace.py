"""The trace of one determination: what was measured, what the law asks of it, the plan of approach, the contribution, the least change.

A trace is plain JSON and holds all that the verdict hangs on: fed with nothing else, the rules give the verdict again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from sim.chance.leadtimes import fixed
from sim.inputs.law.model import Law
from sim.inputs.law.rhythm import Measurement, Requirement
from sim.inputs.scenario.model import Scenario
from sim.rules.contribution import annual_premium, charged_dwellings, yearly_contribution
from sim.rules.growth_path import required, sib_asked
from sim.rules.plan import CATEGORIES, Category, rents_in_enough, to_cover
from sim.rules.progress import sib_takes, sib_used
from sim.tracing.least_change import Asked, least_change

Trace = dict[str, Any]
Row = Mapping[str, int]
STAGES = ("MJP", "KTP", "realised")  # by level
READINGS = (
    *("sib_beside_regular", "rounding", "category_2B", "charged", "realised", "dormant", "land_list", "rent_in_condition"),
    *("lacking", "list_covers", "schedule_agreed", "charged_from"),
)


@dataclass(frozen=True)
class Tested:
    """One test of a law: its measurement, the regular requirements under the law's readings, the next measurement's date if any.

    `final`: the last measurement, judged on SIB alone under the reading final_sib = sanctioned; no plan is possible any more.
    """

    year: int
    measurement: Measurement
    regular: tuple[Requirement, ...]
    following: str | None
    first_charged: int
    charged_years: int
    rate: Fraction
    final: bool = False


def tests_of(law: Law) -> dict[int, Tested]:
    """Return the tests of a law by their year."""
    tests = {}
    for i, m in enumerate(law.rhythm):
        following = law.rhythm[i + 1].date.isoformat() if i + 1 < len(law.rhythm) else None
        charged = m.charged if m.charged is not None else int(law.values.charged_years.value)
        if m.test is not None:
            first = m.test + (law.readings.charged_from.value == "year_after")
            tests[m.test] = Tested(m.test, m, tuple(m.requirements(law.readings)), following, first, charged, m.rate)
        elif following is None and law.readings.final_sib.value == "sanctioned":
            tests[m.date.year] = Tested(m.date.year, m, (), None, m.date.year + 1, charged, Fraction(1), final=True)
    return tests


def build(scenario: Scenario, tested: Tested, who: Trace, row: Row, net: Sequence[int], charged: Trace, rented_in: Trace) -> Trace:
    """Return the trace of one determination.

    `who`: whose it is. `row`: of the table `tests`. `net`: dwellings at least at each level before they are taken as 0. `charged`, `rented_in`:
    what its plan and its contribution hold of earlier tests and of its company.
    """
    law, m = scenario.law, tested.measurement
    trace: Trace = {
        **who,
        "test": tested.year,
        "law": law.title,
        "measured": m.date.isoformat(),
        "source": m.source,
        "status": m.status,
        **asks(law, tested),
        "path": {g.name: row[f"g{i}"] for i, g in enumerate(law.growth_path, 1)},
        "path_source": law.growth_path[0].source,
        "path_status": law.growth_path[0].status,
        "sib": row["sib"],
        "counts": {stage: row[f"at_{stage.lower()}"] for stage in STAGES},
        "net": dict(zip(STAGES, net, strict=True)),
        "category": CATEGORIES[row["category"]],
        "lacking": {"regular": row["lacking_regular"], "sib": row["lacking_sib"]},
    }
    _measure(trace)
    trace["plan"] = _plan(scenario, tested, row, rented_in) if trace["category"] in ("2A", "2B") and not tested.final else None
    trace["contribution"] = _contribution(scenario, tested, row, **charged) if trace["category"] == "2B" else None
    dwellings, more = least_change(net, asked_by(trace))
    trace["least_change"] = {"dwellings": dwellings, "more": dict(zip(STAGES, more, strict=True)), "by": trace["measured"]}
    return trace


def asks(law: Law, tested: Tested) -> Trace:
    """Return what a measurement asks of every municipality: the part of a trace that, with its path and its SIB, `asked_by` reads."""
    m = tested.measurement
    return {
        "readings": {name: getattr(law.readings, name).value for name in READINGS},
        "any_of": m.any_of,
        "requirements": [{"path": "sib", "stage": of_sib.stage, "share": str(of_sib.share)} for of_sib in m.sib]
        + [{"path": "regular", "stage": r.stage, "shares": [str(share) for share in r.shares]} for r in tested.regular],
    }


def net_of(rows: Any, law: Law) -> tuple[Any, Any, Any]:
    """Return the dwellings at least on MJP, at least on KTP, and realised, below zero where more was sold than built.

    `rows`: the engine's YEAR rows, or a table with its columns; each of the three has a value per row.
    """
    net = rows["delivered"] + rows["purchased"] - rows["sold"] - rows["demolished"] + rows["rent_in"]
    let = law.readings.realised.value == "let"  # what is delivered and not let is still at least on KTP
    ktp = (net if let else rows["realised"]) + rows["ktp"] + rows["construction"]
    mjp = ktp + rows["mjp"] + rows["paper"] + (rows["dormant"] if law.readings.dormant.value == "counts" else 0)
    return mjp, ktp, rows["realised"]


def _measure(trace: Trace) -> None:
    """Lay beside each requirement what it asks, what there is for it, and what lacks."""
    counts = np.array(list(trace["counts"].values()), np.int64)
    asked = asked_by(trace)
    levels, of_sib = (np.array([row[k] for row in asked.of_sib], np.int64) for k in (0, 1))
    first = int(asked.sib_first)
    takes = [int(sib_takes(counts, of_sib, levels, asked.sib, first, level)) for level in range(len(STAGES))]
    trace["sib_takes"] = takes[0]
    for requirement, (level, wanted) in zip(trace["requirements"], (*asked.of_sib, *asked.regular), strict=True):
        has = int(counts[level]) - takes[level]
        if requirement["path"] == "sib":
            has = int(sib_used(counts, asked.sib if asked.sib_first else wanted, level))
        lacks = max(0, wanted - has)
        requirement.update({"asked": wanted, "has": has, "lacks": lacks, "met": lacks == 0})


def asked_by(trace: Trace) -> Asked:
    """Return what a trace's measurement asks, as the rules count it."""
    up = int(trace["readings"]["rounding"] == "up")
    path = np.array(list(trace["path"].values()), np.int64)
    regular, of_sib = [], []
    for requirement in trace["requirements"]:
        level = STAGES.index(requirement["stage"])
        if requirement["path"] == "sib":
            share = Fraction(requirement["share"])
            of_sib.append((level, int(sib_asked(trace["sib"], share.numerator, share.denominator, up))))
        else:
            regular.append((level, int(required(path, *numerators(requirement["shares"]), up))))
    taken_first = trace["readings"]["sib_beside_regular"] == "sib_first"
    return Asked(tuple(regular), tuple(of_sib), trace["sib"], taken_first, trace["any_of"])


def numerators(shares: list[str]) -> tuple[Any, int]:
    """Return shares as numerators (int64[L]) over one denominator."""
    exact = [Fraction(share) for share in shares]
    denominator = lcm(*(share.denominator for share in exact))
    return np.array([int(share * denominator) for share in exact], np.int64), denominator


def _plan(scenario: Scenario, tested: Tested, row: Row, rented_in: Trace) -> Trace:
    """Return what the plan of approach was judged on."""
    values = scenario.law.values
    condition = scenario.law.readings.rent_in_condition.value
    from_date = tested.measurement.date >= values.rent_in_minimum.since
    objective = row["sib"] + sum(row[f"g{i}"] for i, _ in enumerate(scenario.law.growth_path, 1))
    whole = int(scenario.law.readings.list_covers.value == "objective")
    return {
        "judged_by": scenario.levers.plan_judgement.value,
        "filed": bool(row["filed"]),
        "agreement": bool(row["agreement"]),
        "land_list": {
            "lacks": {"MJP": to_cover(row["lacking_mjp"], objective, row["at_mjp"], whole), "KTP": row["lacking_ktp"]},
            "places": {"MJP": row["places_mjp"], "KTP": row["places_ktp"]},
            "by": tested.following,
            "suffices": bool(row["land_list"]),
        },
        "instruments": {
            "mandatory": row["mandatory"],
            "mandatory_all": sum(instrument.kind == "mandatory" for instrument in scenario.law.instruments.values()),
            "voluntary": row["voluntary"],
            "voluntary_needed": int(values.voluntary_needed.value),
            "rent_in": {
                "asked": {"always": True, "never": False}.get(condition, from_date),
                **rented_in,
                "minimum": int(values.rent_in_minimum.value),
                "growth": str(values.rent_in_growth.value),
                "source": values.rent_in_minimum.source,
            },
            "not_used": [
                {"name": name, "kind": instrument.kind, "what": instrument.what, "what_nl": instrument.what_nl}
                for bit, (name, instrument) in enumerate(scenario.law.instruments.items())
                if not row["instruments_used"] >> bit & 1
            ],
            "source": values.voluntary_needed.source,
            "suffices": bool(row["instruments"]),
        },
        "suffices": row["category"] == Category.CATEGORY_2A,
    }


def rents_in(rent: Trace) -> bool:
    """Return whether the criterion of rent-in is met, or not asked."""
    growth = Fraction(rent["growth"])
    enough = rents_in_enough(rent["now"], rent["at_start"], rent["minimum"], growth.numerator, growth.denominator)
    return bool(enough) or not rent["asked"]


def _contribution(scenario: Scenario, tested: Tested, row: Row, charged_before: int, higher_premium: bool) -> Trace:
    """Return the contribution's arithmetic. `charged_before`: the most that an earlier test charged for (dwellings)."""
    values = scenario.law.values
    premium = values.premium_higher if higher_premium else values.premium
    growth = Fraction(str(scenario.uncertainties.premium_growth.value))
    once = int(scenario.law.readings.charged.value == "once")
    charged = charged_dwellings(row["lacking_regular"] + row["lacking_sib"], charged_before, once)
    years = range(tested.first_charged, tested.first_charged + tested.charged_years)
    premiums = {year: annual_premium(premium.value, growth, year) for year in years}
    over, under = tested.rate.numerator, tested.rate.denominator
    return {
        "dwellings": charged,
        "charged_before": charged_before,
        "rate": str(tested.rate),
        "higher_premium": higher_premium,
        "years": [
            {"year": year, "premium_cents": cents, "cents": yearly_contribution(charged, cents, over, under)}
            for year, cents in premiums.items()
        ],
        "cents": row["contribution_cents"],
        "company_part": fixed(scenario.levers.contribution_by_company.value),
        "company_cents": row["company_cents"],
        "source": premium.source,
    }
