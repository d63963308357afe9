"""A place on a map of equal hexagons for every municipality: nobody's borders are borrowed, only centroids and who borders whom.

The start is the assignment of centroids to a grid that moves them least (scipy). Then municipalities change places, one swap at a
time, so that more of the pairs that share a border share an edge: first also swaps that cost a little, later only those that gain
(simulated annealing). Whole numbers throughout, and draws from a named stream: the same table on any machine.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from sim.chance.draws import table

from .facts import DATA, SEED, Whole, read_facts

# Cells have doubled coordinates: x in half widths, y in rows, x + y even; so the six sides of a cell are whole steps away.
SPAN, ROWS = 80, 24  # half widths and rows of the board, Flanders and a margin
SIDES = (2, SPAN + 1, SPAN - 1, -2, -SPAN - 1, -SPAN + 1)
MARGIN = (8, 4)  # half widths and rows left empty, at the west and the north at least
HALF, ROW = 37, 64  # half a hexagon's width and the distance of two rows, 100 m: the mean area of a municipality, 47.8 km2; derived
DEGREE = (702.0, 1112.5)  # 100 m in a degree of longitude and of latitude, at 51 degrees north (WGS84); derived
PAIR = 10 * (2 * HALF) ** 2  # a kept pair is worth 10 squared widths of moving, summed over municipalities; assumed
HOT, COLD = 5 * PAIR // 2, 9 * PAIR // 10  # the largest loss a swap may bring in the first and in the last round; assumed
ROUNDS, TRIES = 100, 60_000  # rounds, each with its own draws, and swaps tried in each; assumed
FORBIDDEN = 10**9  # cost of the board's edge


class Board:
    """Municipalities on cells: `at` gives the cell of each, `holder` the municipality on each cell, or `nobody`."""

    def __init__(self, costs: Whole, neighbours: list[list[int]], cells: Iterable[int]) -> None:
        """Take costs int64[M, cells], the neighbours of each municipality, and the M cells to start from."""
        self.nobody = len(costs)
        self.costs = [*costs.tolist(), [0] * costs.shape[1]]
        self.neighbours = [*neighbours, []]
        self.at = [*cells, 0]
        self.holder = [self.nobody] * costs.shape[1]
        for i in range(self.nobody):
            self.holder[self.at[i]] = i

    def value(self, i: int) -> int:
        """Return what the place of one municipality costs, less what the neighbours beside it are worth."""
        at, cell, beside = self.at, self.at[i], 0
        for j in self.neighbours[i]:
            if at[j] - cell in SIDES:
                beside += 1
        return self.costs[i][cell] - PAIR * beside

    def swap(self, i: int, cell: int) -> None:
        """Move a municipality to a cell; whoever is there takes its place."""
        j, left = self.holder[cell], self.at[i]
        self.at[i], self.at[j] = cell, left
        self.holder[cell], self.holder[left] = i, j

    def swapped(self, i: int, cell: int, limit: int) -> bool:
        """Swap if the loss is at most `limit`; say whether it was done."""
        j, left = self.holder[cell], self.at[i]
        before = self.value(i) + self.value(j)
        self.swap(i, cell)
        if self.value(i) + self.value(j) - before <= limit:
            return True
        self.swap(i, left)
        return False

    def settle(self) -> int:
        """Swap as long as a municipality gains by a place beside itself or beside a neighbour; return the number of swaps."""
        swaps, last = 0, -1
        while last != swaps:
            last = swaps
            for i in range(self.nobody):
                for j in (i, *self.neighbours[i]):
                    swaps += sum(self.swapped(i, self.at[j] + side, -1) for side in SIDES)
        return swaps


def plain() -> tuple[Whole, Whole]:
    """Return the cells (int64[M]) of the assignment that moves the centroids least, and the costs int64[M, cells], (100 m)^2."""
    facts = read_facts()
    degrees = np.column_stack([facts.column("lon"), -facts.column("lat")])
    places = np.rint((degrees - degrees.min(axis=0)) * DEGREE).astype(np.int64) + np.array(MARGIN) * (HALF, ROW)
    y, x = np.divmod(np.arange(SPAN * ROWS), SPAN)
    costs = (places[:, :1] - x * HALF) ** 2 + (places[:, 1:] - y * ROW) ** 2
    costs[:, (x < 2) | (x >= SPAN - 2) | (y < 1) | (y >= ROWS - 1)] = FORBIDDEN
    even = np.flatnonzero((x + y) % 2 == 0)
    _, chosen = linear_sum_assignment(costs[:, even])
    return even[chosen], costs


def pairs() -> Whole:
    """Return the rows of the municipalities that share a border, int64[n, 2]."""
    codes = read_facts().municipalities.index
    return np.column_stack([codes.get_indexer(pd.Index(ends)) for _, ends in pd.read_csv(DATA / "adjacency.csv").items()])


def board(cells: Whole, costs: Whole) -> Board:
    """Return the board with every municipality on its cell."""
    neighbours: list[list[int]] = [[] for _ in cells]
    for i, j in pairs().tolist():
        neighbours[i].append(j)
        neighbours[j].append(i)
    return Board(costs, neighbours, cells.tolist())


def arranged() -> Whole:
    """Return the cells (int64[M]) in which the most neighbours stay neighbours that the search finds."""
    work = board(*plain())
    count = work.nobody
    for turn in range(ROUNDS):
        draws = table(SEED, turn, "estimate.hexagons", TRIES, 4)
        top = HOT - (HOT - COLD) * turn // ROUNDS
        limits = (draws[:, 3].astype(np.uint64) * np.uint64(top)) >> np.uint64(32)
        for (who, beside, side, _), limit in zip(draws.tolist(), limits.tolist(), strict=True):
            i = who % count
            near = work.neighbours[i]
            k = beside % (len(near) + 1)
            cell = work.at[near[k] if k < len(near) else i] + SIDES[side % 6]
            if cell != work.at[i]:
                work.swapped(i, cell, limit)
    work.settle()
    return np.array(work.at[:count])


def kept(cells: Whole) -> int:
    """Return how many of the pairs that share a border share an edge."""
    ends = cells[pairs()]
    return int(np.isin(ends[:, 0] - ends[:, 1], SIDES).sum())


def moved(cells: Whole, costs: Whole) -> tuple[float, float]:
    """Return the mean and the largest distance between a municipality's centroid and its hexagon, in hexagon widths."""
    widths = np.sqrt(costs[np.arange(len(cells)), cells]) / (2 * HALF)
    return float(widths.mean()), float(widths.max())


def pieces(cells: Iterable[int]) -> list[set[int]]:
    """Return the connected groups that cells form, the largest first."""
    left, groups = set(cells), []
    while left:
        group, edge = set[int](), {min(left)}
        while edge:
            group |= edge
            edge = {cell + side for cell in edge for side in SIDES} & left - group
        left -= group
        groups.append(group)
    return sorted(groups, key=len, reverse=True)


def build_hexagons() -> pd.DataFrame:
    """Return the table of hexagons: nis, column and row from the board's north-western corner, odd rows half a hexagon further east."""
    y, x = np.divmod(arranged(), SPAN)
    return pd.DataFrame({"nis": read_facts().municipalities.index, "column": x // 2, "row": y})


def cells_of(hexagons: pd.DataFrame) -> Whole:
    """Return the cells (int64[M]) that a table of hexagons names."""
    column, y = hexagons["column"].to_numpy(np.int64), hexagons["row"].to_numpy(np.int64)
    return SPAN * y + 2 * column + y % 2


def report(hexagons: pd.DataFrame) -> list[str]:
    """Return what the layout keeps of the real map and what it costs, a line each."""
    start, costs = plain()
    cells, total = cells_of(hexagons), len(pairs())
    mean, largest = moved(cells, costs)
    provinces = read_facts().municipalities["province"].to_numpy()
    counts = [f"{name} {len(pieces(cells[provinces == name].tolist()))}" for name in sorted(set(provinces))]
    return [
        f"neighbour pairs that stay neighbours: {_share(kept(cells), total)}; by the plain assignment: {_share(kept(start), total)}",
        f"moved from the centroid: {mean:.2f} hexagon widths in the mean, {largest:.2f} at most",
        f"connected pieces: Flanders {len(pieces(cells.tolist()))}, {', '.join(counts)} (Voeren lies apart, as it does)",
    ]


def _share(part: int, total: int) -> str:
    return f"{part} of {total} ({100 * part / total:.1f}%)"
