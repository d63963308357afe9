"""What goes in: check it, list it, explain it, estimate it anew."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.commands import SUBJECTS
from sim.inputs.errors import BAD_INPUT, InputError
from sim.inputs.scenario.library import find_scenario, library
from sim.report.outside import one_line, put, refused, say


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files of scenarios or sweeps (.toml), tables (.csv, .xlsx) of official figures, swaps, verdicts or lead times, or "
            "folders of own data."
        ),
    ],
    add_up: Annotated[
        bool, typer.Option("--add-up", help="Add up the parts of municipalities that were merged, in a table of official figures.")
    ] = False,
) -> None:
    """Check files of scenarios, sweeps and tables, and companies' own data, without running anything."""
    from sim.cli.tables import check_table
    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.model import load_scenario
    from sim.inputs.scenario.sweep import is_sweep, read_sweep
    from sim.inputs.sheets.grid import is_table
    from sim.runs.outcomes import OUTCOMES
    from sim.studies.capacity.own_data import check_folder, is_own_data
    from sim.studies.capacity.screen import show_replaced

    wrong = 0
    for file in files:
        try:
            if is_table(file) and not is_own_data(file):
                holds, doubtful = check_table(file, add_up)
                put(f"{one_line(file)}: {holds}")
                for warning in doubtful:
                    say(warning)
            elif file.is_dir() or is_table(file):
                own = check_folder(file, load_scenario(find_scenario(Path("baseline"))))
                put(f"{one_line(file)}: {own.summary}")
                for warning in own.warnings:
                    say(warning)
                if len(own.replaced):
                    show_replaced(own.replaced, own.lang, written=False)
            elif is_sweep(file):
                sweep, points = read_sweep(file, OUTCOMES)
                put(f"{one_line(file)}: valid sweep; {len(points)} options over {len(sweep.axes)} axes, ranked by {sweep.rank}")
            else:
                scenario = load_scenario(find_scenario(file))
                region = load_region(scenario)
                for warning in (*(f"{file}: {warning}" for warning in scenario.warnings), *region.warnings):
                    say(warning)
                counted = f"{len(region.nis)} municipalities, {len(region.company_names)} companies"
                put(f"{one_line(file)}: valid scenario; {counted}, law {scenario.law.date}")
        except InputError as error:
            say(refused(error))
            wrong += 1
    if wrong:
        sys.exit(BAD_INPUT)


def explain(what: Annotated[str, typer.Argument(metavar="SUBJECT", help=f"{', '.join(SUBJECTS)}.", show_default=False)]) -> None:
    """Explain the model: print a table of it, in Markdown. The pages of docs/ hold the same tables."""
    from sim.cli import explain as explained
    from sim.inputs.errors import nearest

    if what not in SUBJECTS:
        raise InputError("explain", "", f"unknown subject {what!r}; {nearest(what, SUBJECTS)}")
    put(explained.SUBJECTS[what]())


def scenarios() -> None:
    """List the scenarios of the library, a line each."""
    from sim.inputs.scenario.toml import read_extended

    for path in library():
        put(one_line(f"{path.stem:<34} {read_extended(path).get('title', '')}"))


def estimate(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the table is what the code gives.")
    ] = False,
) -> None:
    """Rebuild the estimates of what is not published, and print how far they are from every published figure."""
    from sim.inputs.estimate.__main__ import main as rebuild

    sys.exit(rebuild(check_only))
