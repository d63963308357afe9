"""What a company needs, on the page: what the command gives, by a process of its own, and no more searches than may wait."""

import asyncio
from pathlib import Path

import pytest

from sim.report.language import Language
from sim.runs.workers.pool import WorkerKilled
from sim.studies.capacity.study import capacity_of
from sim.studies.capacity.words.company import CompanyWords
from sim.web import needing
from sim.web.levers import base
from sim.web.needing import Asked, Held, Search
from tests.support.serving import client

AT, FEW = "/woonmaatschappij/dijledal/nodig", 20


REFUSED = {
    f"{AT}?toets=2029": 400,  # no test
    f"{AT}?toets=2031&toets=2031": 400,
    f"{AT}?kans=1": 400,
    f"{AT}/antwoord": 400,
    f"{AT}/means-table.csv": 503,
    "/woonmaatschappij/nergens/nodig": 404,
    "/woonmaatschappij/dijledal/eigen/geraden/nodig": 404,
}


def test_what_cannot_be_asked_begins_no_search(tmp_path: Path) -> None:
    with client(tmp_path) as page:
        assert {address: page.get(address).status_code for address in REFUSED} == REFUSED
        form = page.get(AT).text
        assert [year for year in ("2028", "2031", "2034", "2037", "2040", "all") if f'<option value="{year}"' not in form] == []
        assert "data-poll" not in form


def test_an_address_has_no_more_searches_than_may_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And levers are answered meanwhile, as pages are."""
    monkeypatch.setattr(needing, "MOST_OF_ONE", 1)
    monkeypatch.setattr(needing, "PATIENCE", 0.0)
    with client(tmp_path) as page:
        assert "data-poll" in page.get(f"{AT}?toets=all").text
        assert page.get(f"{AT}?toets=2031").status_code == 503
        assert "data-poll" in page.get(f"{AT}?toets=all").text  # the same one
        assert page.get("/woonmaatschappij/dijledal").status_code == 200


def test_a_search_whose_process_was_killed_is_tried_again_when_it_is_asked_again() -> None:
    async def twice() -> tuple[bool, bool]:
        search = Search()
        asked = Asked("Dijledal", base(), False, "2031", AT)
        try:
            first = search.begun(asked, "")
            again = search.begun(asked, "")
            (key,) = search.held
            killed = asyncio.get_running_loop().create_future()
            killed.set_exception(WorkerKilled("killed"))
            search.held[key] = Held(killed, "")
            return again is first, search.begun(asked, "") is killed
        finally:
            search.close()

    assert asyncio.run(twice()) == (True, False)


@pytest.mark.full
def test_it_says_what_the_command_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, "REPLICATIONS", FEW)
    monkeypatch.setattr(needing, "PATIENCE", 300.0)
    command = capacity_of("Dijledal", test="2031", replications=FEW, out=tmp_path / "needs", workers=1)
    with client(tmp_path / "answers") as page:
        html = page.get(f"{AT}?toets=2031").text
        csv = page.get(f"{AT}/tests-table.csv?toets=2031").content.decode("utf-8-sig")
    words = CompanyWords(command, Language("nl"))
    assert f"bso capacity &#34;Dijledal&#34; --test 2031 --replications {FEW}" in html.replace('"Dijledal"', "&#34;Dijledal&#34;")
    plain = html.replace("</data>", "")
    assert all(number in plain for number in map(str, (words.share("chance_as_is"), words.share("chance_at_most"))))
    assert f"2031;{FEW * command.as_is[0]:.0f};{FEW};" in csv
