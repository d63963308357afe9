"""What a scenario decides of the region itself: exemptions by size or name, companies that become one, a later start. Both engines follow."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sim import cli
from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import LATER, load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.tables import read_table
from sim.studies.compare.options import check_pair, from_scenario
from tests.support.oracle import differences, run_plain
from tests.support.project import BASELINE, ROOT

SMALL = 10_000  # inhabitants


def scenario(folder: Path, text: str) -> Scenario:
    """Return a scenario that extends the baseline."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    return load_scenario(path)


def objectives(region: Region) -> np.ndarray:
    """Return the objectives of every population and municipality."""
    return region.estimates["objective_regular"] + region.estimates["sib"]


def agree(made: Scenario, region: Region, replication: int = 1) -> None:
    """Hold the engine against the plain model."""
    assert [w for w in differences(made, region, replication, run_plain(made, region, replication)) if w] == []


# ------------------------------------------------------------------------------------------------ exemptions by size or name


def test_small_municipalities_have_no_objective_and_the_others_carry_it(tmp_path: Path) -> None:
    """By inhabitants of 2026. What they lose goes to the regular objectives of the others, in proportion, within a dwelling; the sum stays."""
    facts = read_table(ROOT / "sim/inputs/data/municipalities.csv", "nis")
    estimated = load_region()
    out = np.array([int(facts[n]["population_2026"]) < SMALL for n in estimated.nis])
    assert 30 < out.sum() < 100
    region = load_region(scenario(tmp_path, f"[exempt]\ninhabitants_below = {SMALL}\nredistributed = true"))
    assert not objectives(region)[:, out].any()
    assert (objectives(region).sum(axis=1) == 45_000).all()
    before, after = (r.estimates["objective_regular"][:, ~out] for r in (estimated, region))
    factor = 1 + objectives(estimated)[:, out].sum(axis=1, keepdims=True) / before.sum(axis=1, keepdims=True)
    assert (np.abs(after - before * factor) < 1).all()
    assert (region.estimates["sib"][:, ~out] == estimated.estimates["sib"][:, ~out]).all()


def test_what_lapses_goes_to_nobody(tmp_path: Path) -> None:
    """Of municipalities by NIS code; the others keep what they had, in every population."""
    codes = [41002, 11001]
    region = load_region(scenario(tmp_path, f"[exempt]\nmunicipalities = {codes}\nredistributed = false"))
    estimated, out = load_region(), np.isin(region.nis, codes)
    assert not objectives(region)[:, out].any()
    assert objectives(estimated)[:, out].all()
    assert (objectives(region)[:, ~out] == objectives(estimated)[:, ~out]).all()


@pytest.mark.parametrize("redistributed", ["true", "false"])
def test_who_is_exempt_stays_so(tmp_path: Path, redistributed: str) -> None:
    """Through three recalibrations and an objective that is higher in the law; at no test is it judged. Both engines agree."""
    text = f"[exempt]\ninhabitants_below = {SMALL}\nredistributed = {redistributed}\n[law_changes.values.objective]\nvalue = 50_000"
    made = scenario(tmp_path, text)
    region = load_region(made)
    model = build_model(made, region)
    out = region.households_2042 == 0
    assert out.sum() > 30
    for number in range(3):
        history = replicate(model, number)
        assert not history.years["objective"][:, out].any()
        assert not history.tests["category"][:, out].any()
        assert (history.years["objective"][0] != history.years["objective"][-1])[~out].any()  # recalibrations there were
    agree(made, region)


def test_an_exemption_is_paired_with_the_draft(tmp_path: Path, baseline: Scenario) -> None:
    """Same municipalities, companies and draws, so `bso compare` takes them; the luck of every project is the same."""
    made = scenario(tmp_path, f"[exempt]\ninhabitants_below = {SMALL}\nredistributed = false")
    check_pair(from_scenario(baseline, BASELINE), from_scenario(made, tmp_path))
    one, two = load_region(baseline), load_region(made)
    assert (one.stream_columns == two.stream_columns).all()
    assert one.files == two.files


# ------------------------------------------------------------------------------------------------ companies that become one


def pair_of(region: Region) -> tuple[str, str]:
    """Return two companies."""
    return region.company_names[0], region.company_names[7]


def test_companies_that_merge_have_all_their_municipalities(tmp_path: Path) -> None:
    """Under the new name, also in the order of names; everybody else stays where it was."""
    estimated = load_region()
    one, two = pair_of(estimated)
    region = load_region(scenario(tmp_path, f'[merge]\n"Zee en Land" = ["{one}", "{two}"]'))
    assert len(region.company_names) == len(estimated.company_names) - 1
    assert list(region.company_names) == sorted(region.company_names)
    for i, c in enumerate(estimated.company):
        name = estimated.company_names[c]
        assert region.company_names[region.company[i]] == ("Zee en Land" if name in (one, two) else name)


def test_a_merged_company_is_run_and_known_by_its_name(tmp_path: Path) -> None:
    """Both engines agree; its means are said under its new name, and under no old one."""
    one, two = pair_of(load_region())
    merged = f'[merge]\n"Zee en Land" = ["{one}", "{two}"]\n'
    means = '[companies."{}"]\nmanagers = {{ value = 5, unit = "project managers", status = "assumed", source = "a test" }}'
    made = scenario(tmp_path, merged + means.format("Zee en Land"))
    agree(made, load_region(made))
    with pytest.raises(InputError, match="no such company"):
        load_region(scenario(tmp_path, merged + means.format(one)))


def test_a_merger_is_not_paired_with_what_has_other_companies(tmp_path: Path, baseline: Scenario) -> None:
    """A company's luck is drawn by its place among all: with another number of them it is another luck."""
    one, two = pair_of(load_region())
    made = scenario(tmp_path, f'[merge]\n"Zee en Land" = ["{one}", "{two}"]')
    with pytest.raises(InputError, match="not the same municipalities in the same companies"):
        check_pair(from_scenario(baseline, BASELINE), from_scenario(made, tmp_path))
    check_pair(from_scenario(made, tmp_path), from_scenario(made, tmp_path))


REFUSED = {
    "two ways to say who": (
        "[exempt]\ninhabitants_below = 10\nmunicipalities = [41002]\nredistributed = true",
        "exempt: inhabitants_below or municipalities",
    ),
    "nobody named": ("[exempt]\nredistributed = true", "exempt: inhabitants_below or municipalities"),
    "not said what becomes of it": ("[exempt]\ninhabitants_below = 9_000", "exempt.redistributed: missing"),
    "an unknown code": ("[exempt]\nmunicipalities = [41003]\nredistributed = true", "unknown NIS code 41003; did you mean"),
    "nobody so small": ("[exempt]\ninhabitants_below = 10\nredistributed = true", "found 10; more than 78"),
    "nobody left": ("[exempt]\ninhabitants_below = 9_000_000\nredistributed = false", "at least one with an objective"),
    "an unknown company": ('[merge]\nNieuw = ["Dijledal", "Dijledaal"]', "merge.Nieuw: unknown company 'Dijledaal'; did you mean"),
    "one company": ('[merge]\nNieuw = ["Dijledal"]', "found 1 company; at least two"),
    "a company twice": ('[merge]\nNieuw = ["Dijledal", "Dijledal"]', "Dijledal stands twice"),
    "in two mergers": ('[merge]\nA = ["Dijledal", "KANVAZ"]\nB = ["Providentia", "KANVAZ"]', "merge.B: KANVAZ stands twice"),
    "the name of another": ('[merge]\nProvidentia = ["Dijledal", "KANVAZ"]', "another company is called Providentia"),
    "a name like that of another": ('[merge]\nPROVIDENTIA = ["Dijledal", "KANVAZ"]', "another company is called"),
    "a later start without figures": ("start = 2026-12-31", "official figures of that day for all municipalities"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a line with file, place and what is allowed, before anything is run."""
    text, problem = REFUSED[name]
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["bso", "check", str(path)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    assert err.startswith(f"bso: {path}: ")
    assert problem in err
    assert err.count("\n") == 1


# ------------------------------------------------------------------------------------------------ a later start


def later(folder: Path, year: int, without: str = "", delivered: int = 3, let: bool = False) -> Scenario:
    """Return a scenario that starts later, with official figures: the estimates, and some dwellings delivered since."""
    region = load_region()
    columns = [c for c in (*LATER, "objective_regular", *(("let",) if let else ())) if c != without]
    central = {name: values[0] for name, values in region.estimates.items()}
    central |= {"delivered": np.full(len(region.nis), delivered), "let": np.ones(len(region.nis), np.int64)}
    rows = [",".join(map(str, (nis, *(central[c][i] for c in columns)))) for i, nis in enumerate(region.nis)]
    (folder / "then.csv").write_text("\n".join([",".join(["nis", *columns]), *rows]) + "\n", encoding="utf-8")
    money = "uncertainties.budget.constant = 1_050"
    return scenario(folder, f'start = {year}-12-31\n{money}\n[official]\nfile = "then.csv"')


def test_a_later_start_has_what_is_ahead(tmp_path: Path) -> None:
    """From the end of 2030: the measurements of 2027 and 2030 are behind, agreements are in force from January, households are those of then."""
    made = later(tmp_path, 2030)
    region, now = load_region(made), load_region()
    assert [m.date.year for m in made.law.rhythm] == [2033, 2036, 2039, 2042]
    assert [str(day) for day in made.law.calendar.agreement.dates] == ["2031-01-01", "2031-11-01", "2037-11-01"]
    assert made.warnings == []
    assert (region.households > now.households).sum() > 200
    assert (region.households_2042 == now.households_2042).all()
    assert (region.estimates["delivered"] == 3).all()
    history = replicate(build_model(made, region), 0)
    assert len(history.years) == 12
    assert (history.years["objective"][0] == objectives(region)[0]).all()
    agree(made, region)


def test_what_was_let_by_then_may_be_said(tmp_path: Path) -> None:
    """Else all that was realised by then is let."""
    assert (load_region(later(tmp_path, 2026)).estimates["let"] == 3).all()
    assert (load_region(later(tmp_path, 2026, let=True)).estimates["let"] == 1).all()


@pytest.mark.parametrize("column", [*LATER, "objective_regular"])
def test_a_later_start_needs_every_column_that_changed(tmp_path: Path, column: str) -> None:
    """The table that lacks one is named, and so is the column."""
    with pytest.raises(InputError, match=rf"then.csv: header: no column {column}\b.*; a start after 2025-12-31"):
        load_region(later(tmp_path, 2026, without=column))


def test_a_start_after_the_last_measurement_is_refused(tmp_path: Path) -> None:
    """Nothing would be asked any more."""
    with pytest.raises(InputError, match="a day before the last measurement, 2042-12-31"):
        later(tmp_path, 2042)
