"""The municipalities of each company."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.region.load import load_region
from sim.studies.result import Result


@dataclass(frozen=True)
class Toy(Result):
    """Companies with their municipalities."""

    ANSWER = "toy.json"
    SUMMED = ("companies",)


def toy(out: str | Path | None = None) -> Toy:
    """Return how many municipalities each company serves, and write it to `out` (default results/toy)."""
    region = load_region()
    counts = np.bincount(region.company, minlength=len(region.company_names))
    table = pd.DataFrame({"company": region.company_names, "municipalities": counts})
    found = Toy(Path(out or "results/toy"), {"municipalities": len(region.nis)}, {"companies": table})
    found.write()
    return found
