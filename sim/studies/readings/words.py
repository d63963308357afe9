"""What the readings of the law change, in words; and the page that lists every reading."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.law.model import Law, LawValue
from sim.report import estimates
from sim.report.language import Language
from sim.runs.differences import ERRORS, THRESHOLDS
from sim.studies.readings.study import Readings, open_in

UNITS = {"dwellings": 1.0, "verdicts_2B": 1.0, "euro": 1e6}  # what a difference is written in
FINEST = {"dwellings": 1.0, "verdicts_2B": 0.01, "euro": 0.01}


def words(language: Language) -> dict[str, str]:
    """Return what each alternative of the draft law says, by reading=option."""
    say = language.say
    return {
        "sib_beside_regular=sib_first": say("SIB comes first, all of it"),
        "rounding=down": say("requirements are rounded down"),
        "category_2B=both": say("2B only without plan and effort"),
        "exemption_ratio=literal": say("exemption: the total against a year"),
        "exempted_sib=returns_to_pot": say("exempted SIB is carried by all"),
        "overshoot_at_ceiling=again": say("at 9% overshoot is deducted again"),
        "realised=gross": say("delivered and bought counts"),
        "realised=kept": say("sales are not deducted"),
        "realised=let": say("only what is let for 6 months counts"),
        "dormant=counts": say("dormant projects count as on MJP"),
        "rent_in_condition=always": say("rent-in asked at every test"),
        "rent_in_condition=never": say("rent-in asked at no test"),
        "land_list=theoretical": say("land list may name all room"),
        "last_test=rhythm": say("2040 follows the usual rhythm"),
        "yearly_measurement=path": say("measured yearly on the path"),
        "charged=once": say("a missing dwelling is charged once"),
        "final_sib=sanctioned": say("SIB missing at the end is charged"),
        "may_take=anyone": say("all may take in a redistribution"),
        "may_take=none_exempted": say("who was relieved of SIB takes nothing"),
        "spatial_reasons=never": say("no exemption for spatial reasons"),
        "lacking=added": say("lacks at all stages are added"),
        "list_covers=objective": say("land list covers all of the objective"),
        "schedule_agreed=always": say("land list without agreement"),
        "at_ceiling=growth": say("at 9%: 9% of the growth"),
        "sib_at_ceiling=dropped": say("at 9% SIB is dropped"),
        "projection=2042": say("households of 1 January 2042"),
        "in_planning=mjp": say("voluntary only with all on MJP"),
        "charged_from=year_after": say("charged from the year after the test"),
        "voluntary_needed=2": say("two voluntary instruments"),
        "voluntary_needed=4": say("four voluntary instruments"),
    }


def verdict_words(language: Language) -> dict[str, str]:
    """Return the words for what a comparison says."""
    say = language.say
    return {"matters": say("matters"), "does not": say("does not"), "undecided": say("undecided")}


def heads(readings: Readings, language: Language) -> dict[str, str]:
    """Return the name of each outcome."""
    say = language.say
    return {
        "dwellings": say("Dwellings\nend of {year}", year=readings.default.manifest["end_year"]),
        "verdicts_2B": say("Verdicts of 2B\nall tests"),
        "euro": say("Contributions\nmillion euro"),
    }


def by_size(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each alternative under reading=option, the largest difference (in thresholds) first."""
    groups = [
        (f"{name}={option}", rows.set_index("outcome")) for (name, option), rows in table.groupby(["reading", "option"], sort=False)
    ]
    return sorted(groups, key=lambda group: -float((group[1]["difference"].abs() / group[1]["threshold"]).max()))


def written(row: Any, outcome: str, language: Language) -> str:
    """Return a difference with its standard error, rounded to digits that another seed would not change; a plain 0 for none at all."""
    mean, error = row["difference"] / UNITS[outcome], row["standard_error"] / UNITS[outcome]
    if not mean and not error:
        return "0"
    step = max(FINEST[outcome], 10.0 ** math.floor(math.log10(error / 2)) if error else 0.0)
    text = language.number(mean, step)
    sign = "+" if round(mean / step) > 0 else ""
    return f"{sign}{'0' if text == '-0' else text} ± {language.number(error, step)}"


def answer(readings: Readings, language: Language) -> str:
    """Say how many alternatives matter for what."""
    table = readings.table
    count = {name: int((table.loc[table["outcome"] == name, "verdict"] == "matters").sum()) for name in THRESHOLDS}
    return language.say(
        "Of {all} other readings of the law, {dwellings} matter for the dwellings realised, {verdicts} for the verdicts of 2B "
        "and {euro} for the contributions",
        all=len(table) // len(THRESHOLDS),
        dwellings=count["dwellings"],
        verdicts=count["verdicts_2B"],
        euro=count["euro"],
    )


def notes(readings: Readings, language: Language) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    say, number = language.say, language.number
    yield say(
        "Difference from this scenario's own readings with the same luck, ± its standard error; contributions over all years of a test. "
        "It matters if {errors} standard errors on either side lie beyond {dwellings} dwellings, {verdicts} verdicts or {euro} million euro.",
        errors=ERRORS,
        dwellings=number(THRESHOLDS["dwellings"]),
        verdicts=number(THRESHOLDS["verdicts_2B"]),
        euro=number(THRESHOLDS["euro"] / UNITS["euro"]),
    )
    yield say("A plain 0: no replication differs at all. A reading of what is realised also changes how the dwellings are counted.")
    if int(readings.table["replications"].min()) < estimates.FEW:
        yield say("With fewer than {few} replications the standard errors are only indicative.", few=estimates.FEW)
    yield estimates.source(readings.default, language)


def write_page(readings: Readings, lang: str = "en") -> Path:
    """Write the page of all readings (Markdown, in English in any language) beside the table, and return its path."""
    path = readings.folder / "readings.md"
    path.write_text(page(readings.scenario.law, readings.table), encoding="utf-8")
    return path


def page(law: Law, table: pd.DataFrame | None = None) -> str:
    """Return the page of all readings of a law in Markdown, with the differences of a run where there is one."""
    english = Language("en")
    lines = [
        "# Readings of the law",
        "",
        f"*{law.title}* ({law.date}) is silent in places, and its documents disagree in others. Each such place",
        "is a reading with a default; a scenario tries another with `law_changes.readings.NAME.value`, or, where it is a number,",
        "`law_changes.values.NAME.value`. This page is written by `bso readings`, from the law file.",
        "",
        "| reading | default | alternative | what | why | dwellings | 2B verdicts | million euro |",
        "|---|---|---|---|---|---|---|---|",
    ]
    by_option = {} if table is None else dict(by_size(table))
    for name, reading in open_in(law).items():
        said = (reading.unit, reading.source) if isinstance(reading, LawValue) else (reading.what, reading.why)
        about = [f"`{name}`", f"`{reading.value}`", *said]
        for option in (o for o in reading.options if o != reading.value):
            rows = by_option.get(f"{name}={option}")
            differences = ["", "", ""] if rows is None else [_cell(rows.loc[outcome], outcome, english) for outcome in THRESHOLDS]
            lines.append("| " + " | ".join([*about[:2], f"`{option}`", *about[2:], *differences]) + " |")
            about = ["", "", "", ""]
    if table is not None:
        run = table.iloc[0]
        limits = [f"{limit / UNITS[name]:.0f}" for name, limit in THRESHOLDS.items()]
        lines += [
            "",
            f"The last three columns: scenario {run['scenario']}, {table['replications'].min()} replications, seed {run['seed']}.",
            "They give the difference from the default with the same luck, ± its standard error, in the BSO realised at the end,",
            f"in the verdicts of 2B over all tests and in the contributions charged. **Bold**: it matters, as {ERRORS} standard errors",
            f"on either side lie beyond {limits[0]} dwellings, {limits[1]} verdicts or {limits[2]} million euro; ?: undecided;",
            "otherwise it does not. A plain 0: no replication differs at all. `exemption_ratio`, `exempted_sib` and `spatial_reasons` act",
            "only where municipalities ask for an exemption (`scenarios/exemptions.toml`), `may_take` only where objectives are redistributed",
            "(`scenarios/redistribution.toml`), `schedule_agreed` only where a test falls before an agreement that is late is in force.",
            "`realised` also changes how the dwellings are counted.",
        ]
    return "\n".join(lines) + "\n"


def _cell(row: Any, outcome: str, language: Language) -> str:
    """Return a difference for the page, marked by what it says."""
    text = written(row, outcome, language)
    return {"matters": f"**{text}**", "undecided": f"{text} ?", "does not": text}[row["verdict"]]
