"""What the commands share: their options, the progress bar, the ways to leave. What takes long to import is imported when it is needed."""

import math
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim.inputs.errors import FAILED, InputError
from sim.report.messages import told
from sim.report.outside import put, say

if TYPE_CHECKING:
    from sim.inputs.region.model import Region
    from sim.inputs.scenario.model import Scenario
    from sim.runs.results import Results
    from sim.studies.result import Shown

MAX_REPLICATIONS = 1_000_000  # of a scenario
MOST_POINTS = 2**20  # that a study tries
MOST_WORKERS = 1024


class Language(str, Enum):
    """The language of the answer."""

    nl = "nl"
    en = "en"


def between(least: int, most: int) -> Callable[[typer.CallbackParam, int | None], int | None]:
    """Return what refuses a number of an option outside these ends, before any work starts; an option that is not given stays so."""

    def check(option: typer.CallbackParam, value: int | None) -> int | None:
        if value is not None and not least <= value <= most:
            raise InputError(option.opts[0], "", f"found {value}; {least} to {most} is allowed")
        return value

    return check


def _above_zero(option: typer.CallbackParam, value: float) -> float:
    if not 0 < value < math.inf:
        raise InputError(option.opts[0], "", f"found {value:g}; a number above 0 is allowed")
    return value


def _folder(text: str) -> Path:
    if not text:  # `--out "$RESULTS"` of a variable that nobody set; as a path it would be the folder one stands in
        raise typer.BadParameter("found nothing; the name of a folder is needed")
    return Path(text)


ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (TOML), or the name of one of the library.")]
ResultsFolder = Annotated[Path, typer.Argument(help="Folder of results, as `bso run` makes it.")]
Replications = Annotated[
    int | None,
    typer.Option(callback=between(1, MAX_REPLICATIONS), help="Replications of each run; the scenario's when nothing else is said."),
]
Seed = Annotated[int | None, typer.Option(help="Seed; default: the scenario's.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Compute on a Dask cluster: tls://HOST:PORT or tcp://HOST:PORT of its scheduler (SECURITY.md), or local for one here."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        callback=between(1, MOST_WORKERS),
        help="Processes; default: as many as the machine has, one for few replications. Never changes a result.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        parser=_folder,
        metavar="PATH",
        help="Folder of the results; default: one in results/ named after the scenario, that holds nothing else.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
WithReport = Annotated[bool, typer.Option("--report", help="Write the report too: one HTML file that needs nothing else.")]
Lang = Annotated[Language, typer.Option(help="Language of the answer.")]
BudgetMinutes = Annotated[float, typer.Option(callback=_above_zero, help="Minutes that a long run may take without --yes.")]
BudgetGigabytes = Annotated[
    float, typer.Option("--budget-gb", callback=_above_zero, help="Gigabytes on disk that a long run may take without --yes.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Run even if it takes more than the budget.")]


def stop(message: str, code: int) -> NoReturn:
    """Print one line on standard error and leave."""
    say(message)
    sys.exit(code)


def say_doubts(*read: tuple[Path, "Scenario", "Region"]) -> None:
    """Say once what is allowed in scenarios, in the figures laid over their regions and in companies' own data, and may yet not be meant."""
    from sim.inputs.workbook.beside import doubts_of_own_data

    doubts = [
        doubt
        for file, scenario, region in read
        for doubt in (*(f"{file}: {each}" for each in scenario.warnings), *region.warnings, *doubts_of_own_data(scenario))
    ]
    for doubt in dict.fromkeys(doubts):
        say(doubt)


def read_scenario(file: Path, seed: int | None, replications: int | None = None, sampling: str | None = None) -> "Scenario":
    """Return the scenario of a command, and say what is doubtful in it. Raises InputError for what cannot be."""
    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.library import scenario_of

    scenario = scenario_of(file, seed, replications, sampling)
    say_doubts((file, scenario, load_region(scenario)))
    return scenario


def tell(result: "Shown", as_json: bool, lang: Language, with_report: bool = False, with_note: bool = False) -> None:
    """Give a study's answer: as one JSON object, or with its pictures on the screen; and its report and its note where they are asked for.

    Whoever reads may stop reading: all files are there before the first line.
    """
    pictures = [] if as_json else result.plot(lang.value)
    report = result.report(lang.value) if with_report else None
    note = result.note(lang.value) if with_note else None
    if as_json:
        put(result.printed())
    else:
        result.show(lang.value, pictures)
        if report or note:
            from sim.report.page import print_report

            for path in filter(None, (report, note)):
                print_report(path, lang.value, path == note)


def tell_failures(runs: "Iterable[Results]") -> None:
    """Leave with exit code 3 when replications failed: how many, which ones of the first run that has any, and why."""
    hit = [results for results in runs if results.manifest["failures"]]
    if not hit:
        return
    manifest, failures = hit[0].manifest, hit[0].manifest["failures"]
    numbers = sorted(failures, key=int)
    listed = ", ".join(numbers[:5]) + (", ..." if len(numbers) > 5 else "")
    reason = failures[numbers[0]].strip().splitlines()[-1]
    among = f" in {len(hit)} runs, of the first" if len(hit) > 1 else ""
    stop(
        f"{sum(results.manifest['failed'] for results in hit)} replications failed{among}: {listed} of seed {manifest['seed']} ({reason}); "
        f"see failures in {hit[0].folder / 'manifest.json'}",
        FAILED,
    )


class under_way:
    """A progress bar with rate and time left on standard error; silent when that is not a terminal."""

    def __enter__(self) -> Callable[[int, int], None] | None:
        if not sys.stderr.isatty():
            self.bar: Any = None
            return None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            SpinnerColumn(),
            TextColumn(told("replications")),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.bar.start()
        self.task = self.bar.add_task("run", total=None, rate=told("compiling"))
        return self.report

    def report(self, done: int, total: int) -> None:
        """Show how far the run is."""
        speed = self.bar.tasks[0].finished_speed or self.bar.tasks[0].speed
        self.bar.update(self.task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
