"""The numbers of the README on how far the forecast is to be trusted: the past, and what is not known."""

from collections.abc import Iterator

from docs.tables.numbered import GAP, MILLION, Number
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
    """Yield the numbers of points 10 and 11, and what point 1 says of the latter: the past, and what is not known."""
    found = backtested().tables
    counted, scored = found["starts"].iloc[-1], found["scores"].to_dict("records")
    of_2008 = {row["outcome"]: row for row in scored if row["start"] == min(STARTS)}
    past, short, net = (of_2008[name] for name in ("category_1_2018", "missed_2018", "net_2023"))
    backtest = "`bso backtest`"
    yield Number(10, ENGLISH.percent(past["mean"]), "lets … of the", "category 1 in 2018, from 2008, mean", backtest)
    facts = "`sim/inputs/data/outcomes.csv`"
    yield Number(10, ENGLISH.percent(past["fact"]), "where … did", "what happened", facts)
    yield Number(10, ENGLISH.percent(1 - short["mean"]), "only … have reached", "reached by 2018, from 2008, mean", backtest)
    yield Number(10, ENGLISH.percent(1 - short["fact"]), "where … had", "what happened", facts)
    yield Number(10, ENGLISH.number(net["mean"], 100), "it has … net dwellings", "net dwellings by 2023, from 2008, mean", backtest)
    yield Number(10, ENGLISH.number(net["fact"], 10), "where … were", "what happened", facts)
    met = found["acceptance"]["met"]
    yield Number(10, str(int(met.sum())), "meets … of", "criteria that are met", backtest)
    yield Number(10, str(len(met)), "of … criteria", "criteria of docs/backtest.md", backtest)
    yield Number(10, str(counted["outcomes"]), "of … figures", "figures that fed no assumption", backtest)
    yield Number(10, str(counted["held_0.8"]), "80% bands hold …", "of these, within the band", backtest)
    together = {row["edition"]: row for row in found["drivers"].to_dict("records") if row["driver"] == ALL}
    sentences = {AS_IS: ("hold … of them", "the score is … times"), FIRST_EDITION: ("it held …", "its score was … times")}
    for edition, (held, score) in sentences.items():
        of_edition, what = together[edition], f"each driver one weight, {ENGLISH.name('edition', edition)}"
        yield Number(10, ENGLISH.percent(of_edition["held_0.8"]), held, f"in the 80% band, {what}", backtest)
        yield Number(10, ENGLISH.number(of_edition["ratio"], 0.01), score, f"score over the best naive one, {what}", backtest)
    kept = {row["outcome"]: row for row in read_bands(BANDS).tables["table"].to_dict("records")}
    count, ranges = str(len(uncertain_parameters())), "`sim/inputs/scenario/ranges.toml`"
    yield Number(1, count, "With … uncertain parameters", "parameters with a range", ranges)
    yield Number(11, count, "With … uncertain parameters", "parameters with a range", ranges)
    bands, mean = "`bso bands`, kept in `results/reference/bands`", "mean over all parameter sets"
    rows = [("realised_2042", 100, 1.0, "… dwellings count"), ("municipalities_2B", 1, 1.0, "… municipalities are in 2B")]
    for outcome, step, scale, sentence in (*rows, ("contribution_total", 1, MILLION, "pay … million euro")):
        row = kept[outcome]
        written = ENGLISH.number(scale * row["mean"], step)
        band = ENGLISH.band(scale * row["p10"], scale * row["p90"], step)
        yield Number(11, written, sentence, mean, bands)
        yield Number(11, band, f"({GAP})", f"`{outcome}`, 10th to 90th percentile of all", bands)
        if outcome == "realised_2042":
            yield Number(1, written, "(bso bands, below): …", mean, bands)
            yield Number(1, band, f"(bso bands, below): {written} (…)", "10th to 90th percentile of all", bands)
    not_knowing = ENGLISH.percent(kept["realised_2042"]["not_knowing"])
    yield Number(11, not_knowing, "… of the variance", "share of the variance between parameter sets", bands)
    study, kept_study = read_sensitivity(SENSITIVITY), "kept in `results/reference/sensitivity`"
    first = named(study, study.collect_first(), ENGLISH)
    said = "what matters and is only assumed"
    yield Number(11, first, "(bso sensitivity): ….", said, f"`bso sensitivity baseline --method sobol`, {kept_study}")
