"""Households of the years nobody publishes by municipality: 2008, and 2041 to 2043 (1 January 2043 is the end of 2042)."""

import numpy as np
import pandas as pd

HERSTAPPE = 73028  # NIS code: 28 households in 2023, no projection, held constant; found, then assumed
LAST_PROJECTED = 2040  # year; projection of Statistiek Vlaanderen (2024); found
EXTENDED = (2041, 2042, 2043)  # years


def back_to_2008(households: pd.DataFrame, arrondissements: pd.DataFrame, arrondissement_of: pd.Series) -> pd.Series:
    """Return households on 1 January 2008: those of 2010, taken back by the growth of the arrondissement, rounded (derived)."""
    growth = arrondissements["2008"] / arrondissements["2010"]
    return (households["2010"] * arrondissement_of.map(growth)).round().astype(np.int64)


def extended(households: pd.DataFrame, arrondissements: pd.DataFrame, arrondissement_of: pd.Series) -> pd.DataFrame:
    """Return households on 1 January of 2041 to 2043: those of 2040, grown as the arrondissement does.

    The growth is that of the projection of the Federal Planning Bureau (2021), whose arrondissements are those of 2018; only its
    ratio of two years is used. Rounded half up, in whole numbers.
    """
    last, years = str(LAST_PROJECTED), {}
    below = arrondissement_of.map(arrondissements[last])
    for year in map(str, EXTENDED):
        above = households[last] * arrondissement_of.map(arrondissements[year])
        grown = (2 * above + below) // (2 * below)
        years[year] = grown.where(grown.index != HERSTAPPE, households[last])
    return pd.DataFrame(years).astype(np.int64)
