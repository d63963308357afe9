"""A scenario: levers (what somebody can decide), uncertainties (how the world is), outcomes, and the law. Frozen, checked once."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from sim.inputs.errors import InputError, nearest, of_thousands, shortened
from sim.inputs.law.model import Law, law_tables, since
from sim.inputs.scenario.frozen import Frozen, whole_number
from sim.inputs.scenario.mistyped import plain
from sim.inputs.scenario.parameters import Costs, Levers, Uncertainties
from sim.inputs.scenario.toml import LIBRARY, Written, merge, read_extended, written
from sim.inputs.scenario.values import Parameter
from sim.inputs.workbook.data import CompanyMeans, Workbook
from sim.inputs.workbook.read import read_workbook

MAX_REPLICATIONS = 1_000_000
MOST_GROWTH = 1000  # of budget and cost over the period, so that amounts fit in 64 bits
TITLES = ("title", "title_nl")
TODAY = 2025  # year on whose 31 December the package's own tables end
DRAWN = "drawn"  # sampling: every replication has a parameter set and a population of its own; in any other all have the scenario's values
DAY = re.compile(r"\d{4}-\d\d-\d\d")
Checked = TypeVar("Checked", bound=Frozen)


class Outcomes(Frozen):
    """What is kept beside the totals. `histories`: replications of which every project is kept."""

    histories: int = Field(ge=0, le=10_000)


class Official(Frozen):
    """Official figures laid over the estimates: a table (`nis` and columns), for all municipalities unless `partial`.

    `file`: CSV or .xlsx, of which `figures.xlsx#Name` reads another sheet than the first. `add_up`: whether rows of the parts of a
    municipality that was merged are added up.
    """

    file: str
    partial: bool = False
    add_up: bool = False


class Swaps(Frozen):
    """Swaps of objectives (driepartijenovereenkomst) that the user wrote down: a CSV of `from`, `to` (NIS codes), `dwellings` and, if they
    are not all of the first, the number of the `agreement`."""

    file: str


class Exempt(Frozen):
    """Municipalities that get no objective: those with fewer inhabitants, or those listed (NIS codes).

    `redistributed`: whether the others get what they lose, or it lapses.
    """

    inhabitants_below: int | None = Field(default=None, ge=1, le=10_000_000)
    municipalities: list[int] | None = Field(default=None, min_length=1)
    redistributed: bool

    @model_validator(mode="after")
    def _one(self) -> "Exempt":
        if (self.inhabitants_below is None) == (self.municipalities is None):
            raise ValueError("inhabitants_below or municipalities: one of the two is needed")
        return self


class Scenario(Frozen):
    """Everything one experiment depends on, with the seed. Built by `load_scenario`."""

    name: str = Field(pattern=r"^[^/\\\x00-\x1f.][^/\\\x00-\x1f]*$", max_length=120)  # also that of a folder
    title: str = Field(min_length=1)
    title_nl: str = Field(min_length=1)
    seed: int = Field(ge=0, lt=2**63)
    replications: int = Field(ge=1, le=MAX_REPLICATIONS)
    sampling: Literal["drawn", "plain", "antithetic", "sobol"] = "plain"
    start: date
    end: date
    law: Law
    levers: Levers
    uncertainties: Uncertainties
    outcomes: Outcomes
    official: Official | None = None
    swaps: Swaps | None = None
    exempt: Exempt | None = None
    merge: dict[str, list[str]] = Field(default_factory=dict)  # companies that become one, by its name
    companies: dict[str, CompanyMeans] = Field(default_factory=dict)
    workbooks: dict[str, Workbook] = Field(default_factory=dict)
    costs: Costs | None = None
    folder: str = "."
    folders: dict[str, str] = Field(default_factory=dict, exclude=True)  # where companies' own data were read, by company

    @model_validator(mode="after")
    def _begun(self) -> "Scenario":
        if self.start.year <= TODAY:
            return self
        if self.official is None or self.official.partial:
            needed = "official figures of that day for all municipalities (official.file, not partial) are needed"
            raise ValueError(f"start: found {self.start}; after {TODAY}-12-31 {needed}")
        return self.model_copy(update={"law": since(self.law, self.start)})

    @model_validator(mode="after")
    def _period(self) -> "Scenario":
        for name, day in (("start", self.start), ("end", self.end)):
            if (day.month, day.day) != (12, 31):
                raise ValueError(f"{name}: found {day}; a 31 December, such as {day.year}-12-31, is needed")
        if not 1 <= self.end.year - self.start.year <= 50:
            raise ValueError(f"end: found {self.end}; 1 to 50 years after start, {self.start}, is allowed")
        for name, rate in (
            ("levers.budget_growth", self.levers.budget_growth),
            ("uncertainties.cost_index", self.uncertainties.cost_index),
        ):
            if (1 + rate.value) ** (self.end.year - self.start.year) > MOST_GROWTH:
                raise ValueError(f"{name}: found {rate.value:g}; at most {MOST_GROWTH} times as much at the end")
        dates = [m.date for m in self.law.rhythm]
        if dates[0] <= self.start:
            raise ValueError(f"law.rhythm: found a measurement of {dates[0]}; later than start, {self.start}, is allowed")
        if dates[-1] > self.end:
            raise ValueError(f"end: found {self.end}; at least {dates[-1]} is needed, the day of the law's last measurement")
        return self

    @property
    def means(self) -> dict[str, CompanyMeans]:
        """What each company has of its own: what the scenario says, else what the company's own data say."""
        own = {name: workbook.means() for name, workbook in self.workbooks.items()}
        chosen = {name: means.given() for name, means in self.companies.items()}
        return {**self.companies, **{name: means.model_copy(update=chosen.get(name, {})) for name, means in own.items()}}

    @property
    def warnings(self) -> list[str]:
        """What is allowed and may yet not be meant, each with its place: what the law would do outside the period, and of values."""
        period, month = f"the period is {self.start} to {self.end}", int(self.law.values.verdict_month.value)
        calendar = {name: getattr(self.law.calendar, name).dates for name in type(self.law.calendar).model_fields}
        passed = self.start.year > TODAY  # official figures hold what the law did before such a start
        dates = [
            f"law.calendar.{name}.dates: {day} never comes; {period}"
            for name, days in calendar.items()
            for day in days
            if day > self.end or (day <= self.start and not passed and name != "envelope")  # that is open already
        ]
        values = ((name, getattr(self.law.values, name).since) for name in type(self.law.values).model_fields)
        dates += [
            f"law.values.{name}.from: {day} never comes; {period}"
            if day > self.end
            else f"law.values.{name}.from: {day} is later than the start, {self.start}; the value holds from the start on all the same"
            for name, day in values
            if day > self.end
            or (day > max(self.start, date(TODAY, 12, 31)) and not name.startswith("rent_in"))  # that begins later
        ]
        tests = [m.test for m in self.law.rhythm if m.test is not None and date(m.test, month, 1) > self.end]
        dates += [f"law.{warning}" for warning in self.law.warnings]
        stated = {f"{group}.{name}": each for group in ("levers", "uncertainties") for name, each in getattr(self, group)}
        dates += [f"{name}: {doubt}" for name, each in stated.items() if isinstance(each, Parameter) for doubt in each.doubts]
        return dates + [f"law.rhythm: the test of {test} (month {month}) never gives its verdict; {period}" for test in tests]

    @property
    def changes_region(self) -> bool:
        """Whether something of its own is laid over the region."""
        return bool(self.official or self.swaps or self.workbooks or self.exempt or self.merge)

    @property
    def drawn(self) -> bool:
        """Whether every replication has a parameter set and a population of its own."""
        return self.sampling == DRAWN

    @property
    def central(self) -> "Scenario":
        """The scenario at its own values, where every replication has a parameter set of its own; else itself."""
        return self.model_copy(update={"sampling": "plain"}) if self.drawn else self

    def with_(self, changes: Mapping[str, Any], name: str | None = None) -> "Scenario":
        """Return this scenario with values changed, by their keys: `{"levers.managers_scale": 1.5, "law_changes.tests.first": 2029}`.

        A plain value is that of the parameter of this key, in the place of its distribution if it has one; a table is laid over what stands
        there, as in a file that extends another. What is changed stays so in every replication, also where all else is drawn. `name`: default:
        this one's with a digest of the changes. Raises InputError for a key or a value that cannot be.

        >>> from sim.inputs.scenario.library import scenario_of
        >>> more = scenario_of("baseline").with_({"levers.managers_scale": 1.5})
        >>> more.levers.managers_scale.value, more.title
        (1.5, 'The draft law (levers.managers_scale 1.5)')
        """
        if not isinstance(changes, Mapping):
            raise InputError("with_", "", f"found {changes!r}; a table of values by their keys is needed")
        plain = {str(key): _plain(value) for key, value in changes.items()}
        if "name" in plain:
            raise InputError("with_", "name", "is given beside the changes: with_({...}, name=...) is allowed")
        text = shortened(", ".join(f"{key} {value}" for key, value in plain.items() if key not in TITLES))
        by = name or f"{self.name}-{hashlib.sha256(json.dumps([*plain.items()], default=str).encode()).hexdigest()[:8]}"
        over = {key: plain.pop(key, f"{getattr(self, key)} ({text})" if text else getattr(self, key)) for key in TITLES}
        for key, value in plain.items():
            _lay(over, self, key, value, by)
        return changed(self, over, by, by) if changes or name else self

    def without_histories(self) -> "Scenario":
        """Return the scenario as studies run it that need its totals and tables only: no project is kept."""
        return self.model_copy(update={"outcomes": self.outcomes.model_copy(update={"histories": 0})})

    @property
    def redistributions(self) -> dict[int, date]:
        """The agreement dates on which objectives may move, by number (from 0): all within the period but that which stands for agreements
        concluded before a later start."""
        stands = date(self.start.year + 1, 1, 1) if self.start.year > TODAY else None
        dates = enumerate(self.law.calendar.agreement.dates)
        return {number: day for number, day in dates if self.start < day <= self.end and day != stands}

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
    instead = {
        key: value for key, value in (("seed", seed), ("replications", replications), ("sampling", sampling)) if value is not None
    }
    tables |= instead
    _refuse_folders(tables, path)
    tables["name"] = tables.get("name", path.stem)
    tables["folder"] = str(path.parent)
    _refuse_other_units(tables, path)
    law = tables.pop("law", None)
    changes = tables.pop("law_changes", {})
    if not isinstance(law, str):
        raise InputError(path, "law", f"found {law!r}; the name of a law file is needed")
    if not isinstance(changes, dict):
        raise InputError(path, "law_changes", f"found {changes!r}; tables of changed law values are allowed")
    tables["law"] = merge(law_tables(law, path), changes, path.name)
    workbooks = tables.get("workbooks", {})
    folders = {name: value for name, value in workbooks.items() if isinstance(value, str)} if isinstance(workbooks, dict) else {}
    if folders:
        tables["workbooks"] = {name: value for name, value in workbooks.items() if name not in folders}
    try:
        scenario = validated(Scenario, tables, path)
    except InputError as error:
        if error.place in instead:  # not the file's fault
            raise InputError(error.place, "", error.problem) from None
        raise
    return _with_folders(scenario, folders, path)


def _refuse_folders(tables: Mapping[str, Any], where: str | Path) -> None:
    """Raise InputError where tables say in which folder a scenario lies: that is not the user's to say."""
    for key in ("folder", "folders"):
        if key in tables:
            raise InputError(where, key, "unknown key")


def _refuse_other_units(tables: Mapping[str, Any], path: Path) -> None:
    """Raise InputError for a parameter in another unit than the baseline's, in a file that does not extend it: the model knows no other."""

    def units(of: object) -> dict[str, str]:
        rows = of.items() if isinstance(of, dict) else ()
        return {name: row["unit"] for name, row in rows if isinstance(row, dict) and isinstance(row.get("unit"), str)}

    for group in ("levers", "uncertainties", "costs"):
        known = units(baseline_tables().get(group))
        for name, unit in units(tables.get(group)).items():
            if unit != known.get(name, unit):
                raise InputError(
                    path, f"{group}.{name}.unit", f"found {unit!r}; {known[name]!r} is allowed, in which the model counts"
                )


@cache
def baseline_tables() -> dict[str, Any]:
    """Return the tables of the library's baseline."""
    return read_extended(LIBRARY / "baseline.toml")


def _with_folders(scenario: Scenario, folders: dict[str, str], path: Path) -> Scenario:
    """Return a scenario with the own data in folders (relative to its file, by company), and what it holds itself checked as they are."""
    for name, held in scenario.workbooks.items():
        for project in held.projects or ():
            fault = project.fault(scenario.start)
            if fault is not None:
                raise InputError(path, f"workbooks.{name}.projects, {project.name}, {fault[0]}", fault[1])
    for name, folder in folders.items():
        own = path.parent / folder
        company, workbook = read_workbook(own, scenario.start)
        if company != name:
            raise InputError(path, f"workbooks.{name}", f"found {folder!r}, which holds the data of {company}")
        scenario = with_workbook(scenario, company, workbook, own, path)
    return scenario


def with_workbook(scenario: Scenario, company: str, workbook: Workbook, folder: Path, path: Path) -> Scenario:
    """Return a scenario in which a company's own data are these, read in a folder. `path`: what names it, for messages.

    Raises InputError for data that the scenario leaves no room for.
    """
    own = {"workbooks": {**scenario.workbooks, company: workbook}, "folders": {**scenario.folders, company: str(folder)}}
    return validated(Scenario, {**dict(scenario), **own}, path)


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
            shown = (
                ""
                if isinstance(found, (dict, Frozen))
                else f"found {written(found) if isinstance(found, (Fraction, Written)) else repr(found)}; "
            )
            problem = shown + _allowed(first)
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise InputError(path, place, problem + more) from None


def _allowed(error: Mapping[str, Any]) -> str:
    """Return what a check asks instead of what it found, with what is likely to be meant."""
    kind, found = error["type"], error.get("input")
    allowed = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if kind.startswith("int_") and isinstance(found, Written | str) and of_thousands(written(found)):
        return whole_number(found)
    if kind.startswith("date_"):
        known = found.strip() if isinstance(found, str) else f"{found}-12-31" if isinstance(found, int) else ""
        return f"a date is needed, without quotes: {known if DAY.fullmatch(known) else '2042-12-31'}"
    if kind == "less_than_equal" and error["ctx"]["le"] == 1 and isinstance(found, int | float) and found <= 100:
        return f'{allowed}; {plain(Fraction(str(found)) / 100)} or "{found}%" says {found} percent'
    return allowed


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


def changed(scenario: Scenario, changes: Mapping[str, Any], name: str, by: str) -> Scenario:
    """Return a scenario under another name with tables laid over it, as in a file that extends it (`law_changes` included).

    `by`: what changes it, for the sources of the values and in messages. Raises InputError for a key or value that cannot be.
    """
    over = dict(changes)
    _refuse_folders(over, by)
    if "law_changes" in over:
        over["law"] = over.pop("law_changes")
    return validated(Scenario, {**merge(opened(scenario, over), over, by), "name": name}, Path(by))


def opened(held: Any, over: Mapping[str, Any]) -> Any:
    """Return what a scenario holds as tables, as far down as `over` reaches: all else stays as it was checked, and is not checked again."""
    if isinstance(held, Frozen):
        values = vars(held)
        held = {key: values[name] for name, key in _keys(type(held)).items()}
    if not isinstance(held, dict):
        return held
    return held | {key: opened(held[key], value) for key, value in over.items() if key in held and isinstance(value, dict)}


@cache
def _keys(model: type[Frozen]) -> Mapping[str, str]:
    """Return the key of every field of a model, by its name."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


def _plain(value: Any) -> Any:
    """Return a value as a file would have it: a number of numpy is a number, an array a list."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _lay(over: dict[str, Any], held: Any, key: str, value: Any, by: str) -> None:
    """Lay a value in the tables `over`, at its key; of what has a value in `held`, a parameter or a reading, it is the value; a distribution is
    that constant. Raises InputError for a key that stands twice."""
    *above, last = key.split(".")
    table = over
    for part in above:
        held = getattr(held, "law" if part == "law_changes" else part, None)
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise InputError(by, key, "stands twice")
    if last in table:
        raise InputError(by, key, "stands twice")
    at = getattr(held, last, None)
    fields = type(at).model_fields if isinstance(at, Frozen) and value is not None and not isinstance(value, dict) else {}
    of = next((each for each in ("value", "constant") if each in fields), None)
    table[last] = {of: value} if of else value
