"""Official figures: municipalities that were merged, cells left empty, columns that are exchanged, and what they add up to."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.cli.tables import check_table
from sim.inputs.errors import InputError
from sim.inputs.municipalities import mergers, names, parts
from sim.inputs.region import load
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from sim.studies.compare.options import load_options
from tests.support.project import BASELINE
from tests.support.tables import FORMS, Form, figures, saved

MERGED = sorted({former.into for former in mergers().values()})
CODES = sorted(names())


def called(code: int) -> str:
    """Return what the municipality of a code is called, or was."""
    return names().get(code) or mergers()[code].name


@settings(max_examples=15, deadline=None, phases=(Phase.generate,))
@given(st.sampled_from(MERGED), st.sampled_from(["code", "name", "both"]), st.randoms(use_true_random=False))
def test_parts_are_added_up_where_that_is_asked(tmp_path_factory, merged: int, by: str, random) -> None:  # type: ignore[no-untyped-def]
    """All of them, by old code, old name or both, each column apart; without asking, one missing, or beside the whole: said."""
    of = sorted(parts(merged))
    random.shuffle(of)
    rows = [
        [code if by != "name" else "", called(code) if by != "code" else "", random.randint(0, 99), random.randint(0, 99)]
        for code in of
    ]
    table, folder = [["nis", "name", "sib", "stock"], *rows], tmp_path_factory.mktemp("any")
    path = saved(folder, table, Form())
    assert figures(path, add_up=True) == {merged: {"sib": sum(row[2] for row in rows), "stock": sum(row[3] for row in rows)}}
    with pytest.raises(
        InputError, match=f"is {names()[merged]} .NIS code {merged}. since 1 January 20(19|25); all its parts are added up"
    ):
        figures(path)
    old = next(i for i, code in enumerate(of) if code in mergers() and called(code) != called(merged))
    lacking = [row for i, row in enumerate(rows) if i == old]
    with pytest.raises(InputError, match=f"line 2, (nis|name): a part of {names()[merged]}; to add up its parts .* is needed too"):
        figures(saved(folder, [table[0], *lacking], Form()), add_up=True)
    if merged not in of:
        whole = [*table, [merged, names()[merged], 1, 1]]
        with pytest.raises(
            InputError,
            match=rf"a part of {names()[merged]}, which stands in line {len(whole)} too|line {len(whole)}, nis: '{merged}' stands twice",
        ):
            figures(saved(folder, whole, Form()), add_up=True)
    rows[old][2] = ""
    with pytest.raises(InputError, match=f"sib: empty; it is needed to add up the parts of {names()[merged]}"):
        figures(saved(folder, table, Form()), add_up=True)


def test_a_scenario_may_add_up(tmp_path: Path) -> None:
    """And what it lays over the estimates is the sum, of the file as it was."""
    (tmp_path / "old.csv").write_text("gemeente;SIB\nMerelbeke;20\nMelle;11\nGent;\n", encoding="cp1252")
    mine = tmp_path / "mine.toml"
    text = f'extends = "{BASELINE.as_posix()}"\nofficial = {{ file = "old.csv", partial = true, add_up = '
    mine.write_text(f"{text}true }}\n", encoding="utf-8")
    region, known = load_region(load_scenario(mine)), load_region()
    assert (region.estimates["sib"][:, region.nis == 44088] == 31).all()
    assert (region.estimates["sib"][:, region.nis == 44021] == known.estimates["sib"][:, known.nis == 44021]).all()
    assert region.warnings[0] == f"{tmp_path / 'old.csv'}: 1 of 2 cells are empty; there the estimates stay"
    assert "add up to" in region.warnings[-1]
    mine.write_text(f"{text}false }}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_region(load_scenario(mine))
    assert "old.csv: line 3, gemeente: found 'Melle'; Melle is Merelbeke-Melle (NIS code 44088) since 1 January 2025" in str(
        error.value
    )


@pytest.mark.parametrize("name", ["De Pinte", "de pinte", "Merelbeke", "Kruishoutem", "Borsbeek"])
def test_a_place_that_disappeared_is_no_other(name: str, tmp_path: Path) -> None:
    """De Pinte is not De Panne: it is named with what it is now."""
    with pytest.raises(InputError) as error:
        figures(saved(tmp_path, [["gemeente", "SIB"], [name, 3]], Form()))
    assert " since 1 January " in str(error.value)
    assert "De Panne" not in str(error.value)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("columns", [("objective_regular", "sib"), ("objective_regular", "target_group"), ("sib", "target_group")])
def test_columns_that_are_exchanged_are_said(tmp_path: Path, columns: tuple[str, str], seed: int) -> None:
    """Where figures near the estimates stand under each other's head; never where they stand under their own."""
    random, estimates = np.random.default_rng(seed), load_region().estimates
    rows = random.choice(len(CODES), 12, replace=False).tolist()
    one, two = ((estimates[name][0, rows] * random.uniform(0.8, 1.25, 12)).astype(int).tolist() for name in columns)
    for heads in (columns, columns[::-1]):
        table = [["nis", *heads], *([CODES[i], a, b] for i, a, b in zip(rows, one, two, strict=True))]
        found = [line for line in load.check_table(saved(tmp_path, table, Form()))[1] if "exchanged" in line]
        assert len(found) == (heads != columns)
        assert all("nearer to the estimates if they are exchanged; are they? They are used as they are" in line for line in found)


def test_the_sum_of_some_figures_is_said_beside_the_laws(tmp_path: Path) -> None:
    """Of one municipality too, and by less than three times the estimate: nothing changes the objective in silence."""
    region = load_region()
    at = int(np.flatnonzero(region.nis == 41002)[0])
    own = int(region.estimates["objective_regular"][0, at]) + 116
    holds, doubtful, sums, lacking = load.check_table(saved(tmp_path, [["nis", "doelstelling"], [41002, own]], Form()))
    assert holds.endswith("for 1 of 285 municipalities")
    assert (sums, lacking) == ({"objective_regular": own}, 284)
    assert ["add up to 44," in line or "add up to 45," in line for line in doubtful] == [False, True]
    assert "read as the regular objective, without SIB" in doubtful[0]


@pytest.mark.parametrize("heads", ["nis,g1,g2,g3", "nis,objective_regular,g1,g2,g3"])
def test_growth_paths_are_held_against_the_objective(heads: str, tmp_path: Path) -> None:
    """Where no objective stands beside them: by what they add up to, and as a comma of thousands may have cut a figure in two. Both are said by
    the command and in comparisons."""
    path, empty = tmp_path / "paths.csv", "," * heads.count("objective")
    path.write_text(f"{heads}\n11002,{empty}1,811,0\n", encoding="utf-8")
    doubtful = check_table(path, False).doubtful
    told = [line for line in doubtful if "even part" in line]
    assert told == [f"{path}: line 2, g1: 1, far from an even part of 812; is that right? It is used as it is"]
    assert set(told) <= set(load_options(["baseline", path])[1].region.warnings)
    path.write_text(f"{heads}\n44021,{empty}270,270,272\n", encoding="utf-8")
    doubtful = check_table(path, False).doubtful
    assert any("line 2, g1 + g2 + g3: 812 together, beside the estimate of 0" in line for line in doubtful)
    assert not any("even part" in line for line in doubtful)
    assert doubtful == list(load_options(["baseline", path])[1].region.warnings)
    path.write_text(f"{heads}\n11002,{empty}1,811,0,9\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: found '9' in a column without a header"):
        check_table(path, False)


def test_a_figure_that_is_none_is_one_mistake(tmp_path: Path) -> None:
    """Each by its cell; that the rest of the path lacks it is not said again."""
    path = tmp_path / "paths.csv"
    path.write_text("nis,g1,g2,g3\n11002,x,2.5,3\n11001,,2,3\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        check_table(path, False)
    assert [each.place for each in error.value.found] == ["line 2, g1", "line 2, g2", "line 3, g1 + g2 + g3"]


@settings(max_examples=10, deadline=None)
@given(FORMS)
def test_any_table_is_checked_by_what_it_holds(tmp_path_factory, form: Form) -> None:  # type: ignore[no-untyped-def]
    """Swaps, verdicts, lead times and official figures are told by their columns; a mistake is one of that kind."""
    folder = tmp_path_factory.mktemp("any")
    tables: dict[str, list[list[object]]] = {
        "valid table of 1 swaps, of 3 dwellings": [["van", "naar", "woningen"], ["Aalst", 41048, 3]],
        "valid table of verdicts for 285": [["nis", "categorie"], *([code, "1"] for code in CODES)],
        "valid list of lead times, seen until the end of 2020-03 (permit 1)": [
            ["fase", "begonnen", "geëindigd"],
            ["vergunning", "2019-01", "2020-03"],
        ],
        "valid table of official figures for 1 of 285": [["gemeente", "SIB"], ["Gent", 1]],
    }
    for says, rows in tables.items():
        path = saved(folder, rows, form)
        assert check_table(path, False)[0].startswith(says)
        path = saved(folder, [rows[0], [*rows[1][:-1], "veel"]], form)
        with pytest.raises(InputError, match="found 'veel'"):
            check_table(path, False)
