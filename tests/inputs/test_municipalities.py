"""A municipality is told by its code or its name: never another one's name beside a code, and no hint at a place that was not meant."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.errors import InputError
from sim.inputs.municipalities import meant, mergers, names, of_name
from sim.inputs.region.load import check_table as checked
from sim.studies.records.verdicts import read_verdicts
from tests.support.campaign import campaign

CODES = sorted(names())
# Places that are no municipality of Flanders, and no slip of one: of Brussels and Wallonia, parts of municipalities, provinces.
ELSEWHERE = (
    *(
        "Anderlecht",
        "Brussel",
        "Elsene",
        "Etterbeek",
        "Evere",
        "Ganshoren",
        "Jette",
        "Koekelberg",
        "Oudergem",
        "Schaarbeek",
        "Ukkel",
    ),
    *(
        "Baelen",
        "Bergen",
        "Charleroi",
        "Doornik",
        "Edingen",
        "Herve",
        "Luik",
        "Moeskroen",
        "Namen",
        "Olne",
        "Wellin",
        "Waver",
        "Aat",
    ),
    *("Berchem", "Deurne", "Heule", "Kessel-Lo", "Ledeberg", "Mariakerke", "Merksem", "Oostakker", "Sint-Amandsberg", "Wilrijk"),
    *("Vlaanderen", "Oost-Vlaanderen", "Limburg", "Totaal", "n.b.", "onbekend"),
)


def check_table(path: Path) -> str:
    """Check a table beside the baseline's estimates."""
    return checked(path)[0]


def table(folder: Path, rows: dict[int, str]) -> Path:
    """Write a table of official figures with a name beside every code."""
    path = folder / "official.csv"
    lines = [f"{code},{name},300" for code, name in rows.items()]
    path.write_text("\n".join(["nis,name,sib", *lines, ""]), encoding="utf-8")
    return path


@settings(max_examples=15)
@given(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_names_that_moved_against_their_codes_are_refused(tmp_path_factory, codes: list[int], random) -> None:  # type: ignore[no-untyped-def]
    """Whichever municipalities a table has: names in their own rows are read, in another order the first that is another's is named."""
    folder = tmp_path_factory.mktemp("names")
    check_table(table(folder, {code: names()[code] for code in codes}))
    moved = random.sample(codes, len(codes))
    path = table(folder, {code: names()[other] for code, other in zip(codes, moved, strict=True)})
    wrong = [(line, code, other) for line, (code, other) in enumerate(zip(codes, moved, strict=True), 2) if code != other]
    if wrong:
        line, code, other = wrong[0]
        with pytest.raises(InputError) as error:
            check_table(path)
        assert f"line {line}, name: {code} is {names()[code]}, the row says {names()[other]}" in str(error.value)


@pytest.mark.parametrize("name", ["gent", " GENT ", "Gent (Gent)", "Gént", ""])
def test_a_name_is_its_own_however_it_is_written(name: str, tmp_path: Path) -> None:
    """Case, accents, spaces and what stands behind it are no other name; nor is an empty cell."""
    assert "valid" in check_table(table(tmp_path, {44021: name}))


@pytest.mark.parametrize("old", campaign(sorted(mergers()), 3))
def test_a_merged_municipality_is_known(old: int, tmp_path: Path) -> None:
    """Its code, and its name where no other has it now, lead to what it is part of; beside the new code the old name is refused."""
    former = mergers()[old]
    now = f"is {names()[former.into]} (NIS code {former.into}) since 1 January {former.since}"
    kept = former.name == names()[former.into]
    assert former.into in names()
    assert old not in names()
    assert now in (meant(str(old)) or "")
    with pytest.raises(InputError, match="line 2, nis"):
        check_table(table(tmp_path, {old: former.name}))
    if kept:
        assert "valid" in check_table(table(tmp_path, {former.into: former.name}))
        return
    assert now in (meant(former.name.upper().replace("-", " ")) or "")
    with pytest.raises(InputError, match=f"{former.into} is {names()[former.into]}, the row says {former.name}"):
        check_table(table(tmp_path, {former.into: former.name}))


def test_285_municipalities_come_of_308() -> None:
    """Fifteen became seven in 2019 and twenty-eight thirteen in 2025; a code that stayed, as that of Antwerpen, is no merged one's."""
    by_year = {year: [former for former in mergers().values() if former.since == year] for year in (2019, 2025)}
    assert {year: (len(found), len({former.into for former in found})) for year, found in by_year.items()} == {
        2019: (15, 7),
        2025: (27, 13),
    }
    assert len(names()) == 308 - (15 - 7) - (27 + 1 - 13)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_hint_at_another_place(name: str) -> None:
    """A name that is no slip of one is not explained by another."""
    assert meant(name) is None


@pytest.mark.parametrize("code", ["21004", "02000", "2000", "10000", "11000", "62063", "99999", "1"])
def test_no_hint_at_another_code(code: str) -> None:
    """Nor is the code of Brussels, of the region, of a province or an arrondissement, or of Wallonia."""
    assert meant(code) is None


@given(st.sampled_from([name for name in names().values() if len(name) > 4]), st.data())
def test_a_slip_is_understood(name: str, data: st.DataObject) -> None:
    """A letter too few, too many or another, or two the other way round, wherever: it leads back to the name, or to none; never to another."""
    at, letter = data.draw(st.integers(0, len(name) - 1)), data.draw(st.sampled_from("abdeglmnrsz"))
    turned = name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
    for found in (name[:at] + name[at + 1 :], f"{name[:at]}{letter}{name[at:]}", f"{name[:at]}{letter}{name[at + 1 :]}", turned):
        hint = meant(found) if of_name(found) is None else None
        assert hint is None or repr(name) in hint or " since " in hint


@pytest.mark.parametrize(("cell", "problem"), [("44021,Antwerpen,1", "44021 is Gent"), ("44043,Merelbeke,1", "Merelbeke-Melle")])
def test_verdicts_are_about_whom_they_say(cell: str, problem: str, tmp_path: Path) -> None:
    """A table of verdicts is held to the same."""
    path = tmp_path / "verdicts.csv"
    path.write_text(f"nis,municipality,category\n{cell}\n", encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_verdicts(path, {44021: None})
