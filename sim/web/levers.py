"""The levers of the page: how each is called in an address, what it may be, what it changes in a scenario. A question is some of them moved."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sim.inputs.errors import InputError, nearest, refuse_unknown
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.source import installed

BASE = "baseline"
MOST_REPLICATIONS = 500  # to which an answer is refined
NUMBER, SHARE, CHOICE, RATES = "number", "share", "choice", "rates"
LONGEST = 120  # letters of a value in an address: a rate of six for each of sixteen tests
TESTS = "law_changes.tests"
RATE = re.compile(r"rate_(20[0-9][0-9])")  # as a form calls the rate of the test of a year
WRITTEN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
THOUSANDS = re.compile(r"[0-9]{1,3}(?:[., ][0-9]{3})+")  # in a whole number a point or comma parts nothing else
PLACES = 6  # of a number in an address: what is computed is what it says
NO_TESTS_ASKED = {"status": "reading", "source": "asked on the page"}


class Lever(NamedTuple):
    """A lever: its name in an address, its group, its kind, what it changes (a key as `Scenario.with_` takes it).

    `low`, `high`, `step`: of a number as the page shows it (a share in percent). `options`: of a choice. `part`: the key of its value in a table
    that others share, or that is no parameter.
    """

    name: str
    group: str
    kind: str
    key: str
    low: float = 0
    high: float = 0
    step: float = 1
    options: tuple[str, ...] = ()
    part: str = ""


LEVERS = (
    Lever("first", "tests", NUMBER, TESTS, 2027, 2042, part="first"),
    Lever("every", "tests", NUMBER, TESTS, 1, 10, part="every"),
    Lever("last", "tests", NUMBER, TESTS, 2027, 2042, part="last"),
    Lever("stage", "tests", CHOICE, TESTS, options=("law", "MJP", "KTP", "realised"), part="stage"),
    Lever("halfway", "tests", SHARE, TESTS, 0, 100, 5, part="halfway"),
    Lever("judged", "tests", CHOICE, "levers.judged_on", options=("stage", "lead_time")),
    Lever("rates", "tests", RATES, TESTS, 0, 100, part="rates"),
    Lever("charged", "tests", CHOICE, TESTS, options=("law", "between"), part="charged"),
    Lever("years", "tests", NUMBER, "law_changes.values.charged_years", 0, 10),
    Lever("company", "sanction", SHARE, "levers.contribution_by_company", 0, 100, 5),
    Lever("criterion", "sanction", CHOICE, "law_changes.readings.category_2B", options=("either", "both")),
    Lever("instruments", "sanction", NUMBER, "law_changes.values.voluntary_needed", 0, 7),
    Lever("help", "sanction", SHARE, "levers.shared_services", 0, 100, 5),
    Lever("helped", "sanction", CHOICE, "levers.shared_services_to", options=("all", "2B")),
    Lever("minimum", "objectives", NUMBER, "exempt", 0, 50_000, 1_000, part="inhabitants_below"),
    Lever("swaps", "objectives", CHOICE, "levers.redistribution", options=("none", "working_area", "neighbours")),
    Lever("exemptions", "objectives", SHARE, "levers.exemption_asked", 0, 100, 5),
    Lever("envelope", "objectives", NUMBER, "law_changes.values.envelope", 0, 11_000, 500),
    Lever("managers", "means", SHARE, "levers.managers_scale", 50, 300, 10),
    Lever("growth", "means", SHARE, "levers.slot_growth", -5, 15, 1),
    Lever("money", "means", SHARE, "levers.finance_scale", 50, 300, 10),
    Lever("land", "means", NUMBER, "levers.land_purchase", 0, 3_000, 100),
    Lever("renting", "means", SHARE, "levers.rent_in_support", 0, 300, 10),
    Lever("appeals", "means", SHARE, "uncertainties.appeal", 0, 80, 1),
    Lever("private", "means", SHARE, "uncertainties.private_share", 0, 80, 5),
    Lever("response", "behaviour", SHARE, "uncertainties.response", 0, 100, 5, part="constant"),
    Lever("paper", "behaviour", SHARE, "uncertainties.paper", 0, 50, 5),
)
BY_NAME = {lever.name: lever for lever in LEVERS}
GROUPS = tuple(dict.fromkeys(lever.group for lever in LEVERS))


@cache
def base(replications: int = MOST_REPLICATIONS) -> Scenario:
    """Return the scenario that everything is held beside: the draft."""
    return scenario_of(BASE, None, replications).without_histories()


def read(name: str, text: str) -> float | str | tuple[float, ...] | None:
    """Return the value that a text of an address or a form gives a lever; None for an empty one. Raises InputError for what it may not be."""
    lever, text = BY_NAME[name], text.strip()
    if not text:
        return None
    if len(text) > LONGEST:
        raise InputError("", name, f"found {len(text)} letters; at most {LONGEST} are allowed")
    if lever.kind == CHOICE:
        if text not in lever.options:
            raise InputError("", name, f"found {text!r}; {nearest(text, lever.options)}")
        return text
    if lever.kind == RATES:
        return tuple(_number(lever, part) for part in text.replace(";", " ").replace("%", " ").split())
    return _number(lever, text.removesuffix("%"))


def _number(lever: Lever, text: str) -> float:
    plain = text.strip()
    if lever.kind == NUMBER and THOUSANDS.fullmatch(plain):
        plain = re.sub("[., ]", "", plain)
    known = len(plain) < 20 and WRITTEN.fullmatch(plain)
    value = round(float(plain.replace(",", ".")), PLACES) if known else float("nan")
    if not lever.low <= value <= lever.high or (lever.kind == NUMBER and value != round(value)):
        kind = "a whole number from" if lever.kind == NUMBER else "a percentage from"
        raise InputError("", lever.name, f"found {text[:20]!r}; {kind} {lever.low:g} to {lever.high:g} is allowed")
    return value


def rates_of(scenario: Scenario) -> dict[int, float]:
    """Return the part of the premium that each test charges, by its year, in percent."""
    return {m.test: round(float(100 * (m.rate or 0)), PLACES) for m in scenario.law.rhythm if m.test is not None}


def of_draft(lever: Lever) -> Any:
    """Return what a lever moves as the draft has it, with its status and source; None for a calendar of tests and for exemptions."""
    held: Any = base()
    for part in lever.key.split(".") if lever.key not in (TESTS, "exempt") else ():
        held = getattr(held, "law" if part == "law_changes" else part)
    return held if held is not base() else None


@cache
def present() -> Mapping[str, Any]:
    """Return the value that every lever has in the draft, as the page shows it; None where the draft has no single one."""
    scenario, found = base(), dict[str, Any]()
    tests = [m for m in scenario.law.rhythm if m.test is not None]
    years = [int(m.test or 0) for m in tests]
    of_tests = {
        "first": years[0],
        "every": years[1] - years[0],
        "last": years[-1],
        "halfway": 50.0,
        "stage": "law",
        "charged": "law",
        "rates": tuple(rates_of(scenario).values()),
    }
    for lever in LEVERS:
        if lever.key == TESTS:
            found[lever.name] = of_tests[lever.part]
        elif lever.key == "exempt":
            found[lever.name] = 0
        elif lever.part == "constant":
            found[lever.name] = None  # drawn anew in every simulation
        else:
            value = of_draft(lever).value
            found[lever.name] = value if lever.kind == CHOICE else round(float(value) * (100 if lever.kind == SHARE else 1), PLACES)
    return found


@dataclass(frozen=True)
class Question:
    """Some levers moved, each to another value than the draft has; in the order of LEVERS. None moved: the draft itself."""

    moved: tuple[tuple[str, Any], ...]

    @cached_property
    def address(self) -> str:
        """The question as the query of an address, always the same for the same question."""
        return urlencode([(name, written(value)) for name, value in self.moved])

    @cached_property
    def changes(self) -> dict[str, Any]:
        """What it changes in the draft, as `Scenario.with_` and `sim.evaluate` take it."""
        changes: dict[str, Any] = {}
        for name, value in self.moved:
            lever = BY_NAME[name]
            if lever.key == TESTS:
                changes.setdefault(TESTS, {})[lever.part] = _of_tests(lever, value)
            elif lever.key == "exempt":
                changes["exempt"] = {"inhabitants_below": int(value), "redistributed": True}
            elif lever.part:
                changes[lever.key] = {lever.part: value / 100}
            else:
                changes[lever.key] = _plain(lever, value)
        if TESTS in changes:
            if {"first", "last"} & changes[TESTS].keys():  # the years between tests are what the page shows
                changes[TESTS].setdefault("every", int(present()["every"]))
            changes[TESTS] |= NO_TESTS_ASKED
        return changes

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that it asks for. Raises InputError for levers that cannot be together."""
        return base().with_(self.changes) if self.moved else base()

    @cached_property
    def key(self) -> str:
        """By which its answer is kept."""
        return key_of(self.scenario)

    @cached_property
    def unrated(self) -> "Question":
        """The same question with the rates as they are of themselves in its rhythm of tests."""
        return Question(tuple(pair for pair in self.moved if pair[0] != "rates"))

    @property
    def file(self) -> str:
        """The name of its scenario file."""
        return f"wat-als-{hashlib.sha256(self.address.encode()).hexdigest()[:8]}.toml" if self.moved else "baseline.toml"

    def toml(self) -> str:
        """Return the scenario as a file, which gives the same numbers."""
        lines = [f'extends = "{BASE}.toml"', *(f"{key} = {_toml(f'What if: {self.address}')}" for key in ("title", "title_nl"))]
        tables = []
        for key, value in self.changes.items():
            if key == TESTS:
                tables += ["", f"[{TESTS}]", *(f"{part} = {_toml(v)}" for part, v in value.items())]
            elif isinstance(value, Mapping):
                lines += [f"{key}.{part} = {_toml(v)}" for part, v in value.items()]
            else:
                lines.append(f"{key}.value = {_toml(value)}")
        return "\n".join([*lines, *tables, ""])


def key_of(scenario: Scenario) -> str:
    """Return by what the answer to a scenario is kept: a digest of what it holds, and of all that computes."""
    content = scenario.model_dump_json(exclude={"name", "title", "title_nl", "replications", "outcomes", "folder"})
    return hashlib.sha256(f"{installed()}\n{content}".encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def relieved(asked: Question) -> Mapping[str, tuple[str, Scenario]]:
    """Return a question's scenario with each relief, by which an answer to it is kept, and the scenario; none where they cannot be together."""
    try:
        scenarios = {name: asked.scenario.with_(relief.changes) for name, relief in counterfactuals().items()}
    except InputError:
        return {}
    return {name: (key_of(scenario), scenario) for name, scenario in scenarios.items()}


def question(given: Iterable[tuple[str, str]]) -> tuple[Question, list[InputError]]:
    """Return what names and texts of an address ask, with what is wrong in them, a fault each: those levers stay as they are.

    The rate of a single test takes the place of what it would be; that of a year without a test is left out. Raises InputError for a name that
    no lever has, and one that stands twice.
    """
    texts: dict[str, str] = {}
    for name, text in given:
        if not RATE.fullmatch(name):
            refuse_unknown(name[:LONGEST], BY_NAME, "", "address", "lever")
        if name in texts:
            raise InputError("", name, "stands twice in the address; once is allowed")
        texts[name] = text
    held, moved, faults = present(), [], []
    for lever in LEVERS:
        try:
            value = read(lever.name, texts.get(lever.name, ""))
        except InputError as error:
            faults.append(error)
            continue
        if value is not None and value != () and value != held[lever.name]:
            moved.append((lever.name, value))
    single = {int(match[1]): text for name, text in texts.items() if (match := RATE.fullmatch(name)) and text.strip()}
    asked = Question(tuple(moved))
    try:
        return _rated(asked, {year: _number(BY_NAME["rates"], text.removesuffix("%")) for year, text in single.items()}), faults
    except InputError as error:
        return asked, [*faults, error]


def _rated(asked: Question, single: Mapping[int, float]) -> Question:
    """Return a question with the rates of single tests."""
    if not single:
        return asked
    try:
        own, rates = rates_of(asked.unrated.scenario), rates_of(asked.scenario)
    except InputError:  # levers that cannot be together: that is said elsewhere
        return asked
    rates |= {year: rate for year, rate in single.items() if year in rates}
    if rates == own:
        return asked.unrated
    order = [lever.name for lever in LEVERS]
    return Question(tuple(sorted((*asked.unrated.moved, ("rates", tuple(rates.values()))), key=lambda pair: order.index(pair[0]))))


def written(value: Any) -> str:
    """Return a value as an address has it."""
    if isinstance(value, tuple):
        return " ".join(map(written, value))
    return value if isinstance(value, str) else f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


def _of_tests(lever: Lever, value: Any) -> Any:
    if lever.kind == CHOICE:
        return value
    if lever.kind == RATES:
        return [_exact(part) for part in value]
    return _exact(value) if lever.kind == SHARE else int(value)


def _exact(percent: float) -> str | int:
    """Return a percentage as the law writes a share."""
    share = Fraction(str(percent)) / 100
    return int(share) if share.denominator == 1 else f"{share.numerator}/{share.denominator}"


def _plain(lever: Lever, value: Any) -> Any:
    if lever.kind == CHOICE:
        return value
    return value / 100 if lever.kind == SHARE else int(value)


def _toml(value: Any) -> str:
    """Return a value as TOML: JSON writes texts, numbers and lists as TOML reads them."""
    return json.dumps(value, ensure_ascii=False)
