"""A table that is checked by itself: what it holds is told by its columns."""

from pathlib import Path

from sim.inputs.sheets.sheet import heads
from sim.inputs.workbook.words import Words, plain


def check_table(path: Path, add_up: bool) -> tuple[str, list[str]]:
    """Return what a table holds, in words, and what is doubtful in it. `add_up`: see `sim.inputs.region.load.check_table`.

    It is one of swaps, verdicts or lead times, where a row has their columns; else of official figures. Raises InputError for what cannot be.
    """
    from sim.inputs.municipalities import names
    from sim.inputs.region import load
    from sim.inputs.region.overrides import GIVEN, SWAP, read_swaps
    from sim.inputs.scenario.model import load_scenario
    from sim.inputs.scenario.toml import LIBRARY
    from sim.studies.durations import spells
    from sim.studies.records import verdicts

    found = heads(path)
    if _has(found, [SWAP[name] for name in GIVEN]):
        scenario = load_scenario(LIBRARY / "baseline.toml")
        swaps, sheet = read_swaps(path, load.load_region(), scenario)
        return f"valid table of {len(swaps)} swaps, of {int(swaps[:, 2].sum())} dwellings together", [
            f"{path}: {r}" for r in sheet.remarks
        ]
    if _has(found, [verdicts.COLUMNS["category"]]):
        known = verdicts.read_verdicts(path, names())
        counts = ", ".join(f"{name} {list(known.values()).count(name)}" for name in verdicts.CATEGORIES)
        return f"valid table of verdicts for {len(known)} municipalities ({counts})", []
    if _has(found, [spells.COLUMNS[name] for name in spells.NEEDED]):
        records = spells.read_spells(path)
        counts = ", ".join(f"{stage} {len(of.finished) + len(of.under_way)}" for stage, of in records.spells.items())
        return f"valid list of lead times, seen until the end of {records.seen:%Y-%m} ({counts})", [
            f"{path}: {r}" for r in records.remarks
        ]
    return load.check_table(path, add_up)


def _has(found: list[frozenset[str]], columns: list[Words]) -> bool:
    """Return whether a row has all of some columns, by one of their names."""
    asked = [{plain(name) for name in (words.nl, words.en, *words.also)} for words in columns]
    return any(all(names & row for names in asked) for row in found)
