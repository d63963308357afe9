"""Neighbours: appeals against a permit, and the months they cost."""


def happens(draw: int, threshold: int) -> bool:
    """Return whether an event happens: a 32-bit draw below its threshold."""
    return draw < threshold


def appeal_delay(appealed: bool, delay: int, council: bool, council_duration: int, annulled: bool, new_permit: int) -> int:
    """Return the delay (1/64 month): administrative appeal, then the council, then, if annulled, a new permit, which is not appealed again."""
    if not appealed:
        return 0
    if not council:
        return delay
    if not annulled:
        return delay + council_duration
    return delay + council_duration + new_permit
