"""A scenario written from answers: what is written loads to exactly what was asked, by options and by questions, and no file is written over."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim import cli
from sim.cli.new import answered, percent, percents, questions, stage, toml, whole, write
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from sim.report.language import Language

DUTCH = Language("nl")
shares = st.integers(0, 1000).map(lambda thousandths: Fraction(thousandths, 1000))


def as_typed(share: Fraction) -> str:
    """Return a share in percent, with a decimal comma."""
    return f"{float(100 * share):g}".replace(".", ",") + "%"


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    calendar=st.fixed_dictionaries(
        {}, optional={"first": st.integers(2027, 2034), "every": st.integers(1, 4), "last": st.integers(2038, 2042)}
    ),
    rates=st.lists(shares, max_size=2),
    asked=st.sampled_from(["", "MJP", "ktp", "Gerealiseerd"]),
    others=st.fixed_dictionaries(
        {},
        optional={
            "company_pays": shares,
            "response": shares,
            "exempt_below": st.integers(6_000, 200_000),
            "managers": st.integers(1, 30).map(lambda tenths: Fraction(tenths, 10)),
            "title": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30),
        },
    ),
)
def test_what_is_written_is_what_was_asked(
    tmp_path_factory: pytest.TempPathFactory, calendar: dict[str, int], rates: list[Fraction], asked: str, others: dict[str, Any]
) -> None:
    """Every answer, typed as people type it, read back from the file; what was not answered is the baseline's."""
    path = tmp_path_factory.mktemp("new") / "mine.toml"
    typed: dict[str, str | None] = {name: str(year) for name, year in calendar.items()}
    typed |= {"rates": "; ".join(map(as_typed, rates)) or None, "stage": asked or None}
    typed |= {name: as_typed(value) for name, value in others.items() if name in ("company_pays", "response")}
    typed |= {"exempt_below": str(others["exempt_below"]) if "exempt_below" in others else None, "title": others.get("title")}
    typed |= {"managers": str(float(others["managers"])).replace(".", ",")} if "managers" in others else {}
    write(path, toml(answered(typed, DUTCH, None, print), path, DUTCH))
    scenario, baseline = load_scenario(path), load_scenario("scenarios/baseline.toml")
    tests = [m for m in scenario.law.rhythm if m.test is not None]
    if not calendar:
        assert [m.test for m in tests] == [2028, 2031, 2034, 2037, 2040]
    if "first" in calendar:
        assert tests[0].test == calendar["first"]
    if "last" in calendar:
        assert tests[-1].test == calendar["last"]
    if "every" in calendar:
        assert all(b.test - a.test == calendar["every"] for a, b in pairwise(tests[:-1]))
    if rates:
        assert [m.rate for m in tests] == [rates[min(k, len(rates) - 1)] for k in range(len(tests))]
    if asked:
        assert {r.stage for m in tests for r in m.regular} | {r.stage for m in tests for r in m.sib} == {stage(asked)}
    assert scenario.title_nl == others.get("title", scenario.title_nl)
    assert scenario.levers.contribution_by_company.value == float(others.get("company_pays", 0))
    assert scenario.levers.managers_scale.value == float(others.get("managers", 1))
    response = others.get("response")
    assert scenario.uncertainties.response.constant == (None if response is None else float(response))
    below = others.get("exempt_below")
    assert (scenario.exempt and scenario.exempt.inhabitants_below) == below
    if not (calendar or rates or asked):
        assert scenario.law == baseline.law


OPTIONS = ["--first", "2029", "--every", "3", "--rates", "10,20,30,40,50", "--company-pays", "100", "--exempt-below", "10.000"]


def test_questions_and_options_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the task asks: a first test in 2029 with five rates, from five words or five answers; then the echo, and what to type next."""
    monkeypatch.chdir(tmp_path)
    run = CliRunner(env={"COLUMNS": "80"})
    by_option = run.invoke(cli.app, ["new", "mijn.toml", *OPTIONS])
    answers = "\n2029\n3\n10, 20, 30, 40, 50\nveel\n\n\n100%\n10 000\n\n\n\n"  # a wrong one is asked again
    by_answer = run.invoke(cli.app, ["new", "ander"], input=answers)
    assert (by_option.exit_code, by_answer.exit_code) == (0, 0), by_option.output + by_answer.output
    assert Path("mijn.toml").read_text("utf-8") == Path("ander.toml").read_text("utf-8")
    assert [m.test for m in load_scenario("mijn.toml").law.rhythm] == [2029, 2032, 2035, 2038, 2041, None]
    assert "found 'veel'" in by_answer.output
    for output, name in ((by_option.output, "mijn.toml"), (by_answer.output, "ander.toml")):
        assert "jun 2041    eind 2040" in output
        assert f"bso compare baseline {name} --report" in output
        assert "Geen objectief voor 55 gemeenten" in output


def test_without_a_title_it_is_called_after_what_it_changes(tmp_path: Path) -> None:
    """So that a report tells scenarios apart; after its file where it changes nothing."""
    path = tmp_path / "mine.toml"
    answers = answered({"first": "2029", "every": "2", "exempt_below": "10000"}, DUTCH, None, print)
    write(path, toml(answers, path, DUTCH))
    assert load_scenario(path).title_nl == "Eerste toets in 2029, om de 2 jaar een toets, geen objectief onder 10.000 inwoners"
    assert 'title = "mine"' in toml({}, path, DUTCH)


def test_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there stays; what cannot be leaves none behind."""
    monkeypatch.chdir(tmp_path)
    path = Path("mijn.toml")
    path.write_text("of mine", "utf-8")
    with pytest.raises(InputError, match=r"mijn\.toml: is there already"):
        CliRunner().invoke(cli.app, ["new", "mijn", "--first", "2029"], catch_exceptions=False)
    with pytest.raises(InputError, match="is there already"):
        write(path, "")
    assert path.read_text("utf-8") == "of mine"
    with pytest.raises(InputError, match="found a test in 2050"):
        CliRunner().invoke(cli.app, ["new", "later", "--first", "2050"], catch_exceptions=False)
    assert [file.name for file in tmp_path.iterdir()] == ["mijn.toml"]


@pytest.mark.parametrize(
    "asked", [("", "--first", "2029"), (".", "--first", "2029"), ("mine", "--official", ""), ("mine", "--managers", " ")]
)
def test_a_variable_that_nobody_set_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]) -> None:
    """As a name or an option: a scenario without the figures that were meant would be another one."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"found ''|found '\.'|found nothing"):
        CliRunner().invoke(cli.app, ["new", *asked], catch_exceptions=False)
    assert not list(tmp_path.iterdir())


def test_any_title_can_be_read_again(tmp_path: Path) -> None:
    """Whatever letter stands in it."""
    for number, title in enumerate(("a\x7fb", 'a"b', "a\\b", "=cmd|calc!A0", "a\x1b[31mb", "\u202etxt", "[/]", "${HOME}")):
        path = tmp_path / f"{number}.toml"
        write(path, toml({"title": title}, path, DUTCH))
        assert load_scenario(path).title == title


def test_a_table_of_official_figures_is_named_from_where_the_scenario_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And said to be partial where it is."""
    monkeypatch.chdir(tmp_path)
    Path("figures.csv").write_text("nis,sib\n41002,77\n", "utf-8")
    Path("own").mkdir()
    path = Path("own") / "mine.toml"
    write(path, toml(answered({"official": "figures.csv"}, DUTCH, None, print), path, DUTCH))
    scenario = load_scenario(path)
    assert scenario.official is not None
    assert (scenario.official.file, scenario.official.partial) == ("../figures.csv", True)
    assert load_region(scenario).laid["sib"] == {list(load_region().nis).index(41002): 77}


@pytest.mark.parametrize(
    ("read", "text", "problem"),
    [
        (percent, "0.1", "a percentage is needed: 10 for 0.1, or 0.1%"),
        (percent, "101", "0 to 100 percent is allowed"),
        (percents, "12,5", "semicolons between the rates are needed"),
        (percents, "10,20,5", "semicolons between the rates are needed, as 0,5 may be one or two"),
        (whole, "2029.5", "a whole number is needed"),
        (stage, "permit", "MJP, KTP, realised is allowed"),
    ],
)
def test_an_answer_that_may_mean_two_things_is_refused(read: Any, text: str, problem: str) -> None:
    """With what is needed."""
    with pytest.raises(ValueError, match=problem):
        read(text)


def test_every_question_has_its_option() -> None:
    """By the same name, and is asked in both languages."""
    command = next(each for each in cli.app.registered_commands if each.callback is not None and each.callback.__name__ == "new")
    assert command.callback is not None
    names = [question.name for question in questions(DUTCH)]
    assert set(names) == set(command.callback.__annotations__) - {"file", "lang", "return"}
    assert [q.name for q in questions(Language("en"))] == names
