"""What people see: pictures, the answer on the screen, and `Forecast`, the results that can draw themselves."""

import base64
from dataclasses import dataclass
from pathlib import Path

from sim.inputs.scenario.model import Scenario, load_scenario
from sim.runs.experiment import Report
from sim.runs.results import Results
from sim.studies.capacity.study import Found
from sim.studies.capacity.trials import LEVERS, Category
from sim.studies.compare.study import Comparison

__all__ = ["Compared", "Forecast", "Needs", "Pictures", "capacity_of", "compare", "run"]


class Pictures(list[Path]):
    """Paths of pictures; a notebook shows the pictures themselves."""

    def _repr_html_(self) -> str:
        images = ((path.stem, base64.b64encode(path.read_bytes()).decode("ascii")) for path in self)
        return "\n".join(f'<img alt="{name}" style="max-width: 100%" src="data:image/png;base64,{data}">' for name, data in images)


class Forecast(Results):
    """The results of an experiment, with its pictures."""

    def plot(self, lang: str = "nl") -> Pictures:
        """Draw the three pictures in the results' folder, in Dutch or English ("en"), and return their paths."""
        from sim.studies.forecast.pictures import draw_all

        return Pictures(draw_all(self, self.folder, lang))


class Compared(Comparison):
    """A comparison of scenarios, with its pictures and its report."""

    def plot(self, lang: str = "nl") -> Pictures:
        """Draw the comparison's pictures in its folder, in Dutch or English ("en"), and return their paths."""
        from sim.studies.compare.pictures import draw_comparison

        return Pictures(draw_comparison(self, lang))

    def report(self, lang: str = "nl") -> Path:
        """Write the report, one HTML file that needs nothing else, and return its path."""
        from sim.studies.compare.report import write_report

        return write_report(self, lang)


@dataclass(frozen=True)
class Needs(Found):
    """What a housing company needs, with its pictures and its report, in its folder."""

    folder: Path

    def plot(self, lang: str = "nl") -> Pictures:
        """Draw the curves and the workload in the folder, in Dutch or English ("en"), and return their paths."""
        from sim.studies.capacity.pictures import write_capacity
        from sim.studies.capacity.workload_pictures import write_workload

        return Pictures([write_capacity(self, self.folder, lang), *write_workload(self, self.folder, lang)])

    def report(self, lang: str = "nl") -> Path:
        """Write the report, one HTML file that needs nothing else, and return its path."""
        from sim.studies.capacity.report import write_capacity_report

        return write_capacity_report(self, self.folder, lang)


def capacity_of(
    company: str,
    scenario: str | Path,
    test: str = "all",
    category: Category = "2",
    probability: float = 0.8,
    levers: tuple[str, ...] = LEVERS,
    data: str | Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    report: Report | None = None,
) -> Needs:
    """Return what a housing company needs so that no municipality of it is in a category at a test, or at all, with a probability.

    `data`: folder of its own data. `out`: folder of the answer (default: one in results/). Raises InputError for whatever cannot be.
    """
    from sim.studies.capacity.own_data import with_folder
    from sim.studies.capacity.study import answer, ask, default_folder

    read = load_scenario(scenario, seed, replications)
    task, question = ask(with_folder(read, Path(data), company) if data else read, company, probability, test, category, levers)
    folder = Path(out) if out is not None else default_folder(task, question)
    return Needs(**vars(answer(task, question, folder, report)), folder=folder)


def compare(
    base: str | Path,
    *variants: str | Path,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    blame: bool = True,
    report: Report | None = None,
) -> Compared:
    """Compare scenario files, or folders of results, with a base, replication by replication with the same draws.

    `blame`: also run every relief. `out`: folder (default: one in results/ that holds nothing else). Raises InputError for what cannot be
    paired, before anything is computed.
    """
    from sim.studies.compare.options import load_options
    from sim.studies.compare.study import compare_scenarios, default_folder

    options = load_options([Path(path) for path in (base, *variants)], seed, replications)
    folder = Path(out) if out is not None else default_folder(options)
    return Compared(**vars(compare_scenarios(options, folder, workers, report, blame)))


def run(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
) -> Forecast:
    """Run a scenario file and return its forecast; `out` is the folder of the results (default results/<scenario>).

    Raises InputError naming file, key, what was found and what is allowed, before anything is computed.
    """
    from sim.runs.experiment import run_experiment

    return Forecast(run_experiment(scenario, replications, seed, workers, out).folder)
