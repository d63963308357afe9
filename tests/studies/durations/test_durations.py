"""Lead times fitted to lists of projects: known parameters found again, the engine's own projects, bad lists, the scenario written."""

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binom, lognorm
from typer.testing import CliRunner

from sim import cli
from sim.engine import replicate
from sim.engine.state import Land, Stage
from sim.inputs.errors import InputError
from sim.inputs.months import month_number
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.report.language import Language
from sim.runs.chunk import task_of
from sim.studies.crosschecks.study import PACA
from sim.studies.durations.censored import fit, most_likely, observed, survival
from sim.studies.durations.pictures import draw_durations
from sim.studies.durations.spells import STAGES, Spells, read_spells
from sim.studies.durations.study import LEAST, durations, on_top
from tests.support.campaign import campaign
from tests.support.pictures import check_words_apart
from tests.support.project import Run

SETS = 100
Line = tuple[str, int, int | None]  # stage, month begun, month ended


def listed(path: Path, lines: Iterable[Line], separator: str = ",") -> Path:
    """Write a list of projects; months are counted from January of the year 0."""

    def month(number: int | None) -> str:
        return "" if number is None else f"{number // 12}-{number % 12 + 1:02d}"

    rows = [separator.join((stage, month(begun), month(ended))) for stage, begun, ended in lines]
    path.write_text("\n".join([separator.join(("stage", "begun", "ended")), *rows]) + "\n", encoding="utf-8")
    return path


def invented(
    random: np.random.Generator, stage: str, count: int, median: float, sigma: float, seen: int, window: float
) -> list[Line]:
    """Return projects begun on any day of the `window` years before the end of month `seen`, of lognormal lengths: months, as a list has."""
    begun = seen + 1 - 12 * window * random.uniform(0, 1, count)
    ended = begun + 12 * median * random.lognormal(0, sigma, count)
    return [(stage, int(b), int(e) if e < seen + 1 else None) for b, e in zip(begun, ended, strict=True)]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A list with all five stages, one of which is too short to fit."""
    random, seen = np.random.default_rng(4), 2026 * 12 + 9
    sizes = {"preparation": 60, "permit": 120, "award": 45, "start": 8, "construction": 80}
    medians = {"preparation": 1.4, "permit": 2.6, "award": 0.42, "start": 0.3, "construction": 1.6}
    lines = [
        line for stage, n in sizes.items() for line in invented(random, stage, n, medians[stage], 0.5, seen, 4 * medians[stage])
    ]
    return listed(tmp_path / "list.csv", lines)


# ---- the fit


@pytest.mark.full
@pytest.mark.parametrize(("count", "median", "sigma", "window"), [(60, 1.6, 0.45, 4.4), (60, 0.3, 0.4, 0.81)])
def test_known_parameters_are_found_again(count: int, median: float, sigma: float, window: float) -> None:
    """With four in ten under way: intervals hold the truth as often as they say, of stages of years and of months; without, they do not."""
    random, low = np.random.default_rng(1), int(binom.ppf(0.0005, SETS, 0.95))
    held, found, left_out, held_left_out, censored = np.zeros(2), [], [], 0, []
    for _ in range(SETS):
        lines = invented(random, "permit", count, median, sigma, 24000, window)
        finished = tuple(ended - begun for _, begun, ended in lines if ended is not None)
        seen = observed(Spells(finished, tuple(24000 - begun for _, begun, ended in lines if ended is None)))
        whole, part = fit(*seen), fit(*seen[:2], seen[2][:0])
        held += (whole.median_low <= median <= whole.median_high, whole.sigma_low <= sigma <= whole.sigma_high)
        held_left_out += part.median_low <= median <= part.median_high
        found.append((whole.median / median, whole.sigma / sigma))
        left_out.append(part.median / median)
        censored.append(len(seen[2]) / count)
    assert np.mean(censored) == pytest.approx(0.4, abs=0.02)
    assert (held >= low).all(), held
    assert held_left_out < low
    errors = np.std(found, axis=0) / np.sqrt(SETS)
    assert (np.abs(np.mean(found, axis=0) - 1) < 4 * errors).all()
    assert np.mean(left_out) < 0.95


def test_shares_delivered_by_years_are_fitted_as_the_likelihood_says() -> None:
    """PACA: intervals of years, the rest not yet delivered after nine; against the likelihood written out here."""
    edges, count = np.array([0.0, *PACA]), 1000
    numbers = np.diff([0, *(round(count * share) for share in PACA.values())])
    rest = count - int(numbers.sum())
    found = fit(np.repeat(edges[:-1], numbers), np.repeat(edges[1:], numbers), np.full(rest, edges[-1]))

    def loss(x: np.ndarray) -> float:
        law = lognorm(np.exp(x[1]), scale=np.exp(x[0]))
        return -float(numbers @ np.log(np.diff(law.cdf(edges))) + rest * law.logsf(edges[-1]))

    best = minimize(loss, [1.0, -0.5], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
    assert (found.median, found.sigma) == pytest.approx(tuple(np.exp(best.x)), rel=1e-4)
    # At each end of an interval the likelihood, with the other parameter at its best, has lost the same: that of a normal mean of so many.
    limit = 3.8537  # (n log(1 + t^2 / (n - 1)) of n = 875 and t = 1.96268)
    for place, ends in ((0, (found.median_low, found.median_high)), (1, (found.sigma_low, found.sigma_high))):
        for end in np.log(ends):

            def given(other: np.ndarray, end: float = end, place: int = place) -> float:
                return loss(np.array([end, other[0]] if place == 0 else [other[0], end]))

            profile = minimize(given, [best.x[1 - place]], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
            assert 2 * (profile.fun - best.fun) == pytest.approx(limit, abs=0.02)


def test_the_same_list_gives_the_same_bits() -> None:
    """Nothing is drawn."""
    seen = observed(Spells((0, 3, 4, 4, 5, 7, 9, 10, 12, 15, 30), (2, 8, 20)))
    assert fit(*seen) == fit(*seen)


def test_the_engines_own_projects_cut_off_in_the_middle(baseline: Scenario, tmp_path: Path) -> None:
    """Of works begun in the two years before a month, six in ten of them then under way, the median is that of the same works in the end."""
    task, begin, cut, lists = task_of(baseline, load_region(baseline)), 60, 84, 10
    random, held = np.random.default_rng(2), 0
    for first in range(0, 4 * lists, 4):
        lines, whole = [], []
        for number in range(first, first + 4):
            p = replicate(task.model, number).unsorted
            works = p[(p["land"] != Land.INITIAL) & (p["construction"] > begin) & (p["construction"] <= cut)]
            assert (works["stage"] == Stage.REALISED).all()
            for row in random.choice(works, 25, replace=False):
                start, ended = int(row["construction"]), int(row["ended"])
                lines.append(("construction", 24000 + start, 24000 + ended if ended <= cut else None))
                whole.append((ended - start) / 12)
        found = durations(listed(tmp_path / "works.csv", lines), "2007-01", baseline, tmp_path / "out")
        assert len(found.records.spells["construction"].under_way) > 50
        (row,) = found.tables["stages"].to_dict("records")
        held += bool(row["median_low"] <= np.median(whole) <= row["median_high"])
        assert row["median_left_out"] < min(row["median_low"], 0.9 * np.median(whole))
    assert held >= binom.ppf(0.01, lists, 0.95)


def test_kaplan_and_meier_by_hand() -> None:
    """Finished after 3, 6 and 6 months, one seen for 4: nobody leaves at 4."""
    times, shares = survival(Spells((3, 6, 6), (4,)))
    at = dict(zip(times.round(4), shares.round(4), strict=True))
    assert at[0.0] == 1
    assert at[0.25] == 0.75
    assert at[0.5] == 0


# ---- the list


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stage,begun,ended\npermit,2024-13,\n", ["line 2, begun", "'2024-13'", "2027-06"]),
        ("stage,begun,ended\npermit,2024-05,2024-04\n", ["line 2, ended", "2024-04", "not before it began (2024-05)"]),
        ("stage,begun,ended\npermitt,2024-05,\n", ["line 2, stage", "'permitt'", "did you mean 'permit'"]),
        ("stage,begun,ended\npermitt,2024-05,\n", ["line 2, stage", "did you mean 'permit'"]),
        ("stage,begun,ended\npermit,2024-05,2026-11\n", ["line 2, ended", "2026-11", "not after 2026-10"]),
        ("stage,begun,ended\npermit,2026-12,\n", ["line 2, begun", "2026-12", "not after 2026-10"]),
        ("stage,begun,ended\npermit,,2026-01\n", ["line 2, begun", "empty"]),
        (
            "stage,begun,ended,project\npermit,2024-05,,A\npermit,2024-06,,A\n",
            ["line 3, project", "'A' stands twice (also line 2)"],
        ),
        ("stage,begun,ended\npermit,2024-05,,left over\n", ["line 2", "found 'left over' in a column without a header"]),
        ("", ["empty", "a header is needed"]),
        ("stage,begun,ended\n", ["no rows"]),
        ("stage,begun\npermit,2024-05\n", ["header", "no column 'ended'; found stage, begun"]),
        ("stage,begun,ended,Begun\npermit,2024-05,,\n", ["header", "column 'Begun' stands twice"]),
        (
            "stage,begun,ended\npermit,13,\naward,2024-01,2023-01\n",
            ["2 mistakes", "list.csv: line 2, begun", "list.csv: line 3, ended"],
        ),
        ('stage,begun,ended\n"permit,2024-05,\n', ["not a CSV table"]),
        (
            "fase,begonnen,geëindigd\nktp,2024-05,\n",
            ["line 2, fase", "allowed: gunning, start, uitvoering, vergunning, voorbereiding"],
        ),
        ("fase,begonnen\nvergunning,2024-05\n", ["header", "no column 'geëindigd'"]),
    ],
)
def test_a_mistake_in_a_list_is_told(tmp_path: Path, text: str, words: list[str]) -> None:
    """By line and column, with what is allowed, all at once."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_spells(path, "2026-10")
    assert str(error.value).startswith(str(path))
    assert [word for word in words if word not in str(error.value)] == []


@given(st.dates(date(1990, 1, 1), date(2089, 12, 1)), st.dates(date(1990, 1, 1), date(2089, 12, 1)), st.booleans())
def test_what_has_not_happened_is_no_observation(tmp_path_factory, today: date, month: date, ended: bool) -> None:  # type: ignore[no-untyped-def]
    """A month after today, begun or ended, is refused by line and column, also one mistyped or planned; two digits mean 1990 to 2089."""
    path = tmp_path_factory.mktemp("list") / "list.csv"
    column, cells = ("ended", f"1990-01,{month:%b/%y}") if ended else ("begun", f"{month:%b/%y},")
    path.write_text(f"stage,begun,ended\npermit,{cells}\n", encoding="utf-8")
    if month.replace(day=1) <= today:
        records = read_spells(path, today=today)
        assert records.seen == month.replace(day=1)
        assert sum(records.spells["permit"].finished) == (month_number(month, date(1990, 1, 1)) if ended else 0)
        return
    with pytest.raises(InputError, match=f"line 2, {column}: found {month:%Y-%m}; not after {today:%Y-%m}, today"):
        read_spells(path, today=today)
    assert read_spells(path, f"{month:%Y-%m}", today).seen == month.replace(day=1)  # who says when the list was made is believed


def test_today_is_by_the_clock(tmp_path: Path) -> None:
    """Where nobody says otherwise."""
    path = tmp_path / "list.csv"
    path.write_text("stage,begun,ended\npermit,2012-01,2089-09\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"not after {date.today():%Y-%m}, today"):
        read_spells(path)


def test_a_wrong_option_or_file_is_told(tmp_path: Path) -> None:
    """A month that is none, no such file, one that is no text."""
    path = listed(tmp_path / "list.csv", [("permit", 24000, None)])
    for seen in ("2026", "2026-13", "October"):
        with pytest.raises(InputError, match="--seen"):
            read_spells(path, seen)
    with pytest.raises(InputError, match="cannot be read"):
        read_spells(tmp_path / "none.csv")
    path.write_bytes(b"stage\0begun")
    with pytest.raises(InputError, match="not a text file"):
        read_spells(path)


def test_a_list_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    """Semicolons, Dutch names, the encoding of Windows, months as they are shown there, columns of one's own, an empty row."""
    path = tmp_path / "lijst.csv"
    text = "Project;Fase;Begonnen;Geëindigd;Bron\nA;Uitvoering;mei/24;01/06/2025;x\n;;;;\nB;bouw;06/2024;;\nA;vergunning;2022-01;2024-05;\n"
    path.write_bytes(text.encode("cp1252"))
    records = read_spells(path)
    assert records.seen == date(2025, 6, 1)
    assert dict(records.spells) == {"permit": Spells((28,), ()), "construction": Spells((13,), (12,))}


def test_stages_are_lead_times_of_a_scenario(baseline: Scenario) -> None:
    """Under their own names."""
    assert all(getattr(baseline.uncertainties, name).unit.startswith("years") for name in STAGES)


# ---- the answer


def test_what_cannot_be_fitted_is_left_and_said(baseline: Scenario, tmp_path: Path) -> None:
    """Too few finished, all of one length, nearly none finished: the others go on; when nothing is left the list is refused."""
    few = [("permit", 24000 + i, 24020 + 2 * i) for i in range(LEAST - 1)] + [("permit", 24000, None)] * 50
    same = [("award", 24000, 24004)] * 20 + [("award", 24039, None)] * 3
    opened = [("preparation", 24000, 24001 + i % 3) for i in range(LEAST)] + [("preparation", 24000, None)] * 900
    good = [("construction", 24000, 24000 + i) for i in range(10, 10 + LEAST)]
    found = durations(listed(tmp_path / "a.csv", few + same + opened + good), "2003-05", baseline, tmp_path / "out")
    assert dict(zip(found.tables["stages"]["stage"], found.tables["stages"]["why"], strict=True)) == {
        "preparation": "open",
        "permit": "few",
        "award": "same",
        "construction": "",
    }
    assert re.findall(r"^\[uncertainties\.(\w+)", found.path.read_text(encoding="utf-8"), re.MULTILINE) == ["construction"]
    with pytest.raises(InputError, match=r"at least 10 finished stays .* permit 9, award 20"):
        durations(listed(tmp_path / "b.csv", few + same), None, baseline, tmp_path / "out")


def test_the_scenario_written_has_the_fitted_distributions(example: Path, baseline: Scenario, tmp_path: Path) -> None:
    """It is valid, says where they are from, and changes nothing else; also from a file whose name TOML would not take as it is."""
    path = example.rename(tmp_path / 'a "list" \\ é.csv')
    found = durations(path, "2026-10", baseline, tmp_path / "out")
    scenario = load_scenario(found.path)
    for row in found.tables["stages"].to_dict("records"):
        written, before = (getattr(s.uncertainties, row["stage"]) for s in (scenario, baseline))
        if row["why"]:
            assert (row["stage"], written) == ("start", before)
            continue
        assert (written.distribution, written.parameters) == ("lognorm", {"s": row["sigma"], "scale": row["median"]})
        assert written.quantile(0.001) == pytest.approx(lognorm.ppf(0.001, row["sigma"], scale=row["median"]))
        assert (written.status, written.range) == ("found", (row["median_low"], row["median_high"]))
        counts = f"{row['projects']} projects, {row['under_way']} under way, seen 2026-10"
        assert written.source == f"fitted to {path.name}: {counts}"
    same = {name: getattr(baseline.uncertainties, name) for name in STAGES}
    assert scenario.uncertainties.model_copy(update=same) == baseline.uncertainties
    assert scenario.levers == baseline.levers
    # What the comment says of appeals and sleep can be done by taking the marks away.
    text = found.path.read_text(encoding="utf-8")
    found.path.write_text(re.sub(r"^# (\[|value|status|source)", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    uncertainties = load_scenario(found.path).uncertainties
    assert (uncertainties.appeal.value, uncertainties.asleep.value) == (0, 0)


def test_what_comes_on_top_in_the_model(baseline: Scenario) -> None:
    """By hand: 0.38 (0.38 + 0.32 (1.165 + 0.6 * 1.125)) years of appeals; committees four months apart; a fifth at full effort, 0.4 of it."""
    more = on_top(baseline)
    assert more["appeals"] == pytest.approx(12 * 0.38 * (0.38 + 0.32 * (1.165 + 0.6 * 1.125)))
    assert (more["committee"], more["effort"]) == pytest.approx((1.5, 0.08))
    assert (more["asleep"], more["sleep"]) == pytest.approx((0.4, 11.993))
    assert more["size"] == pytest.approx(1 - 15**0.12 / 30**0.12)


@pytest.fixture
def bso(bso: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a terminal of 80 letters."""
    monkeypatch.setenv("COLUMNS", "80")
    return bso


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "nl",
            ["De lijst spreekt", "vergunning", "mediaan", "lopend", "aangenomen", "Niet afgestemd: start", "4,4 maanden", "Slaap:"],
        ),
        ("en", ["median of", "permit", "median", "under way", "assumed", "Not fitted: start", "4.4 months", "Sleep:", "award"]),
    ],
)
def test_the_command_answers_in_both_languages(bso: Run, example: Path, lang: str, words: list[str]) -> None:
    """In 80 columns, with nothing cut off; scenario and picture are where it says."""
    code, out, err = bso("durations", example, "--seen", "2026-10", "--lang", lang)
    assert (code, err) == (0, "")
    assert [word for word in words if word not in out] == []
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "…" not in out
    toml, picture = (Path([word for word in out.split() if word.endswith(end)][-1]) for end in (".toml", ".png"))
    assert (toml.name, picture.name) == ("durations.toml", f"durations_{lang}.png")
    first = picture.read_bytes()
    bso("durations", example, "--seen", "2026-10", "--lang", lang)
    assert picture.read_bytes() == first
    assert "geldig scenario" in CliRunner().invoke(cli.app, ["check", str(toml), "--lang", "nl"]).output


def test_json_is_one_object(bso: Run, example: Path) -> None:
    """And nothing else; what is not known is null."""
    code, out, err = bso("durations", example, "--json", "--out", "there")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["file"], found["scenario"]) == ("list.csv", str(Path("there") / "durations.toml"))
    rows = {row["stage"]: row for row in found["stages"]}
    assert list(rows) == list(STAGES)
    assert (rows["start"]["why"], rows["start"]["median"], rows["permit"]["why"]) == ("few", None, "")
    assert rows["permit"]["median_low"] < rows["permit"]["median"] < rows["permit"]["median_high"]
    assert rows["permit"]["median_left_out"] < rows["permit"]["median"]
    assert (rows["award"]["family"], rows["award"]["sigma_assumed"], rows["permit"]["sigma_assumed"]) == ("uniform", None, 0.5)


def test_bad_input_ends_in_one_line(bso: Run, tmp_path: Path) -> None:
    """Exit code 2, no traceback, nothing written."""
    path = listed(tmp_path / "list.csv", [("permt", 24000, None)])
    code, out, err = bso("durations", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "did you mean 'permit'" in err
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("lang", ["nl", pytest.param("en", marks=pytest.mark.full)])
@pytest.mark.parametrize(
    "stages", campaign([("award",), ("permit", "award"), ("permit", "award", "construction"), tuple(STAGES)], 3)
)
def test_no_words_overlap_or_leave_the_picture(baseline: Scenario, tmp_path: Path, stages: tuple[str, ...], lang: str) -> None:
    """With one panel, some and all; titles of panels, counts, axes."""
    random = np.random.default_rng(3)
    lines = [line for stage in stages for line in invented(random, stage, 2000, 1.4, 0.6, 24000, 4)]
    found = durations(listed(tmp_path / "list.csv", lines), None, baseline, tmp_path / "out")
    check_words_apart(lambda: draw_durations(found, Language(lang)))
    assert most_likely(*observed(found.records.spells["award"]))[0] == pytest.approx(1.4, rel=0.1)


def test_a_companys_own_list_tells_what_its_stages_have_behind_them(tmp_path: Path) -> None:
    """The table of projects of a workbook: months from MJP to KTP of those that are there, and what is under way; no month that is expected."""
    path = tmp_path / "projecten.csv"
    path.write_text(
        "project;nis;gemeente;woningen;fase;op_mjp;op_ktp;start_werken;oplevering;grond\n"
        "A;41002;Aalst;10;MJP;2024-03;2027-01;;;\n"
        "B;41002;Aalst;10;KTP;2022-03;2024-01;2026-09;;\n"
        "C;41002;Aalst;12;uitvoering;2020-03;2022-01;2023-09;2026-05;\n"
        "D;41002;Aalst;12;slapend;2027-03;;;;\n"
    )
    found = read_spells(path, "2025-12")
    assert found.spells == {"permit": Spells((22, 22), (21,)), "construction": Spells((), (27,))}
    path.write_text(path.read_text().splitlines()[0] + "\nD;41002;Aalst;12;slapend;2027-03;;;;\n")
    with pytest.raises(InputError, match="no project is on MJP or further"):
        read_spells(path)
