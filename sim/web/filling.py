"""Own figures at the server: a municipality's in the address, a company's tables sent by a form, read by a worker, held in memory alone."""

import asyncio
import secrets
from collections import OrderedDict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sim.inputs.errors import CannotGoOn, InputError
from sim.inputs.workbook.data import LARGEST
from sim.report.language import Language
from sim.web import desk, layout, own
from sim.web.answering import FINE, answer_file, answer_script, asks_last, elsewhere, lang_of
from sim.web.asking import HURRY, PATIENCE_FINE, UNKNOWN, Asking, patience_of, said
from sim.web.desk import Wanted
from sim.web.kept import kept
from sim.web.levers import key_of
from sim.web.own import Own
from sim.web.pages import own as pages
from sim.web.pages import places
from sim.web.refusing import Refused

MOST_HELD, MOST_AT_ONCE = 32, 4  # companies' figures in memory, uploads that are read
SLOWEST = 30.0  # seconds in which the tables have to have come
COMPUTE = "bereken"
held: OrderedDict[str, Own] = OrderedDict()  # by a name that nobody can guess
_reading = 0


class Figures(Asking):
    """The page of a municipality with own figures."""

    async def page(self, request: Request) -> Response:
        """Answer with the figures that may be filled in, and what they give."""
        lang, nis = lang_of(request), request.path_params["nis"]
        path, place, company = _place(nis)
        language = Language(lang)
        given = [(name, text) for name, text in request.query_params.multi_items() if name != FINE]
        if len(given) > 2 * len(own.FIGURES):
            raise Refused(400)
        shown: dict[str, Any] = {**UNKNOWN, "faults": [], "own": None}
        try:
            figures, found = own.of_municipality(nis, company, given)
        except InputError as error:
            fault = language.name("web", "own_must", name=_called(error.place, language), high=language.number(LARGEST))
            figures, found, shown["faults"] = {}, None, [fault]
        query = own.query_of(figures)
        if not shown["faults"] and (leads := elsewhere(request, path, query)):
            return leads
        if found is not None:
            shown |= await self.shown(request, found, path, place, [nis], patience_of(request), asks_last(request))
        texts = {**{name: str(value) for name, value in figures.items()}, **(dict(given) if shown["faults"] else {})}
        fields = [(name, language.name("web", f"own_{name}"), texts.get(name, "")) for name in own.FIGURES]
        title = language.name("web", "own_title", place=place)
        shown |= {"title": title, "fields": fields, "query": query, "back": f"/gemeente/{nis}", "place_name": place}
        html = layout.rendered("own.html.j2", lang, layout.on_server, here=path, **shown)
        return HTMLResponse(html, 400 if shown["faults"] or shown["problem"] else 200)

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or how it stands with it."""
        nis, path, place, figures, found = _filled_in(request)
        return await self.fragment(request, found, path, place, [nis], own.query_of(figures))

    async def file(self, request: Request) -> Response:
        """Answer with a figure or table of the answer."""
        nis, path, place, _, found = _filled_in(request)
        return await self.figure(request, found, path, place, [nis])

    async def fragment(
        self, request: Request, found: Own | None, path: str, place: str, members: list[int], query: str
    ) -> Response:
        """Answer a script with the answer alone."""
        if found is None:
            raise Refused(404)
        shown = await self.shown(request, found, path, place, members, HURRY, False)
        html = layout.rendered("owned.html.j2", lang_of(request), layout.on_server, here=path, query=query, **{**UNKNOWN, **shown})
        return answer_script(html)

    async def figure(self, request: Request, found: Own | None, path: str, place: str, members: list[int]) -> Response:
        """Answer with a figure or table as a file."""
        if found is None:
            raise Refused(404)
        shown = await self.shown(request, found, path, place, members, PATIENCE_FINE, False)
        if shown.get("view") is None:
            raise Refused(503)
        return await answer_file(request, shown["view"])

    async def shown(
        self, request: Request, found: Own, path: str, place: str, members: list[int], patience: float, fine: bool
    ) -> dict[str, Any]:
        """Return what a page shows of the forecast with own figures."""
        language = Language(lang_of(request))
        wanted = [Wanted(key_of(found.scenario), found.scenario, desk.FULL)]
        shown: dict[str, Any] = {"path": path, "company": place, "full": language.number(desk.FULL)}
        try:
            (case,), state = await self._computed(request, wanted, patience, 1, fine)
        except (InputError, CannotGoOn) as error:
            return shown | {"problem": said(error, language.code)}
        if (answer := case.answer) is None or state.get("problem"):
            return shown | state
        title = language.name("web", "own_title", place=place)
        view = await asyncio.to_thread(pages.answered, path, title, members, found, answer, language)
        return shown | state | {"view": view, "count": str(len(answer.digests))}


class Tables(Figures):
    """The page of a company with its own tables."""

    async def send(self, request: Request) -> Response:
        """Take the tables that a form sends: a worker reads them; they are held in memory, or all that is wrong in them is said."""
        global _reading
        lang, company = lang_of(request), company_of(request)
        if request.method != "POST":
            return RedirectResponse(layout.on_server(_path(request).removesuffix("/eigen"), lang), 303)
        if _reading >= MOST_AT_ONCE:
            raise Refused(503)
        _reading += 1
        try:
            async with asyncio.timeout(SLOWEST):
                body = await request.body()
            found = await asyncio.wrap_future(
                self.desk.warm.call(own.read_tables, body, request.headers.get("content-type", ""), company, lang)
            )
        except (TimeoutError, ClientDisconnect):
            raise Refused(400) from None
        except CannotGoOn as error:  # a worker that was killed over them
            found = [str(error)]
        finally:
            _reading -= 1
        path = _path(request)
        if isinstance(found, Own):
            name = secrets.token_urlsafe(16)
            held[name] = found
            while len(held) > MOST_HELD:
                held.popitem(last=False)
            return RedirectResponse(layout.on_server(f"{path}/{name}", lang), 303)
        return self._said(request, 400, faults=found)

    async def empty(self, request: Request) -> Response:
        """Answer with the tables to fill in."""
        name, lang = request.path_params["company"], lang_of(request)
        packed = await asyncio.to_thread(own.empty_tables, company_of(request), lang)
        headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
        return Response(packed, media_type="application/zip", headers=headers)

    async def page(self, request: Request) -> Response:
        """Answer with what was read, and with what it gives if that is asked for."""
        company, found, path = company_of(request), figures_of(request), _path(request)
        if found is None:
            return self._said(request, 404, faults=[Language(lang_of(request)).name("web", "own_gone")])
        path = f"{path}/{request.path_params['held']}"
        shown = dict[str, Any]()
        if request.query_params.get(COMPUTE) == "1":
            members = kept().members[company]
            shown = await self.shown(request, found, path, company, members, patience_of(request), asks_last(request))
            shown["query"] = f"{COMPUTE}=1"
        read = pages.read_as(found, Language(lang_of(request)))
        return self._said(request, 200, **{**shown, "own": found, "read": read, "path": path})

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or how it stands with it."""
        company, path = company_of(request), f"{_path(request)}/{request.path_params['held']}"
        return await self.fragment(request, figures_of(request), path, company, kept().members[company], f"{COMPUTE}=1")

    async def file(self, request: Request) -> Response:
        """Answer with a figure or table of the answer."""
        company, path = company_of(request), f"{_path(request)}/{request.path_params['held']}"
        return await self.figure(request, figures_of(request), path, company, kept().members[company])

    def _said(self, request: Request, code: int, **shown: Any) -> Response:
        lang, company = lang_of(request), company_of(request)
        title = Language(lang).name("web", "own_title", place=company)
        common = {**UNKNOWN, "title": title, "faults": [], "own": None, "fields": [], "query": "", "path": _path(request)}
        common |= {"back": _path(request).removesuffix("/eigen"), "place_name": company, "form": _path(request), "company": company}
        html = layout.rendered("own.html.j2", lang, layout.on_server, here=_path(request), **{**common, **shown})
        return HTMLResponse(html, code, headers={"cache-control": "no-store"})


def _place(nis: int) -> tuple[str, str, str]:
    """Return the address of a municipality's own figures, its name and its company. Raises HTTPException where there is none."""
    try:
        place = places.place_name(nis)
    except InputError:
        raise HTTPException(404) from None
    company = next((name for name, members in kept().members.items() if nis in members), "")
    return f"/gemeente/{nis}/eigen", place, company


def _filled_in(request: Request) -> tuple[int, str, str, dict[str, int], Own | None]:
    """Return the municipality of an address, its page and name, and the figures that are filled in. Raises Refused for those that may not be."""
    nis = request.path_params["nis"]
    path, place, company = _place(nis)
    try:
        return nis, path, place, *own.of_municipality(nis, company, request.query_params.multi_items())
    except InputError:
        raise Refused(400) from None


def company_of(request: Request) -> str:
    """Return the company that an address names. Raises HTTPException where there is none."""
    company = places.companies().get(request.path_params["company"])
    if company is None:
        raise HTTPException(404)
    return company


def figures_of(request: Request) -> Own | None:
    """Return the figures that an address names, if they are its company's."""
    found = held.get(request.path_params["held"])
    return found if found is not None and found.company == company_of(request) else None


def _path(request: Request) -> str:
    return f"/woonmaatschappij/{request.path_params['company']}/eigen"


def _called(name: str, language: Language) -> str:
    return language.name("web", f"own_{name}") if name in own.FIGURES else name
