"""The command `bso`: parse, call, print. Its commands are those of the studies, and those that look at inputs."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from sim.cli.commands import OWN, load_own
from sim.cli.ending import ending
from sim.cli.help import Command, Group
from sim.cli.reader import a_reader, defaults, read_in
from sim.inputs.errors import InputError
from sim.report.outside import put
from sim.studies.command_options import Language
from sim.studies.registry import commands, load

app = typer.Typer(cls=Group, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for study, command in commands():
    app.command(cls=Command)(load(study, command.function))
for command in OWN:
    app.command(cls=Command)(load_own(command.function))


def main() -> None:
    """Run the command, and leave with its exit code."""
    with a_reader(), ending():
        words, command = _texts(read_in(sys.argv[1:])), typer.main.get_group(app)
        with command.make_context("bso", words, default_map=defaults(command.commands)) as context:
            context.command.invoke(context)
    sys.exit(0)


def _texts(words: list[str]) -> list[str]:
    """Return the words of the command. Raises InputError for a name in bytes that are no text: neither JSON nor a table could hold it."""
    for word in words:
        if not word.isascii() and word.encode(errors="replace").decode() != word:
            raise InputError(word, "", "not a text in UTF-8; give it another name")
    return words


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        put(f"bso-sim {version('bso-sim')}")
        raise typer.Exit


@app.callback()
def bso(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")] = False,
    lang: Annotated[
        Language, typer.Option(help="Language of everything that is said: nl or en; for good: the environment variable BSO_LANG.")
    ] = Language.nl,
) -> None:
    """Forecast how Flanders realises its binding social objective (BSO): 45,000 extra social rental homes by 31 December 2042."""
