"""Every message of the source is known in Dutch, its values come out as they went in, and the catalogue holds nothing that nobody says."""

import errno
import os
import re
from collections.abc import Collection
from dataclasses import astuple
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from sim.inputs.workbook.words import DUTCH
from sim.report import messages
from sim.report.messages import FIELD, Entry, in_dutch
from tests.support.messages import ANSWERS, every, has_words, modules, words

LETTER = re.compile(r"[^\W\d_]")
# names of files, columns and so on, which are what they are in every language
NAMES = re.compile(
    r"[\w-]*[._][\w.]*|(chunk-|nis|to|agreement|dwellings|category|envelope|value|none|maximum|constant)|pip install.*"
)
KNOWN = messages.entries()
BY_WORDS = st.sampled_from([known for known in KNOWN if LETTER.search(FIELD.sub("", known.english))])


def filled(template: str, values: dict[str, str] | None = None, parts: Collection[str] = ()) -> str:
    """Return a template with these values in its fields, or with values without a letter; in those of `parts` a message that is known."""
    count = iter(range(11, 99))

    def value(at: re.Match[str]) -> str:
        if at[1] is None:
            return at[0][0]
        if values is not None:
            return values[at[1]]
        if at[1] in parts:
            return "stopped"
        whole = at[2] is None and re.search(rf"(^|; ){re.escape(at[0])}(; |$)", template)
        if at[1] in ("removeprefix", "rstrip") or whole:  # what pydantic says, and typer
            return "a valid integer"
        return {"!r": f"'{next(count)}'", ":,": "1,234"}.get(at[2] or "", str(next(count)))

    return FIELD.sub(value, template)


@pytest.fixture
def letterless(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Have the catalogue give no letter in Dutch, but its number: what is left in letters is in no entry."""
    numbered = []
    for number, known in enumerate(KNOWN):
        fields = "".join(at[0] for at in FIELD.finditer(known.dutch) if at[1] is not None)
        numbered.append(Entry(known.english, f"<{number}>{fields}"))
    monkeypatch.setattr(messages, "entries", lambda: tuple(numbered))
    return numbered


def test_every_message_of_the_source_is_in_the_catalogue_and_the_catalogue_holds_no_other(letterless: list[Entry]) -> None:
    known = {f"{module.name}.{name}" for module in modules().values() for name in module.functions}
    assert known >= ANSWERS  # else what they answer would be looked at no more
    missing, used = [], set[int]()
    for (template, parts), where in ((astuple(message), where) for message, where in every().items()):
        told = in_dutch(filled(template, parts=parts))
        used |= {int(number) for number in re.findall(r"<(\d+)>", told)}
        if has_words(template) and LETTER.search(NAMES.sub("", told)):
            missing.append(
                f'{where}: add to sim/report/messages.po, whole or a piece between semicolons\nmsgid "{template}"\n(found: {told})'
            )
    assert not missing, "\n\n".join(missing)
    ours = {known.english for known in messages.read(messages.CATALOGUES[0])}
    idle = [known.english for number, known in enumerate(letterless) if number not in used and known.english in ours - words()]
    assert not idle, f"nothing in the source says these of sim/report/messages.po any more, take them out: {idle}"


WRONG: list[tuple[Any, object]] = [
    (Annotated[int, Field(ge=3, strict=True)], "x"),
    (Annotated[int, Field(ge=3)], 2),
    (Annotated[int, Field(gt=3)], 2),
    (Annotated[float, Field(le=3)], 4),
    (Annotated[float, Field(lt=3)], 4),
    (Annotated[float, Field(strict=True)], "x"),
    (Annotated[float, Field(allow_inf_nan=False)], float("nan")),
    (Annotated[str, Field(strict=True)], 1),
    (Annotated[str, Field(max_length=3)], "long text"),
    (Annotated[bool, Field(strict=True)], 1),
    (Annotated[list[int], Field(strict=True)], 1),
    (Annotated[list[int], Field(min_length=2)], [1]),
    (Annotated[list[int], Field(max_length=2)], [1, 2, 3]),
    (Annotated[dict[str, int], Field(strict=True)], 1),
    (Annotated[date, Field(strict=True)], "x"),
    (Literal["a", "b", "c"], "x"),
]


@pytest.mark.parametrize(("kind", "value"), WRONG, ids=str)
def test_what_pydantic_says_of_a_value_is_known(kind: Any, value: object, letterless: list[Entry]) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    said = caught.value.errors()[0]["msg"].removeprefix("Input should be ")
    said = re.sub("'[abc]'", "'1'", said)
    assert not LETTER.search(in_dutch(f"found 3; {said}")), said


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC, errno.ENAMETOOLONG])
def test_what_the_system_says_of_a_file_is_known(code: int, letterless: list[Entry]) -> None:
    assert not LETTER.search(in_dutch(f"cannot be read ({os.strerror(code)})"))


def test_fields_are_the_same_in_both_languages() -> None:
    for known in KNOWN:
        english, dutch = ({at[1] for at in FIELD.finditer(text)} for text in (known.english, known.dutch))
        assert dutch <= english, known.english
        assert english - dutch <= {"name"}, known.english  # what pydantic calls a class of ours


@given(known=BY_WORDS, data=st.data())
def test_values_come_out_as_they_went_in_or_the_message_stays_english(known: Entry, data: st.DataObject) -> None:
    hostile = st.text(max_size=30) | st.sampled_from(
        ["x; no rows", "' is allowed", '"', "\\", "a (3 more)", "; ", "{name}", "line 3", "stopped"]
    )
    values = {}
    for at in FIELD.finditer(known.english):
        if at[1] is not None:
            raw = data.draw(hostile)
            values[at[1]] = {"!r": repr(raw), ":,": f"{len(raw) * 1234:,}"}.get(at[2] or "", raw)
    english = filled(known.english, values)
    told = in_dutch(english)
    others = [other for other in KNOWN if other is not known and other.short.fullmatch(english)]
    assume(not others and (len(values) or True))
    if told != english and known.short.fullmatch(english):
        for at in FIELD.finditer(known.dutch):
            if at[1] is not None and at[2] != ":nl":
                assert values[at[1]].replace(",", "." if at[2] == ":," else ",") in told


def test_quoted_values_are_never_taken_for_words() -> None:
    for value in ("no rows", "a; no rows", 'it\'s; "no rows" (3 more)', "is allowed", "\n; no rows"):
        assert in_dutch(f"found {value!r}; a month is allowed, as 2026-10") == f"gevonden {value!r}; een maand mag, als 2026-10"


def test_what_can_be_cut_in_two_ways_and_what_nobody_knows_stays_english() -> None:
    for message in (
        "1 is 2 is, the row says 3, the row says 4",
        "something that nobody says",
        "found 'x'; something that nobody says",
    ):
        assert in_dutch(message) == message


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("own.csv: line 4, fase: found 'ktp'; allowed: a, b", "own.csv: regel 4, fase: gevonden 'ktp'; toegelaten: a, b"),
        ("s.csv: lines 2, 4, woningen: Gent gives 5", "s.csv: regels 2, 4, woningen: Gent geeft 5"),
        (
            "line 3: found 41002 Aalst, which gives; another one is needed",
            "regel 3: gevonden 41002 Aalst, en die geeft; een andere is nodig",
        ),
    ],
)
def test_the_place_of_a_mistake_in_a_table_is_never_taken_for_a_value(english: str, dutch: str) -> None:
    assert in_dutch(english) == dutch


def test_numbers_parted_by_commas_are_parted_by_points() -> None:
    line = "own.csv: line 2, sib: 10,490, far from the estimate of 1,200 (900 to 1,500); is that right? It is used as it is"
    assert in_dutch(line).startswith("own.csv: regel 2, sib: 10.490, ver van de raming van 1.200 (900 tot 1.500); klopt dat?")


def test_what_a_workbook_is_told_in_english_is_known_too() -> None:
    long = [message for message in DUTCH if messages.words_in(message) >= messages.FEWEST]
    assert len(long) > 40
    assert in_dutch("found 'x'; the rows above are of Thuispunt Gent") == "gevonden 'x'; de rijen hierboven zijn van Thuispunt Gent"
