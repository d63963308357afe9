"""The quantiles of distributions: what they follow from, and what of them is kept for all scenarios that have the same."""

from functools import lru_cache
from typing import Any, NamedTuple

CUT = 0.1  # of a distribution: more of it beyond a cut-off may not be meant


class Curve(NamedTuple):
    """All that the quantiles of a distribution follow from: alike ones are the same one, so that what it gives can be kept."""

    distribution: str
    parameters: tuple[tuple[str, float], ...]
    minimum: float | None = None
    maximum: float | None = None
    constant: float | None = None

    def quantile(self, p: Any) -> Any:
        """Return the quantile(s) at p (0-1, scalar or array), within minimum and maximum; the constant where one is set."""
        import numpy as np

        p = np.asarray(p, np.float64)
        if self.constant is not None:
            return np.full_like(p, self.constant)
        shapes = dict(self.parameters)
        loc, scale = shapes.pop("loc", 0.0), shapes.pop("scale", 1.0)
        q = standard(self.distribution, tuple(shapes.items()), p.tobytes()).reshape(p.shape)
        q = q * (scale if scale > 0 else np.nan) + loc
        q = q if self.minimum is None else np.maximum(q, self.minimum)
        return q if self.maximum is None else np.minimum(q, self.maximum)


def of_scipy(distribution: str) -> Any:
    """Return a family of distributions; not frozen, as scipy would write its docstring anew each time."""
    import scipy.stats

    return getattr(scipy.stats, distribution)


@lru_cache(maxsize=64)
def standard(distribution: str, shapes: tuple[tuple[str, float], ...], p: bytes) -> Any:
    """Return the quantiles of a distribution at p (bytes of float64s) with loc 0 and scale 1, as a float64 array.

    Scipy multiplies the same numbers by the scale and adds loc. They are made once for all scenarios that differ in these only.
    """
    import numpy as np

    from sim.chance.leadtimes import kept

    return kept(np.asarray(of_scipy(distribution).ppf(np.frombuffer(p), **dict(shapes))))


@lru_cache(maxsize=256)
def ends(curve: Curve) -> tuple[float, float, float]:
    """Return the values four standard deviations below the middle, in the middle, and four above it, as a normal distribution has them."""
    from scipy.special import ndtr

    low, middle, high = (float(x) for x in curve.quantile(ndtr([-4.0, 0.0, 4.0])))
    return low, middle, high


def much_cut_off(curve: Curve) -> list[str]:
    """Return in words where more than CUT of a distribution lies beyond one of its cut-offs; nothing of a constant."""
    if curve.constant is not None:
        return []
    family, parameters = of_scipy(curve.distribution), dict(curve.parameters)
    below = 0.0 if curve.minimum is None else float(family.cdf(curve.minimum, **parameters))
    above = 0.0 if curve.maximum is None else float(family.sf(curve.maximum, **parameters))
    cut = (below, "below its minimum", curve.minimum), (above, "above its maximum", curve.maximum)
    return [
        f"{share:.0%} of {curve.distribution} lies {where}, {end:g}, and counts as that" for share, where, end in cut if share > CUT
    ]
