"""What matters: every uncertain parameter at its bounds, Morris' screening over all, Sobol's indices over the few, and where things fail."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.ranges import UncertainParameter, at, chosen, uncertain_parameters
from sim.inputs.scenario.toml import REFERENCE
from sim.runs.chunk import task_of
from sim.runs.cost import Budget
from sim.runs.disk.folders import own
from sim.runs.disk.store import read_json
from sim.runs.experiment import Progress
from sim.runs.job import forecast_key, identity
from sim.runs.points import FROM_TOTALS, Design, Simulated, Study, Values, evaluate, noise, say_cost, whole
from sim.runs.standing import standing
from sim.studies.result import Result
from sim.studies.sensitivity import indices
from sim.studies.sensitivity.discovery import Rule, discover

AT_BOUNDS = 10  # times the replications of a point: at the bounds of the ranges, of which there are few
MATTERS = 0.05  # share of the variance of an outcome from which a parameter matters
KEPT = REFERENCE / "sensitivity"


class Settings(NamedTuple):
    """How much is looked at.

    `replications`: of every point. `trajectories`: of Morris, 0 for no screening. `base`: base points of Sobol (a power of two), 0 for none.
    `most`: parameters that Sobol takes, those that matter most to Morris. `fails`: below which share of the objective a future fails.
    """

    replications: int
    trajectories: int
    base: int
    most: int
    fails: float


@dataclass(frozen=True)
class Subject:
    """What is analysed: the simulation, or any other study of `known` parameters.

    `study_of`: gives, for names of parameters, the study of points that have values of these. `itself`: what makes the study itself.
    `objective`: of the first of the outcomes. `facts`: what is to be said of it, with the `status` of each parameter.
    """

    study_of: Callable[[tuple[str, ...]], Study]
    itself: Mapping[str, Any]
    known: Mapping[str, UncertainParameter]
    outcomes: tuple[str, ...]
    seed: int
    objective: float
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Sensitivity(Result):
    """What was found. Tables have a row per outcome and parameter, in units of the outcome; those that were not asked for are not there.

    `ends`: the outcome with the parameter at its low and at its high bound, all else as in the scenario, and the differences with 95%
    intervals. `morris`, `sobol`: see `indices`. `futures`: Sobol's independent points with the share that fails. `known`: the parameters.
    `rule`: where futures fail.
    """

    ANSWER: ClassVar[str] = "sensitivity.json"
    SUMMED: ClassVar[tuple[str, ...]] = ("ends", "morris", "sobol")

    known: Mapping[str, UncertainParameter]
    rule: Rule | None

    @property
    def outcomes(self) -> list[str]:
        """The outcomes, in order."""
        return list(self.facts["outcomes"])

    @property
    def in_sobol(self) -> list[str]:
        """The parameters that Sobol took, in order; none where it was not asked for."""
        taken = set(self.tables["sobol"]["parameter"]) if "sobol" in self.tables else set()
        return [name for name in self.known if name in taken]

    def of(self, table: str, outcome: str) -> dict[str, dict[Any, Any]]:
        """Return the rows of a table that are of an outcome, by parameter; none where the table was not asked for."""
        rows = self.tables[table].to_dict("records") if table in self.tables else []
        return {row["parameter"]: row for row in rows if row["outcome"] == outcome}

    def shares(self, outcome: str) -> dict[str, tuple[float, float, float]]:
        """Return the share of an outcome's variance (0-1) by parameter, the largest first, with both ends of its 95% interval.

        Sobol's ST, or what Morris says where there is none: its interval from that of mu_star. Empty where neither was asked for.
        """
        rows = self.of("sobol", outcome).items()
        shares = {name: (row["ST"], row["ST_low95"], row["ST_high95"]) for name, row in rows}
        if not shares:
            rows = self.of("morris", outcome).items()
            total = max(sum(row["mu_star"] ** 2 for _, row in rows), 1e-300)
            ends = {name: (max(0.0, row["low95"]) ** 2 / total, row["high95"] ** 2 / total) for name, row in rows}
            shares = {name: (row["share"], *ends[name]) for name, row in rows}
        return dict(sorted(shares.items(), key=lambda item: -item[1][0]))

    def ranked(self) -> dict[str, float]:
        """Return by parameter the largest share of any outcome, the largest first; those without (-1) by the swing of the first outcome."""
        shares, ends = [self.shares(outcome) for outcome in self.outcomes], self.of("ends", self.outcomes[0])
        best = {name: max(of_one[name][0] if name in of_one else -1.0 for of_one in shares) for name in self.known}
        return dict(sorted(best.items(), key=lambda item: (-item[1], -abs(ends[item[0]]["swing"]))))

    def matter(self, outcome: str) -> list[str]:
        """Return the parameters that matter for an outcome, the largest first."""
        return [name for name, (share, *_) in self.shares(outcome).items() if share >= MATTERS]

    def collect_first(self) -> list[str]:
        """Return the parameters that matter for some outcome and whose value or range is only assumed, those with the largest share first."""
        return [name for name, share in self.ranked().items() if share >= MATTERS and self.status(name) == "assumed"]

    def matter_and_known(self) -> list[str]:
        """Return the parameters that matter for some outcome and whose value and range rest on some figure, the largest share first."""
        return [name for name, share in self.ranked().items() if share >= MATTERS and self.status(name) != "assumed"]

    def status(self, name: str) -> str:
        """Return whether a parameter is found, derived or assumed: assumed when its value in the scenario is, or the range that is tried."""
        value: str = self.facts["status"][name]
        return "assumed" if "assumed" in (value, self.known[name].status) else value

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object."""
        matter = {outcome: self.matter(outcome) for outcome in self.outcomes}
        answer = {"matter": matter, "collect_first": self.collect_first(), "rule": self.rule.summary() if self.rule else None}
        return {**self.facts, **answer, **{name: [] for name in self.SUMMED}, **super().summary()}


def sensitivity(
    scenario: str | Path | Scenario = "baseline",
    parameters: Mapping[str, UncertainParameter] | Collection[str] | None = None,
    replications: int = 20,
    trajectories: int = 40,
    base: int = 0,
    most: int = 12,
    fails: float = 0.6,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> Sensitivity:
    """Run the scenario at all points, or those that the folder lacks, and analyse them.

    `parameters`: with their ranges, or names of `uncertain_parameters()` (default: all of these). How much is looked at: see `Settings`;
    every point has the same replications. `out`: default results/<scenario>-sensitivity. Raises InputError for bad input, a missing extra
    and a folder that holds something else; OverBudget and Interrupted.
    """
    scenario = scenario_of(scenario, seed).central  # at values of its own choice
    known = parameters if isinstance(parameters, Mapping) else chosen(parameters, uncertain_parameters(), "parameters")
    folder = Path(out or f"results/{scenario.name}-sensitivity")
    indices.library("sample.morris")
    refuse_impossible(scenario, known)
    region = load_region(scenario)
    task = task_of(scenario, region)
    itself = {**identity(task), "unknowns": {name: uncertain.keys() for name, uncertain in known.items()}}
    objective = int(scenario.law.values.objective.value)
    facts = {
        "forecast": forecast_key(task.model),
        "scenario": scenario.name,
        "standing": standing(scenario, region),
        "title": scenario.title,
        "title_nl": scenario.title_nl,
        "objective": objective,
        "end_year": scenario.end.year,
        "status": {name: uncertain.parameters(scenario)[0].status for name, uncertain in known.items()},
    }
    of = partial(Simulated, scenario, region, dict(known), outcomes=FROM_TOTALS)
    subject = Subject(of, itself, known, FROM_TOTALS, scenario.seed, objective, facts)
    settings = Settings(replications, trajectories, base, most, fails)
    _check(settings)
    with own(folder, "sensitivity study"):
        return analyse(subject, settings, folder, workers, progress, budget)


def refuse_impossible(scenario: Scenario, known: Mapping[str, UncertainParameter]) -> None:
    """Raise InputError for an end of a range that the scenario cannot have, by itself or with all others at the same end."""
    for name, uncertain in known.items():
        for end in (uncertain.low, uncertain.high):
            at(scenario, {name: end}, f"{name} = {end:g}", known)
    for side in ("low", "high"):
        ends = {name: getattr(uncertain, side) for name, uncertain in known.items()}
        at(scenario, ends, f"all parameters at their {side} ends", known)


def analyse(
    subject: Subject,
    settings: Settings,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    budget: Budget | None = None,
) -> Sensitivity:
    """Evaluate a subject at all points that the folder lacks, and say what matters. Raises what `sensitivity` raises."""
    _check(settings)
    outcomes, seed, count = subject.outcomes, subject.seed, settings.replications
    bounds = {name: (uncertain.low, uncertain.high) for name, uncertain in subject.known.items()}
    at_bounds = indices.bounds_design(bounds, AT_BOUNDS * count)
    morris = indices.morris_design(bounds, settings.trajectories, count, seed) if settings.trajectories else None
    taken = min(settings.most, len(bounds)) if morris else len(bounds)
    points = {"ends": len(at_bounds.values), "morris": len(morris.values) if morris else 0, "sobol": settings.base * (taken + 2)}
    work = {name: (number, at_bounds.replications if name == "ends" else count) for name, number in points.items()}
    total = sum(number * replications for number, replications in work.values())
    if budget is not None:
        say_cost(subject.study_of(tuple(bounds)[:1]), work, folder, workers, budget)
    noises: dict[str, dict[str, float]] = {}
    done = failed = 0

    def run(design: Design) -> Values:
        """Return the outcomes at the points of a design: [points, replications that failed nowhere, outcomes]."""
        nonlocal done, failed
        before, study, place = done, subject.study_of(design.parameters), folder / design.name
        step = None if progress is None else lambda further, _, tell=progress: tell(before + further, total)
        values, lost = whole(evaluate(study, design, outcomes, place, subject.itself, workers, step))
        done, failed = done + design.work, failed + lost
        if not values.shape[1]:
            raise InputError(place, "", "every replication failed at some point: the ranges go too far")
        noises[design.name] = dict(zip(outcomes, noise(values).tolist(), strict=True))
        return values

    tables, rule = {"ends": indices.bounds_table(bounds, run(at_bounds), outcomes)}, None
    if morris is not None:
        tables["morris"] = indices.morris_indices(morris, bounds, run(morris).mean(axis=1), outcomes, seed)
    if settings.base:
        few = {name: bounds[name] for name in (important(tables["morris"], settings.most) if morris is not None else bounds)}
        sobol = indices.sobol_design(few, settings.base, count, seed)
        of_sobol, rule = sobol_tables(subject, sobol, run(sobol), few, settings.fails)
        tables |= of_sobol
    facts = {
        **subject.facts,
        **settings._asdict(),
        "seed": seed,
        "outcomes": list(outcomes),
        "points": points,
        "parameters": list(bounds),
        "futures": len(tables["futures"]) if settings.base else 0,
        "rate": float(tables["futures"]["fails"].mean()) if settings.base else None,
        "failed": failed,
        "noise": noises,
        "version": subject.itself.get("version", ""),
    }
    result = Sensitivity(folder, facts, tables, subject.known, rule)
    result.write()
    return result


def sobol_tables(
    subject: Subject, sobol: Design, values: Values, few: Mapping[str, tuple[float, float]], fails_below: float
) -> tuple[dict[str, pd.DataFrame], Rule | None]:
    """Return Sobol's indices and the futures, and where these fail. `few`: the bounds of Sobol's parameters; `values`: as `whole` gives them."""
    means, fails = values.mean(axis=1), (values[:, :, 0] < fails_below * subject.objective).mean(axis=1)
    one, two = indices.base_points(sobol)  # the rule is found on one sample and counted on the other
    rule = discover(few, (sobol.values[one], fails[one]), (sobol.values[two], fails[two]))
    futures = pd.DataFrame(np.column_stack([sobol.values, means, fails]), columns=[*few, *subject.outcomes, "fails"])
    found_on_one = np.arange(len(one) + len(two)) < len(one)
    tables = {
        "sobol": indices.sobol_indices(few, means, subject.outcomes, subject.seed),
        "futures": futures.iloc[[*one, *two]].assign(found_on=found_on_one),
    }
    return tables, rule


def _check(settings: Settings) -> None:
    """Raise InputError for settings that cannot be."""
    if settings.replications < 2:
        raise InputError("--replications", "", f"found {settings.replications}; an interval needs at least 2")
    if settings.trajectories != 0 and settings.trajectories < 2:
        raise InputError("--trajectories", "", f"found {settings.trajectories}; at least 2 are needed")
    if settings.base and (settings.base < 8 or settings.base & (settings.base - 1)):
        raise InputError("--points", "", f"found {settings.base}; a power of two, 8 or more, is needed (512, 1024, 2048)")
    if settings.most < 1:
        raise InputError("--most", "", f"found {settings.most}; at least 1 is needed")
    if not 0 < settings.fails < 1:
        raise InputError("--fails-below", "", f"found {settings.fails:g}; a share between 0 and 1 is needed")


def important(morris: pd.DataFrame, most: int) -> list[str]:
    """Return the parameters with the largest share of any outcome by Morris, at most so many, the largest first."""
    largest = morris.groupby("parameter", sort=False)["share"].max().sort_values(ascending=False, kind="stable")
    return [str(name) for name in largest.index[:most]]


def read_sensitivity(folder: Path) -> Sensitivity:
    """Return what the sealed file in a folder holds of a study of `uncertain_parameters()`: all but the futures themselves.

    Raises InputError when it is damaged, or of another version's parameters.
    """
    facts = read_json(folder / Sensitivity.ANSWER)
    try:
        known = {name: uncertain_parameters()[name] for name in facts["parameters"]}
        tables = {name: pd.DataFrame(rows) for name in Sensitivity.SUMMED if (rows := facts.pop(name))}
        rule = Rule.of(facts["rule"]) if facts["rule"] else None
    except KeyError as error:
        raise InputError(folder / Sensitivity.ANSWER, str(error.args[0]), "is not of this version; run the study again") from None
    return Sensitivity(folder, facts, tables, known, rule)


def kept_sensitivity() -> Sensitivity | None:
    """Return the kept study of what matters in the baseline; None in a copy without the repository's results. Raises InputError when damaged."""
    return read_sensitivity(KEPT) if KEPT.is_dir() else None
