"""Lead times fitted to real projects, those still under way included: they lasted at least as long as they were seen (right-censored).

Left out, they would make every stage look shorter than it is, as the long ones are under way longest.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.model import Scenario
from sim.studies.durations.censored import Fit, fit, most_likely, observed, same
from sim.studies.durations.spells import Records, Stays

LEAST = 10  # finished stays without which nothing is fitted; a choice
LONGEST = 50  # years: no simulation lasts longer, so a longer lead time is the same to it


@dataclass(frozen=True)
class Durations:
    """What a list says of the lead times of a scenario.

    `table`: a row per stage of the list: projects, under_way; why (not fitted: few, same or open; "" when it is); the Fit; median_left_out and
    sigma_left_out, what one would find without those under way; and of the scenario its median_assumed, sigma_assumed (NaN: no lognormal),
    family, status, and whether the fit's intervals hold them. `path`: the scenario written.
    """

    folder: Path
    path: Path
    records: Records
    scenario: Scenario
    table: pd.DataFrame

    def summary(self) -> dict[str, Any]:
        """Return the answer as one JSON object; nothing for what is not known."""
        rows = json.loads(self.table.to_json(orient="records", double_precision=6))
        return {"file": self.records.name, "seen": f"{self.records.seen:%Y-%m}", "scenario": str(self.path), "stages": rows}


def durations(records: Records, scenario: Scenario, folder: Path) -> Durations:
    """Fit the lead times of a scenario to a list, and write the scenario with them as durations.toml.

    Raises InputError when no stage can be fitted.
    """
    table = pd.DataFrame([_row(stage, stays, scenario) for stage, stays in records.stays.items()])
    if table["why"].all():
        counts = ", ".join(f"{stage} {len(stays.finished)}" for stage, stays in records.stays.items())
        problem = (
            f"no stage can be fitted; at least {LEAST} finished stays of different lengths are needed in one (finished: {counts})"
        )
        raise InputError(records.name, "", problem)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "durations.toml"
    path.write_text(scenario_text(records, table), encoding="utf-8")
    return Durations(folder, path, records, scenario, table)


def _row(stage: str, stays: Stays, scenario: Scenario) -> dict[str, Any]:
    """Return a row of the table."""
    low, high, right = observed(stays)
    assumed = getattr(scenario.uncertainties, stage)
    sigma = float(assumed.parameters["s"]) if assumed.distribution == "lognorm" else math.nan
    row = {
        "stage": stage,
        "projects": len(low) + len(right),
        "under_way": len(right),
        "why": "few" if len(low) < LEAST else "same" if same(low, high, right) else "",
        **dict.fromkeys((*Fit._fields, "median_left_out", "sigma_left_out"), math.nan),
        "median_assumed": float(assumed.quantile(0.5)),
        "sigma_assumed": sigma,
        "family": assumed.distribution,
        "status": assumed.status,
        "median_inside": None,
        "sigma_inside": None,
    }
    if row["why"]:
        return row
    found = fit(low, high, right)
    if not 0 < found.median_low < found.median_high < LONGEST:
        return {**row, "why": "open"}
    if not same(low, high, right[:0]):
        row["median_left_out"], row["sigma_left_out"] = most_likely(low, high, right[:0])
    row |= found._asdict()
    row["median_inside"] = found.median_low <= row["median_assumed"] <= found.median_high
    row["sigma_inside"] = None if math.isnan(sigma) else found.sigma_low <= sigma <= found.sigma_high
    return row


def on_top(scenario: Scenario) -> Mapping[str, float]:
    """Return what the model lays over a lead time and a list usually holds: means by the scenario's own values.

    Of a permit the `appeals` (months, for a project of appeal_reference dwellings); of preparation and permit the wait for a `committee`
    date (months), and the share that `effort` takes off; of construction the share by which one of half the `size` is shorter.
    """
    u = scenario.uncertainties
    council = u.council.value * (u.council_duration.mean() + u.annulled.value * u.new_permit.mean())
    return {
        "appeals": 12 * min(u.appeal.value, u.appeal_ceiling.value) * (u.appeal_delay.mean() + council),
        "committee": (scenario.levers.committee_interval.value - 1) / 2,
        "effort": u.effort_speed.value * u.effort_start.mean(),
        "size": 1 - 0.5**u.construction_exponent.value,
    }


HOLDS = {
    "preparation": "in the model the wait for a committee comes on top and the municipality's effort shortens it; a list holds both",
    "permit": "in the model appeals and the wait for a committee come on top; with a list that holds them, set appeal to 0 as below",
    "start": "in the model the wait for money comes on top; a list that counts to the start of the works holds it",
    "construction": "for a project of construction_reference dwellings; a list holds its own sizes",
}


def scenario_text(records: Records, table: pd.DataFrame) -> str:
    """Return the scenario (TOML) that extends the baseline with the fitted lead times. No cut-off below: the shortest are in the fit."""
    name = "".join(c if c.isprintable() else "?" for c in records.name)
    text = [
        "# Lead times fitted to a list of projects; range: 95% interval of the median. See docs/model.md for what each of them is.",
        'extends = "baseline.toml"',
        f"title = {_quoted(f'The baseline, with lead times fitted to {name}')}",
        f"title_nl = {_quoted(f'Het basisscenario, met doorlooptijden afgestemd op {name}')}",
    ]
    for row in table[table["why"] == ""].to_dict("records"):
        stage, seen = str(row["stage"]), f"{records.seen:%Y-%m}"
        source = f"fitted to {name}: {row['projects']} projects, {row['under_way']} under way, seen {seen}"
        text += [
            "",
            *([f"# {HOLDS[stage]}"] if stage in HOLDS else []),
            f"[uncertainties.{stage}]",
            'distribution = "lognorm"',
            f"parameters = {{ s = {row['sigma']!r}, scale = {row['median']!r} }}",
            f"minimum = 0.0\nmaximum = {LONGEST}.0",
            f"range = [{row['median_low']!r}, {row['median_high']!r}]",
            f'status = "found"\nsource = {_quoted(source)}',
        ]
        if stage == "permit":
            lines = ("[uncertainties.appeal]", "value = 0.0", 'status = "derived"', 'source = "appeals are in the fitted permit"')
            text += ["", *(f"# {line}" for line in lines)]
    return "\n".join(text) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
