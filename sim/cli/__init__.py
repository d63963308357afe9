"""The command `bso`: parse, call, print. What takes long to import is imported by the command that needs it."""

import io
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from sim.cli import inputs
from sim.inputs.errors import InputError
from sim.studies.backtest import command as validation
from sim.studies.capacity import command as companies
from sim.studies.command_options import BAD_INPUT, FAILED, STOPPED, stop
from sim.studies.compare import command as studies
from sim.studies.durations import command as durations
from sim.studies.forecast import command as forecast
from sim.studies.sensitivity import command as sensitivity

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (
    *(
        forecast.run,
        studies.compare,
        studies.sweep,
        studies.readings,
        sensitivity.sensitivity,
        companies.capacity,
        companies.template,
        forecast.why,
        forecast.verify,
    ),
    *(validation.backtest, validation.crosschecks, validation.calibrate, validation.bands, validation.register, validation.score),
    durations.durations,
    *(inputs.check, inputs.scenarios, inputs.explain, inputs.estimate),
):
    app.command()(command)


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
