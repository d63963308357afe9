"""Why a verdict fell: in one replication, or over all: how often which requirement failed, what plans met, what was paid, the least change."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sim.rules.plan import CATEGORIES
from sim.runs.experiment import Progress
from sim.studies.result import Shown
from sim.tracing.explained import Explained
from sim.tracing.trace import STAGES, Trace, rents_in


@dataclass(frozen=True)
class Why(Shown):
    """A verdict explained. `trace`: of one replication, with the projects that would have made the difference; or the summary of all.

    `standing`: what the numbers are to be taken for.
    """

    PICTURES: ClassVar[str] = ""

    trace: Trace
    standing: Mapping[str, Any] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Return the trace, or what all traces say together."""
        return self.trace


def why(results: str | Path, municipality: str, test: int, replication: int | None = None, progress: Progress | None = None) -> Why:
    """Explain the verdict on a municipality (its name or NIS code) at a test (its year).

    `results`: a folder of results. `replication`: one possible future; default: all together. Raises InputError for a folder without results,
    those of another version, or a municipality, test or replication that is not there.
    """
    explained = Explained(Path(results))
    if replication is not None:
        return Why(explained.explain(municipality, test, replication), explained.results.manifest["standing"])
    every = explained.traces(explained.municipality(municipality), explained.test(test), progress=progress)
    return Why(summary(every), explained.results.manifest["standing"])


def summary(traces: list[Trace]) -> Trace:
    """Return what the traces of one municipality and test say together: shares are of the replications in which it has an objective."""
    judged = [t for t in traces if t["category"] != "none"]
    behind = [t for t in judged if t["category"] != "1"]
    contributions = [t["contribution"] or {"cents": 0, "company_cents": 0} for t in judged]
    first = traces[0]
    return {
        **{name: first[name] for name in ("municipality", "nis", "company", "test", "law", "measured", "source", "status")},
        "replications": len(traces),
        "judged": len(judged),
        "categories": {name: sum(t["category"] == name for t in traces) for name in CATEGORIES},
        "requirements": [_over(rows) for rows in zip(*(t["requirements"] for t in judged), strict=True)],
        "lacking": _mean(t["lacking"]["regular"] + t["lacking"]["sib"] for t in judged),
        "contribution_cents": _mean(c["cents"] for c in contributions),
        "company_cents": _mean(c["company_cents"] for c in contributions),
        "years": next(([year["year"] for year in t["contribution"]["years"]] for t in judged if t["contribution"]), []),
        "plans": _plans([t["plan"] for t in behind if t["plan"] is not None]),
        "least_change": _changes([t["least_change"] for t in behind]),
        "example": {name: t["replication"] for t in reversed(traces) for name in CATEGORIES if t["category"] == name},
    }


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 2) if numbers else 0.0


def _over(rows: tuple[Trace, ...]) -> Trace:
    """Return one requirement over the replications."""
    law = {k: v for k, v in rows[0].items() if k in ("path", "stage", "share", "shares")}
    means = {name: _mean(r[name] for r in rows) for name in ("asked", "has", "lacks")}
    return {**law, "failed": sum(not r["met"] for r in rows), **means}


def _plans(plans: list[Trace]) -> dict[str, int]:
    """Return how many plans of approach met each criterion."""
    tools = [p["instruments"] for p in plans]
    return {
        "needed": len(plans),
        "suffices": sum(p["suffices"] for p in plans),
        "filed": sum(p["filed"] for p in plans),
        "agreement": sum(p["agreement"] for p in plans),
        "land_list": sum(p["land_list"]["suffices"] for p in plans),
        "instruments": sum(t["suffices"] for t in tools),
        "mandatory": sum(t["mandatory"] == t["mandatory_all"] for t in tools),
        "voluntary": sum(t["voluntary"] >= t["voluntary_needed"] for t in tools),
        "rent_in": sum(rents_in(t["rent_in"]) for t in tools),
    }


def _changes(changes: list[Trace]) -> Trace | None:
    """Return the most frequent kind of least change (at which stages more dwellings are needed) and its dwellings: 10%, median, 90%."""
    if not changes:
        return None
    kinds = [tuple(stage for stage in STAGES if c["more"][stage] > 0) for c in changes]
    stages, times = Counter(kinds).most_common(1)[0]
    of_this_kind = [c for c, kind in zip(changes, kinds, strict=True) if kind == stages]
    return {
        "of": len(changes),
        "stages": list(stages),
        "times": times,
        "dwellings": _spread([c["dwellings"] for c in of_this_kind]),
        "more": {stage: _spread([c["more"][stage] for c in of_this_kind]) for stage in stages},
        "by": changes[0]["by"],
    }


def _spread(values: list[int]) -> dict[str, int]:
    low, median, high = (int(x) for x in np.percentile(values, (10, 50, 90), method="nearest"))
    return {"p10": low, "median": median, "p90": high}
