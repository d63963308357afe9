"""The toy on the screen."""

from pathlib import Path

from sim.report.language import Language
from sim.studies.toy.study import Toy


def show(toy: Toy, files: list[Path], lang: str) -> None:
    """Print it."""
    print(Language(lang).say("{count} municipalities are toys", count=str(toy.facts["municipalities"])))
