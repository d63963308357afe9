"""The forecast's tables for the docs."""

from sim.runs.columns import in_markdown


def columns() -> str:
    """Return every table of results with its columns."""
    return in_markdown()
