"""Companies that go on together: one company with all their municipalities and the sum of their means, beside each by itself."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.runs.chunk import task_of
from sim.runs.differences import difference
from sim.studies.capacity.replay import Begun
from sim.studies.capacity.search import with_interval
from sim.studies.capacity.trials import Capacity, Flags, Trials

AND = " + "
APART, TOGETHER = "apart", "together"


def merged(region: Region, companies: Sequence[str], scenario: Scenario) -> Region:
    """Return a region in which these companies are one, at the place of the first; the others are left without a municipality.

    Its part of Flanders' managers follows its objective, as those of its companies did: the sum of theirs. Money is one fund for Flanders and
    land is a municipality's, so that to merge and to share staff are the same. Raises InputError for companies with means of their own.
    """
    for name in companies:
        if name in scenario.means or companies.count(name) > 1:
            why = "named twice" if companies.count(name) > 1 else "has means or data of its own"
            raise InputError("COMPANY", name, f"{why}; several companies together are asked once each, on what is estimated")
    places = [region.company_names.index(name) for name in companies]
    names = list(region.company_names)
    names[places[0]] = AND.join(companies)
    return replace(region, company=np.where(np.isin(region.company, places), places[0], region.company), company_names=tuple(names))


def beside_each_other(trials: Trials) -> pd.DataFrame:
    """Return the chance, with the means as they are, of each company by itself, of all of them apart, and of all together.

    A row each: `who` (a company, APART or TOGETHER), `municipalities`, `chance`, `low95`, `high95`; of TOGETHER what it differs from APART
    (`gain`, `gain_low95`, `gain_high95`), in pairs of replications. Empty for a company alone.
    """
    companies = trials.question.company.split(AND)
    if len(companies) == 1:
        return pd.DataFrame()
    region = load_region(trials.task.scenario)
    task = task_of(trials.task.scenario, region)
    begun, rows, flags = dict[int, Begun](), [], {}
    for name in companies:
        alone = Trials(task, trials.question._replace(company=name), trials.replications, trials.progress, trials.expected, begun)
        flags[name], size = alone.passed(Capacity()), len(alone.members)
        rows.append({"who": name, "municipalities": size, **_chance(flags[name], trials)})
    apart, together = np.all([*flags.values()], axis=0), trials.passed(Capacity())
    change = difference(pd.Series(apart.astype(float)), pd.Series(together.astype(float)), trials.sampled)
    count = len(trials.members)
    rows.append({"who": APART, "municipalities": count, **_chance(apart, trials)})
    gain = {"gain": change["difference"], "gain_low95": change["low95"], "gain_high95": change["high95"]}
    rows.append({"who": TOGETHER, "municipalities": count, **_chance(together, trials), **gain})
    return pd.DataFrame(rows)


def _chance(flags: Flags, trials: Trials) -> dict[str, float]:
    return dict(zip(("chance", "low95", "high95"), with_interval(flags, trials), strict=True))
