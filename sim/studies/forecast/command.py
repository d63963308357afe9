"""One scenario: run it, verify its results."""

from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.errors import FAILED
from sim.report.messages import told
from sim.report.outside import one_line, put, say
from sim.studies.command_options import (
    AsJson,
    BudgetGigabytes,
    BudgetMinutes,
    Cluster,
    Lang,
    Language,
    Out,
    Replications,
    ResultsFolder,
    ScenarioFile,
    Seed,
    WithReport,
    Workers,
    Yes,
    read_scenario,
    stop,
    tell,
    tell_failures,
    under_way,
)


def run(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    report: WithReport = False,
    note: Annotated[bool, typer.Option("--note", help="Write a note too: one page to print, for who decides.")] = False,
    lang: Lang = Language.nl,
    sampling: Annotated[
        str | None, typer.Option(help="Draws of what all share, at the central values: plain, antithetic or sobol.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="drawn: a parameter set and a population of its own for every replication; central: the scenario's own values for all, "
            "so that the bands hold luck alone. Default: the scenario's."
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Stop when half of an outcome's 95% interval is this wide: realised_at_end=100. --replications is then the most."
        ),
    ] = None,
    cluster: Cluster = None,
    engine: Annotated[
        str, typer.Option(help="compiled, or plain: the model as it reads (sim/model), for a debugger; slower, the same bits.")
    ] = "compiled",
    budget_minutes: BudgetMinutes = 30,
    budget_gb: BudgetGigabytes = 5,
    yes: Yes = False,
) -> None:
    """Run a scenario: many replications, tables and pictures in a folder, the answer on the screen."""
    from sim.runs.cost import Budget
    from sim.runs.outcomes import parse_until
    from sim.studies.forecast import study

    chosen = read_scenario(scenario, seed, replications, study.sampled(at, sampling))
    limits = Budget(budget_minutes, budget_gb, yes, say)
    with under_way() as progress:
        found = study.run(
            chosen,
            replications,
            workers=workers,
            out=out,
            until=until,
            cluster=cluster,
            engine=engine,
            budget=limits,
            progress=progress,
        )
    if until is not None and not parse_until(until).reached(found):
        say(f"not known as precisely as {parse_until(until).text} after {found.manifest['replications']:,} replications")
    if as_json or found.manifest["replications"]:
        tell(found, as_json, lang, report, note)
    tell_failures([found])


def export(
    results: ResultsFolder,
    to: Annotated[str, typer.Option(help="csv (a file a table), or duckdb (one file; needs the package duckdb).")] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="Folder of what is written, new or its own; default: export, in that of the results.")
    ] = None,
) -> None:
    """Write every table of results as CSV or DuckDB, with names beside codes and what each column is."""
    from sim.studies.forecast.export import exported

    put(one_line(exported(results, to, out)))


def verify(results: ResultsFolder) -> None:
    """Check every file of results against the digests kept of it."""
    from sim.runs.disk.reading import problems
    from sim.runs.disk.store import IDENTITY, read_json

    found = problems(results)
    for line in found:
        say(line)
    if found:
        stop(f"{results}: {len(found)} of its files are not whole", FAILED)
    put(f"{one_line(results)}: {told('every file is whole')}")
    if replaced := read_json(results / IDENTITY).get("replaced"):
        say(f"{results}: not of the published model; replaced: {', '.join(replaced)}")


def selftest() -> None:
    """Compute the published baseline anew, compiled and as the plain model reads: does this installation give the published answer?"""
    from sim.studies.forecast.study import self_test

    if wrong := self_test():
        stop(f"this installation does not give the published answer: {'; '.join(wrong)}", FAILED)
    put(told("this installation gives the published answer"))
