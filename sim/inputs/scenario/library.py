"""The library of scenarios and sweeps: `scenarios` in the working directory, or that of the project."""

from pathlib import Path

from sim.inputs.errors import InputError, nearest
from sim.inputs.scenario.model import Scenario, load_scenario, validated
from sim.inputs.scenario.toml import LIBRARY


def library_folder() -> Path:
    """Return the folder of the library."""
    here = Path("scenarios")
    return here if here.is_dir() else LIBRARY


def library(sweeps: bool = False) -> list[Path]:
    """Return the scenario files of the library, or its files of sweeps, in `sweeps`."""
    files = sorted(library_folder().glob("**/*.toml"))
    return [file for file in files if (file.parent.name == "sweeps") == sweeps]


def find_scenario(name: str | Path) -> Path:
    """Return a scenario file by its path, or by its name in the library. Raises InputError with the nearest name."""
    return _found(Path(name), library(), "scenario")


def find_sweep(name: str | Path) -> Path:
    """Return the file of a sweep by its path, or by its name in the library. Raises InputError with the nearest name."""
    return _found(Path(name), library(sweeps=True), "sweep")


def scenario_of(
    given: str | Path | Scenario, seed: int | None = None, replications: int | None = None, sampling: str | None = None
) -> Scenario:
    """Return a scenario, read where it is given as a file or by its name in the library. Raises InputError for what cannot be.

    >>> baseline = scenario_of("baseline", replications=50)
    >>> baseline.replications, baseline.months, baseline.levers.managers_scale.value
    (50, 204, 1.0)
    """
    if isinstance(given, Scenario):
        changes = {"seed": seed, "replications": replications, "sampling": sampling}
        asked = {name: value for name, value in changes.items() if value is not None}
        return validated(Scenario, {**dict(given), **asked}, Path(given.name)) if asked else given
    return load_scenario(find_scenario(given), seed, replications, sampling)


def _found(name: Path, files: list[Path], what: str) -> Path:
    if name.exists() or name.suffix:
        return name
    found = {path.stem: path for path in files}
    if str(name) not in found:
        folder = " or folder of results" if what == "scenario" else ""
        raise InputError(name, "", f"no such {what}{folder}; {nearest(str(name), found)}")
    return found[str(name)]
