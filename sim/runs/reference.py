"""Studies of the baseline that take too long to run again for every page: kept in results/reference, small, and quoted from there.

`make reference` makes them anew; tests run a part of each again and hold it against what is kept, to the last digit.
"""

from sim.inputs.scenario.toml import LIBRARY
from sim.studies.calibration.bands import Bands, read_bands
from sim.studies.sensitivity.result import Sensitivity, read_sensitivity

REFERENCE = LIBRARY.parent / "results" / "reference"
BANDS, SENSITIVITY = REFERENCE / "bands", REFERENCE / "sensitivity"


def kept_bands(forecast: str | None) -> Bands | None:
    """Return the kept bands of a forecast (`forecast_key`); None for any other, and in a copy without the repository's results.

    Raises InputError when they are damaged.
    """
    if not BANDS.is_dir():
        return None
    found = read_bands(BANDS)
    return found if found.facts["forecast"] == forecast else None


def kept_sensitivity() -> Sensitivity | None:
    """Return the kept study of what matters in the baseline; None in a copy without the repository's results. Raises InputError when damaged."""
    return read_sensitivity(SENSITIVITY) if SENSITIVITY.is_dir() else None
