"""The numbers of the README on how far the forecast is to be trusted: the past, and what is not known."""

from collections.abc import Iterator

from docs.tables.numbered import Number, plus
from sim.inputs.estimate.past import STARTS
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.report.language import ENGLISH
from sim.studies.backtest.drawn import AS_IS, FIRST_EDITION
from sim.studies.backtest.drivers import ALL
from sim.studies.backtest.tables import backtested
from sim.studies.calibration.bands import KEPT as BANDS
from sim.studies.calibration.bands import read_bands
from sim.studies.sensitivity.study import KEPT as SENSITIVITY
from sim.studies.sensitivity.study import read_sensitivity
from sim.studies.sensitivity.words import named


def validated() -> Iterator[Number]:
    """Yield the numbers of the past, which rest on the backtest."""
    found = backtested().tables
    counted, scored = found["starts"].iloc[-1], found["scores"].to_dict("records")
    of_2008 = {row["outcome"]: row for row in scored if row["start"] == min(STARTS)}
    past, short, net = (of_2008[name] for name in ("category_1_2018", "missed_2018", "net_2023"))
    backtest, facts = "`bso backtest`", "`sim/inputs/data/outcomes.csv`"
    met = found["acceptance"]["met"]
    yield Number("passes", "it passes whole" if met.all() else "it does not pass whole", "whether all criteria are met", backtest)
    yield Number("met", str(int(met.sum())), "criteria that are met", backtest)
    yield Number("criteria", str(len(met)), "criteria of docs/backtest.md", backtest)
    yield Number("figures", str(counted["outcomes"]), "figures that fed no assumption", backtest)
    yield Number("held", str(counted["held_0.8"]), "of these, within the band", backtest)
    together = {row["edition"]: row for row in found["drivers"].to_dict("records") if row["driver"] == ALL}
    for edition, end in ((AS_IS, ""), (FIRST_EDITION, "_first")):
        row, what = together[edition], f"each driver one weight, {ENGLISH.name('edition', edition)}"
        yield Number(f"held_share{end}", ENGLISH.percent(row["held_0.8"]), f"in the 80% band, {what}", backtest)
        yield Number(f"score{end}", ENGLISH.number(row["ratio"], 0.01), f"score over the best naive one, {what}", backtest)
    yield Number("followed", ENGLISH.percent(past["mean"]), "category 1 in 2018, from 2008, mean", backtest)
    yield Number("followed_fact", ENGLISH.percent(past["fact"]), "what happened", facts)
    yield Number("done", ENGLISH.percent(1 - short["mean"]), "reached by 2018, from 2008, mean", backtest)
    yield Number("done_fact", ENGLISH.percent(1 - short["fact"]), "what happened", facts)
    yield Number("net_2023", ENGLISH.number(net["mean"], 100), "net dwellings by 2023, from 2008, mean", backtest)
    yield Number("net_2023_fact", ENGLISH.number(net["fact"], 10), "what happened", facts)
    likelier = "too low than too high" if net["mean"] < net["fact"] else "too high than too low"
    yield Number("likelier", likelier, "as `net_2023` is beside what happened", backtest)
    who = found["who"]
    ranks = who["rank"][who["edition"] == AS_IS].dropna()
    what = "Spearman's correlation of forecast and fact, least and most of all starts and figures"
    yield Number("who", ENGLISH.band(ranks.min(), ranks.max(), 0.01), what, backtest)


def not_known() -> Iterator[Number]:
    """Yield the numbers of what is not known, which rest on the kept studies of the baseline."""
    known, ranges = uncertain_parameters().values(), "`sim/inputs/scenario/ranges.toml`"
    yield Number("uncertain", str(len(known)), "parameters with a range", ranges)
    yield Number("assumed", str(sum(u.status == "assumed" for u in known)), "of these, whose range is assumed", ranges)
    shares = read_bands(BANDS).tables["table"].set_index("outcome")["not_knowing"]
    what, bands = "share of the variance of `{}` between parameter sets", "`bso bands`, kept in `results/reference/bands`"
    outcomes = {"not_knowing": "realised_at_end", "not_knowing_2B": "municipalities_2B", "not_knowing_paid": "contribution_total"}
    for name, outcome in outcomes.items():
        yield Number(name, ENGLISH.percent(shares[outcome]), what.format(outcome), bands)
    study = read_sensitivity(SENSITIVITY)
    source = "`bso sensitivity baseline --method sobol`, kept in `results/reference/sensitivity`"
    ends = {outcome: study.of("ends", outcome) for outcome in ("realised_at_end", "verdicts_2B")}
    of_swing = {"managers_dwellings": ("managers", 100), "managers_2B": ("managers", 1), "budget_dwellings": ("budget", 100)}
    for name, (parameter, step) in of_swing.items():
        outcome = "verdicts_2B" if name.endswith("2B") else "realised_at_end"
        changed = f"`{outcome}`, from the low end of the range of `{parameter}` to the high one"
        yield Number(name, plus(ends[outcome][parameter]["swing"], step), changed, source)
    yield Number("find_out", named(study, study.collect_first(), ENGLISH), "what matters and is only assumed", source)
    most = max(study.known, key=lambda name: abs(ends["realised_at_end"][name]["swing"]))
    title = f"{ENGLISH.title(study.known[most])} ({study.status(most)})"
    yield Number("heaviest", title, "the parameter whose ends are furthest apart in `realised_at_end`, and its status", source)
