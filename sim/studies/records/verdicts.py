"""The verdicts of a test once they are known, and how near chances came to them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.municipalities import refuse_unknown_code
from sim.inputs.sheets.places import MUNICIPALITY, NIS, whole_place
from sim.inputs.sheets.sheet import Mistakes, read_sheet
from sim.inputs.workbook.words import Words
from sim.runs.places import NAMES
from sim.runs.scores import LEVELS, bands, crps
from sim.studies.records.record import COUNTED, Array, Record

CATEGORIES: Mapping[str, Words] = {name: Words("geen" if name == "none" else name, name) for name in NAMES}
COLUMNS: Mapping[str, Words] = {"nis": NIS, "municipality": MUNICIPALITY, "category": Words("categorie", "category")}


def read_verdicts(path: Path, municipalities: Mapping[int, object]) -> dict[int, str]:
    """Return the category of each of these municipalities by NIS code, of a table of `nis` or a name and `category` (none, 1, 2A, 2B).

    Raises InputError with all that cannot be, for a table that lacks a municipality, and for one without any verdict.
    """
    mistakes = Mistakes(path, "en")
    sheet = read_sheet(path, "en", COLUMNS, [("nis", "municipality"), "category"], COLUMNS, others=True, mistakes=mistakes)
    known, lines = dict[int, str](), dict[int, int]()
    for row in sheet.rows:
        with mistakes.noted():
            nis = whole_place(sheet, row)
            column = "nis" if row.cells["nis"] else "municipality"
            refuse_unknown_code(nis, municipalities, path, sheet.place([row], column))
            if nis in known:
                problem = f"{nis} stands twice (also line {lines[nis]})"
                raise InputError(path, sheet.place([row], column), problem)
            known[nis], lines[nis] = sheet.choice(row, "category", CATEGORIES), row.line
    mistakes.stop()
    if missing := [nis for nis in municipalities if nis not in known]:
        raise InputError(
            path, "nis", f"{len(missing)} of {len(known) + len(missing)} municipalities missing, the first {missing[0]}"
        )
    if set(known.values()) == {"none"}:
        raise InputError(path, "category", "found none everywhere; nothing to score: 1, 2A or 2B is needed somewhere")
    return known


def judged(known: Mapping[int, str]) -> list[int]:
    """Return the municipalities that have a verdict."""
    return [nis for nis, category in known.items() if category in COUNTED]


def happened(known: Mapping[int, str], municipalities: Iterable[int]) -> Array:
    """Return what happened to municipalities: float64[municipalities, 3], 1 in the category of each."""
    return np.array([[known[nis] == name for name in COUNTED] for nis in municipalities], float)


def ranked(chances: Array, happened: Array) -> Array:
    """Return the ranked probability score of each row (n x categories in their order, chances and 0/1): 0 is perfect, 1 the worst.

    Brier's score of "beyond category 1" and of "beyond 2A", their mean (Epstein 1969): proper, so that nobody gains by saying anything but what
    he thinks, and milder for a neighbouring category. It is finite for a chance of 0. A log score is not: one verdict that was said 0 of n would
    decide everything, and by how much only hangs on how many replications were made.
    """
    difference = (chances.cumsum(axis=1) - happened.cumsum(axis=1))[:, :-1]
    return np.asarray((difference**2).sum(axis=1) / difference.shape[1])


def reliability(chances: Array, happened: Array) -> pd.DataFrame:
    """Return by tenths of the chance how many there were, the mean chance said, and the share that happened; tenths without any left out."""
    frame = pd.DataFrame({"tenth": np.minimum((chances * 10).astype(int), 9), "said": chances, "happened": happened.astype(float)})
    table = frame.groupby("tenth").agg(municipalities=("said", "size"), said=("said", "mean"), happened=("happened", "mean"))
    return table.reset_index()


def of_flanders(record: Record, known: Mapping[int, str]) -> pd.DataFrame:
    """Return a row per category: how many municipalities there were, and what the record said; of a naive one, who says a share, no band."""
    rows = []
    for name in COUNTED:
        fact = float(list(known.values()).count(name))
        row = {"category": name, "fact": fact}
        if record.naive:
            mean = record.content["flanders"][name]["share"] * len(judged(known))
            rows.append(row | {"mean": mean, "crps": abs(mean - fact)})
        else:
            counts = record.counts(name)
            rows.append(row | {"mean": float(counts.mean()), "crps": crps(counts, fact), **bands(counts, fact)})
    ends = [f"{end}_{level:g}" for level in LEVELS for end in ("low", "high", "covered")]
    return pd.DataFrame(rows, columns=["category", "fact", "mean", "crps", *ends])
