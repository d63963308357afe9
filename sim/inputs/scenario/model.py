"""A scenario: levers (what somebody can decide), uncertainties (how the world is), outcomes, and the law. Frozen, checked once."""

from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from sim.inputs.errors import InputError, nearest
from sim.inputs.law.model import Law, law_tables
from sim.inputs.scenario.parameters import (
    Amount,
    Count,
    Factor,
    Few,
    Frozen,
    Growth,
    Growths,
    Parameter,
    Portion,
    Positive,
    Share,
    Spread,
    Switch,
)
from sim.inputs.scenario.toml import merge, read_extended
from sim.inputs.workbook.data import Allocation, CompanyMeans, Workbook
from sim.inputs.workbook.read import read_workbook

MAX_REPLICATIONS = 1_000_000
Checked = TypeVar("Checked", bound=Frozen)


class Judgement(Parameter):
    """How a plan of approach is judged."""

    value: Literal["criteria", "probability"]


class Interval(Parameter):
    """Months between two committee dates; a divisor of the year."""

    value: Literal[1, 2, 3, 4, 6, 12]


class Judged(Parameter):
    """What a test counts: dwellings at a stage, or also those that would be there by the median lead time of the stage they are in."""

    value: Literal["stage", "lead_time"]


class Lent(Parameter):
    """To whom shared services lend free slots: all municipalities whose company has none, or those of them judged 2B at the last test."""

    value: Literal["all", "2B"]


class Redistribution(Parameter):
    """Who swaps objectives with whom."""

    value: Literal["none", "working_area", "neighbours"]


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


class Uncertainties(Frozen):
    """How the world is, as far as anybody knows."""

    managers: Positive
    managers_spread: Spread
    finance_2026: Positive
    finance_2034: Positive
    response: Portion
    rent_in_growth: Growths
    sales: Amount
    purchases: Amount
    premium_growth: Growth
    size: Positive
    smallest_project: Few
    expected_survival: Share
    private_share: Share
    private_share_of_permits: Share
    cancelled: Share
    search: Positive
    preparation: Positive
    permit: Positive
    appeal_delay: Positive
    council_duration: Positive
    new_permit: Positive
    award: Positive
    start: Positive
    construction: Positive
    construction_reference: Count
    construction_exponent: Factor
    wake: Positive
    awake_share: Share
    appeal: Share
    appeal_reference: Count
    appeal_exponent: Factor
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
            if getattr(self, name).constant == 0:
                raise ValueError(f"{name}.constant: found 0; above 0 is needed")
        if self.searches_at_once.value > 8:
            raise ValueError(f"searches_at_once.value: found {self.searches_at_once.value}; at most 8")
        return self


class Euro(Parameter):
    """An amount of money (euro), at most a billion."""

    value: float = Field(ge=0, le=1_000_000_000)


class Costs(Frozen):
    """What means cost: a project manager a year, a new dwelling financed, a place of land bought. They change no replication."""

    manager: Euro
    dwelling: Euro
    place: Euro


class Outcomes(Frozen):
    """What is kept beside the totals. `histories`: replications of which every project is kept."""

    histories: int = Field(ge=0, le=10_000)


class Official(Frozen):
    """Official figures laid over the estimates: a CSV (`nis` and columns), for all municipalities unless `partial`."""

    file: str
    partial: bool = False


class Swaps(Frozen):
    """Swaps of objectives (driepartijenovereenkomst) that the user wrote down: a CSV of `from`, `to` (NIS codes) and `dwellings`."""

    file: str


class Scenario(Frozen):
    """Everything one experiment depends on, with the seed. Built by `load_scenario`."""

    name: str = Field(pattern=r"^[^/\\\x00-\x1f.][^/\\\x00-\x1f]*$", max_length=120)  # also that of a folder
    title: str = Field(min_length=1)
    title_nl: str = Field(min_length=1)
    seed: int = Field(ge=0, lt=2**63)
    replications: int = Field(ge=1, le=MAX_REPLICATIONS)
    sampling: Literal["plain", "antithetic", "sobol"] = "plain"
    start: date
    end: date
    law: Law
    levers: Levers
    uncertainties: Uncertainties
    outcomes: Outcomes
    official: Official | None = None
    swaps: Swaps | None = None
    companies: dict[str, CompanyMeans] = Field(default_factory=dict)
    workbooks: dict[str, Workbook] = Field(default_factory=dict)
    costs: Costs | None = None
    folder: str = "."

    @model_validator(mode="after")
    def _period(self) -> "Scenario":
        if (self.start.month, self.start.day) != (12, 31) or (self.end.month, self.end.day) != (12, 31):
            raise ValueError("start and end: a 31 December")
        if not 1 <= self.end.year - self.start.year <= 50:
            raise ValueError("end: 1 to 50 years after start")
        if self.levers.finance_pooled.value and any(means.finance for means in self.means.values()):
            raise ValueError("companies: a finance of its own; not where levers.finance_pooled makes one fund for all")
        dates = [m.date for m in self.law.rhythm]
        if dates and not (self.start < dates[0] and dates[-1] <= self.end):
            raise ValueError(f"law.rhythm: measurements between {self.start} and {self.end}")
        return self

    @property
    def means(self) -> dict[str, CompanyMeans]:
        """What each company has of its own: what the scenario says, else what the company's own data say."""
        said = {name: workbook.means() for name, workbook in self.workbooks.items()}
        both = {name: means.model_copy(update=_given(self.companies.get(name))) for name, means in said.items()}
        return {**self.companies, **both}

    @property
    def months(self) -> int:
        """Number of months simulated."""
        return (self.end.year - self.start.year) * 12


def load_scenario(
    path: str | Path, seed: int | None = None, replications: int | None = None, sampling: str | None = None
) -> Scenario:
    """Read a scenario file, what it extends, the law it names and the folders of companies' own data.

    `seed`, `replications` and `sampling` replace those of the file.

    Raises InputError naming file, key, what was found and what is allowed.
    """
    path = Path(path)
    tables = read_extended(path)
    for key, value in (("seed", seed), ("replications", replications), ("sampling", sampling)):
        if value is not None:
            tables[key] = value
    tables["name"] = tables.get("name", path.stem)
    tables["folder"] = str(path.parent)
    law = tables.pop("law", None)
    changes = tables.pop("law_changes", {})
    if not isinstance(law, str):
        raise InputError(path, "law", f"found {law!r}; the name of a law file is needed")
    if not isinstance(changes, dict):
        raise InputError(path, "law_changes", f"found {changes!r}; tables of changed law values are allowed")
    tables["law"] = merge(law_tables(law, path), changes, path.name)
    said = tables.get("workbooks", {})
    folders = {name: value for name, value in said.items() if isinstance(value, str)} if isinstance(said, dict) else {}
    if folders:
        tables["workbooks"] = {name: value for name, value in said.items() if name not in folders}
    return _with_folders(validated(Scenario, tables, path), folders, path)


def _with_folders(scenario: Scenario, folders: dict[str, str], path: Path) -> Scenario:
    """Return a scenario with the own data in folders (relative to its file, by company), and what it holds itself checked as they are."""
    for name, held in scenario.workbooks.items():
        for project in held.projects or ():
            fault = project.fault(scenario.start)
            if fault is not None:
                raise InputError(path, f"workbooks.{name}.projects, {project.name}, {fault[0]}", fault[1])
    for name, folder in folders.items():
        company, workbook = read_workbook(path.parent / folder, scenario.start)
        if company != name:
            raise InputError(path, f"workbooks.{name}", f"found {folder!r}, which holds the data of {company}")
        scenario = with_workbook(scenario, company, workbook, path)
    return scenario


def with_workbook(scenario: Scenario, company: str, workbook: Workbook, path: Path) -> Scenario:
    """Return a scenario in which a company's own data are these. `path`: where they come from, for messages.

    Raises InputError for data that the scenario leaves no room for.
    """
    return validated(Scenario, {**dict(scenario), "workbooks": {**scenario.workbooks, company: workbook}}, path)


def validated(model: type[Checked], tables: dict[str, Any], path: Path) -> Checked:
    """Return `tables` as `model`. Raises InputError for the first thing that is wrong, with the nearest known key for an unknown one."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        first = next((e for e in error.errors() if e["type"] == "extra_forbidden"), error.errors()[0])
        place = ".".join(str(part) for part in first["loc"])
        found = first.get("input")
        if first["type"] == "extra_forbidden":
            known = _fields(model, first["loc"][:-1])
            problem = f"unknown key; {nearest(str(first['loc'][-1]), known)}"
        elif first["type"] == "missing":
            problem = "missing"
        else:
            shown = "" if isinstance(found, (dict, Frozen)) else f"found {found!r}; "
            problem = shown + first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise InputError(path, place, problem + more) from None


def _given(means: CompanyMeans | None) -> dict[str, Any]:
    """Return the means that are said."""
    return (
        {} if means is None else {name: value for name in CompanyMeans.model_fields if (value := getattr(means, name)) is not None}
    )


def _fields(model: Any, place: tuple[Any, ...]) -> list[str]:
    """Return the keys allowed at a place in a model, walking through nested models and lists."""
    for part in place:
        if isinstance(part, int) or (hasattr(model, "model_fields") and part not in model.model_fields):
            continue  # a place in a list, a name in a table of the user's
        annotation = model.model_fields[part].annotation if hasattr(model, "model_fields") else model
        inner = [a for a in (annotation, *getattr(annotation, "__args__", ())) if hasattr(a, "model_fields")]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)
