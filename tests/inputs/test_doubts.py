"""Official figures that may not mean what they seem: far from every estimate, a path beside it, a sum that is not the law's. They are said."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.region.doubts import far_off
from sim.inputs.region.load import check_table, load_region
from sim.inputs.scenario.model import load_scenario
from tests.support.project import BASELINE

FIGURES = ("objective_regular", "sib", "stock", "target_group", "land_company", "pipeline_construction")


def written(folder: Path, columns: str, *rows: str) -> Path:
    """Write a table of official figures."""
    path = folder / "figures.csv"
    path.write_text("\n".join([f"nis,{columns}", *rows, ""]), encoding="utf-8")
    return path


@settings(max_examples=20)
@given(st.sampled_from(FIGURES), st.integers(0, 284), st.sampled_from([0, 1, 2, 10, 100]))
def test_a_figure_ten_times_off_is_said(tmp_path_factory, figure: str, i: int, times: int) -> None:  # type: ignore[no-untyped-def]
    """Ten times the highest estimate, or none of the lowest, where that is more than a few dwellings; never a figure among the estimates."""
    region = load_region()
    values = region.estimates[figure][:, i]
    own = int(values.max()) * times if times else 0
    if figure == "stock":
        own = max(own, int(region.estimates["rented_in"][:, i].max()))
    path = written(tmp_path_factory.mktemp("own"), figure, f"{region.nis[i]},{own}")
    doubtful = [line for line in check_table(path)[1] if "add up" not in line]
    assert len(doubtful) == far_off(own, values.min(), values.max())
    assert all(f"{path}: line 2, {figure}: {own:,}, far from the estimate of {values[0]:,}" in line for line in doubtful)
    if times >= 10 and values.max() >= 10:
        assert doubtful
    if values.min() <= own <= values.max():
        assert not doubtful


def test_a_path_beside_the_estimate_is_said(tmp_path: Path) -> None:
    """A path of which a digit was lost adds up to an objective that nobody estimated; one within the estimates says nothing."""
    estimate = load_region().estimates["objective_regular"][:, load_region().nis == 41002]
    good = int(estimate[0, 0])
    parts = good // 3, good // 3, good - 2 * (good // 3)
    for g2, words in ((parts[1], 0), (parts[1] // 10, 1)):
        path = written(tmp_path, "g1,g2,g3", f"41002,{parts[0]},{g2},{parts[2]}")
        doubtful = [line for line in check_table(path)[1] if "add up" not in line and "even part" not in line]
        assert len(doubtful) == words
        assert all(
            f"g1 + g2 + g3: {parts[0] + g2 + parts[2]:,} together, beside the estimate of {good:,}" in line for line in doubtful
        )


@pytest.mark.parametrize(("extra", "said"), [(0, 0), (1000, 1)])
def test_a_sum_that_is_not_the_laws_is_said(extra: int, said: int, tmp_path: Path) -> None:
    """By `check` of the table, and by the region of a scenario that lays it over, for `run` to print."""
    region = load_region()
    regular, sib = (region.estimates[name][0].copy() for name in ("objective_regular", "sib"))
    regular[regular.argmax()] += extra
    path = written(tmp_path, "objective_regular,sib", *(f"{n},{r},{s}" for n, r, s in zip(region.nis, regular, sib, strict=True)))
    sums = [line for line in check_table(path)[1] if "add up" in line]
    assert len(sums) == said
    assert all("add up to 46,000; the law's objective is 45,000" in line for line in sums)
    mine = tmp_path / "mine.toml"
    mine.write_text(f'extends = "{BASELINE.as_posix()}"\nofficial.file = "figures.csv"\n', encoding="utf-8")
    assert [line for line in load_region(load_scenario(mine)).warnings if "add up" in line] == sums


def test_of_many_doubts_the_first_are_shown(tmp_path: Path) -> None:
    """And how many more there are."""
    path = written(
        tmp_path,
        "stock",
        *(f"{n},{s}" for n, s in zip(load_region().nis, load_region().estimates["stock"].max(axis=0) * 10, strict=True)),
    )
    doubtful = check_table(path)[1]
    assert len(doubtful) == 11
    assert "lines more like that" in doubtful[-1]
