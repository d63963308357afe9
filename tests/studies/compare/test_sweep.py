"""Levers crossed: every combination once, conflicts named, ranked by what is asked, gains beside losses."""

import io
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.inputs.errors import InputError
from sim.inputs.scenario.sweep import read_sweep
from sim.report.canvas import apart
from sim.report.screen import Terminal
from sim.runs.outcomes import OUTCOMES
from sim.studies.compare.screen import show_sweep
from sim.studies.compare.sweep import OUTSIDE, Swept, frontier, sweep
from tests.support.project import BASELINE, FORECAST, ROOT
from tests.support.reports import LANGS, Page, check_alone, check_dutch, check_numbers, check_parts

LIBRARY = ROOT / "scenarios" / "sweeps"
HEAD = f'title = "A sweep"\ntitle_nl = "Een sweep"\nbase = "{BASELINE.as_posix()}"\nrank = "realised_at_end"\n'
AXES = """
[axes.people]
today = {}
half = { levers.managers_scale.value = 0.5 }

[axes.order]
shortfall = {}
protect = { levers.allocation.value = "protect" }
"""


def sweep_of(folder: Path, text: str) -> Path:
    """Return the file of a sweep."""
    path = folder / "sweep.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    """Two levers crossed, six replications."""
    folder = tmp_path_factory.mktemp("sweep")
    path = sweep_of(folder, HEAD + AXES)
    return sweep(path, 6, workers=1, out=folder / "out")


def test_a_grid_holds_every_combination_once(tmp_path: Path) -> None:
    """The base first, and each named by what differs from it."""
    _, points = read_sweep(sweep_of(tmp_path, HEAD + AXES), OUTCOMES)
    assert [point.scenario.name for point in points] == ["baseline", "protect", "half", "half+protect"]
    assert [point.scenario.levers.managers_scale.value for point in points] == [1.0, 1.0, 0.5, 0.5]
    assert points[3].choices == {"people": "half", "order": "protect"}
    assert points[3].scenario.levers.allocation.value == "protect"


def test_a_list_holds_what_it_names(tmp_path: Path) -> None:
    """What an option does not say is the base's."""
    text = HEAD + 'options = [{ people = "half" }, { order = "protect" }, { people = "today" }]\n' + AXES
    _, points = read_sweep(sweep_of(tmp_path, text), OUTCOMES)
    assert [point.scenario.name for point in points] == ["baseline", "half", "protect"]


def test_a_choice_may_be_a_scenario_file(tmp_path: Path) -> None:
    """It stands for what the file and those that it extends change, up to the base."""
    yearly = (ROOT / "scenarios" / "rhythms" / "yearly_charged_once.toml").as_posix()
    head = HEAD.replace(BASELINE.as_posix(), FORECAST.as_posix())  # which the library's files extend
    _, points = read_sweep(sweep_of(tmp_path, f'{head}[axes.rhythm]\ndraft = {{}}\nyearly = "{yearly}"\n'), OUTCOMES)
    assert [m.test for m in points[1].scenario.law.rhythm if m.test] == list(range(2028, 2041))
    assert {m.charged for m in points[1].scenario.law.rhythm} == {1, None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD.replace("realised_at_end", "realized_at_end") + AXES,
            "rank: unknown outcome 'realized_at_end'; did you mean 'realised_at_end'",
        ),
        (
            HEAD + AXES.replace("levers.allocation.value", "levers.managers_scale.value").replace('"protect"', "2"),
            "changes levers.managers_scale.value",
        ),
        (HEAD + AXES.replace("managers_scale", "managers_scal"), "unknown key; did you mean 'managers_scale'"),
        (HEAD + 'options = [{ peopel = "half" }]\n' + AXES, "options.0.peopel: unknown axis; did you mean 'people'"),
        (HEAD + 'options = [{ people = "halve" }]\n' + AXES, "options.0.people: unknown choice 'halve'; did you mean 'half'"),
        (HEAD + f'[axes.a]\no = {{}}\nx = "{(ROOT / "scenarios" / "sweeps" / "levers.toml").as_posix()}"\n', "does not extend"),
        (HEAD + "[axes.a]\n", "axes.a: no choices; at least one is needed"),
        (HEAD, "axes: missing"),
        (HEAD + "[axes.a]\no = {}\n", "axes: no combination but the base; at least one other is needed"),
        (HEAD + 'options = [{ people = "today" }]\n' + AXES, "axes: no combination but the base"),
        (
            HEAD + AXES.replace("half =", '"../half" ='),
            "axes.people: found the name '../half'; letters, digits, - and _ are allowed",
        ),
        (
            HEAD + AXES.replace("today = {}", "today = { levers.managers_scale.value = 2 }"),
            "axes.people.today: the first choice is",
        ),
        (
            HEAD + AXES.replace("levers.managers_scale.value = 0.5", "replications = 9"),
            "axes.people.half.replications: not a choice",
        ),
        (
            HEAD + "".join(f"[axes.a{k}]\nnone = {{}}\n" + "".join(f"c{n} = {{}}\n" for n in range(7)) for k in range(8)),
            "16777216 combinations",
        ),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """With the file, the place and what is allowed."""
    with pytest.raises(InputError) as error:
        read_sweep(sweep_of(tmp_path, text), OUTCOMES)
    assert "sweep.toml" in str(error.value)
    assert message in str(error.value)


def test_the_ranking_is_by_the_outcome_asked(swept: Swept) -> None:
    """Places 1, 2, ... by dwellings; half the people build fewer; verdicts outside own control are those of the blame."""
    table = swept.tables["ranking"]
    assert list(table["place"]) == sorted(table["place"])
    assert table["realised_at_end"].is_monotonic_decreasing
    realised = table.set_index("option")["realised_at_end"].to_dict()
    assert realised["half"] < realised["baseline"]
    with_attribution = swept.compared.tables["blame"]
    outside = (
        with_attribution[(with_attribution["class"] == "outside") & (with_attribution["by"] == "control")].set_index("option")[
            "verdicts"
        ]
        / 5
    )
    assert table.set_index("option")[OUTSIDE].to_dict() == pytest.approx(outside.to_dict())  # five tests in the draft


def test_single_levers_only_are_said_to_give_and_take(swept: Swept) -> None:
    """Of four options two differ from the base on one axis; what is won and lost has the sign of its whole interval."""
    table = swept.tables["trade_offs"].set_index("option")
    assert list(table.index) == ["protect", "half"]
    assert table.loc["half", "loses"].split()[0] == "realised_at_end"
    for row in swept.tables["trade_offs"].to_dict("records"):
        for name in ("realised_at_end", "contribution_total", "municipalities_2B"):
            sure = row[f"{name}_low95"] > 0 or row[f"{name}_high95"] < 0
            assert (name in f"{row['wins']} {row['loses']}".split()) == sure
        assert row["trade_off"] == bool(row["wins"] and row["loses"])


@pytest.mark.full
def test_a_sweep_goes_on_where_it_stopped(swept: Swept) -> None:
    """Run again, nothing is computed: no file of the runs is written anew."""
    files = {path: path.stat().st_mtime_ns for path in (swept.compared.folder / "runs").rglob("chunk.json")}
    again = sweep(swept.folder.parent / "sweep.toml", 6, workers=1, out=swept.folder, rank="verdicts_2B")
    assert {path: path.stat().st_mtime_ns for path in (swept.compared.folder / "runs").rglob("chunk.json")} == files
    assert again.tables["ranking"]["verdicts_2B"].is_monotonic_increasing


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_frontier_holds_what_nobody_beats(rows: list[tuple[int, int]]) -> None:
    """A row is on it exactly when no other is at least as good in both and better in one."""
    found = frontier(pd.DataFrame(rows, columns=["a", "b"]))
    for i, (a, b) in enumerate(rows):
        beaten = any(x >= a and y >= b and (x, y) != (a, b) for x, y in rows)
        assert found[i] == (not beaten)


def test_the_sweeps_of_the_library_are_valid() -> None:
    """Each with its comment, titles in two languages, and options of different names."""
    for path in LIBRARY.glob("*.toml"):
        crossed, points = read_sweep(path, OUTCOMES)
        assert path.read_text(encoding="utf-8").startswith("# ")
        assert re.fullmatch(r"[A-Z][^.!?_]{10,130}", crossed.title)
        assert len({point.scenario.name for point in points}) == len(points) >= 12
        assert np.unique([len(point.choices) for point in points]).size == 1


def test_options_are_called_by_their_titles(tmp_path: Path) -> None:
    """Those of a choice in each language, of the file that it is, or else its name in words; several are joined."""
    titled = AXES.replace("half = {", 'half = { title = "Half", title_nl = "De helft",')
    _, points = read_sweep(sweep_of(tmp_path, HEAD + titled), OUTCOMES)
    assert [point.scenario.title_nl for point in points[1:]] == ["protect", "De helft", "De helft + protect"]
    assert points[3].scenario.title == "Half + protect"
    assert [point.scenario.name for point in points] == ["baseline", "protect", "half", "half+protect"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_holds_what_it_shows(swept: Swept, lang: str) -> None:
    """The ranking and its picture first; each number is that of its CSV; nothing is asked of anybody."""
    swept.write()  # another test ranked the same by something else
    html = swept.report(lang).read_text(encoding="utf-8")
    page = Page(html)
    check_numbers(swept.folder, page, lang)
    check_parts(html, lang)
    check_alone(html)
    assert page.ids.index("tradeoffs") < page.ids.index("options-table")
    if lang == "nl":
        check_dutch(page)


@pytest.mark.parametrize("lang", LANGS)
def test_the_ranking_fits_eighty_columns(swept: Swept, lang: str) -> None:
    """No head is cut, and no option is called by its code."""
    stream = io.StringIO()
    show_sweep(swept, [], lang, Terminal(file=stream, width=80))
    lines = stream.getvalue().splitlines()
    assert max(len(line) for line in lines if "/" not in line) <= 80
    assert "…" not in stream.getvalue()
    assert "baseline" not in "".join(line for line in lines if "/" not in line)


@pytest.mark.full
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=18))
def test_marks_lie_apart(places: list[tuple[int, int]]) -> None:
    """Wherever they belong, on each other too, and within the picture."""
    figure = Figure(figsize=(4, 4), dpi=72)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.set_xlim(-1, 9)
    axes.set_ylim(-1, 9)
    moved = axes.transData.transform(apart(axes, np.array(places, float), 14))
    gaps = [np.hypot(*(moved[a] - moved[b])) for a, b in combinations(range(len(moved)), 2)]
    assert min(gaps, default=14) > 12
    assert (moved >= axes.bbox.min).all()
    assert (moved <= axes.bbox.max).all()
