"""Choices side by side, and what would have prevented each 2B: as the command compares them, kept in an address alone."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import sim
from sim.inputs.errors import InputError
from sim.report.language import Language
from sim.runs.tally import counted
from sim.studies.compare import attribution
from sim.studies.compare.study import AS_IS
from sim.web.charts import LETTER, NARROW, VALUE, whiskers
from sim.web.kept import kept
from sim.web.levers import Question, question, relieved
from sim.web.options import LONGEST, MOST, NAME, OPTION, Option, Options, held, options
from sim.web.pages.beside import differing
from sim.web.pages.causes import causes
from sim.web.pages.whatif import compared, sentences
from tests.support.serving import FIRST, FULL, patiently

ASKED = ("every=1", "first=2030")


def asked(address: str) -> Question:
    return question([tuple(pair.split("=")) for pair in address.split("&")])[0]  # type: ignore[misc]


TWO = Options((Option("Elk jaar", asked("every=1")), Option("", asked("first=2030"))))


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=LONGEST)
some = st.lists(st.sampled_from(["every=1", "first=2030", "managers=150", "judged=lead_time"]), max_size=MOST, unique=True)


@settings(max_examples=50, deadline=None)
@given(names=st.lists(names, min_size=MOST, max_size=MOST), chosen=some)
def test_an_address_keeps_choices_and_their_names(names: list[str], chosen: list[str]) -> None:
    whole = Options(tuple(Option(name, asked(text)) for name, text in zip(names, chosen, strict=False)))
    assert held(whole.address) == whole


@pytest.mark.parametrize(
    "pairs",
    [
        [(OPTION, f"every={k}") for k in (1, 2, 4, 5, 6)],
        [(OPTION, "nothing=1")],
        [(OPTION, "every=99")],
        [("x", "1")],
        [(NAME, "a")] * 5,
    ],
)
def test_choices_that_cannot_be_are_refused(pairs: list[tuple[str, str]], page: TestClient) -> None:
    with pytest.raises(InputError):
        options(pairs)
    assert page.get(f"/wat-als/naast?{urlencode(pairs)}").status_code == 400


def test_none_stands_twice_and_the_draft_is_none() -> None:
    assert options([(OPTION, "every=1"), (OPTION, "every=1"), (OPTION, "every=3"), (OPTION, "")]).address == "keuze=every%3D1&naam="


def test_differences_are_those_of_the_command(tmp_path: Path) -> None:
    """The numbers side by side are those of `bso compare` for the scenario files that the page offers, joint intervals too."""
    files = []
    for option in TWO.options:
        files.append(tmp_path / option.question.file)
        files[-1].write_text(option.question.toml(), encoding="utf-8")
    theirs_all = sim.compare("baseline", *files, replications=FULL, with_attribution=False, out=tmp_path / "out", workers=1)
    table = theirs_all.tables["differences"]
    theirs = table[table["condition"] == AS_IS].set_index(["option", "outcome"])
    ours = differing([counted(option.question.scenario, FULL) for option in TWO.options], kept().tally.first(FULL))
    columns = ["difference", "low95", "high95", "better"]
    for letter, file in zip("AB", files, strict=True):
        mine, same = pd.DataFrame(ours.loc[letter]), pd.DataFrame(theirs.loc[file.stem])
        pd.testing.assert_frame_equal(mine[columns], same[columns], check_exact=False, atol=1e-9)


def test_choices_stand_side_by_side(page: TestClient) -> None:
    """Their names, their differences, the files and the command; the answer is of as many replications for each."""
    html = patiently(page, f"/wat-als/naast?{TWO.address}")
    for text in ("A. Elk jaar", "B. Eerste toets: 2030", TWO.options[0].question.file, f"--replications {FULL}"):
        assert text in html
    csv = page.get(f"/wat-als/naast/keuzes.csv?{TWO.address}").text
    assert "A. Elk jaar: van" in csv
    assert page.get(f"/en/wat-als/naast/verschil-woningen.svg?{TWO.address}").text.startswith("<svg")


def test_a_choice_is_made_beside_others(page: TestClient) -> None:
    """The page of the levers carries the comparison, and its answer leads back to it with the choice added."""
    html = page.get("/wat-als", params={"managers": "150", "bij": TWO.address}).text
    wanted = TWO.beside(asked("managers=150")).address
    html = patiently(page, str(page.get("/wat-als", params={"managers": "150", "bij": TWO.address}).request.url))
    assert f'href="/wat-als/naast?{wanted.replace("&", "&amp;")}"' in html


def test_what_would_have_prevented_each_2B_is_the_attribution_of_the_comparison(page: TestClient) -> None:
    """The figure counts what `attribution` finds in the runs with each relief, and comes when they are computed."""
    html = patiently(page, "/wat-als?first=2030")
    assert 'id="voorkomen"' in html
    own = counted(asked("first=2030").scenario, FULL)
    reliefs = {name: counted(scenario, FIRST) for name, (_, scenario) in relieved(asked("first=2030")).items()}
    shares = attribution.shares(*attribution.verdicts(own, reliefs))
    alone = shares[(shares["by"] == "relief") & (shares["class"] == "effort")]["share"].iloc[0]
    csv = page.get("/wat-als/voorkomen.csv?first=2030").text
    row = next(line for line in csv.splitlines() if line.startswith("gemeente met volle inspanning"))
    assert float(row.split(";")[2].replace(",", ".")) == round(alone, 3)


def test_nothing_is_said_of_verdicts_that_there_are_none_of() -> None:
    none = counted(asked("first=2030").scenario, 2)
    none.arrays["category"][:] = 1
    assert causes(none, dict.fromkeys(relieved(asked("first=2030")), none), Language("nl")) == []


def test_what_differs_for_sure_is_said_first() -> None:
    """Another rate changes what is paid and nothing else: one sentence of it speaks of that."""
    own = counted(asked("rates=100 100 100 100 100").scenario, FULL)
    said = sentences(compared(own, kept().tally.first(FULL)), Language("nl"))
    assert "meer bijdragen dan in het ontwerp" in said[0]
    assert [text.startswith("Geen verschil") for text in said] == [False, True, True]


def test_no_label_of_a_figure_lies_over_a_value() -> None:
    label = "A. Deel van de premie per toets: 25%, 50%, 100%, 100%, 50%"
    lines = re.findall(r"<text[^>]*strong[^>]*>([^<]*)<", whiskers([(label, 28, 32, 36, "+32")], NARROW).svg("title"))
    assert " ".join(lines) == label
    assert max(map(len, lines)) * LETTER <= NARROW - VALUE
