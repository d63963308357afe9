"""Evaluations for searches and sensitivity: dictionaries of changes in, a tidy frame of outcomes out; nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.errors import InputError, refuse_unknown
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import COMPILED, replicator
from sim.runs.experiment import Progress, prepared_here, region_here
from sim.runs.memory import InMemory
from sim.runs.outcomes import OUTCOMES
from sim.runs.own_rules import Rules, in_place
from sim.runs.source import looked_at_once, made_by
from sim.runs.standing import standing
from sim.runs.workers.pool import each
from sim.studies.forecast.study import sampled

Changes = Mapping[str, Any]  # values by their keys, as `Scenario.with_` takes them
BLOCK = 8  # evaluations that are handed to a process at once
OF_ALL = ("seed", "replications", "sampling")  # what cases share, so that they differ by what they change alone


def evaluate(
    changes: Changes | Sequence[Changes],
    scenario: str | Path | Scenario = "baseline",
    replications: int = 20,
    seed: int | None = None,
    outcomes: Sequence[str] | None = None,
    at: str | None = None,
    engine: str = COMPILED,
    rules: Rules | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run a scenario once for every dictionary of changes, and return a row per case and replication: tidy, and in memory only.

    `changes`: one dictionary or several, `{"levers.managers_scale": 1.5}`, see `Scenario.with_`. `outcomes`: names of `bso explain outcomes`
    (default: all), each a column in its unit. `at`, `engine`, `rules`: as `run` has them. `workers`: processes. Columns: `case` (0, 1, ... in
    the order given), what is changed, by its key, `replication`, and the outcomes. Replication k has the same luck in every case, so that cases
    differ by what they change alone. The frame's `attrs` say what it is: `standing`, `seed`, `source`, and the digest of every case, as
    `bso run` prints it. Raises InputError, which names the case, for what cannot be, before anything is computed.

    >>> frame = evaluate([{}, {"levers.managers_scale": 1.5}], replications=2, outcomes=["realised_at_end"], at="central")
    >>> list(frame.columns), len(frame), bool(frame["realised_at_end"][2] > frame["realised_at_end"][0])
    (['case', 'levers.managers_scale', 'replication', 'realised_at_end'], 4, True)
    """
    cases = [changes] if isinstance(changes, Mapping) or not isinstance(changes, Iterable) else list(changes)
    if not cases:
        raise InputError("evaluate", "changes", "found none; a dictionary, or several, is needed")
    asked = list(OUTCOMES) if outcomes is None else list(outcomes)
    for name in asked:
        refuse_unknown(name, OUTCOMES, "evaluate", "outcomes", "outcome")
    base = scenario_of(scenario, seed, replications, sampled(at, None)).without_histories()
    work = [(number, _case(base, number, case)) for number, case in enumerate(cases)]
    blocks = [work[first : first + BLOCK] for first in range(0, len(work), BLOCK)]
    found: dict[int, tuple[pd.DataFrame, str]] = {}
    with (
        in_place(rules, engine),
        looked_at_once(),
        closing(each(partial(_computed, asked, engine), blocks, workers)) as finished,
    ):
        told_of, source = standing(base, region_here(base)), made_by()["source"]
        for _, answers in finished:
            found |= answers
            if progress is not None:
                progress(len(found) * replications, len(cases) * replications)
    keys = dict.fromkeys(key for case in cases for key in case)
    frames = []
    for number, case in enumerate(cases):
        rows = found[number][0]
        told = {"case": number, **{key: pd.Series([case.get(key)] * len(rows), rows.index).infer_objects() for key in keys}}
        frames.append(pd.concat([pd.DataFrame(told, rows.index), rows], axis=1))
    table = pd.concat(frames, ignore_index=True)
    table.attrs = {
        "standing": told_of,
        "seed": base.seed,
        "source": source,
        "digests": [found[n][1] for n in range(len(cases))],
    }
    return table


def _case(base: Scenario, number: int, changes: Changes) -> Scenario:
    if not isinstance(changes, Mapping):  # a frame of pandas gives the names of its columns
        problem = f"found a {type(changes).__name__}; a dictionary is needed, as frame.to_dict('records') gives for every row"
        raise InputError("evaluate", f"case {number}", problem)
    for key in {*changes} & {*OF_ALL}:
        raise InputError("evaluate", f"case {number}, {key}", "is the same in all cases; an argument of evaluate is allowed")
    try:
        return base.with_(changes)
    except InputError as error:
        raise InputError("evaluate", f"case {number}, {error.place}", error.problem) from None


def _computed(outcomes: Sequence[str], engine: str, block: Sequence[tuple[int, Scenario]]) -> dict[int, tuple[pd.DataFrame, str]]:
    """Return the outcomes of some cases, a row per replication, and the digest of each."""
    answers = {}
    for number, scenario in block:
        task = prepared_here(scenario, engine)
        results = InMemory([*map(replicator(task), range(scenario.replications))], scenario, task.region)
        columns = {name: OUTCOMES[name].of(results).to_numpy(float) for name in outcomes}
        answers[number] = pd.DataFrame({"replication": range(scenario.replications), **columns}), results.digest
    return answers
