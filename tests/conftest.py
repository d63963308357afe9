"""What all tests share: the project's folder, the baseline, and hypothesis without chance."""

from pathlib import Path

import pytest
from hypothesis import settings

from sim.inputs.scenario import Scenario, load_scenario

ROOT = Path(__file__).parent.parent
BASELINE = ROOT / "scenarios" / "baseline.toml"

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The baseline scenario."""
    return load_scenario(BASELINE)
