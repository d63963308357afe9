"""What `--help` says, in the language of the reader: the code says it in English, `help.po` has the Dutch, also of typer's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup

from sim.report.messages import READER, entries_of

CATALOGUE = Path(__file__).with_name("help.po")
# what typer calls its own words
WORDS = ("ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "REQUIRED_LONG_STRING", "DEFAULT_STRING")


@cache
def dutch() -> dict[str, str]:
    """Return what every text of the help is in Dutch."""
    return dict(entries_of(CATALOGUE))


def told(text: str) -> str:
    """Return a text of the help in the language of the reader: as it is where there is no other."""
    return dutch().get(text, text) if READER.get() == "nl" else text


@contextmanager
def spoken(command: TyperCommand | TyperGroup, context: Any) -> Iterator[None]:
    """Have a command, its options, and typer, speak the language of the reader. A command is made anew for whoever reads next."""
    from typer import rich_utils

    commands = command.commands.values() if isinstance(command, TyperGroup) else ()
    for explained in (command, *commands, *command.get_params(context)):
        explained.help = told(getattr(explained, "help", None) or "")
    before = {name: getattr(rich_utils, name) for name in WORDS}
    try:
        for name, text in before.items():
            setattr(rich_utils, name, told(text))
        yield
    finally:
        for name, text in before.items():
            setattr(rich_utils, name, text)


def write_usage(command: TyperCommand | TyperGroup, context: Any, formatter: Any) -> None:
    """Write how a command is called."""
    pieces = command.collect_usage_pieces(context)
    formatter.write_usage(context.command_path, " ".join(map(told, pieces)), told("Usage: "))


class Command(TyperCommand):
    """A command of `bso`, its help in the language of the reader."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how it is called."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what it does and takes."""
        with spoken(self, ctx):
            super().format_help(ctx, formatter)


class Group(TyperGroup):
    """`bso` with its commands, its help in the language of the reader."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how it is called."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what it does, and its commands."""
        with spoken(self, ctx):
            super().format_help(ctx, formatter)
