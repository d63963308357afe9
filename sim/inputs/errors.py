"""The one error that bad input raises: it names the file, the place, what was found and what is allowed; and what else ends a command early."""

import difflib
import re
from collections.abc import Iterable

THOUSANDS = re.compile(r"[+-]?[1-9][0-9]*[.,][0-9]{3}")
BAD_INPUT, FAILED, STOPPED = 2, 3, 130  # exit codes


class CannotGoOn(Exception):
    """What ends a command early and is nobody's mistake, said in one line: a full disk, a worker that was killed, a stop, a budget."""

    exit_code = FAILED


class InputError(ValueError):
    """Bad input from a user. Shown as one line, without a traceback; the command ends with exit code 2.

    Of a table several mistakes are shown at once, each in a line of `problem`; `found`: these, one by one.
    """

    found: tuple["InputError", ...] = ()

    def __init__(self, file: object, place: str, problem: str) -> None:
        self.file, self.place, self.problem = str(file), place, problem
        super().__init__(f"{self.file}: {place}: {problem}" if place else f"{self.file}: {problem}")

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
    close = difflib.get_close_matches(found, names, n=1, cutoff=0.6)
    if close:
        return near.format(name=close[0])
    return far.format(names=", ".join(names[:12]) + (", ..." if len(names) > 12 else ""))


def refuse_unknown(name: str, known: Iterable[str], file: object, place: str, what: str) -> None:
    """Raise InputError, with the nearest known name, for a name that is none of them; `what` it should be the name of."""
    if name not in (names := list(known)):
        raise InputError(file, place, f"unknown {what} {name!r}; {nearest(name, names)}")
