"""Named streams of random numbers: the only place where a generator is made.

A stream is named by what it is for. It starts from the SHA-256 of seed, replication and purpose, so two purposes, two replications
or two seeds never share a draw, and no draw depends on what was drawn before it. Draws stay 32-bit integers: what they mean
(a lead time, a yes or no) is decided by whoever reads them, so a scenario that changes a lead time keeps every project's luck.
"""

import hashlib
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

Draws = NDArray[np.uint32]


class Named(ISeedSequence):
    """The start of a stream: the SHA-256 of its name (numpy's seed sequences would hash again, at twenty times the cost)."""

    def __init__(self, name: str) -> None:
        self.digest = hashlib.sha256(name.encode()).digest()

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[Any]:
        """Return the first words of the digest: SFC64 asks for three of 64 bits."""
        return np.frombuffer(self.digest, "<u8", n_words).astype(dtype)


def sobol(name: str, dimensions: int, first: int, count: int) -> Draws:
    """Return uint32[count, dimensions]: points of a scrambled Sobol sequence, the scramble being that of the name (scipy.stats.qmc)."""
    from scipy.stats.qmc import Sobol

    words = np.frombuffer(Named(name).digest, "<u4")
    scramble = np.random.Generator(np.random.SFC64(np.random.SeedSequence([int(word) for word in words])))
    sequence = Sobol(dimensions, scramble=True, bits=32, rng=scramble)
    if first:
        sequence.fast_forward(first)
    points: Draws = (sequence.random(count) * 2.0**32).astype(np.uint32)
    return points


def table(seed: int, replication: int, purpose: str, rows: int, columns: int) -> Draws:
    """Return the uint32 table (rows x columns) of one purpose in one replication.

    Row r is the same however many rows are asked for: a table that is too short grows without changing what it held.
    `columns` is part of the layout: keep it fixed by facts (the number of municipalities, say), not by a scenario.

    >>> bool((table(1, 0, "project", 2, 4) == table(1, 0, "project", 9, 4)[:2]).all())
    True
    """
    words = -(-rows * columns // 2)
    raw = np.random.SFC64(Named(f"{seed}/{replication}/{purpose}")).random_raw(words)  # type: ignore[arg-type]
    return raw.astype("<u8", copy=False).view("<u4")[: rows * columns].reshape(rows, columns)


def uniform(draws: Draws) -> NDArray[np.float64]:
    """Return the draws as midpoints in (0, 1): never 0 or 1, so that every quantile function takes them."""
    return (draws.astype(np.float64) + 0.5) / 2.0**32
