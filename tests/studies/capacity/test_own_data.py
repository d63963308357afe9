"""A company's own data at work: in the model, in the answer, in scenarios and results, and through the command."""

import io
import json
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import build_model
from sim.engine.state import Own, Stage
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.workbook.beside import doubts_of_own_data, estimated_means
from sim.inputs.workbook.words import FILES
from sim.report.language import Language
from sim.report.screen import Terminal
from sim.runs.experiment import run_experiment
from sim.runs.job import digest_of
from sim.studies.capacity import template
from sim.studies.capacity.own_data import own_of, replaced, with_folder
from sim.studies.capacity.screen import show_replaced
from sim.studies.capacity.template import README, write_template
from sim.tracing.explained import Explained
from tests.support.company import COMPANY, PROJECT, written
from tests.support.project import BASELINE, Run

FILLED: dict[str, Any] = {
    "municipalities": [";Aalst;regulier objectief;;;;;905", ";Aalst;SIB;;;;;210", ";Lede;SIB;;;;;", ";Lede;ingehuurd;;;;;3"],
    "projects": [PROJECT],
    "land": ["P1;;Aalst;34;Perceelstraat", "P2;;Ninove;50;"],
    "staff": [f"{COMPANY};projectleiders;;;;;4,5", f"{COMPANY};aangekochte bouwplaatsen per jaar;;;;;12"],
}

VALID = {
    "nl": "geldige eigen gegevens van WM Dender-Zuid; niets ingevuld, dus alle ramingen blijven gelden",
    "en": "valid own data of WM Dender-Zuid; nothing filled in, so all estimates stay",
}


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder in which a company filled in something of everything."""
    return written(tmp_path / "dender", **FILLED)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_an_untouched_template_changes_nothing(tmp_path: Path, baseline: Scenario, lang: str) -> None:
    """The model's tables are the same to the last bit, and nothing is said to be replaced."""
    write_template(tmp_path / "own", baseline, COMPANY, Language(lang))
    own = with_folder(baseline, tmp_path / "own", COMPANY)
    assert list(own.workbooks) == [COMPANY]
    assert digest_of(build_model(own, load_region(own))) == digest_of(build_model(baseline, load_region(baseline)))
    assert replaced(own, COMPANY).empty
    assert own_of(own) == ""


def test_both_texts_of_the_template_have_the_same_placeholders_in_the_same_paragraphs() -> None:
    """What is explained in one language is explained in the other."""
    texts = [
        Path(template.__file__).with_name(f"template.{lang}.txt").read_text(encoding="utf-8").splitlines() for lang in ("nl", "en")
    ]
    filled = [[{name for _, name, _, _ in string.Formatter().parse(line) if name} for line in text] for text in texts]
    assert filled[0] == filled[1]
    assert len(set(map(frozenset, filled[0]))) > 5


def test_own_data_reach_the_model(filled: Path, baseline: Scenario) -> None:
    """In every population; nobody else's municipality is touched, but for what all share by objective."""
    own = with_folder(baseline, filled, COMPANY)
    region, before = load_region(own), load_region(baseline)
    model = build_model(own, region)
    start, index = model.start, {name: i for i, name in enumerate(region.names)}
    members = region.company == region.company_names.index(COMPANY)
    assert set(start["regular"][:, index["Aalst"]]) == {905}
    assert set(start["sib"][:, index["Aalst"]]) == {210}
    assert set(start["rented_in"][:, index["Lede"]]) == {3}
    assert np.array_equal(start["sib"][:, index["Lede"]], before.estimates["sib"][:, index["Lede"]])
    room = {"Aalst": 4, "Ninove": 50}
    assert [set(start["room_company"][:, i]) for i in np.flatnonzero(members)] == [
        {room.get(region.names[i], 0)} for i in np.flatnonzero(members)
    ]
    assert model.own[:, [Own.MUNICIPALITY, Own.STAGE, Own.DWELLINGS]].tolist() == [[index["Aalst"], Stage.KTP, 30]]
    for stage in ("preparation", "mjp", "ktp", "construction", "dormant"):
        assert not start[f"pipeline_{stage}"][:, members].any()
    assert set(model.company_start["own_managers"][:, region.company_names.index(COMPANY)]) == {int(4.5 * 65_536)}
    for column, values in before.estimates.items():
        assert np.array_equal(region.estimates[column][:, ~members], values[:, ~members])


def test_what_was_replaced_stands_beside_what_replaced_it(filled: Path, baseline: Scenario) -> None:
    """Per municipality with the spread over the populations; the stages also of all together, with how many projects there are."""
    own, region = with_folder(baseline, filled, COMPANY), load_region(baseline)
    rows = replaced(own, COMPANY).set_index(["municipality", "figure"])
    values = region.estimates["objective_regular"][:, region.names.index("Aalst")]
    expected = [values[0], values.min(), values.max(), 905]
    assert rows.loc[("Aalst", "objective_regular"), ["estimate", "low", "high", "own"]].tolist() == expected
    assert rows.loc[("Aalst", "land"), "own"] == 4
    members = region.company == region.company_names.index(COMPANY)
    under_way = region.estimates["pipeline_mjp"][:, members].sum(axis=1)
    assert rows.loc[("", "MJP"), ["estimate", "low", "high", "own", "projects"]].tolist() == [
        *(under_way[0], under_way.min(), under_way.max()),
        *(0, 0),
    ]
    assert rows.loc[("", "KTP"), ["own", "projects"]].tolist() == [30, 1]
    assert rows.loc[("", "managers"), ["estimate", "own"]].tolist() == [
        estimated_means(baseline, region, COMPANY)["managers"][0],
        4.5,
    ]
    assert ("Lede", "sib") not in rows.index
    assert "projects under way (1)" in own_of(own)


def test_what_the_scenario_says_itself_is_not_replaced(filled: Path, tmp_path: Path) -> None:
    """Means in the scenario take the place of those of the workbook, and the table does not claim otherwise."""
    path = tmp_path / "mine.toml"
    means = f'[companies."{COMPANY}"]\nmanagers = {{ value = 9, unit = "x", status = "assumed", source = "mine" }}'
    path.write_text(f'extends = "{BASELINE.as_posix()}"\nworkbooks."{COMPANY}" = "{filled.name}"\n{means}\n', encoding="utf-8")
    scenario = load_scenario(path)
    managers = scenario.means[COMPANY].managers
    assert managers is not None
    assert managers.value == 9
    assert "managers" not in set(replaced(scenario, COMPANY)["figure"])


def test_what_was_replaced_fits_a_screen(filled: Path, baseline: Scenario) -> None:
    """In both languages, in 80 columns; and where nothing is filled in, that is said."""
    rows = replaced(with_folder(baseline, filled, COMPANY), COMPANY)
    for lang, words in (
        ("nl", ("regulier objectief", "949 (845 tot 1.118)", "905", "lopend: KTP")),
        ("en", ("under way: KTP", "905")),
    ):
        screen = Terminal(file=io.StringIO(), width=80)
        show_replaced(rows, lang, screen)
        show_replaced(rows[:0], lang, screen)
        text = screen.file.getvalue()  # type: ignore[attr-defined]
        assert all(word in text for word in words), text
        assert max(map(len, text.splitlines())) <= 80
        assert text.splitlines()[-1] == Language(lang).say("Own data: nothing filled in, so all estimates stay.")


# ---------------------------------------------------------------- in scenarios and results


def test_a_scenario_names_folders_of_own_data(filled: Path, tmp_path: Path, bso: Run, baseline: Scenario) -> None:
    """Relative to its file; the same scenario as with --data; the results keep the content, and can be explained without the folder."""
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n[workbooks]\n"{COMPANY}" = "{filled.name}"\n', encoding="utf-8")
    assert bso("check", path)[0] == 0
    scenario = load_scenario(path)
    assert scenario.workbooks == with_folder(baseline, filled, COMPANY).workbooks
    folder = run_experiment(path, 1, workers=1, out=tmp_path / "run").folder
    filled.rename(tmp_path / "gone")
    explained = Explained(folder)
    assert explained.scenario.workbooks == scenario.workbooks
    assert explained.explain("Aalst", 2031, 0)["municipality"] == "Aalst"  # and its digest is that of the run


def test_own_data_in_the_scenario_itself_are_checked_the_same(tmp_path: Path) -> None:
    """As results hold them, with the dates that cannot be refused."""
    text = f'extends = "{BASELINE.as_posix()}"\n[[workbooks."{COMPANY}".projects]]\nname = "A"\nnis = 41002\ndwellings = 9\nstage = "KTP"\n'
    path = tmp_path / "mine.toml"
    path.write_text(text + "on_mjp = 2024-03-01\non_ktp = 2025-01-01\n", encoding="utf-8")
    assert len(load_scenario(path).workbooks[COMPANY].projects or ()) == 1
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"workbooks\.WM Dender-Zuid\.projects, A, on_mjp: empty; a project on KTP"):
        load_scenario(path)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('"Zetus" = "dender"', "workbooks.Zetus: found 'dender', which holds the data of WM Dender-Zuid"),
        (f'"{COMPANY}" = "nowhere"', "no folder with own data"),
        (f'"{COMPANY}" = 3', "workbooks.WM Dender-Zuid"),
        (f'"{COMPANY}" = {{ people = 3 }}', "unknown key"),
        ('"Zetus" = { municipalities = [{ nis = 41002, sib = 3 }] }', "found NIS code 41002; municipalities of this company"),
        (
            f'"{COMPANY}" = {{ municipalities = [{{ nis = 41002, rented_in = 9999 }}] }}',
            "more dwellings rented in than the social stock",
        ),
    ],
)
def test_workbooks_that_cannot_be_are_refused(filled: Path, tmp_path: Path, bso: Run, said: str, message: str) -> None:
    """In one line, with the place."""
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n[workbooks]\n{said}\n', encoding="utf-8")
    code, _, err = bso("check", path)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


# ---------------------------------------------------------------- through the command


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_template_is_written_once(bso: Run, tmp_path: Path, lang: str) -> None:
    """Every file, explained; a second time nothing that is there is lost."""
    code, out, _ = bso("template", "company", "wm dender-zuid", "--lang", lang)
    folder = tmp_path / "wm-dender-zuid"
    assert code == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted([README[lang], *(getattr(words, lang) for words in FILES.values())])
    assert "--data" in out
    text = (folder / README[lang]).read_text(encoding="utf-8-sig")
    assert all(word in text for word in ("31/12/2025", "MJP", "KTP", f"bso capacity '{COMPANY}' --test 2031 --data"))
    assert "{" not in text
    assert bso("check", "wm-dender-zuid") == (0, f"wm-dender-zuid: {VALID[lang]}\n", "")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    code, _, err = bso("template", "company", COMPANY, "--lang", lang)
    assert code == 2
    assert {
        "nl": "wm-dender-zuid: hier staat al iets, en er wordt niets overschreven",
        "en": "wm-dender-zuid: there is something here already",
    }[lang] in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.full
def test_the_command_calculates_with_own_data(bso: Run, filled: Path, tmp_path: Path) -> None:
    """And says what it replaced: on the screen, in the folder, in the JSON object and in the sentence on estimates."""
    asked = ("capacity", COMPANY, "--test", "2031", "--category", "2B", "--levers", "land", "--replications", "20", "--lang", "nl")
    code, out, _ = bso(*asked, "--data", filled, "--out", "out")
    assert code == 0
    assert "Eigen gegevens, en wat eerst geraamd was" in out
    assert f"Van {COMPANY} zijn het voor een deel eigen gegevens." in " ".join(out.split())
    lines = (tmp_path / "out" / "replaced.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("Aalst,objective_regular,dwellings,949,845,1118,905,,")
    assert "estimate; backtest not passed" in lines[1], "a table that is sent on says what it is"
    found = json.loads((tmp_path / "out" / "capacity.json").read_text(encoding="utf-8"))
    assert found["replaced"][0]["own"] == 905
    assert found["today"]["managers"] == 4.5
    assert "regular objective (municipalities: 1)" in found["estimated"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("template",), "allowed: company"),
        (("template", "compny", "Zetus"), "found 'compny'; allowed: company"),
        (("template", "company"), "the name of a housing company is needed"),
        (("template", "company", "Zetsu"), "did you mean 'Zetus'"),
        (("capacity", "Zetus", "--data", "dender"), "gevonden: de gegevens van WM Dender-Zuid; die van Zetus zijn nodig"),
        (("capacity", "--all", "--data", "dender"), "own data are of one company"),
        (("capacity", COMPANY, "--data", "nowhere"), "no folder with own data"),
        (("check", "dender/.."), "no personeel.csv or staff.csv"),
    ],
)
def test_the_command_refuses_in_one_line(bso: Run, filled: Path, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """Nothing is written."""
    before = sorted(tmp_path.rglob("*"))
    code, out, err = bso(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_check_says_what_is_filled_in_and_what_it_replaces(bso: Run, filled: Path, tmp_path: Path) -> None:
    """In the language of the files; of a file that is not written nothing is said."""
    code, out, _ = bso("check", filled)
    assert code == 0
    assert out.startswith(
        f"{filled}: geldige eigen gegevens van WM Dender-Zuid; regulier objectief (gemeenten: 1), SIB (gemeenten: 1)"
    )
    assert all(word in out for word in ("lopende projecten (1)", "Eigen gegevens, en wat eerst geraamd was", "949 (845 tot 1.118)"))
    assert "replaced.csv" not in out
    english = written(tmp_path / "english", "en", **FILLED)
    assert "valid own data of WM Dender-Zuid; regular objective (municipalities: 1)" in bso("check", english)[1]


def test_mistakes_are_shown_together(bso: Run, tmp_path: Path) -> None:
    """A line each, after one that says of which folder; exit code 2 and nothing on standard output."""
    folder = written(tmp_path / "dender", municipalities=[";Alst;SIB;;;;;3", ";Aalst;SIB;;;;;veel"])
    code, out, err = bso("check", folder)
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert lines[0] == f"bso: {folder}: 2 fouten"
    assert lines[1].startswith("  gemeenten.csv: regel 2, gemeente: onbekende gemeente 'Alst'")
    assert lines[2].startswith("  gemeenten.csv: regel 3, eigen_waarde: gevonden 'veel'")


def test_figures_far_from_the_estimate_are_warned_about_and_used(bso: Run, tmp_path: Path, baseline: Scenario) -> None:
    """Far is beyond three times the estimates and more than 50 dwellings: the last that is not far, and the first that is."""
    region = load_region(baseline)
    low, high = (int(f(region.estimates["objective_regular"][:, region.names.index("Aalst")])) for f in (np.min, np.max))
    folder = tmp_path / "dender"
    for own, far in ((3 * high, False), (3 * high + 1, True), (-(-low // 3), False), (-(-low // 3) - 1, True)):
        written(folder, municipalities=[f";Aalst;regulier objectief;;;;;{own}"])
        found = doubts_of_own_data(with_folder(baseline, folder, COMPANY))
        assert len(found) == far
    code, out, err = bso("check", folder)
    assert code == 0
    assert "geldige eigen gegevens" in out
    assert err == f"bso: {found[0]}\n"
    place = (
        f"{folder / 'gemeenten.csv'}: regel 2, eigen_waarde: let op: regulier objectief van Aalst: {own}, ver van de raming van 949"
    )
    assert found[0].startswith(place)


@pytest.mark.parametrize(
    "asked",
    [
        ("check", "mine.toml"),
        ("run", "mine.toml", "--replications", "1"),
        pytest.param(
            ("compare", "baseline", "mine.toml", "again.toml", "--replications", "2", "--no-attribution"), marks=pytest.mark.full
        ),
        pytest.param(("readings", "mine.toml", "--replications", "2"), marks=pytest.mark.full),
        pytest.param(("bands", "mine.toml", "--sets", "sets.csv", "--replications", "2"), marks=pytest.mark.full),
        pytest.param(
            ("sensitivity", "mine.toml", "--parameters", "managers", "--trajectories", "2", "--replications", "2"),
            marks=pytest.mark.full,
        ),
        pytest.param(
            ("capacity", COMPANY, "--scenario", "mine.toml", "--levers", "land", "--replications", "20"), marks=pytest.mark.full
        ),
        pytest.param(("crosschecks", "mine.toml"), marks=pytest.mark.full),
    ],
    ids=lambda asked: asked[0],
)
def test_a_far_off_figure_is_said_once_by_whatever_reads_the_scenario(bso: Run, tmp_path: Path, asked: tuple[str, ...]) -> None:
    """Of a folder that a scenario names, by file and line; of data that stand in the scenario itself, by their company."""
    written(tmp_path / "dender", municipalities=[";Aalst;regulier objectief;;;;;9999"])
    for name in ("mine", "again"):
        text = f'extends = "{BASELINE.as_posix()}"\n[workbooks]\n"{COMPANY}" = "dender"\nZetus = {{ managers = 99.5 }}\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "sets.csv").write_text("set,response\n0,0.5\n1,0.6\n", encoding="utf-8")
    code, _, err = bso(*asked)
    assert code == 0
    assert err.count("gemeenten.csv: regel 2, eigen_waarde: let op: regulier objectief van Aalst: 9999, ver van") == 1
    assert err.count(".toml: workbooks.Zetus: ") == (2 if asked[0] == "compare" else 1)


def test_far_from_the_estimate_by_little_is_no_warning(tmp_path: Path, baseline: Scenario) -> None:
    """Fifty dwellings more than nearly none may be; managers are counted in fives; a list without a municipality may be incomplete."""
    folder = written(tmp_path / "dender", staff=[f"{COMPANY};projectleiders;;;;;99"], projects=[PROJECT])
    assert any(
        "personeel.csv: regel 2, eigen_waarde: let op: projectleiders: 99" in line
        for line in doubts_of_own_data(with_folder(baseline, folder, COMPANY))
    )
    folder = written(
        tmp_path / "english", "en", staff=[f"{COMPANY};project managers;;;;;4"], land=["P;;Aalst;9999;", "Q;;Aalst;1;"]
    )
    found = doubts_of_own_data(with_folder(baseline, folder, COMPANY))
    assert "land.csv: lines 2, 3, bouwplaatsen: warning: free places on own land of Aalst: 10000, far from" in " ".join(found)
    assert not any("staff.csv" in line for line in found)
