"""Bad input: one line that names file, place, what was found and what is allowed; exit code 2; nothing written; no traceback."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.errors import nearest
from sim.inputs.municipalities import names
from sim.inputs.region.load import DATA, load_region
from sim.inputs.region.overrides import read_swaps
from sim.inputs.scenario.library import library
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.parameters import Levers, Uncertainties
from sim.inputs.scenario.ranges import uncertain_parameters
from tests.support.project import BASELINE, Run
from tests.support.worlds import random_world


def scenario_file(folder: Path, text: str) -> Path:
    """Write a scenario that extends the baseline."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    return path


SCENARIOS = {
    "misspelt key": ("sed = 3", "sed", "did you mean 'seed'"),
    "misspelt parameter": ("[uncertainties.permitt]\nvalue = 1", "uncertainties.permitt", "did you mean 'permit'"),
    "misspelt law value": ("[law_changes.values.premum]\nvalue = 1", "law.values.premum", "did you mean 'premium'"),
    "wrong type": ('[levers.projects_per_manager]\nvalue = "four"', "levers.projects_per_manager.value", "valid integer"),
    "yes for a number": ("[levers.managers_scale]\nvalue = true", "levers.managers_scale.value", "found True"),
    "nan": ("[uncertainties.cancelled]\nvalue = nan", "uncertainties.cancelled.value", "finite"),
    "infinity": ("[uncertainties.sales]\nvalue = inf", "uncertainties.sales.value", "finite"),
    "share above 1": ("[uncertainties.cancelled]\nvalue = 1.2", "uncertainties.cancelled.value", "less than or equal to 1"),
    "shares above 1 together": ("[uncertainties.shock_company]\nvalue = 0.9", "uncertainties", "shock_flanders + shock_company"),
    "unknown distribution": (
        '[uncertainties.permit]\ndistribution = "lognormal"',
        "uncertainties.permit",
        "did you mean 'lognorm'",
    ),
    "parameter of another distribution": (
        "[uncertainties.permit]\nparameters = { mu = 1 }",
        "uncertainties.permit",
        "unknown parameter 'mu'",
    ),
    "impossible distribution": ("[uncertainties.permit]\nparameters = { s = -1.0 }", "uncertainties.permit", "no finite quantiles"),
    "negative duration": (
        '[uncertainties.award]\ndistribution = "norm"\nparameters = { loc = 0 }',
        "uncertainties.award",
        "below 0 is not allowed",
    ),
    "unknown policy": ('[levers.allocation]\nvalue = "loudest"', "levers.allocation.value", "'largest_shortfall'"),
    "zero replications": ("replications = 0", "replications", "found 0"),
    "10^9 replications": ("replications = 1_000_000_000", "replications", "1000000"),
    "negative seed": ("seed = -1", "seed", "found -1"),
    "unknown law": ('law = "draft-2025"', "law", "unknown law"),
    "rhythm out of order": (
        '[[law_changes.rhythm]]\ndate = 2030-12-31\nregular = []\nsib = { stage = "KTP", share = 1 }\nstatus = "draft"\nsource = "x"\n'
        '[[law_changes.rhythm]]\ndate = 2027-12-31\nregular = []\nsib = { stage = "KTP", share = 1 }\nstatus = "draft"\nsource = "x"',
        "law",
        "later than 2030-12-31",
    ),
    "unknown stage": (
        '[[law_changes.rhythm]]\ndate = 2030-12-31\nregular = []\nsib = { stage = "permit", share = 1 }\nstatus = "draft"\nsource = "x"',
        "law.rhythm.0.sib.0.stage",
        "'MJP', 'KTP' or 'realised'",
    ),
    "growth path of more than the objective": (
        '[[law_changes.growth_path]]\nname = "G1"\nyears = "2026-2042"\nshare = "2/3"\nstatus = "reading"\nsource = "x"',
        "law",
        "1 is needed",
    ),
    "not TOML": ("seed = = 3", "", "not valid TOML"),
    "too deep": ("a.b.c.d.e.f.g.h.i.j = 1", "a.b", "deeper"),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_bad_scenario(name: str, bso: Run, tmp_path: Path) -> None:
    """Each is refused by `run` and by `check`, and says file, place and what is allowed."""
    text, place, allowed = SCENARIOS[name]
    path = scenario_file(tmp_path, text)
    before = sorted(tmp_path.rglob("*"))
    for command in (("run", path, "--out", tmp_path / "out"), ("check", path)):
        code, out, err = bso(*command)
        assert code == 2
        assert out == ""
        assert str(path) in err
        assert place in err
        assert allowed in err
        assert "Traceback" not in err
        assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def all_rows() -> list[str]:
    """A table of official figures for every municipality."""
    region = load_region()
    return ["nis,sib", *(f"{nis},0" for nis in region.nis)]


TABLES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "missing municipality": (lambda rows: rows[:-1], "1 of 285 municipalities missing"),
    "double": (lambda rows: [*rows, rows[5]], "stands twice"),
    "unknown": (lambda rows: [*rows[:-1], "99999,0"], "unknown NIS code 99999"),
    "empty code": (lambda rows: [*rows[:-1], ",0"], "nis: empty; nis or municipality is needed"),
    "not a number": (lambda rows: [rows[0], rows[1].replace(",0", ",many"), *rows[2:]], "line 2, sib: found 'many'"),
    "negative": (lambda rows: [rows[0], rows[1].replace(",0", ",-3"), *rows[2:]], "line 2, sib: found '-3'"),
    "unknown column": (lambda rows: ["nis,sip", *rows[1:]], "did you mean 'sib'"),
    "no nis column": (lambda rows: ["code,sib", *rows[1:]], "no column 'nis / municipality'; found code, sib"),
    "cell too many": (lambda rows: [*rows[:-1], rows[-1] + ",1"], "found '1' in a column without a header"),
    "no rows": (lambda rows: rows[:1], "no rows"),
}


@pytest.mark.parametrize("name", TABLES)
def test_bad_table(name: str, bso: Run, tmp_path: Path) -> None:
    """Official figures with a fault are refused when a scenario names them, before anything is written."""
    change, problem = TABLES[name]
    table = tmp_path / "official.csv"
    table.write_text("\n".join(change(all_rows())) + "\n", encoding="utf-8")
    path = scenario_file(tmp_path, '[official]\nfile = "official.csv"')
    code, out, err = bso("run", path, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert str(table) in err
    assert problem in err
    assert not (tmp_path / "out").exists()
    if name != "missing municipality":  # `check` of the table alone takes it for a partial one, and says so
        assert bso("check", table)[0] == 2


def test_official_figures_are_laid_over(tmp_path: Path) -> None:
    """Figures of one municipality replace its estimate in every population, and leave the others alone."""
    table = tmp_path / "official.csv"
    table.write_text("nis,sib,stock\n41002,77,1500\n", encoding="utf-8")
    scenario = load_scenario(scenario_file(tmp_path, '[official]\nfile = "official.csv"\npartial = true'))
    estimated, official = load_region(), load_region(scenario)
    there = official.nis == 41002
    assert (official.estimates["sib"][:, there] == 77).all()
    assert (official.estimates["stock"][:, there] == 1500).all()
    assert (official.estimates["sib"][:, ~there] == estimated.estimates["sib"][:, ~there]).all()
    assert official.files["official.csv"] != ""


# ------------------------------------------------------------------------------------------------ swaps of objectives

AALST, GERAARDSBERGEN, LEDE, NINOVE = 41002, 41018, 41034, 41048  # of one company
ASSE, ANTWERPEN = 23002, 11002  # a neighbour of Aalst in another company; neither of the two
HEADER = "from,to,dwellings"
DENDERLEEUW = 41011  # of the same company
# a quarter of 120 is kept, of which SIB is 20: 90 may go; one has no objective
FIGURES = "nis,objective_regular,sib\n41002,100,20\n41011,0,0\n"


def swaps_file(folder: Path, *rows: str, more: str = "") -> Path:
    """Write a table of swaps, official figures of Aalst, and a scenario that names both."""
    (folder / "swaps.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "official.csv").write_text(FIGURES, encoding="utf-8")
    return scenario_file(folder, f'swaps.file = "swaps.csv"\nofficial = {{ file = "official.csv", partial = true }}\n{more}')


SWAPS = {
    "unknown giver": (f"41003,{NINOVE},5", "line 2, from", "unknown NIS code 41003; did you mean '42003'?"),
    "unknown taker": (f"{AALST},41084,5", "line 2, to", "unknown NIS code 41084; did you mean '44084'?"),
    "a misspelt name": (f"Aalts,{NINOVE},5", "line 2, from", "unknown municipality 'Aalts'; did you mean 'Aalst'?"),
    "a part of another": (
        "Merelbeke,44021,5",
        "line 2, from",
        "found 'Merelbeke'; Merelbeke is Merelbeke-Melle (NIS code 44088) since 1 January 2025",
    ),
    "to itself": (f"{AALST},{AALST},5", "line 2, to", "found 41002 Aalst, which gives; another one is needed"),
    "twice": (
        f"{AALST},{NINOVE},5\n{AALST},{GERAARDSBERGEN},5\n{AALST},{NINOVE},6",
        "line 4",
        "41002 Aalst to 41048 Ninove stands twice (also line 2)",
    ),
    "no dwellings": (f"{AALST},{NINOVE},0", "line 2, dwellings", "found '0'; a whole number from 1 to"),
    "less than none": (f"{AALST},{NINOVE},-5", "line 2, dwellings", "found '-5'; a whole number from 1 to"),
    "half a dwelling": (f"{AALST},{NINOVE},2.5", "line 2, dwellings", "found '2.5'; a whole number from 1 to"),
    "an empty cell": (f"{AALST},{NINOVE},", "line 2, dwellings", "empty; it is needed"),
    "another company": (
        f"{AALST},{ASSE},5",
        "line 2",
        "41002 Aalst is of WM Dender-Zuid, 23002 Asse is of Providentia; municipalities of one company, or with levers.redistribution = "
        '"neighbours" also neighbours, may swap',
    ),
    "more than may go": (
        f"{AALST},{NINOVE},91",
        "line 2, dwellings",
        "41002 Aalst gives 91; at most 90 dwellings may go, as it keeps at least 1/4 of its own objective (kept_share)",
    ),
    "more than may go together": (
        f"{AALST},{NINOVE},50\n{LEDE},{GERAARDSBERGEN},1\n{AALST},{GERAARDSBERGEN},41",
        "lines 2, 4, dwellings",
        "41002 Aalst gives 91; at most 90 dwellings may go",
    ),
    "gives and takes": (
        f"{AALST},{NINOVE},5\n{NINOVE},{GERAARDSBERGEN},5",
        "line 2, to",
        "41048 Ninove takes here and gives in line 3; a municipality may do one of the two",
    ),
    "a date that the law does not have": (
        f"{AALST},{NINOVE},5,1\n{LEDE},{NINOVE},5,4",
        "line 3, agreement",
        "found agreement 4; allowed: 1 (2026-11-01), 2 (2031-11-01), 3 (2037-11-01)",
    ),
    "twice on one date": (
        f"{AALST},{NINOVE},5,2\n{AALST},{NINOVE},5,1\n{AALST},{NINOVE},6,2",
        "line 4",
        "41002 Aalst to 41048 Ninove stands twice (also line 2)",
    ),
    "more than may go on all dates together": (
        f"{AALST},{NINOVE},50,1\n{AALST},{NINOVE},41,3",
        "lines 2, 3, dwellings",
        "41002 Aalst gives 91; at most 90 dwellings may go",
    ),
    "a taker without an objective": (
        f"{AALST},{DENDERLEEUW},5",
        "line 2, to",
        f"{DENDERLEEUW} Denderleeuw has no objective or is at the ceiling (9/100 of its households) in 20 of 20 populations",
    ),
    "there and back": (f"{AALST},{NINOVE},5\n{NINOVE},{AALST},5", "line 2, to", "41048 Ninove takes here and gives in line 3"),
    "a cell too many": (f"{AALST},{NINOVE},5,5", "line 2", "found '5' in a column without a header"),
    "no rows": ("", "", "no rows"),
}


@pytest.mark.parametrize("name", SWAPS)
def test_bad_swaps(name: str, bso: Run, tmp_path: Path) -> None:
    """Swaps that the law or the lever does not allow are refused by `run` and by `check`, with the place and the rule; nothing is written."""
    rows, place, problem = SWAPS[name]
    header = f"{HEADER},agreement" if "date" in name else HEADER
    path = swaps_file(tmp_path, header, *rows.split("\n"))
    for command in (("check", path), ("run", path, "--out", tmp_path / "out")):
        code, out, err = bso(*command)
        assert (code, out) == (2, "")
        assert f"{tmp_path / 'swaps.csv'}: {place}{': ' if place else ''}{problem}" in err
        assert err.count("\n") == 1
        assert not (tmp_path / "out").exists()


def test_bad_tables_of_swaps(bso: Run, tmp_path: Path) -> None:
    """Columns too few or unknown, neighbours without the lever, a law without a date, a file that is not there or has another's name."""
    neighbours = 'levers.redistribution.value = "neighbours"'
    rows = (HEADER, f"{AALST},{NINOVE},5")
    for held, more, problem in (
        (("from,dwellings", f"{AALST},5"), "", "header: no column 'to'; found from, dwellings"),
        (("giver,to,dwellings", f"{AALST},{NINOVE},5"), "", "header: no column 'from'; found giver, to, dwellings"),
        ((f"{HEADER},dwelings", f"{AALST},{NINOVE},5,6"), "", "header: unknown column 'dwelings'; did you mean 'dwellings'?"),
        ((HEADER, f"{AALST},{ANTWERPEN},5"), neighbours, "municipalities of one company or neighbours may swap"),
        (rows, "law_changes.calendar.agreement.dates = []", "swaps happen on the dates of law.calendar.agreement"),
        (rows, "law_changes.calendar.agreement.dates = [2043-11-01]", "and there is none within the period"),
        (rows, 'swaps.file = "none.csv"', "none.csv: cannot be read"),
        (rows, 'swaps.fille = "swaps.csv"', "did you mean 'file'"),
        (rows, 'swaps.file = "more/official.csv"', "another table that is read is called official.csv too"),
    ):
        path = swaps_file(tmp_path, *held, more=more)
        (tmp_path / "more").mkdir(exist_ok=True)
        (tmp_path / "more" / "official.csv").write_text("\n".join(rows), encoding="utf-8")
        if "swaps.f" in more:
            path.write_text(path.read_text().replace('swaps.file = "swaps.csv"\n', "", 1), encoding="utf-8")
        code, out, err = bso("check", path)
        assert (code, out) == (2, ""), problem
        assert problem in err


def test_swaps_are_read_in_any_order(tmp_path: Path) -> None:
    """As many as may go are taken, to neighbours too where the lever allows it; the file counts among those read; order changes nothing."""
    rows = [f"{AALST},{NINOVE},50", f"{LEDE},{GERAARDSBERGEN},1", f"{AALST},{GERAARDSBERGEN},39", f"{AALST},{ASSE},1"]
    found = []
    for order in (rows, rows[::-1]):
        scenario = load_scenario(swaps_file(tmp_path, HEADER, *order, more='levers.redistribution.value = "neighbours"'))
        region = load_region(scenario)
        found.append([(*region.nis[swap[:2]].tolist(), int(swap[2])) for swap in region.swaps])
        assert set(region.files) - set(load_region().files) == {"official.csv", "swaps.csv"}
    assert found[0] == found[1] == [(AALST, ASSE, 1), (AALST, GERAARDSBERGEN, 39), (AALST, NINOVE, 50), (LEDE, GERAARDSBERGEN, 1)]
    assert set(region.swaps[:, 3]) == {0}
    assert len(load_region().swaps) == 0


def test_swaps_of_random_worlds_may_stand_in_a_table(tmp_path: Path) -> None:
    """What the worlds of the other tests swap passes the same checks, and is read as it was."""
    seen = 0
    for number in range(60):
        scenario, region = random_world(number)
        if len(region.swaps):
            region = replace(region, nis=np.array(sorted(names())[: len(region.nis)], np.int64))  # a table is of Flanders
            rows = [
                f"{region.nis[giver]},{region.nis[taker]},{dwellings},{number + 1}"
                for giver, taker, dwellings, number in region.swaps[::-1]
            ]
            (tmp_path / "swaps.csv").write_text("\n".join([f"{HEADER},agreement", *rows]), encoding="utf-8")
            assert (read_swaps(tmp_path / "swaps.csv", region, scenario)[0] == region.swaps).all()
            seen += 1
    assert seen >= 5


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("run", "scenarios/none.toml"), "cannot be read"),
        (("run", "baselin"), "did you mean 'baseline'"),
        (("run", BASELINE, "--replications", "0"), "found 0"),
        (("run", BASELINE, "--replications", "1000000000"), "found 1000000000"),
        (("run", BASELINE, "--workers", "0"), "found 0"),
        (("run", BASELINE, "--seed", "-4"), "bso: seed: found -4"),
        (("run", BASELINE, "--out", "/dev/null/here"), "cannot be written"),
        (("run", BASELINE, "--replications", "1", "--out", ""), "the name of a folder is needed"),
        (("run", BASELINE, "--replications", "many"), "valid integer"),
        (("explain", "phase"), "did you mean 'phases'"),
        (("rum",), "rum"),
        *(
            ((command, *given, "--replications", count), f"--replications: found {count}; 1 to 1000000 is allowed")
            for command, *given in (
                *(("run", BASELINE), ("compare", BASELINE, BASELINE), ("sweep", "levers"), ("readings", BASELINE), ("backtest",)),
                *(("capacity", "Zetus"), ("capacity", "--all"), ("sensitivity", BASELINE), ("bands", BASELINE)),
            )
            for count in ("0", "-1", "2000000000")
        ),
        (("sensitivity", BASELINE, "--trajectories", "0"), "--trajectories: found 0; 2 to 10000 is allowed"),
        (("sensitivity", BASELINE, "--trajectories", "2000000000"), "--trajectories: found 2000000000; 2 to 10000 is allowed"),
        (("sensitivity", BASELINE, "--points", "2000000000"), "--points: found 2000000000; 1 to 1048576 is allowed"),
        (("sensitivity", BASELINE, "--most", "0"), "--most: found 0; 1 to 200 is allowed"),
        (("calibrate", "--points", "2000000000"), "--points: found 2000000000; 2 to 1048576 is allowed"),
        (("calibrate", "--sets", "0"), "--sets: found 0; 1 to 1048576 is allowed"),
    ],
)
def test_bad_arguments(arguments: tuple[object, ...], problem: str, bso: Run) -> None:
    """Arguments that cannot be are refused with exit code 2."""
    code, out, err = bso(*arguments)
    assert (code, out) == (2, "")
    assert problem in err
    assert "Traceback" not in err


def test_a_folder_with_something_else_is_left_alone(bso: Run, tmp_path: Path) -> None:
    """Results are never written among other files."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").touch()
    code, _, err = bso("run", BASELINE, "--out", tmp_path / "mine", "--replications", "1")
    assert code == 2
    assert "holds other files" in err


def test_scenarios_that_extend_each_other_in_a_circle(bso: Run, tmp_path: Path) -> None:
    """A circle is named, not followed."""
    (tmp_path / "a.toml").write_text('extends = "b.toml"', encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"', encoding="utf-8")
    code, _, err = bso("check", tmp_path / "a.toml")
    assert code == 2
    assert "circle" in err


def test_every_row_of_the_packages_own_tables_is_checked(tmp_path: Path) -> None:
    """The package's tables pass the same checks: a missing municipality in one of them is found."""
    for path in DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rows = (tmp_path / "households.csv").read_text().splitlines()
    (tmp_path / "households.csv").write_text("\n".join(rows[:-1]) + "\n")
    with pytest.raises(ValueError, match="1 of 285 municipalities missing"):
        load_region(folder=tmp_path)


def test_the_real_command_has_no_traceback(tmp_path: Path) -> None:
    """The same through a real process."""
    found = subprocess.run(
        [sys.executable, "-m", "sim.cli", "run", "nothing.toml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.startswith("bso: nothing.toml: cannot be read")


KNOWN = (
    list(Levers.model_fields),
    list(Uncertainties.model_fields),
    list(uncertain_parameters()),
    [path.stem for path in library()],
)


@given(st.sampled_from([(name, names) for names in KNOWN for name in names]), st.data())
def test_a_hint_is_the_name_that_was_meant(asked: tuple[str, list[str]], data: st.DataObject) -> None:
    """In capitals, with a letter less, more or another, or two the other way round: the name itself, unless another one is as near."""
    name, names = asked
    place = data.draw(st.integers(1, len(name) - 1))
    slips = {
        "case": name.upper(),
        "less": name[:place] + name[place + 1 :],
        "more": f"{name[:place]}x{name[place:]}",
        "other": f"{name[:place]}x{name[place + 1 :]}",
        "turned": name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
    }
    for kind, found in slips.items():
        if found not in names:
            assert nearest(found, names) == f"did you mean {name!r}?" or (
                kind != "case" and "did you mean" in nearest(found, names)
            )
    assert nearest(name.upper(), [name]) == f"did you mean {name!r}?"
    assert nearest(name, []) == "there are none"
