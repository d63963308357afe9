"""A table is what it says, however it was saved: the same figures, or the same mistakes by line and column."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.municipalities import names
from sim.inputs.sheets.cells import month, number
from sim.studies.durations.spells import read_spells
from sim.studies.records.verdicts import read_verdicts
from tests.support.tables import FORMS, Form, figures, saved

CODES = sorted(names())
HEADS = st.tuples(
    st.sampled_from(["nis", "NIS", "NIS-code", "niscode"]),
    st.sampled_from(["name", "naam", "gemeente", "Municipality"]),
    st.sampled_from(["objective_regular", "regulier objectief", "Regulier  Objectief", "regular objective"]),
    st.sampled_from(["sib", "SIB", "specifieke inhaalbeweging"]),
)
FIGURES = st.one_of(st.integers(0, 9_999), st.just(""))


@settings(max_examples=30, deadline=None)
@given(
    FORMS,
    HEADS,
    st.lists(st.tuples(st.sampled_from(CODES), FIGURES, FIGURES), min_size=1, max_size=5, unique_by=lambda row: row[0]),
)
def test_a_table_is_read_in_every_form(tmp_path_factory, form: Form, heads, rows) -> None:  # type: ignore[no-untyped-def]
    """In every encoding, with every separator, as a spreadsheet, with titles and nothing around it; by code, name or both."""
    table: list[list[object]] = [[*heads], *([nis, names()[nis], objective, sib] for nis, objective, sib in rows)]
    path = saved(tmp_path_factory.mktemp("any"), table, form)
    known = {nis: {k: v for k, v in (("objective_regular", a), ("sib", b)) if v != ""} for nis, a, b in rows}
    assert figures(path) == known
    for left in (0, 1):
        only = [[cell for i, cell in enumerate(row) if i != left] for row in table]
        assert figures(saved(path.parent, only, form)) == known


WRONG = [
    (0, 99999, "unknown NIS code 99999"),
    (0, "43.021", "found '43.021'; a whole number"),
    (2, "n.b.", "found 'n.b.'; a whole number"),
    (2, "1.250", "found '1.250'; a whole number"),
    (3, -3, "found '-3'; a whole number"),
    (3, "#N/B", "found '#N/B'; a whole number"),
    (3, "12,5%", "found '12,5%'; a whole number"),
]


@settings(max_examples=25, deadline=None)
@given(FORMS, st.lists(st.tuples(st.integers(0, 3), st.sampled_from(WRONG)), min_size=1, max_size=4, unique_by=lambda at: at[0]))
def test_all_mistakes_are_said_in_every_form(tmp_path_factory, form: Form, wrong) -> None:  # type: ignore[no-untyped-def]
    """Each by its line in the file and its column, all at once; one alone as it is."""
    rows: list[list[object]] = [[nis, names()[nis], 10 + i, i] for i, nis in enumerate(CODES[:4])]
    for at, (column, value, _) in wrong:
        rows[at][column] = value
    path = saved(tmp_path_factory.mktemp("any"), [["nis", "naam", "regulier objectief", "SIB"], *rows], form)
    with pytest.raises(InputError) as error:
        figures(path)
    found = error.value.found or (error.value,)
    heads = ("nis", "naam", "regulier objectief", "SIB")
    places = {f"line {form.above + 2 + at}, {heads[column]}": problem for at, (column, _, problem) in wrong}
    assert {each.place: each.problem[: len(places[each.place])] for each in found} == places
    assert all(each.file == str(path) for each in found)
    assert len(str(error.value).split("\n")) == (1 if len(wrong) == 1 else len(wrong) + 1)


@settings(max_examples=15, deadline=None)
@given(FORMS, st.sampled_from(["%Y-%m", "%m/%Y", "%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d 00:00:00", "%Y-%m-%dT00:00:00", "date"]))
def test_lists_and_verdicts_are_read_in_every_form(tmp_path_factory, form: Form, written: str) -> None:  # type: ignore[no-untyped-def]
    """The other readers are the same one: lead times with months as people and programs write them, and verdicts by name."""
    folder, days = tmp_path_factory.mktemp("any"), [date(2019, 1, 15), date(2020, 3, 31)]
    shown = (
        days
        if written == "date" and form.encoding == "xlsx"
        else [day.strftime("%Y-%m-%d" if written == "date" else written) for day in days]
    )
    path = saved(folder, [["fase", "begonnen", "geëindigd"], ["vergunning", *shown], ["vergunning", shown[0], ""]], form, "list")
    records = read_spells(path, today=date(2026, 12, 1))
    assert (records.spells["permit"].finished, records.spells["permit"].under_way) == ((14,), (14,))
    verdicts = [["naam", "categorie"], ["Gent", "2b"], ["Sint-Niklaas", "geen"]]
    assert read_verdicts(saved(folder, verdicts, form, "verdicts"), {44021: None, 46021: None}) == {44021: "2B", 46021: "none"}


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)))
def test_a_month_is_that_of_its_century(day: date) -> None:
    """In two digits or four, with a name in either language, a weekday or an hour: never another one."""
    dutch = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"][day.month - 1]
    for text in (
        f"{day:%d/%m/%y}",
        f"{day:%d-%m-%Y}",
        f"{dutch}-{day:%y}",
        f"{day.day} {dutch} {day:%Y}",
        f"{day:%A} {day:%d %B %Y}",
        f"{day:%Y-%m-%d} 00:00",
    ):
        found = month(text)
        assert found is not None, text
        assert found.day == day.replace(day=1), text


@given(st.integers(0, 999_999_999), st.sampled_from([" ", " ", " ", " "]))
def test_thousands_are_told_by_spaces_only(value: int, space: str) -> None:
    """And a point that may be one of thousands is refused, as is a space anywhere else."""
    assert number(f"{value:,}".replace(",", space)) == value == number(str(value))
    if value >= 1000:
        assert number(f"{value:,}".replace(",", ".")) is None
        assert number(f"{str(value)[:-2]}{space}{str(value)[-2:]}") is None


def test_days_and_months_that_may_be_exchanged_are_said(tmp_path: Path) -> None:
    """Where no day beyond the twelfth says which is which; with one it is known, and a month beyond the twelfth is none."""
    head = ["stage", "begun", "ended"]
    rows = [head, ["permit", "03/04/2019", "05/06/2020"]]
    said = read_spells(saved(tmp_path, rows, Form()), today=date(2026, 12, 1))
    assert said.spells["permit"].finished == (14,)
    assert ["03/04/2019 (line 2; 2 of them) are read as day/month/year" in remark for remark in said.remarks] == [True]
    for more in (["permit", "13/04/2019", ""], ["permit", "2019-04", ""]):
        sure = read_spells(saved(tmp_path, [*rows, more], Form()), today=date(2026, 12, 1))
        assert len(sure.remarks) == ("13/" not in more[1])
    with pytest.raises(InputError, match="line 3, begun: found '04/13/2019'"):
        read_spells(saved(tmp_path, [*rows, ["permit", "04/13/2019", ""]], Form()), today=date(2026, 12, 1))


WINDOWS = ["Beveren–Kruibeke", "œuvre", "l’été", "€ 5", "“Wijk”", "Kinepolis™", "à l'œil…", "façade"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [*((text, "cp1252") for text in WINDOWS), *((t, "mac_roman") for t in ("Wijk é", "geëindigd", "maïs", "Zoë"))],
)
def test_a_text_of_windows_is_told_from_that_of_a_mac(text: str, encoding: str, tmp_path: Path) -> None:
    """Names of projects come out as they went in, and what is taken for an old Mac's is said."""
    path = tmp_path / "list.csv"
    path.write_bytes(f"stage;begun;ended;project\npermit;2019-01;;{text}\npermit;2019-01;;{text}".encode(encoding))
    with pytest.raises(InputError) as error:
        read_spells(path)
    assert f"{text!r} stands twice" in str(error.value)
    path.write_bytes(path.read_bytes().rpartition(b"\n")[0])
    assert [remark for remark in read_spells(path).remarks if "Mac" in remark] == [
        "read as a text of an old Mac (MacRoman); saved as CSV UTF-8 nobody has to guess"
    ][: encoding == "mac_roman"]


def test_a_text_of_both_is_neither(tmp_path: Path) -> None:
    """It is refused in one line."""
    path = tmp_path / "list.csv"
    path.write_bytes("stage;begun;ended;project\npermit;2019-01;;été ".encode("cp1252") + "Zoë".encode("mac_roman"))
    with pytest.raises(InputError, match="neither a text of Windows nor one of a Mac; save it as CSV UTF-8"):
        read_spells(path)


def test_mistakes_are_bounded(tmp_path: Path) -> None:
    """The first twenty and how many more, a line each; a whole table sorted apart from its names is one of them."""
    rows = [[nis, names()[other], 1] for nis, other in zip(CODES, CODES[1:] + CODES[:1], strict=True)]
    path = saved(tmp_path, [["nis", "name", "sib"], *rows], Form())
    with pytest.raises(InputError) as error:
        figures(path)
    lines = str(error.value).split("\n")
    assert (len(lines), lines[0], lines[-1]) == (22, f"{path}: 285 mistakes", "  ... and 265 more")
    assert re.fullmatch(r"  table\.csv: line 2, name: 11001 is Aartselaar, the row says Antwerpen", lines[1])
