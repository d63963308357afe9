"""Progress in a notebook, by itself: a call that takes `progress=` and is not given one shows a bar below its cell while it computes."""

import functools
import inspect
import sys
import time
from collections.abc import Callable
from html import escape
from types import FunctionType
from typing import Any

SECONDS = 0.2  # between two pictures of the bar


class Bar:
    """A bar in the output of a cell, which the next picture of it takes the place of."""

    def __init__(self, display: Callable[..., Any]) -> None:
        """Show it with nothing done. `display`: that of IPython."""
        self.began, self.drawn = time.monotonic(), 0.0
        self.handle = display(_picture(0, 0, "compiling, or reading"), raw=True, display_id=True)

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is: at once where it is done, else now and then."""
        now = time.monotonic()
        if done >= total or now - self.drawn > SECONDS:
            self.drawn = now
            self.handle.update(_picture(done, total, f"{now - self.began:.0f} s"), raw=True)


def _picture(done: int, total: int, words: str) -> dict[str, str]:
    text = f"{done:,} of {total:,} replications, {words}" if total else words
    bar = f'<progress value="{done}" max="{total}"></progress> ' if total else "<progress></progress> "
    return {"text/plain": text, "text/html": bar + escape(text)}


@functools.cache
def shown(call: Any) -> Any:
    """Return a call as a notebook makes it: with a bar where it takes `progress` and is given none; anywhere else the call itself."""
    if not isinstance(call, FunctionType) or "progress" not in inspect.signature(call).parameters or _display() is None:
        return call

    @functools.wraps(call)
    def with_bar(*given: Any, **named: Any) -> Any:
        asked = inspect.signature(call).bind(*given, **named)
        if asked.arguments.get("progress") is None:
            asked.arguments["progress"] = Bar(_display())
        return call(*asked.args, **asked.kwargs)

    return with_bar


def _display() -> Any:
    """Return IPython's `display` where a notebook's kernel runs this process; else None."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return sys.modules["IPython"].display.display if shell is not None and hasattr(shell, "kernel") else None
