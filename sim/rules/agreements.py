"""Exemption from SIB, redistribution and the voluntary envelope (Wonen in Vlaanderen, page on the BSO; VVSG position, section 1)."""


def may_ask_exemption(
    objective: int, sib: int, years: int, permits_tenths: int, threshold_numerator: int, threshold_denominator: int, room: int
) -> bool:
    """Return whether a municipality may ask to be relieved of SIB (VVSG position, section 1.1).

    It has SIB, and either too little room for it, or an objective (dwellings, SIB included) of more than the threshold times the dwellings
    permitted a year: `permits_tenths` is their mean in tenths, `years` spreads the objective (17 per year, 1 for the literal reading).
    """
    too_much = objective * threshold_denominator * 10 > years * threshold_numerator * permits_tenths
    return sib > 0 and (too_much or room < sib)


def movable(regular: int, sib: int, kept_numerator: int, kept_denominator: int) -> int:
    """Return the regular dwellings that a municipality may hand over: it keeps at least the share of its own objective, SIB always.

    SIB counts towards the share kept (reading: the documents do not say of which part of the objective the quarter is kept).
    Source: Wonen in Vlaanderen, page on the BSO (driepartijenovereenkomst); draft decision art. 2.5/1 paragraph 5.
    """
    kept = -(-(regular + sib) * kept_numerator // kept_denominator)
    return max(0, regular - max(0, kept - sib))


def envelope_after(
    size: int, reserved: int, used_numerator: int, used_denominator: int, step: int, maximum: int, budget: int
) -> int:
    """Return the voluntary envelope after a Flemish legislature began: larger by `step` if enough is reserved and the budget allows it."""
    if budget == 1 and reserved * used_denominator >= size * used_numerator:
        return min(size + step, max(maximum, size))
    return size
