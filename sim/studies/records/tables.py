"""The table of what is on record, in the docs. Markdown, in English."""

from sim.inputs.scenario.toml import LIBRARY
from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.runs.scores import bands
from sim.studies.records.record import COUNTED, FOLDER, Record, read_record


def records() -> str:
    """Return every record: by what, and how many municipalities it expects in each category (mean and 80% band; a naive one says a share)."""
    rows = []
    for path in sorted((LIBRARY.parent / FOLDER).glob("*.json")):
        record = read_record(path)
        rows.append([f"`{path.stem}`", _what(record), *(_expected(record, category) for category in COUNTED)])
    return table(["record", "what", *(f"municipalities in {category}" for category in COUNTED)], rows)


def _what(record: Record) -> str:
    """Return what said it."""
    content = record.content
    if record.naive:
        return str(content["title"])
    replications, sets = content["replications"], content.get("parameter_sets", 1)
    of_sets = {1: "one parameter set", replications: "each its own parameter set"}.get(sets, f"{sets:,} parameter sets")
    return f"`{content['scenario']}`, {replications:,} replications, {of_sets}"


def _expected(record: Record, category: str) -> str:
    """Return how many municipalities a record expects in a category."""
    if record.naive:
        return ENGLISH.percent(record.content["flanders"][category]["share"])
    counts = record.counts(category)
    ends = bands(counts, float(counts.mean()))
    return f"{ENGLISH.number(float(counts.mean()))} ({ENGLISH.band(ends['low_0.8'], ends['high_0.8'])})"
