"""What capacity cannot give: the bottlenecks that remain, by when a project must be on MJP; and whom the company serves first."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.agents.policies import POLICIES
from sim.engine.state import Land, Rows
from sim.inputs.months import month_number
from sim.inputs.scenario.changes import counterfactuals
from sim.inputs.scenario.model import changed
from sim.inputs.scenario.toml import merge
from sim.rules.plan import Category
from sim.rules.progress import bso_realised
from sim.runs.chunk import task_of
from sim.runs.differences import difference
from sim.studies.capacity.search import bounds
from sim.studies.capacity.trials import Capacity, Trials
from sim.studies.capacity.workload import months_between, see

MEANS_OF_COUNTERFACTUALS = {"capacity": "managers", "finance": "finance"}  # those that the levers give themselves
ALL = "all"
ASKED = ("realised", "KTP", "MJP")  # stages that a test may ask
FEW = 100  # replications whose projects tell how long they take: thousands of projects
POLICY_OUTCOMES = {"verdicts_2B": "verdicts", "realised_at_end": "dwellings", "contributions": "euro"}


def remaining_bottlenecks(trials: Trials) -> pd.DataFrame:
    """Return what lifts the chance when there is the maximum of all levers: a row per relief, and one for all of them together.

    `chance` with its 95% interval; `gain` over the maximum alone with the 95% interval of the paired difference. A relief is given to all
    municipalities of Flanders.
    """
    question, maximum, task = trials.question, trials.maximum(), trials.task
    reference = pd.Series(trials.passed(maximum).astype(float))
    kinds: dict[str, Mapping[str, Any]] = {
        name: counterfactual.changes
        for name, counterfactual in counterfactuals().items()
        if MEANS_OF_COUNTERFACTUALS.get(name) not in question.levers
    }
    together: dict[str, Any] = {}
    for changes in kinds.values():
        together = merge(together, changes, "capacity")
    reliefs = list[Trials]()
    for name, changes in {**kinds, ALL: together}.items():
        scenario = changed(task.scenario, changes, f"{task.scenario.name}-{name}", "capacity")
        reliefs.append(Trials(task_of(scenario, task.region), question, trials.replications))
    # a replication at a time, as what its parameters give is kept for the next relief only so long
    passed = np.array([[_once(relief, number, maximum, trials) for relief in reliefs] for number in range(trials.replications)])
    rows = []
    for name, relief, flags in zip((*kinds, ALL), reliefs, passed.T, strict=True):
        gain = difference(reference, pd.Series(flags.astype(float)), trials.sampled)
        low, high = bounds(flags, relief)
        of_chance = {"chance": gain["value"], "chance_low95": low, "chance_high95": high}
        rows.append({"relief": name, **of_chance, "gain": gain["difference"], "low95": gain["low95"], "high95": gain["high95"]})
    return pd.DataFrame(rows)


def _once(relief: Trials, number: int, capacity: Capacity, trials: Trials) -> bool:
    """Return whether a replication passes with a relief; what was begun of it is not kept, as nobody asks again."""
    passes = relief.passes(number, capacity)
    del relief.replays.kept[number]
    trials.count()
    return passes


def deadlines(trials: Trials, plan: Capacity) -> pd.DataFrame:
    """Return by when a project must be on MJP to be realised at the end, and to be at each stage that a test asks when that test measures.

    A row per date and `means` ("plan", or "most": with the maximum of every lever, what is possible at all): `stage`, `by` (year), `months`
    that the target share of the projects needs at most (none where MJP is what is asked), `on_mjp` (the last committee, as a year with its
    month as a fraction; below the first year: too late already) and `projects`. From the projects of the company that came on MJP, without
    voluntary ones and those of the start; those that are not there yet at the end, or were cancelled, count as long as they were seen (Kaplan
    and Meier's estimate). No number where the forecast is too short to tell.
    """
    scenario, rows = trials.task.scenario, []
    asked = [(m, {r.stage for r in m.requirements(scenario.law.readings)} | {r.stage for r in m.sib}) for m in scenario.law.rhythm]
    tests = [
        (stage, m.date, m.test) for m, stages in asked if m.test in trials.question.tests for stage in ASKED if stage in stages
    ]
    interval = int(scenario.levers.committee_interval.value)
    seen = see(trials, plan)  # more of them than are asked for here
    histories = trials.histories(trials.maximum(), replications=min(FEW, trials.replications))
    most = np.concatenate([h.unsorted[np.isin(h.unsorted["municipality"], trials.members)] for h in histories])
    for means, p in (("plan", seen.projects[seen.replication < FEW]), ("most", most)):
        projects = p[(p["mjp"] > 0) & (p["land"] != Land.INITIAL) & (p["voluntary"] == 0)]
        for stage, date, test in (("realised", scenario.end, None), *tests):
            months = 0.0
            if stage != "MJP":
                months = months_between(projects, "on_mjp", stage, False, scenario.months, trials.question.probability)
            last = (month_number(date, scenario.start) - months) // interval * interval  # a committee puts it there
            on_mjp = scenario.start.year + 1 + last / 12 if np.isfinite(months) else np.nan
            row = {"means": means, "stage": stage, "by": date.year, "test": test, "months": months, "on_mjp": on_mjp}
            rows.append({**row, "projects": len(projects)})
    return pd.DataFrame(rows)


def allocations(trials: Trials) -> pd.DataFrame:
    """Return what each allocation policy of the company alone does in its own area, with the means that it has, against its policy now.

    A row per policy and outcome: verdicts of 2B at the tests asked about, dwellings that count towards the objective at the end, and
    contributions on all tests (euro): means, and the paired difference with its intervals. `now`: the policy of the scenario.
    """
    scenario = trials.task.scenario
    own = scenario.means.get(trials.question.company)
    now = (own.allocation if own and own.allocation else scenario.levers.allocation).value
    outcomes = {}
    for policy in POLICIES:
        seen = see(trials, Capacity()) if policy == now else None  # what is there already
        areas = [] if seen is None else list(zip(seen.tests, seen.years[:, -1], strict=True))
        if len(areas) < trials.replications:
            histories = trials.histories(policy=policy, replications=trials.replications - len(areas), first=len(areas))
            areas += [(history.tests[:, trials.members], history.years[-1][trials.members]) for history in histories]
        outcomes[policy] = pd.DataFrame([_of_area(*area, trials.tests) for area in areas], dtype=float)
    rows = []
    for policy, values in outcomes.items():
        for name, unit in POLICY_OUTCOMES.items():
            change = difference(outcomes[now][name], values[name], trials.sampled)
            rows.append({"policy": policy, "now": policy == now, "outcome": name, "unit": unit, **change})
    return pd.DataFrame(rows).drop(columns="base")


def _of_area(tests: Rows, last: Rows, asked: list[int]) -> dict[str, float]:
    """Return the outcomes of a replication in the company's own area, of its verdicts at all tests and its last year."""
    return {
        "verdicts_2B": float((tests["category"][asked] == Category.CATEGORY_2B).sum()),
        "realised_at_end": float(
            sum(bso_realised(int(r), int(o)) for r, o in zip(last["realised"], last["objective"], strict=True))
        ),
        "contributions": float(tests["contribution_cents"].sum()) / 100,
    }
