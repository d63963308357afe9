"""What people see: every message in Dutch, pictures without overlapping words, an answer that fits 80 columns, a notebook that runs."""

import ast
import io
import re
import string
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from markupsafe import escape
from matplotlib.figure import Figure
from scipy import stats

from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from sim.report import canvas
from sim.report import estimates as answers
from sim.report.cells import HtmlLanguage
from sim.report.language import LABELS, OF_WEB, SHARED, STUDIES, Language, labels, translations
from sim.report.screen import Terminal
from sim.runs.results import Results
from sim.runs.standing import standing
from sim.studies.capacity.words.shared import counted
from sim.studies.forecast import pictures as plots
from sim.studies.forecast import words
from sim.studies.forecast.screen import show
from sim.studies.result import Pictures
from tests.support.campaign import campaign
from tests.support.pictures import check_words_apart
from tests.support.project import BASELINE, ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LAST_WORDS = {
    "01_first_run": "the same digest with one worker: True",
    "02_compare_rhythms": "largest difference: 0.0",
    "03_capacity_of_a_company": "an untouched template changes nothing: True",
}
FEW = {"01_first_run": 4, "02_compare_rhythms": 4, "03_capacity_of_a_company": 20}  # replications; a chance asks for 20
TESTS = {"draft": (2028, 2031, 2034, 2037, 2040), "none": (), "yearly": tuple(range(2027, 2043))}


class Invented(Results):
    """Results that nobody computed, of about the right size."""

    def __init__(self, replications: int = 40, tests: str = "draft", growth: float = 1800.0) -> None:
        random = np.random.default_rng(7)
        years = np.arange(2026, 2043)
        index = {"replication": np.repeat(np.arange(replications), len(years)), "year": np.tile(years, replications)}
        yearly = np.maximum(random.normal(growth, 150, (replications, 1)), 0) * np.arange(1, len(years) + 1)
        paid = random.lognormal(14.6, 0.8, (replications, 1)) * (years >= 2028) * (years - 2027) * (tests != "none")
        columns = {"objective": 45_000, "bso": np.minimum(yearly, 45_000).ravel().round(), "net": yearly.ravel().round()}
        self.totals = pd.DataFrame({**index, **columns, "paid_cents": paid.ravel().round()})
        when = TESTS[tests]
        third = random.integers(0, 60, replications * len(when))
        second = random.integers(30, 110, replications * len(when))
        self.test_totals = pd.DataFrame(
            {
                "replication": np.repeat(np.arange(replications), len(when)),
                "test": np.tile(np.array(when, int), replications),
                "category_1": 270 - second - third,
                "category_2A": second,
                "category_2B": third,
                "shortfall": third * 90,
                "contribution_cents": third * 10_000_000,
            }
        )
        self.worlds = pd.DataFrame({"replication": np.arange(replications), "response": random.uniform(0, 1, replications)})
        self.folder = Path("results/invented")
        asked = [year - 1 for year in when] + [2042]
        self.manifest = {
            "scenario": "invented",
            "title": "An invented scenario",
            "title_nl": "Een verzonnen scenario",
            "seed": 1,
            "replications": replications,
            "failed": 2,
            "sampling": "plain",
            "populations": 20,
            "digest": "0" * 64,
            "objective": 45_000,
            "start_year": 2026,
            "end_year": 2042,
            "version": "0",
            "required": {"year": asked, "required": [2647 * (year - 2025) for year in asked], "test": [*when, None]},
            "standing": standing(load_scenario(BASELINE), load_region()),
        }

    def yearly(self, name: str) -> pd.DataFrame:
        """A column of the totals."""
        return self.totals.pivot(index="replication", columns="year", values=name)

    def table(self, name: str) -> pd.DataFrame:
        """The only stored table that the pictures and the screen read."""
        assert name == "replications"
        return self.worlds


CASES: dict[str, dict[str, Any]] = {
    "draft": {},
    "one replication": {"replications": 1},
    "no tests": {"tests": "none"},
    "a test every year": {"tests": "yearly"},
    "objective reached": {"growth": 3200.0},
    "nothing built": {"growth": -2000.0},
}


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def results(request: pytest.FixtureRequest) -> Invented:
    """Results of several kinds."""
    return Invented(**request.param)


def fields(message: str) -> set[str]:
    """Return the placeholders of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def said() -> dict[str, set[Path]]:
    """Return every message of the code with the .po files in which it might stand: that of the study that says it, or the shared one."""
    found: dict[str, set[Path]] = {}
    for file, _, messages, *_ in extract_from_dir(ROOT / "sim", [("**.py", "python")], keywords={"say": None, "say_count": (1, 2)}):
        room, *folders = Path(file).parts
        home = STUDIES / folders[0] / "nl.po" if room == "studies" and len(folders) > 1 else SHARED
        for message in [messages] if isinstance(messages, str) else messages:
            found.setdefault(message, set()).add(home)
    return found


def translated(path: Path) -> list[tuple[str, str]]:
    """Return the messages of a .po file with their Dutch; one that stands twice in it is an error of the file."""
    with path.open("rb") as stream:
        return [(str(entry.id), str(entry.string)) for entry in read_po(stream, abort_invalid=True) if entry.id]


def test_every_message_stands_once_where_it_is_said() -> None:
    """None is missing, none is left over, none stands twice: in a study's own file what only that study says, in the shared one the rest."""
    homes = {message: places.pop() if len(places) == 1 else SHARED for message, places in said().items()}
    standing = [(english, path) for path in translations() for english, _ in translated(path)]
    assert len(standing) > 500
    assert sorted(standing) == sorted(homes.items())


def test_every_translation_has_the_same_placeholders() -> None:
    """And says something."""
    for path in translations():
        for english, dutch in translated(path):
            assert dutch, english
            assert fields(english) == fields(dutch), english


def unfilled(code: str) -> list[str]:
    """Return the messages that are said with other values than they have placeholders; what is said with `**values` is not looked at."""
    wrong = []
    for call in ast.walk(ast.parse(code)):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", getattr(call.func, "id", "")) != "say" or not call.args:
            continue
        message, given = call.args[0], {keyword.arg for keyword in call.keywords}
        if (
            isinstance(message, ast.Constant)
            and isinstance(message.value, str)
            and None not in given
            and fields(message.value) != given
        ):
            wrong.append(message.value)
    return wrong


@pytest.mark.parametrize(
    "path", sorted((ROOT / "sim" / "studies").rglob("*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_placeholder_gets_its_value(path: Path) -> None:
    """A name changed on one side only would be an error when it is said."""
    assert unfilled(path.read_text(encoding="utf-8")) == []


def test_a_placeholder_without_its_value_is_found() -> None:
    """The check can fail, either way."""
    assert unfilled("say('{a} b', c=1); language.say('{a}', a=1); say('x', a=1); say('{a}', **values)") == ["{a} b", "x"]


def test_every_name_is_in_both_languages_and_of_a_kind_that_is_asked_for() -> None:
    """A name may be empty only in both, and asks the same values in both; no kind is left over, no name stands in two files."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "sim").rglob("*.py"))
    for kind, names in labels().items():
        assert f'"{kind}"' in code, kind
        for key, (dutch, english) in names.items():
            assert bool(dutch) == bool(english), (kind, key)
            assert fields(dutch) == fields(english), (kind, key)
            values = {field: f"<{field}>" for field in fields(dutch)}
            assert Language("nl").name(kind, key, **values) == dutch.format(**values)
            assert str(HtmlLanguage("en").name(kind, key, **values)) == str(escape(english.format(**values)))
    names_of = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (LABELS, OF_WEB, *STUDIES.glob("*/labels.toml"))]
    assert len(names_of) > 1
    assert sum(len(names) for file in names_of for names in file.values()) == sum(map(len, labels().values()))


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.parent.name)
def test_no_message_stands_twice_in_a_file(path: Path) -> None:
    """A reader of such files would keep the last one in silence."""
    text = path.read_text(encoding="utf-8")
    assert text.count("msgid ") == len(translated(path)) + 1  # and the head of the file


@pytest.mark.parametrize(
    ("lang", "value", "step", "text"),
    [
        ("nl", 30_412.4, 100, "30.400"),
        ("en", 30_412.4, 100, "30,400"),
        ("nl", 12.34, 0.1, "12,3"),
        ("en", 12.34, 0.1, "12.3"),
        ("nl", 1234.5, 1000, "1.000"),
        ("nl", -261, 1, "-261"),
    ],
)
def test_numbers_as_the_reader_writes_them(lang: str, value: float, step: float, text: str) -> None:
    """Dots for thousands and a comma for decimals in Flanders."""
    assert Language(lang).number(value, step) == text


@pytest.mark.parametrize(
    ("lang", "what", "words"),
    [
        ("nl", "managers", ["0 projectleiders", "1 projectleider", "2 projectleiders"]),
        ("nl", "finance", ["0 nieuwe woningen per jaar", "1 nieuwe woning per jaar", "2 nieuwe woningen per jaar"]),
        ("nl", "land", ["0 bouwplaatsen per jaar", "1 bouwplaats per jaar", "2 bouwplaatsen per jaar"]),
        ("nl", "dwellings", ["0 woningen", "1 woning", "2 woningen"]),
        ("nl", "projects", ["0 projecten", "1 project", "2 projecten"]),
        ("en", "managers", ["0 project managers", "1 project manager", "2 project managers"]),
        ("en", "dwellings", ["0 dwellings", "1 dwelling", "2 dwellings"]),
    ],
)
def test_what_is_counted_is_in_the_singular_or_the_plural(lang: str, what: str, words: list[str]) -> None:
    """As the count is written, on the screen and in HTML: 1,0 is not one."""
    for language in (Language(lang), HtmlLanguage(lang)):
        assert [counted(what, count, language) for count in ("0", "1", "2")] == words
    assert counted(what, "1,0", Language(lang)).removeprefix("1,0 ") == words[2].removeprefix("2 ")


def test_an_unknown_language_is_refused() -> None:
    """The allowed ones are named."""
    with pytest.raises(ValueError, match="allowed: nl, en"):
        Language("fr")


def test_digits_that_chance_would_change_are_not_written() -> None:
    """A standard error of 111 leaves hundreds, one of 1.4 million leaves millions, one value says nothing of its error."""
    normal = np.random.default_rng(1).normal(0, 1, 400)
    normal = (normal - normal.mean()) / normal.std(ddof=1)
    results = Invented(400)
    assert answers.estimate(pd.Series(30_412 + 2220 * normal), results).step == 100
    assert answers.estimate(pd.Series(45.2 + 28 * normal), results, finest=0.1).step == 1
    assert answers.estimate(pd.Series(190 + 2220 * normal), results, coarsest=1).step == 1
    assert answers.estimate(pd.Series([30_412.0]), Invented(1)).step == 1_000


def test_labels_move_apart_and_keep_their_order() -> None:
    """Labels that would overlap are at least the gap apart, the others stay."""
    moved = canvas.spread([5.0, 1.0, 1.1, 9.0, 1.2], 1.0, 0.5)
    assert np.argsort(moved).tolist() == np.argsort([5.0, 1.0, 1.1, 9.0, 1.2]).tolist()
    assert np.diff(sorted(moved)).min() > 0.99
    assert (moved[0], moved[3]) == (5.0, 9.0)
    assert min(moved) == 0.5


@pytest.mark.parametrize("lang", campaign(["nl", "en"], 2))
@pytest.mark.parametrize("draw", [plots.draw_realised, plots.draw_categories, plots.draw_contributions])
def test_no_words_overlap_or_leave_the_picture(results: Invented, draw: Callable[..., Figure], lang: str) -> None:
    """The boxes of all texts lie within the picture and apart."""
    check_words_apart(lambda: draw(results, Language(lang)))


def test_the_same_results_give_the_same_pictures(tmp_path: Path) -> None:
    """Three PNG of 1600 x 1000 pixels, byte for byte the same when drawn again."""
    drawn = []
    for name in ("first", "second"):
        results = Invented()
        results.folder = tmp_path / name
        results.folder.mkdir()
        drawn.append(plots.write(results))
    first, second = drawn
    assert [path.name for path in first] == ["realised_nl.png", "categories_nl.png", "contributions_nl.png"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert all(struct.unpack(">II", path.read_bytes()[16:24]) == (1600, 1000) for path in first)
    assert Pictures(first)._repr_html_().count("<img alt=") == 3


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_answer_fits_eighty_columns(results: Invented, lang: str) -> None:
    """Nothing is cut off where output is not a terminal, and the year's number stands in the first sentence."""
    stream = io.StringIO()
    show(results, [Path("a.png")], lang, Terminal(file=stream, width=80))
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    assert "\x1b" not in text
    sentence = words.realised_answer(results, Language(lang))
    assert sentence in re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=pytest.mark.full if path.stem > "02" else ()) for path in NOTEBOOKS]
)
def test_a_notebook_runs_and_holds_no_outputs(path: Path) -> None:
    """It is stored empty and runs from top to bottom; here with fewer replications, as its last words hold for any number of them."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    for module in re.findall(
        r"^(?:from|import) (SALib|optuna|ema_workbench)", "\n".join(cell.source for cell in code), re.MULTILINE
    ):
        pytest.importorskip(module)  # of the extra `search`
    for cell in code if path.stem in FEW else ():
        cell.source = re.sub(r"replications=[24]0\b", f"replications={FEW[path.stem]}", cell.source)
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()
    last = code[-1].outputs
    assert LAST_WORDS.get(path.stem, "") in "".join(output.get("text", "") for output in last)
    assert last


@pytest.mark.parametrize("replications", [1, 2, 9, 10, 31])
def test_nothing_is_written_finer_than_it_is_known(replications: int) -> None:
    """No band where no tenth of the replications lies outside it; of one replication two digits; ± is Student's 95% interval."""
    results = Invented(replications)
    found = answers.in_last_year(results, "bso")
    mean, band = found.in_words(Language("en"))
    assert (band == "too few replications") == (found.dashed(Language("en")) == "–") == (replications < 10)
    assert ("80% band: too few replications" in words.realised_answer(results, Language("en"))) == (replications < 10)
    values = results.last_year("bso")
    if replications == 1:
        assert found.known(Language("en")) == mean == f"{round(float(values.iloc[0]), -3):,.0f}"
    else:
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert found.half == pytest.approx((high - low) / 2)
        assert found.step <= found.half
