"""The wheel by itself, in an empty environment and an empty folder, with the lowest versions that it declares and the newest known.

The newest also on every other Python that is installed here.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim.studies.forecast.study import PUBLISHED
from tests.support.project import ROOT

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
pytestmark = pytest.mark.full


def lowest() -> str:
    """Return the lowest versions that the package declares, as constraints."""
    return "\n".join(re.sub(r">=([\w.]+).*", r"==\1", needed) for needed in DECLARED["dependencies"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is published."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def python(version: str) -> str:
    """Return another Python that is installed here; without a version this one."""
    found = shutil.which(f"python{version}") if version else sys.executable
    if found is None or subprocess.run([found, "--version"], capture_output=True, check=False).returncode:
        pytest.skip(f"no Python {version} here")
    return found


@pytest.mark.parametrize(
    ("versions", "version"), [("lowest", ""), ("newest", ""), ("newest", "3.12"), ("newest", "3.13"), ("newest", "3.14")]
)
def test_the_wheel_runs_in_an_empty_folder(versions: str, version: str, wheel: Path, tmp_path: Path) -> None:
    """The library is inside, the answer is the published one, and nothing beside the wheel is read."""
    constraints, empty = tmp_path / "constraints.txt", tmp_path / "empty"
    constraints.write_text(lowest() if versions == "lowest" else (ROOT / "constraints.txt").read_text(encoding="utf-8"))
    empty.mkdir()
    subprocess.run([python(version), "-m", "venv", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel], check=True)

    def bso(*words: str) -> str:
        return subprocess.run([programs / "bso", *words], cwd=empty, capture_output=True, text=True, check=True).stdout

    digest = json.loads(bso("run", "baseline", "--replications", "1", "--json"))["digest"]
    assert digest == tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))["first"]
    assert "yearly" in bso("scenarios")
    assert (empty / "results" / "baseline" / "manifest.json").is_file()
    refused = subprocess.run([programs / "bso", "run", "baselin"], cwd=empty, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
