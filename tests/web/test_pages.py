"""The pages as a client gets them: whole in both languages, their files, answers equal to the command's; nothing for who means harm."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx2
import pandas as pd
import pytest
from starlette.testclient import TestClient

import sim
from sim.inputs.errors import InputError
from sim.inputs.scenario.model import load_scenario
from sim.report.language import Language
from sim.runs.tally import counted
from sim.runs.workers.cluster import Clustered
from sim.web.desk import ENDING, begin
from sim.web.kept import kept
from sim.web.levers import Question, question
from sim.web.pages.whatif import TOLD, compared, sentence
from sim.web.server import serve
from tests.support.campaign import campaign
from tests.support.hostile import TEXTS
from tests.support.serving import FIRST, FULL, client, patiently, small

PAGES = (
    "/",
    "/wat-als",
    "/gemeente",
    "/gemeente/11001",
    "/gemeente/73111",
    "/woonmaatschappij",
    "/woonmaatschappij/dijledal",
    "/hoe-zeker",
)
ASKED = (  # what-ifs: every lever once at least
    *(
        "first=2030",
        "every=1",
        "last=2034&first=2031",
        "halfway=75",
        "stage=KTP",
        "judged=lead_time",
        "rates=25+50+100",
        "charged=between",
        "years=1",
    ),
    *("company=50", "criterion=both", "instruments=2", "help=50&helped=2B", "minimum=10000", "swaps=neighbours", "exemptions=20"),
    *("envelope=11000", "managers=150&growth=5", "money=80&land=500", "renting=150&appeals=25&private=35", "response=40&paper=10"),
)


@pytest.mark.parametrize("prefix", ["", pytest.param("/en", marks=pytest.mark.full)])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(page: TestClient, path: str, prefix: str) -> None:
    """It says its language and how it may be read, its links lead somewhere, its figures and tables can be saved."""
    response = page.get(f"{prefix}{path}")
    assert response.status_code == 200
    html = response.text
    assert f'<html lang="{prefix[1:] or "nl"}">' in html
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in response.headers
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", html)  # nothing of anybody else
    assert not re.search(r"<script(?! src)|<style| style=|\son\w+=", html)
    assert '"@' not in html
    assert '"~' not in html
    links = sorted({link.replace("&amp;", "&") for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', html)})
    for link in [*links[:12], *(link for link in links if re.search(r"\.(csv|svg)$", link))]:
        assert page.get(link).status_code in (200, 303), link


def test_a_chance_of_few_simulations_is_how_many_of_them(page: TestClient) -> None:
    """Ronse has an objective in one of 500: its chance of 2B there is no percentage, in the list of all nor in that of its company."""
    for path in ("/gemeente", "/woonmaatschappij/wm-vlaamse-ardennen"):
        html = page.get(path).text
        row = html[html.index(">Ronse</a>") :].split("</tr>")[0]
        assert "1 op 1</data>" in row, path
        assert "100%" not in row, path


def test_a_municipality_is_found_by_old_names_and_codes(page: TestClient) -> None:
    for text, nis in (("Borgloon", 73111), ("11001", 11001), ("  aalst ", 41002), ("73009", 73111)):
        assert page.get("/gemeente", params={"zoek": text}).headers["location"] == f"/gemeente/{nis}"
    unknown = page.get("/en/gemeente", params={"zoek": "Antwerpn"})
    assert unknown.status_code == 404
    assert "Antwerpen" in unknown.text


def test_files_are_as_a_reader_opens_them(page: TestClient) -> None:
    """Dutch: semicolons, decimal commas and a mark of UTF-8; a picture is one."""
    csv = page.get("/bijdragen.csv")
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert re.search(r"\d,\d;", csv.text)
    assert page.get("/en/bijdragen.csv").text.count(",") > page.get("/en/bijdragen.csv").text.count(";")
    assert page.get("/groei.svg").content.startswith(b"<svg")
    assert page.get("/toetsen.png").content.startswith(b"\x89PNG")
    assert "attachment" in csv.headers["content-disposition"]


def asked(address: str) -> Question:
    found, faults = question(tuple(pair.split("=")) for pair in address.replace("+", " ").split("&"))  # type: ignore[misc]
    assert not faults
    return found


@pytest.mark.parametrize("address", [ASKED[0], *(pytest.param(a, marks=pytest.mark.full) for a in ASKED[1:])])
def test_the_page_says_what_the_command_gives(page: TestClient, address: str, tmp_path: Path) -> None:
    """Digest and sentences of the answer are those of `sim.evaluate` for its changes, and of the scenario file that the page offers."""
    canonical = asked(address).address
    html = patiently(page, f"/wat-als?{canonical}")
    frame = sim.evaluate(asked(address).changes, replications=FULL)
    assert frame.attrs["digests"][0] in html
    base = kept().tally.first(FULL)
    variant = counted(asked(address).scenario, FULL)
    pd.testing.assert_frame_equal(
        variant.outcomes.reset_index(drop=True), frame[variant.outcomes.columns].astype(float).reset_index(drop=True)
    )
    for outcome in TOLD:
        assert sentence(compared(variant, base), outcome, Language("nl")) in html.replace("&#39;", "'")
    file = tmp_path / "asked.toml"
    file.write_text(page.get(f"/wat-als/{asked(address).file}?{canonical}").text, encoding="utf-8")
    assert counted(load_scenario(file, replications=FULL), 2).digests == variant.digests[:2]


@pytest.mark.parametrize("address", campaign(ASKED, 3))
def test_every_what_if_equals_an_evaluation(address: str) -> None:
    """The same bits as `sim.evaluate` gives for these changes, of two replications each."""
    frame = sim.evaluate(asked(address).changes, replications=2)
    assert counted(asked(address).scenario, 2).manifest["digest"] == frame.attrs["digests"][0]


def test_a_script_that_shows_another_question_gets_the_answer(page: TestClient) -> None:
    """Only who shows this answer, as far as it is known, is told that nothing has changed."""
    shown = {}
    for query in ("managers=120", "managers=120&bij=keuze%3Dland%253D900"):
        html = patiently(page, f"/wat-als/antwoord?{query}")
        (shown[query],) = map(unescape, re.findall(r'data-shown="([^"]*)"', html))
    for query in shown:
        codes = [page.get(f"/wat-als/antwoord?{query}", headers={"x-shown": of}).status_code for of in shown.values()]
        assert codes == [204 if of == query else 200 for of in shown]


def test_answers_are_kept_and_found_again(page: TestClient, folder: Path) -> None:
    """Whole files, found by a server that begins anew; one that is damaged is computed once more."""
    query = asked("managers=120").address
    html = patiently(page, f"/wat-als?{query}")
    file = folder / f"{asked('managers=120').key}{ENDING}"
    assert file.is_file()
    assert not [path for path in folder.iterdir() if path.suffix != ENDING]
    digest = re.search(r"<code>([0-9a-f]{64})</code>", html)[1]
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        with client(folder, 1) as again:
            found = again.get(f"/wat-als/antwoord?{query}")
            assert "data-poll" not in found.text
            assert digest in found.text
        file.write_bytes(file.read_bytes()[:-5])
        with client(folder, 1) as again:
            assert digest in patiently(again, f"/wat-als?{query}")


def test_levers_that_cannot_be_are_said_at_their_place(page: TestClient) -> None:
    response = page.get("/wat-als?first=1900&managers=150")
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.text
    assert "een geheel getal van 2027 tot 2042" in response.text
    assert "Laatste toets: gevonden 2030; 2040 of later is nodig" in page.get("/wat-als?first=2040&last=2030").text


HOSTS = (
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1",
    "",
    "localhost@evil",
    "localhost:99999999",
    "[::1",
    "localhost/x",
    "LOCALHOST.",
)
TRAVERSALS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "....//etc/passwd",
    "..\\..\\windows\\win.ini",
    "%00",
    "x%00.csv",
)
INJECTIONS = (
    "{{7*7}}",
    "{% for x in y %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE",
    "$(id)",
    "`id`",
    "${7*7}",
    "%0d%0aSet-Cookie:a=b",
)


def hostile() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield two hundred requests of who means harm: method, address, headers."""
    for host in HOSTS:
        yield from (("GET", path, {"host": host}) for path in ("/", "/wat-als?first=2030", "/static/page.css"))
    for origin in ("http://evil.example", "null", "http://localhost.evil", "", "https://localhost", "http://localhost"):
        yield from ((method, path, {"origin": origin}) for method in ("POST", "PUT", "DELETE") for path in ("/", "/wat-als"))
    for at in ("/static/", "/gemeente/", "/woonmaatschappij/", "/wat-als/", "/"):
        yield from (("GET", f"{at}{path}", {}) for path in TRAVERSALS)
    for text in INJECTIONS:
        sent = quote(text) if not text.startswith("%") else text
        yield from (
            ("GET", f"{at}{sent}", {})
            for at in ("/gemeente?zoek=", "/wat-als?first=", "/wat-als?rates=", "/wat-als?", "/woonmaatschappij/")
        )
    for many in (100, 1_000, 100_000):
        yield "GET", f"/wat-als?{'&'.join(['first=2030'] * many)}", {}
        yield "GET", f"/wat-als?rates={'+'.join(['50'] * many)}", {}
        yield "GET", f"/gemeente?zoek={'a' * many}", {}
        yield "GET", f"/{'a/' * many}", {}
        yield "GET", "/", {"x-page": "a" * many}
    for value in ("1e999", "nan", "-1", "0x10", "９", "2030.5", "99999999999999999999", "1/0", "__import__('os')", "2041"):
        yield from (("GET", f"/wat-als?{lever}={quote(value)}", {}) for lever in ("first", "managers", "every"))
    for kind in ("exe", "py", "json", "csv%00", "../csv", "toml"):
        yield "GET", f"/groei.{kind}", {}
        yield "GET", f"/wat-als/groei.{kind}?nothing=1", {}
    yield from (("GET", "/", {"transfer-encoding": "chunked"}), ("GET", "/", {"content-length": "99999999"}), ("TRACE", "/", {}))


HARM = re.compile(r"Traceback|root:x:0|\[extensions\]|File &#34;|<script>alert|onerror=alert\(1\)>|<code>49|import sim")


def test_there_are_two_hundred_hostile_requests() -> None:
    assert len([*hostile()]) >= 200


def test_who_means_harm_gets_nothing(page: TestClient) -> None:
    """Each is refused, or answered as any text that finds nothing; none gets a traceback, a file, or a second of the server's time."""
    for method, address, headers in hostile():
        begun = time.process_time()
        try:
            response = page.request(method, address, headers=headers)
        except (httpx2.InvalidURL, httpx2.RequestError, UnicodeError):  # the client itself refuses to send it
            continue
        spent = time.process_time() - begun
        assert response.status_code < 500 or response.status_code == 503, (method, address[:80], headers)
        if method != "GET" or headers.get("host", "localhost") != "localhost":
            assert response.status_code >= 400, (method, address[:80], headers)
        assert not HARM.search(response.text), (method, address[:80])
        assert "set-cookie" not in response.headers
        assert "content-security-policy" in response.headers
        assert spent < 1.0, (method, address[:80], spent)


def test_a_fault_of_ours_is_noted_and_not_shown(
    page: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("sim.web.pages.places.found", broken)
    response = page.get("/gemeente?zoek=aalst")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "secret" in caplog.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.full
def test_the_workers_of_a_cluster_answer_too(tmp_path: Path) -> None:
    """The same digest as `sim.evaluate` gives; own figures are computed here. A scheduler that is none is said before anything is served."""
    pytest.importorskip("distributed")
    query = asked("managers=130").address
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        with client(tmp_path, cluster=Clustered("local", 1, begin)) as page:
            html = patiently(page, f"/wat-als?{query}")
    assert sim.evaluate(asked("managers=130").changes, replications=FULL).attrs["digests"][0] in html
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        serve("127.0.0.1", 0, (), 1, tmp_path, "tcp://127.0.0.1:9")


assert FIRST < FULL


@pytest.mark.parametrize("host", ["", *TEXTS, "a" * 40_000, "caf\udce9", "256.1.1.1", "192.0.2.1"])
def test_an_address_that_is_none_of_this_machine_is_refused(host: str, tmp_path: Path) -> None:
    """Whatever it is, by its own option and not by that of the port; an empty one would listen on all of them."""
    with pytest.raises(InputError, match="--host"):
        serve(host, 8976, (), 1, tmp_path)
