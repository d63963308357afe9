"""The numbers of the README's section on the baseline: what each is, and the command that gives it. Markdown, in English."""

from collections.abc import Iterator, Mapping
from functools import cache
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd

from docs.tables.numbered import MILLION, SECTION, Number, gaps, in_words, part, plus
from docs.tables.trust import not_known, validated
from sim.engine.calendar import ROWS, run
from sim.engine.pipeline import appeals
from sim.engine.state import NONE, Land, Stage
from sim.inputs.region.load import DATA, load_region
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.report.estimates import PAST_GROWTH, Estimate, at_tests
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.runs.experiment import run_experiment
from sim.runs.futures import Futures
from sim.runs.outcomes import of_all
from sim.runs.results import VERDICTS
from sim.studies.crosschecks.study import FEW
from sim.studies.crosschecks.tables import of_baseline

READINGS = LIBRARY.parent / "docs" / "readings.csv"
VLAAMS_BRABANT, WEST_VLAANDEREN = 2, 3  # first digit of the NIS codes
BASELINE, LAW = "`bso run baseline`", "`bso explain law`"
COUNT, PAID = "dwellings that count at the end of 2042, mean", "contributions on all tests, mean"
LACKING = {
    "waiting_land": "land",
    "waiting_opportunity": "an opportunity",
    "waiting_slot": "a project manager of the company",
    "waiting_money": "money",
}
TENTHS = "10th to 90th percentile of the replications"


class Ran(NamedTuple):
    """What is asked of a run: outcomes by replication, tests by year, net dwellings added by year (mean)."""

    outcomes: pd.DataFrame
    tests: Mapping[int, Mapping[str, Estimate]]
    growth: "pd.Series[float]"


@cache
def baseline() -> Scenario:
    """Return the baseline."""
    return load_scenario(LIBRARY / "baseline.toml")


@cache
def ran(name: str) -> Ran:
    """Run a scenario of the library as `bso run` does, and return what is asked of it."""
    scenario = load_scenario(LIBRARY / f"{name}.toml")
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        results = run_experiment(scenario.without_histories(), workers=1, out=folder)
        net = results.yearly("net").mean()
        return Ran(of_all(results), at_tests(results), net.diff().fillna(net))


class Followed(NamedTuple):
    """Of the projects that left MJP the share cancelled; of those that came on it the share with an appeal; the median size of new ones."""

    cancelled: float
    appealed: float
    size: float


@cache
def followed() -> Followed:
    """Follow the projects of the baseline's first replications: results do not keep who met an appeal."""
    futures = Futures(baseline(), load_region(baseline()))
    came = left = cancelled = appealed = 0
    sizes = []
    for number in range(FEW):
        model, rows = futures.model(number), ROWS
        while (state := run(model, number, rows)).world[0]["short"]:
            rows *= 2
        projects = state.projects[: state.world[0]["projects"]]
        on_mjp = projects[projects["mjp"] != NONE]
        came += len(on_mjp)
        appealed += sum(appeals(model, state, project) > 0 for project in on_mjp)
        cancelled += int((on_mjp["stage"] == Stage.CANCELLED).sum())
        left += int(((on_mjp["stage"] == Stage.CANCELLED) | (on_mjp["ktp"] != NONE)).sum())
        sizes.append(projects["dwellings"][projects["land"] != Land.INITIAL])
    return Followed(cancelled / left, appealed / came, float(np.median(np.concatenate(sizes))))


def mean(name: str, outcome: str, step: float, scale: float = 1) -> str:
    """Return the mean of an outcome of a run, as it is written."""
    return ENGLISH.number(scale * ran(name).outcomes[outcome].mean(), step)


def band(name: str, outcome: str, step: float, scale: float = 1) -> str:
    """Return the 80% band of an outcome of a run, as it is written."""
    low, high = scale * np.percentile(ran(name).outcomes[outcome], (10, 90))
    return ENGLISH.band(low, high, step)


def ends(assumed: Distribution) -> str:
    """Return the ends of what a parameter may be."""
    return ENGLISH.band(float(assumed.quantile(0.0)), float(assumed.quantile(1.0)))


def course(yearly: "pd.Series[float]", step: float) -> str:
    """Return the course of a yearly number: the first year, the lowest, the highest and the last, each with its value, in their order.

    >>> course(pd.Series({2026: 9.0, 2027: 7.0, 2028: 12.0, 2029: 11.0}), 1)
    '9 in 2026, 7 in 2027 (the lowest), 12 in 2028 (the highest), 11 in 2029'
    """
    marks = {yearly.idxmin(): " (the lowest)", yearly.idxmax(): " (the highest)"}
    years = sorted({yearly.index[0], yearly.index[-1], *marks})
    return ", ".join(f"{ENGLISH.number(yearly[year], step)} in {year}{marks.get(year, '')}" for year in years)


def realised() -> Iterator[Number]:
    """Yield the numbers of dwellings that rest on runs."""
    objective, years = int(baseline().law.values.objective.value), baseline().months // 12
    outcomes = ran("baseline").outcomes
    yield Number("realised", mean("baseline", "realised_at_end", 100), COUNT, BASELINE)
    yield Number("realised_band", band("baseline", "realised_at_end", 100), TENTHS, BASELINE)
    yield Number(
        "realised_share", ENGLISH.percent(outcomes["realised_at_end"].mean() / objective), "that mean of the objective", BASELINE
    )
    reached = f"{in_words(int(outcomes['probability_objective'].sum()))} of {len(outcomes)}"
    yield Number("reached", reached, "replications that reach the objective", BASELINE)
    for name, scenario in (("hoped", "means_as_hoped"), ("today", "means_of_today")):
        yield Number(f"realised_{name}", mean(scenario, "realised_at_end", 100), COUNT, f"`bso run {scenario}`")
        yield Number(f"{name}_band", band(scenario, "realised_at_end", 100), TENTHS, f"`bso run {scenario}`")
    (slow, *_, fast), a_year = PAST_GROWTH, outcomes["realised_at_end"].mean() / years
    beside = "above both" if a_year > fast else "between the two" if a_year > slow else "below both"
    yield Number("beside_past", beside, "`realised` beside `slow_share` and `fast_share`", BASELINE)
    yield Number("net", mean("baseline", "net_at_end", 100), "net dwellings at the end of 2042, mean", BASELINE)
    net = f"{BASELINE}, `net` of the table `totals`"
    yield Number("growth", course(ran("baseline").growth, 10), "net dwellings added in the year, mean", net)
    lacks = str(outcomes[[*LACKING]].mean().idxmax())
    yield Number("lacks", LACKING[lacks], "what most dwellings wait for, mean over the years", BASELINE)


def tested() -> Iterator[Number]:
    """Yield the numbers of verdicts and contributions, which rest on runs."""
    tests, paid = ran("baseline").tests, "contribution_total"
    first, *_, last = sorted(tests)
    second = [test["category_2B"].mean for test in tests.values()]
    judged = sum(tests[first][name].mean for name in VERDICTS)
    yield Number("judged", ENGLISH.number(judged), "municipalities in category 1, 2A or 2B, mean", BASELINE)
    for name, year in (("first", first), ("last", last)):
        followers = ENGLISH.number(tests[year]["category_1"].mean)
        yield Number(f"followers_{name}", followers, "municipalities in category 1 at that test, mean", BASELINE)
        yield Number(f"test_{name}", str(year), "its year", LAW)
    yield Number("second", ENGLISH.band(min(second), max(second)), "means of the tests, least and most", BASELINE)
    last_part = part(tests[last]["contribution"].mean / (MILLION * ran("baseline").outcomes[paid].mean()))
    yield Number("paid", mean("baseline", paid, 1, MILLION), PAID, BASELINE)
    yield Number("paid_band", band("baseline", paid, 1, MILLION), TENTHS, BASELINE)
    yield Number("paid_last", last_part, f"the part asked on the test of {last}", BASELINE)
    for name in ("none", "full"):
        yield Number(f"paid_{name}", mean(f"response_{name}", paid, 1, MILLION), PAID, f"`bso run response_{name}`")
        yield Number(f"realised_{name}", mean(f"response_{name}", "realised_at_end", 100), COUNT, f"`bso run response_{name}`")


def built() -> Iterator[Number]:
    """Yield the numbers of projects, which rest on runs."""
    projects, here = followed(), f"`python -m docs.tables --print numbers`, from {FEW} replications"
    of_size = f"the parameter `appeal` is that of one of {baseline().uncertainties.appeal_reference.value:g} dwellings"
    duration = "land in hand to delivery, mean"
    years = of_baseline().set_index("name")["value"][duration]
    yield Number("cancelled", f"1 in {round(1 / projects.cancelled)}", "share of the projects that left MJP", here)
    appealed = ENGLISH.percent(projects.appealed)
    yield Number("appealed", appealed, f"share of the projects that came on MJP; {of_size}", here)
    yield Number("years", ENGLISH.number(years, 0.1), duration, f"`bso crosschecks baseline`, {FEW} replications")
    yield Number("size", ENGLISH.number(projects.size), "dwellings of a new project, median", here)


def known() -> Iterator[Number]:
    """Yield the numbers that rest on no run of today: law, parameters, estimates, kept studies."""
    values, u, explained = baseline().law.values, baseline().uncertainties, "`bso explain parameters`"
    objective, most, years = int(values.objective.value), int(values.envelope_maximum.value), baseline().months // 12
    yield Number("objective", ENGLISH.number(objective), "the objective", LAW)
    yield Number("needed", ENGLISH.number(objective / years), f"the objective over {years} years", LAW)
    (slow, *_, fast), past = PAST_GROWTH, "`PAST_GROWTH` in `sim/report/estimates.py`"
    for name, pace in (("slow", slow), ("fast", fast)):
        yield Number(name, ENGLISH.number(pace), "net growth of a year in the past", past)
        share = ENGLISH.percent(pace * years / objective)
        yield Number(f"{name}_share", share, f"{years} years of it, of the objective", past)
    yield Number("managers", ends(u.managers), "ends of `managers`", explained)
    yield Number("budget", ends(u.budget), "ends of `budget`", explained)
    yield Number("tests", in_words(sum(measured.test is not None for measured in baseline().law.rhythm)), "tests", LAW)
    readings = in_words(len(type(baseline().law.readings).model_fields))
    yield Number("readings", readings, "readings of the law", "`bso explain readings`")
    found, source = pd.read_csv(READINGS), "`bso readings baseline`, kept in `docs/readings.csv`"
    found = found.set_index(["reading", "option", "outcome"])
    counts = found["difference"].loc["realised", :, "dwellings"].abs()
    of_default, difference = (float(found[name]["category_2B", "both", "verdicts_2B"]) for name in ("of_default", "difference"))
    yield Number("reading_2B", f"{plus(100 * difference / of_default, 1)}%", "`category_2B`: its option `both`", source)
    yield Number("reading_realised", ENGLISH.band(counts.min(), counts.max(), 100), "`realised`: its other options", source)
    region = load_region(baseline())
    province, sib = region.nis // 10_000, region.estimates["sib"].sum(axis=0)
    west = sum(region.estimates[name][0, province == WEST_VLAANDEREN].sum() for name in ("objective_regular", "sib"))
    reported = pd.read_csv(DATA / "regional_facts.csv").set_index("fact")["value"]["objective of West-Vlaanderen, of the 56,000"]
    share, estimates = sib[province == VLAAMS_BRABANT].sum() / sib.sum(), "`sim/inputs/data/estimates.csv`"
    yield Number("sib_brabant", part(share), "of `sib`, all stored populations together", estimates)
    press, like = "`sim/inputs/data/regional_facts.csv`", float(reported) * objective / (objective + most)
    yield Number("west", ENGLISH.number(west, 100), "its objective in the central population", "`bso estimate --check`")
    yield Number("west_press", ENGLISH.number(float(reported)), "of the objective and the voluntary dwellings", press)
    yield Number("objective_and_most", ENGLISH.number(objective + most), "the objective and the most voluntary dwellings", LAW)
    yield Number("west_like", ENGLISH.number(like, 100), "that figure as a part of the objective alone", press)


@cache
def numbers() -> str:
    """Return a row per number of the README's section on the baseline, in its order. Raises ValueError for one that has no gap there."""
    order = gaps(SECTION.read_text(encoding="utf-8"))
    every = [*realised(), *tested(), *built(), *known(), *validated(), *not_known()]
    rows = sorted(every, key=lambda number: order.index(number.name))
    return table(("gap", "as written", "what it is", "from"), ((f"`{name}`", *others) for name, *others in rows))
