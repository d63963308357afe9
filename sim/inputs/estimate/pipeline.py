"""Dwellings under way on 31 December 2025, by stage. Only a total of the end of 2023 is published."""

import numpy as np

from .facts import Facts, Reals, Whole, around, normals, split, uniforms

# Dwellings on MJP, KTP and in construction that move: low, central, high. The baseline's 1,350 a year (mode of `finance_2026`) times the
# 5.1 years that its stages take on average is 6,900 (Little's law); central: somewhat more; high: all of the 14,017 planned at the end of
# 2023 (VVSG position 2025). Derived.
LIVE = (5_000.0, 7_500.0, 14_000.0)
SHARES = {"mjp": 4_300, "ktp": 900, "construction": 2_300}  # of the live ones (dwellings): about as long as a stage lasts; derived
PLANNED = 13_000  # dwellings planned on 31 December 2025, live and dormant: 14,017 at the end of 2023 and falling; derived
PREPARATION = 2_000  # dwellings in preparation, land in hand; 1,350 a year for 1.4 years (mean of `preparation`): 1,900. Assumed
LOT = 26  # dwellings: about the mean of the baseline's `size` (lognormal, median 20, sigma 0.8, at most 100); derived
NAMED = 1.5  # times the weight of the five the VVSG names as able to reach the new objective with what was planned; assumed
SPREAD = 0.4  # standard deviation of the log weight, over populations; assumed


def weights(facts: Facts, asked: Whole, net: Whole, population: int) -> Reals:
    """Return the share of each municipality: half by the root of old objective times households, half by rank of overshoot."""
    size = np.sqrt(asked.astype(np.float64) * facts.year(2026))
    rank = np.argsort(np.argsort(net, kind="stable"), kind="stable") + 1.0
    noise = np.exp(SPREAD * normals(population, "pipeline", len(asked)))
    for i, _, _ in facts.anchors_of("bso_2042_within_reach"):
        noise[i] *= NAMED
    return np.asarray(np.round((size / size.sum() + rank / rank.sum()) * noise, 12))


def place(total: int, shares: Reals, start: float) -> Whole:
    """Place `total` dwellings in lots of about 26 (systematic sampling): a municipality gets a project or none, not three homes."""
    lots = max(1, round(total / LOT))
    marks = np.round(np.cumsum(shares) / shares.sum() * lots, 6)
    counts = np.diff(np.floor(marks + start), prepend=np.floor(start))
    counts[-1] += lots - counts.sum()
    return split(total, counts)


def by_stage(population: int, shares: Reals, live: int, preparation: int, planned: int) -> dict[str, Whole]:
    """Return the dwellings in preparation, on MJP, on KTP (or awarded), in construction, and dormant on MJP: what is planned and not `live`."""
    moving = split(live, np.array(list(SHARES.values()), np.float64)).tolist()
    totals = {"preparation": preparation, **dict(zip(SHARES, moving, strict=True)), "dormant": max(0, planned - live)}
    starts = {stage: float(uniforms(population, f"pipeline {stage}", 1)[0]) for stage in totals}
    return {f"pipeline_{stage}": place(total, shares, starts[stage]) for stage, total in totals.items()}


def pipeline(facts: Facts, asked: Whole, net: Whole, population: int) -> dict[str, Whole]:
    """Return the dwellings under way on 31 December 2025 by stage."""
    live = round(around(population, "live pipeline", *LIVE))
    return by_stage(population, weights(facts, asked, net, population), live, PREPARATION, PLANNED)
