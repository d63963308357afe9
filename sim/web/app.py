"""The server of the page: which address gives what. It computes nothing itself: pages come from what is kept, answers from the workers."""

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
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sim.inputs.errors import InputError
from sim.report.language import Language
from sim.report.outside import one_line
from sim.runs.workers.cluster import Clustered
from sim.runs.workers.warm import Warm
from sim.web import layout
from sim.web.answering import answer_file, lang_of
from sim.web.asking import SIDE, WHATIF, Asking, Beside, WhatIf
from sim.web.desk import Desk, begin
from sim.web.figures import View
from sim.web.filling import Figures, Tables
from sim.web.needing import Search
from sim.web.pages import outlook, places, trust
from sim.web.refusing import Refused, refusal
from sim.web.safety import Guarded

DAY = "max-age=3600"


@lru_cache(maxsize=1_000)
def made(make: Callable[..., View], lang: str, *given: Any) -> View:
    """Return a page's view, which never changes."""
    return make(*given, Language(lang))


@lru_cache(maxsize=1_000)
def written(make: Callable[..., View], lang: str, *given: Any) -> bytes:
    """Return a page, which never changes."""
    return layout.page(made(make, lang, *given), lang, layout.on_server).encode()


def page(make: Callable[..., View]) -> Callable[[Request], Any]:
    """Return what answers with a page that never changes."""

    async def answer(request: Request) -> Response:
        return HTMLResponse(written(make, lang_of(request), *_given(request)))

    return answer


def file(make: Callable[..., View]) -> Callable[[Request], Any]:
    """Return what answers with a figure or a table of such a page, as a file."""

    async def answer(request: Request) -> Response:
        return await answer_file(request, made(make, lang_of(request), *_given(request)))

    return answer


def _given(request: Request) -> tuple[Any, ...]:
    values = (value for name, value in request.path_params.items() if name not in ("name", "kind"))
    return tuple(int(v) if isinstance(v, str) and v.isascii() and v.isdigit() and len(v) == 5 else v for v in values)


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


def application(hosts: tuple[str, ...], workers: int, folder: Path, cluster: Clustered | None = None) -> ASGIApp:
    """Return the application. `hosts`: the names it answers to; `workers`: processes that compute; `folder`: where answers are kept.

    `cluster`: whose workers answer what-ifs; own figures stay with one process here.
    """
    desks: dict[bool, Desk] = {}  # by whether own figures are asked of it
    search = Search()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        warm = Warm(1 if cluster else workers, begin)
        near = Desk(warm, folder)
        desks.update({True: near, False: Desk(cluster, folder) if cluster else near})
        for lang in layout.LANGUAGES:  # so that the first reader waits for nothing
            for _path, make in (PAGES[0], PAGES[2], PAGES[4]):
                written(make, lang)
        written(places.municipality_index, "nl")
        try:
            yield
        finally:
            desks.clear()
            warm.close()
            search.close()
            if cluster is not None:
                cluster.close()

    def at_desk(kind: type[Asking], name: str) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return await getattr(kind(desks[issubclass(kind, Figures)]), name)(request)

        return answer

    routes = [Route("/static/{name}", static)]
    for prefix in ("", "/en"):
        routes += [
            Route(f"{prefix}/gemeente", find),
            *(
                Route(f"{prefix}{path}{at}", at_desk(kind, name))
                for path, kind in ((SIDE, Beside), (WHATIF, WhatIf))
                for at, name in (("", "page"), ("/antwoord", "answer"), ("/{name}.{kind}", "file"))
            ),
            Route(f"{prefix}/gemeente/{{name}}.{{kind}}", file(places.municipality_index)),
        ]
        for path, kind in (("/gemeente/{nis:int}/eigen", Figures), ("/woonmaatschappij/{company}/eigen/{held}", Tables)):
            answers = (("/antwoord", "answer"), ("/{name}.{kind}", "file"), ("", "page"))
            routes += [Route(f"{prefix}{path}{at}", at_desk(kind, name)) for at, name in answers]
        routes.append(Route(f"{prefix}/woonmaatschappij/{{company}}/eigen", at_desk(Tables, "send"), methods=["GET", "POST"]))
        routes.append(Route(f"{prefix}/woonmaatschappij/{{company}}/eigen.zip", at_desk(Tables, "empty")))
        for path in ("/woonmaatschappij/{company}", "/woonmaatschappij/{company}/eigen/{held}"):
            answers_of = (("", search.page), ("/antwoord", search.answer), ("/{name}.{kind}", search.file))
            routes += [Route(f"{prefix}{path}/nodig{at}", answer) for at, answer in answers_of]
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
