"""A trace replayed: the rules alone give the verdict again from what the trace holds."""

from fractions import Fraction

import numpy as np

from sim.chance.leadtimes import ONE
from sim.rules.contribution import charged_dwellings, yearly_contribution
from sim.rules.plan import CATEGORIES, category, instruments_suffice, land_list_covers, plan_suffices, to_cover
from sim.rules.progress import Lack, lacking
from sim.tracing.trace import Trace, asked_by, rents_in


def replay(trace: Trace) -> Trace:
    """Return the verdict that the rules give of a trace: `lacking`, `category`, and of a plan and a contribution what they come to."""
    asked, readings = asked_by(trace), trace["readings"]
    counts, result = np.array(list(trace["counts"].values()), np.int64), np.zeros(len(Lack), np.int64)
    levels, regular, sib_levels, of_sib = (
        np.array([row[k] for row in rows], np.int64) for rows in (asked.regular, asked.of_sib) for k in (0, 1)
    )
    first, any_of, added = map(int, (asked.sib_first, asked.any_of, readings["lacking"] == "added"))
    lacking(counts, regular, levels, of_sib, sib_levels, asked.sib, first, any_of, added, result)
    lack = int(result[Lack.REGULAR] + result[Lack.SIB])
    verdict: Trace = {"lacking": {"regular": int(result[Lack.REGULAR]), "sib": int(result[Lack.SIB])}}
    sufficient = False
    if (plan := trace["plan"]) is not None:
        on_mjp, on_ktp = result[Lack.REGULAR_MJP] + result[Lack.SIB_MJP], result[Lack.REGULAR_KTP] + result[Lack.SIB_KTP]
        sufficient = _judge(trace, plan, int(on_mjp), int(on_ktp), verdict)
    verdict["category"] = CATEGORIES[category(sum(trace["path"].values()) + trace["sib"] > 0, lack, sufficient)]
    if verdict["category"] == "2B":
        _charge(trace, lack, verdict)
    return verdict


def _judge(trace: Trace, plan: Trace, on_mjp: int, on_ktp: int, verdict: Trace) -> bool:
    """Add the judgement of the plan's two options to the verdict, and return whether the plan suffices."""
    places, tools = plan["land_list"]["places"], plan["instruments"]
    objective, whole = sum(trace["path"].values()) + trace["sib"], int(trace["readings"]["list_covers"] == "objective")
    on_mjp = to_cover(on_mjp, objective, trace["counts"]["MJP"], whole)
    agreed = plan["agreement"] or trace["readings"]["schedule_agreed"] == "always"
    verdict["land_list"] = agreed and bool(land_list_covers(on_mjp, on_ktp, places["MJP"], places["KTP"]))
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
