"""The numbers of the README's section on the baseline: each in its sentence, what it is, and the command that gives it. Markdown, in English."""

from collections.abc import Iterator
from functools import cache
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd

from docs.tables.numbered import GAP, MILLION, Number, in_words, part
from docs.tables.trust import validated
from sim.engine import build_model
from sim.engine.calendar import ROWS, run
from sim.engine.pipeline import appeals
from sim.engine.state import NONE, Land, Stage
from sim.inputs.region.load import DATA, load_region
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.parameters import Distribution
from sim.inputs.scenario.toml import LIBRARY
from sim.report.estimates import PAST_GROWTH, Estimate, at_tests
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.runs.experiment import run_experiment
from sim.runs.outcomes import of_all
from sim.runs.results import VERDICTS
from sim.studies.crosschecks.study import FEW
from sim.studies.crosschecks.tables import of_baseline

READINGS = LIBRARY.parent / "docs" / "readings.csv"
NEARLY = "nearly every"
VLAAMS_BRABANT, WEST_VLAANDEREN = 2, 3  # first digit of the NIS codes
TODAY, BASELINE, LAW = "means_of_today", "`bso run baseline`", "`bso explain law`"
COUNT = "dwellings that count at the end of 2042, mean"
TENTHS = "10th to 90th percentile of the replications"


class Ran(NamedTuple):
    """What is asked of a run: outcomes and draws by replication, tests by year, net dwellings added by year (mean)."""

    outcomes: pd.DataFrame
    drawn: pd.DataFrame
    tests: dict[int, dict[str, Estimate]]
    growth: pd.Series


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
        drawn = results.table("replications").set_index("replication")
        return Ran(of_all(results), drawn, at_tests(results), net.diff().fillna(net))


class Followed(NamedTuple):
    """Of the projects that left MJP the share cancelled; of those that came on it the share with an appeal; the median size of new ones."""

    cancelled: float
    appealed: float
    size: float


@cache
def followed() -> Followed:
    """Follow the projects of the baseline's first replications: results do not keep who met an appeal."""
    model = build_model(baseline(), load_region(baseline()))
    came = left = cancelled = appealed = 0
    sizes = []
    for number in range(FEW):
        rows = ROWS
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


def quarters(drawn: str, outcome: str, step: float) -> str:
    """Return the mean of an outcome in the quarter of the baseline's replications with the lowest draw, and with the highest."""
    quarter = pd.qcut(ran("baseline").drawn[drawn], 4, labels=False)
    means = ran("baseline").outcomes[outcome].groupby(quarter).mean()
    return ENGLISH.band(means.iloc[0], means.iloc[-1], step)


def ends(assumed: Distribution) -> str:
    """Return the ends of what a parameter may be."""
    return ENGLISH.band(float(assumed.quantile(0.0)), float(assumed.quantile(1.0)))


def realised() -> Iterator[Number]:
    """Yield the numbers of points 1 and 2: dwellings."""
    objective, years = int(baseline().law.values.objective.value), baseline().months // 12
    outcomes, growth = ran("baseline").outcomes, ran("baseline").growth
    wanted, counted = ENGLISH.number(objective), mean("baseline", "realised_2042", 100)
    reached = int(outcomes["probability_objective"].sum())
    yield Number(1, counted, "about … of the", COUNT, BASELINE)
    yield Number(1, wanted, "of the … dwellings are realised", "the objective", LAW)
    yield Number(1, band("baseline", "realised_2042", 100), "(8 in 10 futures: …)", TENTHS, BASELINE)
    none = f"{in_words(reached)} of {len(outcomes)}"
    yield Number(1, none, "; … futures reaches", "replications that reach the objective", BASELINE)
    yield Number(1, wanted, "futures reaches …", "the objective", LAW)
    part_of_it = ENGLISH.percent(ran(TODAY).outcomes["realised_2042"].mean() / objective)
    yield Number(1, mean(TODAY, "realised_2042", 100), f"(bso run {TODAY}), … (", COUNT, f"`bso run {TODAY}`")
    yield Number(1, band(TODAY, "realised_2042", 100), f"({GAP}): {part_of_it}", TENTHS, f"`bso run {TODAY}`")
    yield Number(1, part_of_it, "): ….", "that mean as a part of the objective", f"`bso run {TODAY}`")
    yield Number(2, counted, "… is", COUNT, BASELINE)
    yield Number(2, ENGLISH.percent(outcomes["realised_2042"].mean() / objective), "is … of the objective", "its share", BASELINE)
    (slow, *_, fast), past = PAST_GROWTH, "`PAST_GROWTH` in `sim/report/estimates.py`"
    for pace, sentence in ((slow, "(… dwellings a year give"), (fast, ", … give")):
        share = ENGLISH.percent(pace * years / objective)
        yield Number(2, ENGLISH.number(pace), sentence, "net growth of a year in the past", past)
        yield Number(2, share, f"{sentence.replace(GAP, ENGLISH.number(pace))} …", f"{years} years of it, of the objective", past)
    yield Number(2, ENGLISH.number(objective / years), "; … are needed", f"the objective over {years} years", LAW)
    yield Number(2, mean("baseline", "net_2042", 100), "All net dwellings: …;", "net dwellings at the end of 2042, mean", BASELINE)
    net, what = f"{BASELINE}, `net` of the table `totals`", "net dwellings added in the year, mean"
    yield Number(2, ENGLISH.number(growth[2026], 10), "goes from … in 2026", what, net)
    yield Number(2, ENGLISH.number(growth.loc[2033:2039].mean(), 50), "to about … in 2033-2039", f"{what}, to the nearest 50", net)


def tested() -> Iterator[Number]:
    """Yield the numbers of points 3 and 4: verdicts and contributions."""
    tests, paid = ran("baseline").tests, "contribution_total"
    first, *_, last = sorted(tests)
    judged = sum(tests[first][name].mean for name in VERDICTS)
    second = [test["category_2B"].mean for test in tests.values()]
    followers = {year: ENGLISH.number(tests[year]["category_1"].mean) for year in (first, last)}
    what = "municipalities in category 1 at that test, mean"
    yield Number(3, ENGLISH.number(judged), "Of … municipalities", "municipalities in category 1, 2A or 2B, mean", BASELINE)
    yield Number(3, followers[first], f"… follow their path at the first test ({first})", what, BASELINE)
    yield Number(3, followers[last], f"and … at the last ({last})", what, BASELINE)
    least_most = ENGLISH.band(min(second), max(second))
    yield Number(3, least_most, "; … are in category 2B at each test", "means of the tests, least and most", BASELINE)
    last_part = part(tests[last]["contribution"].mean / (MILLION * ran("baseline").outcomes[paid].mean()))
    yield Number(4, mean("baseline", paid, 1, MILLION), "about … million euro in all", "contributions on all tests, mean", BASELINE)
    yield Number(4, band("baseline", paid, 1, MILLION), "in all (…)", TENTHS, BASELINE)
    yield Number(4, last_part, "… of it on the last test", f"the part asked on the test of {last}", BASELINE)
    for name, sentence in (("response_none", "… million if not at all"), ("response_full", "… million if fully")):
        yield Number(4, mean(name, paid, 1, MILLION), sentence, "contributions on all tests, mean", f"`bso run {name}`")
        yield Number(4, mean(name, "realised_2042", 100), f"({name}; … dwellings)", COUNT, f"`bso run {name}`")


def assumed() -> Iterator[Number]:
    """Yield the numbers of points 5 and 6: what nobody publishes."""
    u, explained = baseline().uncertainties, "`bso explain parameters`"
    split = f"{BASELINE}, tables `totals`, `test_totals` and `replications`"
    few_many, little_much = "quarter of the replications with fewest `managers`, with most", "the same by `budget`"
    yield Number(5, ends(u.managers), ": … is assumed", "ends of `managers`", explained)
    yield Number(5, quarters("managers", "realised_2042", 100), "goes from … dwellings", f"{COUNT}: {few_many}", split)
    yield Number(5, quarters("managers", "verdicts_2B", 1), "2B verdicts from …", f"2B verdicts, mean: {few_many}", split)
    yield Number(5, in_words(len(ran("baseline").tests)), "over the … tests", "tests", LAW)
    yield Number(5, ends(u.budget), "(… million euro)", "ends of `budget`", explained)
    yield Number(5, quarters("budget", "realised_2042", 100), "moves it from …", little_much, split)
    count = load_region(baseline()).populations
    yield Number(6, ENGLISH.number(count), "; … plausible populations", "populations", "`sim/inputs/data/estimates.csv`")


def checked() -> Iterator[Number]:
    """Yield the numbers of points 7, 8, 9 and 12: projects, readings of the law, estimates."""
    projects, here = followed(), f"`python -m docs.tables --print numbers`, from {FEW} replications"
    of_size = f"the parameter `appeal` is that of one of {baseline().uncertainties.appeal_reference.value:g} dwellings"
    duration = "land in hand to delivery, mean"
    years = of_baseline().set_index("name")["value"][duration]
    yield Number(7, f"1 in {round(1 / projects.cancelled)}", "… projects is cancelled", "share of the projects that left MJP", here)
    appealed, crossed = ENGLISH.percent(projects.appealed), f"`bso crosschecks baseline`, {FEW} replications"
    yield Number(7, appealed, "… meet an appeal", f"share of the projects that came on MJP; {of_size}", here)
    yield Number(7, ENGLISH.number(years, 0.1), "takes … years on average", duration, crossed)
    found = pd.read_csv(READINGS).set_index(["reading", "option", "outcome"])
    counts = found["difference"].loc["realised", :, "dwellings"].abs()
    of_default, difference = (float(found[name]["category_2B", "both", "verdicts_2B"]) for name in ("of_default", "difference"))
    away, source = -difference / of_default, "`bso readings baseline`, kept in `docs/readings.csv`"
    many = in_words(len(type(baseline().law.readings).model_fields))
    yield Number(8, many, ": … readings and one number that is one are switches", "readings of the law", "`bso explain readings`")
    yield Number(8, NEARLY if away > 0.95 else part(away), "takes away … 2B verdict", "more than 95% of them", source)
    yield Number(8, ENGLISH.band(counts.min(), counts.max(), 100), "moves … dwellings", "`realised`: its other options", source)
    yield Number(9, ENGLISH.number(projects.size), "half of the new ones below …", "dwellings of a new project, median", here)
    region = load_region(baseline())
    province, sib = region.nis // 10_000, region.estimates["sib"].sum(axis=0)
    west = sum(region.estimates[name][0, province == WEST_VLAANDEREN].sum() for name in ("objective_regular", "sib"))
    reported = pd.read_csv(DATA / "regional_facts.csv").set_index("fact")["value"]["objective of West-Vlaanderen, of the 56,000"]
    share, estimates = sib[province == VLAAMS_BRABANT].sum() / sib.sum(), "`sim/inputs/data/estimates.csv`"
    yield Number(9, part(share), "… of the estimated SIB falls on Vlaams-Brabant", "of `sib`, all populations together", estimates)
    objective, most = int(baseline().law.values.objective.value), int(baseline().law.values.envelope_maximum.value)
    press, like = "`sim/inputs/data/regional_facts.csv`", float(reported) * objective / (objective + most)
    yield Number(12, ENGLISH.number(west, 100), "comes to …", "its objective in the central population", "`bso estimate --check`")
    yield Number(12, ENGLISH.number(objective), "of the … where", "the objective", LAW)
    yield Number(12, ENGLISH.number(float(reported)), "the press reported …", "of the objective and the voluntary dwellings", press)
    yield Number(12, ENGLISH.number(objective + most), "of the …, like", "the objective and the most voluntary dwellings", LAW)
    yield Number(12, ENGLISH.number(like, 100), "like for like …", "that figure as a part of the objective alone", press)


@cache
def numbers() -> str:
    """Return a row per number of the README's section on the baseline, in its order."""
    every = sorted([*realised(), *tested(), *assumed(), *checked(), *validated()], key=lambda number: number.point)
    return table(("point", "number", "in the README", "what it is", "from"), every)
