"""The command `bso`: parse, call, print. What takes long to import is imported by the command that needs it."""

import io
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from sim.command import (
    BAD_INPUT,
    FAILED,
    STOPPED,
    AsJson,
    BudgetGigabytes,
    BudgetMinutes,
    Lang,
    Language,
    Out,
    Replications,
    ResultsFolder,
    ScenarioFile,
    Seed,
    Workers,
    Yes,
    find_scenario,
    library,
    say,
    stop,
    tell_failures,
    under_way,
)
from sim.inputs.errors import InputError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


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


@app.command()
def run(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
    sampling: Annotated[
        str | None, typer.Option(help="Draws of what all share: plain, antithetic or sobol; default: the scenario's.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Stop when half of an outcome's 95% interval is this wide: realised_2042=100. --replications is then the most."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Compute on a Dask cluster: tcp://HOST:PORT of its scheduler, or local for one on this machine."),
    ] = None,
    budget_minutes: BudgetMinutes = 30,
    budget_gb: BudgetGigabytes = 5,
    yes: Yes = False,
) -> None:
    """Run a scenario: many replications, tables and pictures in a folder, the answer on the screen."""
    from sim.inputs.scenario import load_scenario
    from sim.study.cost import Budget
    from sim.study.experiment import run_experiment
    from sim.study.precision import MOST, parse_until

    stopping = parse_until(until) if until is not None else None
    most = MOST if stopping is not None and replications is None else replications
    chosen = load_scenario(find_scenario(scenario), seed, most, sampling)
    budget = Budget(budget_minutes, budget_gb, yes, say)
    with under_way() as report:
        results = run_experiment(chosen, workers=workers, out=out, report=report, until=stopping, cluster=cluster, budget=budget)
    if stopping is not None and not stopping.reached(results):
        say(f"not known as precisely as {stopping.text} after {results.manifest['replications']:,} replications")
    if as_json:
        print(json.dumps(results.summary(), ensure_ascii=False))
    elif results.manifest["replications"]:
        from sim.show.plots import draw_all
        from sim.show.screen import print_answer

        print_answer(results, draw_all(results, results.folder, lang.value), lang.value)
    tell_failures([results])


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Scenario files (.toml) or tables of official figures (.csv).")],
) -> None:
    """Check scenario files and tables without running anything."""
    from sim.inputs.region import check_table, load_region
    from sim.inputs.scenario import load_scenario

    wrong = 0
    for file in files:
        try:
            if file.suffix.lower() == ".csv":
                print(f"{file}: {check_table(file)}")
            else:
                scenario = load_scenario(find_scenario(file))
                region = load_region(scenario)
                print(
                    f"{file}: valid scenario; {len(region.nis)} municipalities, {len(region.company_names)} companies, law {scenario.law.date}"
                )
        except InputError as error:
            say(str(error))
            wrong += 1
    if wrong:
        sys.exit(BAD_INPUT)


@app.command()
def explain(what: Annotated[str, typer.Argument(help="phases: the phases of a month, in order.")]) -> None:
    """Explain the model: `bso explain phases`."""
    from sim.inputs.errors import nearest

    if what != "phases":
        raise InputError("explain", "", f"unknown subject {what!r}; {nearest(what, ['phases'])}")
    from sim.engine import PHASES

    for number, phase in enumerate(PHASES, 1):
        print(f"{number} {phase.name:<12} {phase.when:<21} {phase.what}")


@app.command()
def scenarios() -> None:
    """List the scenarios of the library, a line each."""
    from sim.inputs.toml import read_extended

    for path in library():
        print(f"{path.stem:<34} {read_extended(path).get('title', '')}")


@app.command()
def estimate(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the table is what the code gives.")
    ] = False,
) -> None:
    """Rebuild the estimates of what is not published, and print how far they are from every published figure."""
    from sim.inputs.estimate.__main__ import main as rebuild

    sys.exit(rebuild(check_only))


@app.command()
def readings(
    scenario: ScenarioFile,
    replications: Replications = 200,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Compare every reading of the law with its alternatives, with the same luck: which of them matter?"""
    from sim.inputs.scenario import load_scenario
    from sim.study.readings import compare_readings

    path = find_scenario(scenario)
    folder = out if out is not None else Path("results") / f"{path.stem}-readings"
    with under_way() as report:
        compared = compare_readings(load_scenario(path, seed, replications), folder, workers, report)
    if as_json:
        print(json.dumps(compared.summary(), ensure_ascii=False))
    elif len(compared.table):
        from sim.show.readings import print_readings, write_all

        print_readings(compared, write_all(compared, folder, lang.value), lang.value)
    tell_failures(compared.runs)


@app.command()
def verify(results: ResultsFolder) -> None:
    """Check every file of results against the digests kept of it."""
    from sim.study.verify import problems

    found = problems(results)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        stop(f"{results}: {len(found)} of its files are not whole", FAILED)
    print(f"{results}: whole")


@app.command()
def why(
    results: ResultsFolder,
    municipality: Annotated[str, typer.Option(help="Name of the municipality.")],
    test: Annotated[int, typer.Option(help="Year of the progress test.")],
    replication: Annotated[int | None, typer.Option(help="One replication, with its projects; default: all together.")] = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """Explain a verdict: what lacked, the plan of approach, the contribution, which projects and which least change would have done."""
    from sim.show.why import print_why
    from sim.show.why_all import print_summary
    from sim.study.why import Explained
    from sim.study.why_all import summary

    explained = Explained(results)
    if replication is not None:
        found = explained.explain(municipality, test, replication)
    else:
        found = summary(explained.traces(explained.municipality(municipality), explained.test(test)))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        (print_summary if replication is None else print_why)(found, lang.value)


if __name__ == "__main__":
    main()
