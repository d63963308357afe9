"""What pictures share: numbers along an axis say where their ticks stand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.report.canvas import numbered
from sim.report.language import Language


@given(st.floats(-1e5, 1e5), st.floats(0.01, 1e5), st.sampled_from([0.1, 1, 100]), st.integers(2, 7))
@settings(max_examples=60, deadline=None)
def test_a_tick_says_where_it_stands(low: float, width: float, step: float, most: int) -> None:
    """Whatever the step to which numbers are rounded elsewhere: 2.5 is never written as 2."""
    axes = Figure().add_subplot()
    axes.set_xlim(low, low + width)
    numbered(axes.xaxis, Language("en"), most, step)
    places = axes.xaxis.get_majorticklocs()
    words = axes.xaxis.get_major_formatter().format_ticks([*map(float, places)])
    said = np.array([float(word.replace(",", "").replace("\u2212", "-")) for word in words])
    assert np.allclose(said, places, atol=1e-6 * max(np.diff(places), default=1))
