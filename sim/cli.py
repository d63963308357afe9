"""The command `bso`: parse, call, print. What takes long to import is imported by the command that needs it."""

import io
import json
import sys
from collections.abc import Callable
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from sim.inputs.errors import InputError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
BAD_INPUT, FAILED, STOPPED = 2, 3, 130


class Language(str, Enum):
    """The language of the answer."""

    nl = "nl"
    en = "en"


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


def stop(message: str, code: int) -> NoReturn:
    """Print one line on standard error and leave."""
    print(f"bso: {message}", file=sys.stderr)
    sys.exit(code)


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
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML), or the name of one of the library.")],
    replications: Annotated[int | None, typer.Option(help="Number of replications; default: the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; default: the scenario's.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; default: as many as the machine has. Never changes a result.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the results; default: results/<scenario>, with a number when that holds another experiment."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of the answer.")] = Language.nl,
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
    budget_minutes: Annotated[float, typer.Option(help="Minutes that a long run may take without --yes.")] = 30,
    budget_gb: Annotated[float, typer.Option(help="Gigabytes on disk that a long run may take without --yes.")] = 5,
    yes: Annotated[bool, typer.Option("--yes", help="Run even if it takes more than the budget.")] = False,
) -> None:
    """Run a scenario: many replications, tables and pictures in a folder, the answer on the screen."""
    if workers is not None and not 1 <= workers <= 1024:
        raise InputError("--workers", "", f"found {workers}; 1 to 1024 is allowed")
    from sim.inputs.scenario import load_scenario
    from sim.study.cost import Budget, OverBudget
    from sim.study.experiment import Interrupted, run_experiment
    from sim.study.precision import MOST, parse_until

    for name, value in (("--budget-minutes", budget_minutes), ("--budget-gb", budget_gb)):
        if not 0 < value < float("inf"):
            raise InputError(name, "", f"found {value:g}; a number above 0 is allowed")
    stopping = parse_until(until) if until is not None else None
    most = MOST if stopping is not None and replications is None else replications
    chosen = load_scenario(find_scenario(scenario), seed, most, sampling)
    try:
        with progress() as report:
            budget = Budget(budget_minutes, budget_gb, yes, lambda line: print(f"bso: {line}", file=sys.stderr))
            results = run_experiment(
                chosen, workers=workers, out=out, report=report, until=stopping, cluster=cluster, budget=budget
            )
    except OverBudget as error:
        stop(str(error), BAD_INPUT)
    except Interrupted as interrupted:
        stop(str(interrupted), STOPPED if interrupted.why == "stopped" else FAILED)
    if stopping is not None and not stopping.reached(results):
        print(
            f"bso: not known as precisely as {stopping.text} after {results.manifest['replications']:,} replications",
            file=sys.stderr,
        )
    if as_json:
        print(json.dumps(results.summary(), ensure_ascii=False))
    elif results.manifest["replications"]:
        from sim.show.plots import draw_all
        from sim.show.screen import print_answer

        print_answer(results, draw_all(results, results.folder, lang.value), lang.value)
    if failed := results.manifest["failures"]:
        numbers = sorted(failed, key=int)
        listed = ", ".join(numbers[:5]) + (", ..." if len(numbers) > 5 else "")
        reason = failed[numbers[0]].strip().splitlines()[-1]
        manifest = results.folder / "manifest.json"
        stop(
            f"{len(failed)} replications failed: {listed} of seed {results.manifest['seed']} ({reason}); see failures in {manifest}",
            FAILED,
        )


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
            print(f"bso: {error}", file=sys.stderr)
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
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML), or the name of one of the library.")],
    replications: Annotated[int, typer.Option(help="Number of replications of each reading.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Seed; default: the scenario's.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default: as many as the machine has.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; default: results/<scenario>-readings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of the answer.")] = Language.nl,
) -> None:
    """Compare every reading of the law with its alternatives, with the same luck: which of them matter?"""
    if workers is not None and not 1 <= workers <= 1024:
        raise InputError("--workers", "", f"found {workers}; 1 to 1024 is allowed")
    from sim.inputs.scenario import load_scenario
    from sim.study.experiment import Interrupted
    from sim.study.readings import compare_readings

    path = find_scenario(scenario)
    folder = out if out is not None else Path("results") / f"{path.stem}-readings"
    try:
        with progress() as report:
            compared = compare_readings(load_scenario(path, seed, replications), folder, workers, report)
    except Interrupted as interrupted:
        stop(str(interrupted), STOPPED if interrupted.why == "stopped" else FAILED)
    if as_json:
        print(json.dumps(compared.summary(), ensure_ascii=False))
    elif len(compared.table):
        from sim.show.readings import print_readings, write_all

        print_readings(compared, write_all(compared, folder, lang.value), lang.value)
    if compared.failed:
        stop(f"{compared.failed} replications failed; see failures in manifest.json of each folder in {folder}", FAILED)


@app.command()
def verify(results: Annotated[Path, typer.Argument(help="Folder of results, as `bso run` makes it.")]) -> None:
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
    results: Annotated[Path, typer.Argument(help="Folder of results, as `bso run` makes it.")],
    municipality: Annotated[str, typer.Option(help="Name of the municipality.")],
    test: Annotated[int, typer.Option(help="Year of the progress test.")],
    replication: Annotated[int | None, typer.Option(help="One replication, with its projects; default: all together.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of the answer.")] = Language.nl,
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


def library() -> list[Path]:
    """Return the scenario files of the library: the folder `scenarios` of the project."""
    import sim

    folders = (Path("scenarios"), Path(sim.__file__).parent.parent / "scenarios")
    return next((sorted(folder.glob("**/*.toml")) for folder in folders if folder.is_dir()), [])


def find_scenario(name: Path) -> Path:
    """Return a scenario file by its path, or by its name in the library. Raises InputError with the nearest name."""
    from sim.inputs.errors import nearest

    if name.exists() or name.suffix:
        return name
    found = {path.stem: path for path in library()}
    if str(name) not in found:
        raise InputError(name, "", f"no such scenario; {nearest(str(name), found)}")
    return found[str(name)]


class progress:
    """A progress bar with rate and time left on standard error; silent when that is not a terminal."""

    def __enter__(self) -> Callable[[int, int], None] | None:
        if not sys.stderr.isatty():
            self.bar: Any = None
            return None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("replications"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.bar.start()
        self.task = self.bar.add_task("run", total=None, rate="compiling")
        return self.report

    def report(self, done: int, total: int) -> None:
        """Show how far the run is."""
        speed = self.bar.tasks[0].finished_speed or self.bar.tasks[0].speed
        self.bar.update(self.task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()


if __name__ == "__main__":
    main()
