"""Examples in docstrings are true: what they show is what comes out."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.project import ROOT


def with_examples() -> list[str]:
    """Return the modules that have an example."""
    files = [path for path in sorted((ROOT / "sim").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files]


@pytest.mark.parametrize("module", with_examples())
def test_what_an_example_shows_comes_out(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in the project's folder, where a reader would try it."""
    monkeypatch.chdir(ROOT)
    found = doctest.testmod(import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


def test_a_wrong_example_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """The check can fail."""
    example = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", str(Path(__file__)), 0)
    assert doctest.DocTestRunner().run(example).failed == 1
    assert "Expected" in capsys.readouterr().out
