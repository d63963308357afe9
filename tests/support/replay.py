"""A trace replayed: the rules alone give the verdict again from what the trace holds."""

from fractions import Fraction

import numpy as np

from sim.chance.leadtimes import ONE
from sim.rules.contribution import charged_dwellings, yearly_contribution
from sim.rules.plan import CATEGORIES, category, instruments_suffice, land_list_covers, plan_suffices
from sim.rules.progress import Level, lacking, lacking_one, requirements
from sim.tracing.trace import STAGES, Trace, numerators, rents_in


def replay(trace: Trace) -> Trace:
    """Return the verdict that the rules give of a trace: `lacking`, `category`, and of a plan and a contribution what they come to."""
    sib, *regular = trace["requirements"]
    share = Fraction(sib["share"])
    rows = [numerators(requirement["shares"]) for requirement in regular]
    over, under = (np.array(column, np.int64) for column in ([row[0] for row in rows], [row[1] for row in rows]))
    path, counts = (np.array(list(trace[name].values()), np.int64) for name in ("path", "counts"))
    asked, result = np.zeros(len(regular) + 1, np.int64), np.zeros(4, np.int64)
    up = int(trace["readings"]["rounding"] == "up")
    requirements(path, trace["sib"], over, under, share.numerator, share.denominator, up, asked)
    rule = lacking_one if trace["any_of"] else lacking
    levels, sib_level = np.array([STAGES.index(row["stage"]) for row in regular], np.int64), STAGES.index(sib["stage"])
    sib_first = int(trace["readings"]["sib_beside_regular"] == "sib_first")
    rule(counts, asked, levels, trace["sib"], sib_level, sib_first, result)
    result[2 if sib_level == Level.MJP else 3] += result[1]
    lack = int(result[0] + result[1])
    verdict: Trace = {"lacking": {"regular": int(result[0]), "sib": int(result[1])}}
    sufficient = False
    if (plan := trace["plan"]) is not None:
        sufficient = _judge(trace, plan, int(result[2]), int(result[3]), verdict)
    verdict["category"] = CATEGORIES[category(sum(trace["path"].values()) + trace["sib"] > 0, lack, sufficient)]
    if verdict["category"] == "2B":
        _charge(trace, lack, verdict)
    return verdict


def _judge(trace: Trace, plan: Trace, on_mjp: int, on_ktp: int, verdict: Trace) -> bool:
    """Add the judgement of the plan's two options to the verdict, and return whether the plan suffices."""
    places, tools = plan["land_list"]["places"], plan["instruments"]
    verdict["land_list"] = plan["agreement"] and bool(land_list_covers(on_mjp, on_ktp, places["MJP"], places["KTP"]))
    mandatory, voluntary = (tools["mandatory"], tools["mandatory_all"]), (tools["voluntary"], tools["voluntary_needed"])
    verdict["instruments"] = bool(instruments_suffice(*mandatory, *voluntary, rents_in(tools["rent_in"])))
    if plan["judged_by"] == "probability":  # drawn, so it can only be taken over
        return bool(plan["suffices"])
    both = int(trace["readings"]["category_2B"] == "both")
    return bool(plan_suffices(plan["filed"], verdict["land_list"] or verdict["instruments"], both))


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
    verdict: Trace = {"lacking": trace["lacking"], "category": trace["category"]}
    if (plan := trace["plan"]) is not None:
        verdict |= {option: plan[option]["suffices"] for option in ("land_list", "instruments")}
    if (levy := trace["contribution"]) is not None:
        verdict |= {amount: levy[amount] for amount in ("cents", "company_cents")}
    return verdict
