"""What matters: known indices come out of the same code, real runs repeat and go on, effects point where they must."""

import io
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.ranges import UncertainParameter, chosen, uncertain_parameters
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.runs.experiment import Interrupted
from sim.runs.points import SIZE, Design, Values, evaluate, noise, whole
from sim.studies.sensitivity import indices
from sim.studies.sensitivity.discovery import Condition, discover, inside
from sim.studies.sensitivity.pictures import draw_tornado
from sim.studies.sensitivity.screen import show
from sim.studies.sensitivity.study import Sensitivity, Settings, Subject, analyse, sensitivity
from sim.studies.sensitivity.words import collect_sentence, rule_sentences, worth
from tests.support.pictures import check_words_apart
from tests.support.project import BASELINE, Run

FEW = ("managers", "response", "plan_filed")
OUTCOMES = ("realised_at_end", "verdicts_2B", "contribution_total")
SMALL = Settings(replications=4, trajectories=3, base=8, most=2, fails=0.6)


def uncertain(low: float, high: float, key: str = "uncertainties.sales.value") -> UncertainParameter:
    """Return a parameter of nothing in particular."""
    return UncertainParameter(
        title="it", title_nl="het", sets=[key], low=low, high=high, unit="-", status="assumed", source="a test"
    )


def ishigami(values: Values, replications: int) -> Values:
    """Return Ishigami's function (a = 7, b = 0.1), the same in every replication; NaN is the middle of the range."""
    x1, x2, x3 = np.nan_to_num(values)
    return np.full((replications, 1), np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))


def noisy(values: Values, replications: int) -> Values:
    """Return the sum of the values, with luck that every point shares."""
    return np.nansum(values) + 10.0 * np.arange(replications)[:, None]


def failing(values: Values, replications: int) -> Values:
    """Return a sum of which replication 1 fails wherever the first value is above a half."""
    found = noisy(values, replications)
    found[1] = np.nan if values[0] > 0.5 else found[1]
    return found


def stopping(values: Values, replications: int) -> Values:
    """Stop as Ctrl-C does, at the first point that is asked for."""
    raise KeyboardInterrupt


def of_function(
    function: Callable[[Values, int], Values], known: dict[str, UncertainParameter], settings: Settings, folder: Path
) -> Sensitivity:
    """Analyse a stand-in study by the code that analyses the simulation."""
    facts = {"status": dict.fromkeys(known, "assumed")}
    subject = Subject(lambda _: function, {"study": "stand-in"}, known, ("y",), seed=1, objective=1.0, facts=facts)
    return analyse(subject, settings, folder, workers=1)


# ---- the methods, on functions whose indices are known


def test_sobol_finds_the_indices_of_ishigami(tmp_path: Path) -> None:
    """S1 0.314, 0.442, 0; ST 0.558, 0.442, 0.244 (Ishigami and Homma 1990), within intervals that are narrow."""
    known = {name: uncertain(-np.pi, np.pi) for name in ("x1", "x2", "x3")}
    found = of_function(ishigami, known, Settings(2, 0, 1024, 3, 0.6), tmp_path / "s")
    rows = found.tables["sobol"].set_index("parameter")
    for index, truth in (("S1", (0.314, 0.442, 0.0)), ("ST", (0.558, 0.442, 0.244))):
        for name, value in zip(known, truth, strict=True):
            assert rows.loc[name, f"{index}_low95"] - 0.02 <= value <= rows.loc[name, f"{index}_high95"] + 0.02
            assert rows.loc[name, index] == pytest.approx(value, abs=0.05)
    assert found.matter("y") == ["x1", "x2", "x3"]


def test_morris_of_a_sum_is_exact(tmp_path: Path) -> None:
    """Of y = x1 + x2 + x3 the effect of a parameter over its range is the width of the range, without spread, luck or not."""
    known = {"x1": uncertain(0, 1), "x2": uncertain(0, 3), "x3": uncertain(-2, 0)}
    found = of_function(noisy, known, Settings(5, 6, 0, 8, 0.6), tmp_path / "m")
    rows = found.tables["morris"].set_index("parameter")
    assert rows["mu"].tolist() == pytest.approx([1, 3, 2])
    assert rows["sigma"].to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)
    assert rows["share"].tolist() == pytest.approx([1 / 14, 9 / 14, 4 / 14])
    assert found.facts["noise"]["morris"]["y"] == pytest.approx(0, abs=1e-12)
    ends = found.tables["ends"].set_index("parameter")
    assert ends["base"].tolist() == [245.0] * 3  # ten times the replications, 0 to 49
    assert ends["at_high"].tolist() == pytest.approx([246, 248, 245])
    assert ends["swing"].tolist() == pytest.approx([1, 3, 2])


def test_sobol_goes_to_what_morris_finds(tmp_path: Path) -> None:
    """The most important parameters, as many as asked, and each index with the same luck."""
    known = {"x1": uncertain(0, 1), "x2": uncertain(0, 3), "x3": uncertain(-2, 0)}
    found = of_function(noisy, known, Settings(2, 4, 64, 2, 0.6), tmp_path / "b")
    assert list(found.tables["sobol"]["parameter"]) == ["x2", "x3"]
    assert found.tables["sobol"]["ST"].tolist() == pytest.approx([9 / 13, 4 / 13], abs=0.05)


def test_a_replication_that_fails_somewhere_counts_nowhere(tmp_path: Path) -> None:
    """Its luck would otherwise be missing at some points only."""
    design = Design("d", ("x",), np.array([[0.0], [1.0]]), 3)
    values = evaluate(failing, design, ("y",), tmp_path / "d", {}, 1)
    kept, lost = whole(values)
    assert (kept.shape, lost) == ((2, 2, 1), 1)
    assert (kept[1] - kept[0]).ravel().tolist() == [1.0, 1.0]


def test_noise_is_the_luck_that_points_do_not_share() -> None:
    """Independent luck of variance 4 over 16 replications against means of variance 1: a fifth of what is seen."""
    luck = np.sin(np.arange(1, 400 * 16 + 1) * 12.9898) * 43758.5453
    normal = np.sqrt(12 * 4) * (luck - np.floor(luck) - 0.5)
    truth = np.sqrt(12) * (np.arange(400) / 399 - 0.5)
    values = (truth[:, None] + normal.reshape(400, 16) + 100 * np.arange(16))[:, :, None]
    assert noise(values)[0] == pytest.approx(0.25 / 1.25, abs=0.03)


def test_the_rule_is_found_and_counted_on_other_futures() -> None:
    """A corner in which all fail, and nowhere else: two conditions, all of what fails."""
    grid = np.array([(i % 40 / 40, i * 7 % 41 / 41, i * 13 % 43 / 43) for i in range(2000)])
    fails = ((grid[:, 0] < 0.4) & (grid[:, 1] > 0.5)).astype(float)
    bounds = {name: (0.0, 1.0) for name in "abc"}
    rule = discover(bounds, (grid[::2], fails[::2]), (grid[1::2], fails[1::2]))
    assert rule is not None
    assert {(c.parameter, round(c.above, 1), round(c.below, 1)) for c in rule.conditions} == {
        ("a", -np.inf, 0.4),
        ("b", 0.5, np.inf),
    }
    assert (rule.density > 0.9, rule.coverage > 0.9, rule.total) == (True, True, 1000)
    assert rule.low95 < rule.density <= rule.high95
    held = inside(rule.conditions, "abc", grid[1::2])
    assert (rule.futures, rule.density) == (held.sum(), pytest.approx(fails[1::2][held].mean()))
    assert discover(bounds, (grid, np.zeros(2000)), (grid, np.zeros(2000))) is None
    assert inside([Condition("a", 0.1, 0.2)], "abc", grid).sum() == ((grid[:, 0] > 0.1) & (grid[:, 0] <= 0.2)).sum()


def test_stopped_and_gone_on(tmp_path: Path) -> None:
    """What was finished is not asked for again; another design in the same folder is refused."""
    design = Design("d", ("x",), np.linspace(0, 1, 2 * SIZE)[:, None], 2)
    seen: list[int] = []

    def study(values: Values, replications: int) -> Values:
        if len(seen) == SIZE + 3:
            seen.append(-1)
            raise KeyboardInterrupt
        seen.append(1)
        return noisy(values, replications)

    with pytest.raises(Interrupted, match="the same command goes on"):
        evaluate(study, design, ("y",), tmp_path / "d", {}, 1)
    assert [path.name for path in (tmp_path / "d").glob("0*")] == [f"000000-{SIZE - 1:06d}.json"]
    told: list[tuple[int, int]] = []
    values = evaluate(noisy, design, ("y",), tmp_path / "d", {}, 1, lambda done, total: told.append((done, total)))
    assert told == [(4 * SIZE, 4 * SIZE)]
    assert values[:, 0, 0].tolist() == pytest.approx(design.values[:, 0].tolist())
    again = evaluate(stopping, design, ("y",), tmp_path / "d", {}, 1)  # nothing is left to ask
    assert np.array_equal(again, values)
    with pytest.raises(InputError, match="another experiment"):
        evaluate(noisy, Design("d", ("x",), design.values + 1, 2), ("y",), tmp_path / "d", {}, 1)


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line."""
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    monkeypatch.delitem(sys.modules, "SALib.sample.morris", raising=False)
    with pytest.raises(InputError, match=r"pip install .*\[sensitivity\]"):
        indices.library("sample.morris")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"replications": 1}, "at least 2"),
        ({"trajectories": 1}, "at least 2"),
        ({"base": 100}, "power of two"),
        ({"most": 0}, "at least 1"),
        ({"fails": 1.5}, "between 0 and 1"),
    ],
)
def test_bad_settings(change: dict[str, Any], problem: str, tmp_path: Path) -> None:
    """Refused before anything is computed."""
    with pytest.raises(InputError, match=problem):
        of_function(stopping, {"x": uncertain(0, 1)}, SMALL._replace(**change), tmp_path / "x")


def test_ends_that_cannot_be_together_are_said_first(tmp_path: Path) -> None:
    """Each share of the variance can be, both at once are more than all of it."""
    known = {
        "one": uncertain(0.1, 0.6, "uncertainties.shock_flanders.value"),
        "two": uncertain(0.1, 0.6, "uncertainties.shock_company.value"),
    }
    with pytest.raises(InputError, match=r"all parameters at their high ends.*together at most 1"):
        sensitivity(BASELINE, known, *SMALL, out=tmp_path / "x")
    assert not (tmp_path / "x").exists()


# ---- the real thing, small


def run(folder: Path, workers: int = 1, settings: Settings = SMALL) -> Sensitivity:
    """Analyse the baseline with three parameters."""
    return sensitivity(BASELINE, FEW, *settings, workers=workers, out=folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the analysis below is kept."""
    return tmp_path_factory.mktemp("sensitivity") / "small"


@pytest.fixture(scope="module")
def found(folder: Path) -> Sensitivity:
    """Three parameters, few points."""
    return run(folder)


@pytest.mark.full
def test_the_same_seed_gives_the_same_answer_for_any_workers(found: Sensitivity, tmp_path: Path) -> None:
    """Bit by bit, computed anew by two processes."""
    assert run(tmp_path / "again", 2).summary() == found.summary()


def test_a_finished_analysis_computes_nothing(found: Sensitivity, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command reads what is there, and the tables are those of the answer."""
    monkeypatch.setattr("sim.runs.points.replicate", None)
    assert run(folder).summary() == found.summary()
    written = pd.read_csv(folder / "sobol.csv")
    assert written.pop("standing").str.startswith("estimate; backtest not passed").all()
    pd.testing.assert_frame_equal(written, found.tables["sobol"], check_exact=False, rtol=1e-8)


def test_effects_point_where_they_must(found: Sensitivity) -> None:
    """More managers: more dwellings, fewer verdicts; a stronger response and more plans filed: fewer verdicts and less to pay."""
    swing = found.tables["ends"].set_index(["outcome", "parameter"])["swing"]
    assert swing["realised_at_end", "managers"] > 1000
    assert swing["realised_at_end", "response"] > 0
    for name in FEW:
        assert swing["verdicts_2B", name] < 0
        assert swing["contribution_total", name] < 0
    assert swing["realised_at_end", "plan_filed"] <= 0  # fewer in 2B respond less; a plan builds nothing
    mu = found.tables["morris"].set_index(["outcome", "parameter"])["mu"]
    assert mu["realised_at_end", "managers"] > 0 > mu["verdicts_2B", "managers"]


def test_an_outcome_is_that_of_the_registry(found: Sensitivity, tmp_path: Path) -> None:
    """The scenario as it is gives what `bso run` gives: 40 replications of it, dwellings, verdicts and euro."""
    from sim.runs.experiment import run_experiment
    from sim.runs.outcomes import OUTCOMES as REGISTRY

    results = run_experiment(load_scenario(BASELINE, None, 40), workers=1, out=tmp_path / "run")
    for outcome in OUTCOMES:
        base = found.tables["ends"].loc[found.tables["ends"]["outcome"] == outcome, "base"].iloc[0]
        assert base == pytest.approx(REGISTRY[outcome].of(results).mean())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_words_overlap_or_leave_the_picture(found: Sensitivity, lang: str) -> None:
    """The boxes of all texts within the picture and apart."""
    for outcome in OUTCOMES:
        check_words_apart(partial(draw_tornado, found, outcome, Language(lang)))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_table_fits_eighty_columns(found: Sensitivity, lang: str) -> None:
    """Every parameter has a row, and the data to collect first are named."""
    stream = io.StringIO()
    show(found, [Path("a.png")], lang, Terminal(file=stream, width=80))
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    assert collect_sentence(found, Language(lang)).split()[0] in text
    for name in FEW:
        assert (uncertain_parameters()[name].title_nl if lang == "nl" else uncertain_parameters()[name].title).split()[0] in text


def test_only_what_is_assumed_is_to_be_collected(found: Sensitivity) -> None:
    """A parameter that is found, value and range, is not to be collected, whatever it moves; one of which only the value is found is."""
    assert set(found.collect_first()) <= set(FEW)
    facts = {**found.facts, "status": dict.fromkeys(FEW, "found")}
    ranges = {name: uncertain.model_copy(update={"status": "found"}) for name, uncertain in found.known.items()}
    known = Sensitivity(**{**vars(found), "facts": facts, "known": ranges})
    assert known.collect_first() == []
    assert "nothing is only assumed" in collect_sentence(known, Language("en"))
    assert "rests on few figures" in collect_sentence(known, Language("en"))
    half_known = Sensitivity(**{**vars(found), "facts": facts})
    assert half_known.collect_first() == [n for n in known.matter_and_known() if found.known[n].status == "assumed"]


def test_a_rule_in_words() -> None:
    """Both languages, with conditions, density, coverage and the futures it rests on."""
    from sim.studies.sensitivity.discovery import Rule

    known = chosen(["budget", "permit"], uncertain_parameters(), "")
    rule = Rule((Condition("budget", -np.inf, 1200), Condition("permit", 1.9, np.inf)), 0.91, 0.86, 0.95, 0.55, 180, 512, 0.3)
    facts = {"fails": 0.6, "objective": 45000, "end_year": 2042, "futures": 1024, "rate": 0.3}
    found = Sensitivity(Path(), facts, {"sobol": pd.DataFrame({"parameter": list(known)})}, known, rule)
    english, dutch = (" ".join(rule_sentences(found, Language(lang))) for lang in ("en", "nl"))
    for part in (
        "27,000 of the 45,000",
        "30% of 1,024",
        "9 of 10 futures",
        "of 2026 below 1,200 and",
        "above 1.9 years",
        "55%",
        "180 of 512",
    ):
        assert part in english
    for part in ("27.000", "9 op de 10", "onder 1.200 en", "boven 1,9 jaar", "86%"):
        assert part in dutch


def test_values_are_written_with_the_digits_that_count() -> None:
    """Percent for shares, years for times, no more digits than a fortieth of the range."""
    known, english = uncertain_parameters(), Language("en")
    cases = {
        ("rent_in_exits", 0.04): "4%",
        ("budget_growth", 0.035): "3.5%",
        ("wake", 5.735): "5.7 years",
        ("managers", 96.4): "96",
    }
    for (name, value), text in cases.items():
        assert worth(value, known[name], english) == text


# ---- the command


@pytest.fixture
def bso(bso: Run) -> Run:
    """Run the study of the baseline."""
    return partial(bso, "sensitivity", BASELINE)


@pytest.mark.full
def test_the_command(bso: Run, tmp_path: Path) -> None:
    """One JSON object; what it costs is said before; pictures and tables beside it."""
    small = ("--parameters", "managers,response", "--replications", 2, "--trajectories", 2, "--workers", 1)
    code, out, err = bso(*small, "--json")
    answer = json.loads(out)
    assert (code, answer["parameters"], answer["points"]) == (0, ["managers", "response"], {"ends": 5, "morris": 6, "sobol": 0})
    assert "112 replications more" in err
    code, out, err = bso(*small, "--lang", "en")
    assert (code, err) == (0, "")
    files = {path.name for path in (tmp_path / "results" / "baseline-sensitivity").iterdir()}
    assert {"tornado_dwellings_en.png", "ends.csv", "morris.csv", "sensitivity.json"} <= files


def test_bad_input_of_the_command(bso: Run) -> None:
    """One line and exit code 2."""
    for arguments, problem in (
        (["--parameters", "manager"], "did you mean 'managers'"),
        (["--unknowns", "nothing.toml"], "cannot be read"),
        (["--method", "sobol", "--points", 100], "power of two"),
        (["--parameters", "managers", "--budget-minutes", 0.001], "more than the budget"),
    ):
        code, out, err = bso(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert problem in err
