"""The server of the page: which address gives what. It computes nothing itself: pages come from what is kept, answers from the workers."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sim.inputs.errors import CannotGoOn, InputError
from sim.report.language import Language
from sim.report.outside import one_line, shortened
from sim.runs.tally import Tally
from sim.runs.workers.warm import Warm
from sim.web import charts, layout
from sim.web.desk import FULL, Busy, Case, Desk, begin
from sim.web.figures import View
from sim.web.kept import kept
from sim.web.levers import BY_NAME, NUMBER, Question, question
from sim.web.pages import outlook, places, trust, whatif
from sim.web.refusing import Refused, refusal
from sim.web.safety import Guarded

PATIENCE = 4.0  # seconds that a page without a script waits for its answer, before it says that it is in the queue
PATIENCE_FINE = 20.0
MOST_VIEWS = 16  # answers that are kept as they are shown
HURRY = 0.9  # seconds that a script's request waits before it asks again
KINDS = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}
DAY = "max-age=3600"
log = logging.getLogger("sim.web")


@lru_cache(maxsize=1_000)
def made(make: Callable[..., View], lang: str, *given: Any) -> View:
    """Return a page's view, which never changes."""
    return make(*given, Language(lang))


@lru_cache(maxsize=1_000)
def written(make: Callable[..., View], lang: str, *given: Any) -> bytes:
    """Return a page, which never changes."""
    return layout.page(made(make, lang, *given), lang, layout.on_server).encode()


def lang_of(request: Request) -> str:
    """Return the reader's language, by the address."""
    return "en" if request.url.path == "/en" or request.url.path.startswith("/en/") else "nl"


def page(make: Callable[..., View]) -> Callable[[Request], Any]:
    """Return what answers with a page that never changes."""

    async def answer(request: Request) -> Response:
        return HTMLResponse(written(make, lang_of(request), *_given(request)))

    return answer


def file(make: Callable[..., View]) -> Callable[[Request], Any]:
    """Return what answers with a figure or a table of such a page, as a file."""

    async def answer(request: Request) -> Response:
        return await _file(request, made(make, lang_of(request), *_given(request)))

    return answer


def _given(request: Request) -> tuple[Any, ...]:
    values = (value for name, value in request.path_params.items() if name not in ("name", "kind"))
    return tuple(int(v) if isinstance(v, str) and v.isascii() and v.isdigit() and len(v) == 5 else v for v in values)


async def _file(request: Request, view: View) -> Response:
    name, kind = request.path_params["name"], request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    content = await asyncio.to_thread(view.file, name, kind, Language(lang_of(request)))
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=KINDS[kind], headers={"content-disposition": f'attachment; filename="{name}.{kind}"'})


async def find(request: Request) -> Response:
    """Answer with the municipality that is looked for, or with those that may be meant."""
    text = request.query_params.get("zoek", "")
    lang = lang_of(request)
    if not text.strip():
        return HTMLResponse(written(places.municipality_index, lang))
    if (nis := places.found(text)) is not None:
        return RedirectResponse(layout.on_server(f"/gemeente/{nis}", lang), 303)
    near = [(code, places.place_name(code)) for code in places.suggestions(text)]
    view = made(places.municipality_index, lang)
    shown = {"asked": one_line(text[:80]), "near": near, "hint": places.hint(text) if lang == "en" else ""}
    return HTMLResponse(layout.page(view, lang, layout.on_server, **shown), 404)


class WhatIf:
    """The page of the levers, and its answers."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def page(self, request: Request) -> Response:
        """Answer with the levers and what they give. An address that says more than it must leads to the one that does not."""
        lang = lang_of(request)
        asked, texts, wrong = read(request, lang)
        fine = request.query_params.get("fijn") == "1"
        if not wrong and request.url.query not in (asked.address, f"{asked.address}&fijn=1", ""):
            target = layout.on_server("/wat-als", lang) + (f"?{asked.address}" if asked.moved else "")
            return RedirectResponse(target, 303)
        shown = await self._shown(request, asked, lang, PATIENCE_FINE if fine else PATIENCE, fine)
        shown |= self._form(asked, texts, wrong, lang)
        html = layout.rendered("whatif.html.j2", lang, layout.on_server, here="/wat-als", **shown)
        return HTMLResponse(html, 400 if wrong or shown["problem"] else 200)

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or how it stands with it."""
        lang = lang_of(request)
        asked, _, wrong = read(request, lang)
        if wrong:
            raise Refused(400)
        shown = await self._shown(request, asked, lang, HURRY, False)
        form = self._form(asked, {}, {}, lang) if not shown["problem"] else {"timeline": None}
        html = layout.rendered("fragment.html.j2", lang, layout.on_server, here="/wat-als", **shown, timeline=form["timeline"])
        return HTMLResponse(html, headers={"x-answer": "1", "cache-control": "no-store"})

    async def file(self, request: Request) -> Response:
        """Answer with a figure or table of an answer, or with its scenario file."""
        lang = lang_of(request)
        asked, _, wrong = read(request, lang)
        if wrong:
            raise Refused(400)
        if request.path_params["kind"] == "toml":
            return PlainTextResponse(asked.toml(), headers={"content-disposition": f'attachment; filename="{asked.file}"'})
        case = await self._case(request, asked, PATIENCE_FINE, False)
        if case.answer is None:
            raise Refused(503)
        return await _file(request, await asyncio.to_thread(_view, asked, case.answer, lang))

    def _form(self, asked: Question, texts: dict[str, str], wrong: dict[str, str], lang: str) -> dict[str, Any]:
        language, scenario = Language(lang), asked.scenario if not asked_wrong(asked) else question(())[0].scenario
        years = scenario.start.year + 1, scenario.end.year
        drawn = [charts.timeline(scenario.law.rhythm, *years, language, width) for width in (charts.NARROW, charts.WIDE)]
        return {"groups": whatif.controls(asked, texts, wrong, language), "timeline": drawn, "wrong": wrong}

    async def _case(self, request: Request, asked: Question, patience: float, fine: bool) -> Case:
        address = request.client.host if request.client is not None else ""
        client = address, request.headers.get("x-page", "")[:40]
        if not asked.moved:
            self.desk.leave(client)
            return Case(asked, asked.scenario, {client}, answer=kept().tally)
        return await self.desk.ask(asked, client, patience, fine)

    async def _shown(self, request: Request, asked: Question, lang: str, patience: float, fine: bool) -> dict[str, Any]:
        language = Language(lang)
        shown: dict[str, Any] = {
            "query": asked.address,
            "moved": whatif.moved_words(asked, language),
            "problem": "",
            "waiting": False,
            "refining": False,
            "place": 0,
            "view": None,
            "count": "",
            "full": language.number(FULL),
            "file": asked.file,
            "digest": "",
        }
        try:
            case = await self._case(request, asked, patience, fine)
            if case.wrong is not None:
                raise case.wrong
        except Busy:
            raise Refused(503) from None
        except (InputError, CannotGoOn) as error:
            problem = f"{error.place}: {error.problem}" if isinstance(error, InputError) else str(error)
            return shown | {"problem": shortened(one_line(problem), 300)}
        answer, done = case.answer, case.done  # as it is now: the view, the count and the digest are of the same
        if answer is None:
            return shown | {"waiting": True, "place": self.desk.place(case)}
        if not asked.moved:
            return shown
        view = await asyncio.to_thread(_view, asked, answer, lang)
        count, digest = len(answer.digests), answer.manifest["digest"]
        return shown | {"view": view, "count": str(count), "digest": digest, "refining": not done}


def asked_wrong(asked: Question) -> bool:
    """Return whether the levers of a question cannot be together."""
    try:
        return asked.scenario is None
    except InputError:
        return True


_views: dict[tuple[str, str, str], View] = {}


def _view(asked: Question, answer: Tally, lang: str) -> View:
    """Return an answer as a view; the last few are kept."""
    key = (asked.address, answer.manifest["digest"], lang)
    if key not in _views:
        while len(_views) >= MOST_VIEWS:
            _views.pop(next(iter(_views)), None)
        _views[key] = whatif.answered(asked, answer, Language(lang))
    return _views[key]


def read(request: Request, lang: str) -> tuple[Question, dict[str, str], dict[str, str]]:
    """Return what an address asks, its texts, and what is wrong with any, by lever. Raises Refused for an address that asks nothing known."""
    given = [(name, text) for name, text in request.query_params.multi_items() if name != "fijn"]
    if len(given) > 2 * len(BY_NAME):
        raise Refused(400)
    try:
        asked, faults = question(given)
    except InputError:
        raise Refused(400) from None
    language, wrong = Language(lang), dict[str, str]()
    for fault in faults:
        lever = BY_NAME[fault.place]
        key = "whole_from_to" if lever.kind == NUMBER else "from_to"
        ends = {
            end: language.number(value) if value < 1900 or value > 2100 else f"{value:g}"
            for end, value in (("low", lever.low), ("high", lever.high))
        }
        wrong[lever.name] = language.name("web", key, **ends)
    return asked, dict(given), wrong


async def static(request: Request) -> Response:
    """Answer with a file that pages share."""
    name = request.path_params["name"]
    if name not in layout.STATIC:
        raise HTTPException(404)
    return Response(layout.static(name), media_type=layout.STATIC[name], headers={"cache-control": DAY})


async def failed(request: Request, error: Exception) -> Response:
    """Answer a request that nothing answers."""
    code = error.code if isinstance(error, Refused) else error.status_code if isinstance(error, HTTPException) else 404
    return refusal(request.scope, code)


async def fault(request: Request, _: Exception) -> Response:
    """Answer where something of ours went wrong; the guard notes what."""
    return refusal(request.scope, 500)


PAGES = (
    ("/", outlook.outlook),
    ("/gemeente/{nis:int}", places.municipality),
    ("/woonmaatschappij", places.company_index),
    ("/woonmaatschappij/{company}", places.company),
    ("/hoe-zeker", trust.trust),
)


def application(hosts: tuple[str, ...], workers: int, folder: Path) -> ASGIApp:
    """Return the application. `hosts`: the names it answers to; `workers`: processes that compute; `folder`: where answers are kept."""
    desk: list[Desk] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        warm = Warm(workers, begin)
        desk.append(Desk(warm, folder))
        for lang in layout.LANGUAGES:  # so that the first reader waits for nothing
            for _path, make in (PAGES[0], PAGES[2], PAGES[4]):
                written(make, lang)
        written(places.municipality_index, "nl")
        try:
            yield
        finally:
            desk.clear()
            warm.close()

    def at_desk(name: str) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return await getattr(WhatIf(desk[0]), name)(request)

        return answer

    routes = [Route("/static/{name}", static)]
    for prefix in ("", "/en"):
        routes += [
            Route(f"{prefix}/gemeente", find),
            Route(f"{prefix}/wat-als", at_desk("page")),
            Route(f"{prefix}/wat-als/antwoord", at_desk("answer")),
            Route(f"{prefix}/wat-als/{{name}}.{{kind}}", at_desk("file")),
            Route(f"{prefix}/gemeente/{{name}}.{{kind}}", file(places.municipality_index)),
        ]
        for path, make in PAGES:
            at = "" if path == "/" else path
            routes += [Route(f"{prefix}{path}", page(make)), Route(f"{prefix}{at}/{{name}}.{{kind}}", file(make))]
    errors: dict[Any, Any] = {HTTPException: failed, InputError: failed, Refused: failed, Exception: fault}
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=errors)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    return Guarded(app, hosts)


def cores() -> int:
    """Return how many workers there are if nobody says."""
    return os.cpu_count() or 1
