"""The table of the cross-checks in the docs."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.report.markdown import table
from sim.studies.crosschecks.study import crosschecks as run


@cache
def of_baseline() -> pd.DataFrame:
    """Return every cross-check of the baseline."""
    with TemporaryDirectory(prefix="bso-sim-") as folder:
        return run(load_scenario(LIBRARY / "baseline.toml"), out=Path(folder)).tables["checks"]


def crosschecks() -> str:
    """Return every cross-check of the baseline with its verdict."""
    rows = []
    for row in of_baseline().to_dict("records"):
        digits = {"years": 1, "share": 3}.get(row["unit"], 0)
        between = f"{row['low']:,.{digits}f} to {row['high']:,.{digits}f}".replace(" to inf", " or more")
        model = f"{row['value']:,.{digits}f} {row['unit']}"
        rows.append([row["name"], model, "" if math.isnan(row["low"]) else between, row["verdict"], row["kind"], row["source"]])
    return table(["check", "model", "should be", "", "kind", "source"], rows)
