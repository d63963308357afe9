"""The plan of approach (plan van aanpak) and the category it leads to (Wonen in Vlaanderen, page on the BSO; draft decision art. 2.57)."""

from enum import IntEnum


class Category(IntEnum):
    """The category in which a test puts a municipality."""

    NO_OBJECTIVE, CATEGORY_1, CATEGORY_2A, CATEGORY_2B = range(4)


CATEGORIES = ("none", "1", "2A", "2B")  # by number


def land_list_covers(lack_mjp: int, lack_ktp: int, places_mjp: int, places_ktp: int) -> bool:
    """Return whether the land list covers what lacks: identified places that will be on MJP, or on KTP, before the next measurement."""
    return places_mjp >= lack_mjp and places_ktp >= lack_ktp


def to_cover(lack_mjp: int, objective: int, at_mjp: int, whole: int) -> int:
    """Return the dwellings for which a land list must name places on MJP: what lacks there or, `whole` = 1 (reading), all of the objective.

    Source: Wonen in Vlaanderen, page on the BSO: the list shows that the BSO, or the path at the next test, will be reached.

    >>> to_cover(5, objective=100, at_mjp=40, whole=0), to_cover(5, objective=100, at_mjp=40, whole=1)
    (5, 60)
    """
    return max(lack_mjp, objective - at_mjp) if whole == 1 else lack_mjp


def land_activated(released: int, room: int, numerator: int, denominator: int) -> bool:
    """Return whether enough of the public land (`room`, places) is released: the law's share, 25% in the draft (page on the BSO).

    >>> land_activated(25, 100, 1, 4), land_activated(24, 100, 1, 4)
    (True, False)
    """
    return released * denominator >= room * numerator


def rents_in_enough(rented_in: int, at_start: int, minimum: int, growth_numerator: int, growth_denominator: int) -> bool:
    """Return whether the company rents in the minimum, or has grown enough since the start (draft decree art. 4.46/2, second paragraph)."""
    grown = rented_in - at_start
    return rented_in >= minimum or (grown > 0 and grown * growth_denominator >= at_start * growth_numerator)


def instruments_suffice(mandatory: int, mandatory_all: int, voluntary: int, voluntary_needed: int, rent_in: bool) -> bool:
    """Return whether the instruments do: every mandatory one, enough voluntary ones (reading: three), and rent-in."""
    return mandatory == mandatory_all and voluntary >= voluntary_needed and rent_in


def plan_suffices(filed: bool, effort: bool, both: int) -> bool:
    """Return whether a municipality of category 2 becomes 2A: a plan filed, and effort enough (land list or instruments).

    The page of Wonen in Vlaanderen puts in 2B who files no plan "en" makes too little effort: under that reading (`both` = 1) one of the two
    is enough for 2A; by default either lacking makes 2B.
    """
    if both == 1:
        return filed or effort
    return filed and effort


def category(has_objective: bool, lack: int, sufficient: bool) -> int:
    """Return the category of a municipality: 1 on its growth path, 2A with a sufficient plan, 2B without.

    >>> category(True, lack=5, sufficient=False)
    <Category.CATEGORY_2B: 3>
    """
    if not has_objective:
        return Category.NO_OBJECTIVE
    if lack == 0:
        return Category.CATEGORY_1
    return Category.CATEGORY_2A if sufficient else Category.CATEGORY_2B
