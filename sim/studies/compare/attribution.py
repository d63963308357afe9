"""Who is to blame? For every verdict of 2B, which single relief would have prevented it, in the same replication with the same draws.

A relief is given to all municipalities at once. A verdict that one relief alone prevents is that relief's; `several`: more than one would,
each by itself; `none`: none does. Effort lies inside a municipality's control, the other reliefs outside it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.scenario.changes import reliefs
from sim.runs.outcomes import CATEGORY_2B, categories, municipalities_of
from sim.runs.places import at_end
from sim.runs.results import Results

SEVERAL, NONE = "several", "none"
CLASSES = (*reliefs(), SEVERAL, NONE)
SIDES = ("inside", "outside", "both", "none")


def verdicts(base: Results, relieved: Mapping[str, Results]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the verdict is 2B (bool[replications, tests, municipalities]) and which reliefs prevent it (bool[reliefs, ...the same]).

    Only replications that all the runs have.
    """
    count = len(municipalities_of(base))
    common = sorted(set(base.replications).intersection(*(set(r.replications) for r in relieved.values())))
    judged = _of(base, count, common) == CATEGORY_2B
    return judged, np.stack([judged & (_of(relieved[name], count, common) != CATEGORY_2B) for name in reliefs()])


def _of(results: Results, count: int, replications: list[int]) -> NDArray[np.int8]:
    """Return the categories of some replications."""
    place = {number: i for i, number in enumerate(results.replications)}
    return categories(results, count)[[place[number] for number in replications]]


def classes(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the class of every verdict, its index in CLASSES; -1 where it is not 2B."""
    how_many = prevented.sum(axis=0)
    found = np.where(how_many == 1, prevented.argmax(axis=0), CLASSES.index(SEVERAL))
    found = np.where(how_many == 0, CLASSES.index(NONE), found)
    return np.where(judged, found, -1).astype(np.int8)


def sides(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return for every verdict in whose control what prevents it lies, its index in SIDES; -1 where it is not 2B.

    `inside`: only more effort; `outside`: only what is not the municipality's, one relief or several; `both`: either would do.
    """
    inside = np.array([relief.control == "inside" for relief in reliefs().values()])
    mine, others = prevented[inside].any(axis=0), prevented[~inside].any(axis=0)
    return np.where(judged, np.select([mine & ~others, others & ~mine, mine & others], [0, 1, 2], 3), -1).astype(np.int8)


def shares(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> pd.DataFrame:
    """Return a row per class and per side: verdicts of 2B per replication, all tests together, and their share; `prevents`: the share of all
    verdicts that this relief prevents, whatever else would."""
    of_class, of_side = classes(judged, prevented), sides(judged, prevented)
    total = max(int(judged.sum()), 1)
    prevents = [float(one.sum()) / total for one in prevented] + [np.nan] * 2
    control = [relief.control for relief in reliefs().values()] + [SEVERAL, NONE]
    rows: list[dict[str, object]] = []
    for by, names, found in (("relief", CLASSES, of_class), ("control", SIDES, of_side)):
        for k, name in enumerate(names):
            count = int((found == k).sum())
            more = {"control": control[k], "prevents": prevents[k]} if by == "relief" else {"control": name, "prevents": np.nan}
            rows.append({"by": by, "class": name, **more, "verdicts": count / max(len(judged), 1), "share": count / total})
    return pd.DataFrame(rows)


def by_municipality(judged: NDArray[np.bool_], prevented: NDArray[np.bool_], nis: list[int]) -> pd.DataFrame:
    """Return a row per municipality: its verdicts of 2B per replication, and their shares by class (`relief_...`) and side (`control_...`)."""
    total = judged.sum(axis=(0, 1))
    columns: dict[str, object] = {"nis": nis, "verdicts": total / max(len(judged), 1)}
    for by, names, found in (("relief", CLASSES, classes(judged, prevented)), ("control", SIDES, sides(judged, prevented))):
        for k, name in enumerate(names):
            count = (found == k).sum(axis=(0, 1)).astype(float)
            columns[f"{by}_{name}"] = np.divide(count, total, out=np.zeros_like(count), where=total > 0)
    return pd.DataFrame(columns)


CONSTRAINTS = ("time", "finance", "permits", "preparation", "land", "other")
QUANTITIES = (
    "realised",
    "objective",
    "construction",
    "ktp",
    "waiting_money",
    "mjp",
    "preparation",
    "dormant",
    "no_slot",
    "no_land",
)


def missing(results: Results) -> pd.DataFrame:
    """Return a row per constraint: the dwellings that are missing in the last year, mean over the replications, where they stand then.

    What a municipality lacks of its objective is filled from the most advanced project down: under construction or with papers in order
    (`time`), waiting for money (`finance`), on MJP (`permits`), in preparation, dormant or with land and nobody free to prepare it
    (`preparation`), needed and without land (`land`). `other`: a need too small for a project, or one that cancellations will open again.
    """
    count = len(municipalities_of(results))
    end = {name: at_end(results, name, count) for name in QUANTITIES}
    left = np.maximum(0, end["objective"] - np.maximum(0, end["realised"]))
    total = left.sum(axis=1)
    there = {
        "time": end["construction"] + end["ktp"] - end["waiting_money"],
        "finance": end["waiting_money"],
        "permits": end["mjp"],
        "preparation": end["preparation"] + end["dormant"] + end["no_slot"],
        "land": end["no_land"],
    }
    rows = []
    for name in CONSTRAINTS:
        part = np.minimum(left, there[name]) if name in there else left
        left = left - part
        dwellings = float(part.sum(axis=1).mean()) if len(part) else 0.0
        rows.append({"constraint": name, "dwellings": dwellings, "share": dwellings / total.mean() if total.any() else 0.0})
    return pd.DataFrame(rows)
