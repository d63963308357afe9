"""The page of an answer on capacity: what its sections share."""

from pathlib import Path

from sim.report.language import Language
from sim.report.parts import Page
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found

MILLION = 1e6


class CapacityPage(Page):
    """What the sections on an answer share. `numbers`: those that become <data>; `plain`: the language of what is drawn."""

    def __init__(self, found: Found, folder: Path, lang: str) -> None:
        self.found, self.plain = found, Language(lang)
        numbers = Numbers(found, self.plain)
        super().__init__(folder, lang, numbers.files, numbers.added)
        self.numbers = Numbers(found, self.language)

    def estimated(self) -> str:
        """Say which of the figures of municipalities are estimates."""
        if self.found.replaced.empty:
            return self.language.say(
                "The figures per municipality (objective, SIB, stock, land, planning) are estimated: they are not published."
            )
        return self.language.say("The figures per municipality are estimated, but for those that the company gave itself.")
