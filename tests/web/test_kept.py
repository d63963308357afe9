"""The forecast that the package carries is that of this version."""

import numpy as np
import pandas as pd
import pytest

from sim.inputs.errors import InputError
from sim.runs import places
from sim.runs.tally import counted, from_bytes, joined
from sim.web.kept import FOLDER, TALLY, WORK, kept
from sim.web.levers import base

FEW = 4


def test_what_is_kept_is_what_is_computed() -> None:
    """The first replications, computed anew in two pieces, are those that are kept, to the bit."""
    fresh, held = joined([counted(base(), 3), counted(base(), FEW - 3, 3)]), kept().tally.first(FEW)
    assert fresh.digests == held.digests
    assert fresh.manifest["digest"] == held.manifest["digest"]
    assert {**fresh.facts, "scenario": "", "standing": ""} == {**held.facts, "scenario": "", "standing": ""}
    pd.testing.assert_frame_equal(fresh.outcomes, held.outcomes)
    for name, rows in fresh.arrays.items():
        np.testing.assert_array_equal(rows, held.arrays[name], name)


def test_municipalities_and_companies_are_of_the_same_replications() -> None:
    """Chances of the kept tables are those of the kept tally."""
    held = kept()
    assert held.places.facts["digest"] == held.tally.manifest["digest"]
    chances = places.chances({"": held.tally}, held.region).set_index(["test", "nis"])["2B"]
    of_places = held.places.tables["tests"].set_index(["test", "nis"])["2B"].dropna()
    np.testing.assert_allclose(chances.loc[of_places.index], of_places, atol=1e-5)
    assert {*WORK} < {*held.companies.columns}
    assert sorted(held.companies["company"].unique()) == sorted(held.region.company_names)


def test_a_changed_byte_is_found() -> None:
    content = (FOLDER / TALLY).read_bytes()
    changed = content[:-1] + bytes([content[-1] ^ 1])
    with pytest.raises(InputError, match="damaged"):
        from_bytes(changed, FOLDER / TALLY)
