"""The municipalities of one company, as the rows of its workbook name them."""

import difflib
from collections.abc import Mapping

from sim.inputs.workbook.columns import plain
from sim.inputs.workbook.messages import hint
from sim.inputs.workbook.sheets import Row, Sheet


class Area:
    """The municipalities of one company, found by NIS code or name."""

    def __init__(self, company: str, facts: Mapping[int, Mapping[str, str]]) -> None:
        self.company = company
        self.names = {code: row["name"] for code, row in facts.items()}
        self.owners = {code: row["company"] for code, row in facts.items()}
        self.codes = {plain(name): code for code, name in self.names.items()}

    def of(self, sheet: Sheet, row: Row) -> int:
        """Return the NIS code of the municipality of a row. Raises InputError for none, an unknown one, or another company's."""
        code, name = row.cells["nis"], row.cells["municipality"]
        if not code and not name:
            one, other = sheet.called("nis"), sheet.called("municipality")
            raise sheet.wrong(row, "municipality", "empty; {one} or {other} is needed", one=one, other=other)
        if name and plain(name) not in self.codes:
            own = [known for nis, known in self.names.items() if self.owners[nis] == self.company]
            close = difflib.get_close_matches(name, self.names.values(), 1, 0.6)
            meant = hint(sheet.lang, name, close or own)
            raise sheet.wrong(row, "municipality", "unknown municipality {name!r}; {hint}", name=name[:40], hint=meant)
        found = self.codes[plain(name)] if name else 0
        if code:
            nis = sheet.whole(row, "nis", 0, 99_999)
            if nis not in self.names:
                meant = hint(sheet.lang, str(nis), map(str, self.names))
                raise sheet.wrong(row, "nis", "unknown NIS code {nis}; {hint}", nis=nis, hint=meant)
            if name and nis != found:
                message = "found {name!r}; NIS code {nis} is {municipality}"
                raise sheet.wrong(row, "municipality", message, name=name, nis=nis, municipality=self.names[nis])
            found = nis
        if self.owners[found] != self.company:
            message = "{municipality} is a municipality of {owner}, not of {company}"
            words = {"municipality": self.names[found], "owner": self.owners[found], "company": self.company}
            raise sheet.wrong(row, "municipality" if name else "nis", message, **words)
        return found

    def members(self) -> list[int]:
        """Return the NIS codes of the company's municipalities, in order."""
        return sorted(code for code, owner in self.owners.items() if owner == self.company)
