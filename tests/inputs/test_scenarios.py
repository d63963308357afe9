"""The library of scenarios: every file is small, valid, says in a sentence what it changes, and changes it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import cli
from sim.cli import inputs
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.law.model import Law, law_tables
from sim.inputs.law.rhythm import CalendarOfTests
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Exempt, Scenario, load_scenario
from sim.inputs.scenario.toml import read_extended, read_toml
from sim.runs.chunk import digest
from tests.support.hostile import TEXTS
from tests.support.project import BASELINE, FORECAST, ROOT

LIBRARY = ROOT / "scenarios"
FILES = [path for path in sorted(LIBRARY.glob("**/*.toml")) if path != FORECAST and path.parent.name != "sweeps"]
VVSG = [
    *(
        "later_first_test",
        "support_instead_of_sanctions",
        "real_lead_times",
        "beyond_control",
        "shared_sanction",
        "swaps_across_areas",
    ),
    *(
        "more_time_for_agreements",
        "separate_renovation_budget",
        "growing_rent_in",
        "land_purchase",
        "social_share_in_private_projects",
    ),
    *("mediation_and_fewer_appeals", "buy_and_renovate", "guaranteed_larger_envelope", "covenants_kept"),
]
OTHERS = [
    "first_test_2029",
    "company_pays",
    "small_exempt",
    "merged_companies",
    "exemptions",
    "redistribution",
    "steering/hierarchical",
    "steering/market",
    "steering/network",
]
SAYS_ALL = "first_edition"  # says what holds for it though the baseline says so too: the baseline may move on
WORDS = ("extends", "title", "title_nl", "status", "source", "unit")
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def leaves(tables: dict[str, Any], place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value that is no table, with its place; a distribution's parameters count as one value."""
    for key, value in tables.items():
        if isinstance(value, dict) and key != "parameters":
            yield from leaves(value, (*place, key))
        else:
            yield (*place, key), value


def digests(scenario: Scenario) -> list[str]:
    """Return the digests of the first two replications."""
    model = build_model(scenario, load_region(scenario))
    return [digest(replicate(model, number)) for number in (0, 1)]


@pytest.fixture(scope="module")
def unchanged() -> list[str]:
    """The baseline's digests."""
    return digests(load_scenario(FORECAST))


def test_the_library_holds_what_was_asked() -> None:
    """What the VVSG asks for, the steering models, exemptions and redistribution; no two files have the same name."""
    found = {path.relative_to(LIBRARY).with_suffix("").as_posix() for path in FILES}
    assert {*OTHERS, *(f"vvsg/{name}" for name in VVSG)} <= found
    assert len({path.stem for path in FILES}) == len(FILES)


@every_file
def test_a_scenario_says_in_one_sentence_what_it_changes(path: Path) -> None:
    """A title in English and one in Dutch, without names of keys; a comment says where the idea comes from."""
    tables = read_toml(path)
    base = path
    while base != FORECAST:  # another file of the library may stand in between
        base = (base.parent / read_toml(base)["extends"]).resolve()
        assert base in (FORECAST, *FILES)
    for title in (tables["title"], tables["title_nl"]):
        assert re.fullmatch(r"[A-ZË][^.!?_]{20,130}(\d\.\d[^.!?_]*)?", title), title
    assert tables["title"] != tables["title_nl"]
    assert path.read_text(encoding="utf-8").startswith("# ")


@every_file
def test_every_changed_key_exists_and_changes(path: Path) -> None:
    """Each value belongs to a parameter or law value that there is (the check knows its keys), and is another value than there."""
    baseline = read_extended(FORECAST)
    law = {**law_tables(baseline["law"], FORECAST), "tests": dict.fromkeys(CalendarOfTests.model_fields)}
    known = {"exempt": dict.fromkeys(Exempt.model_fields), "merge": {}, **baseline, "law_changes": law}
    changed = [(place, value) for place, value in leaves(read_toml(path)) if place[-1] not in WORDS]
    assert changed
    for place, value in changed:
        there: Any = known
        for key in place[:-1]:
            assert key in there, ".".join(place)
            there = there[key]
        assert value != there.get(place[-1]) or path.stem == SAYS_ALL, ".".join(place)


@every_file
def test_the_scenario_passes_the_check(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`bso check NAME` from the library; and `bso check FILE`, of one."""
    monkeypatch.chdir(ROOT)
    for name in (path.stem, path) if path == BASELINE else (path.stem,):
        monkeypatch.setattr(sys, "argv", ["bso", "check", str(name)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        assert (left.value.code or 0, err) == (0, "")
        assert "valid scenario" in out


@every_file
def test_the_scenario_runs_and_differs_from_the_baseline(path: Path, unchanged: list[str]) -> None:
    """Two replications, of which at least one has another history."""
    assert digests(load_scenario(path)) != unchanged


def test_the_command_lists_every_scenario(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, with its title."""
    monkeypatch.chdir(ROOT)
    inputs.scenarios()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(FILES) + 1
    for path in FILES:
        assert sum(path.stem in line.split()[:1] and read_toml(path)["title"] in line for line in lines) == 1


def test_the_first_edition_has_its_money_and_none_of_the_second() -> None:
    """1,360 dwellings financed in 2026 and about 2,580 in 2034, in each company's own fund; whatever came later is off."""
    scenario = load_scenario(LIBRARY / "first_edition.toml")
    model, how, levers = build_model(scenario, load_region(scenario)), scenario.uncertainties, scenario.levers
    financed = how.budget.mean() * 1000 * (1 - levers.renovation_share.value)
    assert financed == pytest.approx(1360, abs=1)
    assert financed * (1 + levers.budget_growth.value) ** 8 == pytest.approx(2580, abs=15)
    assert set(model.cost.tolist()) == {1}
    assert len(set(model.company_start["fund"][0].tolist())) == model.company_start.shape[1]
    settings = model.settings[0]
    for name in ("limited", "asleep", "dropped_asleep", "paper", "rent_in_additive", "demolishes", "on_path"):
        assert settings[name] == 0, name


def law_of(name: str) -> Law:
    """Return the law of a scenario that the VVSG asks for."""
    return load_scenario(LIBRARY / "vvsg" / f"{name}.toml").law


def rhythm(law: Law, *without: str) -> list[dict[str, Any]]:
    """Return the measurements of a law without their sources and without some keys."""
    return [m.model_dump(exclude={"status", "source", *without}) for m in law.rhythm]


def test_a_later_first_test_is_the_only_change_of_its_rhythm(baseline: Scenario) -> None:
    """The measurement of 2027 loses its test and its rate, the others are the draft's."""
    law = law_of("later_first_test")
    assert rhythm(law)[1:] == rhythm(baseline.law)[1:]
    assert rhythm(law, "test", "rate") == rhythm(baseline.law, "test", "rate")
    assert [m.test for m in law.rhythm] == [None, 2031, 2034, 2037, 2040, None]


def test_support_keeps_every_test_without_a_rate(baseline: Scenario) -> None:
    """The draft's rhythm, and nothing to pay; the weight of 2B is that of 2A."""
    law = law_of("support_instead_of_sanctions")
    assert rhythm(law, "rate") == rhythm(baseline.law, "rate")
    assert {m.rate for m in law.rhythm} == {0}
    scenario = load_scenario(LIBRARY / "vvsg" / "support_instead_of_sanctions.toml")
    assert scenario.uncertainties.after_2B.value == baseline.uncertainties.after_2A.value


def test_real_lead_times_ask_the_short_term_planning_one_measurement_later(baseline: Scenario) -> None:
    """KTP as the draft asks it three years before, MJP as the draft asks it now; dates, tests, rates and the last measurement stay."""
    before, after = baseline.law.rhythm, law_of("real_lead_times").rhythm
    assert [(m.date, m.test, m.rate) for m in after] == [(m.date, m.test, m.rate) for m in before]
    now = [{r.stage: r.shares for r in m.regular} for m in before[:-1]]
    found = [{r.stage: r.shares for r in m.regular} for m in after[:-1]]
    assert [asked.get("KTP") for asked in found[1:]] == [asked.get("KTP") for asked in now[:-1]]
    assert [asked.get("MJP") for asked in found] == [asked.get("MJP", [1, 1, 1]) for asked in now]
    assert (after[0].regular, after[-1].regular) == (before[0].regular, before[-1].regular)
    later = [m.sib for m in after[1:-1]]
    assert later == [m.sib for m in before[:-2]]


LONG = "a" * 40_000
KEYS = (
    *(
        "",
        ".",
        "levers",
        "levers.",
        "levers..x",
        "levers.managers_scale",
        "levers.managers_scale.value.deep",
        "uncertainties.permit",
    ),
    *(
        "uncertainties.permit.parameters.scale",
        "uncertainties.permit.companies.X",
        "law",
        "law_changes.tests.rates",
        "law_changes.values.rate",
    ),
    *(
        "seed",
        "name",
        "title",
        "start",
        "merge",
        "companies.X.managers",
        "official.file",
        "exempt",
        LONG,
        f"uncertainties.{LONG}",
        *TEXTS[:6],
    ),
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        10**30,
        float("nan"),
        "10%",
        LONG,
        b"a",
        [],
        [[[1]]],
        {},
        {"value": LONG},
        {LONG: 1},
        {"a": {"b": {}}},
        {1: 2},
        object(),
    ),
    *(np.float64(2), np.array([1, 2]), np.array([]), np.str_("x"), range(3), {"distribution": LONG, "parameters": {}}),
    {"distribution": "quantiles", "points": [[k / 999, k / 999 + 1] for k in range(1000)]},
)


def given(scenario: Scenario, key: str, value: object) -> str:
    """Return what is said of a scenario with a value laid over it: its title, or why it cannot be."""
    try:
        return scenario.with_({key: value}).title
    except InputError as error:
        return str(error)


def test_whatever_is_laid_over_a_scenario_is_taken_or_refused_in_a_message_that_can_be_read(baseline: Scenario) -> None:
    """Any key with any value: no other error, no message or title of a page."""
    said = {(key, place): given(baseline, key, value) for key in KEYS for place, value in enumerate(VALUES)}
    assert [at for at, text in said.items() if len(text) > 1_500 and at != ("title", VALUES.index(LONG))] == []
    assert 10 < sum(text.startswith(baseline.title) for text in said.values()) < len(said) / 10
    with pytest.raises(InputError, match="found 5; a table of values by their keys is needed"):
        baseline.with_(5)  # type: ignore[arg-type]


def test_a_number_takes_the_place_of_a_distribution(baseline: Scenario) -> None:
    """As a search or a sensitivity study hands values over: what the number is of need not be known."""
    for value in (0.4, np.float64(0.4)):
        found = baseline.with_({"uncertainties.response": value}).uncertainties.response
        assert found == baseline.with_({"uncertainties.response.constant": 0.4}, "other").uncertainties.response.model_copy(
            update={"source": found.source}
        )
        assert {*found.quantile(np.array([0.1, 0.9]))} == {0.4}
    for wrong, said in (("much", "constant: found 'much'; a valid number"), (1.5, "above 1 is not allowed")):
        with pytest.raises(InputError, match=said):
            baseline.with_({"uncertainties.response": wrong})


@pytest.mark.parametrize("key", ["folder", "folders"])
def test_nobody_says_where_a_scenario_lies(key: str, baseline: Scenario, tmp_path: Path) -> None:
    """Not in a file, one that extends it, or by a call: what is looked for there is looked for beside the file."""
    (tmp_path / "one.toml").write_text(f'{key} = "/etc"\nextends = "{BASELINE.as_posix()}"\n', encoding="utf-8")
    (tmp_path / "two.toml").write_text('extends = "one.toml"\n', encoding="utf-8")
    for path in (tmp_path / "one.toml", tmp_path / "two.toml"):
        with pytest.raises(InputError, match=f"{path.name}: {key}: unknown key"):
            load_scenario(path)
    with pytest.raises(InputError, match=f"{key}: unknown key"):
        baseline.with_({key: "/etc"})
