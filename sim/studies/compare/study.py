"""Scenarios compared in pairs: what is asked for is checked, run with the same draws, and laid out in tables, each a CSV in the folder."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.model import changed
from sim.inputs.scenario.ranges import Known, uncertain_parameters
from sim.inputs.scenario.sets import parameter_sets
from sim.runs import places
from sim.runs.choosing import EVERYTHING, regret, turning_points, worth_knowing
from sim.runs.differences import by_test, by_year, cost, difference, differences, workload
from sim.runs.disk.folders import clear, own
from sim.runs.disk.store import read_json
from sim.runs.experiment import Progress, run_experiments
from sim.runs.outcomes import OUTCOMES
from sim.runs.results import Results
from sim.runs.source import made_by
from sim.runs.standing import standing
from sim.studies.compare import attribution
from sim.studies.compare.options import Option, check_pair, load_options, named
from sim.studies.result import Result, records

AS_IS, NO_RESPONSE, FULL_RESPONSE, PAPER = "as_is", "response_0", "response_1", "paper"
# Nobody knows how strongly municipalities respond to tests, nor how many list plans only on paper: every comparison is also made where no
# municipality responds, where all do so fully, and where as many list plans on paper as the range of it allows.
CONDITIONS: Mapping[str, Mapping[str, Any]] = {
    AS_IS: {},
    NO_RESPONSE: {"uncertainties": {"response": {"constant": 0.0}}},
    FULL_RESPONSE: {"uncertainties": {"response": {"constant": 1.0}}},
    PAPER: {"uncertainties": {"paper": {"value": uncertain_parameters()[PAPER].high}}},
}
Runs = Mapping[str, Mapping[str, Results]]  # by option, then by condition or relief


@dataclass(frozen=True)
class Comparison(Result):
    """A comparison in its folder: the options by name, the base first, their runs, and its tables."""

    ANSWER: ClassVar[str] = "comparison.json"
    SUMMED: ClassVar[tuple[str, ...]] = ("differences", "cost", "regret", "blame", "missing")

    options: Mapping[str, Option]
    runs: Runs

    @property
    def base(self) -> str:
        """The name of the option that the others are compared with."""
        return next(iter(self.options))

    @cached_property
    def known(self) -> Known:
        """The uncertain parameters by name."""
        return parameter_sets(self.options[self.base].scenario).known

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object: of what might turn a difference, or be worth knowing, what surely does."""
        turning, worth = (self.tables[name] for name in ("turning", "information"))
        told = {"turning": turning[turning["turns"]], "information": worth[worth["tells"] | (worth["parameter"] == EVERYTHING)]}
        return {**super().summary(), **{name: records(rows) for name, rows in told.items()}}


def compare(
    base: str | Path,
    *variants: str | Path,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    with_attribution: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios (files, or names of the library), or folders of results, with a base, in every replication with the same draws.

    `with_attribution`: also run every relief. `out`: folder (default: one in results/ that holds nothing else). Raises InputError for what
    cannot be paired, before anything is computed.
    """
    options = load_options((base, *variants), seed, replications)
    return compare_scenarios(
        options, Path(out) if out is not None else default_folder(options), workers, progress, with_attribution
    )


def default_folder(options: Sequence[Option]) -> Path:
    """Return results/compare-<base>-<8 digits of all that is compared>."""
    content = "\n".join(option.scenario.model_dump_json() for option in options)
    return Path("results") / f"compare-{options[0].name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def compare_scenarios(
    options: Sequence[Option],
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
    with_attribution: bool = True,
) -> Comparison:
    """Run options (the first is the base) with the same draws, under every condition and with every relief, and compare them.

    Raises InputError, before anything is computed, for options that cannot be paired or fewer than two replications.
    """
    by_name = named(options)
    base, *others = by_name.values()
    for other in others:
        check_pair(base, other)
    if base.scenario.replications < 2:
        raise InputError("--replications", "", f"found {base.scenario.replications}; an interval needs at least 2")
    with own(folder, "comparison"):
        refuse_other(folder, by_name)
        kinds = {
            **CONDITIONS,
            **({name: counterfactual.changes for name, counterfactual in counterfactuals().items()} if with_attribution else {}),
        }
        asked = {}
        for name, option in by_name.items():
            lean = option.scenario.without_histories()
            for kind, changes in kinds.items():
                if kind != AS_IS or option.given is None:
                    asked[f"{name}/{kind}"] = changed(lean, changes, f"{name}-{kind}", f"compare {kind}") if changes else lean
        done = run_experiments(asked, folder / "runs", workers, progress=progress)
        runs = {
            name: {kind: option.given if kind == AS_IS and option.given is not None else done[f"{name}/{kind}"] for kind in kinds}
            for name, option in by_name.items()
        }
        result = Comparison(folder, facts_of(by_name, runs), tables_of(by_name, runs, with_attribution), by_name, runs)
        if not result.is_written():  # of these options before: with other replications, or other reliefs
            clear(folder)
        result.write()
        return result


def refuse_other(folder: Path, options: Mapping[str, Option]) -> None:
    """Raise InputError when a folder holds a comparison of other options."""
    summary = folder / Comparison.ANSWER
    if summary.exists():
        held = read_json(summary)["options"]
        if {name: facts["scenario"] for name, facts in held.items()} != {name: content_of(o) for name, o in options.items()}:
            raise InputError(folder, "", f"holds another comparison ({', '.join(held)}); choose another --out")


def content_of(option: Option) -> str:
    """Return the SHA-256 of what an option is, whatever the number of its replications."""
    return hashlib.sha256(option.scenario.model_dump_json(exclude={"replications", "folder", "outcomes"}).encode()).hexdigest()


def tables_of(options: Mapping[str, Option], runs: Runs, with_attribution: bool) -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison by name; `condition` says under which one a row is computed."""
    region, (base, *others) = next(iter(options.values())).region, options
    frames: dict[str, list[pd.DataFrame]] = {}

    def add(table: str, frame: pd.DataFrame, **keys: str) -> None:
        frames.setdefault(table, []).append(frame.assign(**keys))

    for kind in CONDITIONS:
        every = {name: runs[name][kind] for name in options}
        pairs = every[base], {name: every[name] for name in others}
        add("differences", differences(*pairs), condition=kind)
        add("cost", cost(*pairs), condition=kind)
        add("regret", regret(every), condition=kind)
        add("tests", by_test(every[base], every), condition=kind)
    every = {name: runs[name][AS_IS] for name in options}
    known = parameter_sets(options[base].scenario).known
    add("turning", turning_points(every[base], {name: every[name] for name in others}, known))
    add("information", worth_knowing(every, known))
    add("years", by_year(every[base], every))
    add("companies", workload(every[base], {name: every[name] for name in others}, region.company_names))
    add("municipalities", places.municipalities(every, region))
    add("chances", places.chances(every, region))
    add("flows", places.flows(every, len(region.nis)))
    for name, results in every.items():
        add("missing", attribution.missing(results), option=name)
    for name in options if with_attribution else ():
        relieved = {counterfactual: runs[name][counterfactual] for counterfactual in counterfactuals()}
        judged, prevented = attribution.verdicts(every[name], relieved)
        add("blame", attribution.shares(judged, prevented), option=name)
        add("blame_municipalities", attribution.by_municipality(judged, prevented, region.nis.tolist()), option=name)
        add("reliefs", gains(every[name], relieved), option=name)
    first = ("option", "condition", "outcome")
    joined = {name: pd.concat(of_table, ignore_index=True) for name, of_table in frames.items()}
    return {n: f[[c for c in first if c in f] + [c for c in f if c not in first]] for n, f in joined.items()}


def gains(base: Results, relieved: Mapping[str, Results]) -> pd.DataFrame:
    """Return a row per relief: what it adds to the dwellings realised, with the interval of the mean difference."""
    of = OUTCOMES["realised_at_end"].of
    return pd.DataFrame([{"relief": name, **difference(of(base), of(r), base.manifest)} for name, r in relieved.items()])


def turned(runs: Runs) -> dict[str, list[tuple[str, str]]]:
    """Return by condition the pairs of options of which the one that clearly gives more dwellings as is clearly gives fewer there."""
    of = OUTCOMES["realised_at_end"].of
    clear: dict[str, dict[tuple[str, str], int]] = {}
    for kind in CONDITIONS:
        realised = {name: of(of_kind[kind]) for name, of_kind in runs.items()}
        rows = {
            (one, two): difference(realised[one], realised[two], runs[one][kind].manifest) for one, two in combinations(runs, 2)
        }
        clear[kind] = {pair: int(row["low95"] > 0) - int(row["high95"] < 0) for pair, row in rows.items()}
    as_is = clear.pop(AS_IS)
    return {kind: [pair for pair, sign in signs.items() if sign * as_is[pair] < 0] for kind, signs in clear.items()}


def facts_of(options: Mapping[str, Option], runs: Runs) -> dict[str, Any]:
    """Return what the comparison is: options with their titles and digests, seed, replications, failures, law, data and version."""
    base = next(iter(options.values()))
    scenario, manifests = base.scenario, {name: of_kind[AS_IS].manifest for name, of_kind in runs.items()}
    return {
        "base": base.name,
        "options": {
            name: {
                "title": option.scenario.title,
                "title_nl": option.scenario.title_nl,
                "scenario": content_of(option),
                "replications": manifests[name]["replications"],
                "digest": manifests[name]["digest"],
            }
            for name, option in options.items()
        },
        "standing": standing(scenario),
        "seed": scenario.seed,
        "sampling": scenario.sampling,
        "replications": min(manifest["replications"] for manifest in manifests.values()),
        "failed": sum(results.manifest["failed"] for of_kind in runs.values() for results in of_kind.values()),
        "turned": turned(runs),
        "runs": sum(len(of_kind) for of_kind in runs.values()),
        "start_year": scenario.start.year + 1,
        "end_year": scenario.end.year,
        "objective": manifests[base.name]["objective"],
        "law": scenario.law.title,
        "law_date": scenario.law.date.isoformat(),
        "data": dict(base.region.files),
        "version": version("bso-sim"),
        "source": made_by()["source"],
    }
