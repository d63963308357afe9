"""What the tests of the page share: a small one, and the folder in which it keeps its answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.serving import client, small


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for answers."""
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[TestClient]:
    """The page, with few replications, as whoever asks for addresses sees it."""
    with pytest.MonkeyPatch.context() as patch, client(folder) as opened:
        small(patch)
        yield opened
