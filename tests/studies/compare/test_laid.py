"""Official figures beside estimates: pairs by municipality and draw, exact zeros where nothing differs, and what is said of what does."""

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import build_model
from sim.engine.calendar import begin
from sim.engine.start import new_state
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.studies.compare.options import load_options
from sim.studies.compare.screen import show
from sim.studies.compare.study import Comparison, compare_scenarios, default_folder
from sim.studies.compare.words import Words
from tests.support.project import BASELINE

FEW = 2
AALST, GENT = 41002, 44021


@cache
def baseline() -> tuple[Scenario, Region]:
    """The baseline at its own values, and Flanders as it is estimated."""
    scenario = load_scenario(BASELINE)
    return scenario, load_region(scenario)


def compared(folder: Path, table: str) -> Comparison:
    """Return the baseline beside itself with a table of official figures."""
    path = folder / "figures.csv"
    path.write_text(table, encoding="utf-8")
    return compare_scenarios(load_options([BASELINE, path], None, FEW), folder / "out", workers=1, with_attribution=False)


def test_a_table_equal_to_the_estimates_changes_nothing(tmp_path: Path) -> None:
    """Figures that are the same in every population, laid over them: every difference, under every condition, is exactly zero."""
    _, region = baseline()
    sib = region.estimates["sib"]
    same = np.flatnonzero((sib == sib[0]).all(axis=0))
    assert len(same) > 20
    found = compared(tmp_path, "nis,sib\n" + "".join(f"{region.nis[i]},{sib[0, i]}\n" for i in same))
    table = found.tables["differences"]
    assert (table[["difference", "error", "low95", "high95"]] == 0).all(axis=None)
    assert (found.tables["laid"]["before"] == found.tables["laid"]["after"]).all()
    assert len(found.tables["most_changed"]) == 0
    together = found.tables["together"].set_index("option")["objective"].to_dict()
    assert together["figures"] == together["baseline"]
    assert Words(found, Language("en")).shift_words().startswith("No difference")


def test_what_a_publication_changes_is_said(tmp_path: Path) -> None:
    """Figures replaced, sums before and after beside the law's, the difference with its interval, and who changes most."""
    _, region = baseline()
    found = compared(tmp_path, f"nis,objective_regular,sib\n{AALST},700,300\n{GENT},2500,0\n")
    laid = found.tables["laid"]
    for column, values in (("objective_regular", (700, 2500)), ("sib", (300, 0))):
        for nis, value in zip((AALST, GENT), values, strict=True):
            row = laid[(laid["column"] == column) & (laid["nis"] == nis)].iloc[0]
            estimates = region.estimates[column][:, list(region.nis).index(nis)]
            assert (row["after"], row["low"], row["high"]) == (value, estimates.min(), estimates.max())
            assert row["before"] == pytest.approx(estimates.mean())
    together = found.tables["together"].set_index("option")
    assert together.loc["figures", ["law", "figures", "municipalities"]].tolist() == [45_000, 4, 2]
    objective = together["objective"].to_dict()
    moved = objective["figures"] - objective["baseline"]
    assert moved == pytest.approx((laid["after"] - laid["before"]).sum())
    most = found.tables["most_changed"]
    assert set(most["nis"].iloc[: most["own"].sum()]) <= {AALST, GENT}
    assert most["own"].is_monotonic_decreasing
    assert {"difference", "low95", "high95"} <= set(found.tables["differences"])
    for lang, heads in (
        ("en", ("Changed most by B", "add up to", "In B official figures of 2 municipalities take their place.")),
        ("nl", ("Het meest veranderd door B", "samen", "Bij B komen officiële cijfers van 2 gemeenten in de plaats.")),
    ):
        console = Terminal(file=io.StringIO(), width=100)
        show(found, [], lang, console)
        said = " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]
        assert all(head in said for head in heads)
        assert "Gent *" in said
        assert "45" in said


def test_a_table_is_the_scenario_that_lays_it_over_the_base(tmp_path: Path) -> None:
    """The same region and scenario, whether the base gets the table or a scenario of its own names it; another table has another folder."""
    path, scenario = tmp_path / "figures.csv", tmp_path / "mine.toml"
    path.write_text(f"nis,sib\n{AALST},77\n", encoding="utf-8")
    official = 'official = { file = "figures.csv", partial = true }'
    scenario.write_text(f'extends = "{BASELINE.as_posix()}"\n{official}\n', encoding="utf-8")
    options = load_options([BASELINE, path, scenario], None, 2)
    one, two = (option.region for option in options[1:])
    assert one.laid == two.laid == {"sib": {list(one.nis).index(AALST): 77}}
    assert all(np.array_equal(one.estimates[name], two.estimates[name]) for name in one.estimates)
    assert one.files == two.files
    own = [option.scenario.model_dump(exclude={"name", "title", "title_nl", "folder", "official"}) for option in options]
    assert own[0] == own[1] == own[2]
    before = default_folder(options)
    path.write_text(f"nis,sib\n{AALST},78\n", encoding="utf-8")
    assert default_folder(load_options([BASELINE, path, scenario], None, 2)) != before


def test_a_table_in_the_place_of_the_bases_own_is_said(tmp_path: Path) -> None:
    """Figures of the base that the other table does not have are estimates again: nobody should have to find that out."""
    for name, column in (("old", "stock"), ("new", "sib")):
        (tmp_path / f"{name}.csv").write_text(f"nis,{column}\n{AALST},2000\n", encoding="utf-8")
    (tmp_path / "base.toml").write_text(
        f'extends = "{BASELINE.as_posix()}"\nofficial = {{ file = "old.csv", partial = true }}\n', encoding="utf-8"
    )
    base, option = load_options([tmp_path / "base.toml", tmp_path / "new.csv"], None, 2)
    said = f"{tmp_path / 'new.csv'}: in the place of old.csv, the official figures of base"
    assert said in option.region.warnings
    assert not any("in the place of" in warning for warning in base.region.warnings)


def test_a_table_with_a_fault_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """By its line."""
    with pytest.raises(InputError, match=r"figures\.csv: line 2, nis"):
        compared(tmp_path, "nis,sib\n99999,77\n")
    assert not (tmp_path / "out").exists()


@settings(max_examples=4, deadline=None)
@given(
    st.sampled_from([c for c in load_region().estimates if c != "known" and c != "rented_in"]),
    st.integers(0, 284),
    st.integers(1, 400),
    st.integers(0, 40),
)
def test_one_figure_leaves_the_draws_of_all_others_alike(column: str, i: int, more: int, replication: int) -> None:
    """Whatever the figure: every table of draws is the same, and so is each project under way at the start of any other municipality."""
    scenario, region = baseline()
    values = region.estimates[column].copy()
    values[:, i] += more
    under_way = []
    for estimates in (region.estimates, {**region.estimates, column: values}):
        model = build_model(scenario, replace(region, estimates=estimates))
        state = new_state(model, int(model.settings["seed"][0]), replication, 40)
        begin(model, state, 0)
        projects = state.projects[: state.world[0]["projects"]]
        others = projects[projects["municipality"] != i]
        held = [name for name in others.dtype.names if name not in ("next", "queued")]  # their places in lists
        under_way.append((others[held], state.project_draws, state.opportunities))
    assert all(np.array_equal(one, two) for one, two in zip(*under_way, strict=True))
