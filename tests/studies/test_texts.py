"""Whatever a user calls things: no command prints, draws or writes a text that a terminal, a picture, a spreadsheet or a page obeys."""

import csv
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.company import COMPANY, PROJECT, written
from tests.support.hostile import OBEYED, TEXTS, is_formula
from tests.support.project import BASELINE, Run

IN_TOML = [text for text in TEXTS if not re.search("[\ud800-\udfff]", text)]
IN_NAMES = [text for text in TEXTS if len(text) < 30 and not re.search("[/\x00\ud800-\udfff]", text)]
AS_BYTES = "caf\udce9"  # of another encoding, as Python reads it


def quoted(text: str) -> str:
    """Return a text as TOML quotes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def scenario(path: Path, title: str, more: str = "") -> Path:
    """Write a scenario that extends the baseline, with a title."""
    words = f"title = {quoted(title)}\ntitle_nl = {quoted(title)}"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{words}\n{more}', encoding="utf-8")
    return path


def check_files(folder: Path) -> None:
    """No cell of a table is a formula; pages and JSON are read by whoever reads them."""
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            formulas = [cell for row in csv.reader(stream) for cell in row if is_formula(cell) or OBEYED.search(cell)]
        assert not formulas, (path.name, formulas[:3])
    for path in folder.rglob("*.json"):
        json.loads(path.read_bytes())
    for path in folder.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8")


MESSAGES = {
    "run": lambda text: ["run", text],
    "check": lambda text: ["check", text],
    "check, a table": lambda text: ["check", f"{text}.csv"],
    "compare": lambda text: ["compare", "baseline", text],
    "sweep": lambda text: ["sweep", text],
    "why": lambda text: ["why", text, "--municipality", text, "--test", "2028"],
    "verify": lambda text: ["verify", text],
    "explain": lambda text: ["explain", text],
    "capacity": lambda text: ["capacity", text],
    "levers": lambda text: ["capacity", COMPANY, "--levers", text],
    "template": lambda text: ["template", "company", text],
    "template, what": lambda text: ["template", text],
    "score": lambda text: ["score", text],
    "bands": lambda text: ["bands", "--sets", text],
    "durations": lambda text: ["durations", text],
    "seen": lambda text: ["durations", "list.csv", "--seen", text],
    "sensitivity": lambda text: ["sensitivity", "--parameters", text],
    "until": lambda text: ["run", "baseline", "--until", text],
    "engine": lambda text: ["run", "baseline", "--engine", text],
    "a number": lambda text: ["run", "baseline", "--seed", text],
    "an option": lambda text: ["run", "baseline", f"--{text}"],
    "municipality": lambda text: ["municipality", text, "nowhere"],
    "export": lambda text: ["export", text],
    "rates": lambda text: ["new", "mine.toml", "--rates", text],
    "a command": lambda text: [text],
}


def check_messages(ask: Callable[[str], list[str]], texts: Iterable[str], bso: Run) -> None:
    """Each text is refused in one line that nothing obeys and anybody can read."""
    for text in (*texts, "a" * 40_000, AS_BYTES):
        code, out, err = bso(*ask(text))
        assert (code in (2, 3), out, err.count("\n")) == (True, "", 1), text[
            :40
        ]  # 3: what the system says of a name as long as that
        assert not OBEYED.search(err), text[:40]
        assert len(err) < 2_000, text[:40]


@pytest.mark.parametrize(("place", "command"), [*enumerate(MESSAGES)], ids=[*MESSAGES])
def test_a_message_is_a_line_whatever_was_asked(place: int, command: str, bso: Run) -> None:
    """Of some texts by each command, so that all have their turn; and of one as long as a book."""
    check_messages(MESSAGES[command], TEXTS[place :: len(MESSAGES)], bso)


@pytest.mark.full
@pytest.mark.parametrize("ask", MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_a_line_for_every_text(ask: Callable[[str], list[str]], bso: Run) -> None:
    """All of them by every command."""
    check_messages(ask, TEXTS, bso)


KEYS = (
    "{} = 1",
    "[{}]\nvalue = 1",
    "[uncertainties.{}]\nvalue = 1",
    "[uncertainties.appeal]\n{} = 1",
    "law = {}",
    "[companies.{}]\nmanagers = 1",
)


@pytest.mark.parametrize(("place", "line"), [*enumerate(KEYS)])
def test_a_message_on_a_file_is_a_line_whatever_stands_in_it(place: int, line: str, bso: Run, tmp_path: Path) -> None:
    """A key of 40,000 letters is not repeated whole."""
    for text in (*IN_TOML[place :: len(KEYS)], "a" * 40_000):
        path = scenario(tmp_path / "mine.toml", "a", line.format(quoted(text)))
        code, out, err = bso("check", path)
        assert (code, out, err.count("\n")) == (2, "", 1), text[:40]
        assert not OBEYED.search(err), text[:40]
        assert len(err) < 2_000, text[:40]


def test_titles_and_names_of_a_run(bso: Run, tmp_path: Path) -> None:
    """A title of all texts, a file and a folder named after the worst: printed, drawn and written as they are."""
    path = scenario(tmp_path / "x [v2] $x_{ :smile:.toml", " ".join(IN_TOML))
    out = tmp_path / "[/] $x_{ caf\n\x1b[31m"
    code, said, err = bso("run", path, "--replications", 2, "--workers", 1, "--out", out)
    assert code == 0, err
    assert not OBEYED.search(said)
    assert "[/] $x_{ caf␊␛[31m" in said
    assert all(text in said for text in ("[link=http://a]b[/link]", ":smile:"))
    assert len([*out.glob("*.png")]) == 3
    check_files(out)
    code, said, _ = bso("run", path, "--replications", 2, "--workers", 1, "--out", out, "--json")
    assert json.loads(said)["replications"] == 2
    assert not OBEYED.search(said)
    code, said, err = bso("verify", out)
    assert (code, err, said.count("\n")) == (0, "", 1)


def test_names_of_a_list_of_projects(bso: Run, tmp_path: Path) -> None:
    """The name of the file stands in pictures, tables, and a scenario that is valid."""
    rows = ["stage,begun,ended", *(f"award,2020-{k % 12 + 1:02d},2021-{(k * 5) % 12 + 1:02d}" for k in range(12))]
    for number, first in enumerate(range(0, len(IN_NAMES), 30)):
        path = tmp_path / f"{' '.join(IN_NAMES[first : first + 30])[:200]}.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        out = tmp_path / f"out-{number}"
        code, said, err = bso("durations", path, "--out", out)
        assert (code, err) == (0, "")
        assert not OBEYED.search(said)
        assert any(out.glob("*.png"))
        check_files(out)
        assert bso("check", next(out.glob("*.toml")))[0] == 0


@pytest.mark.full
def test_titles_of_options_compared(bso: Run, tmp_path: Path) -> None:
    """On the screen, in tables, in pictures and on a page."""
    half = len(IN_TOML) // 2
    one = scenario(tmp_path / "=1+1 [v2].toml", " ".join(IN_TOML[:half]))
    other = scenario(tmp_path / "+10% $x_{.toml", " ".join(IN_TOML[half:]), "levers.managers_scale.value = 0.5")
    out = tmp_path / "[out]"
    code, said, err = bso("compare", one, other, "--replications", 2, "--workers", 1, "--no-blame", "--report", "--out", out)
    assert code == 0, err
    assert not OBEYED.search(said)
    assert "[out]" in said
    check_files(out)


@pytest.mark.full
def test_names_of_a_companys_projects(bso: Run, tmp_path: Path) -> None:
    """In its workbook, on the screen, in tables, in pictures and on a page."""
    names = [text for text in IN_NAMES if not set(text) & set('\n\r;"')]
    rows = [PROJECT.replace("Perceelstraat", text) for text in names]
    folder = written(tmp_path / "own [v2]", projects=rows)
    code, said, err = bso("check", folder)
    if code:  # what a workbook may not hold is said by line
        refused = {int(number) for number in re.findall(r"(?:regel|line) (\d+)", err)}
        rows = [row for number, row in enumerate(rows, 2) if number not in refused]
        folder = written(folder, projects=rows)
        code, said, err = bso("check", folder)
    assert code == 0, err
    assert len(rows) > 30
    asked = ("--test", 2028, "--levers", "managers", "--replications", 20, "--workers", 1, "--data", folder, "--report")
    code, said, err = bso("capacity", COMPANY, *asked, "--out", tmp_path / "out [v2]")
    assert code == 0, err
    assert not OBEYED.search(said)
    check_files(tmp_path / "out [v2]")
