"""Attribution: for every verdict of 2B, which single relief would have prevented it, in the same replication with the same draws.

A relief is given to all municipalities at once. A verdict that one relief alone prevents is that relief's; `several`: more than one would,
each by itself; `none`: none does. Effort lies inside a municipality's control, the other reliefs outside it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.inputs.scenario.changes import counterfactuals
from sim.rules.plan import Category
from sim.runs.outcomes import categories, municipalities_of
from sim.runs.places import at_end
from sim.runs.results import Results

SEVERAL, NONE = "several", "none"
CLASSES = (*counterfactuals(), SEVERAL, NONE)
SIDES = ("inside", "outside", "both", "none")


def verdicts(base: Results, relieved: Mapping[str, Results]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the verdict is 2B (bool[replications, tests, municipalities]) and which reliefs prevent it (bool[reliefs, ...the same]).

    Only replications that all the runs have.
    """
    count = len(municipalities_of(base))
    common = set(base.replications).intersection(*(set(r.replications) for r in relieved.values()))

    def in_2B(results: Results) -> NDArray[np.bool_]:
        return categories(results, count)[[number in common for number in results.replications]] == Category.CATEGORY_2B

    judged = in_2B(base)
    return judged, np.stack([judged & ~in_2B(relieved[name]) for name in counterfactuals()])


def classes(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the class of every verdict, its index in CLASSES; -1 where it is not 2B."""
    how_many = prevented.sum(axis=0)
    one_or_none = np.where(how_many == 1, prevented.argmax(axis=0), CLASSES.index(NONE))
    number = np.where(how_many > 1, CLASSES.index(SEVERAL), one_or_none)
    return np.where(judged, number, -1).astype(np.int8)


def sides(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return for every verdict in whose control what prevents it lies, its index in SIDES; -1 where it is not 2B.

    `inside`: only more effort; `outside`: only what is not the municipality's, one relief or several; `both`: either would do.
    """
    inside = np.array([counterfactual.control == "inside" for counterfactual in counterfactuals().values()])
    mine, others = prevented[inside].any(axis=0), prevented[~inside].any(axis=0)
    return np.where(judged, np.select([mine & ~others, others & ~mine, mine & others], [0, 1, 2], 3), -1).astype(np.int8)


def shares(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> pd.DataFrame:
    """Return a row per class and per side: verdicts of 2B per replication, all tests together, and their share; `prevents`: the share of all
    verdicts that this relief prevents, whatever else would."""
    total = max(int(judged.sum()), 1)
    prevents = [*(float(one.sum()) / total for one in prevented), np.nan, np.nan]
    control = [*(counterfactual.control for counterfactual in counterfactuals().values()), SEVERAL, NONE]
    rows: list[dict[str, object]] = []
    for by, names, numbers in _classed(judged, prevented):
        for k, name in enumerate(names):
            count = int((numbers == k).sum())
            more = {"control": control[k], "prevents": prevents[k]} if by == "relief" else {"control": name, "prevents": np.nan}
            rows.append({"by": by, "class": name, **more, "verdicts": count / max(len(judged), 1), "share": count / total})
    return pd.DataFrame(rows)


def by_municipality(judged: NDArray[np.bool_], prevented: NDArray[np.bool_], nis: list[int]) -> pd.DataFrame:
    """Return a row per municipality: its verdicts of 2B per replication, and their shares by class (`relief_...`) and side (`control_...`)."""
    total = judged.sum(axis=(0, 1))
    columns: dict[str, object] = {"nis": nis, "verdicts": total / max(len(judged), 1)}
    for by, names, numbers in _classed(judged, prevented):
        for k, name in enumerate(names):
            columns[f"{by}_{name}"] = (numbers == k).sum(axis=(0, 1)) / np.maximum(total, 1)
    return pd.DataFrame(columns)


def _classed(judged: NDArray[np.bool_], prevented: NDArray[np.bool_]) -> list[tuple[str, tuple[str, ...], NDArray[np.int8]]]:
    """Return both ways to class verdicts: name, names of the classes, and the number of each verdict's class."""
    return [("relief", CLASSES, classes(judged, prevented)), ("control", SIDES, sides(judged, prevented))]


CONSTRAINTS = ("time", "finance", "permits", "preparation", "opportunity", "land", "other")


def missing(results: Results) -> pd.DataFrame:
    """Return a row per constraint: the dwellings that are missing in the last year, mean over the replications, where they stand then.

    What a municipality lacks of its objective is filled from the most advanced project down: under construction or with papers in order
    (`time`), waiting for money (`finance`), on MJP (`permits`), in preparation, dormant or with land and nobody free to prepare it
    (`preparation`), with land and no opportunity for a project (`opportunity`), needed and without land (`land`). `other`: a need too small
    for a project, or one that cancellations will open again.
    """
    count = len(municipalities_of(results))

    def end(name: str) -> NDArray[np.int64]:
        return at_end(results, name, count)

    left = np.maximum(0, end("objective") - np.maximum(0, end("realised")))
    total, waiting_money = left.sum(axis=1), end("waiting_money")
    at_each = {
        "time": end("construction") + end("ktp") - waiting_money,
        "finance": waiting_money,
        "permits": end("mjp"),
        "preparation": end("preparation") + end("dormant") + end("no_slot"),
        "opportunity": end("no_opportunity"),
        "land": end("no_land"),
        "other": left,
    }
    rows = []
    for name in CONSTRAINTS:
        part = np.minimum(left, at_each[name])
        left = left - part
        dwellings = float(part.sum(axis=1).mean()) if len(part) else 0.0
        rows.append({"constraint": name, "dwellings": dwellings, "share": dwellings / total.mean() if total.any() else 0.0})
    return pd.DataFrame(rows)
