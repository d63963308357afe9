"""What naive forecasters say of a test, who know the tests of the old scheme and nothing of any municipality: whom a record has to beat."""

import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import DATA
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.inputs.tables import digest
from sim.studies.backtest.naive import known_value
from sim.studies.records.record import COUNTED, FOLDER, Array, commit, write_record
from sim.tracing.trace import tests_of

TESTS = (2014, 2016, 2018)  # whose verdicts are known, as shares of municipalities; that of 2014 counted homes for sale as well
WHAT = {  # what each of them says
    "as in 2018": "the shares of the test of 2018, the last that is known",
    "line of tests": "the least-squares line through the shares of the tests of 2014, 2016 and 2018, drawn on to this test",
    "even chance": "an even chance of every category",
}


def naive_shares(test: int) -> dict[str, Array]:
    """Return what each naive forecaster says of a test: float64[3], the chance of 1, 2A and 2B of every municipality with a verdict."""
    past = np.array([[known_value(f"category_{name.lower()}_{year}") for name in COUNTED] for year in TESTS])
    years = np.array(TESTS) - np.mean(TESTS)
    line = past.mean(axis=0) + (years @ past) / (years @ years) * (test - np.mean(TESTS))
    said = {"as in 2018": past[-1], "line of tests": line.clip(0, 1), "even chance": np.ones(len(COUNTED))}
    return {name: shares / shares.sum() for name, shares in said.items()}


def register_naive(test: int = 2028, out: str | Path = FOLDER, day: datetime.date | None = None) -> list[Path]:
    """Write what every naive forecaster says of a test on record, each a record of its own, and return their files.

    `out`: folder of records. `day`: default today (UTC). The same day, program and data give the same files. Raises InputError for what is no
    test of the draft, and for what is on record already.
    """
    day, law = day or datetime.datetime.now(datetime.UTC).date(), load_scenario(LIBRARY / "baseline.toml").law
    if test not in tests_of(law):
        raise InputError("--test", "", f"found {test}; the tests of the draft: {', '.join(map(str, tests_of(law)))}")
    places = pd.read_csv(DATA / "municipalities.csv")[["nis", "name"]].rename(columns={"name": "municipality"})
    written = []
    for name, shares in naive_shares(test).items():
        said = dict(zip(COUNTED, shares.tolist(), strict=True))
        content = {
            "forecast": f"verdicts of the progress test of {test}, the same for every municipality that has one",
            "test": test,
            "registered": day.isoformat(),
            "naive": name,
            "title": WHAT[name],
            "version": version("bso-sim"),
            "law": str(law.date),
            "commit": commit(),
            "data": {file: digest(DATA / file) for file in ("municipalities.csv", "outcomes.csv")},
            "scored_by": "bso score VERDICTS.csv",
            "flanders": {category: {"share": share} for category, share in said.items()},
        }
        chances = places.assign(**{f"chance_{category}": share for category, share in said.items()})
        stem = f"test-{test}-{day.isoformat()}-naive-{name.replace(' ', '-')}"
        written.append(write_record(Path(out), stem, content, chances, {}))
    return written
