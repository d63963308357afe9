"""The quantiles of distributions: what they follow from, and what of them is kept for all scenarios that have the same."""

from functools import lru_cache
from typing import Any, NamedTuple

from sim.inputs.errors import nearest

CUT = 0.1  # of a distribution: more of it beyond a cut-off may not be meant
QUANTILES, MIXTURE = "quantiles", "mixture"  # a table of quantiles, families weighed together: beside the families of scipy
HALVINGS = 64  # of the interval in which a quantile of a mixture lies
SHAPES = 4096  # whose quantiles a process keeps: those of the fitted sets (200 tables, 16 kB each) and of each replication a few single ones


class Family(NamedTuple):
    """A family of distributions of scipy.stats with all its parameters."""

    distribution: str
    parameters: tuple[tuple[str, float], ...]

    def quantile(self, p: Any) -> Any:
        """Return the quantiles at p (an array)."""
        import numpy as np

        shapes = dict(self.parameters)
        loc, scale = shapes.pop("loc", 0.0), shapes.pop("scale", 1.0)
        q = standard(self.distribution, tuple(shapes.items()), p.tobytes()).reshape(p.shape)
        return q * (scale if scale > 0 else np.nan) + loc

    def cdf(self, x: Any) -> Any:
        """Return the shares at or below x (a number or an array)."""
        return of_scipy(self.distribution).cdf(x, **dict(self.parameters))

    def mean(self) -> float:
        """Return the mean."""
        return float(of_scipy(self.distribution).mean(**dict(self.parameters)))


class Curve(NamedTuple):
    """All that the quantiles of a distribution follow from: alike ones are the same one, so that what it gives can be kept.

    `points`: a table of quantiles, as (probability, value). `parts`: what is weighed together, as (weight, family). One of these or a family.
    """

    distribution: str
    parameters: tuple[tuple[str, float], ...]
    minimum: float | None = None
    maximum: float | None = None
    constant: float | None = None
    points: tuple[tuple[float, float], ...] = ()
    parts: tuple[tuple[float, Family], ...] = ()

    def quantile(self, p: Any) -> Any:
        """Return the quantile(s) at p (0-1, scalar or array), within minimum and maximum; the constant where one is set."""
        import numpy as np

        p = np.asarray(p, np.float64)
        if self.constant is not None:
            return np.full_like(p, self.constant)
        if self.points:
            shares, values = zip(*self.points, strict=True)
            q = np.interp(p, shares, values)
        else:
            q = self._mixed(p) if self.parts else Family(self.distribution, self.parameters).quantile(p)
        q = q if self.minimum is None else np.maximum(q, self.minimum)
        return q if self.maximum is None else np.minimum(q, self.maximum)

    def _mixed(self, p: Any) -> Any:
        """Return the quantiles of a mixture: the least values at or below which it has a share p, between those of its parts."""
        import numpy as np

        each = [family.quantile(p) for _, family in self.parts]
        low, high = np.minimum.reduce(each), np.maximum.reduce(each)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            above = self.cdf(middle) < p
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return high

    def cdf(self, x: Any) -> Any:
        """Return the share at or below x (a number or an array), without the cut-offs."""
        import numpy as np

        if self.points:
            shares, values = zip(*self.points, strict=True)
            return np.interp(x, values, shares)
        if self.parts:
            return sum(weight * family.cdf(x) for weight, family in self.parts)
        return Family(self.distribution, self.parameters).cdf(x)

    def mean(self) -> float:
        """Return the mean, without the cut-offs; the constant where one is set."""
        if self.constant is not None:
            return self.constant
        if self.points:
            steps = zip(self.points, self.points[1:], strict=False)
            return sum((q - p) * (x + y) / 2 for (p, x), (q, y) in steps)
        if self.parts:
            return sum(weight * family.mean() for weight, family in self.parts)
        return Family(self.distribution, self.parameters).mean()


def of_scipy(distribution: str) -> Any:
    """Return a family of distributions; not frozen, as scipy would write its docstring anew each time."""
    import scipy.stats

    return getattr(scipy.stats, distribution)


def family_named(name: str, *others: str) -> str:
    """Return the name of a family of scipy.stats, or one of the `others`. Raises ValueError with the nearest name for another."""
    import scipy.stats

    if name not in others and not isinstance(getattr(scipy.stats, name, None), scipy.stats.rv_continuous):
        known = [d for d in dir(scipy.stats) if isinstance(getattr(scipy.stats, d), scipy.stats.rv_continuous)]
        raise ValueError(f"unknown distribution {name!r} of scipy.stats; {nearest(name, [*others, *known])}")
    return name


def refuse_other_parameters(distribution: str, parameters: dict[str, float]) -> None:
    """Raise ValueError for a parameter that a family has not, or that it lacks."""
    shapes = of_scipy(distribution).shapes or ""
    allowed = [*(s.strip() for s in shapes.split(",") if s.strip()), "loc", "scale"]
    for key in parameters:
        if key not in allowed:
            raise ValueError(f"unknown parameter {key!r} of {distribution}; {nearest(key, allowed)}")
    for key in allowed[:-2]:
        if key not in parameters:
            raise ValueError(f"{distribution} needs the parameter {key!r}; allowed: {', '.join(allowed)}")


@lru_cache(maxsize=SHAPES)
def standard(distribution: str, shapes: tuple[tuple[str, float], ...], p: bytes) -> Any:
    """Return the quantiles of a distribution at p (bytes of float64s) with loc 0 and scale 1, as a float64 array.

    Scipy multiplies the same numbers by the scale and adds loc. They are made once for all scenarios that differ in these only.
    """
    import numpy as np

    from sim.chance.leadtimes import kept

    return kept(np.asarray(of_scipy(distribution).ppf(np.frombuffer(p), **dict(shapes))))


@lru_cache(maxsize=SHAPES)
def ends(curve: Curve) -> tuple[float, float, float]:
    """Return the values four standard deviations below the middle, in the middle, and four above it, as a normal distribution has them."""
    from scipy.special import ndtr

    low, middle, high = (float(x) for x in curve.quantile(ndtr([-4.0, 0.0, 4.0])))
    return low, middle, high


def much_cut_off(curve: Curve) -> list[str]:
    """Return in words where more than CUT of a distribution lies beyond one of its cut-offs; nothing of a constant."""
    if curve.constant is not None:
        return []
    below = 0.0 if curve.minimum is None else float(curve.cdf(curve.minimum))
    above = 0.0 if curve.maximum is None else 1 - float(curve.cdf(curve.maximum))
    cut = (below, "below its minimum", curve.minimum), (above, "above its maximum", curve.maximum)
    return [
        f"{share:.0%} of {curve.distribution} lies {where}, {end:g}, and counts as that" for share, where, end in cut if share > CUT
    ]
