"""When to hire: the least managers from each year on with which the tests are passed, and until when the plan's number is in time."""

import pandas as pd

from sim.studies.capacity.search import EXACT, first, with_interval
from sim.studies.capacity.trials import Capacity, Flags, Trials, steps

COLUMNS = ("since", "managers", "chance", "low95", "high95", "plan")


def hiring(trials: Trials, plan: Capacity, aim: float) -> pd.DataFrame:
    """Return by year the least managers who, there from its January on, reach the aim; until then there are as many as there are today.

    A row per year up to the one before the last test asked about is judged: `since`; `managers`, those of the plan or more, NaN where not
    even the most that is within reach is enough; its chance with its 95% interval; `plan`: the chance with the plan's own number. The other
    means are those of the plan. Empty without managers in the plan.
    """
    if plan.managers is None:
        return pd.DataFrame(columns=COLUMNS)
    places, rows = [k for k in steps(trials.most["managers"]) if k >= plan.managers], []
    for year in range(trials.first_year, trials.first_year + (max(trials.judged) - 1) // 12):

        def passed(k: int, year: int = year) -> Flags:
            return trials.passed(plan._replace(managers=k), year)

        least = first(lambda k: float(passed(k).mean()) >= aim - EXACT, places)
        row = {"since": year, "managers": least, "plan": float(passed(plan.managers).mean())}
        interval = with_interval(passed(places[-1] if least is None else least), trials)
        rows.append(row | dict(zip(("chance", "low95", "high95"), interval, strict=True)))
        if least is None:
            break  # later is no easier
    return pd.DataFrame(rows, columns=COLUMNS).astype({"managers": float})
