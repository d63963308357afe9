"""What a scenario decides of the region itself: which companies become one, and which municipalities get no objective."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.errors import InputError, refuse_unknown
from sim.inputs.municipalities import refuse_unknown_code
from sim.inputs.region.model import Region, Whole
from sim.inputs.scenario.model import Exempt
from sim.rules.apportion import largest_remainder


def owners_after(merge: Mapping[str, Sequence[str]], owners: Sequence[str], file: Path) -> list[str]:
    """Return the company of every municipality once companies have become one. `file`: of the scenario that says so, for messages.

    Raises InputError for a company that does not exist or is in two mergers, one alone, and a name that another company has.
    """
    after = dict(zip(owners, owners, strict=True))
    seen: set[str] = set()
    for name, members in merge.items():
        place = f"merge.{name}"
        for member in members:
            refuse_unknown(member, after, file, place, "company")
            if member in seen:
                raise InputError(file, place, f"{member} stands twice; a company may be in one merger only")
            seen.add(member)
            after[member] = name
        if len(members) < 2:
            raise InputError(file, place, f"found {len(members)} company; at least two are needed")
    for name in merge:
        for other in (*(set(after) - seen), *(set(merge) - {name})):
            if _letters(other) == _letters(name):
                raise InputError(file, f"merge.{name}", f"another company is called {other}; another name is needed")
    return [after[owner] for owner in owners]


def _letters(name: str) -> str:
    """Return what tells a name from others where it names a folder or file."""
    return "".join(filter(str.isalnum, name)).casefold()


def exempted(region: Region, exempt: Exempt, inhabitants: Whole, file: Path) -> Region:
    """Return the region in which the municipalities that a scenario exempts have no objective, now or later. `file`: of that scenario.

    Without households and target group of the future the objective's formula gives them nothing, also when it is solved again.
    Raises InputError for a code that is not known, and when nobody is exempt or nobody is left to carry an objective.
    """
    if exempt.inhabitants_below is not None:
        out, place = inhabitants < exempt.inhabitants_below, "exempt.inhabitants_below"
    else:
        codes, place = exempt.municipalities or [], "exempt.municipalities"
        for code in codes:
            refuse_unknown_code(code, region.nis.tolist(), file, place)
        out = np.isin(region.nis, codes)
    regular = region.estimates["objective_regular"]
    if not out.any():
        raise InputError(file, place, f"found {exempt.inhabitants_below}; more than {inhabitants.min()}, else nobody is exempt")
    if not regular[:, ~out].any(axis=1).all():
        raise InputError(file, place, f"{out.sum()} municipalities; at least one with an objective must be left")
    later = (region.households_2042, region.households_of("2042"))
    households, earlier = (np.where(out, 0, projected) for projected in later)
    who = out, exempt.redistributed
    estimates = without_objective(region.estimates, *who)
    return replace(region, estimates=estimates, households_2042=households, a_year_earlier=earlier, exempt=who)


def without_objective(estimates: Mapping[str, Whole], out: NDArray[np.bool_], redistributed: bool) -> dict[str, Whole]:
    """Return estimates in which these municipalities (bool[M]) have no objective, and the others what they lose, if it is redistributed."""
    estimates = {name: values.copy() for name, values in estimates.items()}
    regular, sib = estimates["objective_regular"], estimates["sib"]
    lost = (regular + sib)[:, out].sum(axis=1)
    for name in ("objective_regular", "sib", "target_group"):
        estimates[name][:, out] = 0
    if redistributed:
        parts = np.zeros(len(out), np.int64)
        for p, dwellings in enumerate(lost.tolist()):
            largest_remainder(dwellings, regular[p], parts)
            regular[p] += parts
    return estimates
