"""A forecast: one scenario, run."""

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import DRAWN, Scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.runs.chunk import COMPILED, PLAIN, replicator
from sim.runs.cost import Budget
from sim.runs.experiment import Progress, prepared_here, run_experiment
from sim.runs.outcomes import MOST, parse_until
from sim.runs.own_rules import Rules, in_place
from sim.runs.results import Results
from sim.runs.source import replaced
from sim.studies.result import Shown

CENTRAL = "central"
PUBLISHED = Path(__file__).with_name("published.toml")


class Forecast(Results, Shown):
    """The results of an experiment, with its pictures."""

    def __repr__(self) -> str:
        if not self.manifest["replications"]:
            return f"<Forecast in {self.folder}: no replication>"
        from sim.report.language import ENGLISH  # babel takes its time

        return f"<Forecast {self.manifest['scenario']}: {self._own('words:realised_answer')(self, ENGLISH)}; {self.folder}>"


def run(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    sampling: str | None = None,
    at: str | None = None,
    until: str | None = None,
    cluster: str | None = None,
    engine: str = "compiled",
    rules: Rules | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Run a scenario (a file, or a name of the library) and return its forecast; goes on where an earlier run of the same stopped.

    `out`: folder of the results (default results/<scenario>). `at`: "drawn" (a parameter set and a population of its own for every
    replication) or "central" (the scenario's own values for all: its bands hold luck alone); default: the scenario's. `sampling`: plain,
    antithetic or sobol, of the draws that all share, at the central values. `until`: OUTCOME=WIDTH, stop when half of that outcome's 95%
    interval is so wide (in its unit); `replications` is then the most. `cluster`: address of a Dask scheduler, or
    "local". `engine`: "compiled", or "plain" for the model as it reads (`sim.model`), which gives the same bits and can be stepped through
    in a debugger. `rules`: functions of one's own in the place of the model's, by its name below `sim` (`agents.policies.priority` for the
    compiled engine, `model.launch.preference` for the plain one): they are part of what the experiment is, and named in all that it gives.
    `budget`: minutes and gigabytes that the run may take. Raises InputError naming file, key, what was found and what is allowed, before
    anything is computed, and what `run_experiment` raises.
    """
    stopping = parse_until(until) if until is not None else None
    most = MOST if stopping is not None and replications is None else replications
    chosen = scenario_of(scenario, seed, most, sampled(at, sampling))
    with in_place(rules, engine):
        if rules and engine == COMPILED:
            replicator(prepared_here(chosen, engine))(
                0
            )  # a rule that cannot be compiled is refused here, and fails no replication of a worker
        results = run_experiment(
            chosen, workers=workers, out=out, progress=progress, until=stopping, cluster=cluster, budget=budget, engine=engine
        )
    return Forecast(results.folder)


def self_test() -> list[str]:
    """Return what is wrong with this installation, a line each: computed anew, the published baseline must give the published digests, compiled
    and as the plain model reads, and nothing of the source may be replaced."""
    published = tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))
    wrong = [f"{name}: replaced in this process" for name in replaced()]
    with TemporaryDirectory(prefix="bso-sim-") as temporary:
        for at in (DRAWN, CENTRAL):
            answer = run(LIBRARY / "baseline.toml", published["replications"], workers=1, out=Path(temporary) / at, at=at)
            if answer.manifest["digest"] != published[at]:
                wrong.append(f"{at}: digest {answer.manifest['digest']}, published is {published[at]}")
        plain = run(LIBRARY / "baseline.toml", 1, workers=1, out=Path(temporary) / PLAIN, at=DRAWN, engine=PLAIN).manifest["digest"]
        if plain != published["first"]:
            wrong.append(f"the plain model: digest {plain}, published is {published['first']}")
    return wrong


def sampled(at: str | None, sampling: str | None) -> str | None:
    """Return the sampling that is asked for: drawn, or at the central values plain, antithetic or sobol; None: the scenario's.

    Raises InputError for values that are neither drawn nor central, and for a sampling that contradicts them.
    """
    if at not in (None, DRAWN, CENTRAL):
        raise InputError("--at", "", f"found {at!r}; {DRAWN} or {CENTRAL} is allowed")
    if at == DRAWN and sampling not in (None, DRAWN):
        raise InputError(
            "--sampling", "", f"found {sampling!r}; parameter sets that are drawn are spread evenly already: --at {CENTRAL}"
        )
    if at == CENTRAL and sampling == DRAWN:
        raise InputError(
            "--sampling", "", f"found {DRAWN!r}; at the {CENTRAL} values nothing is: plain, antithetic or sobol is allowed"
        )
    return sampling or {None: None, DRAWN: DRAWN, CENTRAL: "plain"}[at]
