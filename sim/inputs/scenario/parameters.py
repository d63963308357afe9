"""All parameters of a scenario: levers, uncertainties and costs."""

from collections.abc import Iterator

from pydantic import model_validator

from sim.inputs.scenario.curves import (
    ends,
)
from sim.inputs.scenario.distributions import Changes, Growths, LeadTime, Portion, Positive
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.values import (
    Allocation,
    Amount,
    Cost,
    Count,
    Euro,
    Exponent,
    Factor,
    Few,
    Growth,
    Interval,
    Judged,
    Judgement,
    Lent,
    Opportunities,
    Redistribution,
    RentIn,
    Shape,
    Share,
    Spread,
    Switch,
)


class Levers(Frozen):
    """What a government or a company can decide."""

    allocation: Allocation
    plan_judgement: Judgement
    judged_on: Judged
    committee_interval: Interval
    projects_per_manager: Few
    managers_scale: Factor
    slot_growth: Growth
    finance_scale: Factor
    budget_growth: Growth
    finance_by_objective: Share
    finance_pooled: Switch
    exemption_asked: Share
    exemption_granted: Share
    redistribution: Redistribution
    redistribution_agreed: Share
    envelope_budget: Switch
    renovation_share: Share
    modest_share: Share
    consultation: Factor
    shared_services: Share
    shared_services_to: Lent
    land_purchase: Amount
    contribution_by_company: Share
    effort_least: Share
    rent_in_support: Factor


class Uncertainties(Frozen):
    """How the world is, as far as anybody knows."""

    managers: Positive
    managers_spread: Spread
    budget: Positive
    cost: Cost
    cost_index: Growth
    response: Portion
    rent_in_growth: Growths
    rent_in: RentIn
    rent_in_inflow: Positive
    rent_in_step: Changes
    rent_in_exits: Share
    rent_in_effort: Factor
    after_criterion: Share
    sales: Amount
    demolition: Amount
    rebuilt: Share
    purchases: Amount
    premium_growth: Growth
    size: Positive
    smallest_project: Few
    expected_survival: Share
    private_share: Share
    private_share_of_permits: Share
    cancelled: Share
    opportunities: Opportunities
    opportunity_rate: Factor
    open_at_most: Few
    basis_permits: Share
    effort_gain: Factor
    will_shape: Shape
    will_known: Share
    will_renewed: Share
    asleep: Share
    dropped_asleep: Share
    paper: Share
    search: LeadTime
    preparation: LeadTime
    permit: LeadTime
    appeal_delay: LeadTime
    council_duration: LeadTime
    new_permit: LeadTime
    award: LeadTime
    start: LeadTime
    construction: LeadTime
    construction_reference: Count
    construction_exponent: Exponent
    wake: LeadTime
    awake_share: Share
    appeal: Share
    appeal_reference: Count
    appeal_exponent: Exponent
    appeal_ceiling: Share
    council: Share
    annulled: Share
    realism_company: Share
    realism_public: Share
    release_base: Share
    release_effort: Share
    searches_at_once: Count
    search_success: Share
    effort_start: Portion
    effort_speed: Share
    after_prediction: Share
    after_2A: Share
    after_2B: Share
    mandatory_limit: Share
    voluntary_limit: Share
    rare_instrument: Share
    plan_filed: Share
    plan_accepted: Share
    agreement_on_time: Share
    after_agreement: Share
    household_error: Share
    household_shared: Share
    target_group_error: Share
    envelope_wish: Share
    cbo_share: Share
    cbo_speed: Factor
    conventioned_part: Share
    renovation_today: Share
    renovation_managers: Share
    vacant: Count
    vacancy_response: Share
    shock_flanders: Share
    shock_company: Share
    shock_persistence: Share

    @model_validator(mode="after")
    def _consistent(self) -> "Uncertainties":
        if self.shock_flanders.value + self.shock_company.value > 1:
            raise ValueError("shock_flanders + shock_company: together at most 1 of the variance")
        if self.size.maximum is None or not 1 <= self.size.maximum <= 1000:
            raise ValueError("size.maximum: between 1 and 1000 dwellings, and it must be given")
        if self.size.minimum is None or self.size.minimum < 1:
            raise ValueError("size.minimum: at least 1 dwelling, and it must be given")
        if self.renovation_today.value >= 1:
            raise ValueError("renovation_today.value: below 1")
        for name in ("preparation", "permit", "award", "construction", "effort_start"):
            spread = getattr(self, name)
            for place, each in ((name, spread), *(_own(name, spread) if isinstance(spread, LeadTime) else ())):
                if not ends(each.curve)[2] > 0:
                    raise ValueError(f"{place}.{'maximum' if each.constant is None else 'constant'}: found 0; above 0 is needed")
        if self.searches_at_once.value > 8:
            raise ValueError(f"searches_at_once.value: found {self.searches_at_once.value}; at most 8")
        return self


def _own(name: str, lead_time: LeadTime) -> Iterator[tuple[str, Positive]]:
    """Yield the lead times of companies and provinces, each with its place."""
    yield from ((f"{name}.companies.{company}", own) for company, own in lead_time.companies.items())
    yield from ((f"{name}.provinces.{province}", own) for province, own in lead_time.provinces.items())


class Costs(Frozen):
    """What means cost: a project manager a year, a place of land bought. They change no replication. A dwelling: `uncertainties.cost`."""

    manager: Euro
    place: Euro
