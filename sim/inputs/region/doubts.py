"""What a user's figures may not mean: far from every estimate, or adding up to something else. It may be right, so nothing is refused."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from sim.inputs.region.model import Whole
from sim.inputs.region.official import Official

TIMES = 3  # a figure more than so many times beyond the estimates is doubtful,
FAR = 50  # if it lies so many dwellings (places) from them too
LEAST_ROWS, NEARER = (
    3,
    2,
)  # rows by which columns are held against each other, and how many times nearer they must come if exchanged
MOST_SHOWN = 10  # of one table


def far_off(own: float, low: float, high: float, away: float = FAR) -> bool:
    """Return whether a figure is doubtful beside the lowest and the highest estimate: so many TIMES, and `away`, below or above both."""
    return (own < low / TIMES and own < low - away) or (own > high * TIMES and own > high + away)


def of_table(official: Official, before: Mapping[str, Whole], after: Mapping[str, Whole], nis: Sequence[int]) -> list[str]:
    """Return what is doubtful in a table of official figures, a line each with its place.

    `before`, `after`: estimates by column (populations x municipalities in the order of `nis`), without the figures and with them; those of
    which nothing was estimated are left out.
    """
    places, columns = (
        {code: i for i, code in enumerate(nis)},
        [name for name in official.columns if name in before and before[name].any()],
    )
    found, beside = list[str](), list[str]()
    for code, figures in official.figures.items():
        i = places[code]
        for column in (name for name in columns if name in figures):
            own, of = figures[column], _estimate(before[column][:, i])
            if far_off(own, *of[1:]):
                place = f"{official.place(code)}, {official.sheet.called(column)}"
                found.append(f"{place}: {own:,}, far from {_words(of)}; is that right? It is used as it is")
        if "objective_regular" not in figures and official.paths and official.paths[0] in figures:
            own, of = int(after["objective_regular"][0, i]), _estimate(before["objective_regular"][:, i])
            if not of[1] <= own <= of[2]:
                beside.append(
                    f"{official.place(code, *official.paths)}: {own:,} together, beside {_words(of)}; taken for the objective"
                )
            found += _uneven(official, code)
    exchanged = _exchanged(official, {name: before[name][0] for name in columns}, places)
    return [f"{official.sheet.path}: {line}" for lines in (exchanged, found, beside) for line in _shown(lines)]


def _uneven(official: Official, code: int) -> Iterator[str]:
    """Yield the doubt about the first part of a growth path that is far from an even one: a comma of thousands may have cut a figure in two."""
    parts = [official.figures[code][name] for name in official.paths]
    total, even = sum(parts), sum(parts) / len(parts)
    for name, own in zip(official.paths, parts, strict=True):
        if far_off(own, even, even):
            place = f"{official.place(code)}, {official.sheet.called(name)}"
            yield f"{place}: {own:,}, far from an even part of {total:,}; is that right? It is used as it is"
            return


def _exchanged(official: Official, central: Mapping[str, Whole], places: Mapping[int, int]) -> list[str]:
    """Return the doubt that two columns stand under each other's head, where they are far nearer to the estimates the other way round."""
    said = []
    for one, other in combinations(central, 2):
        both = [(f[one], f[other], places[code]) for code, f in official.figures.items() if one in f and other in f]
        if len(both) < LEAST_ROWS:
            continue
        own = np.array([row[:2] for row in both])
        at = [row[2] for row in both]
        estimates = np.column_stack([central[one][at], central[other][at]])
        apart, turned = (np.abs(np.log((figures + 1) / (estimates + 1))).sum() for figures in (own, own[:, ::-1]))
        if turned * NEARER < apart:
            heads = " and ".join(official.sheet.called(name) for name in (one, other))
            said.append(f"header, {heads}: nearer to the estimates if they are exchanged; are they? They are used as they are")
    return said


def of_total(path: Path, after: Mapping[str, Whole], objective: int) -> list[str]:
    """Return what the objectives of all municipalities add up to, where it is not the law's objective; over the populations, where some are
    estimated."""
    totals = [int((after["objective_regular"][p] + after["sib"][p]).sum()) for p in range(len(after["sib"]))]
    if all(total == objective for total in totals):
        return []
    low, high, where = min(totals), max(totals), f"{path}: the objectives of all municipalities, SIB included,"
    if low == high:
        return [f"{where} add up to {low:,}; the law's objective is {objective:,}"]
    return [f"{where} add up to {low:,} to {high:,}; the law's objective is {objective:,}"]


def _estimate(values: Whole) -> tuple[int, int, int]:
    """Return the central estimate of a figure, with the lowest and the highest."""
    return int(values[0]), int(values.min()), int(values.max())


def _words(of: tuple[int, int, int]) -> str:
    return "the estimate of {:,} ({:,} to {:,})".format(*of)


def _shown(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    return [*lines[:MOST_SHOWN], *([f"... and {len(lines) - MOST_SHOWN} lines more like that"] if len(lines) > MOST_SHOWN else [])]
