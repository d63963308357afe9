"""A table that is checked by itself: what it holds is told by its columns."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.inputs.sheets.sheet import heads
from sim.inputs.workbook.words import Lang, Words, named, plain
from sim.report.messages import READER
from sim.report.outside import one_line, typed

if TYPE_CHECKING:
    from sim.inputs.region.load import Checked


def check_table(path: Path, add_up: bool) -> "Checked":
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
        holds = f"valid table of {len(swaps)} swaps, of {int(swaps[:, 2].sum())} dwellings together"
        return load.Checked(holds, [f"{path}: {r}" for r in sheet.remarks])
    if kind == "verdicts":
        known = verdicts.read_verdicts(path, names())
        counts = ", ".join(f"{name} {list(known.values()).count(name)}" for name in verdicts.CATEGORIES)
        return load.Checked(f"valid table of verdicts for {len(known)} municipalities ({counts})", [])
    if kind == "spells":
        records = spells.read_spells(path)
        counts = ", ".join(
            f"{named(spells.STAGES[stage], READER.get())} {len(of.finished) + len(of.under_way)}"
            for stage, of in records.spells.items()
        )
        holds = f"valid list of lead times, seen until the end of {records.seen:%Y-%m} ({counts})"
        return load.Checked(holds, [f"{path}: {r}" for r in records.remarks])
    return load.check_table(path, add_up)


def _has(row: frozenset[str], columns: list[Words]) -> bool:
    """Return whether a row has all of some columns, by one of their names."""
    return all({plain(name) for name in (words.nl, words.en, *words.also)} & row for words in columns)


def show_sums(path: Path, checked: "Checked", lang: Lang) -> None:
    """Print what each column of official figures adds up to, and, where they are of some municipalities only, what to do with them."""
    from sim.inputs.region.official import COLUMNS
    from sim.report.screen import Screen, grid

    screen = Screen(lang)
    say, sums = screen.say, grid(screen.say("Figures"), screen.say("Together"))
    for column, total in checked.sums.items():
        sums.add_row(named(COLUMNS[column], lang), screen.number(total))
    screen.put(sums)
    partial = ""
    if checked.lacking:
        partial = ", partial = true"
        screen.line(say("Not all municipalities are in it; the others keep their estimates."))
    screen.line(say("In a scenario it is laid over the estimates by a line of its own:"))
    screen.whole(f"  official = {{ file = {json.dumps(one_line(path.as_posix()), ensure_ascii=False)}{partial} }}")
    screen.line(say("What it changes is said by:"))
    screen.whole(f"  bso compare baseline {typed(one_line(path))}")
