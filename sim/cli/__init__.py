"""The command `bso`: parse, call, print. Its commands are those of the studies, and those that look at inputs."""

import io
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from sim.cli import inputs
from sim.cli.commands import OWN
from sim.inputs.errors import InputError
from sim.studies.command_options import BAD_INPUT, FAILED, STOPPED, stop
from sim.studies.registry import commands, load

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for study, command in commands():
    app.command()(load(study, command.function))
for command in OWN:
    app.command()(getattr(inputs, command.function))


def main() -> None:
    """Run the command. Bad input is one line on standard error and exit code 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show every letter
    try:
        app()
    except KeyboardInterrupt:
        stop("stopped", STOPPED)
    except InputError as error:
        stop(str(error), BAD_INPUT)
    except OSError as error:  # a full disk, a folder that went away
        stop(f"{error.filename or 'disk'}: {error.strerror or error}; what was finished is kept", FAILED)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        print(f"bso-sim {version('bso-sim')}")
        raise typer.Exit


@app.callback()
def bso(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Forecast how Flanders realises its binding social objective (BSO): 45,000 extra social rental homes by 31 December 2042."""
