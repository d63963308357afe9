"""What all tests share: the baseline, and hypothesis without chance."""

import pytest
from hypothesis import settings

from sim.inputs.scenario.model import Scenario, load_scenario
from tests.support.project import BASELINE

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """The baseline scenario."""
    return load_scenario(BASELINE)
