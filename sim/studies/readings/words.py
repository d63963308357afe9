"""What the readings of the law change, in words; and the page that lists every reading."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.inputs.law.model import Law, LawValue
from sim.report import estimates
from sim.report.cells import SIGNED, step_of
from sim.report.cells import written as as_written
from sim.report.language import ENGLISH, Language
from sim.runs.differences import THRESHOLDS
from sim.runs.disk.folders import write
from sim.studies.readings.study import Readings, open_in

PAGE = Path(__file__).with_name("page.md")
UNITS = {"dwellings": 1.0, "verdicts_2B": 1.0, "euro": 1e6}  # what a difference is written in
FINEST = {"dwellings": 1.0, "verdicts_2B": 0.01, "euro": 0.01}


def heads(readings: Readings, language: Language) -> dict[str, str]:
    """Return the name of each outcome."""
    return {name: language.name("outcome", name, year=readings.default.manifest["end_year"]) for name in THRESHOLDS}


def by_size(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each alternative under reading=option, the largest difference (in thresholds) first."""
    groups = [
        (f"{name}={option}", rows.set_index("outcome")) for (name, option), rows in table.groupby(["reading", "option"], sort=False)
    ]
    return sorted(groups, key=lambda group: -float((group[1]["difference"].abs() / group[1]["threshold"]).max()))


def written(row: Any, outcome: str, language: Language) -> str:
    """Return a difference with half of its 95% interval, rounded to digits that another seed would not change; a plain 0 for none at all."""
    mean, error, half = (row[name] / UNITS[outcome] for name in ("difference", "standard_error", "half"))
    if not mean and not error:
        return "0"
    step = step_of(error, FINEST[outcome]) if error else FINEST[outcome]
    return f"{as_written(language, mean, step, sign=SIGNED)} ± {language.number(max(half, step) if error else 0, step)}"


def answer(readings: Readings, language: Language) -> str:
    """Say how many alternatives matter for what."""
    matters = readings.table[readings.table["verdict"] == "matters"]["outcome"].value_counts()
    counts = {name: int(matters.get(name, 0)) for name in THRESHOLDS}
    return language.name("readings_answer", "matter", all=len(readings.table) // len(THRESHOLDS), **counts)


def notes(readings: Readings, language: Language) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    limits = {name: language.number(THRESHOLDS[name] / unit) for name, unit in UNITS.items()}
    yield language.name("readings_note", "difference", **limits)
    yield language.name("readings_note", "zero")
    if int(readings.table["replications"].min()) < estimates.FEW:
        yield language.name("readings_note", "few", few=estimates.FEW)
    yield estimates.source(readings.default, language)


def write_page(readings: Readings, lang: str = "en") -> Path:
    """Write the page of all readings (Markdown, in English in any language) beside the table, and return its path."""
    return write(readings.folder / "readings.md", page(readings.scenario.law, readings.table).encode())


def page(law: Law, table: pd.DataFrame | None = None) -> str:
    """Return the page of all readings of a law in Markdown, with the differences of a run where there is one."""
    by_option, lines = {} if table is None else dict(by_size(table)), []
    for name, reading in open_in(law).items():
        about = [f"`{name}`", f"`{reading.value}`"]
        about += [reading.unit, reading.source] if isinstance(reading, LawValue) else [reading.what, reading.why]
        for option in (o for o in reading.options if o != reading.value):
            rows = by_option.get(f"{name}={option}")
            differences = ["", "", ""] if rows is None else [_cell(rows.T[outcome], outcome, ENGLISH) for outcome in THRESHOLDS]
            lines.append("| " + " | ".join([*about[:2], f"`{option}`", *about[2:], *differences]) + " |")
            about = ["", "", "", ""]
    text = PAGE.read_text(encoding="utf-8").format(title=law.title, date=law.date, rows="\n".join(lines))
    if table is None:
        return text
    run, limits = table.iloc[0], {name: f"{limit / UNITS[name]:.0f}" for name, limit in THRESHOLDS.items()}
    of_run = {"scenario": run["scenario"], "replications": table["replications"].min(), "seed": run["seed"]}
    return text + PAGE.with_name("differences.md").read_text(encoding="utf-8").format(**of_run, **limits)


def _cell(row: Any, outcome: str, language: Language) -> str:
    """Return a difference for the page, marked by what it says."""
    text = written(row, outcome, language)
    return {"matters": f"**{text}**", "undecided": f"{text} ?", "does not": text}[row["verdict"]]
