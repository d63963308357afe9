"""What results say of single municipalities: chances, euro, what is there against what is asked, why, and the least change. Nothing is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.region.load import ESTIMATED
from sim.report.estimates import BANDED
from sim.rules.plan import CATEGORIES, Category
from sim.runs import places
from sim.runs.disk.folders import clear, own
from sim.runs.disk.store import MANIFEST
from sim.runs.experiment import Progress
from sim.studies.result import Result, records
from sim.studies.why.study import summary
from sim.tracing.explained import Explained
from sim.tracing.trace import STAGES, Trace, rents_in

RESULTS = Path("results/baseline")  # where they are looked for if nothing else is said
EXPLAINED = 100  # simulations of which every verdict is explained; chances and euro are those of all
CENT = 100
BAND = (10, 90)
CRITERIA = ("filed", "land_list", "agreement", "instruments", "mandatory", "voluntary", "rent_in")


@dataclass(frozen=True)
class Municipalities(Result):
    """One municipality or all, in tables by `nis`.

    `ends`: objective and what is realised at the end. `tests`: chances and euro. `asked`: what each test asks, what is there and how often it is
    not met. `plans`: in how many of its verdicts of 2B which part of the plan falls short. `changes`: the least change to category 1. `figures`:
    what it starts from, and whether that is estimated.
    """

    PICTURES: ClassVar[str] = ""  # they stand in the pages
    PREFIX: ClassVar[str] = "municipality_"
    SUMMED: ClassVar[tuple[str, ...]] = ("ends", "tests", "asked", "plans", "changes", "figures")

    @property
    def codes(self) -> list[int]:
        """The NIS codes, in order."""
        return [int(code) for code in self.tables["ends"]["nis"]]

    def of(self, table: str, nis: int) -> list[dict[str, Any]]:
        """Return the rows of a municipality in a table."""
        frame = self.tables[table]
        return records(frame[frame["nis"] == nis]) if len(frame) else []


def municipality(name: str, results: str | Path = RESULTS, progress: Progress | None = None) -> Municipalities:
    """Return what results (a folder) say of a municipality, by its name or NIS code.

    Raises InputError for a folder without results, those of another version, and a municipality that is not there.
    """
    explained = _explained(results)
    index = explained.municipality(name)
    return Municipalities(explained.folder, _facts(explained), _tables(explained, [index], progress))


def municipalities(
    results: str | Path = RESULTS, out: str | Path = "results/municipalities", progress: Progress | None = None
) -> Municipalities:
    """Return what results (a folder) say of all municipalities, with their tables in a folder of their own.

    Raises InputError as `municipality` does, and for a folder that holds something else.
    """
    explained, folder = _explained(results), Path(out)
    with own(folder, "municipalities"):
        clear(folder)
        everywhere = list(range(len(explained.region.nis)))
        found = Municipalities(folder, _facts(explained), _tables(explained, everywhere, progress))
        found.write()
    return found


def _explained(folder: str | Path) -> Explained:
    if not (Path(folder) / MANIFEST).is_file():
        raise InputError(
            folder, "", "no results here; `bso run baseline` makes those of the baseline, `bso run SCENARIO --out DIR` others"
        )
    return Explained(Path(folder))


def _facts(explained: Explained) -> dict[str, Any]:
    manifest = explained.results.manifest
    kept = ("title", "title_nl", "replications", "failed", "seed", "sampling", "version", "digest", "standing", "end_year")
    return {**{name: manifest[name] for name in kept}, "explained": min(EXPLAINED, manifest["replications"])}


def _tables(explained: Explained, indices: Sequence[int], progress: Progress | None) -> dict[str, pd.DataFrame]:
    """Return the tables of some municipalities. `progress`: of the replications explained, those of every test."""
    region, results = explained.region, explained.results
    codes = {int(region.nis[index]) for index in indices}
    ends = places.municipalities({"": results}, region)
    ends = ends[ends["nis"].isin(codes)][["nis", "municipality", "company", "objective", "realised", "share", "ever_2B"]]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("asked", "plans", "changes")}
    tests: list[dict[str, Any]] = []
    table = explained.table
    first = set(results.replications[:EXPLAINED])
    total = len(explained.tests) * len(first)
    for number, (year, tested) in enumerate(explained.tests.items()):
        before = number * len(first)
        step = None if progress is None else lambda done, _, tell=progress, before=before: tell(before + done, total)
        of_test = table[(table["test"] == year) & table["nis"].isin(codes)]
        years = (
            f"{tested.first_charged}-{tested.first_charged + tested.charged_years - 1}"
            if tested.charged_years > 1
            else f"{tested.first_charged}"
        )
        for nis, own_rows in of_test.groupby("nis"):
            tests.append({"nis": nis, "test": year, "years": years, "charged_years": tested.charged_years, **_chances(own_rows)})
        explained.table = table[table["replication"].isin(first)]
        traces: dict[int, list[Trace]] = {}
        for trace in explained.traces(indices[0] if len(indices) == 1 else None, tested, progress=step):
            traces.setdefault(trace["nis"], []).append(trace)
        explained.table = table
        for nis in sorted(codes):
            _explain(rows, nis, year, traces[nis])
    frames = {name: pd.DataFrame(of_table) for name, of_table in rows.items()}
    return {"ends": ends.reset_index(drop=True), "tests": pd.DataFrame(tests), **frames, "figures": _figures(explained, indices)}


def _chances(rows: pd.DataFrame) -> dict[str, float]:
    """Return the chances of each category at a test, of those with an objective, and the contribution (euro) where it falls into 2B."""
    judged = rows[rows["category"] != Category.NO_OBJECTIVE]
    paid = judged.loc[judged["category"] == Category.CATEGORY_2B, "contribution_cents"] / CENT
    low, high = np.percentile(paid, BAND) if len(paid) >= BANDED else (np.nan, np.nan)
    shares = {name: float((judged["category"] == k).mean()) if len(judged) else np.nan for k, name in enumerate(CATEGORIES) if k}
    lacks = judged["lacking_regular"] + judged["lacking_sib"]
    return {
        "judged": len(judged),
        **shares,
        "lacking": float(lacks.mean()),
        "euro": float(paid.mean()),
        "euro_p10": low,
        "euro_p90": high,
    }


def _explain(rows: dict[str, list[dict[str, Any]]], nis: int, year: int, traces: list[Trace]) -> None:
    """Add to the tables what the traces of a municipality at a test say together."""
    said, keys = summary(traces), {"nis": nis, "test": year}
    judged = said["judged"]
    for number, row in enumerate(said["requirements"]):
        if row["path"] != "sib" or row["asked"]:
            law = {"path": row["path"], "stage": row["stage"], "shares": " ".join(row.get("shares", [row.get("share", "")]))}
            rows["asked"].append(
                {
                    **keys,
                    "number": number,
                    **law,
                    "failed": row["failed"] / judged,
                    **{n: row[n] for n in ("asked", "has", "lacks")},
                }
            )
    plans = [trace["plan"] for trace in traces if trace["category"] == "2B" and trace["plan"] is not None]
    for criterion in CRITERIA if plans else ():
        short = sum(not _met(plan, criterion) for plan in plans)
        rows["plans"].append({**keys, "criterion": criterion, "verdicts": len(plans), "short": short / len(plans)})
    if (change := said["least_change"]) is not None:
        medians = {stage: change["more"].get(stage, {}).get("median", 0) for stage in STAGES}
        spread = {f"dwellings_{name}": value for name, value in change["dwellings"].items()}
        rows["changes"].append(
            {**keys, "behind": change["of"], "share": change["times"] / change["of"], "by": change["by"], **medians, **spread}
        )


def _met(plan: Mapping[str, Any], criterion: str) -> bool:
    """Return whether a plan of approach meets a criterion."""
    tools = plan["instruments"]
    return bool(
        {
            "filed": plan["filed"],
            "land_list": plan["land_list"]["suffices"],
            "agreement": plan["agreement"],
            "instruments": tools["suffices"],
            "mandatory": tools["mandatory"] == tools["mandatory_all"],
            "voluntary": tools["voluntary"] >= tools["voluntary_needed"],
            "rent_in": rents_in(tools["rent_in"]),
        }[criterion]
    )


def _figures(explained: Explained, indices: Sequence[int]) -> pd.DataFrame:
    """Return what municipalities start from: the central estimate, its range over the plausible populations, or what was laid over it."""
    region, rows = explained.region, []
    for index in indices:
        nis = int(region.nis[index])
        for name in ESTIMATED:
            values = region.estimates[name][:, index]
            low, high = np.percentile(values, BAND)
            official = index in region.laid.get(name, {})
            rows.append(
                {
                    "nis": nis,
                    "figure": name,
                    "value": int(values[0]),
                    "low": low,
                    "high": high,
                    "status": "official" if official else "estimated",
                }
            )
        rows.append({"nis": nis, "figure": "households", "value": int(region.households[index]), "status": "published"})
        rows.append({"nis": nis, "figure": "permits", "value": float(region.permits[index]), "status": "published"})
    return pd.DataFrame(rows)
