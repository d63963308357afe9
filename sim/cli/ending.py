"""What ends a command before its time: each is one line on standard error and an exit code. Nothing else in `sim` catches a signal or a fault.

0: done; 1: a fault of ours; 2: bad input; 3: something failed; 128 and the signal's number: stopped from outside.
"""

import errno
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from sim.inputs.errors import BAD_INPUT, FAILED, STOPPED, CannotGoOn, InputError
from sim.report.outside import one_line, refused, say
from sim.studies.command_options import stop

FAULT, UNREAD = 1, 141  # a fault of ours; nobody reads on: 128 and the number of SIGPIPE
USAGE: type[Exception] = typer.BadParameter.__bases__[
    0
]  # the error of whatever is wrong with options: typer has no public name for it


@contextmanager
def ending() -> Iterator[None]:
    """Run a command: whatever ends it early is said, with what it lacks, and never as a traceback."""
    _hold_streams()
    signals = list[int]()
    try:
        with _as_ctrl_c(signals):
            yield
            for stream in (sys.stdout, sys.stderr):
                stream.flush()  # here, where it can still be said what is wrong with it
    except KeyboardInterrupt:
        stop("stopped", _stopped_by(signals))
    except InputError as error:
        stop(refused(error), BAD_INPUT)
    except CannotGoOn as error:
        stop(str(error), _stopped_by(signals) if error.exit_code == STOPPED else error.exit_code)
    except BrokenPipeError:
        _let_go()
        sys.exit(UNREAD)
    except OSError as error:
        stop(f"{one_line(error.filename or _lost(error))}: {error.strerror or error}", FAILED)
    except MemoryError:
        stop("out of memory", FAILED)
    except USAGE as error:
        _stop_usage(error)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except Exception as error:  # ours: nobody should have to read where
        stop(f"a fault of bso-sim itself: {_in_short(error)}; please report it{_put_aside()}", FAULT)


def _stopped_by(signals: list[int]) -> int:
    """Return the exit code of who was stopped: by Ctrl-C, or by the first of these signals."""
    exec("")  # `python -m` would end as by Ctrl-C where one came amid a text that a library executed, and this is another text
    return 128 + signals[0] if signals else STOPPED


@contextmanager
def _as_ctrl_c(signals: list[int]) -> Iterator[None]:
    """Have a signal that would end the process do so as Ctrl-C does: workers are stopped, and no folder is left. `signals`: those that came."""
    others = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]

    def interrupt(number: int, _: object) -> None:
        signals.append(number)
        for other in others:
            signal.signal(other, signal.SIG_IGN)  # a terminal that closes sends more than one
        raise KeyboardInterrupt

    heard = threading.current_thread() is threading.main_thread()
    replaced = [number for number in others if heard and signal.getsignal(number) == signal.SIG_DFL]  # not under nohup
    for number in replaced:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in replaced if not signals else ():
            signal.signal(number, signal.SIG_DFL)


def _hold_streams() -> None:
    """Have a closed stream lead nowhere, so that no file of results takes its number; and no letter that a terminal lacks be an error."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number that is free
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w", encoding="utf-8") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _lost(error: OSError) -> str:
    """Return what an error without a file is of. What standard output cannot take is forgotten, or Python would try, and fail, once more."""
    if error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT):
        return "the system"
    _let_go()
    return "standard output"


def _let_go() -> None:
    """Have what is still to be written go nowhere, so that Python says nothing of it when it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop_usage(error: Exception) -> None:
    """Say what is wrong with the options, and where they are explained. A command without any has shown its help already."""
    text, context = getattr(error, "format_message")(), getattr(error, "ctx", None)  # noqa: B009
    if text:
        say(f"{text.rstrip('.')}; see `{context.command_path} --help`" if context is not None else text)
    sys.exit(BAD_INPUT)


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0].removesuffix(": ")


def _put_aside() -> str:
    """Keep the traceback of what goes wrong in a file, and return where, in words."""
    with suppress(OSError):
        with tempfile.NamedTemporaryFile("w", prefix="bso-fault-", suffix=".txt", delete=False, errors="replace") as file:
            file.write(f"{sys.argv}\n{traceback.format_exc()}")
        return f", with {file.name}"
    return ""
