"""Companies (woonmaatschappijen): how many slots and how much money there are. Whom they serve next: `sim.agents.policies`."""

from sim.chance.leadtimes import ONE, times


def weight(objective: int, staffing: int) -> int:
    """Return what a company's part of Flanders' project managers goes by: its objective times its staffing (fixed point)."""
    return times(objective, staffing)


def managers(total: int, weight: int, weight_all: int) -> int:
    """Return a company's project managers (fixed point): its part of Flanders' by weight, at least one."""
    if weight_all == 0:
        return ONE
    return max(ONE, total * weight // weight_all)


def slots(managers_now: int, projects_per_manager: int, growth: int) -> int:
    """Return the whole preparation slots of a company; managers and growth in fixed point, rounded half up."""
    return (projects_per_manager * managers_now * growth + (1 << 31)) >> 32


def for_new_build(amount: int, renovation: int, weight: int) -> int:
    """Return what of an amount is left for new build when renovation takes another share than today.

    `renovation`: new build's share over today's (fixed point); `weight`: how much of that change comes through (fixed point).
    """
    return times(amount, ONE + times(renovation - ONE, weight))


def modest(money: int, wanted: int, five_years: int, cap_numerator: int, cap_denominator: int) -> int:
    """Return the money that modest rental takes: what is wanted (fixed point), at most the law's share of the mean of the five years before.

    Source: page on modest rental: at most 20% of the yearly investment volume, averaged over five years.
    """
    return min(times(money, wanted), five_years * cap_numerator // (5 * cap_denominator))


def financed(first: int, later: int, years_between: int, year: int) -> int:
    """Return the new dwellings financed in a year: linear from `first` in year 0 to `later` from year `years_between` on."""
    return first + (later - first) * min(year, years_between) // years_between
