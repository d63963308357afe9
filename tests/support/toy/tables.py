"""The toy's table for the docs."""


def companies() -> str:
    """Return the table."""
    return "| company |\n|---|\n| toy |"
