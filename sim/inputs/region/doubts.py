"""What a user's figures may not mean: far from every estimate, or adding up to something else. It may be right, so nothing is refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.inputs.region.model import KNOWN, Whole

TIMES = 3  # a figure more than so many times beyond the estimates is doubtful,
FAR = 50  # if it lies so many dwellings (places) from them too
PART = 100  # a sum is doubtful from a hundredth beside what it should be
MOST_SHOWN = 10  # of one table
Table = Mapping[int, Mapping[str, str]]  # rows by NIS code


def far_off(own: float, low: float, high: float, away: float = FAR) -> bool:
    """Return whether a figure is doubtful beside the lowest and the highest estimate: so many TIMES, and `away`, below or above both."""
    return (own < low / TIMES and own < low - away) or (own > high * TIMES and own > high + away)


def of_table(
    path: Path, table: Table, before: Mapping[str, Whole], after: Mapping[str, Whole], nis: Sequence[int], paths: Sequence[str]
) -> list[str]:
    """Return what is doubtful in a table of official figures, a line each with its place.

    `before`, `after`: estimates by column (populations x municipalities in the order of `nis`), without the figures and with them; those of
    which nothing was estimated are left out. `paths`: columns of growth paths whose sum was taken for the objective.
    """
    places = {code: i for i, code in enumerate(nis)}
    found, beside = list[str](), list[str]()
    for code, row in table.items():
        i = places[code]
        for column in (name for name in before if name in row and name != KNOWN and before[name].any()):
            own, of = int(after[column][0, i]), _estimate(before[column][:, i])
            if far_off(own, *of[1:]):
                found.append(f"line {row['line']}, {column}: {own:,}, far from {_words(of)}; is that right? It is used as it is")
        if paths:
            own, of = int(after["objective_regular"][0, i]), _estimate(before["objective_regular"][:, i])
            if not of[1] <= own <= of[2]:
                beside.append(
                    f"line {row['line']}, {' + '.join(paths)}: {own:,} together, beside {_words(of)}; taken for the objective"
                )
    return [f"{path}: {line}" for lines in (found, beside) for line in _shown(lines)]


def of_total(path: Path, after: Mapping[str, Whole], objective: int) -> list[str]:
    """Return the doubt that the objectives of all municipalities add up to something else than the law's, where they do by a hundredth."""
    totals = [int((after["objective_regular"][p] + after["sib"][p]).sum()) for p in range(len(after["sib"]))]
    if all(abs(total - objective) * PART <= objective for total in totals):
        return []
    sums = f"{min(totals):,}" if min(totals) == max(totals) else f"{min(totals):,} to {max(totals):,}"
    return [f"{path}: objective_regular and sib of all municipalities add up to {sums}; the law's objective is {objective:,}"]


def _estimate(values: Whole) -> tuple[int, int, int]:
    """Return the central estimate of a figure, with the lowest and the highest."""
    return int(values[0]), int(values.min()), int(values.max())


def _words(of: tuple[int, int, int]) -> str:
    return "the estimate of {:,} ({:,} to {:,})".format(*of)


def _shown(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    return [*lines[:MOST_SHOWN], *([f"... and {len(lines) - MOST_SHOWN} lines more like that"] if len(lines) > MOST_SHOWN else [])]
