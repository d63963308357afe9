"""A trace replayed: the rules alone give the verdict again from what the trace holds."""

from fractions import Fraction

import numpy as np

from sim.chance.leadtimes import ONE
from sim.rules.contribution import charged_dwellings, yearly_contribution
from sim.rules.plan import category, instruments_suffice, land_list_covers, plan_suffices, rents_in_enough
from sim.rules.progress import Level, lacking, lacking_one, requirements
from sim.tracing.trace import CATEGORIES, STAGES, Trace, numerators


def replay(trace: Trace) -> Trace:
    """Return the verdict that the rules give of a trace: `lacking`, `category`, and of a plan and a contribution what they come to."""
    sib, *regular = trace["requirements"]
    share = Fraction(sib["share"])
    rows = [numerators(requirement["shares"]) for requirement in regular]
    asked, result = np.zeros(len(regular) + 1, np.int64), np.zeros(4, np.int64)
    requirements(
        np.array(list(trace["path"].values()), np.int64),
        trace["sib"],
        np.array([over for over, _ in rows], np.int64),
        np.array([denominator for _, denominator in rows], np.int64),
        share.numerator,
        share.denominator,
        int(trace["readings"]["rounding"] == "up"),
        asked,
    )
    rule = lacking_one if trace["any_of"] else lacking
    rule(
        np.array(list(trace["counts"].values()), np.int64),
        asked,
        np.array([STAGES.index(requirement["stage"]) for requirement in regular], np.int64),
        trace["sib"],
        STAGES.index(sib["stage"]),
        int(trace["readings"]["sib_beside_regular"] == "sib_first"),
        result,
    )
    result[2 if STAGES.index(sib["stage"]) == Level.MJP else 3] += result[1]
    lack = int(result[0] + result[1])
    verdict: Trace = {"lacking": {"regular": int(result[0]), "sib": int(result[1])}}
    sufficient = False
    if (plan := trace["plan"]) is not None:
        sufficient = _judge(trace, plan, int(result[2]), int(result[3]), verdict)
    found = CATEGORIES[category(sum(trace["path"].values()) + trace["sib"] > 0, lack, sufficient)]
    verdict["category"] = found
    if found == "2B":
        _charge(trace, lack, verdict)
    return verdict


def _judge(trace: Trace, plan: Trace, on_mjp: int, on_ktp: int, verdict: Trace) -> bool:
    """Add the judgement of the plan's two options to the verdict, and return whether the plan suffices."""
    places, tools = plan["land_list"]["places"], plan["instruments"]
    verdict["land_list"] = plan["agreement"] and bool(land_list_covers(on_mjp, on_ktp, places["MJP"], places["KTP"]))
    verdict["instruments"] = bool(
        instruments_suffice(
            tools["mandatory"],
            tools["mandatory_all"],
            tools["voluntary"],
            tools["voluntary_needed"],
            rents_in(tools["rent_in"]),
        )
    )
    if plan["judged_by"] == "probability":  # drawn, so it can only be taken over
        return bool(plan["suffices"])
    both = int(trace["readings"]["category_2B"] == "both")
    return bool(plan_suffices(plan["filed"], verdict["land_list"] or verdict["instruments"], both))


def rents_in(rent: Trace) -> bool:
    """Return whether the criterion of rent-in is met, or not asked."""
    growth = Fraction(rent["growth"])
    enough = rents_in_enough(rent["now"], rent["at_start"], rent["minimum"], growth.numerator, growth.denominator)
    return bool(enough) or not rent["asked"]


def _charge(trace: Trace, lack: int, verdict: Trace) -> None:
    """Add what the contribution comes to."""
    levy = trace["contribution"]
    rate = Fraction(levy["rate"])
    charged = charged_dwellings(lack, levy["charged_before"], int(trace["readings"]["charged"] == "once"))
    cents = [yearly_contribution(charged, y["premium_cents"], rate.numerator, rate.denominator) for y in levy["years"]]
    verdict["cents"] = sum(cents)
    verdict["company_cents"] = sum(c * levy["company_part"] // ONE for c in cents)


def recorded(trace: Trace) -> Trace:
    """Return what the engine found, in the shape of `replay`: the two are the same."""
    found: Trace = {"lacking": trace["lacking"], "category": trace["category"]}
    if (plan := trace["plan"]) is not None:
        found["land_list"], found["instruments"] = plan["land_list"]["suffices"], plan["instruments"]["suffices"]
    if (levy := trace["contribution"]) is not None:
        found["cents"], found["company_cents"] = levy["cents"], levy["company_cents"]
    return found
