"""Forecasts that hold chance and not knowing, and the fit behind them, in words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.report.language import Language
from sim.studies.backtest.words import amount
from sim.studies.calibration.bands import Bands

SHOWN = {"realised_at_end": (1.0, 10.0), "verdicts_2B": (1.0, 1.0), "contribution_total": (1e-6, 1.0)}  # times what, to which step


def bands_answer(bands: Bands, language: Language) -> str:
    """Say how much of the forecast's width is not knowing: its mean and band are those of a forecast, not of the few sets looked at here."""
    (row,) = bands.tables["table"].query("outcome == 'realised_at_end'").to_dict("records")
    return language.say(
        "Of the variance of the dwellings that count in {year}, {share} is not knowing; the rest is luck.",
        year=str(int(bands.tables["years"]["year"].max())),
        share=language.percent(row["not_knowing"]),
    )


def bands_rows(result: Bands, language: Language) -> list[list[str]]:
    """Return a row per outcome that is shown: its name, the width of its 80% band by luck alone and by both, and what is not knowing."""
    rows = []
    for row in result.tables["table"].query("outcome in @SHOWN").to_dict("records"):
        scale, step = SHOWN[row["outcome"]]
        widths = (scale * (row[f"{luck}p90"] - row[f"{luck}p10"]) for luck in ("luck_", ""))
        cells = [*(language.number(width, step) for width in widths), language.percent(row["not_knowing"])]
        rows.append([language.name("forecast_outcome", row["outcome"]), *cells])
    return rows


def later_cells(row: Mapping[Any, Any], between: str, language: Language) -> list[str]:
    """Return the fact of a figure, and as assumed and as fitted its 80% band (with a word `between` its ends) and score."""
    cells = [amount(row, row["fact"], language)]
    for what in ("assumed", "fitted"):
        low, high, score = (amount(row, row[f"{column}_{what}"], language) for column in ("p10", "p90", "crps"))
        cells += [f"{low}{between}{high}", score]
    return cells


def later_answer(later: pd.DataFrame, language: Language) -> str:
    """Say for how many figures of later years the fit did better than what was assumed, and how many its bands hold."""
    later = later[~later["seen"].astype(bool)]
    return language.say(
        "Of {count} figures that it did not see the fit foresees {better} better than what was assumed; its 80% bands hold {held}, the "
        "assumed {before}; good ones would hold about {wanted}.",
        count=str(len(later)),
        wanted=str(round(0.8 * len(later))),
        better=str((later["crps_fitted"] < later["crps_assumed"]).sum()),
        held=str(later["covered_fitted"].sum()),
        before=str(later["covered_assumed"].sum()),
    )
