"""What a company needs, at the server: a search of half a minute, by a process of its own, so that nobody's levers wait for it."""

import asyncio
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sim.engine import test_years
from sim.inputs.errors import CannotGoOn, InputError
from sim.inputs.scenario.model import Scenario
from sim.report.language import Language
from sim.runs.workers.warm import Warm
from sim.studies.capacity.study import Needs, ask, find
from sim.studies.capacity.template import first_test
from sim.web import layout
from sim.web.answering import answer_file, answer_script, lang_of
from sim.web.asking import HURRY, PATIENCE, PATIENCE_FINE, UNKNOWN, said
from sim.web.filling import company_of, figures_of
from sim.web.levers import base, key_of
from sim.web.pages import needs as pages
from sim.web.refusing import Refused

REPLICATIONS, WISH = 100, 0.8  # that are searched among; the chance that is wanted
MOST_KEPT, MOST_WAITING, MOST_OF_ONE = 32, 4, 2  # answers in memory; searches that wait, in all and of one address
TEST = "toets"


class Held(NamedTuple):
    """A search, under way or done, and the address that asked for it."""

    future: "asyncio.Future[Needs | InputError]"
    client: str


class Asked(NamedTuple):
    """What a page asks: a company, with its own figures or the estimates, a test; nothing: none yet."""

    company: str
    scenario: Scenario
    own: bool
    test: str
    path: str


def needed(scenario: Scenario, company: str, test: str) -> Needs | InputError:
    """Return what a company needs for a test, or what is wrong. For a worker."""
    try:
        return find(*ask(scenario, company, WISH, test), Path(), workers=1)
    except InputError as error:
        return error


def ready() -> None:
    """Have nothing to read beforehand: the first search does."""


class Search:
    """Searches, one after the other, and their answers in memory."""

    def __init__(self) -> None:
        self.warm: Warm | None = None
        self.held: OrderedDict[str, Held] = OrderedDict()

    def begun(self, asked: Asked, client: str) -> "asyncio.Future[Needs | InputError]":
        """Return the search for what is asked: one that is held, or begun now. Raises Refused where too many wait."""
        key = f"{key_of(asked.scenario)}/{asked.company}/{asked.test}"
        if (ended := self.held.get(key)) and ended.future.done() and ended.future.exception() is not None:
            del self.held[key]  # its process was killed, say: it is tried again when it is asked again
        if key not in self.held:
            waiting = [held.client for held in self.held.values() if not held.future.done()]
            if len(waiting) >= MOST_WAITING or waiting.count(client) >= MOST_OF_ONE:
                raise Refused(503)
            self.warm = self.warm or Warm(1, ready)
            search = self.warm.call(needed, asked.scenario, asked.company, asked.test)
            self.held[key] = Held(asyncio.wrap_future(search), client)
            done = [old for old, held in self.held.items() if held.future.done()]
            for old in done[: max(0, len(self.held) - MOST_KEPT)]:
                del self.held[old]
        self.held.move_to_end(key)
        return self.held[key].future

    def close(self) -> None:
        """End the process."""
        if self.warm is not None:
            self.warm.close()

    async def page(self, request: Request) -> Response:
        """Answer with what may be asked, and with the answer where it is asked."""
        asked, lang = _asked(request), lang_of(request)
        language, years = Language(lang), test_years(asked.scenario)
        shown = await self._shown(request, asked, PATIENCE) if asked.test else {**UNKNOWN, "query": ""}
        tests = [(str(year), str(year)) for year in years] + [("all", language.name("web", "needs_all"))]
        shown |= {"tests": tests, "test": asked.test or str(first_test(asked.scenario)), "own": asked.own, "company": asked.company}
        shown |= {"back": asked.path.removesuffix("/nodig"), "path": asked.path, "here": asked.path}
        shown["title"] = language.name("web", "needs_title", company=asked.company)
        html = await asyncio.to_thread(layout.rendered, "needs.html.j2", lang, layout.on_server, **shown)
        return HTMLResponse(html, 400 if shown["problem"] else 200, headers={"cache-control": "no-store"} if asked.own else None)

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or that it is not there yet."""
        asked = _asked(request)
        if not asked.test:
            raise Refused(400)
        shown = await self._shown(request, asked, HURRY) | {"path": asked.path, "here": asked.path}
        shown |= {"own": asked.own, "company": asked.company, "test": asked.test}
        return answer_script(
            await asyncio.to_thread(layout.rendered, "needed.html.j2", lang_of(request), layout.on_server, **shown)
        )

    async def file(self, request: Request) -> Response:
        """Answer with a table of the answer as a file."""
        asked = _asked(request)
        shown = await self._shown(request, asked, PATIENCE_FINE) if asked.test else UNKNOWN
        if shown["view"] is None:
            raise Refused(503)
        return await answer_file(request, shown["view"])

    async def _shown(self, request: Request, asked: Asked, patience: float) -> dict[str, Any]:
        shown: dict[str, Any] = {**UNKNOWN, "query": f"{TEST}={asked.test}", "count": str(REPLICATIONS)}
        lang, client = lang_of(request), request.client.host if request.client is not None else ""
        search = self.begun(asked, client)
        await asyncio.wait({search}, timeout=patience)
        if not search.done():
            return shown | {"waiting": True}
        try:
            found = search.result()
        except CannotGoOn as error:
            found = InputError("", "", str(error))
        if isinstance(found, InputError):
            return shown | {"problem": said(found, lang)}
        return shown | {"view": await asyncio.to_thread(pages.needs, asked.path, found, lang)}


def _asked(request: Request) -> Asked:
    """Return what an address asks. Raises Refused for one that cannot be, HTTPException for a company or figures that are not there."""
    company, path = company_of(request), request.url.path.removeprefix("/en").partition("/nodig")[0] + "/nodig"
    scenario, own = base(), "held" in request.path_params
    if own:
        if (found := figures_of(request)) is None:
            raise HTTPException(404)
        scenario = found.scenario
    test = request.query_params.get(TEST, "")
    given = [name for name, _ in request.query_params.multi_items()]
    if given not in ([], [TEST]) or test not in ("", "all", *map(str, test_years(scenario))):
        raise Refused(400)
    return Asked(company, scenario.model_copy(update={"replications": REPLICATIONS}), own, test, path)
