"""The one error that bad input raises: it names the file, the place, what was found and what is allowed; and what else ends a command early."""

import difflib
import re
from collections.abc import Iterable

THOUSANDS = re.compile(r"[+-]?[1-9][0-9]*[.,][0-9]{3}")
BAD_INPUT, FAILED, STOPPED = 2, 3, 130  # exit codes
LONGEST = 600  # letters in a line of a message
NAMED = LONGEST // 3  # of a file or place in it, so that room is left for what is wrong


def shortened(line: str, most: int = LONGEST) -> str:
    """Return a line with at most so many of its letters: what is left out is in the middle, and how much of it is said."""
    left = len(line) - most
    return line if left <= 0 else f"{line[: most - most // 3]} ... ({left:,} characters left out) ... {line[-(most // 3) :]}"


class CannotGoOn(Exception):
    """What ends a command early and is nobody's mistake, said in one line: a full disk, a worker that was killed, a stop, a budget."""

    exit_code = FAILED


class InputError(ValueError):
    """Bad input from a user. Shown as one line, without a traceback; the command ends with exit code 2.

    Of a table several mistakes are shown at once, each in a line of `problem`; `found`: these, one by one. Its text is no longer than can be
    read; `file`, `place` and `problem` are whole.
    """

    found: tuple["InputError", ...] = ()

    def __init__(self, file: object, place: str, problem: str) -> None:
        self.file, self.place, self.problem = str(file), place, problem
        named = [shortened(part, NAMED) for part in ((self.file, place) if place else (self.file,))]
        super().__init__(": ".join([*named, "\n".join(map(shortened, problem.split("\n")))]))

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str, str]]:
        """Return what makes it anew, so that it comes back whole from a worker."""
        return type(self), (self.file, self.place, self.problem)


def of_thousands(written: str) -> bool:
    """Return whether a number may have a point or comma of thousands: 1.250 may be 1250 as well as 1.25; so no reader takes it for either.

    >>> [of_thousands(text) for text in ("1.250", "45.000", "12,500", "0.125", "1.25", "1.2500")]
    [True, True, True, False, False, False]
    """
    return THOUSANDS.fullmatch(written) is not None


def nearest(found: str, known: Iterable[str], near: str = "did you mean {name!r}?", far: str = "allowed: {names}") -> str:
    """Return 'did you mean X?' for the nearest known name, or the known names when none is near; `near`, `far`: in which words."""
    names = sorted(str(name) for name in known)
    if not names:
        return "there are none"
    folded = {name.casefold(): name for name in names}  # a name in capitals is no other name
    close = difflib.get_close_matches(found.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return near.format(name=folded[close[0]])
    return far.format(names=", ".join(names[:12]) + (", ..." if len(names) > 12 else ""))


def refuse_unknown(name: str, known: Iterable[str], file: object, place: str, what: str) -> None:
    """Raise InputError, with the nearest known name, for a name that is none of them; `what` it should be the name of."""
    if name not in (names := list(known)):
        raise InputError(file, place, f"unknown {what} {name!r}; {nearest(name, names)}")
