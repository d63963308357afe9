"""Draws that all municipalities share: plain, antithetic, or scrambled Sobol points, which fill their space more evenly than chance does.

Only what is shared is worth it: the luck of single projects averages out by itself. Whatever the sampling, a replication's draws follow from
seed and number alone, and every draw by itself is as random as a plain one, so means are unbiased.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.chance.draws import Draws, sobol, table

SAMPLINGS = ("plain", "antithetic", "sobol")
PLAIN, ANTITHETIC, SOBOL = range(3)
BATCHES = 8  # independent scrambles, whose means tell the error; as many groups of antithetic pairs
SCRAMBLES = 16  # the same, of the sequences that parameter sets come from
BLOCK = 64  # Sobol points made at once


def shared(seed: int, replication: int, sizes: Mapping[str, int], sampling: int, populations: int) -> dict[str, Draws]:
    """Return the draws of each purpose (uint32[rows]) in a replication. `sizes`: rows by purpose, the most important purposes first.

    Populations alternate by replication. Antithetic: a round of all of them, then the same once more with every draw turned around. Sobol: a
    round from each of BATCHES scrambled sequences in turn.
    """
    if sampling == SOBOL:
        turn, place = divmod(replication // populations, BATCHES)
        number = turn * populations + replication % populations
        row = _points(seed, place, sum(sizes.values()), number // BLOCK)[number % BLOCK]
        ends = np.cumsum(list(sizes.values()))
        return {name: row[end - rows : end] for (name, rows), end in zip(sizes.items(), ends, strict=True)}
    turned = sampling == ANTITHETIC and replication // populations % 2 == 1
    source = replication - populations if turned else replication
    drawn = {name: table(seed, source, name, rows, 1)[:, 0] for name, rows in sizes.items()}
    return {name: ~draws for name, draws in drawn.items()} if turned else drawn


@lru_cache(maxsize=4 * BATCHES)
def _points(seed: int, scramble: int, dimensions: int, block: int) -> Draws:
    """Return uint32[BLOCK, dimensions]: some points of one scrambled sequence."""
    return sobol(f"{seed}/sobol/{scramble}", dimensions, block * BLOCK, BLOCK)


def batch(sampling: str, replications: NDArray[np.int64], populations: int) -> NDArray[np.int64]:
    """Return the batch of each replication: those of different batches do not depend on each other, pairs and sequences stay together."""
    rounds = 2 if sampling == "antithetic" else 1
    return replications // (populations * rounds) % BATCHES
