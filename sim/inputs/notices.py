"""What is told while something goes on, by whoever finds it: on standard error, and as the command tells its own messages where there is one."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_tellers: list[Callable[[str], None]] = []


def notice(text: str) -> None:
    """Tell the user something in a line, in English where no command is running."""
    (_tellers[-1] if _tellers else _plainly)(text)


@contextmanager
def told_by(teller: Callable[[str], None]) -> Iterator[None]:
    """Have somebody tell the notices."""
    _tellers.append(teller)
    try:
        yield
    finally:
        _tellers.pop()


def _plainly(text: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # nobody listens: no reason to stop
        sys.stderr.write("".join(letter if letter.isprintable() else "?" for letter in text) + "\n")
        sys.stderr.flush()
