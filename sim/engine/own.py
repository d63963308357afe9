"""Projects of companies' own data as the engine reads them: what its durations are to be multiplied by to be those that are expected."""

import numpy as np
from numpy.typing import NDArray

from sim.chance.leadtimes import ONE, fixed, times
from sim.engine.state import Stage
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.data import OwnProject

PARTS = 64  # of a month, in which durations are counted
STAGES = {
    "dormant": Stage.DORMANT,
    "preparation": Stage.PREPARATION,
    "MJP": Stage.MJP,
    "KTP": Stage.KTP,
    "construction": Stage.CONSTRUCTION,
}
ORDER = ("construction", "KTP", "MJP", "preparation", "dormant")  # in which the projects of a municipality come into being


def listed(scenario: Scenario, region: Region) -> list[OwnProject]:
    """Return the projects under way of companies' own data, in the order of municipality, stage and row: that of `Model.own`."""
    index = {int(code): i for i, code in enumerate(region.nis)}
    projects = [project for workbook in scenario.workbooks.values() for project in workbook.projects or ()]
    return sorted(projects, key=lambda project: (index[project.nis], ORDER.index(project.stage)))


def own_projects(
    scenario: Scenario, region: Region, middle: dict[str, int], under_way: dict[str, int], size_factor: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return `Model.own`, a row for each of the projects `listed`.

    `middle`, `under_way`: the medians of the stages entered anew, and of what is left of those under way at the start (1/64 month).
    """
    index = {int(code): i for i, code in enumerate(region.nis)}
    rows = []
    for project in listed(scenario, region):
        medians = _medians(scenario, project, middle, under_way, int(size_factor[project.dwellings]))
        expected = project.months_of_stages(scenario.start)
        factors = [ONE if m is None else m * PARTS * ONE // max(1, median) for m, median in zip(expected, medians, strict=True)]
        rows.append([index[project.nis], STAGES[project.stage], project.dwellings, *factors])
    return np.array(rows, np.int64).reshape(-1, 7)


def _medians(
    scenario: Scenario, project: OwnProject, middle: dict[str, int], under_way: dict[str, int], size_factor: int
) -> tuple[int, int, int, int]:
    """Return the model's own duration of every stage of a project, at the middle of each distribution and at mean effort (1/64 month)."""
    u, stage = scenario.uncertainties, project.stage
    effort = ONE - times(max(1, fixed(u.effort_start.mean())), fixed(u.effort_speed.value))
    first = middle["wake"] if stage == "dormant" else times(under_way["preparation"], effort)
    permit = times(under_way["permit"] if stage == "MJP" else middle["permit"], effort)
    if stage == "dormant":
        permit = times(permit, fixed(u.awake_share.value))
    award = under_way["award"] if stage == "KTP" else middle["award"]
    construction = under_way["construction"] if stage == "construction" else middle["construction"]
    return first, permit, award + middle["start"], times(construction, size_factor)
