"""What is kept of a replication, as plain lists of dictionaries of whole numbers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .parties import Company, Municipality, Stage

if TYPE_CHECKING:
    from .project import Project
    from .world import World

Row = dict[str, int]
TEST = (
    *("category", "lacking_regular", "lacking_sib", "filed", "land_list", "instruments", "contribution_cents", "company_cents"),
    *("sib", "at_mjp", "at_ktp", "at_realised", "lacking_mjp", "lacking_ktp", "agreement", "places_mjp", "places_ktp"),
    *("mandatory", "voluntary"),
)


@dataclass
class OracleHistory:
    """Projects by (municipality, k); years and companies by year, then index; tests and paths by test, then municipality.

    `flanders` by year. `happened` counts what no row shows.
    """

    projects: list[Row] = field(default_factory=list)
    years: list[Row] = field(default_factory=list)
    tests: list[Row] = field(default_factory=list)
    paths: list[tuple[int, ...]] = field(default_factory=list)
    companies: list[Row] = field(default_factory=list)
    flanders: list[Row] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def add_year(self, world: "World", calendar_year: int) -> None:
        """Keep the rows of a December."""
        year = world.year
        world.happened["land below zero"] += any(min(world.places(m).values()) < 0 for m in world.municipalities)
        self.years += [
            {"year": year, "municipality": m.index} | municipal_row(m, calendar_year) | unmet(world, m)
            for m in world.municipalities
        ]
        self.companies += [{"year": year, "company": c.index} | company_row(c, world.pooled) for c in world.companies]
        kept = {"envelope": world.envelope, "reserved": world.reserved, "vacant": world.vacant, "money": world.money}
        self.flanders.append({"year": year} | kept)

    def add_projects(self, world: "World") -> None:
        """Keep every project that came into being."""
        self.projects = [project_row(project) for m in world.municipalities for project in m.projects]

    def add_missing_tests(self, world: "World") -> None:
        """Complete the tests whose month lies after the horizon with rows of zeros."""
        verdicts = sum(moment.verdict is not None for moment in world.moments)
        while len(self.tests) < verdicts * len(world.municipalities):
            index = len(self.tests) % len(world.municipalities)
            self.tests.append({"municipality": index} | empty_test())
            self.paths.append((0,) * len(world.law.growth_path))


def empty_test() -> Row:
    """Return the row of a test without a verdict."""
    return dict.fromkeys(TEST, 0)


def municipal_row(m: Municipality, calendar_year: int) -> Row:
    """Return the year's row of a municipality."""
    return {
        "realised": m.realised,
        "delivered": m.stages[Stage.REALISED],
        "rent_in": m.rented_in - m.rented_start,
        "purchased": m.purchased,
        "sold": m.sold,
        "preparation": m.stages[Stage.PREPARATION],
        "mjp": m.stages[Stage.MJP],
        "ktp": m.stages[Stage.KTP] + m.stages[Stage.AWARD],
        "construction": m.stages[Stage.CONSTRUCTION],
        "dormant": m.stages[Stage.DORMANT],
        "voluntary": sum(p.dwellings for p in m.projects if p.voluntary and p.stage is Stage.REALISED),
        "objective": m.objective,
        "lacking_regular": m.lacking.regular,
        "lacking_sib": m.lacking.sib,
        "effort": m.effort,
        "paid_cents": m.owed.get(calendar_year, 0),
    }


def unmet(world: "World", m: Municipality) -> Row:
    """Return what waits in a municipality: dwellings for money; and dwellings needed without land, or with land and without a slot."""
    need, land = world.need(m), world.has_places(m)
    enough = need >= world.how.smallest_project.value or not (m.stages[Stage.PREPARATION] or m.stages[Stage.MJP])
    return {
        "waiting_money": sum(p.dwellings for p in m.projects if p.stage is Stage.AWARD and p.ready >= 0),
        "no_land": need if need > 0 and not land else 0,
        "no_slot": need if need > 0 and land and enough else 0,
    }


def company_row(company: Company, pooled: bool) -> Row:
    """Return the year's row of a company; a pooled fund stands with the first one."""
    mine = not pooled or company.index == 0
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
    return {
        "municipality": project.municipality.index,
        "k": project.k,
        "land": project.land,
        "stream": project.stream,
        "voluntary": int(project.voluntary),
        "dwellings": project.dwellings,
        "stage": int(project.stage),
        "asked": project.asked,
        "preparation": project.entered[Stage.PREPARATION],
        "mjp": project.entered[Stage.MJP],
        "ktp": project.entered[Stage.KTP],
        "award": project.entered[Stage.AWARD],
        "ready": project.ready,
        "construction": project.entered[Stage.CONSTRUCTION],
        "ended": project.ended,
    }
