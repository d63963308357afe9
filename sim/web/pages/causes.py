"""What would have prevented each verdict of 2B: its class, as the attribution of `bso compare` gives it, counted."""

from collections.abc import Mapping

import pandas as pd

from sim.inputs.scenario.changes import counterfactuals
from sim.report import estimates
from sim.report.language import Language
from sim.report.parts import Head, Table
from sim.runs.tally import Tally
from sim.studies.compare import attribution
from sim.web import charts
from sim.web.figures import Block, Figure

CAUSES = "voorkomen"  # the name of the figure


def causes(answer: Tally, reliefs: Mapping[str, Tally], language: Language) -> list[Block]:
    """Return what would have prevented the verdicts of 2B, as a figure and a table. `reliefs`: the same scenario with each relief."""
    count = min(len(tally.digests) for tally in (answer, *reliefs.values()))
    judged, prevented = attribution.verdicts(answer, reliefs)
    shares = attribution.shares(judged, prevented)
    if not judged.any():
        return []
    by_side = shares[shares["by"] == "control"].set_index("class")["share"]
    return [_figure(shares, by_side, answer, count, language), _table(shares, count, language)]


def called(name: str, language: Language) -> str:
    """Return what a class of verdicts is called, by the relief that alone would have prevented them."""
    return language.title(counterfactuals()[name]) if name in counterfactuals() else language.name("web", f"prevented_{name}")


def _figure(shares: pd.DataFrame, by_side: "pd.Series[float]", answer: Tally, count: int, language: Language) -> Figure:
    name, rows = language.name, shares[shares["by"] == "relief"].to_dict("records")
    bars = [(called(row["class"], language), float(row["share"]), language.percent(row["share"])) for row in rows]
    title = name("web", "prevented_title", **{side: language.percent(float(by_side[side])) for side in ("inside", "outside")})
    return Figure(
        CAUSES,
        title,
        name("web", "prevented_reading", count=language.number(count)),
        estimates.source_of(answer.manifest, language),
        lambda width: charts.lengths(bars, width),
        [name("web", head) for head in ("prevented_by", "prevented_verdicts", "prevented_share")],
        [[called(row["class"], language), round(row["verdicts"], 1), round(row["share"], 3)] for row in rows],
    )


def _table(shares: pd.DataFrame, count: int, language: Language) -> Table:
    name, sides = language.name, ("inside", "outside", "both", "none")
    rows = [
        [language.name("control", row["class"]), language.number(row["verdicts"], 0.1), language.percent(row["share"])]
        for row in shares[shares["by"] == "control"].set_index("class", drop=False).loc[list(sides)].to_dict("records")
    ]
    heads = [
        Head(name("web", "prevented_hands"), False),
        *(Head(name("web", f"prevented_{head}")) for head in ("verdicts", "share")),
    ]
    return Table(
        "voorkomen-tabel", name("web", "prevented_table"), heads, rows, name("web", "prevented_note", count=language.number(count))
    )
