"""The one error that bad input raises: it names the file, the place, what was found and what is allowed."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input from a user. Shown as one line, without a traceback; the command ends with exit code 2."""

    def __init__(self, file: object, place: str, problem: str) -> None:
        self.file, self.place, self.problem = str(file), place, problem
        super().__init__(f"{self.file}: {place}: {problem}" if place else f"{self.file}: {problem}")


def nearest(found: str, known: Iterable[str]) -> str:
    """Return ' (did you mean X?)' for the nearest known name, or the known names when none is near."""
    names = sorted(str(name) for name in known)
    close = difflib.get_close_matches(found, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"allowed: {shown}"
