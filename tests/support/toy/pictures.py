"""The picture of the toy."""

from pathlib import Path

from matplotlib.figure import Figure

from sim.report import canvas
from sim.studies.toy.study import Toy


def write(toy: Toy, lang: str) -> list[Path]:
    """Draw a bar for each company."""
    with canvas.style():
        figure = Figure()
        figure.subplots().bar(range(len(toy.tables["companies"])), toy.tables["companies"]["municipalities"])
        return [canvas.save(figure, toy.folder / f"toy_{lang}.png")]
