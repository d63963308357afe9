"""What a sensitivity study found: its tables, which parameters matter, and which of these are the data to collect first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.unknowns import Unknown, unknowns
from sim.study.discovery import Rule
from sim.study.store import read_json

MATTERS = 0.05  # share of the variance of an outcome from which a parameter matters
ANSWER = "sensitivity.json"
TABLES = ("ends", "morris", "sobol", "futures")


@dataclass(frozen=True)
class Sensitivity:
    """What was found, in its folder. Tables have a row per outcome and parameter; units are those of the outcome.

    `ends`: the outcome with the parameter at its low and at its high end, all else as in the scenario, and the differences with 95% intervals.
    `morris`, `sobol`: see `indices`; empty when not asked for. `futures`: Sobol's independent points with the share that fails. `rule`: where
    futures fail. `known`: the parameters.
    """

    folder: Path
    known: Mapping[str, Unknown]
    ends: pd.DataFrame
    morris: pd.DataFrame
    sobol: pd.DataFrame
    futures: pd.DataFrame
    rule: Rule | None
    facts: dict[str, Any]

    @property
    def outcomes(self) -> list[str]:
        """The outcomes, in order."""
        return list(self.facts["outcomes"])

    def shares(self, outcome: str) -> "pd.Series[float]":
        """Return the share of an outcome's variance by parameter, the largest first: Sobol's ST, or what Morris says where there is none."""
        table, column = (self.sobol, "ST") if len(self.sobol) else (self.morris, "share")
        if not len(table):
            return pd.Series(dtype=float)
        return table[table["outcome"] == outcome].set_index("parameter")[column].sort_values(ascending=False, kind="stable")

    def matter(self, outcome: str) -> list[str]:
        """Return the parameters that matter for an outcome, the largest first."""
        shares = self.shares(outcome)
        return [str(name) for name in shares[shares >= MATTERS].index]

    def collect_first(self) -> list[str]:
        """Return the parameters that matter for some outcome and that are only assumed, those with the largest share first."""
        best: dict[str, float] = {}
        for outcome in self.outcomes:
            shares = self.shares(outcome)
            for name in self.matter(outcome):
                best[name] = max(best.get(name, 0.0), float(shares[name]))
        return [name for name in sorted(best, key=lambda n: -best[n]) if self.facts["status"][name] == "assumed"]

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object."""
        tables = {
            name: json.loads(getattr(self, name).to_json(orient="records", double_precision=10))
            for name in ("ends", "morris", "sobol")
        }
        matter = {outcome: self.matter(outcome) for outcome in self.outcomes}
        rule = self.rule.summary() if self.rule else None
        return {**self.facts, "matter": matter, "collect_first": self.collect_first(), "rule": rule, **tables}


def read_sensitivity(folder: Path) -> Sensitivity:
    """Return what a folder holds of a study of `unknowns()`. Raises InputError when it is damaged, KeyError for other parameters."""
    facts, files = read_json(folder / ANSWER), {name: folder / f"{name}.csv" for name in TABLES}
    tables = {name: pd.read_csv(file) if file.exists() else pd.DataFrame() for name, file in files.items()}
    rule = Rule.of(facts["rule"]) if facts["rule"] else None
    return Sensitivity(folder, {name: unknowns()[name] for name in facts["parameters"]}, **tables, rule=rule, facts=facts)
