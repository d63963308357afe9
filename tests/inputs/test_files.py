"""A user's file is a regular one of bounded size, whoever reads it: anything else is refused by name, at once."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.model import load_scenario
from sim.inputs.scenario.sets import read_sets
from sim.inputs.scenario.sweep import is_sweep, read_sweep
from sim.inputs.scenario.toml import read_toml
from sim.inputs.tables import digest, read_table
from sim.inputs.workbook.read import reading
from sim.runs.disk.store import read_json
from sim.studies.durations.spells import read_spells
from sim.studies.records.verdicts import read_verdicts
from tests.support.company import START
from tests.support.project import BASELINE


def own_data(path: Path) -> object:
    """Read a folder of own data whose table of staff is this file."""
    (path.parent / "personeel.csv").symlink_to(path)
    return reading(path.parent, START)


READERS: dict[str, Callable[[Path], object]] = {
    "scenario": load_scenario,
    "sweep": is_sweep,
    "table": lambda path: read_table(path, key="nis"),
    "digest": digest,
    "own data": own_data,
    "parameter sets": read_sets,
    "durations": read_spells,
    "verdicts": lambda path: read_verdicts(path, {}),
    "results": read_json,
}


def sparse(path: Path) -> None:
    """Make a file of 100 MB that takes no place."""
    with path.open("wb") as stream:
        stream.truncate(100_000_000)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (os.mkfifo, "cannot be read (no regular file)"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "cannot be read (no regular file)"),
    "a folder": (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
    "a loop of links": (lambda path: path.symlink_to(path), "cannot be read (Too many levels of symbolic links)"),
    "a link to nothing": (lambda path: path.symlink_to("gone"), "cannot be read (No such file or directory)"),
    "too large": (sparse, "bytes; "),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("reader", READERS)
def test_an_odd_file_is_refused(reader: str, odd: str, tmp_path: Path) -> None:
    """Every reader refuses every kind of odd file in one line that names it; none waits for it or reads it to the end."""
    make, problem = ODD[odd]
    path = tmp_path / "odd.toml"
    make(path)
    if reader == "sweep" and odd in ("a loop of links", "a link to nothing"):
        assert not is_sweep(path)  # which is no sweep: read as a scenario, it is refused
        return
    if reader == "results" and odd == "too large":
        problem = "cannot be read"  # of which a million replications may need more
    with pytest.raises(InputError) as error:
        READERS[reader](path)
    assert error.value.file in (str(path), str(tmp_path / "personeel.csv"))
    assert any(words in str(error.value) for words in (problem, problem.replace("cannot be read", "kan niet gelezen worden")))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("key", ["extends", "law", "official.file", "swaps.file", 'workbooks."Zetus"'])
@pytest.mark.parametrize("name", ["a\\u0000b.toml", "", ".", "loop.toml", "/dev/zero"])
def test_a_scenario_that_names_an_odd_file_is_refused(key: str, name: str, tmp_path: Path) -> None:
    """What a scenario names is opened with the same care: no traceback, whatever the name."""
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    path = tmp_path / "mine.toml"
    extends = "" if key == "extends" else f'extends = "{BASELINE.as_posix()}"\n'
    path.write_text(f'{extends}{key} = "{name}"\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_region(load_scenario(path))
    assert "\0" not in str(error.value)


@pytest.mark.parametrize("name", ["a\\u0000b.toml", "loop.toml", ".", "/dev/zero"])
def test_a_sweep_that_names_an_odd_file_is_refused(name: str, tmp_path: Path) -> None:
    """So is what the choice of a sweep names."""
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    path = tmp_path / "sweep.toml"
    head = f'title = "t"\ntitle_nl = "t"\nbase = "{BASELINE.as_posix()}"\nrank = "realised_at_end"\n'
    path.write_text(f'{head}[axes.one]\nas_is = {{}}\nother = "{name}"\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_sweep(path, {"realised_at_end": None})
    assert "\0" not in str(error.value)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_marks_and_line_ends_change_nothing(mark: bytes, ends: bytes, tmp_path: Path) -> None:
    """A TOML file with the mark that Windows puts before UTF-8, and with its line ends, says what it says without."""
    path = tmp_path / "mine.toml"
    path.write_bytes(mark + ends.join([b'title = "\xc3\xa9\xc3\xa9n"', b"[levers.managers_scale]", b"value = 2.0", b""]))
    assert read_toml(path) == {"title": "één", "levers": {"managers_scale": {"value": 2.0}}}
