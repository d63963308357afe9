"""What differs from one replication of an experiment to another beside its luck: the parameter set and the population of each."""

from collections.abc import Callable
from dataclasses import replace

from sim.engine import History, build_model, replicate
from sim.engine.state import Model
from sim.inputs.region.load import of_population
from sim.inputs.region.model import Region, Whole
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.sets import ParameterSets, parameter_sets


class Futures:
    """The replications of a scenario over a region: what each of them is computed from, by its number.

    `sets`: the parameter sets of a scenario whose sampling is drawn: there replication k has the k-th set and population k, the same in every
    scenario of the same seed. None in any other, where all have the scenario's own values, and the region's populations take turns.
    """

    def __init__(self, scenario: Scenario, region: Region) -> None:
        self.scenario, self.region = scenario, region
        self.sets: ParameterSets | None = parameter_sets(scenario) if scenario.drawn else None

    def of(self, number: int) -> tuple[Scenario, Region]:
        """Return the scenario and the region of a replication."""
        if self.sets is None:
            return self.scenario, self.region
        return self.sets.of(number, self.scenario), of_population(self.region, number)

    def population(self, number: int) -> int:
        """Return the number of a replication's population."""
        turns = self.sets is None or not self.region.on_demand
        return number % self.region.populations if turns else number

    def estimate(self, column: str, number: int) -> Whole:
        """Return a column of the estimates in a replication (dwellings): int64[M]."""
        region = self.region if self.sets is None else of_population(self.region, number)
        return region.estimates[column][number % region.populations]

    @property
    def identity(self) -> dict[str, str]:
        """What they are drawn from: SHA-256 of the fitted sets, and of what makes a population; empty where nothing is drawn."""
        if self.sets is None:
            return {}
        from sim.inputs.estimate.facts import source_digest

        return {"sets": self.sets.digest, "populations": source_digest()}

    def model(self, number: int) -> Model:
        """Return the engine's tables of a replication of a scenario whose sampling is drawn."""
        return build_model(*self.of(number))

    def central(self) -> Model:
        """Return the engine's tables of the scenario's own values: of the region's populations, or the central one where each has its own."""
        region = self.region if self.sets is None else self.region.only(0)
        return build_model(self.scenario, region)

    def replicator(self, model: Model) -> Callable[[int], History]:
        """Return what computes a replication by its number. `model`: the tables of the scenario's own values."""
        if self.sets is None:
            return lambda number: replicate(model, number)
        return lambda number: self.known_by(replicate(self.model(number), number))

    def known_by(self, history: History) -> History:
        """Return a history that says which population it is of: the tables of a replication hold no other."""
        return replace(history, population=self.population(history.replication))
