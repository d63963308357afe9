"""Choices side by side: up to four questions with a name each, and the address that holds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from sim.inputs.errors import InputError
from sim.web.levers import Question, question

MOST, LONGEST = 4, 40  # options, letters of a name
LETTERS = "ABCD"
OPTION, NAME, BESIDE = "keuze", "naam", "bij"  # as addresses have them; `bij`: of a question, beside which options it is to stand
READY = ("every=1", "every=6", "first=2030", "judged=lead_time", "help=50&helped=2B", "managers=150")  # those that are offered


class Option(NamedTuple):
    """A question and what it is called; nothing: by what it changes."""

    name: str
    question: Question


@dataclass(frozen=True)
class Options:
    """Some options, in the order in which they stand."""

    options: tuple[Option, ...] = ()

    @cached_property
    def address(self) -> str:
        """The options as the query of an address, always the same for the same options."""
        return urlencode([pair for name, asked in self.options for pair in ((OPTION, asked.address), (NAME, name))])

    @property
    def full(self) -> bool:
        """Whether no other option can be added."""
        return len(self.options) >= MOST

    def without(self, place: int) -> "Options":
        """Return these options without one."""
        return Options((*self.options[:place], *self.options[place + 1 :]))

    def beside(self, asked: Question) -> "Options":
        """Return these options with another one behind them; the same where it stands there, is none, or is too many."""
        there = not asked.moved or self.full or any(asked == option.question for option in self.options)
        return self if there else Options((*self.options, Option("", asked)))


def options(given: Iterable[tuple[str, str]]) -> Options:
    """Return the options that the names and texts of an address ask for, without those that change nothing.

    Raises InputError for a name that is not known, more than four, and levers that are not known or have a value that cannot be.
    """
    pairs = [*given]
    if unknown := [name for name, _ in pairs if name not in (OPTION, NAME)]:
        raise InputError("", unknown[0][:LONGEST], f"is not known; {OPTION} and {NAME} are allowed")
    asked = [text for name, text in pairs if name == OPTION]
    names = [text for name, text in pairs if name == NAME]
    if len(asked) > MOST or len(names) > MOST:
        raise InputError("", OPTION, f"at most {MOST} options are allowed")
    found = Options()
    for text, name in zip(asked, [*names, *[""] * MOST], strict=False):
        levers, faults = question(parse_qsl(text, keep_blank_values=True))
        if faults:
            raise faults[0]
        if found.beside(levers) is not found:
            found = Options((*found.options, Option(" ".join(name.split())[:LONGEST], levers)))
    return found


def chosen(text: str | None) -> Options:
    """Return the options that are to be written: those of an address, or the first that are offered. Raises InputError as `options` does."""
    return held(text if text is not None else urlencode([(OPTION, ready) for ready in READY[:MOST]]))


def held(text: str) -> Options:
    """Return the options that a question carries in its address. Raises InputError as `options` does."""
    return options(parse_qsl(text, keep_blank_values=True))
