"""The levers: an address, a file and a dictionary of changes ask the same; what cannot be is said, lever by lever."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.report.language import Language, labels
from sim.web.levers import CHOICE, GROUPS, LEVERS, RATES, TESTS, Lever, Question, base, present, question
from sim.web.pages.whatif import controls, moved_words

UNSAID = {"name", "title", "title_nl", "folder", "outcomes"}


def values(lever: Lever) -> st.SearchStrategy[str]:
    """Return texts that a lever takes."""
    if lever.kind == CHOICE:
        return st.sampled_from(lever.options)
    ends = st.integers(int(lever.low), int(lever.high))
    if lever.name in ("first", "every", "last"):
        return ends.filter(lambda year: year not in (2041, 2042)).map(str)
    return (
        st.lists(ends, min_size=1, max_size=2).map(lambda rates: " ".join(map(str, rates)))
        if lever.kind == RATES
        else ends.map(str)
    )


asked = st.sets(st.sampled_from(LEVERS), max_size=5).flatmap(
    lambda levers: st.fixed_dictionaries({lever.name: values(lever) for lever in levers})
)


def content(scenario: Scenario) -> object:
    """Return what a scenario is, but for what its values say of where they come from."""

    def without(held: object) -> object:
        if isinstance(held, dict):
            return {key: without(value) for key, value in held.items() if key not in ("source", "status")}
        return [without(value) for value in held] if isinstance(held, (list, tuple)) else held

    return without(scenario.model_dump(exclude=UNSAID))


@settings(max_examples=25, deadline=None)
@given(texts=asked)
def test_an_address_a_file_and_changes_ask_the_same(texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    found, faults = question(texts.items())
    assert faults == []
    again, _ = question([tuple(pair.split("=")) for pair in found.address.replace("+", " ").split("&") if pair])  # type: ignore[misc]
    assert again == found
    try:
        scenario = found.scenario
    except InputError:
        return  # these levers cannot be together
    file = tmp_path_factory.mktemp("asked") / "asked.toml"
    file.write_text(found.toml(), encoding="utf-8")
    read = load_scenario(file, replications=base().replications)
    assert content(read) == content(scenario)


def test_the_present_value_moves_nothing() -> None:
    """What the form shows of the draft, sent back, asks for the draft."""
    shown = {name: " ".join(f"{part:g}" for part in v) if isinstance(v, tuple) else v for name, v in present().items()}
    found, faults = question((name, str(value)) for name, value in shown.items() if value is not None)
    assert (found, faults) == (Question(()), [])
    assert found.scenario == base()


def test_years_between_tests_are_what_the_page_shows() -> None:
    """A later first test keeps three years between tests, as the form says, instead of the draft's own years."""
    found, _ = question([("first", "2030")])
    assert [m.test for m in found.scenario.law.rhythm if m.test] == [2030, 2033, 2036, 2039]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("first", "1900"),
        ("first", "2030.5"),
        ("managers", "nan"),
        ("managers", "1e9"),
        ("judged", "x"),
        ("rates", "a b"),
        ("land", "-1"),
        ("land", "1_0"),
        ("land", "٣٠"),
        ("managers", "1e2"),
    ],
)
def test_a_value_that_cannot_be_is_a_fault_of_its_lever(name: str, text: str) -> None:
    found, faults = question([(name, text)])
    assert found == Question(())
    assert [fault.place for fault in faults] == [name]


@pytest.mark.parametrize("given_", [[("nothing", "1")], [("first", "2030"), ("first", "2031")]])
def test_an_address_that_asks_nothing_known_is_refused(given_: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError):
        question(given_)


def test_every_lever_option_and_group_has_a_name() -> None:
    names, options = labels()["lever_of_page"], labels()["lever_option"]
    assert {*names} == {f"{lever.name}{part}" for lever in LEVERS for part in ("", "_hint")}
    assert {*options} == {f"{lever.name}_{option}" for lever in LEVERS for option in lever.options}
    assert all(f"group_{group}" in labels()["web"] for group in GROUPS)


def test_what_every_lever_rests_on_can_be_opened() -> None:
    """But for the calendar of tests, which has a table, and the exemption and criterion, which are choices."""
    rows = {c.name: c for _, group in controls(Question(()), {}, {}, Language("nl")) for c in group}
    bare = {name for name, control in rows.items() if not control.source}
    assert bare == {lever.name for lever in LEVERS if lever.key in (TESTS, "exempt") and lever.kind != RATES} | {"criterion"}
    assert rows["appeals"].status == "gevonden, in elke simulatie een andere waarde, van 15% tot 45%"
    assert all(control.status for control in rows.values() if control.source)


def test_a_file_has_no_path() -> None:
    """What is typed never reaches a name of a file."""
    found, _ = question([("first", "2030")])
    assert Path(found.file).name == found.file


@pytest.mark.parametrize(
    ("form", "address"),
    [
        ("rate_2028=40", "rates=40+50+50+100+50"),
        ("rates=10+20+30+40+50&rate_2031=90%25", "rates=10+90+30+40+50"),
        ("first=2029&every=6&rate_2028=40&rate_2035=33", "first=2029&every=6&rates=25+33"),  # there is no test in 2028
        ("rates=40&rate_2028=25&rate_2031=50&rate_2034=50&rate_2037=100&rate_2040=50", ""),  # back to the draft
        ("rate_2028=&rate_2031=", ""),
        ("minimum=10.000&land=3,000&managers=112,500", "minimum=10000&managers=112.5&land=3000"),  # as the page writes thousands
        ("response=33.33333333333", "response=33.333333"),
        ("first=2042&last=2030&rate_2042=5", "first=2042&last=2030"),  # cannot be together, which is said of those
    ],
)
def test_the_rate_of_a_single_test_takes_the_place_of_its_own(form: str, address: str) -> None:
    found, faults = question(parse_qsl(form, keep_blank_values=True))
    assert (found.address, faults) == (address, [])


def test_a_rate_for_each_of_sixteen_tests_is_read_from_its_own_address() -> None:
    form = [
        ("first", "2027"),
        ("every", "1"),
        ("last", "2042"),
        *((f"rate_{year}", f"{year - 2000},25") for year in range(2027, 2043)),
    ]
    found, _ = question(form)
    assert len(dict(found.moved)["rates"]) == 16
    assert question(parse_qsl(found.address)) == (found, [])


def test_a_rate_that_cannot_be_is_said_beside_the_rates() -> None:
    found, faults = question([("first", "2030"), ("rate_2030", "140")])
    assert found.address == "first=2030"
    assert [fault.place for fault in faults] == ["rates"]


def test_more_or_fewer_tests_are_said() -> None:
    """As they have more or fewer verdicts; as many are not, nor what cannot be asked."""
    said = {
        text: moved_words(question(parse_qsl(text))[0], Language("en"))
        for text in ("first=2030", "years=2", "first=2042&last=2030")
    }
    assert said["first=2030"][1:] == ["Number of tests because of that: 4 (2030, 2033, 2036, 2039; draft: 5)"]
    assert all(len(lines) == len(parse_qsl(text)) for text, lines in said.items() if text != "first=2030")
