"""The contribution of a municipality in category 2B to the rent premium (VVSG position, sections 1.3 and 2.2.2). Integer euro cents."""

from fractions import Fraction


def annual_premium(monthly_2025: Fraction, growth: Fraction, year: int) -> int:
    """Return the maximum rent premium of a year in cents: twelve times the monthly one of 2025 (euro), indexed every January, half up.

    184.22 + 4 x 30.70 euro a month is 3,684.24 euro a year; 202.64 + 4 x 33.77 is 4,052.64. Years before 2025 are not indexed.
    """
    index, years = 1 + growth, max(0, year - 2025)
    cents, parts = 1200 * monthly_2025.numerator * index.numerator**years, monthly_2025.denominator * index.denominator**years
    return (2 * cents + parts) // (2 * parts)


def charged_dwellings(missing: int, charged_before: int, once: int) -> int:
    """Return the dwellings that a test charges: all that lack, or, charged once (reading), those above the most charged before."""
    if once == 1:
        return max(0, missing - charged_before)
    return missing


def yearly_contribution(missing: int, premium: int, rate_numerator: int, rate_denominator: int) -> int:
    """Return what one year costs, in cents: missing dwellings x annual premium (cents) x the test's rate, half up.

    >>> yearly_contribution(10, 368_424, 1, 2)  # at half the rate: 18,421.20 euro
    1842120
    """
    return (2 * missing * premium * rate_numerator + rate_denominator) // (2 * rate_denominator)
