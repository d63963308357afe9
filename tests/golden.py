"""Golden totals: what the baseline gave when the numbers last moved on purpose. `make golden` (python -m tests.golden) blesses them anew."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.scenario.model import load_scenario
from sim.runs.experiment import run_experiment
from sim.studies.forecast.evaluate import evaluate
from sim.studies.forecast.study import PUBLISHED
from tests.support.project import FORECAST

GOLDEN = Path(__file__).parent / "golden.json"
REPLICATIONS = 20


def totals() -> dict[str, Any]:
    """Return the summary of the baseline's first replications, each with its digest: of the forecast, and of the central values alone."""
    baseline = load_scenario(FORECAST, replications=REPLICATIONS)
    with tempfile.TemporaryDirectory() as folder:
        asked = {"drawn": baseline, "central": baseline.central}
        return {name: run_experiment(s, workers=1, out=Path(folder) / name).summary() for name, s in asked.items()}


def published(of: dict[str, Any]) -> str:
    """Return what `bso selftest` holds an installation against."""
    return (
        "# What the first replications of scenarios/baseline.toml give: the SHA-256 of all their rows. `bso selftest` computes them anew.\n"
        f"replications = {REPLICATIONS}\n"
        f'drawn = "{of["drawn"]["digest"]}" # every replication with a parameter set and a population of its own\n'
        f'central = "{of["central"]["digest"]}" # the scenario\'s own values alone\n'
        f'first = "{evaluate({}, FORECAST, 1).attrs["digests"][0]}" # the first of the drawn ones, which the plain model gives too\n'
    )


if __name__ == "__main__":
    before = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    now = totals()
    old, new = (pd.json_normalize(x).iloc[0].to_dict() if x else {} for x in (before, now))
    for key in new:
        if not str(key).endswith("tests") and old.get(key) != new[key]:
            print(f"{key}: {old.get(key)} -> {new[key]}")
    PUBLISHED.write_text(published(now), encoding="utf-8")
    GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{GOLDEN} is blessed; say in CHANGELOG.md what moved the numbers, and why")
