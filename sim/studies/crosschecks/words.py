"""The words of the cross-checks: how many pass, and numbers in their unit. Sources stay in English."""

import math
from collections.abc import Mapping
from typing import Any

from sim.report.language import Language
from sim.studies.crosschecks.study import AFTER_KTP, PACA, Crosschecks

KINDS = ("independent", "input", "naive")


def said(language: Language, key: str, **values: str | int) -> str:
    """Return one of the sentences."""
    return language.name("crosschecks", key, **values)


def answer(result: Crosschecks, language: Language) -> str:
    """Say how many checks pass, of each kind."""
    marked = result.tables["checks"].query("verdict != 'shown'")
    passed = marked[marked["verdict"] == "pass"]
    counts = {f"of_{kind}": said(language, "of", passed=_count(passed, kind), marked=_count(marked, kind)) for kind in KINDS}
    return said(language, "answer", passed=len(passed), marked=len(marked), **counts)


def _count(rows: Any, kind: str) -> int:
    return int((rows["kind"] == kind).sum())


def disagreement(result: Crosschecks, language: Language) -> str:
    """Say where PACA disagrees most."""
    values = result.tables["checks"].set_index("name")["value"]
    year, share = max(PACA.items(), key=lambda item: abs(item[1] - values[AFTER_KTP.format(item[0])]))
    here, there = language.percent(values[AFTER_KTP.format(year)]), language.percent(share)
    return said(language, "disagreement", here=here, years=year, there=there)


def rests_on(result: Crosschecks, language: Language) -> str:
    """Say on how many simulations and projects the values rest."""
    facts = result.facts
    projects = language.number(facts["projects"])
    return said(language, "rests_on", replications=facts["replications"], scenario=facts["scenario"], projects=projects)


def amount(value: float, unit: str, language: Language) -> str:
    """Return a value as it is written in its unit."""
    if unit == "share":
        return language.percent(value) if abs(value) >= 0.01 or value == 0 else f"{language.number(100 * value, 0.1)}%"
    return language.number(value, 0.1 if unit == "years" else 1)


def wanted(check: Mapping[Any, Any], language: Language) -> str:
    """Return between what the value of a check should lie; nothing where it has no pass mark."""
    if math.isnan(check["low"]):
        return ""
    low = amount(check["low"], check["unit"], language)
    if math.isinf(check["high"]):
        return said(language, "or_more", low=low)
    return language.say("{low} to {high}", low=low, high=amount(check["high"], check["unit"], language))
