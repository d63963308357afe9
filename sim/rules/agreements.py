"""Exemption from SIB, redistribution and the voluntary envelope (Wonen in Vlaanderen, page on the BSO; VVSG position, section 1)."""

TAKERS = ("not_exempt", "anyone", "none_exempted")  # who may take in a redistribution: readings, by number


def may_ask_exemption(
    objective: int,
    sib: int,
    years: int,
    permits_tenths: int,
    threshold_numerator: int,
    threshold_denominator: int,
    room: int,
    spatial: int,
) -> bool:
    """Return whether a municipality may ask to be relieved of SIB (VVSG position, section 1.1).

    It has SIB, and either too little room for it, or an objective (dwellings, SIB included) of more than the threshold times the dwellings
    permitted a year: `permits_tenths` is their mean in tenths, `years` spreads the objective (17 per year, 1 for the literal reading).
    `spatial` (reading): 0 where too little room is no reason.
    """
    too_much = objective * threshold_denominator * 10 > years * threshold_numerator * permits_tenths
    return sib > 0 and (too_much or (spatial == 1 and room < sib))


def may_take(reading: int, objective: int, at_ceiling: bool, relieved: int) -> bool:
    """Return whether a municipality may take dwellings in a redistribution (reading, by its number in TAKERS).

    Both exemptions stay with the municipality (Wonen in Vlaanderen, page on the BSO): so by default not one without an objective or at the
    ceiling at the start; under `none_exempted` nor one that was `relieved` of dwellings of SIB; under `anyone` all.

    >>> may_take(0, objective=120, at_ceiling=True, relieved=0), may_take(1, objective=120, at_ceiling=True, relieved=0)
    (False, True)
    """
    if reading == 1:
        return True
    return objective > 0 and not at_ceiling and (reading == 0 or relieved == 0)


def movable(regular: int, sib: int, given: int, kept_numerator: int, kept_denominator: int) -> int:
    """Return the regular dwellings that a municipality may hand over: it keeps at least the share of its own objective, SIB always.

    Its own objective is what it has with what it has `given` before. SIB counts towards the share kept (reading: the documents do not say of
    which part of the objective the quarter is kept).
    Source: Wonen in Vlaanderen, page on the BSO (driepartijenovereenkomst); draft decision art. 2.5/1 paragraph 5.

    >>> movable(100, 20, given=0, kept_numerator=1, kept_denominator=4), movable(40, 20, given=60, kept_numerator=1, kept_denominator=4)
    (90, 30)
    """
    kept = -(-(regular + sib + given) * kept_numerator // kept_denominator)
    return max(0, regular - max(0, kept - sib))


def envelope_after(
    size: int, reserved: int, used_numerator: int, used_denominator: int, step: int, maximum: int, budget: int
) -> int:
    """Return the voluntary envelope after a Flemish legislature began: larger by `step` if enough is reserved and the budget allows it.

    Without an envelope there is nothing to grow.
    """
    if size > 0 and budget == 1 and reserved * used_denominator >= size * used_numerator:
        return min(size + step, max(maximum, size))
    return size
