"""The words of the cross-checks, for researchers and so in English: how many pass, and numbers in their unit."""

import math
from collections.abc import Mapping
from typing import Any

from sim.report.language import ENGLISH
from sim.studies.crosschecks.study import AFTER_KTP, PACA, Crosschecks

KINDS = {"independent": "that are independent", "input": "near to inputs", "naive": "against past growth"}


def answer(result: Crosschecks) -> str:
    """Say how many checks pass, of each kind."""
    marked = result.tables["checks"].query("verdict != 'shown'")
    passed = marked[marked["verdict"] == "pass"]
    counts = [f"{(passed['kind'] == kind).sum()} of {(marked['kind'] == kind).sum()} {words}" for kind, words in KINDS.items()]
    return f"{len(passed)} of {len(marked)} checks pass: {', '.join(counts)}."


def disagreement(result: Crosschecks) -> str:
    """Say where PACA disagrees most."""
    values = result.tables["checks"].set_index("name")["value"]
    year, share = max(PACA.items(), key=lambda item: abs(item[1] - values[AFTER_KTP.format(item[0])]))
    delivered = values[AFTER_KTP.format(year)]
    return f"PACA, another system and no pass mark, disagrees: {delivered:.0%} delivered after {year} years, {share:.0%} there."


def rests_on(result: Crosschecks) -> str:
    """Say on how many simulations and projects the values rest."""
    facts = result.facts
    on = f"{facts['replications']} replications of {facts['scenario']}, {ENGLISH.number(facts['projects'])} projects"
    return f"{on}; what was under way at the end counts as long as it was seen."


def amount(value: float, unit: str) -> str:
    """Return a value as it is written in its unit."""
    if unit == "share":
        return ENGLISH.percent(value) if abs(value) >= 0.01 or value == 0 else f"{ENGLISH.number(100 * value, 0.1)}%"
    return ENGLISH.number(value, 0.1 if unit == "years" else 1)


def wanted(check: Mapping[Any, Any]) -> str:
    """Return between what the value of a check should lie; nothing where it has no pass mark."""
    if math.isnan(check["low"]):
        return ""
    low = amount(check["low"], check["unit"])
    return f"{low} or more" if math.isinf(check["high"]) else f"{low} to {amount(check['high'], check['unit'])}"
