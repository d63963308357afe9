"""What a housing company needs, as a notebook asks for it."""

from dataclasses import dataclass
from pathlib import Path

from sim.inputs.scenario.library import scenario_of
from sim.runs.experiment import Progress
from sim.studies.capacity.own_data import with_folder
from sim.studies.capacity.study import Found, answer, ask, default_folder
from sim.studies.capacity.trials import LEVERS, Category
from sim.studies.result import Pictures


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
    progress: Progress | None = None,
) -> Needs:
    """Return what a housing company needs so that no municipality of it is in a category at a test, or at all, with a probability.

    `data`: folder of its own data. `out`: folder of the answer (default: one in results/). Raises InputError for whatever cannot be.
    """
    read = scenario_of(scenario, seed, replications)
    task, question = ask(with_folder(read, Path(data), company) if data else read, company, probability, test, category, levers)
    folder = Path(out) if out is not None else default_folder(task, question)
    return Needs(**vars(answer(task, question, folder, progress)), folder=folder)
