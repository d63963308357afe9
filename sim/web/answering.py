"""What every answer of the server shares: the reader's language, and a figure or a table as a file."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sim.report.language import Language
from sim.web import layout
from sim.web.figures import View

FINE = "fijn"  # asks for the last answer
KINDS = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def lang_of(request: Request) -> str:
    """Return the reader's language, by the address."""
    return "en" if request.url.path == "/en" or request.url.path.startswith("/en/") else "nl"


def answer_script(html: str) -> Response:
    """Answer a script with a part of a page."""
    return HTMLResponse(html, headers={"x-answer": "1", "cache-control": "no-store"})


def asks_last(request: Request) -> bool:
    """Return whether an address asks for the last answer."""
    return request.query_params.get(FINE) == "1"


def elsewhere(request: Request, path: str, query: str) -> Response | None:
    """Return what leads to the address of a page that asks what `query` says and no more; None where it is the one asked for."""
    if request.url.query in (query, f"{query}&{FINE}=1", ""):
        return None
    return RedirectResponse(layout.on_server(path, lang_of(request)) + (f"?{query}" if query else ""), 303)


async def answer_file(request: Request, view: View) -> Response:
    """Answer with the figure or table of a page that the address names, as a file of its kind."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    content = await asyncio.to_thread(view.file, name, kind, Language(lang_of(request)))
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=KINDS[kind], headers={"content-disposition": f'attachment; filename="{name}.{kind}"'})
