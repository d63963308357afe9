"""Lead times fitted to real projects, those still under way included: they lasted at least as long as they were seen (right-censored).

Left out, they would make every stage look shorter than it is, as the long ones are under way longest.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.inputs.scenario.model import Scenario
from sim.inputs.scenario.toml import LIBRARY
from sim.report.messages import told
from sim.runs.disk.folders import own, write
from sim.studies.durations.censored import Fit, fit, most_likely, observed, same
from sim.studies.durations.spells import Records, Spells, read_spells
from sim.studies.result import Result

LEAST = 10  # finished spells without which nothing is fitted; a choice
LONGEST = 50  # years: no simulation lasts longer, so a longer lead time is the same to it


@dataclass(frozen=True)
class Durations(Result):
    """What a list (`records`) says of the lead times of a scenario; `path`: the scenario written.

    `stages`: a row per stage of the list: projects, under_way; why (not fitted: few, same or open; "" when it is); the Fit; median_left_out
    and sigma_left_out, what one would find without those under way; and of the scenario its median_assumed, sigma_assumed (NaN: no
    lognormal), family, status, and whether the fit's intervals hold them.
    """

    records: Records
    scenario: Scenario
    path: Path

    @property
    def fitted(self) -> pd.DataFrame:
        """The rows of the stages that are fitted."""
        return self.tables["stages"].query("why == ''")

    def summary(self) -> dict[str, Any]:
        """Return the answer as one JSON object; nothing for what is not known."""
        return {**self.facts, "stages": json.loads(self.tables["stages"].to_json(orient="records", double_precision=6))}


def durations(
    file: str | Path,
    seen: str | None = None,
    scenario: str | Path | Scenario = LIBRARY / "baseline.toml",
    out: str | Path = "results/durations",
) -> Durations:
    """Fit the lead times of a scenario to a list of projects, and write the scenario with them as durations.toml.

    `file`, `seen`: see `read_spells`. Raises InputError for a wrong list, and when no stage can be fitted.
    """
    records, scenario = read_spells(Path(file), seen), scenario_of(scenario)
    table = pd.DataFrame([_row(stage, spells, scenario) for stage, spells in records.spells.items()])
    if table["why"].all():
        counts = ", ".join(f"{stage} {len(spells.finished)}" for stage, spells in records.spells.items())
        needed = f"at least {LEAST} finished stays of different lengths are needed in one"
        raise InputError(records.name, "", f"no stage can be fitted; {needed} (finished: {counts})")
    path = Path(out, "durations.toml")
    facts = {"file": records.name, "seen": f"{records.seen:%Y-%m}", "scenario": str(path)}
    result = Durations(path.parent, facts, {"stages": table}, records, scenario, path)
    with own(path.parent, "fitted lead times"):
        result.write()
        write(path, _scenario_text(result).encode())
    return result


def _row(stage: str, spells: Spells, scenario: Scenario) -> dict[str, Any]:
    """Return a row of the table."""
    low, high, right = observed(spells)
    assumed = getattr(scenario.uncertainties, stage)
    median, sigma = float(assumed.quantile(0.5)), math.nan
    if assumed.distribution == "lognorm":
        sigma = float(assumed.parameters["s"])
    row = {
        **{"stage": stage, "projects": len(low) + len(right), "under_way": len(right)},
        "why": "few" if len(low) < LEAST else "same" if same(low, high, right) else "",
        **dict.fromkeys((*Fit._fields, "median_left_out", "sigma_left_out"), math.nan),
        **{"median_assumed": median, "sigma_assumed": sigma, "family": assumed.distribution, "status": assumed.status},
        **{"median_inside": None, "sigma_inside": None},
    }
    if row["why"]:
        return row
    fitted = fit(low, high, right)
    if not 0 < fitted.median_low < fitted.median_high < LONGEST:
        return {**row, "why": "open"}
    if not same(low, high, right[:0]):
        row["median_left_out"], row["sigma_left_out"] = most_likely(low, high, right[:0])
    row |= fitted._asdict()
    row["median_inside"] = fitted.median_low <= median <= fitted.median_high
    row["sigma_inside"] = None if math.isnan(sigma) else fitted.sigma_low <= sigma <= fitted.sigma_high
    return row


def on_top(scenario: Scenario) -> Mapping[str, float]:
    """Return what the model lays over a lead time and a list usually holds: means by the scenario's own values.

    Of a permit the `appeals` (months, for a project of appeal_reference dwellings), and the share of the projects that fall `asleep` on MJP
    first, with the years that they `sleep`; of preparation and permit the wait for a `committee`
    date (months), and the share that `effort` takes off; of construction the share by which one of half the `size` is shorter.
    """
    u = scenario.uncertainties
    council = u.council.value * (u.council_duration.mean() + u.annulled.value * u.new_permit.mean())
    return {
        "appeals": 12 * min(u.appeal.value, u.appeal_ceiling.value) * (u.appeal_delay.mean() + council),
        "asleep": u.asleep.value,
        "sleep": u.wake.mean(),
        "committee": (scenario.levers.committee_interval.value - 1) / 2,
        "effort": u.effort_speed.value * u.effort_start.mean(),
        "size": 1 - 0.5**u.construction_exponent.value,
    }


HOLDS = {
    "preparation": "in the model the wait for a committee comes on top and the municipality's effort shortens it; a list holds both",
    "permit": "in the model appeals, sleep and the wait for a committee come on top; with a list that holds them, set them to 0 as below",
    "start": "in the model the wait for money comes on top; a list that counts to the start of the works holds it",
    "construction": "for a project of construction_reference dwellings; a list holds its own sizes",
}


def _scenario_text(result: Durations) -> str:
    """Return the scenario (TOML) that extends the baseline with the fitted lead times. No cut-off below: the shortest are in the fit."""
    name, quoted = "".join(c if c.isprintable() else "?" for c in result.records.name), partial(json.dumps, ensure_ascii=False)
    text = [
        f"# {told('Lead times fitted to a list of projects; range: the 95% interval of the median.')}",
        'extends = "baseline.toml"',
        f"title = {quoted(f'The baseline, with lead times fitted to {name}')}",
        f"title_nl = {quoted(f'Het basisscenario, met doorlooptijden afgestemd op {name}')}",
    ]
    for row in result.fitted.to_dict("records"):
        stage = row["stage"]
        source = f"fitted to {name}: {row['projects']} projects, {row['under_way']} under way, seen {result.facts['seen']}"
        text += [
            "",
            *([f"# {told(HOLDS[stage])}"] if stage in HOLDS else []),
            f"[uncertainties.{stage}]",
            'distribution = "lognorm"',
            f"parameters = {{ s = {row['sigma']!r}, scale = {row['median']!r} }}",
            f"minimum = 0.0\nmaximum = {LONGEST}.0",
            f"range = [{row['median_low']!r}, {row['median_high']!r}]",
            f'status = "found"\nsource = {quoted(source)}',
        ]
        if stage == "permit":
            for parameter, held in (("appeal", "appeals are"), ("asleep", "sleep is")):
                lines = (
                    f"[uncertainties.{parameter}]",
                    "value = 0.0",
                    'status = "derived"',
                    f'source = "{held} in the fitted permit"',
                )
                text += ["", *(f"# {line}" for line in lines)]
    return "\n".join(text) + "\n"
