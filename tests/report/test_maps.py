"""The layout of the maps keeps neighbours together, and the maps say what they show."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.inputs.estimate import hexagons
from sim.inputs.estimate.facts import DATA
from sim.report import canvas
from sim.report.language import Language
from sim.report.maps import hexmap
from sim.report.maps import places as hexplaces

VOEREN = 73109  # surrounded by Wallonia and the Netherlands: without a neighbour in Flanders, so it may lie apart
WORDS = ("An invented answer", "Invented share, in %", "Source: nobody")
PAIRS = 750


@pytest.fixture(scope="module")
def stored() -> pd.DataFrame:
    return pd.read_csv(DATA / "hexagons.csv")


@pytest.fixture(scope="module")
def values() -> dict[int, float]:
    """A share for every municipality but ten; every class has some."""
    codes = list(hexplaces.places())
    return {nis: k % 101 / 100 for k, nis in enumerate(codes[10:])}


def words_of(figure: Figure) -> list[str]:
    """Return every text of a figure, the legend's too."""
    return [text.get_text() for text in figure.findobj(Text)]


def png(figure: Figure, path: Path) -> bytes:
    with canvas.style():
        return canvas.save(figure, path).read_bytes()


def test_every_municipality_has_a_hexagon_of_its_own(stored: pd.DataFrame) -> None:
    codes = pd.read_csv(DATA / "municipalities.csv")["nis"].tolist()
    assert stored["nis"].tolist() == codes
    assert len(set(hexagons.cells_of(stored))) == len(codes) == 285


def test_four_neighbours_in_five_stay_neighbours_and_more_than_by_the_plain_assignment(stored: pd.DataFrame) -> None:
    start, costs = hexagons.plain()
    cells = hexagons.cells_of(stored)
    print(*hexagons.report(stored), sep="\n")
    assert len(hexagons.pairs()) == PAIRS
    assert hexagons.kept(start) < 0.75 * PAIRS
    assert hexagons.kept(cells) >= 0.83 * PAIRS
    mean, largest = hexagons.moved(cells, costs)
    assert mean < 1
    assert largest < 3


def test_kept_pairs_are_counted_on_the_map_itself(stored: pd.DataFrame) -> None:
    """The measure, once more: from what is drawn, where the centres of neighbours lie one hexagon apart."""
    centres = {nis: np.array([place.x / 2, place.y * 3**0.5 / 2]) for nis, place in hexplaces.places().items()}
    pairs = pd.read_csv(DATA / "adjacency.csv").to_numpy().tolist()
    assert sum(abs(np.linalg.norm(centres[a] - centres[b]) - 1) < 1e-9 for a, b in pairs) == hexagons.kept(
        hexagons.cells_of(stored)
    )


def test_every_province_and_flanders_lie_in_one_piece_apart_from_voeren(stored: pd.DataFrame) -> None:
    cells = dict(zip(stored["nis"], hexagons.cells_of(stored).tolist(), strict=True))
    provinces = pd.read_csv(DATA / "municipalities.csv", index_col="nis")["province"]
    apart = {cells[VOEREN]}
    assert hexagons.pieces(cells.values()) == [set(cells.values()) - apart, apart]
    for name, members in provinces.groupby(provinces):
        own = {cells[nis] for nis in members.index}
        assert hexagons.pieces(own) == ([own - apart, apart] if name == "Limburg" else [own]), name


def test_flanders_has_at_most_two_empty_cells_inside(stored: pd.DataFrame) -> None:
    y, x = np.divmod(np.arange(hexagons.SPAN * hexagons.ROWS), hexagons.SPAN)
    empty = set(np.flatnonzero((x + y) % 2 == 0).tolist()) - set(hexagons.cells_of(stored).tolist())
    assert sum(map(len, hexagons.pieces(empty)[1:])) <= 2


def test_no_swap_makes_the_stored_layout_better(stored: pd.DataFrame) -> None:
    """The search ended where the table is; `bso estimate --check` repeats all of it."""
    board = hexagons.board(hexagons.cells_of(stored), hexagons.plain()[1])
    assert board.settle() == 0


def test_a_spoilt_layout_is_found(stored: pd.DataFrame) -> None:
    """The check can fail: two municipalities that change places are put back."""
    cells = hexagons.cells_of(stored)
    cells[[0, 200]] = cells[[200, 0]]
    assert hexagons.board(cells, hexagons.plain()[1]).settle() > 0


def test_names_fit_their_hexagon_and_are_whole() -> None:
    for place in hexplaces.places().values():
        lines = hexplaces.lines_of(place.name)
        assert len(lines) <= 3, place.name
        assert max(len(line.removesuffix("-")) for line in lines) <= hexplaces.LINE, place.name
        assert "".join(lines).replace("-", "").replace(" ", "") == place.name.replace("-", "").replace(" ", "")
    assert hexplaces.lines_of("Scherpenheuvel-Zichem") == ["Scherpen-", "heuvel-", "Zichem"]


@pytest.mark.full
@pytest.mark.parametrize("draw", [hexmap.difference_map, hexmap.share_map])
def test_the_same_values_give_the_same_bytes(draw: Callable[..., Figure], values: dict[int, float], tmp_path: Path) -> None:
    first, second = (draw(values, Language("nl"), *WORDS, numbers=True) for _ in range(2))
    assert png(first, tmp_path / "a.png") == png(second, tmp_path / "b.png")
    assert hexmap.svg(first) == hexmap.svg(second)
    assert hexmap.svg(first).startswith("<svg")
    assert ">Gent</text>" in hexmap.svg(first)


def test_a_share_stands_in_the_class_of_the_legend(values: dict[int, float]) -> None:
    """Every class and the hatched ones are in the legend with their number of municipalities; a limit belongs to the class above."""
    texts = words_of(hexmap.share_map(values, Language("en"), *WORDS, missing="no objective"))
    counts = [int(text.partition(" (")[2][:-1]) for text in texts if "% to " in text]
    rounded = np.array([round(100 * value) for value in values.values()])
    assert counts == np.histogram(rounded, (0, 20, 40, 60, 80, 101))[0].tolist()
    assert "no objective (10)" in texts
    assert set(WORDS) <= set(texts)


def test_a_difference_stands_in_the_class_of_the_legend() -> None:
    codes = list(hexplaces.places())
    differences = dict(zip(codes, (-0.2, -0.19, -0.1, -0.02, -0.019, 0.0, 0.014, 0.02, 0.099, 0.2, 1.0), strict=False))
    texts = words_of(hexmap.difference_map(differences, Language("en"), *WORDS, numbers=True))
    assert [text for text in texts if "points" in text] == [
        "at least 20 points lower (1)",
        "10 to 20 points lower (2)",
        "2 to 10 points lower (2)",  # -0.019 is written as -2
        "less than 2 points of difference (2)",
        "2 to 10 points higher (1)",
        "10 to 20 points higher (1)",  # 0.099 is written as +10
        "at least 20 points higher (2)",
    ]
    assert {"-20", "+100", "0", "+1"} <= set(texts)
    assert "no value (274)" in texts


def test_nothing_leaves_the_picture_and_no_name_its_hexagon(values: dict[int, float]) -> None:
    """Names are no wider than a hexagon; title, legend and names of provinces do not touch the map."""
    with canvas.style():
        figure = hexmap.difference_map(values, Language("nl"), *WORDS, numbers=True)
        figure.draw_without_rendering()
        boxes = {text: text.get_window_extent() for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()}
        legend = figure.axes[0].get_legend().get_window_extent()
        hexagon = hexmap.HEXAGON * hexmap.DPI
        centres = [figure.axes[0].transData.transform((p.x / 2, p.y * 3**0.5 / 2)) for p in hexplaces.places().values()]
    names = {"\n".join(hexplaces.lines_of(place.name)) for place in hexplaces.places().values()}
    provinces = {place.province for place in hexplaces.places().values()} - names
    assert all(
        box.width <= hexagon for text, box in boxes.items() if text.get_text() in names and text.get_text() not in ("Antwerpen",)
    )
    for text, box in boxes.items():
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    clear = [legend, *(box for text, box in boxes.items() if text.get_text() in provinces)]
    for x, y in centres:
        assert not any(
            box.x0 - hexagon / 2 < x < box.x1 + hexagon / 2 and box.y0 - hexagon / 2 < y < box.y1 + hexagon / 2 for box in clear
        )


@pytest.mark.parametrize(
    ("draw", "bad", "says"),
    [
        (hexmap.share_map, {11001: 1.2}, "11001 Aartselaar: found 1.2; a number from 0 to 1 is allowed"),
        (hexmap.share_map, {11001: -0.1}, "a number from 0 to 1 is allowed"),
        (hexmap.difference_map, {11001: -1.1}, "a number from -1 to 1 is allowed"),
        (hexmap.share_map, {11003: 0.5}, "unknown NIS code 11003; did you mean"),
        (hexmap.share_map, pd.Series([0.1, 0.2], [11001, 11001]), "stands twice"),
    ],
)
def test_values_that_cannot_be_are_refused(draw: Callable[..., Figure], bad: dict[int, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        draw(bad, Language("en"), *WORDS)
