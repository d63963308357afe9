"""Other rhythms of tests beside the draft, under conditions that nobody knows, and who is to blame for its 2B verdicts: `make rhythms` runs
them and keeps docs/rhythms.csv and docs/blame.csv."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from docs.tables.numbered import MILLION
from sim.inputs.scenario.model import Scenario, changed, load_scenario
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.toml import LIBRARY
from sim.runs.differences import differences
from sim.runs.experiment import run_experiments
from sim.studies.compare.options import load_options
from sim.studies.compare.study import AS_IS, compare_scenarios

KEPT, BLAME = (LIBRARY.parent / "docs" / name for name in ("rhythms.csv", "blame.csv"))
DRAFT, DRAWN, REPLICATIONS = "baseline", "drawn", 200
OUTCOMES = {
    "dwellings": ("realised_at_end", 1.0),
    "in_2B": ("municipalities_2B", 1.0),
    "million_euro": ("contribution_total", MILLION),
}


class Condition(NamedTuple):
    """What nobody knows: the response to tests and the share of municipalities that list plans on paper (each as it is held, or drawn), and
    the reading of the yearly measurement."""

    response: str
    paper: str
    yearly_measurement: str

    @property
    def changes(self) -> dict[str, Any]:
        """What a scenario says of it."""
        fixed: dict[str, Any] = {} if self.response == DRAWN else {"response": {"constant": float(self.response)}}
        reading = {"yearly_measurement": {"value": self.yearly_measurement}}
        if self.paper != DRAWN:
            share = float(self.paper)
            fixed["paper"] = {"value": share, "range": [share, share]}  # held there, also where it is the baseline's
        return {**({"uncertainties": fixed} if fixed else {}), "law_changes": {"readings": reading}}


@cache
def scenarios() -> dict[str, Scenario]:
    """Return the draft and the rhythms of the library by name, the draft first."""
    files = (LIBRARY / f"{DRAFT}.toml", *sorted((LIBRARY / "rhythms").glob("*.toml")))
    return {path.stem: load_scenario(path) for path in files}


def conditions() -> tuple[Condition, list[Condition]]:
    """Return the forecast's own condition; and the ends of all three, crossed."""
    draft, paper = scenarios()[DRAFT], uncertain_parameters()["paper"]
    reading = draft.law.readings.yearly_measurement
    readings = sorted(map(str, reading.options), key=lambda option: option != reading.value)
    crossed = [Condition(*ends) for ends in product(("0", "1"), (f"{paper.low:g}", f"{paper.high:g}"), readings)]
    return Condition(DRAWN, DRAWN, readings[0]), crossed


def under(condition: Condition) -> dict[str, Scenario]:
    """Return the draft and the rhythms by name under a condition, as they are run."""
    asked = {}
    for name, scenario in scenarios().items():
        lean = scenario.without_histories().model_copy(update={"replications": REPLICATIONS})
        asked[name] = changed(lean, condition.changes, name, "docs.tables.rhythm_runs")
    return asked


def compared(condition: Condition) -> Iterator[dict[str, Any]]:
    """Run every rhythm and the draft under a condition with the same draws; yield a row per rhythm: its differences from the draft, with the
    95% intervals, and its place among all by dwellings, the draft included."""
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        runs = run_experiments(under(condition), folder)
        table = differences(runs[DRAFT], {name: results for name, results in runs.items() if name != DRAFT})
    realised = table[table["outcome"] == OUTCOMES["dwellings"][0]].set_index("option")
    means = pd.concat([realised["value"], pd.Series({DRAFT: realised["base"].iloc[0]})])
    places = means.rank(ascending=False, method="min").astype(int)
    found = table.set_index(["option", "outcome"])
    for name in realised.index:
        row: dict[str, Any] = {"rhythm": name, **condition._asdict(), "place": places[name], "draft_place": places[DRAFT]}
        for outcome, (of, scale) in OUTCOMES.items():
            numbers = found.loc[(name, of), ["base", "difference", "low95", "high95"]].astype(float) * scale
            row |= dict(zip((f"{outcome}_draft", outcome, f"{outcome}_low95", f"{outcome}_high95"), numbers, strict=True))
        yield {**row, "replications": int(found.loc[(name, of), "replications"]), "seed": scenarios()[DRAFT].seed}


def blame() -> pd.DataFrame:
    """Return of the draft: the dwellings that are missing in 2042, what each relief would add, the share of the 2B verdicts that each side
    alone would have prevented."""
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        draft = compare_scenarios(load_options([LIBRARY / f"{DRAFT}.toml"], replications=REPLICATIONS), Path(folder))
        results, tables = draft.runs[DRAFT][AS_IS], draft.tables
        missing = (results.last_year("objective") - results.last_year("bso")).mean()
    added = tables["reliefs"].set_index("relief")["difference"]
    sides = tables["blame"].query("by == 'control'").set_index("class")["share"]
    rows = [("missing", "all", missing), *(("adds", *row) for row in added.items()), *(("share", *row) for row in sides.items())]
    return pd.DataFrame(rows, columns=["what", "of", "value"]).round(3)


def main() -> None:
    """Run all conditions and keep what is found (some minutes)."""
    own, crossed = conditions()
    rows = [row for condition in (own, *crossed) for row in compared(condition)]
    pd.DataFrame(rows).round(3).to_csv(KEPT, index=False, lineterminator="\n")
    blame().to_csv(BLAME, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
