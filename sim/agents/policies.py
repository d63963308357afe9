"""The policies by which a company may choose whom it serves next, by name: for the scenario that asks and for the company that follows."""

from enum import IntEnum


class Policy(IntEnum):
    """Allocation policies; a scenario names them in small letters, as POLICIES."""

    LARGEST_SHORTFALL, PROPORTIONAL, FIRST_COME, PROTECT = range(4)


POLICIES = tuple(policy.name.lower() for policy in Policy)
