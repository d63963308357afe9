"""The page of a comparison, and the tables that only the report needs: options by themselves, the fan, the facts of the runs."""

import numpy as np
import pandas as pd

from sim.report import estimates
from sim.report.cells import HtmlLanguage, Sheet
from sim.report.language import Language
from sim.report.parts import Page
from sim.runs.outcomes import OUTCOMES, of_all
from sim.runs.precision import half_width, standard_error
from sim.studies.compare.study import AS_IS, Comparison
from sim.studies.compare.words import Told


class ComparisonPage(Page):
    """What the sections on a comparison share. `told`: in plain text, for pictures; `html`: the same, where numbers become <data>."""

    def __init__(self, comparison: Comparison, lang: str) -> None:
        self.comparison, added = comparison, report_tables(comparison)
        self.told, self.html = Told(comparison, Language(lang)), Told(comparison, HtmlLanguage(lang))
        for told in (self.told, self.html):
            told.sheets |= {name: Sheet(name, frame, told.language) for name, frame in added.items()}
        super().__init__(comparison.folder, lang, {name: sheet.name for name, sheet in self.told.sheets.items()}, added)


def report_tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables by the name of their CSV."""
    return {"options": options(comparison), "fan": fan(comparison), "facts": facts(comparison)}


def options(comparison: Comparison) -> pd.DataFrame:
    """Return a row per option and outcome: mean, its standard error, 80% band; and the number of tests."""
    rows: list[dict[str, object]] = []
    for option, kinds in comparison.runs.items():
        results = kinds[AS_IS]
        values = of_all(results)
        for name, outcome in OUTCOMES.items():
            error, freedom = standard_error(values[name], results.manifest)
            low, high = np.percentile(values[name], (10, 90))
            found = {"mean": values[name].mean(), "error": error if freedom else np.nan, "p10": low, "p90": high}
            rows.append({"option": option, "outcome": name, "unit": outcome.unit, **found})
        tests = results.test_totals["test"].nunique() if len(results.test_totals) else 0
        rows.append(
            {"option": option, "outcome": "tests", "unit": "tests", "mean": float(tests), "error": 0.0, "p10": tests, "p90": tests}
        )
    return pd.DataFrame(rows)


def fan(comparison: Comparison) -> pd.DataFrame:
    """Return a row per year of the first option: mean and percentiles of the dwellings realised, and what the growth path asks (if it does)."""
    results = comparison.runs[comparison.base][AS_IS]
    values = results.yearly("bso")
    percentiles = np.percentile(values, (10, 25, 75, 90), axis=0)
    path = results.path.set_index("year")["required"] if len(results.path) else pd.Series(dtype=float)
    frame = pd.DataFrame({"year": values.columns, "mean": values.mean().to_numpy()})
    for name, row in zip(("p10", "p25", "p75", "p90"), percentiles, strict=True):
        frame[name] = row
    frame["growth_path"] = path.reindex(values.columns).to_numpy(float)
    return frame


def facts(comparison: Comparison) -> pd.DataFrame:
    """Return the facts of the runs that are numbers, a row each."""
    results, known = comparison.runs[comparison.base][AS_IS], comparison.facts
    reached = results.reached()
    values = {
        "objective": known["objective"],
        "replications": known["replications"],
        "runs": known["runs"],
        "failed": known["failed"],
        "seed": known["seed"],
        "reached": float(reached.sum()),
        "half_interval_realised": half_width(results.last_year("bso").astype(float), results.manifest),
        "past_growth_least": min(estimates.null_shares(results).values()),
        "past_growth_most": max(estimates.null_shares(results).values()),
        "times_in_100": 100 * 1.96 * np.sqrt(0.25 / max(known["replications"], 1)),
    }
    return pd.DataFrame({"fact": list(values), "value": [float(value) for value in values.values()]})
