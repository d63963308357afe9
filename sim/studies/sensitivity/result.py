"""What a sensitivity study found: its tables, which parameters matter, and which of these are the data to collect first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.errors import InputError
from sim.inputs.scenario.ranges import Unknown, unknowns
from sim.inputs.scenario.toml import REFERENCE
from sim.runs.store import read_json
from sim.studies.sensitivity.discovery import Rule

MATTERS = 0.05  # share of the variance of an outcome from which a parameter matters
ANSWER = "sensitivity.json"
KEPT = REFERENCE / "sensitivity"
SUMMED = ("ends", "morris", "sobol")  # tables that the answer holds too
TABLES = (*SUMMED, "futures")


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
        """Return the parameters that matter for some outcome and whose value or range is only assumed, those with the largest share first."""
        return [name for name in self._by_share() if self.status(name) == "assumed"]

    def matter_and_known(self) -> list[str]:
        """Return the parameters that matter for some outcome and whose value and range rest on some figure, the largest share first."""
        return [name for name in self._by_share() if self.status(name) != "assumed"]

    def _by_share(self) -> list[str]:
        best: dict[str, float] = {}
        for outcome in self.outcomes:
            shares = self.shares(outcome)
            for name in self.matter(outcome):
                best[name] = max(best.get(name, 0.0), float(shares[name]))
        return sorted(best, key=lambda name: -best[name])

    def status(self, name: str) -> str:
        """Return whether a parameter is found, derived or assumed: assumed when its value in the scenario is, or the range that is tried."""
        value: str = self.facts["status"][name]
        return "assumed" if "assumed" in (value, self.known[name].status) else value

    def summary(self) -> dict[str, Any]:
        """Return the answer as one object."""
        tables = {name: json.loads(getattr(self, name).to_json(orient="records", double_precision=10)) for name in SUMMED}
        matter = {outcome: self.matter(outcome) for outcome in self.outcomes}
        rule = self.rule.summary() if self.rule else None
        return {**self.facts, "matter": matter, "collect_first": self.collect_first(), "rule": rule, **tables}


def read_sensitivity(folder: Path) -> Sensitivity:
    """Return what the sealed file in a folder holds of a study of `unknowns()`: all but the futures themselves.

    Raises InputError when it is damaged, or of another version's parameters.
    """
    facts = read_json(folder / ANSWER)
    try:
        known = {name: unknowns()[name] for name in facts["parameters"]}
        tables = {name: pd.DataFrame(facts.pop(name)) for name in SUMMED}
        rule = Rule.of(facts["rule"]) if facts["rule"] else None
    except KeyError as error:
        raise InputError(folder / ANSWER, str(error.args[0]), "is not of this version; run the study again") from None
    return Sensitivity(folder, known, **tables, futures=pd.DataFrame(), rule=rule, facts=facts)


def kept_sensitivity() -> Sensitivity | None:
    """Return the kept study of what matters in the baseline; None in a copy without the repository's results. Raises InputError when damaged."""
    return read_sensitivity(KEPT) if KEPT.is_dir() else None
