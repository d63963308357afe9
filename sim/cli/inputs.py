"""What goes in: check it, list it, explain it, estimate it anew."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.commands import SUBJECTS
from sim.inputs.errors import BAD_INPUT, InputError
from sim.inputs.scenario.library import find_scenario, library
from sim.report.outside import one_line, put, refused, say
from sim.studies.command_options import Lang, Language


def check(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files of scenarios or sweeps (.toml), tables of official figures (.csv), or folders of own data."),
    ],
    lang: Lang = Language.nl,
) -> None:
    """Check files of scenarios, sweeps and tables, and companies' own data, without running anything."""
    from sim.inputs.region.load import check_table
    from sim.inputs.scenario.model import load_scenario
    from sim.inputs.scenario.sweep import is_sweep, read_sweep
    from sim.runs.outcomes import OUTCOMES
    from sim.studies.capacity.own_data import check_folder
    from sim.studies.capacity.screen import show_replaced

    wrong = 0
    for file in files:
        try:
            if file.suffix.lower() == ".csv":
                holds, doubtful = check_table(file)
                put(f"{one_line(file)}: {holds}")
                for warning in doubtful:
                    say(warning)
            elif file.is_dir():
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
                echo(file, lang.value)
        except InputError as error:
            say(refused(error))
            wrong += 1
    if wrong:
        sys.exit(BAD_INPUT)


def echo(file: Path, lang: str) -> None:
    """Print what a scenario is: every test of its law, and what else it changes. Raises InputError for what cannot be."""
    from rich.table import Table

    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.model import load_scenario
    from sim.report import scenario as told
    from sim.report.screen import Screen

    scenario = load_scenario(find_scenario(file))
    region, screen = load_region(scenario), Screen(lang)
    for warning in (*(f"{file}: {warning}" for warning in scenario.warnings), *region.warnings):
        say(warning)
    counted = {"municipalities": str(len(region.nis)), "companies": str(len(region.company_names)), "date": str(scenario.law.date)}
    valid = screen.say("valid scenario; {municipalities} municipalities, {companies} companies, law of {date}", **counted)
    screen.whole(f"{one_line(file)}: {valid}")
    screen.line(screen.language.title(scenario), "bold")
    table = Table(*told.heads(screen.language), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in told.rows(scenario.law, screen.language):
        table.add_row(*row)
    screen.put(table)
    for fact in told.facts(scenario, region, screen.language):
        screen.line(fact)


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
