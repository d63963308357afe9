"""The pages of municipalities: their numbers are those of the results, all 285 have one, and nothing is run."""

import io
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.inputs.errors import InputError
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.runs.outcomes import categories
from sim.runs.results import Results
from sim.studies.municipality.screen import show
from sim.studies.municipality.study import Municipalities
from sim.studies.municipality.words import Words
from sim.studies.why.study import summary
from sim.tracing.explained import Explained
from tests.support.reports import LANGS, Page, check_alone, check_dutch, check_parts


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A few replications of the baseline."""
    found: Results = sim.run("baseline", replications=4, workers=1, out=tmp_path_factory.mktemp("run") / "run")
    return found


@pytest.fixture(scope="module")
def every(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Municipalities:
    """All municipalities of them."""
    found: Municipalities = sim.municipalities(results.folder, tmp_path_factory.mktemp("all") / "all")
    return found


def test_chances_and_euro_are_those_of_the_results(results: Results, every: Municipalities) -> None:
    """The share of the simulations with an objective, and the mean of what was paid where it was 2B."""
    judged, tests = categories(results, len(every.codes)), list(results.tests())
    table = results.table("tests")
    for row in every.tables["tests"].to_dict("records"):
        own = judged[:, tests.index(row["test"]), every.codes.index(row["nis"])]
        if row["judged"]:
            assert [row[name] for name in ("1", "2A", "2B")] == [pytest.approx(np.mean(own[own > 0] == k)) for k in (1, 2, 3)]
        paid = table[(table["test"] == row["test"]) & (table["nis"] == row["nis"]) & (table["category"] == 3)]["contribution_cents"]
        assert (math.isnan(row["euro"]) and not len(paid)) or row["euro"] == pytest.approx(paid.mean() / 100)


def test_they_tell_how_far_they_are(results: Results) -> None:
    """`progress`, of every replication that is explained, at every test; `why` of those of its own test."""
    count, tests = len(results.replications), list(results.tests())
    far, of_one = list[tuple[int, int]](), list[tuple[int, int]]()
    sim.municipality("Aalst", results.folder, progress=lambda *step: far.append(step))
    assert far == [(done, count * len(tests)) for done in range(1, count * len(tests) + 1)]
    sim.why(results.folder, "Aalst", tests[0], progress=lambda *step: of_one.append(step))
    assert of_one == [(done, count) for done in range(1, count + 1)]


def test_no_band_of_fewer_cases_than_have_a_tenth_outside_it(every: Municipalities) -> None:
    """Of four simulations neither the tables nor the words have one, and what a chance of them is worth is said."""
    assert every.tables["tests"][["euro_p10", "euro_p90"]].isna().all(axis=None)
    said = [Words(every, nis, Language("en")) for nis in every.codes[::9]]
    answers = " ".join(sentence for words in said for sentence in words.answer())
    assert "such cases" not in answers
    assert "too few such simulations for a band" in answers
    assert "about 49 percentage points" in " ".join(said[0].notes())


def test_one_municipality_says_what_all_say_of_it(results: Results, every: Municipalities) -> None:
    """Its tables are the rows of it, and what is asked is what `why` tells."""
    one = sim.municipality("aalst", results.folder)
    assert one.codes == [41002]
    for name, table in every.tables.items():
        rows = table[table["nis"] == 41002].reset_index(drop=True)
        pd.testing.assert_frame_equal(one.tables[name].reset_index(drop=True), rows, check_dtype=False)
    explained = Explained(results.folder)
    said = summary(explained.traces(explained.municipality("Aalst"), explained.test(2028)))
    asked = [row["asked"] for row in one.of("asked", 41002) if row["test"] == 2028]
    assert asked == [row["asked"] for row in said["requirements"] if row["path"] != "sib" or row["asked"]]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_holds_what_it_shows(results: Results, lang: str) -> None:
    """Of one with an objective; in the reader's language, nothing asked of anybody."""
    path = sim.municipality("Aalst", results.folder).report(lang)
    assert path.name == f"municipality_aalst_{lang}.html"
    html = path.read_text(encoding="utf-8")
    check_parts(html, lang)
    check_alone(html)
    if lang == "nl":
        check_dutch(Page(html))


def test_a_municipality_without_an_objective_has_a_page(results: Results, every: Municipalities) -> None:
    """It says so, and shows no chances."""
    ends = every.tables["ends"]
    without = ends.loc[ends["share"].isna(), "municipality"]
    assert len(without)
    html = sim.municipality(str(without.iloc[0]), results.folder).report("nl").read_text(encoding="utf-8")
    assert "heeft geen objectief" in html
    assert "<svg" not in html


def test_every_municipality_has_words(every: Municipalities) -> None:
    """None breaks on what it lacks, and each says its chances or that there are none; the full run makes a page of each."""
    for nis in every.codes[::4]:
        words = Words(every, nis, Language("nl"))
        assert next(words.answer())
        for row in words.rows("changes"):
            words.change(row)


@pytest.mark.full
def test_all_have_a_page_and_the_index_leads_to_each(every: Municipalities) -> None:
    """285 pages, no link that leads nowhere."""
    index = every.report("nl")
    links = re.findall(r'<a href="([a-z0-9_-]+\.html)">', index.read_text(encoding="utf-8"))
    assert len(links) == 285
    assert all((index.parent / link).is_file() for link in links)


@pytest.mark.parametrize("lang", LANGS)
def test_the_answer_fits_eighty_columns(results: Results, lang: str) -> None:
    """Nothing is cut off."""
    stream = io.StringIO()
    show(sim.municipality("Aalst", results.folder), [], lang, Terminal(file=stream, width=80))
    assert max(map(len, stream.getvalue().splitlines())) <= 80
    assert "…" not in stream.getvalue()


def test_without_results_it_says_what_makes_them(tmp_path: Path, results: Results) -> None:
    """And a name that none has is refused with the nearest."""
    with pytest.raises(InputError, match=r"bso run baseline"):
        sim.municipality("Aalst", tmp_path)
    with pytest.raises(InputError, match=r"Aalst"):
        sim.municipality("Aalts", results.folder)
