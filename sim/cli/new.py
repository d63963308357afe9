"""A scenario written from a few answers: what is asked, what an answer may be, and the file that comes of it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from sim.inputs.errors import InputError
from sim.inputs.law.rhythm import STAGES
from sim.inputs.region.official import covers_all
from sim.inputs.scenario.mistyped import number_in, plain
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.report.language import Language

Answers = dict[str, Any]  # by the name of the question; a question that is not there stays as the baseline has it


def whole(text: str) -> int:
    """Return a whole number. Raises ValueError for any other text."""
    if not re.fullmatch(r"\d{1,3}([. ]?\d{3})*|\d+", text.strip()):
        raise ValueError(f"found {text!r}; a whole number is needed")
    return int(re.sub(r"[. ]", "", text))


def number(text: str) -> Fraction:
    """Return a number with a point or a comma. Raises ValueError for any other text."""
    found = number_in(text) if "%" not in text else None
    if found is None or found < 0:
        raise ValueError(f"found {text!r}; a number such as 1.5 is needed")
    return found


def percent(text: str) -> Fraction:
    """Return the share that a percentage is, with or without its sign. Raises ValueError for any other text, and what is likely a share.

    >>> percent("10"), percent("12,5 %")
    (Fraction(1, 10), Fraction(1, 8))
    """
    found = number_in(text if "%" in text else f"{text}%")
    if found is None or not 0 <= found <= 1:
        raise ValueError(f"found {text!r}; 0 to 100 percent is allowed")
    if "%" not in text and 0 < found < Fraction(1, 100):
        raise ValueError(f"found {text!r}; a percentage is needed: {plain(100 * 100 * found)} for {plain(100 * found)}, or {text}%")
    return found


def percents(text: str) -> list[Fraction]:
    """Return the shares that several percentages are, with commas, semicolons or spaces between.

    Raises ValueError where a comma may be a decimal one.

    >>> percents("10,20,30") == percents("10%; 20%; 30%") == [Fraction(1, 10), Fraction(1, 5), Fraction(3, 10)]
    True
    """
    if "%" in text and number_in(text) is not None:
        return [percent(text)]
    if ";" not in text and (twofold := re.search(r"\d,\d(?!\d)", text)):
        raise ValueError(f"found {text!r}; semicolons between the rates are needed, as {twofold[0]} may be one or two")
    parts = re.split(r"\s*;\s*" if ";" in text else r"\s*,\s*|(?<=[\d%])\s+(?=\d)", text.strip())
    return [percent(part) for part in parts]


def stage(text: str) -> str:
    """Return a stage by its name, whatever its capitals. Raises ValueError for any other text."""
    found = {name.lower(): name for name in STAGES} | {"gerealiseerd": "realised"}
    if text.strip().lower() not in found:
        raise ValueError(f"found {text!r}; {', '.join(STAGES)} is allowed")
    return found[text.strip().lower()]


class Question(NamedTuple):
    """What is asked, what reads an answer, and in words what an answer of nothing leaves."""

    name: str
    asked: str
    read: Callable[[str], Any]
    stays: str


def questions(language: Language) -> tuple[Question, ...]:
    """Return the questions in their order, in the reader's language."""
    say = language.say
    return (
        Question("title", say("What is the scenario called?"), str, say("after what it changes")),
        Question("first", say("In which year is the first test?"), whole, "2028"),
        Question("every", say("Every how many years is there a test?"), whole, "3"),
        Question(
            "rates",
            say("Which part of the premium is charged, test by test, in percent (10, 20, 30)?"),
            percents,
            "25; 50; 50; 100; 50",
        ),
        Question("last", say("In which year is the last test?"), whole, say("as the rates or the draft have it")),
        Question(
            "stage",
            say("At which stage must dwellings be: MJP, KTP or realised?"),
            stage,
            say("as the draft asks it, test by test"),
        ),
        Question("company_pays", say("Which part of a contribution does the housing company pay, in percent?"), percent, "0"),
        Question("exempt_below", say("Below how many inhabitants has a municipality no objective?"), whole, say("all have one")),
        Question("managers", say("How many times as many project managers as today?"), number, "1"),
        Question("official", say("Which table holds official figures?"), Path, say("none: estimates")),
        Question(
            "response",
            say("How strongly do municipalities respond to tests, in percent?"),
            percent,
            say("nobody knows: every value"),
        ),
    )


def answered(
    given: dict[str, str | None], language: Language, ask: Callable[[str], str] | None, said: Callable[[str], None]
) -> Answers:
    """Return the answers: those that are `given` by option, or asked for with `ask`, one by one; nothing leaves what the baseline has.

    An answer that cannot be is `said`, and asked for again. Raises InputError for an option that cannot be.
    """
    answers: Answers = {}
    for question in questions(language):
        while True:
            text = given.get(question.name) if ask is None else ask(f"{question.asked} [{question.stays}] ")
            if ask is None and text is not None and not text.strip():  # `--official "$TABLE"` of a variable that nobody set
                raise InputError(f"--{question.name.replace('_', '-')}", "", "found nothing")
            if text is None or not text.strip():
                break
            try:
                answers[question.name] = question.read(text.strip())
                break
            except ValueError as error:
                if ask is None:
                    raise InputError(f"--{question.name.replace('_', '-')}", "", str(error)) from None
                said(str(error))
    return answers


def toml(answers: Answers, path: Path, language: Language) -> str:
    """Return the scenario that the answers make, as the text of its file at `path`: what differs from the baseline, and what each line is."""
    return "\n".join(_lines(answers, path, language)) + "\n"


def _lines(answers: Answers, path: Path, language: Language) -> Iterator[str]:
    say = language.say
    yield "# " + say("A scenario of your own: it says only what differs from the draft. `bso check` shows what it is.")
    yield 'extends = "baseline"'
    title = answers.get("title") or _title(answers, language) or path.stem
    yield from (f"{key} = {_quoted(title)}" for key in ("title", "title_nl"))
    for name, key, comment in (
        ("company_pays", "levers.contribution_by_company.value", say("the part of every contribution that the company pays")),
        ("managers", "levers.managers_scale.value", say("times as many project managers as today")),
        ("response", "uncertainties.response.constant", say("response of municipalities to tests: 0 none, 1 full")),
    ):
        if name in answers:
            yield f"{key} = {plain(answers[name])}  # {comment}"
    if "exempt_below" in answers:
        comment = say("no objective for them; the others get what they lose (false: nobody)")
        yield f"exempt = {{ inhabitants_below = {answers['exempt_below']}, redistributed = true }}  # {comment}"
    if "official" in answers:
        file = answers["official"]
        partial = "false" if covers_all(file) else "true"
        relative = Path(os.path.relpath(file.absolute(), path.absolute().parent)).as_posix()
        comment = say("official figures, laid over the estimates")
        yield f"official = {{ file = {_quoted(relative)}, partial = {partial} }}  # {comment}"
    yield from _tests(answers, language)


def _title(answers: Answers, language: Language) -> str:
    """Return a title that says what the answers change; nothing where they change nothing."""
    say, number = language.say, language.number

    def share(name: str) -> str:
        return f"{plain(100 * answers[name])}%"

    said: dict[str, Callable[[], str]] = {
        "first": lambda: say("first test in {year}", year=answers["first"]),
        "every": lambda: say("a test every {count} years", count=number(answers["every"])),
        "rates": lambda: say("rates of {rates}", rates=", ".join(f"{plain(100 * rate)}%" for rate in answers["rates"])),
        "last": lambda: say("last test in {year}", year=answers["last"]),
        "stage": lambda: say("asked at {stage}", stage=language.name("stage_asked", answers["stage"])),
        "company_pays": lambda: say("the company pays {share}", share=share("company_pays")),
        "exempt_below": lambda: say("no objective below {count} inhabitants", count=number(answers["exempt_below"])),
        "managers": lambda: say("{times} times the project managers", times=plain(answers["managers"])),
        "official": lambda: say("official figures of {file}", file=answers["official"].name),
        "response": lambda: say("response of {share}", share=share("response")),
    }
    title = ", ".join(words() for name, words in said.items() if name in answers)
    return title[:1].upper() + title[1:]


def _tests(answers: Answers, language: Language) -> Iterator[str]:
    """Yield the table of tests; nothing where they are those of the draft."""
    calendar = {name: answers[name] for name in ("first", "every", "last", "rates", "stage") if name in answers}
    if not calendar:
        return
    law = load_scenario(LIBRARY / "baseline.toml").law
    own = [m.test for m in law.rhythm if m.test is not None]
    rates = calendar.get("rates", [])
    if {"first", "every"} & set(calendar):
        first, every = calendar.setdefault("first", own[0]), calendar.setdefault("every", own[1] - own[0])
        until = max(own[-1], min(first + every * (len(rates) - 1), law.rhythm[-1].date.year), first)
        calendar.setdefault("last", first + max(0, until - first) // max(1, every) * every)
    say = language.say
    comments = {
        "first": say("year of the first test; each is measured at the end of the year before"),
        "every": say("years between two tests"),
        "last": say("year of the last test"),
        "rates": say("parts of the premium, test by test; the last one for all that follow"),
        "stage": say("the stage at which every test asks what it asks"),
    }
    yield ""
    yield "[law_changes.tests]"
    for name in comments:
        if name in calendar:
            value = calendar[name]
            written = f'"{value}"' if name == "stage" else f"[{', '.join(map(_percent, value))}]" if name == "rates" else str(value)
            yield f"{name} = {written}  # {comments[name]}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # whose quotes and escapes TOML has too, and this one


def _percent(share: Fraction) -> str:
    return f'"{plain(100 * share)}%"'


def write(path: Path, text: str) -> None:
    """Write a scenario to a file that is not there yet, and check it. Raises InputError for one that is there, or that cannot be."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(path, "", "is there already, and stays as it is; another name is needed") from None
    except (OSError, ValueError) as error:
        raise InputError(path, "", f"cannot be written ({getattr(error, 'strerror', None) or error})") from None
    try:
        load_scenario(path)
    except InputError:
        path.unlink()
        raise
