"""What is not published per municipality, estimated from what is. `python -m sim.inputs.estimate` rebuilds the table."""

from .populations import build
from .residuals import residuals

__all__ = ["build", "residuals"]
