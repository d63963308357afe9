"""A table that is checked by itself: what it holds is told by its columns."""

from pathlib import Path

from sim.inputs.sheets.sheet import heads
from sim.inputs.workbook.words import Words, plain


def check_table(path: Path, add_up: bool) -> tuple[str, list[str]]:
    """Return what a table holds, in words, and what is doubtful in it. `add_up`: see `sim.inputs.region.load.check_table`.

    It is one of swaps, verdicts, lead times or official figures, as the first row says that has columns of any of these; where none has, of
    official figures. Raises InputError for what cannot be.
    """
    from sim.inputs.municipalities import names
    from sim.inputs.region import load
    from sim.inputs.region.official import FIGURES
    from sim.inputs.region.overrides import GIVEN, SWAP, read_swaps
    from sim.inputs.scenario.model import load_scenario
    from sim.inputs.scenario.toml import LIBRARY
    from sim.studies.durations import spells
    from sim.studies.records import verdicts

    kinds = {
        "swaps": [SWAP[name] for name in GIVEN],
        "verdicts": [verdicts.COLUMNS["category"]],
        "spells": [spells.COLUMNS[name] for name in spells.NEEDED],
        "figures": [Words("", "", tuple(name for words in FIGURES.values() for name in (words.nl, words.en, *words.also)))],
    }
    kind = next((kind for row in heads(path) for kind, columns in kinds.items() if _has(row, columns)), "figures")
    if kind == "swaps":
        scenario = load_scenario(LIBRARY / "baseline.toml")
        swaps, sheet = read_swaps(path, load.load_region(), scenario)
        return f"valid table of {len(swaps)} swaps, of {int(swaps[:, 2].sum())} dwellings together", [
            f"{path}: {r}" for r in sheet.remarks
        ]
    if kind == "verdicts":
        known = verdicts.read_verdicts(path, names())
        counts = ", ".join(f"{name} {list(known.values()).count(name)}" for name in verdicts.CATEGORIES)
        return f"valid table of verdicts for {len(known)} municipalities ({counts})", []
    if kind == "spells":
        records = spells.read_spells(path)
        counts = ", ".join(f"{stage} {len(of.finished) + len(of.under_way)}" for stage, of in records.spells.items())
        return f"valid list of lead times, seen until the end of {records.seen:%Y-%m} ({counts})", [
            f"{path}: {r}" for r in records.remarks
        ]
    return load.check_table(path, add_up)


def _has(row: frozenset[str], columns: list[Words]) -> bool:
    """Return whether a row has all of some columns, by one of their names."""
    return all({plain(name) for name in (words.nl, words.en, *words.also)} & row for words in columns)
