"""What docs/python.md shows runs as it stands, one piece after the other, with fewer replications."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import ROOT

PIECES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.full
def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, as whoever installed the package would try it."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    for piece in PIECES:
        exec(re.sub(r"replications=\d+", "replications=2", piece), names)
    assert len(names["frame"]) == 6
    assert "replaced" in names["own"].attrs["standing"]
