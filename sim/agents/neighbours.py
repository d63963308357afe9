"""Neighbours: how likely they are to appeal against a permit."""

from sim.chance.leadtimes import signed


def appeal_probability(dwellings: float, probability: float, reference: float, exponent: float, ceiling: float) -> float:
    """Return the probability of an administrative appeal: that of a project of `reference` dwellings, more for larger ones, up to `ceiling`."""
    return min(ceiling, probability * (dwellings / reference) ** exponent)


def bernoulli(draw: int, threshold: int) -> bool:
    """Return whether an event happens (a Bernoulli draw): a 32-bit draw below its threshold."""
    return signed(draw) < threshold
