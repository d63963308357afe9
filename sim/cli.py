"""The command `bso`: parse, call, print. What takes long to import is imported by the command that needs it."""

import json
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from sim.inputs.errors import InputError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Forecast how Flanders realises its binding social objective (BSO): 45,000 extra social rental homes by 31 December 2042.",
)
BAD_INPUT, FAILED, STOPPED = 2, 3, 130


class Language(str, Enum):
    """The language of the answer."""

    nl = "nl"
    en = "en"


def main() -> None:
    """Run the command. Bad input is one line on standard error and exit code 2, never a traceback."""
    try:
        app()
    except InputError as error:
        stop(str(error), BAD_INPUT)
    except OSError as error:  # a full disk, a folder that went away
        stop(f"{error.filename or 'disk'}: {error.strerror or error}; what was finished is kept", FAILED)


def stop(message: str, code: int) -> NoReturn:
    """Print one line on standard error and leave."""
    print(f"bso: {message}", file=sys.stderr)
    sys.exit(code)


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML), or the name of one of the library.")],
    replications: Annotated[int | None, typer.Option(help="Number of replications; default: the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; default: the scenario's.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; default: as many as the machine has. Never changes a result.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; default: results/<scenario>.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of the answer.")] = Language.nl,
) -> None:
    """Run a scenario: many replications, tables and pictures in a folder, the answer on the screen."""
    if workers is not None and not 1 <= workers <= 1024:
        raise InputError("--workers", "", f"found {workers}; 1 to 1024 is allowed")
    from sim.study.experiment import Interrupted, run_experiment

    folder = out if out is not None else default_folder(find_scenario(scenario), replications, seed)
    try:
        with progress() as report:
            results = run_experiment(find_scenario(scenario), replications, seed, workers, folder, report=report)
    except (Interrupted, KeyboardInterrupt):
        stop(f"stopped; finished chunks are kept in {folder}, and the same command goes on from there", STOPPED)
    if as_json:
        print(json.dumps(results.summary(), ensure_ascii=False))
    elif results.manifest["replications"]:
        from sim.show.plots import draw_all
        from sim.show.screen import print_answer

        print_answer(results, draw_all(results, results.folder, lang.value), lang.value)
    if results.manifest["failed"]:
        stop(f"{results.manifest['failed']} of the replications failed; see failures in {results.folder / 'manifest.json'}", FAILED)


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
            if file.suffix == ".csv":
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
        print(f"{path.stem:<24} {read_extended(path).get('title', '')}")


@app.command()
def estimate(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the table is what the code gives.")
    ] = False,
) -> None:
    """Rebuild the estimates of what is not published, and print how far they are from every published figure."""
    from sim.inputs.estimate.__main__ import main as rebuild

    sys.exit(rebuild(check_only))


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


def default_folder(scenario: Path, replications: int | None, seed: int | None) -> Path:
    """Return results/<scenario>, with the seed in the name when it is not the scenario's own."""
    from sim.inputs.scenario import load_scenario

    load_scenario(scenario, seed, replications)
    return Path("results") / (scenario.stem if seed is None else f"{scenario.stem}-seed{seed}")


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
