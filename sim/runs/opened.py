"""The scenario and the region that results were made from."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.inputs.tables import digest as data_digest
from sim.runs.store import IDENTITY


def scenario_of(content: dict[str, Any], folder: Path) -> Scenario:
    """Return the scenario that an experiment keeps of itself. Raises InputError when this version no longer understands it."""
    law = content["law"]
    values = {name: {"from" if k == "since" else k: v for k, v in value.items()} for name, value in law["values"].items()}
    whole = {**content, "law": {**law, "values": values}, "outcomes": {"histories": 0}, "replications": 1}
    try:
        return Scenario.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(
            folder / IDENTITY, place, f"not understood by this version ({error.errors()[0]['msg']}); run the scenario again"
        ) from None


def region_of(scenario: Scenario, files: dict[str, str], folder: Path) -> Region:
    """Return the region that an experiment was made with: the package's data and the user's own tables, if any, found by their name.

    Raises InputError when one of them is not there, or has other bytes than it had then.
    """
    places = [Path(), Path("scenarios"), folder, folder.parent, folder.parent.parent / "scenarios"]
    for key, what in (("official", "official figures"), ("swaps", "swaps of objectives")):
        table = getattr(scenario, key)
        if table is None:
            continue
        paths = (place / table.file for place in places)
        found = next((path for path in paths if path.is_file() and data_digest(path) == files.get(path.name)), None)
        if found is None:
            raise InputError(folder, "", f"needs the {what} of this run, {Path(table.file).name}; put that file beside the results")
        scenario = scenario.model_copy(update={key: table.model_copy(update={"file": str(found.absolute())})})
    region = load_region(scenario)
    other = [name for name, kept in files.items() if region.files.get(name) != kept]
    if other:
        raise InputError(folder, "", f"made with another {other[0]} than the one here; run the scenario again")
    return region
