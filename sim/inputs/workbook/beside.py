"""A company's own data beside what was estimated of it; what is far from that may be right, so nothing is refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.region.doubts import FAR, far_off
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.region.overrides import OWN_FIGURES
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario
from sim.inputs.workbook.data import Workbook
from sim.inputs.workbook.read import reading
from sim.inputs.workbook.words import LAND, OF_COMPANY, OF_MUNICIPALITIES, STAGES, Lang, named, say

MEANS = {"managers": "managers", "finance": "finance", "bought": "land"}  # of a workbook: of a company's means in a scenario
LOW, HIGH = 0.1, 0.9  # the part of the means' distributions that is shown
FAR_MANAGERS = 5  # what FAR is of dwellings, of project managers
NAMES = {**OF_MUNICIPALITIES, **OF_COMPANY, "land": LAND}
Values = NDArray[np.int64]


def doubts_of_own_data(scenario: Scenario) -> list[str]:
    """Return what is doubtful in the own data of companies, a line each with its place, in the language of the files.

    Doubtful is how a file was read, where it may be read in two ways, and a figure below a third of the lowest estimate over the populations
    or above three times the highest, and FAR from both. Raises InputError for what cannot be.
    """
    message = "warning: {figure}: {own}, far from the estimate of {estimate} ({low} to {high}); is that right? It is used as it is"
    doubts = list[str]()
    for company, workbook in scenario.workbooks.items():
        read = reading(Path(scenario.folders[company]), scenario.start) if company in scenario.folders else None
        lang: Lang = read.lang if read else "en"
        doubts += read.remarks if read else ()
        for code, name, figure, own, (estimate, low, high), _ in beside(workbook, scenario, company):
            if far_off(own, low, high, FAR_MANAGERS if figure == "managers" else FAR):
                numbers = {"own": own, "estimate": estimate, "low": low, "high": high}
                shown = {key: f"{value:.10g}".replace(".", "," if lang == "nl" else ".") for key, value in numbers.items()}
                place = read.where[code, figure] if read else f"{Path(scenario.folder) / scenario.name}.toml: workbooks.{company}"
                doubts.append(f"{place}: {say(lang, message, figure=_called(figure, name, lang), **shown)}")
    return doubts


def beside(
    workbook: Workbook, scenario: Scenario, company: str, by_stage: bool = False
) -> Iterator[tuple[int, str, str, float, tuple[float, float, float], int | None]]:
    """Yield every own figure: NIS code and name of its municipality (0 and "" for all together), what it is, itself, the estimates, and
    how many projects it is of. Projects under way: by municipality, or `by_stage` also of all municipalities together.
    """
    others = {name: data for name, data in scenario.workbooks.items() if name != company}
    region = load_region(scenario.model_copy(update={"workbooks": others}))
    places = {int(code): i for i, code in enumerate(region.nis)}
    for row in workbook.municipalities:
        i = places[row.nis]
        for figure in (*OWN_FIGURES, "land"):
            own = getattr(row, figure)
            if own is not None:
                yield row.nis, region.names[i], figure, own, spread(estimated(region, figure)[:, i]), None
    members = members_of(region, company)
    areas = {int(region.nis[i]): (region.names[i], [i]) for i in members}
    if by_stage:
        areas = {0: ("", members)} | areas
    for code, (name, area) in areas.items() if workbook.projects is not None else ():
        for figure, stages in ((stage, [stage]) for stage in STAGES) if by_stage else [("projects", list(STAGES))]:
            listed = [p.dwellings for p in workbook.projects or () if p.stage in stages and places[p.nis] in area]
            under_way = np.sum([estimated(region, stage)[:, area] for stage in stages], axis=(0, 2))
            yield code, name, figure, sum(listed), spread(under_way), len(listed)
    means = estimated_means(scenario, region, company)
    for figure in MEANS:
        own = getattr(workbook, figure)
        if own is not None:
            yield 0, "", figure, own, means[figure], None


def _called(figure: str, municipality: str, lang: Lang) -> str:
    """Return what a figure is called, with its municipality where it is of one."""
    if figure == "projects":
        return say(lang, "dwellings of projects under way in {municipality}", municipality=municipality)
    name = named(NAMES[figure], lang)
    return say(lang, "{figure} of {municipality}", figure=name, municipality=municipality) if municipality else name


def members_of(region: Region, company: str) -> list[int]:
    """Return the indices of a company's municipalities."""
    return [int(i) for i in np.flatnonzero(region.company == region.company_names.index(company))]


def estimated(region: Region, figure: str) -> Values:
    """Return what is estimated under the name of a figure, of free land or of a stage: int64[populations, municipalities]."""
    column = {"land": "land_company", **{stage: f"pipeline_{stage.lower()}" for stage in STAGES}}.get(figure, figure)
    return region.estimates[column]


def spread(values: Values) -> tuple[int, int, int]:
    """Return the central estimate with the lowest and the highest over all populations."""
    return int(values[0]), int(values.min()), int(values.max())


def estimated_means(scenario: Scenario, region: Region, company: str) -> dict[str, tuple[float, float, float]]:
    """Return a company's means as they would be estimated for the first year: the middle, and between which eight in ten lie.

    Its part by objective of Flanders' project managers, dwellings financed a year and places of land bought a year.
    """
    objective = region.estimates["objective_regular"][0] + region.estimates["sib"][0]
    share = float(objective[members_of(region, company)].sum() / max(1, objective.sum()))
    levers, how, bought = scenario.levers, scenario.uncertainties, round(share * scenario.levers.land_purchase.value, 1)
    dwellings = levers.finance_scale.value * (1 - levers.renovation_share.value) * 1000 / how.cost.value  # per million euro

    def band(part: float, drawn: Distribution) -> tuple[float, float, float]:
        middle, low, high = (round(part * float(drawn.quantile(p)), 1) for p in (0.5, LOW, HIGH))
        return middle, low, high

    return {
        "managers": band(share * levers.managers_scale.value, how.managers),
        "finance": band(share * dwellings, how.budget),
        "bought": (bought, bought, bought),
    }
