"""The engine: the only place that knows the order of things, and the only one that imports numba."""

from sim.engine.calendar import PHASES, History, replicate
from sim.engine.compiled import source_digest
from sim.engine.tables import build_model, test_years

__all__ = ["PHASES", "History", "build_model", "replicate", "source_digest", "test_years"]
