"""Bad law: dates, shares, stages, readings and growth paths that cannot be are refused with the place and the rule, exit code 2."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import cli
from sim.engine import build_model
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from tests.support.project import BASELINE

Refused = Callable[[Path], str]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Refused:
    """Run and check a scenario in an empty folder; both must refuse it in one line, the same, and write nothing. Return that line."""
    monkeypatch.chdir(tmp_path)

    def call(path: Path) -> str:
        said = []
        for command in (["check", str(path)], ["run", str(path), "--replications", "1", "--out", "out"]):
            monkeypatch.setattr(sys, "argv", ["bso", *command])
            with pytest.raises(SystemExit) as left:
                cli.main()
            out, err = capsys.readouterr()
            assert (left.value.code, out) == (2, ""), err
            assert err.count("\n") == 1, err
            assert "Traceback" not in err
            said.append(err)
        assert said[0] == said[1]
        assert not (tmp_path / "out").exists()
        return said[0]

    return call


def scenario(folder: Path, text: str) -> Path:
    """Write a scenario that extends the baseline."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    return path


SOURCE = 'status = "reading"\nsource = "a test"\n'


def rhythm(*rows: str) -> str:
    """Return a rhythm of rows, each a date and what differs from a measurement that asks half of the first legislature on MJP."""
    usual = {
        "test": "",
        "regular": 'regular = [{ stage = "MJP", shares = ["1/2", 0, 0] }]',
        "sib": 'sib = { stage = "MJP", share = "1/4" }',
        "rate": 'rate = "1/4"',
    }
    tables = []
    for row in rows:
        date, *changed = row.split("; ")
        lines = usual | {change.split(" ")[0]: change for change in changed}
        tables.append(f"[[law_changes.rhythm]]\ndate = {date}\n" + "\n".join(lines.values()) + "\n" + SOURCE)
    return "\n".join(tables)


def legislatures(*rows: tuple[str, str]) -> str:
    """Return a growth path of legislatures: years and share."""
    return "\n".join(
        f'[[law_changes.growth_path]]\nname = "G{i}"\nyears = "{years}"\nshare = "{share}"\n{SOURCE}'
        for i, (years, share) in enumerate(rows, 1)
    )


def value(name: str, number: str) -> str:
    """Return a changed value of the law."""
    return f"law_changes.values.{name}.value = {number}"


LAWS = {
    # dates
    "measurements out of order": (rhythm("2030-12-31", "2027-12-31"), "rhythm.1.date", "later than 2030-12-31 is needed"),
    "two measurements on a day": (rhythm("2030-12-31", "2030-12-31"), "rhythm.1.date", "later than 2030-12-31 is needed"),
    "a measurement in summer": (rhythm("2030-06-30"), "rhythm.0.date", "a 31 December is allowed"),
    "a test before its measurement": (rhythm("2030-12-31; test = 2030"), "rhythm.0.test", "before the next measurement"),
    "a test after the next measurement": (
        rhythm("2030-12-31; test = 2034", "2033-12-31"),
        "rhythm.0.test",
        "before the next measurement",
    ),
    "no date": (rhythm("2030-02-30"), "", "not valid TOML"),
    "recalibrations out of order": (
        "law_changes.calendar.recalibration.dates = [2034-10-01, 2029-10-01]",
        "law.calendar.recalibration",
        "2029-10-01 stands after 2034-10-01",
    ),
    "two agreements on a day": (
        "law_changes.calendar.agreement.dates = [2026-11-01, 2026-11-01]",
        "law.calendar.agreement",
        "an ascending order is needed",
    ),
    "legislatures that overlap": (
        legislatures(("2026-2031", "1/3"), ("2031-2036", "1/3"), ("2037-2042", "1/3")),
        "growth_path",
        "2031",
    ),
    "legislatures out of order": (
        legislatures(("2031-2036", "1/3"), ("2026-2030", "1/3"), ("2037-2042", "1/3")),
        "growth_path",
        "2026",
    ),
    "a legislature that ends before it begins": (
        legislatures(("2030-2026", "1/3"), ("2031-2036", "1/3"), ("2037-2042", "1/3")),
        "growth_path",
        "2030-2026",
    ),
    "years that are no years": (legislatures(("first", "1")), "growth_path.0.years", "pattern"),
    # shares
    "more than all of a legislature": (
        rhythm('2030-12-31; regular = [{ stage = "MJP", shares = ["3/2", 0, 0] }]'),
        "law.rhythm.0.regular.0.shares.0",
        "less than or equal to 1",
    ),
    "less than nothing of a legislature": (
        rhythm('2030-12-31; regular = [{ stage = "MJP", shares = ["-1/2", 0, 0] }]'),
        "law.rhythm.0.regular.0.shares.0",
        "greater than or equal to 0",
    ),
    "more than all of SIB": (
        rhythm('2030-12-31; sib = { stage = "KTP", share = 1.25 }'),
        "law.rhythm.0.sib.0.share",
        "less than or equal to 1",
    ),
    "more than the premium": (rhythm("2030-12-31; rate = 2"), "law.rhythm.0.rate", "less than or equal to 1"),
    "a share of nothing": (rhythm('2030-12-31; rate = "1/0"'), "law.rhythm.0.rate", 'a fraction such as "1/4"'),
    "a share in words": (rhythm('2030-12-31; rate = "half"'), "law.rhythm.0.rate", 'a fraction such as "1/4"'),
    "a part of the premium with more digits than whole numbers hold": (
        rhythm("2030-12-31; rate = 0.3333333333333333"),
        "law.rhythm.0.rate",
        "denominator",
    ),
    "a share of a legislature with more digits than whole numbers hold": (
        rhythm('2030-12-31; regular = [{ stage = "MJP", shares = [0.3333333333333333, 0, 0] }]'),
        "law.rhythm.0.regular.0.shares.0",
        "denominator",
    ),
    "a premium with an endless exponent": (value("premium", '"1e999999999"'), "law.values.premium.value", "a number or a fraction"),
    "a premium divided by nothing": (value("premium", '"1/0"'), "law.values.premium.value", "a number or a fraction"),
    "a share kept with more digits than whole numbers hold": (
        value("kept_share", '"1e-30"'),
        "law.values.kept_share.value",
        "denominator",
    ),
    "shares of two of three legislatures": (
        rhythm('2030-12-31; regular = [{ stage = "MJP", shares = [1, 1] }]'),
        "rhythm.0.regular",
        "one for each of 3 legislatures",
    ),
    "more kept than there is": (value("kept_share", "1.25"), "kept_share", "at most 1"),
    "more of the envelope used than there is": (value("envelope_used", "2"), "envelope_used", "at most 1"),
    "a ceiling above all households": (value("ceiling", "9"), "ceiling", "at most 1"),
    "a ceiling of nothing": (value("ceiling", "0"), "ceiling", "above 0 is needed"),
    "more voluntary instruments needed than there are": (
        value("voluntary_needed", "9"),
        "voluntary_needed",
        "at most 8, the voluntary instruments",
    ),
    "an objective below the SIB of the populations": (value("objective", "900"), "law.values.objective.value", "SIB of all"),
    "more modest rental than investment": (value("modest_cap", '"6/5"'), "modest_cap", "at most 1"),
    "a growth path of more than the objective": (
        legislatures(("2026-2030", "1/2"), ("2031-2036", "1/2"), ("2037-2042", "1/2")),
        "growth_path",
        "add up to 3/2; 1 is needed",
    ),
    "a growth path of less than the objective": (
        legislatures(("2026-2030", "1/3"), ("2031-2036", "1/3"), ("2037-2042", "1/4")),
        "growth_path",
        "add up to 11/12; 1 is needed",
    ),
    # numbers
    "an envelope above its maximum": (value("envelope", "12_000"), "envelope", "at most envelope_maximum, 11000"),
    "a maximum below the envelope": (value("envelope_maximum", "4_999"), "envelope", "at most envelope_maximum, 4999"),
    "half a dwelling": (value("objective", '"90001/2"'), "law.values.objective", "a whole number is allowed"),
    "a negative premium": (value("premium", "-1"), "law.values.premium.value", "greater than or equal to 0"),
    "a thirteenth month": (value("verdict_month", "13"), "verdict_month", "between 1 and 12"),
    "a fortnight of months": (value("charged_years", "21"), "charged_years", "20"),
    # words
    "an unknown stage": (
        rhythm('2030-12-31; regular = [{ stage = "permit", shares = [1, 0, 0] }]'),
        "law.rhythm.0.regular.0.stage",
        "'MJP', 'KTP' or 'realised'",
    ),
    "an unknown stage of SIB": (
        rhythm('2030-12-31; sib = { stage = "mjp", share = 1 }'),
        "law.rhythm.0.sib.0.stage",
        "'MJP', 'KTP' or 'realised'",
    ),
    "SIB twice at a stage": (
        rhythm('2030-12-31; sib = [{ stage = "MJP", share = 1 }, { stage = "MJP", share = "1/2" }]'),
        "law.rhythm.0",
        "sib: found MJP, MJP; every stage once is allowed",
    ),
    "an unknown use of an instrument": (
        'law_changes.instruments.vision.use = "often"',
        "law.instruments.vision.use",
        "'effort', 'rare' or 'land'",
    ),
    "a mandatory instrument after a voluntary one": (
        'law_changes.instruments.vision.kind = "mandatory"',
        "law",
        "instruments: a mandatory one stands after a voluntary one",
    ),
    "more public land than there is": (value("land_activated", '"5/4"'), "land_activated", "a share of at most 1"),
    "options of what is no reading": (
        "law_changes.values.kept_share.options = [0, 1]",
        "law.values.kept_share",
        'only of a value with status "reading", found "draft"',
    ),
    "an unknown status": (
        rhythm("2030-12-31").replace('"reading"', '"rumour"'),
        "law.rhythm.0.status",
        "'draft', 'final' or 'reading'",
    ),
    "no source": (rhythm("2030-12-31").replace('"a test"', '""'), "law.rhythm.0.source", "at least 1 character"),
    "an unknown reading": ('law_changes.readings.roundings.value = "up"', "law.readings.roundings", "did you mean 'rounding'"),
    "an unknown option of a reading": (
        'law_changes.readings.rounding.value = "dwon"',
        "law.readings.rounding",
        "did you mean 'down'",
    ),
    "an unknown option far from all": (
        'law_changes.readings.category_2B.value = "perhaps"',
        "law.readings.category_2B",
        "allowed: both, either",
    ),
    "an option that nobody knows, added": (
        'law_changes.readings.rounding.options = ["up", "down", "nearest"]\nlaw_changes.readings.rounding.value = "nearest"',
        "law.readings",
        "rounding.options: found up, down, nearest",
    ),
    "a rhythm that hangs on an unknown reading": (
        rhythm('2030-12-31; otherwise = { reading = "last_tset", value = "rhythm", regular = [] }'),
        "rhythm.0.otherwise.reading",
        "did you mean 'last_test'",
    ),
    "a rhythm that hangs on an unknown option": (
        rhythm('2030-12-31; otherwise = { reading = "last_test", value = "rythm", regular = [] }'),
        "rhythm.0.otherwise.value",
        "did you mean 'rhythm'",
    ),
    "an unknown event": (
        "law_changes.calendar.recalibrations.dates = []",
        "law.calendar.recalibrations",
        "did you mean 'recalibration'",
    ),
    "an unknown redistribution": (
        'levers.redistribution.value = "everywhere"',
        "levers.redistribution.value",
        "'none', 'working_area' or 'neighbours'",
    ),
    "more than all agree to redistribute": (
        "levers.redistribution_agreed.value = 1.5",
        "levers.redistribution_agreed.value",
        "less than or equal to 1",
    ),
}


@pytest.mark.parametrize("name", LAWS)
def test_bad_law(name: str, refused: Refused, tmp_path: Path) -> None:
    """Each is refused, and the line says file, place and the rule that is broken."""
    text, place, rule = LAWS[name]
    path = scenario(tmp_path, text)
    said = refused(path)
    assert said.startswith(f"bso: {path}: ")
    assert place in said
    assert rule in said


NEVER = {
    "dates": (
        "law_changes.calendar.recalibration.dates = [2025-10-01, 2034-10-01, 2044-10-01]",
        [f"law.calendar.recalibration.dates: {year}-10-01 never comes" for year in (2025, 2044)],
    ),
    "a verdict": (rhythm("2042-12-31; test = 2043"), ["law.rhythm: the test of 2043 (month 6) never gives its verdict"]),
}


@pytest.mark.parametrize("name", NEVER)
def test_what_never_comes_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Somebody may mean it, so it is no error: `check` and `run` say it in a line each and go on. Of the baseline nothing is said."""
    text, lines = NEVER[name]
    path = scenario(tmp_path, text)
    for command in (["check", str(path)], ["run", str(path), "--replications", "1", "--json", "--out", str(tmp_path / "out")]):
        monkeypatch.setattr(sys, "argv", ["bso", *command])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        said = capsys.readouterr().err.splitlines()
        assert [line.split(";")[0] for line in said] == [f"bso: {path}: {line}" for line in lines]
    assert load_scenario(BASELINE).warnings == []


# ------------------------------------------------------------------------------------------------ growth paths of annex 35, in official figures

AALST = 41002


def growth_paths(folder: Path, *rows: str, partial: bool = True) -> Path:
    """Write official figures with growth paths, and a scenario that lays them over the estimates."""
    (folder / "annex35.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return scenario(folder, f'[official]\nfile = "annex35.csv"\npartial = {str(partial).lower()}')


PATHS = {
    "one dwelling short of the objective": (["nis,objective_regular,g1,g2,g3", f"{AALST},100,29,35,35"], "99", "objective_regular"),
    "one dwelling above the objective": (["nis,objective_regular,g1,g2,g3", f"{AALST},100,31,35,35"], "101", "objective_regular"),
    "a legislature too few": (["nis,objective_regular,g1,g2", f"{AALST},100,50,50"], "header", "g3"),
    "a legislature too many": (["nis,objective_regular,g1,g2,g3,g4", f"{AALST},100,25,25,25,25"], "header", "g4"),
    "a negative legislature": (["nis,objective_regular,g1,g2,g3", f"{AALST},100,-5,50,55"], "line 2, g1", "a whole number"),
    "half a dwelling": (["nis,objective_regular,g1,g2,g3", f"{AALST},100,29.5,35,35"], "line 2, g1", "a whole number"),
    "an empty legislature": (
        ["nis,objective_regular,g1,g2,g3", f"{AALST},100,,50,50"],
        "line 2, g1 + g2 + g3",
        "found g2, g3; all or none is needed",
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_bad_growth_path(name: str, refused: Refused, tmp_path: Path) -> None:
    """Growth paths that do not add up to the regular objective, or are not one for each legislature, are refused."""
    rows, place, rule = PATHS[name]
    said = refused(growth_paths(tmp_path, *rows))
    assert "annex35.csv" in said
    assert place in said
    assert rule in said


def test_growth_path_alone_is_the_objective(tmp_path: Path) -> None:
    """Without a column for the regular objective it is the sum of the path, in every population; of others nothing changes."""
    estimated, region = load_region(), load_region(load_scenario(growth_paths(tmp_path, "nis,g1,g2,g3", f"{AALST},70,20,11")))
    here = region.nis == AALST
    assert (region.estimates["objective_regular"][:, here] == 101).all()
    assert (region.estimates["objective_regular"][:, ~here] == estimated.estimates["objective_regular"][:, ~here]).all()


def test_growth_path_that_adds_up_is_taken(tmp_path: Path) -> None:
    """A path of annex 35 takes the place of the one in proportion to the years."""
    loaded = load_scenario(growth_paths(tmp_path, "nis,objective_regular,g1,g2,g3", f"{AALST},100,70,20,10"))
    region = load_region(loaded)
    here = int((region.nis == AALST).argmax())
    assert build_model(loaded, region).path[:, here].tolist() == [[70, 20, 10]] * region.populations
