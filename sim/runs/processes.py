"""Processes started so that neither Ctrl-C nor the user's own script gets in their way."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def undisturbed() -> Iterator[None]:
    """Start workers: without Ctrl-C, and without the user's script, which they would run once more if it has no guard against that."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__}
    main.__spec__ = None
    try:
        with _interrupts_held_back():
            yield
    finally:
        main.__dict__.update(hidden)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let processes started meanwhile inherit that Ctrl-C does not reach them; one that comes here waits until the end of the block.

    The mask is what they inherit; the handler is for a signal that another thread of this process takes: Python would still interrupt this
    one, in the middle of starting a worker that nobody would then know of.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():  # Windows, a notebook
        yield
        return
    came: list[bool] = []
    handler = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt
