"""Phase 9, record: what is kept of a replication, as plain lists of dictionaries of whole numbers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.model.calendar import DECEMBER, Phase, Process
from sim.model.parties import AWARD, CONSTRUCTION, DORMANT, KTP, MJP, PREPARATION, REALISED, Company, Municipality

if TYPE_CHECKING:
    from sim.model.project import Project
    from sim.model.world import World

Row = dict[str, int]
TEST = (
    *("category", "lacking_regular", "lacking_sib", "filed", "land_list", "instruments", "contribution_cents", "company_cents"),
    *("sib", "at_mjp", "at_ktp", "at_realised", "lacking_mjp", "lacking_ktp", "agreement", "places_mjp", "places_ktp"),
    *("mandatory", "voluntary", "instruments_used"),
)


@dataclass
class History:
    """Projects by (municipality, k); years and companies by year, then index; tests and paths by test, then municipality.

    `flanders` by year. `drawn`: what was drawn once. `happened` counts what no row shows: how often which mechanism did something.
    """

    replication: int
    population: int
    drawn: Row = field(default_factory=dict)
    projects: list[Row] = field(default_factory=list)
    years: list[Row] = field(default_factory=list)
    tests: list[Row] = field(default_factory=list)
    paths: list[tuple[int, ...]] = field(default_factory=list)
    companies: list[Row] = field(default_factory=list)
    flanders: list[Row] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)


def record(world: "World") -> Process:
    """Every December: keep the year of every municipality and company, and of Flanders."""
    history = world.history
    for year, december in enumerate(world.calendar.every(DECEMBER)):
        yield world.calendar.at(december, Phase.RECORD)
        calendar_year = world.scenario.start.year + year + 1
        world.happened["land below zero"] += any(min(world.places(m)) < 0 for m in world.municipalities)
        history.years += [
            {"year": year, "municipality": m.index} | municipal_row(m, calendar_year) | unmet(world, m)
            for m in world.municipalities
        ]
        history.companies += [{"year": year, "company": c.index} | company_row(c) for c in world.companies]
        flanders = {"envelope": world.envelope, "reserved": world.reserved, "vacant": world.vacant}
        flanders |= {"money": world.money, "spent": world.spent, "unspent": world.unspent}
        history.flanders.append({"year": year} | flanders)


def keep_the_rest(world: "World") -> None:
    """Keep every project that came into being, and rows of zeros of the tests whose month lies after the horizon."""
    history = world.history
    history.projects = [project_row(project) for m in world.municipalities for project in m.projects]
    verdicts = sum(moment.verdict is not None for moment in world.given.moments)
    while len(history.tests) < verdicts * len(world.municipalities):
        history.tests.append({"municipality": len(history.tests) % len(world.municipalities)} | empty_test())
        history.paths.append((0,) * len(world.law.growth_path))


def empty_test() -> Row:
    """Return the row of a test without a verdict."""
    return dict.fromkeys(TEST, 0)


def municipal_row(m: Municipality, calendar_year: int) -> Row:
    """Return the year's row of a municipality."""
    return {
        "realised": m.realised,
        "delivered": m.dwellings[REALISED],
        "rent_in": m.rented_in - m.rented_start,
        "purchased": m.purchased,
        "sold": m.sold,
        "demolished": m.demolished,
        "preparation": m.dwellings[PREPARATION],
        "mjp": m.dwellings[MJP],
        "ktp": m.dwellings[KTP] + m.dwellings[AWARD],
        "construction": m.dwellings[CONSTRUCTION],
        "dormant": m.dwellings[DORMANT],
        "voluntary": sum(p.dwellings for p in m.projects if p.voluntary and p.stage is REALISED),
        "objective": m.objective,
        "lacking_regular": m.lacking.regular,
        "lacking_sib": m.lacking.sib,
        "effort": m.effort,
        "paid_cents": m.owed.get(calendar_year, 0),
        "paper": m.paper,
    }


def unmet(world: "World", m: Municipality) -> Row:
    """Return what waits in a municipality: dwellings for money; and dwellings needed without land, or an opportunity, or a slot."""
    need, land, project = world.need(m), world.has_places(m), world.needs_project(m)
    opportunity = world.has_opportunity(m)
    world.happened["no opportunity"] += project and land and not opportunity
    return {
        "waiting_money": sum(p.dwellings for p in m.projects if p.stage is AWARD and p.ready >= 0),
        "no_land": need if need > 0 and not land else 0,
        "no_slot": need if project and land and opportunity else 0,
        "no_opportunity": need if project and land and not opportunity else 0,
    }


def company_row(company: Company) -> Row:
    """Return the year's row of a company; a fund stands with the first one that shares it."""
    mine = company is company.fund.companies[0]
    return {
        "slots": company.slots,
        "held": company.held,
        "started": company.started,
        "waiting_money": sum(p.dwellings for p in company.fund.waiting if p.municipality.company is company),
        "waiting_slot": len(company.waiting),
        "credit_old": company.fund.old if mine else 0,
        "credit_new": company.fund.new if mine else 0,
        "rented_in": company.rented_in,
    }


def project_row(project: "Project") -> Row:
    """Return what became of a project."""
    entered = {stage.name.lower(): project.entered[stage] for stage in (PREPARATION, MJP, KTP, AWARD, CONSTRUCTION)}
    return {
        "municipality": project.municipality.index,
        "k": project.k,
        "land": int(project.land),
        "stream": int(project.stream),
        "voluntary": int(project.voluntary),
        "dwellings": project.dwellings,
        "stage": int(project.stage),
        "asked": project.asked,
        **entered,
        "ready": project.ready,
        "ended": project.ended,
        "asleep": project.entered[DORMANT],
        "appeal": project.appeal,
        "delay": project.delay,
    }
