"""What goes in: check it, list it, explain it, estimate it anew."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.commands import SUBJECTS
from sim.inputs.errors import BAD_INPUT, InputError
from sim.report.messages import READER, told
from sim.report.outside import one_line, put, refused, say, typed, visible
from sim.studies.command_options import Lang, Language, say_doubts


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
    lang: Lang = Language.nl,
) -> None:
    """Check files of scenarios, sweeps and tables, and companies' own data, without running anything."""
    from sim.cli.tables import check_table, show_sums
    from sim.inputs.scenario.library import find_scenario
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
                checked = check_table(file, add_up)
                put(f"{one_line(file)}: {told(checked.holds)}")
                for warning in checked.doubtful:
                    say(warning)
                if checked.sums:
                    show_sums(file, checked, lang.value)
            elif file.is_dir() or is_table(file):
                own = check_folder(file, load_scenario(find_scenario(Path("baseline"))))
                put(f"{one_line(file)}: {own.summary}")
                for warning in own.warnings:
                    say(warning)
                if len(own.replaced):
                    show_replaced(own.replaced, own.lang, written=False)
            elif is_sweep(file):
                sweep, points = read_sweep(file, OUTCOMES)
                valid = f"valid sweep; {len(points)} options over {len(sweep.axes)} axes, ranked by {sweep.rank}"
                put(f"{one_line(file)}: {told(valid)}")
            else:
                echo(file, lang.value)
        except InputError as error:
            say(refused(error))
            wrong += 1
    if wrong:
        sys.exit(BAD_INPUT)


def echo(file: Path, lang: str) -> None:
    """Print what a scenario is: every test of its law, and what else it changes. Raises InputError for what cannot be."""
    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.library import find_scenario
    from sim.inputs.scenario.model import load_scenario
    from sim.report.scenario import show
    from sim.report.screen import Screen

    scenario = load_scenario(find_scenario(file))
    region, screen = load_region(scenario), Screen(lang)
    say_doubts((file, scenario, region))
    counted = {"municipalities": str(len(region.nis)), "companies": str(len(region.company_names)), "date": str(scenario.law.date)}
    valid = screen.say("valid scenario; {municipalities} municipalities, {companies} companies, law of {date}", **counted)
    screen.whole(f"{one_line(file)}: {valid}")
    show(scenario, region, screen)


def new(
    file: Annotated[Path, typer.Argument(help="The file to write: it must not be there yet.", metavar="FILE")],
    title: Annotated[str | None, typer.Option(help="What the scenario is called.")] = None,
    first: Annotated[str | None, typer.Option(help="Year of the first test.")] = None,
    every: Annotated[str | None, typer.Option(help="Years between two tests.")] = None,
    rates: Annotated[str | None, typer.Option(help="Parts of the premium, test by test, in percent: 10,20,30.")] = None,
    last: Annotated[str | None, typer.Option(help="Year of the last test.")] = None,
    stage: Annotated[str | None, typer.Option(help="Stage at which every test asks what it asks: MJP, KTP or realised.")] = None,
    company_pays: Annotated[str | None, typer.Option(help="Part of every contribution that the company pays, in percent.")] = None,
    exempt_below: Annotated[str | None, typer.Option(help="Municipalities with fewer inhabitants have no objective.")] = None,
    managers: Annotated[str | None, typer.Option(help="Times as many project managers as today.")] = None,
    official: Annotated[str | None, typer.Option(help="Table of official figures, laid over the estimates.")] = None,
    response: Annotated[str | None, typer.Option(help="Response of municipalities to tests, in percent.")] = None,
    lang: Lang = Language.nl,
) -> None:
    """Write a scenario of your own: from the options given, else from the answers to a few questions."""
    from sim.cli import new as written
    from sim.report.language import Language as Reader

    given = {"title": title, "first": first, "every": every, "rates": rates, "last": last, "stage": stage}
    given |= {"company_pays": company_pays, "exempt_below": exempt_below, "managers": managers}
    given |= {"official": official, "response": response}
    if not file.name:
        raise InputError("FILE", "", f"found {str(file)!r}; the name of a file is needed")
    path, reader = (file if file.suffix else file.with_suffix(".toml")), Reader(lang.value)
    if path.exists():
        raise InputError(path, "", "is there already, and stays as it is; another name is needed")
    asking = all(text is None for text in given.values())
    if asking:
        put(reader.say("Enter keeps what stands between brackets."))
    answers = written.answered(given, reader, _ask if asking else None, say)
    written.write(path, written.toml(answers, path, reader))
    echo(path, lang.value)
    put(
        "\n"
        + reader.say(
            "Written: {file}. Next: {command}", file=one_line(path), command=f"bso compare baseline {typed(path)} --report"
        )
    )


def _ask(question: str) -> str:
    """Return the answer to a question; nothing where nobody answers."""
    try:
        return input(visible(question))
    except EOFError:
        return ""


def explain(what: Annotated[str, typer.Argument(metavar="SUBJECT", help=f"{', '.join(SUBJECTS)}.", show_default=False)]) -> None:
    """Explain the model: print a table of it, in Markdown. The pages of docs/ hold the same tables."""
    from sim.cli import explain as explained
    from sim.inputs.errors import nearest

    if what not in SUBJECTS:
        raise InputError("explain", "", f"unknown subject {what!r}; {nearest(what, SUBJECTS)}")
    put(explained.told(what))


def scenarios() -> None:
    """List the scenarios of the library, a line each."""
    from sim.inputs.scenario.library import library
    from sim.inputs.scenario.toml import read_extended

    for path in library():
        put(one_line(f"{path.stem:<34} {read_extended(path).get('title_nl' if READER.get() == 'nl' else 'title', '')}"))


def estimate(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the table is what the code gives.")
    ] = False,
) -> None:
    """Rebuild the estimates of what is not published, and print how far they are from every published figure."""
    from sim.cli.explain import word
    from sim.inputs.estimate.__main__ import main as rebuild

    sys.exit(rebuild(check_only, word))
