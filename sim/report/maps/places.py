"""Where each municipality stands on the map of hexagons, how its name is broken, and the borders of the provinces."""

import math
from functools import cache
from typing import NamedTuple

from sim.inputs.region.load import DATA
from sim.inputs.tables import read_table

LINE = 11  # characters that fit beside each other in a hexagon
HYPHENATED = (  # longer words, as Dutch breaks them
    *("Begijnen-dijk", "Blanken-berge", "Boortmeer-beek", "Destel-bergen", "Geraards-bergen", "Ingel-munster", "Leopolds-burg"),
    *("Lichter-velde", "Maas-mechelen", "Nieuwer-kerken", "Oostroze-beke", "Scherpen-heuvel", "Steenok-kerzeel"),
)
STEPS = ((1, 1), (-1, 1), (-2, 0), (-1, -1), (1, -1), (2, 0))  # to the six neighbours, against the clock from the north-east


class Place(NamedTuple):
    """A municipality on the map: x in half widths of a hexagon, y in rows from the south."""

    name: str
    province: str
    x: int
    y: int


@cache
def places() -> dict[int, Place]:
    """Return every municipality on the map by NIS code, from the tables of the package. The order is that of the codes."""
    facts, cells = read_table(DATA / "municipalities.csv", "nis"), read_table(DATA / "hexagons.csv", "nis")
    columns, rows = ({nis: int(cells[nis][key]) for nis in sorted(facts)} for key in ("column", "row"))
    last = max(rows.values())
    return {
        nis: Place(facts[nis]["name"], facts[nis]["province"], 2 * columns[nis] + rows[nis] % 2, last - rows[nis])
        for nis in columns
    }


def lines_of(name: str) -> list[str]:
    """Return a name in lines short enough for a hexagon, broken at its hyphens and blanks, and where Dutch breaks a long word."""
    for word in HYPHENATED:
        name = name.replace(word.replace("-", ""), word)
    lines: list[str] = []
    for part in name.replace("-", "- ").split():
        glue = "" if lines and lines[-1].endswith("-") else " "
        if lines and len(lines[-1] + glue + part) <= LINE:
            lines[-1] += glue + part
        else:
            lines.append(part)
    return lines


def centre(place: Place) -> tuple[float, float]:
    """Return the middle of a municipality's hexagon, in widths of a hexagon."""
    return place.x / 2, place.y * math.sqrt(3) / 2


@cache
def corners_of(place: Place) -> list[tuple[float, float]]:
    """Return the six corners, against the clock from the one at the right above; side k, between k and k + 1, faces STEPS[k]."""
    x, y = centre(place)
    angles = [math.radians(30 + 60 * k) for k in range(6)]
    return [(x + math.cos(angle) / math.sqrt(3), y + math.sin(angle) / math.sqrt(3)) for angle in angles]


def holes() -> list[Place]:
    """Return the places within Flanders that no municipality has: Brussels, and where the layout leaves one open."""
    taken = {(place.x, place.y) for place in places().values()}
    around = {(x + right, y + up) for x, y in taken for right, up in STEPS} - taken
    return [Place("", "", x, y) for x, y in sorted(around) if all((x + right, y + up) in taken for right, up in STEPS)]


@cache
def province_borders() -> list[list[tuple[float, float]]]:
    """Return the sides at which a province ends, each once."""
    province = {(place.x, place.y): place.province for place in places().values()}
    sides = []
    for place in places().values():
        corners = corners_of(place)
        for k, (right, up) in enumerate(STEPS):
            other = province.get((place.x + right, place.y + up))
            if other is None or other < place.province:
                sides.append([corners[k], corners[(k + 1) % 6]])
    return sides
