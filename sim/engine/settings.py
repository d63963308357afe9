"""The scalars of a scenario and its law as one row of integers, as the engine reads them."""

from functools import lru_cache

import numpy as np

from sim.agents.policies import POLICIES
from sim.chance.leadtimes import fixed, threshold, times
from sim.chance.shared import SAMPLINGS
from sim.engine.state import Rows
from sim.inputs.months import month_number
from sim.inputs.scenario.model import Scenario
from sim.rules.agreements import TAKERS

REDISTRIBUTIONS = ("none", "working_area", "neighbours")
REALISED_READINGS = ("net", "gross", "kept", "let")

SHARES = (  # fixed point
    *("release_base", "release_effort", "expected_survival", "awake_share", "effort_speed", "mandatory_limit", "voluntary_limit"),
    *(
        "after_prediction",
        "after_2A",
        "after_2B",
        "after_agreement",
        "renovation_managers",
        "household_error",
        "target_group_error",
    ),
    *("cbo_speed", "conventioned_part"),
    *("rent_in_exits", "rent_in_effort", "after_criterion", "effort_gain", "will_known", "will_renewed"),
)
CHANCES = (  # thresholds of 32-bit draws
    *("cancelled", "council", "annulled", "search_success", "private_share", "plan_filed", "plan_accepted"),
    *("agreement_on_time", "envelope_wish", "asleep", "dropped_asleep", "paper", "rebuilt", "rare_instrument"),
)
LEVER_SHARES = (
    *("managers_scale", "finance_scale", "finance_by_objective", "exemption_granted", "redistribution_agreed", "modest_share"),
    *("consultation", "shared_services", "contribution_by_company", "effort_least", "rent_in_support"),
)
WHOLE_LAW = (*("voluntary_needed", "rent_in_minimum", "objective", "envelope", "envelope_step", "envelope_maximum"),)
FRACTIONS = ("rent_in_growth", "ceiling", "kept_share", "exemption_threshold", "envelope_used", "modest_cap", "land_activated")


def settings_row(scenario: Scenario, preparation: int, permit: int, largest: int, mean_size: int) -> Rows:
    """Return one row with every scalar (int64).

    `preparation`, `permit`: their median durations (1/64 month); `largest`: project; `mean_size`: of projects (fixed point).
    """
    values = {**_of_scenario(scenario), **_of_law(scenario)}
    values["median_preparation"] = max(1, (preparation + 32) >> 6)
    values["median_permit"] = max(1, (permit + 32) >> 6)
    values["largest_project"], values["mean_size"] = largest, mean_size
    return np.array([tuple(values.values())], _layout(tuple(values)))


@lru_cache(maxsize=4)
def _layout(names: tuple[str, ...]) -> np.dtype[np.void]:
    """Return the layout of a row of integers of these names."""
    return np.dtype([(name, np.int64) for name in names])


def _of_scenario(scenario: Scenario) -> dict[str, int]:
    levers, u = scenario.levers, scenario.uncertainties
    flanders, company = u.shock_flanders.value, u.shock_company.value
    vacancy = times(fixed(u.renovation_today.value) - fixed(levers.renovation_share.value), fixed(u.vacancy_response.value))
    return {
        **{name: fixed(getattr(u, name).value) for name in SHARES},
        **{name: threshold(getattr(u, name).value) for name in CHANCES},
        **{name: fixed(getattr(levers, name).value) for name in LEVER_SHARES},
        "seed": scenario.seed,
        "sampling": SAMPLINGS.index(scenario.central.sampling),
        "policy": POLICIES.index(levers.allocation.value),
        "by_lead_time": int(levers.judged_on.value == "lead_time"),
        "lent_to_2B": int(levers.shared_services_to.value == "2B"),
        "by_criteria": int(levers.plan_judgement.value == "criteria"),
        "committee_interval": levers.committee_interval.value,
        "projects_per_manager": levers.projects_per_manager.value,
        "redistribution": REDISTRIBUTIONS.index(levers.redistribution.value),
        "exemption_asked": threshold(levers.exemption_asked.value),
        "envelope_budget": int(levers.envelope_budget.value),
        "pooled": int(levers.finance_pooled.value),
        "budget_for_new_build": fixed(1 - levers.renovation_share.value),
        "new_build": fixed((1 - levers.renovation_share.value) / (1 - u.renovation_today.value)),
        "vacant": u.vacant.value,
        "vacancy_growth": vacancy,
        "smallest_project": u.smallest_project.value,
        "searches_at_once": u.searches_at_once.value,
        "limited": int(u.opportunities.value == "limited"),
        "open_at_most": u.open_at_most.value,
        "will_unknown": fixed(np.sqrt(1 - u.will_known.value**2)),
        "will_anew": fixed(np.sqrt(1 - u.will_renewed.value**2)),
        "dropped_later": threshold(u.asleep.value * u.dropped_asleep.value),
        "rent_in_additive": int(u.rent_in.value == "additive"),
        "demolishes": int(u.demolition.value > 0),
        "cbo_share": threshold(u.private_share.value * u.cbo_share.value),
        "household_weight_shared": fixed(np.sqrt(u.household_shared.value)),
        "household_weight_own": fixed(np.sqrt(1 - u.household_shared.value)),
        "weight_flanders": fixed(np.sqrt(flanders)),
        "weight_company": fixed(np.sqrt(company)),
        "weight_project": fixed(np.sqrt(max(0.0, 1 - (flanders + company)))),
        "persistence": fixed(u.shock_persistence.value),
        "innovation": fixed(np.sqrt(1 - u.shock_persistence.value**2)),
        "effort_mean": max(1, fixed(u.effort_start.mean())),
    }


def _of_law(scenario: Scenario) -> dict[str, int]:
    law, readings = scenario.law.values, scenario.law.readings
    fractions = {name: getattr(law, name).value for name in FRACTIONS}
    return {
        **{name: int(getattr(law, name).value) for name in WHOLE_LAW},
        **{f"{name}_numerator": value.numerator for name, value in fractions.items()},
        **{f"{name}_denominator": value.denominator for name, value in fractions.items()},
        "mandatory_instruments": sum(instrument.kind == "mandatory" for instrument in scenario.law.instruments.values()),
        "legislature_years": int(law.legislature_years.value),
        "legislature_offset": (int(law.legislature_start.value) - scenario.start.year - 1) % int(law.legislature_years.value),
        "envelope_from": max((month_number(day, scenario.start) for day in scenario.law.calendar.envelope.dates), default=1),
        "exemption_years": scenario.months // 12 if readings.exemption_ratio.value == "per_year" else 1,
        "sib_first": int(readings.sib_beside_regular.value == "sib_first"),
        "round_up": int(readings.rounding.value == "up"),
        "both": int(readings.category_2B.value == "both"),
        "exempted_returns": int(readings.exempted_sib.value == "returns_to_pot"),
        "overshoot_again": int(readings.overshoot_at_ceiling.value == "again"),
        "realised": REALISED_READINGS.index(readings.realised.value),
        "dormant_counts": int(readings.dormant.value == "counts"),
        "theoretical_land": int(readings.land_list.value == "theoretical"),
        "on_path": int(readings.yearly_measurement.value == "path"),
        "charged_once": int(readings.charged.value == "once"),
        "may_take": TAKERS.index(readings.may_take.value),
        "spatial": int(readings.spatial_reasons.value == "room_below_sib"),
        "added": int(readings.lacking.value == "added"),
        "whole_objective": int(readings.list_covers.value == "objective"),
        "always_agreed": int(readings.schedule_agreed.value == "always"),
        "by_growth": int(readings.at_ceiling.value == "growth"),
        "willing_from_mjp": int(readings.in_planning.value == "mjp"),
    }
