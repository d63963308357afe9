"""Studies of the baseline that take too long to run again for every page: kept in results/reference, small, and quoted from there.

`make reference` makes them anew; tests run a part of each again and hold it against what is kept, to the last digit.
"""

from collections.abc import Mapping
from typing import Any

from sim.inputs.toml import LIBRARY
from sim.study.bands import Bands, read_bands
from sim.study.job import forecast_key
from sim.study.sensitivity_found import Sensitivity, read_sensitivity

REFERENCE = LIBRARY.parent / "results" / "reference"
BANDS, SENSITIVITY = REFERENCE / "bands", REFERENCE / "sensitivity"


def kept_bands(experiment: Mapping[str, Any]) -> Bands | None:
    """Return the kept forecast of the same scenario and data with what is not known carried into it; None for any other."""
    if not experiment or not BANDS.is_dir():  # results of nothing known, or a copy without the repository's results
        return None
    found = read_bands(BANDS)
    return found if found.facts["forecast"] == forecast_key(experiment) else None


def kept_sensitivity() -> Sensitivity | None:
    """Return the kept study of what matters in the baseline; None in a copy without the repository's results."""
    return read_sensitivity(SENSITIVITY) if SENSITIVITY.is_dir() else None
