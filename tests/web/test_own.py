"""Own figures: a municipality's in an address, a company's tables by a form. All faults are said at once; who means harm gets nothing."""

import asyncio
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient
from starlette.types import Message

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.report.language import Language
from sim.runs.tally import counted
from sim.studies.capacity.own_data import with_folder
from sim.studies.capacity.template import write_template
from sim.web import filling, own
from sim.web.levers import base
from tests.support.serving import FULL, patiently

HERE, COMPANY = "/woonmaatschappij/dijledal/eigen", "Dijledal"
ORIGIN = {"origin": "http://localhost"}
File = tuple[str, bytes]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[File]:
    """The tables of a company as its template has them, with six project managers."""
    files = write_template(tmp_path_factory.mktemp("tables") / "x", scenario_of("baseline"), COMPANY, Language("nl"))
    filled = b"projectleiders;voltijds;4,3;3,5;5,3;"
    written = [(file.name, file.read_bytes()) for file in files if file.suffix == ".csv"]
    assert any(filled in content for _, content in written)
    return [(name, content.replace(filled, filled + b"6")) for name, content in written]


def send(page: TestClient, files: list[File], at: str = HERE, headers: dict[str, str] = ORIGIN) -> tuple[int, str]:
    """Send tables as a form does, and return the status, and where it leads or what is said."""
    response = page.post(at, files=[("tables", (name, content)) for name, content in files], headers=headers)
    return response.status_code, response.headers.get("location") or response.text


def workbook(files: list[File]) -> bytes:
    """Return tables as one workbook, a sheet each."""
    book = Workbook(write_only=True)
    for name, content in files:
        sheet = book.create_sheet(Path(name).stem)
        for line in content.decode("utf-8-sig").splitlines():
            sheet.append(line.split(";"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_was_read_is_shown_before_anything_is_computed(page: TestClient, tables: list[File], folder: Path) -> None:
    """Several tables, or one workbook with all of them; the answer is that of the same folder with the command."""
    for sent in (tables, [("alles.xlsx", workbook(tables))]):
        status, at = send(page, sent)
        assert status == 303, at
        read = page.get(at).text
        assert "projectleiders" in read
        assert ">6</data>" in read
        assert 'class="result"' not in read
    assert not [*folder.glob("*")]
    html = patiently(page, f"{at}?bereken=1")
    found = filling.held[at.rsplit("/", 1)[1]].scenario
    assert counted(found, FULL).manifest["digest"][:16] in html
    assert page.get(f"{at}/kansen.csv?bereken=1").status_code == 200
    assert page.get(at.replace("dijledal", "thuisrand")).status_code == 404  # of another company


def test_the_scenario_is_that_of_the_folder(page: TestClient, tables: list[File], tmp_path: Path) -> None:
    for name, content in tables:
        (tmp_path / name).write_bytes(content)
    _, at = send(page, tables)
    assert filling.held[at.rsplit("/", 1)[1]].scenario.model_dump() == with_folder(base(), tmp_path, COMPANY).model_dump()


def test_all_faults_are_said_by_row_and_column(page: TestClient, tables: list[File]) -> None:
    bad = [(name, content.replace(b"47;28;56;", b"47;28;56;abc").replace(b"46;0;78;", b"46;0;78;-3")) for name, content in tables]
    status, said = send(page, bad)
    assert status == 400
    for line in ("regel 2", "regel 3"):
        assert f"gemeenten.csv: {line}, eigen_waarde: gevonden" in said
    assert "bso-sim-" not in said  # no path of this machine


def test_faults_are_in_the_language_of_who_reads_them(page: TestClient, tables: list[File]) -> None:
    """What is said; what is to be typed stays as the tables have it."""
    bad = [(name, content.replace(b"47;28;56;", b"47;28;56;abc")) for name, content in tables]
    _, said = send(page, bad, f"/en{HERE}")
    assert "gemeenten.csv: line 2, eigen_waarde: found" in said
    assert "regel" not in said
    status, at = send(page, tables, f"/en{HERE}")
    assert status == 303
    assert "valid own data of Dijledal" in page.get(at).text


@pytest.mark.parametrize(("prefix", "readme"), [("", "LEESMIJ.txt"), ("/en", "README.txt")])
def test_the_tables_to_fill_in_come_from_the_page(page: TestClient, prefix: str, readme: str) -> None:
    """They name no folder of this machine, and are read again, still empty."""
    address = f"{prefix}/woonmaatschappij/dijledal"
    assert f'href="{address}/eigen.zip"' in page.get(address).text
    with zipfile.ZipFile(io.BytesIO(page.get(f"{address}/eigen.zip").content)) as packed:
        found = {name: packed.read(name) for name in packed.namelist()}
    assert b"bso-sim-" not in found.pop(readme)
    assert len(found) == 4
    status, at = send(page, [*found.items()], f"{prefix}{HERE}")
    assert status == 303
    assert page.get(at).status_code == 200
    assert page.get(f"{prefix}/woonmaatschappij/nergens/eigen.zip").status_code == 404


def test_figures_of_a_municipality_stand_in_the_address(page: TestClient, folder: Path) -> None:
    html = patiently(page, "/gemeente/11001/eigen?objective_regular=100&sib=20")
    figures, found = own.of_municipality(11001, "Thuisrand", [("sib", "20"), ("objective_regular", "100")])
    assert figures == {"sib": 20, "objective_regular": 100}
    assert found is not None
    assert counted(found.scenario, FULL).manifest["digest"][:16] in html
    assert page.get("/gemeente/11001/eigen?sib=20&objective_regular=100").status_code == 303
    assert page.get("/gemeente/11001/eigen?sib=x").status_code == 400
    wrong = patiently_wrong(page, "/gemeente/11001/eigen?rented_in=9000")
    assert "meer woningen ingehuurd dan het sociaal patrimonium telt" in wrong


def patiently_wrong(page: TestClient, address: str) -> str:
    for _ in range(100):
        response = page.get(address)
        if response.status_code == 400:
            return response.text
        time.sleep(0.1)
    raise AssertionError("never refused")


@pytest.mark.parametrize("text", ["-1", "1e3", "９", "1.5", "99999999", "nan", "1;2"])
def test_a_figure_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a whole number"):
        own.of_municipality(11001, "Thuisrand", [("sib", text)])


def bomb() -> bytes:
    """Return a workbook of a few kilobytes that unpacks to a gigabyte."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b"0" * 1_000_000)
    return stream.getvalue()


def hostile(tables: list[File]) -> Iterator[tuple[str, list[File]]]:
    """Yield uploads of who means harm, by what they are."""
    yield "a bomb", [("alles.xlsx", bomb())]
    yield "too many rows", [*tables[:1], ("projecten.csv", b"project;nis\n" * 30_000)]
    for name in (
        "../personeel.csv",
        "..\\personeel.csv",
        "/etc/passwd",
        "a.exe",
        "a.xlsm",
        "a\x00.csv",
        "é.csv",
        ".csv",
        "a" * 90 + ".csv",
    ):
        yield name, [(name, b"x")]
    yield "twice", [("personeel.csv", b"x"), ("PERSONEEL.csv", b"x")]
    yield "many files", [(f"a{k}.csv", b"x") for k in range(20)]
    yield "no text", [("personeel.csv", bytes(range(256)) * 40)]
    yield "no zip", [("alles.xlsx", b"PK\x03\x04" + b"x" * 500)]
    yield "of another", [(name, content.replace(b"Dijledal", b"Thuisrand")) for name, content in tables]


def test_who_means_harm_is_told_what_is_wrong_and_no_more(page: TestClient, tables: list[File]) -> None:
    """Each is refused, nothing is held, no path or traceback is shown, and the server goes on at once."""
    before = len(filling.held)
    for what, files in hostile(tables):
        begun = time.process_time()
        status, said = send(page, files)
        assert status == 400, (what, status, said[:200])
        assert time.process_time() - begun < 1.0, what
        assert "Traceback" not in said
        assert "/tmp" not in said, what
    assert len(filling.held) == before
    assert page.get("/").status_code == 200


def test_only_its_own_page_may_send_and_only_so_much(page: TestClient, tables: list[File]) -> None:
    for origin in ("http://evil.example", "null", "", "http://localhost.evil", "//localhost"):
        assert send(page, tables, headers={"origin": origin})[0] == 403, origin
    assert page.post(HERE, content=b"x").status_code == 403
    assert send(page, [("personeel.csv", b"x" * 5_100_000)])[0] == 413
    assert page.post(HERE, content=iter([b"x"]), headers=ORIGIN).status_code == 413  # of a length that is not said
    for at in ("/woonmaatschappij/dijledal", "/wat-als", "/woonmaatschappij/dijledal/eigen/x"):
        assert send(page, tables, at=at)[0] == 405, at
    assert send(page, tables, at="/woonmaatschappij/nobody/eigen")[0] == 404
    assert page.post(HERE, content=b"x=1", headers={**ORIGIN, "content-type": "text/plain"}).status_code == 400
    assert page.get(HERE).status_code == 303


def test_so_many_are_held_and_no_more(page: TestClient, tables: list[File], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MOST_HELD", 2)
    first = send(page, tables)[1]
    for _ in range(2):
        send(page, tables)
    assert len(filling.held) == 2
    assert page.get(first).status_code == 404


def test_who_leaves_while_sending_is_no_fault_of_ours(page: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """A cancelled upload: nothing is noted in the log."""
    said: list[Message] = []

    async def left() -> Message:
        return {"type": "http.disconnect"}

    async def send_on(message: Message) -> None:
        said.append(message)

    headers = {"host": "localhost", **ORIGIN, "content-length": "1000", "content-type": "multipart/form-data; boundary=x"}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": HERE, "raw_path": HERE.encode(), "query_string": b"", "headers": pairs}
    asyncio.run(page.app({**scope, "http_version": "1.1", "root_path": "", "scheme": "http"}, left, send_on))  # type: ignore[arg-type]
    assert said[0]["status"] == 400
    assert not caplog.records
