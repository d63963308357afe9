"""Means that a company has of its own: they change its municipalities, and nobody else's while none is shared; what cannot be is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import build_model, replicate
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import Scenario
from tests.support.company import COMPANY, having


def years(scenario: Scenario, number: int) -> Any:
    """Return the municipalities' years of a replication."""
    return replicate(build_model(scenario, load_region(scenario)), number).years


@pytest.mark.parametrize(
    ("few", "many"),
    [("managers=1 finance=30", "managers=30 finance=30"), ("finance=2", "finance=200"), ("finance=30", "finance=30 land=100")],
)
def test_more_means_change_only_their_company(tmp_path: Path, few: str, many: str) -> None:
    """To the last bit, for three replications; and they do change it, for the better where no opportunity is lacking."""
    more = 'uncertainties.opportunities.value = "unlimited"'
    region = load_region()
    members = region.company == region.company_names.index(COMPANY)
    gained = 0
    for number in range(3):
        one, two = (years(having(tmp_path, means, more=more), number) for means in (few, many))
        different = (one != two).any(axis=0)
        assert not different[~members].any()
        assert different[members].any()
        gained += int(two["realised"][-1][members].sum()) - int(one["realised"][-1][members].sum())
    assert gained > 0


def test_managers_of_its_own_are_its_slots(tmp_path: Path) -> None:
    """Six managers with four projects each: 24 slots in every year, whatever Flanders has."""
    scenario = having(tmp_path, "managers=6")
    history = replicate(build_model(scenario, load_region(scenario)), 1)
    slots = history.companies["slots"][:, load_region().company_names.index(COMPANY)]
    assert np.unique(slots).tolist() == [24]


@pytest.mark.parametrize(
    ("means", "company", "more", "message"),
    [
        ("managers=6", "Dender-Zuid", "", "companies.Dender-Zuid: no such company; did you mean 'WM Dender-Zuid'"),
        ("managers=-1", COMPANY, "", "managers.value: found -1"),
        ("people=6", COMPANY, "", "unknown key"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, means: str, company: str, more: str, message: str) -> None:
    """With the place and what is allowed."""
    with pytest.raises(InputError) as error:
        load_region(having(tmp_path, means, company, more))
    assert message in str(error.value)
