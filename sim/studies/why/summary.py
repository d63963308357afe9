"""Why, over all replications: how often which requirement failed, which criteria of the plan were met, what was paid, the least change."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.tracing.replay import rents_in
from sim.tracing.trace import CATEGORIES, STAGES, Trace


def summary(traces: list[Trace]) -> dict[str, Any]:
    """Return what the traces of one municipality and test say together: shares are of the replications in which it has an objective."""
    judged = [t for t in traces if t["category"] != "none"]
    behind = [t for t in judged if t["category"] != "1"]
    first = traces[0]
    return {
        **{name: first[name] for name in ("municipality", "nis", "company", "test", "law", "measured", "source", "status")},
        "replications": len(traces),
        "judged": len(judged),
        "categories": {name: sum(t["category"] == name for t in traces) for name in CATEGORIES},
        "requirements": [_over(rows) for rows in zip(*(t["requirements"] for t in judged), strict=True)],
        "lacking": _mean(t["lacking"]["regular"] + t["lacking"]["sib"] for t in judged),
        "contribution_cents": _mean(t["contribution"]["cents"] if t["contribution"] else 0 for t in judged),
        "company_cents": _mean(t["contribution"]["company_cents"] if t["contribution"] else 0 for t in judged),
        "plans": _plans([t["plan"] for t in behind if t["plan"] is not None]),
        "least_change": _changes([t["least_change"] for t in behind]),
        "example": {name: t["replication"] for t in reversed(traces) for name in CATEGORIES if t["category"] == name},
    }


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 2) if numbers else 0.0


def _over(rows: tuple[Trace, ...]) -> dict[str, Any]:
    """Return one requirement over the replications."""
    law = {k: v for k, v in rows[0].items() if k in ("path", "stage", "share", "shares")}
    return {
        **law,
        "failed": sum(not r["met"] for r in rows),
        "asked": _mean(r["asked"] for r in rows),
        "has": _mean(r["has"] for r in rows),
        "lacks": _mean(r["lacks"] for r in rows),
    }


def _plans(plans: list[Trace]) -> dict[str, int]:
    """Return how many plans of approach met each criterion."""
    tools = [p["instruments"] for p in plans]
    rent = [t["rent_in"] for t in tools]
    return {
        "needed": len(plans),
        "suffices": sum(p["suffices"] for p in plans),
        "filed": sum(p["filed"] for p in plans),
        "agreement": sum(p["agreement"] for p in plans),
        "land_list": sum(p["land_list"]["suffices"] for p in plans),
        "instruments": sum(t["suffices"] for t in tools),
        "mandatory": sum(t["mandatory"] == t["mandatory_all"] for t in tools),
        "voluntary": sum(t["voluntary"] >= t["voluntary_needed"] for t in tools),
        "rent_in": sum(rents_in(r) for r in rent),
    }


def _changes(changes: list[Trace]) -> dict[str, Any] | None:
    """Return the most frequent kind of least change (at which stages more dwellings are needed) and its dwellings: 10%, median, 90%."""
    if not changes:
        return None
    kinds = Counter(tuple(stage for stage in STAGES if c["more"][stage] > 0) for c in changes)
    stages, times = kinds.most_common(1)[0]
    own = [c for c in changes if tuple(stage for stage in STAGES if c["more"][stage] > 0) == stages]
    return {
        "of": len(changes),
        "stages": list(stages),
        "times": times,
        "dwellings": _spread([c["dwellings"] for c in own]),
        "more": {stage: _spread([c["more"][stage] for c in own]) for stage in stages},
        "by": changes[0]["by"],
    }


def _spread(values: list[int]) -> dict[str, int]:
    low, middle, high = (int(x) for x in np.percentile(values, (10, 50, 90), method="nearest"))
    return {"p10": low, "median": middle, "p90": high}
